"""Commands of a systematic review: read records, tell duplicates, try screening out, count the flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import DONE, LOOK, emit, leave, say, table
from fondaco.kernel import InputError
from fondaco.kernel.words import many
from fondaco.kernel.writing import write_atomically

if TYPE_CHECKING:
    from fondaco.kernel import Problem

review = typer.Typer(
    help="A systematic review: records, duplicates, screening, and the flow.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(review, name="review")

FilesArgument = typer.Argument(
    ..., metavar="FILE...", help="RIS, Web of Science, PubMed, BibTeX, Scopus CSV; gzip too."
)


@review.command("import")
def import_records(
    files: list[Path] = FilesArgument,
    out: Path | None = typer.Option(None, "--out", help="Write the records as RIS (.ris) or CSV (.csv)."),
    as_json: bool = JsonFlag,
) -> None:
    """Read the records that databases export, and say what could not be read."""
    from fondaco.evidence.review.writing import written
    from fondaco.workflows.review import records_of

    found = records_of(files)
    if out is not None:
        write_atomically(out, written(found.records, out.suffix))
    data = {
        "records": [record.to_json() for record in found.records],
        "count": len(found.records),
        "kept": [piece.to_json() for piece in found.kept],
        "problems": [vars(each) for each in found.problems],
    }

    def show() -> None:
        print(
            f"{many(len(found.records), 'record')} read ({found.source}); {many(len(found.kept), 'piece')} kept apart."
        )
        _tell(found.problems)

    emit(data, as_json, show)
    leave(LOOK if found.kept or any(each.cure for each in found.problems) else DONE)


@review.command()
def dedup(
    files: list[Path] = FilesArgument,
    out: Path | None = typer.Option(
        None, "--out", help="Write the records that are left as RIS (.ris) or CSV (.csv)."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Say which records of the files are one: surely, or for a person to look at, and why."""
    from fondaco.evidence.review.writing import written
    from fondaco.workflows.review import deduplicated

    held = deduplicated(files)
    if out is not None:
        write_atomically(out, written(held.left(), out.suffix))
    data = held.to_json()

    def show() -> None:
        print(
            f"{many(data['records'], 'record')}, {many(data['duplicates'], 'sure duplicate')}, {data['left']} left; {many(len(data['review']), 'pair')} to look at."
        )
        rows = [
            [_place(each["a"]), _place(each["b"]), each["likeness"], "; ".join(each["why"])]
            for each in data["review"][:40]
        ]
        if rows:
            table("To look at", ["one", "the other", "titles alike", "why"], rows, right=(2,))
        _tell(held.found.problems)

    emit(data, as_json, show)
    leave(LOOK if data["review"] or held.found.kept else DONE)


@review.command()
def screen(
    file: Path = typer.Argument(
        ...,
        metavar="RECORDS",
        help="A table with a decision on each record, or a RIS file with labels in its notes.",
    ),
    labels: str | None = typer.Option(
        None,
        "--labels",
        help="The column of decisions (1/0, yes/no, included/excluded); found by usual names without.",
    ),
    seed: int = typer.Option(1, "--seed", min=0, help="Of what is drawn by chance."),
    runs: int = typer.Option(
        1, "--runs", min=1, max=100, help="How many simulations, each with the next seed."
    ),
    recall: float = typer.Option(0.95, "--recall", help="The recall that the stopping rule is to reach."),
    confidence: float = typer.Option(0.95, "--confidence", help="With what confidence."),
    title: str | None = typer.Option(
        None, "--title", help="The column of titles, where its name is unusual."
    ),
    abstract: str | None = typer.Option(
        None, "--abstract", help="The column of abstracts, where its name is unusual."
    ),
    as_json: bool = JsonFlag,
) -> None:
    """Try prioritised screening on a review that is done: what it would have saved, and where it would have stopped."""
    from fondaco.evidence.review.stopping import Rule
    from fondaco.workflows.review import screened

    if not 0 < recall <= 1 or not 0 < confidence < 1:
        raise InputError(
            "--recall lies above 0 and at most at 1, --confidence between 0 and 1; write 0.95 for 95 %."
        )
    held = screened(
        file, labels, seed=seed, runs=runs, rule=Rule(recall, confidence), title=title, abstract=abstract
    )
    data = held.to_json()
    emit(data, as_json, lambda: _show_screened(data, held.held.problems))
    leave(LOOK if held.held.kept else DONE)


