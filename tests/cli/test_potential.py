"""The commands on trade: files, potential, gravity, markets by potential."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Shell

FLOWS = (
    "exporter,importer,hs,year,value_usd\nITA,USA,2204,2023,60\nITA,USA,1509,2023,20\nITA,FRA,2204,2023,20\nITA,FRA,1509,2023,20\n"
    "FRA,USA,2204,2023,60\nFRA,USA,1509,2023,40\nFRA,ITA,2204,2023,10\nUSA,FRA,2204,2023,10\nUSA,FRA,1509,2023,20\n"
    "FRA,KOR,2204,2023,30\n"
)


@pytest.mark.requirement("F64")
def test_potential_of_a_file(shell: Shell) -> None:
    path = shell.file("flows.csv", FLOWS)
    found = shell.run("potential", "--trade", path, "--exporter", "IT", "--json").json
    first = found["potential"][0]
    assert set(first) >= {"market", "product", "potential", "actual", "unrealised", "stability"}
    assert (first["market"], first["product"], first["actual"]) == ("USA", "1509", 20.0)
    assert first["potential"] == pytest.approx(80 / (80 / 190 * 120 + 24) * 24, abs=1e-3)
    assert found["markets"][0]["market"] == "USA"
    assert found["currency"] == "USD"
    assert found["files"][0]["flows"] == 10
    only = shell.run("potential", "--trade", path, "--exporter", "Italy", "--product", "2204", "--json").json
    assert {row["product"] for row in only["potential"]} == {"2204"}
    assert (
        len(
            shell.run("potential", "--trade", path, "--exporter", "IT", "--top", "1", "--json").json[
                "potential"
            ]
        )
        == 1
    )


def test_terms_are_read_from_files(shell: Shell) -> None:
    path = shell.file("flows.csv", FLOWS)
    growth = shell.file("growth.csv", "market,growth\nITA,0\nFRA,0\nUSA,2\nKOR,0\n")
    tariffs = shell.file("tariffs.csv", "market,product,rate,exporter\nUSA,2204,10%,\nUSA,2204,0,ITA\n")
    found = shell.run(
        "potential", "--trade", path, "--exporter", "IT", "--growth", growth, "--tariffs", tariffs, "--distance", "--re-exports", "--json",
    ).json  # fmt: skip
    assert found["basis"]["terms"] == ["growth", "tariffs", "distances", "re-exports"]


def test_people_get_a_table_with_bars_and_caveats(shell: Shell) -> None:
    out = shell.run("potential", "--trade", shell.file("flows.csv", FLOWS), "--exporter", "IT").out
    assert "United States USA" in out
    assert "█" in out
    assert "no forecast for one firm" in out
    assert "?" in out  # Korea, where nothing is sold


@pytest.mark.requirement("S20")
def test_trade_files_are_added_listed_and_removed(shell: Shell) -> None:
    shell.file("flows.csv", FLOWS)
    added = shell.run(
        "trade", "add", "flows.csv", "--source", "made up", "--now", "2026-06-01T12:00+00:00", "--json"
    ).json["trade"][0]
    assert (added["new"], added["flows"], added["source"]) == (True, 10, "made up")
    assert "made up" in shell.run("trade", "list").out
    assert not shell.run("trade", "add", "flows.csv", "--json").json["trade"][0]["new"]
    assert shell.run("potential", "--exporter", "IT", "--json").json["markets"][0]["market"] == "USA"
    assert shell.run("trade", "remove", added["id"], "--json").json["file"] == "flows.csv"
    assert shell.run("trade", "list", "--json").json == {"trade": []}
    assert "fondaco trade add" in shell.run("potential", "--exporter", "IT", code=2).err


def test_rows_to_look_at_end_with_one(shell: Shell) -> None:
    path = shell.file("flows.csv", FLOWS + "Atlantis,USA,2204,2023,60\n")
    ran = shell.run("trade", "add", path, code=1)
    assert "Atlantis" in ran.out
    assert "row 12" in ran.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["potential", "--trade", "orders.csv", "--exporter", "IT"], "looks like a file of orders"),
        (["potential", "--trade", "none.csv", "--exporter", "IT"], "no file"),
        (["potential", "--trade", "flows.csv"], "--exporter"),
        (
            ["potential", "--trade", "flows.csv", "--exporter", "IT", "--product", "409"],
            "odd number of digits",
        ),
        (["potential", "--trade", "flows.csv", "--exporter", "IT", "--years", "soon"], "--years"),
        (["potential", "--trade", "flows.csv", "--exporter", "IT", "--mirror", "x"], "--mirror"),
        (["potential", "--trade", "flows.csv", "--exporter", "IT", "--level", "3"], "--level"),
        (["potential", "--trade", "flows.csv", "--exporter", "IT", "--columns", "x"], "--columns"),
        (["potential", "--trade", "flows.csv", "--exporter", "DE"], "no exports of DEU"),
        (["trade", "remove", "abc"], "no trade file"),
        (["gravity"], "--data"),
        (["markets", "--firm", "shop", "--rank", "height"], "--rank"),
        (["markets", "--firm", "shop", "--rank", "potential"], "No trade data are loaded"),
    ],
)
def test_mistakes_are_told_in_words(shell: Shell, words: list[str], says: str) -> None:
    shell.take()
    shell.file("orders.csv", "Order,SKU,Price,Customer,Country\nA1,S-1,10.00,K1,Germany\n")
    shell.file("flows.csv", FLOWS)
    assert says in shell.run(*words, code=2).err


@pytest.mark.requirement("F34")
def test_markets_are_ranked_by_potential(shell: Shell) -> None:
    shell.take()
    shell.run("trade", "add", shell.file("flows.csv", FLOWS))
    rows = shell.run("markets", "--firm", "shop", "--rank", "potential", "--json").json["markets"]
    assert [(row["market"], row["rank"], row["seen_in"]) for row in rows] == [
        ("USA", 1, ["trade"]), ("FRA", 2, ["ledger", "trade"]), ("KOR", 3, ["trade"]), ("DEU", None, ["ledger"]),
    ]  # fmt: skip
    assert "ledger and trade" in shell.run("markets", "--firm", "shop", "--rank", "potential").out


def test_gravity_reproduces_the_published_table(shell: Shell, shared: Path) -> None:
    pytest.importorskip("pyfixest")
    found = shell.run(
        "gravity", "--data", shared / "data/gravity_agtpa/agtpa_applications.csv.gz", "--years", "1986,1990,1994,1998,2002,2006",
        "--exporter", "IT", "--json",
    ).json  # fmt: skip
    assert found["n"] == 28_152
    assert round(found["terms"][0]["estimate"], 4) == -0.8409
    assert found["markets"][0]["market"] == "USA"
