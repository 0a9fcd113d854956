"""How far buyers bargain: what is set beside what, shrunken means, refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest

from fondaco.reference.rates import Rates
from fondaco.strategy.price.bargaining import FEWEST, Deal, Habit, deals_of, habits

pytestmark = pytest.mark.requirement("F58")

MONEY = "decimal(18, 4)"
ORDERS = {
    "platform": "string", "marketplace": "string", "order": "string", "kind": "string", "sku": "string", "product": "string",
    "quantity": MONEY, "currency": "string", "amount": MONEY, "discount": MONEY, "refund": MONEY, "day": "date",
    "buyer": "string", "country": "string",
}  # fmt: skip
LISTINGS = {
    "platform": "string", "marketplace": "string", "day": "date", "listing": "string", "own": "boolean", "product": "string",
    "country": "string", "currency": "string", "price": MONEY, "minimum": MONEY,
}  # fmt: skip


RATES = Rates.load(None)


def table(rows: list[dict[str, Any]], columns: dict[str, str]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, ibis.schema(columns).to_pyarrow()))


def order(**said: Any) -> dict[str, Any]:
    return {
        "platform": "alibaba", "marketplace": None, "order": "A1", "kind": "sale", "sku": "W-1", "product": "Red wine", "quantity": D(10),
        "currency": "EUR", "amount": D(90), "discount": None, "refund": None, "day": date(2024, 6, 3),
        "buyer": "K1", "country": "KOR",
    } | said  # fmt: skip


def listing(**said: Any) -> dict[str, Any]:
    return {
        "platform": "alibaba", "marketplace": None, "day": date(2024, 5, 1), "listing": "L1", "own": True, "product": "Red Wine",
        "country": None, "currency": "EUR", "price": D(10), "minimum": None,
    } | said  # fmt: skip


def found(orders: list[dict[str, Any]], listings: list[dict[str, Any]]) -> list[float]:
    deals = deals_of(table(orders, ORDERS), table(listings, LISTINGS), RATES)
    return [round(deal.concession, 4) for deal in deals]


def test_what_was_paid_stands_beside_what_was_listed() -> None:
    assert found([order()], [listing()]) == [0.1]
    assert found([order(discount=D(-5), refund=D(-5))], [listing()]) == [0.2]
    assert found([order(amount=D(110))], [listing()]) == [-0.1], "more than listed is no concession"


def test_of_several_listings_the_latest_before_the_order_and_the_best_met_minimum_counts() -> None:
    tiers = [listing(listing=f"L{m}", minimum=D(m), price=D(p)) for m, p in ((1, 12), (10, 10), (50, 8))]
    later, old = listing(day=date(2024, 6, 4), price=D(20)), listing(day=date(2023, 6, 1), price=D(30))
    assert found([order()], [*tiers, later, old]) == [0.1]
    assert found([order(quantity=D(50), amount=D(400))], tiers) == [0.0]


@pytest.mark.parametrize(
    ("orders", "listings"),
    [
        ([order(platform="shopify")], [listing()]),
        ([order()], [listing(own=False)]),
        ([order()], [listing(country="JPN")]),
        ([order(product="White wine", sku="W-2")], [listing()]),
        ([order(kind="return")], [listing()]),
        ([order(amount=D(160))], [listing()]),
        ([order()], []),
    ],
)
def test_what_is_not_the_same_is_not_compared(
    orders: list[dict[str, Any]], listings: list[dict[str, Any]]
) -> None:
    assert found(orders, listings) == []


def test_a_table_of_ones_own_stands_for_the_site_it_states() -> None:
    assert found([order(platform="table", marketplace="Alibaba")], [listing()]) == [0.1]
    assert found([order(platform="table", marketplace="Etsy")], [listing()]) == []


@pytest.mark.requirement("X05")
def test_currencies_are_compared_on_the_day_of_the_order() -> None:
    """10 EUR listed are 10.842 USD that day."""
    assert found([order(currency="USD", amount=D("97.578"))], [listing()]) == [0.1]


def deals(market: str, concessions: list[float], same_buyer: bool = False) -> list[Deal]:
    return [
        Deal(market, "K" if same_buyer else f"{market}{n}", "Wine", date(2024, 6, 3), D(10 + n), D(100),
             D(str(round(100 * (1 - each), 6))), "EUR")
        for n, each in enumerate(concessions)
    ]  # fmt: skip


def _width(habit: Habit) -> float:
    assert habit.mean.low is not None and habit.mean.high is not None
    return habit.mean.high - habit.mean.low


def test_a_market_with_many_buyers_keeps_its_own_mean_and_one_with_few_is_drawn_to_all() -> None:
    rng = np.random.default_rng(1)
    hard, soft, few = (list(rng.normal(mean, 0.03, n)) for mean, n in ((0.25, 40), (0.05, 40), (0.25, 1)))
    learnt = habits([*deals("KOR", hard), *deals("DEU", soft), *deals("JPN", few)])
    assert learnt.of("KOR").mean.estimate == pytest.approx(0.25, abs=0.02)
    assert learnt.of("DEU").mean.estimate == pytest.approx(0.05, abs=0.02)
    one, many = learnt.of("JPN"), learnt.of("KOR")
    assert one.own < many.own
    assert _width(one) > 2 * _width(many)
    nowhere = learnt.of("USA")
    assert nowhere.market is None and nowhere.mean.low is not None and nowhere.mean.low < 0.05


def test_the_room_suffices_for_nine_buyers_of_ten() -> None:
    rng = np.random.default_rng(7)
    learnt = habits(deals("KOR", list(rng.normal(0.12, 0.04, 400))))
    assert learnt.of("KOR").room == pytest.approx(0.12 + 1.2816 * 0.04, abs=0.01)


def test_a_faithful_buyer_counts_once() -> None:
    learnt = habits([*deals("KOR", [0.3] * 50, same_buyer=True), *deals("DEU", [0.1] * 8)])
    assert learnt.of("KOR").buyers == 1
    assert learnt.deals == 58


def test_too_few_buyers_are_refused() -> None:
    learnt = habits(deals("KOR", [0.1] * (FEWEST - 1)))
    assert learnt.of("KOR").room is None and learnt.of("KOR").mean.estimate is None
    assert f"{FEWEST - 1} buyers" in learnt.of("KOR").mean.why
    assert habits([]).of("KOR").room is None


def test_large_orders_are_told_from_small_ones() -> None:
    learnt = habits(deals("KOR", [0.05] * 10 + [0.15] * 10))
    assert learnt.small.estimate == pytest.approx(0.05) and learnt.large.estimate == pytest.approx(0.15)
    assert learnt.middle == D(20)
