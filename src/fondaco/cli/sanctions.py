"""Commands on official sanctions lists: bring them in, and ask them for a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import NowOption
from fondaco.cli.output import LOOK, emit, leave, moment, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.reference.names import Kind
    from fondaco.reference.sanctions import SanctionsList

sanctions = typer.Typer(
    no_args_is_help=True, help="Official sanctions lists: EU, UN, UK and OFAC, as they are downloaded."
)
app.add_typer(sanctions, name="sanctions")


@sanctions.command("add")
def add(
    files: list[Path] = typer.Argument(
        ..., metavar="FILE...", help="XML or CSV; OFAC's SDN.CSV with ALT.CSV and ADD.CSV."
    ),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Read sanctions lists and keep them in the workspace, each in the place of the authority's earlier one."""
    from fondaco.workflows.sanctions import add_lists

    at = moment(now)
    found = add_lists(Workspace(home_folder()), files, at)
    rows = [_row(each, (each.published or at.date()).isoformat()) for each in found]
    emit({"lists": rows}, as_json, lambda: _show(rows))
    problems = [problem for each in found for problem in each.problems]
    for problem in problems:
        say(problem)
    if problems:
        leave(LOOK)


@sanctions.command("list")
def show_list(as_json: bool = JsonFlag) -> None:
    """List the sanctions lists that the workspace has, with their days."""
    from fondaco.workflows.sanctions import lists_of

    rows = [_row(each.list, each.as_of.isoformat()) for each in lists_of(Workspace(home_folder()))]
    emit({"lists": rows}, as_json, lambda: _show(rows))


@sanctions.command("check")
def check(
    name: str = typer.Argument(..., metavar="NAME", help="Of a person or firm, in any script."),
    country: str = typer.Option(None, "--country", help="Where the buyer is."),
    kind: str = typer.Option(None, "--kind", help="person or company; else both."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say who on the lists has a name like this one, how alike and why; a likeness is no finding."""
    from fondaco.reference import countries
    from fondaco.workflows.sanctions import check_name

    if kind not in (None, "person", "company"):
        raise InputError(f"--kind {kind!r}: say person or company.")
    market = countries.from_code(country) if country else None
    found = check_name(
        Workspace(home_folder()), name, moment(now).date(), country=market, kind=cast("Kind | None", kind)
    )

    def show() -> None:
        print(f"{found.level.upper()}: {found.reason}")
        if found.source:
            print(f"Asked: {found.source}.")
        table("", ["score", "list", "name", "why", ""], [
            [f"{hit.score:.2f}", f"{hit.entry.authority} {hit.entry.id}", hit.name.text, "; ".join(hit.why), "; ".join(hit.notes)]
            for hit in found.hits
        ])  # fmt: skip

    emit(found.to_json(), as_json, show)
    if found.level != "green":
        leave(LOOK)


def _row(held: SanctionsList, as_of: str) -> dict[str, Any]:
    return {
        "list": held.authority, "layout": held.layout, "published": held.published, "as_of": as_of, "entries": len(held.entries),
        "names": sum(len(entry.names) for entry in held.entries), "file": held.file, "problems": list(held.problems),
    }  # fmt: skip


def _show(rows: list[dict[str, Any]]) -> None:
    if not rows:
        print("No sanctions list is here: fondaco sanctions add FILE brings one in.")
        return
    table("", ["list", "as of", "entries", "names", "layout", "file"], [
        [r["list"], r["as_of"], f"{r['entries']:,}", f"{r['names']:,}", r["layout"], r["file"]] for r in rows
    ], right=(2, 3))  # fmt: skip
