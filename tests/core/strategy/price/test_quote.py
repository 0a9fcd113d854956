"""The price of a product in a market: cases of the duty, the ladder above them, the shelf, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference.tariffs import Found, TariffBook
from fondaco.reference.tariffs.book import parse
from fondaco.reference.tariffs.duty import parse as expression
from fondaco.strategy.price.incoterms import Costs
from fondaco.strategy.price.landed_cost import Customs, Entry, Extra, Goods, Transport, landed_cost
from fondaco.strategy.price.quote import Consignment, Quote, back_from, back_from_shelf, quote
from fondaco.strategy.price.shelf import Chain, shelf_price

pytestmark = pytest.mark.requirement("F63")

TODAY = date(2026, 11, 30)
BOOK = TariffBook(None)
RATES = {
    ("EUR", "GBP"): D("0.86"),
    ("EUR", "USD"): D("1.10"),
    ("USD", "KRW"): D(1100),
    ("EUR", "KRW"): D(1500),
    ("USD", "GBP"): D("0.7818"),
    ("GBP", "KRW"): D("1744.186"),
}
WINE = Consignment(
    "W-1", "220421", "ITA", D("7.50"), "EUR", 12, D("0.75"), D("1.3"), D("0.75"), D(13)
)  # fmt: skip
JERSEY = Consignment("K-1", "611012", "MNG", D(70), "USD", 10, D("0.3"), D("0.4"))


def rate_of(one: str, other: str) -> D:
    if one == other:
        return D(1)
    if (one, other) in RATES:
        return RATES[one, other]
    if (other, one) in RATES:
        return 1 / RATES[other, one]
    raise InputError(f"no rate of {one} in {other}")


def priced(sold: Consignment, market: str, term: str = "DDP", day: date = TODAY, **stated: object) -> Quote:
    stated.setdefault("legs", (Costs(sold.currency, carriage=D(60)),))
    found = BOOK.duty(market, sold.hs, sold.origin, day)
    return quote(sold, market, term, found, BOOK.rule(market, day), day, rate_of, **stated)  # type: ignore[arg-type]


def figures(found: Quote) -> dict[str, str | None]:
    data = found.to_json()
    return {name: data[name] for name in ("customs_value", "duty", "excise", "tax", "fees", "total")}


def test_twelve_bottles_to_the_uk_with_proof_of_origin() -> None:
    """75 cl at 13 % vol at 30.62 GBP is 2.98 a bottle and 35.82 for twelve, rounded down on the total as HMRC does.

    (90 + 60) EUR x 0.86 = 129.00; VAT 20% of 129.00 + 35.82 = 32.96.
    """
    assert figures(priced(WINE, "GBR", proof=True)) == {
        "customs_value": "129.00", "duty": "0.00", "excise": "35.82", "tax": "32.96", "fees": "0.00", "total": "68.78",
    }  # fmt: skip


def test_the_rate_of_excise_is_that_of_the_day() -> None:
    assert (
        figures(priced(WINE, "GBR", proof=True, day=date(2026, 1, 31)))["excise"] == "34.56"
    )  # 1.17 l at 29.54


def test_wine_to_korea_bears_liquor_tax_and_education_tax_on_value_and_duty() -> None:
    """As saketora.com tells it: duty 15% of CIF, liquor tax 30% of CIF and duty, education tax a tenth of that, VAT 10%."""
    value = 150 * 1500
    duty = value * 15 // 100
    liquor = (value + duty) * 30 // 100
    education = liquor // 10
    found = figures(priced(WINE, "KOR", proof=False))
    assert found["duty"] == str(duty)
    assert found["excise"] == str(round(liquor + (value + duty) * 0.03))
    assert abs(int(found["excise"]) - liquor - education) <= 1
    assert found["tax"] == str(round((value + duty + int(found["excise"])) / 10))


def test_jerseys_from_mongolia_to_korea() -> None:
    """(700 + 60) USD x 1,100 = 836,000; 13% = 108,680; VAT 10% of 944,680 = 94,468."""
    found = priced(JERSEY, "KOR")
    assert figures(found) == {
        "customs_value": "836000", "duty": "108680", "excise": "0", "tax": "94468", "fees": "0", "total": "203148",
    }  # fmt: skip
    assert any("Asia-Pacific Trade Agreement" in each for each in found.warnings)


@pytest.mark.parametrize(
    ("value", "consumer", "free"), [("15.00", True, True), ("15.10", True, False), ("15.00", False, False)]
)
def test_the_korean_relief_is_for_a_persons_own_use_up_to_150_usd_of_goods(
    value: str, consumer: bool, free: bool
) -> None:
    """Ten at 15.00 are 150 USD, freight not counted: free. Beyond it, or for trade, all of it is taxed."""
    sold = replace(JERSEY, price=D(value))
    found = figures(priced(sold, "KOR", to_consumer=consumer, legs=(Costs("USD", carriage=D(1)),)))
    assert (found["duty"] == "0", found["tax"] == "0") == (free, free)


def test_wine_to_the_us_by_sea_pays_by_the_litre_and_two_fees() -> None:
    """500 bottles: 3,750 EUR x 1.10 = 4,125.00 USD on the FOB basis; 375 l at 6.3 cents = 23.63.

    Processing fee 0.3464% = 14.29, so its minimum 33.58; harbour 0.125% = 5.16.  Excise 1.07 a wine gallon: 106.00.
    """
    sold = replace(WINE, hs="22042150", quantity=500)
    found = priced(sold, "USA", by_sea=True)
    low = min(found.outcomes, key=lambda one: one.levies.duty).levies
    assert (low.customs_value, low.duty, low.fees, low.excise) == (
        D("4125.00"),
        D("23.63"),
        D("38.74"),
        D("106.00"),
    )
    high = found.used
    assert high is not None
    assert high.levies.duty == D("23.63") + D("618.75")  # the ceiling of 15% on top
    by_air = priced(sold, "USA", by_sea=False).outcomes[0].levies
    assert by_air.fees == D("33.58")


@pytest.mark.parametrize(("value", "fee"), [("1000", "33.58"), ("100000", "346.40"), ("1000000", "651.50")])
def test_the_processing_fee_keeps_to_its_bounds(value: str, fee: str) -> None:
    sold = Consignment("C", "040690", "ITA", D(value), "EUR", 1, D(100))
    rates = {"EUR": D(1)}
    customs = Customs(
        "FOB", expression("0%"), expression("0%"), expression("0%"), expression("0%"), ("value",),
        extras=(Extra("fees", "MPF", expression("0.3464% MIN 33.58 USD MAX 651.50 USD", fixed=True)),),
    )  # fmt: skip
    entry = Entry("USD", Goods(sold.price, "EUR"), Transport(D(0), D(0), D(0), "EUR"), customs, rates)
    assert landed_cost(entry).fees == D(fee)


def test_duty_by_gross_weight_as_switzerland_takes_it() -> None:
    """Sports shoes at 206 CHF for 100 kg gross (customsdutyfree.com): 12.5 kg are 25.75; VAT 8.1% of 1,025.75 = 83.09."""
    text = """
