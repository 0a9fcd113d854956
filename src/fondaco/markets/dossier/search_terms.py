"""Which search terms bring orders in a market, and which only cost.

Over the last twelve months of advertising.  A term *brings orders* from three of them on; it *only costs* where none
came although at the firm's own rate of orders per spend over all terms three or more were to be expected (none at all
then has a probability of at most e^-3 = 5 %, Poisson); anything else is *too early to tell*.  Money is in the firm's
reporting currency, at the day's rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
from ibis import _
from scipy import stats

from fondaco.markets import sums
from fondaco.markets.money import money
from fondaco.markets.periods import year_until
from fondaco.numerics import Estimate, share, unknown
from fondaco.reference.rates import Rates

#: How many terms of a verdict a page lists.
LISTED = 10
#: Orders from which a term counts as bringing orders, and that must be expected before it counts as not.
FEWEST_ORDERS = 3

Verdict = Literal["brings orders", "only costs", "too early to tell"]


@dataclass(frozen=True)
class Term:
    """A search term (or the keyword, where no term is stated) in one market.

    Attributes
    ----------
    spend, sales
        In the firm's currency at the day's rate.
    conversion
        Orders per click: Jeffreys' interval of a share (Beta).
    cost_per_order
        Spend per order: interval from the Gamma(orders + 1/2, spend) posterior of orders per spend.
    expected
        Orders to be expected for that spend at the firm's rate over all terms.
    """

    term: str
    clicks: int
    spend: Decimal
    orders: int
    sales: Decimal
    conversion: Estimate
    cost_per_order: Estimate
    expected: float
    verdict: Verdict

    def to_json(self) -> dict[str, Any]:
        """Return the term as JSON values."""
        return {
            "term": self.term,
            "clicks": self.clicks,
            "spend": money(self.spend.quantize(Decimal("0.01"))),
            "orders": self.orders,
            "sales": money(self.sales.quantize(Decimal("0.01"))),
            "conversion": self.conversion.to_json(),
            "cost_per_order": self.cost_per_order.to_json(2),
            "expected_orders": round(self.expected, 2),
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class Terms:
    """What search terms cost and bring in one market.

    Attributes
    ----------
    since, until
        The time looked at; None without advertising.
    without_rate
        Rows left out because their currency had no rate on the day.
    """

    terms: tuple[Term, ...] = ()
    since: date | None = None
    until: date | None = None
    without_rate: int = 0
    why: str = "No report of search terms has been imported for this market."

    def with_verdict(self, verdict: Verdict) -> tuple[Term, ...]:
        """Return the terms of one verdict, the dearest first."""
        return tuple(each for each in self.terms if each.verdict == verdict)

    def to_json(self) -> dict[str, Any]:
        """Return the largest terms by verdict as JSON values, and how many there are."""
        verdicts: tuple[Verdict, ...] = ("brings orders", "only costs", "too early to tell")
        if not self.terms:
            return {"known": False, "why": self.why}
        return {
            "known": True,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "without_rate": self.without_rate,
            **{
                name.replace(" ", "_"): [each.to_json() for each in self.with_verdict(name)[:LISTED]]
                for name in verdicts
            },
        }


def search_terms(
    ads: ir.Table | None, market: str, *, currency: str, rates: Rates | None = None, level: float = 0.9
) -> Terms:
    """Say which search terms bring orders in a market and which only cost; the module has the rule."""
    if ads is None:
        return Terms()
    known = sums.rows(ads.aggregate(until=ibis.coalesce(ads.until, ads.day).max()))[0]["until"]
    if known is None:
        return Terms()
    span = year_until(known)
    lines = ads.filter(ads.day.between(span.first, span.last))
    paid, without_rate = converted(lines, currency, span.first, span.last, rates)
    named = paid.mutate(text=ibis.coalesce(paid.term.nullif(""), paid.keyword.nullif("")))
    overall = sums.rows(named.aggregate(spend=_.paid.sum(), orders=_.orders.sum()))[0]
    spent = float(overall["spend"] or 0)
    rate = (overall["orders"] or 0) / spent if spent > 0 else 0.0
    here = named.filter((named.country == market) & named.text.notnull())
    found = sums.rows(
        here.group_by("text")
        .aggregate(clicks=_.clicks.sum(), spend=_.paid.sum(), orders=_.orders.sum(), sales=_.sold.sum())
        .order_by(ibis.desc("spend"), "text")
    )
    terms = tuple(_term(r, rate, level) for r in found)
    return Terms(terms, span.first, span.last, without_rate) if terms else Terms()


def converted(
    lines: ir.Table, currency: str, first: date, last: date, rates: Rates | None
) -> tuple[ir.Table, int]:
    """Add ``paid`` and ``sold`` in the firm's currency; lines without a rate are counted and left out."""
    codes = [r["currency"] for r in sums.rows(lines.select("currency").distinct())]
    if all(code == currency for code in codes):
        return lines.mutate(paid=lines.spend.cast("float64"), sold=lines.sales.cast("float64")), 0
    if rates is None:
        mine = lines.filter(lines.currency == currency)
        left_out = sums.rows(lines.filter(lines.currency != currency).aggregate(n=_.count()))[0]["n"]
        return mine.mutate(paid=mine.spend.cast("float64"), sold=mine.sales.cast("float64")), left_out
    table = ibis.memtable(rates.table(codes, currency, first, last)).rename(code="currency", on="day")
    joined = lines.left_join(table, (lines.currency == table.code) & (lines.day == table.on))
    left_out = sums.rows(joined.filter(joined.rate.isnull()).aggregate(n=_.count()))[0]["n"]
    kept = joined.filter(joined.rate.notnull())
    return kept.mutate(
        paid=kept.spend.cast("float64") * kept.rate, sold=kept.sales.cast("float64") * kept.rate
    ), left_out


