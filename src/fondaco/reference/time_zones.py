"""Which time zones a country has, and what time it is there; offline, from the IANA database.

The table of countries and zones is ``zone.tab`` of the package ``tzdata``, which also carries the rules
where the system has none.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from fondaco.kernel import InputError
from fondaco.kernel.moments import aware
from fondaco.reference import countries


@dataclass(frozen=True)
class LocalTime:
    """What the clocks of a part of a country show.

    Attributes
    ----------
    at
        The moment, in the zone's own time.
    zone
        The IANA zone that names it, the first of those that show the same.
    place
        The zone's city, such as ``Seoul``.
    """

    at: datetime
    zone: str
    place: str

    @property
    def says(self) -> str:
        """The time in a sentence: ``it is 03:00 in Seoul``."""
        return f"it is {self.at:%H:%M} in {self.place}"


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return a zone by its IANA name; raises `InputError` where there is none.

    Examples
    --------
    >>> zone("Asia/Seoul").key
    'Asia/Seoul'
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"{name!r} is no time zone: write one of IANA's, such as Europe/Rome.") from None


def zones(market: str) -> tuple[str, ...]:
    """Return the IANA zones of a country (ISO 3166-1 alpha-3), its main one first; empty where not known.

    Examples
    --------
    >>> zones("KOR"), len(zones("USA")) > 20, zones("ZZZ")
    (('Asia/Seoul',), True, ())
    """
    if not countries.is_market(market):
        return ()
    return _table().get(countries.alpha2(market), ())


def local_times(market: str, now: datetime) -> tuple[LocalTime, ...]:
    """Return what time it is in a country: one entry for each time that its clocks show now.

    Parameters
    ----------
    market
        ISO 3166-1 alpha-3.
    now
        With a time zone.

    Returns
    -------
    tuple of LocalTime
        From the earliest clock to the latest; empty where the country's zones are not known.

    Examples
    --------
    >>> from datetime import UTC
    >>> [each.says for each in local_times("KOR", datetime(2026, 11, 29, 18, tzinfo=UTC))]
    ['it is 03:00 in Seoul']
    """
    aware(now, "now")
    found: dict[object, LocalTime] = {}
    for name in zones(market):
        local = now.astimezone(zone(name))
        found.setdefault(local.utcoffset(), LocalTime(local, name, _place(name)))
    return tuple(sorted(found.values(), key=lambda each: each.at.replace(tzinfo=None)))


def time_there(market: str, now: datetime) -> str:
    """Say what time it is at a buyer's; several zones are said, since the country alone does not tell which.

    Examples
    --------
    >>> from datetime import UTC
    >>> time_there("USA", datetime(2026, 11, 30, 12, tzinfo=UTC))
    'it is between 02:00 in Adak and 07:00 in New York (6 times in this country)'
    """
    times = local_times(market, now)
    if not times:
        return "what time it is there is not known"
    if len(times) == 1:
        return times[0].says
    first, last = times[0], times[-1]
    span = f"it is between {first.at:%H:%M} in {first.place} and {last.at:%H:%M} in {last.place}"
    return f"{span} ({len(times)} times in this country)"


def _place(name: str) -> str:
    return name.rsplit("/", 1)[-1].replace("_", " ")


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """Read ``zone.tab``; its rows stand in an order that puts a country's most populous zone first."""
    text = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            alpha2, _, name = line.split("\t")[:3]
            found[alpha2] = (*found.get(alpha2, ()), name)
    return found
