"""The worked table of docs/rules/response-clock.md, executed from the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.desk import clock
from fondaco.desk.clock import Message
from fondaco.desk.clock.rules import Kind
from fondaco.kernel import InputError, UnknownName
from fondaco.reference.time_zones import local_times, time_there, zone

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "response-clock.md"


def rows(heading: str) -> list[Any]:
    return list(_rows(heading))


def _rows(heading: str) -> Iterator[Any]:
    section = PAGE.read_text("utf-8").split(f"### {heading}\n")[1].split("\n#")[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdigit():
            yield pytest.param(*cells[1:-1], id=f"{cells[0]} {cells[-1][:40]}")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def messages(text: str) -> list[Message]:
    found = []
    for number, part in enumerate(text.split(";<br>")):
        buyer, kind, received, *rest = part.split()
        said = dict(zip(rest[::2], rest[1::2], strict=True))
        country = said.pop("from", "")
        found.append(
            Message(
                f"{buyer}{number}",
                buyer,
                cast("Kind", kind),
                at(received),
                country=country,
                **{what: at(when) for what, when in said.items()},
            )
        )
    return found


def test_the_table_has_at_least_forty_cases() -> None:
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 40


@pytest.mark.requirement("F40")
@pytest.mark.parametrize(("rule", "received", "due"), rows("Until when the platform gives time"))
def test_until_when_the_platform_gives_time(rule: str, received: str, due: str) -> None:
    platform, kind = rule.split()
    held = clock.rule_of(platform, at(received).date())
    found = clock.due(at(received), held, kind)
    assert found == at(due)
    assert clock.time_left(found, at(received)) == held.limit(kind)


@pytest.mark.requirement("F40", "X05")
@pytest.mark.parametrize(("country", "hours", "target", "received", "due"), rows("The firm's own target"))
def test_the_firms_own_target(country: str, hours: str, target: str, received: str, due: str) -> None:
    zone_name = {"USA": "America/New_York", "DEU": "Europe/Berlin"}.get(country, "")
    held = clock.working_hours(country, at(received).year, hours=hours, zone_name=zone_name)
    wanted = timedelta(hours=float(target))
    found = clock.target_due(at(received), held, wanted)
    assert found == at(due)
    assert clock.working_time(at(received), found, held) == wanted


@pytest.mark.requirement("F40")
@pytest.mark.parametrize(("platform", "now", "said", "window", "counts"), rows("The rate that is shown"))
def test_the_rate_that_is_shown(platform: str, now: str, said: str, window: str, counts: str) -> None:
    found = clock.response_rate(messages(said), clock.rule_of(platform, at(now).date()), at(now))
    assert f"{found.first}..{found.last}" == window
    assert f"{found.in_time}/{found.received}" == counts
    assert (found.rate is None) == (found.received == 0)


@pytest.mark.requirement("F40")
@pytest.mark.parametrize(
    ("platform", "now", "said", "day", "window", "low", "high"), rows("The rate of a day to come")
)
def test_the_rate_of_a_day_to_come(
    platform: str, now: str, said: str, day: str, window: str, low: str, high: str
) -> None:
    held = clock.outlook(messages(said), clock.rule_of(platform, at(now).date()), at(now))
    found = next(each for each in held if str(each.day) == day)
    assert f"{found.first}..{found.last}" == window
    assert (found.low, found.high) == (float(low), float(high))


@pytest.mark.requirement("X05")
@pytest.mark.parametrize(("country", "now", "there"), rows("What time it is at the buyer's"))
def test_what_time_it_is_at_the_buyers(country: str, now: str, there: str) -> None:
    found = local_times(country, at(now))
    assert ", ".join(f"{each.at:%H:%M} {each.place}" for each in found) == there


def test_an_open_message_names_the_days_it_decides() -> None:
    now = at("2026-11-30T09:00-08:00")
    asked = messages("A inquiry 2026-11-30T08:00-08:00;<br>B inquiry 2026-11-28T08:00-08:00")
    (found,) = clock.deciding(asked, clock.rule_of("alibaba", now.date()), now)
    # B is late and decides nothing any more; A is counted from 7 December to 5 January.
    assert (found.case, found.first, found.last) == ("A0", date(2026, 12, 7), date(2027, 1, 5))


def by_the_wall(said: str, zone_name: str) -> datetime:
    """Return a time as a clock on the wall shows it; with ' the second of two alike, after clocks were put back."""
    return datetime.fromisoformat(said.rstrip("'")).replace(tzinfo=zone(zone_name), fold=said.endswith("'"))


