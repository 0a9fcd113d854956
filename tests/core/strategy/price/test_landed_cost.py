"""Landed cost: published worked examples to the cent, what rounds when, and what never happens."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference.tariffs.duty import parse
from fondaco.strategy.price import Entry, landed_cost, read_entry

pytestmark = pytest.mark.requirement("F63")

STATED = """
currency = "{currency}"
rounding = {rounding}
[goods]
value = "{value}"
currency = "{goods_currency}"
units = 1
net_weight_kg = "{kg}"
litres = "{litres}"
alcohol_by_volume = "{abv}"
[transport]
freight = "{freight}"
insurance = "{insurance}"
onward = "{onward}"
currency = "{goods_currency}"
[exchange]
{exchange}
[customs]
basis = "{basis}"
duty = "{duty}"
excise = "{excise}"
tax = "{tax}"
tax_base = {tax_base}
free_of_duty_up_to = "{free_of_duty}"
free_of_tax_up_to = "{free_of_tax}"
fees = "{fees}"
"""
USUAL = {
    "currency": "GBP", "rounding": "cent", "value": "100", "kg": "0", "litres": "0", "abv": "0", "freight": "0",
    "insurance": "0", "onward": "0", "exchange": "", "basis": "CIF", "duty": "0%", "excise": "0%", "tax": "0%",
    "tax_base": '["value", "duty", "excise", "onward"]', "free_of_duty": "0", "free_of_tax": "0", "fees": "0",
}  # fmt: skip


def entry(**stated: str) -> Entry:
    told = USUAL | stated
    told.setdefault("goods_currency", told["currency"])
    if not told["rounding"].startswith("{"):
        told["rounding"] = f'"{told["rounding"]}"'
    return read_entry(STATED.format(**told))


def result(**stated: str) -> dict[str, str]:
    found = landed_cost(entry(**stated)).to_json()
    return {name: value for name, value in found.items() if isinstance(value, str)}


def step(found: dict[str, Any], name: str) -> dict[str, Any]:
    one: dict[str, Any]
    (one,) = [step for step in found["steps"] if step["name"] == name]
    return one


# --- published examples ---------------------------------------------------------------------------------


def test_uk_trade_tariff_ad_valorem() -> None:
    """UK Trade Tariff: 8% on a customs value of 1,200 (see also test_duty)."""
    assert result(value="1200", duty="8%")["duty"] == "96.00"


def test_uk_trade_tariff_minimum_and_maximum() -> None:
    """UK duty calculator, compound_spec.rb: 13.8%, min 13, max 15 - 7 GBP/100 kg, on 1,200 and 10 t."""
    told = result(value="1200", kg="10000", duty="13.8% MIN 13 GBP/100kg MAX 15 GBP/100kg - 7 GBP/100kg")
    assert told["duty"] == "800.00"


def test_irish_revenue() -> None:
    """revenue.ie, How to calculate what you owe: shirts of 600 at 2.5%, VAT on them and a camera of 500."""
    shirts = result(currency="EUR", value="600", duty="2.5%")
    assert shirts["duty"] == "15.00"
    both = result(currency="EUR", value="1100", duty="15 EUR/unit", tax="23%")
    assert (both["tax"], both["total"]) == ("256.45", "271.45")


def test_korea() -> None:
    """Clothes of 200 USD with 10 USD of freight at 1,100 KRW: as told in Korean guides to shopping abroad.

    For example ulsanonline.com, Duty charges for shopping online (after the Korea Customs handbook).
    """
    told = result(
        currency="KRW", rounding="unit", value="200.00", freight="10.00", goods_currency="USD",
        exchange='USD = "1100"', duty="13%", tax="10%",
    )  # fmt: skip
    assert told == {
        "currency": "KRW", "customs_value": "231000", "duty": "30030", "excise": "0", "tax": "26103", "fees": "0",
        "total": "56133", "landed_cost": "287133",
    }  # fmt: skip


def test_uk_courier() -> None:
    """wedelivertheworld.co.uk, What is the value for Duty / for VAT: 4.025 of duty is charged as 4.02."""
    told = result(
        value="80", freight="35", duty="3.5%", tax="17.5%", rounding='{duty = "down_cent", other = "cent"}'
    )
    assert (told["duty"], told["tax"], told["total"]) == ("4.02", "20.83", "24.85")
    # The same with 20% VAT: pro-carrier, VAT.
    told = result(
        value="80", freight="35", duty="3.5%", tax="20%", rounding='{duty = "down_cent", other = "cent"}'
    )
    assert (told["tax"], told["total"]) == ("23.80", "27.82")


@pytest.mark.parametrize(
    ("rate", "litres", "due"),
    [("29.54", "0.75", "2.88"), ("30.62", "0.75", "2.98"), ("30.62", "9", "35.82")],
)
def test_uk_wine_duty_is_rounded_down_on_the_total_of_the_goods(rate: str, litres: str, due: str) -> None:
    """gov.uk, Work out how much Alcohol Duty you need to pay: 8.5% to 22% vol, rounded down to the penny.

    Twelve bottles in one entry are 12 x 0.75 x 13% x 30.62 = 35.8254, not twelve times 2.98.
    """
    told = result(value="60", litres=litres, abv="13", excise=f"{rate} GBP/l_alcohol", rounding="down_cent")
    assert told["excise"] == due


def test_uk_wine_duty_by_the_hectolitre() -> None:
    """HMRC manual HMEXSH5010: (12 x 0.75)/100 x 154.37 = 13.89."""
    assert result(litres="9", excise="154.37 GBP/hl", rounding="down_cent")["excise"] == "13.89"


def test_uk_beer_duty_by_the_hectolitre_and_per_cent() -> None:
    """HMRC manual HMEXSH5020: 150 cases of 24 x 33 cl at 5%, 11.88 hl x 5 x 11.89 = 706.26."""
    told = result(litres="1188", abv="5", excise="11.89 GBP / % vol/hl", rounding="down_cent")
    assert told["excise"] == "706.26"


def test_singapore_stout() -> None:
    """customs.gov.sg, Duties and Dutiable Goods: 75 l of 5% at 16 + 60 SGD a litre of alcohol is 285."""
    told = result(currency="SGD", litres="75", abv="5", duty="16 SGD/l_alcohol", excise="60 SGD/l_alcohol")
    assert D(told["duty"]) + D(told["excise"]) == 285
    # ask.gov.sg: 1,000 l of stout at 5%, 60 a litre of alcohol, is 3,000.
    assert result(currency="SGD", litres="1000", abv="5", excise="60 SGD/l_alcohol")["excise"] == "3000.00"


def test_singapore_tobacco() -> None:
    """customs.gov.sg: 100 kg at 446 SGD a kilogram is 44,600."""
    assert result(currency="SGD", kg="100", excise="446 SGD/kg")["excise"] == "44600.00"


def test_australia_fob() -> None:
    """Australian Customs, How is duty and GST calculated: customs value without freight, GST with it."""
    base = '["value", "duty", "freight", "insurance"]'
    told = result(
        currency="AUD", value="1200", freight="150", basis="FOB", duty="5%", tax="10%", tax_base=base
    )
    assert (told["customs_value"], told["duty"], told["tax"], told["total"]) == (
        "1200.00",
        "60.00",
        "141.00",
        "201.00",
    )
    # An amplifier of 1,274 USD with freight of 118.30, 1 AUD = 0.9100 USD: duty 70, GST 160, total 230.
    told = result(
        currency="AUD", value="1274", freight="118.30", goods_currency="USD", exchange='USD = "1.098901098901"',
        basis="FOB", duty="5%", tax="10%", tax_base=base,
    )  # fmt: skip
    assert (told["customs_value"], told["duty"], told["tax"], told["total"]) == (
        "1400.00",
        "70.00",
        "160.00",
        "230.00",
    )


def test_new_zealand_fob() -> None:
    """New Zealand Customs, Examples of how to calculate Customs Charges (fyi.org.nz, request 657)."""
    told = result(
        currency="NZD", value="1000", freight="100", basis="FOB", duty="5%", tax="15%",
        tax_base='["value", "duty", "freight", "insurance"]',
    )  # fmt: skip
    assert (told["duty"], told["tax"]) == ("50.00", "172.50")


def test_canada() -> None:
    """CBSA's example as quoted at smallformfactor.net: 100 USD x 1.15, duty 4%, GST 5%, together 10.58."""
    told = result(
        currency="CAD", value="100", goods_currency="USD", exchange='USD = "1.15"', basis="FOB", duty="4%", tax="5%",
        tax_base='["value", "duty"]',
    )  # fmt: skip
    assert (told["duty"], told["tax"], told["total"]) == ("4.60", "5.98", "10.58")
    # help.shippsy.com: 150 USD x 1.32, duty 17%, HST 13%.
    told = result(
        currency="CAD", value="150", goods_currency="USD", exchange='USD = "1.32"', basis="FOB", duty="17%",
        tax="13%", tax_base='["value", "duty"]',
    )  # fmt: skip
    assert (told["duty"], told["tax"]) == ("33.66", "30.12")


