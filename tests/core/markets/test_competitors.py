"""Where own prices stand among comparable offers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.markets import Competitors, competitors_of
from fondaco.reference.rates import Rates

Make = Callable[[str, list[dict[str, Any]]], ir.Table]
pytestmark = pytest.mark.requirement("F66")


def offer(listing: str, seller: str, title: str, price: str, **more: Any) -> dict[str, Any]:
    """Return an offer to the United Kingdom, seen on 1 June 2026 unless said otherwise."""
    return {
        "platform": "table", "marketplace": "Shop.example", "day": "2026-06-01", "country": "GBR",
        "currency": "EUR", "listing": listing, "seller": seller, "product": title, "price": price, "own": False,
        **more,
    }  # fmt: skip


#: The worked table of docs/rules/dossier.md.
WORKED = [
    offer("own", "Us", "Extra virgin oil 500 ml", "14.00", own=True, category="Olive oil"),
    offer("1", "Ada", "Aceite virgen extra 500 ml", "8.00", category="Olive oil"),
    offer("2", "Ben", "Azeite virgem extra 750 ml", "15.00", category="Olive oil"),
    offer("3", "Cal", "Olio extra vergine 2 x 50 cl", "22.00", category="Olive oil"),
    offer("4", "Dot", "Huile d'olive 0,5 l", "12.00", category="Olive oil"),
    offer("5", "Eva", "Extra virgin oil, 16.9 fl oz", "16.00", category="Olive oil"),
    offer("6", "Fay", "Extra virgin oil, tin 5 l", "60.00", category="Olive oil"),
    offer("7", "Gus", "Pesto 190 g", "4.00", category="Pesto"),
]


def of(table: Make, rows: list[dict[str, Any]], **more: Any) -> Competitors:
    found = competitors_of(table("listings", rows), "GBR", currency="EUR", **more)
    assert found is not None
    return found


def test_the_worked_table(table: Make) -> None:
    """28.00 a litre among 16, 20, 22, 24 and 32.01: the 5 l tin is too large, the pesto is no oil."""
    found = of(table, WORKED)
    (position,) = found.positions
    assert position.own.per_base == Decimal("28.0000")
    assert [(each.seller, str(each.per_base)) for each in position.others] == [
        ("Ada", "16.0000"), ("Ben", "20.0000"), ("Cal", "22.0000"), ("Dot", "24.0000"), ("Eva", "32.0133"),
    ]  # fmt: skip
    middle = position.quartiles[0.5]
    assert (middle.estimate, middle.low, middle.high, middle.level) == (22.0, 16.0, 32.0133, 0.9)
    assert position.quartiles[0.25].why == "5 values, where at least 11 are needed."
    assert position.cheaper.estimate == 4 / 5
    assert position.against_median == pytest.approx(28 / 22 - 1)


@pytest.mark.requirement("X05")
def test_prices_are_converted_at_the_rate_of_the_day_they_were_seen(table: Make) -> None:
    rates = Rates.load(None)
    rows = [
        offer("own", "Us", "Oil 500 ml", "10.00", own=True),
        offer("1", "Ada", "Oil 500 ml", "10.00", currency="GBP", day="2024-01-02"),
        offer("2", "Ben", "Oil 500 ml", "10.00", currency="GBP", day="2024-06-03"),
        offer("3", "Cal", "Oil 500 ml", "9000", currency="MNT", day="2024-06-03"),
    ]
    rows[0]["day"] = "2024-06-03"
    found = of(table, rows, rates=rates)
    at = {each.seller: each.home_price for each in found.offers}
    for seller, day in (("Ada", date(2024, 1, 2)), ("Ben", date(2024, 6, 3))):
        expected = 10 * rates.rate("GBP", "EUR", day).rate  # type: ignore[union-attr]
        assert float(at[seller] or 0) == pytest.approx(expected)
    assert at["Cal"] is None
    assert found.without_rate == 1
    assert [each.seller for each in found.positions[0].others] == ["Ada", "Ben"], "the pound rose meanwhile"


def test_each_price_tells_when_and_where_it_was_seen(table: Make) -> None:
    said = of(table, WORKED).to_json()["positions"][0]["others"][0]
    assert {name: said[name] for name in ("day", "platform", "marketplace", "listing", "price", "currency")} == {
        "day": "2026-06-01", "platform": "table", "marketplace": "Shop.example", "listing": "1", "price": "8.00",
        "currency": "EUR",
    }  # fmt: skip


def test_only_the_latest_sighting_of_an_offer_counts_and_not_for_ever(table: Make) -> None:
    rows = [
        offer("own", "Us", "Oil 500 ml", "10.00", own=True),
        offer("1", "Ada", "Oil 500 ml", "9.00", day="2026-01-10"),
        offer("1", "Ada", "Oil 500 ml", "7.00"),
        offer("2", "Ben", "Oil 500 ml", "8.00", day="2025-11-01"),
    ]
    found = of(table, rows)
    assert [(each.seller, each.price) for each in found.offers] == [("Ada", Decimal("7.0000"))]


def test_new_entrants_are_sellers_first_seen_of_late(table: Make) -> None:
    rows = [
        offer("1", "Ada", "Oil 500 ml", "9.00", day="2026-01-10"),
        offer("1", "Ada", "Oil 500 ml", "9.00"),
        offer("2", "Ben", "Oil 500 ml", "8.00"),
    ]
    assert of(table, rows).new_sellers == ("Ben",)
    assert {each.seller for each in of(table, rows).sellers if each.new} == {"Ben"}
    assert of(table, [row for row in rows if row["day"] == "2026-06-01"]).new_sellers is None, (
        "nothing to compare with"
    )


def test_products_that_are_not_listed_are_compared_by_what_their_orders_brought(table: Make) -> None:
    orders = [
        {"day": f"2026-05-0{n}", "country": "GBR", "order": str(n), "product": "Extra virgin oil 500 ml",
         "quantity": 2, "value": value}
        for n, value in ((1, "20.00"), (2, "24.00"), (3, "40.00"))
    ]  # fmt: skip
    found = of(table, WORKED[1:], orders=table("orders", orders))
    (position,) = found.positions
    assert (position.own.source, position.own.price) == ("orders", Decimal("12.0"))
    assert [each.seller for each in position.others] == ["Eva"], "no category: by their words"


def test_between_sites_a_tag_decides(table: Make) -> None:
    tags = {
        "Olio 500 ml": {"olive-oil", "food"},
        "Huile 500 ml": {"olive-oil"},
        "Vinegar 500 ml": {"vinegar"},
    }
    rows = [
        offer("own", "Us", "Olio 500 ml", "10.00", own=True, category="Food", marketplace="Other.example"),
        offer("1", "Ada", "Huile 500 ml", "9.00", category="Groceries"),
        offer("2", "Ben", "Vinegar 500 ml", "3.00", category="Food"),
    ]
    found = of(table, rows, tags_of=lambda title: frozenset(tags[title]))
    assert [each.seller for each in found.positions[0].others] == ["Ada"]


def test_own_products_without_a_comparable_offer_are_named(table: Make) -> None:
    rows = [offer("own", "Us", "Cork wallet", "24.00", own=True), *WORKED[1:]]
    assert of(table, rows).alone == ("Cork wallet",)


def test_minimum_orders_and_stars(table: Make) -> None:
    rows = [
        offer(
            str(n),
            f"S{n}",
            "Oil 500 ml",
            "9.00",
            minimum=Decimal(minimum),
            rating=Decimal(stars),
            reviews=reviews,
        )
        for n, (minimum, stars, reviews) in enumerate(
            [(1, 5, 1), (6, 4, 9), (6, 4, 10), (12, 3, 0), (24, 4, None)]
        )
    ]
    found = of(table, rows)
    assert (found.minimum.estimate, found.minimum.low, found.minimum.high) == (6.0, 1.0, 24.0)
    # Weighed by reviews: (5 + 36 + 40 + 3 + 4) / (1 + 9 + 10 + 1 + 1)
    assert found.rating == pytest.approx(88 / 22)


def test_without_offers_of_others_nothing_is_known(table: Make) -> None:
    assert competitors_of(table("listings", WORKED[:1]), "GBR", currency="EUR") is None
    assert competitors_of(None, "GBR", currency="EUR") is None


@pytest.mark.requirement("X07")
def test_one_price_is_told_as_an_example(table: Make) -> None:
    said = {each.says for each in of(table, WORKED).statements()}
    assert said == {"fact", "inference", "example"}
