"""Changes of a part's share: exact permutations, a t test worked by hand, noise and planted changes."""

from __future__ import annotations

import doctest
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.numerics import changes as module
from fondaco.numerics.changes import SHOWN, share_changes


def bunched(rng: np.random.Generator, mean: np.ndarray, size: float) -> np.ndarray:
    """Counts whose events come in bunches of geometric size."""
    bunches = rng.poisson(mean / size)
    more = rng.negative_binomial(np.maximum(bunches, 1), 1 / size)
    return np.where(bunches > 0, bunches + more, 0)


def test_one_bunch_is_no_change() -> None:
    """Twelve orders in one of the last three months, none else: three months in fifteen are that lucky."""
    counts = np.full((15, 2), 20)
    counts[:, 0] = 0
    counts[13, 0] = 12
    found = share_changes(counts)[0]
    assert stats.binomtest(12, 12, 0.2).pvalue < 1e-8  # what a test for independent orders would say
    assert found.p_value >= 2 * 3 / 15  # a fifth of all choices of three months hold it; two-sided
    assert found.dispersion > 5


def by_hand(n: np.ndarray) -> tuple[float, float, float]:
    """Upper tails for a part of an even whole of 100: exact permutation, t, and t against a year before."""
    p = n.sum() / 1500
    z = (n - 100 * p) / np.sqrt(100 * p * (1 - p))
    late, early = z[-3:], z[:-3]
    sums = [z[list(chosen)].sum() for chosen in itertools.combinations(range(15), 3)]
    pooled = max((np.var(late) * 3 + np.var(early) * 12) / 13, 1.0)
    t = (late.mean() - early.mean()) / np.sqrt(pooled * (1 / 3 + 1 / 12))
    both = n[:3].sum() + n[-3:].sum()
    of_year = (n[-3:].sum() - both / 2) / np.sqrt(pooled * (both / 600) * (1 - both / 600) * 300 / 2)
    return (
        float(np.mean([s >= late.sum() - 1e-9 for s in sums])),
        float(stats.t.sf(t, 13)),
        float(stats.t.sf(of_year, 13)),
    )


def test_where_the_permutation_ends_student_goes_on() -> None:
    n = np.array([4, 6, 4, 6, 4, 6, 5, 6, 4, 6, 4, 6, 16, 17, 18])
    permutation, student, of_year = by_hand(n)
    assert permutation == pytest.approx(1 / 455)
    found = share_changes(np.stack([n, 100 - n], axis=1))[0]
    assert of_year < SHOWN
    assert found.p_value == pytest.approx(2 * student)
    assert found.before == pytest.approx(61 / 12)
    assert found.recent == 17


def test_elsewhere_the_permutation_is_counted_out() -> None:
    """One bunch in an empty year: every choice that holds its month does as well, 91 of 455."""
    n = np.array([0] * 13 + [30, 0])
    permutation, student, of_year = by_hand(n)
    assert permutation == pytest.approx(91 / 455)
    assert permutation > max(student, of_year)
    assert share_changes(np.stack([n, 100 - n], axis=1))[0].p_value == pytest.approx(2 * permutation)


def test_what_does_not_show_against_a_year_before_counts_no_more_than_that() -> None:
    n = np.array([9, 10, 11, 4, 6, 5, 4, 6, 5, 4, 6, 5, 11, 12, 14])
    permutation, student, of_year = by_hand(n)
    assert of_year > SHOWN > max(permutation, student)
    assert share_changes(np.stack([n, 100 - n], axis=1))[0].p_value == pytest.approx(2 * of_year)


def test_months_that_go_together_make_it_less_sure() -> None:
    """The same months in another order: in runs, and up and down."""
    up_and_down, in_runs = [40, 20] * 6, [20] * 6 + [40] * 6
    p_values = [
        share_changes(np.stack([np.array([*early, 60, 62, 58]), np.full(15, 100)], axis=1))[0].p_value
        for early in (up_and_down, in_runs)
    ]
    assert p_values[0] < p_values[1]


def test_what_moves_all_parts_is_no_change_of_any() -> None:
    season = np.array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 5, 4])[:, None]
    counts = season * np.array([[10, 30, 60]])
    assert [change.p_value for change in share_changes(counts)] == [1.0, 1.0, 1.0]


def test_a_part_whose_share_falls_because_another_grew_has_not_fallen() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(np.tile([60.0, 40, 30, 20], (15, 1)))
    counts[-3:, 0] *= 4
    found = share_changes(counts)
    assert found[0].p_value < 0.001
    assert min(change.p_value for change in found[1:]) > 0.02


def test_a_season_of_its_own_is_no_change() -> None:
    """Three months of each year that sell threefold, the last three among them."""
    rng = np.random.default_rng(4)
    mean = np.tile([40.0, 60, 30, 50], (15, 1))
    mean[[0, 1, 2, 12, 13, 14], 0] *= 3
    assert share_changes(rng.poisson(mean))[0].p_value > 0.2
    mean[:3, 0] /= 3
    assert share_changes(rng.poisson(mean))[0].p_value < 0.01


def test_too_little_is_not_looked_at() -> None:
    assert share_changes(np.full((14, 3), 9)) == ()  # too few months
    assert share_changes(np.full((15, 1), 9)) == ()  # nothing to be a share of
    few = np.array([[0, 9, 9]] * 14 + [[9, 9, 9]])
    assert [change.part for change in share_changes(few)] == [1, 2]


@given(st.integers(0, 10_000), st.integers(15, 30), st.integers(2, 6))
def test_p_values_are_p_values_and_the_order_of_parts_does_not_matter(
    seed: int, months: int, parts: int
) -> None:
    rng = np.random.default_rng(seed)
    counts = bunched(rng, rng.uniform(0, 20, size=(1, parts)).repeat(months, axis=0), 2.0)
    found = {change.part: change.p_value for change in share_changes(counts)}
    assert all(0 < p <= 1 for p in found.values())
    turned = {parts - 1 - change.part: change.p_value for change in share_changes(counts[:, ::-1])}
    assert found == pytest.approx(turned)


def test_its_examples_run() -> None:
    assert doctest.testmod(module).failed == 0
