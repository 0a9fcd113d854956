"""The conditions of a market: currency, tariffs, distance, freight, holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pytest

from fondaco.markets import Demand, Evidence, conditions_of
from fondaco.markets.dossier.conditions import exchange_of
from fondaco.markets.potential import MarketPotential
from fondaco.markets.stability import Stability
from fondaco.numerics import Estimate
from fondaco.reference.rates import Rates

Make = Callable[[str, list[dict[str, Any]]], ir.Table]
TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def rates() -> Rates:
    return Rates.load(None)


def test_the_change_of_a_currency_over_twelve_months(rates: Rates) -> None:
    found = exchange_of("KOR", "EUR", TODAY, rates)
    now, then = (rates.rate("KRW", "EUR", day) for day in (TODAY, date(2025, 6, 1)))
    assert found.change == pytest.approx(now.rate / then.rate - 1)  # type: ignore[union-attr]
    assert found.low is not None
    assert found.high is not None
    assert found.low <= now.rate <= found.high  # type: ignore[union-attr]
    assert found.months[-1][0] in {"2026-05", "2026-06"}
    assert 24 <= len(found.months) <= 26


def test_volatility_is_that_of_daily_logarithmic_returns(rates: Rates) -> None:
    found = exchange_of("KOR", "EUR", TODAY, rates).volatility
    _, held = rates.history("KRW", "EUR", date(2025, 6, 1), TODAY)
    expected = np.log(held[1:] / held[:-1]).std(ddof=1) * np.sqrt(252)
    assert found.estimate == pytest.approx(expected)
    assert found.low is not None
    assert found.high is not None
    assert found.low < expected < found.high


@pytest.mark.parametrize(
    ("market", "currency", "words"),
    [
        ("DEU", "EUR", "Both pay in EUR"),
        ("BGR", "EUR", "Both pay in EUR"),
        ("MNG", "EUR", "The ECB does not quote MNT"),
        ("RUS", "EUR", "suspended its rouble rate"),
        ("ARE", "USD", "AED is tied to USD at 3.6725"),
        ("SEN", "EUR", "XOF is tied to EUR at 655.957"),
        ("ATA", "EUR", "no currency of its own"),
    ],
)
def test_where_no_rate_moves_it_says_why(rates: Rates, market: str, currency: str, words: str) -> None:
    found = exchange_of(market, currency, TODAY, rates)
    assert words in found.why
    assert not found.months


def test_a_currency_that_is_tied_moves_as_its_anchor(rates: Rates) -> None:
    tied, anchor = (exchange_of(market, "EUR", TODAY, rates) for market in ("ARE", "USA"))
    assert tied.through == "USD"
    assert tied.change == pytest.approx(anchor.change)
    assert tied.rate == pytest.approx((anchor.rate or 0) / 3.6725)


def test_the_months_end_with_the_last_rate_that_is_known(rates: Rates) -> None:
    found = exchange_of("KOR", "EUR", date(2090, 1, 1), rates)
    assert found.quotations.newest == rates.last_day


def test_what_is_not_loaded_is_absent_and_not_zero(rates: Rates) -> None:
    said = conditions_of("KOR", home="ITA", currency="EUR", today=TODAY, rates=rates).to_json()
    assert said["demand"] == {"known": False, "why": "No trade data of this market are loaded."}
    assert said["tariff"]["known"] is False
    assert said["freight"]["share_of_goods"]["estimate"] is None
    assert said["distance_km"] == 8975
    assert said["languages"] == ["ko"]
    assert said["population"]["source"].startswith("World Bank")
    assert [each["name"] for each in said["holidays_ahead"]][:2] == ["Local Election Day", "Memorial Day"]


def test_within_the_customs_union_no_duty_is_levied(rates: Rates) -> None:
    within = conditions_of("DEU", home="ITA", currency="EUR", today=TODAY, rates=rates)
    assert within.tariff == 0.0
    assert any("customs union" in each.text for each in within.statements())
    assert conditions_of("CHE", home="ITA", currency="EUR", today=TODAY, rates=rates).tariff is None
    assert conditions_of("KOR", home="ITA", currency="EUR", today=TODAY, tariff=0.08).tariff == 0.08


def test_freight_is_the_median_share_of_what_goods_cost(table: Make) -> None:
    rows = [
        {"day": "2026-01-01", "country": "DEU", "order": str(n), "value": "100", "amount": "100", "currency": "EUR",
         "shipping": Decimal(charge)}
        for n, charge in enumerate((5, 10, 20, 30, 40))
    ]  # fmt: skip
    rows += [
        {
            "day": "2026-01-02",
            "country": "DEU",
            "order": "9",
            "value": "100",
            "amount": "100",
            "currency": "EUR",
        },
        {"day": "2026-01-02", "country": "FRA", "order": "8", "value": "9", "amount": "9", "currency": "EUR"},
    ]
    found = conditions_of(
        "DEU", home="ITA", currency="EUR", today=TODAY, orders=table("orders", rows)
    ).freight
    assert (found.orders.count, found.orders.newest) == (5, date(2026, 1, 1))
    assert (found.share.estimate, found.share.low, found.share.high) == (0.2, 0.05, 0.4)


def test_trade_data_are_told_with_their_years(rates: Rates) -> None:
    found = MarketPotential(
        "KOR", 1200.0, 800.0, 1500.0, 300.0, 900.0, None, 0.04, 0.5, 700.0, 52_000.0, Estimate(0.04, 0.01, 0.07, 0.9),
        Stability("rising", (5, 4, 3), 0.02, Estimate(0.04, 0.01, 0.07, 0.9)), 3,
    )  # fmt: skip
    demand = Demand(found, "USD", ("2204",), (2020, 2021, 2022), ("baci.csv",))
    held = conditions_of("KOR", home="ITA", currency="EUR", today=TODAY, rates=rates, demand=demand)
    said = held.to_json()["demand"]
    assert (said["known"], said["demand"], said["potential"], said["years"]) == (
        True,
        52_000.0,
        1200.0,
        [2020, 2021, 2022],
    )
    assert held.evidence()["demand"] == Evidence(3, date(2022, 12, 31))
    told = [each.text for each in held.statements()]
    assert "South Korea imports 52,000 USD of HS 2204 a year, 300 of it from Italy." in told
    assert "That demand grows by +4.0% a year (+1.0% to +7.0%); rising." in told
