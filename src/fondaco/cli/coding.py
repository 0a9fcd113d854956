"""The commands of qualitative coding: interviews in, data structure out."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import LOOK, day, emit, leave, moment, say, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.evidence.coding import Concord
    from fondaco.evidence.coding.project import Project
    from fondaco.numerics.estimates import Estimate

coding = typer.Typer(
    no_args_is_help=True,
    help="Interviews in, data structure out: codes, themes, dimensions and who said what.",
)
app.add_typer(coding, name="coding")

ProjectFile = typer.Argument(
    None, metavar="[PROJECT]", help="A .qdpx file; without it, the example that ships."
)
OutFile = typer.Option(None, "--out", help="Where to write it; the ending says as what.")


@coding.command("import")
def import_(
    files: list[Path] = typer.Argument(
        ..., metavar="FILE...", help="Transcripts (.txt, .docx, .srt), or .qdc, or .qdpx."
    ),
    to: Path = typer.Option(..., "--to", help="The project, a .qdpx file; made where there is none."),
    names: Path | None = typer.Option(None, "--names", help="A CSV of names and pseudonyms; it stays apart."),
    title: str = typer.Option("", "--title", help="Of a new project."),
    case: str = typer.Option("", "--case", help="The firm, by its pseudonym."),
    wave: int = typer.Option(0, "--round", min=0, max=99, help="Interview round, from 1."),
    on: str = typer.Option("", "--day", help="Day of the interview, as 2026-03-02."),
    informant: str = typer.Option("", "--informant", help="Who speaks, by function."),
    view: str = typer.Option("", "--view", help="Whose view: seller, buyer, platform or other."),
    encoding: str = typer.Option(
        "", "--encoding", help="Of old plain text: cp1252, cp1250, ...; guessed without it."
    ),
    now: str = typer.Option("", "--now", help="Time of the import; the clock without it."),
    as_json: bool = JsonFlag,
) -> None:
    """Take transcripts into a project under pseudonyms, or another program's project or codebook."""
    from fondaco.evidence.coding import VIEWS
    from fondaco.workflows.coding import About, take_in

    whose = next((each for each in VIEWS if each == view), None)
    if whose is None:
        raise InputError(f"--view {view!r} is not known: say seller, buyer, platform or other.")
    about = About(case, wave, day(on, "--day"), informant, whose, encoding)
    found = take_in(files, to, names=names, about=about, title=title, now=moment(now))
    emit(
        found.to_json(),
        as_json,
        lambda: print(f"{to}: {len(found.project.sources)} texts, {len(found.project.book.living)} codes."),
    )
    for line in found.told:
        say(line)
    if found.told:
        leave(LOOK)


@coding.command()
def agree(
    project: Path | None = ProjectFile,
    until: str = typer.Option("", "--until", help="As it stood at the end of this day, as 2026-03-02."),
    as_json: bool = JsonFlag,
) -> None:
    """Say how far coders agree on each code, in numbers that uncoded text does not raise."""
    from fondaco.evidence.coding import concord

    last = day(until, "--until")
    found = concord(_opened(project), until=datetime.combine(last, time.max, UTC) if last else None)
    emit(found.to_json(), as_json, lambda: _show_agreement(found))


@coding.command()
def figure(project: Path | None = ProjectFile, out: Path | None = OutFile, as_json: bool = JsonFlag) -> None:
    """Show the data structure, or write it as .svg, .docx or .tex."""
    from fondaco.evidence.coding.papers import structure_rows
    from fondaco.workflows.coding import figure as drawn

    held = _opened(project)
    if out:
        _write(out, drawn(held, out.suffix, now=moment("")))
    rows = structure_rows(held.book)
    told = {
        "title": held.title,
        "rows": [{"code": a, "theme": b, "dimension": c} for a, b, c in rows],
        "file": str(out) if out else None,
    }
    emit(
        told,
        as_json,
        lambda: table(held.title, ["first-order code", "second-order theme", "aggregate dimension"], rows),
    )


