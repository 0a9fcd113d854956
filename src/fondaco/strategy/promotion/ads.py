"""What search terms cost and brought, from the ledger's table of ads: sums by platform, market and term.

A term is what the shopper typed, or the keyword where no term is stated; letter case does not count.  Money is in
the firm's currency at the day's rate.  The last twelve months of advertising count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from ibis import _

from fondaco.markets import sums
from fondaco.markets.dossier.search_terms import converted
from fondaco.markets.periods import Span, year_until
from fondaco.reference.rates import Rates

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class TermSum:
    """One term in one market on one platform.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None where the report names none.
    bid
        Whether the firm bids on these very words there; None where the reports name no keyword.
    orders
        As the platform ascribes them; None where its reports count none at all.
    squares
        Sum over lines of (sales squared / orders): what the spread of order values is judged by.
    """

    platform: str
    market: str | None
    term: str
    bid: bool | None
    clicks: int
    spend: Decimal
    orders: int | None
    sales: Decimal
    squares: float = 0.0

    @property
    def click_cost(self) -> float | None:
        """Spend for each click; None without clicks."""
        return float(self.spend) / self.clicks if self.clicks else None


@dataclass(frozen=True)
class Advertising:
    """All terms of the last twelve months of advertising.

    Attributes
    ----------
    span
        Its days; None without advertising.
    keywords
        By platform and market: what is bid on, in small letters.
    without_rate
        Lines left out for want of an exchange rate.
    """

    terms: tuple[TermSum, ...] = ()
    span: Span | None = None
    keywords: dict[tuple[str, str | None], frozenset[str]] | None = None
    without_rate: int = 0

    def bids(self, platform: str) -> frozenset[str]:
        """Return everything that is bid on at a platform, in all markets."""
        found: set[str] = set()
        for (name, _market), words in (self.keywords or {}).items():
            if name == platform:
                found |= words
        return frozenset(found)


def advertising_of(ads: ir.Table, *, currency: str, rates: Rates | None = None) -> Advertising:
    """Add up the ledger's advertising by term.

    Parameters
    ----------
    ads
        Current view of the ledger's table, on DuckDB or Spark.
    currency, rates
        The firm's currency; without rates only what was paid in it counts.
    """
    until = sums.rows(ads.aggregate(until=ibis.coalesce(ads.until, ads.day).max()))[0]["until"]
    if until is None:
        return Advertising()
    span = year_until(until)
    lines = ads.filter(ads.day.between(span.first, span.last))
    paid, without_rate = converted(lines, currency, span.first, span.last, rates)
    # Where a report has no such column the ledger holds an empty text.
    bid_on = paid.keyword.strip().lower().nullif("")
    named = paid.mutate(text=ibis.coalesce(paid.term.strip().lower().nullif(""), bid_on), bid_on=bid_on)
    bids = _bids(
        sums.rows(named.filter(_.bid_on.notnull()).select("platform", "country", "bid_on").distinct())
    )
    grouped = (
        named.filter(named.text.notnull())
        .group_by("platform", "country", "text")
        .aggregate(
            clicks=_.clicks.sum(),
            spend=_.paid.sum(),
            orders=_.orders.sum(),
            sales=_.sold.sum(),
            squares=(_.sold * _.sold / _.orders).sum(where=_.orders > 0),
        )
        .order_by(ibis.desc("spend"), "platform", "country", "text")
    )
    found = tuple(
        _term(row, _held(bids.get((row["platform"], row["country"])), row["text"]))
        for row in sums.rows(grouped)
    )
    return Advertising(found, span, bids, without_rate)


def _bids(rows: Iterable[sums.Row]) -> dict[tuple[str, str | None], frozenset[str]]:
    found: dict[tuple[str, str | None], set[str]] = {}
    for row in rows:
        found.setdefault((row["platform"], row["country"]), set()).add(row["bid_on"])
    return {place: frozenset(words) for place, words in found.items()}


def _held(bids: frozenset[str] | None, text: str) -> bool | None:
    return None if bids is None else text in bids


def _term(row: sums.Row, bid: bool | None) -> TermSum:
    return TermSum(
        row["platform"],
        row["country"],
        row["text"],
        bid,
        int(row["clicks"] or 0),
        _money(row["spend"]),
        None if row["orders"] is None else int(row["orders"]),
        _money(row["sales"]),
        float(row["squares"] or 0.0),
    )


def _money(value: float | None) -> Decimal:
    return Decimal(str(value or 0)).quantize(_CENT)
