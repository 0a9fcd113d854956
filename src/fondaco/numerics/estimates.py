"""A number with its uncertainty, and shares of small counts.

Intervals are equal-tailed; `Estimate.level` is their probability (0.9 means that 5 % lie on each
side).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """A number, what it may well be, or why it cannot be told.

    Attributes
    ----------
    estimate
        The number; None where there is too little to say, and then `why` says so.
    low, high
        Ends of the interval.
    level
        Probability of the interval.
    why
        A sentence where `estimate` is None; otherwise may hold a caveat.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    why: str = ""

    def to_json(self, digits: int = 4) -> dict[str, Any]:
        """Return the fields as JSON values, rounded to `digits` decimals.

        Examples
        --------
        >>> Estimate(0.123456, 0.1, 0.2, 0.9).to_json()
        {'estimate': 0.1235, 'low': 0.1, 'high': 0.2, 'level': 0.9}
        >>> unknown("Only 3 orders.").to_json()
        {'estimate': None, 'why': 'Only 3 orders.'}
        """
        if self.estimate is None:
            return {"estimate": None, "why": self.why}
        held: dict[str, Any] = {"estimate": round(self.estimate, digits)}
        for name, value in (("low", self.low), ("high", self.high), ("level", self.level)):
            if value is not None:
                held[name] = round(value, digits)
        if self.why:
            held["why"] = self.why
        return held


def unknown(why: str) -> Estimate:
    """Return the estimate that refuses, with its reason.

    Examples
    --------
    >>> unknown("No orders.").estimate is None
    True
    """
    return Estimate(None, why=why)


def share(successes: int, trials: int, *, level: float = 0.9) -> Estimate:
    """Estimate a share from `successes` in `trials`, with Jeffreys' interval.

    The interval is that of the Beta(successes + 1/2, failures + 1/2) posterior; at no success its low
    end is 0, at no failure its high end is 1 (Brown, Cai and DasGupta 2001, Statistical Science 16).

    Examples
    --------
    >>> share(3, 10).to_json(2)
    {'estimate': 0.3, 'low': 0.12, 'high': 0.56, 'level': 0.9}
    >>> share(0, 0).why
    'There is nothing to count yet.'
    """
    if trials <= 0:
        return unknown("There is nothing to count yet.")
    tail = (1 - level) / 2
    posterior = stats.beta(successes + 0.5, trials - successes + 0.5)
    low = 0.0 if successes == 0 else float(posterior.ppf(tail))
    high = 1.0 if successes == trials else float(posterior.ppf(1 - tail))
    return Estimate(successes / trials, low, high, level)


def share_difference(one: tuple[int, int], other: tuple[int, int], *, level: float = 0.9) -> Estimate:
    """Estimate by how much a share exceeds another, both of independent counts.

    The interval joins Wilson's score intervals of the two (Newcombe 1998, Statistics in Medicine 17, method 10).

    Parameters
    ----------
    one, other
        Successes and trials of each.

    Examples
    --------
    >>> share_difference((56, 70), (48, 80), level=0.95).to_json()
    {'estimate': 0.2, 'low': 0.0524, 'high': 0.3339, 'level': 0.95}
    """
    if min(one[1], other[1]) <= 0:
        return unknown("There is nothing to compare yet.")
    p, q = one[0] / one[1], other[0] / other[1]
    (p_low, p_high), (q_low, q_high) = (_wilson(*each, level) for each in (one, other))
    low = p - q - ((p - p_low) ** 2 + (q_high - q) ** 2) ** 0.5
    high = p - q + ((p_high - p) ** 2 + (q - q_low) ** 2) ** 0.5
    return Estimate(p - q, low, high, level)


def _wilson(successes: int, trials: int, level: float) -> tuple[float, float]:
    z = float(stats.norm.ppf(0.5 + level / 2))
    middle = (successes + z * z / 2) / (trials + z * z)
    reach = z / (trials + z * z) * (successes * (trials - successes) / trials + z * z / 4) ** 0.5
    return middle - reach, middle + reach
