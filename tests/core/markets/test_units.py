"""How much an offer is for, whatever the unit and the language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.markets.dossier.units import Measure, measure, words

pytestmark = pytest.mark.requirement("F66", "X05")


@pytest.mark.parametrize(
    ("title", "amount", "base"),
    [
        ("Olio extra vergine, bottiglia 500 ml", "0.5", "l"),
        ("Huile d’olive vierge extra 50 cl", "0.5", "l"),
        ("Rotwein Reserve 0,75 l", "0.75", "l"),
        ("Rosso riserva 6 x 75 cl", "4.5", "l"),
        ("Wein 6er-Pack 0,75 Liter", "4.5", "l"),
        ("Red wine 75cl (case of 12)", "9", "l"),
        ("コルク栓付き 720ml 6本", "4.32", "l"),
        ("参기름 아님, 참기름 300 밀리리터", "0.3", "l"),
        ("酱油 1升", "1", "l"),
        ("Syrup 1,000 ml", "1", "l"),
        ("500 ml / 16.9 fl oz", "0.5", "l"),
        ("Pesto alla genovese 190 g", "0.19", "kg"),
        ("Prosciutto 1,5 kg", "1.5", "kg"),
        ("Miele 3 x 250 grammi", "0.75", "kg"),
        ("Cork coasters, set of 6", "6", "piece"),
        ("청자 접시 4장 세트", "4", "piece"),
        ("Confezione da 3 tazze", "3", "piece"),
        ("Cashmere felt tote", "1", "piece"),
        ("Cork backpack, 14 l", "1", "piece"),
        ("Yoga mat, 4 mm", "1", "piece"),
    ],
)
def test_titles_as_sellers_write_them(title: str, amount: str, base: str) -> None:
    found = measure(title)
    assert (found.amount, found.base) == (Decimal(amount), base)


def test_american_units_are_those_of_handbook_44() -> None:
    """NIST Handbook 44, Appendix C: 1 fl oz = 29.5735295625 ml, 1 lb = 453.59237 g, 1 oz = 28.349523125 g."""
    assert measure("Oil 1 fl oz").amount == Decimal("0.0295735295625")
    assert measure("Cheese 2 lbs").amount == Decimal("0.90718474")
    assert measure("Honey 16 oz").amount == measure("Honey 1 lb").amount


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("bottle", Measure(Decimal("0.500"), "l")),
        ("", Measure(Decimal("0.500"), "l")),
        ("kg", Measure(Decimal(1), "kg")),
        ("100 g", Measure(Decimal("0.100"), "kg")),
        ("per l", Measure(Decimal(1), "l")),
        ("box of 6", Measure(Decimal("3.000"), "l")),
    ],
)
def test_what_the_price_is_for_decides_where_the_file_says_so(unit: str, expected: Measure) -> None:
    assert measure("Oil 500 ml", unit) == expected


amounts = st.integers(1, 9999)


@given(amounts)
def test_millilitres_centilitres_and_litres_agree(ml: int) -> None:
    litres = Decimal(ml) / 1000
    assert measure(f"Oil {ml} ml").amount == litres
    if ml % 10 == 0:
        assert measure(f"Oil {ml // 10} cl").amount == litres
    assert measure(f"Oil {litres.quantize(Decimal('0.001')):f} l").amount == litres
    assert measure(f"Oil {litres.quantize(Decimal('0.001')):f} l".replace(".", ",")).amount == litres


@given(amounts, st.integers(1, 99))
def test_several_of_them_are_several_times_as_much(grams: int, several: int) -> None:
    one = measure(f"Pesto {grams} g")
    for title in (
        f"Pesto {several} x {grams} g",
        f"Pesto {grams} g, pack of {several}",
        f"Pesto {grams} g x {several}",
    ):
        found = measure(title)
        assert found.amount == several * one.amount
        assert found.base == "kg"


@given(amounts, st.decimals("0.01", "9999", places=2))
def test_a_price_per_litre_does_not_depend_on_the_unit_that_is_written(ml: int, price: Decimal) -> None:
    assert measure(f"Oil {ml} ml").per(price) == measure(f"Oil {Decimal(ml) / 1000:f} l").per(price)


@given(st.text(max_size=60), st.text(max_size=12))
def test_any_title_has_a_measure_above_zero(title: str, unit: str) -> None:
    found = measure(title, unit)
    assert found.amount > 0
    assert found.base in {"l", "kg", "piece"}


def test_words_of_a_title_have_neither_accents_nor_measures() -> None:
    assert words("Olio extra vergine, bottiglia 500 ml") & words("OLIO EXTRA vérgine 5 l") == {
        "olio",
        "extra",
        "vergine",
    }
