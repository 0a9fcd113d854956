"""When answers were sent, from the ways in which survey programs write it.

ISO 8601 with or without an offset; ``2026/03/01 9:12:33 AM GMT+1``; ``01/03/2026 09:12``; ``2026. 3. 1 오후 9:12:33``.
Whether the day or the month stands first is told by the column as a whole; a time without a zone counts as UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_WRITTEN = re.compile(
    r"(?P<a>\d{1,4})\s*[-./]\s*(?P<b>\d{1,2})\s*[-./]\s*(?P<c>\d{1,4})\.?"
    r"(?:[T,\s]+(?P<before>[^\d\s]+)?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<after>[AaPp]\.?\s?[Mm]\.?)?"
    r"\s*(?:(?:GMT|UTC)?\s*(?P<sign>[+\-−])(?P<off>\d{1,2}):?(?P<offmin>\d{2})?|GMT|UTC|Z)?)?"
)
_AFTERNOON = ("p", "오후", "үх", "dopo")


@dataclass(frozen=True)
class Moments:
    """The moments of a column, None where none was understood; `doubt` where day and month could be either."""

    found: tuple[datetime | None, ...]
    doubt: str = ""


def moments(cells: Sequence[str | None]) -> Moments:
    """Return when each cell is.

    >>> [str(each) for each in moments(["2026/03/01 9:12:33 PM GMT+1", "13/02/2026 08:00", "soon", None]).found]
    ['2026-03-01 21:12:33+01:00', '2026-02-13 08:00:00+00:00', 'None', 'None']
    """
    read = [_WRITTEN.fullmatch(cell.strip()) if cell else None for cell in cells]
    short = [match for match in read if match is not None and len(match["a"]) < 3]
    day_first = any(int(match["a"]) > 12 for match in short)
    month_first = any(int(match["b"]) > 12 for match in short)
    doubt = ""
    if short and day_first == month_first:
        day_first = not _american(short)
        doubt = (
            f"{short[0].group()!r} may be day or month first; it is read with the "
            f"{'day' if day_first else 'month'} first."
        )
    return Moments(tuple(None if m is None else _moment(m, day_first) for m in read), doubt)


def _american(short: Sequence[re.Match[str]]) -> bool:
    """Whether dates look American: no leading zeros, or a clock of twelve hours."""
    return any(match["after"] for match in short) or any(
        len(match["a"]) == 1 and len(match["b"]) == 1 for match in short
    )


def _moment(match: re.Match[str], day_first: bool) -> datetime | None:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    year, month, day = (a, b, c) if len(match["a"]) > 2 else (c, b, a) if day_first else (c, a, b)
    hour = int(match["hour"] or 0)
    zone: tzinfo = UTC
    half = (match["after"] or match["before"] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    try:
        if match["sign"]:
            reach = timedelta(hours=int(match["off"]), minutes=int(match["offmin"] or 0))
            zone = timezone(reach if match["sign"] == "+" else -reach)
        year += 2000 if year < 100 else 0
        return datetime(
            year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=zone
        )
    except ValueError:
        return None
