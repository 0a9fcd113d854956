"""Before and after a change of practice."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from tests.core.markets.conftest import Make

from fondaco.kernel import InputError
from fondaco.markets.changes import by_day, compare
from fondaco.markets.periods import Span

FIRST = date(2026, 1, 1)
KNOWN = Span(FIRST, FIRST + timedelta(days=179))
CHANGED = FIRST + timedelta(days=90)


def made(rates: dict[str, tuple[float, float]], seed: int = 1) -> dict[tuple[str | None, date], float]:
    """Return daily Poisson counts by market, at one rate before the change and another after."""
    rng = np.random.default_rng(seed)
    return {
        (market, FIRST + timedelta(days=n)): float(rng.poisson(rate[n >= 90]))
        for market, rate in rates.items()
        for n in range(180)
    }


@pytest.mark.requirement("F85")
def test_orders_that_doubled_in_the_market_of_the_change_show() -> None:
    told = compare(
        made({"KOR": (2, 4), "DEU": (6, 6)}), KNOWN, CHANGED, market="KOR", what="replies within a day"
    )
    assert (told.before.first, told.before.last) == (FIRST, CHANGED - timedelta(days=1))
    assert (told.after.first, told.after.last) == (CHANGED, KNOWN.last)
    assert told.factor.low is not None
    assert told.factor.low > 1
    assert told.probability_higher is not None
    assert told.probability_higher > 0.99
    assert told.elsewhere.estimate == pytest.approx(1, abs=0.15)
    assert told.beyond.low is not None
    assert told.beyond.low > 1
    assert told.to_json()["what"] == "replies within a day"


@pytest.mark.requirement("F85")
def test_a_rise_that_came_everywhere_is_no_effect_of_the_change() -> None:
    around = 0
    for seed in range(40):
        told = compare(made({"KOR": (2, 4), "DEU": (6, 12)}, seed), KNOWN, CHANGED, market="KOR")
        assert told.factor.low is not None
        assert told.factor.low > 1
        assert told.beyond.low is not None
        assert told.beyond.high is not None
        around += told.beyond.low < 1 < told.beyond.high
    assert around / 40 >= 0.8  # nine tenths, less two standard errors


@pytest.mark.requirement("X08")
def test_a_comparison_says_that_it_proves_no_cause() -> None:
    told = compare(made({"KOR": (1, 1)}), KNOWN, CHANGED)
    assert "do not prove a cause" in told.notes[0]
    assert told.beyond.estimate is None
    assert told.beyond.why


def test_no_effect_is_seldom_taken_for_one() -> None:
    outside = 0
    for seed in range(200):
        told = compare(made({"KOR": (0.5, 0.5)}, seed), KNOWN, CHANGED)
        assert told.factor.low is not None
        assert told.factor.high is not None
        outside += not told.factor.low <= 1 <= told.factor.high
    assert outside / 200 <= 0.14  # a tenth, within two standard errors


def test_the_shorter_side_decides_and_is_told() -> None:
    told = compare(made({"KOR": (1, 1)}), KNOWN, FIRST + timedelta(days=150))
    assert told.before.first == FIRST + timedelta(days=120)
    assert any("Only 30 days" in note for note in told.notes)


def test_too_short_a_side_is_refused_with_what_is_known() -> None:
    with pytest.raises(InputError, match="only 5 days of orders are known"):
        compare(made({"KOR": (1, 1)}), KNOWN, FIRST + timedelta(days=5))
    with pytest.raises(InputError, match="only 0 days"):
        compare(made({"KOR": (1, 1)}), KNOWN, date(2030, 1, 1))
    with pytest.raises(InputError, match="No views are in the ledger"):
        compare({}, None, CHANGED, measure="views")


def test_few_events_tell_no_factor() -> None:
    told = compare({("KOR", CHANGED): 2.0}, KNOWN, CHANGED, market="KOR")
    assert told.factor.estimate is None
    assert told.probability_higher is None


def test_days_are_counted_from_the_ledger(table: Make) -> None:
    orders = table(
        "orders",
        [
            {"order": "1", "line": "a", "day": "2026-01-05", "country": "DEU", "value": "1"},
            {"order": "1", "line": "b", "day": "2026-01-05", "country": "DEU", "value": "1"},
            {"order": "2", "day": "2026-01-07", "country": "FRA", "value": "1"},
        ],
    )
    counts, known = by_day("orders", orders=orders)
    assert counts == {("DEU", date(2026, 1, 5)): 1, ("FRA", date(2026, 1, 7)): 1}
    assert known == Span(date(2026, 1, 5), date(2026, 1, 7))
    inquiries = table("inquiries", [{"platform": "p", "inquiry": "1", "day": "2026-02-01", "country": "KOR"}])
    assert by_day("inquiries", orders=orders, inquiries=inquiries)[0] == {("KOR", date(2026, 2, 1)): 1}
    traffic = table(
        "traffic",
        [
            {"platform": "p", "day": "2026-02-01", "until": "2026-02-01", "country": "KOR", "views": 8},
            {"platform": "p", "day": "2026-02-01", "until": "2026-02-28", "country": "KOR", "views": 90},
        ],
    )
    assert by_day("views", orders=orders, traffic=traffic)[0] == {("KOR", date(2026, 2, 1)): 8}
    assert by_day("views", orders=orders) == ({}, None)
