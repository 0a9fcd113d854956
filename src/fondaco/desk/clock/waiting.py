"""Who waits for an answer, until when the platform gives time, and who ought to be warned about now.

A platform's hours are hours of the sun: weekends, holidays and changes of the clock do not stop them
(that weekends count is an assumption where the platform does not say).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fondaco.desk.clock.rules import Message, Rule
from fondaco.kernel.moments import aware, utc
from fondaco.reference.time_zones import time_there

#: Warn when so much is left, the first time and the last; set: a morning's work, and the next thing to do.
AHEAD = (timedelta(hours=4), timedelta(hours=1))


def due(received: datetime, rule: Rule, kind: str = "inquiry") -> datetime:
    """Return until when a message wants an answer, in the time zone of `received`.

    Parameters
    ----------
    received
        When it came in, with a time zone.
    rule
        The platform's.
    kind
        ``inquiry``, ``chat`` or ``rfq``.

    Raises
    ------
    InputError
        Where `received` has no time zone, or the platform sets no time for the kind.

    Examples
    --------
    The night in which clocks go forward has an hour less:

    >>> from datetime import date
    >>> from fondaco.desk.clock.rules import rule_of
    >>> from fondaco.reference.time_zones import zone
    >>> rome = zone("Europe/Rome")
    >>> str(due(datetime(2026, 3, 28, 12, tzinfo=rome), rule_of("alibaba", date(2026, 3, 28))))
    '2026-03-29 13:00:00+02:00'
    """
    aware(received, "received")
    return (utc(received) + rule.limit(kind)).astimezone(received.tzinfo)


def time_left(until: datetime, now: datetime) -> timedelta:
    """Return how much time is left; below zero where it is over."""
    return utc(aware(until, "due")) - utc(aware(now, "now"))


@dataclass(frozen=True)
class Waiting:
    """A message that still waits for an answer.

    Attributes
    ----------
    message, due, left
        Which, until when, and how much time is left (below zero where it is over).
    level
        ``late``, ``now`` (within the last warning), ``soon`` (within the first), or ``calm``.
    there
        What time it is at the buyer's.
    """

    message: Message
    due: datetime
    left: timedelta
    level: Literal["late", "now", "soon", "calm"]
    there: str


def waiting(
    messages: Iterable[Message],
    rule: Rule,
    now: datetime,
    *,
    ahead: tuple[timedelta, timedelta] = AHEAD,
) -> tuple[Waiting, ...]:
    """Return the messages that wait for an answer, those with the least time left first."""
    found = []
    for message in messages:
        if (
            rule.answered(message) is not None
            or utc(message.received) > utc(now)
            or message.kind not in rule.limits
        ):
            continue
        until = due(message.received, rule, message.kind)
        left = time_left(until, now)
        # A limit shorter than a warning would be warned of from its first minute on.
        first, last = (min(each, rule.limit(message.kind) / 2) for each in ahead)
        level: Literal["late", "now", "soon", "calm"] = (
            "late" if left < timedelta(0) else "now" if left <= last else "soon" if left <= first else "calm"
        )
        found.append(Waiting(message, until, left, level, time_there(message.country, now)))
    return tuple(sorted(found, key=lambda each: (each.left, each.message.case)))
