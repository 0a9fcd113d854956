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
    from collections.abc import Mapping

    from fondaco.workflows.desk_log import Case
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
    from fondaco.workflows.desk_log import cases_of
    from fondaco.workflows.inquiries import desk_of

    workspace = Workspace(home_folder())
    people = cases_of(workspace, firm)
    with progress_bar() as progress:
        found = desk_of(
            workspace, firm, moment(now), everything=everything, progress=progress,
            more=[each.told.model_dump() for each in people.values() if each.told is not None],
            done={each.case: each.done for each in people.values()},
        )  # fmt: skip
    told = found.to_json()
    for case in told["cases"]:
        held = people.get(case["case"])
        case["people"] = None if held is None else held.to_json()
    emit(told, as_json, lambda: _show(found, people))


def _show(found: Desk, people: Mapping[str, Case]) -> None:
    for name, told in found.to_json()["response_rate"].items():
        rate = "not known" if told["rate"] is None else f"{told['rate']:.0%} of {told['received']} in time"
        print(printable(f"{name}: {rate}. {told['why']}".rstrip()))
    print(f"{found.waiting:,} of {found.received:,} wait for an answer.")
    if found.lines:
        headers = ["case", "market", "due", "state, who", "score", "why", "look at"]
        table("", headers, [_row(line, people) for line in found.lines[:_SHOWN]], right=(4,))
    if len(found.lines) > _SHOWN:
        print(f"... and {len(found.lines) - _SHOWN:,} more: --json prints all.")


def _row(line: Line, people: Mapping[str, Case]) -> list[str]:
    case, score = line.case, line.place.score
    look = "; ".join(f"{check.check} ({check.level})" for check in line.checks if check.level != "green")
    shown = "" if score is None or not case.waits else f"{score:,.2f}"
    due = f"{case.due:%Y-%m-%d %H:%M %Z}" if case.waits else ""
    held = people.get(case.case)
    said = case.state if held is None else ", ".join(part for part in (held.state, held.owner) if part)
    return [case.case, case.market, due, said, shown, line.place.line, look]
