"""Who will be among the first, when next year's revenue is uncertain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fondaco.numerics.growth import Moments

#: Simulated years; the error of a probability is then at most 0.008.
DRAWS = 4000


def top_probabilities(
    year: Sequence[Moments], ever: Sequence[Moments], *, months: float, first: int = 5, seed: int = 20
) -> npt.NDArray[np.float64]:
    """Return for each market the probability of being among the `first` by revenue of the next year.

    Next year's revenue of a market is drawn from a gamma distribution that has the mean and the
    variance of a compound Poisson year whose rate is itself only known from the months seen: mean
    ``total * s`` and variance ``squares * s * (1 + s)`` with ``s = 12 / months``.  To each market half
    an order of its usual size is added (Jeffreys' prior), so that a market without orders in the
    months seen is unlikely but not impossible.  The seed is fixed: same input, same answer.

    Parameters
    ----------
    year
        Moments of each market's orders in the months seen (at most the last twelve).
    ever
        Moments of each market's orders in all known time; they tell the usual size of an order.
    months
        Length of the months seen.
    first
        How many count as the first.
    seed
        Of the random numbers.

    Returns
    -------
    ndarray of shape (markets,)
        Probabilities; they add up to min(first, markets).

    Examples
    --------
    >>> large, small = Moments(50, 5000.0, 5e5), Moments(2, 20.0, 200.0)
    >>> top_probabilities([large, small], [large, small], months=12, first=1)
    array([1., 0.])
    """
    if not year:
        return np.zeros(0)
    scale = 12 / months
    usual = np.array([held.total / held.count if held.count else 0.0 for held in ever]).clip(0)
    size2 = np.array([held.squares / held.count if held.count else 0.0 for held in ever])
    total = np.array([held.total for held in year]).clip(0) + usual / 2
    squares = np.array([held.squares for held in year]) + size2 / 2
    mean, variance = total * scale, squares * scale * (1 + scale)
    sells = (mean > 0) & (variance > 0)
    shape = np.divide(mean**2, variance, out=np.ones_like(mean), where=sells)
    width = np.divide(variance, mean, out=np.zeros_like(mean), where=sells)
    drawn = np.random.default_rng(seed).gamma(shape, 1.0, (DRAWS, len(mean))) * width
    places = (-drawn).argsort(axis=1, kind="stable")[:, :first]
    return np.asarray(np.bincount(places.ravel(), minlength=len(mean)) / DRAWS, dtype=np.float64)
