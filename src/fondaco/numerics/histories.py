"""What a model of repeat buying needs to know of each customer: three numbers, and how many share them.

In the notation of Schmittlein, Morrison and Colombo (1987) and of Fader, Hardie and Lee (2005):

``x``
    orders after the first (days with an order; several on one day are one),
``t_x``
    time from the first order to the last, 0 where there was one only,
``T``
    time from the first order to the end of what is known.

Times are in one unit throughout, weeks in this project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Days in the unit of time.
WEEK = 7.0


@dataclass(frozen=True)
class Histories:
    """Distinct histories, each with the number of customers who have it.

    Attributes
    ----------
    x, t_x, T
        Shape (n,).
    count
        Shape (n,): customers of that history.
    """

    x: Array
    t_x: Array
    T: Array
    count: Array

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return round(float(self.count.sum()))

    @property
    def repeaters(self) -> int:
        """How many customers ordered again."""
        return round(float(self.count[self.x > 0].sum()))

    @cached_property
    def by_x(self) -> tuple[Array, Array, Ints]:
        """The distinct `x`, the customers of each, and where each history's stands among them."""
        values, places = np.unique(self.x, return_inverse=True)
        counts = np.bincount(places, weights=self.count, minlength=len(values)).astype(np.float64)
        return values, counts, places.astype(np.int64)

    def sample(self, most: int, seed: int) -> Histories:
        """Return at most so many customers, drawn without replacement."""
        if self.customers <= most:
            return self
        rng = np.random.default_rng(seed)
        left = rng.multivariate_hypergeometric(self.count.astype(np.int64), most, method="marginals")
        kept = left > 0
        return Histories(self.x[kept], self.t_x[kept], self.T[kept], left[kept].astype(np.float64))


def histories(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Histories:  # noqa: N803  (their name in the literature)
    """Count customers by their distinct histories.

    Parameters
    ----------
    x, t_x, T
        Shape (customers,).

    Raises
    ------
    ValueError
        Where shapes differ, a number is not finite or negative, or not ``t_x <= T``, or a single order has
        a `t_x` above 0.

    Examples
    --------
    >>> found = histories([0, 2, 0], [0, 30.43, 0], [38.86, 38.86, 38.86])
    >>> found.x, found.count, found.customers, found.repeaters
    (array([0., 2.]), array([2., 1.]), 3, 1)
    """
    held = np.column_stack([np.asarray(part, dtype=np.float64).ravel() for part in (x, t_x, T)])
    if not np.isfinite(held).all() or (held < 0).any():
        raise ValueError("x, t_x and T must be finite and not negative")
    if (held[:, 1] > held[:, 2] + 1e-9).any() or ((held[:, 0] == 0) & (held[:, 1] > 0)).any():
        raise ValueError("t_x must not exceed T, and must be 0 where x is 0")
    if not len(held):
        return Histories(*(np.zeros(0) for _ in range(4)))
    # One sort by a single number is many times as quick as one by three columns.
    order = np.lexsort(held.T[::-1])
    ordered = held[order]
    first = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])
    starts = np.flatnonzero(first)
    count = np.diff(np.append(starts, len(ordered))).astype(np.float64)
    distinct = ordered[starts]
    return Histories(distinct[:, 0].copy(), distinct[:, 1].copy(), distinct[:, 2].copy(), count)


@dataclass(frozen=True)
class Customers:
    """Customers one by one, summed up from their orders.

    Attributes
    ----------
    key
        Shape (n,): the customer's number, as given.
    x, t_x, T
        Shape (n,), in weeks.
    first, last
        Shape (n,): the days of the first and the last order.
    repeats_valued, mean_value
        Shape (n,): of how many orders after the first the value is known, and their mean (0 where none).
    """

    key: Ints
    x: Array
    t_x: Array
    T: Array
    first: Ints
    last: Ints
    repeats_valued: Array
    mean_value: Array

    def histories(self) -> Histories:
        """Return the distinct histories."""
        return histories(self.x, self.t_x, self.T)


def sum_up(
    key: npt.ArrayLike,
    day: npt.ArrayLike,
    until: npt.ArrayLike,
    value: npt.ArrayLike | None = None,
) -> Customers:
    """Sum up orders by customer; those of one customer on one day are one order, with their values added.

    Parameters
    ----------
    key
        Shape (orders,): whole numbers that tell customers apart.
    day
        Shape (orders,): the day of each, as a whole number of days.
    until
        The last day that is known, for all or, shape (orders,), for each order's customer; orders after it
        are left out.
    value
        Shape (orders,): what each brought; NaN where it is not known.

    Examples
    --------
    Three orders on two days, and one of another customer:

    >>> found = sum_up([7, 7, 7, 9], [0, 0, 14, 7], 21, [10.0, 5.0, 30.0, 20.0])
    >>> found.key, found.x, found.t_x, found.T, found.mean_value
    (array([7, 9]), array([1., 0.]), array([2., 0.]), array([3., 2.]), array([30.,  0.]))
    """
    keys, days = np.asarray(key, dtype=np.int64), np.asarray(day, dtype=np.int64)
    ends = np.broadcast_to(np.asarray(until, dtype=np.int64), keys.shape)
    worth = np.full(len(keys), np.nan) if value is None else np.asarray(value, dtype=np.float64)
    kept = days <= ends
    keys, days, ends, worth = keys[kept], days[kept], ends[kept], worth[kept]
    order = np.lexsort((days, keys))
    keys, days, ends, worth = keys[order], days[order], ends[order], worth[order]
    if not len(keys):
        none, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
        return Customers(whole, none, none, none, whole, whole, none, none)
    new_customer = np.concatenate([[True], keys[1:] != keys[:-1]])
    new_day = new_customer | np.concatenate([[True], days[1:] != days[:-1]])
    at = np.flatnonzero(new_day)
    keys, days, ends, worth, firsts = (
        keys[at],
        days[at],
        ends[at],
        np.add.reduceat(worth, at),
        new_customer[at],
    )
    start = np.flatnonzero(firsts)
    stop = np.append(start[1:], len(keys))
    first, last = days[start], days[stop - 1]
    known = ~firsts & np.isfinite(worth) & (worth > 0)
    number = np.add.reduceat(known.astype(np.float64), start)
    total = np.add.reduceat(np.where(known, worth, 0.0), start)
    return Customers(
        key=keys[start],
        x=(stop - start - 1).astype(np.float64),
        t_x=(last - first) / WEEK,
        T=(ends[start] - first) / WEEK,
        first=first,
        last=last,
        repeats_valued=number,
        mean_value=np.divide(total, number, out=np.zeros_like(total), where=number > 0),
    )
