"""The offer of a product in a market: the price floor, the range and ladder to publish, checks of what is listed now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from fondaco.ledger import Ledger, Workspace
from fondaco.ledger.unit import Unit
from fondaco.markets import sums
from fondaco.markets.dossier.units import words
from fondaco.reference import countries
from fondaco.reference.currencies import PEGS, currency_of_market
from fondaco.reference.rates import Rate, Rates
from fondaco.strategy.price.bargaining import LASTS, Bargaining, deals_of, habits
from fondaco.strategy.price.floor import Floor, Promise, StatedRate, price_floor
from fondaco.strategy.price.offer import Offer, PriceRange, Request, offer, room_of
from fondaco.strategy.profile import Pricing
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.profile import profile_of

#: Days for which what buyers asked for counts.
ASKED = 730


def offer_of(
    workspace: Workspace,
    firm: str,
    sku: str,
    market: str,
    today: date,
    ex_works_cost: Decimal,
    currency: str,
    *,
    quote: str | None = None,
    margin: Decimal | None = None,
    confidence: Decimal | None = None,
    valid_days: int | None = None,
    payment_days: int = 0,
    other_costs: Mapping[str, Decimal] | None = None,
    order_cost: Decimal = Decimal(0),
    stated: Sequence[StatedRate] = (),
) -> Offer:
    """Return what to publish for a product in a market, and what to hold to.

    Parameters
    ----------
    sku, market
        The firm's article number, and where it is offered, in any spelling of a country.
    ex_works_cost, currency
        What one unit costs up to the point at which it is offered, and in which currency that is due.
    quote
        The currency of the price; where it is left out, that of the firm's own listings in the market, else
        the market's, else the firm's.
    margin, confidence, valid_days
        In place of what the firm's profile states.
    payment_days
        How much later than the quotation ends the money comes.
    other_costs
        Further cost of one unit, due in other currencies.
    order_cost
        Cost of an order whatever its size, in `currency`.
    stated
        Rates of currencies that the ECB does not quote.

    Raises
    ------
    InputError
        Where an amount, a share, a country or a currency is none.  Where the floor cannot be told, the
        offer's floor says why, and there is no range.
    """
    code = countries.from_code(market)
    ledger, profile, rates = workspace.ledger(firm), profile_of(workspace, firm), rates_of(workspace)
    seen = listed_prices(ledger, sku, code, today)
    into = (quote or _currency(seen, code, ledger.firm.currency, rates)).strip().upper()
    promise = _promise(profile.price, margin, confidence, valid_days, payment_days)
    per_order = Decimal(0)
    if promise is None:
        why = "The margin that must be left is not stated: [price] margin in the firm's profile."
        floor = Floor(into, Promise(Decimal(0)), why=why)
    else:
        cost = dict(other_costs or {})
        cost[currency] = cost.get(currency, Decimal(0)) + ex_works_cost
        floor = price_floor(cost, into, promise, today=today, rates=rates, stated=stated)
        if order_cost:
            order = price_floor(
                {currency: order_cost}, into, promise, today=today, rates=rates, stated=stated
            )
            per_order = order.amount or per_order
    request = Request(
        unit_of(ledger, sku),
        asked_for(ledger, sku, code, today),
        _range(seen, into, min(today, rates.last_day), rates),
        per_order,
        profile.thresholds,
    )
    room = room_of(habits_of(workspace, firm).of(code), profile.price.room, profile.thresholds)
    found = offer(sku, code, today, floor, room, request)
    return replace(found, basis={"ledger": ledger.fingerprint(), "rates": rates.last_day.isoformat()})


def _promise(
    price: Pricing, margin: Decimal | None, confidence: Decimal | None, valid: int | None, later: int
) -> Promise | None:
    held = price.margin if margin is None else margin
    if held is None:
        return None
    days = price.valid_days if valid is None else valid
    return Promise(held, price.confidence if confidence is None else confidence, days, later)


def habits_of(workspace: Workspace, firm: str) -> Bargaining:
    """Return how far buyers bargain, market by market, as the firm's own deals tell."""
    ledger = workspace.ledger(firm)
    rates = rates_of(workspace)
    return remembering(
        (*key_of(workspace, ledger, "bargaining", None), str(rates.last_day)),
        lambda: habits(deals_of(ledger.table("orders"), ledger.table("listings"), rates)),
    )


