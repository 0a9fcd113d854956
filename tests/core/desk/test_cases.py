"""Cases from the ledger's rows: ids that stay, states, clocks, zones, and the places left of an RFQ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.desk.asking import price_without_currency, prices_asked
from fondaco.desk.cases import cases_of, clock_of, kind_of, places_left, rates_of_answers
from fondaco.desk.clock import Rate
from fondaco.desk.order import haste_of, place_of, turn, worth_of
from fondaco.ledger.unit import unit_of
from fondaco.numerics.estimates import Estimate, unknown

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def row(number: str = "7", **said: Any) -> dict[str, Any]:
    base = {
        "platform": "alibaba",
        "inquiry": number,
        "kind": "Inquiry",
        "at": datetime(2026, 11, 2, 9),
        "country": "KOR",
    }
    return base | said


def one(**said: Any) -> Any:
    (case,) = cases_of([row(**said)], clock_of, NOW)
    return case


def test_a_case_keeps_its_id_and_takes_what_a_later_file_says() -> None:
    first = one(status="New")
    later = one(status="Replied", answered_at=datetime(2026, 11, 2, 20))
    assert (first.case, first.state, later.case, later.state) == (
        "alibaba:7",
        "open",
        "alibaba:7",
        "answered",
    )
    twice = cases_of([row(), row(status="Replied")], clock_of, NOW)
    assert [case.state for case in twice] == ["answered"]


def test_a_row_of_the_last_century_has_a_clock_too_and_keeps_no_other_from_the_desk() -> None:
    rows = [row(str(n), platform=name, at=datetime(year, 5, 5, 10)) for n, (name, year) in enumerate((("alibaba", 1975), ("table", 1999), ("alibaba", 2026)))]  # fmt: skip
    assert [case.inquiry for case in cases_of(rows, clock_of, NOW)] == ["2", "1", "0"]


@pytest.mark.requirement("F40")
def test_an_answer_in_the_hour_that_comes_twice_is_taken_for_the_later_where_it_has_to_be() -> None:
    told = one(kind="Chat", at=datetime(2026, 11, 1, 1, 50), answered_at=datetime(2026, 11, 1, 1, 10))
    assert told.answered is not None
    assert (told.answered.astimezone(UTC), told.state) == (
        datetime(2026, 11, 1, 9, 10, tzinfo=UTC),
        "answered",
    )
    rate = rates_of_answers([told], clock_of, NOW)["alibaba"]
    assert isinstance(rate, Rate)
    assert (rate.in_time, rate.received) == (1, 1)
    # The clocks are put back between: a day and an hour is left by the hands, a day by the sun.
    asked = one(at=datetime(2026, 10, 31, 12))
    assert haste_of(asked, asked.received) == 1.0
    assert haste_of(asked, datetime(2026, 11, 1, 7, tzinfo=UTC)) == 1.5  # twelve of 24 hours


@pytest.mark.requirement("F40")
@pytest.mark.parametrize(
    ("said", "received", "due"),
    [
        ({}, "2026-11-02T09:00:00-08:00", "2026-11-03T09:00:00-08:00"),
        ({"kind": "Chat"}, "2026-11-02T09:00:00-08:00", "2026-11-02T10:00:00-08:00"),
        # Clocks go back in Los Angeles on 1 November 2026: 24 hours are 24 hours.
        ({"at": datetime(2026, 10, 31, 12)}, "2026-10-31T12:00:00-07:00", "2026-11-01T11:00:00-08:00"),
        # An hour that clocks skip: 02:30 on 8 March is 03:30.
        ({"at": datetime(2026, 3, 8, 2, 30)}, "2026-03-08T03:30:00-07:00", "2026-03-09T03:30:00-07:00"),
        ({"platform": "etsy"}, "2026-11-02T09:00:00-05:00", "2026-11-03T09:00:00-05:00"),
        ({"platform": "fair.example"}, "2026-11-02T09:00:00+00:00", "2026-11-03T09:00:00+00:00"),
        ({"at": datetime(2026, 11, 2, 9, tzinfo=UTC)}, "2026-11-02T09:00:00+00:00", "2026-11-03T09:00:00+00:00"),
    ],
)  # fmt: skip
def test_the_platforms_zone_and_time_run_the_clock(said: dict[str, Any], received: str, due: str) -> None:
    case = one(**said)
    assert (case.received.isoformat(), case.due.isoformat()) == (received, due)
    assert "zone" in case.notes[0]


def test_a_file_without_a_platform_takes_the_firms_one_channel_or_its_own_zone() -> None:
    day = date(2026, 11, 30)
    assert clock_of("table", day, ["alibaba"], "Europe/Rome").rule.platform == "alibaba"
    for channels in ([], ["alibaba", "etsy"], ["shopify"]):
        held = clock_of("table", day, channels, "Europe/Rome")
        assert (held.rule.platform, held.rule.zone, held.rule.basis) == ("table", "Europe/Rome", "set")
        assert "own zone (Europe/Rome)" in held.note


@pytest.mark.parametrize(
    ("status", "answered", "state"),
    [
        ("Replied", None, "answered"), ("New", None, "open"), ("Reported as spam", None, "spam"), ("Closed", None, "closed"),
        (None, datetime(2026, 11, 2, 10), "answered"), ("", None, "unknown"), ("Risposto", None, "answered"), ("Offen", None, "open"),
        ("Unanswered", None, "open"),
    ],
)  # fmt: skip
def test_the_files_words_are_states(status: str | None, answered: datetime | None, state: str) -> None:
    assert one(status=status, answered_at=answered).state == state


def test_what_has_not_happened_yet_is_not_known() -> None:
    assert cases_of([row(at=datetime(2026, 12, 2))], clock_of, NOW) == ()
    late = one(answered_at=datetime(2026, 12, 5), status="Replied")
    assert (late.state, late.answered) == ("open", None)
    before = one(answered_at=datetime(2026, 11, 1))
    assert (before.state, before.answered) == ("answered", None)
    assert "before it came in" in " ".join(before.notes)


@pytest.mark.parametrize(
    "status", ["Unbeantwortet", "Nicht beantwortet", "Non risposto", "No contestado", "미답변", "Ouvert"]
)
def test_what_a_file_calls_unanswered_in_its_language_waits(status: str) -> None:
    assert one(status=status).state == "open"


@pytest.mark.requirement("F42")
def test_an_rfq_has_ten_places_and_how_many_are_left_is_said_only_where_the_file_says_it() -> None:
    assert one(kind="RFQ", status="New").places_left is None
    assert one(kind="RFQ", status="Open, 7/10 quotes").places_left == 3
    assert one(kind="RFQ", message="12 of 10 quotations").places_left == 0
    for text in ("Please deliver by 15/10/2026", "ship before 5/10", "5 of 10 cartons first"):
        assert one(kind="RFQ", message=text).places_left is None
    assert one(kind="Inquiry", status="Open, 7/10 quotes").places_left is None
    assert "sets no time" in " ".join(one(kind="RFQ").notes)


@given(st.text(max_size=80))
def test_any_word_is_a_kind_and_any_text_has_places_or_none(said: str) -> None:
    assert kind_of(said) in ("inquiry", "chat", "rfq")
    left = places_left(said)
    assert left is None or 0 <= left <= 10


@pytest.mark.requirement("F40")
def test_the_response_rate_is_the_platforms_or_a_refusal_in_words() -> None:
    at = datetime(2026, 11, 10, 9)
    answered = [
        row("1", at=at, answered_at=at + timedelta(hours=2)),
        row("2", at=at, answered_at=at + timedelta(hours=30)),
        row("3", at=at),
    ]
    found = rates_of_answers(cases_of(answered, clock_of, NOW), clock_of, NOW)["alibaba"]
    assert isinstance(found, Rate)
    assert (found.received, found.in_time, found.cases) == (3, 1, ("2", "3"))
    nothing = rates_of_answers(cases_of([row("1", at=at), row("2", at=at)], clock_of, NOW), clock_of, NOW)[
        "alibaba"
    ]
    assert isinstance(nothing, str)
    assert "do not say whether and when" in nothing
    untimed = rates_of_answers(cases_of([row("1", at=at, status="Replied")], clock_of, NOW), clock_of, NOW)[
        "alibaba"
    ]
    assert isinstance(untimed, str)
    assert "without a time of answer" in untimed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4,50 € each", [("4.50", "EUR")]), ("EUR 1.250,00", [("1250.00", "EUR")]), ("USD 1,250.5", [("1250.5", "USD")]),
        ("₩9,000", [("9000", "KRW")]), ("3000 yen or 20 CHF", [("3000", "JPY"), ("20", "CHF")]), ("500 PCS, 750 ml, 12 months", []),
        ("try 5 of all", []), ("1.500 EUR", [("1500", "EUR")]), ("price 0 EUR", []), ("5 EUR and 5 EUR", [("5", "EUR")]),
        ("AB12 EURO 7", [("7", "EUR")]), ("¥ 500", []), ("0.125 EUR", [("0.125", "EUR")]),
    ],
)  # fmt: skip
def test_prices_are_read_beside_their_currency(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(each.amount), each.currency) for each in prices_asked(text)] == found


@given(st.text())
def test_any_text_is_read_for_prices(text: str) -> None:
    assert all(each.amount > 0 for each in prices_asked(text))


UNIT = unit_of({"cost": "4.10", "price": "7.50", "currency": "EUR", "monthly_capacity": 1000})
TEN = Estimate(0.1, 0.05, 0.2, 0.8)


def test_the_score_is_what_is_left_times_chance_times_haste() -> None:
    case = one(quantity=Decimal(100))
    worth = worth_of(case, UNIT, 1.0, "EUR", None)
    assert worth.amount == Decimal("340.00")  # 100 x (7.50 - 4.10)
    half = case.received + timedelta(hours=12)
    place = place_of(case, worth, TEN, half)
    assert place.score == pytest.approx(340 * 0.1 * 1.5)
    assert (
        place.line == "100 units leave 340.00 EUR; chance 10% (5% to 20%); 12.0 hours left (x 1.50): 51.00."
    )


def test_no_more_than_can_be_made_counts_and_what_is_not_known_is_said() -> None:
    assert worth_of(one(quantity=Decimal(10) ** 9), UNIT, 1.0, "EUR", None).amount == Decimal("3400.00")
    usual = worth_of(one(), UNIT, 1.0, "EUR", (Decimal(50), "an order as usual"))
    assert (usual.amount, "as usual" in usual.says) == (Decimal(50), True)
    assert worth_of(one(quantity=Decimal(5)), UNIT, None, "USD", None).amount is None
    case = one(quantity=Decimal(100))
    unsaid = place_of(case, worth_of(case, UNIT, 1.0, "EUR", None), unknown("too few"), NOW)
    assert (unsaid.score, "chance not known" in unsaid.line) == (None, True)


def test_of_two_alike_the_one_due_first_comes_first_and_the_very_late_comes_last() -> None:
    cases = [
        one(number=str(n), at=NOW - timedelta(hours=hours), quantity=Decimal(100))
        for n, hours in enumerate((2, 20, 24 * 40))
    ]
    worth = worth_of(cases[0], UNIT, 1.0, "EUR", None)
    ordered = sorted(cases, key=lambda case: turn(case, worth, place_of(case, worth, TEN, NOW)))
    assert [case.inquiry for case in ordered] == ["1", "0", "2"]
    assert haste_of(cases[2], NOW) == 0.01


@pytest.mark.parametrize(
    ("text", "amount", "currency", "of"),
    [
        ("We can pay R$ 50 each", "50", "BRL", None), ("HK$50", "50", "HKD", None), ("US$ 4.50 each", "4.50", "USD", None),
        ("Our budget is USD 20k", "20000", "USD", None), ("about 1.5k EUR", "1500", "EUR", None), ("USD 20 kg", "20", "USD", None),
        ("500 EUR for 100 pieces", "500", "EUR", 100), ("9 € für 2 Flaschen", "9", "EUR", 2), ("5 EUR for 2026", "5", "EUR", None),
    ],
)  # fmt: skip
def test_a_price_is_read_with_its_dollar_its_thousands_and_its_number(
    text: str, amount: str, currency: str, of: int | None
) -> None:
    (found,) = prices_asked(text)
    assert (found.amount, found.currency, found.of) == (Decimal(amount), currency, of)


@pytest.mark.parametrize("text", ["We pay ¥500", "AR$ 50 please", "Rs. 500 for one"])
def test_a_price_whose_currency_is_not_told_is_asked_about(text: str) -> None:
    assert prices_asked(text) == ()
    assert price_without_currency(text)