[[tariff]]
market = "CHE"
hs = "6404"
duty = "206 CHF/100kg_gross"
valid_from = 2022-01-01
source = "customsdutyfree.com"
[[market]]
market = "CHE"
currency = "CHF"
basis = "CIF"
tax = "8.1%"
tax_base = ["value", "duty"]
valid_from = 2024-01-01
source = "franzosini.ch"
"""
    held = parse(text, "ch.toml")
    from fondaco.reference.tariffs.table import tariffs

    sold = Consignment("S", "6404", None, D(100), "CHF", 10, D(1), D("1.25"))
    found = quote(
        sold, "CHE", "DDP", Found(tariffs(held.rows, "ch.toml"), (), (), False, ""), held.rules[0], TODAY, rate_of,
        legs=(Costs("CHF"),),
    )  # fmt: skip
    assert (figures(found)["duty"], figures(found)["tax"]) == ("25.75", "83.09")


def test_an_amplifier_to_australia() -> None:
    """Australian Customs' own example (quoted 2010): 1,274 USD and 118.30 USD of postage at 0.91; 5%, GST 10%: 70 and 160."""
    customs = Customs(
        "FOB", expression("5%"), expression("0%"), expression("10%"), expression("0%"),
        ("value", "freight", "duty"), free_of_duty_up_to=D(1000), free_of_tax_up_to=D(1000),
    )  # fmt: skip
    entry = Entry(
        "AUD",
        Goods(D(1274), "USD"),
        Transport(D("118.30"), D(0), D(0), "USD"),
        customs,
        {"USD": 1 / D("0.91")},
    )
    found = landed_cost(entry)
    assert (found.customs_value, found.duty, found.tax) == (D("1400.00"), D("70.00"), D("160.00"))


def test_what_is_not_known_makes_a_range_and_the_dearest_case_is_shown() -> None:
    found = priced(WINE, "GBR")
    assert [one.case.name for one in found.outcomes] == [
        "general rate at most: 17 GBP/hl", "general rate: 10 GBP/hl", "preference: 0%",
    ]  # fmt: skip
    low, high = found.prices["DDP"]
    assert low < high == found.price
    assert any("--proof" in each for each in found.warnings)


