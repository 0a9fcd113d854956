"""The command that lays out what speaks for staying, changing or leaving when a subscription ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.files import read_text
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable
from fondaco.cli.review import review
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.readiness.renewal import Review


PlatformOption = typer.Option("", "--platform", help="Of the profile's channels; the one that ends next.")
FactsOption = typer.Option(None, "--facts", help="What people state of the term, as TOML: strain = 4.")
PdfOption = typer.Option(None, "--pdf", help="Write the brief as PDF.")


@review.callback(invoke_without_command=True)
def review_of_a_term(
    context: typer.Context,
    firm: str = typer.Option(
        None, "--firm", metavar="F", help="Lay out a firm's renewal, as fondaco renewal does."
    ),
    platform: str = PlatformOption,
    facts: Path = FactsOption,
    pdf: Path = PdfOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """A systematic review of studies; with --firm, the review of a subscription that ends."""
    if context.invoked_subcommand is None:
        if firm is None:
            raise InputError(
                "Name a command of a systematic review (fondaco review --help), or a --firm whose term ends."
            )
        renewal(firm, platform, facts, pdf, now, as_json)


@app.command()
def renewal(
    firm: str = FirmOption,
    platform: str = PlatformOption,
    facts: Path = FactsOption,
    pdf: Path = PdfOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Lay out what speaks for staying on a platform, changing how it is used, or leaving; the firm decides."""
    from fondaco.workflows.renewal import renewal_of, stated_from

    workspace = Workspace(home_folder())
    stated = None if facts is None else stated_from(read_text(facts, "what is stated of a term"), str(facts))
    found = renewal_of(workspace, firm, moment(now).date(), platform=platform, stated=stated)
    data = {"firm": firm, **found.to_json()}
    if pdf is not None:
        from fondaco.kernel.writing import write_atomically
        from fondaco.workflows.renewal_document import renewal_pdf

        write_atomically(pdf, renewal_pdf(workspace.firm(firm).name, found))
        data["written"] = [str(pdf)]
    emit(data, as_json, lambda: _show(found))


def _show(found: Review) -> None:
    from fondaco.readiness.renewal import SIDES

    print(found.countdown)
    if found.facts.aim:
        print(printable(f"Joined for: {found.facts.aim}"))
    for side in SIDES:
        print(f"\nFor {'staying' if side == 'stay' else 'changing' if side == 'change' else 'leaving'}:")
        for each in found.side(side):
            print(printable(f"  [{each.rule.weight}] {each.says} ({each.rule.section or each.rule.reason})"))
        if not found.side(side):
            print("  nothing that is known")
    print("\nThe firm decides: weights are set, and are no vote.")
    for said in found.unknown:
        print(printable(f"? {said}"))
