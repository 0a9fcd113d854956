"""The Typer application that every command joins."""

from __future__ import annotations

import typer

from fondaco import __version__
from fondaco.cli.output import emit
from fondaco.cli.sections import Sections

app = typer.Typer(
    name="fondaco",
    cls=Sections,
    help="The open export desk: from marketplaces' files to markets, a plan, answered inquiries, and what was learned.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

JsonFlag = typer.Option(False, "--json", help="Print one JSON object.")


@app.command()
def version(as_json: bool = JsonFlag) -> None:
    """Print the version."""
    emit({"version": __version__}, as_json, lambda: print(f"Fondaco {__version__}"))
