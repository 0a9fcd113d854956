"""Few parameters from a likelihood and a prior: the most probable values, how sure, and draws.

Parameters are on scales where a normal prior is sensible: logarithms and log odds.  With a flat
prior the most probable values are those of maximum likelihood.  The normal approximation around them
(Laplace's) serves large samples; for small ones draws from a wider distribution are weighted by what they
are worth (importance resampling, Rubin 1988), so that skewed posteriors keep their shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
#: From parameters to the log-likelihood and its gradient.
Score = Callable[[Array], tuple[float, Array]]
#: From parameters to the second derivatives of the log-likelihood.
Curvature = Callable[[Array], Array]

#: Beyond so many units of a logarithm a parameter has left what data can tell.
BOUND = 12.0
#: A standard deviation on the log scale above which a parameter is said not to be identified.
VAGUE = 2.0
_STEP = 1e-4
#: The search is over when a step promises less of the logarithm of the probability.
_NEAR = 1e-4
_TAILS = 5.0


@dataclass(frozen=True)
class Normal:
    """A normal prior of independent parameters; an infinite `sd` makes one flat.

    Attributes
    ----------
    mean, sd
        Shape (k,).
    """

    mean: Array
    sd: Array

    def score(self, theta: Array) -> tuple[float, Array]:
        """Return the log density, up to a constant, and its gradient."""
        away = (theta - self.mean) / self.sd
        return -0.5 * float(away @ away), -away / self.sd

    def wider(self, variance: Array) -> Normal:
        """Return the prior with so much added to its variances."""
        return Normal(self.mean, np.sqrt(self.sd**2 + variance))


def flat(mean: npt.ArrayLike) -> Normal:
    """Return a prior that says nothing; `mean` is where a search begins."""
    held = np.asarray(mean, dtype=np.float64)
    return Normal(held, np.full(len(held), np.inf))


@dataclass(frozen=True)
class Posterior:
    """What is known of the parameters.

    Attributes
    ----------
    mode
        Shape (k,): the most probable values.
    covariance
        Shape (k, k): of the normal approximation there.
    log_likelihood
        At the mode, without the prior.
    score, prior
        What it was worked out from.
    converged
        Whether the search came to rest.
    value
        The log-likelihood without its gradient, where that is quicker.
    """

    mode: Array
    covariance: Array
    log_likelihood: float
    score: Score
    prior: Normal
    converged: bool
    value: Callable[[Array], float] | None = None

    @property
    def sd(self) -> Array:
        """Standard deviations, shape (k,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def vague(self) -> npt.NDArray[np.bool_]:
        """Which parameters the data do not tell: at the edge of the search, or too wide. Shape (k,)."""
        return (np.abs(self.mode) >= BOUND - 1e-6) | (self.sd > VAGUE) | ~np.isfinite(self.sd)

    def draws(self, number: int, *, seed: int, weigh: bool = True) -> Array:
        """Draw parameters, shape (number, k).

        Parameters
        ----------
        number
            How many.
        seed
            Of the random numbers.
        weigh
            Whether to correct the normal approximation by importance; large samples need it not.
        """
        rng = np.random.default_rng(seed)
        k = len(self.mode)
        root = np.linalg.cholesky(self.covariance + 1e-12 * np.eye(k))
        if not weigh:
            return _bounded(self.mode + rng.standard_normal((number, k)) @ root.T)
        # Student's t around the mode; what is constant in its density does not matter.
        steps = rng.standard_normal((3 * number, k)) / np.sqrt(
            rng.chisquare(_TAILS, (3 * number, 1)) / _TAILS
        )
        tried = self.mode + steps @ root.T
        value = self.value or (lambda theta: self.score(theta)[0])
        worth = np.array([value(_bounded(one)) + self.prior.score(one)[0] for one in tried])
        worth += (_TAILS + k) / 2 * np.log1p((steps**2).sum(axis=1) / _TAILS)
        weight = np.where(np.isfinite(worth), np.exp(worth - np.nanmax(worth)), 0.0)
        # No single draw may carry more than a tenth of the weight (truncated, Ionides 2008).
        weight = np.minimum(weight, weight.sum() / np.sqrt(len(weight)))
        places = _systematic(weight / weight.sum(), number, rng)
        return _bounded(tried[rng.permutation(places)])


def _systematic(weight: Array, number: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return places drawn by weight with one random number (Kitagawa 1996): less noise than one by one."""
    ends = np.cumsum(weight)
    ends[-1] = 1.0
    return np.searchsorted(ends, (np.arange(number) + rng.random()) / number)


def maximise(
    score: Score,
    prior: Normal,
    *,
    start: Array | None = None,
    steps: int = 30,
    curvature: Curvature | None = None,
) -> Posterior:
    """Find the most probable parameters by Newton's method, with steps kept short and uphill.

    Parameters
    ----------
    score
        The log-likelihood and its gradient.
    prior
        Of the parameters.
    start
        Where to begin; the prior's mean without it.
    steps
        At most so many.
    curvature
        The second derivatives of the log-likelihood; without it, from differences of the gradient.
    """
    theta = _bounded(np.array(prior.mean if start is None else start, dtype=np.float64))

    def both(at: Array) -> tuple[float, Array]:
        value, slope = score(at)
        more, extra = prior.score(at)
        return value + more, slope + extra

    def bend(at: Array) -> Array:
        if curvature is None:
            return _curvature(both, at)
        return np.asarray(curvature(at) - np.diag(1 / prior.sd**2))

    value, slope = both(theta)
    converged = False
    for _ in range(steps):
        free = ~((np.abs(theta) >= BOUND) & (slope * theta > 0))  # no way on at the edge of the search
        step = np.zeros(len(theta))
        if free.any():
            step[free] = _uphill(bend(theta)[np.ix_(free, free)], slope[free])
        gain = float(slope @ step)
        theta, value, slope, moved = _line_search(both, theta, value, slope, step, gain)
        if (
            gain < _NEAR or not moved
        ):  # the last step was Newton's, whose error is the square of the one before
            converged = gain < _NEAR
            break
    return Posterior(theta, _inverse(-bend(theta)), value - prior.score(theta)[0], score, prior, converged)


def _line_search(
    both: Score, theta: Array, value: float, slope: Array, step: Array, gain: float
) -> tuple[Array, float, Array, bool]:
    share = 1.0
    for _ in range(14):
        tried = _bounded(theta + share * step)
        found, steep = both(tried)
        if np.isfinite(found) and found >= value + 1e-4 * share * gain:
            return tried, found, steep, bool(np.any(tried != theta))
        share *= 0.5
    return theta, value, slope, False


def _bounded(theta: Array) -> Array:
    return np.asarray(np.clip(theta, -BOUND, BOUND))


def _curvature(score: Score, theta: Array) -> Array:
    """Return second derivatives from central differences of the gradient, shape (k, k)."""
    found = np.empty((len(theta), len(theta)))
    for place in range(len(theta)):
        shift = np.zeros(len(theta))
        shift[place] = _STEP
        found[place] = (score(theta + shift)[1] - score(theta - shift)[1]) / (2 * _STEP)
    return (found + found.T) / 2


def _uphill(curvature: Array, slope: Array) -> Array:
    """Return Newton's step, with curvatures of the wrong sign turned round and no step above 2."""
    values, axes = np.linalg.eigh(-curvature)
    least = 1e-6 * max(float(np.abs(values).max()), 1e-6)
    step = axes @ ((axes.T @ slope) / np.maximum(np.abs(values), least))
    longest = float(np.abs(step).max())
    return np.asarray(step if longest <= 2.0 else step * (2.0 / longest))


def _inverse(information: Array) -> Array:
    """Return the inverse of an information matrix; what is not told gets a variance of 100, not infinity."""
    values, axes = np.linalg.eigh(information)
    return np.asarray((axes / np.maximum(values, 1e-2)) @ axes.T)


@dataclass(frozen=True)
class Shrunken:
    """Parameters of several groups that are alike, each group's told by its own data and by the others'.

    Attributes
    ----------
    groups
        Each group's posterior, its prior being what the others say.
    centre
        Shape (k,): where groups lie on average.
    between
        Shape (k,): how far they lie apart, as a standard deviation.
    prior
        Of a group of which nothing is known.
    """

    groups: tuple[Posterior, ...]
    centre: Array
    between: Array
    prior: Normal


def shrink(
    scores: Sequence[Score],
    prior: Normal,
    *,
    apart: float = 0.3,
    weight: float = 4.0,
    rounds: int = 5,
    start: Array | None = None,
    curvatures: Sequence[Curvature | None] | None = None,
) -> Shrunken:
    """Estimate groups together: each is drawn towards their common centre as far as its data are few.

    The model is ``theta[g] ~ Normal(centre, between)`` with ``centre ~ prior``; centre and spread are found by
    expectation and maximisation with the normal approximation of each group's posterior (as in Morris
    1983, JASA 78, for means).

    Parameters
    ----------
    scores
        Of each group.
    prior
        Of the centre, stated.
    apart
        How far groups lie apart as far as is known beforehand, in units of the parameters.
    weight
        As if so many groups had shown `apart` before.
    rounds
        Of the iteration.
    start
        Where the search begins, such as the estimate from all groups together.
    curvatures
        Of each group, where these are known.
    """
    k = len(prior.mean)
    centre = np.array(prior.mean if start is None else start, dtype=np.float64)
    between = np.full(k, apart)
    at = [centre for _ in scores]
    bends = curvatures or [None] * len(scores)

    def fitted(common: Normal) -> list[Posterior]:
        return [
            maximise(one, common, start=begin, curvature=bend)
            for one, begin, bend in zip(scores, at, bends, strict=True)
        ]

    groups: list[Posterior] = []
    for _ in range(rounds):
        groups = fitted(Normal(centre, between))
        at = [one.mode for one in groups]
        modes = np.array(at)
        precision = len(groups) / between**2 + 1 / prior.sd**2
        was = centre
        centre = (modes.sum(axis=0) / between**2 + prior.mean / prior.sd**2) / precision
        spread = ((modes - centre) ** 2 + np.array([np.diag(one.covariance) for one in groups])).sum(axis=0)
        between = np.sqrt((spread + weight * apart**2) / (len(groups) + weight + 2))
        if np.abs(centre - was).max() < 1e-3:
            break
    # The centre itself is known only so well.
    common = Normal(centre, between).wider(1 / (len(groups) / between**2 + 1 / prior.sd**2))
    return Shrunken(tuple(fitted(common)), centre, between, common)
