"""The price of a product in a market: the customs entry of each case, and the ladder of Incoterms above it.

All that is looked up comes in as values: tariff rows, the market's rule, exchange rates, the legs of the journey.
What is not known for certain makes cases; the figures shown are those of the dearest one, with the lowest beside
them, so that nobody quotes a price that a customs officer takes back.  What cannot be bounded is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.money import places
from fondaco.reference.tariffs import Found, MarketRule
from fondaco.reference.tariffs.duty import Duty, Quantities
from fondaco.strategy.price.customs_cases import Asked, Case, Cases, RateOf, cases_of, rounding_of
from fondaco.strategy.price.incoterms import (
    INCLUDED,
    TERMS,
    Costs,
    ExWorks,
    Ladder,
    ex_works_for,
    ex_works_for_shelf,
    ladder,
)  # fmt: skip
from fondaco.strategy.price.landed_cost import Entry, Goods, LandedCost, Transport, plain
from fondaco.strategy.price.shelf import Chain, ShelfPrice, shelf_price

RULE = "price/1"
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Consignment:
    """What is sold: `quantity` units at `price` each at the works, in `currency`.

    `net_weight_kg`, `gross_weight_kg`, `litres`, `alcohol_by_volume` are of one unit; None where not stated.
    """

    sku: str
    hs: str
    origin: str | None
    price: Decimal
    currency: str
    quantity: int
    net_weight_kg: Decimal | None = None
    gross_weight_kg: Decimal | None = None
    litres: Decimal | None = None
    alcohol_by_volume: Decimal | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InputError(f"The quantity is {self.quantity}: state one unit or more.")
        if self.price <= 0:
            raise InputError(f"The price at the works of {self.sku} is {self.price:f}: state one above zero.")

    @property
    def quantities(self) -> Quantities:
        """How much there is of all units together."""

        def times(one: Decimal | None) -> Decimal | None:
            return None if one is None else one * self.quantity

        return Quantities(
            units=Decimal(self.quantity), net_weight_kg=times(self.net_weight_kg), litres=times(self.litres),
            alcohol_by_volume=self.alcohol_by_volume, gross_weight_kg=times(self.gross_weight_kg),
        )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One case worked out with one lot of legs."""

    case: Case
    legs: Costs
    ladder: Ladder

    @property
    def levies(self) -> LandedCost:
        """The entry's computation."""
        assert self.ladder.levies is not None
        return self.ladder.levies

    def to_json(self) -> dict[str, Any]:
        """Return the case with its main figures as JSON values."""
        found = self.levies
        names = ("customs_value", "duty", "excise", "tax", "fees", "total", "landed_cost")
        return {
            "case": self.case.name,
            "needs": self.case.needs,
            "rows": [row.to_json() for row in self.case.rows],
            "ddp": plain(self.ladder.prices["DDP"], self.ladder.currency),
            **{name: plain(getattr(found, name), found.currency) for name in names},
        }


@dataclass(frozen=True)
class Quote:
    """The price of a consignment in a market under every Incoterm.

    Attributes
    ----------
    prices
        By term, ``(lowest, highest)`` for the consignment in the seller's currency; terms whose price is not
        known are missing, and `why` says what is.
    outcomes
        Every case, the dearest first; none where the entry is not known.
    shelf
        Price of one unit on the shelf, where shares were stated.
    """

    consignment: Consignment
    market: str
    incoterm: str
    prices: Mapping[str, tuple[Decimal, Decimal]]
    outcomes: tuple[Outcome, ...]
    warnings: tuple[str, ...]
    why: str = ""
    shelf: ShelfPrice | None = None
    basis: Mapping[str, Any] = field(default_factory=dict)
    market_currency: str = ""

    @property
    def used(self) -> Outcome | None:
        """The dearest case, whose figures are shown."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def price(self) -> Decimal | None:
        """The price under the term asked for, of the consignment, in the dearest case."""
        return self.prices[self.incoterm][1] if self.incoterm in self.prices else None

    def unit_price(self, amount: Decimal) -> Decimal:
        """Return an amount's share of one unit, rounded to the currency's smallest unit, halves up."""
        unit = Decimal(1).scaleb(-places(self.consignment.currency))
        return (amount / self.consignment.quantity).quantize(unit, rounding=ROUND_HALF_UP)

    def to_json(self) -> dict[str, Any]:
        """Return the quote as JSON values; the fields of a landed cost are the dearest case's, null if unknown."""
        used, sold = self.used, self.consignment
        empty = ("customs_value", "duty", "excise", "tax", "fees", "total", "landed_cost")
        entry = used.levies.to_json() if used else {"steps": [], **dict.fromkeys(empty), "notes": []}
        price = self.price
        return {
            **entry,
            "currency": self.market_currency or None,
            "sku": sold.sku,
            "market": self.market,
            "incoterm": self.incoterm,
            "quantity": sold.quantity,
            "hs": sold.hs,
            "origin": sold.origin,
            "price": _money(price, sold.currency),
            "unit_price": _money(None if price is None else self.unit_price(price), sold.currency),
            "price_currency": sold.currency,
            "incoterms": [
                {
                    "incoterm": term,
                    "price": _money(high, sold.currency),
                    "low": _money(low, sold.currency),
                    "unit_price": _money(self.unit_price(high), sold.currency),
                }
                for term, (low, high) in self.prices.items()
            ],
            "legs": _legs(used.legs) if used else None,
            "cases": [outcome.to_json() for outcome in self.outcomes],
            "shelf": self.shelf.to_json() if self.shelf else None,
            "why": self.why or None,
            "basis": {**entry.get("basis", {}), **self.basis, "rule": RULE},
        }


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else plain(amount, currency)


