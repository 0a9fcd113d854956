"""The weekly digest of a board: to whom it goes, and what it says.

It says what is new with its first words and a link to each; it names no firm that did not put its name to it.  A
person who lost the tie to the network since gets none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from fondaco.web.accounts import access
from fondaco.web.desk.names import market_name
from fondaco.web.network.knowledge.board_models import Digest, KnowledgeItem, Question
from fondaco.web.network.knowledge.members import author_of

SALT = "fondaco.knowledge.digest"
EVERY = timedelta(days=7)
_SHOWN = 30


def due(now: datetime) -> list[Digest]:
    """Return the digests that were not sent within the last week and whose readers still belong to the network."""
    wishes = Digest.objects.select_related("network", "user").filter(user__is_active=True)
    late = [wish for wish in wishes if wish.sent is None or now - wish.sent >= EVERY - timedelta(hours=1)]
    return [wish for wish in late if access.networks_of(wish.user).filter(pk=wish.network_id).exists()]


def letter(wish: Digest, *, now: datetime, site: str) -> EmailMessage | None:
    """Return the mail for one person; None where nothing is new since the last one (or the last week)."""
    since = max(wish.sent or wish.since, now - 4 * EVERY)
    network = wish.network
    members = frozenset(network.memberships.values_list("firm_id", flat=True))
    new = {"network": network, "made__gt": since, "made__lte": now}
    items = KnowledgeItem.objects.filter(**new, withdrawn=None).select_related("firm", "network")
    questions = Question.objects.filter(**new, closed=None).select_related("firm", "network")
    lines = [
        _line(site, reverse("knowledge_item", args=[network.slug, item.pk]), f"{market_name(item.market)}, {item.get_kind_display()}", item.text, author_of(item, members))
        for item in items[:_SHOWN]
    ]  # fmt: skip
    lines += [
        _line(site, reverse("question", args=[network.slug, held.pk]), _("Question"), held.text, author_of(held, members))
        for held in questions[:_SHOWN]
    ]  # fmt: skip
    if not lines:
        return None
    if (more := max(0, items.count() - _SHOWN) + max(0, questions.count() - _SHOWN)) > 0:
        board = site + reverse("knowledge", args=[network.slug])
        lines.append(_("And %(more)d more on the board:") % {"more": more} + f"\n{board}")
    end = site + reverse("board_digest_end", args=[network.slug, signing.dumps(wish.pk, salt=SALT)])
    text = "\n\n".join([*lines, _("To get no digest any more, open this link:") + f"\n{end}"])
    subject = _("New on the board of %(network)s") % {"network": " ".join(network.name.split())}
    return EmailMessage(subject, text, None, [wish.user.email], headers={"List-Unsubscribe": f"<{end}>"})


def _line(site: str, path: str, about: str, text: str, author: str) -> str:
    first = Truncator(" ".join(text.split())).chars(200)
    return f"{about} ({author or _('a member')})\n{first}\n{site}{path}"
