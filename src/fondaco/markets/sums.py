"""From order lines to the few sums that the scorecard needs, inside the engine.

Everything here is an Ibis expression that DuckDB and Spark both run; what leaves the engine is some
rows per market.  The one heavy step is `deals`, the lines added up to one row per order; it is held
in the engine while the rest is read from it.

Terms.  A *deal* is an order in one market together with the cancellations and returns that say which
order they take back; reversals that do not say so make a deal of their own, without an order.  An
order counts if at least one of its sale lines has a quantity above zero or none stated.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import ibis
import ibis.expr.types as ir
from ibis import _

from fondaco.ledger.schema import GOODS_KINDS
from fondaco.markets.periods import Span
from fondaco.numerics import Estimate, fewest_for_quantile, quantile_places, unknown

Row = dict[str, Any]


def known_days(orders: ir.Table) -> Row:
    """Return the first and last day of all lines, goods or not, and their number."""
    return rows(orders.aggregate(since=_.day.min(), until=_.day.max(), lines=_.count()))[0]


def goods_by_month(orders: ir.Table) -> list[Row]:
    """Add up goods lines by market, month of the line and kind.

    Columns: ``market, month, kind, value, quantity, lines, valued`` (`valued`: lines with a value,
    that is, with an exchange rate).
    """
    return rows(
        goods(orders)
        .group_by(market=_.country, month=month_of(_.day), kind=_.kind)
        .aggregate(value=_.value.sum(), quantity=_.quantity.sum(), lines=_.count(), valued=_.value.count())
    )


def deals(orders: ir.Table, spans: Mapping[str, Span]) -> ir.Table:
    """Add up goods lines to one row per order and market.

    Columns: ``platform, marketplace, deal, market, buyer, day, net`` and one ``net_NAME`` for each of
    `spans`: the value of the lines of those days.  `day` is the day of the order, empty where only
    reversals are known.
    """
    lines = goods(orders)
    return lines.group_by(
        platform=lines.platform,
        marketplace=lines.marketplace,
        deal=ibis.coalesce(lines.cancels, lines.order),
        market=lines.country,
    ).aggregate(
        buyer=lines.buyer.min(),
        day=lines.day.min(where=sold(lines)),
        net=lines.value.sum(),
        **{
            f"net_{name}": lines.value.sum(where=lines.day.between(span.first, span.last))
            for name, span in spans.items()
        },
    )


def deals_by_month(held: ir.Table, spans: Mapping[str, Span]) -> list[Row]:
    """Add up deals by market and month of the order.

    Columns: ``market, month`` (empty for reversals alone), ``orders, anonymous`` (orders without a
    buyer), ``first, last`` (order days), ``squares`` (sum of squared nets) and for each span
    ``orders_NAME, net_NAME, squares_NAME``.
    """
    sums: dict[str, ir.Scalar] = {}
    for name, span in spans.items():
        net = held[f"net_{name}"]
        sums[f"orders_{name}"] = held.day.count(where=held.day.between(span.first, span.last))
        sums[f"net_{name}"] = net.sum()
        sums[f"squares_{name}"] = _square(net).sum()
    return rows(
        held.group_by(market=held.market, month=month_of(held.day)).aggregate(
            orders=held.day.count(),
            anonymous=held.day.count(where=held.buyer.isnull()),
            first=held.day.min(),
            last=held.day.max(),
            squares=_square(held.net).sum(),
            **sums,
        )
    )


def buyers(held: ir.Table) -> ir.Table:
    """Add up deals by market and buyer; a buyer's mark means something on its platform only.

    Columns: ``market, platform, buyer, first, last`` (order days), ``net``.
    """
    return (
        held.filter(held.buyer.notnull())
        .group_by("market", "platform", "buyer")
        .aggregate(first=_.day.min(), last=_.day.max(), net=_.net.sum())
    )


def buyers_by_market(held: ir.Table) -> list[Row]:
    """Count buyers by market.

    Columns: ``market, buyers, repeat`` (with orders on two days or more), and over buyers whose net is
    above zero ``bought`` (their net) and ``squares`` (of their nets).
    """
    positive = held.net > 0
    return rows(
        held.group_by("market").aggregate(
            buyers=held["first"].count(),
            repeat=held["first"].count(where=held["first"] < held["last"]),
            bought=held.net.sum(where=positive),
            squares=_square(held.net).sum(where=positive),
        )
    )


def largest_buyers(held: ir.Table, count: int) -> list[Row]:
    """Return ``market, net`` of the `count` largest buyers of each market, the largest first."""
    place = ibis.row_number().over(ibis.window(group_by=held.market, order_by=ibis.desc(held.net)))
    first = held.select("market", "net", place=place).filter(_.place < count)
    return rows(first.order_by("market", "place"))


def count_buyers(held: ir.Table) -> int:
    """Count the buyers of all markets, each once."""
    ordering = held.filter(held["first"].notnull())
    return int(rows(ordering.select("platform", "buyer").distinct().aggregate(n=_.count()))[0]["n"])


def buyers_by_month(held: ir.Table) -> list[Row]:
    """Count each month's buyers by market: ``market, month, buyers``."""
    ordering = held.filter(held.day.notnull() & held.buyer.notnull())
    single = ordering.select("market", "platform", "buyer", month=month_of(ordering.day)).distinct()
    return rows(single.group_by("market", "month").aggregate(buyers=_.count()))


