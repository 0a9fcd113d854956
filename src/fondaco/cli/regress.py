"""The command for regressions, from a survey or from a published correlation matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import emit, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.evidence import Correlations, Regression


@app.command()
def regress(
    formula: str = typer.Argument(
        ...,
        metavar="FORMULA",
        help='"y ~ a + b"; with --correlations the name of the outcome is enough: all others then explain it.',
    ),
    data: Path | None = typer.Option(
        None, "--data", help="A survey: CSV or other text, Excel, SPSS (.sav) or Stata (.dta)."
    ),
    sheet: str | None = typer.Option(
        None, "--sheet", help="Which sheet of a workbook; the first without it."
    ),
    marker: float | None = typer.Option(
        None, "--marker", help="A number that stands for a missing answer, such as -99."
    ),
    robust: str | None = typer.Option(
        None, "--robust", help="Errors robust to unequal variances: HC0, HC1, HC2 or HC3."
    ),
    correlations: Path | None = typer.Option(
        None, "--correlations", help="A published correlation matrix (CSV or Excel), in place of --data."
    ),
    n: int | None = typer.Option(None, "--n", help="How many cases the correlations rest on."),
    star_levels: str | None = typer.Option(
        None, "--stars", help="What the stars of the published table stand for: '**=.05,*=.10'."
    ),
    printed: Path | None = typer.Option(
        None,
        "--printed",
        help="The published table of coefficients (term, beta, t, p, VIF, stars), to compare with.",
    ),
    level: float = typer.Option(0.05, "--level", help="Level of the tests; intervals cover 1 less it."),
    as_json: bool = JsonFlag,
) -> None:
    """Run a linear regression with its diagnostics, from cases or from published correlations."""
    from fondaco import evidence

    if data is not None and correlations is None:
        if n is not None or star_levels is not None or printed is not None:
            raise InputError(
                "--n, --stars and --printed belong to --correlations; a survey has its own cases."
            )
        survey = evidence.read_survey(data, sheet=sheet)
        found = evidence.regress(formula, survey, robust=robust, marker=marker, level=level)
        emit(found.to_json(), as_json, lambda: _show(found))
        return
    if correlations is None or data is not None:
        raise InputError(
            "Name the cases with --data FILE, or a published matrix with --correlations FILE and --n N."
        )
    if robust is not None or marker is not None:
        raise InputError("--robust and --marker need the cases themselves: a correlation matrix has none.")
    if n is None:
        raise InputError("Say with --n how many cases the correlations rest on.")
    matrix = evidence.read_correlations(correlations)
    levels = evidence.read_levels(star_levels) if star_levels else None
    found = evidence.regress_correlations(formula, matrix, n, level=level, stars=levels)
    told = found.to_json()
    if matrix.stars:
        told["stars"] = evidence.stars_json(evidence.check_stars(matrix, n, levels))
    if printed is not None:
        found, told["printed"] = _beside(found, printed, matrix, levels)
        told["notes"] = list(found.notes)
    emit(told, as_json, lambda: _show(found))


def _beside(
    found: Regression, path: Path, matrix: Correlations, levels: Mapping[str, float] | None
) -> tuple[Regression, list[dict[str, Any]]]:
    """Return the regression with notes on how a printed table agrees with it, and the comparison."""
    from fondaco.evidence import words
    from fondaco.evidence.printed import check_printed, printed_notes, read_printed
    from fondaco.evidence.published import rounding_bounds

    terms = read_printed(path)
    names = [term.name for term in found.terms]
    reach = rounding_bounds(matrix, found.outcome, names, found.n, found)
    checks = check_printed(terms, found, reach)
    notes = printed_notes(terms, checks, found, levels or words.STARS)
    return replace(found, notes=(*found.notes, *notes)), [vars(check) for check in checks]


def _show(found: Regression) -> None:
    from fondaco.evidence import words

    digits = 3
    rows: list[list[Any]] = [
        [
            term.name + words.stars(term.p),
            "" if term.beta is None else words.short(term.beta, digits),
            f"{term.b:.3f}",
            f"{term.se:.3f}",
            f"{term.t:.3f}",
            words.p_value(term.p).removeprefix("= "),
            "" if term.vif is None else f"{term.vif:.3f}",
            "" if term.alone_p is None else words.p_value(term.alone_p).removeprefix("= "),
            words.p_value(found.holm[term.name]).removeprefix("= ") if term.name in found.holm else "",
            words.p_value(found.benjamini_hochberg[term.name]).removeprefix("= ")
            if term.name in found.holm
            else "",
        ]
        for term in (*([found.intercept] if found.intercept else []), *found.terms)
    ]
    table(
        f"{found.outcome}, n = {found.n}",
        ["term", "beta", "b", "se", "t", "p", "VIF", "p alone", "Holm", "B-H"],
        rows,
        right=range(1, 10),
    )
    waves = "" if found.durbin_watson is None else f", Durbin-Watson {found.durbin_watson:.3f}"
    print(
        f"R2 {found.r2:.3f}, adjusted {found.r2_adjusted:.3f}, "
        f"F({found.f_df[0]:g}, {found.f_df[1]:g}) = {found.f:.3f}, p {words.p_value(found.f_p)}{waves}"
    )
    print(f"Stars: {words.legend()}.")
    for note in found.notes:
        print(f"- {note}")
