"""How reliably several questions measure one thing: Cronbach's alpha and McDonald's omega.

Alpha takes every question for equally good; omega weighs each by its loading on one common factor, which is fitted by
maximum likelihood.  Both are of the sum (or mean) of the questions, from raw covariances.

Sources: L. J. Cronbach, Coefficient alpha and the internal structure of tests (Psychometrika 16, 1951); L. S. Feldt, The
approximate sampling distribution of Kuder-Richardson reliability coefficient twenty (Psychometrika 30, 1965);
R. P. McDonald, Test Theory: A Unified Treatment (1999), ch. 6; K. G. Jöreskog, Some contributions to maximum likelihood
factor analysis (Psychometrika 32, 1967).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from fondaco.numerics.estimates import Estimate, unknown

#: Fewer complete answers than this tell nothing of reliability: the interval would cover nearly everything.
FEWEST = 10
#: Share of a question's variance that is left unexplained at least: at this border the factor is no solution.
_LEAST_UNIQUE = 0.001
#: Share of the variance below which there is none: what rounding leaves.
_NOTHING = 1e-10

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Reliability of the mean of several questions.

    Attributes
    ----------
    alpha
        Cronbach's, with Feldt's interval.
    omega
        McDonald's, of one factor; without an interval.
    loadings
        Of each question on the factor, standardised; empty where there is no solution.
    n, items
        Complete answers, and questions.
    """

    alpha: Estimate
    omega: Estimate
    loadings: tuple[float, ...]
    n: int
    items: int


def reliability(answers: ArrayLike, *, level: float = 0.9) -> Reliability:
    """Return alpha and omega of several questions; people who left one of them open are left out.

    Parameters
    ----------
    answers
        Shape (people, questions); NaN where somebody did not answer.  Reversed questions are turned by the caller.
    level
        Probability of alpha's interval.

    Raises
    ------
    ValueError
        Where the array has not two dimensions.

    Examples
    --------
    >>> told = reliability([[1, 1, 1], [2, 1, 1], [2, 1, 2], [3, 2, 1], [2, 3, 2], [2, 3, 3], [3, 2, 3], [3, 3, 3],
    ...                     [2, 3, 2], [3, 3, 3]])
    >>> round(told.alpha.estimate, 6)
    0.773438
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError("answers have two dimensions: people and questions")
    held = given[np.isfinite(given).all(axis=1)]
    n, items = held.shape
    why = _too_little(held)
    if why:
        return Reliability(unknown(why), unknown(why), (), n, items)
    covariance = np.cov(held, rowvar=False)
    omega, loadings = _omega(covariance)
    return Reliability(_alpha(covariance, n, level), omega, loadings, n, items)


def _too_little(held: Floats) -> str:
    n, items = held.shape
    if items < 2:
        return "One question alone has no reliability that could be told."
    if n < FEWEST:
        return f"{n} complete answer{'' if n == 1 else 's'}: at least {FEWEST} are needed."
    if (np.ptp(held, axis=0) == 0).any():
        return "At a question everybody gave the same answer, so that reliability cannot be told."
    if held.sum(axis=1).var() < _NOTHING * held.var(axis=0).sum():
        return "The answers of each person cancel out, so that reliability cannot be told: look for a question that is to be turned."
    return ""


def _alpha(covariance: Floats, n: int, level: float) -> Estimate:
    items = len(covariance)
    alpha = items / (items - 1) * (1 - np.trace(covariance) / covariance.sum())
    among = stats.f(n - 1, (n - 1) * (items - 1))
    low, high = (1 - (1 - alpha) * among.ppf(at) for at in ((1 + level) / 2, (1 - level) / 2))
    why = f"Rests on {n} answers only." if n < 30 else ""
    return Estimate(float(alpha), float(low), float(high), level, why)


def _omega(covariance: Floats) -> tuple[Estimate, tuple[float, ...]]:
    items = len(covariance)
    if items < 3:
        return unknown("Two questions do not determine a factor: omega needs three."), ()
    spread = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spread, spread)
    if np.linalg.eigvalsh(correlations)[0] < _NOTHING:
        return unknown(
            "The answers to one question follow from those to others: no factor can be fitted."
        ), ()
    loadings = _one_factor(correlations)
    if loadings is None:
        return unknown("One factor does not fit these questions: one of them would have no error at all."), ()
    common = (spread * loadings).sum() ** 2
    omega = common / (common + (spread**2 * (1 - loadings**2)).sum())
    return Estimate(float(omega), why="No interval is worked out for omega."), tuple(map(float, loadings))


def _one_factor(correlations: Floats) -> Floats | None:
    """Return standardised loadings of one factor by maximum likelihood; None where a question would have no error."""

    def split(unique: Floats) -> tuple[Floats, Floats]:
        values, vectors = np.linalg.eigh(correlations / np.sqrt(np.outer(unique, unique)))
        loading = np.sqrt(unique * max(values[-1] - 1, 0.0)) * vectors[:, -1]
        return values, loading

    def misfit(unique: Floats) -> tuple[float, Floats]:
        values, loading = split(unique)
        rest = np.maximum(values[:-1], 1e-300)
        residual = np.diag(np.outer(loading, loading) + np.diag(unique) - correlations)
        return float((rest - np.log(rest)).sum() - len(rest)), residual / unique**2

    start = np.clip(1 / np.diag(np.linalg.pinv(correlations)) / 2, 0.05, 0.95)
    found = optimize.minimize(
        misfit, start, jac=True, method="L-BFGS-B", bounds=[(_LEAST_UNIQUE, 1.0)] * len(start),
        options={"maxiter": 2000, "ftol": 1e-16, "gtol": 1e-10},
    )  # fmt: skip
    if (found.x <= 1.01 * _LEAST_UNIQUE).any():
        return None
    loading = split(_polished(misfit, found.x))[1]
    return loading if loading.sum() >= 0 else -loading


def _polished(misfit: object, unique: Floats) -> Floats:
    """Return the minimum to machine precision: the search stops where the misfit, a square, no longer changes."""
    found = optimize.root(lambda at: misfit(np.clip(at, _LEAST_UNIQUE, 1.0))[1], unique, tol=1e-13)  # type: ignore[operator]
    inside = (found.x > _LEAST_UNIQUE).all() and (found.x < 1).all()
    return found.x if inside and np.abs(found.x - unique).max() < 1e-3 else unique
