"""The offer of a product in a market: floor, range and ladder, what is listed now, channels, a path of entry prices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from ibis import _

from fondaco.kernel import InputError
from fondaco.ledger import Ledger, Workspace
from fondaco.ledger.unit import Unit
from fondaco.markets import sums
from fondaco.markets.dossier.units import words
from fondaco.numerics.estimates import Estimate
from fondaco.reference import countries
from fondaco.reference.currencies import PEGS, currency_of_market
from fondaco.reference.rates import Rate, Rates
from fondaco.strategy.price.bargaining import LASTS, Bargaining, deals_of, habits
from fondaco.strategy.price.channels import Conflict, Price, conflicts, prices_of
from fondaco.strategy.price.floor import Floor, Promise, StatedRate, price_floor
from fondaco.strategy.price.offer import Offer, PriceRange, Request, offer, room_of
from fondaco.strategy.price.penetration import Case, Penetration, Response, penetration
from fondaco.strategy.profile import Pricing
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.dossier import dossier_of, rates_of
from fondaco.workflows.profile import profile_of

#: Days for which what buyers asked for counts.
ASKED = 730
YEAR = 365


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
    like_listed: bool = True,
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
    like_listed
        Whether the cost goes up to the point at which the firm lists its prices; files do not say which that
        is, and prices at the works are assumed.  Where it does not, what is listed is told but not checked.

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
        like_listed,
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


@dataclass(frozen=True)
class _Told:
    """What a ledger's tables say of articles: read once, as every product and market asks for it again.

    `names` are those of an article, by its number; `listed` the firm's own listings and `asked` requests that
    state a quantity, both oldest first.
    """

    names: Mapping[str, frozenset[str]]
    listed: tuple[sums.Row, ...]
    asked: tuple[sums.Row, ...]


def _told(ledger: Ledger) -> _Told:
    return remembering((ledger.fingerprint(), ledger.firm.slug, "articles told"), lambda: _read(ledger))


def _read(ledger: Ledger) -> _Told:
    orders, listings, inquiries = (ledger.table(name) for name in ("orders", "listings", "inquiries"))
    names: defaultdict[str, set[str]] = defaultdict(set)
    known = orders.filter(_.sku.notnull()).select("sku", title=orders["product"]).distinct()
    for row in sums.rows(known):
        names[row["sku"]].add(_plain(row["title"]))
    own = listings.filter(_.own.fill_null(False) & (_.price > 0)).order_by("day")
    asked = inquiries.filter(_.quantity > 0).order_by("day")
    columns = ("platform", "marketplace", "listing", "day", "product", "country", "currency", "price")
    return _Told(
        {sku: frozenset(held - {""}) for sku, held in names.items()},
        tuple(sums.rows(own.select(*columns))),
        tuple(sums.rows(asked.select("day", "country", "product", "quantity"))),
    )


def _names(ledger: Ledger, sku: str) -> frozenset[str]:
    """Return the names under which the ledger has an article, its number among them."""
    return _told(ledger).names.get(sku, frozenset()) | {_plain(sku)}


def _plain(said: str | None) -> str:
    return " ".join((said or "").casefold().split())


def listed_prices(ledger: Ledger, sku: str, market: str, today: date) -> tuple[tuple[str, Decimal], ...]:
    """Return currency and price of the firm's own listings of an article that reach a market, as last seen."""
    names, earliest = _names(ledger, sku), today - timedelta(days=LASTS)
    latest: dict[tuple[str, str | None, str], sums.Row] = {}
    for row in _told(ledger).listed:
        same = bool({_plain(row["product"]), _plain(row["listing"])} & names)
        if same and earliest <= row["day"] <= today and row["country"] in (None, market):
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
    names, earliest = _names(ledger, sku), today - timedelta(days=ASKED)
    return tuple(
        row["quantity"]
        for row in _told(ledger).asked
        if row["country"] == market and earliest <= row["day"] <= today and _meant(row["product"], names)
    )


def _meant(said: str | None, names: frozenset[str]) -> bool:
    """Whether a request in a buyer's words means an article: half of the words of the shorter name in common."""
    asked = words(said or "")
    both = ((len(asked & words(name)), min(len(asked), len(words(name)))) for name in names)
    return _plain(said) in names or any(least and 2 * common >= least for common, least in both)


def conflicts_of(
    workspace: Workspace, firm: str, today: date, sku: str | None = None
) -> tuple[Conflict, ...]:
    """Return where one channel of the firm undercuts another: of all products, or of one by its number or name."""
    ledger, prices = workspace.ledger(firm), channel_prices(workspace, firm, today)
    names = None if sku is None else _names(ledger, sku)
    held = [each for each in prices if names is None or _plain(each.product) in names]
    return conflicts(held, ledger.firm.currency, profile_of(workspace, firm).thresholds)


