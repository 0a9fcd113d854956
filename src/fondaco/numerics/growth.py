"""Growth of revenue, and whose revenue is larger, when orders are few and unequal.

Revenue of a period is seen as a compound Poisson sum: orders arrive at random, each with its own
size x.  Its variance is then estimated by the plain sum of squares, because
``Var(sum of x) = rate * E[x**2]`` and ``sum(x**2)`` is unbiased for that.  So three moments of each
period, which any database can add up, are all that is needed: the number of orders, the sum of
their sizes and the sum of the squared sizes (`Moments`).

What this leaves out: orders that come in bunches (one buyer's yearly contract in twelve lots, a
fair) vary more than independent ones, and sizes with a very long tail (log standard deviation 1.5)
make the interval cover about 0.85 instead of 0.9 at ten orders a period.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from fondaco.numerics.estimates import Estimate, unknown

#: Below this many orders in either period no growth is told.
FEWEST_ORDERS = 5


@dataclass(frozen=True)
class Moments:
    """What a period's orders add up to.

    Attributes
    ----------
    count
        Number of orders.
    total
        Sum of their sizes, in money.
    squares
        Sum of the squared sizes.
    """

    count: int
    total: float
    squares: float

    @property
    def relative_variance(self) -> float:
        """Estimated variance of the total over its square: about 1/count for equal orders."""
        return self.squares / self.total**2


def relative_growth(last: Moments, before: Moments, *, level: float = 0.9) -> Estimate:
    """Estimate the growth of revenue from the period `before` to the period `last`, of equal length.

    The estimate is ``last.total / before.total - 1``.  The interval is that of the log ratio,
    whose variance is the sum of both relative variances (delta method), with Student's t instead
    of the normal: its degrees of freedom are Satterthwaite's, each period counting as many orders
    as equal ones would give the same relative variance.  From 10 to 200 orders a period, with
    lognormal sizes of log standard deviation 0.5 to 1, the 0.9 interval was found to cover the truth
    in 0.88 to 0.95 of simulated cases, and in more with fewer orders
    (``tests/core/numerics/test_growth.py``).

    Parameters
    ----------
    last, before
        Moments of the orders of both periods, sizes net of what was taken back.
    level
        Probability of the interval.

    Examples
    --------
    Twenty orders of 100 each after ten of 100 each:

    >>> relative_growth(Moments(20, 2000.0, 200_000.0), Moments(10, 1000.0, 100_000.0)).to_json(2)
    {'estimate': 1.0, 'low': 0.03, 'high': 2.9, 'level': 0.9}
    >>> relative_growth(Moments(4, 400.0, 40_000.0), Moments(10, 1000.0, 100_000.0)).why
    'Too few orders to tell: 10 before and 4 since, where at least 5 each are needed.'
    """
    if min(last.count, before.count) < FEWEST_ORDERS:
        return unknown(
            f"Too few orders to tell: {before.count} before and {last.count} since, where at least "
            f"{FEWEST_ORDERS} each are needed."
        )
    if min(last.total, before.total) <= 0:
        return unknown("In one of the two periods more was taken back than sold.")
    ratio = last.total / before.total
    v1, v0 = last.relative_variance, before.relative_variance
    # A period of relative variance v weighs as 1/v equal orders; hence v**2 / (1/v) = v**3.
    freedom = max((v1 + v0) ** 2 / (v1**3 + v0**3), 1.0)
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * math.sqrt(v1 + v0)
    return Estimate(ratio - 1, ratio * math.exp(-reach) - 1, ratio * math.exp(reach) - 1, level)


def probability_larger(one: Moments, other: Moments) -> float | None:
    """Return the probability that revenue like `one` is really larger than revenue like `other`.

    Both totals are compound Poisson sums, so their difference is about normal with the sum of all
    squares as its variance.  None where neither sold anything.

    Examples
    --------
    >>> round(probability_larger(Moments(20, 2000.0, 200_000.0), Moments(10, 1000.0, 100_000.0)), 3)
    0.966
    >>> probability_larger(Moments(0, 0.0, 0.0), Moments(0, 0.0, 0.0)) is None
    True
    """
    spread = math.sqrt(one.squares + other.squares)
    if spread == 0:
        return None
    return float(special.ndtr((one.total - other.total) / spread))
