"""The command that says what changed and deserves a look."""

from __future__ import annotations

from typing import Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption
from fondaco.cli.markets import AsOfOption
from fondaco.cli.output import day, emit, printable, progress_bar, table
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder


@app.command()
def signals(
    firm: str = FirmOption,
    rate: float = typer.Option(
        0.1,
        "--rate",
        help="False discovery rate: the expected share of false alarms among the tests reported.",
    ),
    as_of: str = AsOfOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show what changed and deserves a look, with the rows behind it and a controlled false alarm rate."""
    from fondaco.workflows import signals_of

    workspace = Workspace(home_folder())
    known_on = day(as_of, "--as-of")
    with progress_bar() as progress:
        found = signals_of(workspace, firm, rate=rate, as_of=known_on, progress=progress)

    def show() -> None:
        if not found.signals:
            print("Nothing stands out.")
        else:
            headers = ["what", "market", "about", "finding", "rows"]
            table(
                f"Signals of {workspace.firm(firm).name}",
                headers,
                list(map(_line, found.signals)),
                right=(4,),
            )
        print(
            f"Tests made: {found.looked_at}; at most {found.rate:.0%} of those reported are expected to be false."
        )
        for sort in found.looked:
            print(f"- {sort.what}: {sort.tests}. {sort.why}".rstrip())
        if found.requests.alike:
            print("Said often, and in no list of words yet:")
        for group in found.requests.alike:
            print(printable(f"- {group.texts} texts: {', '.join(group.label)}"))

    emit({"firm": firm, "as_of": as_of, **found.to_json()}, as_json, show)


def _line(signal: Any) -> list[str | None]:
    market = countries.name(signal.market) if signal.market else ""
    return [signal.kind, market, signal.product, signal.finding, f"{signal.rows.total:,}"]