def traffic_days(traffic: ir.Table) -> Row:
    """Return the first and the last day that traffic covers."""
    return rows(traffic.aggregate(since=_.day.min(), until=ibis.coalesce(_.until, _.day).max()))[0]


#: What traffic counts.
MEASURES = ("impressions", "clicks", "visitors", "views", "inquiries")


def traffic_by_month(traffic: ir.Table, within: Span | None = None) -> list[Row]:
    """Add up traffic by market and month of its first day; `within` limits the first day.

    Where a platform states a day both for all products together and product by product, the former
    counts, so that nothing counts twice.  Columns: ``market, month, several`` (whether the rows cover
    more than one month), ``first, last`` and the measures.
    """
    if within is not None:
        traffic = traffic.filter(traffic.day.between(within.first, within.last))
    together = traffic.sku.isnull() & traffic["product"].isnull()
    stated = traffic.group_by(
        platform=traffic.platform,
        marketplace=traffic.marketplace,
        market=traffic.country,
        day=traffic.day,
        until=ibis.coalesce(traffic.until, traffic.day),
    ).aggregate(
        **{
            name: ibis.coalesce(traffic[name].sum(where=together), traffic[name].sum(where=~together))
            for name in MEASURES
        }
    )
    return rows(
        stated.group_by(
            market=_.market, month=month_of(_.day), several=month_of(_.day) != month_of(_.until)
        ).aggregate(first=_.day.min(), last=_.until.max(), **{name: _[name].sum() for name in MEASURES})
    )


def month_of(day: Any) -> Any:
    """Return the month of a date column as one whole number."""
    return day.year() * 12 + day.month() - 1


@contextmanager
def hold(table: ir.Table) -> Iterator[ir.Table]:
    """Keep the result of `table` in the engine while the block runs."""
    held = table.cache()
    try:
        yield held
    finally:
        held.release()


def rows(table: ir.Table) -> list[Row]:
    """Bring a small result into Python."""
    return cast("list[Row]", table.to_pyarrow().to_pylist())


def goods(orders: ir.Table) -> ir.Table:
    """Keep the lines that make up net goods revenue."""
    kind = functools.reduce(lambda a, b: a | b, [orders.kind == name for name in GOODS_KINDS])
    return orders.filter(kind)


def sold(lines: ir.Table) -> ir.BooleanValue:
    """Tell the lines that make an order count."""
    return (lines.kind == "sale") & ((lines.quantity > 0) | lines.quantity.isnull())


def _square(money: ir.NumericColumn) -> ir.NumericColumn:
    size = money.cast("float64")
    return size * size


def ordered_values(table: ir.Table, column: str, places: Iterable[int]) -> dict[int, Any]:
    """Return the values of a column at some places of its order (the least being 1); nulls do not count."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    held = table.filter(table[column].notnull()).select(value=table[column])
    placed = held.mutate(place=ibis.row_number().over(ibis.window(order_by=held.value)) + 1)
    return {row["place"]: row["value"] for row in rows(placed.filter(placed.place.isin(wanted)))}


def quantiles(
    table: ir.Table, column: str, shares: Iterable[float] = (0.25, 0.5, 0.75), *, level: float = 0.9
) -> tuple[int, dict[float, Estimate]]:
    """Return how many values a column has, and its quantiles with their intervals, worked out in the engine.

    The estimate is the value at place ceil(n p) (Hyndman and Fan 1996, definition 1); the interval is
    that of `fondaco.numerics.quantile`, null with a reason where n is too small.
    """
    n = int(rows(table.aggregate(n=table[column].count()))[0]["n"])
    ends = {p: quantile_places(n, p, level=level) for p in shares}
    middle = {p: max(math.ceil(n * p), 1) for p in ends}
    places = [place for found in ends.values() if found for place in found]
    held = ordered_values(table, column, [*places, *middle.values()] if n else [])
    found = {}
    for p, enclosing in ends.items():
        if enclosing is None:
            fewest = fewest_for_quantile(p, level=level)
            found[p] = unknown(f"{n} value{'' if n == 1 else 's'}, where at least {fewest} are needed.")
        else:
            low, high = (float(held[place]) for place in enclosing)
            found[p] = Estimate(float(held[middle[p]]), low, high, level)
    return n, found
