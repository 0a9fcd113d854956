"""How soon one of several things happens, where each ends the waiting (Aalen and Johansen 1978, Scand. J. Stat. 5).

Taking one cause's cases alone and the others as not yet happened (Kaplan and Meier) would tell too much: who has left
for good cannot order any more.  The cumulative incidence counts them as gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.numerics.estimates import Estimate, unknown

Array = npt.NDArray[np.float64]

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Incidence:
    """The share to whom one thing has happened, over time, others having ended the waiting for some.

    Attributes
    ----------
    time, share, error
        Shape (k,): distinct times at which anything happened, the share after each, its standard error.
    low, high
        Shape (k,): ends of the interval, by the normal approximation of log(-log(share)).
    cases, events
        How many were followed, and to how many it happened.
    longest
        The longest time that anyone was followed.
    """

    time: Array
    share: Array
    error: Array
    low: Array
    high: Array
    level: float
    cases: int
    events: int
    longest: float

    def at(self, time: float) -> Estimate:
        """Return the share after `time`; refused beyond what anyone was followed."""
        if not self.cases or time > self.longest:
            return unknown(f"Nobody was followed for {time:g}.")
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0 or not self.share[place]:
            return Estimate(0.0, None, None, None, "It had not happened to anyone by then.")
        if self.share[place] >= 1 - _ROUNDING:
            return Estimate(1.0, None, None, None, "By then it had happened to everyone who was followed.")
        ends = float(self.low[place]), float(self.high[place])
        return Estimate(float(self.share[place]), *ends, self.level)


def incidence(time: npt.ArrayLike, cause: npt.ArrayLike, *, level: float = 0.9) -> Mapping[int, Incidence]:
    """Estimate the cumulative incidence of each cause.

    Parameters
    ----------
    time
        Shape (n,): until something happened, or until the case was last seen. Not negative.
    cause
        Shape (n,): 0 where nothing has happened yet, else which thing did, from 1.
    level
        Of the intervals.

    Returns
    -------
    mapping
        By cause.  The error is that of the delta method (Marubini and Valsecchi 1995, chapter 10).

    Examples
    --------
    Four cases: one orders on day 1, one is lost on day 2, one orders on day 3, one was last seen on day 4.

    >>> found = incidence([1, 2, 3, 4], [1, 2, 1, 0])
    >>> found[1].share, found[2].share
    (array([0.25, 0.25, 0.5 ]), array([0.  , 0.25, 0.25]))
    """
    times, causes = np.asarray(time, dtype=np.float64), np.asarray(cause, dtype=np.int64)
    if times.shape != causes.shape or (times < 0).any() or not np.isfinite(times).all() or (causes < 0).any():
        raise ValueError(
            "times must be finite and not negative, and causes numbers from 0, one for each case"
        )
    at = np.unique(times[causes > 0])
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left").astype(np.float64)
    by_cause = {k: _counts(times[causes == k], at) for k in sorted({*causes[causes > 0].tolist(), 1})}
    events = np.sum(list(by_cause.values()), axis=0)
    left = np.concatenate(([1.0], np.cumprod(1 - events / at_risk)))[:-1] if len(at) else np.zeros(0)
    longest = float(times.max()) if len(times) else 0.0
    return {
        k: _one(at, at_risk, counted, events, left, level, (len(times), longest)) for k, counted in by_cause.items()
    }  # fmt: skip


def _counts(times: Array, at: Array) -> Array:
    return (np.searchsorted(np.sort(times), at, side="right") - np.searchsorted(np.sort(times), at, side="left")).astype(np.float64)  # fmt: skip


def _one(
    at: Array,
    at_risk: Array,
    counted: Array,
    events: Array,
    left: Array,
    level: float,
    seen: tuple[int, float],
) -> Incidence:
    """Return one cause's curve; `left` is the share for whom nothing had happened just before each time."""
    share = np.cumsum(left * counted / at_risk) if len(at) else np.zeros(0)
    # Of nobody and of everybody there is no interval; what sums fall short of one by is rounding.
    inside = (share > 0) & (share < 1 - _ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
        own = left**2 * (at_risk - counted) * counted / at_risk**3
        mixed = left * counted / at_risk**2
        # Sums over earlier times of (share(t) - share(s)) to the powers 2, 0 and 1, unfolded to stay linear.
        variance = (
            share**2 * np.cumsum(greenwood) - 2 * share * np.cumsum(share * greenwood) + np.cumsum(share**2 * greenwood)
            + np.cumsum(own) - 2 * (share * np.cumsum(mixed) - np.cumsum(share * mixed))
        )  # fmt: skip
        error = np.sqrt(np.maximum(variance, 0))
    part = np.where(inside, share, 0.5)
    reach = float(special.ndtri(1 - (1 - level) / 2)) * error / (part * np.log(part))
    low, high = (np.where(inside, part ** np.exp(side * reach), share) for side in (-1, 1))
    return Incidence(
        at,
        share,
        error,
        np.minimum(low, high),
        np.maximum(low, high),
        level,
        seen[0],
        int(counted.sum()),
        seen[1],
    )


__all__ = ["Incidence", "incidence"]