def test_merchandise_processing_fee_has_its_bounds() -> None:
    """CBP: 0.3464% of the value, at least 27.23 and at most 528.33 USD (customsbrokerexamprep.com)."""
    rule = "0.3464% MIN 27.23 USD MAX 528.33 USD"
    fees = [
        result(currency="USD", value=v, basis="FOB", fees=rule)["fees"] for v in ("3000", "50000", "500000")
    ]
    assert fees == ["27.23", "173.20", "528.33"]


# --- what is on what, and what rounds when ----------------------------------------------------------------


def test_the_next_base_contains_the_amount_that_was_payable() -> None:
    told = landed_cost(entry(value="115", duty="3.5%", tax="20%", rounding="down_cent")).to_json()
    assert step(told, "duty")["amount"] == "4.02"
    assert step(told, "tax")["base"] == "119.02"


def test_onward_transport_is_taxed_and_part_of_the_cost_but_not_of_the_customs_value() -> None:
    told = result(value="100", freight="10", insurance="1", onward="20", duty="10%", tax="20%", fees="5")
    assert told["customs_value"] == "111.00"
    assert told["tax"] == "28.42"  # (111 + 11.10 + 20) x 20%
    assert told["total"] == "44.52"
    assert told["landed_cost"] == "175.52"


def test_excise_by_value_is_on_value_and_duty() -> None:
    told = result(value="100", duty="15%", excise="30%", tax="10%")
    assert (told["excise"], told["tax"]) == ("34.50", "14.95")


