"""The renewal review: reasons hold where their facts do, ties weigh more than sales, and nothing is decided."""

from __future__ import annotations

from datetime import date

import pytest

from fondaco.kernel import InputError
from fondaco.readiness.renewal import SIDES, Facts, Review, facts_from, review, rules
from fondaco.strategy.rules import studies

TODAY = date(2026, 3, 1)


def told(numbers: dict[str, float], **yes_no: bool) -> Review:
    return review(Facts(numbers, yes_no), TODAY)


def ids(found: Review, side: str) -> set[str]:
    return {each.rule.id for each in getattr(found, side)}


@pytest.mark.requirement("F94")
def test_every_reason_names_who_says_so_and_each_side_has_some() -> None:
    assert all(each.study in studies() for each in rules() if each.study)
    assert {each.side for each in rules()} == set(SIDES)
    assert len({each.id for each in rules()}) == len(rules())


@pytest.mark.requirement("F92", "F96")
def test_a_lasting_tie_weighs_more_than_single_sales() -> None:
    sales, tie = told({"first_orders": 30, "lasting_ties": 0}), told({"first_orders": 1, "lasting_ties": 1})
    assert tie.weight("stay") > sales.weight("stay")
    assert "single-sales" in ids(sales, "change") and "single-sales" not in ids(tie, "change")
    several = told({"lasting_ties": 3, "first_orders": 9, "rfqs": 80, "result": -500, "advantages": 2})
    assert {"lasting-ties", "advantages", "requests"} <= ids(several, "stay") and "loss" in ids(
        several, "leave"
    )


@pytest.mark.requirement("F79", "F94")
def test_strain_and_conflicts_stand_beside_sales() -> None:
    found = told({"first_orders": 6, "agreements": 1, "strain": 4.5, "conflicts": 2}, conflicts_settled=False)
    assert {"strain", "conflict-cost"} <= ids(found, "leave") and "contracts" in ids(found, "stay")
    assert "decides" in found.to_json() and "verdict" not in found.to_json()
    (strain,) = (each for each in found.leave if each.rule.id == "strain")
    assert strain.says == "Those who do the work put its strain at 4.5 of five." and strain.rests_on == {
        "strain": 4.5
    }


@pytest.mark.requirement("F94")
def test_what_is_not_known_makes_no_reason() -> None:
    found = told({})
    assert (found.stay, found.change, found.leave) == ((), (), ())
    assert "Not known: supply agreements." in found.unknown
    # No order within three months is no reason to leave; within a year it is.
    assert ids(told({"first_orders": 0, "months": 3}), "leave") == set()
    assert ids(told({"first_orders": 0, "months": 12}), "leave") == {"no-sales"}


@pytest.mark.requirement("F93")
def test_the_end_is_counted_down_to() -> None:
    def at(ends: date) -> Review:
        return review(Facts({}, {}, ends=ends), TODAY)

    assert (
        at(date(2026, 6, 30)).countdown
        == "The subscription ends in 121 days. The review is due 61 days from now."
    )
    assert at(date(2026, 4, 30)).countdown == "The subscription ends in 60 days. The review is due."
    assert at(date(2026, 2, 27)).countdown == "The subscription ended 2 days ago."
    assert at(date(2026, 3, 2)).countdown == "The subscription ends in 1 day. The review is due."
    assert at(date(2026, 3, 1)).countdown == "The subscription ends today. The review is due."
    assert "not known" in told({}).countdown


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"luck": 3}, "No number is called 'luck'"),
        ({"strain": "much"}, "strain is 'much'"),
        ({"strain": float("inf")}, "strain is inf"),
        ({"first_orders": -1}, "from 0 to"),
        ({"strain": 9}, "from 1 to 5"),
        ({"answered_in_time": 61}, "from 0 to 1"),
        ({"readiness_now": 8}, "from 1 to 7"),
        ({"first_orders": True}, "first_orders is True"),
        ({"exposure": "yes"}, "state true or false"),
        ({"ends": "soon"}, "state a day"),
        (
            {"begun": date(2027, 1, 1), "ends": date(2026, 12, 1)},
            "ends on 2026-12-01 and begins on 2027-01-01",
        ),
        ({"aim": 5}, "aim is text"),
    ],
)
def test_what_cannot_be_is_told(said: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=f"facts.toml: .*{words}"):
        facts_from(said, "facts.toml")
