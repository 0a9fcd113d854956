"""Expressions of duty: what tariffs print is read and worked out, and nothing else is taken for one."""

from __future__ import annotations

import contextlib
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference.tariffs.duty import Quantities, apply, parse

GOODS = Quantities(units=D(12), net_weight_kg=D(250), litres=D(9), alcohol_by_volume=D(13))
RATES = {"GBP": D(1), "EUR": D("0.86"), "USD": D("0.78")}


def worked_out(text: str, base: str = "1200", goods: Quantities = GOODS) -> D:
    return apply(parse(text), D(base), goods, RATES).amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("13%", "156"),
        ("13 %", "156"),
        ("0%", "0"),
        ("0", "0"),
        ("Free", "0"),
        ("0.5%", "6"),
        ("630%", "7560"),
        ("6.3 GBP/l", "56.7"),
        ("6.3GBP / litre", "56.7"),
        ("12 EUR/100kg", "25.8"),
        ("12 eur / 100 KG", "25.8"),
        ("12 EUR/DTN", "25.8"),
        ("120 GBP/t", "30"),
        ("120 GBP/1000kg", "30"),
        ("50 GBP/hl", "4.5"),
        ("50 GBP/100 l", "4.5"),
        ("2 USD/unit", "18.72"),
        ("2 USD/dozen", None),
        ("24 GBP/12 units", "24"),
        ("29.54 GBP/l_alcohol", "34.5618"),
        ("29.54 GBP/LPA", "34.5618"),
        ("8% + 12 GBP/100kg", "126"),
        ("8%+12 GBP/100kg+1 GBP/unit", "138"),
        ("8% - 12 GBP/100kg", "66"),
        ("1% - 12 GBP/100kg", "0"),
        ("8% MIN 3 GBP/kg", "750"),
        ("8% MIN 3 GBP/kg MAX 20%", "240"),
        ("8% min 3 gbp/kg max 20%", "240"),
        ("8% MIN 0.1 GBP/kg", "96"),
        ("50% MAX 2 GBP/kg", "500"),
        ("9% + 10 GBP/100kg MAX 10% + 1 GBP/unit", "132"),
        ("50% MAX 20% MIN 1 GBP/kg", "250"),
    ],
)
def test_what_a_tariff_prints_is_worked_out(text: str, amount: str | None) -> None:
    if amount is None:
        with pytest.raises(InputError, match="dozen"):
            worked_out(text)
        return
    assert worked_out(text) == D(amount)


def test_the_uks_own_calculator() -> None:
    """Figures of its specifications: github.com/trade-tariff/trade-tariff-duty-calculator.

    ``expression_evaluators/{ad_valorem,compound,measure_unit,compound_measure_unit}_spec.rb``, with the
    customs value of 1,200 and the 100 x 100 kg of its factories.
    """
    ten_tonnes = Quantities(net_weight_kg=D(10000))
    assert worked_out("8.00 %") == D(96)
    assert worked_out("8.00 %", base="30") == D("2.40")
    # 165.60, at least 13 x 100 = 1,300, at most (15 - 7) x 100 = 800.
    text = "13.80 % MIN 13.00 GBP / 100 kg MAX 15.00 GBP / 100 kg - 7.00 GBP / 100 kg"
    assert worked_out(text, goods=ten_tonnes) == D(800)
    levy = apply(
        parse("35.10 EUR / 100 kg"), D(30), Quantities(net_weight_kg=D(12000)), {"EUR": D("0.85378")}
    )
    assert levy.amount == D("3596.12136")


def test_an_amount_per_hectolitre_and_per_cent_volume_is_one_per_litre_of_alcohol() -> None:
    """Rum (2208 40): 0.50 GBP / % vol/hl + 2.60 GBP / hl on 10 hl of 40% is 0.5 x 40 x 10 + 26."""
    rum = Quantities(litres=D(1000), alcohol_by_volume=D(40))
    assert worked_out("0.50 GBP / % vol/hl + 2.60 GBP / hl", goods=rum) == D(226)


