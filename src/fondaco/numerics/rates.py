"""Rates of counts in many markets at once: what each market's own counts say, and what a prior says.

The model is empirical Bayes with a gamma prior for each market (Robbins 1956; Clayton and Kaldor 1987,
Biometrics 43).  In market i and month t

    y[i, t] ~ NB(mean = rate[i] * exposure[i, t], size = noise),
    rate[i] ~ Gamma(shape, shape / mu[i]),      log mu[i] = intercept + terms[i] . coefficients.

Exposure is how much of a month was observed, times what all markets share (`fondaco.numerics.tides`).  Of a
month whose expected count is m, the share ``w = 1 / (1 + m / noise)`` counts as evidence, because real
months vary more than Poisson ones (the credibility of a negative binomial month, Bühlmann and Straub
1970).  Rates drift: a month adds ``drift**2`` to the relative variance of what is known, so that evidence
worth S events keeps the share ``1 / (1 + drift**2 * S)`` of itself (a random walk in the form of the
gamma models of Smith 1979 and of Harvey and Fernandes 1989; where much is known, old months count for less).  So the
posterior stays a gamma in closed form:

    Gamma(shape + evidence, shape / mu + seen),   evidence and seen: the weighted, faded sums of y and exposure

and the next month is negative binomial.  With `noise` infinite and `drift` 0 this is the gamma-Poisson
model exactly.  Coefficients, shape, noise and drift maximise the sum over months of the logarithm of
the one-month-ahead predictions (the prequential likelihood, Dawid 1984; for the gamma-Poisson model it
is the marginal likelihood), with weakly informative priors, so that three markets do as well as two
hundred.

A market that never appears may have been open and brought nothing, or never have been open: nobody
delivered there, or the page was not shown.  With `never` the share of closed markets is fitted too
(zero inflation, Lambert 1992, Technometrics 34); `Rates.predict` is of things as they stand, `Rates.opened`
of what to expect where the firm does sell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from fondaco.numerics.gamma_counts import LARGEST, Array, Predictive, bounded_exp, kept, log_pmf, size_of
from fondaco.numerics.tides import Tide, tide

__all__ = ["Predictive", "Rates", "Terms", "fit_rates", "posterior", "rate_interval"]

#: Normal priors, (mean, standard deviation): log shape, log noise, log drift.
SHAPE_PRIOR = (0.0, 1.5)
NOISE_PRIOR = (math.log(10), 1.0)
DRIFT_PRIOR = (math.log(0.05), 1.0)
#: Of the intercept, around the pooled log rate.
INTERCEPT_SD = 3.0
#: Of the logit of the share of closed markets.
CLOSED_PRIOR = (0.0, 1.5)


@dataclass(frozen=True)
class Terms:
    """What the prior mean of a rate depends on.

    Attributes
    ----------
    names
        Of the K terms.
    values
        Shape (markets, K), finite.  They are centred when they are used.
    mean, sd
        Shape (K,): the normal prior of each coefficient.
    """

    names: tuple[str, ...]
    values: Array
    mean: Array
    sd: Array

    @staticmethod
    def none(markets: int) -> Terms:
        """Return no terms: one prior mean for all markets."""
        return Terms((), np.zeros((markets, 0)), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Rates:
    """The posterior of every market's rate: a gamma distribution each.

    Attributes
    ----------
    prior_mean
        Shape (markets,): expected events a month before the market's own counts are looked at.
    prior_shape
        Of every prior; small where markets differ from what the terms say.
    shape, rate
        Shape (markets,): of the posteriors.
    noise
        Size of a month's own variation; the smaller, the more months vary beyond Poisson.
    drift
        Standard deviation of a rate's relative change in a month.
    intercept, coefficients
        Of the prior mean; the intercept is that of an average market.
    terms
        What the coefficients belong to.
    tide
        What all markets share, as far as it was asked for.
    evidence, seen
        Shape (markets,): events and months of exposure that count in the posterior.
    score
        Sum of the logarithms of the one-month-ahead predictions.
    closed
        Shape (markets,): the probability that the firm was not open to the market at all; 0 for each
        that ever appeared.
    """

    prior_mean: Array
    prior_shape: float
    shape: Array
    rate: Array
    noise: float
    drift: float
    intercept: float
    coefficients: Array
    terms: Terms = field(repr=False)
    tide: Tide | None
    evidence: Array = field(repr=False)
    seen: Array = field(repr=False)
    score: float
    closed: Array = field(repr=False)

    @property
    def mean(self) -> Array:
        """Posterior means: events a month at the tide's mean level."""
        return np.asarray(self.shape / self.rate)

    @property
    def weight(self) -> Array:
        """How much of each posterior mean is the market's own rate; the rest is the prior's mean."""
        return np.asarray(self.seen / self.rate)

    @property
    def own(self) -> Array:
        """Each market's own rate from its weighted counts; NaN where it was never observed."""
        blank = np.full(len(self.seen), np.nan)
        return np.asarray(np.divide(self.evidence, self.seen, out=blank, where=self.seen > 0))

    def opened(self) -> Rates:
        """Return what to expect of each market if the firm does sell there.

        Of a market that was perhaps never open, its months without events say so much less: its rate
        is the mixture of prior and posterior, as the gamma of the same mean and variance.  No such market
        is told a higher rate than the highest of those that did appear: terms fitted on a few markets
        say little beyond their range.
        """
        unsure = self.closed
        mean = unsure * self.prior_mean + (1 - unsure) * self.mean
        square = unsure * self.prior_mean**2 * (1 + 1 / self.prior_shape)
        square = square + (1 - unsure) * self.mean**2 * (1 + 1 / self.shape)
        shape = np.where(unsure > 0, mean**2 / (square - mean**2), self.shape)
        seen_mean = self.mean[unsure == 0]
        if len(seen_mean):  # beyond what was seen anywhere nothing can be told
            mean = np.where(unsure > 0, np.minimum(mean, seen_mean.max()), mean)
        rate = np.where(unsure > 0, shape / mean, self.rate)
        seen = np.where(unsure > 0, (1 - unsure) * self.weight * rate, self.seen)
        return replace(self, shape=shape, rate=rate, seen=seen, closed=np.zeros(len(unsure)))

    def expected(self, exposure: npt.ArrayLike = 1.0) -> Array:
        """Return the expected events of a coming month (times `exposure`: a season, more budget)."""
        return np.asarray(self.mean * self._ahead * np.asarray(exposure))

    @property
    def _ahead(self) -> float:
        return 1.0 if self.tide is None else self.tide.ahead

    def predict(self, ahead: int = 1, *, months: int = 1, exposure: npt.ArrayLike = 1.0) -> Predictive:
        """Predict the number of events in each market.

        Parameters
        ----------
        ahead
            The first month that is predicted, 1 being the one after the last seen.
        months
            How many months together.
        exposure
            A scalar or shape (markets,): of all those months together, relative to whole months.
        """
        gone = ahead + (months - 1) / 2 - 1
        spread = (1 + 1 / (self.noise * months)) * (1 + 1 / self.shape + self.drift**2 * gone)
        if self.tide is not None:
            held = self.tide
            spread = spread * (1 + 1 / (held.noise * months)) * (1 + 1 / held.shape + held.drift**2 * gone)
        grown = 1.0 if self.tide is None else self.tide.growth(gone)
        spread = spread / (1 - self.closed)
        mean = self.expected(exposure) * (1 - self.closed) * grown * months
        return Predictive(mean, 1 / np.maximum(spread - 1, 1e-9))

    def draw(self, draws: int, *, seed: int) -> Array:
        """Draw rates of the coming month jointly: shape (draws, markets); the tide is common to a draw."""
        rng = np.random.default_rng(seed)
        drawn = rng.gamma(self.shape, 1.0, (draws, len(self.shape))) / self.rate
        if self.tide is not None:
            if math.isfinite(self.tide.shape):
                drawn *= rng.gamma(self.tide.shape, 1 / self.tide.shape, (draws, 1))
            drawn *= self.tide.ahead
        return np.asarray(drawn)


