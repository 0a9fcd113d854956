"""The charts of what to expect and of a divided budget: what they carry, and that they draw."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.core.markets.test_exploration import month
from tests.core.markets.test_ranking import NOTHING, observed, rank

from fondaco.markets.exploration import Request, plan
from fondaco.markets.observed import Spend
from fondaco.markets.ranking import Ranking

pytest.importorskip("altair", reason="the extra `charts` is not installed")

from fondaco.charts import allocation_of, expected_of


@pytest.fixture(scope="module")
def ranked() -> Ranking:
    return rank(observed({"DEU": 120, "FRA": 36, "USA": 12}))


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["layer"][0].get("data", spec.get("data"))["values"]
    return found


def drawn(spec: dict[str, Any]) -> str:
    vl_convert = pytest.importorskip("vl_convert")
    return str(vl_convert.vegalite_to_svg(spec | {"width": 600}))


def test_each_market_has_its_dot_and_its_range(ranked: Ranking) -> None:
    spec = expected_of(ranked)
    rows = values(spec)
    assert [row["name"] for row in rows[:2]] == ["Germany", "France"]
    first = ranked.foreign[0].contribution
    assert first.estimate is not None
    assert rows[0]["estimate"] == round(first.estimate)
    assert all(row["low"] <= row["estimate"] <= row["high"] or row["estimate"] == 0 for row in rows[:3])
    assert {row["state"] for row in rows} == {"has ordered", "no orders yet"}
    assert "Germany" in spec["description"]


def test_it_draws_in_light_and_dark_and_with_nothing(ranked: Ranking) -> None:
    for dark in (False, True):
        assert "Germany" in drawn(expected_of(ranked, dark=dark))
    assert expected_of(rank(NOTHING))["description"] == "No contribution can be told yet."
    drawn(expected_of(rank(NOTHING)))


def test_a_budget_stands_beside_what_is_spent_now(ranked: Ranking) -> None:
    spend = (Spend("DEU", Decimal(120), 9), Spend("FRA", Decimal(30), 9))
    found = plan(ranked, Request(Decimal(500)), month=month(spend=spend))
    spec = allocation_of(found)
    rows = {row["name"]: row for row in values(spec)}
    assert rows["Germany"]["now"] == 120.0
    assert sum(row["amount"] for row in rows.values()) == pytest.approx(500)
    assert "now 120" in spec["description"]
    assert "Germany" in drawn(spec)
    assert "http" not in json.dumps({k: v for k, v in spec.items() if k != "$schema"})
