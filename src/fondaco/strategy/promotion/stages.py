"""Which means of talking to buyers fits how far they are, and what wins them in which kind of market.

Rules ``promotion/stage-tool`` and ``promotion/coupons``.  How far a market is is read from what was counted there:
seen, asked, bought, bought again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fondaco.reference import geography

Stage = Literal["prospecting", "persuading", "keeping"]

#: What to talk by, at each stage.
TOOLS: dict[Stage, str] = {
    "prospecting": "social networks, so that buyers find the firm",
    "persuading": "other digital means: messages on the platform, video calls, samples behind them",
    "keeping": "personal contact: calls, visits, fairs",
}


@dataclass(frozen=True)
class Talk:
    """A market with its stage and what to talk by; `why` counts."""

    market: str
    stage: Stage
    why: str

    @property
    def tool(self) -> str:
        """What to talk by."""
        return TOOLS[self.stage]

    def to_json(self) -> dict[str, Any]:
        """Return the stage as JSON values."""
        return {"market": self.market, "stage": self.stage, "tool": self.tool, "why": self.why}


def talk_of(market: str, *, inquiries: float, orders: int, repeat_buyers: int) -> Talk:
    """Return the stage of a market: where most of its buyers stand furthest.

    >>> talk_of("KOR", inquiries=4, orders=0, repeat_buyers=0).stage
    'persuading'
    """
    if repeat_buyers > 0:
        return Talk(market, "keeping", f"{repeat_buyers} buyers came back.")
    if inquiries > 0 or orders > 0:
        return Talk(
            market,
            "persuading",
            f"{inquiries:.0f} inquiries last month, {orders} orders so far, no buyer came back.",
        )
    return Talk(market, "prospecting", "Nobody has asked or bought yet.")


@dataclass(frozen=True)
class Income:
    """What a head makes in a market, and whether it counts as developing; None where it is not known."""

    market: str
    per_head: float | None
    developing: bool | None
    source: str = ""


def income_of(market: str, line: float) -> Income:
    """Return gross domestic product per head (USD), and whether it lies below a line."""
    gdp, people = geography.gdp_usd(market), geography.population(market)
    if gdp is None or people is None or people.value <= 0:
        return Income(market, None, None)
    per_head = gdp.value / people.value
    return Income(market, per_head, per_head < line, f"{gdp.source} ({gdp.year})")
