"""What a product costs in a market: facts of the catalogue, tariffs, exchange rates and freight, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from fondaco.kernel import InputError, UnknownName
from fondaco.kernel.money import places
from fondaco.ledger import Entry, Workspace
from fondaco.ledger.unit import Unit
from fondaco.reference import countries
from fondaco.reference.currencies import currency_of_market, is_currency
from fondaco.reference.rates import Missing, Rates
from fondaco.strategy.advice import Proposal
from fondaco.strategy.price.incoterms import INCLUDED, Costs, ExWorks
from fondaco.strategy.price.promise import MOST
from fondaco.strategy.price.quote import (
    Consignment,
    Quote,
    back_from,
    back_from_shelf,
    known_term,
    quote,
    tax_share,
)
from fondaco.strategy.price.shelf import Chain
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.tariffs import tariffs_of

if TYPE_CHECKING:
    from fondaco.strategy.price.offer import Offer

#: Names of the legs of a journey that can be stated by hand.
LEGS = INCLUDED["DDP"]


@dataclass(frozen=True)
class Wanted:
    """What a person states beside product, market and term; all of it may be left out.

    Attributes
    ----------
    quantity
        Units of the consignment; the product's smallest order, else 1, where not stated.
    price
        At the works, for one unit, ``7.50`` or ``7.50 EUR``; the catalogue's price, else its cost.
    legs
        Cost of legs for the whole consignment by name (`LEGS`): ``120``, ``120 USD``, or bounds ``80..120``.
    by_sea
        Whether it goes by sea; None where not said, and then as the freight that was found.
    proof, to_consumer
        Whether proof of origin travels with it, whether a person orders it for own use.
    shares
        Shares between landed cost and shelf by name (`Chain`), such as ``{"platform": Decimal("0.15")}``.
    exchange
        Rates that the ECB does not quote: units of the market's currency for one of each code.  They go before the
        ECB's wherever a code is met: in the price, in legs, in freight tables, in what customs charge.
    target
        Price under the term, of the consignment in the seller's currency, to come back from.
    shelf_target
        Price of one unit on the shelf, in the market's currency, to come back from.
    hs, origin
        In place of the catalogue's.
    """

    quantity: int | None = None
    price: str = ""
    legs: Mapping[str, str] = field(default_factory=dict)
    by_sea: bool | None = None
    proof: bool | None = None
    to_consumer: bool = False
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    exchange: Mapping[str, Decimal] = field(default_factory=dict)
    target: Decimal | None = None
    shelf_target: Decimal | None = None
    hs: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Priced:
    """The price of a product in a market, with the firm's floor, range and ladder where they can be told.

    Attributes
    ----------
    back
        The highest price at the works of the consignment that keeps to the target, where one was stated.
    offer
        The price floor, range and ladder of a unit under the term; None where they cannot be told.
    """

    quote: Quote
    warnings: tuple[str, ...]
    back: ExWorks | None = None
    offer: Offer | None = None
    exchange: Mapping[str, str] = field(default_factory=dict)
    delivery: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        found = self.quote.to_json()
        currency = self.quote.consignment.currency
        back = self.back and {
            "ex_works": f"{self.back.price:f}",
            "ex_works_unit": f"{self.quote.unit_price(self.back.price):f}",
            "currency": currency,
            "reached": f"{self.back.reached:f}",
        }
        offer = self.offer.to_json() if self.offer else {}
        return {
            **found,
            **{name: offer.get(name) for name in ("floor", "range", "ladder")},
            "warnings": list(self.warnings),
            "delivery": self.delivery or None,
            "back": back,
            "basis": {**found["basis"], "rates": dict(self.exchange)},
        }


def price_of(
    workspace: Workspace, firm: str, sku: str, market: str, incoterm: str, today: date, *,
    quantity: int | None = None, wanted: Wanted | None = None, offered: bool = True,
) -> Priced:  # fmt: skip
    """Return what a product costs in a market under an Incoterm, and under all others.

    Parameters
    ----------
    market
        In any spelling of a country.
    quantity
        Short for ``Wanted(quantity=...)``.
    offered
        Whether floor, range and ladder are asked for beside the price.

    Raises
    ------
    InputError
        Where a fact that is needed is missing or cannot be; the message says which, and what to do.
    UnknownName
        Where there is no such firm, or its catalogue says nothing of the product.
    """
    asked = wanted or Wanted()
    code, term = countries.from_code(market), known_term(incoterm)
    sold, warnings = consignment_of(workspace, firm, sku, asked, quantity or asked.quantity)
    book = tariffs_of(workspace)
    rule = book.rule(code, today)
    paid = rule.currency if rule is not None else currency_of_market(code) or ""
    rates = Exchange(rates_of(workspace), today, asked.exchange, paid)
    trip = _journey(workspace, firm, code, sold, asked, today, rates)
    chain = _chain(workspace, firm, code, asked)
    found = quote(
        sold, code, term, book.duty(code, sold.hs, sold.origin, today), rule, today, rates,
        legs=trip.legs, legs_why=trip.why, proof=asked.proof, to_consumer=asked.to_consumer, by_sea=trip.by_sea,
        chain=chain,
    )  # fmt: skip
    back = None
    if asked.target is not None and rule is not None:
        back = back_from(found, asked.target, rule, rates)
    if asked.shelf_target is not None and rule is not None:
        tax = tax_share(rule.tax_for(sold.hs, today).expression)
        back = back_from_shelf(found, asked.shelf_target, chain or Chain(), rule, rates, tax)
    offer, more = _offer(workspace, firm, code, today, found) if offered else (None, [])
    told = [*warnings, *trip.notes, *found.warnings, *rates.notes, *more]
    if found.why:
        told.insert(0, found.why)
    told += [f"{problem.reason} {problem.cure}" for problem in book.problems]
    return Priced(found, tuple(dict.fromkeys(told)), back, offer, rates.used, trip.how)


class Exchange:
    """Rates as they are asked for: by what was stated, else the ECB's of the day or its last one before.

    Parameters
    ----------
    stated
        Units of the `market`'s currency for one of each code; a rate between two others leads across it.
    market
        The market's currency; empty where it is not known, and then nothing that is stated counts.

    Raises
    ------
    InputError
        Where what is stated is no rate of a currency, or a rate is asked for that nobody knows.
    """

    def __init__(self, rates: Rates, today: date, stated: Mapping[str, Decimal], market: str = "") -> None:
        self.rates, self.day, self.stated, self.market = rates, min(today, rates.last_day), stated, market
        self.used: dict[str, str] = {}
        self.notes: list[str] = []
        for code, rate in stated.items():
            if not is_currency(code) or rate <= 0:
                raise InputError(
                    f"--exchange says {code}={rate:f}: write a currency's three letters and a rate above zero."
                )
        if (today - rates.last_day).days > 10:
            self.notes.append(
                f"The exchange rates end on {rates.last_day}, {(today - rates.last_day).days} days ago: bring newer ones."
            )

    def __call__(self, currency: str, into: str) -> Decimal:
        if currency == into:
            return Decimal(1)
        if self.market and self.stated.keys() & {currency, into}:
            rate = self._in_market(currency)
            if into != self.market:
                rate = _eight_digits(rate / self._in_market(into))
            self.used[f"{currency} in {into}"] = f"{rate:f} (stated)"
            return rate
        return self._quoted(currency, into)

    def convert(self, amount: Decimal, currency: str, into: str) -> Decimal | None:
        """Return an amount in another currency; None where nobody knows the rate."""
        try:
            return amount * self(currency, into)
        except InputError:
            return None

    def _in_market(self, currency: str) -> Decimal:
        if currency == self.market:
            return Decimal(1)
        return self.stated.get(currency) or self._quoted(currency, self.market)

    def _quoted(self, currency: str, into: str) -> Decimal:
        found = self.rates.rate(currency, into, self.day)
        if isinstance(found, Missing):
            raise InputError(f"{found.reason} {self._cure(currency, into)}")
        rate = _eight_digits(found.rate)
        self.used[f"{currency} in {into}"] = f"{rate:f} (ECB, {found.day})"
        return rate

    def _cure(self, *codes: str) -> str:
        """Ask for the rate that would help: that of a currency which the ECB does not quote, in the market's."""
        if not self.market:
            return "Bring the amounts in another currency."
        others = [code for code in codes if code != self.market]
        unquoted = (c for c in others if isinstance(self.rates.rate(c, "EUR", self.day), Missing))
        code = next(unquoted, others[0])
        return f"State how many {self.market} one {code} is (--exchange {code}=...), or bring the amounts in another currency."


