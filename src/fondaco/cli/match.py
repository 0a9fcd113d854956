"""How alike names are, from a file, without a firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import LOOK, emit, leave, progress_bar, say, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.reference.names import Kind

_SHOWN = 200


@app.command("match")
def match(
    file: Path = typer.Argument(..., metavar="NAMES.csv", help="A table with two columns of names."),
    left: str = typer.Option(..., "--left", help="The column of one name."),
    right: str = typer.Option(..., "--right", help="The column of the other."),
    kind: str = typer.Option(
        None, "--kind", help="person or company, where all names are; else each is told by itself."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Say how alike two names are in each row of a file, from 0 to 1 and why: persons or firms, in any script."""
    from fondaco.workflows.matching import match_names

    if kind not in (None, "person", "company"):
        raise InputError(f"--kind {kind!r}: say person or company.")
    with progress_bar() as progress:
        found = match_names(file, left, right, kind=cast("Kind | None", kind), progress=progress)

    def show() -> None:
        rows = [[p.left, p.right, f"{p.score:.2f}", "; ".join(p.why)] for p in found.pairs[:_SHOWN]]
        table("", [left, right, "score", "why"], rows, right=(2,))
        if len(found.pairs) > _SHOWN:
            print(f"... and {len(found.pairs) - _SHOWN:,} more: --json prints all.")

    emit(found.to_json(), as_json, show)
    for problem in found.problems:
        say(problem)
    if found.problems:
        leave(LOOK)
