"""Moments: points in time that say their zone."""

from __future__ import annotations

from datetime import UTC, datetime

from fondaco.kernel.errors import InputError


def aware(moment: datetime, what: str) -> datetime:
    """Return `moment`; raises `InputError` where it does not say its time zone.

    Examples
    --------
    >>> aware(datetime(2026, 11, 30, 9), "received")
    Traceback (most recent call last):
    ...
    fondaco.kernel.errors.InputError: received says 2026-11-30 09:00:00 without a time zone: state it, as in +01:00.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InputError(f"{what} says {moment} without a time zone: state it, as in +01:00.")
    return moment


def utc(moment: datetime) -> datetime:
    """Return a moment by the clock of UTC, to compare it with another or to tell how far apart they are.

    Python sets two times of one zone beside each other by their hands, which are put back once a year.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> asked = datetime(2026, 11, 1, 1, 50, tzinfo=ZoneInfo("America/Los_Angeles"))
    >>> answered = asked.replace(minute=10, fold=1)
    >>> answered > asked, str(utc(answered) - utc(asked))
    (False, '0:20:00')
    """
    return moment.astimezone(UTC)
