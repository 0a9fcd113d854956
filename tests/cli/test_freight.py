"""`fondaco freight` and `fondaco delivery`, as a person runs them."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

RATES = """\
destination,origin,kind,carrier,per_kg,per_wm,minimum,fixed,currency,days,valid_to
DE,IT,parcel,Post,2,,,5,EUR,2-3,2026-12-31
DE,IT,groupage,Road,0.50,,30,20,EUR,4,
KR,IT,lcl,Sea,,85,85,40,USD,35,
DE,IT,air,Wings,-5,,,,EUR,1,
"""


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take()
    shell.file("rates.csv", RATES)
    assert shell.run("freight", "add", "rates.csv", "--now", "2026-11-30", code=1).out
    return shell


def test_a_table_is_kept_and_its_wrong_row_named(desk: Shell) -> None:
    found = desk.run("freight", "add", "rates.csv", "--now", "2026-11-30", "--json", code=1).json
    assert (found["name"], found["rates"], found["rows_read"]) == ("rates", 3, 4)
    assert "rates.csv, row 5, column per_kg: '-5' is below zero." in found["problems"][0]["reason"]
    (kept,) = desk.run("freight", "--json").json["tables"]
    assert kept["destinations"] == ["DEU", "KOR"]
    assert "rates" in desk.run("freight").out


def test_a_consignment_is_priced_by_what_is_stated(desk: Shell) -> None:
    words = ("delivery", "S-1", "--to", "Germany", "--firm", "shop", "--units", "50", "--now", "2026-11-30")
    unknown = desk.run(*words, "--json").json
    assert unknown["best"] is None and "gross weight" in unknown["why"]
    found = desk.run(*words, "--weight", "25", "--volume", "0.05", "--json").json
    # parcel: 25 kg x 2 + 5; road: at least 30, and 20
    assert [(o["kind"], o["cost"]) for o in found["options"]] == [("groupage", "50.00"), ("parcel", "55.00")]
    assert found["best"]["days"] == 4 and found["best"]["table"] == "rates"
    assert found["takeovers"][0]["kind"] == "parcel"
    assert "road groupage" in desk.run(*words, "--weight", "25", "--volume", "0.05").out


def test_rates_that_have_run_out_are_not_used(desk: Shell) -> None:
    found = desk.run(
        "delivery", "S-1", "--to", "DE", "--firm", "shop", "--units", "1", "--weight", "1", "--volume", "0.001",
        "--now", "2027-02-01", "--json",
    ).json  # fmt: skip
    assert [o["kind"] for o in found["options"]] == ["groupage"]


@pytest.mark.parametrize(
    "words",
    [
        ("freight", "add", "none.csv"),
        ("freight", "remove", "none"),
        ("freight", "add", "rates.csv", "--firm", "nobody"),
        ("delivery", "S-1", "--to", "Nowhere", "--firm", "shop", "--units", "1"),
        ("delivery", "S-1", "--to", "DE", "--firm", "shop", "--units", "1", "--weight", "heavy"),
        ("delivery", "S-1", "--to", "DE", "--firm", "shop", "--units", "1", "--weight", "-1"),
    ],
)
def test_a_mistake_is_said_in_words(desk: Shell, words: tuple[str, ...]) -> None:
    assert "fondaco:" in desk.run(*words, code=2).err


def test_a_table_can_be_removed(desk: Shell) -> None:
    desk.run("freight", "remove", "rates")
    assert desk.run("freight", "--json").json["tables"] == []
