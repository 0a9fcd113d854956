"""Who ordered when, from the ledger, on each engine that is there."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.markets.conftest import spark, table  # noqa: F401  (fixtures)

from fondaco.relationships.buying import buying_of


def test_the_ledger_counts_orders_as_the_scorecard_does(table: Any) -> None:  # noqa: F811
    def line(order: str, day: str, buyer: str | None, value: str, **more: Any) -> dict[str, Any]:
        return {"order": order, "day": day, "buyer": buyer, "value": value, "country": "DEU", **more}

    orders = table(
        "orders",
        [
            line("1", "2026-01-05", "K1", "10"),
            line("1", "2026-01-05", "K1", "5"),
            line("2", "2026-02-02", "K1", "20"),
            line("3", "2026-02-03", "K1", "30", kind="void", quantity=0),
            line("4", "2026-02-04", "K1", "40"),
            line("4", "2026-02-20", "K1", "-40", kind="return", quantity=-1, cancels="4"),
            line("5", "2026-03-01", None, "50"),
            line("6", "2026-03-01", "K2", "7", country="KOR", platform="etsy"),
            line("7", "2026-04-13", "K1", "9", country="KOR"),
            line("8", "2026-04-13", "K1", "4.5", kind="shipping"),
        ],
    )
    found = buying_of(orders)
    by_name = dict(zip(found.names, range(len(found)), strict=True))
    one = by_name["K1"]
    assert found.customers.x[one] == 2
    assert found.customers.t_x[one] == 14.0
    assert found.markets[one] == "KOR"
    assert found.customers.mean_value[one] == pytest.approx((20 + 9) / 2)
    assert found.customers.T[by_name["K2"]] == 0  # the files of its platform end with its order
    assert any("1 orders name no buyer" in note for note in found.notes)
    assert any("1 orders were taken back whole" in note for note in found.notes)
    assert any("files of etsy end on 2026-03-01" in note for note in found.notes)
