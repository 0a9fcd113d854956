"""Which markets rise or fall, beyond chance and beyond what moves all markets.

What is counted are buyings: a buyer once a month, however many orders it made (a contract in twelve
lots is no twelve buyers), and an order without a buyer by itself.  The test is
`fondaco.numerics.share_changes`: the last three months against the twelve before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _
from numpy.typing import NDArray

from fondaco.markets import sums
from fondaco.markets.periods import months_before
from fondaco.markets.signals.finding import Looked, Signal, Test
from fondaco.numerics.changes import BEFORE, FEWEST_COUNTS, RECENT, ShareChange, share_changes

#: Days by which a platform's orders may end before the ledger does and still count as known to its end.
SLACK = 31


def markets_tested(orders: ir.Table, home: str, rate: float) -> tuple[list[Test], Looked]:
    """Test each market whose orders suffice for a change of its share; `home` is named where it is among them."""
    what = "markets' shares of orders, the last three months against the twelve before"
    days = sums.known_days(orders)
    if days["until"] is None:
        return [], Looked(what, 0, "The ledger holds no orders yet.")
    bounds = _month_bounds(days["until"])
    if days["since"] > bounds[0] + timedelta(days=SLACK):
        why = f"Fifteen months of orders are needed; the ledger knows {days['since']} to {days['until']}."
        return [], Looked(what, 0, why)
    sold = orders.filter((orders.kind == "sale") & sums.sold(orders) & orders.country.notnull())
    whole, why = _known_throughout(sold, bounds)
    sold = sold.filter(sold.platform.isin(whole) & (sold.day >= bounds[0]))
    markets, counts = _buyer_months(sold, bounds)
    changes = share_changes(counts, rate=rate)
    if not changes:
        why = why or f"Fewer than two markets, or none with {FEWEST_COUNTS} buyings in fifteen months."
    tests = [
        Test(
            change.p_value,
            _signal(markets[change.part], change, bounds[BEFORE], home in markets, why),
            "orders",
            sold.filter(sold.country == markets[change.part]),
        )
        for change in changes
    ]
    return tests, Looked(what, len(tests), why)


def _signal(market: str, change: ShareChange, since: date, with_home: bool, why: str) -> Signal:
    rising = change.recent > change.before
    return Signal(
        kind="market rising" if rising else "market falling",
        market=market,
        product=None,
        finding=(
            f"{change.recent:.1f} buyings a month since {since}, {change.before:.1f} in the twelve months before; "
            f"its share of all went from {change.share_before:.1%} to {change.share_recent:.1%}."
        ),
        action=(
            "Look which products and buyers it comes from before you put more there."
            if rising
            else "Look whether buyers went away, an offer ended or a file is missing, before you act."
        ),
        rests_on=(
            "A buyer counts once a month, an order without a buyer by itself. Judged against all markets"
            f"{', home among them' if with_home else ''}, against how its months scatter (variance "
            f"{change.dispersion:.1f} times that of independent buyers) and against the same months a year before. "
            f"{why}"
        ).strip(),
        since=since,
        details={
            "recent": round(change.recent, 2),
            "before": round(change.before, 2),
            "share_recent": round(change.share_recent, 4),
            "share_before": round(change.share_before, 4),
            "dispersion": round(change.dispersion, 2),
        },
    )


def _month_bounds(until: date) -> list[date]:
    """Return the first days of the fifteen months that end with `until`."""
    after = until + timedelta(days=1)
    return [months_before(after, n) for n in range(RECENT + BEFORE, 0, -1)]


def _known_throughout(sold: ir.Table, bounds: Sequence[date]) -> tuple[list[str], str]:
    """Return the platforms whose orders are known for all fifteen months, and what is said of others.

    Where the file of one platform ends months before the others', its markets would seem to fall.
    """
    platforms = sums.rows(
        sold.group_by("platform").aggregate(first=_.day.min(), last=_.day.max(), n=_.count())
    )
    end = max(r["last"] for r in platforms) if platforms else bounds[-1]
    slack = timedelta(days=SLACK)
    whole, left = [], []
    for r in sorted(platforms, key=lambda r: str(r["platform"])):
        if r["first"] <= bounds[0] + slack and r["last"] >= end - slack:
            whole.append(r["platform"])
        elif r["last"] >= bounds[0]:
            left.append(f"{r['platform']} ({r['first']} to {r['last']})")
    why = f"Left out, as not known for all fifteen months: {', '.join(left)}." if left else ""
    return whole, why


def _buyer_months(sold: ir.Table, bounds: Sequence[date]) -> tuple[list[str], NDArray[np.float64]]:
    """Count buyers by month and market, shape (15, markets); an order without a buyer is one."""
    month = sum(((sold.day >= bound).cast("int32") for bound in bounds[1:]), start=ibis.literal(0))
    who = ibis.coalesce(ibis.literal("b ") + sold.buyer, ibis.literal("o ") + sold.order)
    counted = sums.rows(
        sold.select(market=sold.country, month=month, platform=sold.platform, who=who)
        .distinct()
        .group_by("market", "month")
        .aggregate(n=_.count())
    )
    markets = sorted({r["market"] for r in counted})
    counts = np.zeros((len(bounds), len(markets)))
    for r in counted:
        counts[int(r["month"]), markets.index(r["market"])] = r["n"]
    return markets, counts
