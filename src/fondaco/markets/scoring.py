"""How the market scorecard is worked out: sums of the ledger's lines and orders, then what they tell of each market.

What each number is, is defined in `fondaco.markets.scorecard`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from fondaco.kernel.words import many
from fondaco.markets import sums
from fondaco.markets.money import per, ratio, total
from fondaco.markets.periods import Periods, Span, month_name, month_number, periods, whole_months
from fondaco.markets.scorecard import Basis, MarketRow, MonthFigures, Scorecard, Totals
from fondaco.numerics import (
    Estimate,
    Moments,
    next_month,
    probability_larger,
    relative_growth,
    share,
    top_probabilities,
    unknown,
)

RULE = "market-scorecard/1"

#: How many markets count as the first in `MarketRow.top5_probability`.
FIRST = 5


def scorecard(
    orders: ir.Table,
    *,
    home: str,
    currency: str,
    traffic: ir.Table | None = None,
    fingerprint: str = "",
    withheld: int = 0,
) -> Scorecard:
    """Work out the scorecard of a firm; `fondaco.markets.scorecard` defines each number.

    Parameters
    ----------
    orders
        Current view of the ledger's `orders`, on DuckDB or Spark.
    home
        The firm's own market, alpha-3.
    currency
        The firm's reporting currency: that of the column `value`.
    traffic
        Current view of the ledger's `traffic`, for expected inquiries.
    fingerprint, withheld
        The ledger's state and its rows in quarantine, passed on into the basis.
    """
    known = sums.known_days(orders)
    if known["since"] is None:
        return _empty(home, currency, fingerprint, withheld)
    chosen = periods(known["since"], known["until"])
    spans = _spans(chosen)
    goods = sums.goods_by_month(orders)
    with sums.hold(sums.deals(orders, spans)) as deals:
        by_month = sums.deals_by_month(deals, spans)
        with sums.hold(sums.buyers(deals)) as buyers:
            counted = {row["market"]: row for row in sums.buyers_by_market(buyers)}
            largest = _grouped(sums.largest_buyers(buyers, 3))
            all_buyers = sums.count_buyers(buyers)
    views = None if traffic is None else _inquiries(traffic)
    goods_of, deals_of = _grouped(goods), _grouped(by_month)
    drafts = [
        _market_row(
            market,
            home=home,
            goods=goods_of[market],
            deals=deals_of[market],
            buyers=counted.get(market, {}),
            largest=[row["net"] for row in largest[market]],
            chosen=chosen,
            inquiries=_expected_inquiries(market, views),
            withheld=withheld,
        )
        for market in goods_of
    ]
    totals = _totals([draft.row for draft in drafts], all_buyers)
    return Scorecard(
        _ranked(drafts, totals, chosen),
        home,
        currency,
        totals,
        known["since"],
        known["until"],
        Basis(RULE, fingerprint, known["lines"], withheld, chosen.compares, _notes(totals, currency)),
    )


@dataclass(frozen=True)
class _Draft:
    """A row before it is ranked, with the moments that its rank's certainty is judged by."""

    row: MarketRow
    ever: Moments
    year: Moments


def _spans(chosen: Periods) -> dict[str, Span]:
    """Name the spans that need sums of their own: growth's two, and the year where it is neither."""
    spans = {}
    if chosen.last and chosen.before:
        spans = {"last": chosen.last, "before": chosen.before}
    if chosen.year not in (chosen.last, chosen.known):
        spans["year"] = chosen.year
    return spans


