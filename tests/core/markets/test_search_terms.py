"""By which search terms buyers come, and what these cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest
from scipy import stats

from fondaco.markets.dossier.search_terms import cost_per_order, search_terms
from fondaco.reference.rates import Rates

Make = Callable[[str, list[dict[str, Any]]], ir.Table]


def ad(term: str, clicks: int, spend: str, orders: int, **more: Any) -> dict[str, Any]:
    """Return a month of a search term in Germany."""
    return {
        "platform": "amazon", "day": "2026-05-01", "until": "2026-05-31", "country": "DEU", "currency": "EUR",
        "term": term, "clicks": clicks, "spend": Decimal(spend), "orders": orders, "sales": Decimal(20 * orders),
        **more,
    }  # fmt: skip


@pytest.mark.requirement("F31")
def test_terms_that_bring_orders_and_terms_that_only_cost(table: Make) -> None:
    """Over all terms 10 orders for 200 EUR, one for 20: of 70 EUR 3.5 were to be expected, of 30 EUR 1.5."""
    ads = table("ads", [ad("kork", 100, "60.00", 8), ad("rucksack", 140, "70.00", 0), ad("matte", 60, "30.00", 0),
                        ad("korken", 40, "40.00", 2)])  # fmt: skip
    found = {each.term: each for each in search_terms(ads, "DEU", currency="EUR").terms}
    assert {term: each.verdict for term, each in found.items()} == {
        "kork": "brings orders", "rucksack": "only costs", "matte": "too early to tell", "korken": "too early to tell",
    }  # fmt: skip
    assert found["rucksack"].expected == pytest.approx(3.5)
    assert math.exp(-found["rucksack"].expected) < 0.05
    assert found["kork"].conversion.estimate == pytest.approx(0.08)
    beta = stats.beta(8.5, 92.5)
    assert (found["kork"].conversion.low, found["kork"].conversion.high) == pytest.approx(
        beta.ppf([0.05, 0.95])
    )


@pytest.mark.requirement("X05")
def test_what_terms_cost_is_converted_and_what_cannot_be_is_counted(table: Make) -> None:
    ads = table("ads", [ad("cork", 10, "85.00", 5, currency="USD", day="2024-06-03", until=None),
                        ad("kork", 10, "50.00", 5, day="2024-06-03", until=None),
                        ad("пробка", 9, "900.00", 0, currency="MNT", day="2024-06-03", until=None)])  # fmt: skip
    rates = Rates.load(None)
    found = search_terms(ads, "DEU", currency="EUR", rates=rates)
    paid = {each.term: float(each.spend) for each in found.terms}
    rate = rates.rate("USD", "EUR", datetime(2024, 6, 3).date())
    assert paid == {"cork": pytest.approx(85 * rate.rate, abs=1e-3), "kork": 50.0}  # type: ignore[union-attr]
    assert found.without_rate == 1
    alone = search_terms(ads, "DEU", currency="EUR")
    assert [each.term for each in alone.terms] == ["kork"]
    assert alone.without_rate == 2


def test_the_cost_of_an_order_is_uncertain_as_its_gamma_posterior() -> None:
    found = cost_per_order(Decimal(100), 4)
    low, high = 100 / stats.gamma.ppf([0.95, 0.05], 4.5)
    assert (found.estimate, found.low, found.high) == pytest.approx((25.0, low, high))
    assert cost_per_order(Decimal(0), 0).why == "Nothing was spent."
