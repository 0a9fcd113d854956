"""The product part of the plan: each product of a firm in each of its target markets, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.words import many
from fondaco.ledger import Ledger, Workspace
from fondaco.markets.signals.looking import Signals
from fondaco.reference import countries
from fondaco.reference.regulations import Product, ProductRules, rules_for
from fondaco.strategy.advice import Proposal
from fondaco.strategy.place import Delivery, consignment_of
from fondaco.strategy.product import (
    Asked,
    Candidate,
    Goods,
    Landed,
    Proved,
    Rivals,
    Screened,
    Seen,
    carries,
    fits_from,
    scores,
    screen,
)
from fondaco.strategy.product.advice import Request, advise
from fondaco.workflows.conclusions import remembering
from fondaco.workflows.dossier import dossier_of
from fondaco.workflows.place import delivery_of, usual_units
from fondaco.workflows.price import price_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.regulations import ProofCounts, book_of, known_tags, products_of, proofs_of
from fondaco.workflows.signals import signals_of
from fondaco.workflows.targets import targets_of

#: So many products are screened: those of which facts of a unit are stated, then those with most orders.
MOST = 30

#: What share of the landed price is not the price at the works; None where it cannot be told.
LandedOf = Callable[[str, str, Delivery], Landed | None]

#: Kinds of request by which a buyer asks for what the catalogue does not hold, as the lexicon of requests has them.
OUTSIDE = ("private_label", "certificate", "packaging", "customisation")


@dataclass(frozen=True)
class _Ledger:
    """What the ledger says of products and markets, counted once for all.

    Attributes
    ----------
    sold
        Orders by (sku, market).
    by_market
        Orders of anything by market.
    months
        Units ordered by (sku, month as ``2026-05``).
    inquiries
        (product as asked for, market, month, units or None), one for each.
    """

    sold: Mapping[tuple[str, str], int]
    by_market: Mapping[str, int]
    months: Mapping[tuple[str, str], Decimal]
    inquiries: tuple[tuple[str, str, str, Decimal | None], ...]
    listings: int


def screened(
    workspace: Workspace,
    firm: str,
    today: date,
    markets: Sequence[str] = (),
    *,
    landed: LandedOf | None = None,
) -> tuple[Screened, ...]:
    """Return the verdict on each product of a firm in each market: the targets', where none is named.

    Parameters
    ----------
    markets
        In any spelling of a country.
    landed
        What share of the landed price is not the price at the works; from the firm's tariffs and freight where left out.
    """
    landed = landed or landed_of(workspace, firm, today)
    codes = [countries.from_code(market) for market in markets]
    codes = codes or [target.market for target in targets_of(workspace, firm)]
    goods, own = goods_of(workspace, firm), profile_of(workspace, firm).thresholds
    if not goods or not codes:
        return ()
    with workspace.ledger(firm).holding():
        counted = _counted(workspace.ledger(firm))
        signals = signals_of(workspace, firm)
        seen = {
            market: _market(workspace, firm, market, goods, counted, signals, today, landed)
            for market in codes
        }
    return tuple(screen(each, seen[market][each.sku], own) for each in goods for market in codes)


def landed_of(workspace: Workspace, firm: str, today: date) -> LandedOf:
    """Return what tells the share of the landed price that is freight, duty, tax and fees: the dearest case's, under DDP."""

    def landed(sku: str, market: str, delivery: Delivery) -> Landed | None:
        try:
            found = price_of(
                workspace, firm, sku, market, "DDP", today, quantity=delivery.consignment.units, offered=False
            ).quote
        except InputError:  # what is missing is said by the other checks
            return None
        if "DDP" not in found.prices or not found.outcomes:
            return None
        works, (low, high) = found.prices["EXW"][0], found.prices["DDP"]
        says = f"DDP, {many(delivery.consignment.units, 'unit')}, {found.outcomes[0].case.name}"
        if low < high:
            says += f"; {1 - works / low:.0%} in the cheapest case"
        return Landed(1 - works / high, says)

    return landed


def goods_of(workspace: Workspace, firm: str) -> tuple[Goods, ...]:
    """Return the firm's products with what its catalogue states, those with facts of a unit first."""
    catalogue = workspace.ledger(firm).catalogue
    found = []
    for each in products_of(workspace, firm):
        if not each.sku or "*" in each.sku:
            continue
        entry = catalogue.entry(each.sku, each.name)
        unit = entry.unit if entry else None
        found.append(Goods(each.sku, each.name or "", each.tags, each.hs, each.origin, unit, each.orders))
    found.sort(key=lambda g: (g.unit is None, -g.orders, g.sku))
    return tuple(found[:MOST])


