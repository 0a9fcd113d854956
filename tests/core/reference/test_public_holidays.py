"""Holidays ahead, and which currency is paid with."""

from __future__ import annotations

from datetime import date

import pytest

from fondaco.reference import countries
from fondaco.reference.currencies import PEGS, currency_of_market, is_currency
from fondaco.reference.public_holidays import holidays_ahead


def test_holidays_across_the_turn_of_the_year() -> None:
    found = holidays_ahead("GBR", date(2026, 12, 10), days=30) or ()
    assert [(str(each.day), each.name) for each in found] == [
        ("2026-12-25", "Christmas Day"), ("2026-12-26", "Boxing Day"), ("2026-12-28", "Boxing Day (observed)"),
        ("2027-01-01", "New Year's Day"),
    ]  # fmt: skip


@pytest.mark.parametrize("market", ["KOR", "JPN", "DEU", "MNG", "ARE", "CHN"])
def test_names_are_english_where_english_ones_are_known(market: str) -> None:
    found = holidays_ahead(market, date(2026, 1, 1), days=365) or ()
    assert found
    assert all(each.name.isascii() or "’" in each.name for each in found)


def test_both_ends_count_and_days_outside_do_not() -> None:
    assert [each.day for each in holidays_ahead("FRA", date(2026, 7, 14), days=1) or ()] == [
        date(2026, 7, 14)
    ]
    assert holidays_ahead("FRA", date(2026, 7, 15), days=1) == ()
    assert holidays_ahead("ZZZ", date(2026, 7, 15)) is None


def test_every_market_pays_with_a_currency_that_exists() -> None:
    held = {market: currency_of_market(market) for market in countries.markets()}
    assert {market for market, currency in held.items() if currency and not is_currency(currency)} <= {
        "CUB",
        "PSE",
    }
    assert (held["HRV"], held["BGR"], held["CHE"], held["KOR"]) == ("EUR", "EUR", "CHF", "KRW")


def test_anchors_are_currencies_that_are_quoted() -> None:
    from fondaco.reference.rates import Rate, Rates

    rates = Rates.load(None)
    for anchor, units in PEGS.values():
        assert units > 0
        assert isinstance(rates.rate(anchor, "EUR", rates.last_day), Rate)
