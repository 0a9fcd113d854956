"""Landed cost of many products in many markets: the same to the cent as one by one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.strategy.price.test_quote import JERSEY, WINE, rate_of

from fondaco.kernel import InputError
from fondaco.reference.tariffs import TariffBook, add
from fondaco.strategy.price.batch import WHY, landed_costs, to_frame
from fondaco.strategy.price.batch import _exact as one_by_one
from fondaco.strategy.price.customs_cases import Asked, cases_of
from fondaco.strategy.price.quote import Consignment

pytestmark = pytest.mark.requirement("F63")

TODAY = date(2026, 11, 30)
OWN = """
[defaults]
market = "GBR"
valid_from = 2026-01-01
source = "made up for this test"
[[tariff]]
hs = "06"
duty = "8% + 12 GBP/100kg"
[[tariff]]
hs = "07"
duty = "8% MIN 3 GBP/kg MAX 20%"
[[tariff]]
hs = "08"
duty = "13% MAX 0.15 EUR/kg_gross"
[[tariff]]
hs = "0810"
duty = "5%"
[[tariff]]
hs = "0811"
duty = "2.5 EUR/unit"
[[tariff]]
hs = "22"
duty = "6.3 GBP/l"
[[tariff]]
market = "USA"
hs = "all"
kind = "additional"
duty = "10%"
[[tariff]]
market = "USA"
hs = "all"
duty = "3.7%"
[[tariff]]
market = "KOR"
hs = "all"
duty = "13%"
[[tariff]]
market = "KOR"
hs = "22042142"
kind = "additional"
duty = "8%"
"""
MARKETS = ("GBR", "KOR", "USA", "BRA")
HS = ("0603", "070200", "080211", "081050", "08119095", "220421", "22042142", "611012", "0409", "87")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> TariffBook:
    folder: Path = tmp_path_factory.mktemp("tariffs")
    path = folder / "own.toml"
    path.write_text(OWN, "utf-8")
    add(folder / "held", path, TODAY)
    return TariffBook(folder / "held")


def amounts(most: int, digits: int) -> st.SearchStrategy[D]:
    return st.integers(1, most).map(lambda n: D(n).scaleb(-digits))


PRODUCTS = st.builds(
    Consignment,
    sku=st.just("X"),
    hs=st.sampled_from(HS),
    origin=st.sampled_from([None, "ITA", "MNG", "KOR"]),
    price=amounts(200_000, 2),
    currency=st.sampled_from(["EUR", "GBP", "USD"]),
    quantity=st.integers(1, 500),
    net_weight_kg=st.none() | amounts(5000, 3),
    gross_weight_kg=st.none() | amounts(9000, 3),
    litres=st.none() | amounts(3000, 3),
    alcohol_by_volume=st.none() | amounts(300, 1),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(products=st.lists(PRODUCTS, min_size=1, max_size=6), cents=st.integers(0, 90_000), proof=st.booleans())
def test_each_cell_is_what_the_exact_engine_says(
    book: TariffBook, products: list[Consignment], cents: int, proof: bool
) -> None:
    freight = np.full((len(products), len(MARKETS)), cents / 100)
    sheet = landed_costs(products, MARKETS, book, TODAY, rate_of, freight, proof=proof)
    for row, sold in enumerate(products):
        for column, market in enumerate(MARKETS):
            rule, found = book.rule(market, TODAY), book.duty(market, sold.hs, sold.origin, TODAY)
            asked = Asked(sold.hs, sold.origin, sold.alcohol_by_volume, proof=proof)
            why = WHY[sheet.why[row, column]]
            cases = cases_of(found, rule, asked, TODAY, rate_of)
            if rule is None or cases.why:
                assert why, cases.why
                continue
            if len(cases.cases) > 1:
                assert "bounds" in why
                continue
            try:
                one = one_by_one(sold, found, rule, D(cents) / 100, rate_of, TODAY, proof=proof)
            except InputError:
                assert "quantity" in why
                continue
            assert not why
            for name in ("customs_value", "duty", "excise", "fees", "tax", "total", "landed_cost"):
                assert D(repr(float(getattr(sheet, name)[row, column]))) == getattr(one, name), (name, market)


def test_what_lies_on_a_turn_of_rounding_goes_up_as_it_does_one_by_one(book: TariffBook) -> None:
    """0.10 GBP at 5% of 0810 is half a penny: up to 0.01, though 0.05 x 0.10 in floating point may be less."""
    sold = [Consignment("X", "0810", None, D(cents) / 100, "GBP", 1, None) for cents in range(10, 20_000, 20)]
    sheet = landed_costs(sold, ["GBR"], book, TODAY, rate_of, np.zeros((len(sold), 1)))
    paid = {D(repr(float(duty))) for duty in sheet.duty[:, 0]}
    want = {
        (one.price * 5 / 100).quantize(D("0.01"), rounding="ROUND_HALF_UP") for one in sold if one.price > 135
    }
    assert want <= paid


def test_reasons_are_told_and_nothing_unknown_is_zero(book: TariffBook) -> None:
    sold = [WINE, JERSEY, Consignment("H", "87", None, D(5), "USD", 1)]
    table = to_frame(
        landed_costs(sold, ["GBR", "KOR", "BRA"], TariffBook(None), TODAY, rate_of, np.zeros((3, 3))),
        sold,
        ["GBR", "KOR", "BRA"],
    )
    told = {
        (row["sku"], row["market"]): (row["landed_cost"], row["why"]) for row in table.iter_rows(named=True)
    }
    assert told["W-1", "GBR"] == (None, WHY[3])
    assert told["W-1", "BRA"] == (None, WHY[1])
    assert told["H", "KOR"] == (None, WHY[2])
    assert told["K-1", "KOR"][1] == ""


def test_freight_has_one_amount_for_each(book: TariffBook) -> None:
    with pytest.raises(InputError, match="one amount for each of 1 products and 2 markets"):
        landed_costs([WINE], ["GBR", "KOR"], book, TODAY, rate_of, np.zeros((1, 1)))
    with pytest.raises(InputError, match="below zero"):
        landed_costs([WINE], ["GBR"], book, TODAY, rate_of, np.full((1, 1), -1.0))