def unit_of(ledger: Ledger, sku: str) -> Unit:
    """Return what the firm states of one unit; an empty statement where there is none."""
    entry = ledger.catalogue.entry(sku, None)
    return entry.unit if entry is not None and entry.unit is not None else Unit()


def _names(ledger: Ledger, sku: str) -> frozenset[str]:
    """Return the names under which the ledger has an article, its number among them."""
    orders = ledger.table("orders")
    rows = sums.rows(orders.filter(orders.sku == sku).select(title=orders["product"]).distinct())
    return frozenset(_plain(each) for each in (sku, *(row["title"] for row in rows)) if each)


def _plain(said: str | None) -> str:
    return " ".join((said or "").casefold().split())


def listed_prices(ledger: Ledger, sku: str, market: str, today: date) -> tuple[tuple[str, Decimal], ...]:
    """Return currency and price of the firm's own listings of an article that reach a market, as last seen."""
    table = ledger.table("listings")
    own = table.filter(table.own.fill_null(False) & (table.price > 0) & (table.day <= today))
    reach = own.filter(own.day >= today - timedelta(days=LASTS))
    names = _names(ledger, sku)
    latest: dict[tuple[str, str | None, str], sums.Row] = {}
    columns = ("platform", "marketplace", "listing", "day", "product", "country", "currency", "price")
    for row in sums.rows(reach.select(*columns).order_by("day")):
        same = bool({_plain(row["product"]), _plain(row["listing"])} & names)
        if same and row["country"] in (None, market):
            latest[row["platform"], row["marketplace"], row["listing"]] = row
    return tuple((row["currency"], row["price"]) for row in latest.values())


def _currency(seen: Sequence[tuple[str, Decimal]], market: str, home: str, rates: Rates) -> str:
    """Return the currency to quote in where none is said."""
    if seen:
        return Counter(code for code, _ in seen).most_common(1)[0][0]
    own = currency_of_market(market)
    return own if own is not None and (own in rates.currencies or own in PEGS) else home


def _range(seen: Sequence[tuple[str, Decimal]], into: str, day: date, rates: Rates) -> PriceRange | None:
    """Return lowest and highest of the listed prices in one currency; None where there are none."""
    found = []
    for code, price in seen:
        rate = rates.rate(code, into, day)
        if code == into or isinstance(rate, Rate):
            worth = price if code == into else price * Decimal(repr(rate.rate))  # type: ignore[union-attr]
            found.append(worth.quantize(Decimal("0.0001")).normalize())
    return PriceRange(min(found), max(found), into) if found else None


def asked_for(ledger: Ledger, sku: str, market: str, today: date) -> tuple[Decimal, ...]:
    """Return the quantities that buyers of a market asked for, of an article or one so called, in the last two years."""
    table = ledger.table("inquiries")
    recent = table.filter(
        (table.country == market)
        & (table.quantity > 0)
        & table.day.between(today - timedelta(days=ASKED), today)
    )
    names = _names(ledger, sku)
    held = sums.rows(recent.select("product", "quantity"))
    return tuple(row["quantity"] for row in held if _meant(row["product"], names))


def _meant(said: str | None, names: frozenset[str]) -> bool:
    """Whether a request in a buyer's words means an article: half of the words of the shorter name in common."""
    asked = words(said or "")
    both = ((len(asked & words(name)), min(len(asked), len(words(name)))) for name in names)
    return _plain(said) in names or any(least and 2 * common >= least for common, least in both)