def _market_row(
    market: str | None,
    *,
    home: str,
    goods: Sequence[sums.Row],
    deals: Sequence[sums.Row],
    buyers: Mapping[str, Any],
    largest: Sequence[Decimal],
    chosen: Periods,
    inquiries: Estimate,
    withheld: int,
) -> _Draft:
    value = {kind: total(r["value"] for r in goods if r["kind"] == kind) for kind in _KINDS}
    lines = {kind: sum(r["lines"] for r in goods if r["kind"] == kind) for kind in _KINDS}
    net = total(value.values())
    orders = sum(r["orders"] for r in deals)
    ever = Moments(orders, float(net), sum(r["squares"] or 0.0 for r in deals))
    months = _months(goods, deals, chosen.known)
    season, season_why = _seasonality(months, chosen.known)
    bought = buyers.get("bought") or Decimal(0)
    positive = [held for held in largest if held is not None and held > 0]
    row = MarketRow(
        market=market,
        home=market == home,
        rank=None,
        net_revenue=net,
        gross_sales=value["sale"],
        cancelled=value["cancellation"],
        returned=value["return"],
        taken_back=ratio(-(value["cancellation"] + value["return"]), value["sale"]),
        orders=orders,
        orders_without_buyer=sum(r["anonymous"] for r in deals),
        buyers=buyers.get("buyers", 0),
        repeat_buyers=buyers.get("repeat", 0),
        average_order=per(value["sale"], orders),
        units=total(r["quantity"] for r in goods),
        lines=sum(lines.values()),
        cancellation_lines=lines["cancellation"],
        return_lines=lines["return"],
        lines_without_rate=sum(r["lines"] - r["valued"] for r in goods),
        growth=_growth(deals, chosen),
        repeat_share=_repeat_share(buyers),
        share=None,
        share_of_foreign=None,
        top_buyer_share=ratio(total(positive[:1]), bought),
        top3_buyers_share=ratio(total(positive[:3]), bought),
        buyer_hhi=buyers["squares"] / float(bought) ** 2 if bought else None,
        seasonality=season,
        seasonality_why=season_why,
        months=months,
        first_order=min((r["first"] for r in deals if r["first"]), default=None),
        last_order=max((r["last"] for r in deals if r["last"]), default=None),
        expected_orders=unknown(""),
        expected_inquiries=inquiries,
        top5_probability=None,
        withheld=withheld,
    )
    name = "last" if chosen.year == chosen.last else "year"
    year = ever if chosen.year == chosen.known else _moments(deals, name)
    return _Draft(replace(row, expected_orders=_expected_orders(months, year.count, chosen.year)), ever, year)


_KINDS = ("sale", "cancellation", "return")


def _moments(deals: Sequence[sums.Row], name: str) -> Moments:
    return Moments(
        sum(r[f"orders_{name}"] for r in deals),
        float(total(r[f"net_{name}"] for r in deals)),
        sum(r[f"squares_{name}"] or 0.0 for r in deals),
    )


def _growth(deals: Sequence[sums.Row], chosen: Periods) -> Estimate:
    if chosen.last is None:
        return unknown(chosen.compares)
    return relative_growth(_moments(deals, "last"), _moments(deals, "before"))


def _repeat_share(buyers: Mapping[str, Any]) -> Estimate:
    if not buyers.get("buyers"):
        return unknown("No order here names its buyer.")
    return share(buyers["repeat"], buyers["buyers"])


def _months(goods: Sequence[sums.Row], deals: Sequence[sums.Row], known: Span) -> tuple[MonthFigures, ...]:
    """Return every month of the known time, those without anything too."""
    net: dict[int, Decimal] = defaultdict(Decimal)
    for row in goods:
        net[row["month"]] += row["value"] or 0
    orders = {row["month"]: row["orders"] for row in deals if row["month"] is not None}
    return tuple(
        MonthFigures(month_name(number), net.get(number, Decimal(0)), orders.get(number, 0))
        for number in range(month_number(known.first), month_number(known.last) + 1)
    )


