"""The response rate as the platform computes it, today's and that of the days to come.

The rate of a day is the share of messages answered in time among those received in a window of the platform's
days.  Alibaba.com's window ends seven days ago, so tomorrow's rate is settled today, and what is answered today
decides the rates from a week on: `outlook` says each coming day's rate with the least and the most that it can
become, `deciding` which open messages it hangs on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fondaco.desk.clock.rules import Message, Rule
from fondaco.desk.clock.waiting import due
from fondaco.kernel.moments import aware, utc
from fondaco.reference.time_zones import zone


@dataclass(frozen=True)
class Rate:
    """A response rate.

    Attributes
    ----------
    day
        The platform's day on which it is shown.
    first, last
        First and last day of the window, the platform's days.
    received, in_time
        Messages that count, and those of them answered in time.  One that waits and still has time counts once it is settled.
    rate
        Their ratio, 0 to 1; ``None`` where nothing was received.
    cases
        The numbers of the messages that count and were not answered in time.
    why
        A sentence where there is no rate, and the rule's caveat.
    """

    day: date
    first: date
    last: date
    received: int
    in_time: int
    rate: float | None
    cases: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Day:
    """A coming day's rate: `low` where every message that is open now stays so, `high` where all are answered in time.

    Both are ``None`` where the window is empty so far; the messages of days that are not yet over may add to it
    (`complete` says whether the window is over).
    """

    day: date
    first: date
    last: date
    received: int
    low: float | None
    high: float | None
    open: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class Deciding:
    """An open message that can still be answered in time, and the days whose rate it will be counted in."""

    case: str
    due: datetime
    first: date
    last: date


@dataclass(frozen=True)
class _Counted:
    """What the platform counts as one message: the first of a buyer's day, and when the buyer was answered."""

    case: str
    kind: str
    received: datetime
    day: date
    answered: datetime | None


def response_rate(messages: Iterable[Message], rule: Rule, now: datetime) -> Rate:
    """Return the rate that the platform shows at `now`.

    Parameters
    ----------
    messages
        All messages of the window, answered or not; of a buyer who wrote more than once, all.
    rule
        The platform's.
    now
        With a time zone.

    Raises
    ------
    InputError
        Where `now` has no time zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> from fondaco.desk.clock.rules import rule_of
    >>> at = datetime(2026, 11, 10, 8, tzinfo=UTC)
    >>> asked = [Message("1", "a", "inquiry", at, at + timedelta(hours=24)), Message("2", "b", "chat", at)]
    >>> found = response_rate(asked, rule_of("alibaba", at.date()), datetime(2026, 11, 30, tzinfo=UTC))
    >>> found.received, found.in_time, found.rate, str(found.first), str(found.last)
    (2, 1, 0.5, '2026-10-24', '2026-11-22')
    """
    today = _day(aware(now, "now"), rule)
    first, last = _window(today, rule)
    held = [each for each in _counted(messages, rule, now) if first <= each.day <= last]
    counted = [each for each in held if not _is_open(each, rule, now)]
    late = [each for each in counted if not _in_time(each, rule)]
    in_time, waits = len(counted) - len(late), len(held) - len(counted)
    why = "" if held else f"Nothing that counts was received from {first} to {last}."
    if waits:
        why = (
            f"{waits:,} can still be answered in time and {'counts' if waits == 1 else 'count'} once settled."
        )
    return Rate(
        today, first, last, len(counted), in_time, in_time / len(counted) if counted else None,
        tuple(each.case for each in late), " ".join(part for part in (why, rule.caveat) if part),
    )  # fmt: skip


def outlook(messages: Iterable[Message], rule: Rule, now: datetime, *, days: int = 7) -> tuple[Day, ...]:
    """Return the rates of the coming days, tomorrow's first, as far as they are settled by now."""
    today = _day(aware(now, "now"), rule)
    counted = _counted(messages, rule, now)
    found = []
    for ahead in range(1, days + 1):
        first, last = _window(today + timedelta(days=ahead), rule)
        held = [each for each in counted if first <= each.day <= last]
        undecided = [each for each in held if _is_open(each, rule, now)]
        sure = sum(_in_time(each, rule) for each in held)
        low = sure / len(held) if held else None
        high = (sure + len(undecided)) / len(held) if held else None
        cases = tuple(each.case for each in undecided)
        day = today + timedelta(days=ahead)
        found.append(Day(day, first, last, len(held), low, high, cases, last < today))
    return tuple(found)


def deciding(messages: Iterable[Message], rule: Rule, now: datetime) -> tuple[Deciding, ...]:
    """Return the open messages that can still be answered in time, the most urgent first."""
    aware(now, "now")
    found = [
        Deciding(
            each.case,
            due(each.received, rule, each.kind),
            each.day + timedelta(days=rule.ends_days_ago),
            each.day + timedelta(days=rule.ends_days_ago + rule.window_days - 1),
        )
        for each in _counted(messages, rule, now)
        if _is_open(each, rule, now)
    ]
    return tuple(sorted(found, key=lambda each: (utc(each.due), each.case)))


def _window(day: date, rule: Rule) -> tuple[date, date]:
    last = day - timedelta(days=rule.ends_days_ago)
    return last - timedelta(days=rule.window_days - 1), last


def _day(moment: datetime, rule: Rule) -> date:
    return moment.astimezone(zone(rule.zone)).date()


def _in_time(counted: _Counted, rule: Rule) -> bool:
    """Whether it was answered in time; an answer in the very last second is one."""
    if counted.answered is None:
        return False
    return utc(counted.answered) <= utc(due(counted.received, rule, counted.kind))


def _is_open(counted: _Counted, rule: Rule, now: datetime) -> bool:
    return counted.answered is None and utc(now) <= utc(due(counted.received, rule, counted.kind))


def _counted(messages: Iterable[Message], rule: Rule, now: datetime) -> Sequence[_Counted]:
    """Return what the platform counts, by its rule on buyers who write more than once.

    An answer to a buyer answers all that the buyer had sent of that kind before it.
    """
    held = [
        message
        for message in messages
        if message.kind in rule.limits
        and message.country not in rule.left_out
        and utc(message.received) <= utc(now)
    ]
    if rule.same_buyer == "none":
        return [_one(each, rule, _known(rule.answered(each), now)) for each in held]
    answers: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    first: dict[tuple[str, str, date], Message] = {}
    for message in sorted(held, key=lambda each: utc(each.received)):
        # A buyer without a mark is nobody twice.
        buyer = message.buyer or f"case {message.case}"
        answered = _known(rule.answered(message), now)
        if answered is not None:
            answers[buyer, message.kind].append(answered)
        first.setdefault((buyer, message.kind, _day(message.received, rule)), message)
    return [
        _one(
            message, rule, min((a for a in answers[buyer, kind] if utc(a) >= utc(message.received)), default=None, key=utc)
        )
        for (buyer, kind, _), message in first.items()
    ]  # fmt: skip


def _known(answered: datetime | None, now: datetime) -> datetime | None:
    return answered if answered is not None and utc(answered) <= utc(now) else None


def _one(message: Message, rule: Rule, answered: datetime | None) -> _Counted:
    return _Counted(message.case, message.kind, message.received, _day(message.received, rule), answered)