@coding.command()
def quotes(
    project: Path | None = ProjectFile,
    each: int = typer.Option(
        3, "--each", min=1, max=100, help="Quotations of a code, of different cases first."
    ),
    out: Path | None = OutFile,
    as_json: bool = JsonFlag,
) -> None:
    """Show representative quotations with who said them, or write them as .docx, .tex or .csv."""
    from fondaco.evidence.coding import quotes as chosen
    from fondaco.workflows.coding import quote_table

    held = _opened(project)
    if out:
        _write(out, quote_table(held, out.suffix, each=each, now=moment("")))
    found = chosen(held, each=each)
    rows = [[q.theme, q.code, q.text, f"{q.case} {q.informant}", q.wave or "not told", q.flag] for q in found]
    told = {
        "title": held.title,
        "quotes": [quote.to_json() for quote in found],
        "file": str(out) if out else None,
    }
    emit(
        told, as_json, lambda: table(held.title, ["theme", "code", "quotation", "who", "round", "look"], rows)
    )


@coding.command()
def compare(project: Path | None = ProjectFile, as_json: bool = JsonFlag) -> None:
    """Compare rounds and cases, whose view, facts and inferences, and a model's links against the evidence."""
    from fondaco.workflows.coding import compare as compared

    told = compared(_opened(project))
    emit(told, as_json, lambda: _show_comparison(told))


@coding.command()
def export(
    project: Path | None = ProjectFile,
    to: Path = typer.Option(..., "--to", help="A .qdpx, .qdc, .csv or .json file."),
    as_json: bool = JsonFlag,
) -> None:
    """Write a project for other programs: REFI-QDA (.qdpx), its codebook (.qdc), codings (.csv), or all of it (.json)."""
    from fondaco.workflows.coding import export as exported

    held = _opened(project)
    _write(to, exported(held, to.suffix, now=moment("")))
    told = {
        "file": str(to),
        "sources": len(held.sources),
        "codes": len(held.book.living),
        "codings": len(held.codings),
        "memos": len(held.memos),
    }
    emit(told, as_json, lambda: print(f"{to} is written."))


def _opened(file: Path | None) -> Project:
    from fondaco.workflows.coding import opened

    project, told = opened(file, now=moment(""))
    for line in told:
        say(line)
    return project


def _write(file: Path, content: bytes) -> None:
    from fondaco.kernel.writing import write_atomically

    try:
        write_atomically(file, content)
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror}): check the folder.") from None


def _show_agreement(found: Concord) -> None:
    if found.why:
        print(found.why)
        return
    print(
        f"{len(found.coders)} coders, {len(found.sources)} texts, codebook version {found.version}. "
        f"{found.units} of {found.all_units} sentences have a code; {100 * found.uncoded:.0f} % of the text has none."
    )
    rows = [[c.name, c.given, _said(c.alpha), _said(c.u_alpha), _said(c.all_alpha)] for c in found.codes]
    table(
        "Agreement",
        ["code", "sentences", "alpha, coded sentences", "u-alpha, letters", "alpha, all sentences"],
        rows,
        right=(1,),
    )
    pairs = [[c.name, f"{a} · {b}", k.units, _said(k.kappa)] for c in found.codes for a, b, k in c.kappas]
    table(
        "Cohen's kappa of each two, coded sentences", ["code", "who", "sentences", "kappa"], pairs, right=(2,)
    )


def _said(held: Estimate) -> str:
    if held.estimate is None:
        return held.why
    reach = "" if held.low is None else f" ({held.low:.2f} to {held.high:.2f})"
    return f"{held.estimate:.2f}{reach}" + (f"; {held.why}" if held.why else "")


def _show_comparison(told: dict[str, list[dict[str, object]]]) -> None:
    for name in ("cases", "waves", "out_of_time", "standings", "links"):
        rows = told[name]
        if rows:
            head = [key for key in rows[0] if key not in ("supports", "contradicts")]
            table(name.replace("_", " "), head, [[_plain(row.get(key)) for key in head] for row in rows])


def _plain(value: object) -> object:
    return (
        ", ".join(f"{key}: {number}" for key, number in value.items()) if isinstance(value, dict) else value
    )
