"""The views of the base: advice back to its findings, the framework, the open questions."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from fondaco.desk.cases import Case
from fondaco.desk.judging import Goods, Known, judge
from fondaco.evidence.literature import Reader, behind, framework, on_record, open_questions, shipped, traced
from fondaco.kernel import InputError, UnknownName
from fondaco.readiness.gaps import closings
from fondaco.reference.regulations import ProductRules
from fondaco.relationships.leaving import shipped as leaving
from fondaco.strategy.rules import rules

AT = datetime(2026, 3, 2, tzinfo=UTC)
CASE = Case("a:1", "a", "1", "inquiry", "", AT, AT)


def no_law(market: str, goods: Goods) -> ProductRules:
    raise AssertionError("nothing is asked of a market that is not known")


TRACED = {each["rule"]: each for each in traced(shipped())}


@pytest.mark.requirement("R07")
def test_every_rule_has_findings_or_a_study_with_its_sample_or_a_stated_reason() -> None:
    assert set(TRACED) == set(on_record()) > set(rules())
    for id_, each in TRACED.items():
        if each["cited"] is None:
            assert each["reason"], id_
        else:
            assert each["method"] and each["n"], id_
        if each["evidence"] == "reviewed_study":
            assert bool(each["findings"]) != bool(each["why"]), (
                f"{id_}: name its findings, or why it has none"
            )


@pytest.mark.requirement("R07", "X01")
def test_what_each_room_says_is_on_record() -> None:
    checks = judge(CASE, None, Known("GBR", no_law), CASE.received.date())
    said = {f"desk/{each.check}" for each in checks} | set(leaving()[0])
    assert len(checks) == 8
    assert {each.rule for each in closings()} <= set(TRACED)
    assert {id_ for id_ in TRACED if id_.startswith(("desk/", "leaving/"))} == said
    assert {id_.partition("/")[0] for id_ in TRACED} >= {
        "desk",
        "leaving",
        "network",
        "readiness",
        "price",
        "promotion",
    }


@pytest.mark.requirement("R07")
def test_a_rule_is_followed_to_study_method_sample_and_country() -> None:
    held = behind(shipped(), "platform/website-first", Reader("GBR"))
    (found,) = held["findings"]
    assert (found["study"], found["strength"]["method"], found["n"], found["country"]) == (
        "rienda_etal_2021", "secondary_data", 102, "GBR; IRL",
    )  # fmt: skip
    assert found["strength"]["direct"]["country"] == "same"
    assert held["lean"] == "Found in one sample: no general rate."


@pytest.mark.requirement("F22", "R04")
def test_advice_on_foreign_platforms_carries_the_study_against_it() -> None:
    (dispute,) = TRACED["platform/foreign-experience"]["disagreements"]
    assert "williams_etal_2020_f2" in dispute["beyond"]


@pytest.mark.requirement("X08")
def test_what_five_or_three_firms_said_is_no_rate() -> None:
    few = [each for each in TRACED.values() if each["n"] in (3, 5)]
    assert few
    for each in few:
        assert each["findings"] or "no general rate" in each["lean"], each["rule"]


def test_a_rule_that_is_none() -> None:
    with pytest.raises(UnknownName, match="platform/luck"):
        behind(shipped(), "platform/luck")


@pytest.mark.requirement("R02")
def test_the_framework_adds_up() -> None:
    base = shipped()
    view = framework(base)
    voting = [each for each in base.findings if each.votes]
    assert sum(edge["findings"] for edge in view["edges"]) == len(voting) == 121
    assert sorted(id_ for edge in view["edges"] for id_ in edge["ids"]) == sorted(each.id for each in voting)
    assert (
        sum(node["as_driver"] for node in view["nodes"])
        == sum(node["as_outcome"] for node in view["nodes"])
        == 121
    )
    assert sum(node["variables"] for node in view["nodes"]) == 162
    for edge in view["edges"]:
        assert sum(edge["votes"].values()) == edge["samples"] <= edge["findings"]


@pytest.mark.requirement("R10")
def test_36_open_questions_each_with_data_that_would_answer_it() -> None:
    held = open_questions()
    assert len(held) == len({each.id for each in held}) == 36
    areas = Counter(each.area for each in held)
    assert areas == {"antecedents": 11, "phenomenon": 19, "outcomes": 6}
    assert all(each.data and each.record and each.asks.endswith("?") for each in held)
    with pytest.raises(InputError, match="none of antecedents, phenomenon, outcomes"):
        open_questions("weather")
