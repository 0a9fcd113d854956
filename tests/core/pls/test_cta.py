"""Tetrads: which are independent, and whether the test tells a common cause from a sum."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.pls.cta import _fours, _resampled, _values, independent, tetrad_analysis
from fondaco.pls.errors import PlsError

pytestmark = pytest.mark.requirement("R12")


@pytest.mark.parametrize("k", [4, 5, 6, 7, 8, 10])
def test_as_many_tetrads_are_independent_as_bollen_and_ting_say(k):
    # k (k - 3) / 2 (Bollen and Ting 1993).
    assert independent(list(_fours(k, 0)), k).sum() == k * (k - 3) // 2


def columns(rng, matrix):
    return {f"x{i + 1}": column for i, column in enumerate(matrix.T)}


def test_tetrads_of_one_common_cause_vanish_in_the_population():
    loadings = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    sigma = np.outer(loadings, loadings)
    np.fill_diagonal(sigma, 1)
    assert np.abs(_values(sigma[None], list(_fours(5, 0)))).max() < 1e-15


def test_a_common_cause_is_rejected_as_often_as_the_level_says():
    rng = np.random.default_rng(11)
    rejected = 0
    for repetition in range(60):
        cause = rng.normal(size=(200, 1))
        data = columns(rng, cause * [0.8, 0.7, 0.8, 0.7] + 0.6 * rng.normal(size=(200, 4)))
        found = tetrad_analysis({"X": list(data)}, data, resamples=300, seed=repetition)
        rejected += found.tests[0].reflective is False
    assert rejected / 60 < 0.14  # 5 %, and three standard errors


def test_two_causes_behind_one_block_are_found_out():
    rng = np.random.default_rng(4)
    causes = rng.normal(size=(400, 2)) @ np.array([[1, 1, 0, 0], [0, 0, 1, 1]])
    data = columns(rng, causes + 0.5 * rng.normal(size=(400, 4)))
    found = tetrad_analysis({"X": list(data)}, data, resamples=1000).tests[0]
    assert found.reflective is False
    assert "rejected" in found.why


@pytest.mark.parametrize("interval", ["percentile", "bias-corrected"])
def test_bootstrap_agrees_with_resampling_rows(interval):
    rng = np.random.default_rng(8)
    matrix = rng.normal(size=(80, 4)) + rng.normal(size=(80, 1))
    fours = list(_fours(4, 0))
    drawn = np.concatenate(list(_resampled(matrix, fours, 4000, 1)))
    rows = rng.integers(0, 80, (4000, 80))
    slow = np.array([_values(np.cov(matrix[row], rowvar=False)[None], fours)[0] for row in rows])
    assert drawn.mean(axis=0) == pytest.approx(slow.mean(axis=0), abs=5 * slow.std() / 4000**0.5)
    assert drawn.std(axis=0) == pytest.approx(slow.std(axis=0), rel=0.1)


def test_three_indicators_borrow_one_and_two_borrow_two():
    rng = np.random.default_rng(1)
    data = columns(rng, rng.normal(size=(100, 9)) + rng.normal(size=(100, 1)))
    blocks = {"A": ["x1", "x2", "x3"], "B": ["x4", "x5"], "C": ["x6", "x7", "x8", "x9"]}
    near = {"A": ["B", "C"], "B": ["A"], "C": ["A"]}
    found = {
        test.construct: test for test in tetrad_analysis(blocks, data, neighbours=near, resamples=50).tests
    }
    assert (found["A"].borrowed_from, found["A"].indicators, found["A"].tested) == (
        "C",
        ("x1", "x2", "x3", "x6"),
        2,
    )
    assert (found["B"].borrowed_from, found["B"].tested) == ("A", 1)
    assert found["B"].tetrads[0].tetrad == "s(x4,x1)s(x5,x2) - s(x4,x2)s(x5,x1)"
    assert (found["C"].borrowed_from, found["C"].tested) == ("", 2)


def test_a_single_item_and_a_lone_pair_are_not_tested():
    data = {"a": [1, 2, 3.0], "b": [1, 3, 2.0], "c": [2, 1, 3.0]}
    single, pair = tetrad_analysis({"S": ["a"], "P": ["b", "c"]}, data).tests
    assert (single.reflective, pair.reflective) == (None, None)
    assert "nothing to test" in single.why
    assert "need four" in pair.why


def test_an_unknown_indicator_is_named():
    with pytest.raises(PlsError, match="x9"):
        tetrad_analysis({"X": ["x1", "x9"]}, {"x1": [1, 2.0]})


def test_a_tetrad_that_a_copy_makes_zero_has_no_p():
    rng = np.random.default_rng(3)
    data = columns(rng, rng.normal(size=(80, 1)) + rng.normal(size=(80, 3)))
    data["x4"] = 3 - 2 * data["x2"]
    tetrads = tetrad_analysis({"X": list(data)}, data, resamples=200, seed=1).tests[0].tetrads
    still = [one for one in tetrads if abs(one.estimate) < 1e-12]  # s(x1,x2) s(x3,x4) = s(x1,x4) s(x2,x3)
    assert len(still) == 1 and np.isnan(still[0].p) and np.isnan(still[0].t) and not still[0].differs
    assert all(0 < one.p <= 1 for one in tetrads if one is not still[0])
