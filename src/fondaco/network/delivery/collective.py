"""Collective delivery: the groups, what they cost, what everyone alone would, and who pays what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from fondaco.kernel import InputError
from fondaco.kernel.problems import Problem
from fondaco.network.delivery.grouping import EXACT, Group, best_of_all, group
from fondaco.network.delivery.lots import Ints, Lot, lot_of, parts_of
from fondaco.network.delivery.sharing import PLAYERS, Value, by_orders, or_alone, settled, shapley
from fondaco.network.delivery.shipments import CENT, Rate, Shipment

if TYPE_CHECKING:
    import polars as pl

RULE = "collective-delivery/1"

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Share:
    """What a member pays, would pay alone, and saves; `error` is of `pays` where it was drawn, else zero."""

    member: str
    pays: Decimal
    alone: Decimal
    error: Decimal = Decimal(0)

    @property
    def saves(self) -> Decimal:
        """What the member saves."""
        return self.alone - self.pays

    def to_json(self) -> dict[str, Any]:
        """Return the share as JSON values."""
        money = {"pays": self.pays, "alone": self.alone, "saves": self.saves, "error": self.error}
        return {"member": self.member, **{name: f"{value:.2f}" for name, value in money.items()}}


@dataclass(frozen=True)
class Delivery:
    """The result; money in the currency of the rates.

    Attributes
    ----------
    groups
        Who ships with whom.
    cost
        Of all groups together.
    alone
        What all members together would pay, each with its own shipments only, these grouped at best.
    bound
        What no grouping can cost less than.
    shares
        Adding up to `cost`.
    left_out
        Shipments that no rate takes, each with the reason.
    basis
        Rule, and how groups and shares were found.
    """

    groups: tuple[Group, ...]
    cost: Decimal
    alone: Decimal
    bound: Decimal
    shares: tuple[Share, ...]
    left_out: tuple[Problem, ...] = ()
    basis: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far above the bound the cost is at most, as a share of the cost."""
        return float((self.cost - self.bound) / self.cost) if self.cost else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "groups": [
                {
                    "shipments": list(each.shipments),
                    "members": list(each.members),
                    "destination": each.rate.destination,
                    "kind": each.rate.kind,
                    "cost": f"{each.cost:.2f}",
                    "window": [day.isoformat() for day in each.window],
                }
                for each in self.groups
            ],
            "cost": f"{self.cost:.2f}",
            "alone": f"{self.alone:.2f}",
            "bound": f"{self.bound:.2f}",
            "gap": self.gap,
            "shares": [each.to_json() for each in self.shares],
            "problems": [vars(each) for each in self.left_out],
            "basis": dict(self.basis),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the shares as a table."""
        import polars as pl

        return pl.DataFrame([each.to_json() for each in self.shares])


def deliver(
    shipments: Sequence[Shipment], rates: Sequence[Rate], *, seconds: float = 20, seed: int = 1,
    progress: Progress = lambda *_: None,
) -> Delivery:  # fmt: skip
    """Group shipments at least cost, and split the cost.

    Parameters
    ----------
    shipments, rates
        As stated; what no rate takes is left out and told.
    seconds
        How long to search at most where not every grouping can be weighed.
    seed
        For the orders that are drawn where members are many.

    Raises
    ------
    InputError
        Where nothing can be sent.
    """
    sent = [each for each in shipments if any(rate.takes(each) for rate in rates)]
    left_out = tuple(_why(each, rates) for each in shipments if each not in set(sent))
    if not sent:
        told = f" {left_out[0].reason}" if left_out else ""
        raise InputError(f"There is nothing to send.{told}")
    lots = _lots(sent, rates)
    alone = _alone(sent, rates)
    groups: list[Group] = []
    parts: defaultdict[str, float] = defaultdict(float)
    errors: defaultdict[str, float] = defaultdict(float)
    bound, drawn, in_groups = 0.0, False, False
    for done, lot in enumerate(lots):
        found = group(lot, seconds=seconds * len(lot) / len(sent))
        bound += found.bound
        groups += [_group(lot, each) for each in found.groups]
        for part in parts_of(lot):
            within = set(part.tolist())
            theirs = [each for each in found.groups if each[0] in within]
            for member, value in _values(lot, part, theirs, seed).items():
                parts[member] += value.cents
                errors[member] += value.error**2
                drawn = drawn or value.error > 0
            in_groups = in_groups or len(part) > EXACT
        progress(f"Grouped what goes to {lot.shipments[0].destination}", (done + 1) / len(lots))
    cost = sum((each.cost for each in groups), Decimal(0))
    if cost > sum(alone.values(), Decimal(0)):  # cannot be, but for a search that ran out of time
        groups = _everyone_alone(sent, rates)
        cost = sum((each.cost for each in groups), Decimal(0))
        parts = defaultdict(float, {member: float(each * 100) for member, each in alone.items()})
    paid = settled(cost, parts, alone)
    shares = tuple(
        Share(member, paid[member], alone[member], (Decimal(errors[member]).sqrt() / 100).quantize(CENT))
        for member in alone
    )
    basis = {
        "rule": RULE,
        "groups": "every grouping weighed" if all(len(p) <= EXACT for lot in lots for p in parts_of(lot))
        else "integer program (HiGHS), then improved",
        "shares": "Shapley value of " + ("each group" if in_groups else "all sets of members")
        + (", from random orders" if drawn else ""),
        "shipments": len(sent),
        "members": len(alone),
        "seed": seed,
    }  # fmt: skip
    least = min(Decimal(bound) / 100, cost).quantize(CENT)
    return Delivery(tuple(groups), cost, sum(alone.values(), Decimal(0)), least, shares, left_out, basis)


def _lots(shipments: Sequence[Shipment], rates: Sequence[Rate]) -> list[Lot]:
    held: defaultdict[str, list[Shipment]] = defaultdict(list)
    for each in shipments:
        held[each.destination].append(each)
    return [lot_of(each, rates) for each in held.values()]


def _why(shipment: Shipment, rates: Sequence[Rate]) -> Problem:
    here = [rate for rate in rates if rate.destination == shipment.destination]
    named = f"Shipment {shipment.shipment} of {shipment.member}"
    if not here:
        known = ", ".join(sorted({rate.destination for rate in rates}))
        return Problem(
            "rate", 1, f"{named} goes to {shipment.destination}, to which there is no rate (there are: {known}).",
            "State a rate, or mend the destination.",
        )  # fmt: skip
    taking = [rate for rate in here if not rate.classes or shipment.class_ in rate.classes]
    if not taking:
        return Problem(
            "class", 1, f"{named} travels as {shipment.class_ or 'nothing stated'!r}, which no rate to "
            f"{shipment.destination} takes.", "State a rate for it, or mend the class.",
        )  # fmt: skip
    return Problem(
        "capacity", 1, f"{named} ({shipment.weight_kg} kg, {shipment.volume_m3} m3) is larger than any rate to "
        f"{shipment.destination} holds.", "Part it into several shipments.",
    )  # fmt: skip


def _group(lot: Lot, members: Sequence[int]) -> Group:
    at = sorted(members)
    held = [lot.shipments[i] for i in at]
    rate = lot.rates[lot.cheapest(at)[1]]
    weight = sum((each.weight_kg for each in held), Decimal(0))
    volume = sum((each.volume_m3 for each in held), Decimal(0))
    return Group(
        tuple(each.shipment for each in held),
        tuple(dict.fromkeys(each.member for each in held)),
        rate,
        rate.cost(weight, volume),
        (max(each.ready_from for each in held), min(each.ready_to for each in held)),
    )


def _everyone_alone(shipments: Sequence[Shipment], rates: Sequence[Rate]) -> list[Group]:
    return [
        _group(lot, each)
        for member in dict.fromkeys(each.member for each in shipments)
        for lot in _lots([s for s in shipments if s.member == member], rates)
        for each in group(lot, seconds=1).groups
    ]


def _alone(shipments: Sequence[Shipment], rates: Sequence[Rate]) -> dict[str, Decimal]:
    """Return what each member pays with its own shipments only, these grouped at best."""
    found: dict[str, Decimal] = {}
    for member in dict.fromkeys(each.member for each in shipments):
        own = [each for each in shipments if each.member == member]
        found[member] = sum(
            (_group(lot, each).cost for lot in _lots(own, rates) for each in group(lot, seconds=1).groups),
            Decimal(0),
        )
    return found


# --- the game -----------------------------------------------------------------------------------------


def _values(lot: Lot, part: Ints, groups: Sequence[Sequence[int]], seed: int) -> dict[str, Value]:
    """Return each member's part of what the groups of a part cost."""
    members = list(dict.fromkeys(lot.shipments[i].member for i in part))
    if len(part) <= EXACT and len(members) <= PLAYERS:
        small = lot.of(part)
        least, _ = best_of_all(small)
        at = {
            member: sum(1 << i for i, s in enumerate(small.shipments) if s.member == member)
            for member in members
        }
        game = least[_unions([at[member] for member in members])]
        return {member: Value(float(v)) for member, v in zip(members, shapley(game), strict=True)}
    total: defaultdict[str, Value] = defaultdict(lambda: Value(0.0))
    for each in groups:
        for member, value in _of_group(lot, each, seed).items():
            held = total[member]
            total[member] = Value(held.cents + value.cents, float(np.hypot(held.error, value.error)))
    return dict(total)


