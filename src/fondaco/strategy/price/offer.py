"""What to publish for a product in a market: a range, a ladder of concessions, quantity breaks, a minimum order.

Everything stands on the floor (`fondaco.strategy.price.floor`) and on the *room*: the share of the opening price
that buyers of this market bargain off.  The opening price is floor / (1 - room), so that a buyer who gets all
of the room still pays the floor.  Prices are rounded up to the currency's unit; none is ever below the floor.

The room comes from the firm's own deals where they suffice, else from what the firm states, else from a number that is
set and marked so.  A cost of each order (papers, pallet, bank) is shared by its units, which is why the floor falls
with the quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from fondaco.kernel import InputError
from fondaco.ledger.unit import Unit
from fondaco.strategy.price.bargaining import Habit
from fondaco.strategy.price.breaks import (
    Break,
    MinimumReview,
    Thresholds,
    minimum_review,
    quantities,
    quantity_breaks,
    up,
)
from fondaco.strategy.price.floor import Floor
from fondaco.strategy.rules import rule

#: Steps of the ladder between opening and floor.
STEPS = 3
#: What to ask for in return, step by step.
_RETURNS = ("a larger quantity", "payment in advance", "a standing order or a decision this week")


@dataclass(frozen=True)
class Room:
    """What buyers bargain off, a share of the opening price, and where the number comes from.

    `source`: ``log`` (the firm's own deals), ``stated`` (by the firm) or ``set`` (by a rule, in no study).
    """

    share: Decimal
    source: Literal["log", "stated", "set"]
    says: str
    habit: Habit | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the room as JSON values."""
        return {
            "share": float(self.share),
            "source": self.source,
            "says": self.says,
            "habit": None if self.habit is None else self.habit.to_json(),
        }


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: a price, what it is off the opening, what is left of it, what to ask in return.

    `margin` is what is left at today's rates, `margin_held` what is left after the adverse move of the floor.
    """

    price: Decimal
    off: Decimal
    margin: Decimal
    margin_held: Decimal
    for_what: str

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "price": f"{self.price:f}",
            "off": float(self.off),
            "margin": float(self.margin),
            "margin_held": float(self.margin_held),
            "for": self.for_what,
        }


@dataclass(frozen=True)
class PriceRange:
    """A range of prices for one unit; `width` is a share of the high end."""

    low: Decimal
    high: Decimal
    currency: str

    @property
    def width(self) -> Decimal:
        """How much of the high end can be bargained off."""
        return (1 - self.low / self.high).quantize(Decimal("0.0001"))

    def to_json(self) -> dict[str, Any]:
        """Return the range as JSON values."""
        return {
            "low": f"{self.low:f}", "high": f"{self.high:f}", "currency": self.currency, "width": float(self.width),
        }  # fmt: skip


@dataclass(frozen=True)
class Caution:
    """A check that did not pass, or something to know: what, why, and the rule it rests on."""

    check: str
    level: Literal["warn", "note"]
    reason: str
    rule: str

    def to_json(self) -> dict[str, Any]:
        """Return the warning as JSON values, with who says so."""
        return {
            "check": self.check,
            "level": self.level,
            "reason": self.reason,
            "source": rule(self.rule).finding,
        }


@dataclass(frozen=True)
class Offer:
    """Everything to publish and to hold to for one product in one market.

    Attributes
    ----------
    floor
        The lowest price, or why there is none: then there is no range either.
    range, ladder, breaks
        What is published and how far one may go down; the first rung is the opening price, the last the floor.
    room
        What is left for bargaining.
    minimum
        The minimum order beside what is asked for; None where there is neither.
    listed
        What the firm lists now in this market, in the currency of the floor.
    warnings
        Checks that did not pass.
    """

    sku: str
    market: str
    today: date
    floor: Floor
    room: Room
    range: PriceRange | None = None
    ladder: tuple[Rung, ...] = ()
    breaks: tuple[Break, ...] = ()
    minimum: MinimumReview | None = None
    listed: PriceRange | None = None
    warnings: tuple[Caution, ...] = ()
    basis: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the offer as JSON values; `docs/json.md` has the fields."""
        return {
            "floor": self.floor.to_json(),
            "range": None if self.range is None else self.range.to_json(),
            "ladder": [rung.to_json() for rung in self.ladder],
            "breaks": [each.to_json() for each in self.breaks],
            "room": self.room.to_json(),
            "minimum_order": None if self.minimum is None else self.minimum.to_json(),
            "listed": None if self.listed is None else self.listed.to_json(),
            "warnings": [each.to_json() for each in self.warnings],
        }


@dataclass(frozen=True)
class Request:
    """What the offer is made from, beside the floor and the room.

    Attributes
    ----------
    unit
        What the firm states of one unit: minimum order, carton, monthly capacity.
    asked
        Quantities that buyers of this market asked for.
    listed
        What the firm lists now, in the floor's currency.
    per_order
        What the cost of an order whatever its size adds to its price at the floor, in the floor's currency.
    thresholds
        The firm's own, in place of those of the rules.
    like_listed
        Whether what is listed stands at the same point of the way as the floor, so that the two are compared.
    """

    unit: Unit = field(default_factory=Unit)
    asked: Sequence[Decimal] = ()
    listed: PriceRange | None = None
    per_order: Decimal = Decimal(0)
    thresholds: Thresholds = field(default_factory=dict)
    like_listed: bool = True


def room_of(habit: Habit | None, stated: Decimal | None, thresholds: Thresholds | None = None) -> Room:
    """Return the room to leave: what the firm's own deals say, else what it states, else the number that is set."""
    if habit is not None and habit.room is not None:
        off = Decimal(repr(round(habit.room, 4)))
        if habit.market is None:
            says = (
                f"In other markets, {off:.1%} suffices for nine of ten buyers; here there are no deals yet."
            )
        else:
            some = "one buyer" if habit.buyers == 1 else f"{habit.buyers} buyers"
            says = f"By {some} of this market and those of all others, {off:.1%} suffices for nine of ten."
        return Room(off, "log", says, habit)
    if stated is not None:
        return Room(stated, "stated", f"You state that buyers bargain off {stated:.1%}.", habit)
    held = rule("price/range-width").threshold("room", thresholds)
    return Room(
        held.value, "stated" if held.why == "stated by the firm" else "set",
        f"{held.says}: nothing else is known of how far buyers here bargain.", habit,
    )  # fmt: skip


def offer(
    sku: str, market: str, today: date, floor: Floor, room: Room, request: Request | None = None
) -> Offer:
    """Work out what to publish.

    Raises
    ------
    InputError
        Where the room is not a share below 1, or the cost of an order is below zero.
    """
    request = request or Request()
    if not (room.share.is_finite() and 0 <= room.share < 1):
        raise InputError(f"The room for bargaining is a share of the price such as 0.10, not {room.share}.")
    if not request.per_order.is_finite() or request.per_order < 0:
        raise InputError(f"The cost of an order is zero or more, not {request.per_order}.")
    review = minimum_review(request.unit, request.asked, request.thresholds)
    if floor.amount is None:
        said = (Caution("no floor", "warn", floor.why, "price/floor"), *_of_minimum(review))
        return Offer(sku, market, today, floor, room, minimum=review, listed=request.listed, warnings=said)
    breaks = quantity_breaks(
        floor, room.share, quantities(request.unit, review), per_order=request.per_order,
        regular=request.unit.minimum_order or 1, thresholds=request.thresholds,
    )  # fmt: skip
    opening = next((b.high for b in breaks if not b.says), breaks[0].high)
    held = PriceRange(floor.amount, max(opening, floor.amount), floor.currency)
    steps = ladder(floor, held.high, rule("price/ladder").threshold("next_step", request.thresholds).value)
    said = (
        *_of_listed(request.listed if request.like_listed else None, floor, room),
        *_of_room(room),
        *_of_minimum(review),
        *_of_floor(floor),
    )
    return Offer(sku, market, today, floor, room, held, steps, breaks, review, request.listed, said)


def ladder(floor: Floor, opening: Decimal, next_step: Decimal) -> tuple[Rung, ...]:
    """Return the steps from the opening price down to the floor, each giving the share `next_step` of what is left."""
    if floor.amount is None:
        return ()
    prices, left = [opening], opening - floor.amount
    for _ in range(STEPS - 1):
        left *= 1 - min(max(next_step, Decimal(0)), Decimal(1))
        prices.append(up(floor.amount + left, floor.currency))
    prices.append(floor.amount)
    steps = list(dict.fromkeys(prices))  # small prices may leave no room for a step
    asked = ["", *_RETURNS[: len(steps) - 1]]
    return tuple(_rung(floor, price, opening, what) for price, what in zip(steps, asked, strict=True))


def _rung(floor: Floor, price: Decimal, opening: Decimal, for_what: str) -> Rung:
    today, later = margins_at(floor, price)
    return Rung(price, (1 - price / opening).quantize(Decimal("0.0001")), today, later, for_what)


def margins_at(floor: Floor, price: Decimal) -> tuple[Decimal, Decimal]:
    """Return what is left of a price, as a share of it: at today's rates, and after the floor's adverse move."""
    if floor.deterministic is None or floor.amount is None:
        raise InputError(f"There is no floor to compare with: {floor.why}")
    left = 1 - floor.promise.margin
    shares = [1 - left * each / price for each in (floor.deterministic, floor.amount)]
    return shares[0].quantize(Decimal("0.0001")), shares[1].quantize(Decimal("0.0001"))


def _of_listed(listed: PriceRange | None, floor: Floor, room: Room) -> tuple[Caution, ...]:
    """Return what is wrong with the range that the firm lists now."""
    if listed is None or floor.amount is None:
        return ()
    said = []
    shown = f"{listed.low:f}" if listed.low == listed.high else f"{listed.low:f} to {listed.high:f}"
    if listed.width < room.share:
        said.append(
            Caution(
                "range too narrow",
                "warn",
                f"You list {shown} {listed.currency}, which leaves {listed.width:.1%} to bargain. {room.says}",
                "price/range-width",
            )
        )
    if listed.low < floor.amount:
        today, later = margins_at(floor, listed.low)
        said.append(
            Caution(
                "margin at the low end",
                "warn",
                f"At {listed.low:f} {listed.currency}, {today:.1%} is left at today's rates and {later:.1%} after a move that "
                f"{1 - floor.promise.confidence:.0%} of {floor.days} days exceed; {floor.promise.margin:.1%} is promised. "
                f"The floor is {floor.amount:f}.",
                "price/range-currency",
            )
        )
    return tuple(said)


def _of_room(room: Room) -> tuple[Caution, ...]:
    if room.source != "set":
        return ()
    return (Caution("bargaining not known", "note", room.says, "price/bargaining"),)


def _of_minimum(review: MinimumReview | None) -> tuple[Caution, ...]:
    if review is None or review.suggested is None:
        return ()
    reason = (
        f"{review.below.estimate or 0:.0%} of {review.asked} requests ({review.below.low or 0:.0%} to "
        f"{review.below.high or 0:.0%} of such) ask for less than {review.minimum}; from {review.suggested} on, "
        "four of five are served."
    )
    return (Caution("minimum order", "warn", reason, "price/minimum-order"),)


def _of_floor(floor: Floor) -> tuple[Caution, ...]:
    return tuple(Caution("floor", "note", note, "price/floor") for note in floor.notes)
