"""A row that cannot be taken waits with a reason in words and with what would cure it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.core.ledger.helpers import Desk, counts, csv_of, line, problem

pytestmark = pytest.mark.requirement("X03")


@pytest.mark.parametrize(
    ("wrong", "reason", "cure"),
    [
        ({"country": "Gotham"}, "Gotham is no country we know", '"Gotham" = '),
        ({"country": ""}, "no country is stated", "country"),
        ({"currency": "XQZ"}, "XQZ is no currency we know", "--currency"),
        ({"currency": ""}, "no currency is stated", "--currency"),
        ({"quantity": "two"}, "Quantity says two, which is no number", "mapping"),
        ({"price": "ten"}, "Price says ten, which is no number", "mapping"),
        ({"date": "soon"}, "Date says soon, which is no date", "mapping"),
        ({"date": ""}, "Date is empty", "fill in"),
        ({"date": "0026-05-14"}, "Date says 0026-05-14, which is no date", "correct the row"),
        ({"price": ""}, "price or quantity is empty", "fill in price"),
    ],
)
def test_what_is_wrong_and_what_would_cure_it(
    desk: Desk, wrong: dict[str, str], reason: str, cure: str
) -> None:
    good = [line(f"A{n}") for n in range(1, 6)]
    report = desk.take(desk.file("a.csv", csv_of([*good, line("A9", **wrong)])))
    assert counts(report) == {"facts": 5, "quarantined": 1}
    (row,) = desk.ledger.quarantine()
    assert (row.file, row.row) == ("a.csv", 7)
    assert reason in row.reason
    assert cure in row.cure
    assert row.values["Order"] == "A9"
    assert any(p.count == 1 and p.reason == row.reason for p in report.problems)


def test_a_row_without_an_order_waits(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", csv_of([line("A1"), line("A2"), line("")])))
    assert report.quarantined == 1
    assert desk.ledger.quarantine()[0].reason == "Order is empty"


def test_a_reason_is_told_once_for_many_rows(desk: Desk) -> None:
    report = desk.take(
        desk.file(
            "a.csv",
            csv_of(
                [*[line(f"A{n}") for n in range(50)], *[line(f"B{n}", country="Gotham") for n in range(30)]]
            ),
        )
    )
    (told,) = [p for p in report.problems if p.kind == "country"]
    assert told.count == 30


def test_namibia_is_a_country_and_not_available_is_none(desk: Desk) -> None:
    rows = [
        line("A1", country="NA"),
        line("A2", country="DE"),
        line("A3", country="IT"),
        line("A4", country="FR"),
    ]
    report = desk.take(desk.file("codes.csv", csv_of(rows)))
    assert counts(report) == {"facts": 4}
    assert desk.said("order", "country")[0] == ("A1", "NAM")
    names = [line("B1", country="n/a"), line("B2", country="Germany"), line("B3", country="Not available")]
    report = desk.take(desk.file("names.csv", csv_of(names)))
    assert "NAM" not in {r["country"] for r in desk.rows() if r["file"] == "names.csv"}
    assert counts(report) == {"facts": 1, "quarantined": 2}


def test_the_quarantine_can_be_paged_and_narrowed_to_an_import(desk: Desk) -> None:
    first = desk.take(
        desk.file(
            "a.csv",
            csv_of(
                [*[line(f"A{n}") for n in range(8)], *[line(f"B{n}", country="Gotham") for n in range(5)]]
            ),
        )
    )
    second = desk.take(desk.file("b.csv", csv_of([line("C1"), line("C2", price="?!")])))
    assert [row.row for row in desk.ledger.quarantine(import_id=first.import_, limit=2, offset=2)] == [12, 13]
    assert desk.ledger.quarantine_count(import_id=second.import_) == 1
    assert desk.ledger.quarantine_count() == 6
    desk.undo(first.import_)
    assert desk.ledger.quarantine_count() == 1


# ------------------------------------------------------------- lines that repeat, lines that take back


def test_a_repeated_line_is_kept_unless_it_is_said_otherwise(desk: Desk) -> None:
    rows = [line("A1"), line("A1"), line("A1", price="9.00"), line("A2")]
    report = desk.take(desk.file("kept.csv", csv_of(rows)))
    assert counts(report) == {"facts": 4}
    assert [p.count for p in report.problems if p.kind == "repeated_line"] == [1]
    assert desk.total() == Decimal("78.00")
    desk.undo(report.import_)
    report = desk.take(desk.file("dropped.csv", csv_of(rows)), repeats="drop")
    assert counts(report) == {"facts": 3, "duplicates": 1}
    assert desk.total() == Decimal("58.00")
    assert report.totals["duplicates"] == Decimal("20.00")
    dropped = [f for f in desk.ledger.fates(report.import_) if f.fate == "duplicate"]
    assert [(f.row, f.repeats) for f in dropped] == [(3, f"{report.import_}:2")]


def test_a_cancellation_is_tied_to_the_order_it_cancels(desk: Desk) -> None:
    rows = [
        *[line(f"53600{n}", date="2026-05-01", customer="K9") for n in range(4)],
        line("536365", date="2026-05-01", quantity=10),
        line("536366", date="2026-05-02", quantity=10),
        line("536367", date="2026-05-03", quantity=10, customer="K2"),
        line("C536400", date="2026-05-04", quantity=-10),  # the latest of K1's that is large enough: 536366
        line("C536401", date="2026-05-05", quantity=-99),  # nobody bought so many
        line("C536402", date="2026-04-01", quantity=-1),  # nothing was bought before
        line("C536403", date="2026-05-05", quantity=-1, price="3.33"),  # nor at this price
    ]
    report = desk.take(desk.file("a.csv", csv_of(rows)))
    assert counts(report) == {"facts": 7, "adjustments": 4}
    assert [(r["order"], r["kind"], r["cancels"]) for r in desk.rows() if r["reversal"]] == [
        ("C536400", "cancellation", "536366"),
        ("C536401", "cancellation", None),
        ("C536402", "cancellation", None),
        ("C536403", "cancellation", None),
    ]


def test_a_cancellation_finds_its_order_in_an_earlier_file(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([line("536365", date="2026-05-01"), line("536366", customer="K2")])))
    rows = [line("536370", date="2026-05-20", customer="K3"), line("536380", date="2026-05-21", quantity=-2)]
    report = desk.take(desk.file("b.csv", csv_of(rows)))
    assert [(r["order"], r["cancels"]) for r in desk.rows() if r["reversal"]] == [("536380", "536365")]
    assert "1 was tied" in problem(report, "cancellation").reason


def test_what_was_taken_back_already_is_not_taken_back_twice(desk: Desk) -> None:
    rows = [line("1"), line("2", date="2026-05-20", quantity=-2), line("3", date="2026-05-21", quantity=-2)]
    desk.take(desk.file("a.csv", csv_of(rows)))
    assert [(r["order"], r["cancels"]) for r in desk.rows() if r["reversal"]] == [("2", "1"), ("3", None)]


def test_charges_are_told_from_goods(desk: Desk) -> None:
    rows = [
        line("A1"),
        line("A1", sku="POST", product="POSTAGE", quantity=1, price="4.00"),
        line("A2", sku="22610", product="POSTAGE STAMP ALBUM"),
        line("A3", sku="D", product="Discount", quantity=-1, price="5.00"),
    ]
    report = desk.take(desk.file("a.csv", csv_of(rows)))
    assert counts(report) == {"facts": 2, "charges": 2}
    assert [(r["sku"], r["kind"]) for r in desk.rows()] == [
        ("A-1", "sale"),
        ("POST", "shipping"),
        ("22610", "sale"),
        ("D", "discount"),
    ]
    assert report.totals["charges"] == Decimal("-1.00")
