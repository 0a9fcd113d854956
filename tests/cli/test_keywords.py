"""`fondaco keywords`, as a person runs it."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

ADS = (
    "Start Date,End Date,Campaign,Keyword,Search term,Country,Impressions,Clicks,Currency,Spend,Sales,Orders\n"
    "2026-05-01,2026-05-31,C,jar,jar,Germany,9000,400,EUR,100.00,1600.00,40\n"
    "2026-05-01,2026-05-31,C,lid,lid,Germany,9000,400,EUR,100.00,0.00,0\n"
    "2026-05-01,2026-05-31,C,jar,jar,France,90,4,EUR,1.00,0.00,0\n"
)


@pytest.mark.requirement("F31")
def test_keywords_are_kept_stopped_and_tried(shell: Shell) -> None:
    shell.take()
    shell.take("ads.csv", ADS)
    found = shell.run("keywords", "--firm", "shop", "--margin", "0.4", "--json").json
    assert {(k["market"], k["term"]): k["verdict"] for k in found["keywords"]} == {
        ("DEU", "jar"): "keep", ("DEU", "lid"): "stop", ("FRA", "jar"): "test",
    }  # fmt: skip
    one = shell.run("keywords", "--firm", "shop", "--market", "FR", "--json").json
    assert [k["market"] for k in one["keywords"]] == ["FRA"] and one["margin"] is None
    assert one["keywords"][0]["contribution_per_click"]["estimate"] is None and one["basis"]["notes"]
    shown = shell.run("keywords", "--firm", "shop", "--margin", "0.4").out
    assert "keep: 1" in shown and "stop: 1" in shown


def test_mistakes_are_told(shell: Shell) -> None:
    shell.take()
    empty = shell.run("keywords", "--firm", "shop", "--json").json
    assert empty["keywords"] == [] and "No search terms" in empty["why"]
    assert "no share" in shell.run("keywords", "--firm", "shop", "--margin", "35", code=2).err
    assert "Ruritania" in shell.run("keywords", "--firm", "shop", "--market", "Ruritania", code=2).err
