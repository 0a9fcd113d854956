"""One product at two prices: equal quantity, documented and undocumented discounts, tax and markets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from fondaco.reference.rates import Rates
from fondaco.strategy.price.channels import Conflict, conflicts, prices_of

pytestmark = pytest.mark.requirement("F62")

TODAY = date(2024, 6, 3)
MONEY = "decimal(18, 4)"
ORDERS = {
    "platform": "string", "marketplace": "string", "kind": "string", "sku": "string", "product": "string",
    "quantity": MONEY, "value": MONEY, "tax": MONEY, "refund": MONEY, "day": "date", "country": "string",
}  # fmt: skip
LISTINGS = {
    "platform": "string", "marketplace": "string", "day": "date", "listing": "string", "own": "boolean",
    "product": "string", "country": "string", "currency": "string", "price": MONEY, "minimum": MONEY,
}  # fmt: skip


def lines(platform: str, quantity: int, each: str, n: int = 6, **said: Any) -> list[dict[str, Any]]:
    line = {
        "platform": platform, "marketplace": None, "kind": "sale", "sku": "W-1", "product": "Red wine",
        "quantity": D(quantity), "value": D(each) * quantity, "tax": None, "refund": None, "day": date(2024, 5, 1),
        "country": "DEU",
    } | said  # fmt: skip
    return [line] * n


def listing(platform: str, price: str, minimum: int, **said: Any) -> dict[str, Any]:
    return {
        "platform": platform, "marketplace": None, "day": date(2024, 5, 1), "listing": f"{platform}-{minimum}",
        "own": True, "product": "Red wine", "country": None, "currency": "EUR", "price": D(price), "minimum": D(minimum),
    } | said  # fmt: skip


def table(rows: list[dict[str, Any]], columns: dict[str, str]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, ibis.schema(columns).to_pyarrow()))


def found(orders: list[dict[str, Any]], listings: list[dict[str, Any]] | None = None) -> tuple[Conflict, ...]:
    prices = prices_of(
        table(orders, ORDERS), table(listings or [], LISTINGS), today=TODAY, currency="EUR", rates=Rates.load(None)
    )  # fmt: skip
    return conflicts(prices, "EUR")


def test_cheaper_elsewhere_at_equal_quantity_is_a_conflict() -> None:
    """Two bottles at 12 on Amazon, three at 9 on Alibaba: both of the band of two to four; a quarter less."""
    (one,) = found([*lines("amazon", 2, "12"), *lines("alibaba", 3, "9")])
    assert (one.kind, one.cheap.channel, one.dear.channel) == ("at equal quantity", "alibaba", "amazon")
    assert one.gap.estimate == pytest.approx(0.25) and "25%" in one.sentence
    assert one.to_json()["cheap"]["seen"] == 6


@pytest.mark.requirement("X01")
def test_the_case_of_the_study_is_settled_by_a_published_discount() -> None:
    """Case C: consumers on Amazon complain that Alibaba is cheaper; there it is sold by the hundred."""
    orders = [*lines("amazon", 1, "12"), *lines("alibaba", 120, "8")]
    (hidden,) = found(orders)
    assert hidden.kind == "for more, not documented"
    shown = found(orders, [listing("alibaba", "8.00", 100)])
    assert [each.kind for each in shown if each.dear.source == "orders"] == ["for more, documented"]


@pytest.mark.parametrize(
    "offer",
    [
        listing("alibaba", "9.00", 100),  # what is published is not what is paid
        listing("alibaba", "8.00", 1),  # no volume is asked for
        listing("alibaba", "8.00", 1000),  # a volume that was not bought
        listing("amazon", "8.00", 100),  # another channel
        listing("alibaba", "8.00", 100, product="White wine"),
        listing("alibaba", "8.00", 100, day=date(2023, 5, 1)),
    ],
)
def test_what_does_not_state_that_price_documents_nothing(offer: dict[str, Any]) -> None:
    shown = found([*lines("amazon", 1, "12"), *lines("alibaba", 120, "8")], [offer])
    assert [each.kind for each in shown if each.dear.source == "orders"] == ["for more, not documented"]


def test_cheaper_for_fewer_is_worse_than_at_equal_quantity() -> None:
    kinds = [each.kind for each in found([*lines("shopify", 1, "9"), *lines("alibaba", 12, "11")])]
    assert kinds == ["for less"]


@pytest.mark.parametrize(
    "orders",
    [
        [*lines("amazon", 1, "12"), *lines("alibaba", 1, "11.50")],  # within a twentieth
        [*lines("amazon", 1, "12"), *lines("amazon", 1, "9")],  # one channel
        [*lines("amazon", 1, "12"), *lines("alibaba", 1, "9", n=2)],  # two lines are chance
        [*lines("amazon", 1, "12"), *lines("alibaba", 1, "9", sku="W-2", product="White wine")],
        [*lines("amazon", 1, "12"), *lines("alibaba", 1, "9", day=date(2022, 5, 1))],
        [*lines("amazon", 1, "12"), *lines("alibaba", 1, "9", refund=D(-1))],
        [],
    ],
)
def test_no_conflict(orders: list[dict[str, Any]]) -> None:
    assert found(orders) == ()


def test_an_article_is_one_by_its_number_whatever_platforms_call_it() -> None:
    assert len(found([*lines("amazon", 1, "12"), *lines("alibaba", 1, "9", product="Vino rosso")])) == 1


def test_what_may_explain_a_gap_is_said() -> None:
    (one,) = found([*lines("amazon", 1, "12", tax=D(2)), *lines("alibaba", 1, "9", country="KOR")])
    assert any("alibaba states no tax" in each for each in one.caveats)
    assert any("different markets" in each for each in one.caveats)


@pytest.mark.requirement("X05")
def test_listings_are_compared_net_of_currency() -> None:
    """10.00 EUR and, on 2 May 2024, 10.00 USD: 6.6 % less."""
    dollars = listing("alibaba", "10.00", 1, currency="USD", day=date(2024, 5, 2))
    (one,) = found([], [listing("shopify", "10.00", 1), dollars])
    assert one.cheap.channel == "alibaba" and one.gap.estimate == pytest.approx(0.066, abs=0.001)
    unknown = listing("alibaba", "10.00", 1, currency="MNT")
    assert found([], [listing("shopify", "10.00", 1), unknown]) == ()


def test_the_firms_own_limit_counts() -> None:
    prices = prices_of(
        table([*lines("amazon", 1, "12"), *lines("alibaba", 1, "11.50")], ORDERS), table([], LISTINGS),
        today=TODAY, currency="EUR",
    )  # fmt: skip
    assert conflicts(prices, "EUR", {"price/channels.max_gap": D("0.01")})
