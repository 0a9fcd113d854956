"""Repeat buying and order values, beside published figures and independent arithmetic."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from fondaco.numerics import bgnbd, gamma_gamma, pareto_nbd
from fondaco.numerics.histories import Histories, histories, sum_up
from fondaco.numerics.posterior import Normal, Score, flat, maximise, shrink
from fondaco.numerics.purchases import BGNBD, MODELS, PARETO_NBD, Model, choose

#: The customer of Fader, Hardie and Lee (2005): two orders after the first, the last in week 30.43 of 38.86.
ONE = np.array([2.0]), np.array([30.43]), np.array([38.86])
PUBLISHED = {
    "BG/NBD": ((0.243, 4.414, 0.793, 2.426), -9582.429),
    "Pareto/NBD": ((0.553, 10.578, 0.606, 11.669), -9594.976),
}


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> dict[str, np.ndarray]:
    path = shared / "data" / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")}


@pytest.mark.requirement("F92")
@pytest.mark.parametrize("name", PUBLISHED)
def test_cdnow_gives_the_published_parameters(cdnow: dict[str, np.ndarray], name: str) -> None:
    parameters, likelihood = PUBLISHED[name]
    found = MODELS[name].fit(histories(cdnow["x"], cdnow["t_x"], cdnow["T"]))
    assert found.converged
    assert MODELS[name].unpack(found.mode) == pytest.approx(
        parameters, abs=0.00051 if name == "BG/NBD" else 0.0025
    )
    # The summary's times are rounded to two decimals; the raw orders give the published value exactly.
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.01)


def test_cdnow_gives_the_published_gamma_gamma(cdnow: dict[str, np.ndarray]) -> None:
    again = cdnow["x"] > 0
    orders, mean = cdnow["x"][again], cdnow["zbar"][again]
    found = maximise(
        lambda theta: gamma_gamma.score(theta, orders, mean), flat(gamma_gamma.start(orders, mean))
    )
    assert gamma_gamma.unpack(found.mode) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


def test_the_published_customer_is_expected_to_order_1_226_times_in_39_weeks() -> None:
    parameters = np.array(PUBLISHED["BG/NBD"][0])
    assert bgnbd.expected(parameters, 39.0, *ONE)[0] == pytest.approx(1.226, abs=5e-4)
    each = sum(bgnbd.at_least(parameters, k, 39.0, *ONE)[0] for k in range(1, 300))
    assert each == pytest.approx(bgnbd.expected(parameters, 39.0, *ONE)[0], rel=1e-9)


@pytest.mark.parametrize(
    "history", [(0.0, 0.0, 38.86), (2.0, 30.43, 38.86), (1.0, 0.5, 0.5), (7.0, 3.0, 60.0)]
)
@pytest.mark.parametrize(
    "parameters", [(0.553, 10.578, 0.606, 11.669), (1.2, 4.0, 2.0, 300.0), (2.0, 90.0, 0.4, 1.0)]
)
def test_the_pareto_likelihood_is_the_integral_over_the_time_of_loss(
    history: tuple[float, float, float], parameters: tuple[float, ...]
) -> None:
    (x, t_x, T), (r, alpha, s, beta) = history, parameters
    lost, _ = integrate.quad(
        lambda t: s * (alpha + t) ** -(r + x) * (beta + t) ** -(s + 1), t_x, T, epsabs=0, epsrel=1e-11
    )
    still = (alpha + T) ** -(r + x) * (beta + T) ** -s
    first = special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha) + s * math.log(beta)
    held = histories([x], [t_x], [T])
    theta = pareto_nbd.pack(np.array(parameters))
    assert pareto_nbd.log_likelihood(theta, held) == pytest.approx(first + math.log(still + lost), abs=1e-8)
    chance = pareto_nbd.alive(np.array(parameters), *(np.array([v]) for v in history))[0]
    assert chance == pytest.approx(still / (still + lost), abs=1e-8)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_a_history_of_a_thousand_orders_neither_overflows_nor_vanishes(model: Model) -> None:
    held = histories([1000, 5000, 0], [519, 515, 0], [520, 520, 520])
    value, slope = model.score(model.prior.mean, held)
    assert np.isfinite(value)
    assert np.isfinite(slope).all()
    found = model.fit(held, model.prior)
    many = np.array([5000.0]), np.array([515.0]), np.array([520.0])
    assert 0 <= model.alive(model.unpack(found.mode), *many)[0] <= 1
    assert np.isfinite(model.expected(model.unpack(found.mode), 52.0, *many)).all()


positive = st.floats(0.05, 20)
times = st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(0.1, 300))


@settings(max_examples=60, deadline=None)
@given(st.tuples(positive, positive, positive, positive), times, st.floats(0.5, 150))
def test_more_time_brings_no_fewer_orders_and_never_more_than_if_nobody_were_lost(
    parameters: tuple[float, ...], history: tuple[int, float, float], ahead: float
) -> None:
    x, share, T = history
    one = np.array([float(x)]), np.array([share * T if x else 0.0]), np.array([T])
    for model in MODELS.values():
        held = np.array(parameters)
        alive = model.alive(held, *one)[0]
        near, far = (model.expected(held, t, *one)[0] for t in (ahead, 2 * ahead))
        most = (held[0] + x) * ahead / (held[1] + T)
        assert 0 <= alive <= 1
        assert 0 <= near <= far + 1e-9
        assert near <= alive * most * (1 + 1e-6) + 1e-12


@settings(max_examples=25, deadline=None)
@given(st.tuples(*(st.floats(-2, 2) for _ in range(4))))
def test_the_gradient_is_that_of_the_likelihood(theta: tuple[float, ...]) -> None:
    held = histories([0, 1, 4, 30], [0, 3.0, 20, 51], [40, 40, 38, 52])
    at = np.array(theta)
    _, slope = bgnbd.score(at, held)
    for place in range(4):
        shift = np.eye(4)[place] * 1e-6
        numeric = (bgnbd.score(at + shift, held)[0] - bgnbd.score(at - shift, held)[0]) / 2e-6
        assert slope[place] == pytest.approx(numeric, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    "theta", [(-0.6, -3.0, -0.5, -3.0), (0.4, -1.0, 1.0, -6.0), (-2.0, -5.0, -2.0, -1.0), (0.2, -2.2, 12.0, -3.8)]
)  # fmt: skip
def test_the_pareto_derivatives_are_those_of_its_likelihood(theta: tuple[float, ...]) -> None:
    # The last of them is where losses do not vary: shape and scale are so large that the likelihood's own rounding
    # shows in its differences.
    held = histories([0, 1, 4, 30, 2], [0, 3.0, 20, 51, 40], [40, 40, 38, 52, 40])
    at = np.array(theta)
    value, slope, curvature = pareto_nbd.derivatives(at, held)
    assert value == pytest.approx(pareto_nbd.log_likelihood(at, held), abs=1e-7)
    for place in range(4):
        shift = np.eye(4)[place] * 1e-4
        more, less = pareto_nbd.log_likelihood(at + shift, held), pareto_nbd.log_likelihood(at - shift, held)
        assert slope[place] == pytest.approx((more - less) / 2e-4, rel=1e-5, abs=1e-4)
        bent = pareto_nbd.score(at + shift, held)[1] - pareto_nbd.score(at - shift, held)[1]
        assert curvature[place] == pytest.approx(bent / 2e-4, rel=1e-5, abs=2e-5)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_chance_to_be_there_may_be_brought_along(model: Model) -> None:
    draws = model.unpack(model.prior.mean + np.array([[0.0] * 4, [0.3, -0.2, 0.5, 0.1]]))
    some = np.array([0.0, 1.0, 6.0]), np.array([0.0, 9.0, 30.0]), np.array([12.0, 40.0, 33.0])
    still = model.alive(draws[:, None, :], *some)
    weeks = np.array([13.0, 52.0])
    one, other = (
        model.simulate(draws, weeks, *some, np.random.default_rng(3), still=chance)
        for chance in (None, still)
    )
    assert (one == other).all()
    assert model.expected(draws[1], 13.0, *some, still[1]) == pytest.approx(
        model.expected(draws[1], 13.0, *some)
    )


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_drawn_futures_agree_with_expectation(model: Model) -> None:
    parameters = np.array(PUBLISHED[model.name][0])
    many = tuple(np.repeat(part, 60_000) for part in ONE)
    rng = np.random.default_rng(1)
    drawn = model.simulate(parameters[None], np.array([13.0, 39.0]), *many, rng)
    for row, weeks in enumerate((13.0, 39.0)):
        expected = model.expected(parameters, weeks, *ONE)[0]
        assert drawn[row].mean() == pytest.approx(expected, abs=4 * drawn[row].std() / math.sqrt(60_000))
    assert (drawn[1] >= drawn[0]).all()


def test_drawn_values_agree_with_expectation() -> None:
    parameters = np.array([6.25, 3.74, 15.44])
    counts = np.full((1, 1, 40_000), 3)
    known = np.full(40_000, 2.0), np.full(40_000, 22.35)
    drawn = gamma_gamma.simulate(parameters[None], counts, *known, np.random.default_rng(1))
    expected = 3 * gamma_gamma.expected(parameters, np.array([2.0]), np.array([22.35]))[0]
    assert drawn.mean() == pytest.approx(expected, abs=4 * drawn.std() / 200)


def simulated(n: int, parameters: tuple[float, ...], seed: int) -> Histories:
    """Draw customers of a BG/NBD as the model is told in words: order by order."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = parameters
    rate, lost, T = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), rng.uniform(26, 104, n)
    x, t_x = np.zeros(n), np.zeros(n)
    for i in range(n):
        t = rng.exponential(1 / rate[i])
        while t <= T[i]:
            x[i], t_x[i] = x[i] + 1, t
            if rng.random() < lost[i]:
                break
            t += rng.exponential(1 / rate[i])
    return histories(x, t_x, T)


