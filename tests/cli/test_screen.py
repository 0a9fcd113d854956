"""`fondaco screen`, as a person runs it."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

CATALOGUE = """\
[[product]]
sku = "S-1"
tags = ["wine"]
hs = "220421"
[product.unit]
price = "10"
currency = "EUR"
gross_weight_kg = "1"
volume_m3 = "0.002"
"""


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take()
    (shell.home / "firms" / "shop.products.toml").write_text(CATALOGUE)
    shell.file(
        "rates.csv",
        "destination,kind,carrier,per_kg,currency\nDE,groupage,Road,0.5,EUR\nKW,air,Wings,9,EUR\n",
    )
    shell.run("freight", "add", "rates.csv", "--now", "2026-11-30")
    return shell


@pytest.mark.requirement("F48", "F64")
def test_products_are_screened_for_the_markets_that_are_named(desk: Shell) -> None:
    words = ("screen", "--firm", "shop", "--to", "DE", "--to", "Kuwait", "--now", "2026-11-30")
    found = desk.run(*words, "--json").json
    told = {(row["product"], row["market"]): row for row in found["screen"]}
    assert told["S-1", "KWT"]["verdict"] == "not fit" and told["S-1", "KWT"]["reasons"]
    assert told["S-1", "DEU"]["freight_share"] == pytest.approx(0.5 / 10.5, abs=1e-4)
    assert told["S-2", "DEU"]["verdict"] == "not known"  # nothing is stated of it
    assert all(check["rule"] and check["changes"] for row in found["screen"] for check in row["checks"])
    assert "Which products can stand export" in desk.run(*words).out


def test_without_a_named_market_the_target_markets_are_taken(desk: Shell) -> None:
    markets = {row["market"] for row in desk.run("screen", "--firm", "shop", "--json").json["screen"]}
    assert markets == {"DEU", "FRA"}


def test_a_market_that_is_none_is_said(desk: Shell) -> None:
    assert "fondaco:" in desk.run("screen", "--firm", "shop", "--to", "Nowhere", code=2).err
