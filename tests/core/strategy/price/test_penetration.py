"""Entering low: dated steps, a stop rule, a range of months, and when it is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.numerics.estimates import Estimate
from fondaco.numerics.ratios import Count
from fondaco.strategy.price.penetration import HORIZON, Case, Penetration, Response, next_step, penetration

pytestmark = pytest.mark.requirement("F65")

START = date(2026, 11, 30)
RIVALS = {0.25: Estimate(12.0, 11.0, 13.0, 0.9), 0.5: Estimate(15.0, 14.0, 17.0, 0.9), 0.75: Estimate(20.0, 16.0, 24.0, 0.9)}  # fmt: skip
CASE = Case("EUR", cost=D("7.50"), floor=D("10.00"), target=D("15.00"), rivals=RIVALS, units=D(100))


def path(case: Case = CASE, **response: tuple[float, float]) -> Penetration:
    return penetration(case, START, Response(**response, stated=True) if response else None)


def test_a_worked_path() -> None:
    """A tenth below the rivals' 15.00 is 13.50; a twentieth of it is 0.675; three months between steps."""
    found = path()
    assert [(each.day, each.price) for each in found.steps] == [
        (date(2026, 11, 30), D("13.50")),
        (date(2027, 2, 28), D("14.18")),
        (date(2027, 5, 30), D("14.86")),
        (date(2027, 8, 30), D("15.00")),
    ]
    assert found.steps[0].margin == D("0.4444")
    assert found.against["p50"] == {"entry": -0.1, "target": 0.0}
    assert "20%" in found.stop


def test_a_worked_payback() -> None:
    """At 2.50 off 15.00 with cost 7.50 for three months, then the target, and 120 of 100 units while it is low
    (elasticity 1, all of them kept): the months bring 5.00 x 120 = 600 instead of 750; then 7.50 x 120 = 900.
    Three months lose 450; then each wins 150: nothing is owed from the end of the sixth month on."""
    held = {"price/penetration.step": D("0.2"), "price/penetration.months": D(3)}
    case = replace(CASE, entry=D("12.50"))
    found = penetration(case, START, Response((1.0, 1.0), (1.0, 1.0), stated=True), held)
    assert [each.price for each in found.steps] == [D("12.50"), D("15.00")]
    assert (found.payback.soonest, found.payback.latest) == (6, 6)


def test_the_months_are_a_range_that_the_response_widens() -> None:
    wide, narrow = path(), path(elasticity=(2.0, 2.5), kept=(0.9, 0.95))
    assert "wide default" in wide.payback.says and "as you state" in narrow.payback.says
    assert wide.payback.soonest is not None and narrow.payback.soonest is not None
    assert wide.payback.soonest <= narrow.payback.soonest
    assert wide.payback.latest is None, "with few more buyers who leave again it never pays back"


def test_without_any_answer_of_volume_it_never_pays_back_and_is_wrong() -> None:
    found = path(elasticity=(0.0, 0.0), kept=(0.0, 0.5))
    assert (found.payback.soonest, found.payback.latest) == (None, None)
    assert found.wrong and str(HORIZON) in found.payback.says


def test_to_enter_at_the_target_owes_nothing() -> None:
    found = path(replace(CASE, entry=D("15.00")))
    assert (found.payback.soonest, len(found.steps)) == (0, 1)


@given(
    low=st.floats(0, 5), more=st.floats(0, 3), kept=st.floats(0, 0.9), longer=st.floats(0, 0.1),
    entry=st.decimals("10.00", "14.99", places=2),
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_stronger_answers_and_faithful_buyers_never_pay_back_later(
    low: float, more: float, kept: float, longer: float, entry: D
) -> None:
    case = replace(CASE, entry=entry)
    weak = path(case, elasticity=(low, low), kept=(kept, kept)).payback.soonest
    strong = path(
        case, elasticity=(low + more, low + more), kept=(kept + longer, kept + longer)
    ).payback.soonest
    never = HORIZON + 1
    # Every unit earns something above its cost, so that more of them never hurt.
    assert (strong or never) <= (weak or never)


@given(entry=st.decimals("10.00", "15.00", places=2), step=st.decimals("0.02", "0.5", places=2))
def test_steps_rise_from_entry_to_target(entry: D, step: D) -> None:
    found = penetration(replace(CASE, entry=entry), START, None, {"price/penetration.step": step})
    prices = [each.price for each in found.steps]
    assert prices == sorted(set(prices)) and (prices[0], prices[-1]) == (entry, D("15.00"))
    assert [each.day for each in found.steps] == sorted({each.day for each in found.steps})


def holds(case: Case, name: str) -> bool | None:
    (found,) = (each for each in path(case).conditions if each.name == name)
    return found.holds


@pytest.mark.parametrize(
    ("case", "name", "expected"),
    [
        (CASE, "room below rivals", True),
        (replace(CASE, floor=D("13.50"), target=D(16)), "room below rivals", False),
        (replace(CASE, rivals={}), "room below rivals", None),
        (replace(CASE, entry=D("11.00"), quality=("pdo",)), "price is no sign of quality", False),
        (replace(CASE, quality=("pdo",)), "price is no sign of quality", True),
        (CASE, "price is no sign of quality", None),
        (replace(CASE, capacity=200, in_use=D(190)), "capacity for more", False),
        (replace(CASE, capacity=200, in_use=D(100)), "capacity for more", True),
        (CASE, "capacity for more", None),
        (replace(CASE, distributors=("Smith & Co",)), "no distributor undercut", False),
        (CASE, "no distributor undercut", None),
    ],
)
def test_the_conditions_under_which_it_is_wrong(case: Case, name: str, expected: bool | None) -> None:
    assert holds(case, name) is expected
    assert path(case).wrong is (expected is False)


@pytest.mark.requirement("F66")
def test_without_rivals_it_enters_at_the_floor_and_says_what_is_not_known() -> None:
    found = path(replace(CASE, rivals={}))
    assert found.steps[0].price == D("10.00") and found.against == {}
    assert "not known" in next(each.says for each in found.conditions if each.name == "room below rivals")


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((300, 3), (295, 3), "go on"),
        ((300, 3), (150, 3), "stop"),
        ((30, 3), (29, 3), "wait"),
        ((1, 3), (1, 3), "wait"),
    ],
)
def test_the_stop_rule(before: tuple[int, int], after: tuple[int, int], verdict: str) -> None:
    told, why = next_step(Count(*before), Count(*after))
    assert told == verdict and why


@pytest.mark.parametrize(
    "case",
    [
        replace(CASE, target=D(9)),
        replace(CASE, entry=D(9)),
        replace(CASE, entry=D(16)),
        replace(CASE, target=D(1000)),
    ],
)
def test_what_cannot_be_is_an_error(case: Case) -> None:
    with pytest.raises(InputError):
        path(case)


@pytest.mark.parametrize(
    "response", [((2.0, 1.0), (0.1, 0.2)), ((1.0, 2.0), (0.5, 1.5)), ((-1.0, 2.0), (0.1, 0.2))]
)
def test_a_range_upside_down_is_an_error(response: tuple[tuple[float, float], tuple[float, float]]) -> None:
    with pytest.raises(InputError, match="range"):
        Response(*response)
