"""How a consignment gets to a market: the workspace's freight tables, today's exchange rates, the options."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.reference.freight import Freight
from fondaco.reference.freight.store import MOST
from fondaco.reference.rates import Missing, Rates
from fondaco.strategy.place import Consignment, Delivery, consignment_of, deliver
from fondaco.strategy.place.options import Convert


def freight_of(workspace: Workspace, firm: str = "") -> Freight:
    """Return the freight tables of the workspace and, where named, of a firm."""
    if firm:
        workspace.firm(firm)
    return Freight(workspace.home / "freight", firm)


def delivery_of(
    workspace: Workspace, firm: str, market: str, consignment: Consignment, today: date, *, zone: str = "",
    up_to: int = 0,
) -> Delivery:  # fmt: skip
    """Return the ways to send a consignment to a market, the cheapest first.

    Parameters
    ----------
    market
        In any spelling of a country.
    consignment
        What is sent; costs are told in its currency.
    today
        Which rates hold, and the day of the exchange rates.
    zone
        Where in the market it goes, as the carriers' tables name it.
    up_to
        Look for break-even points up to so many units; zero for not.
    """
    code = countries.from_code(market)
    origin = workspace.firm(firm).home
    rates = freight_of(workspace, firm).rates(code, origin=origin, zone=zone)
    found = deliver(
        code,
        consignment,
        rates,
        today=today,
        convert=converter(workspace.home, today),
        zone=zone,
        up_to=up_to,
    )
    if len(rates) >= MOST:
        return _with_note(
            found, f"More than {MOST:,} rates lead to this market; name the zone to see them all."
        )
    return found


def _with_note(found: Delivery, note: str) -> Delivery:
    from dataclasses import replace

    return replace(found, notes=(*found.notes, note))


def product_consignment(
    workspace: Workspace, firm: str, sku: str, units: int, currency: str = ""
) -> Consignment:
    """Return so many units of a product as the catalogue states it; costs in the firm's currency where none is said."""
    ledger = workspace.ledger(firm)
    entry = ledger.catalogue.entry(sku, None)
    unit = None if entry is None else entry.unit
    return consignment_of(unit, units, currency or ledger.firm.currency)


def converter(home: Path, today: date) -> Convert:
    """Return how amounts become another currency: at the ECB's rate of the day, or of its last day before."""

    def convert(amount: Decimal, currency: str, into: str) -> Decimal | None:
        if currency == into:
            return amount
        rate = _rate(home, today, currency, into)
        return None if rate is None else amount * rate

    return convert


@lru_cache(maxsize=1024)
def _rate(home: Path, today: date, currency: str, into: str) -> Decimal | None:
    rates = _rates(home, _stamp(home))
    found = rates.rate(currency, into, min(today, rates.last_day))
    return None if isinstance(found, Missing) else Decimal(repr(found.rate))


@lru_cache(maxsize=4)
def _rates(home: Path, _stamp: float) -> Rates:
    return Rates.load(home)


def _stamp(home: Path) -> float:
    """When the user's own rates were last brought."""
    folder = home / "rates"
    return max((path.stat().st_mtime for path in folder.glob("*")), default=0.0) if folder.is_dir() else 0.0