def _eight_digits(rate: Decimal | float) -> Decimal:
    """Round a rate to eight digits: more than any customs office uses, and few enough to be written down."""
    return Decimal(f"{rate:.8g}")


def consignment_of(
    workspace: Workspace, firm: str, sku: str, asked: Wanted, quantity: int | None
) -> tuple[Consignment, list[str]]:
    """Return a product as it is sold, from what the catalogue states of it, and what one should know."""
    entry = _entry(workspace, firm, sku)
    unit, warnings = entry.unit or Unit(), []
    hs = _hs(asked.hs or entry.hs, sku, firm)
    origin = countries.from_code(asked.origin) if asked.origin else entry.origin
    if origin is None:
        warnings.append(
            f"The origin of {sku} is not stated, so no preference counts: state it in the catalogue."
        )
    if asked.price:
        price, currency = _amount(asked.price, "the price at the works", unit.currency)
    else:
        stated = unit.price if unit.price is not None else unit.cost
        if stated is None or unit.currency is None:
            raise InputError(
                f"What {sku} costs at the works is not stated: state price and currency of its unit in the catalogue of {firm}, "
                "or say --price."
            )
        price, currency = stated, unit.currency
        if unit.price is None:
            warnings.append(
                f"No price at the works is stated of {sku}: the figures start from its cost, without any margin."
            )
    if price <= 0:
        raise InputError(f"The price at the works of {sku} is {price:f}: state one above zero.")
    count = quantity if quantity is not None else unit.minimum_order or 1
    sold = Consignment(
        sku, hs, origin, price, currency, count, unit.net_weight_kg, unit.gross_weight_kg, unit.litres,
        unit.alcohol_by_volume,
    )  # fmt: skip
    return sold, warnings


