"""Necessary conditions: by hand, by brute force, and against what a peer gives on a survey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.pls.errors import PlsError
from fondaco.pls.nca import necessary_conditions, of_scores

pytestmark = pytest.mark.requirement("R12")


def by_strips(x, y, line):
    """The empty corner's share of the scope, from many thin strips instead of a formula."""
    middles = np.linspace(x.min(), x.max(), 200_001)
    middles = (middles[1:] + middles[:-1]) / 2
    if line == "CE-FDH":
        height = np.array([y[x <= value].max() for value in np.unique(x)])
        ceiling = height[np.searchsorted(np.unique(x), middles, side="right") - 1]
    else:
        corners, top = [], -np.inf
        for value in np.unique(x):
            highest = y[x == value].max()
            if highest > top:
                corners.append((value, highest))
                top = highest
        if len(corners) == 1:
            return 0.0
        slope, intercept = np.polyfit(*np.array(corners).T, 1)
        ceiling = np.clip(intercept + slope * middles, y.min(), y.max())
    return float((y.max() - ceiling).mean() / np.ptp(y))


@pytest.mark.parametrize("line", ["CE-FDH", "CR-FDH"])
@pytest.mark.parametrize("seed", range(5))
def test_effect_size_is_the_empty_share_of_the_scope(line, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 8, 60).astype(float)
    y = np.minimum(x + rng.integers(-3, 2, 60), 7.0)
    found = necessary_conditions({"x": x}, y, permutations=0).ceiling("x", line)
    assert found.effect == pytest.approx(by_strips(x, y, line), abs=2e-4)


def test_staircase_worked_out_by_hand():
    # Three strips of equal width; above the steps 3, 2 and 1 thirds of the height are empty.
    found = necessary_conditions({"x": [1, 2, 3, 4]}, [1, 2, 3, 4], permutations=0, levels=[0, 50, 100])
    ce, cr = found.ceiling("x", "CE-FDH"), found.ceiling("x", "CR-FDH")
    assert ce.effect == pytest.approx(6 / 9)
    assert cr.effect == pytest.approx(1 / 2)  # the diagonal
    assert (cr.intercept, cr.slope) == (pytest.approx(0, abs=1e-12), pytest.approx(1))
    assert [held.required for held in found.bottlenecks if held.line == "CR-FDH"] == pytest.approx(
        [0, 50, 100]
    )
    assert [held.required for held in found.bottlenecks if held.line == "CE-FDH"] == pytest.approx(
        [0, 200 / 3, 100]
    )


def test_no_empty_corner_means_no_necessity():
    found = necessary_conditions({"x": [1, 2, 3, 1]}, [3, 1, 2, 1], permutations=50)
    assert {held.effect for held in found.ceilings} == {0.0}
    assert {held.p for held in found.ceilings} == {1.0}
    assert {held.necessary for held in found.ceilings} == {False}


def test_level_above_the_regression_ceiling_is_out_of_reach():
    # Corners (0, 0), (2, 1), (10, 10): least squares gives y = -0.536 + 1.051 x, which is 9.98 at the right end.
    found = necessary_conditions({"x": [0, 2, 10]}, [0, 1, 10], permutations=0, levels=[100])
    states = {held.line: held.state for held in found.bottlenecks}
    assert states == {"CE-FDH": "required", "CR-FDH": "out of reach"}


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=4, max_size=30).filter(
        lambda pairs: len({a for a, _ in pairs}) > 1 and len({b for _, b in pairs}) > 1
    ),
    st.floats(0.1, 10),
    st.floats(-100, 100),
)
def test_rescaling_and_reordering_change_nothing(pairs, scale, shift):
    x, y = (np.array(values, dtype=float) for values in zip(*pairs, strict=True))
    first = necessary_conditions({"x": x}, y, permutations=0)
    other = necessary_conditions({"x": scale * x[::-1] + shift}, 3 * y[::-1] - 7, permutations=0)
    for one, two in zip(first.ceilings, other.ceilings, strict=True):
        assert 0 <= one.effect <= 1
        assert two.effect == pytest.approx(one.effect, abs=1e-9)


def test_permutation_p_is_uniform_where_nothing_is_related():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(200):
        x, y = rng.normal(size=(2, 40))
        p.append(necessary_conditions({"x": x}, y, permutations=99).ceiling("x", "CE-FDH").p)
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.045)
    assert np.mean(p) == pytest.approx(0.5, abs=0.08)


def test_same_seed_gives_the_same_p():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 40))
    once, again = (necessary_conditions({"x": x}, y, permutations=199, seed=7) for _ in range(2))
    assert once.ceilings == again.ceilings


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        ([1, 2, None], [1, 2, 3], "missing"),
        ([1, 2], [1, 2, 3], "same cases"),
        ([1, 1, 1], [1, 2, 3], "does not vary"),
        (["a", "b", "c"], [1, 2, 3], "not a number"),
        ([1], [1], "at least 2"),
    ],
)
def test_what_cannot_be_taken_is_said(x, y, says):
    with pytest.raises(PlsError, match=says):
        necessary_conditions({"x": x}, y)


def test_tables_hold_every_line_and_level():
    found = of_scores({"a": [1, 2, 3.0], "b": [2, 1, 3.0]}, "b", permutations=9)
    assert found.to_frame().columns[:4] == ["condition", "outcome", "line", "effect"]
    assert found.bottleneck_frame().height == 2 * 11
