"""How much a rate moves: the volatility of its daily logarithmic returns, by the year."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from fondaco.numerics.estimates import Estimate, unknown

#: Working days in a year, on which rates are quoted.
DAYS_A_YEAR = 252
#: Returns below which no volatility is told: about three months of working days.
FEWEST_RETURNS = 60


def volatility(rates: Sequence[float], *, level: float = 0.9) -> Estimate:
    """Estimate the annualised volatility of a rate from its quotations on successive working days.

    The estimate is the standard deviation of the logarithmic returns times the root of 252.  Its
    interval is that of a normal sample's variance (chi-square); returns of rates have longer tails
    and bunch, so it is rather too narrow.

    Returns
    -------
    Estimate
        A share: 0.08 for 8 % a year.

    Examples
    --------
    >>> volatility([100.0, 101.0] * 40).to_json()
    {'estimate': 0.159, 'low': 0.1407, 'high': 0.1833, 'level': 0.9}
    >>> volatility([1.0] * 80).estimate
    0.0
    """
    returns = np.diff(np.log(np.asarray(rates, dtype=float)))
    n = len(returns)
    if n < FEWEST_RETURNS:
        return unknown(f"{n} daily changes are known, where at least {FEWEST_RETURNS} are needed.")
    sigma = float(returns.std(ddof=1)) * math.sqrt(DAYS_A_YEAR)
    tail = (1 - level) / 2
    low, high = ((n - 1) / stats.chi2.ppf([1 - tail, tail], n - 1)) ** 0.5 * sigma
    return Estimate(sigma, float(low), float(high), level)
