"""The page Forecast."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.web.accounts import access
from fondaco.workflows import take_in

SLUG = {"slug": "anchor-teas"}
NAME = "=HYPERLINK(1)"
#: Weekly orders of sixteen buyers in two markets; one of them, named like a formula, stopped in March.
ROWS = "Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n" + "".join(
    f"F{i}-{k},{day},T-1,1,{20 + i}.00,GBP,{NAME if i == 0 else f'steady {i}'},{'Germany' if i % 2 else 'Korea'}\n"
    for i in range(16)
    for k in range(20)
    if (day := f"2025-{1 + (k // 4):02d}-{1 + 7 * (k % 4):02d}") < ("2025-03-20" if i == 0 else "2025-06-01")
)


@pytest.fixture
def regular(town: Town) -> Town:
    workspace = access.workspace()
    file = workspace.home / "regular.csv"
    file.write_text(ROWS, encoding="utf-8")
    take_in(workspace, town.anchor.slug, [file], now=datetime(2026, 3, 2, tzinfo=UTC))
    return town


@pytest.mark.requirement("F90", "F92")
def test_markets_buyers_and_calls_are_shown_with_ranges(regular: Town) -> None:
    page = regular.as_(regular.alice).get(reverse("forecast", kwargs=SLUG)).content.decode()
    assert "<h1>Forecast</h1>" in page
    assert "steady 3" in page
    assert 'class="range"' in page
    assert "silent for longer than usual" in page
    assert "=HYPERLINK(1)" in page
    assert page.index("Worth a call") < page.index("=HYPERLINK(1)")
    assert "forecast/1" in page
    assert "The ledger ends on" in page


def test_one_market_can_be_asked_for(regular: Town) -> None:
    client = regular.as_(regular.alice)
    page = client.get(reverse("forecast", kwargs=SLUG), {"market": "DEU"}).content.decode()
    assert "steady 3" in page
    assert "steady 4" not in page
    assert client.get(reverse("forecast", kwargs=SLUG), {"market": "<x>"}).status_code == 200


def test_the_chart_says_what_the_table_says(regular: Town) -> None:
    spec = regular.as_(regular.alice).get(reverse("forecast_json", kwargs=SLUG)).json()
    assert "Expected orders in 12 months with 90% ranges" in spec["description"]
    assert "Germany" in spec["description"]


def test_the_export_runs_no_formula(regular: Town) -> None:
    text = regular.as_(regular.alice).get(reverse("forecast_csv", kwargs=SLUG)).content.decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["buyer", "platform", "market"]
    assert f"'{NAME}" in [row[0] for row in rows]


def test_a_firm_without_orders_is_told_what_is_missing(town: Town) -> None:
    page = town.as_(town.charlie).get(reverse("forecast", kwargs={"slug": "borealis"})).content.decode()
    assert "Nothing can be told yet" in page
    assert "No order names its buyer" in page
