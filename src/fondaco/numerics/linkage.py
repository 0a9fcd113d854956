"""Whether two records are one: the model of Fellegi and Sunter (1969), fitted by expectation and maximisation.

Fellegi and Sunter, Journal of the American Statistical Association 64; the fit by EM of Winkler (1988), with a
Dirichlet prior on what agrees among records that are one, so that a firm with thirty buyers gets a model
that has not forgotten what is commonly so, and one with a million is led by its data.

A pair of records has a level of agreement for each field, 0 (differs) and up, or -1 where either is empty.
Given whether the pair is one (m) or two (u), fields are taken to agree independently.  u is not fitted: it is
what pairs drawn at random show, nearly all of which are two.  `Linkage.prior` is of all pairs that could be formed,
and so the fit is on the patterns of the pairs that blocking left, as if it had lost none that are one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]

#: No probability is held to be smaller: nothing is impossible.
_LEAST = 1e-7
#: Up to so many patterns are counted in a table, whatever the number of pairs.
_MANY_PATTERNS = 1 << 16


@dataclass(frozen=True)
class Linkage:
    """A fitted model.

    Attributes
    ----------
    m, u
        For each field, the probability of each level, 0 and up, among pairs that are one, and that are two.
    prior
        The share of all possible pairs that are one.
    pairs
        How many possible pairs there are.
    rounds
        How many rounds EM took.
    converged
        Whether it settled.
    """

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    prior: float
    pairs: float
    rounds: int
    converged: bool

    @property
    def start(self) -> float:
        """The weight of evidence before anything is compared, in bits (log2 of the odds)."""
        return float(np.log2(self.prior / (1 - self.prior)))

    def weights(self, levels: Levels) -> Floats:
        """Return what each field of each pair weighs, in bits: shape (pairs, fields); 0 where empty."""
        held = np.asarray(levels)
        found = np.zeros(held.shape)
        for field, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            bits = np.append(np.log2(m / u), 0.0)  # -1, empty, takes the last
            found[:, field] = bits[held[:, field]]
        return found

    def probability(self, weight: npt.ArrayLike) -> Floats:
        """Return the probability of being one for weights that were added up (without `start`)."""
        bits = np.clip(np.asarray(weight, dtype=float) + self.start, -60, 60)
        return np.asarray(1 / (1 + np.exp2(-bits)))


def random_levels(
    levels: Levels, prior: Sequence[npt.ArrayLike], weights: Floats | None = None
) -> tuple[Floats, ...]:
    """Return u: how often random pairs show each level, with the counts of a prior added.

    `weights` is how much each pair counts, such as its probability of being two: among few records
    pairs drawn at random are one too often to be forgotten.

    Examples
    --------
    >>> drawn = np.array([[0], [0], [0], [2], [-1]], dtype=np.int8)
    >>> [each.round(2).tolist() for each in random_levels(drawn, [[2.0, 1.0, 1.0]])]
    [[0.62, 0.12, 0.25]]
    """
    held = np.ones(len(levels)) if weights is None else weights
    return tuple(
        _share(_counts(levels[:, field], held, len(np.atleast_1d(start))), start)
        for field, start in enumerate(prior)
    )


def fit_linkage(
    levels: Levels,
    u: Sequence[Floats],
    *,
    pairs: float,
    prior_m: Sequence[npt.ArrayLike],
    expected: float,
    weight: float = 2.0,
    rounds: int = 200,
) -> Linkage:
    """Fit the model to the pairs that blocking left.

    Parameters
    ----------
    levels
        Shape (pairs, fields), -1 for empty.
    u
        From `random_levels`.
    pairs
        How many pairs all records could form.
    prior_m
        For each field, Dirichlet counts of its levels among pairs that are one.
    expected, weight
        The prior of the number of pairs that are one: as if `expected` were found in data of the same size,
        held as strongly as `weight` pairs (a gamma prior of its mean).
    rounds
        The most rounds of EM.

    Examples
    --------
    Of 1,000 records two fields agree in 40 blocked pairs, and one by chance in 400:

    >>> seen = np.array([[1, 1]] * 40 + [[1, 0]] * 400, dtype=np.int8)
    >>> chance = [np.array([0.999, 0.001]), np.array([0.999, 0.001])]
    >>> model = fit_linkage(seen, chance, pairs=499_500, prior_m=[[1, 9], [1, 9]], expected=100)
    >>> together = model.weights(seen[[0, -1]]).sum(axis=1)
    >>> bool(model.probability(together)[0] > 0.98), bool(model.probability(together)[1] < 0.1)
    (True, True)
    """
    patterns, counts = _patterns(levels, [len(np.atleast_1d(start)) for start in prior_m])
    chance = tuple(np.maximum(each, _LEAST) for each in u)
    m = tuple(_share(np.zeros(len(np.atleast_1d(start))), start) for start in prior_m)
    expected = min(max(expected, 1e-3), pairs / 2)
    model = Linkage(m, chance, expected / pairs, pairs, 0, converged=False)
    for turn in range(1, rounds + 1):
        one = counts * model.probability(model.weights(patterns).sum(axis=1))
        m = tuple(
            _share(_counts(patterns[:, field], one, len(np.atleast_1d(start))), start)
            for field, start in enumerate(prior_m)
        )
        # The number found, shrunken towards what is expected: weight / expected is the gamma's rate.
        rate = weight / expected
        prior = float(np.clip((one.sum() + weight) / (1 + rate) / pairs, _LEAST / pairs, 0.5))
        moved = max(float(np.abs(new - old).max()) for new, old in zip(m, model.m, strict=True))
        settled = moved < 1e-5 and abs(prior / model.prior - 1) < 1e-4
        model = Linkage(m, chance, prior, pairs, turn, converged=settled)
        if settled:
            break
    return model


def _patterns(levels: Levels, sizes: Sequence[int]) -> tuple[Levels, npt.NDArray[np.int64]]:
    """Return the distinct rows in order, and how many pairs show each.

    There are few patterns of very many pairs, so each is counted by its number, which is quicker than sorting rows.
    """
    shape = [size + 1 for size in sizes]
    if math.prod(shape) > max(len(levels), _MANY_PATTERNS):
        patterns, counts = np.unique(levels, axis=0, return_counts=True)
        return patterns, counts
    numbers = np.zeros(len(levels), dtype=np.int64)
    for field, size in enumerate(shape):
        numbers = numbers * size + (levels[:, field] + 1)
    counts = np.bincount(numbers, minlength=1)
    there = np.flatnonzero(counts)
    places = np.unravel_index(there, shape)
    return np.stack(places, axis=1).astype(np.int8) - np.int8(1), counts[there]


def _counts(levels: npt.NDArray[np.int8], weights: Floats, size: int) -> Floats:
    known = levels >= 0
    return np.bincount(levels[known], weights=weights[known], minlength=size)[:size].astype(float)


def _share(counts: Floats, prior: npt.ArrayLike) -> Floats:
    held = counts + np.asarray(prior, dtype=float)
    return np.asarray(np.maximum(held / held.sum(), _LEAST))
