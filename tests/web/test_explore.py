"""The pages Markets by what to expect, and Explore."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco.ledger import Workspace
from fondaco.web.markets.ranking import SORTS
from fondaco.workflows.trade import add_trade

SLUG = {"slug": "anchor-teas"}
ASKED = {"budget": "500", "unit": "money", "most": "5", "explore": "20", "floor": "", "cap": ""}


def test_markets_are_listed_by_what_to_expect_with_range_and_source(town: Town) -> None:
    page = town.as_(town.alice).get(reverse("expected", kwargs=SLUG)).content.decode()
    assert "Germany" in page
    assert page.index("Germany") < page.index("Show ")
    assert "orders, which carry" in page
    assert 'class="range"' in page
    assert "posterior/1" in page
    assert "by what to expect" in page


def test_the_ranking_can_be_switched_and_sales_so_far_stay_the_default(town: Town) -> None:
    client = town.as_(town.alice)
    page = client.get(reverse("markets", kwargs=SLUG)).content.decode()
    assert reverse("expected", kwargs=SLUG) in page
    assert "market-scorecard/1" in page
    back = client.get(reverse("expected", kwargs=SLUG)).content.decode()
    assert f'href="{reverse("markets", kwargs=SLUG)}"' in back


@pytest.mark.parametrize("by", [*SORTS, *(f"-{name}" for name in SORTS), "nonsense"])
def test_the_table_can_be_sorted(town: Town, by: str) -> None:
    assert town.as_(town.alice).get(reverse("expected", kwargs=SLUG), {"sort": by}).status_code == 200


def test_all_markets_are_listed_when_asked_for(town: Town) -> None:
    client = town.as_(town.alice)
    short = client.get(reverse("expected", kwargs=SLUG)).content.decode()
    whole = client.get(reverse("expected", kwargs=SLUG), {"all": "1"}).content.decode()
    assert whole.count("<tr>") > short.count("<tr>") + 100


def test_the_chart_has_the_numbers_of_the_table(town: Town) -> None:
    client = town.as_(town.alice)
    spec = client.get(reverse("expected_json", kwargs=SLUG)).json()
    names = [row["name"] for row in spec["layer"][0].get("data", spec.get("data"))["values"]]
    page = client.get(reverse("expected", kwargs=SLUG)).content.decode()
    assert names[0] == re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]+)', page)[0]
    assert "with 80 % ranges" in spec["description"]


def test_a_budget_is_asked_for_and_divided(town: Town) -> None:
    client = town.as_(town.alice)
    empty = client.get(reverse("explore", kwargs=SLUG)).content.decode()
    assert "Budget for next month" in empty
    assert "<tbody>" not in empty
    page = client.get(reverse("explore", kwargs=SLUG), ASKED).content.decode()
    assert "to explore" in page
    assert "Who says so" in page
    assert "no general rate" in page
    assert "What was learnt" in page
    assert re.search(r'data-chart="[^"]*explore\.json\?budget=500', page)


def test_a_budget_alone_in_the_address_is_enough(town: Town) -> None:
    page = town.as_(town.alice).get(reverse("explore", kwargs=SLUG), {"budget": "500"}).content.decode()
    assert "This field is required" not in page
    assert re.search(r'data-chart="[^"]*explore\.json\?budget=500', page)


def test_the_budgets_chart_adds_up(town: Town) -> None:
    spec = town.as_(town.alice).get(reverse("explore_json", kwargs=SLUG), ASKED).json()
    values = spec["layer"][0].get("data", spec.get("data"))["values"]
    assert sum(row["amount"] for row in values) == pytest.approx(500)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"budget": "0"}, "greater than or equal"),
        ({"budget": "much"}, "Enter a number"),
        ({"cap": "10"}, "raise the cap"),
        ({"floor": "600"}, "above the whole budget"),
        ({"unit": "days"}, "valid choice"),
        ({"most": "900"}, "less than or equal"),
    ],
)
def test_mistakes_are_told_at_the_form(town: Town, changed: dict[str, str], says: str) -> None:
    answer = town.as_(town.alice).get(reverse("explore", kwargs=SLUG), ASKED | changed)
    assert answer.status_code == 200
    assert says in answer.content.decode()


def test_a_firm_without_orders_is_led_by_the_prior(town: Town) -> None:
    client = town.as_(town.charlie)
    page = client.get(reverse("expected", kwargs={"slug": "borealis"})).content.decode()
    assert "the ranking is the prior" in page
    assert client.get(reverse("explore", kwargs={"slug": "borealis"}), ASKED).status_code == 200
    assert client.get(reverse("expected_json", kwargs={"slug": "borealis"})).status_code == 200


def test_pages_have_no_inline_script_or_style(town: Town) -> None:
    client = town.as_(town.alice)
    for page in (
        client.get(reverse("expected", kwargs=SLUG)),
        client.get(reverse("explore", kwargs=SLUG), ASKED),
    ):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.content.decode())


def test_markets_are_listed_by_trade_potential_once_trade_data_are_there(
    town: Town, home: Path, tmp_path: Path
) -> None:
    client = town.as_(town.alice)
    address = reverse("by_potential", kwargs=SLUG)
    assert "fondaco trade add" in client.get(address).content.decode()
    flows = tmp_path / "flows.csv"
    flows.write_text(
        "exporter,importer,hs,year,value_usd\nGBR,USA,0902,2023,60\nGBR,USA,6911,2023,20\nGBR,FRA,0902,2023,20\n"
        "FRA,USA,0902,2023,60\nFRA,USA,6911,2023,40\nFRA,GBR,0902,2023,10\nUSA,FRA,6911,2023,20\n",
        "utf-8",
    )
    add_trade(Workspace(home), [flows], now=NOW, source="made up")
    page = client.get(address).content.decode()
    assert "United States" in page
    assert "not in the trade data" in page  # Japan and Germany, which the ledger knows
    assert "export-potential/1" in page
