"""Per market and month: what was sold and what was seen (``fondaco markets --by month``).

Sales come from orders: net goods revenue by the day of each line, orders and buyers by the day of the
order (see `fondaco.markets.scorecard`).  Views, visitors, impressions, clicks and inquiries come from
traffic, counted in the month of their day.  Traffic that a platform states for a period across months
cannot be told apart and is listed on its own (`ByMonth.several`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import polars as pl

from fondaco.markets import sums
from fondaco.markets.money import money
from fondaco.markets.periods import month_name


@dataclass(frozen=True)
class Seen:
    """What traffic says; None where no platform stated it.

    Attributes
    ----------
    impressions, clicks, visitors, views, inquiries
        Counts.  Visitors are summed over days and products, so one person may count more than once.
    """

    impressions: int | None = None
    clicks: int | None = None
    visitors: int | None = None
    views: int | None = None
    inquiries: int | None = None


@dataclass(frozen=True)
class MarketMonth:
    """One market in one month.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None for rows whose country is not known.
    month
        As ``YYYY-MM``.
    net_revenue
        In the firm's currency; zero where only traffic is known.
    """

    market: str | None
    month: str
    net_revenue: Decimal
    orders: int
    buyers: int
    seen: Seen

    def to_json(self) -> dict[str, Any]:
        """Return the month as JSON values."""
        return {
            "market": self.market,
            "month": self.month,
            "net_revenue": money(self.net_revenue),
            "orders": self.orders,
            "buyers": self.buyers,
            **vars(self.seen),
        }


@dataclass(frozen=True)
class SeveralMonths:
    """Traffic of one market that was stated for periods across months."""

    market: str | None
    first: date
    last: date
    seen: Seen

    def to_json(self) -> dict[str, Any]:
        """Return the period as JSON values."""
        return {
            "market": self.market,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            **vars(self.seen),
        }


@dataclass(frozen=True)
class ByMonth:
    """All markets month by month, sorted by market and month.

    Attributes
    ----------
    months
        Months in which a market sold or was seen.
    several
        Traffic that covers several months and so is in none of `months`.
    """

    months: tuple[MarketMonth, ...]
    several: tuple[SeveralMonths, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the months leave out, in sentences."""
        notes = ["Visitors are summed over days and products: one person may count more than once."]
        if self.several:
            notes.append("Traffic stated for periods that cover several months is listed apart.")
        return tuple(notes)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "months": [month.to_json() for month in self.months],
            "basis": {
                "covers_several_months": [period.to_json() for period in self.several],
                "notes": list(self.notes),
            },
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row per market and month as a Polars frame."""
        schema: dict[str, pl.DataType | type[pl.DataType]] = {
            "market": pl.String,
            "month": pl.String,
            "net_revenue": pl.Decimal(38, 4),
            **dict.fromkeys(("orders", "buyers", *sums.MEASURES), pl.Int64),
        }
        rows = [
            {**vars(month.seen), **{k: v for k, v in vars(month).items() if k != "seen"}}
            for month in self.months
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")


def by_month(orders: ir.Table, traffic: ir.Table | None = None) -> ByMonth:
    """Add up sales, and traffic where there is any, by market and month.

    Parameters
    ----------
    orders, traffic
        Current views of the ledger's tables, on DuckDB or Spark.
    """
    net: defaultdict[tuple[str | None, int], Decimal] = defaultdict(Decimal)
    for row in sums.goods_by_month(orders):
        net[row["market"], row["month"]] += row["value"] or 0
    with sums.hold(sums.deals(orders, {})) as deals:
        ordered = {_key(row): row["orders"] for row in sums.deals_by_month(deals, {}) if row["month"]}
        buyers = {_key(row): row["buyers"] for row in sums.buyers_by_month(deals)}
    stated = [] if traffic is None else sums.traffic_by_month(traffic)
    seen = {_key(row): _seen(row) for row in stated if not row["several"]}
    keys = sorted(net.keys() | ordered.keys() | seen.keys(), key=lambda key: (key[0] or "", key[1]))
    months = tuple(
        MarketMonth(
            market,
            month_name(month),
            net.get((market, month), Decimal(0)),
            ordered.get((market, month), 0),
            buyers.get((market, month), 0),
            seen.get((market, month), Seen()),
        )
        for market, month in keys
    )
    several = tuple(
        SeveralMonths(row["market"], row["first"], row["last"], _seen(row))
        for row in sorted(stated, key=lambda row: (row["market"] or "", row["month"]))
        if row["several"]
    )
    return ByMonth(months, several)


def _key(row: sums.Row) -> tuple[str | None, int]:
    return row["market"], row["month"]


def _seen(row: sums.Row) -> Seen:
    return Seen(**{name: None if row[name] is None else int(row[name]) for name in sums.MEASURES})
