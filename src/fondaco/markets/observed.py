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

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from ibis import _

from fondaco.markets import sums
from fondaco.markets.periods import Span, month_number, months_before
from fondaco.reference.rates import Missing, Rates

Array = npt.NDArray[np.float64]

#: Older months say little of the next one and are left out.
WINDOW = 36
_CENT = Decimal("0.01")


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
    orders: ir.Table,
    *,
    traffic: ir.Table | None = None,
    inquiries: ir.Table | None = None,
    until: date | None = None,
) -> Observed:
    """Count what the ledger's tables say by market and month.

    Parameters
    ----------
    orders, traffic, inquiries
        Current views of the ledger's tables, on DuckDB or Spark.
    until
        Later days are left out, as if they had not come yet.

    Notes
    -----
    Views are page views; where a platform states none, visitors, and where not these either, clicks.
    Inquiries are the larger of what the table of inquiries and what traffic says of a market's month.
    """
    if until is not None:
        orders = orders.filter(orders.day <= until)
        traffic = (
            None if traffic is None else traffic.filter(ibis.coalesce(traffic.until, traffic.day) <= until)
        )
        inquiries = None if inquiries is None else inquiries.filter(inquiries.day <= until)
    known = sums.known_days(orders)
    seen = _traffic(traffic)
    counted, sizes, unplaced = _orders(orders, known) if known["since"] else (None, {}, 0)
    return Observed(counted, _inquiries(inquiries, seen), seen.get("views"), sizes, unplaced, known["until"])


def counts_within(
    orders: ir.Table, span: Span, *, traffic: ir.Table | None = None, inquiries: ir.Table | None = None
) -> dict[str, dict[str, float]]:
    """Return orders, views and inquiries of those days by market; what no file states is left out.

    Traffic stated for a longer period counts where its first day lies in `span`.
    """
    found: dict[str, dict[str, float]] = {}
    with sums.hold(sums.deals(orders, {"window": span})) as held:
        rows = sums.deals_by_month(held, {"window": span})
    cells = [("orders", row["market"], row["orders_window"]) for row in rows]
    if traffic is not None:
        for row in sums.traffic_by_month(traffic, span):
            attention = next((row[n] for n in ("views", "visitors", "clicks") if row[n] is not None), None)
            cells += [("views", row["market"], attention), ("stated", row["market"], row["inquiries"])]
    if inquiries is not None:
        within = inquiries.filter(inquiries.day.between(span.first, span.last))
        single = within.group_by(market=_.country).aggregate(n=_.count())
        cells += [("inquiries", row["market"], row["n"]) for row in sums.rows(single)]
    for name, market, count in cells:
        if market is not None and count is not None:
            by_market = found.setdefault(name, {})
            by_market[market] = by_market.get(market, 0.0) + float(count)
    stated = found.pop("stated", {})
    for market, count in stated.items():
        held_so_far = found.setdefault("inquiries", {})
        held_so_far[market] = max(held_so_far.get(market, 0.0), count)
    return found


@dataclass(frozen=True)
class Spend:
    """What advertising cost in one market in a period, in the firm's currency, and what came of it."""

    market: str | None
    spend: Decimal
    clicks: int


def ad_spend(
    ads: ir.Table, *, currency: str, rates: Rates, within: Span | None = None
) -> tuple[tuple[Spend, ...], tuple[str, ...]]:
    """Add up advertising by market; the second answer says in sentences what could not be counted.

    Parameters
    ----------
    ads
        Current view of the ledger's table.
    currency, rates
        The firm's currency, and the exchange rates; each month's spend is taken at the rate of its
        last day.
    within
        Limits the first day of each row.
    """
    if within is not None:
        ads = ads.filter(ads.day.between(within.first, within.last))
    grouped = ads.filter(ads.spend.notnull()).group_by(
        market=_.country, currency=_.currency, month=sums.month_of(_.day)
    )
    held: defaultdict[str | None, list[Decimal]] = defaultdict(list)
    clicks: defaultdict[str | None, int] = defaultdict(int)
    lost: set[str] = set()
    for row in sums.rows(grouped.aggregate(spend=_.spend.sum(), clicks=_.clicks.sum(), last=_.day.max())):
        rate = rates.rate(row["currency"], currency, row["last"])
        if isinstance(rate, Missing):
            lost.add(f"Advertising paid in {row['currency']} is not counted: {rate.reason}")
            continue
        held[row["market"]].append(row["spend"] * Decimal(str(rate.rate)))
        clicks[row["market"]] += int(row["clicks"] or 0)
    found = [Spend(market, sum(held[market], Decimal(0)).quantize(_CENT), clicks[market]) for market in held]
    return tuple(sorted(found, key=lambda each: -each.spend)), tuple(sorted(lost))


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
