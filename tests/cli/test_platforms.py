"""`fondaco platforms`: the fields that others script against, and wrong input."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell


@pytest.mark.requirement("F15")
def test_platforms_are_listed_with_verdict_and_failed_conditions(shell: Shell) -> None:
    shell.take()
    told = shell.run(
        "platforms", "--firm", "shop", "--to", "KR", "--now", "2026-11-30T10:00+00:00", "--json"
    ).json
    assert told["targets"] == [{"market": "KOR", "why": "asked about"}]
    assert len(told["platforms"]) >= 25
    for each in told["platforms"]:
        assert each["fits"] in (True, False, None)
        assert bool(each["failed_conditions"]) == (each["fits"] is not True)
        for failed in each["failed_conditions"]:
            assert failed["condition"] and failed["found"] and failed["needed"] and failed["source"]
    assert [way["platform"] for way in told["ways"]] == [
        "own_site", "shop_service", "select_mall", "open_market", "social_account",
    ]  # fmt: skip
    assert told["ways"][3]["fits"] is True


def test_the_table_says_what_stands_against(shell: Shell) -> None:
    shell.take()
    out = shell.run("platforms", "--firm", "shop", "--to", "Korea", "--to", "DE").out
    assert "open_market" in out and "Two channels" in out and "the firm decides" in out
    assert "more do not fit" in out
    assert len(shell.run("platforms", "--firm", "shop", "--to", "KR", "--all").out) > len(out) / 2


def test_a_country_that_is_none_is_said(shell: Shell) -> None:
    shell.take()
    assert "Ruritania" in shell.run("platforms", "--firm", "shop", "--to", "Ruritania", code=2).err


def test_a_firm_that_is_not_there_is_said(shell: Shell) -> None:
    assert shell.run("platforms", "--firm", "nobody", code=2).err
