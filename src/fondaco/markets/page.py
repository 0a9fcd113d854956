"""One market in depth: what ``fondaco market DE`` and the market's page show.

Foreign-market knowledge has four parts: customers, competitors, conditions and regulations.  A
firm's own files speak of the first, and of the second where offers were imported; of what is not
known the page says so, and lists it under `MarketDetail.blind_spots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from fondaco.kernel.errors import UnknownName
from fondaco.markets import sums
from fondaco.markets.money import money, ratio, total
from fondaco.markets.scorecard import MarketRow, Scorecard

#: How many products, buyers and competitors a page lists.
LISTED = 10


@dataclass(frozen=True)
class Product:
    """A product in one market: net revenue, net units and the orders that hold it.

    Attributes
    ----------
    share
        Of the market's net revenue; None where that is not above zero.
    """

    sku: str | None
    product: str | None
    net_revenue: Decimal
    units: Decimal
    orders: int
    share: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the product as JSON values."""
        return {
            "sku": self.sku,
            "product": self.product,
            "net_revenue": money(self.net_revenue),
            "units": float(self.units),
            "orders": self.orders,
            "share": None if self.share is None else round(self.share, 4),
        }


@dataclass(frozen=True)
class Buyer:
    """A large buyer: the platform's mark for it, never a name, and its share of the market."""

    platform: str
    buyer: str
    share: float
    days: int

    def to_json(self) -> dict[str, Any]:
        """Return the buyer as JSON values."""
        return {
            "platform": self.platform,
            "buyer": self.buyer,
            "share": round(self.share, 4),
            "days_with_orders": self.days,
        }


@dataclass(frozen=True)
class Competitor:
    """A seller whose offers to this market were imported."""

    seller: str
    offers: int
    currency: str
    lowest: Decimal
    highest: Decimal
    rating: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the competitor as JSON values."""
        return {
            "seller": self.seller,
            "offers": self.offers,
            "currency": self.currency,
            "lowest": money(self.lowest),
            "highest": money(self.highest),
            "rating": None if self.rating is None else round(self.rating, 2),
        }


@dataclass(frozen=True)
class MarketDetail:
    """One market in depth.

    Attributes
    ----------
    row
        Its row of the scorecard.
    products, buyers
        The largest by net revenue.
    competitors
        None where no offers were imported.
    blind_spots
        What is not known of this market, in sentences, each with what would change it.
    """

    row: MarketRow
    currency: str
    products: tuple[Product, ...]
    buyers: tuple[Buyer, ...]
    competitors: tuple[Competitor, ...] | None
    blind_spots: tuple[str, ...]
    basis: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as ``fondaco market --json`` prints it."""
        row = self.row.to_json()
        return {
            "market": self.row.market,
            "currency": self.currency,
            "scorecard": row,
            "months": row["months"],
            "products": [product.to_json() for product in self.products],
            "customers": self._customers(row),
            "competitors": self._competitors(),
            "conditions": {"known": False, "why": _CONDITIONS},
            "regulations": {"known": False, "why": _REGULATIONS},
            "blind_spots": list(self.blind_spots),
            "basis": dict(self.basis),
        }

    def _customers(self, row: Mapping[str, Any]) -> dict[str, Any]:
        held = (
            "orders", "orders_without_buyer", "buyers", "repeat_share", "average_order",
            "top_buyer_share", "top3_buyers_share", "buyer_hhi", "taken_back",
            "cancellation_lines", "return_lines", "first_order", "last_order",
        )  # fmt: skip
        return {
            "known": self.row.orders > 0,
            **{name: row[name] for name in held},
            "top_buyers": [buyer.to_json() for buyer in self.buyers],
        }

    def _competitors(self) -> dict[str, Any]:
        if self.competitors is None:
            return {"known": False, "why": _COMPETITORS}
        return {"known": True, "sellers": [seller.to_json() for seller in self.competitors]}


_COMPETITORS = "No competitors' offers to this market have been imported."
_CONDITIONS = "Demand, prices, freight and payment habits of the market are not in the firm's own files."
_REGULATIONS = "Tariffs, taxes and product rules of the market are not in the firm's own files."


