"""Scores of rankings, shared by the backtests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Score:
    """A mean over lists, its standard error, and how many lists it rests on."""

    mean: float
    se: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:6.3f} ± {self.se:.3f}"


def spearman(predicted: Sequence[float], realised: Sequence[float]) -> float:
    """Return the rank correlation; 0 where either side is all alike."""
    if len(set(predicted)) < 2 or len(set(realised)) < 2:
        return 0.0
    return float(stats.spearmanr(predicted, realised).statistic)


def ndcg_at(predicted: Sequence[float], realised: Sequence[float], k: int = 5) -> float:
    """Return the normalised discounted cumulative gain of the first `k`; gains below zero count as none.

    Järvelin and Kekäläinen (2002), with gains as they are and the discount log2(place + 1); ties in the
    prediction share their gains.
    """
    gains = np.maximum(np.asarray(realised, float), 0.0)
    if gains.sum() <= 0:
        return 1.0
    discount = 1 / np.log2(np.arange(2, k + 2))
    best = np.sort(gains)[::-1][:k]
    scores = np.asarray(predicted, float)
    shared = np.array([gains[scores == score].mean() for score in scores])
    found = shared[np.argsort(-scores, kind="stable")][:k]
    return float((found * discount[: len(found)]).sum() / (best * discount[: len(best)]).sum())


def mean(values: Sequence[float]) -> Score:
    """Return the mean of a score over lists."""
    held = np.asarray(values, float)
    return Score(
        float(held.mean()), float(held.std(ddof=1) / np.sqrt(len(held))) if len(held) > 1 else 0.0, len(held)
    )


def sign_test(ours: Sequence[float], theirs: Sequence[float]) -> tuple[int, int, float]:
    """Return lists won, lists lost, and the two-sided p of the sign test."""
    won = sum(a > b for a, b in zip(ours, theirs, strict=True))
    lost = sum(a < b for a, b in zip(ours, theirs, strict=True))
    p = float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return won, lost, p
