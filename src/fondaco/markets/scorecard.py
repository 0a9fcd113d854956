"""The market scorecard: which foreign markets bring what, and which way they are going.

Everything is worked out from the firm's own ledger.  Money is in the firm's reporting currency;
the rules, with a worked table, are in ``docs/rules/market-scorecard.md``.

Definitions
-----------
goods lines
    Lines of kind sale, cancellation or return.  Shipping, fees, taxes and the like never count.
net revenue
    Sum of ``value`` over goods lines.  Lines without an exchange rate have no value: they are
    counted (`MarketRow.lines_without_rate`), not added.
orders
    Distinct (platform, marketplace, order) with a sale line whose quantity is above zero or not
    stated.  An order that goes to two markets counts once in each.
buyers
    Distinct (platform, buyer) among those; orders without a buyer are counted apart.
average order
    Gross sales (value of sale lines) over orders.
repeat share
    Share of buyers who ordered on two days or more.
growth
    Net revenue of the last twelve months over that of the twelve before, minus 1, anchored at the
    last day the ledger knows; halves of the known time where it is shorter than 24 months.
expected orders
    Number of orders in the month after the last known day, from the rate of the last twelve months.
top-5 probability
    Of being among the five first foreign markets by net revenue in the next twelve months, if
    orders go on as in the last twelve; see `fondaco.numerics.ranking`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import polars as pl

from fondaco.markets import sums
from fondaco.markets.money import money, per, ratio, total
from fondaco.markets.periods import Periods, Span, month_name, month_number, periods, whole_months
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

_NONE = Decimal(0)

#: How many markets count as the first in `MarketRow.top5_probability`.
FIRST = 5


@dataclass(frozen=True)
class MonthFigures:
    """One month of one market.

    Attributes
    ----------
    month
        As ``YYYY-MM``.
    net_revenue
        Net goods revenue by the day of each line.
    orders
        Orders by the day of the order.
    """

    month: str
    net_revenue: Decimal
    orders: int


@dataclass(frozen=True)
class MarketRow:
    """What the ledger says of one market.  Money in the firm's currency, shares between 0 and 1.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None for lines whose country is not known.
    rank
        Place among foreign markets by net revenue; None for home and for unknown country.
    net_revenue, gross_sales, cancelled, returned
        Values of goods lines, of sale lines, of cancellation lines and of return lines (the latter
        two are negative).
    taken_back
        (cancelled + returned) / gross sales, as a share above zero.
    orders, orders_without_buyer, buyers, repeat_buyers
        Counts, see the module's definitions.
    units
        Net quantity over goods lines.
    lines, cancellation_lines, return_lines, lines_without_rate
        Goods lines, and how many of them are what the name says.
    growth, repeat_share
        Estimates with intervals of level 0.9.
    share, share_of_foreign
        Of net revenue over all markets, and over all foreign ones.
    top_buyer_share, top3_buyers_share, buyer_hhi
        Shares of the largest buyers in the net revenue from buyers above zero, and the sum of all
        buyers' squared shares (Herfindahl-Hirschman index; 1 is a single buyer).
    seasonality
        Twelve indices, January first, of mean 1; None where less than 24 whole months are known.
    expected_orders, expected_inquiries
        Next month's number, with a predictive interval of level 0.8.
    top5_probability
        See the module's definitions; None for home.
    ahead
        Probability that it really outsells the market ranked next, seen as a matter of chance in
        the arrival and size of orders; None for the last and for home.
    """

    market: str | None
    home: bool
    rank: int | None
    net_revenue: Decimal
    gross_sales: Decimal
    cancelled: Decimal
    returned: Decimal
    taken_back: float | None
    orders: int
    orders_without_buyer: int
    buyers: int
    repeat_buyers: int
    average_order: Decimal | None
    units: Decimal
    lines: int
    cancellation_lines: int
    return_lines: int
    lines_without_rate: int
    growth: Estimate
    repeat_share: Estimate
    share: float | None
    share_of_foreign: float | None
    top_buyer_share: float | None
    top3_buyers_share: float | None
    buyer_hhi: float | None
    seasonality: tuple[float, ...] | None
    seasonality_why: str
    months: tuple[MonthFigures, ...]
    first_order: date | None
    last_order: date | None
    expected_orders: Estimate
    expected_inquiries: Estimate
    top5_probability: float | None
    ahead: float | None = None
    next_market: str | None = None
    withheld: int = 0

    @property
    def rests_on(self) -> dict[str, Any]:
        """What the row, and its rank, rest on: counts, days and a sentence."""
        return {
            "orders": self.orders,
            "lines": self.lines,
            "first": _iso(self.first_order),
            "last": _iso(self.last_order),
            "withheld": self.withheld,
            "lines_without_rate": self.lines_without_rate,
            "ahead_of_next": None if self.ahead is None else round(self.ahead, 3),
            "sentence": self._sentence(),
        }

    def _sentence(self) -> str:
        parts = [f"{_many(self.orders, 'order')} on {_many(self.lines, 'goods line')}"]
        if self.first_order and self.last_order:
            parts[0] += f", {self.first_order} to {self.last_order}"
        if self.withheld:
            parts.append(f"{_many(self.withheld, 'row')} of the firm's files in quarantine, not counted")
        if self.lines_without_rate:
            parts.append(f"{_many(self.lines_without_rate, 'line')} without an exchange rate, not counted")
        text = "; ".join(parts) + "."
        if self.home:
            return text + " Home market: not ranked."
        if not self.lines:
            return text + " Nothing was sold there: not ranked."
        if self.market is None:
            return text + " Country not known: not ranked."
        text += " Ranked by revenue so far, not by potential."
        if self.ahead is not None and self.ahead < 0.9:
            text += (
                f" The lead over {self.next_market} is within chance: "
                f"{self.ahead:.0%} probable that it is real."
            )
        return text

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values: money as strings, days in ISO 8601."""
        return {
            "market": self.market,
            "rank": self.rank,
            "home": self.home,
            "kind": "home" if self.home else "unknown" if self.market is None else "foreign",
            "net_revenue": money(self.net_revenue),
            "orders": self.orders,
            "buyers": self.buyers,
            "growth": self.growth.to_json(),
            "repeat_share": self.repeat_share.to_json(),
            "share": _rounded(self.share),
            "share_of_foreign": _rounded(self.share_of_foreign),
            "expected_orders": self.expected_orders.to_json(2),
            "expected_inquiries": self.expected_inquiries.to_json(2),
            "top5_probability": _rounded(self.top5_probability),
            "rests_on": self.rests_on,
            "gross_sales": money(self.gross_sales),
            "cancelled": money(self.cancelled),
            "returned": money(self.returned),
            "taken_back": _rounded(self.taken_back),
            "cancellation_lines": self.cancellation_lines,
            "return_lines": self.return_lines,
            "orders_without_buyer": self.orders_without_buyer,
            "average_order": None if self.average_order is None else money(self.average_order),
            "units": float(self.units),
            "top_buyer_share": _rounded(self.top_buyer_share),
            "top3_buyers_share": _rounded(self.top3_buyers_share),
            "buyer_hhi": _rounded(self.buyer_hhi),
            "seasonality": None if self.seasonality is None else [round(i, 4) for i in self.seasonality],
            "seasonality_why": self.seasonality_why,
            "first_order": _iso(self.first_order),
            "last_order": _iso(self.last_order),
            "months": [
                {"month": m.month, "net_revenue": money(m.net_revenue), "orders": m.orders}
                for m in self.months
            ],
        }