def test_which_bound_held_is_told() -> None:
    assert apply(parse("8% MIN 3 GBP/kg MAX 20%"), D(1200), GOODS, RATES).held == "maximum"
    assert apply(parse("8% MIN 3 GBP/kg MAX 90%"), D(1200), GOODS, RATES).held == "minimum"
    assert apply(parse("8% MIN 3%"), D(1200), GOODS, RATES).held == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("13", 'write "13%"'),
        ("thirteen", "cannot be read"),
        ("13%%", "cannot be read"),
        ("13% 5%", "cannot be read"),
        ("-5%", "below zero"),
        ("−5%", "below zero"),
        ("8% MIN -3 GBP/kg", "below zero"),
        ("6,3 GBP/l", "comma"),
        ("1,200.5 GBP/t", "comma"),
        ("6.3 GBX/l", "no currency"),
        ("6.3 GBP/barrel", "barrel"),
        ("6.3 GBP/", "cannot be read"),
        ("6.3 GBP", "per what"),
        ("6.3 GBP/0kg", "nothing"),
        ("6.3/l", "cannot be read"),
        ("£6.30/l", "cannot be read"),
        ("8% +", "empty"),
        ("+ 8%", "empty"),
        ("8% MIN", "empty"),
        ("MIN 3 GBP/kg MAX 20%", "0%"),
        ("5 GBP/kg - 8%", "more per cent"),
        ("nan%", "cannot be read"),
        ("1e3%", "cannot be read"),
        ("1" * 40 + "%", "cannot be read"),
        ("٣%", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("1 GBP/kg", "goods.net_weight_kg"),
        ("1 GBP/l", "goods.litres"),
        ("1 GBP/unit", "goods.units"),
        ("1 GBP/l_alcohol", "goods.litres and goods.alcohol_by_volume"),
        ("8% MIN 1 GBP/kg", "goods.net_weight_kg"),
        ("8% MAX 1 GBP/kg", "goods.net_weight_kg"),
    ],
)
@pytest.mark.parametrize("absent", [None, D(0)])
def test_a_quantity_that_is_needed_and_not_stated_is_asked_for(
    text: str, field: str, absent: D | None
) -> None:
    nothing = Quantities(absent, absent, absent, absent)
    with pytest.raises(InputError, match=field):
        apply(parse(text), D(1200), nothing, RATES)


def test_a_rate_that_is_needed_and_not_stated_is_asked_for() -> None:
    with pytest.raises(InputError, match="CHF is not stated"):
        worked_out("1 CHF/kg")


_numbers = st.decimals(0, 10**6, places=4)
_terms = st.one_of(
    _numbers.map(lambda n: f"{n:f}%"),
    st.builds(
        lambda n, cur, per, unit: f"{n:f} {cur}/{per}{unit}",
        _numbers, st.sampled_from(["GBP", "EUR", "usd"]), st.sampled_from(["", "100", "1000 "]),
        st.sampled_from(["kg", "l", "unit", "l_alcohol"]),
    ),
)  # fmt: skip
_sums = st.lists(_terms, min_size=1, max_size=3).map(" + ".join)


@given(_sums, st.one_of(st.none(), _sums), st.one_of(st.none(), _sums), _numbers, _numbers)
def test_a_dearer_consignment_never_pays_less(
    rate: str, floor: str | None, ceiling: str | None, value: D, more: D
) -> None:
    text = rate + (f" MIN {floor}" if floor else "") + (f" max {ceiling}" if ceiling else "")
    assert worked_out(text, base=f"{value + more:f}") >= worked_out(text, base=f"{value:f}") >= 0


@given(_sums, _sums)
def test_a_sum_is_the_sum_of_its_parts(one: str, other: str) -> None:
    assert worked_out(f"{one} + {other}") == pytest.approx(
        worked_out(one) + worked_out(other), rel=D("1e-20")
    )


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        parse(text)
