"""The charts of a dossier carry what the tables say, and draw."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fondaco.markets import Exchange, Position
from fondaco.markets.dossier.competitors import Offer
from fondaco.markets.dossier.units import measure
from fondaco.numerics import Estimate, share, unknown

pytest.importorskip("altair", reason="the extra `charts` is not installed")

from fondaco.charts import prices_of, rate_of


def drawn(spec: dict[str, Any]) -> str:
    """Draw a chart with Vega, as SVG."""
    vl_convert = pytest.importorskip("vl_convert")
    return str(vl_convert.vegalite_to_svg(spec | {"width": 600}))


def offer(seller: str, price: str, **more: Any) -> Offer:
    amount = Decimal(price)
    return Offer(
        seller, "Oil 500 ml", amount, "EUR", amount, measure("Oil 500 ml"), date(2026, 6, 1), "table", **more
    )


POSITION = Position(
    offer("Us", "10.00", own=True),
    (offer("Ada", "8.00"), offer("Ben", "15.00")),
    {0.25: unknown("few"), 0.5: Estimate(23.0, 16.0, 30.0, 0.9), 0.75: unknown("few")},
    share(1, 2),
)


def test_prices_are_drawn_against_the_firms_own() -> None:
    spec = prices_of([POSITION], currency="EUR")
    own, others, medians = spec["layer"]
    assert own["data"]["values"] == [{"percent": 100}]
    assert [(row["seller"], row["percent"]) for row in others["data"]["values"]] == [
        ("Ada", 80.0),
        ("Ben", 150.0),
    ]
    assert [row["percent"] for row in medians["data"]["values"]] == [115.0]
    assert "2 comparable offers from 16.00 to 30.00" in spec["description"]
    assert "aria-label" in drawn(spec)


def test_shapes_and_not_only_colours_tell_offers_median_and_own_price_apart() -> None:
    marks = [layer["mark"]["type"] for layer in prices_of([POSITION], currency="EUR")["layer"]]
    assert marks == ["rule", "point", "tick"]


def test_the_exchange_rate_month_by_month() -> None:
    exchange = Exchange("KRW", "EUR", months=(("2026-04", 0.000612345678), ("2026-05", 0.00062)))
    spec = rate_of(exchange, dark=True)
    assert [row["rate"] for row in spec["data"]["values"]] == [0.000612346, 0.00062]
    assert (
        spec["description"]
        == "EUR for one KRW, mean of each month from 2026-04 to 2026-05: from 0.000612346 to 0.00062."
    )
    assert drawn(spec)


def test_nothing_to_draw_is_said() -> None:
    assert prices_of([], currency="EUR")["description"] == "No comparable offers."
    assert rate_of(Exchange(None, "EUR"))["description"] == "No exchange rate to draw."
    assert '"url"' not in json.dumps(prices_of([POSITION], currency="EUR"))
