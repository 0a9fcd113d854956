"""What people do with buyers, steps, agreements, conflicts and advantages: lock, check, save, write the audit line.

The audit line holds what was done and to which entry, not its text, nor a buyer's name.  Steps, agreements and conflicts
are then written to the firm's file as well (`fondaco.workflows.desk_log`), where the command line and the stages find them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fondaco.kernel.errors import InputError, Refused
from fondaco.ledger import Workspace
from fondaco.relationships.agreements import due_days
from fondaco.relationships.identity import Ruling
from fondaco.relationships.identity.rulings import Verdict
from fondaco.web.accounts.models import Firm, Membership, User
from fondaco.web.desk import audit
from fondaco.web.relationships.keeping import then_write
from fondaco.web.relationships.models import (
    Advantage,
    Agreement,
    AgreementDay,
    Conflict,
    ConflictEntry,
    Keeper,
    Step,
    StepOutcome,
)
from fondaco.workflows.rulings import rule_on, take_back


@transaction.atomic
def decide(
    workspace: Workspace, firm: Firm, verdict: Verdict, left: str, right: str, why: str, *, by: User, now: datetime
) -> Ruling:  # fmt: skip
    """Rule that two records are one buyer, two, or to be looked at later; the row stands with the firm's settings."""
    made = rule_on(workspace, firm.slug, verdict, left, right, at=now, by=by.email, why=why)
    audit.record("buyers.decided", by=by, now=now, firm=firm, decision=made.number, verdict=verdict)
    return made


@transaction.atomic
def undo(workspace: Workspace, firm: Firm, number: int, why: str, *, by: User, now: datetime) -> Ruling:
    """Take a decision back by a row of its own."""
    made = take_back(workspace, firm.slug, number, at=now, by=by.email, why=why)
    audit.record("buyers.undone", by=by, now=now, firm=firm, decision=made.number, undoes=number)
    return made


@transaction.atomic
def keep(firm: Firm, buyer: str, who: User | None, *, by: User, now: datetime) -> Keeper:
    """Say who cares for a buyer; nobody for None.

    Raises
    ------
    Refused
        Where that person is not of the firm.
    """
    if who is not None and not Membership.objects.filter(firm=firm, user=who).exists():
        raise Refused(_("Only people of the firm can care for its buyers."))
    row = Keeper.objects.create(firm=firm, buyer=buyer, who=who, by=by, made=now)
    audit.record("buyer.kept", by=by, now=now, firm=firm, keeper=row.pk, who=None if who is None else who.pk)
    return row


@transaction.atomic
def log_step(step: Step, *, firm: Firm, by: User, now: datetime) -> Step:
    """Keep a step."""
    step.firm, step.by, step.made = firm, by, now
    step.save()
    audit.record("step.logged", by=by, now=now, firm=firm, step=step.pk, kind=step.kind)
    then_write(firm)
    return step


@transaction.atomic
def say_outcome(step: Step, outcome: StepOutcome, *, firm: Firm, by: User, now: datetime) -> StepOutcome:
    """Say what became of a step; what was said before stays.

    Raises
    ------
    InputError
        Where that day lies before the step.
    """
    held = _own(Step, step, firm)
    if outcome.day < held.day:
        raise InputError(_("That day lies before the step itself."))
    outcome.step, outcome.by, outcome.made = held, by, now
    outcome.save()
    audit.record("step.ended", by=by, now=now, firm=firm, step=held.pk, ended=outcome.ended)
    then_write(firm)
    return outcome


@transaction.atomic
def agree(agreement: Agreement, *, firm: Firm, by: User, now: datetime) -> Agreement:
    """Keep a standing agreement."""
    agreement.firm, agreement.by, agreement.made = firm, by, now
    due_days(agreement.terms, agreement.first)  # raises where the terms make no sense
    agreement.save()
    audit.record("agreement.made", by=by, now=now, firm=firm, agreement=agreement.pk)
    then_write(firm)
    return agreement


