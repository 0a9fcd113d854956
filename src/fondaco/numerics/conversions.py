"""Conversion rates of many small groups at once: how often a click brings an order, drawn towards the others.

Empirical Bayes with a beta prior (Robbins 1956; Efron and Morris 1975, JASA 70; the beta-binomial of Skellam 1948,
JRSS B 10).  Of term i in group g (a market on a platform), with n clicks and y of them with an order,

    y[i] ~ Binomial(n[i], rate[i]),      rate[i] ~ Beta(mean[g] * size, (1 - mean[g]) * size),
    logit(mean[g]) = centre + offset[g],  offset[g] ~ Normal(0, `GROUPS_SD`),

so that the posterior of a rate is Beta(a + y, b + n - y).  Centre, offsets and size maximise the marginal
likelihood with weakly informative priors: a group with few clicks is drawn towards all groups, a term with few
clicks towards its group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

Array = npt.NDArray[np.float64]

#: Standard deviation of groups' mean rates around the common one, as logits.
GROUPS_SD = 0.7
#: Normal priors, (mean, sd): the logit of the common rate (2 % of clicks), the logarithm of the prior's size.
CENTRE_PRIOR = (math.log(0.02 / 0.98), 1.5)
SIZE_PRIOR = (math.log(60), 1.0)


@dataclass(frozen=True)
class Conversions:
    """The posterior of every term's rate: a beta distribution each.

    Attributes
    ----------
    a, b
        Shape (terms,): of the posteriors.
    prior_mean
        Shape (terms,): the mean rate of the term's group.
    size
        How many clicks the prior weighs.
    """

    a: Array
    b: Array
    prior_mean: Array
    size: float

    @property
    def mean(self) -> Array:
        """Posterior means."""
        return np.asarray(self.a / (self.a + self.b))

    @property
    def weight(self) -> Array:
        """How much of each mean is the term's own share; the rest is the group's mean."""
        return np.asarray(1 - self.size / (self.a + self.b))

    def interval(self, level: float = 0.8) -> tuple[Array, Array]:
        """Return the ends of the equal-tailed intervals."""
        tail = (1 - level) / 2
        return np.asarray(stats.beta.ppf(tail, self.a, self.b)), np.asarray(
            stats.beta.ppf(1 - tail, self.a, self.b)
        )

    def beyond(self, least: npt.ArrayLike) -> Array:
        """Return the probability that each rate is above `least`; shapes (terms, ...) broadcast from the left."""
        bound = np.clip(np.asarray(least, dtype=np.float64), 0, 1)
        wide = (slice(None), *(None,) * (bound.ndim - 1))
        return np.asarray(special.betaincc(self.a[wide], self.b[wide], bound))


def fit_conversions(orders: npt.ArrayLike, clicks: npt.ArrayLike, groups: npt.ArrayLike) -> Conversions:
    """Estimate how often a click brings an order, for every term.

    Parameters
    ----------
    orders, clicks
        Shape (terms,): clicks that brought an order, and all clicks.
    groups
        Shape (terms,): the number of each term's group, from 0.

    Raises
    ------
    ValueError
        Where orders exceed clicks or a count is negative.

    Examples
    --------
    Nine terms like each other and one with a single lucky click:

    >>> found = fit_conversions([5] * 9 + [1], [100] * 9 + [1], [0] * 10)
    >>> bool(0.05 < found.mean[-1] < 0.1), bool(found.weight[0] > found.weight[-1])
    (True, True)
    """
    y, n = np.asarray(orders, dtype=np.float64), np.asarray(clicks, dtype=np.float64)
    if (y < 0).any() or (y > n).any():
        raise ValueError("orders lie between 0 and the clicks")
    at = np.asarray(groups, dtype=np.int64)
    many = int(at.max()) + 1 if len(at) else 0
    # Terms of one group with the same counts say the same: they are added up once.
    same, times = np.unique(np.column_stack([y, n, at]), axis=0, return_counts=True)
    sy, sn, sat = same[:, 0], same[:, 1], same[:, 2].astype(np.int64)

    def loss(theta: Array) -> tuple[float, Array]:
        centre, log_size, offset = theta[0], theta[1], theta[2:]
        size, mean = math.exp(log_size), special.expit(centre + offset[sat])
        a, b = mean * size, (1 - mean) * size
        score = times * (special.betaln(sy + a, sn - sy + b) - special.betaln(a, b))
        common = special.digamma(sn + size) - special.digamma(size)
        by_a = times * (special.digamma(sy + a) - special.digamma(a) - common)
        by_b = times * (special.digamma(sn - sy + b) - special.digamma(b) - common)
        by_logit = (by_a - by_b) * size * mean * (1 - mean)
        slope = np.concatenate(
            [
                [by_logit.sum(), (by_a * a + by_b * b).sum()],
                np.bincount(sat, weights=by_logit, minlength=many),
            ]
        )
        priors = np.concatenate([[CENTRE_PRIOR[0], SIZE_PRIOR[0]], np.zeros(many)])
        widths = np.concatenate([[CENTRE_PRIOR[1], SIZE_PRIOR[1]], np.full(many, GROUPS_SD)])
        z = (theta - priors) / widths
        return float((z**2).sum() / 2 - score.sum()), z / widths - slope

    start = np.zeros(2 + many)
    start[:2] = special.logit((y.sum() + 0.5) / (n.sum() + 25)), SIZE_PRIOR[0]
    bounds = [(-12.0, 6.0), (0.0, 12.0)] + [(-4.0, 4.0)] * many
    best = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    size, mean = math.exp(best[1]), special.expit(best[0] + best[2:][at])
    return Conversions(mean * size + y, (1 - mean) * size + n - y, np.asarray(mean), size)
