"""Which shipments go together: the grouping of least cost, with a bound on what any grouping must cost.

Shipments may form a group when a day lies in all of their windows and one rate takes them all.  The parts of a
destination that have nothing to do with each other are grouped one by one:

up to `EXACT` shipments
    By dynamic programming over all subsets: the cheapest grouping of a set is the cheapest group that holds its
    first shipment, and the cheapest grouping of the rest.  The result is optimal.
more
    By an integer program (HiGHS).  A group exists at a day on which most windows meet, under a rate; ``x`` says
    which shipment is where, ``y`` how many groups (containers) of the rate there are, ``c`` what their freight
    comes to.  Containers of one rate and day are counted, not told apart, so that what the program proves is a lower
    bound; its answer is then packed into containers and improved by moving, merging and parting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np

from fondaco.network.delivery.lots import Floats, Ints, Lot, parts_of
from fondaco.network.delivery.shipments import Rate

#: Up to so many shipments that can go together every grouping is weighed.
EXACT = 14
#: The program stops when its answer is proven to be within this share of the least.
GAP = 0.002


@dataclass(frozen=True)
class Group:
    """Shipments that go together.

    Attributes
    ----------
    shipments, members
        Their names, in the order of the file; each member once.
    rate
        The rate they go under.
    cost
        Of the group.
    window
        First and last day on which all are ready.
    """

    shipments: tuple[str, ...]
    members: tuple[str, ...]
    rate: Rate
    cost: Decimal
    window: tuple[date, date]


@dataclass(frozen=True)
class Grouping:
    """Groups as indices into a lot, their cost, and what no grouping can be below; both in cents."""

    groups: tuple[tuple[int, ...], ...]
    cents: float
    bound: float


def group(lot: Lot, *, seconds: float) -> Grouping:
    """Group the shipments of a lot at least cost.

    Parameters
    ----------
    lot
        Every shipment must be taken by a rate.
    seconds
        How long to search at most where not every grouping can be weighed, for the whole lot.
    """
    groups: list[tuple[int, ...]] = []
    bound = 0.0
    parts = parts_of(lot)
    work = sum(len(part) for part in parts if len(part) > EXACT) or 1
    for part in parts:
        small = lot.of(part)
        if len(part) <= EXACT:
            least, chosen = best_of_all(small)
            found = Grouping(tuple(chosen((1 << len(part)) - 1)), float(least[-1]), float(least[-1]))
        else:
            found = _by_program(small, seconds * len(part) / work)
        groups += [tuple(int(part[i]) for i in each) for each in found.groups]
        bound += found.bound
    return Grouping(tuple(groups), sum(lot.cheapest(each)[0] for each in groups), bound)


# --- every grouping -----------------------------------------------------------------------------------


def costs_of_sets(lot: Lot) -> Floats:
    """Return the cost in cents of every set of shipments as one group, by bit mask; infinite where it may not be."""
    n = len(lot)
    weight, volume = np.zeros(1), np.zeros(1)
    first, last = np.full(1, -1, dtype=np.int64), np.full(1, np.iinfo(np.int64).max)
    takes = np.ones((len(lot.rates), 1), dtype=bool)
    for i in range(n):
        weight = np.concatenate([weight, weight + lot.weight[i]])
        volume = np.concatenate([volume, volume + lot.volume[i]])
        first = np.concatenate([first, np.maximum(first, lot.first[i])])
        last = np.concatenate([last, np.minimum(last, lot.last[i])])
        takes = np.concatenate([takes, takes & lot.takes[:, i, None]], axis=1)
    cents = np.full(1 << n, np.inf)
    for rate in range(len(lot.rates)):
        allowed = takes[rate] & (first <= last)
        cents = np.where(allowed, np.minimum(cents, lot.cents(rate, weight, volume)), cents)
    cents[0] = 0
    return cents


def best_of_all(lot: Lot) -> tuple[Floats, Callable[[int], list[tuple[int, ...]]]]:
    """Return the least cost in cents of every set of shipments, and a function from a set to its groups."""
    n, cost = len(lot), costs_of_sets(lot)
    least, taken = np.zeros(1 << n), np.zeros(1 << n, dtype=np.int64)
    for mask in range(1, 1 << n):
        lowest = mask & -mask
        others = np.zeros(1, dtype=np.int64)
        rest = mask ^ lowest
        while rest:
            bit = rest & -rest
            others = np.concatenate([others, others | bit])
            rest ^= bit
        total = cost[others | lowest] + least[mask ^ lowest ^ others]
        at = int(total.argmin())
        least[mask], taken[mask] = total[at], others[at] | lowest

    def chosen(mask: int) -> list[tuple[int, ...]]:
        found = []
        while mask:
            each = int(taken[mask])
            found.append(tuple(i for i in range(n) if each >> i & 1))
            mask ^= each
        return found

    return least, chosen


# --- by an integer program ----------------------------------------------------------------------------


def _by_program(lot: Lot, seconds: float) -> Grouping:
    places, bound = _relaxed(lot, seconds)
    starts = [_packed(lot, places), first_fit_decreasing(lot), [[i] for i in range(len(lot))]]
    best = min((_improved(lot, start) for start in starts), key=lambda groups: _total(lot, groups))
    total = _total(lot, best)
    return Grouping(tuple(tuple(sorted(each)) for each in best), total, min(bound, total))


def _days(lot: Lot) -> list[Ints]:
    """Return the largest sets of shipments whose windows share a day, each once."""
    sets: list[frozenset[int]] = []
    for day in np.unique(lot.first):
        ready = frozenset(np.flatnonzero((lot.first <= day) & (day <= lot.last)).tolist())
        if not any(ready <= other for other in sets):
            sets = [other for other in sets if not other <= ready] + [ready]
    return [np.array(sorted(each), dtype=np.int64) for each in sets]


@dataclass
class _Program:
    """An integer program as it is written down: columns with their cost, rows of entries between bounds."""

    costs: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    entries: list[tuple[float, int, int]] = field(default_factory=list)

    def column(self, cost: float, most: float, *, whole: bool) -> int:
        self.costs.append(cost)
        self.most.append(most)
        self.whole.append(int(whole))
        return len(self.costs) - 1

    def row(self, entries: Iterable[tuple[int, float]], low: float, high: float) -> None:
        self.entries += [(float(value), len(self.low), column) for column, value in entries]
        self.low.append(low)
        self.high.append(high)

    def solve(self, seconds: float) -> tuple[Floats | None, float]:
        """Return the answer (None where time ran out before any) and what no answer is below."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        values, rows, columns = zip(*self.entries, strict=True)
        matrix = coo_array((values, (rows, columns)), shape=(len(self.low), len(self.costs))).tocsc()
        found = milp(
            np.array(self.costs),
            constraints=LinearConstraint(matrix, self.low, self.high),
            bounds=Bounds(np.zeros(len(self.costs)), np.array(self.most)),
            integrality=np.array(self.whole),
            options={"time_limit": max(seconds, 0.2), "mip_rel_gap": GAP},
        )
        return found.x, found.mip_dual_bound or 0.0


