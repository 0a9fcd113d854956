"""What may be expected, hours, and the renewal review."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, READ, Row, of_firm

from fondaco.web.readiness import outlook_actions as actions
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, RenewalDecision

DONE = (IN, 404, 403, 302, 302, 404)
DECISION: dict[str, object] = {
    "platform": "alibaba",
    "day": "2026-01-02",
    "choice": "change",
    "reasons": "R",
    "decided_by": "Alice",
}


def prepare(town: Town) -> dict[str, Any]:
    """An entry of the log of hours, what was expected, and a decision."""
    entry = HoursEntry(day=date(2026, 1, 5), person="Bob", hours=Decimal(2))
    actions.log_hours(entry, firm=town.anchor, by=town.bob, now=NOW)
    Expectation.objects.create(
        firm=town.anchor, day=date(2026, 1, 5), aim="Two importers", by=town.bob, made=NOW
    )
    RenewalDecision.objects.create(
        firm=town.anchor, platform="alibaba", day=date(2026, 1, 6), choice="stay", reasons="They come back",
        decided_by="Alice", by=town.alice, made=NOW,
    )  # fmt: skip
    return {"entry": entry.pk}


def of_entry(made: Any) -> dict[str, object]:
    return {**of_firm(made), "entry_id": made.more["outlook"]["entry"]}


ROWS = (
    Row("expectations", READ, of_firm),
    Row("expectations", DONE, of_firm, {}),
    Row("expectations_json", READ, of_firm),
    Row("staffing", READ, of_firm),
    Row("hours", READ, of_firm),
    Row("hours", DONE, of_firm, {"day": "2026-01-05", "person": "Bob", "task": "replies", "hours": "0.5"}),
    Row("hours_remove", DONE, of_entry, {}),
    Row("renewal", READ, of_firm),
    Row("renewal", DONE, of_firm, DECISION),
    Row("renewal_pdf", READ, of_firm),
)
