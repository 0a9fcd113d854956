"""Whether a model predicts better than the mean, a linear model or another path model: CVPAT.

The cross-validated predictive ability test compares the squared errors that two predictions make for the
same held-out cases.  Predictions come from `fondaco.pls.predict`.

Sources: Liengaard et al. (2021), Decision Sciences 52(2), 362-392, for two models; Sharma, Liengaard, Hair,
Sarstedt and Ringle (2023), European Journal of Marketing 57(6), 1662-1677, for the benchmarks.  Their p
comes from a bootstrap of the same t statistic; with the usual numbers of cases the t distribution gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import stats

from fondaco.pls.engine import Floats
from fondaco.pls.errors import PlsError
from fondaco.pls.predict import Predictions, checked_choice
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class LossDifference:
    """Average loss of a model beside another prediction of the same cases.

    Attributes
    ----------
    construct
        Whose indicators; empty for all outcomes together.
    loss, other_loss
        Mean squared error over cases and indicators, in squared units of the indicators.
    difference
        `loss` - `other_loss`; below 0 the model predicts better.
    se, t, p
        Of a paired t test over the cases, two-sided.
    low, high, level
        Interval of the difference.
    """

    construct: str
    loss: float
    other_loss: float
    difference: float
    se: float
    t: float
    p: float
    low: float
    high: float
    level: float

    @property
    def better(self) -> bool | None:
        """Return whether the model predicts better (True) or worse (False); None if that is not sure."""
        if not self.p < 1 - self.level:
            return None
        return self.difference < 0


@dataclass(frozen=True)
class LossTest:
    """CVPAT: differences for each construct and overall (the last one)."""

    against: str
    differences: tuple[LossDifference, ...]
    thresholds: str = (
        "A negative difference with p < .05: the model predicts better (Liengaard et al. 2021; Sharma et al. 2023). "
        "Against the mean it shows that there is predictive power, against the linear model that it is strong."
    )

    @property
    def overall(self) -> LossDifference:
        """Return the difference over all outcomes."""
        return self.differences[-1]

    def to_frame(self) -> pl.DataFrame:
        """Return the differences as a Polars table."""
        return table(self.differences, add=("better",))


def cvpat(
    found: Predictions, against: Literal["average", "linear"] = "average", *, level: float = 0.95
) -> LossTest:
    """Test a model's average loss against that of the indicators' means or of the linear benchmark.

    The loss of a case is the mean of its squared errors over the construct's indicators and the repetitions; the
    differences are tested over cases (Liengaard et al. 2021, eqs. 1-4).

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> from fondaco.pls.predict import predict
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=200)
    >>> fitted = fit("X =~ x; Y =~ y; Y ~ X", {"x": x, "y": x + rng.normal(size=200)})
    >>> cvpat(predict(fitted, repetitions=1)).overall.better
    True
    """
    checked_choice("benchmark", against, ("average", "linear"))
    other = found.average if against == "average" else found.linear
    if np.isnan(other).all():
        raise PlsError(
            "The linear benchmark could not be estimated: too few cases, or indicators that repeat each other."
        )
    name = "indicator means" if against == "average" else f"linear model ({found.benchmark})"
    return LossTest(name, tuple(_differences(found, found.predicted, other, level)))


def compare_predictions(
    first: Predictions, second: Predictions, construct: str | None = None, *, level: float = 0.95
) -> LossTest:
    """Test whether one model predicts the same indicators with less loss than another.

    Parameters
    ----------
    first, second
        Predictions of the same cases with the same folds.
    construct
        Only the indicators of this construct; by default all outcomes that both predict.

    Raises
    ------
    PlsError
        If folds differ or nothing is predicted by both.
    """
    if first.fold_of.shape != second.fold_of.shape or (first.fold_of != second.fold_of).any():
        raise PlsError(
            "The models were not predicted with the same folds; give both the same seed or fold_of."
        )
    theirs = [one.indicator for one in second.indicators]
    shared = [
        (i, theirs.index(one.indicator))
        for i, one in enumerate(first.indicators)
        if one.indicator in theirs and construct in {None, one.construct}
    ]
    if not shared:
        raise PlsError("There is no indicator that both models predict; compare models of the same outcome.")
    mine, other = (list(held) for held in zip(*shared, strict=True))
    cut = replace(first, indicators=tuple(first.indicators[i] for i in mine), actual=first.actual[:, mine])
    differences = _differences(cut, first.predicted[:, :, mine], second.predicted[:, :, other], level)
    return LossTest("the other model", tuple(differences))


def _differences(found: Predictions, mine: Floats, other: Floats, level: float) -> Iterator[LossDifference]:
    """Yield the difference for each construct and, last, for all."""
    owners = np.array([one.construct for one in found.indicators])
    squared = [(found.actual - guess) ** 2 for guess in (mine, other)]
    known = ~np.isnan(squared[0] + squared[1])
    for name in (*dict.fromkeys(owners.tolist()), ""):
        own = (owners == name) if name else np.ones(len(owners), dtype=bool)
        count = known[:, :, own].sum(axis=(0, 2))
        taken = count > 0
        losses = [
            np.where(known, one, 0)[:, :, own].sum(axis=(0, 2))[taken] / count[taken] for one in squared
        ]
        gap = losses[0] - losses[1]
        n = len(gap)
        se = float(gap.std(ddof=1) / np.sqrt(n))
        mean = float(gap.mean())
        t = mean / se if se else float("nan")
        reach = float(stats.t.ppf((1 + level) / 2, n - 1)) * se
        p = float(2 * stats.t.sf(abs(t), n - 1))
        held = (float(losses[0].mean()), float(losses[1].mean()), mean, se, t, p, mean - reach, mean + reach)
        yield LossDifference(name, *held, level)
