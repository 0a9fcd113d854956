"""Chances of being among the first."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.numerics import Moments, top_probabilities


def equal(count: int, size: float = 100.0) -> Moments:
    """Return the moments of orders of one size."""
    return Moments(count, count * size, count * size**2)


def test_equal_markets_have_equal_chances() -> None:
    held = [equal(30)] * 6
    chances = top_probabilities(held, held, months=12, first=3)
    assert chances.sum() == pytest.approx(3)
    assert chances == pytest.approx([0.5] * 6, abs=0.04)


def test_two_markets_follow_the_difference_of_two_years() -> None:
    # 60 against 50 orders: next year's difference has mean 10 and variance 2 * (60 + 50) orders.
    held = [equal(60), equal(50)]
    expected = 0.75  # normal distribution function of 10 / sqrt(220) = 0.674
    assert top_probabilities(held, held, months=12, first=1)[0] == pytest.approx(expected, abs=0.025)


def test_a_market_that_fell_silent_is_unlikely() -> None:
    year, ever = [equal(20), equal(0)], [equal(40), equal(40)]
    chances = top_probabilities(year, ever, months=12, first=1)
    assert 0 <= chances[1] < 0.01


def test_the_same_input_gives_the_same_answer() -> None:
    held = [equal(5), equal(6), equal(7)]
    first, second = (top_probabilities(held, held, months=6, first=1) for _ in range(2))
    assert np.array_equal(first, second)
    assert top_probabilities([], [], months=12).shape == (0,)
