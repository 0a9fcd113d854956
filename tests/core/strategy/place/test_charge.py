"""What a freight rate charges: volumetric weight, weight or measure, breaks, minimum, parcels and containers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.ledger.unit import Unit
from fondaco.reference.freight import Rate
from fondaco.strategy.place import (
    CannotGo,
    Charge,
    Consignment,
    by_breaks,
    charge,
    chargeable_weight,
    consignment_of,
)

AIR = Rate(
    "USA",
    "air",
    "EUR",
    per_kg=D(5),
    minimum=D(60),
    breaks=((D(45), D(4)), (D(100), D("3.2"))),
    volumetric_divisor=D(6000),
)
LCL = Rate("USA", "lcl", "EUR", per_wm=D(80), minimum=D(80), fixed=D(45))
FCL = Rate("USA", "fcl", "EUR", fixed=D(2500), capacity_m3=D(28), capacity_kg=D(21000))
PARCEL = Rate(
    "GBR", "parcel", "EUR", steps=((D(2), D(12)), (D(5), D(18)), (D(10), D(27))), volumetric_divisor=D(5000)
)


def sent(kg: str, m3: str = "0.001", units: int = 1) -> Consignment:
    return Consignment(units, D(kg), D(m3), None, "EUR")


def told(rate: Rate, what: Consignment) -> Charge:
    found = charge(rate, what)
    assert isinstance(found, Charge), found
    return found


@pytest.mark.requirement("F63")
@pytest.mark.parametrize(
    ("centimetres", "kg", "divisor", "expected"),
    [
        ((40, 30, 20), "2", 5000, "4.8"),  # bulky: 24,000 cm3 / 5,000
        ((40, 30, 20), "7", 5000, "7"),  # heavy for its size
        ((60, 40, 50), "15", 6000, "20"),  # air: 120,000 cm3 / 6,000
    ],
)
def test_bulky_goods_are_charged_by_what_they_measure(
    centimetres: tuple[int, int, int], kg: str, divisor: int, expected: str
) -> None:
    a, b, c = centimetres
    assert chargeable_weight(D(kg), D(a * b * c) / 1_000_000, D(divisor)) == D(expected)


@pytest.mark.parametrize(
    ("kg", "m3", "amount"),
    [
        ("1500", "2", "205"),  # 2 m3 > 1.5 t: 160 + 45
        ("3000", "2", "285"),  # 3 t > 2 m3: 240 + 45
        ("200", "0.4", "125"),  # below the minimum of 80
    ],
)
@pytest.mark.requirement("F63")
def test_part_containers_are_charged_by_weight_or_measure(kg: str, m3: str, amount: str) -> None:
    assert told(LCL, sent(kg, m3)).amount == D(amount)


@pytest.mark.parametrize(
    ("kg", "amount"),
    [("5", "60"), ("40", "180"), ("45", "180"), ("79", "316"), ("81", "320"), ("90", "320"), ("150", "480")],
)
def test_a_consignment_may_be_charged_as_if_it_were_heavier(kg: str, amount: str) -> None:
    # 40 kg cost 200 at 5.00, and 180 as if they were 45 kg at 4.00; from 80 kg on, 100 kg at 3.20 is cheaper.
    assert told(AIR, sent(kg)).amount == D(amount)


def test_a_table_may_say_that_nothing_is_charged_as_if_it_were_heavier() -> None:
    assert told(replace(AIR, as_if_heavier=False), sent("90")).amount == D(360)


def test_parcels_are_filled_one_after_the_other_with_whole_units() -> None:
    # Bottles of 1.5 kg: six go into a parcel of at most 10 kg (9 kg, 27), two are left (3 kg, 18).
    found = told(PARCEL, sent("12", "0.008", units=8))
    assert (found.pieces, found.amount) == (2, D(45))


def test_a_unit_above_what_a_parcel_takes_does_not_go() -> None:
    assert isinstance(found := charge(PARCEL, sent("11")), CannotGo)
    assert "one unit" in found.why


def test_containers_are_counted_by_weight_and_by_volume() -> None:
    assert told(FCL, sent("30000", "20", units=3000)).pieces == 2
    assert told(FCL, sent("10000", "60", units=3000)).amount == 3 * 2500


def test_chilled_goods_do_not_go_where_only_ambient_ones_are_taken() -> None:
    found = charge(LCL, replace(sent("100"), temperature="chilled"))
    assert isinstance(found, CannotGo) and "not chilled" in found.why
    assert isinstance(
        charge(replace(LCL, classes=("ambient", "chilled")), replace(sent("100"), temperature="chilled")),
        Charge,
    )


@pytest.mark.parametrize("rate", [AIR, LCL, FCL, PARCEL])
def test_what_is_not_known_is_refused_and_not_guessed(rate: Rate) -> None:
    found = charge(rate, Consignment(10, D(15), None, None, "EUR"))
    assert isinstance(found, CannotGo) and found.unknown and "volume" in found.why


def test_a_price_by_weight_alone_needs_no_volume() -> None:
    assert told(
        Rate("FRA", "groupage", "EUR", per_kg=D("0.9")), Consignment(10, D(50), None, None, "EUR")
    ).amount == D(45)


def test_a_consignment_of_nothing_is_refused() -> None:
    for wrong in ((0, D(1)), (1, D(0)), (1, D(-3))):
        with pytest.raises(InputError):
            Consignment(wrong[0], wrong[1], None, None, "EUR")


def test_a_product_of_which_nothing_is_stated_has_no_weight() -> None:
    assert consignment_of(None, 5, "EUR").gross_weight_kg is None
    unit = Unit(
        price=D("7.50"), currency="EUR", gross_weight_kg=D("1.4"), volume_m3=D("0.002"), temperature="chilled"
    )
    assert consignment_of(unit, 10, "EUR") == Consignment(10, D(14), D("0.020"), D(75), "EUR", "chilled")
    assert consignment_of(unit, 10, "USD").value is None


_weights = st.decimals(min_value="0.1", max_value="5000", places=1)


@given(_weights, _weights)
def test_as_if_heavier_never_charges_more_for_less(one: D, other: D) -> None:
    light, heavy = sorted((one, other))
    steps = ((D(45), D(4)), (D(100), D("3.2")), (D(300), D("2.5")))
    assert by_breaks(light, D(5), steps, as_if_heavier=True) <= by_breaks(
        heavy, D(5), steps, as_if_heavier=True
    )
    assert by_breaks(light, D(5), steps, as_if_heavier=True) <= by_breaks(
        light, D(5), steps, as_if_heavier=False
    )


@given(_weights, _weights, st.decimals(min_value="0.001", max_value="20", places=3))
def test_more_goods_never_cost_less(one: D, other: D, volume: D) -> None:
    light, heavy = sorted((one, other))
    for rate in (AIR, LCL):
        assert (
            told(rate, sent(str(light), str(volume))).amount
            <= told(rate, sent(str(heavy), str(volume))).amount
        )


@given(st.integers(1, 400))
def test_no_parcel_holds_more_than_it_takes_and_every_unit_is_sent(units: int) -> None:
    found = told(PARCEL, sent(str(D("1.5") * units), str(D("0.001") * units), units=units))
    assert found.pieces == -(-units // 6)
    assert found.chargeable_kg == D("1.5") * units
