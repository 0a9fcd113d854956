"""Conversion rates of small groups: closed forms where there are any, and truth where it is made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from fondaco.numerics.conversions import (
    CENTRE_PRIOR,
    GROUPS_SD,
    SIZE_PRIOR,
    Conversions,
    fit_conversions,
)


def test_the_posterior_is_the_conjugate_beta() -> None:
    found = fit_conversions([3, 0, 1], [40, 12, 5], [0, 0, 0])
    prior = found.prior_mean[0] * found.size, (1 - found.prior_mean[0]) * found.size
    assert found.a == pytest.approx(np.array([3, 0, 1]) + prior[0])
    assert found.b == pytest.approx(np.array([37, 12, 4]) + prior[1])
    own = np.array([3 / 40, 0, 1 / 5])
    assert found.mean == pytest.approx(found.weight * own + (1 - found.weight) * found.prior_mean)


def test_the_prior_is_where_an_independent_search_finds_it() -> None:
    """One group: the same penalised beta-binomial likelihood, by scipy's own distribution and a simplex."""
    orders, clicks = [5, 0, 1, 9, 2, 0, 0, 3], [60, 20, 4, 110, 80, 9, 44, 50]

    def loss(theta: np.ndarray) -> float:
        centre, log_size, offset = theta
        mean, size = special.expit(centre + offset), np.exp(log_size)
        score = stats.betabinom.logpmf(orders, clicks, mean * size, (1 - mean) * size).sum()
        far = ((centre - CENTRE_PRIOR[0]) / CENTRE_PRIOR[1]) ** 2 + (
            (log_size - SIZE_PRIOR[0]) / SIZE_PRIOR[1]
        ) ** 2
        return float((far + (offset / GROUPS_SD) ** 2) / 2 - score)

    best = optimize.minimize(
        loss, [-3, 4, 0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 5000}
    )
    found = fit_conversions(orders, clicks, [0] * 8)
    assert found.size == pytest.approx(np.exp(best.x[1]), rel=1e-3)
    assert found.prior_mean[0] == pytest.approx(special.expit(best.x[0] + best.x[2]), rel=1e-3)


def test_made_up_terms_are_covered_and_closer_to_the_truth_than_raw_shares() -> None:
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(4), 150)
    mean = np.array([0.01, 0.02, 0.04, 0.06])[groups]
    rate = rng.beta(mean * 40, (1 - mean) * 40)
    clicks = 1 + rng.negative_binomial(0.5, 0.5 / 30.5, len(rate))
    orders = rng.binomial(clicks, rate)
    found = fit_conversions(orders, clicks, groups)
    low, high = found.interval(0.8)
    assert 0.74 < ((low <= rate) & (rate <= high)).mean() < 0.87
    assert ((found.mean - rate) ** 2).mean() < 0.3 * ((orders / clicks - rate) ** 2).mean()


def test_a_group_with_few_clicks_is_drawn_towards_all_groups() -> None:
    orders, clicks = [4] * 20 + [1], [100] * 20 + [10]
    found = fit_conversions(orders, clicks, [0] * 20 + [1])
    assert 0.04 < found.prior_mean[-1] < 0.08
    assert found.prior_mean[0] == pytest.approx(0.04, abs=0.005)


@given(
    st.lists(
        st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, 2))),
        min_size=1,
        max_size=15,
    )
)
@settings(max_examples=40, deadline=None)
def test_every_rate_lies_between_its_own_share_and_its_groups_mean(held: list[tuple[int, int, int]]) -> None:
    orders, clicks, groups = (np.array(part) for part in zip(*held, strict=True))
    found = fit_conversions(orders, clicks, groups)
    own = np.divide(orders, clicks, out=found.prior_mean.copy(), where=clicks > 0)
    assert (found.mean >= np.minimum(own, found.prior_mean) - 1e-9).all()
    assert (found.mean <= np.maximum(own, found.prior_mean) + 1e-9).all()


def test_the_probability_beyond_is_that_of_the_beta_distribution() -> None:
    found = Conversions(np.array([2.0, 5.0]), np.array([50.0, 20.0]), np.array([0.04, 0.2]), 50.0)
    assert found.beyond([0.04, 0.2]) == pytest.approx(stats.beta.sf([0.04, 0.2], found.a, found.b))
    assert found.beyond([[0.0, 2.0], [0.1, np.inf]])[:, 1] == pytest.approx([0, 0])


def test_more_orders_than_clicks_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and the clicks"):
        fit_conversions([2], [1], [0])
