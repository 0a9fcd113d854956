"""One buyer in the terminal, and what is decided of buyers there."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

NOW = ("--now", "2026-06-01T09:00+00:00")
ORDERS = """\
Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Customer name,Country
B1,2026-05-01,S-1,Jar,2,10.00,EUR,K7,Zoë Quist,FR
B2,2026-05-09,S-1,Jar,2,10.00,EUR,M-3,Zoe Kvist,FR
"""


@pytest.fixture
def shop(shell: Shell) -> Shell:
    shell.take(content=ORDERS)
    return shell


@pytest.mark.requirement("F53")
def test_one_buyer_is_shown_with_its_timeline_and_advice(shop: Shell) -> None:
    told = shop.run("buyer", "zoë quist", "--firm", "shop", *NOW, "--json").json
    assert {
        "buyer", "mark", "names", "stage", "since", "standing", "records", "timeline", "advice", "own_moves", "outlook",
        "distributors", "notes",
    } <= set(told)  # fmt: skip
    assert [event["kind"] for event in told["timeline"]] == ["order"]
    assert {"verdict", "says", "early", "moves", "why", "changes", "family", "rules"} <= set(told["advice"])
    shown = shop.run("buyer", told["mark"], "--firm", "shop", *NOW).out
    assert "Zoë Quist" in shown
    assert "leaving/too-early" in shown


def test_who_is_meant_must_be_clear(shop: Shell) -> None:
    assert "no buyer 'Nobody'" in shop.run("buyer", "Nobody", "--firm", "shop", *NOW, code=2).err
    assert "may be 2 buyers" in shop.run("buyer", "zo", "--firm", "shop", *NOW, code=2).err
    assert "no buyer ''" in shop.run("buyer", "", "--firm", "shop", *NOW, code=2).err
    assert "Say which firm" in shop.run("buyers", code=2).err


@pytest.mark.requirement("X06")
def test_a_merge_holds_over_later_imports_and_is_taken_back(shop: Shell) -> None:
    made = shop.run("buyers", "merge", "Zoë Quist", "Zoe Kvist", "--firm", "shop", "--why", "one hand", "--by", "Ada", *NOW, "--json").json  # fmt: skip
    assert (made["decision"]["number"], made["decision"]["verdict"], made["decision"]["by"]) == (
        1,
        "one",
        "Ada",
    )
    again = shop.run("buyers", "merge", "Zoë Quist", "Zoe Kvist", "--firm", "shop", *NOW, code=2)
    assert "one buyer already" in again.err
    # The file comes again with her name spelled anew: the record is another, the decision stands.
    shop.take("b.csv", content=ORDERS.replace("Zoë Quist", "Zoë Quist-Bell"))
    found = shop.run("buyer", "Zoe Kvist", "--firm", "shop", *NOW, "--json").json
    assert {"Zoë Quist-Bell", "Zoe Kvist"} <= set(found["names"])
    split = shop.run(
        "buyers", "split", *("|".join(record) for record in found["records"][:2]), "--firm", "shop", *NOW
    )
    assert "two" in split.out
    assert (
        "Zoe Kvist" not in shop.run("buyer", "Zoë Quist-Bell", "--firm", "shop", *NOW, "--json").json["names"]
    )
    shop.run("buyers", "undo", "2", "--firm", "shop", *NOW)
    assert "Zoe Kvist" in shop.run("buyer", "Zoë Quist-Bell", "--firm", "shop", *NOW, "--json").json["names"]
    listed = shop.run("buyers", "decisions", "--firm", "shop", "--json").json["decisions"]
    assert [(row["verdict"], row["holds"]) for row in listed] == [
        ("one", True),
        ("two", False),
        ("undo", False),
    ]
    assert "taken back already" in shop.run("buyers", "undo", "2", "--firm", "shop", *NOW, code=2).err


def test_pairs_to_look_at_are_listed_with_why(shop: Shell) -> None:
    told = shop.run("buyers", "unsure", "--firm", "shop", "--json").json
    assert {"firm", "pairs", "total", "basis"} == set(told)
    for pair in told["pairs"]:
        assert {"left", "right", "probability", "factors"} == set(pair)