def channel_prices(workspace: Workspace, firm: str, today: date, sku: str | None = None) -> tuple[Price, ...]:
    """Return what the firm's products cost on each channel, in its currency: all of them, or one by its number."""
    ledger, rates = workspace.ledger(firm), rates_of(workspace)
    prices = remembering(
        (*key_of(workspace, ledger, "channel prices", None), str(today), str(rates.last_day)),
        lambda: prices_of(
            ledger.table("orders"),
            ledger.table("listings"),
            today=today,
            currency=ledger.firm.currency,
            rates=rates,
        ),
    )
    if sku is None:
        return prices
    names = _names(ledger, sku)
    return tuple(each for each in prices if _plain(each.product) in names)


def penetration_of(
    workspace: Workspace,
    firm: str,
    found: Offer,
    today: date,
    *,
    target: Decimal | None = None,
    entry: Decimal | None = None,
    units: Decimal | None = None,
    response: Response | None = None,
) -> Penetration:
    """Return a path from an entry to a target price for a product in a market, and whether it is right.

    Parameters
    ----------
    found
        The offer, as `offer_of` gives it.
    target, entry
        In the offer's currency; where they are left out, the higher of the offer's opening price and the rivals'
        median, and a price below that median.
    units
        Sold a month at the target price, as the firm expects.

    Raises
    ------
    InputError
        Where there is no floor, or a price lies on the wrong side of it.

    Notes
    -----
    Rivals' prices are those of the dossier, of comparable offers in the market: the price at which they are seen.  They
    are compared with the offer's price as it is, so that an offer at the works looks cheaper than it will be at the
    buyer's: state the cost up to the same point.
    """
    if found.floor.amount is None or found.range is None:
        raise InputError(f"There is no floor to enter from: {found.floor.why}")
    ledger, profile = workspace.ledger(firm), profile_of(workspace, firm)
    unit, rivals = unit_of(ledger, found.sku), _rivals(workspace, firm, found, today)
    case = Case(
        currency=found.floor.currency,
        cost=sum((part.amount * part.rate for part in found.floor.parts), Decimal(0)),
        floor=found.floor.amount,
        target=_target(found.range.high, rivals) if target is None else target,
        rivals=rivals,
        units=units,
        capacity=unit.monthly_capacity,
        in_use=_sold_a_month(ledger, found.sku, today),
        quality=_proofs(ledger, found.sku, today),
        distributors=tuple(
            each.name for each in profile.distributor if found.market in each.markets and each.holds(today)
        ),
        entry=entry,
    )
    return penetration(case, today, response, profile.thresholds)


def _rivals(workspace: Workspace, firm: str, found: Offer, today: date) -> dict[float, Estimate]:
    """Return quartiles of comparable offers, for as much as one unit of the article holds, in the offer's currency."""
    ledger, rates = workspace.ledger(firm), rates_of(workspace)
    seen = dossier_of(workspace, firm, found.market, today=today).competitors
    names = _names(ledger, found.sku)
    own = [] if seen is None else [each for each in seen.positions if _plain(each.own.title) in names]
    if not own:
        return {}
    rate = rates.rate(ledger.firm.currency, found.floor.currency, min(today, rates.last_day))
    if not isinstance(rate, Rate):
        return {}
    times = float(own[0].own.measure.amount) * rate.rate
    return {p: told if told.estimate is None else _times(told, times) for p, told in own[0].quartiles.items()}


def _target(opening: Decimal, rivals: Mapping[float, Estimate]) -> Decimal:
    middle = rivals[0.5].estimate if 0.5 in rivals else None
    return opening if middle is None else max(opening, Decimal(repr(middle)))


def _times(told: Estimate, times: float) -> Estimate:
    middle, low, high = (
        None if each is None else each * times for each in (told.estimate, told.low, told.high)
    )
    return Estimate(middle, low, high, told.level, told.why)


def _sold_a_month(ledger: Ledger, sku: str, today: date) -> Decimal | None:
    """Return units of an article sold a month over the last year, or since the first order the ledger knows.

    None where there are no orders of it in that time.
    """
    key = (ledger.fingerprint(), ledger.firm.slug, "units of a year", today.isoformat())
    totals, since = remembering(key, lambda: _year(ledger, today))
    if sku not in totals or since is None:
        return None
    days = min((today - since).days + 1, YEAR)
    return Decimal(totals[sku] * YEAR / (12 * max(days, 30))).quantize(Decimal("0.1"))


def _year(ledger: Ledger, today: date) -> tuple[dict[str, Decimal], date | None]:
    """Return the units of each article sold in the last year, and the first day the ledger knows."""
    orders = ledger.table("orders").filter(_.day <= today)
    year = orders.filter(
        _.sku.notnull() & (_.kind == "sale") & (_.quantity > 0) & (_.day > today - timedelta(days=YEAR))
    )
    sold = sums.rows(year.group_by("sku").aggregate(units=_.quantity.sum()))
    return {row["sku"]: row["units"] for row in sold}, sums.known_days(orders)["since"]


def _proofs(ledger: Ledger, sku: str, today: date) -> tuple[str, ...]:
    """Return the quality proofs of the firm that hold for an article."""
    entry = ledger.catalogue.entry(sku, None)
    tags = set() if entry is None else set(entry.tags)
    held = (each for each in ledger.catalogue.proofs if each.holds(today))
    return tuple(each.proof for each in held if not each.tags or tags & set(each.tags))