def propose(
    workspace: Workspace,
    firm: str,
    today: date,
    *,
    shared: Sequence[Candidate] = (),
    landed: LandedOf | None = None,
) -> Proposal:
    """Return the product part of the plan; its facts are those of `fondaco.strategy.product.advice.advise`.

    Parameters
    ----------
    shared
        Categories that members of the firm's network could share.
    """
    ledger, profile = workspace.ledger(firm), profile_of(workspace, firm)
    targets = [target.market for target in targets_of(workspace, firm)]
    found = screened(workspace, firm, today, targets, landed=landed)
    asked = signals_of(workspace, firm).requests
    requests = [
        Request(
            one.name, one.market, one.texts,
            f"{one.texts:,} of {one.of_texts:,} texts from {countries.name(one.market) if one.market else 'unknown places'} ask for it.",
        )
        for one in sorted(asked.asked, key=lambda one: -one.texts)
        if one.kind in OUTSIDE and one.texts > 1 and not one.offered.any and one.market in (None, *targets)
    ]  # fmt: skip
    told = advise(
        found,
        scored=scores(found, profile.thresholds),
        requests=requests,
        profile=profile,
        today=today,
        shared=shared,
    )
    basis = {
        "ledger": ledger.fingerprint(),
        "rule": "product/1",
        "regulations": len(book_of(workspace, firm)),
    }
    return replace(told, basis=basis)


def _market(
    workspace: Workspace, firm: str, market: str, goods: Sequence[Goods], counted: _Ledger, signals: Signals,
    today: date, landed: LandedOf,
) -> dict[str, Seen]:  # fmt: skip
    """Return what is known of each product in a market, by article number."""
    ledger, known = workspace.ledger(firm), known_tags(workspace)
    products = [Product(each.sku, each.tags, each.hs, each.origin) for each in goods]
    rules = rules_for(market, products, rules=book_of(workspace, firm), today=today, known=known)
    proofs = proofs_of(workspace, firm, market, today)
    rivals = _rivals(workspace, firm, market, today) if counted.listings else {}
    found = {}
    for each, spoken in zip(goods, rules.products, strict=True):
        delivery = None
        if each.unit is not None:
            units, _why = usual_units(ledger, each.sku, each.unit)
            delivery = delivery_of(
                workspace, firm, market, consignment_of(each.unit, units, ledger.firm.currency), today
            )
        whole = landed(each.sku, market, delivery) if delivery is not None else None
        stated: dict[str, int] = {
            c.kind: sum(a.certain and a.rule.applies for a in c.rules) for c in spoken.cells
        }
        found[each.sku] = Seen(
            market, _levels(spoken) if each.tags or each.hs else {}, stated, delivery,
            whole,
            _asked(each, market, counted), counted.sold.get((each.sku, market), 0),
            counted.by_market.get(market, 0), rivals.get(each.name), _proved(each, proofs, known.closure),
            _demand(each, market, signals), _fits_from(workspace, firm, market, each, delivery, whole, landed, today),
            _conditions(spoken),
        )  # fmt: skip
    return found


def _conditions(spoken: ProductRules) -> int:
    """Return how many rules that speak of such goods, not of all, say on what conditions they are sold."""
    asks = ("licence", "certificate", "label")
    found = {
        a.rule.id
        for cell in spoken.cells
        if cell.kind in asks
        for a in cell.rules
        if a.certain and a.rule.applies and not a.rule.voluntary and (a.rule.tags or a.rule.hs)
    }
    return len(found)


def _fits_from(
    workspace: Workspace, firm: str, market: str, each: Goods, delivery: Delivery | None, found: Landed | None,
    landed: LandedOf, today: date,
) -> int | None:  # fmt: skip
    """Return the smallest consignment whose cost of export the price carries, where the usual one's is too dear."""
    own = profile_of(workspace, firm).thresholds
    if each.unit is None or delivery is None or carries(each.unit, delivery, found, own) is not False:
        return None
    unit, sent = each.unit, delivery.consignment

    def within(units: int) -> bool | None:
        larger = delivery_of(workspace, firm, market, sent.of(units), today)
        return carries(unit, larger, landed(each.sku, market, larger), own)

    return fits_from(within, sent.units, unit.monthly_capacity or 0)


