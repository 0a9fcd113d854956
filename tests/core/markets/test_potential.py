"""Export potential: worked by hand, its invariant, and each term by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.markets import potential as module
from fondaco.markets.potential import Terms, potential
from fondaco.reference.trade.terms import Tariff

#: The table of docs/rules/export-potential.md.
WORKED = [
    ("ITA", "USA", "2204", 2023, 60.0), ("ITA", "USA", "1509", 2023, 20.0), ("ITA", "FRA", "2204", 2023, 20.0),
    ("ITA", "FRA", "1509", 2023, 20.0), ("FRA", "USA", "2204", 2023, 60.0), ("FRA", "USA", "1509", 2023, 40.0),
    ("FRA", "ITA", "2204", 2023, 10.0), ("USA", "FRA", "2204", 2023, 10.0), ("USA", "FRA", "1509", 2023, 20.0),
]  # fmt: skip


def table(rows: Sequence[tuple[Any, ...]]) -> Any:
    names = ("exporter", "importer", "product", "year", "value")
    schema = dict(zip(names, ("string", "string", "string", "int32", "float64"), strict=True))
    return ibis.memtable([dict(zip(names, row, strict=True)) for row in rows], schema=schema)


def cells(found: Any) -> dict[tuple[str, str], float]:
    return {(row.market, row.product): row.potential for row in found.rows}


@pytest.mark.requirement("F64", "F80", "X07")
def test_the_worked_table() -> None:
    found = potential(table(WORKED), "ITA")
    assert cells(found) == {
        ("USA", "2204"): pytest.approx(80 / 84 * 60), ("USA", "1509"): pytest.approx(80 / 84 * 24),
        ("FRA", "2204"): pytest.approx(40 / 31 * 15), ("FRA", "1509"): pytest.approx(40 / 31 * 16),
    }  # fmt: skip
    usa = found.by_market()["USA"]
    assert usa.ease == pytest.approx(80 / 84)
    assert usa.potential == pytest.approx(80)
    assert usa.actual == 80
    assert usa.unrealised == pytest.approx(80 / 84 * 24 - 20)
    assert usa.at_equal_ease == pytest.approx(84)
    assert usa.share_of_potential == pytest.approx(2 / 3)
    assert found.concentration == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)
    assert [row.product for row in found.rows][:2] == ["1509", "1509"]


_FLOW = st.tuples(
    st.sampled_from(["ITA", "FRA", "USA", "KOR", "JPN"]),
    st.sampled_from(["ITA", "FRA", "USA", "KOR", "JPN"]),
    st.sampled_from(["2204", "1509", "0409", "4202"]),
    st.sampled_from([2020, 2021, 2022]),
    st.floats(0.01, 1e6),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_FLOW, min_size=1, max_size=60))
def test_over_all_products_potential_is_actual_trade(rows: list[tuple[Any, ...]]) -> None:
    """Decreux and Spies: with all further terms neutral, the sum over products is what is really sold."""
    abroad = [row for row in rows if row[0] != row[1]]
    if not any(row[0] == "ITA" for row in abroad):
        abroad.append(("ITA", "FRA", "2204", 2021, 5.0))
    found = potential(table(abroad), "ITA")
    years = {row[3] for row in abroad}
    for market in found.markets:
        sold = sum(row[4] for row in abroad if row[0] == "ITA" and row[1] == market.market) / len(years)
        assert market.actual == pytest.approx(sold)
        if sold:
            assert market.potential == pytest.approx(sold)
            assert market.unrealised is not None
            assert 0 <= market.unrealised <= sold * (1 + 1e-9)
        else:
            assert market.potential is None


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 3.0))
def test_growth_alike_everywhere_multiplies_potential_and_nothing_else(factor: float) -> None:
    """Rivals that grow as fast leave the share of the market alone; demand grows."""
    same = dict.fromkeys(("ITA", "FRA", "USA"), factor)
    plain, grown = potential(table(WORKED), "ITA"), potential(table(WORKED), "ITA", terms=Terms(growth=same))
    for key, value in cells(plain).items():
        assert cells(grown)[key] == pytest.approx(value * factor)


def test_growth_of_a_rival_takes_a_share_away() -> None:
    found = potential(table(WORKED), "ITA", terms=Terms(growth={"ITA": 1.0, "FRA": 1.0, "USA": 1.2}))
    # World wine is 160, of it 10 from the USA: 162 after growth; demand of the USA grows by a fifth.
    assert cells(found)["USA", "2204"] == pytest.approx(80 / 84 * 60 * 1.2 * 160 / 162)
    assert cells(found)["FRA", "2204"] == pytest.approx(40 / 31 * 15 * 160 / 162)
    assert found.basis.terms == ("growth",)


def test_a_preference_is_a_margin_over_what_suppliers_pay() -> None:
    tariffs = [Tariff("USA", "22", 0.10), Tariff("USA", "2204", 0.02, "ITA")]
    found = potential(table(WORKED), "ITA", terms=Terms(tariffs=tariffs))
    # Suppliers pay (60 x 0.02 + 60 x 0.10) / 120 = 6 percent on average, Italy 2.
    assert cells(found)["USA", "2204"] == pytest.approx(80 / 84 * 60 * 1.06 / 1.02)
    assert cells(found)["USA", "1509"] == pytest.approx(80 / 84 * 24)
    stronger = potential(table(WORKED), "ITA", terms=Terms(tariffs=tariffs, elasticity=4.0))
    assert cells(stronger)["USA", "2204"] == pytest.approx(80 / 84 * 60 * (1.06 / 1.02) ** 4)


def test_one_rate_for_everybody_changes_nothing() -> None:
    tariffs = [Tariff("USA", "22", 0.10), Tariff("FRA", "15", 0.03)]
    assert cells(potential(table(WORKED), "ITA", terms=Terms(tariffs=tariffs))) == pytest.approx(
        cells(potential(table(WORKED), "ITA"))
    )


def test_distance_helps_what_travels_far() -> None:
    km = {
        ("ITA", "USA"): 7000.0,
        ("ITA", "FRA"): 1000.0,
        ("FRA", "USA"): 6000.0,
        ("FRA", "ITA"): 1000.0,
        ("USA", "FRA"): 6000.0,
    }
    plain, far = potential(table(WORKED), "ITA"), potential(table(WORKED), "ITA", terms=Terms(distances=km))
    wine = (60 * 7 + 20 + 60 * 6 + 10 + 10 * 6) * 1000 / 160
    oil = (20 * 7 + 20 + 40 * 6 + 20 * 6) * 1000 / 100
    usual = (wine * 160 + oil * 100) / 260
    factor = np.exp(np.log(wine / usual) * np.log(7000 / usual))
    assert cells(far)["USA", "2204"] == pytest.approx(cells(plain)["USA", "2204"] * factor)
    assert (wine > usual) == (factor > 1)


def test_what_is_imported_to_be_sold_on_is_no_supply() -> None:
    rows = [*WORKED, ("USA", "ITA", "1509", 2023, 80.0)]
    plain, cut = potential(table(rows), "ITA"), potential(table(rows), "ITA", terms=Terms(re_exports=True))
    assert cells(cut)["USA", "1509"] == pytest.approx(cells(plain)["USA", "1509"] * 40 / 80)
    assert cells(cut)["USA", "2204"] == pytest.approx(cells(plain)["USA", "2204"])


def test_where_nothing_is_sold_ease_is_not_known() -> None:
    found = potential(table([*WORKED, ("FRA", "KOR", "2204", 2023, 30.0)]), "ITA")
    korea = found.by_market()["KOR"]
    assert (korea.potential, korea.unrealised, korea.ease, korea.share_of_potential) == (
        None,
        None,
        None,
        None,
    )
    assert "sells nothing to KOR" in korea.why
    assert korea.at_equal_ease == pytest.approx(80 / 190 * 30)
    assert found.markets[-1] is korea
    assert found.rows[-1].to_json()["potential"] is None
    assert "sells nothing" in found.rows[-1].why


def test_a_product_asked_for_keeps_the_ease_of_all() -> None:
    found = potential(table(WORKED), "ITA", products=["15"])
    assert cells(found) == {
        ("USA", "1509"): pytest.approx(80 / 84 * 24),
        ("FRA", "1509"): pytest.approx(40 / 31 * 16),
    }
    assert found.by_market()["USA"].actual == 20.0


@pytest.mark.requirement("X08", "X01")
def test_one_product_alone_says_that_it_says_nothing() -> None:
    found = potential(table([row for row in WORKED if row[2] == "2204"]), "ITA")
    assert any("one product only" in note for note in found.basis.notes)
    assert any("no forecast for one firm" in note for note in found.basis.notes)
    assert any("One year only (2023)" in note for note in found.basis.notes)
    assert found.basis.rule == "export-potential/1"
    assert found.rows[0].low is None


@pytest.mark.requirement("X08")
def test_data_of_one_exporter_alone_say_that_demand_is_understated() -> None:
    alone = potential(table([row for row in WORKED if row[0] == "ITA"]), "ITA")
    assert any("ITA alone sells 100% of all trade" in note for note in alone.basis.notes)
    assert not any("alone sells" in note for note in potential(table(WORKED), "ITA").basis.notes)


def test_years_give_a_spread_and_an_outlook() -> None:
    rows = [(e, m, p, 2023 + shift, v * (1 + shift)) for shift in (0, 1) for e, m, p, _, v in WORKED]
    found = potential(table(rows), "ITA")
    usa = next(row for row in found.rows if (row.market, row.product) == ("USA", "1509"))
    assert usa.low == pytest.approx(80 / 84 * 24)
    assert usa.high == pytest.approx(160 / 84 * 24)
    assert usa.potential is not None
    assert usa.actual == pytest.approx(30.0)
    assert usa.outlook == pytest.approx(30 + module.CLOSING * (usa.potential - 30))
    assert usa.stability == "too few years"


def test_only_the_years_asked_for_count() -> None:
    rows = [*WORKED, ("ITA", "USA", "2204", 2010, 1e9)]
    assert cells(potential(table(rows), "ITA", years=[2023])) == pytest.approx(
        cells(potential(table(WORKED), "ITA"))
    )
    with pytest.raises(InputError, match="nothing of 1990"):
        potential(table(rows), "ITA", years=[1990])


def test_suppliers_are_told_how_concentrated() -> None:
    found = potential(table(WORKED), "ITA", suppliers=True).by_market()
    assert found["USA"].suppliers_hhi == pytest.approx((80 / 180) ** 2 + (100 / 180) ** 2)


@pytest.mark.parametrize(("exporter", "products"), [("DEU", []), ("ITA", ["8703"])])
def test_what_is_not_exported_is_said(exporter: str, products: list[str]) -> None:
    with pytest.raises(InputError, match="export"):
        potential(table(WORKED), exporter, products=products)


def test_rows_kept_are_the_first_and_totals_are_of_all() -> None:
    found = potential(table(WORKED), "ITA", keep=1)
    assert (len(found.rows), found.count) == (1, 4)
    assert found.by_market()["USA"].actual == 80
    told = found.to_json()
    assert told["rows"] == 4
    assert told["potential"][0]["product"] == "1509"
