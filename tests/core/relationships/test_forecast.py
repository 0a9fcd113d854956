"""What buyers will bring: told for large and small firms, with ranges, and refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from fondaco.numerics import Estimate
from fondaco.numerics.purchases import BGNBD
from fondaco.relationships.buying import Buying, from_orders
from fondaco.relationships.forecast import forecast, pace_of
from fondaco.relationships.judging import judge
from fondaco.relationships.outlook import HOPE, OVERDUE

END = date(2026, 6, 30)


def buying(rows: Sequence[tuple[str, str | None, int, float | None]], end: date = END) -> Buying:
    """Return the buyers of orders told as (buyer, market, days before the end, value)."""
    frame = pl.DataFrame(
        [("shop", buyer, market, end - timedelta(days=back), net) for buyer, market, back, net in rows],
        schema={"platform": pl.String, "buyer": pl.String, "market": pl.String, "day": pl.Date, "net": pl.Float64},
        orient="row",
    )  # fmt: skip
    return from_orders(frame, {"shop": end})


def made(
    n: int, seed: int, *, days: int = 720, markets: Sequence[str] = ("DEU", "KOR", "USA"), after: int = 0
) -> list[tuple[str, str, int, float]]:
    """Draw buyers by the BG/NBD with known parameters; `after` days lie behind the end."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        rate, lost, mean = rng.gamma(0.8, 1 / 56), rng.beta(0.7, 2.5), rng.gamma(4, 100)
        day, first = float(rng.integers(0, days)), True
        while day <= days + after:
            rows.append((f"b{i}", markets[i % len(markets)], days - int(day), float(rng.gamma(5, mean / 5))))
            if not first and rng.random() < lost:
                break
            day, first = day + rng.exponential(1 / rate), False
    return rows


def low_to_high(told: Estimate) -> tuple[float, float, float]:
    assert told.estimate is not None and told.low is not None and told.high is not None
    return told.low, told.estimate, told.high


@pytest.mark.requirement("F92", "F96")
def test_orders_and_value_are_told_by_buyer_and_market_with_ranges() -> None:
    found = forecast(buying(made(400, 1)), currency="EUR")
    assert found.total is not None
    assert found.buyers is not None
    assert found.model is not None
    assert set(found.total.orders) == {"3", "6", "12"}
    for one in (*found.markets, found.total):
        told = [one.orders[name] for name in ("3", "6", "12")]
        means = [low_to_high(t)[1] for t in told]
        assert means == sorted(means)
        for t in (*told, *one.value.values()):
            assert list(low_to_high(t)) == sorted(low_to_high(t))
            assert t.level == 0.9
    assert {one.market for one in found.markets} == {"DEU", "KOR", "USA"}
    assert set(found.model.markets) == {"DEU", "KOR", "USA"}
    total = sum(low_to_high(one.orders["12"])[1] for one in found.markets)
    assert total == pytest.approx(found.total.orders["12"].estimate)
    assert found.to_frame().height == 400 == found.basis["buyers"]
    assert found.to_frame().columns[:4] == ["buyer", "platform", "market", "orders"]


def test_the_same_orders_give_the_same_forecast() -> None:
    rows = made(60, 4)
    assert forecast(buying(rows)).to_json() == forecast(buying(rows)).to_json()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "No order names its buyer"),
        ([("a", "DEU", 0, 5.0), ("b", "DEU", 0, 5.0)], "on the last day that is known"),
    ],
)
def test_nothing_seen_is_refused_in_words(rows: list[Any], says: str) -> None:
    told = forecast(buying(rows)).to_json()
    assert told["forecast"]["total"]["expected_orders"]["12"]["estimate"] is None
    assert says in told["forecast"]["total"]["expected_orders"]["12"]["why"]
    assert says in told["value_model"]["why"]
    assert told["model"] is None


def test_one_customer_gives_a_wide_range_and_says_what_it_leans_on() -> None:
    found = forecast(buying([("a", "KOR", 300, 90.0), ("a", "KOR", 200, 80.0)]))
    assert found.total is not None
    low, _, high = low_to_high(found.total.orders["12"])
    assert low == 0
    assert high >= 3
    assert any("Only 1 buyer ordered again" in note for note in found.notes)


@pytest.mark.requirement("F90")
def test_twelve_buyers_of_whom_none_returned_are_told_by_what_is_usual() -> None:
    found = forecast(buying([(f"b{i}", "KOR", 30 * i + 5, 100.0) for i in range(12)]))
    told = found.to_json()
    assert told["model"]["parameters"] is None
    assert "No buyer has ordered again" in told["model"]["why"]
    assert told["value_model"]["parameters"] is None
    assert told["forecast"]["total"]["expected_value"]["12"]["estimate"] is None
    assert 0 < told["forecast"]["total"]["expected_orders"]["12"]["estimate"] < 12
    calls = found.calls()
    assert {one.kind for one in calls} == {"second order"}
    assert calls[0].buyer.buyer == "b0"  # the freshest promises most


