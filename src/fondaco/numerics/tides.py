"""What all markets share from month to month: the tide, which comes and goes, and the season, which comes back.

The tide is a level that drifts and grows (a gamma distribution in closed form, as in `fondaco.numerics.rates`), told
from earlier and from later months together.  Its noise, drift and trend maximise the one-month-ahead predictions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from fondaco.numerics.gamma_counts import Array, bounded_exp, kept, log_pmf, size_of

#: Normal priors, (mean, standard deviation), of log noise and log drift: a tide turns faster than a market's share of it.
TIDE_NOISE_PRIOR = (math.log(100), 1.0)
TIDE_DRIFT_PRIOR = (math.log(0.08), 1.0)
#: Growth a month, as a logarithm: a firm that doubles in a year lies little more than one sd away.
TIDE_TREND_PRIOR = (0.0, 0.05)
#: What remains of the trend after each further month (Gardner and McKenzie 1985, Management Science 31).
DAMPING = 0.8
#: As if so many events had been seen in each calendar month at the year's mean.
SEASON_WEIGHT = 20.0


@dataclass(frozen=True)
class Tide:
    """What all markets together do from month to month, and where it stands.

    Attributes
    ----------
    months
        Shape (T,): each month's level over the mean of all; 1 throughout where months do not vary
        more than chance.
    ahead
        The level that is expected next.
    shape
        Of the gamma distribution of that level: its relative variance is 1 / shape.
    noise
        Size of the months' own variation around the level.
    drift
        Standard deviation of the level's relative change in a month.
    trend
        Growth a month, as a logarithm.
    """

    months: Array
    ahead: float
    shape: float
    noise: float
    drift: float
    trend: float = 0.0

    def growth(self, months: float) -> float:
        """Return by what factor the level grows in so many months beyond the next, the trend fading."""
        return math.exp(self.trend * DAMPING * (1 - DAMPING**months) / (1 - DAMPING))


def tide(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> Tide:
    """Follow the total of all markets from month to month.

    Parameters
    ----------
    counts, exposure
        Shape (T,): events of all markets together, and how much of each month was observed.

    Examples
    --------
    A firm that doubles:

    >>> found = tide([50] * 6 + [100] * 6, [1] * 12)
    >>> found.months[[0, -1]].round(2), round(found.ahead, 2)
    (array([0.65, 1.36]), 1.48)
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    seen = e > 0
    if y.sum() == 0:
        return Tide(np.ones(len(y)), 1.0, math.inf, math.inf, 1.0)
    start = (y[seen][:3].sum() + 0.5) / e[seen][:3].sum()

    def loss(theta: Array) -> float:
        score = _follow_level(y, e, start, bounded_exp(theta[0]), bounded_exp(theta[1]), _bounded(theta[2]))[
            0
        ]
        return -score + _penalty(theta, (TIDE_NOISE_PRIOR, TIDE_DRIFT_PRIOR, TIDE_TREND_PRIOR))

    best = optimize.minimize(loss, [TIDE_NOISE_PRIOR[0], TIDE_DRIFT_PRIOR[0], 0.0], method="BFGS").x
    noise, drift, trend = bounded_exp(best[0]), bounded_exp(best[1]), _bounded(best[2])
    _, shapes, rates = _follow_level(y, e, start, noise, drift, trend)
    _, back_shapes, back_rates = _follow_level(y[::-1], e[::-1], start, noise, drift, -trend)
    # What earlier months say of a month, what later ones do, and the month itself.
    before, after = (shapes[:-1], rates[:-1]), (back_shapes[::-1][1:], back_rates[::-1][1:])
    mean = (before[0] + after[0]) / (before[1] + after[1]) * e
    weight = 1 / (1 + mean / noise)
    level = (before[0] + after[0] + weight * y) / (before[1] + after[1] + weight * e)
    level = level * np.where(seen, (noise + y) / (noise + level * e), 1.0)
    unit, now = float(np.average(level, weights=e)), float(shapes[-1] / rates[-1])
    return Tide(level / unit, now / unit, float(shapes[-1]), noise, drift, trend)


def _follow_level(
    y: Array, e: Array, start: float, noise: float, drift: float, trend: float
) -> tuple[float, Array, Array]:
    """Return the score of the one-month-ahead predictions, and the gamma before each month and at the end."""
    shapes, rates, means = [1.0], [1 / start], []
    grown = math.exp(-trend)
    for count, there in zip(y.tolist(), e.tolist(), strict=True):  # plain numbers are quicker one by one
        mean = shapes[-1] / rates[-1] * there
        weight = 1 / (1 + mean / noise)
        held = kept(shapes[-1] + weight * count, drift)
        means.append(mean)
        rates.append(held * (rates[-1] + weight * there) * grown)
        shapes.append(held * (shapes[-1] + weight * count))
    seen, before = e > 0, np.array(shapes)
    score = log_pmf(y[seen], np.array(means)[seen], size_of(noise, before[:-1][seen]))
    return float(score.sum()), before, np.array(rates)


def season(counts: npt.ArrayLike, first: int) -> Array | None:
    """Return twelve factors of mean 1 that all markets share, January first; None below 24 months.

    Each month is set against the mean of its own run of twelve months, counted back from the last,
    so that growth from year to year does not pass for a season, and drawn towards 1 by
    `SEASON_WEIGHT` events.

    Parameters
    ----------
    counts
        Shape (T,): events of all markets together in whole months.
    first
        Calendar month of the first, 0 for January.

    Examples
    --------
    >>> season([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 70] * 2, first=0).round(2)
    array([0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 3.2])
    >>> season([1, 2, 3], first=0) is None
    True
    """
    y = np.asarray(counts, dtype=np.float64)
    years = len(y) // 12
    if years < 2:
        return None
    runs = y[len(y) - 12 * years :].reshape(years, 12)
    expected = runs.mean(axis=1).sum()
    factors = (runs.sum(axis=0) + SEASON_WEIGHT) / (expected + SEASON_WEIGHT)
    return np.asarray(np.roll(factors / factors.mean(), (first + len(y)) % 12))


def _penalty(theta: Array, priors: Sequence[tuple[float, float]]) -> float:
    return float(
        sum(0.5 * ((value - mean) / sd) ** 2 for value, (mean, sd) in zip(theta, priors, strict=True))
    )


def _bounded(trend: float) -> float:
    return float(min(max(trend, -1.0), 1.0))