def _seasonality(months: Sequence[MonthFigures], known: Span) -> tuple[tuple[float, ...] | None, str]:
    """Return twelve indices of mean 1: each month over the mean of its year, averaged over the years.

    Years are runs of twelve whole months counted back from the last whole one, so that a market
    that doubles from year to year does not seem to have its season late.
    """
    whole = whole_months(known)
    if len(whole) < 24:
        return None, f"A season shows from 24 whole months on; {len(whole)} are known."
    skipped = whole.start - month_number(known.first)
    held = [float(month.net_revenue) for month in months[skipped : skipped + len(whole)]]
    indices: dict[int, list[float]] = defaultdict(list)
    for year in range(len(whole) // 12):
        end = len(whole) - 12 * year
        mean = sum(held[end - 12 : end]) / 12
        if mean <= 0:
            return None, "In one of the years nothing was sold, net of what was taken back."
        for place in range(end - 12, end):
            indices[(whole.start + place) % 12].append(held[place] / mean)
    return tuple(sum(indices[month]) / len(indices[month]) for month in range(12)), ""


def _expected_orders(months: Sequence[MonthFigures], count: int, year: Span) -> Estimate:
    whole = {month_name(number) for number in whole_months(year)}
    return next_month(count, year.months, monthly=[m.orders for m in months if m.month in whole])


def _inquiries(traffic: ir.Table) -> tuple[Span | None, dict[str | None, int | None]]:
    """Return the last twelve months that traffic covers, and the inquiries in them by market."""
    seen = sums.traffic_days(traffic)
    if seen["since"] is None:
        return None, {}
    chosen = periods(seen["since"], seen["until"]).year
    found: dict[str | None, int | None] = {}
    for row in sums.traffic_by_month(traffic, chosen):
        before = found.get(row["market"])
        stated = row["inquiries"]
        found[row["market"]] = before if stated is None else (before or 0) + int(stated)
    return chosen, found


def _expected_inquiries(
    market: str | None, seen: tuple[Span | None, dict[str | None, int | None]] | None
) -> Estimate:
    if seen is None or seen[0] is None:
        return unknown("No traffic has been imported.")
    count = seen[1].get(market)
    if count is None:
        return unknown("The imported traffic states no inquiries for this market.")
    return next_month(count, seen[0].months)


def _totals(rows: Sequence[MarketRow], buyers: int) -> Totals:
    return Totals(
        net_revenue=total(row.net_revenue for row in rows),
        foreign_revenue=total(row.net_revenue for row in rows if _foreign(row)),
        gross_sales=total(row.gross_sales for row in rows),
        orders=sum(row.orders for row in rows),
        orders_without_buyer=sum(row.orders_without_buyer for row in rows),
        buyers=buyers,
        units=total(row.units for row in rows),
        lines=sum(row.lines for row in rows),
        lines_without_rate=sum(row.lines_without_rate for row in rows),
    )


def _foreign(row: MarketRow) -> bool:
    return row.market is not None and not row.home


def _ranked(drafts: Sequence[_Draft], totals: Totals, chosen: Periods) -> tuple[MarketRow, ...]:
    """Order the markets, and add what can only be said beside the others."""
    foreign = sorted(
        (draft for draft in drafts if _foreign(draft.row)),
        key=lambda draft: (-draft.row.net_revenue, draft.row.market),
    )
    chances = top_probabilities(
        [d.year for d in foreign], [d.ever for d in foreign], months=chosen.year.months, first=FIRST
    )
    ranked = []
    for place, draft in enumerate(foreign):
        following = foreign[place + 1] if place + 1 < len(foreign) else None
        ranked.append(
            replace(
                draft.row,
                rank=place + 1,
                share_of_foreign=ratio(draft.row.net_revenue, totals.foreign_revenue),
                top5_probability=float(chances[place]),
                ahead=None if following is None else probability_larger(draft.ever, following.ever),
                next_market=None if following is None else following.row.market,
            )
        )
    others = sorted((d.row for d in drafts if not _foreign(d.row)), key=lambda row: not row.home)
    return tuple(replace(row, share=ratio(row.net_revenue, totals.net_revenue)) for row in [*ranked, *others])


def _notes(totals: Totals, currency: str) -> tuple[str, ...]:
    notes = ["Ranked by net goods revenue so far, which says nothing of a market's potential."]
    if totals.lines_without_rate:
        notes.append(
            f"{many(totals.lines_without_rate, 'goods line')} without an exchange rate to {currency}: "
            "counted, not added."
        )
    if totals.orders_without_buyer:
        notes.append(
            f"{many(totals.orders_without_buyer, 'order')} without a buyer: not in the buyers' figures."
        )
    return tuple(notes)


def _empty(home: str, currency: str, fingerprint: str, withheld: int) -> Scorecard:
    why = "There are no orders yet: import a file of orders first."
    basis = Basis(RULE, fingerprint, 0, withheld, why, (why,))
    return Scorecard((), home, currency, _totals([], 0), None, None, basis)


def _grouped(rows: Sequence[sums.Row]) -> defaultdict[str | None, list[sums.Row]]:
    held: defaultdict[str | None, list[sums.Row]] = defaultdict(list)
    for row in rows:
        held[row["market"]].append(row)
    return held