def _show_screened(data: dict[str, Any], problems: tuple[Problem, ...]) -> None:
    print(
        f"{many(data['records'], 'record')}, {data['relevant']} relevant (column {data['labels']}). {data['why']}".rstrip()
    )
    if data["wss95"] is not None:
        rows = [
            [f"{share} %", f"{data['recall_at'][share]:.1%}", f"{data['random']['recall_at'][share]:.1%}"]
            for share in data["recall_at"]
        ]
        table("Relevant records found", ["screened", "prioritised", "by chance"], rows, right=(0, 1, 2))
        print(
            f"Work saved at 95 % recall: {data['wss95']:.1%} (by chance {data['random']['wss95']:.1%}). A relevant record came on average after {data['atd']:.1%} of the records."
        )
        stop, rule = data["stop"], data["rule"]
        print(
            f"The stopping rule ({rule['recall']:.0%} recall, {rule['confidence']:.0%} confidence) ends after {stop['screened']} records ({stop['share']:.1%}), "
            f"with {stop['recall']:.1%} found."
        )
    _tell(problems)


@review.command()
def prisma(
    file: Path | None = typer.Argument(None, metavar="FLOW.toml", help="The counts."),
    shipped: bool = typer.Option(False, "--shipped", help="The flow of the review whose studies ship."),
    svg: Path | None = typer.Option(None, "--svg", help="Write the diagram."),
    as_json: bool = JsonFlag,
) -> None:
    """Check the counts of a review's flow, arrow by arrow, and draw it."""
    from fondaco.evidence.review import prisma as flows
    from fondaco.evidence.review.diagram import draw
    from fondaco.workflows.review import read_toml

    if (file is None) == (not shipped):
        raise InputError("Name a file of counts, or say --shipped.")
    flow = flows.shipped() if file is None else flows.read(read_toml(file))
    if svg is not None:
        if svg.suffix.lower() != ".svg":
            raise InputError(f"--svg {svg.name}: the diagram is written as .svg.")
        write_atomically(svg, draw(flow))
    data = flow.to_json()

    def show() -> None:
        table(
            data["title"],
            ["box", "count"],
            [[each["label"], each["count"]] for each in data["boxes"].values()],
            right=(1,),
        )
        for arrow in data["arrows"] + data["dropped"]:
            print(f"{flows.NAMES[arrow['from']]} to {flows.NAMES[arrow['to']]}: {arrow['says']}")
        if data["unknown"]:
            print(f"Not stated: {', '.join(data['unknown'])}.")

    emit(data, as_json, show)


@review.command()
def status(as_json: bool = JsonFlag) -> None:
    """Show the review whose studies ship: its protocol, its flow, and its tables of years, methods, theories and places."""
    from fondaco.workflows.review import status_of

    data = status_of()

    def show() -> None:
        protocol = data["protocol"]
        print(f"{protocol['title']}: {protocol['question']}")
        print(
            f"Searched in {', '.join(protocol['databases'])}, {protocol['from_year']} to {protocol['to_year']}.\n{data['search_string']}"
        )
        for name, rows in data["tables"].items():
            table(name, ["", "studies"], [[each["name"], each["studies"]] for each in rows[:12]], right=(1,))

    emit(data, as_json, show)


def _place(record: dict[str, Any]) -> str:
    return f"{record['file']}:{record['line']} {record['title'][:50]}"


def _tell(problems: tuple[Problem, ...]) -> None:
    for each in problems[:20]:
        say(f"  {each.reason} {each.cure}".rstrip())
    if len(problems) > 20:
        say(f"  and {len(problems) - 20} more; --json lists them all.")
