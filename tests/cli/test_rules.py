"""Rules and products on the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

NOW = ("--now", "2026-11-25")


@pytest.mark.requirement("F48", "F67", "S21")
def test_rules_of_a_market_for_a_tag(shell: Shell) -> None:
    told = shell.run("rules", "--market", "KW", "--tag", "wine", *NOW, "--json").json
    assert {
        "market", "today", "platform", "coverage", "flags", "products", "rules", "topics", "overdue", "coming",
        "blind_spots", "basis", "proofs", "replaced", "problems", "note",
    } <= set(told)  # fmt: skip
    assert (told["market"], told["today"]) == ("KWT", "2026-11-25")
    assert [(f["level"], f["rule"]) for f in told["flags"]] == [("stop", "kw-alcohol")]
    assert told["coverage"] == {"cells": 6, "stated": 1, "settled": 1, "share": 0.1667}
    assert set(told["topics"]) == {"lifestyle", "food-safety", "customs", "institutions", "economy"}
    assert [kind["state"] for kind in told["products"][0]["kinds"]] == ["stated"] + ["unknown"] * 5
    words = shell.run("rules", "--market", "KW", "--tag", "wine", *NOW).out
    assert "STOP wine" in words
    assert words.count("no legal advice") == 1


def test_a_code_that_a_spreadsheet_shortened_is_refused(shell: Shell) -> None:
    ran = shell.run("rules", "--market", "KW", "--hs", "409", code=2)
    assert "0409" in ran.err
    assert shell.run("rules", "--market", "KW", "--tag", "vine", code=2).err.count("wine")
    assert "say own_site" in shell.run("rules", "--market", "KR", "--platform", "shop", code=2).err


def test_all_rules_are_listed_and_written_for_spreadsheets(shell: Shell, tmp_path: Path) -> None:
    shell.run(
        "rules", "add", "--market", "NO", "--kind", "tax", "--says", "=HYPERLINK(1)", "--source", "@me", "--id", "no-tax", *NOW
    )  # fmt: skip
    target = tmp_path / "rules.csv"
    told = shell.run("rules", "--kind", "tax", "--csv", str(target), *NOW, "--json").json
    assert told["markets"]["NOR"] == 1
    assert {rule["kind"] for rule in told["rules"]} == {"tax"}
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(target.read_text("utf-8-sig")))}
    assert (rows["no-tax"]["says"], rows["no-tax"]["source"]) == ("'=HYPERLINK(1)", "'@me")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows.values() for cell in row.values())
    assert "exists already" in shell.run("rules", "--csv", str(target), code=2).err


@pytest.mark.requirement("F67", "X01")
def test_a_rule_is_added_overlays_a_shipped_one_and_is_told(shell: Shell) -> None:
    added = shell.run(
        "rules", "add", "--market", "KW", "--kind", "prohibited", "--says", "Still so.", "--source", "Customs", "--tag", "alcohol",
        "--id", "kw-alcohol", "--official", *NOW, "--json",
    ).json  # fmt: skip
    assert (added["rule"]["origin"], added["rule"]["review_by"]) == ("user", "2027-11-25")
    (replaced,) = added["replaced"]
    assert (replaced["id"], replaced["by"], replaced["in"]) == (
        "kw-alcohol",
        "regulations/own.toml",
        "alcohol.toml",
    )
    assert "own.toml stands in the place" in shell.run("rules", "--market", "KW", "--tag", "wine", *NOW).out
    assert "`kind`" in shell.run(
        "rules", "add", "--market", "KW", "--kind", "ban", "--says", "x", "--source", "y", code=2
    ).err  # fmt: skip


@pytest.mark.requirement("X01", "S23")
def test_check_names_mistakes_and_what_is_overdue(shell: Shell) -> None:
    assert shell.run("rules", "check", *NOW, "--json").json["overdue"] == []
    late = shell.run("rules", "check", "--now", "2028-06-01", "--json", code=1).json
    assert len(late["overdue"]) == late["rules"] > 100
    (shell.home / "regulations").mkdir(parents=True)
    (shell.home / "regulations" / "mine.toml").write_text('[[rule]]\nid = "x-1"\nkind = "ban"\n')
    ran = shell.run("rules", "check", *NOW, code=1)
    assert "regulations/mine.toml, rule 1 (x-1): `market`" in ran.err


@pytest.mark.requirement("S26")
def test_changes_are_told(shell: Shell) -> None:
    told = shell.run("rules", "changes", "--market", "DE", *NOW, "--json").json["changes"]
    assert {"eu-packaging-regulation": "since", "eu-forced-labour": "from"}.items() <= {
        rule["id"]: rule["change"] for rule in told
    }.items()
    assert [rule["day"] for rule in told] == sorted(rule["day"] for rule in told)
    assert "no proof that none does" in shell.run("rules", "changes", "--market", "NO", *NOW).out


@pytest.mark.requirement("F67", "F70")
def test_products_are_stated_and_rules_follow(shell: Shell) -> None:
    shell.take()
    before = shell.run("products", "--firm", "shop", "--json").json
    assert {product["sku"] for product in before["products"]} == {"S-1", "S-2"}
    assert before["stated"] == 0
    kept = shell.run(
        "products", "set", "--firm", "shop", "--sku", "S-*", "--tag", "wine", "--hs", "2204.21", "--json"
    ).json
    assert (kept["entry"]["hs"], kept["products"]) == ("220421", 2)
    shell.run("products", "proof", "--firm", "shop", "--proof", "pdo", "--tag", "wine", "--says", "No. 3")
    assert shell.run("products", "--firm", "shop", "--json").json["stated"] == 2
    told = shell.run("rules", "--market", "JP", "--firm", "shop", *NOW, "--json").json
    assert told["products"][0]["product"] == "wine · HS 220421 (2 products)"
    assert told["proofs"][0]["rules"] == ["jp-pdo"]
    assert "0409" in shell.run("products", "set", "--firm", "shop", "--sku", "S-1", "--hs", "409", code=2).err
    assert (
        "either an article number or a name"
        in shell.run("products", "set", "--firm", "shop", "--tag", "wine", code=2).err
    )
    assert "--firm NAME" in shell.run("products", code=2).err
