"""Before and after a change of practice: did orders, inquiries or views come at another rate since?

The firm says on which day it began to do something otherwise (quick replies, a new listing, keywords in
another language).  The same number of days before and after is counted, each as a gamma rate whose
interval is widened by how much single weeks vary, and the factor between them estimated
(`fondaco.numerics.ratios`).  Where the change was made in one market, the factor is also told beyond
that of all other markets in the same days, so that a season does not pass for its effect.

A comparison of before and after proves no cause, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis.expr.types as ir
from ibis import _

from fondaco.kernel import InputError
from fondaco.markets import sums
from fondaco.markets.periods import Span
from fondaco.numerics.counts import dispersion
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.ratios import Count, probability_higher, rate_ratio, ratio_beside

RULE = "before-after/1"

Measure = Literal["orders", "inquiries", "views"]
MEASURES: tuple[Measure, ...] = ("orders", "inquiries", "views")

#: Days looked at on each side unless asked otherwise, and the fewest that are compared.
DAYS = 90
FEWEST_DAYS = 14

#: Days of a month, as rates are told.
_MONTH = 30.4375

Days = Mapping[tuple[str | None, date], float]


@dataclass(frozen=True)
class Side:
    """One side of the change: its days, what was counted, and the rate a month (level 0.9)."""

    first: date
    last: date
    count: float
    rate: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "count": round(self.count, 2),
            "rate": self.rate.to_json(2),
        }


@dataclass(frozen=True)
class Comparison:
    """What changed.

    Attributes
    ----------
    factor
        Rate after over rate before; 1 is no change.
    probability_higher
        That the rate is higher since.
    elsewhere, beyond
        The factor in all other markets in the same days, and that here beyond it; without a market
        there is nothing to compare with.
    """

    what: str
    day: date
    market: str | None
    measure: Measure
    before: Side
    after: Side
    factor: Estimate
    probability_higher: float | None
    elsewhere: Estimate
    beyond: Estimate
    dispersion: float
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "what": self.what,
            "day": self.day.isoformat(),
            "market": self.market,
            "measure": self.measure,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "factor": self.factor.to_json(),
            "probability_higher": None
            if self.probability_higher is None
            else round(self.probability_higher, 4),
            "elsewhere": self.elsewhere.to_json(),
            "beyond_elsewhere": self.beyond.to_json(),
            "dispersion": round(self.dispersion, 3),
            "basis": {"rule": RULE, "notes": list(self.notes)},
        }


def by_day(
    measure: Measure,
    *,
    orders: ir.Table,
    traffic: ir.Table | None = None,
    inquiries: ir.Table | None = None,
) -> tuple[dict[tuple[str | None, date], float], Span | None]:
    """Count a measure by market and day; the second answer is the days that are known of it.

    Traffic that a platform states for more than a day is left out.
    """
    if measure == "orders":
        with sums.hold(sums.deals(orders, {})) as deals:
            held = sums.rows(
                deals.filter(deals.day.notnull()).group_by(market=_.market, day=_.day).aggregate(n=_.count())
            )
        known = sums.known_days(orders)
    elif measure == "inquiries" and inquiries is not None:
        held = sums.rows(inquiries.group_by(market=_.country, day=_.day).aggregate(n=_.count()))
        known = sums.rows(inquiries.aggregate(since=_.day.min(), until=_.day.max()))[0]
    elif measure == "views" and traffic is not None:
        single = traffic.filter(traffic.until.isnull() | (traffic.until == traffic.day))
        held = sums.rows(single.group_by(market=_.country, day=_.day).aggregate(n=_.views.sum()))
        known = sums.rows(single.aggregate(since=_.day.min(), until=_.day.max()))[0]
    else:
        return {}, None
    found = {(row["market"], row["day"]): float(row["n"] or 0) for row in held}
    return found, None if known["since"] is None else Span(known["since"], known["until"])


def compare(
    counts: Days,
    known: Span | None,
    day: date,
    *,
    measure: Measure = "orders",
    market: str | None = None,
    what: str = "",
    days: int = DAYS,
) -> Comparison:
    """Compare the days from `day` on with as many before it.

    Parameters
    ----------
    counts
        By market and day.
    known
        The days that the ledger knows of this measure.
    day
        The first day of the new practice; it counts as after.
    market
        Where the practice was changed; None for everywhere.
    days
        At most so many on each side.

    Raises
    ------
    InputError
        Where less than `FEWEST_DAYS` are known on either side.

    Examples
    --------
    >>> first = date(2026, 1, 1)
    >>> counts = {("KOR", first + timedelta(n)): 1.0 if n < 60 else 2.0 for n in range(120)}
    >>> told = compare(counts, Span(first, date(2026, 4, 30)), date(2026, 3, 2), market="KOR")
    >>> told.before.count, told.after.count, told.factor.to_json(2)
    (60.0, 120.0, {'estimate': 1.99, 'low': 1.55, 'high': 2.6, 'level': 0.9})
    """
    if known is None:
        raise InputError(f"No {measure} are in the ledger, so that nothing can be compared.")
    span = min(days, (day - known.first).days, (known.last - day).days + 1)
    if span < FEWEST_DAYS:
        raise InputError(
            f"On one side of {day} only {max(span, 0)} days of {measure} are known ({known}), where at least "
            f"{FEWEST_DAYS} are needed on each."
        )
    sides = (
        Span(day - timedelta(days=span), day - timedelta(days=1)),
        Span(day, day + timedelta(days=span - 1)),
    )
    here = [_within(counts, side, market, True) for side in sides]
    wide = max(_weekly(counts, side, market, True) for side in sides)
    before, after = (Count(sum(held), span / _MONTH, wide) for held in here)
    factor = rate_ratio(before, after)
    elsewhere = beyond = unknown("The change was not in one market, so that there is no elsewhere.")
    if market is not None:
        other_wide = max(_weekly(counts, side, market, False) for side in sides)
        others = [
            Count(sum(_within(counts, side, market, False)), span / _MONTH, other_wide) for side in sides
        ]
        elsewhere = rate_ratio(*others)
        beyond = ratio_beside(before, after, *others)
    told = [
        Side(side.first, side.last, count.events, count.rate())
        for side, count in zip(sides, (before, after), strict=True)
    ]
    return Comparison(
        what, day, market, measure, told[0], told[1], factor,
        probability_higher(before, after) if factor.estimate is not None else None,
        elsewhere, beyond, wide, _notes(span, days, wide, market),
    )  # fmt: skip


def _within(counts: Days, span: Span, market: str | None, inside: bool) -> list[float]:
    return [
        count
        for (place, day), count in counts.items()
        if span.first <= day <= span.last and (market is None or (place == market) == inside)
    ]


def _weekly(counts: Days, span: Span, market: str | None, inside: bool) -> float:
    """Return how much the whole weeks of a side vary beyond Poisson."""
    weeks = [0.0] * (span.days // 7)
    for (place, day), count in counts.items():
        week = (day - span.first).days // 7
        if span.first <= day and 0 <= week < len(weeks) and (market is None or (place == market) == inside):
            weeks[week] += count
    return dispersion([round(count) for count in weeks])


def _notes(span: int, days: int, wide: float, market: str | None) -> tuple[str, ...]:
    notes = ["Before and after do not prove a cause: whatever else changed on that day is in the factor too."]
    if span < days:
        notes.append(f"Only {span} days are known on the shorter side, and as many were taken on the other.")
    if wide > 1:
        notes.append(
            f"Weeks vary {wide:.1f} times as much as chance alone would have it; the ranges allow for it."
        )
    if market is None:
        notes.append(
            "A season that begins on that day would look the same: name a market to set others beside it."
        )
    return tuple(notes)
