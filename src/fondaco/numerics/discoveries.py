"""Which of many tests to believe: the false discovery rate over all that was looked at.

Of a hundred tests of nothing, five come out below 0.05.  Who looks at every market, product and
keyword and reports what is below 0.05 reports mostly chance.  The false discovery rate is the
expected share of false ones among those reported; where nothing at all is going on it is the
probability of reporting anything.

Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal
Statistical Society B 57, 289-300: valid for independent tests, and for those with positive
regression dependence.  Benjamini, Y. and Yekutieli, D. (2001). Annals of Statistics 29, 1165-1188:
valid under any dependence, at the price of a factor 1 + 1/2 + ... + 1/m.

Tests of counts are discrete.  Their p values are used as they are, P(as extreme or more), never
mid-p: then P(p <= x) <= x for every x, and the rate is held, if with less power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Dependence = Literal["positive", "any"]


@dataclass(frozen=True)
class Discoveries:
    """What stands out among many tests.

    Attributes
    ----------
    q_values
        For each test, the smallest rate at which it would be reported; same order as the p values.
    found
        Whether it is reported at `rate`.
    rate
        False discovery rate.
    looked_at
        How many tests were made, whatever came of them.
    """

    q_values: tuple[float, ...]
    found: tuple[bool, ...]
    rate: float
    looked_at: int


def q_values(p_values: ArrayLike, *, dependence: Dependence = "positive") -> NDArray[np.float64]:
    """Return Benjamini and Hochberg's adjusted p values.

    q of the i-th smallest is the minimum over j >= i of m p_j / j, at most 1; with dependence "any"
    m is replaced by m (1 + 1/2 + ... + 1/m).

    Parameters
    ----------
    p_values
        Shape (m,), each between 0 and 1.
    dependence
        "positive" (independent or positively dependent tests) or "any".

    Raises
    ------
    ValueError
        Where a p value is none.

    Examples
    --------
    >>> q_values([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    >>> q_values([0.01, 0.04, 0.03, 0.5], dependence="any").round(4).tolist()
    [0.0833, 0.1111, 0.1111, 1.0]
    """
    p = np.asarray(p_values, dtype=float).ravel()
    if p.size and not ((p >= 0) & (p <= 1)).all():  # NaN is neither
        raise ValueError("p values lie between 0 and 1.")
    m = p.size
    places = np.arange(1, m + 1)
    factor = m * (np.sum(1 / places) if dependence == "any" else 1.0)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * factor / places
    q = np.empty(m)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def discover(
    p_values: Sequence[float], *, rate: float = 0.1, dependence: Dependence = "positive"
) -> Discoveries:
    """Return which tests to report so that at most `rate` of those reported are false, in expectation.

    Parameters
    ----------
    p_values
        Of everything that was looked at, reported or not.
    rate
        Between 0 and 1.
    dependence
        As in `q_values`.

    Examples
    --------
    >>> discover([0.001, 0.2, 0.9], rate=0.1).found
    (True, False, False)
    >>> discover([], rate=0.1).looked_at
    0
    """
    if not 0 < rate < 1:
        raise ValueError("A false discovery rate lies between 0 and 1.")
    q = q_values(p_values, dependence=dependence)
    return Discoveries(tuple(q.tolist()), tuple((q <= rate).tolist()), rate, len(q))
