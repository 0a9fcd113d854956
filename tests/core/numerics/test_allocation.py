"""Dividing a budget: to the cent, within floor and cap, and by how likely each place is the best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.numerics.allocation import divide, thompson_split


@st.composite
def budgets(draw: st.DrawFn) -> tuple[int, list[float], int, int]:
    many = draw(st.integers(1, 12))
    budget = draw(st.integers(1, 10**7))
    floor = draw(st.integers(0, budget // many))
    cap = draw(st.integers(max(-(-budget // many), floor), budget + 5))
    shares = draw(st.lists(st.floats(1e-9, 1), min_size=many, max_size=many))
    return budget, shares, floor, cap


@given(budgets())
def test_a_budget_is_divided_to_the_cent_within_floor_and_cap(
    case: tuple[int, list[float], int, int],
) -> None:
    budget, shares, floor, cap = case
    amounts = divide(budget, shares, floor=floor, cap=cap)
    assert sum(amounts) == budget
    assert all(floor <= amount <= cap for amount in amounts)


@given(budgets())
def test_who_has_the_larger_share_gets_no_less(case: tuple[int, list[float], int, int]) -> None:
    budget, shares, floor, cap = case
    amounts = divide(budget, shares, floor=floor, cap=cap)
    order = np.argsort(shares, kind="stable")
    sorted_amounts = np.array(amounts)[order]
    assert (np.diff(sorted_amounts) >= -1).all()  # a cent of rounding


def test_without_limits_it_is_in_proportion() -> None:
    assert divide(1000, [0.5, 0.3, 0.2]) == [500, 300, 200]


@pytest.mark.parametrize(("floor", "cap"), [(400, None), (0, 300), (300, 200)])
def test_limits_that_leave_no_way_are_refused(floor: int, cap: int | None) -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        divide(1000, [1, 1, 1], floor=floor, cap=cap)


def test_a_sure_winner_takes_by_the_square_of_worth() -> None:
    # With response worth x sqrt(spend), 3 to 1 splits as 9 to 1: the slopes 3/(2 sqrt .9), 1/(2 sqrt .1) agree.
    split = thompson_split(np.tile([3.0, 1.0], (10, 1)), most=2)
    assert split.share == pytest.approx((0.9, 0.1))
    assert 3 / np.sqrt(0.9) == pytest.approx(1 / np.sqrt(0.1))


def test_a_little_known_place_is_tried_as_often_as_it_may_be_the_best() -> None:
    rng = np.random.default_rng(3)
    known, unknown = rng.gamma(400, 1 / 400, 20_000), rng.gamma(1, 0.5, 20_000)
    split = thompson_split(np.column_stack([known, unknown]), most=2)
    assert split.chosen == (0, 1)
    # An exponential of mean one half exceeds 1 with probability exp(-2).
    assert split.best[1] == pytest.approx(np.exp(-2), abs=0.01)
    assert split.share[1] > 0.1


def test_knowing_more_of_a_poor_place_ends_its_trials() -> None:
    rng = np.random.default_rng(3)
    good = rng.gamma(100, 1 / 100, 20_000)
    vague, sure = rng.gamma(0.5, 0.3 / 0.5, 20_000), rng.gamma(50, 0.3 / 50, 20_000)
    before = thompson_split(np.column_stack([good, vague]), most=2)
    after = thompson_split(np.column_stack([good, sure]), most=2)
    assert dict(zip(before.chosen, before.share, strict=True))[1] > dict(
        zip(after.chosen, after.share, strict=True)
    ).get(1, 0)
    assert dict(zip(after.chosen, after.best, strict=True)).get(1, 0.0) == 0.0


def test_few_places_are_chosen_and_shares_add_up() -> None:
    split = thompson_split(np.random.default_rng(1).gamma(0.5, 1, (500, 200)), most=5)
    assert len(split.chosen) == 5
    assert sum(split.share) == pytest.approx(1)


def test_nothing_to_expect_divides_nothing() -> None:
    assert thompson_split(np.zeros((10, 3)), most=2).chosen == ()
    with pytest.raises(ValueError, match="negative"):
        thompson_split([[-1.0]], most=1)