def rate_interval(rates: Rates, level: float = 0.8) -> tuple[Array, Array]:
    """Return the ends of each rate's equal-tailed interval: how sure the rate itself is.

    The interval of a month's number (`Rates.predict`) is wider, because it holds that month's chance.
    """
    tail = (1 - level) / 2
    low, high = (special.gammaincinv(rates.shape, q) / rates.rate for q in (tail, 1 - tail))
    return np.asarray(low), np.asarray(high)


def posterior(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    prior_mean: npt.ArrayLike,
    shape: float,
    *,
    noise: float = math.inf,
    drift: float = 0.0,
) -> tuple[Array, Array]:
    """Return shape and rate of each market's gamma posterior, for a prior that is given.

    Parameters
    ----------
    counts, exposure
        Shape (markets, T), oldest month first.  Months without exposure are passed over.
    prior_mean, shape
        Of the gamma priors; the prior's rate is ``shape / prior_mean``.
    noise, drift
        See the module.

    Examples
    --------
    A prior of 2 a month that weighs a month of exposure (shape 2), and 9 events in 3 months: (2 + 9) / (1 + 3).

    >>> shape, rate = posterior([[2, 3, 4]], [[1, 1, 1]], [2.0], 2.0)
    >>> shape, rate
    (array([11.]), array([4.]))
    """
    mu = np.asarray(prior_mean, dtype=np.float64)
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    _, evidence, seen = _follow(y, e, mu, shape, noise, drift)
    return shape + evidence, shape / mu + seen


