"""Intervals from bootstrap draws.

====================  =============================================================================
``percentile``        quantiles of the draws
``bc``, ``bca``       quantiles shifted for bias, and for bias and skewness (Efron 1987)
``basic``             the percentile interval mirrored at the estimate
``normal``, ``t``     estimate less bias, plus and minus quantiles of the normal and of Student's t
                      with n - 1 degrees of freedom times the standard error
====================  =============================================================================

Quantiles interpolate linearly (type 7 of Hyndman and Fan 1996).  Standard errors divide by the number of
draws less one.  ``p`` belongs to ``t = estimate / se`` with n - 1 degrees of freedom and is two-sided; it is NaN
for what cannot be 0 or for which 0 is not the question: reliabilities, VIFs, HTMT (judge the interval
against 0.85, 0.90 or 1) and distances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special, stats

from fondaco.pls.engine import Floats
from fondaco.pls.measures import Quantity

Method = Literal["percentile", "bca", "bc", "basic", "normal", "t"]
METHODS: tuple[Method, ...] = get_args(Method)
#: Kinds for which 0 is the null that a reader means.
TESTED = frozenset(
    {
        "weight",
        "loading",
        "cross_loading",
        "path",
        "total",
        "total_indirect",
        "indirect",
        "correlation",
        "r2",
        "f2",
    }
)


@dataclass(frozen=True)
class Interval:
    """One number with its uncertainty.

    Attributes
    ----------
    kind, start, via, end
        What it is about, as in `fondaco.pls.measures.Quantity`.
    estimate
        In the sample.
    mean, se
        Mean and standard deviation of the draws.
    t, p
        estimate / se, and its two-sided p; NaN where 0 is not the question.
    low, high, level, method
        The interval, its probability and how it was made.
    """

    kind: str
    start: str
    via: tuple[str, ...]
    end: str
    estimate: float
    mean: float
    se: float
    t: float
    p: float
    low: float
    high: float
    level: float
    method: Method

    @property
    def bias(self) -> float:
        """Mean of the draws less the estimate."""
        return self.mean - self.estimate

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def intervals(
    quantities: Sequence[Quantity],
    estimates: Floats,
    draws: Floats,
    jackknife: Floats | None,
    *,
    method: Method,
    level: float,
    cases: int,
) -> tuple[Interval, ...]:
    """Return the intervals of `quantities` from draws of shape (quantities, resamples)."""
    with np.errstate(all="ignore"):
        mean, se = _mean_and_error(draws)
        fixed = se <= 1e-12 * np.maximum(1.0, np.abs(estimates))  # such as the loading of a single item
        se = np.where(fixed, 0.0, se)
        tested = np.array([one.kind in TESTED for one in quantities], dtype=bool) & ~fixed
        t = np.where(tested, estimates / se, np.nan)
        p = 2 * stats.t.sf(np.abs(t), cases - 1)
        low, high = bounds(estimates, draws, jackknife, method=method, level=level, cases=cases)
    return tuple(
        Interval(
            kind=one.kind,
            start=one.start,
            via=one.via,
            end=one.end,
            estimate=float(estimates[i]),
            mean=float(mean[i]),
            se=float(se[i]),
            t=float(t[i]),
            p=float(p[i]),
            low=float(low[i]),
            high=float(high[i]),
            level=level,
            method=method,
        )
        for i, one in enumerate(quantities)
    )


def bounds(
    estimates: Floats, draws: Floats, jackknife: Floats | None, *, method: Method, level: float, cases: int
) -> tuple[Floats, Floats]:
    """Return the two ends of each interval, shapes (quantities,).

    Examples
    --------
    >>> draws = np.arange(101.0)[None]
    >>> low, high = bounds(np.array([40.0]), draws, None, method="percentile", level=0.9, cases=9)
    >>> float(low[0].round(6)), float(high[0].round(6))
    (5.0, 95.0)
    >>> low, high = bounds(np.array([40.0]), draws, None, method="basic", level=0.9, cases=9)
    >>> float(low[0].round(6)), float(high[0].round(6))
    (-15.0, 75.0)
    """
    tail = (1 - level) / 2
    if method in {"normal", "t"}:
        mean, spread = _mean_and_error(draws)
        reach = (special.ndtri(1 - tail) if method == "normal" else stats.t.ppf(1 - tail, cases - 1)) * spread
        centre = 2 * estimates - mean
        return centre - reach, centre + reach
    lower, upper = np.full(len(estimates), tail), np.full(len(estimates), 1 - tail)
    if method in {"bc", "bca"}:
        lower, upper = _shifted(estimates, draws, jackknife if method == "bca" else None, tail)
    low, high = _quantiles(draws, lower, upper)
    if method == "basic":
        return 2 * estimates - high, 2 * estimates - low
    return low, high


def _mean_and_error(draws: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each row; NaN draws do not count."""
    if not np.isnan(draws).any():
        return draws.mean(axis=1), draws.std(axis=1, ddof=1)
    absent = np.isnan(draws)
    count = draws.shape[1] - absent.sum(axis=1)
    mean = np.where(absent, 0.0, draws).sum(axis=1) / count
    square = np.where(absent, 0.0, draws - mean[:, None]) ** 2
    return mean, np.sqrt(square.sum(axis=1) / (count - 1))


def _shifted(
    estimates: Floats, draws: Floats, jackknife: Floats | None, tail: float
) -> tuple[Floats, Floats]:
    """Return the probabilities of the BC interval, or of BCa where there is a jackknife."""
    slack = 1e-12 * np.maximum(1.0, np.abs(estimates))
    below = (draws < (estimates - slack)[:, None]).mean(axis=1)
    tied = (np.abs(draws - estimates[:, None]) <= slack[:, None]).mean(axis=1)
    z0 = special.ndtri(np.clip(below + tied / 2, 0.5 / draws.shape[1], 1 - 0.5 / draws.shape[1]))
    skew = np.zeros(len(estimates))
    if jackknife is not None:
        gap = jackknife.mean(axis=1, keepdims=True) - jackknife
        square = (gap**2).sum(axis=1)
        skew = np.where(square > 1e-20, (gap**3).sum(axis=1) / (6 * square**1.5), 0.0)
    ends = []
    for z in (special.ndtri(tail), special.ndtri(1 - tail)):
        ends.append(special.ndtr(z0 + (z0 + z) / (1 - skew * (z0 + z))))
    return ends[0], ends[1]


def _quantiles(draws: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return a lower and an upper quantile of each row, interpolated linearly; NaN draws do not count."""
    ordered = np.sort(draws, axis=1)  # NaN go last
    last = (draws.shape[1] - np.isnan(ordered).sum(axis=1) - 1).clip(0)
    rows = np.arange(len(draws))
    ends = []
    for probability in (lower, upper):
        place = probability * last
        floor = np.floor(place).astype(np.int64)
        ceiling = np.minimum(floor + 1, last)
        below, above = ordered[rows, floor], ordered[rows, ceiling]
        ends.append(below + (place - floor) * (above - below))
    return ends[0], ends[1]