@pytest.mark.requirement("F40", "X05")
@pytest.mark.parametrize(
    ("kind", "zone_name", "received", "answered", "in_time"),
    [
        # America's clocks go back on 1 November 2026 at two: what lies between one and two comes twice.
        ("chat", "America/Los_Angeles", "2026-11-01T01:30", "2026-11-01T01:45", True),  # a quarter of an hour
        ("chat", "America/Los_Angeles", "2026-11-01T01:50", "2026-11-01T01:10'", True),  # 08:50 to 09:10 UTC
        ("chat", "America/Los_Angeles", "2026-11-01T01:50", "2026-11-01T01:50'", True),  # one hour
        ("chat", "America/Los_Angeles", "2026-11-01T01:50", "2026-11-01T01:51'", False),
        ("chat", "America/Los_Angeles", "2026-11-01T00:50", "2026-11-01T01:20'", False),  # 07:50 to 09:20 UTC
        ("chat", "America/Los_Angeles", "2026-11-01T01:30'", "2026-11-01T02:30", True),  # 09:30 to 10:30 UTC
        # And forward on 8 March: from two to three there is nothing.
        ("chat", "America/Los_Angeles", "2026-03-08T01:30", "2026-03-08T03:30", True),  # 09:30 to 10:30 UTC
        ("chat", "America/Los_Angeles", "2026-03-08T01:30", "2026-03-08T03:31", False),
        # Europe's on 25 October and 29 March.
        ("inquiry", "Europe/Rome", "2026-10-25T02:30", "2026-10-26T01:30", True),  # 00:30 to 00:30 UTC
        ("inquiry", "Europe/Rome", "2026-10-25T02:30", "2026-10-26T01:31", False),
        ("inquiry", "Europe/Rome", "2026-10-25T02:30'", "2026-10-26T02:30", True),  # 01:30 to 01:30 UTC
        ("inquiry", "Europe/Rome", "2026-10-24T02:45", "2026-10-25T02:45", True),  # the first of two
        ("inquiry", "Europe/Rome", "2026-10-24T02:45", "2026-10-25T02:05'", False),  # 00:45 to 01:05 UTC
        ("inquiry", "Europe/Rome", "2026-03-28T12:00", "2026-03-29T13:00", True),
        ("inquiry", "Europe/Rome", "2026-03-28T12:00", "2026-03-29T13:01", False),
        ("inquiry", "Europe/London", "2026-10-24T12:00", "2026-10-25T11:00", True),
        ("inquiry", "Europe/London", "2026-10-24T12:00", "2026-10-25T11:30", False),
        # The south's go the other way: on 5 April and 4 October in Sydney, by half an hour on Lord Howe, never in São Paulo.
        ("inquiry", "Australia/Sydney", "2026-04-04T12:00", "2026-04-05T11:00", True),
        ("inquiry", "Australia/Sydney", "2026-10-03T12:00", "2026-10-04T13:00", True),
        ("inquiry", "Australia/Sydney", "2026-10-03T12:00", "2026-10-04T13:01", False),
        ("chat", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45'", True),  # thirty minutes
        ("chat", "Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-05T02:01", False),  # 14:30 to 15:31 UTC
        ("inquiry", "America/Sao_Paulo", "2026-10-17T12:00", "2026-10-18T12:00", True),
        # A leap day; and a second too late.
        ("inquiry", "Asia/Kolkata", "2028-02-28T23:45", "2028-02-29T23:45", True),
        ("chat", "Asia/Kathmandu", "2026-11-10T08:00:00", "2026-11-10T09:00:01", False),
    ],
)  # fmt: skip
def test_clocks_that_are_put_forward_and_back_take_and_give_nobody_time(
    kind: str, zone_name: str, received: str, answered: str, in_time: bool
) -> None:
    asked, said = by_the_wall(received, zone_name), by_the_wall(answered, zone_name)
    rule, now = clock.rule_of("alibaba", asked.date()), asked + timedelta(days=20)
    message = Message("1", "A", cast("Kind", kind), asked, said)
    assert clock.response_rate([message], rule, now).in_time == in_time
    until = clock.due(asked, rule, kind)
    assert (clock.time_left(until, said) >= timedelta(0)) == in_time
    open_then = clock.waiting([replace(message, answered=None)], rule, said)
    assert (open_then[0].level != "late") == in_time


@pytest.mark.requirement("F40")
@pytest.mark.parametrize(
    ("said", "counts"),
    [
        # Reported after 24 hours; late with the answer and in time with the report, and the other way round.
        ("A inquiry 2026-11-10T08:00-08:00 reported 2026-11-11T08:01-08:00", "0/1"),
        ("A inquiry 2026-11-10T08:00-08:00 answered 2026-11-12T08:00-08:00 reported 2026-11-10T09:00-08:00", "1/1"),
        ("A inquiry 2026-11-10T08:00-08:00 answered 2026-11-10T09:00-08:00 reported 2026-11-12T08:00-08:00", "1/1"),
        ("A chat 2026-11-10T08:00-08:00 reported 2026-11-10T09:01-08:00", "0/1"),
        # The buyer writes on after the answer: the same day is one message, the next is another.
        ("A inquiry 2026-11-10T08:00-08:00 answered 2026-11-10T09:00-08:00;<br>A inquiry 2026-11-10T20:00-08:00", "1/1"),
        ("A inquiry 2026-11-10T08:00-08:00 answered 2026-11-10T09:00-08:00;<br>A inquiry 2026-11-11T08:00-08:00", "1/2"),
        # One answer the next day: 24 and a half hours after the first message, one minute after the second.
        ("A inquiry 2026-11-10T08:00-08:00;<br>A inquiry 2026-11-11T08:29-08:00 answered 2026-11-11T08:30-08:00", "1/2"),
        # Told in the other order, it is the same.
        ("A inquiry 2026-11-10T20:00-08:00 answered 2026-11-11T07:00-08:00;<br>A inquiry 2026-11-10T08:00-08:00", "1/1"),
        # Requests for quotation have no part in it; the first and the last second of the window do.
        ("A rfq 2026-11-10T08:00-08:00", "0/0"),
        ("A inquiry 2026-10-24T23:59:59-07:00;<br>B inquiry 2026-11-23T23:59:59-08:00;<br>C inquiry 2026-11-24T00:00-08:00", "0/1"),
    ],
)  # fmt: skip
def test_what_counts_and_what_does_not(said: str, counts: str) -> None:
    now = at("2026-11-30T09:00-08:00")
    found = clock.response_rate(messages(said), clock.rule_of("alibaba", now.date()), now)
    assert f"{found.in_time}/{found.received}" == counts


@pytest.mark.requirement("F40")
def test_warnings_come_ahead_and_the_most_urgent_first() -> None:
    now = at("2026-11-30T09:00+01:00")
    asked = messages(
        "A inquiry 2026-11-30T08:00+01:00 from KOR;<br>B inquiry 2026-11-29T12:00+01:00;<br>"
        "C inquiry 2026-11-29T09:30+01:00;<br>D inquiry 2026-11-28T09:00+01:00;<br>E chat 2026-11-30T08:50+01:00"
    )
    found = clock.waiting(asked, clock.rule_of("alibaba", now.date()), now)
    assert [(each.message.buyer, each.level) for each in found] == [
        ("D", "late"), ("C", "now"), ("E", "calm"), ("B", "soon"), ("A", "calm"),
    ]  # fmt: skip
    assert found[-1].there == "it is 17:00 in Seoul"


def test_answers_later_than_now_are_not_known_yet() -> None:
    now = at("2026-11-30T09:00-08:00")
    asked = messages("A inquiry 2026-11-22T23:00-08:00 answered 2026-11-30T10:00-08:00")
    assert clock.response_rate(asked, clock.rule_of("alibaba", now.date()), now).in_time == 0


@pytest.mark.requirement("X05")
def test_a_time_without_zone_is_refused() -> None:
    naive, rule = datetime(2026, 11, 30, 9), clock.rule_of("alibaba", date(2026, 11, 30))
    hours = clock.working_hours("ITA", 2026)
    for refused in (
        lambda: clock.due(naive, rule),
        lambda: clock.response_rate([], rule, naive),
        lambda: clock.outlook([], rule, naive),
        lambda: clock.target_due(naive, hours, timedelta(hours=1)),
        lambda: Message("1", "a", "inquiry", naive),
        lambda: local_times("KOR", naive),
    ):
        with pytest.raises(InputError, match="time zone"):
            refused()


def test_an_answer_before_the_question_is_refused() -> None:
    with pytest.raises(InputError, match="before it was received"):
        messages("A inquiry 2026-11-30T08:00+01:00 answered 2026-11-30T07:00+01:00")


@pytest.mark.parametrize(
    "said", ["", "Mon", "Mon-Fri", "Mon-Fri 9-5", "Mon 13:00-09:00", "Mon 09:00-13:00 12:00-14:00", "Fri-Mon 09:00-10:00"]
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(said: str) -> None:
    with pytest.raises(InputError, match="Working hours"):
        clock.working_hours("ITA", 2026, hours=said)


def test_a_country_of_several_zones_asks_for_the_firms() -> None:
    with pytest.raises(InputError, match="several time zones"):
        clock.working_hours("USA", 2026)
    assert time_there("ZZZ", at("2026-11-30T09:00+01:00")) == "what time it is there is not known"


def test_a_platform_without_a_rule_is_told() -> None:
    with pytest.raises(UnknownName):
        clock.rule_of("nowhere", date(2026, 11, 30))
    with pytest.raises(UnknownName):
        clock.rule_of("alibaba", date(2010, 1, 1))


@given(
    st.datetimes(datetime(2026, 1, 2), datetime(2027, 12, 1), timezones=st.just(UTC)),
    st.integers(1, 60 * 40),
)
def test_working_time_and_target_are_each_others_inverse(received: datetime, minutes: int) -> None:
    hours = clock.working_hours("ITA", 2026)
    target = timedelta(minutes=minutes)
    assert clock.working_time(received, clock.target_due(received, hours, target), hours) == target


@pytest.mark.requirement("F41")
def test_reply_times_are_set_beside_orders() -> None:
    begun = at("2026-11-02T09:00+01:00")
    asked = [
        (Message(str(n), "b", "inquiry", begun, begun + timedelta(minutes=50)), n < 6) for n in range(10)
    ] + [(Message(str(n), "b", "inquiry", begun, None), n < 11) for n in range(10, 20)]  # fmt: skip
    quick, *_, never = clock.reply_bands(asked)
    assert (quick.orders, quick.messages, never.orders, never.messages) == (6, 10, 1, 10)
    assert quick.share.low is not None
    assert never.share.high is not None
    few = clock.reply_bands(asked[:3])
    assert few[0].share.estimate is None
    assert "too few" in few[0].share.why


@pytest.mark.requirement("F46")
def test_a_far_market_gets_an_automatic_first_reply_proposed() -> None:
    hours = clock.working_hours("ITA", 2026)
    # Ten at night in Seoul is two in the afternoon in Italy; six in the morning is ten in the evening.
    near = [Message(f"d{n}", "", "inquiry", at("2026-11-25T10:00+01:00"), country="DEU") for n in range(12)]
    far = [Message(f"k{n}", "", "inquiry", at("2026-11-25T06:00+09:00"), country="KOR") for n in range(12)]
    few = [Message(f"j{n}", "", "inquiry", at("2026-11-25T06:00+09:00"), country="JPN") for n in range(3)]
    found = {each.market: each for each in clock.first_replies([*near, *far, *few], hours)}
    assert found["KOR"].propose
    assert not found["DEU"].propose
    assert not found["JPN"].propose
    assert found["JPN"].share.estimate is None


def test_shipped_rules_say_what_they_rest_on() -> None:
    for platform in clock.platforms():
        rule = clock.rule_of(platform, date(2026, 11, 30))
        assert rule.source
        assert rule.caveat
        assert rule.basis in ("read", "recalled", "set")
