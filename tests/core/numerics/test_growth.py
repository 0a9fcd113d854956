"""Growth of revenue and its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fondaco.numerics import Moments, probability_larger, relative_growth


def moments(sizes: list[float]) -> Moments:
    """Return the moments of orders of these sizes."""
    return Moments(len(sizes), math.fsum(sizes), math.fsum(x * x for x in sizes))


def coverage(before: float, last: float, spread: float, *, cases: int = 1200) -> float:
    """Return how often the 0.9 interval holds the true growth; sizes are lognormal."""
    chance = np.random.default_rng(11)
    truth = last / before - 1
    held = told = 0
    for _ in range(cases):
        orders = [chance.lognormal(3, spread, chance.poisson(rate)).tolist() for rate in (last, before)]
        found = relative_growth(moments(orders[0]), moments(orders[1]))
        if found.low is not None and found.high is not None:
            told += 1
            held += found.low <= truth <= found.high
    assert told > cases / 3
    return held / told


@pytest.mark.parametrize("spread", [0.5, 0.8, 1.0])
@pytest.mark.parametrize(("before", "last"), [(10, 10), (10, 50), (50, 20), (30, 30), (200, 200), (200, 10)])
def test_the_interval_covers_the_truth_as_often_as_it_says(before: float, last: float, spread: float) -> None:
    assert 0.85 <= coverage(before, last, spread) <= 0.955


@pytest.mark.parametrize("few", [6, 8])
def test_with_the_fewest_orders_it_errs_on_the_wide_side(few: int) -> None:
    # Cases with less than five orders are not told, which keeps the rest closer together than chance would.
    assert coverage(few, few, 0.5) >= 0.9
    assert coverage(few, few, 1.0) >= 0.9


def test_equal_orders_give_the_interval_of_counts() -> None:
    # 400 against 100 orders of one size: log ratio log 4, standard error sqrt(1/400 + 1/100), about normal.
    found = relative_growth(Moments(400, 400.0, 400.0), Moments(100, 100.0, 100.0))
    reach = 1.645 * math.sqrt(1 / 400 + 1 / 100)
    assert found.estimate == pytest.approx(3)
    assert found.low == pytest.approx(4 * math.exp(-reach) - 1, rel=0.01)
    assert found.high == pytest.approx(4 * math.exp(reach) - 1, rel=0.01)


def test_one_large_order_widens_the_interval() -> None:
    even = relative_growth(moments([100.0] * 20), moments([100.0] * 20))
    uneven = relative_growth(moments([10.0] * 19 + [1810.0]), moments([100.0] * 20))
    assert uneven.estimate == pytest.approx(0)
    assert even.high is not None
    assert uneven.high is not None
    assert uneven.high > 3 * even.high


def test_four_orders_are_too_few() -> None:
    found = relative_growth(moments([1.0] * 4), moments([1.0] * 50))
    assert found.estimate is None
    assert "50 before and 4 since" in found.why


def test_what_was_taken_back_may_leave_nothing_to_compare() -> None:
    found = relative_growth(moments([10.0] * 5 + [-60.0]), moments([10.0] * 6))
    assert found.estimate is None
    assert found.why == "In one of the two periods more was taken back than sold."


def test_the_larger_of_two_is_the_larger_by_its_margin() -> None:
    one, other = moments([3.0, 4.0]), moments([5.0])
    # Difference 2; variance 9 + 16 + 25 = 50.
    assert probability_larger(one, other) == pytest.approx((1 + math.erf(2 / 10)) / 2)
    assert probability_larger(one, one) == pytest.approx(0.5)
    assert probability_larger(moments([]), moments([])) is None
