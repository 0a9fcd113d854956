"""Spend over markets, kinds of campaigns, skills, days out of the harvest, stages, one message."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.markets.observed import Spend
from fondaco.numerics.estimates import Estimate
from fondaco.strategy.profile import (
    Attention,
    Campaign,
    Means,
    People,
    Profile,
    Season,
    Supporter,
    Tool,
    Training,
)
from fondaco.strategy.promotion.ads import Advertising, TermSum
from fondaco.strategy.promotion.budget import request_of, why_none
from fondaco.strategy.promotion.calendar import clashes, peak_on, slot
from fondaco.strategy.promotion.capacity import capacity_of, untried
from fondaco.strategy.promotion.kinds import (
    alone_since_training,
    before_and_after,
    lead_costs,
    listening_share,
)
from fondaco.strategy.promotion.message import Claim, Voice, sheet_of
from fondaco.strategy.promotion.spread import copied_of, shifts_of, spread_of
from fondaco.strategy.promotion.stages import income_of, talk_of

TODAY = date(2026, 11, 30)


def campaign(kind: str, since: str, **more: object) -> Campaign:
    return Campaign.model_validate({"name": f"{kind} {since}", "kind": kind, "since": since, **more})


# --- spend ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("F31")
def test_concentration_is_told_as_a_number_of_equal_markets() -> None:
    equal = spread_of([Spend(code, D(10), 1) for code in ("DEU", "FRA", "GBR", "KOR")])
    assert equal is not None and equal.effective == 4 and equal.top(3) == pytest.approx(0.75)
    assert spread_of([Spend(None, D(10), 1)]) is None and spread_of([]) is None


@pytest.mark.requirement("F32")
def test_a_copied_list_that_does_worse_is_found_and_one_that_does_as_well_is_not() -> None:
    def place(platform: str, orders: int) -> list[TermSum]:
        return [
            TermSum(platform, "DEU", f"w{n}", True, 100, D(50), orders, D(orders * 30)) for n in range(10)
        ]

    words = frozenset(f"w{n}" for n in range(10))
    keywords: dict[tuple[str, str | None], frozenset[str]] = {
        ("amazon", "DEU"): words,
        ("alibaba", "DEU"): words | {"own"},
    }
    weak = copied_of(Advertising((*place("amazon", 8), *place("alibaba", 1)), keywords=keywords))
    here = next(each for each in weak if each.platform == "alibaba")
    assert (
        here.overlap == pytest.approx(10 / 11)
        and here.weak
        and here.there.estimate == pytest.approx(80.5 / 10.5)
    )
    even = copied_of(Advertising((*place("amazon", 8), *place("alibaba", 8)), keywords=keywords))
    assert not any(each.weak for each in even)
    apart: dict[tuple[str, str | None], frozenset[str]] = {
        ("amazon", "DEU"): words,
        ("alibaba", "DEU"): frozenset({"own"}),
    }
    assert copied_of(Advertising((), keywords=apart)) == ()


@pytest.mark.requirement("F34")
def test_spend_stands_beside_views_and_inquiries_and_home_does_not_count() -> None:
    spends = [Spend("DEU", D(80), 1), Spend("KOR", D(20), 1), Spend("ITA", D(500), 1)]
    found = {s.market: s for s in shifts_of(spends, {"DEU": 30, "KOR": 70, "ITA": 999}, {"KOR": 10}, "ITA")}
    assert set(found) == {"DEU", "KOR"}
    assert found["KOR"].attention == pytest.approx((0.7 + 1.0) / 2) and found["KOR"].gap == pytest.approx(
        0.65
    )
    assert sum(s.gap for s in found.values()) == pytest.approx(0)
    assert shifts_of(spends, None, None, "ITA") == ()


# --- kinds ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("F33", "F35")
def test_kinds_of_ads_are_told_by_place_and_views_before_and_after() -> None:
    held = campaign("exclusive", "2026-04-01", rank_before=14, rank_after=1)
    told = before_and_after([held], {(held.name, held.since, "views"): Estimate(2.0, 1.5, 2.7, 0.9)})[0]
    assert told.places == 13 and told.views.estimate == 2.0
    assert told.inquiries.estimate is None and "Not counted" in told.inquiries.why
    assert before_and_after([campaign("keyword", "2026-04-01", rank_before=3)], {})[0].places is None


@pytest.mark.requirement("F37")
def test_a_lead_costs_what_was_spent_over_leads_by_channel_the_cheapest_first() -> None:
    held = [
        campaign("social", "2026-01-01", cost="50", leads=10), campaign("social", "2026-02-01", cost="50", leads=10),
        campaign("search", "2026-01-01", cost="300", leads=10), campaign("fair", "2026-01-01", cost="900", leads=0),
        campaign("live", "2026-01-01", leads=3),
    ]  # fmt: skip
    found = lead_costs(held)
    assert [(c.kind, c.each.estimate) for c in found] == [("social", 5.0), ("search", 30.0), ("fair", None)]
    assert (
        found[0].each.high is not None
        and found[1].each.low is not None
        and found[0].each.high < found[1].each.low
    )


@pytest.mark.requirement("S14")
def test_what_the_firm_runs_alone_is_counted_before_and_since_its_first_training() -> None:
    held = Profile(
        training=(Training(what="ads", day=date(2026, 3, 1)),),
        campaign=(
            campaign("social", "2026-01-01", alone=False), campaign("social", "2026-04-01", alone=True),
            campaign("search", "2026-05-01", alone=True), campaign("live", "2026-06-01", alone=False),
            campaign("live", "2026-07-01"), campaign("live", "2027-01-01", alone=True),
        ),
    )  # fmt: skip
    found = alone_since_training(held, TODAY)
    assert found is not None and (found.alone, found.helped) == (2, 1)
    assert found.before.estimate == 0 and found.since.estimate == pytest.approx(2 / 3)
    assert alone_since_training(Profile(), TODAY) is None


@pytest.mark.requirement("F39")
def test_the_share_of_listening_is_told_only_where_hours_are_stated() -> None:
    def of(**hours: int) -> Estimate:
        return listening_share(Profile(attention=Attention.model_validate(hours)))

    assert of(posting_hours=6, listening_hours=2).estimate == 0.25
    assert of(posting_hours=6).estimate is None and "not stated" in of(posting_hours=6).why
    assert "no time" in of(posting_hours=0, listening_hours=0).why


# --- skills, tools, money ------------------------------------------------------------------------------


@pytest.mark.requirement("F87", "S14")
def test_skills_come_before_ai_tools_and_the_supporter_teaches_where_it_does() -> None:
    people = People(marketing_skill="none", ecommerce_skill="some")
    steps = {
        s.task.name: s
        for s in capacity_of(Profile(people=people, supporter=Supporter(name="C", does=("training",))))
    }
    assert (
        steps["ai"].state == "later"
        and steps["social"].state == "learn"
        and steps["social"].teaches == "supporter"
    )
    assert steps["keywords"].state == "do" and steps["exclusive"].state == "later"
    alone = {s.task.name: s for s in capacity_of(Profile(people=people))}
    assert alone["social"].teaches == "partner"
    skilled = Profile.model_validate(
        {"people": {"marketing_skill": "some", "ecommerce_skill": "high"}, "aims": {"text": "x"}}
    )
    assert {s.task.name: s.state for s in capacity_of(skilled)}["ai"] == "do"


def test_a_skill_that_is_not_stated_is_found_out_and_not_guessed() -> None:
    steps = capacity_of(Profile())
    assert {s.state for s in steps if s.task.needs != "none"} == {"find out"}
    assert [s.task.cost for s in steps[:3]] == ["time"] * 3


@pytest.mark.requirement("F30")
def test_free_tools_that_are_not_in_use_come_first() -> None:
    held = (
        Tool(name="Premium ads", free=False, use="never"), Tool(name="Analytics", free=True, use="regular"),
        Tool(name="Showcase", free=True, use="tried"), Tool(name="RFQ", free=True, use="never"),
    )  # fmt: skip
    assert untried(Profile(tool=held)) == ("RFQ", "Showcase", "Premium ads")


def test_a_budget_is_cut_to_the_cent_and_none_is_made_up() -> None:
    asked = request_of(Profile(means=Means(monthly_budget=D("99.999"))), 3)
    assert asked is not None and asked.budget == D("99.99") and asked.most == 3
    nothing = Profile(means=Means(monthly_budget=D(0)))
    assert (
        request_of(nothing, 3) is None and "zero" in why_none(nothing) and "not stated" in why_none(Profile())
    )


# --- days ----------------------------------------------------------------------------------------------

HARVEST = Season(months=(9, 10), what="harvest")


@pytest.mark.requirement("F77")
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sets(st.integers(1, 12), min_size=1, max_size=12))
def test_a_task_never_stands_in_a_peak_where_another_day_is_free(wanted: date, months: set[int]) -> None:
    season, today = Season(months=tuple(months), what="x"), wanted - timedelta(20)
    found = slot(wanted, [season], today)
    if len(months) == 12:
        assert found.day == wanted and "no month is free" in found.note
    else:
        assert not peak_on(found.day, [season]) and found.day >= today
        assert found.moved == bool(peak_on(wanted, [season]))


@pytest.mark.requirement("F77")
def test_campaigns_booked_amid_the_harvest_are_named_with_a_better_day() -> None:
    held = [campaign("live", "2027-09-05"), campaign("fair", "2027-05-05"), campaign("live", "2026-10-01")]
    found = clashes(held, [HARVEST], TODAY)
    assert [(c.name, c.better) for c in found] == [("live 2027-09-05", date(2027, 8, 31))]


# --- markets -------------------------------------------------------------------------------------------


@pytest.mark.requirement("F38")
def test_the_means_of_talking_follow_how_far_buyers_are() -> None:
    stages = [
        talk_of("KOR", inquiries=0, orders=0, repeat_buyers=0).stage,
        talk_of("KOR", inquiries=3, orders=0, repeat_buyers=0).stage,
        talk_of("KOR", inquiries=0, orders=2, repeat_buyers=0).stage,
        talk_of("KOR", inquiries=3, orders=9, repeat_buyers=2).stage,
    ]
    assert stages == ["prospecting", "persuading", "persuading", "keeping"]
    assert "social" in talk_of("KOR", inquiries=0, orders=0, repeat_buyers=0).tool


def test_a_market_counts_as_developing_by_what_a_head_makes_with_source_and_year() -> None:
    mongolia, germany = income_of("MNG", 14000), income_of("DEU", 14000)
    assert mongolia.developing is True and germany.developing is False and "World Bank" in mongolia.source


@pytest.mark.requirement("S19")
def test_a_message_sheet_takes_what_all_can_prove_and_says_what_to_settle() -> None:
    hill, bio = Claim("from one hill", "land register"), Claim("organic")
    sheet = sheet_of(
        "Collina",
        "KOR",
        "",
        [Voice("A", ("wine",), (hill, bio), ("it", "en")), Voice("B", ("oil",), (hill,), ("it",))],
        languages=["ko"],
    )
    assert [c.text for c in sheet.shared] == ["from one hill"] and sheet.goods == ("oil", "wine")
    assert sheet.unproven == (("A", bio),)
    assert [
        any(word in said for said in sheet.settle) for word in ("No sentence", "no proof", "Nobody answers")
    ] == [True] * 3
    assert "One member" in sheet_of("C", "KOR", "x", [Voice("A", ("wine",))]).settle[0]
    assert sheet.to_json()["languages"] == {"en": ["A"], "it": ["A", "B"]}
