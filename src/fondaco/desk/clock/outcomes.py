"""What quick answers bring, and which markets ask while the firm sleeps.

Neither proves a cause: a buyer who is dear to the firm is answered quicker and orders more often for other
reasons too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fondaco.desk.clock.rules import Message
from fondaco.desk.clock.working import WorkingHours, working_time
from fondaco.kernel.moments import utc
from fondaco.numerics.estimates import Estimate, share, unknown

#: Bounds of the bands of reply times; set, the last being Alibaba.com's.
BANDS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
#: A share that rests on fewer is not told.
FEWEST = 5
#: From this share of messages outside working hours on, an automatic first reply is proposed; set: one in two.
FAR_SHARE = 0.5


@dataclass(frozen=True)
class Band:
    """Messages answered within some time: how many, and the share of them that became an order.

    `longest` is ``None`` for the last band, which is of messages answered later or never.
    """

    longest: timedelta | None
    messages: int
    orders: int
    share: Estimate


@dataclass(frozen=True)
class FirstReply:
    """A market's messages outside the firm's working hours.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; empty where it is not known.
    messages, outside
        How many came in, and how many of them while nobody worked.
    share
        Their ratio, with its interval.
    propose
        Whether an automatic first reply is proposed: more than `FAR_SHARE`, at the low end of the interval.
    why
        In a sentence.
    """

    market: str
    messages: int
    outside: int
    share: Estimate
    propose: bool
    why: str


def reply_bands(
    messages: Iterable[tuple[Message, bool]], *, bounds: Sequence[timedelta] = BANDS
) -> tuple[Band, ...]:
    """Return, by how quickly messages were answered, the share that became an order (F41).

    Parameters
    ----------
    messages
        Each with whether an order came of it.
    bounds
        Upper bounds of the bands, rising.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    >>> quick = [(Message(str(n), "b", "inquiry", at, at + timedelta(minutes=30)), n < 4) for n in range(8)]
    >>> [(each.messages, each.orders, each.share.estimate) for each in reply_bands(quick)][0]
    (8, 4, 0.5)
    """
    counts = [[0, 0] for _ in range(len(bounds) + 1)]
    for message, ordered in messages:
        took = None if message.answered is None else utc(message.answered) - utc(message.received)
        place = next((n for n, bound in enumerate(bounds) if took is not None and took <= bound), len(bounds))
        counts[place][0] += 1
        counts[place][1] += ordered
    return tuple(
        Band(longest, seen, ordered, _share(ordered, seen))
        for longest, (seen, ordered) in zip((*bounds, None), counts, strict=True)
    )


def first_replies(messages: Iterable[Message], hours: WorkingHours) -> tuple[FirstReply, ...]:
    """Return the markets that ask outside working hours, and where an automatic first reply is proposed (F46).

    Platforms do not count a robot's reply as an answer; it tells the buyer when a person will write.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for message in messages:
        counts[message.country][0] += 1
        counts[message.country][1] += not _at_work(message, hours)
    return tuple(
        _first_reply(market, seen, outside)
        for market, (seen, outside) in sorted(counts.items(), key=lambda item: (-item[1][1], item[0]))
    )


def _first_reply(market: str, seen: int, outside: int) -> FirstReply:
    held = _share(outside, seen)
    propose = held.low is not None and held.low > FAR_SHARE
    why = f"{outside} of {seen} messages came outside working hours"
    return FirstReply(market, seen, outside, held, propose, f"{why}; {held.why}" if held.why else f"{why}.")


def _at_work(message: Message, hours: WorkingHours) -> bool:
    moment = timedelta(minutes=1)
    return working_time(message.received, message.received + moment, hours) > timedelta(0)


def _share(part: int, whole: int) -> Estimate:
    if whole < FEWEST:
        return unknown(f"{whole} are too few to tell a share.")
    return share(part, whole)
