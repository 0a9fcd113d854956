"""Who ordered when: the buyers of a firm, summed up for the models of repeat buying.

A buyer is a mark of one platform.  An order counts as in the market scorecard
(`fondaco.markets.scorecard`), and not if it has been taken back whole: what its cancellations and returns
leave of it is zero or less.  Orders of one buyer on one day are one.  What is known ends for each platform
with the last day of its files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import polars as pl
from ibis import _

from fondaco.markets import sums
from fondaco.numerics.histories import Customers, sum_up

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_EPOCH = date(1970, 1, 1)
#: A platform whose files end so many days before the others' is told of.
BEHIND = 30


@dataclass(frozen=True)
class Orders:
    """Orders one by one, as arrays of one length.

    Attributes
    ----------
    key
        The buyer's number, which `Customers.key` repeats.
    day, end
        Days since 1970: of the order, and the last that is known of its platform.
    net
        What it brought; NaN where that is not known.
    """

    key: Ints
    day: Ints
    end: Ints
    net: Array


@dataclass(frozen=True)
class Buying:
    """Buyers, one by one, and what they ordered.

    Attributes
    ----------
    names
        The platform's mark of each, or whatever a file calls them.
    platforms, markets
        Of each; None where it is not known. A buyer's market is that of the latest order.
    customers
        Orders summed up, in the same order.
    orders
        The orders that were summed up.
    until
        The last day that is known.
    valued
        Whether the orders' values are known, as far as the source states them.
    notes
        What was left out, in sentences.
    """

    names: tuple[str, ...]
    platforms: tuple[str | None, ...]
    markets: tuple[str | None, ...]
    customers: Customers
    orders: Orders
    until: date | None
    valued: bool
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def before(self, day: int) -> Customers:
        """Return the buyers as they stood at the end of an earlier day (days since 1970); those to come are left out."""
        held = self.orders
        return sum_up(held.key, held.day, np.minimum(held.end, day), held.net)

    def between(self, after: int, upto: int) -> tuple[Ints, Ints]:
        """Return (keys, number of days with an order) of the buyers who ordered after a day and up to another."""
        held = self.orders
        there = (held.day > after) & (held.day <= np.minimum(held.end, upto))
        pairs = np.unique(np.column_stack([held.key[there], held.day[there]]), axis=0)
        keys, counts = np.unique(pairs[:, 0], return_counts=True)
        return keys, counts.astype(np.int64)


def day_of(number: int) -> date:
    """Return the day of a number of days since 1970.

    Examples
    --------
    >>> day_of(10227)
    datetime.date(1998, 1, 1)
    """
    return _EPOCH + timedelta(days=int(number))


def number_of(day: date) -> int:
    """Return a day's number of days since 1970."""
    return (day - _EPOCH).days


def buying_of(orders: ir.Table, *, until: date | None = None) -> Buying:
    """Sum up the orders of a ledger by buyer.

    Parameters
    ----------
    orders
        The current view of the ledger's table.
    until
        Later days are left out, as if they had not come yet.
    """
    if until is not None:
        orders = orders.filter(orders.day <= until)
    ends = orders.group_by("platform").aggregate(end=_.day.max()).to_polars()
    deals = sums.deals(orders, {})
    counted = deals.filter(deals.day.notnull())
    named = counted.filter(counted.buyer.notnull())
    whole = named.filter(named.net.isnull() | (named.net > 0))
    columns = whole.select("platform", "buyer", "market", "day", net=whole.net.cast("float64")).to_polars()
    told = sums.rows(
        counted.aggregate(
            anonymous=counted.day.count(where=counted.buyer.isnull()),
            back=counted.day.count(where=counted.buyer.notnull() & (counted.net <= 0)),
        )
    )[0]
    notes = _notes(told["anonymous"], told["back"], ends)
    return from_orders(columns, dict(ends.iter_rows()), notes)


def _notes(anonymous: int, back: int, ends: pl.DataFrame) -> tuple[str, ...]:
    notes = []
    if anonymous:
        notes.append(f"{anonymous:,} orders name no buyer and say nothing of repeat buying.")
    if back:
        notes.append(f"{back:,} orders were taken back whole and do not count.")
    known = ends.drop_nulls()
    if known.height > 1:
        last = known["end"].max()
        late = [(name, end) for name, end in known.iter_rows() if (last - end).days > BEHIND]
        notes += [
            f"The files of {name} end on {end}: what its buyers did since is not known." for name, end in late
        ]
    return tuple(notes)


def from_orders(orders: pl.DataFrame, ends: dict[str | None, date], notes: tuple[str, ...] = ()) -> Buying:
    """Sum up orders that stand in a frame.

    Parameters
    ----------
    orders
        Columns ``platform, buyer, market, day, net``: text, text, text, date, float; platform, market and
        net may be null.
    ends
        The last day known, by platform.
    """
    marked = orders.with_columns(
        key=pl.struct("platform", "buyer").rank("dense").cast(pl.Int64),
        number=pl.col("day").cast(pl.Date).cast(pl.Int32).cast(pl.Int64),
        end=pl.col("platform").replace_strict(
            {name: number_of(day) for name, day in ends.items()}, return_dtype=pl.Int64, default=None
        ),
    ).filter(pl.col("number") <= pl.col("end"))
    held = Orders(
        marked["key"].to_numpy(), marked["number"].to_numpy(), marked["end"].to_numpy(),
        marked["net"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
    )  # fmt: skip
    customers = sum_up(held.key, held.day, held.end, held.net)
    latest = marked.sort("key", "number", maintain_order=True).group_by("key", maintain_order=True).last()
    return Buying(
        tuple(latest["buyer"]),
        tuple(latest["platform"]),
        tuple(latest["market"]),
        customers,
        held,
        max(ends.values(), default=None),
        bool(marked["net"].is_not_null().any()),
        notes,
    )


__all__ = ["BEHIND", "Buying", "buying_of", "day_of", "from_orders", "number_of"]
