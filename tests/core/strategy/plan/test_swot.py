"""The four quadrants: a cell for each figure that says so, none without one, and the unknown apart."""

from __future__ import annotations

import json
import re
from decimal import Decimal as D

import pytest

from fondaco.numerics.estimates import Estimate
from fondaco.strategy.plan.swot import Cell, MarketFacts, Quadrant, swot
from fondaco.strategy.profile import People, Profile, Supporter

pytestmark = pytest.mark.requirement("X01")


def cells(facts: MarketFacts, profile: Profile | None = None) -> list[tuple[Quadrant, str]]:
    return [(c.quadrant, c.says) for c in swot([facts], profile or Profile()).cells]


def one(facts: MarketFacts, profile: Profile | None = None) -> Cell:
    found = swot([facts], profile or Profile()).cells
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("facts", "quadrant", "number"),
    [
        (MarketFacts("KOR", repeat_share=Estimate(0.3, 0.24, 0.36, 0.9)), "strength", "30%, 24% to 36%"),
        (MarketFacts("KOR", growth=Estimate(-0.4, -0.6, -0.1, 0.9)), "threat", "-40%"),
        (MarketFacts("KOR", growth=Estimate(0.4, 0.1, 0.6, 0.9)), "opportunity", "40%"),
        (MarketFacts("KOR", top_buyer=0.7, orders=9), "weakness", "70% of revenue"),
        (MarketFacts("KOR", reviews=3, orders=9), "weakness", "3 reviews, 9 orders"),
        (MarketFacts("KOR", rating=4.0, own_rating=4.5), "strength", "4.5 stars, rivals 4.0"),
        (MarketFacts("KOR", cheaper={"Bag": Estimate(0.95, 0.8, 1.0, 0.9)}), "weakness", "95%"),
        (MarketFacts("KOR", cheaper={"Bag": Estimate(0.05, 0.0, 0.2, 0.9)}), "strength", "5%"),
        (MarketFacts("KOR", prohibited=(("Wine", "No alcohol.", "Law 1"),)), "threat", "No alcohol."),
        (MarketFacts("KOR", missing=(("certificate", "KATS"),)), "weakness", "1 rule (certificate)"),
        (MarketFacts("KOR", proven=(("Organic mark", "KATS"),)), "strength", "1 proof that holds"),
        (MarketFacts("KOR", demand_growth=Estimate(0.1, 0.02, 0.2, 0.9)), "opportunity", "10%"),
        (MarketFacts("KOR", actual=10.0, unrealised=500.0), "opportunity", "500 a year missing, 10 sold"),
        (MarketFacts("KOR", exchange=0.08), "opportunity", "+8% in a year"),
        (MarketFacts("KOR", tariff=0.0), "opportunity", "0%"),
        (MarketFacts("KOR", new_sellers=("Cheap & Co",)), "threat", "1: Cheap & Co"),
        (MarketFacts("KOR", cost_shares={"W-1": 0.61}), "weakness", "61% of the landed cost"),
        (MarketFacts("KOR", platforms=(2, 9)), "opportunity", "2 of 9"),
        (MarketFacts("KOR", coming=(("Labels change.", "from 2027-01-01"),)), "threat", "from 2027-01-01"),
    ],
)
def test_a_figure_fills_the_quadrant_that_it_belongs_to(
    facts: MarketFacts, quadrant: Quadrant, number: str
) -> None:
    cell = one(facts)
    assert cell.quadrant == quadrant and number in cell.number and cell.market == "KOR" and cell.source


@pytest.mark.parametrize(
    "facts",
    [
        MarketFacts("KOR", repeat_share=Estimate(0.3, 0.1, 0.6, 0.9)),
        MarketFacts("KOR", growth=Estimate(0.4, -0.1, 0.9, 0.9)),
        MarketFacts("KOR", cheaper={"Bag": Estimate(0.9, 0.5, 1.0, 0.9)}),
        MarketFacts("KOR", exchange=0.03),
        MarketFacts("KOR", reviews=None, orders=40),
        MarketFacts("KOR", actual=10.0, unrealised=5.0),
        MarketFacts("KOR", platforms=(0, 9)),
        MarketFacts("KOR"),
    ],
)
def test_what_lies_on_both_sides_or_is_not_known_fills_nothing(facts: MarketFacts) -> None:
    assert cells(facts) == []


def test_every_cell_has_number_source_and_page() -> None:
    profile = Profile(
        people=People(ecommerce_skill="high", marketing_skill="none", languages=("it",), export_hours_per_week=D(2)),
        supporter=Supporter(name="C", does=("training",)), registrations={"CHE": ("business",)},
    )  # fmt: skip
    found = swot([MarketFacts("CHE", exchange=-0.1), MarketFacts("KOR")], profile)
    assert {c.quadrant for c in found.cells} == {"strength", "weakness", "threat"}
    for cell in found.cells:
        assert cell.source and cell.page
        assert re.search(r"\d|as stated", cell.number), cell
    assert ("strength", "The firm speaks a language of Switzerland.") in [
        (c.quadrant, c.says) for c in found.cells
    ]
    assert ("weakness", "The firm speaks no language of South Korea.") in [
        (c.quadrant, c.says) for c in found.cells
    ]
    json.dumps(found.to_json())
    assert all("(" in said for held in found.sentences().values() for said in held)


def test_what_is_not_known_is_listed_with_why_and_not_among_the_cells() -> None:
    found = swot([MarketFacts("KOR", exchange_why="The won is not quoted.")], Profile())
    assert found.cells == () and "South Korea, exchange rate: The won is not quoted." in found.unknown
    told = " ".join(found.unknown)
    assert "no reviews" in told and "no landed cost" in told and "skills are not stated" in told


def test_a_threshold_of_the_firms_own_counts() -> None:
    strict = Profile(thresholds={"plan/swot.exchange": D("0.2")})
    assert cells(MarketFacts("KOR", exchange=-0.12)) and not cells(MarketFacts("KOR", exchange=-0.12), strict)


def test_the_cells_of_the_printed_table_that_can_be_counted_fall_where_the_study_reads_them() -> None:
    """Kim and Lim, table 3, as far as facts can fill it: proof of quality, brand, rivals from elsewhere."""
    seen = cells(
        MarketFacts(
            "KOR", missing=(("certificate", "KATS"),), reviews=0, orders=0, new_sellers=("Seller from elsewhere",),
            demand_growth=Estimate(0.08, 0.01, 0.15, 0.9), tariff=0.0,
        )
    )  # fmt: skip
    assert [q for q, _ in seen] == ["weakness", "weakness", "opportunity", "opportunity", "threat"]
