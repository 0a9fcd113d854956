"""The charts of the markets' pages: what they carry, and that they draw."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

from fondaco.ledger.schema import ORDERS
from fondaco.markets import Scorecard, scorecard

alt = pytest.importorskip("altair", reason="the extra `charts` is not installed")

from fondaco.charts import bars_of, map_of, months_of  # noqa: E402

KINDS = {"money": pa.decimal128(18, 4), "number": pa.decimal128(18, 4), "day": pa.date32()}


def card(lines: list[tuple[str, str, str]]) -> Scorecard:
    """Return the scorecard of a British firm from lines of (day, market, value)."""
    schema = pa.schema([(c.name, KINDS.get(c.type, pa.string())) for c in ORDERS.columns])
    rows = [
        {
            "platform": "shop", "order": str(n), "kind": "sale", "quantity": Decimal(1),
            "value": Decimal(value), "day": date.fromisoformat(day), "country": market,
        }
        for n, (day, market, value) in enumerate(lines)
    ]  # fmt: skip
    return scorecard(ibis.memtable(pa.Table.from_pylist(rows, schema=schema)), home="GBR", currency="GBP")


@pytest.fixture(scope="module")
def sold() -> Scorecard:
    return card(
        [
            ("2024-01-10", "DEU", "600.00"),
            ("2024-02-10", "DEU", "-5.00"),
            ("2024-01-11", "SGP", "100.004"),
            ("2024-01-12", "MTQ", "4.50"),
            ("2024-01-12", "GBR", "900"),
        ]
    )


def drawn(spec: dict[str, Any]) -> str:
    """Draw a chart with Vega, as SVG."""
    vl_convert = pytest.importorskip("vl_convert")
    return str(vl_convert.vegalite_to_svg(spec | {"width": 600}))


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a chart carries, except the map's shapes."""
    found: list[dict[str, Any]] = []
    for layer in spec.get("layer", [spec]):
        found += layer.get("data", {}).get("values", [])
        for step in layer.get("transform", []):
            found += step.get("from", {}).get("data", {}).get("values", [])
    if spec.get("layer"):
        found += spec.get("data", {}).get("values", [])
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_every_chart_draws_and_describes_itself(sold: Scorecard, dark: bool) -> None:
    specs = [map_of(sold, dark=dark), bars_of(sold, dark=dark)]
    specs.append(months_of(sold.markets[0], currency="GBP", dark=dark))
    for spec in specs:
        assert "Germany" in spec["description"]
        assert spec["config"]["background"] == "transparent"
        assert len(drawn(spec)) > 1000
        json.dumps(spec)


def test_the_map_shades_by_share_and_dots_small_countries(sold: Scorecard) -> None:
    spec = map_of(sold)
    rows = {row["market"]: row for row in values(spec)}
    assert {market: row["class"] for market, row in rows.items()} == {
        "DEU": "20 % or more",  # 595 of 699.504
        "SGP": "10 to 20 %",
        "MTQ": "below 1 %",
        "GBR": "home",
    }
    dots = spec["layer"][2]["data"]["values"]
    assert [(row["market"], round(row["longitude"]), round(row["latitude"])) for row in dots] == [
        ("SGP", 104, 1)
    ]
    assert spec["description"].endswith("Not drawn: Martinique.")
    assert "aria-label" in drawn(spec)


def test_rows_are_rounded(sold: Scorecard) -> None:
    for spec in (map_of(sold), bars_of(sold), months_of(sold.markets[1], currency="GBP")):
        for row in values(spec):
            assert row["revenue"] == round(row["revenue"], 2)


def test_months_without_sales_stand_at_zero(sold: Scorecard) -> None:
    rows = values(months_of(sold.markets[0], currency="GBP"))
    assert rows == [
        {"month": "2024-01-01", "revenue": 600.0, "orders": 1},
        {"month": "2024-02-01", "revenue": -5.0, "orders": 1},
    ]
    assert values(months_of(sold.markets[1], currency="GBP"))[1]["orders"] == 0


def test_an_empty_scorecard_still_draws() -> None:
    empty = card([])
    assert map_of(empty)["description"] == "Map of the world without markets: there are no orders yet."
    assert bars_of(empty)["description"] == "No foreign market yet."
    assert drawn(map_of(empty))
    assert drawn(bars_of(empty))


@pytest.mark.parametrize("dark", [False, True])
def test_the_steps_of_the_map_differ_in_grey(dark: bool) -> None:
    from fondaco.charts.look import look

    grey = [lightness(colour) for colour in look(dark).steps]
    away = grey if dark else grey[::-1]
    assert all(b - a > 0.04 for a, b in itertools.pairwise(away)), grey


def lightness(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    parts = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_no_chart_fetches_anything(sold: Scorecard) -> None:
    assert '"url"' not in json.dumps([map_of(sold), bars_of(sold)])


def test_altair_waits_until_a_chart_is_asked_for() -> None:
    code = "import sys, fondaco.charts; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
