"""Logistic regression with normal priors, for few cases: coefficients drawn to what was held before, and how sure they are.

    P(y = 1 | x) = 1 / (1 + exp(-x b)),     b[j] ~ Normal(prior_mean[j], prior_sd[j])

The posterior is taken as normal around its mode (Laplace; Bishop 2006, Pattern Recognition and Machine Learning,
4.4 and 4.5), so that it exists with any number of cases, none included, and where a column separates them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Array = npt.NDArray[np.float64]
#: Newton's steps at most, and the step below which they have arrived.
_STEPS, _NEAR = 100, 1e-8


@dataclass(frozen=True)
class Logistic:
    """The posterior of the coefficients.

    Attributes
    ----------
    mean
        Shape (columns,).
    covariance
        Shape (columns, columns).
    cases, successes
        How many it rests on.
    """

    mean: Array
    covariance: Array
    cases: int
    successes: int

    def chances(self, x: npt.ArrayLike, level: float = 0.8) -> tuple[Array, Array, Array]:
        """Return probability and the ends of its equal-tailed interval, each of shape (rows,).

        The probability is the posterior mean, by MacKay's approximation (1992, Neural Computation 4).
        """
        rows = np.atleast_2d(np.asarray(x, dtype=np.float64))
        centre = rows @ self.mean
        variance = np.einsum("ij,jk,ik->i", rows, self.covariance, rows)
        middle = special.expit(centre / np.sqrt(1 + np.pi * variance / 8))
        half = stats.norm.ppf(0.5 + level / 2) * np.sqrt(variance)
        return (
            np.asarray(middle),
            np.asarray(special.expit(centre - half)),
            np.asarray(special.expit(centre + half)),
        )


def fit_logistic(
    x: npt.ArrayLike,
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    prior_mean: npt.ArrayLike,
    prior_sd: npt.ArrayLike,
) -> Logistic:
    """Estimate how columns go with success.

    Parameters
    ----------
    x
        Shape (rows, columns); a column of ones for the level.
    successes, trials
        Shape (rows,): cases that are alike may be counted in one row.
    prior_mean, prior_sd
        Shape (columns,): in logits.

    Raises
    ------
    ValueError
        Where a count is negative, or successes exceed trials.

    Examples
    --------
    Without a case it is the prior; with many it is their share:

    >>> none = fit_logistic(np.empty((0, 1)), [], [], [0.0], [1.0])
    >>> many = fit_logistic([[1.0]], [300], [1000], [0.0], [1.0])
    >>> none.chances([1.0])[0].round(2), many.chances([1.0])[0].round(2)
    (array([0.5]), array([0.3]))
    """
    centre, sd = np.asarray(prior_mean, dtype=np.float64), np.asarray(prior_sd, dtype=np.float64)
    rows = np.asarray(x, dtype=np.float64).reshape(-1, len(centre))
    y, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if (y < 0).any() or (y > n).any():
        raise ValueError("successes lie between 0 and the trials")
    precision = 1 / sd**2

    def loss(at: Array) -> float:
        z = rows @ at
        return float((n * np.logaddexp(0, z) - y * z).sum() + (precision * (at - centre) ** 2).sum() / 2)

    def curvature(at: Array) -> Array:
        p = special.expit(rows @ at)
        return np.asarray((rows * (n * p * (1 - p))[:, None]).T @ rows + np.diag(precision))

    best = centre.copy()
    for _ in range(_STEPS):
        slope = rows.T @ (n * special.expit(rows @ best) - y) + precision * (best - centre)
        step, length, here = np.linalg.solve(curvature(best), slope), 1.0, loss(best)
        while loss(best - length * step) > here and length > _NEAR:
            length /= 2
        best = best - length * step
        if np.abs(step).max(initial=0.0) < _NEAR:
            break
    return Logistic(
        best, np.asarray(np.linalg.inv(curvature(best)), dtype=np.float64), int(n.sum()), int(y.sum())
    )
