"""The command that says which inquiry to answer next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable, progress_bar, table
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.workflows.inquiries import Desk, Line

_SHOWN = 40


@app.command()
def inquiries(
    firm: str = FirmOption,
    everything: bool = typer.Option(False, "--all", help="Those that are answered or closed too."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show the inquiries that wait, in the order of work: what they are worth, until when, and what to look at first."""
    from fondaco.workflows.inquiries import desk_of

    with progress_bar() as progress:
        found = desk_of(Workspace(home_folder()), firm, moment(now), everything=everything, progress=progress)
    emit(found.to_json(), as_json, lambda: _show(found))


def _show(found: Desk) -> None:
    for name, told in found.to_json()["response_rate"].items():
        rate = "not known" if told["rate"] is None else f"{told['rate']:.0%} of {told['received']} in time"
        print(printable(f"{name}: {rate}. {told['why']}".rstrip()))
    print(f"{found.waiting:,} of {found.received:,} wait for an answer.")
    if found.lines:
        headers = ["case", "market", "due", "score", "why", "look at"]
        table("", headers, [_row(line) for line in found.lines[:_SHOWN]], right=(3,))
    if len(found.lines) > _SHOWN:
        print(f"... and {len(found.lines) - _SHOWN:,} more: --json prints all.")


def _row(line: Line) -> list[str]:
    case, score = line.case, line.place.score
    look = "; ".join(f"{check.check} ({check.level})" for check in line.checks if check.level != "green")
    shown = "" if score is None or not case.waits else f"{score:,.2f}"
    due = f"{case.due:%Y-%m-%d %H:%M %Z}" if case.waits else case.state
    return [case.case, case.market, due, shown, line.place.line, look]