def _of_group(lot: Lot, group_: Sequence[int], seed: int) -> dict[str, Value]:
    members = list(dict.fromkeys(lot.shipments[i].member for i in group_))
    own = [[i for i in group_ if lot.shipments[i].member == member] for member in members]
    alone = [_parted(lot, each) for each in own]

    def together(players: Sequence[int]) -> float:
        return lot.cheapest([i for player in players for i in own[player]])[0]

    if len(members) > PLAYERS:
        return dict(zip(members, by_orders(alone, lot.as_they_come(own), seed), strict=True))
    game = np.array([
        together([p for p in range(len(members)) if mask >> p & 1]) if mask else 0.0 for mask in range(1 << len(members))
    ])  # fmt: skip
    game[[1 << p for p in range(len(members))]] = alone
    return {member: Value(float(v)) for member, v in zip(members, shapley(or_alone(game)), strict=True)}


def _parted(lot: Lot, own: Sequence[int]) -> float:
    """Return what a member's shipments of a group cost without the others."""
    if len(own) > EXACT:
        return min(lot.cheapest(own)[0], sum(lot.cheapest([i])[0] for i in own))
    return float(best_of_all(lot.of(own))[0][-1])


def _unions(masks: Sequence[int]) -> Ints:
    """Return, for each set of players, the union of their masks."""
    found = np.zeros(1, dtype=np.int64)
    for mask in masks:
        found = np.concatenate([found, found | mask])
    return found
