"""The price floor: deterministic where nothing moves, never below it, and refusals in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference.rates import Rates
from fondaco.strategy.price.floor import Floor, Promise, StatedRate, price_floor

pytestmark = pytest.mark.requirement("F59")

RATES = Rates.load(None)
#: Within every history that is carried.
DAY = date(2024, 6, 3)


def floor(cost: dict[str, D], currency: str, margin: str = "0.25", **told: Any) -> Floor:
    promise = Promise(D(margin), **{name: told.pop(name) for name in ("confidence", "valid_days", "payment_days") if name in told})  # fmt: skip
    return price_floor(cost, currency, promise, today=told.pop("today", DAY), rates=RATES, **told)


@given(cost=st.decimals("0.01", "100000", places=2), margin=st.decimals(0, "0.95", places=3))
def test_with_one_currency_the_floor_is_cost_over_one_less_margin(cost: D, margin: D) -> None:
    found = floor({"EUR": cost}, "EUR", str(margin))
    assert found.amount == found.deterministic
    assert found.amount is not None
    assert found.amount * (1 - margin) >= cost > (found.amount - D("0.01")) * (1 - margin)


@pytest.mark.parametrize(
    ("cost", "currency"),
    [
        ({"EUR": D("7.50")}, "EUR"),
        ({"DEM": D("14.66")}, "EUR"),  # a fixed factor
        ({"EUR": D("7.50")}, "XOF"),  # a peg that the euro's agreement fixes
        ({"MNT": D(25000)}, "MNT"),  # a currency without rates, but alone
    ],
)
def test_where_nothing_moves_the_floor_is_the_deterministic_one(cost: dict[str, D], currency: str) -> None:
    found = floor(cost, currency, confidence=D("0.99"), valid_days=365)
    assert found.amount == found.deterministic
    assert found.amount is not None
    assert found.markup.estimate == 0.0


def test_money_that_is_there_at_once_bears_no_risk() -> None:
    found = floor({"EUR": D(10)}, "USD", valid_days=0)
    assert found.days == 0 and found.amount == found.deterministic


def test_a_worked_floor() -> None:
    """10 EUR at 1.0842 USD of 3 June 2024 and a quarter: 14.456 if no rate moved, then dearer by the markup."""
    found = floor({"EUR": D(10)}, "USD")
    rate = found.parts[0].rate
    assert (rate, found.parts[0].day) == (D("1.0842"), DAY)
    assert found.deterministic == D("14.46")
    rise = D(repr(found.markup.estimate))
    assert found.amount == (D(10) * rate / D("0.75") * (1 + rise)).quantize(
        D("0.01"), rounding="ROUND_CEILING"
    )
    # A month of euro and dollar at some 6 % a year: 1.645 x 0.06 x root(30/365) is 2.8 %.
    assert D("0.02") < rise < D("0.04")


@given(
    currency=st.sampled_from(["USD", "JPY", "TRY", "CHF", "DKK"]),
    confidence=st.decimals("0.5", "0.98", places=2),
    days=st.integers(0, 120),
    more=st.integers(0, 60),
)
@settings(max_examples=25, deadline=None)
def test_it_rises_with_confidence_and_days_and_is_never_below_the_deterministic(
    currency: str, confidence: D, days: int, more: int
) -> None:
    found = floor({"EUR": D(10)}, currency, confidence=confidence, valid_days=days)
    surer = floor({"EUR": D(10)}, currency, confidence=confidence + D("0.01"), valid_days=days)
    later = floor({"EUR": D(10)}, currency, confidence=confidence, valid_days=days, payment_days=more)
    assert found.deterministic is not None and found.amount is not None
    assert surer.amount is not None and later.amount is not None
    assert found.deterministic <= found.amount <= min(surer.amount, later.amount)


def test_it_falls_below_the_deterministic_only_where_that_is_asked_for() -> None:
    low, held = (
        floor({"EUR": D(10)}, "USD", confidence=D("0.1"), below_deterministic=below)
        for below in (True, False)
    )
    assert low.amount is not None and low.deterministic is not None
    assert low.amount < low.deterministic == held.amount


def test_cost_in_the_buyers_currency_bears_no_risk() -> None:
    """Half of the cost due in dollars halves what has to be added in dollars."""
    whole = floor({"EUR": D(20)}, "USD").markup.estimate
    half = floor({"EUR": D(10), "USD": D("10.842")}, "USD").markup.estimate
    assert whole is not None and half is not None
    assert half == pytest.approx(whole / 2, rel=0.05)


def test_currencies_that_move_together_add_up_and_others_help_each_other() -> None:
    one = floor({"EUR": D(10)}, "USD").markup.estimate
    with_crown = floor({"EUR": D(5), "DKK": D(37)}, "USD").markup.estimate
    with_yen = floor({"EUR": D(5), "JPY": D(850)}, "USD").markup.estimate
    yen = floor({"JPY": D(1700)}, "USD").markup.estimate
    assert one is not None and with_crown is not None and with_yen is not None and yen is not None
    assert with_crown == pytest.approx(one, rel=0.03)
    assert with_yen < (one + yen) / 2


@pytest.mark.requirement("X05")
def test_currencies_that_are_dead_or_changed_their_name() -> None:
    lira = floor({"ITL": D("19362.7")}, "USD")
    assert lira.amount == floor({"EUR": D(10)}, "USD").amount
    assert "1936.27" in lira.notes[0]
    assert floor({"TRL": D(300_000_000)}, "EUR").amount == floor({"TRY": D(300)}, "EUR").amount
    for dead, living in (("DEM", "EUR"), ("HRK", "EUR"), ("TRL", "TRY")):
        refused = floor({"EUR": D(10)}, dead)
        assert refused.amount is None and f"quote in {living}" in refused.why
    # On a day on which it was still money, it was quoted.
    assert floor({"EUR": D(10)}, "HRK", today=date(2019, 6, 3)).amount is not None


def test_a_currency_that_the_central_bank_does_not_quote_is_refused() -> None:
    for cost, currency in (({"MNT": D(25000)}, "KRW"), ({"EUR": D(10)}, "MNT")):
        found = floor(cost, currency)
        assert found.amount is None and "does not quote MNT" in found.why


def test_a_stated_range_gives_a_range() -> None:
    """A bag of 60,000 togrog to Korea, at 3,600 to 3,700 for a euro."""
    rate = StatedRate("MNT", "EUR", 1 / D(3700), 1 / D(3600))
    found = floor({"MNT": D(60000)}, "KRW", stated=[rate])
    ends = [floor({"EUR": D(60000) / each}, "KRW").amount for each in (D(3700), D(3600))]
    assert [found.lowest, found.amount] == ends
    assert "MNT" in found.notes[-1]
    quoted = floor({"EUR": D(10)}, "MNT", stated=[rate])
    assert (quoted.lowest, quoted.amount) == (
        D("48000.00"),
        D("49333.34"),
    )  # 13.33 EUR at each end, rounded up


def test_a_rate_stated_against_one_that_is_not_quoted_either_is_refused() -> None:
    found = floor({"MNT": D(60000)}, "USD", stated=[StatedRate("MNT", "KZT", D("0.13"), D("0.14"))])
    assert found.amount is None and "KZT" in found.why


def test_a_peg_carries_its_anchors_risk_and_says_so() -> None:
    dirham, dollar = floor({"EUR": D(10)}, "AED"), floor({"EUR": D(10)}, "USD")
    assert dirham.markup == dollar.markup
    assert dirham.amount is not None and dollar.amount is not None
    assert float(dirham.amount / dollar.amount) == pytest.approx(3.6725, abs=0.005)
    assert any("peg" in note for note in dirham.notes)


def test_a_rate_that_is_held_is_named() -> None:
    assert any("holds it" in note for note in floor({"EUR": D(10)}, "DKK").notes)
    assert not any("holds it" in note for note in floor({"EUR": D(10)}, "USD").notes)


def test_a_suspended_rate_is_refused() -> None:
    found = floor({"EUR": D(10)}, "RUB")
    assert found.amount is None and "2022" in found.why


def test_too_short_a_history_is_refused_with_the_deterministic_price() -> None:
    """The ECB has quoted the real since 2008."""
    found = floor({"EUR": D(10)}, "BRL", today=date(2008, 9, 1), valid_days=60)
    assert found.amount is None and found.deterministic is not None
    assert "past moves" in found.why


def test_the_age_of_the_rates_counts_as_days_in_which_they_move() -> None:
    late = date.fromordinal(RATES.last_day.toordinal() + 30)
    found, fresh = (floor({"EUR": D(10)}, "USD", today=day) for day in (late, RATES.last_day))
    assert (found.days, fresh.days) == (60, 30)
    assert found.amount is not None and fresh.amount is not None and found.amount > fresh.amount
    assert any("30 days old" in note for note in found.notes)
    stale = floor({"EUR": D(10)}, "USD", today=date.fromordinal(RATES.last_day.toordinal() + 400))
    assert stale.amount is None and "newer rates" in stale.why


def test_a_promise_that_rests_on_few_spans_says_so() -> None:
    assert any(
        "rests on few" in n for n in floor({"EUR": D(10)}, "USD", confidence=D("0.99"), valid_days=90).notes
    )
    assert not any("rests on few" in n for n in floor({"EUR": D(10)}, "USD", valid_days=30).notes)


def test_a_confidence_beyond_all_that_was_seen_is_refused() -> None:
    found = floor({"EUR": D(10)}, "USD", confidence=D("0.99999"))
    assert found.amount is None and found.deterministic == D("14.46")
    assert "99.999%" in found.why and found.markup.estimate is None
    # Where nothing moves, any confidence holds.
    assert floor({"EUR": D(10)}, "EUR", confidence=D("0.99999")).amount == D("13.34")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (lambda: Promise(D(1)), "margin"),
        (lambda: Promise(D("-0.1")), "margin"),
        (lambda: Promise(D("0.2"), D(1)), "confidence"),
        (lambda: Promise(D("0.2"), D("0.9"), -1), "days"),
        (lambda: Promise(D("0.2"), D("0.9"), 5000), "days"),
        (lambda: StatedRate("MNT", "EUR", D(2), D(1)), "lower first"),
        (lambda: floor({"EUR": D(-1)}, "USD"), "zero or more"),
        (lambda: floor({"EUR": D(0)}, "USD"), "above zero"),
        (lambda: floor({"EUR": D("NaN")}, "USD"), "zero or more"),
        (lambda: floor({"EUR": D("1e70")}, "USD"), "zero or more"),
        (lambda: StatedRate("MNT", "EUR", D("1e-300"), D(1)), "lower first"),
        (lambda: floor({"EURO": D(1)}, "USD"), "ISO 4217"),
        (lambda: floor({"EUR": D(1)}, "XYZ"), "ISO 4217"),
    ],
)
def test_what_cannot_be_is_an_error(told: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        told()


@pytest.mark.requirement("X05")
def test_json_has_money_as_text_and_the_reason_of_a_refusal() -> None:
    told = floor({"EUR": D(10)}, "KRW").to_json()
    assert told["amount"].isdigit() and told["markup"]["level"] == 0.9
    assert told["cost"][0]["rate_day"] == "2024-06-03"
    assert floor({"EUR": D(10)}, "MNT").to_json()["amount"] is None
