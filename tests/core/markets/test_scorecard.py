"""The scorecard on small ledgers whose figures were worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.markets import scorecard

Make = Callable[[str, list[dict[str, Any]]], ir.Table]


def line(day: str, country: str | None, order: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an order line: a sale of one unit unless said otherwise."""
    return {"day": day, "country": country, "order": order, "value": value, **more}


#: The worked table of docs/rules/market-scorecard.md.
WORKED = [
    line("2024-01-10", "DEU", "1", "100.00", buyer="anna", quantity=2),
    line("2024-01-10", "DEU", "1", "50.00", buyer="anna"),
    line("2024-02-20", "DEU", "2", "80.00", buyer="anna"),
    line("2024-03-01", "DEU", "3", "70.00", buyer="bert"),
    line("2024-03-05", "DEU", "C3", "-20.00", buyer="bert", kind="cancellation", quantity=-1, cancels="3"),
    line("2024-02-02", "FRA", "4", "60.00"),
    line("2024-02-09", "FRA", "R4", "-10.00", kind="return", quantity=-1),
    line("2024-02-02", "FRA", "4", "9.00", kind="shipping"),
    line("2024-02-03", "FRA", "5", None, buyer="chloe"),
    line("2024-03-31", "GBR", "6", "500.00", buyer="dora"),
    line("2024-01-01", None, "7", "5.00", buyer="eve"),
]


@pytest.mark.requirement("F97")
def test_it_ranks_the_worked_table(table: Make) -> None:
    card = scorecard(table("orders", WORKED), home="GBR", currency="GBP", withheld=3, fingerprint="f")
    assert [(row.rank, row.market, row.home) for row in card.markets] == [
        (1, "DEU", False),
        (2, "FRA", False),
        (None, "GBR", True),
        (None, None, False),
    ]
    assert (card.since, card.until) == (date(2024, 1, 1), date(2024, 3, 31))
    assert card.totals.net_revenue == Decimal("835.00")
    assert card.totals.foreign_revenue == Decimal("330.00")
    assert (card.totals.orders, card.totals.buyers, card.totals.orders_without_buyer) == (7, 5, 1)
    assert card.totals.lines_without_rate == 1

    germany = card.markets[0]
    assert germany.net_revenue == Decimal("280.00")
    assert germany.gross_sales == Decimal("300.00")
    assert germany.cancelled == Decimal("-20.00")
    assert (germany.orders, germany.buyers, germany.repeat_buyers) == (3, 2, 1)
    assert germany.average_order == Decimal("100.00")
    assert germany.taken_back == pytest.approx(20 / 300)
    assert (germany.lines, germany.cancellation_lines, germany.return_lines) == (5, 1, 0)
    assert germany.units == Decimal(4)
    assert germany.share == pytest.approx(280 / 835)
    assert germany.share_of_foreign == pytest.approx(280 / 330)
    assert germany.repeat_share.estimate == 0.5
    # Anna bought for 230, Bert for 70 - 20.
    assert germany.top_buyer_share == pytest.approx(230 / 280)
    assert germany.top3_buyers_share == pytest.approx(1)
    assert germany.buyer_hhi == pytest.approx((230**2 + 50**2) / 280**2)
    assert [(m.month, m.net_revenue, m.orders) for m in germany.months] == [
        ("2024-01", Decimal(150), 1),
        ("2024-02", Decimal(80), 1),
        ("2024-03", Decimal(50), 1),
    ]
    assert (germany.first_order, germany.last_order) == (date(2024, 1, 10), date(2024, 3, 1))
    # A lead of 230; nets of orders 150, 80 and 50 against 60 and -10 of France.
    spread = math.sqrt(150**2 + 80**2 + 50**2 + 60**2 + 10**2)
    assert germany.ahead == pytest.approx((1 + math.erf(230 / spread / math.sqrt(2))) / 2)

    france = card.markets[1]
    assert (france.net_revenue, france.orders, france.orders_without_buyer) == (Decimal(50), 2, 1)
    assert (france.lines, france.return_lines, france.lines_without_rate) == (3, 1, 1)
    assert france.ahead is None


