"""Moments: points in time that say their zone."""

from __future__ import annotations

from datetime import datetime

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