def test_the_longer_nobody_returns_the_less_is_expected() -> None:
    def year(factor: int) -> float:
        found = forecast(buying([(f"b{i}", "KOR", factor * (i + 1), None) for i in range(20)]))
        assert found.total is not None
        return float(found.total.orders["12"].estimate or 0)

    assert year(30) < year(10) < year(3)


def test_ties_and_same_day_orders_are_one_order() -> None:
    once = [("a", "DEU", 100, 10.0), ("a", "DEU", 50, 10.0), ("b", "DEU", 100, 10.0)]
    twice = [*once, ("a", "DEU", 50, 5.0), ("b", "DEU", 100, 5.0)]
    assert buying(twice).customers.x.tolist() == buying(once).customers.x.tolist() == [1, 0]


def test_buyers_who_never_stop_are_a_boundary_that_is_told() -> None:
    rows = [(f"b{i}", "DEU", 7 * k, 10.0) for i in range(30) for k in range(30)]
    found = forecast(buying(rows))
    assert found.model is not None
    assert found.model.unclear
    assert any("likelihood is flat" in note for note in found.notes)
    assert found.buyers is not None
    assert np.isfinite(found.buyers.orders).all()


def test_who_is_silent_for_long_after_steady_orders_is_worth_a_call() -> None:
    steady = [(f"s{i}", "DEU", 14 * k + i, 100.0) for i in range(25) for k in range(20)]
    silent = [("gone quiet", "KOR", 70 + 14 * k, 500.0) for k in range(15)]
    found = forecast(buying([*steady, *silent, *made(80, 9)]))
    calls = [one for one in found.calls() if one.kind == "overdue"]
    assert "gone quiet" in [one.buyer.buyer for one in calls]
    for one in calls:
        assert one.buyer.overdue
        assert one.buyer.patience < OVERDUE
        assert (one.buyer.alive.estimate or 0) >= HOPE
    assert [one.at_stake for one in calls] == sorted((one.at_stake for one in calls), reverse=True)
    assert {one.buyer.market for one in found.calls(market="KOR")} == {"KOR"}


def test_a_small_market_leans_on_the_others() -> None:
    # Two markets order weekly; the third has three buyers who ordered once, a week ago.
    rows = [(f"{m}{i}", m, 7 * k + i, 10.0) for m in ("DEU", "FRA") for i in range(40) for k in range(20)]
    rows += [(f"k{i}", "KOR", 7, 10.0) for i in range(3)]
    found = forecast(buying(rows))
    alone = forecast(buying([row for row in rows if row[1] == "KOR"]))
    korea = found.market("KOR")
    assert korea is not None
    assert alone.total is not None
    assert (korea.orders["3"].estimate or 0) > 2 * (alone.total.orders["3"].estimate or 0)


def test_the_past_tells_how_far_all_move_together() -> None:
    calm = pace_of(buying(made(300, 3)), BGNBD)
    assert 1 <= len(calm.trials) <= 3
    assert 0.05 < calm.sd < 0.3
    doubled = [
        (f"b{i}", "DEU", back, 1.0) for i in range(60) for back in (*range(400, 100, -50), *range(90, 0, -4))
    ]
    assert pace_of(buying(doubled), BGNBD).sd > 2 * calm.sd


def test_a_year_ahead_turns_out_as_told() -> None:
    """Eight made firms of 120 buyers: nine in ten totals and nine in ten buyers lie within their ranges."""
    held, inside, bias = 0, list[float](), list[float]()
    for seed in range(8):
        rows = made(120, 100 + seed, after=182)
        later = from_orders(_frame(rows), {"shop": END + timedelta(days=182)})
        then = from_orders(_frame(rows), {"shop": END})
        found = forecast(then, ahead={"half": 26.0}, model="BG/NBD")
        told = judge(found, then, later, "half")
        held, inside = held + told.total_held, [*inside, told.coverage]
        bias.append(told.model.bias)
    assert held >= 6
    assert np.mean(inside) >= 0.88
    assert abs(np.mean(bias)) < 0.12


def _frame(rows: Sequence[tuple[str, str, int, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [("shop", buyer, market, END - timedelta(days=back), net) for buyer, market, back, net in rows],
        schema={"platform": pl.String, "buyer": pl.String, "market": pl.String, "day": pl.Date, "net": pl.Float64},
        orient="row",
    )  # fmt: skip
