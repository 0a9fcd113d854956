"""Whether a driver is entangled with what the model leaves out: the Gaussian copula check for endogeneity.

If a predictor correlates with the error of an outcome (something that drives both was left out), its path is
biased.  Without instruments the check adds, for a predictor P, its normal score

    P* = Phi^-1(H(P)),    H the empirical distribution of P,

to the regression of the outcome.  A coefficient of P* that differs from zero, by a bootstrap of all stages,
speaks of endogeneity; the path beside P* is then the corrected one.

It works only for a predictor whose distribution is **not normal** (P* would repeat P), and needs an error that is
normal and many cases: with fewer than a few hundred it seldom finds anything.  Nonnormality is tested here
(Shapiro and Wilk 1965), and each result says whether the check may be trusted.

``H`` is rank / (n + 1), the highest rank among equal values, so that no normal score is infinite.  The regressions
have an intercept: without one results are biased in samples of usual size (Becker, Proksch and Ringle 2022).

Sources: Park and Gupta (2012), Marketing Science 31(4), 567-586, for the method; Hult et al. (2018), Journal of
International Marketing 26(3), 1-21, for PLS and the steps; Becker, Proksch and Ringle (2022), Journal of the
Academy of Marketing Science 50, 46-66, for its limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats
from scipy.special import ndtri

from fondaco.pls.bootstrap import drawn
from fondaco.pls.engine import Bools, Floats, Ints, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Stack, reduce
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

#: Fewer cases than this, and the check misses most of what is there (Becker et al. 2022).
FEW_CASES = 300
_BLOCK = 2_000_000  # numbers held at once: 16 MB


@dataclass(frozen=True)
class Normality:
    """Whether a predictor's scores are normal; they must not be.

    Attributes
    ----------
    construct, skewness, excess_kurtosis
        Of its scores; both 0 for a normal distribution.
    w, p
        Shapiro and Wilk's test; a small p: not normal.
    values
        How many different values the scores have; the check presumes a continuous predictor.
    """

    construct: str
    skewness: float
    excess_kurtosis: float
    w: float
    p: float
    values: int

    @property
    def nonnormal(self) -> bool:
        """Return whether the check can work with this predictor."""
        return self.p < 0.05


@dataclass(frozen=True)
class CopulaTerm:
    """One normal score in one regression.

    Attributes
    ----------
    outcome, predictors
        The regression, and the predictors whose normal scores were added to it together.
    predictor
        Whose coefficient this is.
    copula, se, t, p, low, high
        Coefficient of the normal score, its bootstrap standard error, t, two-sided p and interval.
    path, corrected
        The predictor's path without and with the normal scores.
    trusted
        False where a predictor is normal, has few values, or the cases are few; `why` says which.
    """

    outcome: str
    predictors: tuple[str, ...]
    predictor: str
    copula: float
    se: float
    t: float
    p: float
    low: float
    high: float
    path: float
    corrected: float
    trusted: bool
    why: str

    @property
    def endogenous(self) -> bool | None:
        """Return whether the interval leaves out zero; None where that may not be trusted."""
        return (self.low > 0 or self.high < 0) if self.trusted else None


@dataclass(frozen=True)
class CopulaCheck:
    """What `copula_check` found."""

    normality: tuple[Normality, ...]
    terms: tuple[CopulaTerm, ...]
    n: int
    resamples: int
    usable: int
    level: float
    seed: int
    thresholds: str = (
        "A normal score whose bootstrap interval leaves out zero speaks of endogeneity; only for predictors that are "
        "not normal (Park and Gupta 2012; Hult et al. 2018). No finding in few cases is no proof of its absence."
    )

    def of(self, outcome: str, predictor: str) -> CopulaTerm:
        """Return the term of one predictor checked alone."""
        wanted = (outcome, (predictor,))
        return next(one for one in self.terms if (one.outcome, one.predictors) == wanted)

    def to_frame(self) -> pl.DataFrame:
        """Return the terms as a Polars table."""
        return table(self.terms, add=("endogenous",))

    def normality_frame(self) -> pl.DataFrame:
        """Return the tests of normality as a Polars table."""
        return table(self.normality, add=("nonnormal",))


def copula_check(
    fitted: Fit,
    outcomes: Iterable[str] | None = None,
    *,
    together: bool = True,
    resamples: int = 5_000,
    seed: int = 1,
    level: float = 0.95,
) -> CopulaCheck:
    """Check every predictor of every outcome for endogeneity.

    Parameters
    ----------
    fitted
        A fit of a model without products.
    outcomes
        Only these; by default all.
    together
        Whether to check every combination of an outcome's predictors as well (Hult et al. 2018), for up to five
        of them; otherwise each alone.
    resamples, seed, level
        Of the bootstrap, in which weights, scores and normal scores are found anew each time.

    Raises
    ------
    PlsError
        For an unknown outcome, products, or a bootstrap that hardly ever converges.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> rng = np.random.default_rng(1)
    >>> x = rng.exponential(size=400)
    >>> found = copula_check(fit("X =~ x; Y =~ y; Y ~ X", {"x": x, "y": x + rng.normal(size=400)}), resamples=300)
    >>> found.of("Y", "X").trusted, found.of("Y", "X").endogenous
    (True, False)
    """
    plan = fitted.plan
    if fitted.model.interactions:
        raise PlsError("The check is for models without products; leave them out for it.")
    wanted = {plan.names[k] for k in plan.outcomes} if outcomes is None else set(outcomes)
    unknown = wanted - {plan.names[k] for k in plan.outcomes}
    if unknown:
        raise PlsError(
            f"Nothing points to {', '.join(sorted(unknown))}; choose constructs that the model explains."
        )
    designs = [
        (k, chosen)
        for k in plan.outcomes
        if plan.names[k] in wanted
        for chosen in _chosen(plan.predecessors[k], together)
    ]
    seen = _coefficients(fitted.scores[None], fitted, designs)
    rows = np.concatenate(list(_resampled(fitted, designs, resamples, seed)))
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < max(2, resamples / 2):
        raise PlsError(
            f"Only {len(rows)} of {resamples} resamples could be used; the model is too unstable to be checked."
        )
    normality = {
        k: _normality(fitted, k) for k in sorted({j for k, _ in designs for j in plan.predecessors[k]})
    }
    terms = []
    place = 0
    for k, chosen in designs:
        for j in chosen:
            terms.append(
                _term(fitted, k, chosen, j, seen[0, place : place + 2], rows[:, place], level, normality)
            )
            place += 2
    return CopulaCheck(tuple(normality.values()), tuple(terms), fitted.n, resamples, len(rows), level, seed)


def _chosen(predictors: tuple[int, ...], together: bool) -> Iterator[tuple[int, ...]]:
    most = len(predictors) if together and len(predictors) <= 5 else 1
    for size in range(1, most + 1):
        yield from combinations(predictors, size)


def normal_scores(values: Floats) -> Floats:
    """Return Phi^-1(rank / (n + 1)) along the middle axis of (B, n, K), the highest rank among equals.

    Examples
    --------
    >>> normal_scores(np.array([1.0, 2.0, 3.0])[None, :, None]).ravel().round(3).tolist()
    [-0.674, 0.0, 0.674]
    """
    ranks = stats.rankdata(values, method="max", axis=1)
    return np.asarray(ndtri(ranks / (values.shape[1] + 1)))


def _coefficients(scores: Floats, fitted: Fit, designs: list[tuple[int, tuple[int, ...]]]) -> Floats:
    """Return for each design and chosen predictor its copula coefficient and corrected path, (B, 2 * terms).

    `scores` has shape (B, n, K); least squares with an intercept, by normal equations of centred columns.
    """
    copulas = normal_scores(scores)
    weights = fitted.cases.weights
    found = []
    for k, chosen in designs:
        first = list(fitted.plan.predecessors[k])
        design = np.concatenate([scores[:, :, first], copulas[:, :, list(chosen)]], axis=2)
        design = design - np.average(design, axis=1, weights=weights)[:, None]
        weighted = design * weights[:, None]
        gram = np.einsum("bni,bnj->bij", weighted, design)
        moment = np.einsum("bni,bn->bi", weighted, scores[:, :, k])
        with np.errstate(all="ignore"):
            sound = np.linalg.cond(gram) < 1e12
        b = np.full(moment.shape, np.nan)
        b[sound] = np.linalg.solve(gram[sound], moment[sound][..., None])[..., 0]
        for at, j in enumerate(chosen):
            found += [b[:, len(first) + at], b[:, first.index(j)]]
    return np.stack(found, axis=1)


def _resampled(
    fitted: Fit, designs: list[tuple[int, tuple[int, ...]]], resamples: int, seed: int
) -> Iterator[Floats]:
    """Yield blocks of coefficients; every resample has its own weights, scores and normal scores."""
    assert fitted.moments is not None
    n, columns = fitted.n, fitted.standardised
    step = max(1, _BLOCK // (n * (columns.shape[1] + 2 * len(fitted.plan.names))))
    for start in range(0, resamples, step):
        counts: Ints = drawn(n, start, min(start + step, resamples), seed)
        stack = Stack(fitted.moments.correlations(counts.T), counts.T, fitted.moments)
        reduced = reduce(fitted.stages, stack)
        found = run(reduced.correlations, fitted.plan, fitted.settings)
        sound: Bools = found.converged & reduced.sound
        scores = np.empty((len(counts), n, len(fitted.plan.names)))
        for place, count in enumerate(counts):
            mixing = np.zeros((columns.shape[1], len(fitted.plan.names)))
            mixing[np.arange(len(mixing)), fitted.plan.owner] = found.outer[:, place]
            drawn_rows = columns[np.repeat(np.arange(n), count)]
            drawn_rows = drawn_rows - drawn_rows.mean(axis=0)
            scores[place] = drawn_rows / drawn_rows.std(axis=0, ddof=1) @ mixing
        values = _coefficients(scores, fitted, designs)
        values[~sound] = np.nan
        yield values


def _normality(fitted: Fit, k: int) -> Normality:
    values = fitted.scores[:, k]
    tested = (
        values if len(values) <= 5000 else values[:: len(values) // 5000 + 1]
    )  # beyond, its p is not exact
    w, p = stats.shapiro(tested)
    return Normality(
        fitted.plan.names[k],
        float(stats.skew(values)),
        float(stats.kurtosis(values)),
        float(w),
        float(p),
        len(np.unique(values.round(9))),
    )


def _term(
    fitted: Fit,
    outcome: int,
    chosen: tuple[int, ...],
    predictor: int,
    seen: Floats,
    draws: Floats,
    level: float,
    normality: dict[int, Normality],
) -> CopulaTerm:
    names = fitted.plan.names
    doubts = [f"{normality[j].construct} is as good as normal" for j in chosen if not normality[j].nonnormal]
    doubts += [
        f"{normality[j].construct} has {normality[j].values} values only"
        for j in chosen
        if normality[j].values < 10
    ]
    if fitted.n < FEW_CASES:
        doubts.append(f"{fitted.n} cases are few for this check")
    se = float(draws.std(ddof=1))
    t = float(seen[0]) / se if se else float("nan")
    low, high = (float(end) for end in np.quantile(draws, ((1 - level) / 2, (1 + level) / 2)))
    return CopulaTerm(
        outcome=names[outcome],
        predictors=tuple(names[j] for j in chosen),
        predictor=names[predictor],
        copula=float(seen[0]),
        se=se,
        t=t,
        p=float(2 * stats.t.sf(abs(t), fitted.n - 1)),
        low=low,
        high=high,
        path=fitted.value("path", names[predictor], names[outcome]),
        corrected=float(seen[1]),
        trusted=not doubts,
        why="; ".join(doubts),
    )
