"""What people do on a board: check, save, write the audit line, and bring the network's file up to date.

The audit line holds what was done and to which entry, not its text, which a person's right to be forgotten can still
reach in the entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm, Network, User
from fondaco.web.desk import audit
from fondaco.web.network.knowledge.board_models import Answer, Digest, KnowledgeItem, Question, Shared, Word
from fondaco.web.network.knowledge.members import author_of
from fondaco.workflows.knowledge import keep_board

Written = TypeVar("Written", bound=Shared)


def _keep(
    written: Written, what: str, *, network: Network, firm: Firm | None, by: User, now: datetime
) -> Written:
    written.network, written.firm, written.by, written.made = network, firm, by, now
    written.save()
    audit.record(what, by=by, now=now, firm=firm, network=network, entry=written.pk, named=written.named)
    return written


def write_file(network: Network) -> None:
    """Write the network's board to its file, as the command line reads it."""
    members = frozenset(network.memberships.values_list("firm_id", flat=True))
    held = KnowledgeItem.objects.filter(network=network, withdrawn=None).order_by("pk")
    items = [
        each.item(author_of(each, members))
        for each in held.select_related("firm", "network").prefetch_related("words")
    ]
    keep_board(workspace(), network.slug, items)


def _then_write(network: Network) -> None:
    transaction.on_commit(lambda: write_file(network))


@transaction.atomic
def post_item(
    item: KnowledgeItem, *, network: Network, firm: Firm | None, by: User, now: datetime
) -> KnowledgeItem:
    """Put an item on the board."""
    _keep(item, "knowledge.shared", network=network, firm=firm, by=by, now=now)
    _then_write(network)
    return item


@transaction.atomic
def withdraw_item(item: KnowledgeItem, *, by: User, now: datetime) -> None:
    """Take an item off the board; it stays in the record."""
    changed = KnowledgeItem.objects.filter(pk=item.pk, withdrawn=None).update(withdrawn=now)
    if not changed:
        raise Refused(_("This was taken off the board already."))
    audit.record("knowledge.withdrawn", by=by, now=now, firm=item.firm, network=item.network, entry=item.pk)
    _then_write(item.network)


@transaction.atomic
def say_word(item: KnowledgeItem, says: str, reason: str, *, firm: Firm, by: User, now: datetime) -> Word:
    """Say of another member's item whether it is so; a later word takes the earlier one's place.

    Raises
    ------
    Refused
        On one's own item, or one that was taken off the board.
    """
    held = KnowledgeItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if held.firm_id == firm.pk:
        raise Refused(_("This is your firm's own item: others confirm or dispute it."))
    if held.withdrawn is not None:
        raise Refused(_("This was taken off the board already."))
    word, _made = Word.objects.update_or_create(
        item=held, firm=firm, defaults={"says": says, "reason": reason, "by": by, "made": now}
    )
    audit.record(
        "knowledge.judged", by=by, now=now, firm=firm, network=held.network, entry=held.pk, says=says
    )
    _then_write(held.network)
    return word


@transaction.atomic
def ask(question: Question, *, network: Network, firm: Firm | None, by: User, now: datetime) -> Question:
    """Ask the members something."""
    return _keep(question, "question.asked", network=network, firm=firm, by=by, now=now)


@transaction.atomic
def answer(answer: Answer, *, question: Question, firm: Firm | None, by: User, now: datetime) -> Answer:
    """Answer a question that is open."""
    held = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.closed is not None:
        raise Refused(_("This question is closed."))
    answer.question = held
    return _keep(answer, "question.answered", network=held.network, firm=firm, by=by, now=now)


@transaction.atomic
def close(question: Question, *, by: User, now: datetime) -> None:
    """Close a question; it and its answers stay to be read."""
    Question.objects.filter(pk=question.pk, closed=None).update(closed=now)
    audit.record(
        "question.closed", by=by, now=now, firm=question.firm, network=question.network, entry=question.pk
    )


@transaction.atomic
def want_digest(network: Network, wanted: bool, *, by: User, now: datetime) -> None:
    """Switch a person's weekly digest on or off."""
    if wanted:
        Digest.objects.get_or_create(network=network, user=by, defaults={"since": now})
    else:
        Digest.objects.filter(network=network, user=by).delete()
    audit.record("digest.wanted" if wanted else "digest.ended", by=by, now=now, network=network)
