"""What a reader of a fitted model must know before believing it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fondaco.kernel import Problem
from fondaco.pls.data import Cases
from fondaco.pls.engine import SINGULAR, Floats, Plan, Settings, Weights
from fondaco.pls.linear import inverse
from fondaco.pls.measures import Measured
from fondaco.pls.model import Model


def problems_of(
    model: Model,
    plan: Plan,
    settings: Settings,
    cases: Cases,
    correlations: Floats,
    found: Weights,
    measured: Measured,
    *,
    staged: bool = True,
) -> tuple[Problem, ...]:
    """Return what is wrong with a result, or may be; `staged` is False where an earlier stage failed."""
    held = [*_of_data(cases), *_of_model(model)]
    if not staged:
        held.append(
            Problem("convergence", 1, "An earlier stage did not converge.", "Do not use these numbers.")
        )
    held += _of_weights(plan, settings, correlations, found)
    if found.converged[0]:
        held += _of_structure(plan, measured)
        held += _of_factors(plan, settings, measured)
    return tuple(held)


def _of_data(cases: Cases) -> Iterator[Problem]:
    if cases.dropped:
        yield Problem(
            "cases",
            cases.dropped,
            f"{cases.dropped} case(s) were left out: missing values, or a weight of zero.",
        )
    gaps = [f"{name} ({count})" for name, count in zip(cases.names, cases.missing, strict=True) if count]
    if gaps:
        how = (
            "the column's mean stands in"
            if cases.rule == "mean"
            else "each correlation uses the cases it has"
        )
        yield Problem("missing", int(cases.missing.sum()), f"Missing values in {', '.join(gaps)}: {how}.")
    many = [name for name, count in zip(cases.names, cases.missing, strict=True) if count > 0.05 * cases.n]
    if many and cases.rule == "mean":
        yield Problem(
            "missing",
            len(many),
            f"More than 5 % of {', '.join(many)} are missing; means in their place pull correlations towards 0.",
            "Compare with casewise deletion (missing='casewise').",
        )


def _of_model(model: Model) -> Iterator[Problem]:
    for term in model.interactions:
        for end in (end for start, end in model.paths if start == term.name):
            alone = [name for name in dict.fromkeys(term.factors) if (name, end) not in model.paths]
            if alone:
                yield Problem(
                    "interaction",
                    1,
                    f"{term.name} points to {end} without {', '.join(alone)}; the product then stands for both.",
                    f"Add {' + '.join(alone)} to `{end} ~ ...`.",
                )


def _of_weights(plan: Plan, settings: Settings, R: Floats, found: Weights) -> Iterator[Problem]:
    singular = []
    for k, (mode, block) in enumerate(zip(plan.modes, plan.blocks, strict=True)):
        if mode == "B" and not inverse(R[block, block])[1][0] > SINGULAR:
            singular.append(plan.names[k])
            yield Problem(
                "collinear",
                1,
                f"The Mode B indicators of {plan.names[k]} ({', '.join(plan.indicators[block])}) are collinear: one is "
                "made up of the others, and their weights cannot be told apart.",
                "Take one of them out, or use Mode A for this construct.",
            )
    if not singular and not found.converged[0]:
        yield Problem(
            "convergence",
            1,
            f"The weights did not settle within {int(found.iterations[0])} iterations (scheme {settings.scheme}).",
            "Do not use these numbers; allow more iterations, try another scheme, or look for constructs that hardly "
            "correlate with their neighbours.",
        )
    values = np.linalg.eigvalsh(R[:, :, 0]) if np.isfinite(R).all() else np.ones(1)
    if values[0] < -1e-8:
        yield Problem(
            "correlations",
            1,
            f"The correlations of the indicators are not positive semi-definite (smallest eigenvalue {values[0]:.3g}); "
            "pairwise deletion can do that.",
            "Use another rule for missing values.",
        )


def _of_structure(plan: Plan, measured: Measured) -> Iterator[Problem]:
    C = measured.between
    for drivers, outcomes in plan.drivers:
        index = np.array(drivers)
        if not inverse(C[np.ix_(index, index)])[1][0] > SINGULAR:
            ends, starts = (", ".join(plan.names[k] for k in part) for part in (outcomes, drivers))
            yield Problem(
                "collinear",
                1,
                f"What points to {ends} ({starts}) is collinear or, after correction, impossible; its paths cannot be "
                "told apart.",
                "Take one of these paths out, or join the constructs.",
            )


def _of_factors(plan: Plan, settings: Settings, measured: Measured) -> Iterator[Problem]:
    """Report what consistent PLS can give that no population can."""
    if not settings.consistent:
        return
    wrong = [
        f"{plan.names[k]} ({plan.modes[k]})" for k in np.flatnonzero(plan.factors) if plan.modes[k] != "A"
    ]
    if wrong:
        yield Problem(
            "consistent",
            len(wrong),
            f"Not corrected for attenuation, since only Mode A common factors are: {', '.join(wrong)}.",
            "Use Mode A for them, or write them as composites (<~).",
        )
    beyond = 1 + 1e-10
    loadings, C = measured.loadings[:, 0], measured.between[:, :, 0]
    heavy = [
        f"{name} ({value:.3f})"
        for name, value in zip(plan.indicators, loadings, strict=True)
        if abs(value) > beyond
    ]
    if heavy or not np.isfinite(loadings).all():
        yield Problem(
            "inadmissible",
            max(1, len(heavy)),
            f"A loading beyond 1 means a negative error variance: {', '.join(heavy) or 'some cannot be computed'}.",
            "Check that these indicators measure one thing; a composite (<~) needs no correction.",
        )
    over = [
        f"{plan.names[a]} and {plan.names[b]} ({C[a, b]:.3f})"
        for b in range(len(C))
        for a in range(b)
        if not abs(C[a, b]) <= beyond
    ]
    if over:
        yield Problem(
            "inadmissible",
            len(over),
            f"Corrected correlations beyond 1: {'; '.join(over)}.",
            "These constructs are not distinct, or their reliability is estimated too low; see HTMT.",
        )
    if np.isfinite(C).all():
        smallest = float(np.linalg.eigvalsh(C)[0])
        if smallest < -1e-10:
            yield Problem(
                "inadmissible",
                1,
                f"The corrected correlations of the constructs are not positive semi-definite (smallest eigenvalue "
                f"{smallest:.3g}); no population has them.",
                "Do not interpret the paths; use composites, or look at constructs with low reliability.",
            )
