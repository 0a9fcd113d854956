"""The commands for studies: from answers to tables, a diagram and a written results section."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import emit, progress_bar, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.evidence import Survey
    from fondaco.evidence.study import Study

study = typer.Typer(
    no_args_is_help=True,
    help="Studies: a model that is fixed first, answers, and a written result.",
)
app.add_typer(study, name="study")

WhichArgument = typer.Argument(
    ..., metavar="STUDY", help="A template (`fondaco study list`), or a file: study.toml."
)
AnswersOption = typer.Option(
    None, "--data", help="The answers: CSV or other text, Excel, SPSS (.sav) or Stata (.dta)."
)
DemoFlag = typer.Option(
    False, "--demo", help="Use the template's invented answers, which are marked as such."
)


@study.command("list")
def list_(as_json: bool = JsonFlag) -> None:
    """List the studies that ship, with what each asks."""
    from fondaco.evidence.study import templates

    rows = [
        {
            "template": name, "title": each.title, "question": each.question, "kind": each.kind,
            "items": len(each.items), "minimum": each.minimum, "rests_on": each.rests_on,
        }
        for name, each in templates().items()
    ]  # fmt: skip
    emit(
        {"templates": rows},
        as_json,
        lambda: table(
            "Studies that ship",
            ["template", "asks", "kind", "items", "least answers"],
            [[r["template"], r["question"], r["kind"], r["items"], r["minimum"]] for r in rows],
            right=(3, 4),
        ),
    )


@study.command("show")
def show(
    which: str = WhichArgument,
    toml: bool = typer.Option(False, "--toml", help="Print the definition, to change and keep as a file."),
    as_json: bool = JsonFlag,
) -> None:
    """Show a study: its model, its questions, and how many answers it needs."""
    from fondaco.evidence.study import plan_sample
    from fondaco.workflows.study import study_of

    held = study_of(which)
    if toml:
        print(held.to_toml(), end="")
        return
    planned = plan_sample(held.kind, held.smallest_effect, held.terms)
    told = {
        "title": held.title, "question": held.question, "kind": held.kind, "model": held.model.strip(),
        "items": dict(held.items), "scores": {name: list(of) for name, of in held.scores.items()},
        "reverse": list(held.reverse), "behaviour": list(held.behaviour), "groups": held.groups or None, "minimum": held.minimum,
        "who": held.who, "hypotheses": list(held.hypotheses), "rests_on": held.rests_on,
        "fingerprint": held.fingerprint, "sample": planned.to_json(),
    }  # fmt: skip

    def printed() -> None:
        print(f"{held.title}\n{held.question}\n\n{held.model.strip()}\n")
        table("Questions", ["column", "question"], [[name, says] for name, says in held.items.items()])
        print(
            f"To find an effect of {planned.effect:g} with a power of 80%: {planned.needed} complete answers "
            f"({planned.rule}). It is not run with fewer than {held.minimum}."
        )
        print(f"SHA-256 {held.fingerprint}")

    emit(told, as_json, printed)


@study.command("run")
def run(
    which: str = WhichArgument,
    data: Path | None = AnswersOption,
    demo: bool = DemoFlag,
    resamples: int = typer.Option(
        10_000, "--bootstrap", min=2, help="Resamples for intervals and tests of a path model."
    ),
    seed: int = typer.Option(1, "--seed", min=0, help="Of the random numbers."),
    report: list[Path] = typer.Option(
        [], "--report", help="Write the result: .xlsx or .pdf; may be repeated."
    ),
    diagram: Path | None = typer.Option(None, "--diagram", help="Write the diagram: .svg."),
    as_json: bool = JsonFlag,
) -> None:
    """Run a study: measurement, structure, mediation, prediction, groups, and what it cannot say, in words."""
    from fondaco.evidence import study as core
    from fondaco.workflows import study as workflow

    for path in report:
        if path.suffix.lower() not in (".xlsx", ".pdf"):
            raise InputError(f"--report {path.name}: a result is written as .xlsx or .pdf.")
    if diagram is not None and diagram.suffix.lower() != ".svg":
        raise InputError(f"--diagram {diagram.name}: the diagram is written as .svg.")
    held = workflow.study_of(which)
    answers = _answers(held, data, demo)
    with progress_bar() as step:
        found = core.run(held, answers, resamples=resamples, seed=seed, progress=step)
    for path in report:
        if path.suffix.lower() == ".xlsx":
            content = workflow.excel_of(found, held.title, "")
        else:
            from fondaco.workflows.study_document import pdf_of

            content = pdf_of(held, found)
        workflow.written(path, content)
    if diagram is not None:
        workflow.written(diagram, found.diagram.encode())
    written = [str(path) for path in (*report, diagram) if path]
    told = found.to_json() | {"study": held.title, "fingerprint": held.fingerprint, "written": written}
    del told["diagram"]

    def printed() -> None:
        for heading, said in found.sections:
            print(f"\n{heading}")
            for each in said:
                print(f"- {each}")
        for path in written:
            print(f"Written: {path}")

    emit(told, as_json, printed)


@study.command("export")
def export(
    which: str = WhichArgument,
    target: Path = typer.Argument(..., metavar="FILE.zip", help="Where to write it."),
    data: Path | None = AnswersOption,
    demo: bool = DemoFlag,
    key: str = typer.Option(
        "", "--key", envvar="FONDACO_STUDY_KEY",
        help="Secret word behind the pseudonyms; without it a new one each time, so that no two files can be joined.",
    ),
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Write a study's answers for others: pseudonyms, quarters for days, no rare groups, and a codebook."""
    import secrets

    from fondaco.workflows import study as workflow

    if target.suffix.lower() != ".zip":
        raise InputError(f"{target.name}: the export is a ZIP; name a file that ends with .zip.")
    if target.exists():
        raise InputError(f"{target} is there already: name another, so that nothing is overwritten.")
    held = workflow.study_of(which)
    answers = _answers(held, data, demo)
    answers.require(held.asked)
    content = workflow.package(held, answers, key=key.encode() if key else secrets.token_bytes(32))
    workflow.written(target, content)
    emit({"written": str(target), "answers": len(answers)}, as_json, lambda: print(f"Written: {target}"))


@study.command("register")
def register(which: str = WhichArgument, as_json: bool = JsonFlag) -> None:
    """Print the fingerprint of a study with the time: keep it before you open the answers."""
    from fondaco.evidence import study as core
    from fondaco.workflows.study import study_of

    told: dict[str, Any] = core.register(study_of(which), number=1, now=datetime.now(UTC)).to_json()
    told["says"] = (
        f"Fingerprint of {told['at']}: {told['fingerprint']}. Keep it where it cannot be changed, before the answers are opened."
    )
    emit(told, as_json, lambda: print(told["says"]))


def _answers(held: Study, data: Path | None, demo: bool) -> Survey:
    from fondaco.workflows import study as workflow

    if (data is None) == (not demo):
        raise InputError("Name the answers with --data FILE, or say --demo for invented ones.")
    return workflow.invented(held) if data is None else workflow.read_answers(data)
