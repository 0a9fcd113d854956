"""How far a rate may move against one within so many days: filtered historical simulation.

Every past day's move over the horizon is divided by the volatility that was forecast on that day, and multiplied
by today's (Barone-Adesi, Giannopoulos and Vosper 1999, Journal of Futures Markets 19; Hull and White 1998, Journal
of Risk 1).  The volatility is that of exponentially weighted daily logarithmic returns (J.P. Morgan 1996, RiskMetrics
Technical Document); `DECAY` forgets half of a return's weight in 69 working days.  Moves overlap, and are neither
assumed normal nor symmetric.  A promise for a horizon is one for each day up to it, so that the answer never falls
when the horizon grows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.volatility import DAYS_A_YEAR

Array = NDArray[np.float64]
Days = NDArray[np.datetime64]

#: What a day's squared return keeps of its weight each further day.
DECAY = 0.99
#: Daily returns from which the first volatility is taken, about three months of working days.
FIRST = 60
#: Moves over the horizon below which nothing is told: about a year of working days.
FEWEST = 250
#: Resamples of blocks for the interval, and the seed that makes it the same each time.
_RESAMPLES, _SEED = 200, 1999


@dataclass(frozen=True)
class AdverseMove:
    """The rise of a rate that it stays below with a probability, on each day up to a horizon.

    Attributes
    ----------
    rise
        A share: 0.03 where the rate rises by 3 % at most, with an interval from resampled blocks of history;
        negative where even the unlucky case is a fall.  Or why it cannot be told.
    moves
        Past moves over the whole horizon that it rests on; they overlap.
    apart
        How many of them do not overlap.
    volatility
        Today's, by the year.
    largest, largest_day
        The largest rise over the horizon that history holds, and the day on which it began.
    """

    rise: Estimate
    moves: int
    apart: int
    volatility: float
    largest: float | None = None
    largest_day: np.datetime64 | None = None


def volatilities(logs: Array, decay: float = DECAY) -> Array:
    """Return the daily volatility forecast on each day from the returns up to it.

    Parameters
    ----------
    logs
        Shape (n,): logarithms of a rate on successive quotation days.

    Returns
    -------
    Array
        Shape (n,); NaN on the first `FIRST` days.

    Examples
    --------
    >>> logs = np.cumsum(np.tile([0.01, -0.01], 50))
    >>> float(volatilities(logs)[-1].round(6))
    0.01
    """
    squares = np.diff(logs) ** 2
    found = np.full(len(logs), np.nan)
    if len(squares) >= FIRST:
        start = squares[:FIRST].mean()
        later, _ = lfilter([1 - decay], [1, -decay], squares[FIRST:], zi=[decay * start])
        found[FIRST:] = np.sqrt(np.concatenate([[start], later]))
    return found


class Moves:
    """Past moves of one rate, as they were known on its last quotation day.

    Parameters
    ----------
    days, rates
        Shape (n,): quotation days, ascending, and the rate on each, above zero.
    """

    def __init__(self, days: Days, rates: Array) -> None:
        self.days = days.astype("datetime64[D]")
        self.logs = np.log(np.asarray(rates, dtype=np.float64))
        self.sigma = volatilities(self.logs)
        # The rate on each calendar day: that of the last quotation on or before it.
        self._offset = (self.days - self.days[0]).astype(np.int64)
        calendar = np.arange(self._offset[-1] + 1)
        self._daily = self.logs[np.searchsorted(self._offset, calendar, side="right") - 1]

    @classmethod
    def without_gaps(cls, days: Days, rates: Array, longest: int) -> Moves:
        """Take only what follows the last gap of more than `longest` calendar days."""
        gaps = np.flatnonzero(np.diff(days).astype(np.int64) > longest)
        first = 0 if not len(gaps) else int(gaps[-1]) + 1
        return cls(days[first:], rates[first:])

    def over(self, horizon: int, known: int | None = None) -> tuple[Array, Array]:
        """Return the logarithmic moves over `horizon` calendar days, and the volatility at the start of each.

        Parameters
        ----------
        known
            Place of the quotation day on which they are to be known: only moves that had ended by then.  The last
            day where it is left out.

        Returns
        -------
        tuple of Array
            Both of shape (m,), oldest first; days without a volatility above zero are left out.
        """
        last = self._offset[-1 if known is None else known]
        ended = int(np.searchsorted(self._offset, last - horizon, side="right"))
        starts = self._offset[:ended]
        moves, sigma = self._daily[starts + horizon] - self.logs[:ended], self.sigma[:ended]
        usable = sigma > 0  # which no NaN is
        return moves[usable], sigma[usable]

    def move(self, at: int, horizon: int) -> float:
        """Return the logarithmic move from one quotation day over a horizon that has ended."""
        return float(self._daily[self._offset[at] + horizon] - self.logs[at])

    def started(self, place: int) -> np.datetime64:
        """Return the day on which the move at a place of `over` began."""
        started: np.datetime64 = self.days[self.sigma > 0][place]
        return started

    def quantiles(self, horizon: int, levels: Array, known: int | None = None) -> Array | None:
        """Return the rises that are not exceeded with the probabilities `levels`; None where too little is known.

        Shape (levels,), logarithmic, for a payment on the last day of the horizon exactly.
        """
        at = len(self.logs) - 1 if known is None else known
        moves, sigma = self.over(horizon, known)
        if len(moves) < FEWEST or np.isnan(self.sigma[at]):
            return None
        return np.asarray(np.quantile(moves / sigma, levels, method="weibull") * self.sigma[at])

    def up_to(self, horizon: int, levels: Array, known: int | None = None) -> Array | None:
        """Return the same for a payment on any one day up to the horizon: the largest over all of them."""
        found = [self.quantiles(day, levels, known) for day in range(1, horizon + 1)]
        kept = [each for each in found if each is not None]
        return np.max(kept, axis=0) if kept and found[-1] is not None else None


def adverse_move(
    days: Days, rates: Array, horizon: int, level: float, *, longest_gap: int = 10
) -> AdverseMove:
    """Estimate how far a rate may rise within `horizon` calendar days, with the probability `level`.

    Parameters
    ----------
    days, rates
        Shape (n,): quotation days, ascending, and the rate on each; it is bad when it rises.
    horizon
        Calendar days, at least 1.
    level
        Probability, above 0 and below 1.
    longest_gap
        Only what follows the last longer gap (in calendar days) counts.

    Examples
    --------
    A rate that never moves cannot rise:

    >>> days = np.arange("2020-01-01", "2024-01-01", dtype="datetime64[D]")
    >>> adverse_move(days, np.full(len(days), 7.46), 30, 0.95).rise.estimate
    0.0
    """
    if horizon < 1 or not 0 < level < 1:
        raise ValueError("the horizon is at least a day, the level between 0 and 1")
    if len(days) < 2:
        return AdverseMove(unknown(f"{len(days)} daily rates are known."), 0, 0, math.nan)
    moves = Moves.without_gaps(days, rates, longest_gap)
    span = int((moves.days[-1] - moves.days[0]).astype(np.int64))
    if len(moves.logs) >= FIRST and not np.diff(moves.logs).any():
        return AdverseMove(Estimate(0.0, 0.0, 0.0, 0.9), len(moves.logs), span // horizon, 0.0)
    rise = moves.up_to(horizon, np.array([level]))
    past, sigma = moves.over(horizon)
    if rise is None:
        told = unknown(
            f"{len(past)} past moves over {horizon} days are known, where at least {FEWEST} are needed."
        )
        return AdverseMove(told, len(past), span // horizon, math.nan)
    low, high = (
        _interval(past / sigma, int(np.ceil(horizon * len(past) / max(span, 1))), level) * moves.sigma[-1]
    )
    # The interval is that of the whole horizon; where an earlier day is worse, it takes that in.
    ends = np.expm1([min(low, rise[0]), rise[0], max(high, rise[0])])
    worst = int(np.argmax(past))
    return AdverseMove(
        Estimate(float(ends[1]), float(ends[0]), float(ends[2]), 0.9),
        len(past),
        span // horizon,
        float(moves.sigma[-1]) * math.sqrt(DAYS_A_YEAR),
        float(np.expm1(past[worst])),
        moves.started(worst),
    )


def _interval(scaled: Array, block: int, level: float) -> Array:
    """Return 5 % and 95 % of a quantile over resampled blocks of a series (Künsch 1989, Annals of Statistics 17)."""
    n = len(scaled)
    order = np.argsort(scaled)
    ordered = scaled[order]
    rng = np.random.default_rng(_SEED)
    found = np.empty(_RESAMPLES)
    for place in range(_RESAMPLES):
        starts = rng.integers(0, n, size=-(-n // block))
        # How often each value is drawn: blocks that run over the end go on at the beginning.
        change = (
            np.bincount(starts, minlength=n + block)
            - np.bincount(starts + block, minlength=n + block)[: n + block]
        )
        times = np.cumsum(change)[: n + block]
        drawn = times[:n]
        drawn[: len(times) - n] += times[n:]
        below = np.cumsum(drawn[order])
        found[place] = ordered[np.searchsorted(below, level * below[-1])]
    return np.quantile(found, [0.05, 0.95])
