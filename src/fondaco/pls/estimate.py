"""Fitting a path model to data: `fit`, and what it returns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fondaco.kernel import Problem
from fondaco.pls.data import Cases, DataError, Missing, prepare
from fondaco.pls.engine import Bools, Floats, Ints, Plan, Scheme, Settings, Weights, plan_of, run
from fondaco.pls.errors import PlsError
from fondaco.pls.measures import Measured, Quantity, corrected_constructs, measure, quantities
from fondaco.pls.model import Mode, Model
from fondaco.pls.moments import Moments
from fondaco.pls.problems import problems_of
from fondaco.pls.syntax import parse

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Stack:
    """Samples from which a staged model makes the correlations of its last stage.

    Attributes
    ----------
    correlations
        Shape (p, p, B), of the columns of `moments`.
    counts
        Shape (n, B), how often each case was drawn.
    moments
        The cases, standardised, with the rule for missing values.
    """

    correlations: Floats
    counts: Floats | Ints
    moments: Moments


@dataclass(frozen=True)
class Reduced:
    """What the earlier stages leave to the last one.

    Attributes
    ----------
    correlations
        Shape (p2, p2, B), of the last stage's indicators.
    sound
        Shape (B,), which samples allowed it.
    spread
        Shape (p2, B), the standard deviation in which paths count each indicator: that of a product of
        standardised scores, 1 for all others; None where all are 1.
    """

    correlations: Floats
    sound: Bools
    spread: Floats | None = None


@dataclass(frozen=True)
class Stages:
    """How a model with products or constructs of higher order comes down to a plain one.

    Attributes
    ----------
    approach
        Its name, such as ``two-stage``.
    plan
        The plain model of the last stage.
    reduce
        From samples to what the last stage needs.
    columns
        Shape (n, p2), the last stage's indicators in the sample itself.
    """

    approach: str
    plan: Plan
    reduce: Callable[[Stack], Reduced]
    columns: Floats


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """A fitted path model.

    Attributes
    ----------
    model, plan, settings, cases
        What was estimated, as text and as numbers, how, and from which cases.
    indicator_correlations
        Shape (p, p).
    outer, measured
        Weights and all other numbers, as stacks of one; the properties below are easier to read.
    problems
        Non-convergence, inadmissible results and whatever else a reader must know.
    stages
        For models with products or of higher order; `plan` is then that of the last stage.

    Notes
    -----
    Arrays: `outer_weights` (p,), `weight_matrix` (p, K), `path_matrix` (K, K) with [from, to],
    `score_correlations` and `construct_correlations` (K, K), `scores` (n, K).  Tables (Polars): `paths`,
    `loadings`, `weights`, ...  Plain rows without Polars: `rows`.  Single numbers: `value`.
    """

    model: Model
    plan: Plan
    settings: Settings
    cases: Cases
    indicator_correlations: Floats
    outer: Weights
    measured: Measured
    problems: tuple[Problem, ...] = ()
    stages: Stages | None = None
    moments: Moments | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        plan, state = self.plan, "converged" if self.converged else "not converged"
        state += "" if self.admissible or not self.converged else ", inadmissible"
        return (
            f"<Fit: {len(plan.names)} constructs, {len(plan.indicators)} indicators, {len(plan.paths)} paths, "
            f"n = {self.n}, {state}>"
        )

    # --- single numbers ---------------------------------------------------------------------------

    @property
    def n(self) -> int:
        """Number of cases."""
        return self.cases.n

    @property
    def converged(self) -> bool:
        """Whether the weights settled."""
        return bool(self.outer.converged[0])

    @property
    def iterations(self) -> int:
        """Steps until they did."""
        return int(self.outer.iterations[0])

    @property
    def admissible(self) -> bool:
        """Whether it converged and nothing in the result is impossible."""
        return bool(self.measured.admissible[0])

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """What each entry of `estimates` is about."""
        return quantities(self.plan)

    @cached_property
    def estimates(self) -> Floats:
        """Every number, in the order of `quantities`."""
        return self.measured.rows[:, 0]

    @cached_property
    def _found(self) -> dict[Quantity, float]:
        return dict(zip(self.quantities, self.estimates.tolist(), strict=True))

    def value(self, kind: str, start: str = "", end: str = "", via: Iterable[str] = ()) -> float:
        """Return one number.

        Raises
        ------
        PlsError
            If the model has none of that kind and name.

        Examples
        --------
        >>> fitted = fit("X =~ x; Y =~ y; Y ~ X", {"x": [1, 2, 3, 4], "y": [1, 3, 2, 4]})
        >>> round(fitted.value("path", "X", "Y"), 4)
        0.8
        """
        wanted = Quantity(kind, start, end, tuple(via))
        if wanted not in self._found:
            raise PlsError(f"The model has no {kind} {' -> '.join(filter(None, [start, *via, end]))}.")
        return self._found[wanted]

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Return the numbers of one kind as plain rows: start, via, end, estimate."""
        return [
            {"start": one.start, "via": one.via, "end": one.end, "estimate": value}
            for one, value in self._found.items()
            if one.kind == kind
        ]

    # --- arrays -----------------------------------------------------------------------------------

    @property
    def outer_weights(self) -> Floats:
        """Shape (p,)."""
        return self.outer.outer[:, 0]

    @property
    def outer_loadings(self) -> Floats:
        """Shape (p,), corrected for common factors under consistent PLS."""
        return self.measured.loadings[:, 0]

    @property
    def weight_matrix(self) -> Floats:
        """Shape (p, K): scores are standardised indicators times this."""
        matrix = np.zeros((len(self.plan.indicators), len(self.plan.names)))
        matrix[np.arange(len(matrix)), self.plan.owner] = self.outer_weights
        return matrix

    @property
    def path_matrix(self) -> Floats:
        """Shape (K, K): [from, to] is the path coefficient, 0 where there is none."""
        matrix = np.zeros((len(self.plan.names), len(self.plan.names)))
        for start, end in self.plan.paths:
            matrix[start, end] = self.value("path", self.plan.names[start], self.plan.names[end])
        return matrix

    @property
    def score_correlations(self) -> Floats:
        """Shape (K, K), of the scores, never corrected."""
        return self.outer.between[:, :, 0]

    @property
    def construct_correlations(self) -> Floats:
        """Shape (K, K), corrected for attenuation where consistent PLS does."""
        return self.measured.between[:, :, 0]

    @property
    def corrected(self) -> Bools:
        """Shape (K,): constructs that consistent PLS corrected for attenuation."""
        return corrected_constructs(self.plan, self.settings)

    @cached_property
    def columns(self) -> Floats:
        """Shape (n, p): the indicators of the last stage, means standing in for missing values."""
        return self.cases.filled if self.stages is None else self.stages.columns

    @cached_property
    def standardised(self) -> Floats:
        """Shape (n, p): indicators with (weighted) mean 0 and sample variance 1."""
        centred = self.columns - np.average(self.columns, axis=0, weights=self.cases.weights)
        centred = centred / np.abs(centred).max(axis=0)
        variance = np.average(centred**2, axis=0, weights=self.cases.weights) * self.n / (self.n - 1)
        return np.asarray(centred / np.sqrt(variance))

    @cached_property
    def scores(self) -> Floats:
        """Shape (n, K): construct scores, mean 0 and sample variance 1."""
        return self.standardised @ self.weight_matrix

    # --- tables -----------------------------------------------------------------------------------

    @property
    def paths(self) -> pl.DataFrame:
        """Path coefficients with f2 and VIF: from, to, estimate, f2, vif."""
        return self._frame(("from", "to"), path="estimate", f2="f2", vif="vif")

    @property
    def loadings(self) -> pl.DataFrame:
        """Loadings and communalities: construct, indicator, estimate, communality."""
        held = self._frame(("construct", "indicator"), loading="estimate")
        return held.with_columns(communality=held["estimate"] ** 2)

    @property
    def weights(self) -> pl.DataFrame:
        """Outer weights and the items' VIF: construct, indicator, estimate, vif."""
        return self._frame(("construct", "indicator"), weight="estimate", item_vif="vif")

    @property
    def cross_loadings(self) -> pl.DataFrame:
        """Correlation of each indicator with each construct's score, one column a construct."""
        return _square("indicator", self.plan.indicators, self.plan.names, self.outer.cross[:, :, 0])

    @property
    def r2(self) -> pl.DataFrame:
        """Explained variance: construct, r2, r2_adjusted, aic, bic."""
        return self._frame(("construct",), r2="r2", r2_adjusted="r2_adjusted", aic="aic", bic="bic")

    @property
    def reliability(self) -> pl.DataFrame:
        """Reliability and convergent validity: construct, alpha, rho_a, rho_c, ave."""
        return self._frame(("construct",), alpha="alpha", rho_a="rho_a", rho_c="rho_c", ave="ave")

    @property
    def correlations(self) -> pl.DataFrame:
        """Correlations between constructs, one column a construct."""
        names = self.plan.names
        return _square("construct", names, names, self.construct_correlations)

    @property
    def fornell_larcker(self) -> pl.DataFrame:
        """Correlations between constructs, with the square root of AVE on the diagonal."""
        held = self.construct_correlations.copy()
        ave = [self.value("ave", name) for name in self.plan.names]
        np.fill_diagonal(held, np.sqrt(ave))
        return _square("construct", self.plan.names, self.plan.names, held)

    @property
    def htmt(self) -> pl.DataFrame:
        """Heterotrait-monotrait ratios: a, b, estimate, htmt2."""
        return self._frame(("a", "b"), htmt="estimate", htmt2="htmt2")

    @property
    def total_effects(self) -> pl.DataFrame:
        """Total effects: from, to, estimate."""
        return self._frame(("from", "to"), total="estimate")

    @property
    def indirect_effects(self) -> pl.DataFrame:
        """Specific indirect effects, one row a route: path, estimate."""
        import polars as pl

        rows = [
            {"path": [row["start"], *row["via"], row["end"]], "estimate": row["estimate"]}
            for row in self.rows("indirect")
        ]
        return pl.DataFrame(rows, schema={"path": pl.List(pl.String), "estimate": pl.Float64})

    @property
    def fit(self) -> pl.DataFrame:
        """Distances between observed and implied correlations: model, srmr, d_uls, d_g."""
        return self._frame(("model",), srmr="srmr", d_uls="d_uls", d_g="d_g")

    # --- for people -------------------------------------------------------------------------------

    def summary(self) -> str:
        """Return the results as text; see `fondaco.pls.report.summary` for intervals."""
        from fondaco.pls.report import summary

        return summary(self)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Write the tables of a results section as ``.xlsx``, ``.html``, ``.tex`` or ``.txt``."""
        from fondaco.pls.report import report

        return report(self, path)

    def diagram(self) -> str:
        """Return the path diagram as SVG."""
        from fondaco.pls.report import diagram

        return diagram(self)

    def _repr_html_(self) -> str:
        from fondaco.pls.report import rich_html

        return rich_html(self)

    def _frame(self, labels: tuple[str, ...], **kinds: str) -> pl.DataFrame:
        import polars as pl

        lead = next(iter(kinds))
        rows = []
        for one in self.quantities:
            if one.kind == lead:
                named = dict(zip(labels, (one.start, one.end), strict=False))
                values = {kinds[kind]: self.value(kind, one.start, one.end) for kind in kinds}
                rows.append(named | values)
        schema = dict.fromkeys(labels, pl.String) | dict.fromkeys(kinds.values(), pl.Float64)
        return pl.DataFrame(rows, schema=schema)


def _square(label: str, rows: Iterable[str], columns: Iterable[str], values: Floats) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({label: list(rows)} | {name: values[:, k] for k, name in enumerate(columns)})


def fit(
    model: Model | str,
    data: Any,
    *,
    scheme: Scheme = "path",
    consistent: bool = False,
    missing: Missing = "mean",
    marker: float | Iterable[float] | None = None,
    weights: str | npt.ArrayLike | None = None,
    modes: Mapping[str, Mode] | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 3000,
    approach: str | None = None,
) -> Fit:
    """Estimate a partial least squares path model.

    Parameters
    ----------
    model
        Text (see `fondaco.pls.syntax`) or a `Model`.
    data
        A mapping of columns, a Polars or pandas frame, or ``(array, names)``; cases in rows.
    scheme
        Inner weights: ``path``, ``factorial`` or ``centroid``.
    consistent
        Correct common factors (``=~``) for attenuation; composites (``<~``) never are.
    missing, marker
        ``mean``, ``casewise`` or ``pairwise``; and the numbers that stand for missing, such as -99.
    weights
        Case weights: a column's name or one number for each case.
    modes
        Other modes for single constructs, ``{"C": "A"}``.
    tolerance, max_iterations
        Weights have settled when none changes by as much; or not, after as many steps.
    approach
        How products or constructs of higher order are estimated, see `fondaco.pls.moderation` and
        `fondaco.pls.higher_order`; by default in two stages.

    Returns
    -------
    Fit
        Look at `problems` first.

    Raises
    ------
    PlsError
        For a model or data that cannot be taken; the message says what to do.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=200)
    >>> data = {f"x{i}": x + rng.normal(size=200) for i in (1, 2)} | {"y": x + rng.normal(size=200)}
    >>> fitted = fit("X =~ x1 + x2; Y =~ y; Y ~ X", data)
    >>> fitted.converged, round(fitted.value("path", "X", "Y"), 2)
    (True, 0.54)
    """
    held = parse(model) if isinstance(model, str) else model
    if not isinstance(held, Model):
        raise PlsError(f"A model is text or a pls.Model, not {type(held).__name__}.")
    if modes:
        held = held.with_modes(modes)
    settings = Settings(scheme, tolerance, max_iterations, consistent)
    cases = prepare(data, held.indicators, missing=missing, marker=marker, weights=weights)
    return fit_cases(held, cases, settings, approach=approach)


def fit_cases(
    model: Model,
    cases: Cases,
    settings: Settings,
    stages: Stages | None = None,
    *,
    approach: str | None = None,
) -> Fit:
    """Estimate `model` from checked `cases`; `stages` or their `approach` for models estimated in several."""
    if stages is None and (model.interactions or model.higher_order):
        stages = _stages(model, cases, settings, approach)
    plan = plan_of(model) if stages is None else stages.plan
    _enough(cases, plan)
    moments = Moments(cases)
    counts = np.ones((cases.n, 1))
    reduced = reduce(stages, Stack(moments.correlations(counts), counts, moments))
    correlations = reduced.correlations
    found = run(correlations, plan, settings)
    measured = unscaled(measure(correlations, found, plan, settings, cases.n), found, plan, reduced.spread)
    return Fit(
        model=model,
        plan=plan,
        settings=settings,
        cases=cases,
        indicator_correlations=correlations[:, :, 0],
        outer=found,
        measured=measured,
        problems=problems_of(
            model, plan, settings, cases, correlations, found, measured, staged=bool(reduced.sound[0])
        ),
        stages=stages,
        moments=moments,
    )


def reduce(stages: Stages | None, stack: Stack) -> Reduced:
    """Return what the last stage needs; for a plain model the correlations as they are."""
    if stages is None:
        return Reduced(stack.correlations, np.ones(stack.correlations.shape[2], dtype=bool))
    return stages.reduce(stack)


def unscaled(measured: Measured, found: Weights, plan: Plan, spread: Floats | None) -> Measured:
    """Give effects of products the scale of the raw product of standardised scores.

    Path models standardise every score; a product of two standardised scores has another variance,
    and its effect per unit is the standardised one over its standard deviation.  That of several product
    indicators is the mean of theirs, weighted by loadings without their signs (Henseler and Chin 2010, Structural Equation
    Modeling 17(1), eq. 12).
    """
    if spread is None:
        return measured
    own = found.cross[np.arange(len(plan.owner)), plan.owner]
    deviations = {
        name: (np.abs(own[block]) * spread[block]).sum(axis=0) / np.abs(own[block]).sum(axis=0)
        for name, block in zip(plan.names, plan.blocks, strict=True)
        if not (spread[block] == 1).all()
    }
    rows = measured.rows.copy()
    for place, one in enumerate(quantities(plan)):
        if one.kind in {"path", "total", "total_indirect", "indirect"} and one.start in deviations:
            rows[place] /= deviations[one.start]
    return replace(measured, rows=rows)


def _stages(model: Model, cases: Cases, settings: Settings, approach: str | None) -> Stages:
    """Return the stages of a model with products or constructs of higher order.

    `fondaco.pls.higher_order` and `fondaco.pls.moderation` say how, each in a function
    ``stages(model, cases, settings, approach) -> Stages``.
    """
    room = "higher_order" if model.higher_order else "moderation"
    staged: Stages = import_module(f"fondaco.pls.{room}").stages(model, cases, settings, approach)
    return staged


def _enough(cases: Cases, plan: Plan) -> None:
    """Refuse fewer cases than the largest regression of the model needs."""
    regressions = [(len(plan.predecessors[end]), f"the paths to {plan.names[end]}") for end in plan.outcomes]
    regressions += [
        (block.stop - block.start, f"the Mode B indicators of {plan.names[k]}")
        for k, (mode, block) in enumerate(zip(plan.modes, plan.blocks, strict=True))
        if mode == "B"
    ]
    most, which = max(regressions)
    if cases.n < most + 2:
        raise DataError(
            f"There are {cases.n} cases; {which} alone need at least {most + 2}. Bring more cases, or ask less of them."
        )
