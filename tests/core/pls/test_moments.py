"""Correlations of resamples come out the same by each way of forming them."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.pls import Moments, linear, moments, prepare

pytestmark = pytest.mark.requirement("R12")


def test_kept_chunked_and_wide_products_agree_with_weighted_correlations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 70)) @ rng.normal(size=(70, 70))
    names = [f"v{i}" for i in range(70)]
    cases, counts = prepare((values, names), names), rng.integers(0, 3, size=(50, 6))
    expected = np.stack([np.corrcoef(np.repeat(values, times, axis=0).T) for times in counts.T], axis=2)
    assert Moments(cases).correlations(counts) == pytest.approx(expected, abs=1e-10)
    monkeypatch.setattr(moments, "_HELD", 0)
    assert Moments(cases).correlations(counts) == pytest.approx(expected, abs=1e-10)
    monkeypatch.setattr(moments, "_WIDE", 1000)
    monkeypatch.setattr(moments, "_CHUNK", 2485 * 7)
    assert Moments(cases).correlations(counts) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("size", [3, 40])
def test_inverses_and_pivots_are_those_of_linear_algebra(size: int) -> None:
    rng = np.random.default_rng(size)
    stack = np.stack([np.cov(rng.normal(size=(size, 2 * size))) for _ in range(5)], axis=2)
    inverses, pivots = linear.inverse(stack)
    for k in range(5):
        assert inverses[:, :, k] @ stack[:, :, k] == pytest.approx(np.eye(size), abs=1e-8)
        assert pivots[k] == pytest.approx(np.linalg.cholesky(stack[:, :, k]).diagonal().min() ** 2)


@pytest.mark.parametrize("size", [3, 40])
def test_one_singular_matrix_does_not_spoil_the_others(size: int) -> None:
    rng = np.random.default_rng(size)
    stack = np.stack([np.cov(rng.normal(size=(size, 2 * size))) for _ in range(3)], axis=2)
    stack[-1, :, 1], stack[:, -1, 1] = stack[0, :, 1], stack[:, 0, 1]
    stack[-1, -1, 1] = stack[0, 0, 1]
    with np.errstate(all="ignore"):
        inverses, pivots = linear.inverse(stack)
    assert pivots[1] < 1e-10 < min(pivots[0], pivots[2])
    assert inverses[:, :, 2] @ stack[:, :, 2] == pytest.approx(np.eye(size), abs=1e-8)
