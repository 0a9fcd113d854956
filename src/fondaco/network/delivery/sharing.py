"""What each member pays: the Shapley value of the cost, and nobody more than alone.

The Shapley value of a member is what it adds to the cost of those who came before it, averaged over every
order in which members could come (Shapley, 1953; in costs, Littlechild and Owen, 1973).  Three cases:

* where every set of shipments of a part can be weighed (`fondaco.network.delivery.grouping.EXACT`), the game is the
  least cost of each set of members, and the value is exact;
* else the game is that of each group that was formed: its members may use the group's best rate together, or
  go alone.  It is exact up to `PLAYERS` members, and
* beyond that estimated from `ORDERS` orders drawn at random, with its standard error.

Cents that do not divide go, one each, to those with the largest remainders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from math import factorial

import numpy as np
from numpy.typing import NDArray

#: Members of a group up to which every set of them is weighed.
PLAYERS = 12
#: Orders drawn where there are more.
ORDERS = 2000


@dataclass(frozen=True)
class Value:
    """A member's part of a cost, in cents, and its standard error where it was drawn."""

    cents: float
    error: float = 0.0


def shapley(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Shapley value of each player.

    Parameters
    ----------
    cost
        Of each set of n players by bit mask, shape (2**n,); that of the empty set is zero.

    Examples
    --------
    Two members who would pay 100 and 60 alone and 120 together share the saving of 40:

    >>> shapley(np.array([0.0, 100.0, 60.0, 120.0]))
    array([80., 40.])
    """
    n = len(cost).bit_length() - 1
    masks = np.arange(len(cost))
    size = np.array([mask.bit_count() for mask in range(len(cost))])
    weight = np.array(
        [factorial(s) * factorial(n - s - 1) / factorial(n) if s < n else 0.0 for s in range(n + 1)]
    )
    found = np.zeros(n)
    for player in range(n):
        without = masks[(masks >> player & 1) == 0]
        found[player] = np.sum(weight[size[without]] * (cost[without | 1 << player] - cost[without]))
    return found


def or_alone(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the game in which a set may also leave any of its players to go alone; shape as `cost`."""
    n = len(cost).bit_length() - 1
    best = cost.copy()
    for mask in range(1, len(best)):
        for player in range(n):
            if mask >> player & 1:
                best[mask] = min(best[mask], best[mask ^ 1 << player] + cost[1 << player])
    return best


def by_orders(
    alone: Sequence[float],
    cost: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    seed: int,
    orders: int = ORDERS,
) -> list[Value]:
    """Estimate the Shapley value of each player from random orders, of the game of `or_alone`.

    Parameters
    ----------
    alone
        What each player costs alone.
    cost
        From orders of the players, shape (orders, players), to what the players up to and with each place cost together.
    """
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.permutation(len(alone)) for _ in range(orders)])
    together, single = cost(drawn), np.asarray(alone)[drawn]
    added = np.zeros((orders, len(alone)))
    before = np.zeros(orders)
    for place in range(len(alone)):
        after = np.minimum(together[:, place], before + single[:, place])
        added[np.arange(orders), drawn[:, place]] = after - before
        before = after
    error = added.std(axis=0, ddof=1) / np.sqrt(orders)
    return [Value(float(mean), float(each)) for mean, each in zip(added.mean(axis=0), error, strict=True)]


def settled(total: Decimal, parts: Mapping[str, float], alone: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what each pays: to the cent, adding up to `total`, nobody more than `alone`.

    Parameters
    ----------
    total
        What is to be paid; not above the sum of `alone`.
    parts
        Each one's part of it, in cents.
    """
    most = {name: int(alone[name] * 100) for name in parts}
    due = dict(parts)
    # Who would pay more than alone pays that much, and the others share the rest by what they still save.
    for _ in range(len(due)):
        over = sum(max(0.0, due[name] - most[name]) for name in due)
        room = {name: max(0.0, most[name] - due[name]) for name in due}
        if over < 1e-9 or not sum(room.values()):
            break
        due = {name: min(due[name], most[name]) + over * room[name] / sum(room.values()) for name in due}
    paid = {name: int(Decimal(max(due[name], 0.0)).to_integral_value(ROUND_FLOOR)) for name in due}
    left = int(total * 100) - sum(paid.values())
    order = sorted(due, key=lambda name: (paid[name] - due[name], name))
    while left > 0:
        given = 0
        for name in order:
            if left > 0 and paid[name] < most[name]:
                paid[name] += 1
                left -= 1
                given += 1
        if not given:
            break
    while left < 0:  # parts that add up to more than the total, by what floats leave
        for name in reversed(order):
            if left < 0 and paid[name] > 0:
                paid[name] -= 1
                left += 1
    return {name: Decimal(cents) / 100 for name, cents in paid.items()}
