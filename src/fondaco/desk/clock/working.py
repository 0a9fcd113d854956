"""The firm's own target: so many working hours, which stand still at night, on weekends and on holidays.

Hours of a working day are stated in the firm's own local time.  What is counted is time that passes: a night
shift in the night in which clocks go forward is an hour shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from fondaco.kernel import InputError
from fondaco.kernel.moments import aware
from fondaco.reference.public_holidays import holidays_ahead
from fondaco.reference.time_zones import zone, zones

#: Monday to Friday, nine to one and two to six: set, where the firm states nothing.
USUAL = "Mon-Fri 09:00-13:00 14:00-18:00"
#: After so many days without a working hour the target is refused: the hours leave no time to work.
_MOST_DAYS = 400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPAN = re.compile(r"([0-2]?\d):([0-5]\d)-([0-2]?\d):([0-5]\d)")


@dataclass(frozen=True)
class WorkingHours:
    """When the firm works.

    Attributes
    ----------
    zone
        IANA zone of its clock.
    spans
        By weekday (0 is Monday): the spans of work as (from, to) in minutes after midnight, in order.
    holidays
        Days without work.
    holidays_known
        Whether the country's holidays are known; if not, none is taken off, and that is to be said.
    """

    zone: str
    spans: Mapping[int, tuple[tuple[int, int], ...]]
    holidays: frozenset[date]
    holidays_known: bool = True

    def spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of a day as moments of UTC."""
        if day in self.holidays:
            return
        midnight = datetime.combine(day, time(), tzinfo=zone(self.zone))
        for begin, end in self.spans.get(day.weekday(), ()):
            # Adding to a local time moves its hands: 09:00 is 09:00 whether or not the clocks were changed.
            yield (
                (midnight + timedelta(minutes=begin)).astimezone(UTC),
                (midnight + timedelta(minutes=end)).astimezone(UTC),
            )


def working_hours(country: str, year: int, *, hours: str = USUAL, zone_name: str = "") -> WorkingHours:
    """Return a firm's working hours, with its country's public holidays of `year` and of the years beside it.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-3, whose holidays are kept.
    year
        The year in question.
    hours
        Such as ``Mon-Fri 09:00-13:00 14:00-18:00, Sat 09:00-12:00``; `USUAL` where left out.
    zone_name
        IANA zone; may be left out where the country has one.

    Raises
    ------
    InputError
        Where the hours cannot be read, or the country has several zones and none is named.

    Examples
    --------
    >>> held = working_hours("ITA", 2026)
    >>> held.zone, date(2026, 12, 8) in held.holidays, held.spans[0]
    ('Europe/Rome', True, ((540, 780), (840, 1080)))
    """
    if not zone_name:
        known = zones(country)
        if len(known) != 1:
            what = "has several time zones" if known else "has no time zone that we know"
            raise InputError(f"{country} {what}: state the firm's own, such as Europe/Rome.")
        zone_name = known[0]
    zone(zone_name)
    first = date(year - 1, 1, 1)
    held = holidays_ahead(country, first, days=(date(year + 2, 1, 1) - first).days)
    return WorkingHours(
        zone_name, _read(hours), frozenset(each.day for each in held or ()), held is not None
    )  # fmt: skip


def target_due(received: datetime, hours: WorkingHours, target: timedelta) -> datetime:
    """Return when `target` of working time has passed since `received`, in the firm's own time.

    Raises
    ------
    InputError
        Where `received` has no time zone, `target` is not above zero, or there are no working hours.

    Examples
    --------
    A Friday evening's question, with four hours to answer it:

    >>> rome = zone("Europe/Rome")
    >>> held = working_hours("ITA", 2026)
    >>> str(target_due(datetime(2026, 11, 27, 17, tzinfo=rome), held, timedelta(hours=4)))
    '2026-11-30 12:00:00+01:00'
    """
    aware(received, "received")
    if target <= timedelta(0):
        raise InputError(f"A target of {target} is none: state more than no time.")
    local = zone(hours.zone)
    begun, left = received.astimezone(UTC), target
    day = received.astimezone(local).date()
    idle = 0
    while idle < _MOST_DAYS:
        idle += 1
        for begin, end in hours.spans_of(day):
            start = max(begin, begun)
            if start >= end:
                continue
            idle = 0
            if left <= end - start:
                return (start + left).astimezone(local)
            left -= end - start
        day += timedelta(days=1)
    raise InputError("These working hours leave no day to work: state at least one.")


def working_time(begin: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """Return how much working time lies between two moments; none where `end` is not after `begin`.

    Examples
    --------
    >>> rome = zone("Europe/Rome")
    >>> friday, monday = datetime(2026, 11, 27, 17, tzinfo=rome), datetime(2026, 11, 30, 10, tzinfo=rome)
    >>> str(working_time(friday, monday, working_hours("ITA", 2026)))
    '2:00:00'
    """
    start, stop = aware(begin, "begin").astimezone(UTC), aware(end, "end").astimezone(UTC)
    day, found = start.astimezone(zone(hours.zone)).date(), timedelta(0)
    last = stop.astimezone(zone(hours.zone)).date()
    while day <= last:
        for opens, closes in hours.spans_of(day):
            found += max(min(closes, stop) - max(opens, start), timedelta(0))
        day += timedelta(days=1)
    return found


def _read(text: str) -> dict[int, tuple[tuple[int, int], ...]]:
    """Read hours such as ``Mon-Fri 09:00-13:00 14:00-18:00, Sat 09:00-12:00``."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for part in text.split(","):
        words = part.split()
        days = _days(words[0]) if words else None
        spans = [_span(word) for word in words[1:]]
        if days is None or not spans or None in spans:
            raise InputError(f"Working hours {text!r}: write them as in {USUAL!r}.")
        given = tuple(span for span in spans if span is not None)
        if any(before[1] > after[0] for before, after in pairwise(given)):
            raise InputError(f"Working hours {text!r}: the spans of a day overlap or are out of order.")
        found |= dict.fromkeys(days, given)
    return found


def _days(word: str) -> tuple[int, ...] | None:
    first, _, last = word.partition("-")
    if first not in _DAYS or (last and last not in _DAYS):
        return None
    begin = _DAYS.index(first)
    end = _DAYS.index(last) if last else begin
    return tuple(range(begin, end + 1)) or None


def _span(word: str) -> tuple[int, int] | None:
    found = _SPAN.fullmatch(word)
    if found is None:
        return None
    hour, minute, until, minutes = (int(each) for each in found.groups())
    begin, end = hour * 60 + minute, until * 60 + minutes
    return (begin, end) if begin < end <= 24 * 60 else None