@transaction.atomic
def settle(
    agreement: Agreement, due: date, *, done: bool, note: str, firm: Firm, by: User, now: datetime
) -> AgreementDay:
    """Say that a due day was kept, or missed.

    Raises
    ------
    Refused
        Where the agreement has ended, that is none of its due days, or it has been settled already.
    """
    held = _own(Agreement, agreement, firm)
    if held.ended is not None:
        raise Refused(_("This agreement has ended."))
    if due not in due_days(held.terms, due):
        raise Refused(_("That is none of its due days."))
    try:
        with transaction.atomic():
            row = AgreementDay.objects.create(agreement=held, due=due, done=done, note=note, by=by, made=now)
    except IntegrityError:
        raise Refused(_("Somebody has settled that day already.")) from None
    audit.record(
        "agreement.settled", by=by, now=now, firm=firm, agreement=held.pk, due=due.isoformat(), done=done
    )
    then_write(firm)
    return row  # fmt: skip


@transaction.atomic
def end_agreement(agreement: Agreement, why: str, *, firm: Firm, by: User, now: datetime) -> None:
    """End a standing agreement; it stays in the record."""
    held = _own(Agreement, agreement, firm)
    if held.ended is not None:
        raise Refused(_("This agreement has ended."))
    held.ended, held.ended_why = now, why
    held.save(update_fields=["ended", "ended_why"])
    audit.record("agreement.ended", by=by, now=now, firm=firm, agreement=held.pk)
    then_write(firm)


@transaction.atomic
def log_conflict(conflict: Conflict, *, firm: Firm, by: User, now: datetime) -> Conflict:
    """Keep a conflict between channels."""
    conflict.firm, conflict.by, conflict.made = firm, by, now
    conflict.save()
    audit.record("conflict.logged", by=by, now=now, firm=firm, conflict=conflict.pk, kind=conflict.kind)
    then_write(firm)
    return conflict


@transaction.atomic
def handle_conflict(
    conflict: Conflict, entry: ConflictEntry, *, firm: Firm, by: User, now: datetime
) -> ConflictEntry:
    """Say what was done about a conflict, and how it ended; what was said before stays."""
    held = _own(Conflict, conflict, firm)
    if entry.day < held.day:
        raise InputError(_("That day lies before the conflict itself."))
    entry.conflict, entry.by, entry.made = held, by, now
    entry.save()
    audit.record("conflict.handled", by=by, now=now, firm=firm, conflict=held.pk, ended=bool(entry.ended))
    then_write(firm)
    return entry


@transaction.atomic
def log_advantage(advantage: Advantage, *, firm: Firm, by: User, now: datetime) -> Advantage:
    """Keep an advantage.

    Raises
    ------
    Refused
        Where its evidence is another firm's.
    """
    for linked in (advantage.change, advantage.partner):
        if linked is not None and linked.firm_id != firm.pk:
            raise Refused(_("This belongs to another firm."))
    advantage.firm, advantage.by, advantage.made = firm, by, now
    advantage.save()
    audit.record("advantage.logged", by=by, now=now, firm=firm, advantage=advantage.pk, kind=advantage.kind)
    return advantage


@transaction.atomic
def retire_advantage(advantage: Advantage, why: str, *, firm: Firm, by: User, now: datetime) -> None:
    """Say that an advantage is none any more; it stays in the record."""
    held = _own(Advantage, advantage, firm)
    if held.retired is not None:
        raise Refused(_("This is none any more already."))
    held.retired, held.retired_why = now, why
    held.save(update_fields=["retired", "retired_why"])
    audit.record("advantage.retired", by=by, now=now, firm=firm, advantage=held.pk)


def _own(model: Any, row: Any, firm: Firm) -> Any:
    """Return the row, locked; raises `Refused` where it is another firm's."""
    held = model.objects.select_for_update().get(pk=row.pk)
    if held.firm_id != firm.pk:
        raise Refused(_("This belongs to another firm."))
    return held
