"""Quarantined rows are cured by a corrected mapping, as if the whole file had been read with it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.ledger.helpers import Desk, counts, csv_of, line

from fondaco.kernel import InputError, Refused
from fondaco.ledger import Mapping

pytestmark = pytest.mark.requirement("X03", "X06")

GOOD = [line(f"G{n}") for n in range(10)]
ROWS = [
    *GOOD,
    line("A2", country="Gotham"),
    line("A2", country="Gotham"),
    line("A3", country="Gotham", sku="A-2"),
    line("A4", country="Gotham", sku="RIBBON", product="Ribbon red", price="1.50"),
    line("A5", country="Nowhere"),
]


def corrected(desk: Desk, import_id: str, **changes: Any) -> Mapping:
    return replace(desk.ledger.mapping_of(import_id), **changes)


def whole(tmp_path: Path, content: str, mapping: Mapping) -> Desk:
    """Return a desk that read the whole file with a mapping from the start."""
    other = Desk(tmp_path / "whole")
    other.take(other.file("a.csv", content), mapping=mapping)
    return other


@pytest.mark.parametrize(
    "changes",
    [
        {"countries": {"Gotham": "USA", "Nowhere": "unknown"}},
        {"countries": {"gotham": "USA"}},
        {"countries": {"Gotham": "USA"}, "charges": {"RIBBON": "fee"}},
    ],
    ids=["countries", "one-of-two", "charges"],
)
def test_a_replay_ends_as_the_whole_file_would_have(
    desk: Desk, tmp_path: Path, changes: dict[str, object]
) -> None:
    content = csv_of(ROWS)
    first = desk.take(desk.file("a.csv", content))
    assert counts(first) == {"facts": 10, "quarantined": 5}
    mapping = corrected(desk, first.import_, **changes)
    again = desk.replay(first.import_, mapping)
    other = whole(tmp_path, content, mapping)
    assert desk.state() == other.state()
    assert desk.ledger.quarantine_count() == other.ledger.quarantine_count()
    assert again.rows_read == first.quarantined


def test_a_style_cures_numbers_that_were_not_read(desk: Desk, tmp_path: Path) -> None:
    content = csv_of(
        [line("A1", quantity="1"), line("A2", quantity="2,5"), line("A3", quantity="x")], between=";"
    )
    mapping = Mapping(
        columns={"order": "Order", "at": "Date", "sku": "SKU", "quantity": "Quantity", "unit_price": "Price",
                 "currency": "Currency", "country": "Country"},
        styles={"quantity": ".", "unit_price": "."},
    )  # fmt: skip
    first = desk.take(desk.file("a.csv", content), mapping=mapping)
    assert first.quarantined == 2
    better = replace(mapping, styles={"quantity": ",", "unit_price": "."})
    again = desk.replay(first.import_, better)
    assert counts(again) == {"facts": 1, "quarantined": 1}
    assert desk.state() == whole(tmp_path, content, better).state()
    assert [row.values["Quantity"] for row in desk.ledger.quarantine()] == ["x"]


def test_a_corrected_answer_is_remembered_for_the_next_file(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of(ROWS)))
    desk.replay(
        first.import_, corrected(desk, first.import_, countries={"Gotham": "USA", "Nowhere": "unknown"})
    )
    report = desk.take(desk.file("b.csv", csv_of([line("B1", country="Gotham")])))
    assert counts(report) == {"facts": 1}
    assert {(r["order"], r["country"]) for r in desk.rows()} >= {("B1", "USA"), ("A5", None)}


def test_a_replay_can_be_undone_and_then_the_rows_wait_again(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of(ROWS)))
    again = desk.replay(first.import_, corrected(desk, first.import_, countries={"Gotham": "USA"}))
    with pytest.raises(Refused):
        desk.undo(first.import_)
    with pytest.raises(InputError):
        desk.replay(first.import_)
    desk.undo(again.import_)
    assert desk.ledger.quarantine_count() == 5
    assert len(desk.rows()) == 10


def test_money_waits_with_its_row(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of(ROWS)))
    assert first.totals["quarantined"] == Decimal("83.00")  # four lines of 2 x 10.00, one of 2 x 1.50
    assert first.net_total == Decimal("283.00")


@pytest.mark.parametrize("repeats", ["keep", "drop"])
def test_repeated_lines_count_in_a_replay_as_the_mapping_says(
    desk: Desk, tmp_path: Path, repeats: str
) -> None:
    content = csv_of([*GOOD, *[line("A2", country="Gotham")] * 3, line("A2", country="Gotham", quantity=1)])
    first = desk.take(desk.file("a.csv", content), repeats=repeats)
    mapping = corrected(desk, first.import_, countries={"Gotham": "USA"})
    again = desk.replay(first.import_, mapping)
    assert counts(again) == ({"facts": 4} if repeats == "keep" else {"facts": 2, "duplicates": 2})
    assert desk.state() == whole(tmp_path, content, mapping).state()


def test_of_quarantined_rows_with_one_number_the_last_counts_after_a_replay(
    desk: Desk, tmp_path: Path
) -> None:
    header = ("Inquiry ID", "Date", "Buyer", "Country", "Product", "Quantity")
    rows = [
        ("Q1", "2026-05-01", "Ann", "Germany", "Jar", 1),
        ("Q2", "2026-05-02", "Ben", "Gotham", "Jar", 2),
        ("Q2", "2026-05-02", "Ben", "Gotham", "Jar", 5),
    ]
    mapping = Mapping(
        table="inquiries",
        columns={"inquiry": "Inquiry ID", "at": "Date", "buyer_name": "Buyer", "country": "Country",
                 "product": "Product", "quantity": "Quantity"},
    )  # fmt: skip
    content = csv_of(rows, header)
    first = desk.take(desk.file("a.csv", content), mapping=mapping)
    assert first.quarantined == 2
    better = replace(mapping, countries={"Gotham": "USA"})
    again = desk.replay(first.import_, better)
    assert counts(again) == {"facts": 1, "duplicates": 1}
    assert desk.said("inquiry", "quantity", table="inquiries") == [("Q1", Decimal(1)), ("Q2", Decimal(5))]
