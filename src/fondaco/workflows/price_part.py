"""The plan's price part: what the firm's products cost where it aims, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.price.actions import actions_of as offer_actions
from fondaco.strategy.price.actions import joined
from fondaco.strategy.price.advice import Looked, Rivals, actions_of, facts_of
from fondaco.strategy.price.offer import Offer
from fondaco.strategy.price.penetration import Penetration
from fondaco.strategy.price.quote import RULE
from fondaco.workflows.dossier import dossier_of, rates_of
from fondaco.workflows.offer import conflicts_of, offer_of, penetration_of, unit_of
from fondaco.workflows.price import Exchange, price_of, products_to_price
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import products_of
from fondaco.workflows.targets import targets_of

#: How many products are priced in each market of the plan, those with the most orders first.
MOST_PRODUCTS = 10


def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
    """Return the plan's price part: what the firm's products cost where it aims, and what to do about it.

    ``facts`` has ``landed``: a list of rows as `fondaco.strategy.price.advice.facts_of` gives them (``sku``,
    ``market``, ``why``, and of one unit in ``currency``: ``customs_value``, ``duty``, ``excise``, ``tax``, ``fees``,
    ``landed_cost``; ``quantity``, ``case``, ``cost_share``, ``rivals``), and ``prices``: a list of
    ``{"product", "market", "currency", "price", "floor", "incoterm", "stands"}``, the lowest price at which a product is
    listed there (``stands`` is ``a listing``), else the one to publish (``proposed``), beside its floor; both of one unit at
    the works, as decimal strings.
    """
    stated = profile_of(workspace, firm).thresholds
    products = products_to_price(workspace, firm)[:MOST_PRODUCTS]
    conflicting = {sku: conflicts_of(workspace, firm, today, sku) for sku in products}
    looked: list[Looked] = []
    prices: list[dict[str, Any]] = []
    actions: dict[str, Action] = {}
    for target in targets_of(workspace, firm):
        for sku in products:
            found, offer = _looked(workspace, firm, sku, target.market, today)
            looked.append(found)
            held = actions_of(found, today, stated)
            unit = unit_of(workspace.ledger(firm), sku)
            if offer is not None and unit.cost is not None and unit.currency is not None:
                # Rivals' prices are met at the buyer's, the firm's own listings at the works.
                path = _path(workspace, firm, offer, today)
                held = [each for each in held if path is None or each.rule != "price/penetration"]
                works = offer_of(workspace, firm, sku, target.market, today, unit.cost, unit.currency)
                held += offer_actions(
                    works, term="EXW", penetration=path, path_term="DDP", conflicts=conflicting[sku]
                )
                prices += _price_of(works)
            actions |= {action.key: action for action in held}
    unknown = [f"{each.sku} in {each.where}: {why}" for each in looked if (why := _unknown(each))]
    priced = sum(1 for each in looked if not _unknown(each))
    says = (
        f"{priced} of {len(looked)} prices could be worked out: products by market, with duty, tax and freight."
        if looked
        else "There is nothing to price: state target markets in the profile, and HS code and unit of a product."
    )
    facts = {"landed": [facts_of(each) for each in looked], "prices": prices}
    basis = {
        "ledger": workspace.ledger(firm).fingerprint(),
        "rates": str(rates_of(workspace).last_day),
        "rule": RULE,
    }
    return Proposal("price", says, joined(actions.values()), tuple(unknown), facts, basis)


def _price_of(works: Offer) -> Iterator[dict[str, Any]]:
    """Yield the price that buyers see or are to see, and its floor; nothing where the floor is not known."""
    if works.floor.amount is None or works.range is None:
        return
    price = works.range.high if works.listed is None else works.listed.low
    yield {
        "product": works.sku,
        "market": works.market,
        "currency": works.floor.currency,
        "price": f"{price:f}",
        "floor": f"{works.floor.amount:f}",
        "incoterm": "EXW",
        "stands": "proposed" if works.listed is None else "a listing",
    }


def _path(workspace: Workspace, firm: str, offer: Offer, today: date) -> Penetration | None:
    """Return the path of entry prices; None where none can be told, as without rivals or a floor."""
    try:
        return penetration_of(workspace, firm, offer, today)
    except InputError:
        return None


def _unknown(looked: Looked) -> str:
    if looked.quote is None:
        return looked.why
    return looked.quote.why


def _looked(
    workspace: Workspace, firm: str, sku: str, market: str, today: date
) -> tuple[Looked, Offer | None]:
    try:
        priced = price_of(workspace, firm, sku, market, "DDP", today)
    except InputError as error:
        return Looked(sku, market, None, str(error)), None
    found = priced.quote
    rivals = _rivals(workspace, firm, sku, market, today)
    used, each = found.used, None
    if rivals is not None and used is not None:
        try:
            rate = Exchange(rates_of(workspace), today, {})(used.levies.currency, rivals.currency)
            each = (used.levies.landed_cost / found.consignment.quantity * rate).quantize(Decimal("0.01"))
        except InputError:
            rivals = None
    return Looked(sku, market, found, rivals=rivals, per_unit=each), priced.offer


def _rivals(workspace: Workspace, firm: str, sku: str, market: str, today: date) -> Rivals | None:
    """Return what comparable offers of the market's dossier ask for as much as one unit holds."""
    names = {each.name for each in products_of(workspace, firm) if each.sku == sku and each.name} | {sku}
    competitors = dossier_of(workspace, firm, market, today=today).competitors
    for position in competitors.positions if competitors is not None else ():
        middle = position.quartiles[0.5].estimate
        if position.own.title in names and middle is not None:
            own = position.own
            median = (Decimal(repr(middle)) * own.measure.amount).quantize(Decimal("0.01"))
            return Rivals(median, len(position.others), workspace.firm(firm).currency)
    return None
