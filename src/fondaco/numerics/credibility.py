"""Mean sizes of many groups, each drawn towards the mean of all by how little is known of it.

Bühlmann and Straub (1970, ASTIN Bulletin 5): with n values in a group, a variance `within` groups and
a variance `between` their true means, the group's own mean counts with the credibility
n / (n + within / between).  Both variances are estimated without bias from sums alone, so that any
database can add them up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Means:
    """Shrunken means of groups.

    Attributes
    ----------
    mean, sd
        Shape (groups,): each mean and the standard deviation of what is not known of it.
    weight
        Shape (groups,): how much of it is the group's own.
    overall
        The mean that groups are drawn to.
    within, between
        The two variances.
    """

    mean: Array
    sd: Array
    weight: Array
    overall: float
    within: float
    between: float


def shrunken_means(count: npt.ArrayLike, total: npt.ArrayLike, squares: npt.ArrayLike) -> Means:
    """Estimate the mean size in each group.

    Parameters
    ----------
    count, total, squares
        Shape (groups,): number of values, their sum, the sum of their squares.

    Raises
    ------
    ValueError
        Where no group has a value.

    Examples
    --------
    Groups 8, 12 and 28, 32: within 8, between (20 - 8) x ... = 196, so the own means count 0.98:

    >>> found = shrunken_means([2, 2], [20, 60], [208, 1808])
    >>> found.mean.round(2), found.weight.round(2), found.within, found.between
    (array([10.2, 29.8]), array([0.98, 0.98]), 8.0, 196.0)
    """
    n, s, q = (np.asarray(part, dtype=np.float64) for part in (count, total, squares))
    if n.sum() <= 0:
        raise ValueError("no group has a value")
    own = np.divide(s, n, out=np.zeros_like(s), where=n > 0)
    overall = float(s.sum() / n.sum())
    known = n > 0
    freedom = float((n[known] - 1).sum())
    inside = float(np.clip(q - n * own**2, 0, None).sum())
    # Without a second value anywhere nothing tells the two variances apart: all of it is taken as within.
    within = inside / freedom if freedom > 0 else float((n * (own - overall) ** 2).sum() / n.sum())
    spare = float(n.sum() - (n**2).sum() / n.sum())
    apart = float((n * (own - overall) ** 2).sum()) - (known.sum() - 1) * within
    between = max(0.0, float(apart / spare)) if spare > 0 and freedom > 0 else 0.0
    counted = n > 0  # a group without values has no weight, also where values never differ within one
    weight = np.zeros_like(n)
    if between > 0:
        weight[counted] = n[counted] * between / (n[counted] * between + within)
    # With groups drawn to a mean of credibilities, large groups do not decide it alone.
    if between > 0:
        overall = float((weight * own).sum() / weight.sum())
    mean = weight * own + (1 - weight) * overall
    return Means(mean, np.sqrt(between * (1 - weight)), np.asarray(weight), overall, within, between)
