"""Erasing a person from the desk's database: file names, answers, reports, sentences, notes, plans,
the audit trail.

Accounts are people of the desk, not buyers: they are left alone.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction
from django_tasks_db.models import DBTaskResult

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.data.models import Job, Upload, UploadState
from fondaco.web.desk.models import AuditLine
from fondaco.web.markets.models import MarketNote, PracticeChange
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
from fondaco.web.strategy.models import LineComment, LineEdit, PlanLine, PlanVersion
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating
from fondaco.workflows.rulings import record_without


def erase(slug: str, person: Person) -> int:
    """Erase a person from what the database holds of a firm; return in how many rows they were found."""
    firm = Firm.objects.filter(slug=slug).first()
    if firm is None:
        return 0
    with transaction.atomic():
        found = _clean(Upload.objects.filter(firm=firm), person, "name", "options")
        found += _clean(Job.objects.filter(firm=firm), person, "options", "report", "sentence", "step")
        found += _clean(MarketNote.objects.filter(firm=firm), person, "text", "source", "where")
        found += _clean(PracticeChange.objects.filter(firm=firm), person, "what", "why")
        found += _registers(firm, person) + _relationships(firm, person)
        found += _clean(PlanVersion.objects.filter(plan__firm=firm), person, "proposal", "in_spite")
        found += _clean(
            PlanLine.objects.filter(version__plan__firm=firm), person, "text", "owner", "proposed"
        )
        found += _clean(LineEdit.objects.filter(line__version__plan__firm=firm), person, "text", "owner")
        found += _clean(LineComment.objects.filter(plan__firm=firm), person, "text")
        # Its lines are never changed by the desk; the law that a person may be forgotten goes before that.
        found += _clean(AuditLine.objects.filter(firm=firm), person, "data")
        ours = [str(pk) for pk in Job.objects.filter(firm=firm).values_list("task_id", flat=True) if pk]
        found += _clean(DBTaskResult.objects.filter(pk__in=ours), person, "traceback")
        for upload in Upload.objects.filter(firm=firm, state=UploadState.WAITING):
            if not upload.path.is_file():
                Upload.objects.filter(pk=upload.pk).update(state=UploadState.REMOVED)
    return found


def _registers(firm: Firm, person: Person) -> int:
    """Erase a person from the log of decisions and the registers of risks and partners."""
    found = _clean(
        Decision.objects.filter(firm=firm), person,
        "question", "options", "criteria", "chosen", "reasons", "decided_by", "seen",
    )  # fmt: skip
    found += _clean(Risk.objects.filter(firm=firm), person, "what", "measures", "owner", "closed_why")
    found += _clean(RiskRating.objects.filter(risk__firm=firm), person, "why")
    return found + _clean(
        Partner.objects.filter(firm=firm), person, "name", "does", "terms", "contact", "result"
    )


def _relationships(firm: Firm, person: Person) -> int:
    """Erase a person from steps, agreements, conflicts and advantages; what was kept of a buyer follows the pseudonym."""
    found = 0
    for model in (Step, Agreement, Keeper):
        for pk, buyer in model.objects.filter(firm=firm).values_list("pk", "buyer"):
            clean = record_without(buyer, person)
            if clean != buyer:
                model.objects.filter(pk=pk).update(buyer=clean)
                found += 1
    found += _clean(Step.objects.filter(firm=firm), person, "what", "channel")
    found += _clean(StepOutcome.objects.filter(step__firm=firm), person, "why")
    found += _clean(Agreement.objects.filter(firm=firm), person, "what", "ended_why")
    found += _clean(AgreementDay.objects.filter(agreement__firm=firm), person, "note")
    found += _clean(Conflict.objects.filter(firm=firm), person, "what", "channels")
    found += _clean(ConflictEntry.objects.filter(conflict__firm=firm), person, "handled", "ended")
    return found + _clean(
        Advantage.objects.filter(firm=firm),
        person,
        "learned",
        "made_of_it",
        "evidence",
        "feeds",
        "retired_why",
    )


def _clean(rows: models.QuerySet[Any], person: Person, *names: str) -> int:
    found = 0
    for pk, *values in rows.values_list("pk", *names):
        clean = [person.without_all(value) for value in values]
        if clean != values:
            models.QuerySet(rows.model).filter(pk=pk).update(**dict(zip(names, clean, strict=True)))
            found += 1
    return found


def wipe() -> None:
    """Make SQLite overwrite what it deleted; PostgreSQL does so in its own time (VACUUM)."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
