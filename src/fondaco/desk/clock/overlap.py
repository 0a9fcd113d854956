"""Do the buyer's office hours and the firm's overlap?  Where they do not, an automatic first reply is worth a thought.

Office hours of buyers are not known: the usual ones (`working.USUAL`) are taken in each zone of the buyer's country, without
its holidays.  Hours are counted over the seven days that begin now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from fondaco.desk.clock.working import USUAL, WorkingHours, working_hours
from fondaco.kernel.moments import aware
from fondaco.reference.time_zones import zone, zones


@dataclass(frozen=True)
class Overlap:
    """Office hours that buyer and firm share in a week.

    Attributes
    ----------
    least, most
        Hours in the zone of the buyer's country that shares fewest, and in the one that shares most.
    """

    least: float
    most: float

    @property
    def far(self) -> bool:
        """Whether none are shared, wherever in its country the buyer is."""
        return self.most == 0


def overlap(home_zone: str, market: str, now: datetime, *, hours: str = USUAL) -> Overlap | None:
    """Return the office hours of the week to come that are shared; None where the buyer's zones are not known (F46).

    Parameters
    ----------
    home_zone
        IANA zone of the firm.
    market
        The buyer's country, ISO 3166-1 alpha-3.
    now
        With a time zone.
    hours
        Office hours of both, as `working_hours` reads them.

    Examples
    --------
    Seoul's office day ends an hour after Rome's begins, Rome's when Los Angeles still sleeps:

    >>> now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    >>> overlap("Europe/Rome", "KOR", now)
    Overlap(least=5.0, most=5.0)
    >>> overlap("America/Los_Angeles", "ITA", now).far
    True
    """
    aware(now, "now")
    theirs = zones(market)
    if not theirs:
        return None
    spans = _spans(home_zone, now, hours)
    shared = [_shared(spans, _spans(name, now, hours)) for name in theirs]
    return Overlap(min(shared), max(shared))


def _spans(zone_name: str, now: datetime, hours: str) -> list[tuple[datetime, datetime]]:
    zone(zone_name)
    held = working_hours("", now.year, hours=hours, zone_name=zone_name)
    week = WorkingHours(zone_name, held.spans, frozenset())
    first = datetime.combine(now.astimezone(UTC).date(), time(), tzinfo=UTC)
    # A day more on either side: days begin elsewhere at other times.
    days = [(first + timedelta(days=n)).date() for n in range(-1, 9)]
    begin, end = first, first + timedelta(days=7)
    found = [span for day in days for span in week.spans_of(day)]
    return [(max(a, begin), min(b, end)) for a, b in found if a < end and b > begin]


def _shared(ours: list[tuple[datetime, datetime]], theirs: list[tuple[datetime, datetime]]) -> float:
    both = (min(b, d) - max(a, c) for a, b in ours for c, d in theirs)
    return sum((each for each in both if each > timedelta(0)), timedelta(0)) / timedelta(hours=1)
