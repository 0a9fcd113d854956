"""How far a rate may move: worked values, what must never happen, and promises kept on made-up rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.numerics.moves import FEWEST, FIRST, Moves, adverse_move, volatilities

pytestmark = pytest.mark.requirement("F59")

DAYS = np.arange("2015-01-01", "2021-01-01", dtype="datetime64[D]")


def walk(seed: int, daily: float = 0.005, drift: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(np.exp(np.cumsum(drift + daily * rng.standard_normal(len(DAYS)))))


def test_the_volatility_is_that_of_riskmetrics() -> None:
    """0.99 of yesterday's variance and 0.01 of yesterday's squared return, from the mean square of the first 60."""
    returns = np.full(FIRST + 2, 0.01)
    returns[FIRST], returns[FIRST + 1] = 0.03, 0.00
    found = volatilities(np.concatenate([[0.0], np.cumsum(returns)])) ** 2
    assert np.isnan(found[FIRST - 1]) and found[FIRST] == pytest.approx(1e-4)
    assert found[FIRST + 1] == pytest.approx(0.99 * 1e-4 + 0.01 * 9e-4)
    assert found[FIRST + 2] == pytest.approx(0.99 * found[FIRST + 1])


def test_a_move_is_from_a_quotation_to_the_last_one_before_the_horizon_ends() -> None:
    """From Friday over two days it ends on Sunday, on which Friday's rate still holds: no move."""
    days = np.arange("2018-01-01", "2020-01-01", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    rates = np.exp(np.arange(len(days)) / 100)
    moves, _ = Moves(days, rates).over(2)
    assert set(moves.round(9)) == {0.0, 0.01, 0.02}  # from Fridays, from Thursdays, from the other days


def test_a_normal_walk_gives_the_quantile_of_the_normal() -> None:
    """Without drift the 95 % quantile of 30 days is 1.645 x 0.5 % x root 30 = 4.5 %, give or take."""
    found = [adverse_move(DAYS, walk(seed), 30, 0.95).rise.estimate or 0 for seed in range(12)]
    assert np.mean(found) == pytest.approx(np.expm1(1.645 * 0.005 * 30**0.5), rel=0.12)


def test_the_interval_holds_the_estimate_and_is_the_same_each_time() -> None:
    one, other = (adverse_move(DAYS, walk(3), 30, 0.95) for _ in range(2))
    assert one == other
    rise = one.rise
    assert rise.low is not None and rise.high is not None and rise.estimate is not None
    assert rise.low <= rise.estimate <= rise.high and rise.low < rise.high
    assert one.apart == (len(DAYS) - 1) // 30


@given(
    seed=st.integers(0, 20),
    horizon=st.integers(1, 60),
    more=st.integers(0, 30),
    level=st.floats(0.05, 0.9),
    surer=st.floats(0, 0.09),
)
@settings(max_examples=15, deadline=None)
def test_more_days_or_more_confidence_never_lower_it(
    seed: int, horizon: int, more: int, level: float, surer: float
) -> None:
    rates = walk(seed, drift=-0.001)
    found = adverse_move(DAYS, rates, horizon, level).rise.estimate
    later = adverse_move(DAYS, rates, horizon + more, level + surer).rise.estimate
    assert found is not None and later is not None and later >= found


def test_a_calm_rate_is_scaled_to_todays_unrest() -> None:
    """The last year moves three times as much as the five before it."""
    rng = np.random.default_rng(5)
    daily = np.where(np.arange(len(DAYS)) < len(DAYS) - 365, 0.003, 0.009)
    calm, now = (
        np.exp(np.cumsum(0.003 * rng.standard_normal(len(DAYS)))),
        np.exp(np.cumsum(daily * np.random.default_rng(5).standard_normal(len(DAYS)))),
    )
    before, after = (adverse_move(DAYS, rates, 10, 0.95) for rates in (calm, now))
    assert after.volatility / before.volatility == pytest.approx(3, rel=0.15)
    assert (after.rise.estimate or 0) > 2 * (before.rise.estimate or 1)


def test_only_what_follows_a_gap_counts() -> None:
    """A currency that was not quoted for years came back at ten times the rate: no move of a day."""
    held = np.concatenate([np.arange(600), np.arange(1600, len(DAYS))])
    rates = np.where(held < 1000, 1.0, 10.0) * walk(2)[held]
    found = adverse_move(DAYS[held], rates, 30, 0.99)
    assert found.largest is not None and found.largest < 1


def test_too_little_history_is_refused() -> None:
    short = DAYS[: FIRST + FEWEST]
    found = adverse_move(short, walk(1)[: len(short)], 30, 0.95)
    assert found.rise.estimate is None and str(FEWEST) in found.rise.why
    assert adverse_move(DAYS[:1], np.ones(1), 30, 0.95).rise.estimate is None


@pytest.mark.parametrize(("horizon", "level"), [(0, 0.9), (10, 0.0), (10, 1.0)])
def test_a_horizon_of_no_days_or_a_certainty_is_our_own_fault(horizon: int, level: float) -> None:
    with pytest.raises(ValueError, match="horizon"):
        adverse_move(DAYS, walk(1), horizon, level)


def test_what_was_known_on_a_day_holds_nothing_later() -> None:
    """A crash after the day changes nothing of what was known on it."""
    rates = walk(4)
    crashed = rates.copy()
    crashed[1500:] *= 3
    one, other = (Moves(DAYS, each).up_to(30, np.array([0.9, 0.99]), 1499) for each in (rates, crashed))
    assert one is not None and other is not None
    assert one.tolist() == other.tolist()
