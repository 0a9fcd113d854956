"""How much of a market is known, and what not knowing may cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.markets import PARTS, Evidence, Note, Stake
from fondaco.markets.dossier.knowledge import TOPICS, PartName, blind_spots, completeness, judge, judge_notes

TODAY = date(2026, 6, 1)

pytestmark = pytest.mark.requirement("F05", "F80")


def note(**more: object) -> Note:
    """Return a first-hand note on customers, written a month ago, unless said otherwise."""
    held = {
        "part": "customers", "text": "They pay late.", "first_hand": True, "source": "A fair", "tacit": True,
        "where": "Ada", "day": date(2026, 5, 1), "review_by": date(2026, 11, 1), **more,
    }  # fmt: skip
    return Note(**held)  # type: ignore[arg-type]


def test_the_worked_table_of_the_rule() -> None:
    """Competitors in docs/rules/dossier.md: 6 offers of 2 sellers seen on one day 40 days ago, 3 with a minimum."""
    seen = TODAY - timedelta(days=40)
    held = {
        "offers": Evidence(6, seen), "sellers": Evidence(2, seen), "days": Evidence(1, seen),
        "minimum orders": Evidence(3, seen),
    }  # fmt: skip
    measure = completeness("competitors", held, TODAY, notes=[note(part="competitors", first_hand=False)])
    assert {each.topic.name: each.value for each in measure.topics} == {
        "offers": 1.0, "sellers": 0.5, "days": 0.5, "minimum orders": 0.5, "ratings": 0.0, "people": 0.5,
    }  # fmt: skip
    assert measure.share == 0.5
    assert measure.observations == 12
    assert measure.age(TODAY) == 31, "the note is newer than the offers"


@given(st.sampled_from(TOPICS), st.integers(0, 10_000), st.integers(0, 5_000))
def test_more_or_newer_observations_never_make_less_known(topic, count: int, days: int) -> None:
    value = judge(topic, Evidence(count, TODAY - timedelta(days=days)), TODAY).value
    assert value in {0.0, 0.5, 1.0}
    assert (value == 0) == (count == 0)
    assert judge(topic, Evidence(count + 1, TODAY - timedelta(days=days)), TODAY).value >= value
    if days:
        assert judge(topic, Evidence(count, TODAY - timedelta(days=days - 1)), TODAY).value >= value


@given(
    st.dictionaries(st.sampled_from([t.name for t in TOPICS]), st.integers(0, 100)), st.sampled_from(PARTS)
)
def test_completeness_lies_between_nothing_and_all(counts: dict[str, int], part: PartName) -> None:
    held = {name: Evidence(n, TODAY) for name, n in counts.items()}
    assert 0 <= completeness(part, held, TODAY).share <= 1
    full = {name: Evidence(10_000, TODAY) for name in (t.name for t in TOPICS)}
    assert completeness(part, full, TODAY, notes=None).share == 1


@pytest.mark.requirement("F27", "F84")
def test_notes_of_people_count_as_long_as_somebody_looks_after_them() -> None:
    assert judge_notes("customers", [], TODAY).value == 0
    assert judge_notes("customers", [note()], TODAY).value == 1
    assert judge_notes("customers", [note(part="conditions")], TODAY).value == 0
    second = judge_notes("customers", [note(first_hand=False)], TODAY)
    assert (second.value, second.why) == (0.5, "only second-hand notes on its customers")
    old = judge_notes("customers", [note(review_by=TODAY)], TODAY)
    assert old.value == 0.5
    assert "past their review" in old.why
    assert judge_notes("customers", [note(review_by=TODAY), note()], TODAY).value == 1
    assert all(each.people for each in (second, old))


def test_people_who_were_not_asked_are_no_topic() -> None:
    assert not any(each.people for each in completeness("customers", {}, TODAY, notes=None).topics)


def test_blind_spots_begin_with_what_costs_most() -> None:
    stake = Stake("KOR", "South Korea", "EUR", inquiries=62, per_inquiry=Decimal("40.00"))
    spots = blind_spots(stake, [completeness(part, {}, TODAY) for part in PARTS])
    assert (
        spots[0].text
        == "62 inquiries from South Korea in twelve months, and nothing known of its rules for your products."
    )
    assert spots[0].to_json()["at_stake"] == 2480.0
    weights = [spot.weight[0] for spot in spots]
    assert weights == sorted(weights, reverse=True)
    half = completeness("competitors", {"offers": Evidence(2, TODAY)}, TODAY)
    (offers,) = [spot for spot in blind_spots(stake, [half]) if spot.topic == "offers"]
    assert offers.weight[0] == pytest.approx(2480 * 0.7 / 2), "half known: half of what hangs on it"


@pytest.mark.parametrize(
    ("stake", "words"),
    [
        (
            Stake("DEU", "Germany", "EUR", Decimal("1234.5"), 3),
            "1,234 EUR of sales to Germany in twelve months",
        ),
        (
            Stake("DEU", "Germany", "EUR", Decimal(10), 1, 1),
            "10 EUR of sales and 1 inquiry from Germany in twelve months",
        ),
        (Stake("DEU", "Germany", "EUR", views=2000), "2,000 views from Germany in twelve months"),
        (Stake("DEU", "Germany", "EUR"), "No sales to Germany and no inquiries from it in twelve months"),
    ],
)
def test_what_is_at_stake_in_words(stake: Stake, words: str) -> None:
    assert stake.words() == words


@pytest.mark.requirement("X08")
def test_an_inquiry_is_worth_what_it_brought_this_firm_and_nobody_else() -> None:
    assert Stake("KOR", "South Korea", "EUR", inquiries=62).worth == 0, (
        "no rate of its own: no money is claimed"
    )
    assert (
        Stake("KOR", "South Korea", "EUR", Decimal(5000), inquiries=2, per_inquiry=Decimal(40)).worth == 5000
    )


def test_the_table_of_topics_in_the_rule_is_the_one_that_is_used() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "rules" / "dossier.md").read_text("utf-8")
    for topic in TOPICS:
        if topic.part != "regulations":
            row = f"| {topic.part} | {topic.name} | {topic.of} | {topic.needed} | {topic.lasts or '–'} | {topic.matters} |"
            assert row in text
