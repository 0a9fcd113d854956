"""`fondaco network knowledge` and `fondaco ship --network`: what others script against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Workspace
from fondaco.network.delivery import Shipment
from fondaco.network.knowledge import Item
from fondaco.workflows.knowledge import keep_board
from fondaco.workflows.shipping import keep_pool

RATES = '[[rate]]\ndestination = "KOR"\nkind = "lcl"\nper_wm = 90\nminimum = 90\nfixed = 35\n'


@pytest.fixture
def board(shell: Shell) -> Shell:
    items = [
        Item(1, "customer", "KOR", "They order in spring.", "A fair", True, True, date(2026, 3, 1), date(2026, 9, 1)),
        Item(2, "setting", "JPN", "Customs rest at New Year.", "Office", False, False, date(2026, 3, 1), date(2026, 4, 1)),
    ]  # fmt: skip
    keep_board(Workspace(shell.home), "seven-quays", items)
    return shell


@pytest.mark.requirement("S03", "S05")
def test_a_board_is_told_with_states_and_gaps(board: Shell) -> None:
    told = board.run("network", "knowledge", "--network", "seven-quays", "--now", "2026-05-01", "--json").json
    assert [(each["id"], each["state"]) for each in told["items"]] == [(1, "stated"), (2, "outdated")]
    assert {(c["market"], c["kind"]): c["state"] for c in told["gaps"]}["JPN", "setting"] == "outdated"
    assert told["basis"]["as_of"] == "2026-05-01"
    one = board.run("network", "knowledge", "--network", "seven-quays", "--market", "South Korea", "--kind", "customer", "--json").json  # fmt: skip
    assert [each["id"] for each in one["items"]] == [1]
    assert len(one["gaps"]) == 1
    assert "They order in spring" in board.run("network", "knowledge", "--network", "seven-quays").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--network", "nowhere"], "no board"),
        (["--network", "../etc"], "no short name"),
        (["--network", "seven-quays", "--market", "Ruritania"], "no country"),
        (["--network", "seven-quays", "--kind", "gossip"], "customer, market, setting"),
    ],
)
def test_what_is_not_there_is_said(board: Shell, words: list[str], said: str) -> None:
    assert said in board.run("network", "knowledge", *words, code=2).err


def test_a_damaged_line_is_told_and_the_others_are_shown(board: Shell) -> None:
    file = board.home / "networks" / "seven-quays" / "knowledge.jsonl"
    file.write_bytes(file.read_bytes() + b"\xff\xfe oops\n")
    ran = board.run("network", "knowledge", "--network", "seven-quays", "--json", code=1)
    assert len(ran.json["items"]) == 2
    assert "line 3" in ran.err


@pytest.mark.requirement("S11")
def test_a_networks_pool_is_shipped(shell: Shell) -> None:
    def one(member: str, kg: int) -> Shipment:
        return Shipment(
            member, f"{member}-1", "KOR", date(2026, 12, 1), date(2026, 12, 8), Decimal(kg), Decimal("0.5")
        )

    keep_pool(Workspace(shell.home), "seven-quays", [one("tea", 200), one("salt", 300)], RATES)
    told = shell.run("ship", "--network", "seven-quays", "--json").json
    # alone: 35 + 90 each; together one m3 is the minimum: 125
    assert (told["alone"], told["cost"], told["bound"]) == ("250.00", "125.00", "125.00")
    assert [share["pays"] for share in told["shares"]] == ["62.50", "62.50"]


def test_a_network_without_a_pool_and_no_file_at_all_are_said(shell: Shell, tmp_path: Path) -> None:
    assert "Shipping together" in shell.run("ship", "--network", "nowhere", code=2).err
    assert "--network" in shell.run("ship", code=2).err