def _levels(spoken: ProductRules) -> dict[str, Any]:
    return {cell.kind: cell.level for cell in spoken.cells}


def _proved(each: Goods, proofs: Sequence[ProofCounts], closure: Callable[..., Any]) -> tuple[Proved, ...]:
    mine = set(closure(each.tags)) if each.tags else set()
    return tuple(
        Proved(held.proof.proof, held.holds, bool(held.rules))
        for held in proofs
        if not held.proof.tags or mine & set(held.proof.tags)
    )


def _demand(each: Goods, market: str, signals: Signals) -> tuple[str, ...]:
    """Return the signals that speak of the product there, or of it in no single market."""
    return tuple(
        signal.finding
        for signal in signals.signals
        if signal.market in (market, None) and signal.product in (each.sku, each.name) and signal.product
    )


def _rivals(workspace: Workspace, firm: str, market: str, today: date) -> dict[str, Rivals]:
    """Return the firm's place among comparable offers, by the product's title."""
    told = dossier_of(workspace, firm, market, today=today).competitors
    return {
        place.own.title: Rivals(len(place.others), place.cheaper.estimate)
        for place in (told.positions if told else ())
        if place.cheaper.estimate is not None
    }


def _counted(ledger: Ledger) -> _Ledger:
    return remembering(("product counts", ledger.firm.slug, ledger.fingerprint()), lambda: _count(ledger))


def _count(ledger: Ledger) -> _Ledger:
    from ibis import _

    from fondaco.markets.sums import goods, rows

    lines = goods(ledger.table("orders"))
    lines = lines.filter(lines.country.notnull())
    pairs = (
        lines.filter(lines.sku.notnull())
        .group_by("sku", "country")
        .aggregate(n=lines.order.nunique())
        .to_polars()
    )
    market = lines.group_by("country").aggregate(n=lines.order.nunique()).to_polars()
    dated = lines.filter(lines.sku.notnull() & lines.day.notnull())
    months = (
        dated.group_by("sku", month=dated.day.strftime("%Y-%m"))
        .aggregate(units=dated.quantity.sum())
        .to_polars()
    )
    asked = ledger.table("inquiries")
    asked = asked.filter(asked["product"].notnull() & asked.country.notnull())
    requests = asked.select(
        "product", "country", month=asked.day.strftime("%Y-%m"), quantity=asked.quantity
    ).to_polars()
    return _Ledger(
        {(sku, country): n for sku, country, n in pairs.select("sku", "country", "n").iter_rows()},
        dict(market.select("country", "n").iter_rows()),
        {(sku, month): Decimal(str(units or 0)) for sku, month, units in months.select("sku", "month", "units").iter_rows()},
        tuple(
            (product, country, month or "", Decimal(str(quantity)) if quantity and quantity > 0 else None)
            for product, country, month, quantity in requests.select("product", "country", "month", "quantity").iter_rows()
        ),
        int(rows(ledger.table("listings").aggregate(n=_.count()))[0]["n"]),
    )  # fmt: skip


def _asked(each: Goods, market: str, counted: _Ledger) -> Asked:
    """Return what inquiries of a market ask of a product, against what was free in the month of each.

    An inquiry speaks of the product where it names its number or its name, in any letter case.
    """
    names = {name.casefold() for name in (each.sku, each.name) if name}
    mine = [row for row in counted.inquiries if row[1] == market and row[0].strip().casefold() in names]
    quantities = tuple(units for *_rest, units in mine if units is not None)
    capacity = each.unit.monthly_capacity if each.unit else None
    if capacity is None:
        return Asked(len(mine), quantities)
    dated = [(month, units) for _product, _market, month, units in mine if units is not None]
    above = [max(Decimal(0), units - capacity) for _month, units in dated]
    ordered = counted.months
    free = [max(Decimal(0), capacity - ordered.get((each.sku, month), Decimal(0))) for month, _units in dated]
    left = [max(Decimal(0), units - there) for (_month, units), there in zip(dated, free, strict=True)]
    return Asked(
        len(mine), quantities, sum(units > 0 for units in above), sum(above, Decimal(0)),
        sum(units > 0 for units in left), sum(left, Decimal(0)),
    )  # fmt: skip
