"""Which things bring too little for how much they were shown, clicked or paid for.

Thing j had the exposure e_j (views, clicks, money spent) and brought k_j events (inquiries, orders).
Two questions, each of the lower tail only:

`low_among`: is it low for one of a kind?  Things differ; their rates scatter like a gamma
distribution, so that counts are negative binomial (the beta-binomial's limit at small rates, and a
little wider).  Mean and scatter are those of the *other* things, the scatter at its upper 90 % limit:
that with which Pearson's chi-squared comes out at its 10 % quantile.

`low_against_rest`: is its rate below that of all the others together, however much they differ?
Given k_j + K events in all, k_j is binomial with the share e_j / (e_j + E); events that come in
bunches are divided by their dispersion before (quasi-likelihood).  Przyborowski and Wilenski (1940),
Biometrika 31: the conditional test of two Poisson rates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special, stats

Floats = NDArray[np.float64]

#: Things of a kind needed beside the one that is judged.
FEWEST_OTHERS = 5


def expected_at_others(counts: ArrayLike, exposures: ArrayLike) -> Floats:
    """Return how many events each thing would have brought at the others' common rate.

    Examples
    --------
    >>> expected_at_others([0, 6, 4], [50, 60, 40]).round(2).tolist()
    [5.0, 2.67, 2.18]
    """
    k, e = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    others = e.sum() - e
    return np.asarray(e * np.divide(k.sum() - k, others, out=np.zeros_like(k), where=others > 0))


def low_against_rest(counts: ArrayLike, exposures: ArrayLike, *, dispersion: float = 1.0) -> Floats:
    """Return for each thing the probability of so few events, or fewer, at the others' common rate.

    Parameters
    ----------
    counts, exposures
        Shape (things,).
    dispersion
        Variance of counts over their mean, at least 1.

    Examples
    --------
    Nothing came of 500 clicks, while 1,500 others brought 30 orders:

    >>> low_against_rest([0, 30], [500, 1500]).round(6).tolist()
    [0.000179, 1.0]
    >>> round(0.75**30, 6)
    0.000179
    """
    k, e = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    scaled = k / max(dispersion, 1.0)
    rest = scaled.sum() - scaled
    share = np.divide(e, e.sum(), out=np.zeros_like(e), where=e.sum() > 0)
    tail = special.betainc(np.maximum(rest, 1e-12), scaled + 1, 1 - share)
    return np.asarray(np.where(rest > 0, tail, 1.0))


def dispersion_over(counts: ArrayLike, exposures: ArrayLike) -> float:
    """Return how many times counts by period vary more than Poisson about each thing's own rate, at least 1.

    Pearson's chi-squared over its degrees of freedom, pooled over things; 1 where these are fewer than 5.

    Parameters
    ----------
    counts, exposures
        Shape (things, periods); a period without exposure is left out.

    Examples
    --------
    >>> dispersion_over([[2, 2, 2, 2], [3, 3, 3, 3]], [[10] * 4, [20] * 4])
    1.0
    >>> dispersion_over([[0, 8, 0, 0], [0, 0, 12, 0]], [[10] * 4, [20] * 4])
    10.0
    """
    k, e = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    used = (k.sum(axis=1) > 0) & (e.sum(axis=1) > 0)
    k, e = k[used], e[used]
    due = k.sum(axis=1, keepdims=True) * e / e.sum(axis=1, keepdims=True)
    free = int(((e > 0).sum(axis=1) - 1).sum())
    squares = np.divide((k - due) ** 2, due, out=np.zeros_like(due), where=due > 0)
    return max(1.0, float(squares.sum()) / free) if free >= 5 else 1.0


def low_among(counts: ArrayLike, exposures: ArrayLike) -> Floats:
    """Return for each thing the probability of so few events, or fewer, for one of its kind.

    Fewer than five others, or others without any event: 1.

    Parameters
    ----------
    counts, exposures
        Shape (things,).

    Examples
    --------
    >>> asked = [20, 25, 18, 22, 30, 24, 0]
    >>> seen = [1000, 1100, 900, 1000, 1300, 1200, 1100]
    >>> bool(low_among(asked, seen)[-1] < 0.001)
    True
    """
    k, e = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    p = np.ones(len(k))
    for j in range(len(k)):
        others = np.arange(len(k)) != j
        if others.sum() >= FEWEST_OTHERS and k[others].sum() > 0 and e[others].sum() > 0:
            p[j] = _low(k[j], e[j], k[others], e[others])
    return p


def _low(count: float, exposure: float, counts: Floats, exposures: Floats) -> float:
    rate = counts.sum() / exposures.sum()
    mean = rate * exposures
    scatter = _scatter(counts, mean)
    of_rate = 1 / counts.sum() + scatter * (exposures**2).sum() / exposures.sum() ** 2
    shape = 1 / (scatter + of_rate)
    return float(stats.nbinom.cdf(count, shape, shape / (shape + rate * exposure)))


def _scatter(counts: Floats, mean: Floats) -> float:
    """Return the upper 90 % limit of the squared coefficient of variation of the rates."""
    wanted = stats.chi2.ppf(0.1, len(counts) - 1)

    def excess(scatter: float) -> float:
        return float((((counts - mean) ** 2) / (mean + scatter * mean**2)).sum() - wanted)

    if excess(0.0) <= 0:
        return 0.0
    high = 1.0
    while excess(high) > 0 and high < 1e6:
        high *= 4
    return float(optimize.brentq(excess, 0.0, high)) if high < 1e6 else high