def test_foreign_currencies_within_expressions_are_converted() -> None:
    told = result(value="1200", kg="250", duty="8% + 12 EUR/100kg", exchange='EUR = "0.86"')
    assert told["duty"] == "121.80"


@pytest.mark.parametrize(
    ("value", "duty", "tax"),
    [
        ("100", "0.00", "0.00"),
        ("100.01", "0.00", "20.00"),
        ("135", "0.00", "27.00"),
        ("135.01", "13.50", "29.70"),
    ],
)
def test_relief_is_tested_for_duty_and_tax_separately(value: str, duty: str, tax: str) -> None:
    told = result(value=value, duty="10%", tax="20%", free_of_duty="135", free_of_tax="100")
    assert (told["duty"], told["tax"]) == (duty, tax)


def test_relief_goes_by_the_goods_or_by_the_customs_value_as_stated() -> None:
    stated = entry(value="130", freight="20", duty="10%", free_of_duty="135")
    assert landed_cost(stated).duty == 0
    on_value = replace(stated, customs=replace(stated.customs, relief_on="customs_value"))
    assert landed_cost(on_value).duty == 15


def test_relief_is_compared_in_the_results_currency_and_excise_has_none() -> None:
    told = result(
        currency="KRW", rounding="unit", value="150", goods_currency="USD", exchange='USD = "1300"', duty="8%",
        tax="10%", excise="5%", free_of_duty="195000", free_of_tax="195000",
    )  # fmt: skip
    assert (told["duty"], told["excise"], told["tax"]) == ("0", "9750", "0")


@pytest.mark.parametrize(
    ("rounding", "duty"),
    [("cent", "12.35"), ("down_cent", "12.34"), ("unit", "12.00"), ("down_unit", "12.00")],
)
def test_rounding_is_named(rounding: str, duty: str) -> None:
    assert result(value="123.45", duty="10%", rounding=rounding)["duty"] == duty


@pytest.mark.parametrize(("currency", "duty"), [("KRW", "12"), ("EUR", "12.35"), ("KWD", "12.346")])
def test_rounding_that_is_not_stated_is_to_the_currencys_smallest_unit(currency: str, duty: str) -> None:
    stated = replace(entry(currency=currency, value="123.456", duty="10%"), rounding={})
    assert landed_cost(stated).to_json()["duty"] == duty


