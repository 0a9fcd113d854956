"""Commands that compare groups of cases, and that map what to improve."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag
from fondaco.cli.output import DONE, LOOK, emit, leave, progress_bar
from fondaco.cli.pls import (
    ConsistentFlag,
    DataOption,
    MarkerOption,
    MissingOption,
    ModelArgument,
    SchemeOption,
    SeedOption,
    SheetOption,
    counter,
    fitted,
    pls,
    read_cases,
    read_model,
)
from fondaco.cli.pls_beyond import TargetOption, scores_of, show_frame, target_of, tell
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.evidence import Survey
    from fondaco.pls.groups import GroupComparison
    from fondaco.pls.micom import Micom


def labels_of(survey: Survey, column: str, markers: list[float] | None) -> list[Any]:
    """Return the group of each case; None where the column is empty or holds a marker."""
    survey.require([column])
    return [None if value in (markers or ()) else value for value in survey.frame[column]]


@pls.command("groups")
def groups_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    by: str = typer.Option(..., "--by", help="The column that parts the cases into groups."),
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    consistent: bool = ConsistentFlag,
    permutations: int = typer.Option(
        5_000, "--permutations", min=0, help="Random regroupings; 0 leaves their tests out."
    ),
    resamples: int = typer.Option(
        5_000,
        "--bootstrap",
        min=0,
        help="Resamples in each group, for the parametric and Henseler's tests; 0 leaves them out.",
    ),
    invariance: bool = typer.Option(
        True, "--micom/--no-micom", help="Test first whether constructs mean the same in the groups."
    ),
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Compare a model between groups: measurement invariance (MICOM) and multi-group analysis.

    JSON: `n` and `paths` by group in `groups`; `differences`: list of `{"kind", "start", "via", "end", "first", "second",
    "estimate_first", "estimate_second", "difference", "permutation_p", "low", "high", "t_pooled", "p_pooled", "t_welch",
    "df_welch", "p_welch", "henseler_p"}`; `distances`: list of `{"first", "second", "d_l", "d_g", "p_l", "p_g"}`; `micom`: list of
    `{"construct", "first", "second", "c", "c_quantile", "c_p", "mean_difference", "mean_low", "mean_high", "mean_p",
    "variance_difference", "variance_low", "variance_high", "variance_p", "compositional", "equal_means",
    "equal_variances", "invariance"}`, null where it cannot be tested; `permutations`, `resamples`, `seed`, `thresholds`, `problems`.
    """
    from fondaco.pls.groups import compare_groups
    from fondaco.pls.micom import micom
    from fondaco.pls.told import plain

    parsed = read_model(model)
    survey, columns = read_cases(data, sheet, parsed, marker, [])
    options: dict[str, Any] = {
        "scheme": scheme,
        "missing": missing,
        "marker": marker or None,
        "consistent": consistent,
    }
    labels = labels_of(survey, by, marker)
    told_invariance, why = None, ""
    with progress_bar() as step:
        found = compare_groups(
            parsed, columns, labels, permutations=permutations, resamples=resamples, seed=seed,
            progress=counter(step, "regrouping"), **options,
        )  # fmt: skip
        if not invariance or permutations < 1:
            why = "MICOM was left out: without it, differences may be of meaning and not of size."
        elif parsed.interactions or parsed.higher_order:
            why = "MICOM is for plain models; test the model without products and higher order first."
        else:
            told_invariance = micom(
                parsed,
                columns,
                labels,
                permutations=permutations,
                seed=seed,
                progress=counter(step, "regrouping"),
                **options,
            )
    groups = {
        name: {
            "n": fit.n,
            "paths": [
                {"from": r["start"], "to": r["end"], "estimate": r["estimate"]} for r in fit.rows("path")
            ],
        }
        for name, fit in found.fits.items()
    }
    constructs = told_invariance.constructs if told_invariance else None
    notes = [*survey.notes, *([why] if why else [])]
    printed = plain(found, leave_out=("fits",)) | {
        "by": by,
        "groups": plain(groups),
        "micom": plain(constructs, add=("compositional", "equal_means", "equal_variances", "invariance")),
        "notes": notes,
    }
    emit(printed, as_json, lambda: _show_groups(by, found, told_invariance, notes))
    # That few resamples were asked for is told, and is no fault of the result.
    to_mend = [one for one in found.problems if one.cure and (one.kind != "resamples" or one.count > 1)]
    leave(LOOK if to_mend else DONE)


