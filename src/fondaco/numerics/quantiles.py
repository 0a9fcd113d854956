"""Quantiles of a few values, with an interval that assumes nothing of their distribution.

How many of n values lie below the true p-quantile is binomial with n and p, whatever they are drawn
from.  So two of the ordered values enclose it with a probability that can be counted (David and
Nagaraja 2003, Order Statistics, section 7.1).  Where n is too small for the level, no two do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from fondaco.numerics.estimates import Estimate, unknown


def fewest_for_quantile(p: float = 0.5, *, level: float = 0.9) -> int:
    """Return the least number of values that enclose a quantile with the probability `level`.

    Examples
    --------
    >>> fewest_for_quantile(0.5), fewest_for_quantile(0.25)
    (5, 11)
    """
    n = 1
    while max(p, 1 - p) ** n > (1 - level) / 2:
        n += 1
    return n


def quantile_places(n: int, p: float = 0.5, *, level: float = 0.9) -> tuple[int, int] | None:
    """Return which of n ordered values (the first being 1) enclose the p-quantile; None where none do.

    Examples
    --------
    >>> quantile_places(6), quantile_places(20), quantile_places(4) is None
    ((1, 6), (6, 15), True)
    """
    if n < fewest_for_quantile(p, level=level):
        return None
    tail = (1 - level) / 2
    low, high = (int(place) for place in stats.binom.ppf([tail, 1 - tail], n, p))
    return max(low, 1), min(high + 1, n)


def quantile(values: Sequence[float], p: float = 0.5, *, level: float = 0.9) -> Estimate:
    """Estimate the p-quantile of what `values` were drawn from.

    The estimate is the sample quantile (Hyndman and Fan 1996, definition 7), the interval that of the
    order statistics; its probability is at least `level`.

    Examples
    --------
    >>> quantile([8.0, 9.0, 10.0, 12.0, 15.0, 21.0]).to_json()
    {'estimate': 11.0, 'low': 8.0, 'high': 21.0, 'level': 0.9}
    >>> quantile([8.0, 9.0]).why
    '2 values, where at least 5 are needed.'
    """
    n = len(values)
    places = quantile_places(n, p, level=level)
    if places is None:
        fewest = fewest_for_quantile(p, level=level)
        return unknown(f"{n} value{'' if n == 1 else 's'}, where at least {fewest} are needed.")
    ordered = np.sort(np.asarray(values, dtype=float))
    low, high = (float(ordered[place - 1]) for place in places)
    return Estimate(float(np.quantile(ordered, p)), low, high, level)
