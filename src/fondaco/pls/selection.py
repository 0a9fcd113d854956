"""Which of several models of the same outcome: information criteria and Akaike weights.

AIC and BIC are those of the outcome's regression in each model, n ln(SSE / n) + parameters times 2 or ln n
(Sharma et al. 2019, Journal of the Association for Information Systems 20(4), 346-397, who recommend BIC).
Under consistent PLS they rest on the corrected R2.  Only differences matter, and only among models of the
same outcome and cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondaco.pls.engine import make_plan, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit
from fondaco.pls.measures import Quantity, measure, quantities

if TYPE_CHECKING:
    import polars as pl


def f2_reestimated(fit: Fit) -> dict[tuple[str, str], float]:
    """Return f2 of every path with the whole model estimated again without it.

    All weights then move; R seminr reports this.  `Fit.paths` and most programs keep the scores of the full
    model (Cohen 1988; Hair et al. 2022), which is what a reader of f2 expects.  NaN where the model falls
    apart without the path.
    """
    plan, held = fit.plan, {}
    for start, end in plan.paths:
        left = [(plan.names[a], plan.names[b]) for a, b in plan.paths if (a, b) != (start, end)]
        joined = {name for path in left for name in path}
        name, with_path = (plan.names[start], plan.names[end]), fit.value("r2", plan.names[end])
        if not {plan.names[start], plan.names[end]} <= joined:
            held[name] = math.nan
            continue
        without = make_plan(
            names=plan.names,
            blocks=[plan.indicators[block] for block in plan.blocks],
            modes=plan.modes,
            factors=plan.factors.tolist(),
            paths=left,
        )
        stack = fit.indicator_correlations[:, :, None]
        measured = measure(stack, run(stack, without, fit.settings), without, fit.settings, fit.n)
        rows = dict(zip(quantities(without), measured.rows[:, 0].tolist(), strict=True))
        held[name] = (with_path - rows.get(Quantity("r2", name[1]), 0.0)) / (1 - with_path)
    return held


@dataclass(frozen=True)
class Candidate:
    """One model for an outcome.

    Attributes
    ----------
    model
        Its name.
    r2, aic, bic
        Of the outcome.
    aic_weight, bic_weight
        Relative likelihood among the candidates; they sum to 1 (Burnham and Anderson 2002, ch. 2).
    """

    model: str
    r2: float
    aic: float
    bic: float
    aic_weight: float
    bic_weight: float


def akaike_weights(criteria: Mapping[str, float]) -> dict[str, float]:
    """Return each model's relative likelihood, exp(-d / 2) over their sum, d being the distance to the least.

    Examples
    --------
    >>> {name: round(weight, 3) for name, weight in akaike_weights({"a": -10.0, "b": -8.0}).items()}
    {'a': 0.731, 'b': 0.269}
    """
    least = min(criteria.values())
    likelihood = {name: math.exp((least - value) / 2) for name, value in criteria.items()}
    total = sum(likelihood.values())
    return {name: value / total for name, value in likelihood.items()}


def compare(fits: Mapping[str, Fit], outcome: str) -> tuple[Candidate, ...]:
    """Compare models of the same `outcome` and cases, best BIC first.

    Raises
    ------
    PlsError
        Where a model does not explain the outcome, or they rest on different numbers of cases.
    """
    if len({fit.n for fit in fits.values()}) > 1:
        counts = ", ".join(f"{name} on {fit.n}" for name, fit in fits.items())
        raise PlsError(f"Criteria compare models of the same cases only; here {counts}.")
    aic, bic = ({name: fit.value(kind, outcome) for name, fit in fits.items()} for kind in ("aic", "bic"))
    aic_weight, bic_weight = akaike_weights(aic), akaike_weights(bic)
    rows = [
        Candidate(name, fit.value("r2", outcome), aic[name], bic[name], aic_weight[name], bic_weight[name])
        for name, fit in fits.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.bic))


def to_frame(candidates: tuple[Candidate, ...]) -> pl.DataFrame:
    """Return candidates as a Polars table."""
    from fondaco.pls.tables import table

    return table(candidates)