def test_it_speaks_the_contract(table: Make) -> None:
    said = scorecard(table("orders", WORKED), home="GBR", currency="GBP", withheld=3).to_json()
    assert {"home", "currency", "markets"} <= said.keys()
    first = said["markets"][0]
    assert {
        "market", "rank", "home", "net_revenue", "orders", "buyers", "growth", "repeat_share", "share",
        "expected_orders", "expected_inquiries", "top5_probability", "rests_on",
    } <= first.keys()  # fmt: skip
    assert first["net_revenue"] == "280.00"
    assert first["expected_inquiries"]["estimate"] is None
    assert "3 rows of the firm's files in quarantine" in first["rests_on"]["sentence"]
    assert "not by potential" in first["rests_on"]["sentence"]
    assert "The lead over FRA is within chance: 89% probable" in first["rests_on"]["sentence"]
    json.dumps(said)


def test_growth_compares_twelve_months_with_the_twelve_before(table: Make) -> None:
    before = [line(f"2022-{m:02d}-01", "DEU", f"b{m}", "100") for m in range(1, 13)]
    last = [line(f"2023-{m:02d}-15", "DEU", f"l{m}", "150") for m in range(1, 13)]
    edges = [line("2023-12-31", "GBR", "x", "1"), line("2022-01-01", "GBR", "y", "1")]
    card = scorecard(table("orders", before + last + edges), home="GBR", currency="EUR")
    assert card.basis.compares == ("the last 12 months (2023-01-01 to 2023-12-31) with the 12 months before")
    growth = card.markets[0].growth
    assert growth.estimate == pytest.approx(0.5)
    assert growth.low is not None
    assert growth.high is not None
    assert growth.low < 0 < 0.5 < growth.high, "twelve orders a year are few"
    assert card.markets[1].growth.estimate is None
    assert card.markets[0].seasonality == pytest.approx([1.0] * 12)


def test_growth_takes_halves_of_less_than_two_years(table: Make) -> None:
    lines = [line("2024-01-01", "GBR", "x", "1"), line("2024-03-31", "GBR", "y", "1")]
    lines += [line(f"2024-01-{d:02d}", "DEU", f"b{d}", "10") for d in range(2, 12)]
    lines += [line(f"2024-03-{d:02d}", "DEU", f"l{d}", "10") for d in range(2, 22)]
    card = scorecard(table("orders", lines), home="GBR", currency="EUR")
    assert card.basis.compares.startswith("the last 45 days (2024-02-16 to 2024-03-31)")
    assert card.markets[0].growth.estimate == pytest.approx(1.0)
    assert card.markets[0].seasonality is None
    assert "3 are known" in card.markets[0].seasonality_why


def test_growth_is_not_told_from_few_days(table: Make) -> None:
    lines = [line(f"2024-01-{d:02d}", "DEU", f"b{d}", "10") for d in range(1, 31)]
    growth = scorecard(table("orders", lines), home="GBR", currency="EUR").markets[0].growth
    assert growth.estimate is None
    assert growth.why == "The ledger knows only 30 days; growth needs at least 60."


def test_seasons_show_over_two_years_that_differ_in_size(table: Make) -> None:
    lines = [
        line(f"{year}-{m:02d}-{d}", "DEU", f"{year}{m}{d}", size * (4 if m == 12 else 1))
        for year, size in ((2022, 100), (2023, 300))
        for m in range(1, 13)
        for d in ("01", "28")
    ] + [line("2023-12-31", "DEU", "end", 0)]
    season = scorecard(table("orders", lines), home="GBR", currency="EUR").markets[0].seasonality
    assert season is not None
    assert season[11] == pytest.approx(48 / 15)
    assert season[0] == pytest.approx(12 / 15)
    assert sum(season) == pytest.approx(12)


