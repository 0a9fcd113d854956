"""Quantity breaks and the minimum order: who takes more pays less for each, and small buyers get a range of their own.

Neither end of a price range ever rises with the quantity.  A cost of each order whatever its size is shared by its
units, and part of the room for bargaining is published as a volume discount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Any

from fondaco.kernel.money import places
from fondaco.ledger.unit import Unit
from fondaco.numerics.estimates import Estimate, share
from fondaco.strategy.price.floor import Floor
from fondaco.strategy.rules import rule

#: Quantity breaks, as multiples of the minimum order.
BREAKS = (1, 2, 5, 10, 20)
#: Requests with a quantity below which nothing is concluded of the minimum order.
FEWEST_REQUESTS = 5
#: Requests that a suggested minimum is to serve: all but a fifth.
_SERVED = Decimal("0.8")

Thresholds = Mapping[str, Decimal]


@dataclass(frozen=True)
class Break:
    """From a quantity on: the price to publish (`high`) and the lowest to agree to (`low`)."""

    quantity: int
    high: Decimal
    low: Decimal
    says: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the break as JSON values."""
        return {
            "from": self.quantity,
            "high": f"{self.high:f}",
            "low": f"{self.low:f}",
            "says": self.says or None,
        }


@dataclass(frozen=True)
class MinimumReview:
    """The minimum order beside what was asked for.

    Attributes
    ----------
    minimum, asked
        Units of the minimum, and how many requests stated a quantity.
    below
        Share of them that ask for less.
    suggested
        A minimum that serves four of five of them; None where there is no reason to lower it.
    """

    minimum: int
    asked: int
    below: Estimate
    suggested: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the review as JSON values."""
        return {
            "minimum": self.minimum, "asked": self.asked, "below": self.below.to_json(), "suggested": self.suggested,
        }  # fmt: skip


def quantities(unit: Unit, review: MinimumReview | None = None) -> tuple[int, ...]:
    """Return the quantities at which the price changes: multiples of the minimum, in whole cartons, within a month's
    capacity, and before them the smaller minimum that is suggested.

    >>> quantities(Unit(minimum_order=10, per_carton=6, monthly_capacity=100))
    (12, 24, 54)
    """
    start, carton = unit.minimum_order or unit.per_carton or 1, unit.per_carton or 1
    found = [-(-start * times // carton) * carton for times in BREAKS]
    most = unit.monthly_capacity
    kept = [each for each in found if most is None or each <= most] or found[:1]
    small = [] if review is None or review.suggested is None else [review.suggested]
    return tuple(sorted({*small, *kept}))


def quantity_breaks(
    floor: Floor,
    room: Decimal,
    at: Sequence[int],
    *,
    per_order: Decimal = Decimal(0),
    regular: int = 1,
    thresholds: Thresholds | None = None,
) -> tuple[Break, ...]:
    """Return high and low price from each quantity on: neither ever rises with the quantity.

    Parameters
    ----------
    at
        Quantities, ascending.
    per_order
        What the cost of an order whatever its size adds to its price at the floor, in the floor's currency.
    regular
        The regular minimum; below it the surcharge for small buyers is added.
    """
    if floor.amount is None:
        return ()
    given = rule("price/quantity-breaks").threshold("share_of_room", thresholds).value
    surcharge = rule("price/small-buyers").threshold("surcharge", thresholds).value
    given, surcharge = min(max(given, Decimal(0)), Decimal(1)), max(surcharge, Decimal(0))
    usual = [quantity for quantity in at if quantity >= regular]
    found = []
    with localcontext() as context:
        context.prec = 60
        for quantity in at:
            small = quantity < regular
            place = 0 if small or len(usual) < 2 else usual.index(quantity)
            off = given * room * place / max(len(usual) - 1, 1)
            low = floor.amount + per_order / quantity
            high = low / (1 - room) * (1 - off) * (1 + (surcharge if small else 0))
            said = "for small buyers" if small else ""
            found.append(Break(quantity, up(high, floor.currency), up(low, floor.currency), said))
    return tuple(found)


def minimum_review(
    unit: Unit, asked: Sequence[Decimal], thresholds: Thresholds | None = None
) -> MinimumReview | None:
    """Set the minimum order beside the quantities that buyers asked for; None where no minimum is stated."""
    if unit.minimum_order is None:
        return None
    minimum = unit.minimum_order
    few = sum(quantity < minimum for quantity in asked)
    below = share(few, len(asked))
    most = rule("price/minimum-order").threshold("max_share_below", thresholds).value
    suggested = None
    if len(asked) >= FEWEST_REQUESTS and Decimal(few) / len(asked) > most:
        place = int(len(asked) * (1 - _SERVED))
        carton = unit.per_carton or 1
        lower = max(int(sorted(asked)[place]) // carton * carton, carton)
        suggested = lower if lower < minimum else None
    return MinimumReview(minimum, len(asked), below, suggested)


def up(amount: Decimal, currency: str) -> Decimal:
    """Round an amount up to the currency's unit.

    >>> up(Decimal("10.001"), "EUR"), up(Decimal("10.001"), "KRW")
    (Decimal('10.01'), Decimal('11'))
    """
    return amount.quantize(Decimal(1).scaleb(-places(currency)), rounding=ROUND_CEILING)
