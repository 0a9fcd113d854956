"""The product part of the plan: what to offer, what to do before, what to leave, what to share."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.strategy.product.test_collective import ANNA, BERTO, CARLA, CHECKED
from tests.core.strategy.product.test_score import screened
from tests.core.strategy.product.test_screen import BOX, CLEAR, SCARF

from fondaco.strategy.advice import Proposal
from fondaco.strategy.product import Candidate, Proved, Rivals, Screened, candidates, scores
from fondaco.strategy.product.advice import Request, advise
from fondaco.strategy.profile import Profile, Supporter

TODAY = date(2026, 11, 30)
BEHIND = Profile(supporter=Supporter(name="Centre", does=("collective-brand", "quality-mark")))


def part(
    *found: Screened,
    profile: Profile | None = None,
    requests: tuple[Request, ...] = (),
    shared: tuple[Candidate, ...] = (),
) -> Proposal:
    return advise(
        found,
        scored=scores(found),
        requests=requests,
        profile=profile or Profile(),
        today=TODAY,
        shared=shared,
    )


@pytest.mark.requirement("X01", "X02")
def test_what_is_fit_is_offered_what_is_not_is_left_and_each_says_why() -> None:
    found = part(screened("cashmere", SCARF), screened("craft", BOX))
    actions = {action.key: action for action in found.actions}
    assert actions["product/offer/KOR/cashmere-1"].rule == "product/adapt-by-stage"
    assert "Do not offer craft-1" in actions["product/leave/KOR/craft-1"].what
    assert all(a.to_json()["findings"][0]["says"] and a.changes for a in found.actions)
    assert found.says == "2 pairs of product and market: 1 fit, 1 not fit, 0 not known."


def test_what_is_not_known_is_no_action() -> None:
    found = part(screened("cashmere", SCARF, delivery=None))
    assert not found.actions and "No delivery was looked for" in found.unknown[0]


def test_rules_come_before_listing() -> None:
    found = part(screened("cashmere", SCARF, levels={**CLEAR, "label": "do"}, stated={"label": 1}))
    keys = [action.key for action in found.actions]
    assert keys.index("product/before-listing/KOR/cashmere-1") < keys.index("product/offer/KOR/cashmere-1")


@pytest.mark.requirement("F64", "S08")
def test_a_category_is_proposed_only_where_it_leads_whatever_is_not_known() -> None:
    edge = (Proved("origin", True, True),)
    wool = screened("cashmere", SCARF, proofs=edge, rivals=Rivals(10, 0.1))
    box = screened("craft", BOX, rivals=Rivals(10, 0.9))
    assert "Start with cashmere" in _category(part(wool, box))
    unsure = screened("craft", BOX, levels={**CLEAR, "label": "unknown"}, proofs=edge)
    assert "Find out" in _category(part(screened("cashmere", SCARF), unsure))


def _category(found: Proposal) -> str:
    return next(action.what for action in found.actions if action.key == "product/first-category")


def test_requests_outside_the_catalogue_are_answered() -> None:
    found = part(
        screened("cashmere"), requests=(Request("private label", "GBR", 7, "7 of 20 texts ask for it."),)
    )
    assert any(action.key == "product/answer-request/GBR/private-label" for action in found.actions)


@pytest.mark.requirement("S09", "S10")
def test_a_collective_brand_is_proposed_only_where_the_supporter_runs_one() -> None:
    shared = candidates([ANNA, BERTO, CARLA], checks=[CHECKED], today=TODAY)
    found = part(screened("cashmere"), profile=BEHIND, shared=shared)
    actions = {action.key: action for action in found.actions}
    assert actions["product/collective-brand"].who == "supporter"
    assert "anna, berto, carla could enter with wine" in actions["product/collective-brand"].why
    assert actions["product/quality-check"].why == "On record and in date: anna."
    assert found.facts["collective"]["candidates"][0]["enough"]
    alone = part(screened("cashmere"))
    assert (
        not [a for a in alone.actions if "collective" in a.key]
        and alone.facts["collective"]["candidates"] == []
    )


@pytest.mark.requirement("S10")
def test_without_the_network_no_candidates_are_made_up() -> None:
    found = part(screened("cashmere"), profile=BEHIND)
    assert "not known until the network" in found.facts["collective"]["why"]
    assert any("No passed check" in action.why for action in found.actions)
