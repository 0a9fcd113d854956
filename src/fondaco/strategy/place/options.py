"""The ways to send a consignment to a market: what each costs, how long it takes, and from which quantity it is best."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from fondaco.kernel.money import Money
from fondaco.reference.freight import Kind, Rate
from fondaco.strategy.place.charge import CannotGo, Charge, charge
from fondaco.strategy.place.consignment import Consignment

#: Turns an amount in a currency into another; None where no rate is known.
Convert = Callable[[Decimal, str, str], Decimal | None]

#: How many quantities are tried when break-even points are looked for; between two of them halving finds the point.
TRIED = 60


@dataclass(frozen=True)
class Option:
    """A way to send the consignment.

    Attributes
    ----------
    cost, currency
        For all of it, rounded half up to the currency's smallest unit.
    per_unit
        The same for one unit, rounded likewise.
    kind, carrier, zone, covers, papers
        As the rate has them.
    days
        The longest time on the way that is stated; None where none is.
    fastest
        The shortest.
    pieces
        Parcels or containers.
    steps
        How the charge comes about.
    rate
        The rate it rests on.
    """

    cost: Decimal
    currency: str
    per_unit: Decimal
    kind: Kind
    carrier: str
    days: int | None
    fastest: int | None
    pieces: int
    zone: str
    covers: str
    papers: bool | None
    steps: tuple[str, ...]
    rate: Rate

    @property
    def called(self) -> str:
        """What people call it."""
        return called(self.rate)

    def to_json(self) -> dict[str, Any]:
        """Return the option as JSON values."""
        rate = self.rate
        return {
            "kind": self.kind, "carrier": self.carrier or None, "cost": f"{self.cost:f}", "currency": self.currency,
            "per_unit": f"{self.per_unit:f}", "days": self.days, "fastest": self.fastest, "pieces": self.pieces,
            "zone": self.zone or None, "covers": self.covers or None, "papers": self.papers, "steps": list(self.steps),
            "table": rate.table, "row": rate.row, "source": rate.source, "fictional": rate.fictional,
            "valid_to": rate.valid_to.isoformat() if rate.valid_to else None,
        }  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A rate that does not take the consignment, or whose charge cannot be told."""

    rate: Rate
    why: str
    cure: str
    unknown: bool

    def to_json(self) -> dict[str, Any]:
        """Return the refusal as JSON values."""
        return {
            "kind": self.rate.kind, "carrier": self.rate.carrier or None, "table": self.rate.table,
            "row": self.rate.row, "why": self.why, "cure": self.cure,
        }  # fmt: skip


@dataclass(frozen=True)
class Takeover:
    """From `units` on (until the next one), `called` is the cheapest way; None where none takes so many."""

    units: int
    called: str | None
    kind: Kind | None


