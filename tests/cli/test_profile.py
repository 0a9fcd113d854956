"""`fondaco profile`, as a person runs it."""

from __future__ import annotations

from tests.cli.conftest import Shell


def test_a_profile_is_shown_stated_and_replaced(shell: Shell) -> None:
    shell.take()
    empty = shell.run("profile", "--firm", "shop", "--json").json
    assert (
        empty["changed"] == []
        and {"field": "employees", "used_for": empty["unknown"][0]["used_for"]} == empty["unknown"][0]
    )
    stated = shell.run(
        "profile",
        "--firm",
        "shop",
        "--set",
        "people.ecommerce_skill=some",
        "--set",
        "means.monthly_budget=600",
        "--json",
    ).json
    assert stated["changed"] == ["people.ecommerce_skill", "means.monthly_budget"]
    assert stated["profile"]["means"]["monthly_budget"] == "600"
    assert stated["fingerprint"] != empty["fingerprint"]
    file = shell.file("new.toml", "employees = 3\n")
    replaced = shell.run("profile", "--firm", "shop", "--file", file, "--json").json
    assert replaced["profile"]["employees"] == 3 and "monthly_budget" not in replaced["profile"]["means"]
    shown = shell.run("profile", "--firm", "shop").out
    assert "employees" in shown and "would be used for" in shown


def test_mistakes_are_told_and_nothing_is_half_written(shell: Shell) -> None:
    shell.take()
    wrong = shell.run(
        "profile", "--firm", "shop", "--set", "employees=3", "--set", "employes=4", "--json", code=2
    ).json
    assert "employes" in wrong["error"]
    assert "employees" not in shell.run("profile", "--firm", "shop", "--json").json["profile"]
    assert (
        "no TOML" in shell.run("profile", "--firm", "shop", "--file", shell.file("a.toml", "x ="), code=2).err
    )
    assert (
        "UTF-8" in shell.run("profile", "--firm", "shop", "--file", shell.file("b.toml", b"\xff"), code=2).err
    )
    assert "cannot be read" in shell.run("profile", "--firm", "shop", "--file", "none.toml", code=2).err
    assert "nobody" in shell.run("profile", "--firm", "nobody", code=2).err


def test_a_new_row_says_what_it_cannot_be_without(shell: Shell) -> None:
    shell.take()
    told = shell.run("profile", "--firm", "shop", "--set", "channel.1.ends=2027-02-28", "--json", code=2).json
    assert told["error"] == "--set channel.1.ends: channel 1 platform must be stated with it."
    whole = 'channel.1={platform = "alibaba", ends = 2027-02-28}'
    assert shell.run("profile", "--firm", "shop", "--set", whole, "--json").json["changed"]
