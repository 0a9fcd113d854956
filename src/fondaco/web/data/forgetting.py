"""Erasing a person from the desk's database: file names, answers, reports, sentences, notes, plans,
the audit trail.

Accounts are people of the desk, not buyers: they are left alone.
"""

from __future__ import annotations

from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from fondaco.ledger import Person
from fondaco.web.accounts.models import Firm
from fondaco.web.data.models import Job, Upload, UploadState
from fondaco.web.desk.cleaning import clean
from fondaco.web.desk.models import AuditLine
from fondaco.web.inquiries.forgetting import erase_cases
from fondaco.web.inquiries.quotations.forgetting import erase_quotations
from fondaco.web.markets.models import MarketNote, PracticeChange
from fondaco.web.network.knowledge.forgetting import erase_shared
from fondaco.web.readiness.forgetting import erase_outlook
from fondaco.web.relationships.forgetting import erase_relationships
from fondaco.web.strategy.models import LineComment, LineEdit, PlanLine, PlanVersion
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating
from fondaco.web.today.forgetting import erase_mornings

#: Each app's own.
_APPS = (erase_cases, erase_quotations, erase_relationships, erase_shared, erase_mornings, erase_outlook)


def erase(slug: str, person: Person) -> int:
    """Erase a person from what the database holds of a firm; return in how many rows they were found."""
    firm = Firm.objects.filter(slug=slug).first()
    if firm is None:
        return 0
    with transaction.atomic():
        found = clean(Upload.objects.filter(firm=firm), person, "name", "options")
        found += clean(Job.objects.filter(firm=firm), person, "options", "report", "sentence", "step")
        found += clean(MarketNote.objects.filter(firm=firm), person, "text", "source", "where")
        found += clean(PracticeChange.objects.filter(firm=firm), person, "what", "why")
        found += _registers(firm, person) + _plans(firm, person)
        found += sum(erase_of(firm, person) for erase_of in _APPS)
        # Its lines are never changed by the desk; the law that a person may be forgotten goes before that.
        found += clean(AuditLine.objects.filter(firm=firm), person, "data")
        ours = [str(pk) for pk in Job.objects.filter(firm=firm).values_list("task_id", flat=True) if pk]
        found += clean(DBTaskResult.objects.filter(pk__in=ours), person, "traceback")
        for upload in Upload.objects.filter(firm=firm, state=UploadState.WAITING):
            if not upload.path.is_file():
                Upload.objects.filter(pk=upload.pk).update(state=UploadState.REMOVED)
    return found


def _registers(firm: Firm, person: Person) -> int:
    """Erase a person from the log of decisions and the registers of risks and partners."""
    found = clean(
        Decision.objects.filter(firm=firm), person,
        "question", "options", "criteria", "chosen", "reasons", "decided_by", "seen",
    )  # fmt: skip
    found += clean(Risk.objects.filter(firm=firm), person, "what", "measures", "owner", "closed_why")
    found += clean(RiskRating.objects.filter(risk__firm=firm), person, "why")
    of_partners = ("name", "does", "terms", "contact", "result")
    return found + clean(Partner.objects.filter(firm=firm), person, *of_partners)


def _plans(firm: Firm, person: Person) -> int:
    """Erase a person from the plan's versions, lines and comments."""
    found = clean(PlanVersion.objects.filter(plan__firm=firm), person, "proposal", "in_spite")
    found += clean(PlanLine.objects.filter(version__plan__firm=firm), person, "text", "owner", "proposed")
    found += clean(LineEdit.objects.filter(line__version__plan__firm=firm), person, "text", "owner")
    return found + clean(LineComment.objects.filter(plan__firm=firm), person, "text")


def wipe() -> None:
    """Make SQLite overwrite what it deleted; PostgreSQL does so in its own time (VACUUM)."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
