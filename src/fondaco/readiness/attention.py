"""Where did nobody look after the platform for days, and what came in around those gaps?

A day with attention is one on which hours were logged, an inquiry was answered, or the firm did something that left a
trace.  A gap is a stretch of days without; it is set beside requests and orders, which proves no cause.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

#: From so many days in a row on it is a gap: a week, set by us so that holidays at a weekend are none.
GAP = 7


@dataclass(frozen=True)
class Gap:
    """A stretch without attention, first and last day included; counts are of requests and orders within it."""

    begin: date
    end: date
    requests: int
    orders: int

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.end - self.begin).days + 1


@dataclass(frozen=True)
class Attention:
    """Gaps, and requests and orders per 30 days within them and outside; None where there are no such days."""

    begin: date
    end: date
    gaps: tuple[Gap, ...]
    requests: tuple[float | None, float | None]
    orders: tuple[float | None, float | None]


def attention_of(
    attended: Collection[date], requests: Sequence[date], orders: Sequence[date], begin: date, end: date,
    *, least: int = GAP,
) -> Attention:  # fmt: skip
    """Find the gaps between two days.

    Examples
    --------
    >>> d = date(2026, 3, 1)
    >>> found = attention_of([d, d + timedelta(12)], [d + timedelta(3)], [], d, d + timedelta(13))
    >>> [(gap.days, gap.requests) for gap in found.gaps]
    [(11, 1)]
    """
    marks = sorted({day for day in attended if begin <= day <= end})
    edges = [begin - timedelta(1), *marks, end + timedelta(1)]
    gaps = []
    for before, after in pairwise(edges):
        first, last = before + timedelta(1), after - timedelta(1)
        if (last - first).days + 1 >= least:
            inside = [sum(first <= day <= last for day in days) for days in (requests, orders)]
            gaps.append(Gap(first, last, *inside))
    empty = sum(gap.days for gap in gaps)
    whole = (end - begin).days + 1

    def rates(days: Sequence[date], within: int) -> tuple[float | None, float | None]:
        total = sum(begin <= day <= end for day in days)
        outside = (total - within) * 30 / (whole - empty) if whole > empty else None
        return (within * 30 / empty if empty else None), outside

    return Attention(
        begin, end, tuple(gaps), rates(requests, sum(gap.requests for gap in gaps)),
        rates(orders, sum(gap.orders for gap in gaps)),
    )  # fmt: skip