def market_page(
    orders: ir.Table,
    market: str,
    *,
    scorecard: Scorecard,
    listings: ir.Table | None = None,
    traffic: ir.Table | None = None,
) -> MarketDetail:
    """Describe one market of a scorecard in depth.

    Parameters
    ----------
    orders, listings, traffic
        Current views of the ledger's tables, on DuckDB or Spark.
    market
        Its alpha-3 code.
    scorecard
        That of the same orders.

    Raises
    ------
    UnknownName
        Where the ledger has no goods line for the market.
    """
    row = scorecard.market(market)
    if row is None:
        known = ", ".join(held.market for held in scorecard.markets if held.market) or "none yet"
        raise UnknownName(f"The ledger has no orders from {market}. It knows these markets: {known}.")
    here = orders.filter(orders.country == market)
    competitors = None if listings is None else _competitor_offers(listings, market)
    return MarketDetail(
        row=row,
        currency=scorecard.currency,
        products=_products(here, row.net_revenue),
        buyers=_buyers(here),
        competitors=competitors,
        blind_spots=_blind_spots(row, competitors, _is_seen(traffic, market)),
        basis=scorecard.basis.to_json(),
    )


def _products(here: ir.Table, net: Decimal) -> tuple[Product, ...]:
    goods = sums.goods(here)
    found = sums.rows(
        goods.group_by(article=ibis.coalesce(goods.sku, goods["product"]))
        .aggregate(
            sku=goods.sku.max(),
            product=goods["product"].max(),
            value=goods.value.sum(),
            units=goods.quantity.sum(),
            orders=_order_mark(goods).nunique(where=sums.sold(goods)),
        )
        .order_by(ibis.desc("value"), "article")
        .limit(LISTED)
    )
    return tuple(
        Product(
            r["sku"], r["product"], total([r["value"]]), total([r["units"]]), r["orders"],
            ratio(total([r["value"]]), net),
        )
        for r in found
    )  # fmt: skip


def _order_mark(goods: ir.Table) -> ir.StringValue:
    """Return one text per (platform, marketplace, order)."""
    site = goods.marketplace.fill_null("")
    return goods.platform.concat("\n", site, "\n", goods.order)


def _buyers(here: ir.Table) -> tuple[Buyer, ...]:
    held = sums.deals(here, {})
    by_buyer = (
        held.filter(held.buyer.notnull())
        .group_by("platform", "buyer")
        .aggregate(net=_.net.sum(), days=_.day.nunique())
    )
    positive = by_buyer.filter(_.net > 0)
    bought = sums.rows(positive.aggregate(net=_.net.sum()))[0]["net"]
    first = sums.rows(positive.order_by(ibis.desc("net"), "platform", "buyer").limit(LISTED))
    return tuple(Buyer(r["platform"], r["buyer"], float(r["net"] / bought), r["days"]) for r in first)


def _competitor_offers(listings: ir.Table, market: str) -> tuple[Competitor, ...] | None:
    others = listings.filter(
        (listings.country == market)
        & listings.price.notnull()
        & listings.seller.notnull()
        & ~listings.own.fill_null(False)
    )
    found = sums.rows(
        others.group_by("seller", "currency")
        .aggregate(
            offers=_.listing.nunique(), lowest=_.price.min(), highest=_.price.max(), rating=_.rating.mean()
        )
        .order_by(ibis.desc("offers"), "seller", "currency")
        .limit(LISTED)
    )
    if not found:
        return None
    return tuple(
        Competitor(
            r["seller"], r["offers"], r["currency"], r["lowest"], r["highest"],
            None if r["rating"] is None else float(r["rating"]),
        )
        for r in found
    )  # fmt: skip


def _is_seen(traffic: ir.Table | None, market: str) -> bool:
    if traffic is None:
        return False
    return bool(sums.rows(traffic.filter(traffic.country == market).aggregate(n=_.count()))[0]["n"])


def _blind_spots(row: MarketRow, competitors: tuple[Competitor, ...] | None, seen: bool) -> tuple[str, ...]:
    spots = []
    if competitors is None:
        spots.append(f"{_COMPETITORS} A file of listings would tell.")
    spots.append(f"{_CONDITIONS} Public trade data would tell.")
    spots.append(f"{_REGULATIONS} The offices of the market would tell.")
    if not seen:
        spots.append("Nobody knows how often the firm was seen here. A file of traffic would tell.")
    if row.orders_without_buyer:
        spots.append(
            f"{row.orders_without_buyer:,} of {row.orders:,} orders do not name their buyer, so repeat buying "
            "may be understated. An export with buyer ids would tell."
        )
    if row.growth.estimate is None:
        spots.append(f"Which way it goes is not known. {row.growth.why}")
    if row.seasonality is None:
        spots.append(f"Its season is not known. {row.seasonality_why}")
    return tuple(spots)
