"""`fondaco plan`: the export marketing plan as it would be proposed today."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable, progress_bar, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:  # loading it takes a second, and `fondaco --help` needs none of it
    from fondaco.strategy.plan.joining import Plan


@app.command()
def plan(
    firm: str = FirmOption,
    pdf: Path = typer.Option(None, "--pdf", help="Write the plan as a PDF to this file."),
    one_page: bool = typer.Option(False, "--one-page", help="Of the PDF, one page only."),
    xlsx: Path = typer.Option(None, "--xlsx", help="Write the numbers as an Excel workbook to this file."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Propose the export marketing plan: five parts with their actions, why, and where they disagree."""
    from fondaco.workflows.plan import plan_of

    if one_page and pdf is None:
        raise InputError("--one-page is about the PDF: say --pdf FILE too.")
    workspace = Workspace(home_folder())
    with progress_bar() as progress:
        found = plan_of(workspace, firm, moment(now).date(), progress=progress)
    written = _write(workspace, found, pdf, one_page=one_page, xlsx=xlsx)
    emit({"firm": firm, **found.to_json(), "written": written}, as_json, lambda: _show(found))
    for path in written:
        say(f"Written: {path}")


def _write(
    workspace: Workspace, found: Plan, pdf: Path | None, *, one_page: bool, xlsx: Path | None
) -> list[str]:
    if pdf is None and xlsx is None:
        return []
    from fondaco.kernel.writing import write_atomically
    from fondaco.workflows.plan_document import document_of, pdf_of
    from fondaco.workflows.plan_workbook import workbook_of

    written, document = [], document_of(workspace, found)
    if pdf is not None:
        write_atomically(pdf, pdf_of(document, one_page=one_page))
        written.append(str(pdf))
    if xlsx is not None:
        write_atomically(xlsx, workbook_of(document))
        written.append(str(xlsx))
    return written


def _show(found: Plan) -> None:
    from fondaco.reference import countries
    from fondaco.strategy.plan.joining import JOINED

    aims = "; ".join(f"{countries.name(market)}: {why}" for market, why in found.targets)
    print(printable(f"Markets of the plan: {aims or 'none yet; name some under [aims] of the profile'}"))
    for conflict in found.conflicts:
        head = "STOP" if conflict.severity == "stop" else "Look"
        print(printable(f"{head}: {conflict.says} {conflict.why}"))
        for way in conflict.ways_out:
            print(printable(f"  - {way}"))
    for part in JOINED:
        proposal = found.parts[part]
        print(printable(f"\n{part.capitalize()}: {proposal.says}"))
        if proposal.actions:
            rows = [[a.what, a.who, a.when.isoformat(), a.why] for a in proposal.actions]
            table("", ["what", "who", "by", "why"], rows)
    if found.unknown:
        print("\nNot known:")
        for said in found.unknown:
            print(printable(f"- {said}"))
