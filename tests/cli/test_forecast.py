"""`fondaco forecast`, on a ledger and on any file."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Shell


def keys(told: dict[str, Any]) -> set[str]:
    return set(told)


@pytest.mark.requirement("F92")
def test_cdnow_from_its_raw_orders(shell: Shell, shared: Path) -> None:
    path = shared / "data" / "cdnow" / "CDNOW_sample.txt"  # no header, separated by blanks
    words = ("--customer", "2", "--date", "3", "--value", "5", "--until", "1997-09-30", "--weeks", "39")
    told = shell.run("forecast", "--orders", path, *words, "--json").json
    model = told["model"]
    assert model["time_unit"] == "week"
    assert model["customers"] == 2357
    assert model["name"] == "BG/NBD"
    assert {name: round(value, 3) for name, value in model["parameters"].items()} == {
        "r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426,
    }  # fmt: skip
    assert model["log_likelihood"] == pytest.approx(-9582.429, abs=0.001)
    value = told["value_model"]["parameters"]
    assert (value["p"], value["q"], value["v"]) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    first = next(one for one in told["forecast"]["buyers"] if one["buyer"] == "0001")
    assert first["expected_orders"]["39w"]["estimate"] == pytest.approx(1.226, abs=0.001)
    assert (first["orders"], first["first"], first["last"]) == (3, "1997-01-01", "1997-08-02")


def test_a_file_can_be_judged_by_what_came(shell: Shell, shared: Path) -> None:
    path = shared / "data" / "cdnow" / "CDNOW_sample.txt"
    words = ("--customer", "2", "--date", "3", "--calibrate-until", "1997-09-30", "--until", "1998-06-30")
    told = shell.run("forecast", "--orders", path, *words, "--json", "--most", "3").json
    assert told["holdout"]["customers"] == 2357
    assert told["holdout"]["model"]["mae"] < told["holdout"]["naive"]["mae"]
    assert len(told["holdout"]["deciles"]) == 10
    assert len(told["forecast"]["buyers"]) == 3
    assert "Judged by what came" in shell.run("forecast", "--orders", path, *words).out


FILE = """Client;Jour;Somme
A;01.02.2026;1.234,50
A;15.03.2026;99,00
;16.03.2026;5,00
B;soon;5,00
C;02.02.2026;many
D;02.02.2026;-7,00
E;20.02.2026;0,00
E;20.05.2026;12,00
F;20.12.2026;12,00
"""


def test_bad_rows_are_named_and_good_ones_go_on(shell: Shell) -> None:
    (shell.folder / "o.csv").write_text(FILE, encoding="utf-8")
    words = (
        "--orders",
        "o.csv",
        "--customer",
        "client",
        "--date",
        "2",
        "--value",
        "Somme",
        "--until",
        "2026-06-30",
    )
    told = shell.run("forecast", *words, "--json", code=1).json
    assert {one["kind"]: one["rows"] for one in told["problems"]} == {
        "customer": [4], "date": [5], "number": [6], "return": [7],
    }  # fmt: skip
    assert "row 5: 'soon'" in told["problems"][1]["reason"]
    assert told["model"]["customers"] == 2
    assert any("1 orders after 2026-06-30" in note for note in told["notes"])
    assert "'soon'" in shell.run("forecast", *words, code=1).out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Say either --firm F"),
        (("--orders", "o.csv"), "--orders needs --customer COL"),
        (("--orders", "o.csv", "--customer", "x", "--date", "2", "--until", "2026-06-30"), "has no column 'x'"),
        (("--orders", "o.csv", "--customer", "1", "--date", "2", "--until", "soon"), "--until says 'soon'"),
        (("--orders", "gone.csv", "--customer", "1", "--date", "2", "--until", "2026-06-30"), "gone.csv"),
        (("--orders", "two.csv", "--customer", "1", "--date", "2", "--until", "2026-06-30"), "--date-format"),
        (("--orders", "o.csv", "--customer", "3", "--date", "1", "--until", "2026-06-30"), "no order that can be used"),
        (("--firm", "f", "--until", "2026-06-30"), "belong to --orders"),
        (("--firm", "f", "--model", "prophet"), "--model 'prophet' is not known"),
        (("--orders", "o.csv", "--customer", "1", "--date", "2", "--until", "2026-06-30", "--calibrate-until", "2026-07-30"), "must lie before"),
        (("--orders", "o.csv", "--customer", "1", "--date", "2", "--until", "2020-06-30"), "no order of 2020-06-30 or before"),
        (("--orders", "o.csv", "--customer", "1", "--date", "2", "--until", "2026-06-30", "--calibrate-until", "2020-06-30"), "its first is of"),
        (("--orders", "twice.csv", "--customer", "who", "--date", "when", "--value", "worth", "--until", "2026-06-30"), "the column 'worth' more than once (columns 3 and 4)"),
        (("--orders", "none.csv", "--customer", "who", "--date", "when", "--until", "2026-06-30"), "no rows beside its column names"),
        (("--orders", "o.csv", "--customer", "1", "--date", "2", "--until", "2026-06-30", "--weeks", "inf"), "--weeks"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_words(shell: Shell, words: tuple[str, ...], says: str) -> None:
    (shell.folder / "o.csv").write_text(FILE, encoding="utf-8")
    (shell.folder / "two.csv").write_text("who,when\nA,01/02/2026\nB,03/04/2026\n", encoding="utf-8")
    (shell.folder / "twice.csv").write_text("who,when,worth,worth\nA,2026-01-02,7,8\n", encoding="utf-8")
    (shell.folder / "none.csv").write_text("who,when\n", encoding="utf-8")
    assert says in shell.run("forecast", *words, code=2).err


def test_what_of_a_file_was_not_read_is_told(shell: Shell) -> None:
    with zipfile.ZipFile(shell.folder / "both.zip", "w") as archive:
        archive.writestr("may.csv", "who,when\nA,2026-01-02\nA,2026-03-04\nB,2026-02-02\nB,2026-08-02\n")
        archive.writestr("june.csv", "who,when\nC,2026-01-02\n")
    words = ("--orders", "both.zip", "--customer", "who", "--date", "when", "--until", "2026-06-30")
    for more in ((), ("--calibrate-until", "2026-04-30")):
        notes = shell.run("forecast", *words, *more, "--json").json["notes"]
        assert any("Only both.zip/may.csv was read: both.zip/june.csv" in note for note in notes)
        assert any("1 orders after 2026-06-30 are left out" in note for note in notes)


def test_a_file_that_ends_long_before_the_day_that_is_said_is_told(shell: Shell) -> None:
    (shell.folder / "o.csv").write_text(
        "who,when\nA,2026-01-02\nA,2026-03-04\nB,2026-02-02\n", encoding="utf-8"
    )
    words = ("--orders", "o.csv", "--customer", "who", "--date", "when", "--json", "--until")
    long = "The last order in o.csv is of 2026-03-04, 302 days before --until"
    assert any(long in note for note in shell.run("forecast", *words, "2026-12-31").json["notes"])
    assert not any("--until" in note for note in shell.run("forecast", *words, "2026-03-31").json["notes"])


def test_days_that_read_two_ways_are_read_as_told(shell: Shell) -> None:
    with gzip.open(shell.folder / "two.csv.gz", "wt") as stream:
        stream.write("who,when\nA,01/02/2026\nA,03/04/2026\n")
    words = ("--orders", "two.csv.gz", "--customer", "who", "--date", "when", "--until", "2026-06-30")
    told = shell.run("forecast", *words, "--date-format", "%d/%m/%Y", "--json").json
    assert told["forecast"]["buyers"][0]["last"] == "2026-04-03"


def test_days_of_two_digit_years_are_read(shell: Shell) -> None:
    (shell.folder / "short.csv").write_text("who,when\nA,31/01/26\nA,02/03/26\n", encoding="utf-8")
    told = shell.run(
        "forecast",
        "--orders",
        "short.csv",
        "--customer",
        "1",
        "--date",
        "2",
        "--until",
        "2026-06-30",
        "--json",
    ).json
    assert told["forecast"]["buyers"][0]["last"] == "2026-03-02"


def test_what_programs_write_for_not_known_is_an_order_without_a_value_and_no_number_is_endless(
    shell: Shell,
) -> None:
    rows = ["A,2026-01-01,10", "A,2026-02-01,nan", "B,2026-02-01,NULL", "B,2026-03-01,12", "B,2026-04-01,13"]
    (shell.folder / "o.csv").write_text(
        "\n".join(["who,when,worth", *rows, "C,2026-03-01,1e400", "D,2026-03-01,inf"]), "utf-8"
    )
    words = (
        "--orders",
        "o.csv",
        "--customer",
        "1",
        "--date",
        "2",
        "--value",
        "worth",
        "--until",
        "2026-06-30",
    )
    told = shell.run("forecast", *words, "--json", code=1).json
    assert [(each["kind"], each["rows"]) for each in told["problems"]] == [("number", [7, 8])]
    assert {each["buyer"]: each["orders"] for each in told["forecast"]["buyers"]} == {"A": 2, "B": 3}


ORDERS = "Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n" + "".join(
    f"{m}{i}-{k},2026-{1 + (i + 2 * k) % 5:02d}-{1 + 5 * k:02d},S-1,1,{10 + i}.00,EUR,{m}{i},{m}\n"
    for m in ("Germany", "France")
    for i in range(8)
    for k in range(1 + i % 4)
)


@pytest.mark.requirement("F92", "F97")
def test_a_firm_is_forecast_by_market_and_buyer(shell: Shell) -> None:
    (shell.folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    shell.run("import", "orders.csv", "--firm", "jam", "--home", "IT", "--currency", "EUR")
    told = shell.run("forecast", "--firm", "jam", "--json", "--now", "2026-12-01").json
    assert told["firm"] == "jam"
    assert {one["market"] for one in told["forecast"]["markets"]} == {"DEU", "FRA"}
    assert told["model"]["time_unit"] == "week"
    assert told["currency"] == "EUR"
    assert keys(told["forecast"]) == {"total", "markets", "buyers", "calls"}
    assert any("The ledger ends on" in note for note in told["notes"])
    one = told["forecast"]["buyers"][0]
    assert keys(one["alive"]) == {"estimate", "low", "high", "level"}
    assert keys(one["expected_orders"]) == {"3", "6", "12"}
    only = shell.run("forecast", "--firm", "jam", "--market", "DE", "--json").json
    assert {one["market"] for one in only["forecast"]["buyers"]} == {"DEU"}
    shown = shell.run("forecast", "--firm", "jam").out
    assert "orders in 12 months" in shown
    assert "Germany" in shown


def test_an_empty_ledger_is_refused_in_words(shell: Shell) -> None:
    (shell.folder / "orders.csv").write_text(
        "Order,Date,SKU,Quantity,Price,Currency,Country\nA,2026-01-02,S-1,1,2.00,EUR,Germany\n",
        encoding="utf-8",
    )
    shell.run("import", "orders.csv", "--firm", "jam", "--home", "IT", "--currency", "EUR")
    told = shell.run("forecast", "--firm", "jam", "--json").json
    assert told["forecast"]["total"]["expected_orders"]["3"]["estimate"] is None
    assert "No order names its buyer" in told["forecast"]["total"]["expected_orders"]["3"]["why"]


def test_where_nothing_came_the_bias_is_null(shell: Shell) -> None:
    (shell.folder / "o.csv").write_text(
        "who,when\nA,2026-01-01\nA,2026-01-20\nB,2026-01-05\n", encoding="utf-8"
    )
    words = ("--orders", "o.csv", "--customer", "who", "--date", "when")
    told = shell.run(
        "forecast", *words, "--calibrate-until", "2026-02-01", "--until", "2026-03-01", "--json"
    ).json
    assert told["holdout"]["came"] == 0
    assert told["holdout"]["model"]["bias"] is None