def _show_groups(by: str, found: GroupComparison, meanings: Micom | None, notes: list[str]) -> None:
    from fondaco.pls.tables import table

    print(f"Groups by {by}: " + ", ".join(f"{name} ({fit.n} cases)" for name, fit in found.fits.items()))
    if meanings is not None:
        columns = "construct first second c c_quantile compositional equal_means equal_variances invariance"
        show_frame("Do the constructs mean the same?", meanings.to_frame().select(columns.split()))
        print(meanings.thresholds)
    frame = found.to_frame()
    paths = frame.filter(frame["kind"] == "path").drop("kind", "via", "t_pooled", "t_welch", "df_welch")
    show_frame("Path coefficients", paths)
    show_frame("Of the whole model", table(found.distances))
    print(found.thresholds)
    for line in (*(f"{one.reason} {one.cure}".rstrip() for one in found.problems), *notes):
        print(f"- {line}")


@pls.command("ipma")
def ipma_command(
    model: str = ModelArgument,
    data: Path = DataOption,
    sheet: str | None = SheetOption,
    scheme: str = SchemeOption,
    missing: str = MissingOption,
    marker: list[float] | None = MarkerOption,
    consistent: bool = ConsistentFlag,
    target: str | None = TargetOption,
    scale: str | None = typer.Option(
        None, "--scale", help="Lowest and highest possible answer, as 1:7; those observed without it."
    ),
    necessity: bool = typer.Option(
        False, "--necessity", help="See necessary conditions beside importance and performance (cIPMA)."
    ),
    permutations: int = typer.Option(
        10_000, "--permutations", min=0, help="Of the test of necessity; 0 leaves it out."
    ),
    seed: int = SeedOption,
    as_json: bool = JsonFlag,
) -> None:
    """Map importance and performance: what to improve first (IPMA).

    JSON: `n`, `target`, `target_performance`, `mean_importance`, `mean_performance`, `thresholds`; `drivers`: list of
    `{"construct", "importance", "importance_standardised", "performance"}`; `indicators`: list of `{"construct", "indicator",
    "importance", "performance", "low", "high"}`; with `--necessity` also `combined`: list of `{"construct", "importance",
    "performance", "important", "necessary", "priority"}`.
    """
    from fondaco.pls.ipma import combine, importance_performance
    from fondaco.pls.nca import necessary_conditions
    from fondaco.pls.tables import table
    from fondaco.pls.told import plain

    found, notes = fitted(model, data, sheet, scheme, missing, marker, consistent)
    wanted = target_of(found, target)
    result = importance_performance(found, wanted, scale=read_scale(scale))
    printed = plain(result)
    parts: list[Any] = [
        f"{wanted} performs at {result.target_performance:.1f} of 100.",
        (f"What drives {wanted}", result.to_frame()),
        ("By indicator", result.indicator_frame()),
        f"Mean importance {result.mean_importance:.3f}, mean performance {result.mean_performance:.1f}. {result.thresholds}",
    ]
    if necessity:
        scores = scores_of(found)
        conditions = {one.construct: scores[one.construct] for one in result.drivers}
        tested = necessary_conditions(
            conditions, scores[wanted], name=wanted, permutations=permutations, seed=seed, levels=()
        )
        combined = combine(result, tested)
        printed["combined"] = plain(combined)
        parts.append(("With necessity", table(combined)))
    tell(
        found,
        printed,
        notes,
        as_json,
        *parts,
        *(f"- {one.reason} {one.cure}".rstrip() for one in result.problems),
    )


def read_scale(text: str | None) -> tuple[float, float] | None:
    """Read the ends of a scale, as ``1:7``.

    >>> read_scale("1:7")
    (1.0, 7.0)
    """
    if text is None:
        return None
    parts = re.split(r"\s*(?::|\.\.|;|\bto\b)\s*", text.strip())
    try:
        low, high = (float(part.replace(",", ".")) for part in parts)
    except ValueError:
        low, high = 0.0, 0.0
    if not low < high:
        raise InputError(f"--scale says {text!r}: write the lowest and the highest possible answer, as 1:7.")
    return low, high
