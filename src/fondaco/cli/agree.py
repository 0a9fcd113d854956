"""The command that says how far coders agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import emit, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.numerics.estimates import Estimate
    from fondaco.workflows.agreement import Agreement


@app.command()
def agree(
    file: Path = typer.Argument(
        ..., metavar="TABLE", help="A column for each coder, a row for each thing judged."
    ),
    metric: str = typer.Option("nominal", "--metric", help="nominal, ordinal, interval or ratio."),
    coder: list[str] = typer.Option(
        [],
        "--coder",
        help="A coder's column; without it all, but those that name what was judged (id, unit, item).",
    ),
    weights: str = typer.Option(
        "none",
        "--weights",
        help="Of disagreements in kappa, by the distance of numbers: none, linear or quadratic.",
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Say how far coders agree: Krippendorff's alpha of all, Cohen's kappa of each two, with intervals."""
    from fondaco.numerics.agreement import METRICS, WEIGHTS
    from fondaco.workflows.agreement import agreement_of

    if metric not in METRICS:
        raise InputError(f"--metric {metric!r} is not known: say {', '.join(METRICS)}.")
    if weights not in WEIGHTS:
        raise InputError(f"--weights {weights!r} is not known: say {', '.join(WEIGHTS)}.")
    found = agreement_of(file, metric, tuple(coder), weights)
    emit(found.to_json(), as_json, lambda: _show(found))


def _show(found: Agreement) -> None:
    alpha = found.alpha
    print(
        f"Krippendorff's alpha ({alpha.metric}): {_said(alpha.alpha).removesuffix('.')}. {alpha.units} units, {alpha.values} judgements of "
        f"{len(found.coders)} coders."
    )
    rows = [[a, b, held.units, _said(held.kappa)] for a, b, held in found.kappas]
    if found.categories:
        more = f" and {len(found.categories) - 20} more" if len(found.categories) > 20 else ""
        print(f"Judged as: {', '.join(found.categories[:20])}{more}.")
    if found.left_out:
        print(f"Left out, as it names what was judged: {', '.join(found.left_out)}.")
    how = "" if found.weights == "none" else f", with {found.weights} weights"
    table(f"Cohen's kappa of each two{how}", ["coder", "coder", "units", "kappa"], rows, right=(2,))


def _said(held: Estimate) -> str:
    if held.estimate is None:
        return held.why
    reach = "" if held.low is None else f" ({held.low:.3f} to {held.high:.3f})"
    return f"{held.estimate:.3f}{reach}" + (f"; {held.why}" if held.why else "")
