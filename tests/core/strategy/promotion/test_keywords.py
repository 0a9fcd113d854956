"""Keywords that are kept, stopped and tried, when most of them have seen a handful of clicks."""

from __future__ import annotations

import json
import sys
from decimal import Decimal as D
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from fondaco.strategy.promotion.ads import Advertising, TermSum
from fondaco.strategy.promotion.keywords import Keyword, Limits, judge
from fondaco.strategy.rules import rule

ROOT = Path(__file__).resolve().parents[4]
pytestmark = pytest.mark.requirement("F31")


def term(
    text: str,
    clicks: int,
    spend: str,
    orders: int | None,
    sales: str = "0",
    *,
    market: str | None = "DEU",
    platform: str = "amazon",
) -> TermSum:
    squares = float(D(sales)) ** 2 / orders if orders else 0.0
    return TermSum(platform, market, text, True, clicks, D(spend), orders, D(sales), squares)


#: A market in which a click costs 0.50 and an order brings 40: at a margin of a quarter one click in twenty must order.
MARKET = tuple(term(f"usual {n}", 200, "100", 10, "400") for n in range(8))


def by_name(*more: TermSum, left: str | None = "0.25", limits: Limits | None = None) -> dict[str, Keyword]:
    found = judge(Advertising((*MARKET, *more)), left=None if left is None else D(left), limits=limits)
    return {k.seen.term: k for k in found.keywords}


def test_what_surely_pays_is_kept_and_what_surely_does_not_is_stopped() -> None:
    found = by_name(term("good", 400, "200", 60, "2400"), term("bad", 600, "300", 2, "80"))
    assert found["good"].verdict == "keep" and found["bad"].verdict == "stop"
    assert found["good"].pays is not None and found["good"].pays > 0.99
    assert found["bad"].contribution.estimate is not None and found["bad"].contribution.estimate < 0


def test_one_lucky_click_keeps_no_word_and_ten_unlucky_ones_stop_none() -> None:
    """Raw shares would say 100 % and 0 %."""
    found = by_name(term("lucky", 1, "0.50", 1, "40"), term("unlucky", 10, "5", 0))
    assert found["lucky"].verdict == found["unlucky"].verdict == "test"
    assert found["lucky"].own.estimate == 1.0 and found["lucky"].rate.estimate is not None
    assert found["lucky"].rate.estimate < 0.1
    assert found["unlucky"].own.estimate == 0.0 and found["unlucky"].rate.estimate is not None
    assert found["unlucky"].rate.estimate > 0.02


def test_the_probability_of_paying_is_that_of_the_posterior_where_all_orders_are_alike() -> None:
    """All orders bring 40: a click pays where its rate is above 0.5 / (40 * 0.25) = 5 %."""
    known = by_name(term("x", 100, "50", 7, "280"))["x"]
    found = judge(Advertising((*MARKET, term("x", 100, "50", 7, "280"))), left=D("0.25"))
    size = found.prior_clicks
    assert size is not None and known.rate.estimate is not None and known.pays is not None
    a = known.rate.estimate * (size + 100)
    assert known.pays == pytest.approx(
        stats.beta.sf(0.05, a, size + 100 - a), abs=0.015
    )  # what orders bring is not quite sure
    assert known.share_needed == pytest.approx(0.5 / (known.rate.estimate * 40), rel=1e-3)


def test_a_test_says_how_many_clicks_would_tell_and_after_how_many_empty_ones_to_stop() -> None:
    found = by_name(term("near", 60, "30", 5, "200"))
    near = found["near"]
    assert near.verdict == "test" and near.clicks_to_know and near.stop_after
    cost = D(str(round(near.clicks_to_know * 0.5, 2))).quantize(D("0.01"))
    assert near.test_cost == cost and str(near.clicks_to_know) in near.why
    # So many clicks without an order stop it, and half as many do not.
    pays = [
        by_name(term("near", 60 + n, str(30 + n * 0.5), 5, "200"))["near"].pays or 0.0
        for n in (near.stop_after // 2, near.stop_after)
    ]
    assert pays[0] >= 0.1 > pays[1]


def test_what_lies_on_the_edge_is_not_said_to_be_known_by_any_number_of_clicks() -> None:
    found = by_name(
        *(term(f"edge {n}", 400, "200", 20, "800") for n in range(6)), limits=Limits(most_test_clicks=300)
    )
    assert {found[f"edge {n}"].clicks_to_know for n in range(6)} == {None}
    assert (
        "no number of clicks is sure to tell" in found["edge 0"].why
        or "too near to the edge" in found["edge 0"].why
    )


def test_without_a_margin_nothing_is_kept_and_only_the_hopeless_is_stopped() -> None:
    found = by_name(term("hopeless", 2000, "4000", 1, "40"), term("good", 400, "200", 60, "2400"), left=None)
    assert found["hopeless"].verdict == "stop" and "even if all of that were left" in found["hopeless"].why
    assert found["good"].verdict == "test" and found["good"].pays is None
    assert found["good"].contribution.estimate is None and "not stated" in found["good"].contribution.why
    assert found["good"].share_needed is not None and found["good"].share_needed < 0.15


def test_reports_without_orders_judge_nothing() -> None:
    found = judge(Advertising((term("blind", 900, "90", None),)), left=D("0.4"))
    assert found.keywords[0].verdict == "test" and found.keywords[0].rate.estimate is None
    assert "ascribe no orders" in found.notes[0]
    assert judge(Advertising(), left=D("0.4")).keywords == ()


def test_where_no_ad_ever_sold_it_is_told_what_an_order_must_leave() -> None:
    found = judge(Advertising((term("a", 100, "30", 0), term("b", 10, "3", 0))), left=D("0.4"))
    assert all(k.verdict == "test" and k.pays is None for k in found.keywords)
    assert "an order must leave" in found.keywords[0].why
    json.dumps([k.to_json() for k in found.keywords])


def test_free_clicks_and_clicks_that_order_twice_are_no_fault() -> None:
    found = by_name(term("free", 50, "0", 2, "80"), term("twice", 4, "2", 6, "240"))
    assert found["free"].verdict == "keep" and found["twice"].own.estimate == 1.0


def test_the_dearest_come_first_and_thresholds_are_the_rules() -> None:
    spends = [k.seen.spend for k in judge(Advertising(MARKET), left=D("0.25")).keywords]
    assert spends == sorted(spends, reverse=True)
    held = rule("promotion/keywords").thresholds
    assert {(n, float(t.value)) for n, t in held.items()} == {
        ("keep_from", Limits().keep_from), ("stop_below", Limits().stop_below), ("most_test_clicks", Limits().most_test_clicks)
    }  # fmt: skip
    assert all(t.basis == "set" and t.why for t in held.values())


@pytest.mark.parametrize("seed", [3, 11])
def test_on_made_advertising_the_rule_is_right_more_often_than_raw_rates(seed: int) -> None:
    """As `benchmarks/keywords.py`, with known conversion rates, smaller."""
    sys.path.insert(0, str(ROOT))
    try:
        from benchmarks.keywords import LEFT, compare, make
    finally:
        sys.path.remove(str(ROOT))
    rng = np.random.default_rng(seed)
    results = []
    for _ in range(4):
        made = make(rng, terms=30)
        results.append(compare(made, judge(made.seen, left=LEFT)))
    mean = {name: np.mean([getattr(r, name) for r in results]) for name in vars(results[0])}
    assert mean["even_right"] > mean["raw_right"]
    assert mean["rule_right"] > 0.85 and mean["stopped_right"] > 0.88
    assert 0.15 < mean["decided"] < 0.7
