"""`fondaco floor` and `fondaco offer`: what others script against, and what is said of what is not right."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from tests.cli.conftest import Shell

STATED = ("floor", "--cost", "10", "--in", "EUR", "--quote", "USD", "--margin", "0.25", "--now", "2024-06-03T09:00+00:00")  # fmt: skip


@pytest.mark.requirement("F59")
def test_a_floor_needs_no_firm_and_leaves_no_workspace(shell: Shell) -> None:
    told = shell.run(*STATED, "--json").json["floor"]
    assert told.keys() >= {
        "amount", "lowest", "deterministic", "currency", "markup", "margin", "confidence", "days", "cost", "notes", "why",
    }  # fmt: skip
    assert told["deterministic"] == "14.46" and D(told["amount"]) > D("14.46")
    assert told["markup"]["level"] == 0.9 and told["days"] == 30
    shown = shell.run(*STATED).out
    assert f"Floor: {told['amount']} USD" in shown and "If no rate moved: 14.46" in shown


@pytest.mark.requirement("F59", "X05")
def test_cost_in_several_currencies_and_a_stated_rate(shell: Shell) -> None:
    more = shell.run(*STATED, "--cost", "2", "--in", "USD", "--json").json["floor"]
    assert [part["currency"] for part in more["cost"]] == ["EUR", "USD"]
    said = (
        "floor",
        "--cost",
        "60000",
        "--in",
        "MNT",
        "--quote",
        "KRW",
        "--margin",
        "0.25",
        "--now",
        "2024-06-03",
    )
    refused = shell.run(*said, "--json").json["floor"]
    assert refused["amount"] is None and "MNT" in refused["why"]
    assert "No floor can be told" in shell.run(*said).out
    held = shell.run(*said, "--rate", "EUR=3600..3700 MNT", "--json").json["floor"]
    turned = shell.run(*said, "--rate", "MNT=0.00027..0.00028 EUR", "--json").json["floor"]
    for each in (held, turned):
        assert int(each["lowest"]) < int(each["amount"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--cost", "x", "--in", "USD"), "--cost"),
        (("--cost", "5"), "--in"),
        (("--margin", "25"), "0.25"),
        (("--confidence", "95"), "0.95"),
        (("--quote", "EURO"), "ISO 4217"),
        (("--days", "-1"), "days"),
        (("--rate", "MNT"), "3600"),
        (("--rate", "EUR=0 MNT"), "above zero"),
    ],
)
def test_what_is_wrong_is_named(shell: Shell, more: tuple[str, ...], said: str) -> None:
    ran = shell.run(*STATED, *more, code=2)
    assert said in ran.err and "Traceback" not in ran.err


@pytest.mark.requirement("F57", "F62", "F65")
def test_an_offer_tells_floor_range_ladder_and_warnings(shell: Shell) -> None:
    shell.take()
    said = ("offer", "S-1", "--to", "Germany", "--firm", "shop", "--cost", "5", "--in", "EUR", "--margin", "0.5",
            "--quote", "EUR", "--target", "15", "--entry", "12", "--now", "2026-06-03")  # fmt: skip
    told = shell.run(*said, "--json").json
    assert told.keys() >= {
        "floor", "range", "ladder", "breaks", "room", "minimum_order", "listed", "warnings", "penetration", "channels",
        "actions",
    }  # fmt: skip
    assert (told["floor"]["amount"], told["range"]["high"], told["market"]) == ("10.00", "11.12", "DEU")
    assert [step["price"] for step in told["penetration"]["steps"]] == [
        "12.00",
        "12.60",
        "13.20",
        "13.80",
        "14.40",
        "15.00",
    ]
    assert {each["key"] for each in told["actions"]} >= {"price/set-range/DEU/S-1", "price/enter-low/DEU/S-1"}
    shown = shell.run(*said).out
    assert "opening price" in shown and "Entering low" in shown