#: The step of an optimiser's forward differences.
STEP = 1.4901161193847656e-08


def fit_rates(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    terms: Terms | None = None,
    *,
    shared: bool = True,
    start: float | None = None,
    never: npt.ArrayLike | None = None,
) -> Rates:
    """Fit the prior across markets and return every market's posterior.

    Parameters
    ----------
    counts
        Shape (markets, T): events by month, oldest first, not negative.
    exposure
        Shape (markets, T) or (T,): how much of each month was observed (0 to 1), times any factor
        that is known beforehand, such as a season.
    terms
        What the prior means depend on; none if omitted.
    shared
        Whether the months' common ups and downs (`tide`) are taken out of the markets' own rates, and
        the level they have reached carried into predictions.
    never
        Shape (markets,), flags: of which markets nothing at all was ever seen, so that the firm may
        not have been open to them.
    start
        Events a month that an average market is expected to have where there are no counts at all.

    Raises
    ------
    ValueError
        Where shapes do not fit, or a count or an exposure is negative or not finite.

    Examples
    --------
    Three markets seen for six months, the third of them never sold to:

    >>> found = fit_rates([[4, 6, 5, 3, 7, 5], [1, 0, 2, 1, 0, 1], [0, 0, 0, 0, 0, 0]], [1] * 6)
    >>> found.mean.round(2)
    array([4.81, 0.88, 0.08])
    >>> found.predict().interval(0.8)
    (array([1., 0., 0.]), array([9., 2., 0.]))
    """
    y = np.asarray(counts, dtype=np.float64)
    if y.ndim != 2:
        raise ValueError(f"counts must have the shape (markets, months), not {y.shape}")
    e = np.broadcast_to(np.asarray(exposure, dtype=np.float64), y.shape)
    held = Terms.none(len(y)) if terms is None else terms
    absent = np.zeros(len(y), dtype=bool) if never is None else np.asarray(never, dtype=bool)
    _check(y, e, held, absent)
    common = tide(y.sum(axis=0), e.max(axis=0)) if shared else None
    if common is not None:
        e = e * common.months
    pooled = (y.sum() + 0.5) / e.sum() if y.sum() or start is None else start
    priors = [(math.log(pooled), INTERCEPT_SD), SHAPE_PRIOR, NOISE_PRIOR, DRIFT_PRIOR]
    priors += zip(held.mean, held.sd, strict=True)
    if absent.any():
        priors.append(CLOSED_PRIOR)
    means, sds = (np.array(part) for part in zip(*priors, strict=True))
    problem = _Problem(y, e, held.values - held.values.mean(axis=0), absent, means, sds)
    best = problem.best() if y.sum() else means
    mu, (shape, noise, drift) = problem.prior_means(best[None])[0], map(bounded_exp, best[1:4])
    score, evidence, seen = _follow(y, e, mu, shape, noise, drift)
    closed = np.zeros(len(y))
    if absent.any():
        score, closed = _inflated(score, absent, best[-1])
    return Rates(
        mu, shape, shape + evidence, shape / mu + seen, noise, drift, float(best[0]), best[problem.terms],
        held, common, evidence, seen, float(score.sum()), closed,
    )  # fmt: skip


def _check(y: Array, e: Array, terms: Terms, absent: npt.NDArray[np.bool_]) -> None:
    if terms.values.shape != (len(y), len(terms.names)):
        raise ValueError(f"terms must have the shape {(len(y), len(terms.names))}, not {terms.values.shape}")
    if not all(np.isfinite(part).all() for part in (y, e, terms.values)) or min(y.min(), e.min()) < 0:
        raise ValueError("counts, exposure and terms must be finite, counts and exposure not negative")
    if y[absent].any():
        raise ValueError("a market with counts cannot be one of which nothing was ever seen")


