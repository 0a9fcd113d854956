"""How long until something happens, where for some it has not happened yet (Kaplan and Meier 1958, JASA 53)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.numerics.estimates import Estimate, unknown

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The share for whom it has not yet happened, over time.

    Attributes
    ----------
    time
        Shape (k,): the distinct times at which it happened, ascending.
    at_risk, events
        Shape (k,): for how many it could still happen just before, and for how many it did.
    survival, error
        Shape (k,): the share left after each time, and its standard error (Greenwood 1926).
    low, high
        Shape (k,): ends of the interval, by the normal approximation of log(-log(survival)), which keeps them
        within 0 and 1 (Kalbfleisch and Prentice 1980).
    level
        Probability of the interval.
    cases
        How many were followed.
    longest
        The longest time that anyone was followed.
    """

    time: Array
    at_risk: Array
    events: Array
    survival: Array
    error: Array
    low: Array
    high: Array
    level: float
    cases: int
    longest: float

    def at(self, time: float) -> Estimate:
        """Return the share left after `time`; refused beyond what anyone was followed."""
        if not self.cases or time > self.longest:
            return unknown(f"Nobody was followed for {time:g}.")
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0:
            return Estimate(1.0, None, None, None, "It had not happened to anyone by then.")
        ends = float(self.low[place]), float(self.high[place])
        return Estimate(float(self.survival[place]), *ends, self.level)

    def quantile(self, share: float = 0.5) -> Estimate:
        """Return the time by which it has happened to `share` of all, with its interval (Brookmeyer and Crowley 1982).

        An end that the curve does not reach is left out.
        """
        if not self.cases:
            return unknown("There is nobody to follow yet.")
        found = [_reached(self.time, curve, 1 - share) for curve in (self.survival, self.low, self.high)]
        if found[0] is None:
            left = float(self.survival[-1]) if len(self.survival) else 1.0
            return unknown(
                f"Of {self.cases} followed, {left:.0%} are left at the end: {share:.0%} have not been reached."
            )
        return Estimate(found[0], found[1], found[2], self.level)


def _reached(time: Array, curve: Array, left: float) -> float | None:
    below = np.flatnonzero(curve <= left + 1e-12)
    return float(time[below[0]]) if len(below) else None


def kaplan_meier(time: npt.ArrayLike, happened: npt.ArrayLike, *, level: float = 0.9) -> Curve:
    """Estimate the share for whom something has not happened yet, over time.

    Parameters
    ----------
    time
        Shape (n,): until it happened, or until the case was last seen. Not negative.
    happened
        Shape (n,): whether it happened. A case last seen at the time of an event counts as at risk there.
    level
        Of the intervals.

    Examples
    --------
    Remission of leukaemia under 6-MP (Freireich and others 1963), in weeks:

    >>> weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    >>> relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> found = kaplan_meier(weeks, relapsed, level=0.95)
    >>> found.time, found.survival.round(3), found.error.round(4)
    (array([ 6.,  7., 10., 13., 16., 22., 23.]), array([0.857, 0.807, 0.753, 0.69 , 0.627, 0.538, 0.448]), array([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]))
    >>> found.quantile(0.5).estimate
    23.0
    """
    times, did = np.asarray(time, dtype=np.float64), np.asarray(happened, dtype=bool)
    if times.shape != did.shape or (times < 0).any() or not np.isfinite(times).all():
        raise ValueError("times must be finite and not negative, one for each case")
    at, events = np.unique(times[did], return_counts=True)
    ordered = np.sort(times)
    at_risk = len(ordered) - np.searchsorted(ordered, at, side="left")
    survival = np.cumprod(1 - events / at_risk) if len(at) else np.zeros(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        error = np.where(survival > 0, survival * np.sqrt(greenwood), 0.0)
        log = np.log(survival)
        reach = float(special.ndtri(1 - (1 - level) / 2)) * np.sqrt(greenwood) / log
        low, high = survival ** np.exp(-reach), survival ** np.exp(reach)
    low, high = (np.where(survival > 0, end, 0.0) for end in (low, high))
    return Curve(
        at, at_risk.astype(np.float64), events.astype(np.float64), np.asarray(survival, dtype=np.float64),
        np.asarray(error, dtype=np.float64), np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64), level, len(times), float(times.max()) if len(times) else 0.0,
    )  # fmt: skip
