"""Incoterms 2020 as a ladder: what a price under each term contains, and back to the works.

Which costs the seller's price has under each term (ICC, Incoterms 2020, articles A9 and B9), here with
CPT and CIP named at the terminal of arrival, and FCA at the seller's premises:

======  =====================================================================
EXW     the goods at the works
FCA     + export clearance (with loading at the works)
FAS     + pre-carriage to the port or terminal
FOB     + loading on board
CFR     + carriage
CIF     + carriage + insurance
CPT     + carriage + discharge at the terminal of arrival, where the carrier charges it
CIP     as CPT + insurance
DAP     + carriage + insurance + discharge + onward carriage
DPU     as DAP + unloading
DDP     as DPU + duty, excise, tax and fees of import
======  =====================================================================

DAP and DPU oblige nobody to insure; the goods travel at the seller's risk, so the premium is a cost of
the seller.  Prices are exact amounts in one currency; only levies are converted into it, rounded to its
smallest unit.

Backwards, a price without levies is a subtraction.  With them it is searched: levies never fall when
the price at the works rises, so that each cent more at the works is a cent more at the buyer's at least,
and halving finds the one highest price at the works that does not exceed the target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.strategy.price.landed_cost import Entry, LandedCost, Transport, landed_cost, plain

_BY_SEA = ("export_clearance", "pre_carriage", "loading")
_ALL = (*_BY_SEA, "carriage", "insurance", "discharge", "onward")

#: Which costs the price under each term has in it, besides the goods; the order is the ladder's.
INCLUDED: Mapping[str, tuple[str, ...]] = {
    "EXW": (),
    "FCA": _BY_SEA[:1],
    "FAS": _BY_SEA[:2],
    "FOB": _BY_SEA,
    "CFR": (*_BY_SEA, "carriage"),
    "CIF": (*_BY_SEA, "carriage", "insurance"),
    "CPT": (*_BY_SEA, "carriage", "discharge"),
    "CIP": (*_BY_SEA, "carriage", "discharge", "insurance"),
    "DAP": _ALL,
    "DPU": (*_ALL, "unloading"),
    "DDP": (*_ALL, "unloading"),
}
TERMS = tuple(INCLUDED)

_CONTEXT = Context(prec=120)


@dataclass(frozen=True)
class Costs:
    """What each leg costs for the whole consignment, all in `currency`; zero where there is none."""

    currency: str
    export_clearance: Decimal = Decimal(0)
    pre_carriage: Decimal = Decimal(0)
    loading: Decimal = Decimal(0)
    carriage: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)
    discharge: Decimal = Decimal(0)
    onward: Decimal = Decimal(0)
    unloading: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name in INCLUDED["DDP"]:
            if getattr(self, name) < 0:
                raise InputError(f"{name} is {getattr(self, name)}; a leg costs zero or more.")

    def within(self, term: str) -> Decimal:
        """Return the sum of the legs that a term's price has in it."""
        return sum((getattr(self, leg) for leg in INCLUDED[_known(term)]), Decimal(0))


@dataclass(frozen=True)
class Ladder:
    """Prices under every term, in `currency`, and the entry's computation behind DDP.

    ``prices["DDP"]`` is missing where no customs entry was given.
    """

    currency: str
    prices: Mapping[str, Decimal]
    levies: LandedCost | None

    def to_json(self) -> dict[str, Any]:
        """Return the ladder as JSON values."""
        return {
            "currency": self.currency,
            "prices": [
                {"incoterm": term, "price": plain(price, self.currency)}
                for term, price in self.prices.items()
            ],
            "levies": None if self.levies is None else self.levies.to_json(),
        }


@dataclass(frozen=True)
class ExWorks:
    """The highest price at the works that keeps to a target.

    Attributes
    ----------
    price
        In the currency of the costs.
    reached
        What the target's price then is; the target itself, or what is nearest below it: where levies
        begin at a threshold, or one currency's unit is several of the other's, some prices cannot occur.
    left
        Target less `reached`.
    """

    price: Decimal
    reached: Decimal
    left: Decimal