def test_a_mark_means_another_buyer_on_another_platform(table: Make) -> None:
    lines = [
        line("2024-01-01", "DEU", "1", 10, buyer="7"),
        line("2024-01-02", "DEU", "1", 10, buyer="7", platform="amazon"),
    ]
    row = scorecard(table("orders", lines), home="GBR", currency="EUR").markets[0]
    assert (row.orders, row.buyers, row.repeat_buyers) == (2, 2, 0)


def test_two_orders_on_one_day_are_no_repeat(table: Make) -> None:
    lines = [line("2024-01-01", "DEU", order, 10, buyer="7") for order in "12"]
    row = scorecard(table("orders", lines), home="GBR", currency="EUR").markets[0]
    assert (row.orders, row.buyers, row.repeat_buyers) == (2, 1, 0)


def test_void_lines_and_stock_count_for_nothing(table: Make) -> None:
    lines = [
        line("2024-01-01", "DEU", "1", 10),
        line("2024-01-01", "DEU", "2", 0, kind="void"),
        line("2024-05-01", "DEU", "3", None, kind="stock", quantity=-40),
        line("2024-01-01", "DEU", "4", 10, quantity=0),
        line("2024-01-01", "DEU", "5", 10, quantity=None),
    ]
    card = scorecard(table("orders", lines), home="GBR", currency="EUR")
    row = card.markets[0]
    assert (row.orders, row.net_revenue, row.lines_without_rate) == (2, Decimal(30), 0)
    assert card.until == date(2024, 5, 1), "the last day the ledger knows, goods or not"


def test_money_is_exact(table: Make) -> None:
    lines = [line("2024-01-01", "DEU", str(n), "0.1") for n in range(30)]
    lines.append(line("2024-01-02", "DEU", "big", "99999999999.9999"))
    card = scorecard(table("orders", lines), home="GBR", currency="EUR")
    assert card.totals.net_revenue == Decimal("100000000002.9999")
    assert card.to_json()["totals"]["net_revenue"] == "100000000002.9999"


def test_an_empty_ledger_says_what_to_do(table: Make) -> None:
    card = scorecard(table("orders", []), home="GBR", currency="EUR")
    assert card.markets == ()
    assert card.basis.notes == ("There are no orders yet: import a file of orders first.",)
    assert card.to_frame().height == 0


def test_expected_inquiries_come_from_traffic(table: Make) -> None:
    traffic = table(
        "traffic",
        [
            {
                "platform": "alibaba",
                "day": "2024-01-01",
                "until": "2024-01-01",
                "country": "DEU",
                "inquiries": 6,
            },
            {
                "platform": "alibaba",
                "day": "2024-02-29",
                "until": "2024-02-29",
                "country": "DEU",
                "inquiries": 6,
            },
        ],
    )
    card = scorecard(table("orders", WORKED), home="GBR", currency="GBP", traffic=traffic)
    months = 60 / 30.4375
    assert card.markets[0].expected_inquiries.estimate == pytest.approx(12.5 / months)
    assert card.markets[1].expected_inquiries.why == (
        "The imported traffic states no inquiries for this market."
    )


def test_the_first_five_of_six_share_five_probabilities(table: Make) -> None:
    lines = [
        line(f"2024-0{month}-15", country, f"{country}{month}{n}", 10)
        for place, country in enumerate(("DEU", "FRA", "ITA", "ESP", "NLD", "BEL"))
        for month in range(1, 7)
        for n in range(9 - place)
    ]
    card = scorecard(table("orders", lines), home="GBR", currency="EUR")
    chances = [row.top5_probability for row in card.markets]
    assert sum(chance for chance in chances if chance is not None) == pytest.approx(5)
    assert chances[0] is not None
    assert chances[5] is not None
    assert chances[0] > 0.95 > 0.5 > chances[5]


def test_the_frame_has_a_row_for_each_market(table: Make) -> None:
    frame = scorecard(table("orders", WORKED), home="GBR", currency="GBP").to_frame()
    assert frame["market"].to_list() == ["DEU", "FRA", "GBR", None]
    assert frame["net_revenue"].to_list()[0] == Decimal("280.0000")
