"""How far several people who judged the same things agree: Krippendorff's alpha, Cohen's kappa, r_wg and ICC.

The first two are 1 less the ratio of observed to expected disagreement: 1 is full agreement, 0 what chance would give.
`within_group` sets the people of one group against answers at random, `intraclass` sets groups against each other.

Sources: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); J. Cohen, A coefficient of agreement
for nominal scales (Educational and Psychological Measurement 20, 1960); J. L. Fleiss, J. Cohen and B. S. Everitt,
Large sample standard errors of kappa and weighted kappa (Psychological Bulletin 72, 1969); L. R. James, R. G. Demaree
and G. Wolf, Estimating within-group interrater reliability with and without response bias (Journal of Applied Psychology
69, 1984); P. E. Shrout and J. L. Fleiss, Intraclass correlations (Psychological Bulletin 86, 1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from fondaco.numerics.estimates import Estimate

#: What differences between values mean: other names, other places in an order, distances, proportions.
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)
#: What a disagreement of two people weighs in Cohen's kappa: all alike, or the distance of the two numbers, or its square.
Weights = Literal["none", "linear", "quadratic"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)

#: Resamples of units for the interval of alpha.
RESAMPLES = 2000
#: Numbers held at once while they are drawn: 16 MB.
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha.

    Attributes
    ----------
    alpha
        With an interval from resampled units; without a number where it cannot be told.
    metric
        What differences between values mean.
    units, values
        Units that at least two people judged, and their judgements of these.
    observed, expected
        Disagreements; NaN where there is nothing to compare.
    """

    alpha: Estimate
    metric: Metric
    units: int
    values: int
    observed: float
    expected: float


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of two people.

    Attributes
    ----------
    kappa
        With the interval of its large-sample standard error; where that is nothing, as in full agreement, with
        that of Clopper and Pearson for the share of agreement (weighted, where disagreements are).
    se, se_null
        Standard errors: of the estimate, and where there is no agreement beyond chance.
    agreed
        Share of units on which they agree entirely.
    units
        Units that both judged.
    """

    kappa: Estimate
    se: float
    se_null: float
    agreed: float
    units: int


def krippendorff(
    judged: ArrayLike,
    metric: Metric = "nominal",
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Alpha:
    """Return Krippendorff's alpha of any number of people, with gaps.

    Parameters
    ----------
    judged
        Shape (people, units), numbers; NaN where somebody did not judge.  Names are numbered by the caller.
    metric
        What differences mean; with ``ratio`` all values are zero or more.
    level, resamples, seed
        Of the interval: units are drawn with replacement, and resamples in which all values are alike (where
        alpha has no value) are left out.

    Raises
    ------
    ValueError
        Where the array has not two dimensions, or a ratio is asked of values below zero.

    Examples
    --------
    >>> nan = np.nan
    >>> krippendorff([[1, 2, 3, 3, nan], [1, 2, 3, 4, 4]], "interval", resamples=200).alpha.estimate
    0.8888888888888888
    """
    given = np.asarray(judged, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError("judgements have two dimensions: people and units")
    if metric == "ratio" and np.nanmin(given, initial=0) < 0:
        raise ValueError("a ratio needs values of zero or more")
    paired = given[:, (~np.isnan(given)).sum(axis=0) > 1]
    domain = np.unique(paired[~np.isnan(paired)])
    if not len(domain):
        why = "No unit was judged by two people."
        return Alpha(Estimate(None, why=why), metric, 0, 0, np.nan, np.nan)
    counts = (paired[:, :, None] == domain).sum(axis=0).astype(np.float64)
    n, values = counts.shape[0], int(counts.sum())
    (observed,), (expected,) = _disagreements(counts, np.ones((1, n)), domain, metric).tolist()
    if expected == 0:
        why = "All judgements are alike, so that agreement beyond chance cannot be told."
        return Alpha(Estimate(None, why=why), metric, n, values, observed, expected)
    drawn = _resampled(counts, domain, metric, resamples, np.random.default_rng(seed))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (np.nan, np.nan)
    if high - low < 1e-12:
        why = f"No two judgements of the {n} units differ, so that resampling cannot tell how sure that is."
        return Alpha(Estimate(1 - observed / expected, why=why), metric, n, values, observed, expected)
    why = f"Rests on {n} units only." if n < 30 else ""
    return Alpha(
        Estimate(1 - observed / expected, float(low), float(high), level, why),
        metric,
        n,
        values,
        observed,
        expected,
    )


def _resampled(
    counts: NDArray[np.float64],
    domain: NDArray[np.float64],
    metric: Metric,
    resamples: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return alpha of units drawn with replacement, for each resample in which values differ."""
    n = len(counts)
    together = max(1, _BLOCK // n)
    found = []
    for start in range(0, resamples, together):
        times = [
            np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(min(together, resamples - start))
        ]
        observed, expected = _disagreements(counts, np.array(times, dtype=np.float64), domain, metric)
        found.append(1 - observed[expected > 0] / expected[expected > 0])
    return np.concatenate(found) if found else np.empty(0)


def _disagreements(
    counts: NDArray[np.float64], drawn: NDArray[np.float64], domain: NDArray[np.float64], metric: Metric
) -> NDArray[np.float64]:
    """Return observed and expected disagreement, shape (2, resamples).

    Parameters
    ----------
    counts
        Of each value in each unit, shape (units, values).
    drawn
        How often each unit counts, shape (resamples, units).
    """
    size = counts.sum(axis=1)
    total = drawn @ counts
    n = total.sum(axis=1)
    # Each unit weighs as many as it has judgements.
    if metric == "ordinal":
        # Ranks: how many judgements lie between two values, each end counted half. They are those of the resample, and of
        # their squared differences only sums are needed: n_c n_k (p_c - p_k)^2 over c and k is 2 (s (n p^2) - (n p)^2).
        place = np.cumsum(total, axis=1) - total / 2
        inside = 2 * (size * (place**2 @ counts.T) - (place @ counts.T) ** 2) / (size - 1)
        within = (drawn * inside).sum(axis=1)
        between = 2 * (n * (total * place**2).sum(axis=1) - (total * place).sum(axis=1) ** 2)
    else:
        apart = _apart(domain, metric)
        within = drawn @ (((counts @ apart) * counts).sum(axis=1) / (size - 1))
        between = ((total @ apart) * total).sum(axis=1)
    return np.array([within / n, between / (n * (n - 1))])


def _apart(domain: NDArray[np.float64], metric: Metric) -> NDArray[np.float64]:
    """Return squared differences between names, distances or proportions, shape (values, values)."""
    first, second = domain[:, None], domain[None, :]
    if metric == "nominal":
        return np.asarray(first != second, dtype=np.float64)
    if metric == "interval":
        return np.asarray((first - second) ** 2)
    both = first + second
    return np.asarray(np.divide(first - second, both, out=np.zeros_like(both), where=both > 0) ** 2)


def cohen(first: ArrayLike, second: ArrayLike, *, weights: Weights = "none", level: float = 0.95) -> Kappa:
    """Return Cohen's kappa of two people.

    Parameters
    ----------
    first, second
        Shape (units,), numbers; NaN where one did not judge: such units are left out.
    weights
        What a disagreement weighs: as much as any other, or the more, the farther the two numbers lie apart.

    Examples
    --------
    >>> cohen([1, 1, 2, 2], [1, 1, 2, 1]).kappa.estimate
    0.5
    >>> round(cohen([1, 2, 3, 3], [1, 2, 3, 2], weights="linear").kappa.estimate, 4)
    0.7143
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("two people judge the same units: two arrays of one length")
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    n = len(a)
    if n == 0:
        return Kappa(Estimate(None, why="No unit was judged by both."), np.nan, np.nan, np.nan, 0)
    domain = np.unique(np.concatenate([a, b]))
    shares = (a[:, None] == domain).T.astype(np.float64) @ (b[:, None] == domain).astype(np.float64) / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    alike = _alike(domain, weights)
    agreed, by_chance = float(np.trace(shares)), np.outer(rows, columns)
    observed, chance = float((alike * shares).sum()), float((alike * by_chance).sum())
    if chance >= 1 - 1e-12:
        why = "All judgements are alike, so that agreement beyond chance cannot be told."
        return Kappa(Estimate(None, why=why), np.nan, np.nan, agreed, n)
    kappa = (observed - chance) / (1 - chance)
    # Fleiss, Cohen and Everitt (1969): the large-sample variance of weighted kappa, and that where there is none.
    usual = (alike @ columns)[:, None] + (rows @ alike)[None, :]
    inside = float((shares * (alike - usual * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    null = float((by_chance * (alike - usual) ** 2).sum()) - chance**2
    se = float(np.sqrt(max(inside, 0.0) / n) / (1 - chance))
    why = f"Rests on {n} units only." if n < 30 else ""
    if se < 1e-6:  # the large-sample error is no error here: the share of agreement has an exact interval
        among = _clopper_pearson(round(observed * n, 9), n, level)
        low, high = (max((share - chance) / (1 - chance), -1.0) for share in among)
    else:
        reach = float(stats.norm.ppf((1 + level) / 2)) * se
        low, high = max(kappa - reach, -1.0), min(kappa + reach, 1.0)
    return Kappa(
        Estimate(kappa, float(low), float(high), level, why), se,
        float(np.sqrt(max(null, 0.0) / n) / (1 - chance)), agreed, n,
    )  # fmt: skip


def _clopper_pearson(agreed: float, n: int, level: float) -> tuple[float, float]:
    """Return the exact interval of a share; `agreed` of `n` may count parts, which spread less than wholes do."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, agreed, n - agreed + 1)) if agreed > 0 else 0.0
    return low, float(stats.beta.ppf(1 - tail, agreed + 1, n - agreed)) if agreed < n else 1.0


def _alike(domain: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Return how far two values count as agreement, 1 to 0, shape (values, values)."""
    apart = np.abs(domain[:, None] - domain[None, :])
    if weights == "none":
        return np.asarray(apart == 0, dtype=np.float64)
    return np.asarray(1 - (apart / max(apart.max(), 1e-300)) ** (2 if weights == "quadratic" else 1))


def within_group(answers: ArrayLike, points: int = 7) -> float:
    """Return r_wg(J): how far the people of one group agree on one question or several.

    1 is full agreement, 0 what answers drawn evenly from the scale would give; less than that is given as 0.

    Parameters
    ----------
    answers
        Shape (people, questions), two people at least; NaN where somebody did not answer.
    points
        Of the scale.

    Returns
    -------
    float
        NaN where no question has two answers.

    Examples
    --------
    >>> within_group([[5], [6], [7]]), within_group([[1], [7]])
    (0.75, 0.0)
    """
    given = np.atleast_2d(np.asarray(answers, dtype=np.float64))
    held = given[:, (~np.isnan(given)).sum(axis=0) > 1]
    items = held.shape[1]
    if not items:
        return float("nan")
    ratio = float(np.nanvar(held, axis=0, ddof=1).mean()) / ((points**2 - 1) / 12)
    if ratio >= 1:
        return 0.0
    return float(items * (1 - ratio) / (items * (1 - ratio) + ratio))


def intraclass(groups: Sequence[ArrayLike]) -> tuple[float, float]:
    """Return ICC(1) and ICC(2): what share of answers' variance lies between groups, and how reliable a group's mean is.

    One-way random effects; of groups of unequal size, the typical size is that of the analysis of variance.

    Parameters
    ----------
    groups
        The answers of each group, two groups and one of them with two answers at least.

    Raises
    ------
    ValueError
        Where there is too little to compare.

    Examples
    --------
    >>> tuple(round(each, 2) for each in intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6],
    ...                                              [10, 5, 6, 9], [6, 2, 4, 7]]))
    (0.17, 0.44)
    """
    held = [each[~np.isnan(each)] for each in (np.asarray(group, dtype=np.float64) for group in groups)]
    held = [each for each in held if len(each)]
    n, k = sum(map(len, held)), len(held)
    if k < 2 or n <= k:
        raise ValueError("two groups, and one of them with two answers, are needed at least")
    sizes = np.array([len(each) for each in held], dtype=np.float64)
    means = np.array([each.mean() for each in held])
    grand = float(np.concatenate(held).mean())
    between = float((sizes * (means - grand) ** 2).sum()) / (k - 1)
    within = float(sum(((each - each.mean()) ** 2).sum() for each in held)) / (n - k)
    size = (n - float((sizes**2).sum()) / n) / (k - 1)
    if between + within == 0:
        raise ValueError("all answers are alike")
    single = (between - within) / (between + (size - 1) * within)
    return single, (between - within) / between if between else 0.0
