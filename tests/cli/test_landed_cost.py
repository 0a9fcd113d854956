"""`fondaco landed-cost`: what others script against, and what is said of a file that is not right."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Shell

pytestmark = pytest.mark.requirement("F63")

#: As the page of the rule shows it.
KOREA = """\
currency = "KRW"                 # of the result; rounded as `rounding` says
rounding = "unit"                # unit | cent | down_cent
[goods]
value = "200.00"
currency = "USD"
units = 1
net_weight_kg = "1.0"
litres = "0"
alcohol_by_volume = "0"          # % vol
[transport]
freight = "10.00"                # to the border
insurance = "0.00"
onward = "0.00"                  # after the border
currency = "USD"
[exchange]
USD = "1100"                     # units of the result's currency for one
[customs]
basis = "CIF"                    # or FOB
duty = "13%"
excise = "0%"
tax = "10%"
tax_base = ["value", "duty", "excise", "onward"]
free_of_duty_up_to = "0"
free_of_tax_up_to = "0"
fees = "0"
"""


def test_the_file_of_the_contract(shell: Shell) -> None:
    ran = shell.run("landed-cost", shell.file("korea.toml", KOREA), "--json")
    assert ran.code == 0
    told = ran.json
    assert {
        "customs_value": "231000",
        "duty": "30030",
        "excise": "0",
        "tax": "26103",
        "total": "56133",
    }.items() <= (told.items())
    assert (told["landed_cost"], told["currency"]) == ("287133", "KRW")
    assert all({"name", "base", "rate", "amount"} <= set(step) for step in told["steps"])
    assert told["notes"] == []
    duty = next(step for step in told["steps"] if step["name"] == "duty")
    assert (duty["base"], duty["rate"], duty["amount"]) == ("231000", 0.13, "30030")


def test_the_file_that_the_page_shows_gives_what_the_page_says(shell: Shell) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "landed-cost.md").read_text("utf-8")
    shown = page.split("```toml\n")[1].split("```")[0]
    told = shell.run("landed-cost", shell.file("page.toml", shown), "--json").json
    worked = page.split("## A worked table")[1].split("Published examples")[0]
    amounts = {step["name"]: step["amount"] for step in told["steps"]}
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in worked.splitlines()
        if line.startswith("|")
    ]
    assert {row[0]: row[3] for row in rows[2:]} == {
        "goods": amounts["goods"], "freight": amounts["freight"], "customs value (CIF)": amounts["customs value"],
        "duty": amounts["duty"], "tax, on value + duty + excise + onward": amounts["tax"], "total": amounts["total"],
        "landed cost": amounts["landed cost"],
    }  # fmt: skip


def test_people_see_each_step(shell: Shell) -> None:
    shown = shell.run("landed-cost", shell.file("korea.toml", KOREA)).out
    assert "13% of customs value" in shown
    assert "To pay at the border 56133 KRW; landed cost 287133 KRW." in shown


def test_numbers_may_stand_without_quotes(shell: Shell) -> None:
    plain = KOREA.replace('"200.00"', "200.00").replace('"1100"', "1100").replace('fees = "0"', "fees = 0")
    told = shell.run("landed-cost", shell.file("korea.toml", plain), "--json").json
    assert told["total"] == "56133"


def test_what_most_entries_lack_may_be_left_out_and_is_told(shell: Shell) -> None:
    lines = [
        line
        for line in KOREA.splitlines()
        if not line.startswith(("excise", "fees", "free_", "litres", "rounding"))
    ]
    told = shell.run("landed-cost", shell.file("korea.toml", "\n".join(lines)), "--json").json
    assert told["total"] == "56133"
    assert [note.split(" is ")[0] for note in told["notes"]] == ["customs.excise", "customs.fees", "rounding"]


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        # missing
        ('value = "200.00"\n', "", ["goods.value is missing"]),
        ('currency = "KRW"', "", ["currency is missing"]),
        ('freight = "10.00"', "", ["transport.freight is missing", '"0" where there is none']),
        ('basis = "CIF"', "", ["customs.basis is missing", "CIF", "FOB"]),
        ('duty = "13%"', "", ["customs.duty is missing"]),
        ('tax = "10%"', "", ["customs.tax is missing"]),
        ('tax_base = ["value", "duty", "excise", "onward"]', "", ["customs.tax_base is missing"]),
        ("[goods]", "[transport2]", ["section [goods] is missing", "transport2"]),
        # numbers
        ('value = "200.00"', 'value = "0"', ["goods.value is 0", "above zero"]),
        ('value = "200.00"', 'value = "-200"', ["goods.value is -200", "above zero"]),
        ('value = "200.00"', "value = -200", ["goods.value is -200"]),
        ('value = "200.00"', "value = nan", ["goods.value is NaN", "1200.50"]),
        ('value = "200.00"', "value = inf", ["goods.value", "1200.50"]),
        ('value = "200.00"', "value = true", ["goods.value is true"]),
        ('value = "200.00"', 'value = ""', ['goods.value is ""']),
        ('value = "200.00"', 'value = "1,200.00"', ["1,200.00", "no separators"]),
        ('value = "200.00"', "value = [200]", ["goods.value is [200]"]),
        ('value = "200.00"', "value = 1979-05-27", ["goods.value is 1979-05-27"]),
        ('freight = "10.00"', 'freight = "-1"', ["transport.freight is -1", "zero or more"]),
        ("units = 1", "units = 0", ["goods.units", "above zero"]),
        ("units = 1", "units = 1.5", ["goods.units", "whole number"]),
        ('alcohol_by_volume = "0"', 'alcohol_by_volume = "113"', ["goods.alcohol_by_volume", "at most 100"]),
        ('USD = "1100"', 'USD = "0"', ["exchange.USD", "above zero"]),
        ('fees = "0"', 'fees = "-5"', ["customs.fees is -5"]),
        ('free_of_tax_up_to = "0"', 'free_of_tax_up_to = "-5"', ["customs.free_of_tax_up_to"]),
        # currencies
        ('USD = "1100"', "", ["goods.currency is USD", "exchange.USD is not stated"]),
        ('USD = "1100"', 'UDS = "1100"', ["exchange.UDS", "no currency"]),
        ('USD = "1100"', 'USD = "1100"\nKRW = "2"', ["exchange.KRW", "leave it out"]),
        ('USD = "1100"', 'USD = "1100"\nusd = "1200"', ["exchange.usd", "second rate for USD"]),
        ('currency = "KRW"', 'currency = "WON"', ['currency is "WON"', "ISO 4217"]),
        ('currency = "KRW"', 'currency = "₩"', ['did you mean "KRW"?']),
        ('currency = "KRW"', "currency = 5", ["currency is 5"]),
        # expressions
        ('duty = "13%"', 'duty = "13"', ["customs.duty", 'write "13%"']),
        ('duty = "13%"', "duty = 13", ["customs.duty is 13", '"13%"']),
        ('duty = "13%"', 'duty = "-13%"', ["customs.duty", "below zero"]),
        ('duty = "13%"', 'duty = "thirteen"', ["customs.duty", "thirteen"]),
        ('duty = "13%"', 'duty = "6.3 GBP/barrel"', ["customs.duty", "barrel"]),
        ('duty = "13%"', 'duty = "6.3 GBP/kg"', ["customs.duty", "exchange.GBP is not stated"]),
        ('duty = "13%"', 'duty = "6.3 USD/l"', ["customs.duty", "goods.litres"]),
        ('excise = "0%"', 'excise = "6.3 USD/l_alcohol"', ["customs.excise", "goods.alcohol_by_volume"]),
        ('net_weight_kg = "1.0"\n', "", None),
        # words
        ('basis = "CIF"', 'basis = "DAP"', ['customs.basis is "DAP"', "CIF, FOB"]),
        ('rounding = "unit"', 'rounding = "cents"', ['did you mean "cent"?']),
        ('rounding = "unit"', 'rounding = {dutty = "cent"}', ["rounding.dutty", "rounding.duty"]),
        ('["value", "duty", "excise", "onward"]', '"value"', ["customs.tax_base", "write a list"]),
        ('["value", "duty", "excise", "onward"]', '["value", "dutty"]', ['did you mean "duty"?']),
        ('["value", "duty", "excise", "onward"]', '["value", "value"]', ["twice"]),
        ('["value", "duty", "excise", "onward"]', '["value", "freight"]', ["customs.tax_base", "CIF", "leave them out"]),
        ('["value", "duty", "excise", "onward"]', "[]", ["customs.tax_base is empty"]),
        # keys
        ("freight =", "frieght =", ["transport.frieght is not known", "did you mean transport.freight?"]),
        ("[customs]", "[custom]", ["custom is not known", "did you mean customs?"]),
        ("units = 1", "units = 1\nduty = 5", ["goods.duty is not known", "[customs]"]),
        ("units = 1", "units = 1\ncolour = 5", ["goods.colour is not known", "net_weight_kg"]),
        ("[goods]\n", "goods = 5\n[goods2]\n", ["goods must be a section"]),
        # TOML
        ('duty = "13%"', 'duty = "13%', ["no TOML", "line 19"]),
        ("units = 1", "units = 1\nunits = 2", ["no TOML", "line 7"]),
        ("units = 1", "units = " + "[" * 20000, ["no TOML"]),
        ("units = 1", "units = " + "9" * 5000, ["no TOML"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_key(
    shell: Shell, found: str, put: str, said: list[str] | None
) -> None:
    assert found in KOREA
    ran = shell.run(
        "landed-cost", shell.file("entry.toml", KOREA.replace(found, put, 1)), "--json", code=None
    )
    if said is None:
        assert ran.code == 0  # nothing needs the weight
        return
    assert ran.code == 2
    assert ran.json["kind"] == "InputError"
    assert "entry.toml" in ran.json["error"]
    for words in said:
        assert words in ran.json["error"], ran.json["error"]


def test_all_faults_are_told_at_once(shell: Shell) -> None:
    wrong = KOREA.replace('"13%"', '"13"').replace('"200.00"', '"0"').replace('"CIF"', '"C&F"')
    error = shell.run("landed-cost", shell.file("entry.toml", wrong), "--json", code=2).json["error"]
    assert "3 things to put right" in error
    assert all(key in error for key in ("goods.value", "customs.basis", "customs.duty"))


def test_files_that_are_none(shell: Shell) -> None:
    for path, words in (
        (shell.home.parent / "absent.toml", "is not there"),
        (shell.home.parent, "is a folder"),
        (shell.file("a.xlsx", b"PK\x03\x04\xff\xfe\x00"), "not text in UTF-8"),
        (shell.file("big.toml", "#" * 1_100_000), "larger than 1 MB"),
        (shell.file("empty.toml", ""), "section [goods] is missing"),
    ):
        ran = shell.run("landed-cost", path, "--json", code=2)
        assert words in ran.json["error"]


def test_a_byte_order_mark_is_no_fault(shell: Shell) -> None:
    assert shell.run("landed-cost", shell.file("bom.toml", "\ufeff" + KOREA), "--json").code == 0