def _legs(legs: Costs) -> dict[str, str]:
    return {name: plain(getattr(legs, name), legs.currency) for name in INCLUDED["DDP"]} | {
        "currency": legs.currency
    }


def known_term(said: str) -> str:
    """Return an Incoterm of 2020 in capitals; raises `InputError` where it is none."""
    term = said.strip().upper()
    if term not in TERMS:
        raise InputError(f'"{said}" is no Incoterm of 2020; say one of {", ".join(TERMS)}.')
    return term


def quote(
    sold: Consignment, market: str, incoterm: str, found: Found, rule: MarketRule | None, today: date, rate_of: RateOf,
    *, legs: tuple[Costs, ...] = (), legs_why: str = "", proof: bool | None = None, to_consumer: bool = False,
    by_sea: bool = False, chain: Chain | None = None,
) -> Quote:  # fmt: skip
    """Work out what a consignment costs under every Incoterm.

    Parameters
    ----------
    found, rule
        What `fondaco.reference.tariffs.TariffBook` answers for the goods and the market.
    rate_of
        Units of the second currency for one of the first.
    legs
        The journey's costs, in the currency of `sold`; two of them are its bounds.  Without any, only EXW is known.
    legs_why
        Why there are none.
    proof, to_consumer, by_sea
        As in `fondaco.strategy.price.customs_cases.Asked`.

    Raises
    ------
    InputError
        Where a quantity or a rate that an expression needs is not stated.
    """
    term = known_term(incoterm)
    if not legs:
        works = sold.price * sold.quantity
        why = legs_why or "What the journey costs is not known: state it (--freight), or add freight rates."
        return Quote(sold, market, term, {"EXW": (works, works)}, (), (), why, market_currency=_of(rule))
    asked = Asked(sold.hs, sold.origin, sold.alcohol_by_volume, proof, to_consumer, by_sea)
    cases = cases_of(found, rule, asked, today, rate_of)
    if not cases.cases:
        prices = _bounds([ladder(sold.price * sold.quantity, each) for each in legs])
        return Quote(sold, market, term, prices, (), cases.warnings, cases.why, market_currency=_of(rule))
    assert rule is not None
    outcomes = [_outcome(sold, case, each, rule, rate_of) for case in cases.cases for each in legs]
    outcomes.sort(key=lambda one: one.ladder.prices["DDP"], reverse=True)
    warnings = [*cases.warnings, *_spread(outcomes, sold)]
    shelf = None
    if chain is not None:
        shelf = _on_shelf(outcomes[0], sold, chain, cases, rule)
    basis = {
        "tariff_rows": [f"{row.file}, row {row.row}" for row in outcomes[0].case.rows],
        "market_rule": f"{rule.file}, from {rule.valid_from}",
        "case": outcomes[0].case.name,
    }
    return Quote(
        sold, market, term, _bounds([one.ladder for one in outcomes]), tuple(outcomes), tuple(warnings), "", shelf,
        basis, rule.currency,
    )  # fmt: skip


def _of(rule: MarketRule | None) -> str:
    return rule.currency if rule else ""


def _bounds(ladders: list[Ladder]) -> dict[str, tuple[Decimal, Decimal]]:
    terms = [term for term in TERMS if all(term in each.prices for each in ladders)]
    return {
        term: (min(each.prices[term] for each in ladders), max(each.prices[term] for each in ladders))
        for term in terms
    }


