"""What the ledger counted in each market, month by month: views, inquiries, orders, and what orders brought.

Months are whole numbers (`fondaco.markets.periods.month_number`).  A month counts by the share of its
days that the ledger knows.  Counts that a platform states for a period of several months are spread
over its days.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _

from fondaco.markets import sums
from fondaco.markets.periods import Span, month_number, months_before

Array = npt.NDArray[np.float64]

#: Older months say little of the next one and are left out.
WINDOW = 36


@dataclass(frozen=True)
class Counted:
    """One measure: what was counted by market and month.

    Attributes
    ----------
    months
        The numbers of the months, oldest first.
    exposure
        Shape (months,): the share of each month that is known.
    counts
        By market, each of shape (months,).
    """

    months: range
    exposure: Array
    counts: Mapping[str, Array]

    @property
    def total(self) -> float:
        """How many in all."""
        return float(sum(held.sum() for held in self.counts.values()))

    def matrix(self, markets: Sequence[str]) -> Array:
        """Return the counts of those markets, shape (markets, months); zeros where there are none."""
        nothing = np.zeros(len(self.months))
        return np.array([self.counts.get(market, nothing) for market in markets])


@dataclass(frozen=True)
class Sizes:
    """Net values of one market's orders: number, sum and sum of squares, in the firm's currency."""

    orders: int = 0
    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True)
class Observed:
    """What a firm's ledger counted abroad and at home.

    Attributes
    ----------
    orders, inquiries, views
        What was counted; None where no file states it.
    sizes
        By market: what orders brought in the months of `orders`.
    unplaced
        Orders whose country is not known: in no market.
    until
        The last day of orders.
    """

    orders: Counted | None
    inquiries: Counted | None
    views: Counted | None
    sizes: Mapping[str, Sizes] = field(default_factory=dict)
    unplaced: int = 0
    until: date | None = None

    @property
    def markets(self) -> frozenset[str]:
        """Every market that something was counted in."""
        held = (self.orders, self.inquiries, self.views)
        return frozenset(market for part in held if part for market in part.counts)


def observe(
    orders: ir.Table, *, traffic: ir.Table | None = None, inquiries: ir.Table | None = None
) -> Observed:
    """Count what the ledger's tables say by market and month.

    Parameters
    ----------
    orders, traffic, inquiries
        Current views of the ledger's tables, on DuckDB or Spark.

    Notes
    -----
    Views are page views; where a platform states none, visitors, and where not these either, clicks.
    Inquiries are the larger of what the table of inquiries and what traffic says of a market's month.
    """
    known = sums.known_days(orders)
    seen = _traffic(traffic)
    counted, sizes, unplaced = _orders(orders, known) if known["since"] else (None, {}, 0)
    return Observed(
        counted, _inquiries(inquiries, seen), seen.get("views"), sizes, unplaced, known["until"]
    )


def _orders(orders: ir.Table, known: Mapping[str, Any]) -> tuple[Counted, dict[str, Sizes], int]:
    span = _window(known["since"], known["until"])
    with sums.hold(sums.deals(orders, {"window": span})) as held:
        found = sums.deals_by_month(held, {"window": span})
    cells = [(row["market"], row["month"], row["orders"]) for row in found if row["month"] is not None]
    sizes: dict[str, Sizes] = {}
    for row in found:
        if row["market"] is None:
            continue
        before = sizes.get(row["market"], Sizes())
        sizes[row["market"]] = Sizes(
            before.orders + row["orders_window"],
            before.total + float(row["net_window"] or Decimal(0)),
            before.squares + float(row["squares_window"] or 0.0),
        )
    return counted(cells, span), sizes, sum(row["orders"] for row in found if row["market"] is None)


def _traffic(traffic: ir.Table | None) -> dict[str, Counted]:
    if traffic is None:
        return {}
    days = sums.traffic_days(traffic)
    if days["since"] is None:
        return {}
    span = _window(days["since"], days["until"])
    cells: dict[str, list[tuple[str | None, int, float]]] = {"views": [], "inquiries": []}
    for row in sums.traffic_by_month(traffic):
        attention = next((row[n] for n in ("views", "visitors", "clicks") if row[n] is not None), None)
        for name, stated in (("views", attention), ("inquiries", row["inquiries"])):
            if stated is not None:
                cells[name] += [
                    (row["market"], month, float(stated) * share) for month, share in _spread(row)
                ]
    return {name: counted(held, span) for name, held in cells.items() if held}


def _inquiries(inquiries: ir.Table | None, seen: Mapping[str, Counted]) -> Counted | None:
    stated = seen.get("inquiries")
    if inquiries is None:
        return stated
    days = sums.rows(inquiries.aggregate(since=_.day.min(), until=_.day.max()))[0]
    if days["since"] is None:
        return stated
    grouped = inquiries.group_by(market=_.country, month=sums.month_of(_.day)).aggregate(n=_.count())
    cells = [(row["market"], row["month"], row["n"]) for row in sums.rows(grouped)]
    single = counted(cells, _window(days["since"], days["until"]))
    return single if stated is None else _larger(single, stated)


def _larger(one: Counted, other: Counted) -> Counted:
    """Take the larger count, market by market and month by month."""
    months = range(min(one.months[0], other.months[0]), max(one.months[-1], other.months[-1]) + 1)
    merged: dict[str, Array] = {}
    exposure = np.zeros(len(months))
    for part in (one, other):
        at = slice(part.months[0] - months[0], part.months[-1] - months[0] + 1)
        exposure[at] = np.maximum(exposure[at], part.exposure)
        for market, held in part.counts.items():
            merged.setdefault(market, np.zeros(len(months)))
            merged[market][at] = np.maximum(merged[market][at], held)
    return Counted(months, exposure, merged)


def counted(cells: Iterable[tuple[str | None, int, float]], span: Span) -> Counted:
    """Arrange (market, month, count) by market; months outside `span` and unknown markets are left out."""
    months = range(month_number(span.first), month_number(span.last) + 1)
    held: dict[str, Array] = defaultdict(lambda: np.zeros(len(months)))
    for market, month, count in cells:
        if market is not None and month in months:
            held[market][month - months[0]] += float(count)
    return Counted(months, np.array([_share(month, span) for month in months]), dict(held))


def _window(since: date, until: date) -> Span:
    """Return the days from `since` to `until`, at most the last `WINDOW` months of them."""
    first = months_before(until.replace(day=1), WINDOW - 1)
    return Span(max(since, first), until)


def _share(month: int, span: Span) -> float:
    """Return the share of a month's days that lie in `span`."""
    first, last = _month(month)
    return max((min(span.last, last) - max(span.first, first)).days + 1, 0) / last.day


def _month(number: int) -> tuple[date, date]:
    year, month = number // 12, number % 12 + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _spread(row: Mapping[str, Any]) -> list[tuple[int, float]]:
    """Return the months that a stated period touches, with the share of its days in each."""
    if not row["several"]:
        return [(row["month"], 1.0)]
    span = Span(row["first"], row["last"])
    months = range(month_number(span.first), month_number(span.last) + 1)
    days = [_share(month, span) * _month(month)[1].day for month in months]
    return [(month, part / span.days) for month, part in zip(months, days, strict=True)]
