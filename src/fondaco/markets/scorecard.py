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

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from fondaco.kernel.words import many
from fondaco.markets.money import money, rounded
from fondaco.numerics import Estimate, unknown

_NOTHING = Decimal(0)


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
        parts = [f"{many(self.orders, 'order')} on {many(self.lines, 'goods line')}"]
        if self.first_order and self.last_order:
            parts[0] += f", {self.first_order} to {self.last_order}"
        if self.withheld:
            parts.append(f"{many(self.withheld, 'row')} of the firm's files in quarantine, not counted")
        if self.lines_without_rate:
            parts.append(f"{many(self.lines_without_rate, 'line')} without an exchange rate, not counted")
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
            "share": rounded(self.share),
            "share_of_foreign": rounded(self.share_of_foreign),
            "expected_orders": self.expected_orders.to_json(2),
            "expected_inquiries": self.expected_inquiries.to_json(2),
            "top5_probability": rounded(self.top5_probability),
            "rests_on": self.rests_on,
            "gross_sales": money(self.gross_sales),
            "cancelled": money(self.cancelled),
            "returned": money(self.returned),
            "taken_back": rounded(self.taken_back),
            "cancellation_lines": self.cancellation_lines,
            "return_lines": self.return_lines,
            "orders_without_buyer": self.orders_without_buyer,
            "average_order": None if self.average_order is None else money(self.average_order),
            "units": float(self.units),
            "top_buyer_share": rounded(self.top_buyer_share),
            "top3_buyers_share": rounded(self.top3_buyers_share),
            "buyer_hhi": rounded(self.buyer_hhi),
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
            market=code, home=code == self.home, rank=None, net_revenue=_NOTHING, gross_sales=_NOTHING, cancelled=_NOTHING,
            returned=_NOTHING, taken_back=None, orders=0, orders_without_buyer=0, buyers=0, repeat_buyers=0,
            average_order=None, units=_NOTHING, lines=0, cancellation_lines=0, return_lines=0, lines_without_rate=0,
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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
