"""One market in depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.kernel.errors import UnknownName
from fondaco.markets import market_page, scorecard

Make = Callable[[str, list[dict[str, Any]]], ir.Table]


def line(day: str, country: str | None, order: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an order line: a sale of one unit unless said otherwise."""
    return {"day": day, "country": country, "order": order, "value": value, **more}


ORDERS = [
    line("2024-01-10", "DEU", "1", "100.00", buyer="anna", sku="A", product="Bowl", quantity=4),
    line("2024-01-10", "DEU", "1", "30.00", buyer="anna", sku="B", product="Cup", quantity=3),
    line("2024-02-10", "DEU", "2", "50.00", buyer="bert", sku="A", product="Bowl", quantity=2),
    line("2024-02-12", "DEU", "C2", "-25.00", buyer="bert", sku="A", product="Bowl", quantity=-1,
         kind="cancellation", cancels="2"),
    line("2024-02-12", "DEU", "9", "20.00", product="Loose thing"),
    line("2024-02-12", "FRA", "5", "9.00", sku="A"),
]  # fmt: skip


def test_products_and_buyers_of_a_market(table: Make) -> None:
    orders = table("orders", ORDERS)
    page = market_page(orders, "DEU", scorecard=scorecard(orders, home="GBR", currency="EUR"))
    assert [(p.sku, p.product, float(p.net_revenue), float(p.units), p.orders) for p in page.products] == [
        ("A", "Bowl", 125.0, 5.0, 2),
        ("B", "Cup", 30.0, 3.0, 1),
        (None, "Loose thing", 20.0, 1.0, 1),
    ]
    assert page.products[0].share == pytest.approx(125 / 175)
    assert [(b.buyer, b.days) for b in page.buyers] == [("anna", 1), ("bert", 1)]
    assert page.buyers[0].share == pytest.approx(130 / 155)


def test_it_says_what_it_does_not_know(table: Make) -> None:
    orders = table("orders", ORDERS)
    said = market_page(orders, "DEU", scorecard=scorecard(orders, home="GBR", currency="EUR")).to_json()
    assert said["customers"]["known"]
    assert said["customers"]["buyers"] == 2
    for part in ("competitors", "conditions", "regulations"):
        assert said[part]["known"] is False
        assert said[part]["why"].endswith(".")
    assert any("1 of 3 orders do not name their buyer" in spot for spot in said["blind_spots"])
    assert any("how often the firm was seen" in spot for spot in said["blind_spots"])


def test_competitors_come_from_listings(table: Make) -> None:
    orders = table("orders", ORDERS)
    offer = {"platform": "amazon", "day": "2024-01-01", "country": "DEU", "currency": "EUR"}
    listings = table(
        "listings",
        [
            {**offer, "listing": "1", "seller": "Rossi", "price": "12", "rating": 4, "own": False},
            {**offer, "listing": "2", "seller": "Rossi", "price": "20", "rating": 5},
            {**offer, "listing": "3", "seller": "Us", "price": "15", "own": True},
            {**offer, "listing": "4", "seller": "Dupont", "price": "9", "country": "FRA"},
        ],
    )
    card = scorecard(orders, home="GBR", currency="EUR")
    said = market_page(orders, "DEU", scorecard=card, listings=listings).to_json()["competitors"]
    assert said["sellers"] == [
        {
            "seller": "Rossi",
            "offers": 2,
            "currency": "EUR",
            "lowest": "12.00",
            "highest": "20.00",
            "rating": 4.5,
        }
    ]


def test_an_unknown_market_is_refused_by_name(table: Make) -> None:
    orders = table("orders", ORDERS)
    with pytest.raises(UnknownName, match=r"no orders from JPN\. It knows these markets: DEU, FRA"):
        market_page(orders, "JPN", scorecard=scorecard(orders, home="GBR", currency="EUR"))
