"""Rates in many markets: against hand-computed gamma-Poisson values, and calibrated on simulated firms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from fondaco.numerics.rates import (
    Predictive,
    Terms,
    _follow,
    fit_rates,
    posterior,
    rate_interval,
)


def test_posterior_is_the_gamma_poisson_one_by_hand() -> None:
    # Prior mean 1.5 a month with shape 3: Gamma(3, 2).  Seven orders in 4 months: Gamma(10, 6).
    shape, rate = posterior([[1, 3, 0, 3]], [[1, 1, 1, 1]], [1.5], 3.0)
    assert (shape[0], rate[0]) == (10.0, 6.0)


def test_half_a_month_counts_as_half() -> None:
    shape, rate = posterior([[2, 1]], [[1, 0.5]], [2.0], 2.0)
    assert (shape[0], rate[0]) == (5.0, 2.5)


def test_score_without_noise_and_fading_is_the_marginal_likelihood() -> None:
    counts, shape, mean = [2, 0, 3, 1], 1.7, 1.2

    def joint(rate: float) -> float:
        poisson = np.prod([stats.poisson.pmf(count, rate) for count in counts])
        return float(poisson * stats.gamma.pdf(rate, shape, scale=mean / shape))

    exact = math.log(integrate.quad(joint, 0, 30)[0])
    score, _, _ = _follow(np.array([counts], float), np.ones((1, 4)), np.array([mean]), shape, math.inf, 0.0)
    assert score[0] == pytest.approx(exact, abs=1e-6)


def test_noisy_months_count_for_less_and_old_ones_fade() -> None:
    # A month with 5 where 2 are expected weighs 1 / (1 + 2 / 4) = 2/3: shape 1 + 10/3 = 13/3, of which a drift
    # of 0.3 keeps 1 / (1 + 0.09 x 13/3) = 1 / 1.39 of the evidence.
    shape, rate = posterior([[5]], [[1]], [2.0], 1.0, noise=4.0, drift=0.3)
    assert shape[0] == pytest.approx(1 + 10 / 3 / 1.39)
    assert rate[0] == pytest.approx(0.5 + 2 / 3 / 1.39)


def test_predictive_is_the_negative_binomial_of_the_posterior() -> None:
    found = Predictive(np.array([2.0]), np.array([4.0]))
    assert found.log_score([3])[0] == pytest.approx(-stats.nbinom.logpmf(3, 4, 4 / 6))
    low, high = found.interval(0.8)
    assert (low[0], high[0]) == (stats.nbinom.ppf(0.1, 4, 4 / 6), stats.nbinom.ppf(0.9, 4, 4 / 6))


def test_crps_by_hand() -> None:
    # Nearly Poisson(1), 1 counted: 0.3679^2 + (1 - 0.7358)^2 + (1 - 0.9197)^2 + (1 - 0.9810)^2 + ... = 0.2120
    assert Predictive(np.array([1.0]), np.array([1e9])).crps([1])[0] == pytest.approx(0.2120, abs=1e-4)


def test_nominal_cover_is_the_level_where_the_prediction_is_right() -> None:
    mean, size = np.full(300, 0.7), np.full(300, 2.0)
    counts = np.random.default_rng(1).negative_binomial(2, 2 / 2.7, 300)
    printed, nominal = Predictive(mean, size).covered(counts)
    assert nominal.mean() == pytest.approx(0.8, abs=0.05)
    assert printed.mean() > 0.85  # small counts: a printed interval must hold more


def test_a_market_without_data_has_the_prior_and_one_with_plenty_its_own_rate() -> None:
    counts = np.zeros((6, 24))
    counts[0] = 50
    counts[1:3] = [[1] * 24, [2] * 24]
    exposure = np.ones((6, 24))
    exposure[5] = 0
    found = fit_rates(counts, exposure, shared=False)
    assert found.weight[5] == 0
    assert found.mean[5] == pytest.approx(found.prior_mean[5])
    assert found.weight[0] > 0.97
    assert found.mean[0] == pytest.approx(50, rel=0.03)


def test_the_posterior_lies_between_own_and_prior_by_its_weight() -> None:
    rng = np.random.default_rng(4)
    found = fit_rates(rng.poisson(rng.gamma(0.8, 3, (30, 1)), (30, 10)), np.ones(10))
    mixed = found.weight * found.own + (1 - found.weight) * found.prior_mean
    assert found.mean == pytest.approx(mixed)


def test_terms_are_found_again() -> None:
    rng = np.random.default_rng(5)
    term = rng.standard_normal(150)
    rate = np.exp(0.3 + 0.8 * term) * rng.gamma(2, 0.5, 150)
    counts = rng.poisson(rate[:, None], (150, 12))
    terms = Terms(("x",), term[:, None], np.zeros(1), np.full(1, 2.0))
    found = fit_rates(counts, np.ones(12), terms)
    assert found.coefficients[0] == pytest.approx(0.8, abs=0.2)
    assert found.prior_shape == pytest.approx(2.0, rel=0.5)


@pytest.mark.parametrize("markets", [3, 200])
def test_intervals_cover_in_simulated_firms_of_few_and_many_markets(markets: int) -> None:
    """Overdispersed months, rates that differ by more than the terms say, a common level that drifts."""
    inside, cases = 0.0, 0
    for seed in range(100, 130 if markets == 3 else 103):
        rng = np.random.default_rng(seed)
        rate = rng.gamma(0.7, 6 / 0.7, (markets, 1))
        level = np.exp(np.cumsum(rng.normal(0, 0.08, 13)))
        months = rng.gamma(15, 1 / 15, (markets, 13))
        counts = rng.poisson(rate * level * months)
        found = fit_rates(counts[:, :12], np.ones(12))
        nominal = found.predict().covered(counts[:, 12])[1]
        inside += nominal.sum()
        cases += markets
    # Of 250 firms with three markets the share was 0.791; the bounds are two standard errors of the cases here.
    assert abs(inside / cases - 0.80) <= (0.09 if markets == 3 else 0.04)


def test_a_month_further_ahead_is_less_sure_and_a_year_together_surer_than_independent_months_scaled() -> (
    None
):
    rng = np.random.default_rng(2)
    found = fit_rates(rng.poisson(5, (4, 12)), np.ones(12))
    year, month, later = found.predict(months=12), found.predict(), found.predict(6)
    assert found.tide is not None
    assert year.mean == pytest.approx(12 * month.mean * found.tide.growth(5.5))
    assert abs(found.tide.trend) < 0.05
    assert (later.size < month.size).all()
    assert (year.size < 12 * month.size).all()  # what is shared by the months does not average out


def test_nothing_counted_leaves_the_prior_with_its_level_as_stated() -> None:
    terms = Terms(("size",), np.array([[0.0], [1.0], [2.0]]), np.ones(1), np.full(1, 0.5))
    found = fit_rates(np.zeros((3, 1)), [0.0001], terms, shared=False, start=1.0)
    assert found.prior_mean == pytest.approx(np.exp([-1, 0, 1]))


def test_a_firm_that_doubled_is_expected_at_its_new_level() -> None:
    counts = np.array([[10] * 6 + [20] * 6, [5] * 6 + [10] * 6])
    assert fit_rates(counts, np.ones(12)).expected() == pytest.approx([20, 10], rel=0.18)
    alone = fit_rates(counts, np.ones(12), shared=False).expected()
    assert (alone < [19, 10.5]).all()  # each market by itself learns it more slowly


def test_rate_interval_is_that_of_the_gamma() -> None:
    found = fit_rates([[3, 4, 5]], [1, 1, 1], shared=False)
    low, high = rate_interval(found, 0.8)
    assert low[0] == pytest.approx(stats.gamma.ppf(0.1, found.shape[0], scale=1 / found.rate[0]))
    assert high[0] == pytest.approx(stats.gamma.ppf(0.9, found.shape[0], scale=1 / found.rate[0]))


def test_joint_draws_share_the_tide() -> None:
    counts = np.random.default_rng(7).poisson(100, (2, 12)) * np.linspace(0.5, 2, 12)
    drawn = fit_rates(counts, np.ones(12)).draw(4000, seed=1)
    assert np.corrcoef(np.log(drawn).T)[0, 1] > 0.2
    assert (drawn == fit_rates(counts, np.ones(12)).draw(4000, seed=1)).all()


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=12),
    st.floats(0.01, 100),
    st.floats(0.05, 50),
    st.floats(0.5, 1e6),
    st.floats(0, 0.5),
)
def test_the_posterior_mean_lies_between_prior_and_own_rate(
    counts: list[int], mean: float, shape: float, noise: float, drift: float
) -> None:
    row = np.array([counts], float)
    alpha, beta = posterior(row, np.ones_like(row), [mean], shape, noise=noise, drift=drift)
    assert alpha[0] >= shape
    least, most = min(mean, *counts), max(mean, *counts)
    assert least * (1 - 1e-9) <= alpha[0] / beta[0] <= most * (1 + 1e-9) + 1e-12


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_markets_does_not_matter(order: list[int]) -> None:
    counts = np.array([[9, 7, 8], [0, 0, 1], [3, 2, 2], [0, 0, 0], [20, 18, 25]])
    straight, turned = fit_rates(counts, np.ones(3)), fit_rates(counts[order], np.ones(3))
    assert turned.mean == pytest.approx(straight.mean[order], rel=0.02)


@pytest.mark.parametrize(
    ("counts", "exposure"), [([1, 2], [1, 1]), ([[1, -1]], [1, 1]), ([[1, float("nan")]], [1, 1])]
)
def test_what_is_no_count_is_refused(counts: list[float], exposure: list[float]) -> None:
    with pytest.raises(ValueError, match="must"):
        fit_rates(counts, exposure)


def test_closed_markets_are_found_and_do_not_spoil_what_open_ones_are_told() -> None:
    """Of 120 markets the firm delivers to 20, where it sells well; the others never appear."""
    rng = np.random.default_rng(9)
    counts = np.zeros((120, 12))
    counts[:20] = rng.poisson(rng.gamma(3, 2, (20, 1)), (20, 12))
    never = counts.sum(axis=1) == 0
    found = fit_rates(counts, np.ones(12), never=never)
    assert (found.closed[~never] == 0).all()
    assert found.closed[never].min() > 0.9
    # As things stand nothing comes of a closed market; if the firm sold there, about what others bring.
    assert found.predict().mean[never].max() < 0.6
    opened = found.opened()
    assert opened.expected()[never] == pytest.approx(counts[:20].mean(), rel=0.4)
    assert opened.mean[~never] == pytest.approx(found.mean[~never])
    low, high = rate_interval(opened)
    assert (high[never] > 3 * low[never]).all()  # and little sure
    mixed = opened.weight * 0 + (1 - opened.weight) * opened.prior_mean
    assert opened.mean[never] == pytest.approx(mixed[never])


def test_without_closed_markets_nothing_changes() -> None:
    counts = np.random.default_rng(3).poisson(4, (8, 10)) + 1
    plain, told = (
        fit_rates(counts, np.ones(10)),
        fit_rates(counts, np.ones(10), never=np.zeros(8, dtype=bool)),
    )
    assert told.mean == pytest.approx(plain.mean)
    assert told.opened().mean == pytest.approx(plain.mean)


def test_no_market_that_never_appeared_is_told_more_than_the_best_that_did() -> None:
    term = np.array([0.0, 1.0, 2.0, 9.0])
    counts = np.array([[1] * 12, [3] * 12, [9] * 12, [0] * 12])
    terms = Terms(("size",), term[:, None], np.ones(1), np.ones(1))
    found = fit_rates(counts, np.ones(12), terms, never=[False, False, False, True])
    assert found.prior_mean[3] > 50
    assert found.opened().mean[3] == pytest.approx(found.mean[:3].max())


def test_a_market_with_counts_cannot_be_one_that_never_appeared() -> None:
    with pytest.raises(ValueError, match="nothing was ever seen"):
        fit_rates([[1, 2]], [1, 1], never=[True])
