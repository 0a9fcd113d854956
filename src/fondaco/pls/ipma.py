"""What to improve first: importance and performance of what drives an outcome (IPMA), with necessity (cIPMA).

Performance
    of an indicator is its value on a scale from 0 (the lowest possible answer) to 100 (the highest); that
    of a construct the mean of its rescaled score, whose weights are those of the estimate for raw
    indicators, scaled to add up to 1.
Importance
    is the unstandardised total effect on the target: the change of the target's performance, in points,
    for one point of the driver's.

Weights are made unstandardised, divided by the indicators' standard deviations, as the sources and cSEM have
it: only so is the rescaled score the score that was estimated.  Some programs (seminrExtras) put the
standardised weights on the rescaled indicators; `weights` ``standardised`` gives their numbers.

The possible range should be given: the observed one understates it where nobody chose an end of the scale.
Negative outer weights make a performance hard to read; they are named.

Combined with necessary conditions (`fondaco.pls.nca`): a driver that is important and necessary comes first.

Sources: Ringle and Sarstedt (2016), Industrial Management & Data Systems 116(9), 1865-1886; Höck, Ringle and Sarstedt
(2010), Total Quality Management 21, 1-22; Hauff, Richter, Sarstedt and Ringle (2024), Journal of Retailing
and Consumer Services 78, 103723, for the combination.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fondaco.kernel import Problem
from fondaco.pls.engine import Floats, Plan
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit
from fondaco.pls.measures import reachable
from fondaco.pls.nca import Line, Necessity
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

Range = tuple[float, float]
WeightKind = Literal["unstandardised", "standardised"]
Priority = Literal["top priority", "important driver", "necessary condition", "low priority"]


@dataclass(frozen=True)
class Driver:
    """One construct that has an effect on the target.

    Attributes
    ----------
    construct
        Its name.
    importance, importance_standardised
        Total effect on the target, per point of performance and per standard deviation.
    performance
        Mean, 0 to 100.
    """

    construct: str
    importance: float
    importance_standardised: float
    performance: float


@dataclass(frozen=True)
class IndicatorDriver:
    """One indicator of a driver: its importance is the driver's times its share of the score."""

    construct: str
    indicator: str
    importance: float
    performance: float
    low: float
    high: float


@dataclass(frozen=True)
class ImportancePerformance:
    """What `importance_performance` found.

    Attributes
    ----------
    target, target_performance, n
        What is to be improved, and how it stands.
    drivers, indicators
        By construct and by indicator.
    mean_importance, mean_performance
        Of the drivers: the customary lines that part the map into four.
    problems
        Negative weights, ranges that were taken from the data, values outside them.
    """

    target: str
    target_performance: float
    n: int
    drivers: tuple[Driver, ...]
    indicators: tuple[IndicatorDriver, ...]
    mean_importance: float
    mean_performance: float
    problems: tuple[Problem, ...]
    thresholds: str = "Improve first what is of more than mean importance and less than mean performance (Ringle and Sarstedt 2016)."

    def of(self, construct: str) -> Driver:
        """Return one driver."""
        return next(one for one in self.drivers if one.construct == construct)

    def to_frame(self) -> pl.DataFrame:
        """Return the drivers as a Polars table."""
        return table(self.drivers)

    def indicator_frame(self) -> pl.DataFrame:
        """Return the indicators as a Polars table."""
        return table(self.indicators)


@dataclass(frozen=True)
class Combined:
    """A driver's place when importance, performance and necessity are seen together."""

    construct: str
    importance: float
    performance: float
    important: bool
    necessary: bool
    priority: Priority


def importance_performance(
    fitted: Fit,
    target: str,
    *,
    scale: Range | Mapping[str, Range] | None = None,
    weights: WeightKind = "unstandardised",
) -> ImportancePerformance:
    """Return importance and performance of everything that has an effect on `target`.

    Parameters
    ----------
    fitted
        A fit of a plain model.
    target
        The construct to improve.
    scale
        Lowest and highest possible answer, ``(1, 7)``, for all indicators or by indicator; observed ends
        stand in where none is given.
    weights
        How indicators add up to a score, see the head of this module.

    Raises
    ------
    PlsError
        If nothing has an effect on the target, a value lies outside its scale, or the model has stages.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> data = {"x": [1, 3, 5, 7, 4], "y": [2, 3, 6, 7, 3]}
    >>> found = importance_performance(fit("X =~ x; Y =~ y; Y ~ X", data), "Y", scale=(1, 7))
    >>> round(found.of("X").performance, 1), round(found.of("X").importance, 2)
    (50.0, 0.9)
    """
    if fitted.stages is not None:
        raise PlsError("IPMA is for plain models; leave products and constructs of higher order out for it.")
    plan = fitted.plan
    fitted.model.construct(target)  # refuses an unknown one
    end = plan.names.index(target)
    drivers = [start for start, to in reachable(plan) if to == end]
    if not drivers:
        raise PlsError(f"Nothing has an effect on {target}; choose a construct that some path leads to.")
    low, high, problems = _ranges(fitted, scale)
    performance = 100 * (fitted.cases.filled - low) / (high - low)
    if weights not in get_args(WeightKind):
        raise PlsError(f"There are no {weights} weights; choose {' or '.join(get_args(WeightKind))}.")
    mix = _mix(fitted, performance, weights)
    counted = fitted.cases.weights
    level = np.average(performance @ mix, axis=0, weights=counted)
    deviation = _deviation(performance @ mix, counted)
    paths = _total(plan, fitted.path_matrix * deviation[None] / deviation[:, None])
    told = tuple(
        Driver(
            plan.names[k],
            float(paths[k, end]),
            fitted.value("total", plan.names[k], target),
            float(level[k]),
        )
        for k in drivers
    )
    means = np.average(performance, axis=0, weights=counted)
    indicators = tuple(
        IndicatorDriver(
            plan.names[k],
            plan.indicators[i],
            float(paths[k, end] * mix[i, k]),
            float(means[i]),
            float(low[i]),
            float(high[i]),
        )
        for k in drivers
        for i in range(plan.blocks[k].start, plan.blocks[k].stop)
    )
    return ImportancePerformance(
        target=target,
        target_performance=float(level[end]),
        n=fitted.n,
        drivers=told,
        indicators=indicators,
        mean_importance=float(np.mean([one.importance for one in told])),
        mean_performance=float(np.mean([one.performance for one in told])),
        problems=(*problems, *_negative(fitted, [*drivers, end])),
    )


