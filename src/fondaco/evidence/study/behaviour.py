"""What does a firm do, rather than say? Figures of a year, from what its platforms recorded.

Shares go from 0 to 1, times are in hours. A figure that rests on too little is None, with the reason.

>>> found = behaviour([], {"DEU": 6, "JPN": 2, "ITA": 0}, {"a": 3, "b": 1}, {}, {})
>>> round(found["market_spread"].value, 2), found["response_rate"].why
(1.6, 'Fewer than 5 inquiries.')
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Below as many inquiries, buyers or orders a figure says nothing.
LEAST = 5
#: An inquiry answered within as many hours counts as answered in time.
HOURS = 24.0
#: A market with fewer orders before the year was little known.
LITTLE_KNOWN = 5

#: What each figure is, with its unit: the words of the codebook.
MEANINGS: Mapping[str, str] = {
    "exploration_use": f"share of the year's advertising that went to markets with fewer than {LITTLE_KNOWN} orders before it, 0 to 1",
    "response_rate": f"share of the year's inquiries answered within {HOURS:g} hours, 0 to 1",
    "response_hours": "median hours until an inquiry was answered, those never answered counted as the longest",
    "market_spread": "foreign markets of the year's orders, as if equally large (1 / sum of squared shares)",
    "repeat_share": "share of the year's foreign buyers that ordered on two days or more, 0 to 1",
}


@dataclass(frozen=True)
class Exchange:
    """An inquiry: when it came, and when it was first answered (None: never, as far as is known)."""

    asked: datetime
    answered: datetime | None


@dataclass(frozen=True)
class Behaviour:
    """One figure: its value, on how many cases it rests, and why there is none."""

    name: str
    value: float | None
    n: int
    why: str = ""


def behaviour(
    exchanges: Iterable[Exchange],
    orders: Mapping[str, int],
    days_of_buyers: Mapping[str, int],
    spend: Mapping[str, float],
    orders_before: Mapping[str, int],
) -> dict[str, Behaviour]:
    """Return each figure of `MEANINGS` by its name.

    Parameters
    ----------
    exchanges
        The year's inquiries.
    orders
        The year's foreign orders, by market.
    days_of_buyers
        On how many days of the year each foreign buyer ordered.
    spend
        The year's advertising, by market, in one currency.
    orders_before
        Orders before the year, by market.
    """
    found = (
        _exploration(spend, orders_before),
        *_responses(list(exchanges)),
        _spread(orders),
        _repeat(days_of_buyers),
    )
    return {each.name: each for each in found}


def _exploration(spend: Mapping[str, float], before: Mapping[str, int]) -> Behaviour:
    total = sum(spend.values())
    if total <= 0:
        return Behaviour("exploration_use", None, 0, "No file states what advertising cost, by market.")
    new = sum(amount for market, amount in spend.items() if before.get(market, 0) < LITTLE_KNOWN)
    return Behaviour("exploration_use", new / total, len(spend))


def _responses(exchanges: list[Exchange]) -> tuple[Behaviour, Behaviour]:
    n = len(exchanges)
    if n < LEAST:
        why = f"Fewer than {LEAST} inquiries."
        return Behaviour("response_rate", None, n, why), Behaviour("response_hours", None, n, why)
    hours = [
        (each.answered - each.asked) / timedelta(hours=1) if each.answered is not None else float("inf")
        for each in exchanges
    ]
    rate = Behaviour("response_rate", sum(each <= HOURS for each in hours) / n, n)
    median = statistics.median_high(hours)
    if median == float("inf"):
        return rate, Behaviour(
            "response_hours", None, n, "Half of the inquiries or more were never answered."
        )
    return rate, Behaviour("response_hours", median, n)


def _spread(orders: Mapping[str, int]) -> Behaviour:
    total = sum(orders.values())
    if total < LEAST:
        return Behaviour("market_spread", None, total, f"Fewer than {LEAST} orders from abroad.")
    return Behaviour("market_spread", 1 / sum((count / total) ** 2 for count in orders.values()), total)


def _repeat(days: Mapping[str, int]) -> Behaviour:
    if len(days) < LEAST:
        return Behaviour("repeat_share", None, len(days), f"Fewer than {LEAST} buyers abroad.")
    return Behaviour("repeat_share", sum(each > 1 for each in days.values()) / len(days), len(days))
