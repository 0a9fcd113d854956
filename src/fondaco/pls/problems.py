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

#: Cases below which every result says how few they are.
FEW = 30


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
    with np.errstate(all="ignore"):
        held += _of_weights(plan, settings, correlations, found)
    if found.converged[0]:
        with np.errstate(all="ignore"):
            held += _of_structure(plan, measured)
            held += _of_correction(plan, settings, measured)
            held += _of_bounds(plan, measured)
    return tuple(held)


def _of_data(cases: Cases) -> Iterator[Problem]:
    if cases.n < FEW:
        yield Problem(
            "few",
            cases.n,
            f"These numbers rest on {cases.n} cases only: another {cases.n} may well give others.",
        )
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
    same = np.argwhere(np.triu(np.abs(R[:, :, 0]) > 1 - 1e-12, 1))
    if len(same):
        pairs = ", ".join(f"{plan.indicators[a]} and {plan.indicators[b]}" for a, b in same)
        yield Problem(
            "copies",
            len(same),
            f"These correlate perfectly: {pairs}; one says nothing that the other does not.",
            "Look whether one was made from the other, and take it out.",
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


def _of_correction(plan: Plan, settings: Settings, measured: Measured) -> Iterator[Problem]:
    """Report what consistent PLS left uncorrected, and reliabilities that are none."""
    if not settings.consistent:
        return
    left = [
        f"{plan.names[k]} ({plan.modes[k]})" for k in np.flatnonzero(plan.factors) if plan.modes[k] != "A"
    ]
    if left:
        yield Problem(
            "consistent",
            len(left),
            f"Not corrected for attenuation, since only Mode A common factors are: {', '.join(left)}.",
            "Use Mode A for them, or write them as composites (<~).",
        )
    yield from _inadmissible(
        _beyond(dict(zip(plan.names, measured.reliability[:, 0].tolist(), strict=True)), least=0.0),
        "Reliability (rho_A) outside 0 to 1",
        "These indicators do not measure one thing; a composite (<~) needs no correction.",
    )


def _of_bounds(plan: Plan, measured: Measured) -> Iterator[Problem]:
    """Report what no population has: consistent PLS and pairwise deletion can give it."""
    loadings, C = measured.loadings[:, 0], measured.between[:, :, 0]
    yield from _inadmissible(
        _beyond(dict(zip(plan.indicators, loadings.tolist(), strict=True))),
        "A loading beyond 1 means a negative error variance",
        "Check that these indicators measure one thing; a composite (<~) needs no correction.",
    )
    pairs = {f"{plan.names[a]} and {plan.names[b]}": float(C[a, b]) for b in range(len(C)) for a in range(b)}
    yield from _inadmissible(
        _beyond(pairs),
        "Correlations of constructs beyond 1",
        "These constructs are not distinct, or their reliability is estimated too low; see HTMT.",
    )
    yield from _inadmissible(
        _beyond(dict(zip((plan.names[end] for end in plan.outcomes), _explained(C, plan), strict=True))),
        "More than all variance is explained",
        "The correlations of the constructs contradict one another; look at constructs with low reliability.",
    )
    smallest = float(np.linalg.eigvalsh(C)[0]) if np.isfinite(C).all() else 0.0
    if smallest < -1e-10:
        yield Problem(
            "inadmissible",
            1,
            "The correlations of the constructs are not positive semi-definite (smallest eigenvalue "
            f"{smallest:.3g}); no population has them.",
            "Do not interpret the paths; use composites, or look at constructs with low reliability.",
        )


def _beyond(values: dict[str, float], least: float = -1.0) -> list[str]:
    """Return those of `values` outside `least` to 1, shown; the end 0 counts as outside."""
    slack = 1e-10
    return [
        f"{name} ({value:.3f})" if np.isfinite(value) else f"{name} (cannot be computed)"
        for name, value in values.items()
        if not (least - slack <= value <= 1 + slack) or (least == 0 and value <= 0)
    ]


def _inadmissible(found: list[str], what: str, cure: str) -> Iterator[Problem]:
    if found:
        yield Problem("inadmissible", len(found), f"{what}: {', '.join(found)}.", cure)


def _explained(C: Floats, plan: Plan) -> list[float]:
    """Return the R2 of each outcome."""
    held = []
    for end in plan.outcomes:
        index = list(plan.predecessors[end])
        beta = inverse(C[np.ix_(index, index)][:, :, None])[0][:, :, 0] @ C[index, end]
        held.append(float(beta @ C[index, end]))
    return held
