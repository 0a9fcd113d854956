"""Which products can stand export: transport, prohibitions, capacity, label; unknown is told and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.ledger.unit import Unit
from fondaco.reference.freight import Rate
from fondaco.strategy.place import Delivery, consignment_of, deliver
from fondaco.strategy.product import (
    Asked,
    Goods,
    Landed,
    Proved,
    Screened,
    Seen,
    carries,
    density,
    fits_from,
    freight_share,
    offer_for,
    screen,
)

TODAY = date(2026, 11, 30)
AIR = Rate("KOR", "air", "EUR", carrier="Air", per_kg=D(8), volumetric_divisor=D(6000))
CLEAR = dict.fromkeys(("prohibited", "licence", "certificate", "label", "registration", "tax"), "clear")

#: The study's two: cashmere carries the cost of export, a hand-made box does not.
SCARF = Unit(
    price=D(84),
    currency="EUR",
    gross_weight_kg=D("0.25"),
    volume_m3=D("0.001"),
    monthly_capacity=200,
    label_languages=("ko",),
)
BOX = Unit(
    price=D(9),
    currency="EUR",
    gross_weight_kg=D("0.9"),
    volume_m3=D("0.006"),
    monthly_capacity=50,
    label_languages=("it",),
)


def delivery(unit: Unit, *rates: Rate, units: int = 20) -> Delivery:
    return deliver(
        "KOR", consignment_of(unit, units, "EUR"), rates or (AIR,), today=TODAY, convert=lambda a, _c, _i: a
    )


def told(unit: Unit | None = SCARF, **known: object) -> Screened:
    goods = Goods("S-1", "Scarf", ("cashmere",), "621420", "MNG", unit)
    held = {"levels": CLEAR, "delivery": delivery(unit) if unit else None, **known}
    return screen(goods, Seen("KOR", **held))  # type: ignore[arg-type]


def named(found: Screened) -> dict[str, str]:
    return {check.name: check.state for check in found.checks}


@pytest.mark.requirement("F63", "F64")
def test_goods_of_high_price_carry_their_transport_and_cheap_bulky_ones_do_not() -> None:
    scarf, box = told(), told(BOX)
    # 0.25 kg x 8 = 2.00 on 84; the box is charged 1 kg (6,000 cm3): 8.00 on 9.
    assert (scarf.verdict, round(float(scarf.freight_share or 0), 4)) == ("fit", round(2 / 86, 4))
    assert (box.verdict, round(float(box.freight_share or 0), 4)) == ("not fit", round(8 / 17, 4))
    assert "set, in no study" in box.reasons[0].says and box.reasons[0].changes


def test_a_firm_may_set_another_share() -> None:
    goods = Goods("B-1", "Box", ("craft",), None, None, BOX)
    seen = Seen("KOR", levels=CLEAR, delivery=delivery(BOX))  # type: ignore[arg-type]
    assert screen(goods, seen, {"product/logistics-share.max_freight_share": D("0.5")}).verdict == "fit"


def test_a_landed_price_takes_the_place_of_freight_alone() -> None:
    found = told(landed=Landed(D("0.62"), "13% duty"))
    assert found.verdict == "not fit" and found.reasons[0].rule == "price/cost-share"


@pytest.mark.parametrize(
    ("known", "unit", "cause"),
    [
        ({}, None, "price at the works is not stated"),
        ({"delivery": None}, SCARF, "No delivery"),
        ({"levels": {}}, SCARF, "Nothing is on record of prohibitions"),
        ({"levels": {**CLEAR, "prohibited": "unknown"}}, SCARF, "Nothing is on record of prohibitions"),
    ],
)
def test_what_is_not_known_makes_no_verdict(known: dict[str, object], unit: Unit | None, cause: str) -> None:
    found = told(unit, **known)
    assert found.verdict == "not known"
    assert any(cause in check.says for check in found.reasons)


@pytest.mark.requirement("F48")
def test_a_prohibition_ends_the_matter_whatever_else_is_known() -> None:
    found = told(None, levels={**CLEAR, "prohibited": "stop"})
    assert found.verdict == "not fit" and "prohibits" in found.reasons[0].says


def test_rules_on_such_goods_let_conclude_that_they_are_sold_and_that_is_said() -> None:
    found = told(levels={**CLEAR, "prohibited": "unknown"}, conditions=3)
    assert found.verdict == "fit" and "concluded" in found.reasons[0].says
    assert told(levels={**CLEAR, "prohibited": "stop"}, conditions=3).verdict == "not fit"


def test_a_product_of_no_known_kind_meets_no_rule() -> None:
    found = screen(Goods("X", "Thing", unit=SCARF), Seen("KOR", delivery=delivery(SCARF)))
    assert found.verdict == "not known" and "Neither tag nor HS code" in found.reasons[0].says


@pytest.mark.requirement("F67")
def test_rules_to_meet_are_work_before_listing_and_no_refusal() -> None:
    found = told(levels={**CLEAR, "label": "do", "certificate": "unknown"}, stated={"label": 2})
    assert (
        found.verdict == "fit"
        and named(found)["label"] == "work"
        and named(found)["certificate"] == "not known"
    )
    assert [check.name for check in found.reasons] == ["label"]
    done = told(
        SCARF.model_copy(update={"adapted_for": ("KOR",)}),
        levels={**CLEAR, "label": "do"},
        stated={"label": 2},
    )
    assert named(done)["label"] == "fit"


def test_a_label_without_a_language_of_the_country_is_work() -> None:
    assert named(told(BOX))["label language"] == "work"
    assert named(told())["label language"] == "fit"
    assert named(told(SCARF.model_copy(update={"label_languages": ()})))["label language"] == "not known"


@pytest.mark.requirement("F50")
def test_quantities_beyond_what_can_be_made_are_counted_and_too_many_are_no_fit() -> None:
    many = Asked(
        3, (D(100), D(500), D(900)), beyond=2, lost_units=D(1000), beyond_free=3, lost_at_most=D(1300)
    )
    found = told(asked=many)
    assert found.verdict == "not fit" and "500 in the middle, against 200 a month" in found.reasons[0].says
    assert "at most 1300 beyond what orders of the month left free" in found.reasons[0].says
    few = replace(many, beyond=1, lost_units=D(700))
    assert told(asked=few).verdict == "fit"
    assert named(told(asked=Asked(4)))["capacity"] == "not known"
    assert told(asked=Asked(4)).verdict == "fit"  # capacity does not decide where nobody says how many


@pytest.mark.requirement("F70")
def test_proofs_count_where_a_rule_speaks_of_them_and_run_out() -> None:
    found = told(proofs=(Proved("pdo", True, True), Proved("organic", False, True)))
    assert [c.state for c in found.checks if c.name == "proof"] == ["fit", "work"]


@pytest.mark.requirement("F69")
@pytest.mark.parametrize(
    ("orders", "offer"), [(0, "standard"), (29, "standard"), (30, "adapted"), (500, "adapted")]
)
def test_early_exporters_keep_the_offer_standard_and_later_ones_adapt_it(orders: int, offer: str) -> None:
    assert offer_for(orders) == offer
    assert told(market_orders=orders).offer == offer
    assert offer_for(orders, {"product/adapt-by-stage.later_from_orders": D(1000)}) == "standard"


def test_value_density_needs_price_weight_and_volume() -> None:
    assert density(SCARF) == (D(336), D(84000))
    assert density(Unit(price=D(5), currency="EUR")) == (None, None)
    assert density(Unit(gross_weight_kg=D(1))) == (None, None)


def test_prices_in_two_currencies_are_not_compared() -> None:
    assert freight_share(SCARF.model_copy(update={"currency": "USD"}), delivery(SCARF)) is None


@given(
    st.decimals("0.5", "500", places=2),
    st.decimals("0.1", "20", places=1),
    st.decimals("0.1", "20", places=1),
)
def test_more_freight_never_makes_a_product_fitter(price: D, low: D, more: D) -> None:
    unit = SCARF.model_copy(update={"price": price})
    cheap = told(unit, delivery=delivery(unit, replace(AIR, per_kg=low)))
    dear = told(unit, delivery=delivery(unit, replace(AIR, per_kg=low + more)))
    assert not (cheap.verdict == "not fit" and dear.verdict == "fit")
    assert (cheap.freight_share or 0) <= (dear.freight_share or 0)


def test_what_is_too_dear_to_send_in_small_lots_may_be_fit_in_larger_ones() -> None:
    road = Rate("KOR", "groupage", "EUR", carrier="Road", per_kg=D("0.5"), fixed=D(50))
    few = delivery(BOX, road, units=5)
    # 50 + 0.45 a box on 9.00: 30 % from 50 / n + 0.45 <= 27 / 7, n >= 14.68.
    start = fits_from(lambda units: carries(BOX, delivery(BOX, road, units=units), None), 5, 50)
    assert start == 15
    found = told(BOX, delivery=few, fits_from=start)
    assert found.verdict == "fit" and "From 15 units at once it is within it." in found.reasons[0].says


def test_more_than_a_month_can_make_is_not_looked_at() -> None:
    dear = Rate("KOR", "groupage", "EUR", carrier="Road", fixed=D(5000))
    assert fits_from(lambda units: carries(BOX, delivery(BOX, dear, units=units), None), 5, 50) is None
    assert fits_from(lambda _units: True, 5, 0) is None
    assert carries(BOX, None, None) is None
    assert carries(BOX, None, Landed(D("0.4"), "")) is True