def _term(row: sums.Row, rate: float, level: float) -> Term:
    clicks, orders = int(row["clicks"] or 0), int(row["orders"] or 0)
    spend = Decimal(str(round(float(row["spend"] or 0), 4)))
    expected = float(spend) * rate
    verdict: Verdict = "too early to tell"
    if orders >= FEWEST_ORDERS:
        verdict = "brings orders"
    elif orders == 0 and expected >= FEWEST_ORDERS:
        verdict = "only costs"
    return Term(
        row["text"],
        clicks,
        spend,
        orders,
        Decimal(str(round(float(row["sales"] or 0), 4))),
        # One click may bring two orders: the share of clicks is then all of them.
        share(min(orders, clicks), clicks, level=level) if clicks else unknown("No click was counted."),
        cost_per_order(spend, orders, level=level),
        expected,
        verdict,
    )


def cost_per_order(spend: Decimal, orders: int, *, level: float = 0.9) -> Estimate:
    """Estimate what an order costs, from what was spent and the orders that came.

    Orders are Poisson in the money spent; with Jeffreys' prior their rate is Gamma(orders + 1/2, spend), and the
    ends of the interval are the inverse of that rate's.

    Examples
    --------
    >>> cost_per_order(Decimal("60.00"), 6).to_json(2)
    {'estimate': 10.0, 'low': 5.37, 'high': 20.37, 'level': 0.9}
    >>> cost_per_order(Decimal("60.00"), 0).why
    'No order came; at least 44.35 an order (90 %).'
    """
    if spend <= 0:
        return unknown("Nothing was spent.")
    tail = (1 - level) / 2
    if orders == 0:
        least = float(spend) / float(stats.gamma.ppf(level, 0.5))
        # One-sided: with probability `level` orders cost more than that.
        return unknown(f"No order came; at least {least:.2f} an order ({level:.0%}).".replace("%", " %"))
    low, high = float(spend) / stats.gamma.ppf([1 - tail, tail], orders + 0.5)
    return Estimate(float(spend) / orders, float(low), float(high), level)
