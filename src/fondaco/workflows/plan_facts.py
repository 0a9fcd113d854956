"""What a plan is held against: law, languages, goods, prices and floors, and what the parts say of themselves.

The parts' facts are read as they give them (`propose` of each says which there are):

===========  =====================================================================================================
platform     ``lacking``: ``platform``, ``market`` and ``missing``, the registrations that a channel of the firm's lacks
place        ``deliveries``: where any has a ``best``, goods can be delivered; the action ``ask-for-rates`` says
             that no rate reaches a market
promotion    ``budget``: an object with ``budget`` and ``unit``, for a month
===========  =====================================================================================================

Any part may also hand over ``prices`` (``product``, ``market``, ``price``, ``currency``, ``floor``, ``channel``,
``units``, ``stands``), ``delivery`` (by market), ``spending`` (a month) and ``hours`` (by action key).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.kernel import FondacoError
from fondaco.ledger import Ledger, Workspace
from fondaco.ledger.unit import Unit
from fondaco.markets import sums
from fondaco.reference import countries, geography
from fondaco.reference.regulations import rules_for
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.circumstances import Chosen, Circumstances, Priced
from fondaco.strategy.price.floor import Promise, price_floor
from fondaco.strategy.rules import Part
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.offer import conflicts_of, offer_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import barred_of, book_of, groups_of, known_tags, products_of

#: Products held against their floor in each market of the plan, those with the most orders first.
MOST_PRODUCTS = 10

Facts = Mapping[str, Any]


def circumstances_of(
    workspace: Workspace, firm: str, today: date, proposals: Mapping[Part, Proposal], targets: Sequence[str]
) -> Circumstances:
    """Return what the plan is held against."""
    actions = [action for proposal in proposals.values() for action in proposal.actions]
    facts = [proposal.facts for proposal in proposals.values()]
    known = known_tags(workspace)
    held = {p.sku: known.closure(p.tags) for p in products_of(workspace, firm) if p.sku and p.tags}
    markets = {*targets, *(action.market for action in actions if action.market)}
    return Circumstances(
        targets=tuple(targets),
        barred=barred_of(workspace, firm, today),
        stops=_stops(workspace, firm, today, actions),
        prices=tuple(dict.fromkeys((  # what a part hands over and the listings say alike counts once
            *_handed_prices(facts), *_floors(workspace, firm, today, targets), *_channels(workspace, firm, today),
        ))),
        delivery=_delivery(facts, actions),
        platforms=tuple(_lacking(facts)),
        languages={market: geography.languages(market) for market in sorted(markets)},
        tags={sku: frozenset(tags) for sku, tags in held.items()},
        spending=_spending(facts),
        hours=_hours(facts),
        currency=workspace.firm(firm).currency,
    )  # fmt: skip


# --- law


def _stops(
    workspace: Workspace, firm: str, today: date, actions: Iterable[Action]
) -> dict[tuple[str, str], str]:
    """Return what prohibits each product in each market that an action takes it to."""
    wanted = {(a.product, a.market) for a in actions if a.product and a.market}
    if not wanted:
        return {}
    known, book = known_tags(workspace), book_of(workspace, firm)
    products = {p.sku: p for p in products_of(workspace, firm) if p.sku}
    found = {}
    for product, market in sorted(wanted):
        if product not in products or not (products[product].tags or products[product].hs):
            continue
        told = rules_for(market, groups_of([products[product]], known), rules=book, today=today, known=known)
        for cell in (cell for each in told.products for cell in each.cells):
            if cell.kind == "prohibited" and cell.level == "stop":
                found[product, market] = " ".join(f"{a.rule.says} (rule {a.rule.id})" for a in cell.rules)
    return found


# --- prices


def _floors(workspace: Workspace, firm: str, today: date, targets: Sequence[str]) -> Iterator[Priced]:
    """Yield the price at the works of each product, and its lowest listing in each market, beside their floors.

    At the works no exchange rate stands between cost and price; what is listed may be in the buyer's currency.
    """
    margin = profile_of(workspace, firm).price.margin
    if margin is None:
        return
    rates, listed = rates_of(workspace), _lists(workspace.ledger(firm))
    for sku, unit in _costed(workspace, firm)[:MOST_PRODUCTS]:
        cost, currency = unit.cost or Decimal(0), unit.currency or ""
        if unit.price is not None:
            floor = price_floor({currency: cost}, currency, Promise(margin), today=today, rates=rates)
            if floor.amount is not None:
                yield Priced(sku, None, unit.price, currency, floor.amount, stands="the price at the works")
        for market in targets if listed else ():
            try:
                told = offer_of(workspace, firm, sku, market, today, cost, currency)
            except FondacoError:  # the price part tells why
                continue
            if told.listed is not None and told.floor.amount is not None:
                yield Priced(
                    sku, market, told.listed.low, told.floor.currency, told.floor.amount, stands="a listing"
                )


def _costed(workspace: Workspace, firm: str) -> list[tuple[str, Unit]]:
    """Return the article numbers of which the cost of a unit is stated, those with the most orders first."""
    catalogue = workspace.ledger(firm).catalogue
    found = []
    for each in products_of(workspace, firm):
        entry = catalogue.entry(each.sku, each.name)
        if (
            each.sku
            and "*" not in each.sku
            and entry is not None
            and entry.unit is not None
            and entry.unit.cost
        ):
            found.append((each.sku, entry.unit))
    return found


def _lists(ledger: Ledger) -> bool:
    """Whether the ledger knows any listing of the firm's own."""
    table = ledger.table("listings")
    own = table.filter(table.own.fill_null(False))  # Ibis takes the value by place
    return bool(sums.rows(own.aggregate(n=own.count()))[0]["n"])


