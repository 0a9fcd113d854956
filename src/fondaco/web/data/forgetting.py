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
from fondaco.web.network.knowledge.board_actions import write_file as write_board
from fondaco.web.network.knowledge.models import (
    Answer,
    Check,
    Departure,
    KnowledgeItem,
    Pool,
    PooledShipment,
    Presence,
    Question,
    Step,
    Word,
)
from fondaco.web.network.knowledge.pool_actions import write_files as write_pool
from fondaco.web.strategy.models import LineComment, LineEdit, PlanLine, PlanVersion
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating


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
        found += _registers(firm, person)
        found += _networks(firm, person)
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
    return found + _clean(Partner.objects.filter(firm=firm), person, "name", "does", "terms", "contact")


def _networks(firm: Firm, person: Person) -> int:
    """Erase a person from what the firm shared with networks, from its registers, and from the networks' files."""
    found = _clean(KnowledgeItem.objects.filter(firm=firm), person, "text", "source")
    found += _clean(Word.objects.filter(firm=firm), person, "reason")
    found += _clean(Question.objects.filter(firm=firm), person, "text")
    found += _clean(Answer.objects.filter(firm=firm), person, "text")
    found += _clean(Presence.objects.filter(firm=firm), person, "about")
    found += _clean(Departure.objects.filter(firm=firm), person, "about")
    found += _clean(PooledShipment.objects.filter(membership__firm=firm), person, "reference", "destination")
    found += _clean(Pool.objects.filter(network__firms=firm), person, "result")
    found += _clean(Check.objects.filter(participation__membership__firm=firm), person, "proof")
    found += _clean(Step.objects.filter(participation__membership__firm=firm), person, "about")
    for network in firm.networks.all() if found else ():
        write_board(network)
        write_pool(network)
    return found


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
