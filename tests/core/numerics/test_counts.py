"""What to expect next month from the months before."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fondaco.numerics import dispersion, next_month


def test_the_estimate_is_the_rate() -> None:
    found = next_month(36, 12)
    assert found.estimate == pytest.approx(36.5 / 12)
    assert found.level == 0.8


def test_the_interval_is_that_of_the_gamma_poisson_mixture() -> None:
    # Independent of scipy's negative binomial: draw the rate, then the count.
    chance = np.random.default_rng(3)
    drawn = chance.poisson(chance.gamma(30.5, 1 / 6, 400_000))
    found = next_month(30, 6)
    assert (found.low, found.high) == tuple(np.quantile(drawn, [0.1, 0.9], method="inverted_cdf"))


def test_nothing_so_far_is_not_nothing_for_sure() -> None:
    found = next_month(0, 1)
    assert found.estimate == 0.5
    assert found.high == stats.nbinom.ppf(0.9, 0.5, 0.5)


def test_less_than_a_month_says_why() -> None:
    assert next_month(3, 0.5).why == "Less than a month is known."


@pytest.mark.parametrize("rate", [0.3, 3, 40])
def test_the_interval_holds_next_month_about_as_often_as_it_says(rate: float) -> None:
    chance = np.random.default_rng(5)
    held = 0
    for _ in range(1500):
        months = chance.poisson(rate, 13).tolist()
        found = next_month(sum(months[:12]), 12, monthly=months[:12])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= months[12] <= found.high
    assert held / 1500 >= 0.78, "counts are whole numbers, so it may cover more"


def test_months_that_differ_much_widen_it() -> None:
    calm = next_month(120, 12, monthly=[10] * 12)
    wild = next_month(120, 12, monthly=[0, 20] * 6)
    assert calm.low is not None
    assert wild.low is not None
    assert wild.low < calm.low
    assert dispersion([0, 20] * 6) == pytest.approx(100 * 12 / 11 / 10)
    assert dispersion([0, 20]) == 1.0, "two months are too few to tell"