def _channels(workspace: Workspace, firm: str, today: date) -> Iterator[Priced]:
    """Yield both sides of each conflict between channels that no quantity explains, as prices of one quantity."""
    currency = workspace.firm(firm).currency
    for each in conflicts_of(workspace, firm, today):
        if each.kind == "for more, documented":
            continue
        for side in (each.dear, each.cheap):
            price = _decimal(side.price.estimate)
            if price is not None:
                yield Priced(
                    side.product,
                    None,
                    price.quantize(Decimal("0.01")),
                    currency,
                    None,
                    side.channel,
                    each.dear.quantity,
                )


def _handed_prices(facts: Iterable[Facts]) -> Iterator[Priced]:
    for each in _listed(facts, "prices"):
        price, product, currency = _decimal(each.get("price")), each.get("product"), each.get("currency")
        if price is not None and product and currency:
            yield Priced(
                str(product), each.get("market"), price, str(currency), _decimal(each.get("floor")),
                str(each.get("channel") or ""), int(each.get("units") or 1), str(each.get("stands") or ""),
            )  # fmt: skip


# --- platforms, delivery, means


def _lacking(facts: Iterable[Facts]) -> Iterator[Chosen]:
    for each in _listed(facts, "lacking"):
        missing = each.get("missing")
        if each.get("platform") and isinstance(missing, list):
            yield Chosen(str(each["platform"]), each.get("market"), tuple(map(str, missing)))


def _delivery(facts: Iterable[Facts], actions: Iterable[Action]) -> dict[str, bool]:
    held = list(facts)
    found = {
        action.market: False
        for action in actions
        if action.market and action.key.startswith("place/ask-for-rates/")
    }
    found |= {
        str(each["market"]): True
        for each in _listed(held, "deliveries")
        if each.get("market") and each.get("best")
    }
    for each in held:
        told = each.get("delivery")
        for market, said in told.items() if isinstance(told, dict) else ():
            if countries.is_market(str(market)):
                found[market] = bool(said.get("known")) if isinstance(said, dict) else bool(said)
    return found


def _spending(facts: Iterable[Facts]) -> Decimal | None:
    for each in facts:
        budget = each.get("budget")
        monthly = budget.get("budget") if isinstance(budget, dict) and budget.get("unit") == "money" else None
        amount = _decimal(each.get("spending", monthly))
        if amount is not None:
            return amount
    return None


def _hours(facts: Iterable[Facts]) -> dict[str, Decimal]:
    found = {}
    for held in facts:
        told = held.get("hours")
        for key, said in told.items() if isinstance(told, dict) else ():
            if (hours := _decimal(said)) is not None:
                found[str(key)] = hours
    return found


# --- reading


def _listed(facts: Iterable[Facts], name: str) -> Iterator[Facts]:
    """Yield the objects that the parts list under a name; what is no such list is passed over."""
    for held in facts:
        listed = held.get(name)
        if isinstance(listed, list):
            yield from (each for each in listed if isinstance(each, dict))


def _decimal(said: Any) -> Decimal | None:
    """Return a number as the decimal it is written as; None for what is none."""
    try:
        found = None if said is None or isinstance(said, bool | dict | list) else Decimal(str(said))
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
