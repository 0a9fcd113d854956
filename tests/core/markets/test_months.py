"""Sales and traffic by market and month."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.markets import by_month


def seen(day: str, country: str, **more: Any) -> dict[str, Any]:
    """Return a traffic row of one day unless said otherwise."""
    return {"platform": "alibaba", "day": day, "until": day, "country": country, **more}


Make = Callable[[str, list[dict[str, Any]]], ir.Table]


def line(day: str, country: str | None, order: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an order line: a sale of one unit unless said otherwise."""
    return {"day": day, "country": country, "order": order, "value": value, **more}


ORDERS = [
    line("2024-01-10", "DEU", "1", "100.00", buyer="anna"),
    line("2024-01-12", "DEU", "2", "40.00", buyer="anna"),
    line("2024-02-01", "DEU", "C2", "-40.00", kind="cancellation", quantity=-1, cancels="2"),
    line("2024-01-10", "FRA", "3", "7.00"),
]


@pytest.mark.requirement("F97")
def test_sales_by_country_and_month(table: Make) -> None:
    said = by_month(table("orders", ORDERS)).to_json()["months"]
    kept = [{k: row[k] for k in ("market", "month", "net_revenue", "orders", "buyers")} for row in said]
    assert kept == [
        {"market": "DEU", "month": "2024-01", "net_revenue": "140.00", "orders": 2, "buyers": 1},
        {"market": "DEU", "month": "2024-02", "net_revenue": "-40.00", "orders": 0, "buyers": 0},
        {"market": "FRA", "month": "2024-01", "net_revenue": "7.00", "orders": 1, "buyers": 0},
    ]
    assert said[0]["views"] is None, "nobody said how often it was seen"


@pytest.mark.requirement("F29")
def test_views_by_country_and_month(table: Make) -> None:
    traffic = [
        seen("2024-01-01", "DEU", views=10, visitors=5, impressions=100, clicks=9, inquiries=1),
        seen("2024-01-31", "DEU", views=20, visitors=8, impressions=200, clicks=11, inquiries=0),
        seen("2024-02-01", "DEU", views=40),
        seen("2024-02-01", "JPN", views=3),
    ]
    result = by_month(table("orders", ORDERS), table("traffic", traffic))
    views = {(m.market, m.month): m.seen.views for m in result.months}
    assert views == {
        ("DEU", "2024-01"): 30,
        ("DEU", "2024-02"): 40,
        ("FRA", "2024-01"): None,
        ("JPN", "2024-02"): 3,
    }
    january = result.months[0].seen
    assert (january.visitors, january.impressions, january.clicks, january.inquiries) == (13, 300, 20, 1)
    assert result.to_frame().filter(market="JPN")["views"].to_list() == [3]


@pytest.mark.requirement("F29")
def test_a_total_and_its_products_do_not_count_twice(table: Make) -> None:
    traffic = [
        seen("2024-01-01", "DEU", views=10),
        seen("2024-01-01", "DEU", views=6, sku="A"),
        seen("2024-01-01", "DEU", views=3, sku="B"),
        seen("2024-01-02", "DEU", views=2, sku="A"),
        seen("2024-01-02", "DEU", views=2, sku="B"),
    ]
    result = by_month(table("orders", []), table("traffic", traffic))
    assert [(m.month, m.seen.views) for m in result.months] == [("2024-01", 14)]


@pytest.mark.requirement("F29")
def test_traffic_over_several_months_stands_apart(table: Make) -> None:
    traffic = [
        seen("2024-01-01", "DEU", until="2024-01-31", views=10),
        seen("2024-02-01", "DEU", until="2024-04-30", views=90),
        seen("2024-03-05", "DEU", until=None, views=1),
    ]
    result = by_month(table("orders", []), table("traffic", traffic))
    assert [(m.month, m.seen.views) for m in result.months] == [("2024-01", 10), ("2024-03", 1)]
    apart = result.to_json()["basis"]["covers_several_months"]
    assert [(p["market"], p["first"], p["last"], p["views"]) for p in apart] == [
        ("DEU", "2024-02-01", "2024-04-30", 90)
    ]


@pytest.mark.requirement("R23")
def test_five_years_on_three_platforms_in_two_trades_are_one_course(table: Make) -> None:
    held = [
        line(f"{year}-05-0{n + 1}", "KOR", f"{platform}-{year}", f"{10 * (year - 2019)}.00", platform=platform, category=trade)
        for year in range(2020, 2025)
        for n, (platform, trade) in enumerate([("etsy", "bags"), ("shopify", "wine"), ("table", "wine")])
    ]  # fmt: skip
    months = {
        (m["month"]): (m["net_revenue"], m["orders"])
        for m in by_month(table("orders", held)).to_json()["months"]
    }
    assert months == {f"{year}-05": (f"{30 * (year - 2019)}.00", 3) for year in range(2020, 2025)}
