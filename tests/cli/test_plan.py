"""`fondaco plan`, as a person runs it."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

from fondaco.ledger import Workspace
from fondaco.strategy.profile import profile_of
from fondaco.workflows.profile import change_profile

NOW = ("--now", "2026-11-30T09:00+00:00")


@pytest.fixture
def desk(shell: Shell) -> Shell:
    shell.take()
    said = {"aims": {"markets": ["SAU", "DEU"]}, "people": {"languages": ["it"]}}
    change_profile(Workspace(shell.home).ledger("shop"), lambda _: profile_of(said, "the profile"))
    return shell


@pytest.mark.requirement("X01")
def test_the_plan_has_parts_with_actions_and_conflicts(desk: Shell) -> None:
    found = desk.run("plan", "--firm", "shop", *NOW, "--json").json
    assert found["firm"] == "shop"
    assert list(found["parts"]) == ["platform", "product", "price", "place", "promotion"]
    for part in found["parts"].values():
        assert {"says", "actions", "unknown", "facts", "basis"} == part.keys()
        for action in part["actions"]:
            assert {"what", "who", "when", "why", "findings"} <= action.keys()
            assert all(each["evidence"] for each in action["findings"])
    assert [each["market"] for each in found["targets"]] == ["SAU", "DEU"]
    assert {"language"} <= {each["kind"] for each in found["conflicts"]}
    assert found["made"] == "2026-11-30"
    assert found["written"] == []


def test_the_plan_is_told_to_people(desk: Shell) -> None:
    told = desk.run("plan", "--firm", "shop", *NOW).out
    assert "Markets of the plan: Saudi Arabia" in told
    assert "Nobody in the firm speaks a language of Germany" in told
    assert "Promotion:" in told
    assert "Not known:" in told


def test_the_plan_is_written_as_pdf_and_as_a_workbook(desk: Shell) -> None:
    found = desk.run(
        "plan",
        "--firm",
        "shop",
        *NOW,
        "--pdf",
        "out/plan.pdf",
        "--one-page",
        "--xlsx",
        "out/plan.xlsx",
        "--json",
    ).json
    assert found["written"] == ["out/plan.pdf", "out/plan.xlsx"]
    assert (desk.folder / "out/plan.pdf").read_bytes().startswith(b"%PDF")
    assert (desk.folder / "out/plan.xlsx").read_bytes().startswith(b"PK")
    assert not list((desk.folder / "out").glob("*.part"))


def test_mistakes_are_told_in_words(desk: Shell) -> None:
    assert "--pdf" in desk.run("plan", "--firm", "shop", "--one-page", code=2).err
    assert "nobody" in desk.run("plan", "--firm", "nobody", code=2).err
    desk.file("home/firms/shop.profile.toml", "employees = 'six'\n")
    assert "shop.profile.toml" in desk.run("plan", "--firm", "shop", code=2).err