def _outcome(sold: Consignment, case: Case, legs: Costs, rule: MarketRule, rate_of: RateOf) -> Outcome:
    return Outcome(case, legs, ladder(sold.price * sold.quantity, legs, entry_of(sold, case, rule, rate_of)))


def entry_of(sold: Consignment, case: Case, rule: MarketRule, rate_of: RateOf) -> Entry:
    """Return the importing country's entry for a case; value and transport are put in by the ladder."""
    expressions = [case.customs.duty, case.customs.excise, case.customs.tax]
    expressions += [extra.rule for extra in case.customs.extras]
    wanted = {sold.currency, *(code for each in expressions for code in _currencies(each))} - {rule.currency}
    return Entry(
        rule.currency,
        Goods(sold.price, sold.currency, sold.quantities),
        Transport(_ZERO, _ZERO, _ZERO, sold.currency),
        case.customs,
        {code: rate_of(code, rule.currency) for code in sorted(wanted)},
        rounding_of(rule),
    )


def _currencies(duty: Duty) -> set[str]:
    sums = (duty.terms, *(terms for _, terms in duty.bounds))
    return {term.currency for terms in sums for term in terms if term.currency}


def _spread(outcomes: list[Outcome], sold: Consignment) -> list[str]:
    """Tell what lies between the dearest case and the others."""
    dearest = outcomes[0]
    told = []
    # With the same legs: what transport may cost less is no saving of the proof.
    proven = [one for one in outcomes if one.case.rows[0].preferential and one.legs == dearest.legs]
    preferred = proven[-1] if proven else None
    if preferred and not dearest.case.rows[0].preferential:
        bounded = preferred.case.rows[0].up_to or len(proven) > 1
        up_to = "up to " if bounded else ""
        saved = dearest.ladder.prices["DDP"] - preferred.ladder.prices["DDP"]
        told.append(
            f"With {preferred.case.needs or 'proof of origin'}, delivery duty paid costs {up_to}{plain(saved, sold.currency)} {sold.currency} less; the "
            "figures are those without it. Say whether there is one (--proof or --no-proof)."
        )
    elif len(outcomes) > 1:
        cheapest = outcomes[-1].ladder.prices["DDP"]
        told.append(
            f"The entry can come out in {len(outcomes)} ways; the figures are the dearest one's, and the cheapest is "
            f"{plain(dearest.ladder.prices['DDP'] - cheapest, sold.currency)} {sold.currency} lower."
        )
    if dearest.case.rows[0].preferential:
        told.append(f"The figures hold with {dearest.case.needs or 'proof of origin'} only.")
    return told


def _on_shelf(
    outcome: Outcome, sold: Consignment, chain: Chain, cases: Cases, rule: MarketRule
) -> ShelfPrice:
    found = outcome.levies
    assert cases.tax is not None
    cost = found.landed_cost - (found.tax if chain.tax_recovered else _ZERO)
    return shelf_price(
        cost / sold.quantity, rule.currency, chain, tax_share(cases.tax.expression), rule.tax_name
    )


def tax_share(expression: str) -> Decimal:
    """Return the rate of tax as a share; raises `InputError` where it is no plain percentage."""
    from fondaco.reference.tariffs.duty import parse

    held = parse(expression)
    if not held.terms and not held.bounds:
        return Decimal(0)
    if len(held.terms) != 1 or held.terms[0].currency or held.bounds:
        raise InputError(f"The tax is {expression}: a shelf price needs a percentage.")
    return held.terms[0].rate


def back_from_shelf(quote_: Quote, target: Decimal, chain: Chain, rule: MarketRule, rate_of: RateOf, tax: Decimal) -> ExWorks:  # fmt: skip
    """Return the highest price at the works of the consignment with which a unit's shelf price keeps to `target`.

    In the dearest case; `target` is of one unit, in the market's currency.
    """
    used = _needed(quote_)
    sold = quote_.consignment
    entry = entry_of(sold, used.case, rule, rate_of)
    return ex_works_for_shelf(target * sold.quantity, used.legs, entry, chain.with_tax(tax))


def back_from(quote_: Quote, target: Decimal, rule: MarketRule, rate_of: RateOf) -> ExWorks:
    """Return the highest price at the works with which the price under the quote's term keeps to `target`."""
    used = _needed(quote_)
    entry = entry_of(quote_.consignment, used.case, rule, rate_of)
    return ex_works_for(quote_.incoterm, target, used.legs, entry)


def _needed(quote_: Quote) -> Outcome:
    if quote_.used is None:
        raise InputError(f"There is no way back from a price that is not known. {quote_.why}")
    return quote_.used
