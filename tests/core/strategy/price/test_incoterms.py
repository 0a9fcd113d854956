"""The ladder of Incoterms, up and down: what comes back is what went up, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategy.price.test_landed_cost import entry

from fondaco.kernel import InputError
from fondaco.strategy.price import (
    TERMS,
    Costs,
    Entry,
    Shelf,
    ex_works_for,
    ex_works_for_shelf,
    ladder,
    landed_cost,
    shelf_price,
)

pytestmark = pytest.mark.requirement("F63")

COSTS = Costs(
    "EUR", export_clearance=D(40), pre_carriage=D(60), loading=D(25), carriage=D(300), insurance=D(12),
    discharge=D(80), onward=D(90), unloading=D(15),
)  # fmt: skip


def uk(**stated: str) -> Entry:
    told = {"duty": "10%", "tax": "20%", "exchange": 'EUR = "0.86"'} | stated
    return entry(**told)


def test_the_ladder_of_2020_has_eleven_terms_in_order() -> None:
    assert TERMS == ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP")


def test_each_term_has_its_costs() -> None:
    found = ladder(D(1000), COSTS)
    assert {term: int(price) for term, price in found.prices.items()} == {
        "EXW": 1000, "FCA": 1040, "FAS": 1100, "FOB": 1125, "CFR": 1425, "CIF": 1437, "CPT": 1505, "CIP": 1517,
        "DAP": 1607, "DPU": 1622,
    }  # fmt: skip
    assert found.levies is None


def test_a_published_ladder() -> None:
    """How to Calculate Export Pricing (shippingscmlogistics.blogspot.com, 2025-06-15): 120 becomes 250 DDP."""
    costs = Costs("USD", export_clearance=D(10), pre_carriage=D(20), carriage=D(50), onward=D(20))
    found = ladder(D(120), costs, entry(currency="USD", duty="30 USD/unit"))
    assert (found.prices["FOB"], found.prices["DDP"]) == (D(150), D(250))


def test_ddp_has_the_levies_on_the_price_at_the_border() -> None:
    found = ladder(D(1000), COSTS, uk())
    assert found.levies is not None
    # 1,437 EUR x 0.86 = 1,235.82 GBP; 10% 123.58; VAT on these and onward 185 EUR = 159.10: 303.70.
    assert (found.levies.customs_value, found.levies.duty, found.levies.tax) == (
        D("1235.82"),
        D("123.58"),
        D("303.70"),
    )
    assert found.prices["DDP"] == D(1622) + D("496.84")  # 427.28 GBP / 0.86
    assert found.to_json()["prices"][-1] == {"incoterm": "DDP", "price": "2118.84"}


def test_what_no_price_can_meet_is_said() -> None:
    with pytest.raises(InputError, match="125"):
        ex_works_for("FOB", D(100), COSTS)
    with pytest.raises(InputError, match="622"):
        ex_works_for("DDP", D(650), COSTS, uk())
    with pytest.raises(InputError, match="entry"):
        ex_works_for("DDP", D(650), COSTS)
    with pytest.raises(InputError, match=r"DAT.*EXW, FCA"):
        ex_works_for("DAT", D(650), COSTS)
    with pytest.raises(InputError, match="zero or more"):
        replace(COSTS, carriage=D(-1))
    with pytest.raises(InputError, match="above zero"):
        ladder(D(0), COSTS)
    with pytest.raises(InputError, match="one EUR is"):
        ladder(D(1), COSTS, uk(exchange=""))


def test_the_nearest_price_below_is_given_where_a_relief_leaves_a_gap() -> None:
    """At 135 GBP of goods the duty begins: no price at the works has a DDP price within its jump."""
    costs, stated = Costs("GBP"), entry(duty="20%", free_of_duty="135")
    assert ladder(D("135.00"), costs, stated).prices["DDP"] == 135
    assert ladder(D("135.01"), costs, stated).prices["DDP"] == D("162.01")
    found = ex_works_for("DDP", D(150), costs, stated)
    assert (found.price, found.reached, found.left) == (D("135.00"), D("135.00"), D("15.00"))


def test_from_the_works_to_the_shelf_and_back() -> None:
    """Landed 9.00 before VAT; the importer keeps 25% of 12.00, the shop 40% of 20.00; with 20% VAT 24.00."""
    shelf = Shelf(D("0.25"), D("0.40"), D("0.20"))
    stated = entry(tax="20%", duty="20%")
    costs = Costs("GBP", carriage=D("1.00"))
    assert landed_cost(ladder_entry(D("6.50"), costs, stated)).duty == D("1.50")
    assert shelf_price(D("6.50"), costs, stated, shelf) == D("24.00")
    assert ex_works_for_shelf(D("24.00"), costs, stated, shelf).price == D("6.50")
    kept = shelf_price(D("6.50"), costs, stated, replace(shelf, tax_recovered=False))
    assert kept == D("28.80")
    assert shelf_price(D("6.50"), costs, stated, replace(shelf, commission=D("0.10"))) == D("27.27")
    with pytest.raises(InputError, match="shelf"):
        ex_works_for_shelf(D("2.00"), costs, stated, shelf)


def ladder_entry(ex_works: D, costs: Costs, stated: Entry) -> Entry:
    goods = replace(stated.goods, value=ex_works, currency=costs.currency)
    sent = replace(stated.transport, freight=costs.carriage, currency=costs.currency)
    return replace(stated, goods=goods, transport=sent)


@pytest.mark.parametrize("field", ["importer_margin", "retailer_margin", "commission", "tax"])
def test_a_margin_is_a_share(field: str) -> None:
    usual = Shelf(D("0.2"), D("0.3"), tax=D("0.2"), commission=D("0.1"))
    for wrong in (D("-0.1"), *([] if field == "tax" else [D("1.5")])):
        stated: Any = {field: wrong}
        with pytest.raises(InputError, match=field):
            replace(usual, **stated)


_money = st.decimals("0.01", 10**5, places=2)
_legs = st.decimals(0, 10**4, places=2)
_costs = st.builds(Costs, st.just("EUR"), *[_legs] * 8)
_shares = st.decimals(0, 60, places=2).map(lambda n: f"{n}%")
_duties = st.one_of(
    _shares,
    st.builds(lambda share, amount: f"{share} + {amount} GBP/100kg", _shares, _legs),
    st.builds(lambda share, low, high: f"{share} MIN {low} EUR/kg MAX {high}", _shares, _legs, _shares),
)
_entries = st.builds(
    lambda duty, excise, tax, rounding, basis, rate, free: uk(
        duty=duty, excise=excise, tax=tax, rounding=rounding, basis=basis, exchange=f'EUR = "{rate}"', kg="40",
        free_of_duty=f"{free}", free_of_tax=f"{free / 2:f}",
    ),
    _duties, _shares, _shares, st.sampled_from(["unit", "cent", "down_unit", "down_cent"]),
    st.sampled_from(["CIF", "FOB"]), st.decimals("0.001", 2000, places=4), st.decimals(0, 1000, places=2),
)  # fmt: skip


@given(_money, _costs, _entries)
def test_up_and_down_the_ladder_returns_the_start_to_the_cent(
    ex_works: D, costs: Costs, stated: Entry
) -> None:
    prices = ladder(ex_works, costs, stated).prices
    for term in TERMS:
        back = ex_works_for(term, prices[term], costs, stated)
        assert (back.price, back.left) == (ex_works, D(0)), term


@given(_money, _costs, _entries)
def test_down_and_up_never_exceeds_the_target_and_a_cent_more_would(
    target: D, costs: Costs, stated: Entry
) -> None:
    try:
        back = ex_works_for("DDP", target, costs, stated)
    except InputError:
        assert ladder(D("0.01"), costs, stated).prices["DDP"] > target
        return
    assert ladder(back.price, costs, stated).prices["DDP"] == back.reached <= target
    assert ladder(back.price + D("0.01"), costs, stated).prices["DDP"] > target


@given(_money, _costs, _entries, _legs)
def test_more_freight_never_lowers_ddp(ex_works: D, costs: Costs, stated: Entry, more: D) -> None:
    dearer = replace(costs, carriage=costs.carriage + more)
    assert ladder(ex_works, dearer, stated).prices["DDP"] >= ladder(ex_works, costs, stated).prices["DDP"]


@given(_money, _costs, _entries, st.decimals(0, "0.6", places=2), st.decimals(0, "0.6", places=2))
def test_the_shelf_is_never_dearer_than_asked(
    ex_works: D, costs: Costs, stated: Entry, importer: D, retailer: D
) -> None:
    shelf = Shelf(importer, retailer, D("0.20"))
    asked = shelf_price(ex_works, costs, stated, shelf)
    back = ex_works_for_shelf(asked, costs, stated, shelf)
    assert back.price >= ex_works
    assert back.left == 0
