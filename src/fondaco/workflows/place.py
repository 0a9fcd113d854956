"""How a consignment gets to a market: the workspace's freight tables, today's exchange rates, the options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from fondaco.kernel.words import many
from fondaco.ledger import Ledger, Workspace
from fondaco.ledger.unit import Unit
from fondaco.reference import countries
from fondaco.reference.freight import Freight
from fondaco.reference.freight.store import MOST
from fondaco.reference.public_holidays import holidays_ahead
from fondaco.reference.rates import Missing, Rates
from fondaco.strategy.advice import Proposal
from fondaco.strategy.place import Consignment, Delivery, consignment_of, curves, deliver
from fondaco.strategy.place.advice import Way, advise
from fondaco.strategy.place.options import Convert
from fondaco.strategy.rules import rule
from fondaco.workflows.conclusions import remembering
from fondaco.workflows.dossier import rates_in
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import products_of
from fondaco.workflows.targets import targets_of


def freight_of(workspace: Workspace, firm: str = "") -> Freight:
    """Return the freight tables of the workspace and, where named, of a firm."""
    if firm:
        workspace.firm(firm)
    return Freight(workspace.home / "freight", firm)


def delivery_of(
    workspace: Workspace, firm: str, market: str, consignment: Consignment, today: date, *, zone: str = "",
    up_to: int = 0, convert: Convert | None = None,
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
    convert
        How amounts become the consignment's currency; None for the ECB's rates.
    """
    code = countries.from_code(market)
    origin = workspace.firm(firm).home
    rates = freight_of(workspace, firm).rates(code, origin=origin, zone=zone)
    found = deliver(
        code,
        consignment,
        rates,
        today=today,
        convert=convert or converter(workspace.home, today),
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


def curves_of(
    workspace: Workspace,
    firm: str,
    market: str,
    consignment: Consignment,
    today: date,
    *,
    zone: str = "",
    up_to: int,
) -> tuple[tuple[str, int, Decimal], ...]:
    """Return (way, units, cost of a unit) for quantities from 1 to `up_to`, for a chart."""
    code = countries.from_code(market)
    rates = freight_of(workspace, firm).rates(code, origin=workspace.firm(firm).home, zone=zone)
    convert = converter(workspace.home, today)
    return curves(consignment, rates, today=today, convert=convert, zone=zone, up_to=up_to)


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
    rates = rates_in(home)

    def convert(amount: Decimal, currency: str, into: str) -> Decimal | None:
        if currency == into:
            return amount
        rate = _rate(rates, today, currency, into)
        return None if rate is None else amount * rate

    return convert


@lru_cache(maxsize=1024)
def _rate(rates: Rates, today: date, currency: str, into: str) -> Decimal | None:
    found = rates.rate(currency, into, min(today, rates.last_day))
    return None if isinstance(found, Missing) else Decimal(repr(found.rate))


#: So many products are priced to each market: those with most orders, as far as their facts are stated.
PRODUCTS = 5


def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
    """Return the place part of the plan; its facts are those of `fondaco.strategy.place.advice.advise`."""
    ledger = workspace.ledger(firm)
    profile = profile_of(workspace, firm)
    targets = [target.market for target in targets_of(workspace, firm)]
    freight, home = freight_of(workspace, firm), ledger.firm.home
    rates = {market: freight.rates(market, origin=home) for market in targets}
    ahead = int(rule("place/before-holidays").threshold("look_ahead", profile.thresholds).value)
    holidays = {market: holidays_ahead(market, today, days=ahead) or () for market in targets}
    ways = [way for market in targets for way in _ways_to(workspace, firm, market, today)]
    found = advise(ways, markets=targets, profile=profile, rates=rates, today=today, holidays=holidays)
    tables = [
        {"name": kept.name, "valid_to": kept.to_json()["valid_to"], "fictional": kept.taken.fictional}
        for kept in freight.tables()
    ]
    return replace(found, basis={"ledger": ledger.fingerprint(), "rule": "delivery/1", "tables": tables})


def _ways_to(workspace: Workspace, firm: str, market: str, today: date) -> Iterator[Way]:
    ledger = workspace.ledger(firm)
    for sku, unit in stated_products(workspace, firm)[:PRODUCTS]:
        units, why = usual_units(ledger, sku, unit)
        sent = consignment_of(unit, units, ledger.firm.currency)
        told = delivery_of(workspace, firm, market, sent, today, up_to=max(200, 10 * units))
        yield Way(market, sku, why, told, unit.lead_days)


def stated_products(workspace: Workspace, firm: str) -> list[tuple[str, Unit]]:
    """Return the article numbers whose unit is stated, those with most orders first."""
    catalogue = workspace.ledger(firm).catalogue
    found = []
    for each in products_of(workspace, firm):
        entry = catalogue.entry(each.sku, each.name)
        if each.sku and "*" not in each.sku and entry is not None and entry.unit is not None:
            found.append((each.sku, entry.unit))
    return found


def usual_units(ledger: Ledger, sku: str, unit: Unit) -> tuple[int, str]:
    """Return how many units are sent at once, and why so many: the stated minimum order, else the median of what is
    ordered abroad, else a carton; the larger of the first two, since single sales to consumers are no consignments.
    """
    medians = remembering(
        ("usual units", str(ledger.firm.slug), ledger.fingerprint()), lambda: _medians(ledger)
    )
    units, orders = medians.get(sku, (0, 0))
    if unit.minimum_order is not None and unit.minimum_order >= units:
        return unit.minimum_order, "the stated minimum order"
    if units:
        return units, f"the median of {many(orders, 'order')} from abroad"
    if unit.per_carton is not None:
        return unit.per_carton, "one carton"
    return 1, "one unit: nothing is stated or sold yet"


def _medians(ledger: Ledger) -> dict[str, tuple[int, int]]:
    from fondaco.markets.sums import goods

    lines = goods(ledger.table("orders"))
    lines = lines.filter(lines.country.notnull() & (lines.country != ledger.firm.home) & lines.sku.notnull())
    by_order = lines.group_by("sku", "order").aggregate(units=lines.quantity.sum())
    by_order = by_order.filter(by_order.units > 0)
    rows = (
        by_order.group_by("sku").aggregate(units=by_order.units.median(), orders=by_order.count()).to_polars()
    )
    return {
        sku: (max(1, round(float(units))), orders)
        for sku, units, orders in rows.select("sku", "units", "orders").iter_rows()
    }
