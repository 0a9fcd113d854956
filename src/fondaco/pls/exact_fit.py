"""Whether the model could have produced the correlations at all: the bootstrap test of exact fit.

Data are transformed so that the model holds in them exactly (their correlations are the implied ones), and
resampled; a distance observed beyond the 95 % quantile of those that chance then brings speaks against the
model.  Beran and Srivastava (1985), Annals of Statistics 13, 95-115; Dijkstra and Henseler (2015),
Computational Statistics & Data Analysis 81, section 4.

A model that passes is not thereby right; with few cases nearly every model passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from fondaco.pls.bootstrap import drawn, resampled
from fondaco.pls.distances import implied_correlations
from fondaco.pls.engine import Floats
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit
from fondaco.pls.measures import Quantity, implied_between
from fondaco.pls.moments import Moments

if TYPE_CHECKING:
    import polars as pl

Which = Literal["saturated", "estimated"]


@dataclass(frozen=True)
class FitTest:
    """One distance and what chance brings when the model holds.

    Attributes
    ----------
    measure
        ``srmr``, ``d_uls`` or ``d_g``.
    statistic
        Observed.
    critical_95, critical_99
        Quantiles under the model.
    p
        Share of resamples at least as far.
    """

    measure: str
    statistic: float
    critical_95: float
    critical_99: float
    p: float

    @property
    def rejected(self) -> bool:
        """Whether the distance lies beyond the 95 % quantile."""
        return self.statistic > self.critical_95


@dataclass(frozen=True)
class ExactFit:
    """The tests of one fit.

    Attributes
    ----------
    which
        ``saturated`` (all constructs correlate freely: tests the measurement alone) or ``estimated``.
    tests
        One for each distance.
    resamples, failed, seed
        How many were drawn, how many of them could not be used, and the random numbers.
    """

    which: Which
    tests: tuple[FitTest, ...]
    resamples: int
    failed: int
    seed: int

    def to_frame(self) -> pl.DataFrame:
        """Return the tests as a Polars table."""
        from fondaco.pls.tables import table

        return table(self.tests, add=["rejected"])


def exact_fit(
    fit: Fit,
    resamples: int = 10_000,
    *,
    which: Which = "estimated",
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ExactFit:
    """Test whether a fit's model holds exactly.

    Parameters
    ----------
    fit
        From `fondaco.pls.fit`, estimated in one stage.
    which
        The implied correlations that are tested.
    resamples, seed, threads, progress
        As in `fondaco.pls.bootstrap`.

    Raises
    ------
    PlsError
        Where the implied or observed correlations are not positive definite, or the model has stages.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit as fit_model
    >>> rng = np.random.default_rng(1)
    >>> x, e = rng.normal(size=(2, 300)), rng.normal(size=(4, 300))
    >>> y = 0.6 * x[0] + x[1]
    >>> data = {"a": x[0] + e[0], "b": x[0] + e[1], "c": y + e[2], "d": y + e[3]}
    >>> tested = exact_fit(fit_model("X =~ a + b; Y =~ c + d; Y ~ X", data, consistent=True), 200)
    >>> any(test.rejected for test in tested.tests)
    False
    """
    if fit.stages is not None:
        raise PlsError(
            "Exact fit is not tested for models that are estimated in stages; test the first stage alone."
        )
    if not fit.converged:
        raise PlsError("The weights did not settle, so there is no model to test.")
    moments = _as_if_it_held(fit, which)
    settings = replace(fit.settings, tolerance=1e-8, max_iterations=300)
    draws, settled, admissible = resampled(
        fit,
        resamples,
        lambda start, stop: drawn(fit.n, start, stop, seed),
        settings,
        moments=moments,
        geodesic=True,
        threads=threads,
        progress=progress,
    )
    usable = settled & admissible
    if usable.sum() < 20:
        raise PlsError(
            f"Only {usable.sum()} of {resamples} resamples gave an admissible result; nothing can be tested."
        )
    tests = []
    for measure in ("srmr", "d_uls", "d_g"):
        row = draws[fit.quantities.index(Quantity(measure, which)), usable]
        statistic = fit.value(measure, which)
        at_95, at_99 = np.quantile(row, [0.95, 0.99]).tolist()
        tests.append(FitTest(measure, statistic, at_95, at_99, float((row >= statistic).mean())))
    return ExactFit(which, tuple(tests), resamples, int((~usable).sum()), seed)


def _as_if_it_held(fit: Fit, which: Which) -> Moments:
    """Return the cases transformed so that their correlations are the implied ones."""
    between = fit.measured.between
    if which == "estimated":
        between = implied_between(between, fit.plan)
    implied = implied_correlations(
        fit.indicator_correlations[:, :, None], fit.measured.loadings, between, fit.corrected, fit.plan
    )[:, :, 0]
    cases: Floats = fit.standardised
    observed: Floats = (cases.T * fit.cases.weights) @ cases / (fit.n - 1)
    turn: Floats = _power(observed, -0.5, "observed") @ _power(implied, 0.5, which)
    values: Floats = cases @ turn
    columns = replace(
        fit.cases, values=values, missing=np.zeros(values.shape[1], dtype=np.int64), rule="mean"
    )
    return Moments(columns)


def _power(matrix: Floats, exponent: float, name: str) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < 1e-10:
        raise PlsError(
            f"The {name} correlations are not positive definite (smallest eigenvalue {values[0]:.3g}), so that exact fit "
            "cannot be tested; look at the problems of the fit first."
        )
    power: Floats = (vectors * values**exponent) @ vectors.T
    return power