def test_known_parameters_are_found_again() -> None:
    truth = (0.8, 8.0, 0.7, 2.5)
    found = BGNBD.fit(simulated(6000, truth, 3))
    away = (found.mode - bgnbd.pack(np.array(truth))) / found.sd
    assert np.abs(away).max() < 3
    assert bgnbd.unpack(found.mode) == pytest.approx(truth, rel=0.25)


def test_equal_histories_are_counted_not_repeated() -> None:
    few = histories([0, 2, 0, 2], [0, 9, 0, 9], [20, 20, 20, 20])
    assert few.x.tolist() == [0, 2]
    assert few.count.tolist() == [2, 2]
    each = histories([0, 2], [0, 9], [20, 20])
    assert bgnbd.score(BGNBD.prior.mean, few)[0] == pytest.approx(2 * bgnbd.score(BGNBD.prior.mean, each)[0])


@pytest.mark.parametrize(
    ("x", "t_x", "T"), [([1], [5], [4]), ([0], [1], [4]), ([-1], [0], [4]), ([1], [1], [math.nan])]
)
def test_histories_that_cannot_be_are_refused(x: list[float], t_x: list[float], T: list[float]) -> None:
    with pytest.raises(ValueError, match=r"t_x|finite"):
        histories(x, t_x, T)


