"""What people do with the readiness questions: lock, check, save, write the audit line.

Answers are written to the workspace under an id that belongs to the link (or to the draft), before the database says
that they were sent: killed between the two, sending again writes the same answers in the same place.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.ledger import Workspace
from fondaco.readiness import Source
from fondaco.web.accounts.actions import hash_of
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.readiness.models import AnswerDraft, AnswerLink
from fondaco.workflows.readiness_answers import TakenIn, answer, drop_informant, take_in_answers

#: Links of a firm that are open at once, at most.
MOST_OPEN = 200


@transaction.atomic
def make_link(
    firm: Firm, *, informant: str, department: str, form: str, markets: Sequence[str], language: str, days: int,
    by: User, now: datetime,
) -> tuple[AnswerLink, str]:  # fmt: skip
    """Make a link; returns it with its token, which is told once and not kept."""
    Firm.objects.select_for_update().get(pk=firm.pk)
    open_ = AnswerLink.objects.filter(firm=firm, sent=None, revoked=None, expires__gt=now)
    if open_.count() >= MOST_OPEN:
        raise Refused(_("There are %(count)s open links already: revoke some first.") % {"count": MOST_OPEN})
    token = secrets.token_urlsafe(32)
    link = AnswerLink.objects.create(
        firm=firm, informant=informant, department=department, form=form, markets=list(markets), language=language,
        token_hash=hash_of(token), by=by, made=now, expires=now + timedelta(days=days),
    )  # fmt: skip
    audit.record("readiness.link_made", by=by, now=now, firm=firm, link=link.pk, days=days)
    return link, token


@transaction.atomic
def revoke_link(link: AnswerLink, *, firm: Firm, by: User, now: datetime) -> None:
    """Take a link back: what was half filled in by it is gone, what was sent stays."""
    held = AnswerLink.objects.select_for_update().get(pk=link.pk, firm=firm)
    if held.sent is not None or held.revoked is not None:
        raise Refused(_("This link is over already."))
    held.revoked, held.draft = now, {}
    held.save(update_fields=["revoked", "draft"])
    audit.record("readiness.link_revoked", by=by, now=now, firm=firm, link=held.pk)


def link_for(token: str, *, now: datetime) -> AnswerLink | None:
    """Return the link that a token opens, if it can still be answered by."""
    link = AnswerLink.objects.select_related("firm").filter(token_hash=hash_of(token)).first()
    return link if link is not None and link.is_open(now) else None


@transaction.atomic
def save_link_draft(
    link: AnswerLink, values: Mapping[str, float], *, department: str, language: str, now: datetime
) -> None:
    """Keep what is half filled in."""
    held = _open(link, now)
    held.draft, held.department, held.language = dict(values), department, language
    held.save(update_fields=["draft", "department", "language"])


@transaction.atomic
def send_by_link(
    workspace: Workspace, link: AnswerLink, values: dict[str, float], asked: Sequence[str], *, department: str,
    language: str, now: datetime,
) -> None:  # fmt: skip
    """Send what was answered by a link, once.

    Raises
    ------
    Refused
        Where the link is over.
    InputError
        Where nothing is answered, or something that the questions do not take.
    """
    held = _open(link, now)
    answer(
        workspace, held.firm.slug, id_=f"link-{held.pk}", informant=held.informant, department=department, at=now,
        values=values, asked=asked, language=language, source="link",
    )  # fmt: skip
    held.sent, held.draft = now, {}
    held.save(update_fields=["sent", "draft"])
    audit.record("readiness.answered", by=None, now=now, firm=held.firm, link=held.pk, questions=len(values))


def _open(link: AnswerLink, now: datetime) -> AnswerLink:
    held = AnswerLink.objects.select_for_update().get(pk=link.pk)
    if not held.is_open(now):
        raise Refused(_("This link is over: it was used, taken back, or its days have passed."))
    return held


@transaction.atomic
def save_draft(
    firm: Firm, values: Mapping[str, float], *, department: str, by: User, now: datetime
) -> AnswerDraft:
    """Keep what somebody who is signed in has half filled in."""
    draft, _made = AnswerDraft.objects.update_or_create(
        firm=firm,
        user=by,
        defaults={"values": dict(values), "department": department, "saved": now},
    )
    return draft


@transaction.atomic
def send_own(
    workspace: Workspace, firm: Firm, values: dict[str, float], asked: Sequence[str], *, department: str,
    language: str, by: User, now: datetime,
) -> None:  # fmt: skip
    """Send one's own answers; the draft is done with.  What the same person sends again on one day is joined to it."""
    answer(
        workspace, firm.slug, id_=f"web-{by.pk}-{now.date().isoformat()}", informant=informant_of(by),
        department=department, at=now, values=values, asked=asked, language=language, source="web",
    )  # fmt: skip
    AnswerDraft.objects.filter(firm=firm, user=by).delete()
    audit.record("readiness.answered", by=by, now=now, firm=firm, questions=len(values))


def informant_of(user: User) -> str:
    """Return what a person is called among a firm's informants: their name, and a number, since names are not unique."""
    return f"{user.name or _('Person')} ({user.pk})"[:120]


def bring_in(
    workspace: Workspace, firm: Firm, path: Path, *, source: Source | None, name: str, by: User, now: datetime
) -> TakenIn:
    """Bring in a file of answers."""
    taken = take_in_answers(workspace, firm.slug, path, source=source, today=now.date())
    audit.record(
        "readiness.answers_imported", by=by, now=now, firm=firm, name=name[:200], added=taken.kept.added,
        changed=taken.kept.changed, source=taken.read.source,
    )  # fmt: skip
    return taken


@transaction.atomic
def forget_informant(workspace: Workspace, firm: Firm, informant: str, *, by: User, now: datetime) -> int:
    """Take away all that a person answered, with their links."""
    count = drop_informant(workspace, firm.slug, informant)
    AnswerLink.objects.filter(firm=firm, informant=informant).delete()
    audit.record("readiness.informant_forgotten", by=by, now=now, firm=firm, answers=count)
    return count
