"""What is seen or paid for and brings too little: products viewed but not asked for, keywords that burn money.

The twelve months to the last day of the reports.  Products are judged by how the firm's other products
on the same platform differ; search terms by the rate of all other terms together.  What brings more
than half of what would be expected is no signal, however sure (`AT_MOST`), and where fewer than three
inquiries or orders would be expected nothing is tested (`FEWEST_EXPECTED`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _

from fondaco.markets import sums
from fondaco.markets.money import money
from fondaco.markets.periods import months_before
from fondaco.markets.signals.finding import Looked, Signal, Test, grouped, many
from fondaco.numerics import dispersion_over, expected_at_others, low_against_rest, low_among
from fondaco.numerics.low_rates import FEWEST_OTHERS

#: Events that others would have brought, below which too few cannot be told from none.
FEWEST_EXPECTED = 3.0
#: What brings more than this share of what is expected is no signal.
AT_MOST = 0.5


def products_tested(traffic: ir.Table) -> tuple[list[Test], Looked]:
    """Test each product with enough views: is it asked for less than the firm's other products?"""
    what = "products' inquiries or orders for how often they were seen, against the firm's other products"
    until = sums.traffic_days(traffic)["until"]
    if until is None:
        return [], Looked(what, 0, "No traffic has been imported.")
    since = months_before(until + timedelta(days=1), 12)
    seen = traffic.filter((traffic.day >= since) & (traffic.sku.notnull() | traffic["product"].notnull()))
    key = ibis.coalesce(seen.sku, seen["product"])
    measures = ("visitors", "views", "clicks", "inquiries", "orders")
    rows = sums.rows(
        seen.group_by(platform=seen.platform, marketplace=seen.marketplace, key=key).aggregate(
            product=seen["product"].max(),
            **{name: ibis.coalesce(seen[name].sum(), 0) for name in measures},
        )
    )
    tests: list[Test] = []
    for (platform, marketplace), products in grouped(rows, "platform", "marketplace"):
        shown = _first_stated(products, ("visitors", "views", "clicks"))
        asked = _first_stated(products, ("inquiries", "orders"))
        if shown is None or asked is None:
            continue
        k, e = [r[asked] for r in products], [r[shown] for r in products]
        expected = expected_at_others(k, e)
        p = low_among(k, e)
        for r, p_value, due in zip(products, p, expected, strict=True):
            if due < FEWEST_EXPECTED or len(products) <= FEWEST_OTHERS:
                continue

            mine = seen.filter((key == r["key"]) & (seen.platform == platform))
            if marketplace is not None:
                mine = mine.filter(mine.marketplace == marketplace)
            signal = Signal(
                kind="viewed, not asked for",
                market=None,
                product=r["product"] or r["key"],
                finding=(
                    f"{r[shown]:,} {shown} and {r[asked]:,} {asked} on {marketplace or platform} since {since}; at the "
                    f"rate of the other products it would be about {due:.0f}."
                ),
                action="Compare its price, pictures, minimum and text with those of products that are asked for.",
                rests_on=f"Judged by how the firm's other {len(products) - 1} products differ on the same platform.",
                since=since,
                details={shown: r[shown], asked: r[asked], "expected": round(float(due), 1)},
            )
            tests.append(Test(float(p_value) if r[asked] <= AT_MOST * due else 1.0, signal, "traffic", mine))
    why = "" if tests else "It takes six products with views and at least one inquiry or order."
    return tests, Looked(what, len(tests), why)


def _first_stated(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> str | None:
    return next((name for name in names if any(r[name] for r in rows)), None)


# --- keywords that burn money -----------------------------------------------------------------------


def keywords_tested(ads: ir.Table) -> tuple[list[Test], Looked]:
    """Test each search term with enough clicks: does it bring less than the firm's other terms?"""
    what = "search terms' orders for their clicks, against the firm's other terms"
    until = sums.rows(ads.aggregate(until=ibis.coalesce(ads.until, ads.day).max()))[0]["until"]
    if until is None:
        return [], Looked(what, 0, "No advertising reports have been imported.")
    since = months_before(until + timedelta(days=1), 12)
    paid = ads.filter((ads.day >= since) & ibis.coalesce(ads.term, ads.keyword).notnull())
    term = ibis.coalesce(paid.term, paid.keyword)
    cells = sums.rows(
        paid.group_by(
            platform=paid.platform, marketplace=paid.marketplace, market=paid.country, term=term,
            currency=paid.currency, month=sums.month_of(paid.day),
        ).aggregate(
            clicks=ibis.coalesce(_.clicks.sum(), 0),
            orders=ibis.coalesce(_.orders.sum(), 0),
            spend=ibis.coalesce(_.spend.sum(), Decimal(0)),
        )
    )  # fmt: skip
    tests: list[Test] = []
    for (platform, marketplace, currency), held in grouped(cells, "platform", "marketplace", "currency"):
        terms = _terms(held)
        exposure = "clicks" if any(t["clicks"] for t in terms) else "spend"
        k, e = [t["orders"] for t in terms], [float(t[exposure]) for t in terms]
        p = low_against_rest(k, e, dispersion=_dispersion(held, terms, exposure))
        for t, p_value, due in zip(terms, p, expected_at_others(k, e), strict=True):
            if due < FEWEST_EXPECTED or not t["spend"]:
                continue

            mine = paid.filter(
                (term == t["term"]) & (paid.platform == platform) & (paid.currency == currency)
            )
            mine = mine.filter(mine.country.isnull() if t["market"] is None else mine.country == t["market"])
            signal = Signal(
                kind="keyword without return",
                market=t["market"],
                product=t["term"],
                finding=(
                    f"{money(t['spend'])} {currency} for {many(t['clicks'], 'click')} on {marketplace or platform} since "
                    f"{since} brought {many(t['orders'], 'order')}; at the rate of the other terms it would be about "
                    f"{due:.0f}."
                ),
                action="Lower its bid, exclude it or send it to another product; then look again.",
                rests_on=(
                    "Orders are those that the platform ascribes; those of the last days may still come. Compared "
                    f"with {many(len(terms) - 1, 'other term')}."
                ),
                since=since,
                details={
                    "spend": money(t["spend"]),
                    "currency": currency,
                    "clicks": t["clicks"],
                    "orders": t["orders"],
                    "expected": round(float(due), 1),
                },
            )
            tests.append(Test(float(p_value) if t["orders"] <= AT_MOST * due else 1.0, signal, "ads", mine))
    why = "" if tests else "No term has so many clicks that three orders would be expected of it."
    return tests, Looked(what, len(tests), why)


def _terms(cells: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up a platform's months to one row per market and term."""
    terms = []
    for (market, term), months in grouped(cells, "market", "term"):
        added = {name: sum(r[name] for r in months) for name in ("clicks", "orders", "spend")}
        terms.append({"market": market, "term": term, **added})
    return terms


def _dispersion(
    cells: Sequence[Mapping[str, Any]], terms: Sequence[Mapping[str, Any]], exposure: str
) -> float:
    """Return how much the months' orders vary about each term's own rate."""
    months = sorted({r["month"] for r in cells})
    place = {(t["market"], t["term"]): row for row, t in enumerate(terms)}
    orders, exposed = np.zeros((len(terms), len(months))), np.zeros((len(terms), len(months)))
    for r in cells:
        at = place[r["market"], r["term"]], months.index(r["month"])
        orders[at], exposed[at] = r["orders"], float(r[exposure])
    return dispersion_over(orders, exposed)
