"""Agreement of several judges: published examples, an independent program, and what must hold of any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest
from statsmodels.stats.inter_rater import cohens_kappa

from fondaco.numerics.agreement import METRICS, Metric, Weights, cohen, krippendorff

pytestmark = pytest.mark.requirement("R18")


def table(*lines: str) -> NDArray[np.float64]:
    return np.array([[np.nan if cell == "*" else float(cell) for cell in line.split()] for line in lines])


#: Krippendorff (2011), section C and D: four observers, twelve units, with gaps.
FOUR = table(
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
)
#: Three observers and fifteen units, the example of Krippendorff's alpha in common reference works.
THREE = table(
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
)


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_own_example(metric: Metric, alpha: float) -> None:
    found = krippendorff(FOUR, metric, resamples=50)
    assert found.alpha.estimate == pytest.approx(alpha, abs=0.0005)
    assert (found.units, found.values) == (11, 40)


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.691358), ("interval", 0.810845)])
def test_three_observers_with_many_gaps(metric: Metric, alpha: float) -> None:
    assert krippendorff(THREE, metric, resamples=50).alpha.estimate == pytest.approx(alpha, abs=5e-7)


def units(table_: list[list[int]]) -> tuple[list[int], list[int]]:
    pairs = [(i, j) for i, row in enumerate(table_) for j, count in enumerate(row) for _ in range(count)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def test_cohens_own_example() -> None:
    # Cohen (1960): 200 cases, two judges, three categories; kappa is .492.
    found = cohen(*units([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert found.kappa.estimate == pytest.approx(0.492, abs=0.0005)
    assert found.agreed == pytest.approx(0.70)


def test_diagnoses_with_standard_errors() -> None:
    # Fleiss (1981): 100 patients; kappa .68, standard error .087, and .076 where there is no agreement.
    found = cohen(*units([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert found.kappa.estimate == pytest.approx(0.68, abs=0.005)
    assert found.se == pytest.approx(0.087, abs=0.001) and found.se_null == pytest.approx(0.076, abs=0.0006)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=60))
def test_kappa_agrees_with_another_program(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = cohen(first, second)
    counts = np.array([[sum(p == (i, j) for p in pairs) for j in range(4)] for i in range(4)])
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    if found.kappa.estimate is None:
        assert len(used) == 1
        return
    with np.errstate(invalid="ignore"):
        theirs = cohens_kappa(counts[np.ix_(used, used)])
    assert found.kappa.estimate == pytest.approx(theirs.kappa, abs=1e-9)
    # Roots of variances that are nothing but for rounding are not compared any closer.
    assert found.se == pytest.approx(np.nan_to_num(theirs.std_kappa), abs=1e-7)
    assert found.se_null == pytest.approx(np.nan_to_num(theirs.std_kappa0), abs=1e-7)


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=8, max_size=60))
def test_weighted_kappa_agrees_with_another_program(weights: Weights, pairs: list[tuple[int, int]]) -> None:
    pairs = [*pairs, (0, 3), (3, 0), (1, 1), (2, 2)]
    found = cohen([a for a, _ in pairs], [b for _, b in pairs], weights=weights)
    counts = np.array([[sum(p == (i, j) for p in pairs) for j in range(4)] for i in range(4)])
    theirs = cohens_kappa(counts, wt=weights)
    assert found.kappa.estimate == pytest.approx(theirs.kappa, abs=1e-9)
    assert found.se == pytest.approx(theirs.std_kappa, abs=1e-7)
    assert found.se_null == pytest.approx(theirs.std_kappa0, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(2, 5), st.integers(2, 20), st.sampled_from(METRICS), st.floats(0, 0.6)
)  # fmt: skip
def test_the_order_of_people_and_units_does_not_count(
    seed: int, people: int, things: int, metric: Metric, gaps: float
) -> None:
    rng = np.random.default_rng(seed)
    judged = rng.integers(0, 5, (people, things)).astype(float)
    judged[rng.random(judged.shape) < gaps] = np.nan
    found = krippendorff(judged, metric, resamples=1)
    again = krippendorff(judged[rng.permutation(people)][:, rng.permutation(things)], metric, resamples=1)
    assert (found.alpha.estimate is None) == (again.alpha.estimate is None)
    if found.alpha.estimate is not None:
        assert again.alpha.estimate == pytest.approx(found.alpha.estimate)
        assert found.alpha.estimate <= 1 + 1e-12


def test_full_agreement_is_one_and_random_judgements_are_near_zero() -> None:
    same = np.tile(np.arange(12) % 4, (3, 1))
    full = krippendorff(same, "ordinal").alpha
    assert full.estimate == pytest.approx(1) and full.low is None and "No two judgements" in full.why
    kappa = cohen(same[0], same[1]).kappa
    assert kappa.estimate == 1 and kappa.low is not None and 0.6 < kappa.low < 0.7 and kappa.high == 1
    drawn = krippendorff(np.random.default_rng(3).integers(0, 4, (2, 3000)), "nominal", resamples=100)
    assert drawn.alpha.estimate == pytest.approx(0, abs=0.05)


def test_the_interval_covers_as_often_as_it_says() -> None:
    # Two judges who are each right with probability 0.8 among three names: alpha tends to a known value.
    rng, inside, rounds = np.random.default_rng(8), 0, 100
    right = 0.8
    agree = right**2 + (1 - right) ** 2 / 2
    truth = 1 - (1 - agree) / (2 / 3)
    for seed in range(rounds):
        real = rng.integers(0, 3, 80)
        seen = np.array(
            [np.where(rng.random(80) < right, real, (real + rng.integers(1, 3, 80)) % 3) for _ in range(2)]
        )
        found = krippendorff(seen, resamples=200, seed=seed).alpha
        assert found.low is not None and found.high is not None
        inside += found.low <= truth <= found.high
    assert inside / rounds > 0.90


def test_what_cannot_be_told_is_said() -> None:
    assert "two people" in krippendorff([[1, np.nan], [np.nan, 2]]).alpha.why
    assert "alike" in krippendorff([[1, 1], [1, 1]]).alpha.why
    assert "alike" in cohen([1, 1], [1, 1]).kappa.why
    assert "both" in cohen([np.nan], [1]).kappa.why
    with pytest.raises(ValueError, match="zero or more"):
        krippendorff([[-1, 1], [1, 1]], "ratio")
    with pytest.raises(ValueError, match="two dimensions"):
        krippendorff([1, 2])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=6),
    st.sampled_from(["none", "linear", "quadratic"]),
)
def test_the_interval_of_kappa_holds_its_estimate(pairs: list[tuple[int, int]], weights: Weights) -> None:
    kappa = cohen(*zip(*pairs, strict=True), weights=weights).kappa
    if kappa.estimate is not None and kappa.low is not None and kappa.high is not None:
        assert kappa.low - 1e-9 <= kappa.estimate <= kappa.high + 1e-9


def test_where_all_disagree_alike_weighted_kappa_counts_how_far_they_are_apart() -> None:
    # Two of three places apart at most, so that quadratic weights count 8/9 of an agreement, by chance 2/3.
    kappa = cohen([1, 3], [2, 4], weights="quadratic").kappa
    assert kappa.estimate == pytest.approx((8 / 9 - 2 / 3) / (1 - 2 / 3))
    assert kappa.low == -1 and kappa.high == pytest.approx(1, abs=0.02), "of two units nothing much is known"
    exact = binomtest(4, 4).proportion_ci(0.95)
    full = cohen([1, 1, 2, 2], [1, 1, 2, 2]).kappa  # chance is 1/2
    assert (full.low, full.high) == pytest.approx((2 * exact.low - 1, 1))


def alpha_by_pairs(units: list[list[float]], metric: Metric) -> float:
    """Krippendorff's alpha as it is defined: every pair of values within units against every pair of all values."""
    held = [value for unit in units for value in unit]

    def apart(a: float, b: float) -> float:
        if metric == "nominal":
            return float(a != b)
        if metric == "interval":
            return (a - b) ** 2
        if metric == "ratio":
            return ((a - b) / (a + b)) ** 2 if a + b else 0.0
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in held)
        return (between - (held.count(low) + held.count(high)) / 2) ** 2

    inside = sum(apart(a, b) / (len(unit) - 1) for unit in units for a in unit for b in unit)
    return 1 - (len(held) - 1) * inside / sum(apart(a, b) for a in held for b in held)


@pytest.mark.parametrize("metric", METRICS)
def test_the_interval_is_of_units_drawn_again_each_with_an_alpha_of_its_own(metric: Metric) -> None:
    units = [[value for value in column if not np.isnan(value)] for column in FOUR.T]
    units = [unit for unit in units if len(unit) > 1]
    rng = np.random.default_rng(7)
    drawn = [
        alpha_by_pairs([units[place] for place in rng.integers(len(units), size=len(units))], metric)
        for _ in range(25)
    ]
    found = krippendorff(FOUR, metric, resamples=25, seed=7).alpha
    assert found.estimate == pytest.approx(alpha_by_pairs(units, metric))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
