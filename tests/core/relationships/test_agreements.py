"""When standing agreements fall due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.relationships.agreements import Due, Terms, due, due_days

#: One container every third month, as a buyer of firm E agreed.
CONTAINER = Terms(date(2026, 1, 31), 3)


@pytest.mark.requirement("F91")
@pytest.mark.parametrize(
    ("settled", "today", "expected"),
    [
        ([], date(2026, 1, 1), Due(date(2026, 1, 31), "later")),
        ([], date(2026, 1, 17), Due(date(2026, 1, 31), "soon")),
        ([], date(2026, 1, 31), Due(date(2026, 1, 31), "soon")),
        ([], date(2026, 2, 1), Due(date(2026, 1, 31), "late", 1)),
        ([date(2026, 1, 31)], date(2026, 4, 20), Due(date(2026, 4, 30), "soon")),
        ([date(2026, 1, 31)], date(2026, 8, 1), Due(date(2026, 4, 30), "late", 2)),
        ([date(2026, 1, 31), date(2026, 4, 30)], date(2026, 4, 20), Due(date(2026, 7, 31), "later")),
    ],
)
def test_the_next_due_day(settled: list[date], today: date, expected: Due) -> None:
    assert due(CONTAINER, settled, today) == expected


@pytest.mark.requirement("F91")
def test_an_agreement_that_has_run_out_is_over() -> None:
    terms = Terms(date(2026, 1, 10), 1, date(2026, 2, 28))
    both = [date(2026, 1, 10), date(2026, 2, 10)]
    assert due_days(terms, date(2030, 1, 1)) == tuple(both)
    assert due(terms, both, date(2026, 3, 1)) == Due(None, "over")


def test_terms_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="1 to 60"):
        Terms(date(2026, 1, 1), 0)
    with pytest.raises(InputError, match="before it first"):
        Terms(date(2026, 1, 1), 1, date(2025, 1, 1))


@given(
    st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    st.integers(1, 60),
    st.integers(0, 4000),
    st.integers(0, 30),
)
def test_the_next_day_is_never_settled_and_nothing_unsettled_lies_before_it(
    first: date, months: int, ahead: int, kept: int
) -> None:
    terms, today = Terms(first, months), first + timedelta(ahead)
    settled = set(due_days(terms, first + timedelta(5000))[:kept])
    found = due(terms, settled, today)
    assert found.day is not None
    assert found.day not in settled
    days = due_days(terms, max(found.day, today))
    assert all(day in settled for day in days if day < found.day)
    assert found.late == sum(day < today and day not in settled for day in days)