@dataclass(frozen=True)
class Shelf:
    """From landed cost to the price on the shelf.

    Attributes
    ----------
    importer_margin, retailer_margin
        Shares of their own selling price, before tax.
    tax
        VAT or GST in the shelf price, as a share of the price before it.
    tax_recovered
        Whether the import tax is credited against it (a registered importer), so that it is no cost.
    commission
        Share of the shelf price, tax included, that platform and payment take.
    """

    importer_margin: Decimal
    retailer_margin: Decimal
    tax: Decimal
    tax_recovered: bool = True
    commission: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for name in ("importer_margin", "retailer_margin", "commission"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(
                    f"{name} is {getattr(self, name)}; a share of the price is from 0 to below 1."
                )
        if self.tax < 0:
            raise InputError(f"tax is {self.tax}; it is zero or more.")
        if self.commission * (1 + self.tax) >= 1:
            raise InputError(
                f"commission is {self.commission}: after tax nothing of the price would be left."
            )

    def price(self, cost: Decimal, currency: str) -> Decimal:
        """Return the shelf price that covers a landed cost, rounded to the currency's smallest unit.

        >>> Shelf(Decimal("0.25"), Decimal("0.40"), Decimal("0.20")).price(Decimal("9.00"), "GBP")
        Decimal('24.00')
        """
        with localcontext(_CONTEXT):
            net = cost / (1 - self.importer_margin) / (1 - self.retailer_margin)
            gross = net / (1 / (1 + self.tax) - self.commission)
            return gross.quantize(_unit(currency), rounding=ROUND_HALF_UP)


def ladder(ex_works: Decimal, costs: Costs, entry: Entry | None = None) -> Ladder:
    """Climb from the works to the buyer's door.

    Parameters
    ----------
    ex_works
        Price of the goods at the works, in the currency of `costs`; above zero.
    entry
        The importing country's side; its goods' value and its transport are put in from the price and
        the costs.  Without it the ladder ends at DPU.

    Examples
    --------
    >>> from decimal import Decimal as D
    >>> found = ladder(D(100), Costs("EUR", D(2), D(3), D(1), D(20), D("0.50"), D(4), D(6), D(1)))
    >>> [f"{term} {price}" for term, price in found.prices.items()][:6]
    ['EXW 100', 'FCA 102', 'FAS 105', 'FOB 106', 'CFR 126', 'CIF 126.50']
    """
    if ex_works <= 0:
        raise InputError(f"The price at the works is {ex_works}; it is above zero.")
    with localcontext(_CONTEXT):
        prices = {term: ex_works + costs.within(term) for term in TERMS if term != "DDP"}
        if entry is None:
            return Ladder(costs.currency, prices, None)
        levies = landed_cost(_entry(ex_works, costs, entry))
        paid = levies.total / _rate(costs, entry)
        prices["DDP"] = prices["DPU"] + paid.quantize(_unit(costs.currency), rounding=ROUND_HALF_UP)
        return Ladder(costs.currency, prices, levies)


def ex_works_for(term: str, target: Decimal, costs: Costs, entry: Entry | None = None) -> ExWorks:
    """Come back down: the price at the works behind a price under a term.

    Raises
    ------
    InputError
        Where the term is not known, DDP is asked without an entry, or the costs alone exceed the target.
    """
    if _known(term) != "DDP":
        price = target - costs.within(term)
        if price <= 0:
            raise InputError(_too_low(target, costs.within(term), costs.currency, term.upper()))
        return ExWorks(price, target, Decimal(0))
    if entry is None:
        raise InputError("DDP has duty and tax in it: give the customs entry of the importing country.")
    return _highest(
        lambda works: ladder(works, costs, entry).prices["DDP"], target, target - costs.within("DDP"), costs.currency,
        costs.within("DDP"), "DDP",
    )  # fmt: skip


def shelf_price(ex_works: Decimal, costs: Costs, entry: Entry, shelf: Shelf) -> Decimal:
    """Return the price on the importing country's shelf, in the entry's currency."""
    found = landed_cost(_entry(ex_works, costs, entry))
    return shelf.price(found.landed_cost - (found.tax if shelf.tax_recovered else 0), entry.currency)


def ex_works_for_shelf(target: Decimal, costs: Costs, entry: Entry, shelf: Shelf) -> ExWorks:
    """Return the highest price at the works with which the shelf price does not exceed `target`."""
    with localcontext(_CONTEXT):
        rate = _rate(costs, entry)
        # A shelf price is never below the goods' own value, but for what rounding takes: less than one.
        most = (target + 1) / rate
        legs = costs.within("DDP")
    return _highest(
        lambda works: shelf_price(works, costs, entry, shelf),
        target,
        most,
        costs.currency,
        legs * rate,
        "shelf",
    )


def _highest(
    price: Callable[[Decimal], Decimal],
    target: Decimal,
    most: Decimal,
    currency: str,
    legs: Decimal,
    what: str,
) -> ExWorks:
    """Halve between the smallest unit and `most` for the highest price at the works within the target."""
    unit = _unit(currency)
    low, high = 1, int((most / unit).to_integral_value(ROUND_FLOOR))
    if high < low or price(unit) > target:
        raise InputError(_too_low(target, legs, currency, what))
    while low < high:
        middle = (low + high + 1) // 2
        if price(middle * unit) <= target:
            low = middle
        else:
            high = middle - 1
    reached = price(low * unit)
    return ExWorks(low * unit, reached, target - reached)


def _too_low(target: Decimal, legs: Decimal, currency: str, what: str) -> str:
    return (
        f"No price at the works can meet a {what} price of {target}: transport and handling alone cost "
        f"{legs.normalize():f}, and levies come on top." if what in {"DDP", "shelf"}
        else f"No price at the works can meet a {what} price of {plain(target, currency)} {currency}: the legs "
        f"within it alone cost {plain(legs, currency)}."
    )  # fmt: skip


def _entry(ex_works: Decimal, costs: Costs, entry: Entry) -> Entry:
    """State the goods at the border of export (FOB) and transport from there in the importing country's entry."""
    goods = replace(entry.goods, value=ex_works + costs.within("FOB"), currency=costs.currency)
    onward = costs.discharge + costs.onward + costs.unloading
    return replace(
        entry, goods=goods, transport=Transport(costs.carriage, costs.insurance, onward, costs.currency)
    )


def _rate(costs: Costs, entry: Entry) -> Decimal:
    rate = entry.rates().get(costs.currency)
    if rate is None:
        raise InputError(
            f"The costs are in {costs.currency}, and the entry has no rate for it; state how many {entry.currency} "
            f"one {costs.currency} is."
        )
    return rate


def _known(term: str) -> str:
    if term.upper() not in INCLUDED:
        raise InputError(f'"{term}" is no Incoterm of 2020; say one of {", ".join(TERMS)}.')
    return term.upper()


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-places(currency))
