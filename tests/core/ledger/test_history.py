"""Files overlap in life: the latest statement of a line wins, the older stays in history."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.ledger.helpers import Desk, counts, csv_of, line

from fondaco.kernel import Refused, UnknownName

pytestmark = pytest.mark.requirement("X06", "F76")


def test_weekly_files_of_the_last_month_count_each_line_once(desk: Desk) -> None:
    days = [
        line(f"A{n}", date=f"2026-{5 if n <= 31 else 6:02}-{n if n <= 31 else n - 31:02}")
        for n in range(1, 46)
    ]
    reports = [
        desk.take(desk.file(f"week-{n}.csv", csv_of(days[first : first + 30])))
        for n, first in enumerate((0, 7, 14))
    ]
    assert [report.added for report in reports] == [30, 7, 7]
    assert [report.duplicates for report in reports] == [0, 23, 23]
    assert len(desk.rows()) == 44
    assert desk.total() == 44 * Decimal("20.00")


def test_a_duplicate_says_which_row_it_repeats(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of([line("A1"), line("A2")])))
    second = desk.take(desk.file("b.csv", csv_of([line("A2"), line("A3")])))
    assert [(f.row, f.fate, f.repeats) for f in desk.ledger.fates(second.import_)] == [
        (2, "duplicate", f"{first.import_}:3"),
        (3, "fact", None),
    ]


def test_the_latest_statement_wins_and_the_older_stays_in_history(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([line("A1"), line("A2")])))
    first_day = desk.now.date()
    report = desk.take(desk.file("b.csv", csv_of([line("A2", quantity=5), line("A3")])))
    assert (report.added, report.duplicates) == (2, 0)
    assert desk.said("order", "quantity", "statement") == [
        ("A1", 2, "first"),
        ("A2", 5, "revision"),
        ("A3", 2, "first"),
    ]
    assert desk.said("order", "quantity", as_of=first_day) == [("A1", 2), ("A2", 2)]
    assert desk.rows(as_of=date(2026, 1, 1)) == []


def test_as_of_tells_what_was_known_on_a_day_also_of_what_was_undone_since(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", csv_of([line("A1")])))
    then = desk.now.date()
    desk.undo(report.import_)
    assert desk.rows() == []
    assert desk.said("order", as_of=then) == [("A1",)]


def test_undoing_the_first_of_two_overlapping_files_keeps_what_the_second_repeated(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of([line("A1"), line("A2")])))
    desk.take(desk.file("b.csv", csv_of([line("A2"), line("A3")])))
    desk.undo(first.import_)
    assert desk.said("order") == [("A2",), ("A3",)]


def test_undoing_a_revision_brings_the_older_statement_back(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([line("A1", price="10.00")])))
    second = desk.take(desk.file("b.csv", csv_of([line("A1", price="12.00")])))
    assert desk.said("amount") == [(Decimal("24.00"),)]
    desk.undo(second.import_)
    assert desk.said("amount") == [(Decimal("20.00"),)]


def test_what_was_undone_can_be_imported_again(desk: Desk) -> None:
    path = desk.file("a.csv", csv_of([line("A1")]))
    desk.undo(desk.take(path).import_)
    assert desk.take(path).added == 1
    assert [record.undone is not None for record in desk.ledger.imports()] == [True, False]


def test_an_import_is_undone_once_and_must_exist(desk: Desk) -> None:
    report = desk.take(desk.file("a.csv", csv_of([line("A1")])))
    desk.undo(report.import_)
    with pytest.raises(Refused):
        desk.undo(report.import_)
    with pytest.raises(UnknownName):
        desk.undo("20260101-00000000")


def test_files_of_one_import_overlap_as_files_of_two_do(desk: Desk) -> None:
    paths = [
        desk.file("a.csv", csv_of([line("A1"), line("A2")])),
        desk.file("b.csv", csv_of([line("A2"), line("A1", quantity=7), line("A3")])),
    ]
    report = desk.take(*paths)
    assert counts(report) == {"facts": 4, "duplicates": 1}
    assert desk.said("order", "quantity") == [("A1", 7), ("A2", 2), ("A3", 2)]


def test_firms_do_not_see_each_other(desk: Desk) -> None:
    from fondaco.workflows import take_in

    path = desk.file("a.csv", csv_of([line("A1")]))
    desk.take(path)
    take_in(desk.workspace, "other", [path], home="DE", currency="EUR", now=desk.tick())
    for record in desk.workspace.ledger("other").imports():
        desk.workspace.ledger("other").undo(record.import_, now=desk.tick())
    assert len(desk.rows()) == 1
    assert desk.workspace.ledger("other").table("orders").count().execute() == 0


# --------------------------------------------------- any files, in any order, any of them withdrawn

statements = st.tuples(
    st.sampled_from(["A1", "A2", "A3"]),  # order
    st.sampled_from(["S-1", "S-2"]),  # article
    st.sampled_from([-1, 1, 2, 12]),  # quantity
    st.sampled_from(["1.00", "2.50"]),  # price
)
files = st.lists(statements, min_size=1, max_size=6)


def fold(taken: list[list[tuple[str, str, int, str]]]) -> dict[tuple[str, str, int], tuple[int, str]]:
    """The ledger in a few lines of Python: of each line, told apart by its place, the latest statement."""
    known = {}
    for content in taken:
        seen: Counter[tuple[str, str]] = Counter()
        for order, sku, quantity, price in content:
            seen[order, sku] += 1
            known[order, sku, seen[order, sku]] = (quantity, price)
    return known


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(files, min_size=1, max_size=3), st.data())
def test_the_current_view_is_the_fold_of_the_imports_that_count(contents, data) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        live: dict[str, list[tuple[str, str, int, str]]] = {}
        for number, content in enumerate(contents):
            rows = [line(o, sku=s, quantity=q, price=p) for o, s, q, p in content]
            report = desk.take(desk.file(f"{number}.csv", csv_of(rows)))
            assert report.rows_read == len(content)
            assert report.net_total == sum(q * Decimal(p) for _, _, q, p in content)
            if not report.already:
                live[report.import_] = content
        _assert_folded(desk, live)
        for import_id in data.draw(st.lists(st.sampled_from(list(live)), unique=True, max_size=2)):
            desk.undo(import_id)
            del live[import_id]
        _assert_folded(desk, live)


def _assert_folded(desk: Desk, live: dict[str, list[tuple[str, str, int, str]]]) -> None:
    expected = fold(list(live.values()))
    found = {(r["order"], r["sku"], r["occurrence"]): (r["quantity"], r["unit_price"]) for r in desk.rows()}
    assert found == {key: (quantity, Decimal(price)) for key, (quantity, price) in expected.items()}
    assert len(desk.rows()) == len(expected)
    assert desk.total() == sum(quantity * Decimal(price) for quantity, price in expected.values())
