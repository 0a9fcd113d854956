"""The ways to send a consignment: the cheapest first, and from which quantity another takes over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from fondaco.reference.freight import Rate
from fondaco.strategy.place import Consignment, Delivery, deliver

TODAY = date(2026, 11, 30)
PARCEL = Rate(
    "USA", "parcel", "EUR", carrier="A", per_kg=D(4), fixed=D(5), capacity_kg=D(30), days=(3, 5), papers=True
)
LCL = Rate(
    "USA",
    "lcl",
    "EUR",
    carrier="B",
    per_wm=D(100),
    minimum=D(100),
    fixed=D(150),
    days=(35, 35),
    table="sea",
    row=2,
)
FCL = Rate(
    "USA", "fcl", "EUR", carrier="B", fixed=D(2400), capacity_m3=D(28), capacity_kg=D(21000), days=(32, 32)
)
#: A case of six bottles: 8 kg, 0.016 m3.
CASES = Consignment(10, D(80), D("0.16"), D(300), "EUR")


def same(amount: D, currency: str, into: str) -> D | None:
    return amount if currency == into else {"USD": amount * D("0.5")}.get(currency)


def found(*rates: Rate, sent: Consignment = CASES, zone: str = "", up_to: int = 0) -> Delivery:
    return deliver("USA", sent, rates, today=TODAY, convert=same, zone=zone, up_to=up_to)


def test_options_come_the_cheapest_first_with_days_and_price_of_a_unit() -> None:
    told = found(PARCEL, LCL, FCL)
    assert [option.kind for option in told.options] == ["lcl", "parcel", "fcl"]
    assert told.best is not None
    assert (told.best.cost, told.best.per_unit, told.best.days) == (D("250.00"), D("25.00"), 35)


@pytest.mark.requirement("F63")
def test_each_way_takes_over_at_the_quantity_where_it_becomes_cheaper() -> None:
    told = found(PARCEL, LCL, FCL, up_to=2000)
    # Parcels: three cases each, 101 for three (24 kg at 4 + 5).  LCL: 250 up to 1 m3, then 100 per m3 + 150.
    assert [(each.units, each.kind) for each in told.takeovers] == [
        (1, "parcel"),
        (8, "lcl"),
        (1407, "fcl"),
        (1751, "lcl"),
    ]
    by_hand = {7: 2 * 101 + 37, 8: 2 * 101 + 69}  # 7 cases 239 < 250 < 8 cases 271
    assert by_hand[7] < 250 < by_hand[8]
    # A container takes 1,750 cases (28 m3); two of them cost more than so much LCL.
    # LCL above 2,400 where 0.016 m3 x n x 100 + 150 > 2,400: n > 1,406.25.
    assert D("0.016") * 1406 * 100 + 150 < 2400 < D("0.016") * 1407 * 100 + 150


def test_a_rate_in_another_currency_is_converted_or_refused() -> None:
    told = found(replace(LCL, currency="USD"), replace(LCL, currency="XAU", carrier="C"))
    assert [option.cost for option in told.options] == [D("125.00")]
    assert [each.why for each in told.refused] == ["no exchange rate from XAU to EUR is known"]


def test_without_rates_it_is_said_what_to_do() -> None:
    told = found()
    assert told.best is None and "fondaco freight add" in told.why


def test_rates_that_have_run_out_are_no_price() -> None:
    told = found(replace(LCL, valid_to=date(2026, 10, 31)))
    assert told.best is None and "2026-10-31" in told.why


def test_a_zone_is_asked_for_and_not_guessed() -> None:
    told = found(replace(LCL, zone="East"), replace(LCL, zone="West", per_wm=D(300)))
    assert told.best is None and "East, West" in told.why and len(told.options) == 2
    named = found(replace(LCL, zone="East"), zone="East")
    assert named.best is not None and named.best.zone == "East"


def test_missing_measures_are_asked_for() -> None:
    told = found(LCL, sent=Consignment(10, D(80), None, None, "EUR"))
    assert told.best is None and "the volume is not known" in told.why and "unit" in told.why


def test_of_two_tables_for_one_way_the_newer_price_counts() -> None:
    old, new = (
        replace(LCL, valid_from=date(2026, 1, 1)),
        replace(LCL, valid_from=date(2026, 7, 1), per_wm=D(120), minimum=D(120)),
    )
    told = found(old, new)
    assert [option.cost for option in told.options] == [D("270.00")]
    assert any("anew" in note for note in told.notes)


def test_prices_that_reach_unequally_far_are_told_apart() -> None:
    told = found(replace(LCL, covers="port"), replace(PARCEL, covers="door"))
    assert any("do not reach equally far" in note for note in told.notes)
    assert any("export papers" in note for note in told.notes)
    assert not found(replace(LCL, covers="door")).notes


def test_what_is_made_up_is_said() -> None:
    assert any("fictional" in note for note in found(replace(LCL, fictional=True)).notes)


@pytest.mark.requirement("X01")
def test_an_option_names_the_table_it_rests_on() -> None:
    told = found(replace(LCL, source="Carrier's list of 2026")).to_json()["options"][0]
    assert (told["table"], told["row"], told["source"]) == ("sea", 2, "Carrier's list of 2026")
