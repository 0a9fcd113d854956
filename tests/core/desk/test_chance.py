"""The chance of an order: ten past cases are enough to tell one, and its range holds what it says."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fondaco.desk.cases import Case
from fondaco.desk.chance import fit_chances
from fondaco.numerics.estimates import Estimate
from fondaco.numerics.logistic import fit_logistic

AT = datetime(2026, 1, 5, tzinfo=UTC)


def case(market: str = "KOR", kind: str = "inquiry", **said: str) -> Case:
    return Case("a:1", "a", "1", kind, market, AT, AT, **said)  # type: ignore[arg-type]


def ends(told: Estimate) -> tuple[float, float, float]:
    assert told.low is not None
    assert told.estimate is not None
    assert told.high is not None
    return told.low, told.estimate, told.high


def test_nine_are_too_few_and_ten_tell_a_wide_range() -> None:
    nine = fit_chances([(case(), False, False)] * 9).of([case()])[0]
    assert (nine.estimate, "9 past cases" in nine.why) == (None, True)
    ten = fit_chances([(case(), False, False)] * 10).of([case()])[0]
    low, middle, high = ends(ten)
    assert 0.01 < middle < 0.1  # none of ten, drawn from one in ten
    assert high / low > 5
    assert "10 past cases, of which 0" in ten.why


def test_many_cases_speak_for_themselves_and_a_market_with_two_is_drawn_to_all() -> None:
    past = [(case("DEU"), False, n % 10 < 3) for n in range(2000)] + [(case("JPN"), False, True)] * 2
    chances = fit_chances(past)
    germany, japan, new = (ends(each) for each in chances.of([case("DEU"), case("JPN"), case("BRA")]))
    assert germany[1] == pytest.approx(0.3, abs=0.01)
    assert germany[1] < japan[1] < 0.75
    assert new[2] - new[0] > 3 * (germany[2] - germany[0])


@pytest.mark.parametrize(
    ("cases", "orders", "told"),
    [(10, 0, (0.01, 0.07, 0.15)), (10, 4, (0.18, 0.33, 0.51)), (2000, 600, (0.29, 0.30, 0.31))],
)
def test_the_worked_table(cases: int, orders: int, told: tuple[float, float, float]) -> None:
    (found,) = fit_chances([(case(), False, n < orders) for n in range(cases)]).of([case()])
    assert tuple(round(each, 2) for each in ends(found)) == told


def test_who_ordered_before_is_likelier_where_the_past_says_so() -> None:
    past = [(case(), True, n % 2 == 0) for n in range(60)] + [(case(), False, n % 10 == 0) for n in range(60)]
    chances = fit_chances(past)
    again, new = ends(chances.of([case()], {"a:1"})[0]), ends(chances.of([case()])[0])
    assert again[1] > 2 * new[1]


def test_ranges_of_eighty_in_a_hundred_hold_the_chance_about_as_often() -> None:
    # Chances drawn from what is held beforehand, thirty cases of a firm each; four in five, give or take three errors of 500.
    rng, held = np.random.default_rng(5), 0
    for _ in range(500):
        p = 1 / (1 + np.exp(-rng.normal(np.log(0.1 / 0.9), 1.2)))
        fit = fit_logistic([[1.0]], [rng.binomial(30, p)], [30], [np.log(0.1 / 0.9)], [1.2])
        _, low, high = fit.chances([1.0], 0.8)
        held += bool(low[0] <= p <= high[0])
    assert 0.75 < held / 500 < 0.86


def test_separated_cases_have_a_finite_answer() -> None:
    fit = fit_logistic([[1.0, 0.0], [1.0, 1.0]], [0, 500], [500, 500], [0.0, 0.0], [1.0, 1.0])
    middle, low, high = fit.chances([[1.0, 1.0]])
    assert 0.9 < low[0] < middle[0] < high[0] < 1
    with pytest.raises(ValueError, match="successes"):
        fit_logistic([[1.0]], [2], [1], [0.0], [1.0])
