"""Stable, rising, falling, one good year, or too little to say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.markets.stability import WORDS, Rules, concentration, growth_of, stability, words


def test_each_word_has_its_case() -> None:
    amounts = np.array([
        [900, 900, 900, 900, 900],  # stable
        [10, 12, 15, 18, 23],  # rising
        [20, 20, 90, 20, 20],  # one-year wonder
        [60, 50, 40, 30, 25],  # falling
        [30, 55, 28, 50, 31],  # up and down
    ], float)  # fmt: skip
    rules = Rules(places=0)
    assert words(amounts, rules=rules) == ["stable", "rising", "one-year wonder", "falling", "unsteady"]


def test_a_last_year_that_doubles_all_before_is_not_rising_yet() -> None:
    assert words(np.array([[10.0, 10, 10, 10, 50], [100, 100, 100, 100, 100]]))[0] == "one-year wonder"


def test_two_years_are_too_few() -> None:
    assert words(np.ones((3, 2))) == ["too few years"] * 3
    assert words(np.ones((1, 2)), rules=Rules(least=2)) == ["stable"]


def test_ranks_are_within_the_group() -> None:
    amounts = np.array([[5.0, 5, 5], [4, 4, 4], [1, 1, 1], [9, 9, 9]])
    found = stability(amounts)
    assert [one.places for one in found] == [(2, 2, 2), (3, 3, 3), (4, 4, 4), (1, 1, 1)]
    assert found[3].size == pytest.approx(9 / 19)


def test_growth_is_a_line_through_the_logarithms() -> None:
    exact = growth_of([100, 110, 121, 133.1])
    assert exact.estimate == pytest.approx(0.1)
    assert exact.low == pytest.approx(0.1, abs=1e-6)
    noisy = growth_of([100, 90, 130, 120, 150])
    # By hand: slope of ln over 0..4 is 0.1093; its standard error 0.0381, t(0.95, 3) 2.3534.
    assert noisy.estimate == pytest.approx(np.expm1(0.10986), abs=2e-3)
    low, middle, high = noisy.low, noisy.estimate, noisy.high
    assert low is not None
    assert middle is not None
    assert high is not None
    assert low < middle < high
    assert growth_of([1, 0, 2]).estimate is None


def test_concentration_is_one_for_a_single_market() -> None:
    assert concentration([7.0]) == 1.0
    assert concentration([0.0, 0.0]) is None


@given(
    st.lists(st.lists(st.floats(0, 1e9), min_size=5, max_size=5), min_size=1, max_size=12),
    st.floats(0.1, 1e3),
)
def test_words_do_not_depend_on_the_currency(rows: list[list[float]], rate: float) -> None:
    amounts = np.round(np.array(rows), 2)
    found = words(amounts)
    assert set(found) <= set(WORDS)
    assert found == words(amounts * 2.0 ** round(np.log2(rate)))
