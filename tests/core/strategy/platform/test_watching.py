"""What to watch: dependence on one platform, website before social media, languages, notes, currencies, evidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.reference.platforms import platform_book
from fondaco.strategy.platform import Facts, Ledgered, Sold, dependence, volatility
from fondaco.strategy.platform.presence import (
    aim,
    coverage,
    foreign_or_home,
    language_check,
    stale_notes,
    website_first,
)
from fondaco.strategy.profile import profile_of

TODAY = date(2026, 11, 30)


def facts(profile: dict[str, Any] | None = None, on: tuple[str, ...] = ()) -> Facts:
    ledger = Ledgered(markets={name: frozenset(("DEU",)) for name in on})
    return Facts("ITA", profile_of(profile or {}, "firm.profile.toml"), ledger=ledger)


# --- dependence -------------------------------------------------------------------------------------------


@pytest.mark.requirement("F23")
def test_one_platform_with_nine_tenths_is_a_warning_with_its_share() -> None:
    """9,000 of 10,000: a share of 0.9, concentration 0.81 + 0.01 = 0.82."""
    revenue, inquiries = dependence([Sold("alibaba", D(9000), 90, 200), Sold("etsy", D(1000), 30, 0)], [])
    assert [(s.platform, s.share) for s in revenue.shares] == [("alibaba", D("0.9")), ("etsy", D("0.1"))]
    assert revenue.concentration == D("0.82") and revenue.warns
    assert "90%" in revenue.why and "alibaba" in revenue.why
    assert inquiries.shares[0].share == 1
    assert "set, in no study" in revenue.limit


@pytest.mark.requirement("F23")
def test_an_even_spread_is_none_and_the_firm_may_set_its_own_limit() -> None:
    sold = [Sold("alibaba", D(60), 60, 30), Sold("etsy", D(40), 40, 30)]
    assert dependence(sold, [])[0].warns is False
    assert dependence(sold, [], {"platform/dependence.max_share": D("0.5")})[0].warns is True


@pytest.mark.requirement("F23")
def test_few_orders_give_a_share_and_no_verdict_and_none_give_neither() -> None:
    few, none = dependence([Sold("alibaba", D(100), 3, 0)], [])
    assert few.warns is None and "too few" in few.why and few.shares
    assert none.shares == () and none.warns is None and none.concentration is None


@pytest.mark.requirement("F23")
def test_channels_without_files_are_named_for_the_share_is_too_high_then() -> None:
    revenue, _ = dependence([Sold("alibaba", D(100), 30, 0)], ["trade fairs"])
    assert "trade fairs" in revenue.why and "lower" in revenue.why


def test_without_exchange_rates_orders_are_counted_instead() -> None:
    found, _ = dependence([Sold("alibaba", None, 30, 0), Sold("etsy", D(5), 10, 0)], [])
    assert found.measure == "orders" and found.shares[0].share == D("0.75")


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_shares_add_up_and_concentration_lies_between_equal_parts_and_one(amounts: list[int]) -> None:
    sold = [Sold(f"p{n}", D(amount), 30, 0) for n, amount in enumerate(amounts)]
    revenue, _ = dependence(sold, [])
    assert abs(sum((s.share for s in revenue.shares), D(0)) - 1) <= D("0.0001") * D(len(amounts))
    assert revenue.concentration is not None
    assert D(1) / D(len(amounts)) - D("0.0001") <= (revenue.concentration or D(0)) <= 1
    assert [s.share for s in revenue.shares] == sorted((s.share for s in revenue.shares), reverse=True)


# --- website, languages, notes ----------------------------------------------------------------------------


@pytest.mark.requirement("F25")
@pytest.mark.parametrize(
    ("profile", "on", "level"),
    [
        ({"means": {"website": "https://example.com"}}, ("instagram",), "good"),
        ({}, ("shopify",), "good"),
        ({}, ("instagram",), "warn"),
        ({}, (), "unknown"),
    ],
)
def test_a_website_comes_before_social_media(
    profile: dict[str, Any], on: tuple[str, ...], level: str
) -> None:
    found = website_first(facts(profile, on), platform_book())
    assert found.level == level
    assert "Rienda" in found.to_json()["source"]


@pytest.mark.requirement("F26")
def test_languages_of_the_site_are_held_against_those_of_the_markets() -> None:
    held = facts(
        {"means": {"website_languages": ["it", "en"]}, "people": {"languages": ["it", "de"]}}, ("alibaba",)
    )
    found = coverage(held, ["GBR", "KOR", "CHE"], platform_book())
    assert [each.site for each in found] == [("en",), (), ("it",)]
    assert found[1].wanted == ("ko",) and found[1].platforms == ("alibaba",)
    assert "de" in found[2].people
    check = language_check(held, found)
    assert check.level == "warn" and "2 of 3" in check.reason and "Korean (South Korea)" in check.reason


@pytest.mark.requirement("F26")
def test_languages_that_are_not_stated_are_not_known() -> None:
    held = facts()
    assert language_check(held, coverage(held, ["GBR"], platform_book())).level == "unknown"
    english = facts({"means": {"website_languages": ["en"]}})
    assert language_check(english, coverage(english, ["GBR"], platform_book())).level == "good"


@pytest.mark.requirement("F27")
def test_a_market_without_a_fresh_note_is_a_reminder() -> None:
    notes = {
        "DEU": [(date(2026, 10, 1), date(2027, 4, 1))],
        "FRA": [(date(2026, 1, 1), date(2026, 7, 1))],
        "GBR": [
            (date(2026, 1, 1), date(2027, 7, 1))
        ],  # review is still to come, the note is eleven months old
    }
    found = stale_notes(["DEU", "FRA", "GBR", "KOR"], notes, TODAY)
    assert [each.market for each in found] == ["FRA", "GBR", "KOR"]
    assert "2026-01-01" in found[0].reason and "no note" in found[2].reason
    assert stale_notes(["KOR"], None, TODAY) == ()


# --- brand or cost, foreign or home, currencies -----------------------------------------------------------


@pytest.mark.requirement("F18")
def test_a_brand_without_skill_is_told_what_stands_in_and_no_aim_is_asked_for() -> None:
    brand = aim(facts({"aims": {"strategy": "brand"}, "people": {"marketing_skill": "none"}}))
    assert "reach and support" in brand.says and {c.level for c in brand.checks} == {"warn", "unknown"}
    able = {
        "people": {"marketing_skill": "high"},
        "means": {"monthly_budget": "600"},
        "aims": {"strategy": "brand"},
    }
    assert {c.level for c in aim(facts(able)).checks} == {"good"}
    assert "reach the world" in aim(facts({"aims": {"strategy": "cost"}})).says
    assert aim(facts()).stated is None and "aims.strategy" in aim(facts()).says


@pytest.mark.requirement("F22")
def test_studies_on_foreign_and_home_platforms_stand_side_by_side_without_a_default() -> None:
    found = foreign_or_home(platform_book(), facts(on=("alibaba", "own-shop")))
    assert found["agree"] is False and "no default" in found["says"]
    lee, williams = found["findings"]
    assert "250" in lee["caveat"] and "117" in williams["caveat"]
    assert "raises" in lee["says"] and "lowers" in williams["says"]
    assert (found["foreign"], found["home"]) == (["alibaba"], [])


@pytest.mark.requirement("F98")
def test_volatility_is_the_yearly_deviation_of_daily_changes() -> None:
    """Changes of +1 and -1 % in turn: deviation about 0.01, times the root of 252 about 0.159."""
    rates = np.cumprod(np.exp(np.tile([0.01, -0.01], 100)))
    found = volatility("USD", "EUR", rates)
    assert found.yearly == pytest.approx(0.01 * np.sqrt(252), rel=0.01)
    assert volatility("USD", "EUR", np.full(300, 1.1)).yearly == pytest.approx(0.0)
    assert volatility("USD", "EUR", rates[:40]).yearly is None
    assert "39" in volatility("USD", "EUR", rates[:40]).why
