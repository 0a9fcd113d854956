"""The sample of a table of a firm's own, worked out by hand: German, with a title above the header."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk, counts

import fondaco.ledger.platforms.table as table

SAMPLE = Path(table.__file__).parent / "samples" / "auftraege.csv"

pytestmark = pytest.mark.requirement("X03", "X05")


def test_a_german_table_is_understood_without_a_word(desk: Desk) -> None:
    report = desk.take(SAMPLE)
    assert counts(report) == {"facts": 5, "adjustments": 1, "charges": 1, "quarantined": 2}
    assert [
        (r["order"], r["sku"], r["kind"], r["quantity"], r["amount"], r["country"], str(r["day"]))
        for r in desk.rows()
    ] == [
        ("2026-0001", "1001", "sale", 12, Decimal("94.80"), "AUT", "2026-03-15"),
        ("2026-0001", "VERSAND", "shipping", 1, Decimal("14.50"), "AUT", "2026-03-15"),
        ("2026-0002", "1002", "sale", 1200, Decimal("2820.00"), "POL", "2026-03-16"),
        ("2026-0003", "1001", "sale", 6, Decimal("47.40"), "CHE", "2026-03-17"),
        ("2026-0003", "1001", "sale", 6, Decimal("47.40"), "CHE", "2026-03-17"),
        ("2026-0004", "1003", "sale", 24, Decimal("235.20"), "POL", "2026-03-20"),
        ("2026-0005", "1003", "return", -4, Decimal("-39.20"), "POL", "2026-03-25"),
    ]


def test_what_came_back_is_tied_to_the_order_it_came_from(desk: Desk) -> None:
    desk.take(SAMPLE)
    assert [(r["order"], r["cancels"]) for r in desk.rows() if r["reversal"]] == [("2026-0005", "2026-0004")]


def test_what_is_not_understood_waits_with_a_reason_and_a_cure(desk: Desk) -> None:
    desk.take(SAMPLE)
    country, number = desk.ledger.quarantine()
    assert (country.row, country.kind, country.values["Land"]) == (12, "country", "Atlantis")
    assert "Atlantis" in country.reason
    assert '"Atlantis" = ' in country.cure
    assert (number.row, number.values["Menge"]) == (13, "zehn")
    assert "zehn" in number.reason and "Menge" in number.reason
