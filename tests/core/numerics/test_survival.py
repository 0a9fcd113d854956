"""Time until something happens, beside published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.numerics.survival import kaplan_meier

#: Weeks in remission under 6-MP (Freireich and others 1963, Blood 21), and whether the patient relapsed.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


@pytest.mark.requirement("F89")
def test_remission_under_6mp_is_as_published() -> None:
    found = kaplan_meier(WEEKS, RELAPSED, level=0.95)
    # Survival and Greenwood's errors as in the textbooks (Kleinbaum and Klein 2012, table 2.3).
    assert found.survival.round(4) == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482])
    assert found.error.round(4) == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346])
    # Ends by log(-log), as R's survfit(conf.type = "log-log") prints them.
    assert (found.low[0], found.high[0]) == pytest.approx((0.6197, 0.9516), abs=1e-4)
    assert (found.low[-1], found.high[-1]) == pytest.approx((0.1881, 0.6801), abs=1e-4)
    median = found.quantile(0.5)
    assert (median.estimate, median.low, median.high) == (23.0, 13.0, None)


def test_what_the_curve_does_not_reach_is_refused_in_words() -> None:
    found = kaplan_meier([5, 9, 9, 12], [1, 0, 0, 0])
    assert found.quantile(0.5).estimate is None
    assert "75% are left" in found.quantile(0.5).why
    assert found.at(13).estimate is None
    assert kaplan_meier([], []).quantile().why == "There is nobody to follow yet."


def test_without_open_cases_it_is_the_share_left() -> None:
    found = kaplan_meier([1, 2, 2, 4], [1, 1, 1, 1])
    assert found.survival.tolist() == [0.75, 0.25, 0.0]
    assert found.at(3).estimate == 0.25


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60))
def test_the_curve_never_rises_and_its_range_holds_it(cases: list[tuple[int, bool]]) -> None:
    found = kaplan_meier(*zip(*cases, strict=True))
    assert (np.diff(found.survival) <= 1e-12).all()
    assert (found.low <= found.survival + 1e-12).all()
    assert (found.survival <= found.high + 1e-12).all()


def test_times_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        kaplan_meier([-1], [True])