def _relaxed(lot: Lot, seconds: float) -> tuple[list[tuple[int, list[int]]], float]:
    """Solve the program: (rate, shipments) of each day and rate that is used, and the bound in cents."""
    program = _Program()
    places: list[tuple[int, Ints, int]] = []
    where: list[list[int]] = [[] for _ in range(len(lot))]
    for ready in _days(lot):
        for number in range(len(lot.rates)):
            members = ready[lot.takes[number, ready]]
            if len(members):
                xs = _place(program, lot, number, members)
                places.append((number, members, xs[0]))
                for x, each in zip(xs, members, strict=True):
                    where[each].append(x)
    for xs in where:
        program.row([(x, 1.0) for x in xs], 1.0, 1.0)
    answer, least = program.solve(seconds)
    # Each group is rounded to the cent, and there are no more groups than shipments.
    bound = max(0.0, least * 100 - 0.5 * len(lot) - 1e-6)
    if answer is None:
        return [], bound
    used = [
        (
            number,
            [int(m) for m, value in zip(members, answer[x : x + len(members)], strict=True) if value > 0.5],
        )
        for number, members, x in places
    ]
    return [(number, members) for number, members in used if members], bound


def _place(program: _Program, lot: Lot, number: int, members: Ints) -> list[int]:
    """Write down what may go under a rate on a day; return the columns that say whether each member does."""
    rate, weight, volume = lot.rates[number], lot.weight[members], lot.volume[members]
    bounded = rate.capacity_kg is not None or rate.capacity_m3 is not None
    groups = program.column(float(rate.fixed), float(len(members)) if bounded else 1.0, whole=True)
    freight = program.column(1.0, np.inf, whole=False)
    xs = [program.column(0.0, 1.0, whole=True) for _ in members]
    for x in xs:
        program.row([(x, 1.0), (groups, -1.0)], -np.inf, 0.0)
    for kg in _chargeable(rate, weight, volume):
        for measure in (weight / 1000, volume) if rate.per_wm else (weight,):
            price = float(rate.per_kg) * kg + float(rate.per_wm) * measure
            program.row([(freight, 1.0), *zip(xs, -price, strict=True)], 0.0, np.inf)
    if rate.minimum:
        program.row([(freight, 1.0), (groups, -float(rate.minimum))], 0.0, np.inf)
    for held, most in ((weight, rate.capacity_kg), (volume, rate.capacity_m3)):
        if most is not None:
            program.row([*zip(xs, held, strict=True), (groups, -float(most))], -np.inf, 0.0)
    return xs