def test_minus_nothing_is_nothing() -> None:
    assert result(freight="-0", fees="-0.00")["landed_cost"] == "100.00"


def test_halves_go_up_and_a_compound_duty_is_rounded_once() -> None:
    assert result(value="0.50", duty="1%")["duty"] == "0.01"
    assert result(value="0.40", duty="1% + 1%")["duty"] == "0.01"


def test_each_step_is_shown() -> None:
    told = landed_cost(entry(value="1200", kg="250", duty="8% MIN 3 GBP/kg MAX 20%", tax="20%")).to_json()
    names = [one["name"] for one in told["steps"]]
    assert names == [
        "goods", "freight", "insurance", "onward", "customs value", "duty: 8%", "duty minimum: 3 GBP/kg",
        "duty maximum: 20%", "duty", "excise", "fees", "tax", "total", "landed cost",
    ]  # fmt: skip
    assert step(told, "duty minimum: 3 GBP/kg") == {
        "name": "duty minimum: 3 GBP/kg", "base": "250", "unit": "kg", "rate": 3.0, "amount": "750.00",
        "says": "3 GBP/kg",
    }  # fmt: skip
    assert step(told, "duty")["says"] == "8% MIN 3 GBP/kg MAX 20%: the maximum holds"
    assert told["basis"]["rule"] == "landed-cost/1"
    assert landed_cost(entry()).to_frame().columns == ["name", "base", "unit", "rate", "amount", "says"]


def test_the_core_refuses_what_cannot_be() -> None:
    stated = entry()
    for goods in (replace(stated.goods, value=D(0)), replace(stated.goods, value=D(-1))):
        with pytest.raises(InputError, match=r"goods\.value"):
            landed_cost(replace(stated, goods=goods))
    with pytest.raises(InputError, match=r"transport\.freight"):
        landed_cost(replace(stated, transport=replace(stated.transport, freight=D(-1))))
    with pytest.raises(InputError, match=r"exchange\.USD"):
        landed_cost(replace(stated, exchange={"USD": D(0)}))
    with pytest.raises(InputError, match=r"customs\.duty: .*goods\.net_weight_kg"):
        landed_cost(replace(stated, customs=replace(stated.customs, duty=parse("1 GBP/kg"))))


# --- what never happens -----------------------------------------------------------------------------------

_money = st.decimals("0.01", 10**6, places=2)
_legs = st.decimals(0, 10**5, places=2)
_shares = st.decimals(0, 60, places=2).map(lambda n: f"{n}%")
_roundings = st.sampled_from(["unit", "cent", "down_unit", "down_cent"])


@given(_money, _legs, _legs, _shares, _shares, _roundings, st.sampled_from(["CIF", "FOB"]))
def test_more_freight_never_lowers_the_landed_cost(
    value: D, freight: D, more: D, duty: str, tax: str, rounding: str, basis: str
) -> None:
    same = {"value": f"{value}", "duty": duty, "tax": tax, "rounding": rounding, "basis": basis}
    less, dearer = (result(freight=f"{one:f}", **same) for one in (freight, freight + more))
    assert D(dearer["landed_cost"]) >= D(less["landed_cost"])
    assert D(dearer["total"]) >= D(less["total"])


@given(_money, _shares, _shares, _shares, _shares, _roundings)
def test_adding_duty_never_lowers_tax(
    value: D, duty: str, added: str, excise: str, tax: str, rounding: str
) -> None:
    same = {"value": f"{value}", "excise": excise, "tax": tax, "rounding": rounding}
    less, more = (result(duty=one, **same) for one in (duty, f"{duty} + {added}"))
    assert D(more["tax"]) >= D(less["tax"])


@given(_money, _legs, _legs, _shares, _shares, _shares, _legs)
def test_the_parts_add_up(value: D, freight: D, onward: D, duty: str, excise: str, tax: str, fees: D) -> None:
    told = result(
        value=f"{value}",
        freight=f"{freight}",
        onward=f"{onward}",
        duty=duty,
        excise=excise,
        tax=tax,
        fees=f"{fees}",
    )
    parts = sum(D(told[name]) for name in ("duty", "excise", "tax", "fees"))
    assert D(told["total"]) == parts
    assert D(told["landed_cost"]) == value + freight + onward + parts
