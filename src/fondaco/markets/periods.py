"""Which days are compared with which: anchored at the last day the ledger knows.

Months are counted as whole numbers (year * 12 + month - 1), so that databases and Python agree.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

#: Below this many known days no growth is told.
FEWEST_DAYS = 60


@dataclass(frozen=True)
class Span:
    """A run of days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def months(self) -> float:
        """Its length in months of 30.4375 days."""
        return self.days / 30.4375

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Periods:
    """The spans that a scorecard compares.

    Attributes
    ----------
    known
        From the first day of the ledger to the last.
    year
        The last twelve months of it, or all of it where it is shorter.
    last, before
        The two spans that growth compares; None where too little is known.
    compares
        In words, what growth compares, or why it does not.
    """

    known: Span
    year: Span
    last: Span | None
    before: Span | None
    compares: str


def months_before(day: date, months: int) -> date:
    """Return the day `months` months before `day`, or the last day of that month.

    Examples
    --------
    >>> months_before(date(2024, 3, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def year_until(last: date) -> Span:
    """Return the twelve months that end with the day `last`.

    Examples
    --------
    >>> str(year_until(date(2023, 2, 28)))
    '2022-03-01 to 2023-02-28'
    """
    return Span(months_before(last + timedelta(days=1), 12), last)


def periods(since: date, until: date) -> Periods:
    """Choose what is compared in a ledger that knows the days from `since` to `until`.

    Twenty-four months or more: the last twelve months with the twelve before.  Less: the later half
    of the known days with the half before it (an odd first day is left out).  Less than
    `FEWEST_DAYS`: nothing.

    Examples
    --------
    >>> periods(date(2010, 12, 1), date(2011, 12, 9)).compares
    'the last 187 days (2011-06-06 to 2011-12-09) with the 187 days before'
    >>> periods(date(2020, 1, 1), date(2022, 12, 31)).compares
    'the last 12 months (2022-01-01 to 2022-12-31) with the 12 months before'
    """
    known = Span(since, until)
    year = year_until(until)
    earlier = year_until(year.first - timedelta(days=1))
    recent = year if year.first >= since else known
    if earlier.first >= since:
        return Periods(known, recent, year, earlier, f"the last 12 months ({year}) with the 12 months before")
    if known.days < FEWEST_DAYS:
        why = f"The ledger knows only {known.days} days; growth needs at least {FEWEST_DAYS}."
        return Periods(known, recent, None, None, why)
    half = timedelta(days=known.days // 2)
    last = Span(until - half + timedelta(days=1), until)
    before = Span(last.first - half, last.first - timedelta(days=1))
    words = f"the last {half.days} days ({last}) with the {half.days} days before"
    return Periods(known, recent, last, before, words)


def month_number(day: date) -> int:
    """Return the month as one whole number.

    Examples
    --------
    >>> month_name(month_number(date(2024, 2, 29)))
    '2024-02'
    """
    return day.year * 12 + day.month - 1


def month_name(number: int) -> str:
    """Return the month of that number as ``YYYY-MM``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def whole_months(known: Span) -> range:
    """Return the numbers of the months that lie wholly within `known`.

    Examples
    --------
    >>> [month_name(n) for n in whole_months(Span(date(2024, 1, 2), date(2024, 3, 31)))]
    ['2024-02', '2024-03']
    """
    first = month_number(known.first) + (known.first.day > 1)
    return range(first, month_number(known.last + timedelta(days=1)))


def months_after(day: date, months: int) -> date:
    """Return the day `months` months after `day`, or the last day of that month.

    Examples
    --------
    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    return months_before(day, -months)