def _chargeable(rate: Rate, weight: Floats, volume: Floats) -> tuple[Floats, ...]:
    """Return what the price per kg may be of: the weight, and where volume counts the volumetric weight."""
    if not rate.per_kg or not rate.volumetric_divisor:
        return (weight,)
    return weight, volume * (1e6 / float(rate.volumetric_divisor))


def _packed(lot: Lot, places: Sequence[tuple[int, list[int]]]) -> list[list[int]]:
    """Put what goes under one rate on one day into containers: the largest first, where least room is left."""
    groups: list[list[int]] = []
    placed: set[int] = set()
    for number, members in places:
        rate = lot.rates[number]
        most = np.array([float(rate.capacity_kg or np.inf), float(rate.capacity_m3 or np.inf)])
        size = np.stack([lot.weight, lot.volume], axis=1) / most
        open_: list[tuple[list[int], Floats]] = []
        for each in sorted(members, key=lambda i: -size[i].max()):
            fitting = [held for held in open_ if (held[1] + size[each] <= 1 + 1e-12).all()]
            if fitting:
                held = max(fitting, key=lambda pair: pair[1].max())
                held[0].append(each)
                held[1][:] += size[each]
            else:
                open_.append(([each], size[each].copy()))
        groups += [members for members, _ in open_]
        placed.update(members)
    return groups + [[i] for i in range(len(lot)) if i not in placed]


def first_fit_decreasing(lot: Lot) -> list[list[int]]:
    """Put each shipment, the heaviest first, where it adds least: what a forwarder's clerk would do."""
    groups: list[list[int]] = []
    for each in np.argsort(-(lot.weight / 1000 + lot.volume)).tolist():
        added = [_added(lot, held, each) for held in groups]
        alone = lot.cheapest([each])[0]
        if added and min(added) <= alone:
            groups[int(np.argmin(added))].append(each)
        else:
            groups.append([each])
    return groups


def _added(lot: Lot, held: Sequence[int], each: int) -> float:
    if not lot.together[each, held].all():
        return float(np.inf)
    return lot.cheapest([*held, each])[0] - lot.cheapest(held)[0]


def _total(lot: Lot, groups: Sequence[Sequence[int]]) -> float:
    return sum(lot.cheapest(each)[0] for each in groups)


def _improved(lot: Lot, groups: Sequence[Sequence[int]], rounds: int = 20) -> list[list[int]]:
    """Merge groups, move shipments and part them, as long as that is cheaper."""
    held = [list(each) for each in groups if each]
    cost = [lot.cheapest(each)[0] for each in held]
    for _ in range(rounds):
        better = _merge(lot, held, cost)
        better = _move(lot, held, cost) or better
        if not better:
            break
    return held


def _merge(lot: Lot, held: list[list[int]], cost: list[float]) -> bool:
    better, i = False, 0
    while i < len(held):
        best, at = -0.5, -1
        for j in range(i + 1, len(held)):
            if lot.together[held[i][0], held[j][0]]:
                gain = lot.cheapest(held[i] + held[j])[0] - cost[i] - cost[j]
                if gain < best:
                    best, at = gain, j
        if at < 0:
            i += 1
            continue
        cost[i] += cost[at] + best
        held[i] += held[at]
        del held[at], cost[at]
        better = True
    return better


def _move(lot: Lot, held: list[list[int]], cost: list[float]) -> bool:
    better = False
    for each in range(len(lot)):
        home = next(i for i, members in enumerate(held) if each in members)
        rest = [i for i in held[home] if i != each]
        left = lot.cheapest(rest)[0] if rest else 0.0
        saved = cost[home] - left
        best, at, alone = -0.5, -2, lot.cheapest([each])[0]
        if rest and alone - saved < best:
            best, at = alone - saved, -1
        for j, members in enumerate(held):
            if j != home and lot.together[each, members].all():
                gain = lot.cheapest([*members, each])[0] - cost[j] - saved
                if gain < best:
                    best, at = gain, j
        if at == -2:
            continue
        better = True
        held[home], cost[home] = rest, left
        if at == -1:
            held.append([each])
            cost.append(alone)
        else:
            cost[at] = lot.cheapest([*held[at], each])[0]
            held[at].append(each)
        if not rest:
            del held[home], cost[home]
    return better