def _entry(workspace: Workspace, firm: str, sku: str) -> Entry:
    """Return what the catalogue states of a product, by its number, else by the name it was sold under."""
    catalogue = workspace.ledger(firm).catalogue
    entry = catalogue.entry(sku, None)
    if entry is not None:
        return entry
    from fondaco.workflows.regulations import products_of

    held = {each.sku: each.name for each in products_of(workspace, firm) if each.sku}
    if sku in held and (named := catalogue.entry(sku, held[sku])) is not None:
        return named
    if sku in held:
        raise UnknownName(
            f"{firm} sells {sku} ({held[sku]}), but its catalogue says nothing of it: state its HS code, origin and unit on the "
            f"page Products, or in firms/{firm}.products.toml of the workspace."
        )
    known = sorted({each.sku for each in catalogue.entries if each.sku and "*" not in each.sku} | set(held))
    import difflib

    near = difflib.get_close_matches(sku, known, n=3, cutoff=0.4) or known[:3]
    raise UnknownName(
        f"{firm} has no product {sku!r}" + (f"; did you mean {', '.join(near)}?" if near else ".")
    )


def _hs(said: str | None, sku: str, firm: str) -> str:
    from fondaco.reference.hs import hs_code

    if not said:
        raise InputError(
            f"The HS code of {sku} is not stated, and without it no duty is known: state it in the catalogue of {firm}, six "
            "digits or more."
        )
    return hs_code(said)


def _amount(said: str, what: str, currency: str | None) -> tuple[Decimal, str]:
    """Read ``7.50`` or ``7.50 EUR``."""
    number, _, code = said.strip().partition(" ")
    code = code.strip().upper() or (currency or "")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        raise InputError(f"{what} says {said!r}: write an amount as 120, 120.50 or 120.50 USD.") from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise InputError(f"{what} says {said!r}: it is zero or more, and at most {MOST:,}.")
    if not is_currency(code):
        raise InputError(
            f"{what} says {said!r}: {code or 'nothing'} is no currency; write its three letters, such as EUR."
        )
    return amount, code


@dataclass(frozen=True)
class _Journey:
    legs: tuple[Costs, ...]
    by_sea: bool
    why: str = ""
    notes: tuple[str, ...] = ()
    how: str = ""


def _journey(
    workspace: Workspace, firm: str, market: str, sold: Consignment, asked: Wanted, today: date, rates: Exchange
) -> _Journey:  # fmt: skip
    """Return the legs: those that were stated, and carriage from the freight tables where it was not."""
    if unknown := sorted(set(asked.legs) - set(LEGS)):
        raise InputError(f"There is no leg {unknown[0]!r}; legs are {', '.join(LEGS)}.")
    low = {name: _leg(said, name, sold, rates)[0] for name, said in asked.legs.items()}
    high = {name: _leg(said, name, sold, rates)[1] for name, said in asked.legs.items()}
    notes: list[str] = []
    how, by_sea = "", bool(asked.by_sea)
    if "carriage" not in low:
        found = _carriage(workspace, firm, market, sold, today, rates)
        if isinstance(found, str):
            return _Journey((), by_sea, found)
        cost, how, sea, notes = found
        amount = _rounded(cost, sold.currency)
        low["carriage"] = high["carriage"] = amount
        by_sea = sea if asked.by_sea is None else by_sea
    left_out = [name for name in LEGS if name not in low]
    if left_out:
        notes = [*notes, f"Counted as nothing, because not stated: {', '.join(left_out).replace('_', ' ')}."]
    lots = (Costs(sold.currency, **low),) if low == high else (
        Costs(sold.currency, **low), Costs(sold.currency, **high),
    )  # fmt: skip
    return _Journey(lots, by_sea, "", tuple(notes), how)


