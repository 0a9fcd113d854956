"""Quantiles without a distribution, and volatility."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.numerics import fewest_for_quantile, quantile, quantile_places, volatility


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (20, 6, 15), (50, 19, 32)])
def test_the_order_statistics_around_a_median(n: int, low: int, high: int) -> None:
    """As in the tables of sign-test intervals at 90 % (Conover 1999, Practical Nonparametric Statistics, section 3.2)."""
    assert quantile_places(n) == (low, high)


@given(st.integers(1, 400), st.floats(0.05, 0.95))
def test_the_interval_covers_at_least_what_it_says(n: int, p: float) -> None:
    places = quantile_places(n, p)
    if places is None:
        assert n < fewest_for_quantile(p)
        return
    low, high = places
    assert 1 <= low <= high <= n
    covered = stats.binom.cdf(high - 1, n, p) - stats.binom.cdf(low - 1, n, p)
    assert covered >= 0.9 - 1e-9


def test_intervals_cover_the_true_median_of_skewed_values() -> None:
    rng = np.random.default_rng(3)
    truth = 1.0  # of a lognormal with mu = 0
    hits = 0
    for _ in range(800):
        found = quantile(rng.lognormal(0, 1, 15).tolist())
        hits += found.low <= truth <= found.high  # type: ignore[operator]
    assert hits / 800 >= 0.88


@given(st.lists(st.floats(0.01, 1e6), min_size=5, max_size=60))
def test_an_estimate_lies_within_its_interval(values: list[float]) -> None:
    found = quantile(values)
    assert found.low <= found.estimate <= found.high  # type: ignore[operator]


def test_volatility_of_a_random_walk_is_found_again() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        rates = np.exp(np.cumsum(rng.normal(0, 0.10 / np.sqrt(252), 253)))
        found = volatility(rates.tolist())
        inside += found.low <= 0.10 <= found.high  # type: ignore[operator]
    assert 0.86 <= inside / 300 <= 0.94


def test_a_few_weeks_tell_no_volatility() -> None:
    assert volatility([1.0, 1.1] * 10).why == "19 daily changes are known, where at least 60 are needed."
