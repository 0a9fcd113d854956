"""Where the money for clicks goes: over how many markets, by whose list of keywords, and where buyers look.

Rules ``promotion/few-markets``, ``promotion/own-keywords`` and ``promotion/most-viewed``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.markets.money import money
from fondaco.markets.observed import Spend
from fondaco.numerics.estimates import Estimate
from fondaco.numerics.ratios import Count, rate_ratio
from fondaco.strategy.promotion.ads import Advertising, TermSum


@dataclass(frozen=True)
class Spread:
    """How the spend lies over markets.

    Attributes
    ----------
    shares
        By market, the largest first.
    effective
        As if equally spent in so many markets: one over the sum of squared shares (Herfindahl-Hirschman).
    """

    shares: tuple[tuple[str, Decimal, float], ...]
    effective: float

    def top(self, markets: int = 3) -> float:
        """Return the share of the largest markets."""
        return sum(share for _, _, share in self.shares[:markets])

    def to_json(self) -> dict[str, Any]:
        """Return the spread as JSON values."""
        return {
            "markets": [{"market": m, "spend": money(s), "share": round(p, 4)} for m, s, p in self.shares],
            "effective_markets": round(self.effective, 2),
            "top3_share": round(self.top(), 4),
        }


def spread_of(spends: Sequence[Spend]) -> Spread | None:
    """Return how spend lies over markets; None where none is known of any market.

    >>> found = spread_of([Spend("DEU", Decimal(75), 0), Spend("FRA", Decimal(25), 0)])
    >>> found.effective, found.top(1)
    (1.6, 0.75)
    """
    held = [(each.market, each.spend) for each in spends if each.market is not None and each.spend > 0]
    whole = sum((spend for _, spend in held), Decimal(0))
    if whole <= 0:
        return None
    shares = [(market, spend, float(spend / whole)) for market, spend in held]
    shares.sort(key=lambda each: (-each[1], each[0]))
    return Spread(tuple(shares), round(1 / sum(share**2 for _, _, share in shares), 6))


@dataclass(frozen=True)
class Copied:
    """A platform's keywords that stand in another platform's list too.

    Attributes
    ----------
    overlap
        Share of the platform's keywords that the other has.
    shared
        How many that is.
    spend, orders
        What they cost and brought on this platform.
    there
        By what factor they bring more orders for the same money on the other platform; above 1 they do worse here.
    """

    platform: str
    other: str
    overlap: float
    shared: int
    spend: Decimal
    orders: int
    there: Estimate

    @property
    def weak(self) -> bool:
        """Whether they surely do worse here than there."""
        return self.there.low is not None and self.there.low > 1

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return {
            "platform": self.platform,
            "other": self.other,
            "overlap": round(self.overlap, 4),
            "shared": self.shared,
            "spend": money(self.spend),
            "orders": self.orders,
            "better_there": self.there.to_json(2),
        }


def copied_of(seen: Advertising) -> tuple[Copied, ...]:
    """Return, for each pair of platforms with keywords, how far one's list is the other's, and what it brings."""
    platforms = sorted({platform for platform, _market in seen.keywords or {}})
    found = []
    for platform in platforms:
        mine = seen.bids(platform)
        for other in platforms:
            shared = mine & seen.bids(other)
            if other == platform or not shared:
                continue
            here, there = _yield(seen.terms, platform, shared), _yield(seen.terms, other, shared)
            factor = (
                rate_ratio(_count(here), _count(there))
                if here[0] > 0 and there[0] > 0
                else Estimate(None, why="Nothing was spent on them on one of the platforms.")
            )
            found.append(Copied(platform, other, len(shared) / len(mine), len(shared), *here, factor))
    return tuple(found)


def _yield(terms: Sequence[TermSum], platform: str, words: frozenset[str]) -> tuple[Decimal, int]:
    held = [t for t in terms if t.platform == platform and t.term in words]
    return sum((t.spend for t in held), Decimal(0)), sum(t.orders or 0 for t in held)


def _count(held: tuple[Decimal, int]) -> Count:
    return Count(held[1], float(held[0]))


@dataclass(frozen=True)
class Shift:
    """A market's part of the spend beside its part of what is looked at and asked for.

    Attributes
    ----------
    spend, views, inquiries
        Its shares; None where no file states them.
    """

    market: str
    spend: float
    views: float | None
    inquiries: float | None

    @property
    def attention(self) -> float:
        """The mean of what is known of views and inquiries."""
        known = [each for each in (self.views, self.inquiries) if each is not None]
        return sum(known) / len(known)

    @property
    def gap(self) -> float:
        """Attention minus spend."""
        return self.attention - self.spend

    def to_json(self) -> dict[str, Any]:
        """Return the shares as JSON values."""
        return {
            "market": self.market,
            "spend_share": round(self.spend, 4),
            "views_share": None if self.views is None else round(self.views, 4),
            "inquiries_share": None if self.inquiries is None else round(self.inquiries, 4),
            "gap": round(self.gap, 4),
        }


def shifts_of(
    spends: Sequence[Spend],
    views: Mapping[str, float] | None,
    inquiries: Mapping[str, float] | None,
    home: str,
) -> tuple[Shift, ...]:
    """Return each foreign market's share of spend beside its shares of views and inquiries, the widest gap first.

    >>> spends = [Spend("DEU", Decimal(90), 0), Spend("KOR", Decimal(10), 0)]
    >>> [(s.market, round(s.gap, 2)) for s in shifts_of(spends, {"DEU": 40.0, "KOR": 60.0}, None, "ITA")]
    [('DEU', -0.5), ('KOR', 0.5)]
    """
    spent = {e.market: float(e.spend) for e in spends if e.market not in (None, home) and e.spend > 0}
    parts = [_shares(spent)] + [
        None if held is None else _shares({m: n for m, n in held.items() if m != home})
        for held in (views, inquiries)
    ]
    money_share, view_share, ask_share = parts
    if not money_share or (not view_share and not ask_share):
        return ()
    markets = sorted({m for part in parts if part for m in part})
    found = [
        Shift(
            market,
            money_share.get(market, 0.0),
            view_share.get(market, 0.0) if view_share else None,
            ask_share.get(market, 0.0) if ask_share else None,
        )
        for market in markets
    ]
    return tuple(sorted(found, key=lambda each: (-abs(each.gap), each.market)))


def _shares(held: Mapping[str | None, float] | Mapping[str, float]) -> dict[str, float]:
    whole = sum(held.values())
    return {str(market): part / whole for market, part in held.items()} if whole > 0 else {}
