"""Looking at a file first, and the steps that command line and web share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.kernel import InputError
from fondaco.workflows import preview, scorecard_of, take_in
from fondaco.workflows.take_in_files import period_of

pytestmark = pytest.mark.requirement("X03")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-01-05", date(2026, 1, 5), date(2026, 1, 5)),
        ("2026-01-05..2026-02-03", date(2026, 1, 5), date(2026, 2, 3)),
    ],
)
def test_a_period_is_a_month_a_day_or_two_days(text: str, first: date, last: date) -> None:
    assert period_of(text) == (first, last)


@pytest.mark.parametrize(
    "text", ["2026", "2026-13", "2026-02-30", "May 2026", "..", "2026-02-02..2026-02-01"]
)
def test_any_other_period_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        period_of(text)


def test_a_look_shows_what_an_import_would_do_and_writes_nothing(desk: Desk) -> None:
    path = desk.file("a.csv", csv_of([*[line(f"A{n}") for n in range(8)], line("B1", country="Gotham")]))
    (found,) = preview(desk.workspace, "shop", path, currency="EUR")
    assert (found.table, found.rows, found.questions) == ("orders", 9, ())
    assert {header: field for header, field, *_ in found.columns}["Customer"] == "buyer"
    assert (found.taken, found.quarantined, found.net_total) == (8, 1, Decimal("180.00"))
    assert not (desk.home / "firms").exists()
    assert not list(desk.home.rglob("*.parquet"))
    report = desk.take(path)
    assert (report.added, report.quarantined, report.net_total) == (8, 1, Decimal("180.00"))


def test_progress_is_told_in_words_and_only_goes_forward(desk: Desk) -> None:
    told: list[tuple[str, float]] = []
    path = desk.file("a.csv", csv_of([line("A1")]))
    take_in(desk.workspace, "shop", [path, desk.file("b.csv", csv_of([line("B1")]))], home="IT", currency="EUR",
            now=datetime(2026, 6, 1, tzinfo=UTC), progress=lambda step, share: told.append((step, share)))  # fmt: skip
    assert told[-1][1] == 1.0
    assert all(step for step, _ in told)
    shares = [share for _, share in told]
    assert shares == sorted(shares)


@pytest.mark.requirement("F97")
def test_a_conclusion_follows_what_counts(desk: Desk) -> None:
    first = desk.take(desk.file("a.csv", csv_of([line("A1", country="France")])))
    assert [m.market for m in scorecard_of(desk.workspace, "shop").markets] == ["FRA"]
    desk.take(desk.file("b.csv", csv_of([line("B1", country="Spain", quantity=9)])))
    assert [m.market for m in scorecard_of(desk.workspace, "shop").markets] == ["ESP", "FRA"]
    desk.undo(first.import_)
    assert [m.market for m in scorecard_of(desk.workspace, "shop").markets] == ["ESP"]
