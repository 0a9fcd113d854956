"""What the plan's price part says of ranges, floors, entry prices and channels, for all products and markets at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.strategy.advice import Action
from fondaco.strategy.price.actions import actions_of, joined
from fondaco.strategy.price.offer import Offer
from fondaco.strategy.price.penetration import Penetration
from fondaco.workflows.offer import conflicts_of, offer_of, penetration_of, unit_of

#: Gives the cost of one unit of a product as it stands at the buyer's in a market, and its currency; None where it
#: is not known.
Landed = Callable[[str, str], tuple[Decimal, str] | None]


@dataclass(frozen=True)
class Advice:
    """What to do about prices.

    Attributes
    ----------
    actions
        In order of their days.
    unknown
        Products and markets without a floor, and why.
    facts
        One JSON object for each product and market: ``sku``, ``market``, ``floor``, ``deterministic``, ``low``, ``high``,
        ``currency``, ``room``, ``listed_low``, ``why``; money as text, null where it is not known.
    """

    actions: tuple[Action, ...]
    unknown: tuple[str, ...]
    facts: tuple[dict[str, Any], ...]


def advice_for(
    workspace: Workspace,
    firm: str,
    products: Sequence[str],
    markets: Sequence[str],
    today: date,
    *,
    landed: Landed | None = None,
) -> Advice:
    """Return what to do about the prices of products in markets.

    Parameters
    ----------
    products, markets
        Article numbers of the catalogue, and alpha-3 codes.
    landed
        To hold entry prices against rivals, whose prices are those at the buyer's; without it no entry price is
        proposed.
    """
    ledger = workspace.ledger(firm)
    actions: list[Action] = []
    unknown: list[str] = []
    facts: list[dict[str, Any]] = []
    for sku in products:
        unit = unit_of(ledger, sku)
        if unit.cost is None or unit.currency is None:
            unknown.append(
                f"{sku}: its cost is not stated, so that there is no price floor: state cost of its unit."
            )
            continue
        conflicts = conflicts_of(workspace, firm, today, sku)
        for market in markets:
            found = offer_of(workspace, firm, sku, market, today, unit.cost, unit.currency)
            path = _path(workspace, firm, sku, market, today, landed)
            actions += actions_of(found, penetration=path, conflicts=conflicts)
            if found.floor.amount is None:
                unknown.append(f"{sku} in {market}: {found.floor.why}")
            facts.append(_facts(found))
    return Advice(joined(actions), tuple(unknown), tuple(facts))


def _path(
    workspace: Workspace, firm: str, sku: str, market: str, today: date, landed: Landed | None
) -> Penetration | None:
    """Return a path of entry prices at the buyer's; None where rivals or the landed cost are not known."""
    cost = None if landed is None else landed(sku, market)
    if cost is None:
        return None
    try:
        found = offer_of(workspace, firm, sku, market, today, *cost)
        path = penetration_of(workspace, firm, found, today)
    except InputError:  # no floor, or rivals so cheap that no entry lies between
        return None
    return path if path.against and (path.wrong or len(path.steps) > 1) else None


def _facts(found: Offer) -> dict[str, Any]:
    floor, held, listed = found.floor, found.range, found.listed
    return {
        "sku": found.sku,
        "market": found.market,
        "floor": None if floor.amount is None else f"{floor.amount:f}",
        "deterministic": None if floor.deterministic is None else f"{floor.deterministic:f}",
        "low": None if held is None else f"{held.low:f}",
        "high": None if held is None else f"{held.high:f}",
        "currency": floor.currency,
        "room": float(found.room.share),
        "room_from": found.room.source,
        "listed_low": None if listed is None else f"{listed.low:f}",
        "why": floor.why or None,
    }
