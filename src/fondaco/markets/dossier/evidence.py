"""How many observations the ledger holds of each market, how new they are, and what is at stake there.

One pass over each table for all markets at once, so that a firm's blind spots over all of its markets
cost little more than those of one.  The topics are those of `fondaco.markets.dossier.knowledge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from ibis import _

from fondaco.markets import sums
from fondaco.markets.dossier.competitors import LASTS
from fondaco.markets.dossier.knowledge import NOTHING, Evidence, Stake
from fondaco.markets.money import total
from fondaco.markets.periods import Span, year_until
from fondaco.markets.scorecard import Scorecard
from fondaco.reference import countries


@dataclass(frozen=True)
class Held:
    """What the ledger holds of each market.

    Attributes
    ----------
    year
        The last twelve months that any table knows; None for an empty ledger.
    evidence
        By market, then by topic; freight under ``freight``.
    sales, inquiries, views
        By market, in these twelve months.  Inquiries are the larger of what the table of inquiries and
        what traffic says; views are page views or, where none are stated, visitors.
    """

    year: Span | None = None
    evidence: Mapping[str, Mapping[str, Evidence]] = field(default_factory=dict)
    sales: Mapping[str, Decimal] = field(default_factory=dict)
    orders: Mapping[str, int] = field(default_factory=dict)
    inquiries: Mapping[str, int] = field(default_factory=dict)
    views: Mapping[str, int] = field(default_factory=dict)

    @property
    def markets(self) -> tuple[str, ...]:
        """Every market that any table speaks of, sorted."""
        return tuple(sorted(self.evidence.keys() | self.sales.keys()))

    def of(self, market: str) -> Mapping[str, Evidence]:
        """Return the evidence on a market by topic; empty where there is none."""
        return self.evidence.get(market, {})

    def stake(self, market: str, *, home: str, currency: str) -> Stake:
        """Return what the firm has at stake in a market; see `fondaco.markets.dossier.knowledge.Stake`."""
        asked = sum(n for each, n in self.inquiries.items() if each != home)
        earned = sum((v for each, v in self.sales.items() if each != home), Decimal(0))
        return Stake(
            market,
            countries.name(market),
            currency,
            self.sales.get(market, Decimal(0)),
            self.orders.get(market, 0),
            self.inquiries.get(market, 0),
            self.views.get(market, 0),
            max(earned, Decimal(0)) / asked if asked else Decimal(0),
        )


def held_of(
    orders: ir.Table,
    *,
    card: Scorecard,
    inquiries: ir.Table | None = None,
    reviews: ir.Table | None = None,
    traffic: ir.Table | None = None,
    ads: ir.Table | None = None,
    listings: ir.Table | None = None,
) -> Held:
    """Count what the ledger's tables hold of each market.

    Parameters
    ----------
    orders, inquiries, reviews, traffic, ads, listings
        Current views of the ledger's tables, on DuckDB or Spark.
    card
        The scorecard of the same orders.
    """
    found: defaultdict[str, dict[str, Evidence]] = defaultdict(dict)
    for row in card.markets:
        if row.market is not None and row.orders:
            months = sum(month.orders > 0 for month in row.months) if row.seasonality is None else 24
            found[row.market] |= {
                "orders": Evidence(row.orders, row.last_order),
                "buyers": Evidence(row.orders - row.orders_without_buyer, row.last_order),
                "season": Evidence(min(months, 23) if row.seasonality is None else 24, row.last_order),
            }
    for topic, table in (("inquiries", inquiries), ("reviews", reviews)):
        for market, evidence in _counted(table).items():
            found[market][topic] = evidence
    for market, evidence in _freight(orders).items():
        found[market]["freight"] = evidence
    for market, evidence in _clicks(ads).items():
        found[market]["search terms"] = evidence
    for market, seen in _offers(listings).items():
        found[market] |= seen
    until = max((day for day in (card.until, _last(inquiries), _last(traffic)) if day), default=None)
    year = None if until is None else year_until(until)
    stated = [] if traffic is None else sums.traffic_by_month(traffic)
    for month in stated:
        if month["market"] is not None and (n := _viewed(month)):
            held = found[month["market"]].get("views", NOTHING)
            found[month["market"]]["views"] = held + Evidence(n, month["last"])
    if year is None:
        return Held(None, dict(found))
    sales, ordered = _sales(orders, year)
    asked, viewed = _attention(inquiries, traffic, year)
    return Held(year, dict(found), sales, ordered, asked, viewed)


def _last(table: ir.Table | None) -> date | None:
    if table is None:
        return None
    day: date | None = sums.rows(table.aggregate(day=_.day.max()))[0]["day"]
    return day


def _counted(table: ir.Table | None) -> dict[str, Evidence]:
    if table is None:
        return {}
    placed = table.filter(table.country.notnull())
    if "own" in table.columns:
        placed = placed.filter(placed.own.fill_null(True))
    found = sums.rows(placed.group_by("country").aggregate(n=_.count(), newest=_.day.max()))
    return {r["country"]: Evidence(r["n"], r["newest"]) for r in found}


def _freight(orders: ir.Table) -> dict[str, Evidence]:
    own_line = (orders.kind == "shipping") & (orders.amount > 0)
    charged = orders.filter(orders.country.notnull() & ((orders.shipping > 0) | own_line))
    mark = charged.platform.concat("\n", charged.marketplace.fill_null(""), "\n", charged.order)
    found = sums.rows(charged.group_by("country").aggregate(n=mark.nunique(), newest=charged.day.max()))
    return {r["country"]: Evidence(r["n"], r["newest"]) for r in found}


def _clicks(ads: ir.Table | None) -> dict[str, Evidence]:
    if ads is None:
        return {}
    named = ads.filter(ads.country.notnull() & (ads.term.notnull() | ads.keyword.notnull()))
    found = sums.rows(
        named.group_by("country").aggregate(n=_.clicks.sum(), newest=ibis.coalesce(_.until, _.day).max())
    )
    return {r["country"]: Evidence(int(r["n"]), r["newest"]) for r in found if r["n"]}


def _offers(listings: ir.Table | None) -> dict[str, dict[str, Evidence]]:
    """Count what is seen of others: offers, sellers, days, minimum orders and ratings that still count."""
    if listings is None:
        return {}
    theirs = listings.filter(
        listings.country.notnull()
        & listings.price.notnull()
        & listings.seller.notnull()
        & ~listings.own.fill_null(False)
    )
    newest = {
        r["country"]: r["newest"] for r in sums.rows(theirs.group_by("country").aggregate(newest=_.day.max()))
    }
    if not newest:
        return {}
    last = ibis.cases(
        *[
            (theirs.country == market, ibis.literal(day - timedelta(days=LASTS)))
            for market, day in newest.items()
        ],
        else_=ibis.null("date"),
    )
    current = theirs.filter(theirs.day >= last)
    mark = current.platform.concat(
        "\n", current.marketplace.fill_null(""), "\n", current.listing, "\n", current.seller
    )
    found = sums.rows(
        current.group_by("country").aggregate(
            offers=mark.nunique(),
            sellers=current.seller.nunique(),
            days=current.day.nunique(),
            minimums=mark.nunique(where=current.minimum.notnull()),
            ratings=mark.nunique(where=current.rating.notnull()),
        )
    )
    names = {
        "offers": "offers",
        "sellers": "sellers",
        "days": "days",
        "minimums": "minimum orders",
        "ratings": "ratings",
    }
    return {
        r["country"]: {
            topic: Evidence(r[column], newest[r["country"]]) for column, topic in names.items() if r[column]
        }
        for r in found
    }


def _viewed(row: sums.Row) -> int:
    return int(row["views"] if row["views"] is not None else row["visitors"] or 0)


def _sales(orders: ir.Table, year: Span) -> tuple[dict[str, Decimal], dict[str, int]]:
    goods = sums.goods(orders)
    recent = goods.filter(goods.day.between(year.first, year.last) & goods.country.notnull())
    mark = recent.platform.concat("\n", recent.marketplace.fill_null(""), "\n", recent.order)
    found = sums.rows(
        recent.group_by("country").aggregate(net=recent.value.sum(), n=mark.nunique(where=sums.sold(recent)))
    )
    return {r["country"]: total([r["net"]]) for r in found}, {r["country"]: r["n"] for r in found}


def _attention(
    inquiries: ir.Table | None, traffic: ir.Table | None, year: Span
) -> tuple[dict[str, int], dict[str, int]]:
    """Return inquiries and views of the year by market."""
    asked: dict[str, int] = {}
    if inquiries is not None:
        recent = inquiries.filter(inquiries.day.between(year.first, year.last) & inquiries.country.notnull())
        found = sums.rows(recent.group_by("country").aggregate(n=_.count()))
        asked = {r["country"]: r["n"] for r in found}
    viewed: defaultdict[str, int] = defaultdict(int)
    counted: defaultdict[str, int] = defaultdict(int)
    for row in [] if traffic is None else sums.traffic_by_month(traffic, year):
        if row["market"] is not None:
            viewed[row["market"]] += _viewed(row)
            counted[row["market"]] += int(row["inquiries"] or 0)
    both = {m: max(asked.get(m, 0), counted.get(m, 0)) for m in asked.keys() | counted.keys()}
    return both, dict(viewed)