@dataclass(frozen=True)
class Totals:
    """Sums over all markets: home, foreign and unknown."""

    net_revenue: Decimal
    foreign_revenue: Decimal
    gross_sales: Decimal
    orders: int
    orders_without_buyer: int
    buyers: int
    units: Decimal
    lines: int
    lines_without_rate: int

    def to_json(self) -> dict[str, Any]:
        """Return the totals as JSON values."""
        return {
            "net_revenue": money(self.net_revenue),
            "foreign_revenue": money(self.foreign_revenue),
            "gross_sales": money(self.gross_sales),
            "orders": self.orders,
            "orders_without_buyer": self.orders_without_buyer,
            "buyers": self.buyers,
            "units": float(self.units),
            "lines": self.lines,
            "lines_without_rate": self.lines_without_rate,
        }


@dataclass(frozen=True)
class Basis:
    """What a scorecard rests on.

    Attributes
    ----------
    rule
        Id and version of the rule, a page of ``docs/rules``.
    fingerprint
        Of the ledger's state.
    lines
        All order lines of the ledger, goods or not.
    withheld
        Rows in quarantine, which are not in the ledger's orders.
    compares
        What growth compares, in words.
    notes
        Sentences on what the numbers leave out.
    """

    rule: str
    fingerprint: str
    lines: int
    withheld: int
    compares: str
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "rule": self.rule,
            "fingerprint": self.fingerprint,
            "lines": self.lines,
            "withheld": self.withheld,
            "compares": self.compares,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Scorecard:
    """All markets of a firm: the foreign ones by rank, then home, then what has no known country.

    Attributes
    ----------
    since, until
        First and last day the ledger knows; None for an empty one.
    """

    markets: tuple[MarketRow, ...]
    home: str
    currency: str
    totals: Totals
    since: date | None
    until: date | None
    basis: Basis

    @property
    def foreign(self) -> tuple[MarketRow, ...]:
        """The ranked markets, the first first."""
        return tuple(row for row in self.markets if row.rank is not None)

    def market(self, code: str) -> MarketRow | None:
        """Return the row of the market with that alpha-3 code, or None."""
        return next((row for row in self.markets if row.market == code), None)

    def without_orders(self, code: str) -> MarketRow:
        """Return the row of a market that the ledger has no goods line of: zeros, and why nothing is told."""
        why = "No orders have come from it."
        nothing = unknown(why)
        return MarketRow(
            market=code, home=code == self.home, rank=None, net_revenue=_NONE, gross_sales=_NONE, cancelled=_NONE,
            returned=_NONE, taken_back=None, orders=0, orders_without_buyer=0, buyers=0, repeat_buyers=0,
            average_order=None, units=_NONE, lines=0, cancellation_lines=0, return_lines=0, lines_without_rate=0,
            growth=nothing, repeat_share=nothing, share=None, share_of_foreign=None, top_buyer_share=None,
            top3_buyers_share=None, buyer_hhi=None, seasonality=None, seasonality_why=why, months=(),
            first_order=None, last_order=None, expected_orders=nothing, expected_inquiries=nothing,
            top5_probability=None, withheld=self.basis.withheld,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as ``fondaco markets --json`` prints it."""
        return {
            "home": self.home,
            "currency": self.currency,
            "since": _iso(self.since),
            "until": _iso(self.until),
            "markets": [row.to_json() for row in self.markets],
            "totals": self.totals.to_json(),
            "basis": self.basis.to_json(),
        }

    def rows_for_table(self) -> list[dict[str, Any]]:
        """Return one flat row per market, as a table shows it (values, not texts)."""
        return [
            {
                "rank": row.rank,
                "market": row.market,
                "home": row.home,
                "net_revenue": row.net_revenue,
                "share": row.share,
                "growth": row.growth.estimate,
                "growth_low": row.growth.low,
                "growth_high": row.growth.high,
                "orders": row.orders,
                "buyers": row.buyers,
                "average_order": row.average_order,
                "repeat_share": row.repeat_share.estimate,
                "taken_back": row.taken_back,
                "top_buyer_share": row.top_buyer_share,
                "expected_orders": row.expected_orders.estimate,
                "top5_probability": row.top5_probability,
                "first_order": row.first_order,
                "last_order": row.last_order,
            }
            for row in self.markets
        ]

    def to_frame(self) -> pl.DataFrame:
        """Return `rows_for_table` as a Polars frame."""
        schema: dict[str, pl.DataType | type[pl.DataType]] = {
            "rank": pl.Int64, "market": pl.String, "home": pl.Boolean,
            "net_revenue": pl.Decimal(38, 4), "share": pl.Float64, "growth": pl.Float64,
            "growth_low": pl.Float64, "growth_high": pl.Float64, "orders": pl.Int64,
            "buyers": pl.Int64, "average_order": pl.Decimal(38, 4), "repeat_share": pl.Float64,
            "taken_back": pl.Float64, "top_buyer_share": pl.Float64, "expected_orders": pl.Float64,
            "top5_probability": pl.Float64, "first_order": pl.Date, "last_order": pl.Date,
        }  # fmt: skip
        return pl.DataFrame(self.rows_for_table(), schema=schema, orient="row")


def scorecard(
    orders: ir.Table,
    *,
    home: str,
    currency: str,
    traffic: ir.Table | None = None,
    fingerprint: str = "",
    withheld: int = 0,
) -> Scorecard:
    """Work out the scorecard of a firm; the module's docstring defines each number.

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
            f"{_many(totals.lines_without_rate, 'goods line')} without an exchange rate to {currency}: "
            "counted, not added."
        )
    if totals.orders_without_buyer:
        notes.append(
            f"{_many(totals.orders_without_buyer, 'order')} without a buyer: not in the buyers' figures."
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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _many(count: int, noun: str) -> str:
    """Return the count with its noun.

    Examples
    --------
    >>> _many(1, "order"), _many(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
