"""Commands about firms and the rates they share."""

from __future__ import annotations

from pathlib import Path

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import emit, table
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder


@app.command()
def firms(as_json: bool = JsonFlag) -> None:
    """List the firms of this workspace."""
    found = Workspace(home_folder()).firms()

    def show() -> None:
        table(
            "",
            ["firm", "name", "home", "currency", ""],
            [
                [f.slug, f.name, countries.name(f.home), f.currency, "fictional" if f.fictional else ""]
                for f in found
            ],
        )
        if not found:
            print("No firm yet: importing a file with --firm makes one.")

    emit({"firms": [vars(f) for f in found]}, as_json, show)


rates = typer.Typer(help="The ECB reference rates that amounts are converted by.", no_args_is_help=True)
app.add_typer(rates, name="rates")


@rates.command("update")
def update(
    file: Path = typer.Argument(..., help="eurofxref-hist.zip or .csv, as the ECB publishes it."),
    as_json: bool = JsonFlag,
) -> None:
    """Take in newer exchange rates from a file of the ECB; what is known already is kept."""
    from fondaco.reference.rates import update as take_rates

    info = take_rates(home_folder(), file)
    emit(vars(info), as_json, lambda: print(f"Rates are known from {info.first_day} to {info.last_day}."))
