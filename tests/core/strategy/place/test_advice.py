"""The place part of the plan: which way, who handles papers, what is missing, by when to order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal as D

import pytest

from fondaco.reference.freight import Rate
from fondaco.reference.public_holidays import Holiday
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.place import Consignment, Delivery, deliver
from fondaco.strategy.place.advice import Saving, Way, advise
from fondaco.strategy.profile import People, Profile, Supporter

TODAY = date(2026, 11, 30)
ROAD = Rate(
    "GBR",
    "groupage",
    "EUR",
    carrier="Road",
    per_kg=D("0.5"),
    minimum=D(30),
    fixed=D(20),
    days=(4, 6),
    papers=False,
)
SERVICE = Rate(
    "GBR",
    "groupage",
    "EUR",
    carrier="Service",
    per_kg=D("0.5"),
    minimum=D(30),
    fixed=D(60),
    days=(5, 5),
    papers=True,
)
HONEY = Consignment(60, D(60), D("0.06"), D(600), "EUR")


def same(amount: D, currency: str, into: str) -> D | None:
    return amount if currency == into else None


def way(*rates: Rate, sent: Consignment = HONEY, lead: int | None = 10, up_to: int = 0) -> Way:
    told = deliver("GBR", sent, rates, today=TODAY, convert=same, up_to=up_to)
    return Way("GBR", "H-1", "the stated minimum order", told, lead)


def part(
    ways: Sequence[Way], rates: Sequence[Rate] = (), profile: Profile | None = None, holidays: Sequence[Holiday] = (),
    saving: Saving | None = None,
) -> Proposal:  # fmt: skip
    def pool(_delivery: Delivery) -> Saving | None:
        return saving

    return advise(
        ways, markets=["GBR"], profile=profile or Profile(), rates={"GBR": rates}, today=TODAY,
        holidays={"GBR": holidays}, pool=pool,
    )  # fmt: skip


def named(found: Proposal) -> dict[str, Action]:
    return {action.key: action for action in found.actions}


@pytest.mark.requirement("X01", "X02")
def test_the_cheapest_way_is_proposed_with_its_price_and_who_says_so() -> None:
    action = named(part([way(ROAD)], [ROAD]))["place/send-by/GBR/H-1"]
    assert "50.00 EUR" in action.why and "0.83 a unit" in action.why and "6 days" in action.why
    assert action.to_json()["findings"][0]["evidence"] == "arithmetic"


def test_where_another_way_takes_over_is_said() -> None:
    bulk = Rate("GBR", "fcl", "EUR", carrier="Sea", fixed=D(400), capacity_m3=D(30), capacity_kg=D(20000))
    action = named(part([way(ROAD, bulk, up_to=2000)], [ROAD, bulk]))["place/send-by/GBR/H-1"]
    # 0.5 x n + 20 > 400 from 761 jars of 1 kg
    assert "from 761 units on, full container (FCL) · Sea is cheaper" in action.why


def test_a_market_without_rates_is_not_promoted_before_there_are_some() -> None:
    found = named(part([way()]))
    assert found["place/ask-for-rates/GBR"].rule == "place/delivery-missing"
    assert not any(key.startswith("place/send-by") for key in found)


def test_an_export_service_is_compared_with_papers_of_ones_own() -> None:
    action = named(part([way(ROAD, SERVICE)], [ROAD, SERVICE]))["place/export-service/GBR"]
    assert "costs 40.00 EUR more than road groupage · Road" in action.why
    skilled = Profile(people=People(trade_experience="high"))
    assert "place/export-service/GBR" not in named(part([way(ROAD, SERVICE)], [ROAD, SERVICE], skilled))


def test_without_a_price_of_the_service_one_is_asked_for() -> None:
    assert "place/ask-export-service" in named(part([way(ROAD)], [ROAD]))


@pytest.mark.requirement("S11")
def test_the_supporter_signs_one_contract_and_the_saving_is_not_known_before_members_send() -> None:
    behind = Profile(supporter=Supporter(name="Consorzio", does=("collective-delivery",)))
    found = part([way(ROAD)], [ROAD], behind)
    contract = named(found)["place/joint-contract"]
    assert contract.who == "supporter" and "not known until members' shipments" in contract.why
    assert found.facts["collective"]["saving"] is None
    pooled = part([way(ROAD)], [ROAD], behind, saving=Saving(D("18.50"), "EUR", "three members"))
    assert pooled.facts["collective"]["saving"][0]["amount"] == "18.50"
    assert "18.50 EUR" in named(pooled)["place/joint-contract"].why


@pytest.mark.requirement("S11")
def test_a_supporter_that_does_not_deliver_together_is_asked_to_and_nobody_else_is() -> None:
    asked = named(part([way(ROAD)], [ROAD], Profile(supporter=Supporter(name="Consorzio"))))
    assert "place/joint-contract" not in asked and "Ask Consorzio" in asked["place/collective-delivery"].what
    assert "place/collective-delivery" not in named(part([way(ROAD)], [ROAD]))


def test_chilled_goods_without_a_chilled_carrier_are_said() -> None:
    cold = Consignment(60, D(60), D("0.06"), D(600), "EUR", "chilled")
    found = named(part([way(ROAD, sent=cold)], [ROAD]))
    assert "chilled" in found["place/cold-carrier/GBR/H-1"].what


def test_orders_for_a_holiday_come_in_before_the_time_to_make_and_carry_them() -> None:
    days = [Holiday(date(2026, 12, 1), "Too near"), Holiday(date(2026, 12, 25), "Christmas Day")]
    found = named(part([way(ROAD)], [ROAD], holidays=days))
    action = found["place/order-before/GBR/2026-12-25"]
    assert "by 2026-12-08" in action.what  # 10 + 6 days, there the day before
    assert "place/order-before/GBR/2026-12-01" not in found
    assert not [
        key for key in named(part([way(ROAD, lead=None)], [ROAD], holidays=days)) if "order-before" in key
    ]


def test_a_firm_may_look_less_far_ahead() -> None:
    near = Profile(thresholds={"place/before-holidays.look_ahead": D(20)})
    found = named(part([way(ROAD)], [ROAD], near, holidays=[Holiday(date(2026, 12, 25), "Christmas Day")]))
    assert not [key for key in found if "order-before" in key]


@pytest.mark.parametrize(
    ("ends", "renewed"), [(date(2026, 12, 15), True), (date(2027, 6, 30), False), (None, False)]
)
def test_rates_that_end_soon_are_renewed(ends: date | None, renewed: bool) -> None:
    from dataclasses import replace

    rate = replace(ROAD, valid_to=ends)
    assert ("place/renew-rates/GBR" in named(part([way(rate)], [rate]))) is renewed


def test_what_is_not_stated_is_unknown_and_no_action() -> None:
    found = part([way(ROAD, sent=Consignment(60, None, None, None, "EUR"))], [ROAD])
    assert any("gross weight" in each for each in found.unknown)
    assert part([], [ROAD]).unknown[0].startswith("United Kingdom: no product")


def test_every_action_rests_on_a_rule_and_says_what_would_change_it() -> None:
    behind = Profile(supporter=Supporter(name="Consorzio", does=("collective-delivery",)))
    found = part(
        [way(ROAD, SERVICE)], [ROAD, SERVICE], behind, [Holiday(date(2026, 12, 25), "Christmas Day")]
    )
    for action in found.to_json()["actions"]:
        assert action["findings"][0]["says"] and action["changes"] and action["why"]
