"""Counts that come at a rate which is gamma distributed: negative binomial predictions, noise and drift.

A month with the mean m varies around the rate by itself, ``Var = m + m**2 / noise``; what is known of the rate fades,
`kept`.  Sizes are those of a negative binomial, ``Var = mean + mean**2 / size``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Array = npt.NDArray[np.float64]

#: Between which logarithms a parameter stays on an optimiser's way.
LARGEST = (-12.0, 20.0)


@dataclass(frozen=True)
class Predictive:
    """Negative binomial predictions, one for each market.

    Attributes
    ----------
    mean, size
        Shape (markets,); the variance is ``mean + mean**2 / size``.
    """

    mean: Array
    size: Array

    @property
    def _chance(self) -> Array:
        return self.size / (self.size + self.mean)

    def interval(self, level: float = 0.8) -> tuple[Array, Array]:
        """Return the ends of the equal-tailed interval; of counts, so it holds at least `level`."""
        tail = (1 - level) / 2
        low, high = (stats.nbinom.ppf(q, self.size, self._chance) for q in (tail, 1 - tail))
        return np.asarray(low), np.asarray(high)

    def log_score(self, counts: npt.ArrayLike) -> Array:
        """Return minus the logarithm of the probability of each count; less is better."""
        return -log_pmf(np.asarray(counts, dtype=np.float64), self.mean, self.size)

    def crps(self, counts: npt.ArrayLike) -> Array:
        """Return the continuous ranked probability score of each count; less is better.

        The sum over k of ``(F(k) - [count <= k])**2`` (Gneiting and Raftery 2007, JASA 102).

        Examples
        --------
        Nearly Poisson with mean 1, and one was counted:

        >>> Predictive(np.array([1.0]), np.array([1e9])).crps([1]).round(3)
        array([0.212])
        """
        counts = np.asarray(counts, dtype=np.float64)
        wide = self.mean + 12 * np.sqrt(self.mean + self.mean**2 / self.size)
        points = np.arange(int(max(wide.max(initial=0), counts.max(initial=0))) + 30)
        below = stats.nbinom.cdf(points, self.size[:, None], self._chance[:, None])
        return np.asarray(((below - (points >= counts[:, None])) ** 2).sum(axis=1))

    def covered(self, counts: npt.ArrayLike, level: float = 0.8) -> tuple[Array, Array]:
        """Tell whether the interval held each count, as printed and at its nominal level.

        A count can only be in or out of a printed interval, which holds more than `level`.  The second
        answer is the expected share of the randomised probability integral transform that falls
        inside (Czado, Gneiting and Held 2009, Biometrics 65): on average `level` if all is right.
        """
        counts = np.asarray(counts, dtype=np.float64)
        low, high = self.interval(level)
        tail = (1 - level) / 2
        upper = stats.nbinom.cdf(counts, self.size, self._chance)
        lower = stats.nbinom.cdf(counts - 1, self.size, self._chance)
        inside = np.minimum(upper, 1 - tail) - np.maximum(lower, tail)
        share = np.clip(inside, 0, None) / np.maximum(upper - lower, 1e-12)
        return ((low <= counts) & (counts <= high)).astype(np.float64), np.asarray(share)


def kept(shape: Array | float, drift: float | Array) -> Any:
    """Return what share of a gamma's shape remains when the rate has drifted for a month."""
    return 1 / (1 + drift**2 * shape)


def size_of(noise: float | Array, shape: float | Array) -> Array:
    """Return the negative binomial's size for a gamma rate of that shape and a month's noise."""
    return np.asarray(1 / ((1 + 1 / noise) * (1 + 1 / np.asarray(shape)) - 1))


def log_pmf(y: Array | float, mean: Array, size: Array) -> Array:
    """Return the logarithm of each count's probability."""
    y = np.asarray(y, dtype=np.float64)
    found = np.asarray(-size * np.log1p(mean / size))
    some = y > 0  # most markets have none in most months, and nothing more to work out
    if some.any():
        n, m, s = (np.broadcast_to(part, found.shape)[some] for part in (y, mean, size))
        found[some] += special.gammaln(n + s) - special.gammaln(s) - special.gammaln(n + 1)
        found[some] += n * np.log(m / (s + m))
    return found


def bounded_exp(value: float) -> float:
    """Return the exponential, kept from leaving what floats can hold on an optimiser's way."""
    return math.exp(min(max(value, LARGEST[0]), LARGEST[1]))
