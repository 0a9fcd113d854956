"""The page Promotion: what it shows with advertising and without, and that imported text is inert."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco import workflows
from fondaco.ledger import Workspace
from fondaco.strategy.profile import parse_profile
from fondaco.workflows.profile import change_profile

ADDRESS = reverse("promotion", kwargs={"slug": "anchor-teas"})
ADS = (
    "Start Date,End Date,Campaign,Keyword,Search term,Country,Impressions,Clicks,Currency,Spend,Sales,Orders\n"
    "2025-07-01,2025-07-31,C,tea,tea,Germany,9000,400,GBP,100.00,1600.00,40\n"
    "2025-07-01,2025-07-31,C,pot,<script>pot</script>,Germany,9000,400,GBP,100.00,0.00,0\n"
    "2025-07-01,2025-07-31,C,tea,tea,France,90,4,GBP,1.00,0.00,0\n"
)
PROFILE = """
[means]
monthly_budget = "200"
[price]
margin = "0.4"
[people]
marketing_skill = "none"
ecommerce_skill = "some"
[supporter]
name = "Seven Quays"
does = ["training"]
"""


@pytest.mark.requirement("F31", "X01", "X02")
def test_keywords_budget_skills_and_calendar_stand_on_one_page(
    town: Town, home: Path, tmp_path: Path
) -> None:
    workspace, file = Workspace(home), tmp_path / "ads.csv"
    file.write_text(ADS, "utf-8")
    workflows.take_in(workspace, "anchor-teas", [file], now=NOW, by="alice@example.org")
    change_profile(workspace.ledger("anchor-teas"), lambda _: parse_profile(PROFILE, "test"))
    client = town.as_(town.alice)
    page = client.get(ADDRESS).content.decode()
    for words in (
        "Keep",
        "Stop",
        "Try",
        "Budget of the month",
        "Calendar",
        "Who says so",
        "What would change it",
        "Seven Quays",
    ):
        assert words in page
    assert "set, in no study" in page and "The firm decides" in page
    assert "<script>pot" not in page and "&lt;script&gt;pot" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert page.count("<h1>") == 1
    one = client.get(ADDRESS, {"market": "FRA"}).content.decode()
    assert 'id="test"' in one and 'id="keep"' not in one
    assert client.get(ADDRESS, {"market": "nonsense"}).status_code == 200


def test_a_firm_without_advertising_is_told_what_is_missing(town: Town) -> None:
    page = town.as_(town.charlie).get(reverse("promotion", kwargs={"slug": "borealis"})).content.decode()
    assert "No search terms or keywords are in the ledger yet" in page
    assert "monthly budget is not stated" in page and "What is not known" in page


@pytest.mark.requirement("X01")
def test_the_fragment_of_the_quadrants_links_each_line_to_its_evidence(town: Town) -> None:
    from django.template.loader import render_to_string

    from fondaco.strategy.plan.swot import MarketFacts, swot
    from fondaco.strategy.profile import Profile

    facts = MarketFacts(
        "KOR", exchange=-0.1, prohibited=(("<b>Wine</b>", "No alcohol.", "Law 1"),), platforms=(1, 3)
    )
    html = render_to_string("strategy/swot.html", {"firm": town.anchor, "swot": swot([facts], Profile())})
    assert reverse("market", kwargs={"slug": "anchor-teas", "code": "KOR"}) in html
    assert reverse("market_rules", kwargs={"slug": "anchor-teas", "code": "KOR"}) in html
    assert "&lt;b&gt;Wine" in html and "<b>Wine" not in html and "No figure says so" in html
