"""What people do with market notes and changes of practice: check, save, write the audit line.

The audit line holds what was done and to which note, not its text: the text stands in the note, which a
person's right to be forgotten can still reach.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import Refused
from fondaco.web.accounts.models import Firm, User
from fondaco.web.desk import audit
from fondaco.web.markets.models import MarketNote, PracticeChange


@transaction.atomic
def save_note(note: MarketNote, *, firm: Firm, by: User, now: datetime) -> MarketNote:
    """Keep a new note, or a changed one."""
    new = note.pk is None
    if new:
        note.firm, note.by, note.made = firm, by, now
    _open(note, firm)
    note.save()
    audit.record(
        "market.note.written" if new else "market.note.changed",
        by=by,
        now=now,
        firm=firm,
        note=note.pk,
        name=f"{note.market} {note.part}",
        review_by=note.review_by.isoformat(),
    )
    return note


@transaction.atomic
def retire_note(note: MarketNote, *, firm: Firm, by: User, now: datetime) -> None:
    """Take a note out of use; it stays in the record."""
    _open(note, firm)
    note.retired = now
    note.save(update_fields=["retired"])
    audit.record(
        "market.note.retired", by=by, now=now, firm=firm, note=note.pk, name=f"{note.market} {note.part}"
    )


@transaction.atomic
def save_change(change: PracticeChange, *, firm: Firm, by: User, now: datetime) -> PracticeChange:
    """Keep a new change of practice, or a corrected one."""
    new = change.pk is None
    if new:
        change.firm, change.by, change.made = firm, by, now
    _open(change, firm)
    change.save()
    audit.record(
        "practice.change.logged" if new else "practice.change.corrected",
        by=by,
        now=now,
        firm=firm,
        change=change.pk,
        name=f"{change.market or '*'} {change.day}",
    )
    return change


@transaction.atomic
def withdraw_change(change: PracticeChange, *, firm: Firm, by: User, now: datetime) -> None:
    """Take a change of practice off the log; it stays in the record."""
    _open(change, firm)
    change.retired = now
    change.save(update_fields=["retired"])
    audit.record(
        "practice.change.withdrawn",
        by=by,
        now=now,
        firm=firm,
        change=change.pk,
        name=f"{change.market or '*'} {change.day}",
    )


def _open(held: MarketNote | PracticeChange, firm: Firm) -> None:
    if held.firm_id != firm.pk:
        raise Refused(_("This belongs to another firm."))
    if held.retired is not None:
        raise Refused(_("This was taken out of use and cannot be changed any more."))
