"""The order of work: what a case is expected to leave, times its chance, times how little time is left.

    score = contribution x chance x haste

`haste` is 1 for a case that has just come in and grows to 2 by the time it is due; after that it halves with
every `HALVES` of delay, for a buyer who is kept waiting turns to a faster seller (the study of five firms), down to `LEAST`.
All three numbers are set: the study says that the slow lose, not how fast.  The score is an order and no forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fondaco.desk.cases import Case
from fondaco.desk.clock import time_left
from fondaco.ledger.unit import Unit
from fondaco.numerics.estimates import Estimate

HALVES, LEAST = timedelta(days=2), 0.01


@dataclass(frozen=True)
class Worth:
    """What an order of a case would leave after the cost of the goods, in the firm's currency; None where not known."""

    amount: Decimal | None
    currency: str
    says: str


@dataclass(frozen=True)
class Place:
    """A case's place in the order of work: its score (None where a part of it is not known), and why in one line."""

    score: float | None
    haste: float
    line: str


def worth_of(
    case: Case, unit: Unit | None, rate: float | None, currency: str, typical: tuple[Decimal, str] | None
) -> Worth:
    """Return what an order of a case would leave.

    Parameters
    ----------
    case
        With the quantity asked for; no more than a month's capacity counts.
    unit
        What the firm states of the product asked for: price at the works less cost.
    rate
        Units of `currency` for one of the unit's; None where none is known.
    currency
        The firm's.
    typical
        What an order leaves as a rule, with what that is: where quantity, price or cost are not known.
    """
    if (
        unit is not None and unit.price is not None and unit.cost is not None and rate is not None
        and case.units is not None
    ):  # fmt: skip
        most = Decimal(unit.monthly_capacity) if unit.monthly_capacity else case.units
        count = min(case.units, most)
        left = ((unit.price - unit.cost) * count * Decimal(repr(rate))).quantize(Decimal("0.01"))
        capped = " (a month's capacity)" if count < case.units else ""
        return Worth(left, currency, f"{count.normalize():f} units{capped} leave {left:,.2f} {currency}")
    if typical is not None:
        return Worth(typical[0], currency, f"{typical[1]} leaves about {typical[0]:,.2f} {currency}")
    return Worth(None, currency, "what an order would leave is not known")


def haste_of(case: Case, now: datetime) -> float:
    """Return how much the time left makes of a case: 1 just in, 2 when due, less again once it is late.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    >>> case = Case("a:1", "a", "1", "inquiry", "", at, at + timedelta(hours=24))
    >>> [haste_of(case, at + timedelta(hours=hours)) for hours in (0, 12, 24, 72)]
    [1.0, 1.5, 2.0, 1.0]
    """
    left, limit = time_left(case.due, now), time_left(case.due, case.received)
    if left >= timedelta(0):
        return 1 + min(1 - left / limit, 1.0) if limit else 2.0
    return float(max(2.0 * 0.5 ** min(-left / HALVES, 60.0), LEAST))


def place_of(case: Case, worth: Worth, chance: Estimate, now: datetime) -> Place:
    """Return a case's place, with its reason in one line."""
    haste = haste_of(case, now)
    left = time_left(case.due, now)
    when = f"{_hours(left)} left" if left >= timedelta(0) else f"late by {_hours(-left)}"
    likely = "chance not known" if chance.estimate is None else f"chance {chance.estimate:.0%} ({chance.low:.0%} to {chance.high:.0%})"  # fmt: skip
    line = f"{worth.says}; {likely}; {when} (x {haste:.2f})"
    if worth.amount is None or chance.estimate is None:
        return Place(None, haste, f"{line[:1].upper()}{line[1:]}.")
    score = float(worth.amount) * chance.estimate * haste
    return Place(float(f"{score:.4g}"), haste, f"{line[:1].upper()}{line[1:]}: {score:,.2f}.")


def turn(case: Case, worth: Worth, place: Place) -> tuple[float, float, float, str]:
    """Return by what cases are sorted: the score, else what is left with its haste, else the one due first."""
    part = 0.0 if worth.amount is None else float(worth.amount) * place.haste
    return (-(place.score or 0.0), -part, case.due.timestamp(), case.case)


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:,.0f} days"
