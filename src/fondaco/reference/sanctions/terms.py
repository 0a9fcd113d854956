"""Names, countries and days as the lists write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import cast

from fondaco.reference import countries
from fondaco.reference.sanctions.entries import ListedName, Quality

#: OFAC writes month first, the United Kingdom day first; both write four digits for the year.
_DAYS = ("%Y-%m-%d", "%d-%b-%Y", "%d %B %Y", "%d/%m/%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%Y-%m-%d")


def joined(*parts: str | None) -> str:
    """Return the parts of a name that are there, with a space between."""
    return " ".join(" ".join((part or "").split()) for part in parts if part and part.strip())


def name_of(said: Sequence[tuple[str, str]]) -> tuple[ListedName, ...]:
    """Return names without repetitions, the primary first."""
    found: dict[str, Quality] = {}
    for name, quality in sorted(said, key=lambda each: each[1] != "primary"):
        if name and name not in found:
            found[name] = cast("Quality", quality)
    return tuple(ListedName(name, quality) for name, quality in found.items())


def countries_of(said: Iterable[str]) -> tuple[str, ...]:
    """Return the countries that are understood, without repetitions."""
    return tuple(dict.fromkeys(market for each in said if (market := _country(each))))


@lru_cache(maxsize=4096)
def _country(said: str) -> str | None:
    return countries.resolve(said).market if said.strip() else None


def day_of(said: str, *, month_first: bool = False) -> date | None:
    """Return the day that a list states; ``None`` where it cannot be read.

    Examples
    --------
    >>> str(day_of("21-Nov-2026")), str(day_of("03/06/2026")), str(day_of("06/03/2026", month_first=True))
    ('2026-11-21', '2026-06-03', '2026-06-03')
    >>> str(day_of("2026-11-21T23:00:05.123Z")), day_of("soon")
    ('2026-11-21', None)
    """
    text = re.sub(r"[T ]\d{2}:\d{2}.*", "", said.strip())
    for form in _MONTH_FIRST if month_first else _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
    return None