@dataclass(frozen=True)
class Delivery:
    """The ways to send a consignment to a market.

    Attributes
    ----------
    options
        Those that can take it, the cheapest first.
    best
        The cheapest of those that hold for the whole market, or for the zone asked for; None where there is none,
        and `why` says so.
    refused
        Rates that cannot take it, with the reason.
    takeovers
        Which way is the cheapest from which number of units on; empty where it was not asked for.
    notes
        What one should know before leaning on the figures.
    """

    market: str
    consignment: Consignment
    options: tuple[Option, ...]
    best: Option | None
    why: str
    refused: tuple[Refused, ...] = ()
    takeovers: tuple[Takeover, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the delivery as JSON values."""
        return {
            "market": self.market,
            "consignment": self.consignment.to_json(),
            "options": [option.to_json() for option in self.options],
            "best": None if self.best is None else self.best.to_json(),
            "why": self.why or None,
            "refused": [each.to_json() for each in self.refused],
            "takeovers": [vars(each) for each in self.takeovers],
            "notes": list(self.notes),
        }


#: What people call each kind.
WORDS: dict[Kind, str] = {
    "parcel": "parcel", "air": "air freight", "groupage": "road groupage", "lcl": "part container (LCL)",
    "fcl": "full container (FCL)",
}  # fmt: skip


def in_force(rates: Iterable[Rate], today: date) -> tuple[tuple[Rate, ...], tuple[str, ...]]:
    """Return the rates that hold on a day, one for each way, and notes on the others.

    Of two tables that price the same way the firm's own counts, whatever the workspace's says and since when; of two
    of the same owner the one that holds since later, and among equals the first.
    """
    found: dict[tuple[object, ...], Rate] = {}
    notes: list[str] = []
    for rate in rates:
        if not rate.holds(today):
            continue
        held = found.get(rate.way)
        if held is None or _standing(held) < _standing(rate):
            if held is not None:
                notes.append(
                    f"Table {rate.table} prices {rate.kind} {rate.carrier} anew; {held.table} does not count."
                )
            found[rate.way] = rate
    return tuple(found.values()), tuple(notes)


def _standing(rate: Rate) -> tuple[bool, date]:
    """What decides between two prices of one way: the firm's own agreement first, then the later day."""
    return bool(rate.firm), rate.valid_from or date.min


def deliver(
    market: str, sent: Consignment, rates: Sequence[Rate], *, today: date, convert: Convert, zone: str = "",
    up_to: int = 0,
) -> Delivery:  # fmt: skip
    """Return the ways to send a consignment.

    Parameters
    ----------
    market
        ISO 3166-1 alpha-3.
    rates
        All rates to it, in force or not.
    convert
        Turns amounts into the consignment's currency.
    zone
        Where in the market it goes; where it is not said, rates of a zone are shown and never the best.
    up_to
        Look for break-even points from one unit up to so many; zero for not.
    """
    held, notes = in_force(rates, today)
    found = [_option(rate, sent, convert) for rate in held]
    refused = tuple(each for each in found if isinstance(each, Refused))
    options = [each for each in found if isinstance(each, Option)]
    ordered = sorted(options, key=_order)
    sure = [option for option in ordered if not option.zone or zone]
    takeovers = takes_over(sent, [r for r in held if not r.zone or zone], convert, up_to) if up_to > 1 else ()
    return Delivery(
        market, sent, tuple(ordered), sure[0] if sure else None,
        "" if sure else _why(rates, held, ordered, refused, today),
        refused, takeovers, (*notes, *_notes(ordered)),
    )  # fmt: skip


def _order(option: Option) -> tuple[Any, ...]:
    return (option.cost, option.days is None, option.days or 0, option.kind, option.carrier, option.rate.row)


def _option(rate: Rate, sent: Consignment, convert: Convert) -> Option | Refused:
    found = charge(rate, sent)
    if isinstance(found, CannotGo):
        return Refused(rate, found.why, found.cure, found.unknown)
    amount = convert(found.amount, rate.currency, sent.currency)
    if amount is None:
        return Refused(rate, f"no exchange rate from {rate.currency} to {sent.currency} is known",
                       "state the rates in another currency, or bring newer exchange rates", unknown=True)  # fmt: skip
    return _told(rate, found, amount, sent)


def _told(rate: Rate, found: Charge, amount: Decimal, sent: Consignment) -> Option:
    fastest, days = rate.days or (None, None)
    return Option(
        Money(amount, sent.currency).quantize().amount, sent.currency,
        Money(amount / sent.units, sent.currency).quantize().amount, rate.kind, rate.carrier, days, fastest,
        found.pieces, rate.zone, rate.covers, rate.papers, found.steps, rate,
    )  # fmt: skip


def _why(
    rates: Sequence[Rate],
    held: Sequence[Rate],
    options: Sequence[Option],
    refused: Sequence[Refused],
    today: date,
) -> str:
    """Say why there is no best way."""
    if not rates:
        return (
            "No freight rate to this market is on record: add the carrier's table with fondaco freight add."
        )
    if not held:
        ended = max(
            (rate.valid_to for rate in rates if rate.valid_to and rate.valid_to < today), default=None
        )
        if ended is None:
            return "The freight rates on record do not hold yet."
        return f"The last freight rate to this market ran out on {ended}: add the carrier's new table."
    if options:
        zones = sorted({option.zone for option in options})
        return f"All rates are for zones of the market ({', '.join(zones[:6])}): say to which zone it goes."
    first = next((each for each in refused if each.unknown), refused[0])
    return f"No rate on record takes the consignment: {first.why}. What would help: {first.cure}."


def _notes(options: Sequence[Option]) -> list[str]:
    """Say what the comparison does not see."""
    notes = []
    reach = {option.covers for option in options}
    if len(reach) > 1:
        notes.append(
            "The prices do not reach equally far (door, port, or not stated): add handling and onward transport to those to a port."
        )
    if len({option.papers for option in options}) > 1:
        notes.append("Some prices include export papers and customs, some do not or do not say.")
    if any(option.rate.fictional for option in options):
        notes.append("Rates marked as fictional were made up for a demonstration.")
    return notes


def curves(
    sent: Consignment,
    rates: Sequence[Rate],
    *,
    today: date,
    convert: Convert,
    zone: str = "",
    up_to: int = 200,
) -> tuple[tuple[str, int, Decimal], ...]:
    """Return (way, units, cost of a unit) for quantities from 1 to `up_to`, way by way.

    Ways that hold for a zone only are left out where no zone is asked for.
    """
    held, _notes = in_force(rates, today)
    return tuple(
        (option.called, units, option.cost / units)
        for rate in held
        if not rate.zone or zone
        for units in _tried(up_to)
        if isinstance(option := _option(rate, sent.of(units), convert), Option)
    )


def _tried(up_to: int) -> list[int]:
    """Return the quantities that are looked at, closer together where they are small."""
    ratio = up_to ** (1 / TRIED)
    return sorted({min(up_to, max(1, round(ratio**step))) for step in range(TRIED + 1)})


def takes_over(
    sent: Consignment, rates: Sequence[Rate], convert: Convert, up_to: int
) -> tuple[Takeover, ...]:
    """Return which way is the cheapest from which number of units on.

    `TRIED` quantities between 1 and `up_to` are looked at, closer together where they are small, and where the
    cheapest way differs between two of them the change is found by halving.  A way that is the cheapest only between
    two neighbours of them is not seen.
    """
    if not rates:
        return ()
    cheapest: dict[int, Rate | None] = {}

    def at(units: int) -> Rate | None:
        if units not in cheapest:
            found = [
                (_order(option), number)
                for number, rate in enumerate(rates)
                if isinstance(option := _option(rate, sent.of(units), convert), Option)
            ]
            cheapest[units] = rates[min(found)[1]] if found else None
        return cheapest[units]

    tried = _tried(up_to)
    found = [(1, at(1))]
    for low, high in pairwise(tried):
        start = low
        while at(high) is not found[-1][1]:
            before = found[-1][1]
            between = range(start + 1, high + 1)
            # The first quantity at which the way before is the cheapest no more.
            units = between[
                min(bisect_left(between, 1, key=lambda n: int(at(n) is not before)), len(between) - 1)
            ]
            found.append((units, at(units)))
            start = units
    return tuple(
        Takeover(units, None if rate is None else called(rate), None if rate is None else rate.kind)
        for units, rate in found
    )


def called(rate: Rate) -> str:
    """Return what people call the way that a rate prices."""
    words = [WORDS[rate.kind], rate.carrier, f"zone {rate.zone}" if rate.zone else ""]
    return " · ".join(word for word in words if word)
