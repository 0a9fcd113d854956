"""`fondaco price` and `fondaco tariffs`, as a person runs them."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path

import pytest
from tests.cli.conftest import Ran, Shell

from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit

NOW = ("--now", "2026-11-30T09:00+00:00")
WINE = Unit(
    cost=D("4.10"), price=D("7.50"), currency="EUR", net_weight_kg=D("0.75"), litres=D("0.75"),
    alcohol_by_volume=D(13), minimum_order=12,
)  # fmt: skip


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take()
    workspace = Workspace(shell.home)
    workspace.ledger("shop").change_catalogue(
        lambda _: Catalogue(
            (
                Entry(sku="W-1", tags=("wine",), hs="220421", origin="ITA", unit=WINE),
                Entry(
                    sku="W-2",
                    hs="220421",
                    origin="ITA",
                    unit=WINE.model_copy(update={"alcohol_by_volume": None}),
                ),
                Entry(sku="K-1", hs="611012", origin="MNG", unit=Unit(cost=D(40), currency="USD")),
                Entry(sku="H-1", hs="0409", origin="MNG", unit=Unit(price=D(9), currency="USD")),
                Entry(sku="N-1", origin="ITA", unit=WINE),
            )
        )
    )
    (shell.home / "firms" / "shop.profile.toml").write_text('[price]\nmargin = "0.2"\n', "utf-8")
    return shell


def price(desk: Shell, *words: str, code: int = 0) -> Ran:
    return desk.run("price", *words, "--firm", "shop", *NOW, "--json", code=code)


@pytest.mark.requirement("F63", "X05")
def test_the_price_has_the_fields_of_a_landed_cost_and_floor_range_ladder_and_warnings(desk: Shell) -> None:
    found = price(desk, "W-1", "--to", "GB", "--incoterm", "DDP", "--freight", "60", "--proof").json
    assert {
        "steps",
        "customs_value",
        "duty",
        "excise",
        "tax",
        "total",
        "currency",
        "floor",
        "range",
        "ladder",
        "warnings",
    } <= set(found)
    assert (found["currency"], found["price_currency"], found["quantity"]) == ("GBP", "EUR", 12)
    assert (found["duty"], found["excise"]) == ("0.00", "35.82")
    assert found["floor"]["amount"] is not None
    assert found["ladder"]
    names = [step["name"] for step in found["steps"]]
    assert names[-2:] == ["total", "landed cost"]
    assert any("end on" in each for each in found["warnings"])  # the exchange rates' age


def test_a_person_sees_every_step_and_every_term(desk: Shell) -> None:
    told = desk.run("price", "W-1", "--to", "GB", "--firm", "shop", "--freight", "60", "--proof", *NOW).out
    assert "30.62 GBP/l_alcohol; rounded: down_cent" in told
    assert "> DDP" in told


def test_the_works_price_behind_a_shelf_price(desk: Shell) -> None:
    words = ("W-1", "--to", "GB", "--freight", "60", "--proof", "--shelf", "importer=25%,retailer=0.35")
    found = price(desk, *words, "--shelf-price", "30").json
    assert found["shelf"]["currency"] == "GBP"
    assert D(found["back"]["ex_works_unit"]) < D("7.50")
    again = price(desk, *words, "--price", found["back"]["ex_works_unit"]).json
    assert abs(D(again["shelf"]["price"]) - 30) <= D("0.10")


def test_freight_that_is_not_known_is_asked_for(desk: Shell) -> None:
    found = price(desk, "W-1", "--to", "GB", code=1).json
    assert (found["price"], found["duty"]) == (None, None)
    assert "--freight" in found["why"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("W-9", "--to", "GB"), "did you mean W-"),
        (("S-1", "--to", "GB"), "its catalogue says nothing of it"),
        (("N-1", "--to", "GB"), "The HS code of N-1 is not stated"),
        (("W-1", "--to", "GB", "--incoterm", "DAT"), "is no Incoterm of 2020"),
        (("W-1", "--to", "Atlantis"), "Atlantis"),
        (("W-1", "--to", "GB", "--price", "0"), "above zero"),
        (("W-1", "--to", "GB", "--price", "-4"), "zero or more"),
        (("W-1", "--to", "GB", "--price", "4 XYZ"), "XYZ is no currency"),
        (("W-1", "--to", "GB", "--freight", "dear"), "write an amount"),
        (("W-1", "--to", "GB", "--freight", "90..60"), "lower bound first"),
        (("W-1", "--to", "GB", "--leg", "ferry=3"), "There is no leg 'ferry'"),
        (("W-1", "--to", "GB", "--quantity", "0"), "one unit or more"),
        (("W-1", "--to", "GB", "--freight", "6", "--shelf", "importer=140%"), "below 100%"),
        (("W-1", "--to", "GB", "--freight", "6", "--shelf", "agent=4%"), "There is no share 'agent'"),
        (("W-1", "--to", "GB", "--freight", "60 MNT"), "State how many GBP one MNT is (--exchange MNT=...)"),
        (("W-1", "--to", "GB", "--freight", "6", "--exchange", "TUGRIK=3"), "three letters"),
        (("H-1", "--to", "KR", "--freight", "60"), "net_weight_kg"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(desk: Shell, words: tuple[str, ...], said: str) -> None:
    ran = price(desk, *words, code=2)
    assert said in ran.err
    assert said in ran.json["error"]


def test_a_rate_that_is_stated_counts_whatever_it_is_asked_for(desk: Shell) -> None:
    """Carriage in tugrik, goods in euro, an entry in pounds: one rate in pounds leads to both."""
    words = ("W-1", "--to", "GB", "--incoterm", "CPT", "--proof")
    pounds = D(price(desk, *words, "--freight", "60").json["basis"]["rates"]["EUR in GBP"].split()[0])
    found = price(desk, *words, "--freight", "200000 MNT", "--exchange", "MNT=0.00022").json
    # 200,000 tugrik are 44 pounds, and those so many euro
    assert found["legs"]["carriage"] == str((44 / pounds).quantize(D("0.01")))
    assert found["basis"]["rates"]["MNT in EUR"].endswith("(stated)")


def test_a_missing_strength_is_named_and_no_excise_is_assumed(desk: Shell) -> None:
    found = price(desk, "W-2", "--to", "GB", "--freight", "60", code=1).json
    assert "alcohol_by_volume" in found["why"]
    assert found["excise"] is None


def test_a_price_from_cost_alone_says_so(desk: Shell) -> None:
    found = price(desk, "K-1", "--to", "KR", "--freight", "20").json
    assert any("without any margin" in each for each in found["warnings"])
    assert found["duty"] != "0"


@pytest.mark.requirement("F24")
def test_tariffs_are_added_and_asked(desk: Shell) -> None:
    path = desk.file(
        "mine.csv",
        "market,hs,origin,duty,valid_from,source,checked\nKOR,611012,,11%,2026-01-01,unipass,2026-11-29\nKOR,1,,1%,2026-01-01,me,\n",
    )
    ran = desk.run("tariffs", "add", path, *NOW, "--json", code=1)
    assert (ran.json["rows"], ran.json["rows_read"]) == (1, 2)
    assert "mine.csv, row 3, hs" in ran.err
    asked = desk.run("tariffs", "--market", "KR", "--hs", "611012", "--origin", "MN", *NOW, "--json").json
    assert [row["duty"] for row in asked["general"]] == ["11%"]
    assert asked["preferential"][0]["checked"] is None
    assert "mine.parquet" in desk.run("tariffs", *NOW).out
    assert (
        price(desk, "K-1", "--to", "KR", "--freight", "20", "--no-proof").json["cases"][0]["case"]
        == "general rate: 11%"
    )


def test_a_file_of_tariffs_that_is_none_is_refused(desk: Shell, tmp_path: Path) -> None:
    assert "is not there" in desk.run("tariffs", "add", tmp_path / "no.csv", code=2).err
    assert "CSV or TOML" in desk.run("tariffs", "add", desk.file("a.xlsx", "x"), code=2).err
    assert "is no TOML" in desk.run("tariffs", "add", desk.file("a.toml", "a = ["), code=2).err
