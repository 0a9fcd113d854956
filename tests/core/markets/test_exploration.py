"""Dividing a budget among markets, and what was learnt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.markets.test_ranking import NOTHING, observed, rank

from fondaco.kernel import InputError
from fondaco.markets.exploration import Plan, Request, plan
from fondaco.markets.learning import Month
from fondaco.markets.observed import Spend
from fondaco.markets.ranking import Ranking
from fondaco.numerics import Estimate

OWN = {"DEU": 240.0, "FRA": 120.0, "USA": 60.0, "JPN": 1.0}


@pytest.fixture(scope="module")
def now() -> Ranking:
    return rank(observed(OWN))


def month(**more: Any) -> Month:
    held: dict[str, Any] = {
        "first": "2026-01-02", "last": "2026-01-31", "orders": {"DEU": 20, "JPN": 1}, "views": None,
        "inquiries": None, "spend": None,
    }  # fmt: skip
    return Month(**(held | more))


def asked(budget: str = "500", **more: Any) -> Request:
    return Request(Decimal(budget), **more)


def total(found: Plan) -> Decimal:
    return sum((part.amount for part in found.allocation), Decimal(0))


@pytest.mark.requirement("F82")
def test_a_stated_share_explores_and_the_rest_goes_where_it_is_known_to_bring(now: Ranking) -> None:
    found = plan(now, asked(share=0.2))
    assert total(found) == Decimal("500.00")
    assert found.exploration_share == pytest.approx(0.2)
    kinds = {part.market: part.kind for part in found.allocation}
    assert all(kinds[market] == "exploit" for market in ("DEU", "FRA", "USA") if market in kinds)
    assert sum(part.amount for part in found.allocation if part.kind == "explore") == Decimal("100.00")
    assert found.allocation[0].market == "DEU"
    assert "known (240 orders)" in found.allocation[0].why


def test_what_nobody_has_seen_yet_is_told_with_its_condition(now: Ranking) -> None:
    parts = {part.kind: part for part in plan(now, asked(), barred={"JPN"}).allocation}
    assert "if the firm sells there as it does elsewhere" in parts["explore"].why
    assert "if the firm sells" not in parts["exploit"].why


def test_a_mean_beyond_its_range_is_told_as_one_of_rare_orders(now: Ranking) -> None:
    rare = Estimate(10.0, 0.0, 0.0, 0.8)
    rows = tuple(
        replace(row, orders=1, contribution=rare) if row.market == "JPN" else row for row in now.rows
    )
    found = plan(replace(now, rows=rows), asked(), among={"JPN"})
    assert "(1 order)" in found.allocation[0].why
    assert (
        "expected 10 EUR a month (0 to 0 in most months; rare orders make the mean)"
        in found.allocation[0].why
    )
    assert "rare orders" not in plan(now, asked(), among={"DEU"}).allocation[0].why


def test_few_markets_get_anything(now: Ranking) -> None:
    assert len(plan(now, asked()).allocation) <= 5
    assert len(plan(now, asked(most=2)).allocation) == 2


def test_money_stays_in_the_markets_that_the_firm_aims_at(now: Ranking) -> None:
    found = plan(now, asked(), among={"FRA", "JPN"})
    assert {part.market for part in found.allocation} == {"FRA", "JPN"} and total(found) == Decimal("500.00")
    with pytest.raises(InputError, match="that the firm aims at"):
        plan(now, asked(), among={"ATA"})
    with pytest.raises(InputError, match="prohibited in every market that the firm aims at"):
        plan(now, asked(), among={"FRA"}, barred={"FRA"})


@pytest.mark.requirement("F48")
def test_nothing_goes_where_the_goods_are_prohibited_and_that_is_said(now: Ranking) -> None:
    found = plan(now, asked(), barred={"DEU", "SAU"})
    assert total(found) == Decimal("500.00")
    assert not {"DEU", "SAU"} & {part.market for part in found.allocation}
    assert any("prohibited by the rules on record: Germany" in note for note in found.notes)


def test_without_orders_everything_explores_and_it_says_so() -> None:
    found = plan(rank(NOTHING), asked())
    assert found.exploration_share == 1.0
    assert any("because no market is known yet" in note for note in found.notes)


def test_floor_and_cap_hold(now: Ranking) -> None:
    found = plan(now, asked(floor=Decimal(90), cap=Decimal(150)))
    assert total(found) == 500
    assert all(90 <= part.amount <= 150 for part in found.allocation)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cents=st.integers(1, 10**8),
    most=st.integers(1, 8),
    share=st.floats(0, 1),
    floor=st.integers(0, 20_000),
    cap=st.none() | st.integers(1, 10**8),
)
def test_a_plan_adds_up_to_the_cent_or_says_why_there_is_none(
    now: Ranking, cents: int, most: int, share: float, floor: int, cap: int | None
) -> None:
    try:
        found = plan(
            now,
            asked(
                str(Decimal(cents) / 100), most=most, share=share, floor=Decimal(floor) / 100,
                cap=None if cap is None else Decimal(cap) / 100,
            ),
        )  # fmt: skip
    except InputError:
        return
    assert total(found) == Decimal(cents) / 100
    assert len(found.allocation) <= most
    for part in found.allocation:
        assert part.amount >= Decimal(floor) / 100
        assert cap is None or part.amount <= Decimal(cap) / 100


def test_it_says_the_same_again(now: Ranking) -> None:
    assert plan(now, asked()).to_json() == plan(now, asked()).to_json()


@pytest.mark.requirement("F34")
def test_each_market_stands_beside_what_is_spent_there_now(now: Ranking) -> None:
    spend = (
        Spend("DEU", Decimal("300.00"), 90),
        Spend("BRA", Decimal("150.00"), 50),
        Spend(None, Decimal(5), 1),
    )
    seen = month(spend=spend, views={"DEU": 900.0, "BRA": 30.0}, inquiries={"DEU": 12.0})
    found = plan(now, asked(), month=seen)
    germany = next(part for part in found.allocation if part.market == "DEU")
    assert (germany.spend_now, germany.difference) == (Decimal("300.00"), germany.amount - 300)
    assert (germany.views, germany.inquiries, germany.views_per_unit) == (900, 12, 3.0)
    brazil = next((part for part in found.ending if part.market == "BRA"), None)
    if brazil is not None:
        assert (brazil.amount, brazil.difference) == (Decimal(0), Decimal("-150.00"))
        assert "gets nothing" in brazil.why
    assert any("names no country" in note for note in found.notes)
    hours = plan(now, asked("20", unit="hours"), month=seen)
    assert all(part.spend_now is None for part in hours.allocation)
    assert hours.to_json()["currency"] is None


@pytest.mark.requirement("F82")
def test_exploring_is_told_from_selling_by_what_was_known_before(now: Ranking) -> None:
    then = rank(observed({"DEU": 220.0, "FRA": 110.0, "USA": 3.0}))
    spend = (Spend("DEU", Decimal(80), 9), Spend("USA", Decimal(20), 5))
    found = plan(now, asked(), then=then, month=month(spend=spend, orders={"DEU": 20, "USA": 57}))
    use = {each.measure: each for each in found.use}
    assert use["ad spend"].exploration_share == pytest.approx(0.2)
    assert use["orders"].exploration_share == pytest.approx(57 / 77)


def test_what_was_learnt_is_the_posterior_then_beside_now(now: Ranking) -> None:
    then = rank(observed({"DEU": 220.0, "FRA": 110.0, "USA": 3.0}))
    found = plan(now, asked(), then=then, month=month(orders={"DEU": 20, "USA": 57, "JPN": 1}))
    learnt = {each.market: each for each in found.learnt}
    assert set(learnt) == {"USA", "JPN"}  # Germany was known before
    usa = learnt["USA"]
    assert usa.then.estimate is not None
    assert usa.now.estimate is not None
    assert usa.now.estimate > 3 * usa.then.estimate
    assert usa.known_now
    assert "it counts as known now" in usa.sentence
    assert usa.rank_now is not None


@pytest.mark.requirement("X01")
def test_every_rule_names_its_source_and_what_the_user_set(now: Ranking) -> None:
    basis = plan(now, asked(most=4)).to_json()["basis"]
    assert basis["rule"] == "exploration/1"
    assert all(each["source"] and each["evidence"] for each in basis["who_says"])
    assert basis["set_by_the_user"]["most"] == 4
    assert basis["set_by_us"] == {"known_from_orders": 4.0, "elasticity": 0.5}


@pytest.mark.requirement("X08")
def test_one_firms_report_is_not_told_as_a_rate(now: Ranking) -> None:
    told = plan(now, asked()).to_json()["basis"]["who_says"]
    assert all("no general rate" in each["evidence"] for each in told if "one firm" in each["evidence"])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"most": 0}, "Between 1 and 50"),
        ({"share": 1.5}, "between 0 and 1"),
        ({"floor": Decimal(600)}, "above the whole budget"),
        ({"cap": Decimal(50)}, "only 250 of 500"),
        ({"cap": Decimal(5), "floor": Decimal(9)}, "below the floor"),
        ({"floor": Decimal("0.001")}, "more than two decimals"),
        ({"floor": Decimal("NaN")}, "zero or more"),
    ],
)
def test_what_cannot_be_asked_for_is_said(more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        asked(**more)


def test_no_budget_is_said() -> None:
    with pytest.raises(InputError, match="budget is zero"):
        asked("0")


def test_a_floor_beyond_the_exploring_part_is_said(now: Ranking) -> None:
    with pytest.raises(InputError, match="another share for exploring"):
        plan(now, asked(floor=Decimal(120), share=0.2))


def test_one_market_explores_or_not(now: Ranking) -> None:
    with pytest.raises(InputError, match="With one market"):
        plan(now, asked(most=1))
    assert plan(now, asked(most=1, share=0)).allocation[0].market == "DEU"
