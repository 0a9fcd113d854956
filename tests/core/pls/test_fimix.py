"""Segments: found where they are, not found where they are not, and criteria by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fondaco.pls.errors import PlsError
from fondaco.pls.fimix import compare_segments, mixture

pytestmark = pytest.mark.requirement("R12")
PATHS = [("X", "M"), ("M", "Y"), ("X", "Y")]


def standardised(values):
    return (values - values.mean()) / values.std(ddof=1)


def two_groups(n=400, seed=1):
    rng = np.random.default_rng(seed)
    first = np.arange(n) < n * 0.6
    x = rng.normal(size=n)
    m = np.where(first, 0.9, -0.3) * x + 0.4 * rng.normal(size=n)
    y = np.where(first, 0.1, 0.9) * m + np.where(first, 0.6, 0.0) * x + 0.4 * rng.normal(size=n)
    return {"X": standardised(x), "M": standardised(m), "Y": standardised(y)}, first


def test_two_groups_are_found_with_their_paths():
    scores, first = two_groups()
    found = mixture(scores, PATHS, 2, starts=5)
    right = (found.assignment == 0) == first
    assert right.mean() > 0.75  # the lines cross: near the middle nobody can tell
    assert found.shares == pytest.approx((0.6, 0.4), abs=0.06)
    for segment, members in enumerate((first, ~first)):
        design = np.column_stack([np.ones(members.sum()), scores["X"][members]])
        b = np.linalg.lstsq(design, scores["M"][members], rcond=None)[0]
        assert found.path(segment, "X", "M") == pytest.approx(b[1], abs=0.1)


def test_one_segment_is_ordinary_regression():
    scores, _ = two_groups()
    found = mixture(scores, PATHS, 1)
    x, m, y = scores.values()
    n = len(x)
    beta = np.linalg.lstsq(np.column_stack([np.ones(n), x, m]), y, rcond=None)[0]
    assert found.path(0, "X", "Y") == pytest.approx(beta[1])
    assert found.path(0, "M", "Y") == pytest.approx(beta[2])
    rest = [m - np.polyval(np.polyfit(x, m, 1), x), y - np.column_stack([np.ones(n), x, m]) @ beta]
    ln_l = sum(-n / 2 * (math.log(2 * math.pi * np.mean(e**2)) + 1) for e in rest)
    assert found.criteria.ln_l == pytest.approx(ln_l)


def test_criteria_are_those_of_the_literature():
    scores, _ = two_groups(n=300)
    found = mixture(scores, PATHS, 2, starts=3).criteria
    parameters = 1 + 2 * (3 + 2 + 2)  # a share; paths, intercepts and variances of each
    deviance, log_n = -2 * found.ln_l, math.log(300)
    assert found.parameters == parameters
    assert found.aic == pytest.approx(deviance + 2 * parameters)
    assert found.aic3 == pytest.approx(deviance + 3 * parameters)
    assert found.bic == pytest.approx(deviance + log_n * parameters)
    assert found.caic == pytest.approx(deviance + (log_n + 1) * parameters)
    assert found.hq == pytest.approx(deviance + 2 * math.log(log_n) * parameters)
    assert found.mdl5 == pytest.approx(deviance + 5 * log_n * parameters)
    assert 0 < found.en < 1


def test_the_right_number_of_segments_has_the_smallest_criteria():
    scores, _ = two_groups()
    found = compare_segments(scores, PATHS, 3, starts=4)
    assert min(found, key=lambda held: held.criteria.caic).segments == 2
    rng = np.random.default_rng(9)
    x = rng.normal(size=400)
    one = {"X": standardised(x), "Y": standardised(0.6 * x + rng.normal(size=400))}
    alone = compare_segments(one, [("X", "Y")], 2, starts=8)
    assert min(alone, key=lambda held: held.criteria.caic).segments == 1


def test_without_intercepts_the_model_of_hahn_has_fewer_parameters():
    scores, _ = two_groups()
    found = mixture(scores, PATHS, 2, starts=3, intercepts=False)
    assert found.criteria.parameters == 1 + 2 * (3 + 2)  # (K - 1) + K R + K Q


def test_membership_adds_up_and_the_same_seed_gives_the_same():
    scores, _ = two_groups(n=150)
    once, again = (mixture(scores, PATHS, 2, starts=3, seed=4) for _ in range(2))
    assert once.membership.sum(axis=1) == pytest.approx(np.ones(150))
    assert sum(once.sizes) == 150
    assert np.array_equal(once.membership, again.membership)


def test_too_many_segments_are_refused():
    scores, _ = two_groups(n=40)
    with pytest.raises(PlsError, match="parameters"):
        mixture(scores, PATHS, 6)


def test_a_path_without_scores_is_named():
    with pytest.raises(PlsError, match="Z"):
        mixture({"X": [1, 2, 3.0], "Y": [2, 1, 3.0]}, [("Z", "Y")], 1)
