"""Factors between two rates: against the F distribution, and in simulated counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.numerics.ratios import Count, probability_higher, rate_ratio, ratio_beside


def test_the_interval_is_that_of_a_scaled_f() -> None:
    told = rate_ratio(Count(20, 2), Count(30, 2), level=0.9)
    low, high = stats.f.ppf([0.05, 0.95], 61, 41) * 30.5 / 20.5
    assert (told.low, told.high) == pytest.approx((low, high))
    assert told.estimate == pytest.approx(30.5 / 20.5)


def test_it_covers_the_truth_also_where_weeks_come_in_bunches() -> None:
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(600):
        weeks = rng.negative_binomial(4, 4 / 12, (2, 13))  # mean 8, variance 24: dispersion 3
        told = rate_ratio(Count(weeks[0].sum(), 3, 3.0), Count(weeks[1].sum(), 3, 3.0), level=0.8)
        assert told.low is not None
        assert told.high is not None
        inside += told.low <= 1 <= told.high
    assert 0.76 <= inside / 600 <= 0.85


@given(st.integers(5, 500), st.integers(5, 500), st.floats(1, 5))
def test_swapping_the_sides_turns_the_factor_round(one: int, other: int, wide: float) -> None:
    there = rate_ratio(Count(one, 3, wide), Count(other, 3, wide))
    back = rate_ratio(Count(other, 3, wide), Count(one, 3, wide))
    assert there.low == pytest.approx(1 / back.high)  # type: ignore[operator]
    chances = [probability_higher(Count(one, 3, wide), Count(other, 3, wide))]
    chances.append(probability_higher(Count(other, 3, wide), Count(one, 3, wide)))
    assert sum(chances) == pytest.approx(1)


def test_what_happened_everywhere_is_no_effect() -> None:
    told = ratio_beside(Count(40, 1), Count(80, 1), Count(400, 1), Count(800, 1))
    assert told.estimate == pytest.approx(1, abs=0.03)
    assert told.low is not None
    assert told.high is not None
    assert told.low < 1 < told.high


def test_too_few_to_tell_is_said() -> None:
    assert "Only 3 events" in rate_ratio(Count(1, 1), Count(2, 1)).why
    assert ratio_beside(Count(1, 1), Count(2, 1), Count(9, 1), Count(9, 1)).estimate is None