def test_an_unknown_duty_is_refused_and_never_zero() -> None:
    found = priced(replace(JERSEY, hs="870323"), "KOR")
    assert found.to_json()["duty"] is None
    assert "DDP" not in found.prices
    assert "No row on record speaks of HS 870323 in KOR" in found.why
    assert found.prices["DAP"][1] == D(760)  # what needs no customs is known


def test_a_market_without_a_rule_is_refused() -> None:
    assert "No rule of this market" in priced(JERSEY, "BRA").why


def test_an_additional_duty_that_nobody_looked_up_is_refused() -> None:
    assert "additional duty is not known" in priced(replace(JERSEY, hs="6110121010"), "USA").why


def test_without_freight_only_the_works_are_known() -> None:
    found = priced(JERSEY, "KOR", legs=(), legs_why="No table leads there.")
    assert (found.prices, found.price, found.why) == (
        {"EXW": (D(700), D(700))},
        None,
        "No table leads there.",
    )


def test_freight_that_is_only_bounded_bounds_the_price() -> None:
    legs = (Costs("USD", carriage=D(60)), Costs("USD", carriage=D(90)))
    low, high = priced(JERSEY, "KOR", legs=legs, proof=False).prices["CIF"]
    assert (low, high) == (D(760), D(790))


def test_what_an_expression_needs_and_is_not_stated_is_named() -> None:
    assert "alcohol_by_volume" in priced(replace(WINE, alcohol_by_volume=None), "GBR").why
    with pytest.raises(InputError, match="net_weight_kg"):
        priced(replace(JERSEY, hs="0409", net_weight_kg=None), "KOR")


def test_a_price_or_a_quantity_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="above zero"):
        replace(JERSEY, price=D(0))
    with pytest.raises(InputError, match="one unit or more"):
        replace(JERSEY, quantity=0)
    with pytest.raises(InputError, match=r"EXW, FCA"):
        priced(JERSEY, "KOR", "FAX")


def test_every_share_up_to_the_shelf_is_a_step_and_the_steps_add_up() -> None:
    chain = Chain(D("0.25"), D("0.35"), D("0.15"), D("0.03"), D("0.02"), D("0.05"))
    found = shelf_price(D("10.00"), "GBP", chain, D("0.20"), "VAT")
    names = [step.name for step in found.steps]
    assert names == [
        "landed cost per unit", "importer's margin", "retailer's margin", "platform commission", "payment fee",
        "returns", "advertising", "VAT", "shelf price",
    ]  # fmt: skip
    assert abs(sum(step.amount for step in found.steps[:-1]) - found.price) <= D("0.05")
    with pytest.raises(InputError, match="nothing of the price"):
        shelf_price(D(1), "GBP", Chain(platform=D("0.9")), D("0.20"), "VAT")


@settings(max_examples=40, deadline=None)
@given(works=st.integers(100, 50_000), carriage=st.integers(0, 20_000))
def test_forward_and_back_return_the_start_to_the_cent(works: int, carriage: int) -> None:
    sold = replace(JERSEY, price=D(works) / 100)
    legs = (Costs("USD", carriage=D(carriage) / 100),)
    found = priced(sold, "KOR", legs=legs, proof=False)
    rule = BOOK.rule("KOR", TODAY)
    assert rule is not None
    for term in ("EXW", "FOB", "CIF", "DAP"):
        back = back_from(replace(found, incoterm=term), found.prices[term][1], rule, rate_of)
        assert back.price == sold.price * sold.quantity
    assert found.price is not None
    back = back_from(found, found.price, rule, rate_of)
    assert back.reached == found.price
    assert 0 <= back.price - sold.price * sold.quantity <= D("0.01")


@settings(max_examples=40, deadline=None)
@given(first=st.integers(0, 30_000), more=st.integers(0, 30_000))
def test_more_freight_never_lowers_ddp(first: int, more: int) -> None:
    cheap = priced(WINE, "GBR", legs=(Costs("EUR", carriage=D(first) / 100),)).prices["DDP"]
    dear = priced(WINE, "GBR", legs=(Costs("EUR", carriage=D(first + more) / 100),)).prices["DDP"]
    assert cheap[0] <= dear[0]
    assert cheap[1] <= dear[1]


def test_back_from_the_shelf_keeps_to_it() -> None:
    chain = Chain(D("0.25"), D("0.35"))
    found = priced(WINE, "GBR", proof=True, chain=chain)
    rule = BOOK.rule("GBR", TODAY)
    assert rule is not None
    assert found.shelf is not None
    back = back_from_shelf(found, D("30.00"), chain, rule, rate_of, D("0.20"))
    again = priced(replace(WINE, price=back.price / 12), "GBR", proof=True, chain=chain)
    assert again.shelf is not None
    assert again.shelf.price <= D("30.00") < found.shelf.price + D(10)
    assert again.shelf.price > D("29.95")