def combine(
    found: ImportancePerformance, necessity: Necessity, *, line: Line = "CE-FDH"
) -> tuple[Combined, ...]:
    """Return each driver's priority from its importance and whether it is necessary (cIPMA).

    Important is what exceeds the mean importance of the drivers; necessary what `necessity` says with `line`, with
    the effect size alone where it has no permutation test.
    """
    held = []
    for one in found.drivers:
        important = one.importance > found.mean_importance
        ceiling = necessity.ceiling(one.construct, line)
        necessary = ceiling.necessary is not False
        held.append(
            Combined(
                one.construct,
                one.importance,
                one.performance,
                important,
                necessary,
                _priority(important, necessary),
            )
        )
    return tuple(held)


def _priority(important: bool, necessary: bool) -> Priority:
    if important:
        return "top priority" if necessary else "important driver"
    return "necessary condition" if necessary else "low priority"


def _ranges(fitted: Fit, scale: Range | Mapping[str, Range] | None) -> tuple[Floats, Floats, list[Problem]]:
    """Return the lowest and highest possible answer of each indicator."""
    values = fitted.cases.filled
    low, high = values.min(axis=0), values.max(axis=0)
    guessed = []
    for i, name in enumerate(fitted.plan.indicators):
        given = scale.get(name) if isinstance(scale, Mapping) else scale
        if given is None:
            guessed.append(name)
            continue
        bottom, top = given
        if not bottom < top:
            raise PlsError(
                f"The scale of {name} goes from {bottom:g} to {top:g}; give the lowest answer first."
            )
        if low[i] < bottom or high[i] > top:
            raise PlsError(
                f"{name} has values from {low[i]:g} to {high[i]:g}, outside its scale {bottom:g} to {top:g}; "
                "correct the scale or the data."
            )
        low[i], high[i] = bottom, top
    if not guessed:
        return low, high, []
    return (
        low,
        high,
        [
            Problem(
                "scale",
                len(guessed),
                f"No scale was given for {', '.join(guessed[:5])}{' ...' if len(guessed) > 5 else ''}: the lowest and highest "
                "observed answers stand in.",
                "Give the possible answers, such as 1 to 7.",
            )
        ],
    )


def _mix(fitted: Fit, performance: Floats, weights: WeightKind) -> Floats:
    """Return weights of rescaled indicators that add up to 1 for each construct, (p, K)."""
    mix = np.zeros((len(fitted.plan.indicators), len(fitted.plan.names)))
    raw = fitted.outer_weights
    if weights == "unstandardised":
        raw = raw / _deviation(performance, fitted.cases.weights)
    mix[np.arange(len(mix)), fitted.plan.owner] = raw
    return np.asarray(mix / mix.sum(axis=0))


def _deviation(values: Floats, weights: Floats) -> Floats:
    centred = values - np.average(values, axis=0, weights=weights)
    n = len(values)
    return np.sqrt(np.asarray(np.average(centred**2, axis=0, weights=weights)) * n / (n - 1))


def _total(plan: Plan, direct: Floats) -> Floats:
    """Return total effects: the sum of the powers of the direct ones."""
    size = len(plan.names)
    return np.linalg.inv(np.eye(size) - direct) - np.eye(size)


def _negative(fitted: Fit, constructs: list[int]) -> list[Problem]:
    wrong = [
        fitted.plan.indicators[i]
        for i, k in enumerate(fitted.plan.owner)
        if int(k) in constructs and fitted.outer_weights[i] < 0
    ]
    if not wrong:
        return []
    return [
        Problem(
            "weights",
            len(wrong),
            f"Negative outer weights of {', '.join(wrong)}: the performance of their constructs may leave 0 to 100.",
            "Turn reversed questions around, or leave weak indicators out.",
        )
    ]
