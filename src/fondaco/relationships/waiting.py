"""How long buyers take: from the first contact to the first order, and from the first order to the second.

Who has not ordered (again) yet is an open case and counts for as long as it has been seen (Kaplan and
Meier), so that fresh contacts do not make a firm look slow and old ones do not make it look hopeless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import polars as pl
from ibis import _

from fondaco.markets import sums
from fondaco.numerics import Estimate, unknown
from fondaco.numerics.survival import Curve, kaplan_meier

#: Shares are told after so many days.
AFTER = (30, 90, 180, 365)
#: A market with fewer cases has no curve of its own.
FEWEST = 5


@dataclass(frozen=True)
class Wait:
    """How long a step takes in one market, or everywhere.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None for all together.
    cases, done
        How many began, and for how many it has happened.
    median
        Days until it has happened to half of all; refused where it has not.
    within
        By days: the share for whom it has happened by then.
    """

    market: str | None
    cases: int
    done: int
    median: Estimate
    within: Mapping[int, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "market": self.market,
            "cases": self.cases,
            "done": self.done,
            "median_days": self.median.to_json(1),
            "within_days": {str(days): told.to_json() for days, told in self.within.items()},
        }


def waits(
    days: npt.ArrayLike, done: npt.ArrayLike, markets: Sequence[str | None], *, level: float = 0.9
) -> tuple[Wait, ...]:
    """Tell how long a step takes: of all together first, then of each market with five cases or more.

    Parameters
    ----------
    days, done
        Shape (n,): days until it happened, or until the end of what is known; and whether it happened.
    markets
        Of each case.

    Examples
    --------
    >>> found = waits([10, 20, 30, 400], [True, True, False, False], ["DEU"] * 4)
    >>> found[0].within[90].to_json(2)
    {'estimate': 0.5, 'low': 0.19, 'high': 0.9, 'level': 0.9}
    """
    times, happened = np.asarray(days, dtype=np.float64), np.asarray(done, dtype=bool)
    where = np.array([market or "" for market in markets])
    found = [_wait(None, times, happened, level)] if len(times) else []
    names, counts = np.unique(where, return_counts=True)
    for name in names[np.argsort(-counts, kind="stable")]:
        part = where == name
        if name and part.sum() >= FEWEST:
            found.append(_wait(str(name), times[part], happened[part], level))
    return tuple(found)


def _wait(
    market: str | None, days: npt.NDArray[np.float64], done: npt.NDArray[np.bool_], level: float
) -> Wait:
    curve = kaplan_meier(days, done, level=level)
    within = {after: _by(curve, after) for after in AFTER}
    return Wait(market, len(days), int(done.sum()), curve.quantile(0.5), within)


def _by(curve: Curve, after: int) -> Estimate:
    left = curve.at(after)
    if left.estimate is None:
        return unknown(f"Nobody has been followed for {after} days.")
    if left.low is None or left.high is None:
        return Estimate(0.0, None, None, None, f"It has happened to nobody within {after} days.")
    return Estimate(1 - left.estimate, 1 - left.high, 1 - left.low, left.level)


def to_second_order(orders: ir.Table) -> tuple[Wait, ...]:
    """Tell how long buyers take from their first order to an order on another day, by market of the first."""
    ends = _ends(orders)
    days = _order_days(orders)
    firsts = (
        days.sort("day")
        .group_by("platform", "buyer", maintain_order=True)
        .agg(
            pl.col("market").first(),
            first=pl.col("day").first(),
            second=pl.col("day").get(1, null_on_oob=True),
        )
    )
    return _between(firsts, ends)


def _between(cases: pl.DataFrame, ends: pl.DataFrame) -> tuple[Wait, ...]:
    held = cases.join(ends, on="platform", how="left").with_columns(
        days=(pl.coalesce("second", "end") - pl.col("first")).dt.total_days()
    )
    held = held.filter(pl.col("days") >= 0)
    return waits(held["days"].to_numpy(), held["second"].is_not_null().to_numpy(), held["market"].to_list())


def _ends(table: ir.Table) -> pl.DataFrame:
    found: pl.DataFrame = table.group_by("platform").aggregate(end=_.day.max()).to_polars()
    return found


def _order_days(orders: ir.Table) -> pl.DataFrame:
    """Return each day with an order of each buyer: ``platform, buyer, market, day``; as `buying_of` counts."""
    deals = sums.deals(orders, {})
    counted = deals.filter(
        deals.day.notnull() & deals.buyer.notnull() & (deals.net.isnull() | (deals.net > 0))
    )
    found: pl.DataFrame = (
        counted.group_by("platform", "buyer", "day").aggregate(market=_.market.max()).to_polars()
    )
    return found
