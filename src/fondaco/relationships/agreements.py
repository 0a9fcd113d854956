"""When a standing agreement falls due, such as a container every third month.

Due days are counted from the first, so that the 31st of a month does not creep: the last day stands for it in shorter months.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from fondaco.kernel import InputError

#: A reminder comes so many days before, unless the agreement says otherwise (set).
AHEAD = 14


@dataclass(frozen=True)
class Terms:
    """The first due day, months between two, and the last day if there is one."""

    first: date
    months: int
    until: date | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 60:
            raise InputError(f"Every {self.months} months makes no sense: state 1 to 60.")
        if self.until is not None and self.until < self.first:
            raise InputError("It ends before it first falls due.")


@dataclass(frozen=True)
class Due:
    """The earliest due day that is neither done nor missed, how it stands, and how many are behind it, late as well."""

    day: date | None
    state: str
    late: int = 0


def due_days(terms: Terms, upto: date) -> tuple[date, ...]:
    """Return the due days up to a day.

    Examples
    --------
    >>> [str(day) for day in due_days(Terms(date(2026, 1, 31), 1), date(2026, 4, 30))]
    ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']
    """
    last = min(upto, terms.until) if terms.until else upto
    found: list[date] = []
    while (day := _nth(terms, len(found))) is not None and day <= last:
        found.append(day)
    return tuple(found)


def _nth(terms: Terms, number: int) -> date | None:
    month = terms.first.month - 1 + number * terms.months
    year, month = terms.first.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return None
    return date(year, month, min(terms.first.day, calendar.monthrange(year, month)[1]))


def due(terms: Terms, settled: Collection[date], today: date, ahead: int = AHEAD) -> Due:
    """Return what falls due next: ``late``, ``soon`` (within `ahead` days), ``later``, or ``over``.

    Examples
    --------
    >>> terms = Terms(date(2026, 1, 15), 3)
    >>> due(terms, {date(2026, 1, 15)}, date(2026, 4, 10))
    Due(day=datetime.date(2026, 4, 15), state='soon', late=0)
    >>> due(terms, set(), date(2026, 4, 20)).late
    2
    """
    past = [day for day in due_days(terms, today - timedelta(1)) if day not in settled]
    if past:
        return Due(past[0], "late", len(past))
    coming = due_days(terms, today + timedelta(days=31 * terms.months * (len(settled) + 2)))
    following = next((day for day in coming if day >= today and day not in settled), None)
    if following is None:
        first_to_come = terms.first if terms.first >= today else None
        if first_to_come is None or first_to_come in settled:
            return Due(None, "over")
        following = first_to_come
    return Due(following, "soon" if (following - today).days <= ahead else "later")


__all__ = ["AHEAD", "Due", "Terms", "due", "due_days"]
