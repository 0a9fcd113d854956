"""How many will come next month, judged by how many came before.

Counts are Poisson with an unknown rate; the rate has Jeffreys' prior Gamma(1/2, 0).  After `count`
events in `months` the rate is Gamma(count + 1/2, months), so that next month's number is negative
binomial.  Real months vary more than Poisson ones (seasons, fairs, bunches), so where single months
are known their dispersion widens the interval: the counts are divided by it before, and multiplied
after (quasi-likelihood).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import stats

from fondaco.numerics.estimates import Estimate, unknown

#: Months needed before their dispersion is judged.
FEWEST_MONTHS = 4


def dispersion(monthly: Sequence[int]) -> float:
    """Return how many times the variance of `monthly` counts exceeds their mean, at least 1.

    Examples
    --------
    >>> dispersion([2, 2, 2, 2])
    1.0
    >>> dispersion([0, 4, 0, 4])
    2.6666666666666665
    """
    mean = sum(monthly) / len(monthly) if monthly else 0.0
    if len(monthly) < FEWEST_MONTHS or mean == 0:
        return 1.0
    return max(1.0, sum((count - mean) ** 2 for count in monthly) / (len(monthly) - 1) / mean)


def next_month(count: int, months: float, *, monthly: Sequence[int] = (), level: float = 0.8) -> Estimate:
    """Estimate next month's number from `count` events in `months` months.

    Parameters
    ----------
    count
        Events counted.
    months
        Length of the time they were counted in, in months; not necessarily whole.
    monthly
        Counts of the whole months in it, oldest first, where they are known.
    level
        Probability of the predictive interval.

    Examples
    --------
    >>> next_month(24, 12).to_json(2)
    {'estimate': 2.04, 'low': 0, 'high': 4, 'level': 0.8}
    >>> next_month(0, 12).to_json(2)
    {'estimate': 0.04, 'low': 0, 'high': 0, 'level': 0.8}
    """
    if months < 1:
        return unknown("Less than a month is known.")
    wider = dispersion(monthly)
    shape = count / wider + 0.5
    chance = months / (months + 1)
    tail = (1 - level) / 2
    low, high = stats.nbinom.ppf([tail, 1 - tail], shape, chance)
    return Estimate(
        (count + 0.5) / months, math.floor(float(low) * wider), math.ceil(float(high) * wider), level
    )
