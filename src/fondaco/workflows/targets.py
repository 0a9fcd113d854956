"""Which markets the plan is about: those that the firm aims at, else those where it sells most abroad."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.kernel.words import many
from fondaco.ledger import Workspace
from fondaco.workflows.conclusions import scorecard_of
from fondaco.workflows.profile import profile_of

#: How many markets the plan takes up where the firm names none: keyword money and attention want few.
MOST = 5


@dataclass(frozen=True)
class Target:
    """A market of the plan, ISO 3166-1 alpha-3, and why it is one."""

    market: str
    why: str


def targets_of(workspace: Workspace, firm: str) -> tuple[Target, ...]:
    """Return the markets of a firm's plan, the most important first, each once; home is none.

    What is prohibited where is no matter of this list: an aim that the law bars is told as a conflict of the plan.
    """
    home = workspace.firm(firm).home
    aims = dict.fromkeys(market for market in profile_of(workspace, firm).aims.markets if market != home)
    if aims:
        return tuple(Target(market, "the firm aims at it") for market in aims)
    rows = [r for r in scorecard_of(workspace, firm).markets if r.market and r.rank is not None and r.orders]
    rows.sort(key=lambda row: row.rank or 0)
    return tuple(
        Target(
            row.market,
            f"number {row.rank} of the markets abroad by net revenue ({many(row.orders, 'order')})",
        )
        for row in rows[:MOST]
        if row.market
    )