def test_orders_after_the_end_and_twice_a_day_do_not_count() -> None:
    found = sum_up([1, 1, 1, 1, 2], [0, 7, 7, 30, 40], 20, [5.0, 10.0, math.nan, 99.0, 1.0])
    assert found.key.tolist() == [1]
    assert (found.x[0], found.t_x[0], found.T[0]) == (1, 1, 20 / 7)
    # A day of which one order's value is not known has none.
    assert found.repeats_valued.tolist() == [0]


def test_nobody_ordering_again_leaves_the_prior_and_no_crash() -> None:
    held = histories([0] * 12, [0] * 12, np.arange(12.0))
    found = BGNBD.fit(held, BGNBD.prior)
    assert found.mode[1] < BGNBD.prior.mean[1]  # the rate is taken to be lower
    assert found.mode[2:] == pytest.approx(BGNBD.prior.mean[2:])  # nothing was learnt of losses
    assert BGNBD.fit(held).vague.any()


def test_the_model_that_made_the_data_is_chosen_or_the_simpler_one() -> None:
    assert choose(simulated(1500, (0.5, 6.0, 0.8, 1.5), 5)).model is BGNBD
    assert choose(histories([1], [2], [3])).log_likelihoods == {}


def test_groups_are_drawn_together_the_more_the_less_they_know() -> None:
    rng = np.random.default_rng(2)
    prior = Normal(np.zeros(1), np.full(1, 10.0))
    sizes = np.array([200, 200, 200, 200, 2])
    means = [float(rng.normal(0.0, 0.05)) for _ in sizes[:-1]] + [3.0]

    def score(mean: float, n: int) -> Score:  # the mean of n values with variance 1
        return lambda theta: (float(-n * (theta[0] - mean) ** 2 / 2), np.array([-n * (theta[0] - mean)]))

    found = shrink([score(mean, int(n)) for mean, n in zip(means, sizes, strict=True)], prior)
    assert found.groups[0].mode[0] == pytest.approx(means[0], abs=0.05)
    assert found.groups[-1].mode[0] < 2.7  # two values against four large groups near zero


def test_draws_keep_the_shape_of_a_skewed_posterior() -> None:
    # log of a rate after 1 event in exposure 1, flat prior: the rate is Gamma(1, 1).
    found = maximise(lambda t: (float(t[0] - np.exp(t[0])), np.array([1 - np.exp(t[0])])), flat([0.0]))
    rates = np.exp(found.draws(4000, seed=1)[:, 0])
    assert np.quantile(rates, [0.05, 0.5, 0.95]) == pytest.approx([0.051, 0.693, 2.996], rel=0.15)


def test_the_pareto_is_taken_where_it_is_clearly_better() -> None:
    rng = np.random.default_rng(8)
    n = 3000
    rate, loss, T = rng.gamma(1.0, 1 / 4.0, n), rng.gamma(0.8, 1 / 8.0, n), np.full(n, 60.0)
    life = np.minimum(rng.exponential(1 / loss), T)
    x = rng.poisson(rate * life).astype(float)
    t_x = np.where(x > 0, life * rng.random(n) ** (1 / np.maximum(x, 1)), 0.0)
    assert choose(histories(x, t_x, T)).model is PARETO_NBD
