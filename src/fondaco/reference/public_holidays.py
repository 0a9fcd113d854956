"""Public holidays of the coming weeks, by country, from the package ``holidays``; offline.

Holidays of a part of a country only are left out.  Days that follow the moon's sighting are the
package's estimate and may be off by a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from fondaco.reference import countries


@dataclass(frozen=True)
class Holiday:
    """A public holiday: its day and its name in English (in the country's own language where none is known)."""

    day: date
    name: str


def holidays_ahead(market: str, today: date, *, days: int = 60) -> tuple[Holiday, ...] | None:
    """Return the public holidays of a country from `today` on.

    Parameters
    ----------
    market
        ISO 3166-1 alpha-3.
    today
        The first day that counts.
    days
        How many days are looked at.

    Returns
    -------
    tuple of Holiday or None
        In order of days; None where the country's holidays are not known.

    Examples
    --------
    >>> [str(each.day) for each in holidays_ahead("DEU", date(2026, 12, 1))]
    ['2026-12-25', '2026-12-26', '2027-01-01']
    >>> holidays_ahead("ZZZ", date(2026, 12, 1)) is None
    True
    """
    if not countries.is_market(market) or countries.alpha2(market) not in _supported():
        return None
    last = today + timedelta(days=days - 1)
    found = [
        holiday
        for year in range(today.year, last.year + 1)
        for holiday in _of_year(countries.alpha2(market), year)
        if today <= holiday.day <= last
    ]
    return tuple(sorted(found, key=lambda each: each.day))


@cache
def _supported() -> frozenset[str]:
    import holidays

    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def _of_year(alpha2: str, year: int) -> tuple[Holiday, ...]:
    import holidays

    spoken = holidays.list_localized_countries().get(alpha2, [])
    language = next((each for each in ("en_US", "en_GB", "en") if each in spoken), None)
    held = holidays.country_holidays(alpha2, years=year, language=language)
    return tuple(Holiday(day, name) for day, name in held.items())