def _leg(said: str, name: str, sold: Consignment, rates: Exchange) -> tuple[Decimal, Decimal]:
    first, dots, second = said.partition("..")
    currency = second.strip().partition(" ")[2].strip() or first.strip().partition(" ")[2].strip() or None
    ends = [first, second] if dots else [first]
    amounts = []
    for end in ends:
        amount, code = _amount(end, name, currency or sold.currency)
        amounts.append(_rounded(amount * rates(code, sold.currency), sold.currency))
    if amounts[0] > amounts[-1]:
        raise InputError(f"{name} says {said!r}: write the lower bound first.")
    return amounts[0], amounts[-1]


def _rounded(amount: Decimal, currency: str) -> Decimal:
    from decimal import ROUND_HALF_UP

    return amount.quantize(Decimal(1).scaleb(-places(currency)), rounding=ROUND_HALF_UP)


def _chain(workspace: Workspace, firm: str, market: str, asked: Wanted) -> Chain | None:
    """Return the shares up to the shelf: stated ones over those of the firm's profile; None where there are none."""
    profile = profile_of(workspace, firm)
    shares: dict[str, Decimal] = {}
    if margins := profile.margins.get(market):
        shares |= {
            name: share
            for name, share in (("importer", margins.importer), ("retailer", margins.retailer))
            if share is not None
        }
    channel = next(
        (
            each
            for each in profile.channel
            if each.reaches(market) and each.buyers == "consumers" and each.commission
        ),
        None,
    )
    if channel is not None and channel.commission is not None:
        shares["platform"] = channel.commission
    if strange := sorted(set(asked.shares) - set(SHARES)):
        raise InputError(f"There is no share {strange[0]!r}; shares are {', '.join(SHARES)}.")
    shares |= asked.shares
    if not shares and asked.shelf_target is None:
        return None
    return replace(Chain(), **shares)  # type: ignore[arg-type]  # names are those of SHARES


#: Names of the shares between landed cost and shelf.
SHARES = ("importer", "retailer", "platform", "payment", "returns", "advertising")


def _carriage(
    workspace: Workspace, firm: str, market: str, sold: Consignment, today: date, rates: Exchange
) -> tuple[Decimal, str, bool, list[str]] | str:
    """Return cost, kind, whether it goes by sea and notes of the cheapest way to send it; or why there is none."""
    from fondaco.workflows.place import delivery_of, product_consignment

    sent = product_consignment(workspace, firm, sold.sku, sold.quantity, sold.currency)
    found = delivery_of(workspace, firm, market, sent, today, convert=rates.convert if rates.stated else None)
    if found.best is None:
        return f"{found.why} Or state what carriage costs: --freight 120."
    best = found.best
    return best.cost, f"{best.called}: {best.cost:f} {best.currency}", best.kind in BY_SEA, list(found.notes)


#: Kinds of delivery that go by sea.
BY_SEA = ("lcl", "fcl")


def _offer(
    workspace: Workspace, firm: str, market: str, today: date, found: Quote
) -> tuple[Offer | None, list[str]]:
    """Return floor, range and ladder for one unit under the quote's term, and what one should know of them."""
    from fondaco.workflows.offer import offer_of

    sold, price = found.consignment, found.price
    unit = _entry(workspace, firm, sold.sku).unit or Unit()
    cost, currency = unit.cost, unit.currency
    if cost is None or currency is None:
        return None, [
            f"What {sold.sku} costs to make is not stated, so there is no price floor: state cost of its unit."
        ]
    if price is None:
        return None, [f"No price floor is told for {found.incoterm}: what its price contains is not known."]
    # What the term adds to the price at the works is cost too, in the currency of the price.
    added = found.unit_price(price) - sold.price
    alike = currency == sold.currency
    offer = offer_of(
        workspace,
        firm,
        sold.sku,
        market,
        today,
        cost + added if alike else cost,
        currency,
        other_costs=None if alike else {sold.currency: added},
        like_listed=found.incoterm == "EXW",
    )
    return offer, [each.reason for each in offer.warnings]


def products_to_price(workspace: Workspace, firm: str) -> list[str]:
    """Return article numbers of which the catalogue states anything, those with the most orders first."""
    ledger = workspace.ledger(firm)
    catalogue = ledger.catalogue
    key = (*key_of(workspace, ledger, "products to price", None), str(hash(catalogue)))
    return list(remembering(key, lambda: _stated(workspace, firm)))


def _stated(workspace: Workspace, firm: str) -> tuple[str, ...]:
    from fondaco.workflows.regulations import products_of

    found = products_of(workspace, firm)
    return tuple(
        dict.fromkeys(each.sku for each in found if each.sku and each.stated and "*" not in each.sku)
    )


def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
    """Return the plan's price part; `fondaco.workflows.price_part.propose` says what its facts are."""
    from fondaco.workflows import price_part

    return price_part.propose(workspace, firm, today)
