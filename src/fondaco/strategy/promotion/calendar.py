"""Days for promotion, out of the way of production.

Rule ``promotion/peaks``: a task that would fall into a month in which production takes all hands moves to the nearest
day outside: before it where a week is left until then, else after it; what cannot move is flagged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fondaco.strategy.profile import Campaign, Season

#: Nothing moves forward to a day nearer than that: the tasks of a peak cannot all be done on the eve of it.
_LEAD = timedelta(7)


@dataclass(frozen=True)
class Slot:
    """The day of a task: wanted, and as it stands out of the peaks.

    Attributes
    ----------
    peak
        What stood in the way; empty where nothing did.
    moved
        Whether another day was found.
    """

    wanted: date
    day: date
    peak: str = ""

    @property
    def moved(self) -> bool:
        """Whether it stands on another day than wanted."""
        return self.day != self.wanted

    @property
    def note(self) -> str:
        """What to say of it; empty where it stands as wanted."""
        if not self.peak:
            return ""
        if self.moved:
            return f"Moved from {self.wanted.isoformat()}, which falls into {self.peak}."
        return f"Falls into {self.peak}, and no month is free of it."


def peak_on(day: date, seasons: Sequence[Season]) -> str:
    """Return what takes all hands in the month of a day; empty where nothing does."""
    return ", ".join(each.what for each in seasons if day.month in each.months)


def slot(wanted: date, seasons: Sequence[Season], today: date) -> Slot:
    """Return the nearest day outside all peaks, not within a week of `today`.

    >>> harvest = Season(months=(9, 10), what="harvest")
    >>> slot(date(2026, 9, 5), [harvest], date(2026, 6, 1)).day, slot(date(2026, 10, 20), [harvest], date(2026, 6, 1)).day
    (datetime.date(2026, 8, 31), datetime.date(2026, 11, 1))
    """
    peak = peak_on(wanted, seasons)
    if not peak:
        return Slot(wanted, wanted)
    for distance in range(1, 366):
        for day in (wanted - timedelta(distance), wanted + timedelta(distance)):
            if day >= today + _LEAD and not peak_on(day, seasons):
                return Slot(wanted, day, peak)
    return Slot(wanted, wanted, peak)


@dataclass(frozen=True)
class Clash:
    """A campaign that is booked in a production peak."""

    name: str
    day: date
    peak: str
    better: date

    def to_json(self) -> dict[str, Any]:
        """Return the clash as JSON values."""
        return {
            "name": self.name,
            "day": self.day.isoformat(),
            "peak": self.peak,
            "better": None if self.better == self.day else self.better.isoformat(),
        }


def clashes(campaigns: Sequence[Campaign], seasons: Sequence[Season], today: date) -> tuple[Clash, ...]:
    """Return the booked campaigns that begin in a peak, each with a better day."""
    ahead = sorted((c for c in campaigns if c.since >= today), key=lambda c: (c.since, c.name))
    found = []
    for campaign in ahead:
        moved = slot(campaign.since, seasons, today)
        if moved.peak:
            found.append(Clash(campaign.name, campaign.since, moved.peak, moved.day))
    return tuple(found)