@dataclass(frozen=True)
class _Problem:
    """What is maximised over: intercept, log shape, noise and drift, coefficients, and last the logit of the
    share of closed markets, where there may be any.

    Attributes
    ----------
    y, e
        Shape (markets, T): counts and exposure.
    centred
        Shape (markets, K): values of the terms.
    absent
        Shape (markets,): which may be closed.
    means, sds
        Of the normal priors.
    """

    y: Array
    e: Array
    centred: Array
    absent: npt.NDArray[np.bool_]
    means: Array
    sds: Array

    @property
    def terms(self) -> slice:
        """Where the coefficients stand."""
        return slice(4, 4 + self.centred.shape[1])

    def prior_means(self, thetas: Array) -> Array:
        """Return each market's prior mean, a line for each row of parameters."""
        return np.asarray(np.exp(np.clip(thetas[:, :1] + thetas[:, self.terms] @ self.centred.T, -30, 30)))

    def losses(self, thetas: Array) -> Array:
        """Return the loss of each row."""
        shape, noise, drift = (np.exp(np.clip(thetas[:, i : i + 1], *LARGEST)) for i in (1, 2, 3))
        score, _, _ = _follow(self.y, self.e, self.prior_means(thetas), shape, noise, drift)
        if self.absent.any():
            score, _ = _inflated(score, self.absent, thetas[:, -1:])
        penalty = 0.5 * ((thetas - self.means) / self.sds) ** 2
        return np.asarray(penalty.sum(axis=1) - score.sum(axis=1))

    def slope(self, theta: Array) -> Array:
        """Return the gradient by forward differences, all of them at once: NumPy takes as long for ten as for one."""
        moved = theta + STEP
        at = self.losses(np.vstack([theta, np.where(np.eye(len(theta), dtype=bool), moved, theta)]))
        return np.asarray((at[1:] - at[0]) / (moved - theta))

    def best(self) -> Array:
        """Return the parameters of least loss, sought from the priors' means."""
        # Plain BFGS: so few parameters gain nothing from L-BFGS-B, whose linear algebra starts threads.
        return np.asarray(
            optimize.minimize(
                lambda theta: float(self.losses(theta[None])[0]), self.means, jac=self.slope, method="BFGS",
                options={"gtol": 1e-3, "maxiter": 300},
            ).x
        )  # fmt: skip


def _follow(
    y: Array, e: Array, mu: Array, shape: float | Array, noise: float | Array, drift: float | Array
) -> tuple[Array, Array, Array]:
    """Return each market's score of the one-month-ahead predictions, and its evidence at the end.

    `mu` of shape (markets,), or (K, markets) for K parameters at once; the others are numbers, or of shape (K, 1).
    """
    counts, there = np.ascontiguousarray(y.T), np.ascontiguousarray(e.T)
    if mu.ndim == 2:
        counts, there = counts[:, None, :], there[:, None, :]
    evidence, seen = np.zeros(mu.shape), np.zeros(mu.shape)
    means, shapes = np.ones((len(counts), *mu.shape)), np.ones((len(counts), *mu.shape))
    observed = there > 0
    prior_rate = shape / mu
    for t in range(len(counts)):
        shapes[t] = held = shape + evidence
        means[t] = mean = held / (prior_rate + seen) * there[t]
        weight = observed[t] / (1 + mean / noise)
        gained = weight * counts[t]
        left = kept(held + gained, drift)
        evidence = left * (evidence + gained)
        seen = left * (seen + weight * there[t])
    # All months at once: of so few markets, each step of NumPy's costs more to begin than to do.
    wide = np.broadcast_to(counts, means.shape)
    single = log_pmf(wide, np.where(observed, means, 1.0), size_of(noise, shapes))
    return np.where(observed, single, 0.0).sum(axis=0), evidence, seen


def _inflated(score: Array, absent: npt.NDArray[np.bool_], logit: float | Array) -> tuple[Array, Array]:
    """Return the scores where markets may be closed, and the probability that each is."""
    shut, open_ = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
    found = np.where(absent, np.logaddexp(shut, open_ + score), open_ + score)
    return found, np.where(absent, np.exp(np.minimum(shut - found, 0.0)), 0.0)
