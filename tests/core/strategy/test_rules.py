"""The plan's rules and actions: each names who says so, and its thresholds say where they come from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from fondaco.kernel import UnknownName
from fondaco.strategy.advice import Action, in_order, key_of
from fondaco.strategy.rules import rule, rules, studies


@pytest.mark.parametrize("id_", sorted(rules()))
@pytest.mark.requirement("X01")
def test_each_rule_names_a_study_or_a_reason_and_marks_numbers_that_no_study_gives(id_: str) -> None:
    each = rule(id_)
    assert bool(each.source.study) != bool(each.source.reason)
    assert not each.source.study or each.source.study in studies()
    assert each.evidence != "ours" or each.source.reason
    for threshold in each.thresholds.values():
        assert threshold.basis in {"paper", "derived", "set"}
        assert threshold.basis != "set" or threshold.why


def test_a_firms_own_number_takes_the_place_of_a_threshold() -> None:
    held = rule("price/cost-share")
    own = held.threshold("max_cost_share", {"price/cost-share.max_cost_share": D("0.4")})
    assert (own.value, own.basis, own.why) == (D("0.4"), "set", "stated by the firm")


def test_an_action_tells_who_says_so() -> None:
    action = Action(
        key_of("price", "drop", "KOR", "B-1"), "price", "Do not offer it.", "firm", date(2026, 12, 1), "60 %",
        "price/cost-share", "cheaper freight", "KOR", "B-1",
    )  # fmt: skip
    told = action.to_json()
    assert told["key"] == "price/drop/KOR/B-1"
    assert told["findings"][0]["study"] == "kim-lim" and told["findings"][0]["section"] == "3.3"
    assert in_order([action]) == (action,)


def test_a_rule_that_is_not_there_is_said() -> None:
    with pytest.raises(UnknownName):
        rule("price/none")
