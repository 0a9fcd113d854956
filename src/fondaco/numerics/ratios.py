"""By what factor a rate changed, judged from two counts.

With Jeffreys' prior each rate is Gamma(count + 1/2, time), and the ratio of two such rates is a scaled F:

    after / before ~ (a1 / b1) / (a0 / b0) * F(2 a1, 2 a0)

(Price and Bonett 2000, Computational Statistics & Data Analysis 34, on intervals for two Poisson rates).  Real
counts vary more than Poisson ones, so both counts are first divided by their dispersion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from fondaco.numerics.estimates import Estimate, unknown

#: Below this many events in both periods together no ratio is told.
FEWEST = 5
_DRAWS = 20_000


@dataclass(frozen=True)
class Count:
    """Events in a time.

    Attributes
    ----------
    events
        How many.
    time
        In any unit, the same for both periods.
    dispersion
        How many times their variance exceeds a Poisson count's; at least 1.
    """

    events: float
    time: float
    dispersion: float = 1.0

    @property
    def shape(self) -> float:
        """Of the gamma posterior of the rate."""
        return self.events / self.dispersion + 0.5

    @property
    def scale(self) -> float:
        """Of the gamma posterior: shape times scale is the rate."""
        return self.dispersion / self.time

    def rate(self, level: float = 0.9) -> Estimate:
        """Return events in a unit of time, with an interval.

        Examples
        --------
        >>> Count(30, 3).rate().to_json(1)
        {'estimate': 10.0, 'low': 7.3, 'high': 13.4, 'level': 0.9}
        """
        tail = (1 - level) / 2
        low, high = stats.gamma.ppf([tail, 1 - tail], self.shape, scale=self.scale)
        return Estimate(self.events / self.time, float(low), float(high), level)


def rate_ratio(before: Count, after: Count, *, level: float = 0.9) -> Estimate:
    """Estimate the factor by which a rate changed; 1 is no change.

    Examples
    --------
    Twenty orders in two months, then thirty in two:

    >>> rate_ratio(Count(20, 2), Count(30, 2)).to_json(2)
    {'estimate': 1.49, 'low': 0.94, 'high': 2.42, 'level': 0.9}
    >>> rate_ratio(Count(1, 2), Count(2, 2)).why
    'Only 3 events before and after together, where at least 5 are needed.'
    """
    if before.events + after.events < FEWEST:
        return unknown(
            f"Only {before.events + after.events:g} events before and after together, where at least "
            f"{FEWEST} are needed."
        )
    tail = (1 - level) / 2
    middle = after.shape * after.scale / (before.shape * before.scale)
    low, high = stats.f.ppf([tail, 1 - tail], 2 * after.shape, 2 * before.shape) * middle
    return Estimate(middle, float(low), float(high), level)


def probability_higher(before: Count, after: Count) -> float:
    """Return the probability that the rate is higher after than before.

    Examples
    --------
    >>> round(probability_higher(Count(20, 2), Count(30, 2)), 3), probability_higher(Count(9, 1), Count(9, 1))
    (0.922, 0.5)
    """
    middle = before.shape * before.scale / (after.shape * after.scale)
    return round(float(stats.f.sf(middle, 2 * after.shape, 2 * before.shape)), 12)


def ratio_beside(
    before: Count, after: Count, other_before: Count, other_after: Count, *, level: float = 0.9, seed: int = 3
) -> Estimate:
    """Estimate the factor of change beyond what happened elsewhere in the same time.

    The ratio of two ratios; its interval is that of draws from the four gamma posteriors.

    Examples
    --------
    Half as many again here, and the same elsewhere:

    >>> ratio_beside(Count(40, 1), Count(60, 1), Count(400, 1), Count(600, 1)).to_json(1)
    {'estimate': 1.0, 'low': 0.7, 'high': 1.4, 'level': 0.9}
    """
    for one, other in ((before, after), (other_before, other_after)):
        told = rate_ratio(one, other)
        if told.estimate is None:
            return told
    rng = np.random.default_rng(seed)
    here, there = (
        rng.gamma(b.shape, b.scale, _DRAWS) / rng.gamma(a.shape, a.scale, _DRAWS)
        for a, b in ((before, after), (other_before, other_after))
    )
    tail = (1 - level) / 2
    low, middle, high = np.quantile(here / there, [tail, 0.5, 1 - tail])
    return Estimate(float(middle), float(low), float(high), level)
