"""The command that says how ready a firm is, and brings answers in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import DONE, LOOK, emit, leave, moment, printable, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from datetime import date

    from fondaco.numerics import Estimate
    from fondaco.workflows.readiness import FirmReadiness
    from fondaco.workflows.readiness_answers import TakenIn

_MOST_SAID = 20


@app.command()
def readiness(
    firm: str = FirmOption,
    answers: Path = typer.Option(
        None, "--answers", help="Bring in answers: an export of LimeSurvey, Google Forms or KoboToolbox."
    ),
    source: str = typer.Option(None, "--source", help="Where they come from: limesurvey, google or kobo."),
    across: bool = typer.Option(
        False, "--across", help="Also how all firms of the workspace lie on each scale, and its reliability."
    ),
    pdf: Path = typer.Option(None, "--pdf", help="Write the assessment as PDF."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show how ready a firm is: scores with their range, what its figures say, gaps and who closes them."""
    from fondaco.workflows.readiness import readiness_of, reliability_json, spread_of

    workspace, today = Workspace(home_folder()), moment(now).date()
    taken = _take_in(workspace, firm, answers, source, today)
    found = readiness_of(workspace, firm, today)
    data: dict[str, Any] = found.to_json()
    if taken is not None:
        data["answers"] = taken.to_json()
    if across:
        spread, reliable = spread_of(workspace, [each.slug for each in workspace.firms()], today)
        data["across"] = {
            "spread": {key: each.to_json() for key, each in spread.items()},
            "reliability": {key: reliability_json(each) for key, each in reliable.items()},
        }
    if pdf is not None:
        from fondaco.kernel.writing import write_atomically
        from fondaco.workflows.readiness_document import assessment_pdf

        write_atomically(pdf, assessment_pdf(workspace.firm(firm).name, found))
        data["written"] = [str(pdf)]
    emit(data, as_json, lambda: _show(found, data))
    leave(LOOK if taken is not None and taken.problems else DONE)


def _take_in(
    workspace: Workspace, firm: str, path: Path | None, source: str | None, today: date
) -> TakenIn | None:
    from fondaco.readiness import SOURCES
    from fondaco.workflows.readiness_answers import take_in_answers

    if path is None:
        if source:
            raise InputError("--source says where answers come from: name their file with --answers.")
        return None
    chosen = next((each for each in SOURCES if each == source), None)
    if source and chosen is None:
        raise InputError(f"--source says {source!r}: it is one of {', '.join(SOURCES)}.")
    taken = take_in_answers(workspace, firm, path, source=chosen, today=today)
    kept = taken.kept
    say(
        f"{kept.added} answers added, {kept.changed} changed, {kept.same} were there already ({taken.read.source})."
    )
    for problem in taken.problems[:_MOST_SAID]:
        say(printable(f"  {problem.reason} {problem.cure}"))
    if len(taken.problems) > _MOST_SAID:
        say(f"  ... and {len(taken.problems) - _MOST_SAID} more: --json prints all.")
    return taken


def _show(found: FirmReadiness, data: dict[str, Any]) -> None:
    state = found.state
    print(printable(f"{state.firm}: {state.informants} informants, as of {state.day}"))
    rows = []
    for key, score in state.scores.items():
        if not score.people:
            continue
        spread = "" if score.spread is None else f"{score.spread[0]:.1f} to {score.spread[1]:.1f}"
        change = found.changes.get(key)
        moved = "" if change is None or change.by.estimate is None else f"{change.by.estimate:+.1f}"
        rows.append([found.held.name(key), _told(score.score), spread, moved, score.last or ""])
    if rows:
        table("", ["of seven", "score", "informants", "since they first answered", "last"], rows, right=(3,))
    for check in found.checks:
        print(printable(f"{check.answer} {check.figure} {check.says}"))
    for gap in found.gaps:
        print(printable(f"- {gap.says} {gap.why}\n  {gap.who}: {gap.what} ({gap.rule})"))
    for said in found.unknown:
        print(printable(f"? {said}"))
    for key, each in data.get("across", {}).get("spread", {}).items():
        median = each["median"]
        told = (
            median["why"]
            if median["estimate"] is None
            else f"median {median['estimate']:.1f} of {each['firms']} firms"
        )
        print(printable(f"{found.held.name(key)}, all firms: {told}"))


def _told(estimate: Estimate) -> str:
    if estimate.estimate is None:
        return estimate.why
    return f"{estimate.estimate:.1f} ({estimate.low:.1f} to {estimate.high:.1f})"
