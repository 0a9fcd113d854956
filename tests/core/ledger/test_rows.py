"""The worked tables of docs/rules/rows.md."""

from __future__ import annotations

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line


def bought(order: str, day: int, units: int) -> tuple[object, ...]:
    return line(order, date=f"2026-03-{day:02}", quantity=units, price="4.50", customer="B7", product="tea")


@pytest.mark.requirement("X06")
def test_a_cancellation_is_tied_to_the_latest_order_it_can_take_back(desk: Desk) -> None:
    rows = [
        bought("101", 1, 5),
        bought("102", 4, 2),
        bought("C103", 6, -3),
        bought("C104", 7, -2),
        bought("C105", 8, -2),
    ]
    others = [line(str(200 + n), customer=f"K{n}") for n in range(20)]
    desk.take(desk.file("orders.csv", csv_of([*rows, *others])))
    of_b7 = [row for row in desk.said("order", "kind", "cancels", "buyer") if row[3] == "B7"]
    assert [row[:3] for row in of_b7] == [
        ("101", "sale", None),
        ("102", "sale", None),
        ("C103", "cancellation", "101"),
        ("C104", "cancellation", "102"),
        ("C105", "cancellation", None),
    ]


@pytest.mark.requirement("X06")
def test_the_latest_statement_of_a_line_counts_and_a_second_like_line_is_another(desk: Desk) -> None:
    desk.take(desk.file("week1.csv", csv_of([bought("101", 1, 2)])))
    again = desk.take(desk.file("week2.csv", csv_of([bought("101", 1, 2), bought("102", 2, 1)])))
    assert (again.duplicates, again.added, str(desk.total())) == (1, 1, "13.5000")
    revised = desk.take(desk.file("week3.csv", csv_of([bought("101", 1, 3)])))
    assert (revised.duplicates, revised.added, str(desk.total())) == (0, 1, "18.0000")
    twice = desk.take(desk.file("week4.csv", csv_of([bought("101", 1, 3), bought("101", 1, 3)])))
    assert (twice.duplicates, twice.added, str(desk.total())) == (1, 1, "31.5000")


def test_of_two_files_taken_in_together_the_later_one_counts(desk: Desk) -> None:
    others = [line(str(200 + n)) for n in range(20)]
    first = desk.file("week1.csv", csv_of([*others, bought("101", 1, 2)]))
    second = desk.file("week2.csv", csv_of([bought("101", 1, 3), line("300")]))
    desk.take(first, second)
    assert [row[1:] for row in desk.said("order", "quantity") if row[0] == "101"] == [(3,)]


def test_a_row_with_a_cell_too_many_is_not_taken_by_a_replay(desk: Desk) -> None:
    torn = csv_of([line(str(200 + n)) for n in range(9)]).splitlines()
    torn[5] += ",and what else"
    report = desk.take(desk.file("orders.csv", "\n".join(torn) + "\n"))
    assert report.quarantined == 1
    again = desk.replay(report.import_)
    assert (again.added, again.quarantined) == (0, 1)


def test_an_overlapping_file_does_not_make_an_order_larger_than_it_was(desk: Desk) -> None:
    others = [line(str(200 + n)) for n in range(20)]
    desk.take(desk.file("week1.csv", csv_of([*others, bought("101", 1, 2)])))
    rows = [*others, bought("101", 1, 2), bought("C102", 3, -3)]
    desk.take(desk.file("week2.csv", csv_of(rows)))
    assert [row[1] for row in desk.said("order", "cancels") if row[0] == "C102"] == [None]
