"""What is to be looked at before a quotation goes out; none of it blocks, and what is not known is amber.

Each price is set beside the floor that holds the firm's margin through what exchange rates may do until the quotation
ends and the money comes (`fondaco.strategy.price.floor`), and beside what the same product costs on the firm's other
channels at that quantity; each quantity beside the smallest order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fondaco.desk.checks import Check, unknown
from fondaco.desk.quotation.values import Line, Quotation, Step
from fondaco.kernel.money import Money

_FLOOR = "the price floor (rule price/floor)"
_MINIMUM = "the catalogue; the study of five firms on minimum orders"
_CHANNELS = "orders and listings of the firm (rule price/channels)"


@dataclass(frozen=True)
class Channel:
    """What a product costs on a channel of the firm, in the quotation's currency, from a quantity on."""

    name: str
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class Backing:
    """What a line can be held against, in the quotation's currency.

    Attributes
    ----------
    floor
        The lowest price that holds the margin; None where not known, and `why` says why.
    opening, steps
        The price to begin from, and the published ladder.
    partial
        Where the floor leaves something out, such as the way there: what.
    minimum, lead_days
        The catalogue's smallest order and lead time.
    channels
        The firm's own prices elsewhere.
    text
        What the product is called.
    """

    floor: Decimal | None = None
    why: str = ""
    opening: Decimal | None = None
    steps: tuple[Step, ...] = ()
    partial: str = ""
    minimum: int | None = None
    lead_days: int | None = None
    channels: tuple[Channel, ...] = ()
    text: str = ""


def check_quotation(
    quotation: Quotation, backing: Sequence[Backing], today: date, places_left: int | None = None
) -> tuple[Check, ...]:
    """Return what each check says of a quotation.

    Parameters
    ----------
    backing
        One for each line, in their order.
    places_left
        Of an RFQ: how many may still quote; None where it is none or not known.
    """
    found = []
    for line, held in zip(quotation.lines, backing, strict=True):
        found += [_price(line, held, quotation), _quantity(line, held, quotation.terms.minimum)]
        if (told := _channels(line, held, quotation.currency)) is not None:
            found.append(told)
    found += [_term(quotation), _validity(quotation, today)]
    if places_left == 0:
        found.append(
            Check(
                "places",
                "red",
                "Ten have quoted on this request already: nobody may quote any more.",
                "the file",
            )
        )
    return tuple(found)


def _price(line: Line, held: Backing, quotation: Quotation) -> Check:
    price = Money(line.price, quotation.currency)
    if held.floor is None:
        return unknown("price", f"{line.name}: {price}; its floor is not known: {held.why}", _FLOOR)
    days = quotation.terms.valid_days + quotation.terms.payment_days
    floor = Money(held.floor, quotation.currency)
    if line.price < held.floor:
        return Check(
            "price", "red", f"{line.name}: {price} is below the floor of {floor} for {days} days.", _FLOOR
        )
    if held.partial:
        return unknown("price", f"{line.name}: {price} clears the floor of {floor} at the works, but {held.partial}", _FLOOR)  # fmt: skip
    return Check(
        "price", "green", f"{line.name}: {price} clears the floor of {floor} for {days} days.", _FLOOR
    )


def _quantity(line: Line, held: Backing, stated: int | None) -> Check:
    least = held.minimum if stated is None else stated
    if least is None:
        return unknown("minimum", f"{line.name}: the smallest order is not stated.", _MINIMUM)
    said = f"{line.name}: {line.quantity.normalize():,f} units"
    if line.quantity < least:
        level = "red" if stated is not None else "amber"
        why = (
            "which this quotation itself names"
            if stated is not None
            else "a price for small orders, or a sample?"
        )
        return Check("minimum", level, f"{said}, below the smallest order of {least:,}: {why}", _MINIMUM)  # type: ignore[arg-type]
    return Check("minimum", "green", f"{said}, at least the smallest order of {least:,}.", _MINIMUM)


def _channels(line: Line, held: Backing, currency: str) -> Check | None:
    """Return where the buyer would find the product cheaper at the firm's own; None where no other price is known."""
    if not held.channels:
        return None
    open_to = [each for each in held.channels if each.quantity <= line.quantity]
    cheaper = [each for each in open_to if each.price < line.price]
    if cheaper:
        least = min(cheaper, key=lambda each: each.price)
        return Check("channels", "amber", f"{line.name}: {Money(least.price.quantize(Decimal('0.01')), currency)} on {least.name} from {least.quantity} on, below what is quoted: the buyer may find it.", _CHANNELS)  # fmt: skip
    if not open_to:
        return unknown(
            "channels", f"{line.name}: what is known of other channels is for larger quantities.", _CHANNELS
        )
    return Check("channels", "green", f"{line.name}: no channel of the firm sells as many for less, as far as is known.", _CHANNELS)  # fmt: skip


def _term(quotation: Quotation) -> Check:
    terms, source = quotation.terms, "Incoterms 2020"
    if not terms.incoterm:
        return unknown("incoterm", "No Incoterm is stated: who pays the way there is open.", source)
    if not terms.place:
        return unknown(
            "incoterm",
            f"{terms.incoterm} is stated without a named place: which costs are in is open.",
            source,
        )
    return Check("incoterm", "green", f"{terms.incoterm} {terms.place}.", source)


def _validity(quotation: Quotation, today: date) -> Check:
    if quotation.valid_until < today:
        return Check(
            "validity", "red", f"It ended on {quotation.valid_until}: make a new version.", "the quotation"
        )
    return Check("validity", "green", f"It holds until {quotation.valid_until}.", "the quotation")
