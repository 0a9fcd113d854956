"""What the last 30 days taught: how much of them went to little known markets, and what is known better since.

Little known is what was little known when the 30 days began, so that what was learnt in them does not hide that it
was explored.  Money is in the firm's currency; rates are orders a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.markets.money import money
from fondaco.markets.observed import Spend
from fondaco.markets.ranking import LEVEL, Ranking
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.rates import Rates, rate_interval


@dataclass(frozen=True)
class Month:
    """What the ledger counted in the last 30 days it knows, by market; None where no file states it."""

    first: str
    last: str
    orders: Mapping[str, int]
    views: Mapping[str, float] | None
    inquiries: Mapping[str, float] | None
    spend: Sequence[Spend] | None
    notes: tuple[str, ...] = ()

    def of(self, name: str, market: str) -> float | None:
        """Return what was counted there: zero where others were counted, None where nothing was."""
        held: Mapping[str, float] | None = getattr(self, name)
        return None if held is None else float(held.get(market, 0.0))

    def spent(self, market: str) -> Decimal | None:
        """Return the advertising of those days in the market."""
        if self.spend is None:
            return None
        return next((each.spend for each in self.spend if each.market == market), Decimal(0))


@dataclass(frozen=True)
class Use:
    """How the last 30 days were used: of one measure, how much fell on little known and on known markets.

    Little known is what was little known when the 30 days began, so that what was learnt in them does
    not hide that it was explored.
    """

    measure: str
    little_known: float
    known: float

    @property
    def exploration_share(self) -> float | None:
        """The share that fell on little known markets; None where there was nothing."""
        whole = self.little_known + self.known
        return self.little_known / whole if whole > 0 else None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        share = self.exploration_share
        return {
            "measure": self.measure,
            "little_known": round(self.little_known, 2),
            "known": round(self.known, 2),
            "exploration_share": None if share is None else round(share, 4),
        }


@dataclass(frozen=True)
class Learnt:
    """What the last 30 days taught of a market that was little known before.

    Attributes
    ----------
    spend, views, inquiries, orders
        What was put in and what came, in those days; None where no file states it.
    then, now
        Orders a month as judged before and after, with intervals of level 0.8.
    rank_then, rank_now
        Its place in the ranking.
    """

    market: str
    spend: Decimal | None
    views: float | None
    inquiries: float | None
    orders: int
    then: Estimate
    now: Estimate
    rank_then: int | None
    rank_now: int | None
    known_now: bool

    @property
    def sentence(self) -> str:
        """What it comes to."""
        before, after = _within(self.then), _within(self.now)
        if before is None or after is None:
            return "Not enough is known to compare."
        told = (
            f"From {self.then.estimate:.2f} to {self.now.estimate:.2f} expected orders a month, known to within "
            f"{after:.0%} instead of {before:.0%}"
        )
        return told + ("; it counts as known now." if self.known_now else ".")

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "market": self.market,
            "spend": None if self.spend is None else money(self.spend),
            "views": None if self.views is None else round(self.views),
            "inquiries": None if self.inquiries is None else round(self.inquiries),
            "orders": self.orders,
            "then": self.then.to_json(),
            "now": self.now.to_json(),
            "rank_then": self.rank_then,
            "rank_now": self.rank_now,
            "known_now": self.known_now,
            "sentence": self.sentence,
        }


def _within(rate: Estimate) -> float | None:
    """Return half the width of an interval, relative to its estimate."""
    if not rate.estimate or rate.low is None or rate.high is None:
        return None
    return (rate.high - rate.low) / 2 / rate.estimate


def use_of(then: Ranking | None, month: Month | None) -> tuple[Use, ...]:
    """Return how the month was used, by what was known when it began."""
    if then is None or month is None:
        return ()
    known = {row.market for row in then.foreign if row.known}
    found = []
    spend = None if month.spend is None else {s.market: float(s.spend) for s in month.spend if s.market}
    for measure, held in (
        ("ad spend", spend),
        ("views", month.views),
        ("inquiries", month.inquiries),
        ("orders", month.orders),
    ):
        if held:
            abroad = {market: value for market, value in held.items() if market != then.home}
            inside = sum(value for market, value in abroad.items() if market in known)
            found.append(Use(measure, float(sum(abroad.values()) - inside), float(inside)))
    return tuple(found)


def learnt_from(now: Ranking, then: Ranking | None, month: Month | None) -> tuple[Learnt, ...]:
    """Return the little known markets in which something was tried or counted, the most spent on first."""
    if then is None or month is None:
        return ()
    before, after = _rates_by_market(then), _rates_by_market(now)
    found = []
    for row in then.foreign:
        current = now.market(row.market)
        tried = (
            month.spent(row.market) or month.of("views", row.market) or month.of("inquiries", row.market)
            or month.orders.get(row.market)
        )  # fmt: skip
        if row.known or current is None or not tried:
            continue
        nothing = unknown("No order had been counted anywhere.")
        found.append(
            Learnt(
                row.market,
                month.spent(row.market),
                month.of("views", row.market),
                month.of("inquiries", row.market),
                int(month.orders.get(row.market, 0)),
                before.get(row.market, nothing),
                after.get(row.market, nothing),
                row.rank,
                current.rank,
                current.known,
            )
        )
    return tuple(sorted(found, key=lambda each: (-(each.spend or 0), -(each.views or 0), -each.orders)))


def _rates_by_market(ranking: Ranking) -> dict[str, Estimate]:
    rates: Rates | None = ranking.rates
    if rates is None:
        return {}
    low, high = rate_interval(rates, LEVEL)
    return {
        market: Estimate(float(rates.mean[i]), float(low[i]), float(high[i]), LEVEL)
        for i, market in enumerate(ranking.markets)
    }
