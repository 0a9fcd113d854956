"""The model of Fellegi and Sunter: it finds again what made the data, and holds on to its prior where there are few."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco.numerics import linkage
from fondaco.numerics.linkage import fit_linkage, random_levels

M = [np.array([0.1, 0.9]), np.array([0.2, 0.8]), np.array([0.05, 0.15, 0.8])]
U = [np.array([0.99, 0.01]), np.array([0.95, 0.05]), np.array([0.97, 0.02, 0.01])]


def drawn(probabilities, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.stack([rng.choice(len(p), count, p=p) for p in probabilities], axis=1).astype(np.int8)


def test_em_finds_again_what_made_the_pairs() -> None:
    rng = np.random.default_rng(3)
    seen = np.concatenate([drawn(M, 4_000, rng), drawn(U, 200_000, rng)])
    model = fit_linkage(seen, U, pairs=len(seen), prior_m=[[1, 1], [1, 1], [1, 1, 1]], expected=1_000)
    assert model.converged
    assert model.prior * model.pairs == pytest.approx(4_000, rel=0.1)
    for found, made in zip(model.m, M, strict=True):
        assert found == pytest.approx(made, abs=0.03)
    probability = model.probability(model.weights(seen).sum(axis=1))
    assert probability[:4_000].sum() + probability[4_000:].sum() == pytest.approx(4_000, rel=0.1)


def test_counting_patterns_in_a_table_or_by_sorting_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = drawn(U, 500, np.random.default_rng(4))
    seen[::7, 1] = -1
    priors = [[1, 9], [1, 9], [1, 1, 8]]
    counted = fit_linkage(seen, U, pairs=9_000, prior_m=priors, expected=40)
    monkeypatch.setattr(linkage, "_MANY_PATTERNS", 0)
    shown = seen[:20]  # fewer pairs than possible patterns
    assert fit_linkage(seen, U, pairs=9_000, prior_m=priors, expected=40).prior == counted.prior
    few = fit_linkage(shown, U, pairs=9_000, prior_m=priors, expected=40)
    monkeypatch.undo()
    again = fit_linkage(shown, U, pairs=9_000, prior_m=priors, expected=40)
    assert few.prior == again.prior
    assert all((one == other).all() for one, other in zip(few.m, again.m, strict=True))


def test_weights_are_the_logarithms_of_the_ratios() -> None:
    model = fit_linkage(
        np.array([[1, 1, 2]], dtype=np.int8),
        U,
        pairs=10,
        prior_m=[10_000 * m for m in M],
        expected=1,
        rounds=1,
    )
    bits = model.weights(np.array([[1, 0, 2], [-1, 1, 1]], dtype=np.int8))
    assert bits[0] == pytest.approx(np.log2([0.9 / 0.01, 0.2 / 0.95, 0.8 / 0.01]), abs=0.01)
    assert bits[1] == pytest.approx([0, np.log2(0.8 / 0.05), np.log2(0.15 / 0.02)], abs=0.01)


def test_few_pairs_do_not_make_the_model_forget_its_prior() -> None:
    seen = np.array([[1, 0, 2]], dtype=np.int8)
    model = fit_linkage(seen, U, pairs=66, prior_m=[40 * m for m in M], expected=1.2)
    for found, made in zip(model.m, M, strict=True):
        assert found == pytest.approx(made, abs=0.03)


def test_pairs_that_are_one_are_kept_out_of_chance() -> None:
    seen = np.array([[1], [0], [0], [0]], dtype=np.int8)
    (all_,) = random_levels(seen, [[0.0, 0.0]])
    (without,) = random_levels(seen, [[0.0, 0.0]], np.array([0.0, 1, 1, 1]))
    assert all_[1] == pytest.approx(0.25)
    assert without[1] < 1e-6


def test_nothing_compared_leaves_the_prior() -> None:
    model = fit_linkage(np.empty((0, 3), dtype=np.int8), U, pairs=1, prior_m=M, expected=0.5)
    assert np.isfinite(model.start)
    assert model.m[0] == pytest.approx(M[0])
