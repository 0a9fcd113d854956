"""The results of a fit as plain data: what `fondaco pls fit --json` prints, under names that are kept."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fondaco.pls.intervals import Interval, Method
from fondaco.pls.journal import testable
from fondaco.pls.mediation import mediation
from fondaco.pls.moderation import simple_slopes

if TYPE_CHECKING:
    from fondaco.pls.bootstrap import Bootstrap
    from fondaco.pls.estimate import Fit
    from fondaco.pls.exact_fit import ExactFit


def told(
    fit: Fit,
    bootstrap: Bootstrap | None = None,
    *,
    method: Method = "percentile",
    level: float = 0.95,
    seconds: float | None = None,
) -> dict[str, Any]:
    """Return every result as dictionaries, lists, numbers and texts; what is not a number is None.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit
    >>> fitted = fit("X =~ a; Y =~ b; Y ~ X", {"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    >>> told(fitted)["paths"]
    [{'from': 'X', 'to': 'Y', 'estimate': 0.8}]
    """
    problems = [*fit.problems, *(bootstrap.problems if bootstrap else ())]
    tested = testable(bootstrap)
    found: dict[str, Any] = {
        "n": fit.n,
        "converged": fit.converged,
        "iterations": fit.iterations,
        "admissible": fit.admissible,
        "scheme": fit.settings.scheme,
        "consistent": fit.settings.consistent,
        "problems": [vars(problem) for problem in problems],
        "paths": _pairs(fit, "path", "from", "to"),
        "loadings": _pairs(fit, "loading", "construct", "indicator"),
        "weights": _pairs(fit, "weight", "construct", "indicator"),
        "cross_loadings": _pairs(fit, "cross_loading", "construct", "indicator"),
        "r2": _by_name(fit, "r2"),
        "r2_adjusted": _by_name(fit, "r2_adjusted"),
        "f2": _pairs(fit, "f2", "from", "to"),
        "total_effects": _pairs(fit, "total", "from", "to"),
        "total_indirect_effects": _pairs(fit, "total_indirect", "from", "to"),
        "indirect_effects": [
            {"path": [row["start"], *row["via"], row["end"]], "estimate": row["estimate"]}
            for row in fit.rows("indirect")
        ],
        "mediation": [
            {
                "from": route.start,
                "via": list(route.via),
                "to": route.end,
                "kind": route.kind,
                "vaf": route.vaf,
                "words": route.words,
            }
            for route in mediation(fit, tested, method=method, level=level)
        ],
        "reliability": _reliability(fit),
        "correlations": _pairs(fit, "correlation", "a", "b"),
        "htmt": _pairs(fit, "htmt", "a", "b"),
        "htmt2": _pairs(fit, "htmt2", "a", "b"),
        "vif": _pairs(fit, "vif", "from", "to"),
        "item_vif": _pairs(fit, "item_vif", "construct", "indicator"),
        "fit": _distances(fit, "estimated") | {"saturated": _distances(fit, "saturated")},
        "aic": _by_name(fit, "aic"),
        "bic": _by_name(fit, "bic"),
    }
    if any(len(one.factors) == 2 for one in fit.model.interactions):
        found["simple_slopes"] = plain(simple_slopes(fit, tested, level=level).slopes)
    if fit.stages is not None:
        found["approach"] = fit.stages.approach
    if bootstrap is not None:
        found["bootstrap"] = {
            "resamples": bootstrap.resamples,
            "usable": bootstrap.usable,
            "unsettled": bootstrap.unsettled,
            "inadmissible": bootstrap.inadmissible,
            "seed": bootstrap.seed,
            "signs": bootstrap.signs,
            "seconds": seconds,
            "level": level,
            "intervals": [_interval(one) for one in tested.intervals(method=method, level=level)]
            if tested
            else [],
        }
    held: dict[str, Any] = finite(found)
    return held


def exact_fit_told(tested: ExactFit) -> dict[str, Any]:
    """Return the test of exact fit as plain data."""
    tests = [vars(one) | {"rejected": one.rejected} for one in tested.tests]
    return {"which": tested.which, "resamples": tested.resamples, "failed": tested.failed, "tests": tests}


def plain(record: Any, *, leave_out: Iterable[str] = (), add: Iterable[str] = ()) -> Any:
    """Return a record, or a sequence of them, as plain data, records within it likewise.

    `leave_out` names fields without a place, `add` properties with one (of every record that has them).

    Examples
    --------
    >>> from fondaco.pls.model import Construct
    >>> plain(Construct("X", ("x1",)), leave_out=["of", "kind"])
    {'name': 'X', 'indicators': ['x1'], 'mode': 'A'}
    """
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        names = [one.name for one in dataclasses.fields(record) if one.name not in leave_out]
        names += [name for name in add if hasattr(record, name)]
        return {name: plain(getattr(record, name), leave_out=leave_out, add=add) for name in names}
    if isinstance(record, Mapping):
        return {str(key): plain(one, leave_out=leave_out, add=add) for key, one in record.items()}
    if isinstance(record, list | tuple):
        return [plain(one, leave_out=leave_out, add=add) for one in record]
    if isinstance(record, np.ndarray | np.generic):
        return finite(record.tolist())
    return finite(record)


def finite(value: Any) -> Any:
    """Return data with None for what is no number, which JSON cannot hold.

    >>> finite({"a": [float("nan"), 1.5]})
    {'a': [None, 1.5]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return value


def _pairs(fit: Fit, kind: str, first: str, second: str) -> list[dict[str, Any]]:
    return [{first: row["start"], second: row["end"], "estimate": row["estimate"]} for row in fit.rows(kind)]


def _by_name(fit: Fit, kind: str) -> dict[str, float]:
    return {row["start"]: row["estimate"] for row in fit.rows(kind)}


def _reliability(fit: Fit) -> list[dict[str, Any]]:
    columns = {kind: _by_name(fit, kind) for kind in ("alpha", "rho_a", "rho_c", "ave")}
    return [
        {"construct": name} | {kind: column[name] for kind, column in columns.items()}
        for name in columns["ave"]
    ]


def _distances(fit: Fit, which: str) -> dict[str, Any]:
    return {kind: fit.value(kind, which) for kind in ("srmr", "d_uls", "d_g")}


def _interval(one: Interval) -> dict[str, Any]:
    named: dict[str, Any] = {"kind": one.kind, "from": one.start, "to": one.end}
    if one.via:
        named["path"] = [one.start, *one.via, one.end]
    return named | {
        "estimate": one.estimate,
        "mean": one.mean,
        "se": one.se,
        "t": one.t,
        "p": one.p,
        "low": one.low,
        "high": one.high,
        "method": one.method,
    }
