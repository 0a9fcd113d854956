"""What the ledger counted by market and month, month by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.core.markets.conftest import Make

from fondaco.markets.observed import ad_spend, counts_within, observe
from fondaco.markets.periods import Span
from fondaco.reference.rates import Rates


def sale(
    order: str, day: str, market: str | None = "DEU", value: str = "10", **more: object
) -> dict[str, object]:
    return {"order": order, "day": day, "country": market, "value": value, **more}


def test_orders_are_counted_by_the_share_of_each_month_that_is_known(table: Make) -> None:
    orders = table(
        "orders",
        [
            sale("1", "2026-01-21"),
            sale("2", "2026-02-03", "FRA"),
            sale("3", "2026-02-14"),
            sale("4", "2026-02-14", None),
        ],
    )
    seen = observe(orders)
    assert seen.orders is not None
    assert seen.orders.exposure == pytest.approx([11 / 31, 14 / 28])
    assert seen.orders.matrix(["DEU", "FRA", "KOR"]).tolist() == [[1, 1], [0, 1], [0, 0]]
    assert (seen.unplaced, seen.until, seen.markets) == (1, date(2026, 2, 14), frozenset({"DEU", "FRA"}))


def test_what_an_order_brought_is_net_of_what_was_taken_back(table: Make) -> None:
    orders = table(
        "orders",
        [
            sale("1", "2026-01-05", value="100"),
            sale("2", "2026-01-06", value="50"),
            {**sale("3", "2026-01-09", value="-20", quantity=-1), "kind": "cancellation", "cancels": "1"},
        ],
    )
    size = observe(orders).sizes["DEU"]
    assert (size.orders, size.total, size.squares) == (2, 130.0, 80.0**2 + 50.0**2)


def test_only_the_last_three_years_count(table: Make) -> None:
    seen = observe(table("orders", [sale("1", "2020-01-05"), sale("2", "2026-01-06")]))
    assert seen.orders is not None
    assert len(seen.orders.months) == 36
    assert seen.orders.total == 1


def test_traffic_of_several_months_is_spread_over_its_days(table: Make) -> None:
    orders = table("orders", [sale("1", "2026-01-05")])
    traffic = table(
        "traffic",
        [
            {"platform": "p", "day": "2026-01-22", "until": "2026-02-10", "country": "KOR", "views": 40},
            {
                "platform": "p",
                "day": "2026-02-11",
                "until": "2026-02-11",
                "country": "KOR",
                "views": 3,
                "inquiries": 2,
            },
        ],
    )
    seen = observe(orders, traffic=traffic)
    assert seen.views is not None
    assert seen.views.counts["KOR"].tolist() == [20.0, 23.0]
    assert seen.inquiries is not None
    assert seen.inquiries.total == 2


def test_of_two_statements_of_inquiries_the_larger_counts(table: Make) -> None:
    orders = table("orders", [sale("1", "2026-01-05")])
    traffic = table(
        "traffic", [{"platform": "p", "day": "2026-01-10", "country": "KOR", "views": 9, "inquiries": 3}]
    )
    inquiries = table(
        "inquiries",
        [
            {"platform": "p", "inquiry": str(n), "day": "2026-01-11", "country": market}
            for n, market in enumerate(["KOR", "JPN", "JPN"])
        ],
    )
    seen = observe(orders, traffic=traffic, inquiries=inquiries)
    assert seen.inquiries is not None
    assert {m: c.sum() for m, c in seen.inquiries.counts.items()} == {"KOR": 3, "JPN": 2}
    inside = counts_within(
        orders, Span(date(2026, 1, 1), date(2026, 1, 31)), traffic=traffic, inquiries=inquiries
    )
    assert inside == {"orders": {"DEU": 1}, "views": {"KOR": 9}, "inquiries": {"KOR": 3, "JPN": 2}}


def test_later_days_can_be_left_out(table: Make) -> None:
    orders = table("orders", [sale("1", "2026-01-05"), sale("2", "2026-03-05")])
    seen = observe(orders, until=date(2026, 2, 1))
    assert seen.orders is not None
    assert (seen.orders.total, seen.until) == (1, date(2026, 1, 5))


def test_an_empty_ledger_counted_nothing(table: Make) -> None:
    seen = observe(table("orders", []), traffic=table("traffic", []), inquiries=table("inquiries", []))
    assert (seen.orders, seen.views, seen.inquiries, seen.markets) == (None, None, None, frozenset())


def test_advertising_is_added_up_in_the_firms_currency(table: Make) -> None:
    def ad(
        market: str | None, spend: str, currency: str = "EUR", day: str = "2026-01-05"
    ) -> dict[str, object]:
        return {
            "platform": "p",
            "day": day,
            "country": market,
            "currency": currency,
            "spend": Decimal(spend),
            "clicks": 4,
        }

    ads = table(
        "ads",
        [
            ad("KOR", "10.00"),
            ad("KOR", "5.50"),
            ad("USA", "20", "USD", "2008-01-05"),
            ad(None, "1"),
            ad("USA", "9", "XTS"),
        ],
    )
    found, lost = ad_spend(ads, currency="EUR", rates=Rates.load(None))
    assert {each.market: (each.spend, each.clicks) for each in found} == {
        "KOR": (Decimal("15.50"), 8), "USA": (Decimal("13.58"), 4), None: (Decimal("1.00"), 4),
    }  # fmt: skip
    assert len(lost) == 1
    assert "XTS" in lost[0]
    inside, _ = ad_spend(
        ads, currency="EUR", rates=Rates.load(None), within=Span(date(2008, 1, 1), date(2008, 2, 1))
    )
    assert [each.market for each in inside] == ["USA"]
