"""The shipments to one destination as arrays, and what any set of them costs when it goes as one group.

Money here is in whole cents as floats, so that sums are exact; the groups that are chosen are priced again in
decimals.  Days are ordinals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fondaco.network.delivery.shipments import Rate, Shipment

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Of rounding half up in binary: amounts this near to a half cent below it count as the half.
_TINY = 1e-7


@dataclass(frozen=True)
class Lot:
    """Shipments to one destination, with the rates that take any of them.

    Attributes
    ----------
    weight, volume
        kg and m3, shape (n,).
    first, last
        Days between which each is ready, shape (n,).
    takes
        Whether a rate takes a shipment, shape (rates, n).
    """

    shipments: tuple[Shipment, ...]
    rates: tuple[Rate, ...]
    weight: Floats
    volume: Floats
    first: Ints
    last: Ints
    takes: Flags

    def __len__(self) -> int:
        return len(self.shipments)

    def of(self, chosen: Sequence[int] | Ints) -> Lot:
        """Return the lot of some of its shipments."""
        at = np.asarray(chosen, dtype=np.int64)
        return Lot(
            tuple(self.shipments[i] for i in at), self.rates, self.weight[at], self.volume[at], self.first[at],
            self.last[at], self.takes[:, at],
        )  # fmt: skip

    @cached_property
    def together(self) -> Flags:
        """Whether two shipments may go in one group: their windows meet and a rate takes both; shape (n, n)."""
        meet = (self.first[:, None] <= self.last[None, :]) & (self.first[None, :] <= self.last[:, None])
        takes = self.takes.astype(np.int64)
        return meet & ((takes.T @ takes) > 0)

    def cents(self, rate: int, weight: Floats, volume: Floats) -> Floats:
        """Return what groups of so many kg and m3 cost under a rate; infinite beyond its capacity."""
        r = self.rates[rate]
        kg = np.maximum(weight, float(r.least_kg))
        if r.volumetric_divisor:
            kg = np.maximum(kg, volume * (1e6 / float(r.volumetric_divisor)))
        moved = float(r.per_kg) * kg + float(r.per_wm) * np.maximum(weight / 1000, volume)
        cents = np.floor((float(r.fixed) + np.maximum(float(r.minimum), moved)) * 100 + 0.5 + _TINY)
        over = np.zeros(np.shape(weight), dtype=bool)
        if r.capacity_kg is not None:
            over |= weight > float(r.capacity_kg) * (1 + 1e-12)
        if r.capacity_m3 is not None:
            over |= volume > float(r.capacity_m3) * (1 + 1e-12)
        return np.where(over, np.inf, cents)

    def as_they_come(self, own: Sequence[Sequence[int]]) -> Callable[[Ints], Floats]:
        """Return what those who come one after the other cost as one group, in cents, for many orders at once.

        Parameters
        ----------
        own
            The shipments of each, which all share a day.

        Returns
        -------
        Callable
            From orders of places in `own`, shape (orders, n), to the cost up to and with each; infinite where no rate
            takes them.
        """
        weight, volume = (
            np.array([held[list(each)].sum() for each in own]) for held in (self.weight, self.volume)
        )
        takes = np.stack([self.takes[:, list(each)].all(axis=1) for each in own], axis=1)

        def costs(orders: Ints) -> Floats:
            kg, m3 = np.cumsum(weight[orders], axis=1), np.cumsum(volume[orders], axis=1)
            best = np.full(orders.shape, np.inf)
            for rate in np.flatnonzero(takes.any(axis=1)):
                taken = np.logical_and.accumulate(takes[rate][orders], axis=1)
                best = np.where(taken, np.minimum(best, self.cents(int(rate), kg, m3)), best)
            return best

        return costs

    def cheapest(self, members: Sequence[int] | Ints) -> tuple[float, int]:
        """Return the cheapest cost in cents and the rate of one group; infinite where none takes it."""
        at = np.asarray(members, dtype=np.int64)
        if self.first[at].max() > self.last[at].min():
            return np.inf, -1
        weight, volume = self.weight[at].sum(), self.volume[at].sum()
        best, which = np.inf, -1
        for rate in np.flatnonzero(self.takes[:, at].all(axis=1)):
            cents = float(self.cents(int(rate), weight, volume))
            if cents < best:
                best, which = cents, int(rate)
        return best, which


def lot_of(shipments: Sequence[Shipment], rates: Sequence[Rate]) -> Lot:
    """Return shipments to one destination as arrays; only rates that take one of them count."""
    held = tuple(shipments)
    used = tuple(rate for rate in rates if any(rate.takes(each) for each in held))
    return Lot(
        held,
        used,
        np.array([float(s.weight_kg) for s in held]),
        np.array([float(s.volume_m3) for s in held]),
        np.array([s.ready_from.toordinal() for s in held], dtype=np.int64),
        np.array([s.ready_to.toordinal() for s in held], dtype=np.int64),
        np.array([[rate.takes(s) for s in held] for rate in used], dtype=bool).reshape(len(used), len(held)),
    )


def parts_of(lot: Lot) -> list[Ints]:
    """Return the sets of shipments that have nothing to do with each other: each is grouped by itself."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(csr_array(lot.together), directed=False)
    return [np.flatnonzero(label == each) for each in range(count)]
