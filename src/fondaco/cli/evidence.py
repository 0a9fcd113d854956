"""The commands that ask the literature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.output import emit, table
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.evidence.literature import Answer

#: The words behind which no rate may be seen.
CAUTION = "Counts of samples, no rates: each finding is of its own firms, and the firm decides."


class _AskFirst(TyperGroup):
    """Takes what is none of its commands as a question: ``fondaco evidence "social media"``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # A question may begin with an arrow, which must not be read as an option.
        words = [f" {word}" if word.startswith(("->", "-->")) else word for word in args]
        named = next((word for word in words if word in self.commands), None)
        first = next((word for word in words if not word.startswith("--")), None)
        if named is not None and first == named:
            words.remove(named)
            words = [named, *words]
        elif words and words[0] != "--help":
            words = ["ask", *words]
        return super().parse_args(ctx, words)


evidence = typer.Typer(
    cls=_AskFirst,
    no_args_is_help=True,
    help='What the literature says: fondaco evidence "social media -> international performance".',
)
app.add_typer(evidence, name="evidence")


@evidence.command()
def ask(
    query: list[str] = typer.Argument(
        ...,
        help='What to ask: "social media", "DRIVER -> OUTCOME", "-> OUTCOME", "DRIVER -> MEDIATOR -> OUTCOME".',
    ),
    country: str = typer.Option("", "--country", help="Only studies of firms there: IT, ITA or Italy."),
    platform: str = typer.Option(
        "", "--platform", help="Only this type of platform: e-commerce, social media, ..."
    ),
    design: str = typer.Option(
        "", "--design", help="Only quantitative, qualitative, mixed, survey, case study, ..."
    ),
    theme: str = typer.Option(
        "", "--theme", help="Only one theme: resources, environment, adoption, benefits."
    ),
    theory: str = typer.Option("", "--theory", help="Only studies that rest on a theory."),
    focus: str = typer.Option("", "--focus", help="Only antecedents, phenomenon or outcomes."),
    unit: str = typer.Option("", "--unit", help="Only what was studied: SME, MSME, INV, firm, ..."),
    firm: str = typer.Option("", "--firm", help="Say how near each study is to this firm."),
    as_json: bool = JsonFlag,
) -> None:
    """Say what studies found, how far they agree, where they disagree, and what nobody studied.

    The word `ask` may be left out.
    """
    from fondaco.evidence.literature import Filters
    from fondaco.evidence.literature.pooling import pooled_json
    from fondaco.ledger import Workspace
    from fondaco.workflows.literature import answer_of, effects_of

    filters = Filters(country, platform, design, theme, theory, focus, unit)
    workspace = Workspace(home_folder())
    found = answer_of(workspace, " ".join(query), filters, firm or None)
    known = effects_of(workspace, found.base)
    told = found.to_json() | {"pooled": pooled_json(found.base, [each.id for each in found.findings], known)}
    emit(told, as_json, lambda: _show(found, told))


def _show(found: Answer, told: dict[str, Any]) -> None:
    for note in told["notes"]:
        print(note)
    for place, term in found.question.terms.items():
        if len(term.variables) > 1:
            labels = ", ".join(found.base.variables[name].label for name in term.variables)
            print(f"{place}: {term.means}, which is here {labels}.")
    if not told["findings"]:
        print(found.why)
        return
    table(
        f"{len(told['findings'])} findings of {len(found.studies)} studies",
        ["finding", "study", "how far to lean on it", "note"],
        [
            [each["says"], each["cited"], each["strength"]["says"], each["note"] or ""]
            for each in told["findings"]
        ],
    )
    held = told["agreement"]
    print(held["says"])
    table(
        "Votes by outcome, one for each sample",
        ["outcome", "samples", "+", "-", "0", "U", "mixed"],
        [
            [row["label"], row["samples"], *(row[way] for way in ("+", "-", "0", "U", "mixed"))]
            for row in held["by_outcome"]
        ],
        right=range(1, 7),
    )
    for each in held["disagreements"]:
        print(f"- Disagreement: {each['says']}")
    for weakness in held["weaknesses"]:
        print(f"- {weakness}")
    pooled = told["pooled"]
    print(
        pooled["why"]
        or f"Pooled over {pooled['k']} samples the correlation is {pooled['estimate']:.2f} ({pooled['low']:.2f} to "
        f"{pooled['high']:.2f}), in a new sample {pooled['predict_low']:.2f} to {pooled['predict_high']:.2f}; {pooled['method']}."
    )
    print("Not studied:")
    for gap in told["gaps"]:
        print(f"- {gap['says']}{' (nor anywhere in the base)' if gap['everywhere'] else ''}")
    print(CAUTION)


@evidence.command()
def counts(as_json: bool = JsonFlag) -> None:
    """Count the studies anew, beside what the review prints, with each difference explained."""
    from fondaco.evidence.literature import SOURCE, counts, shipped

    lines = counts(shipped())
    emit({"counts": lines, "source": SOURCE}, as_json, lambda: _show_counts(lines, SOURCE))


def _show_counts(lines: list[dict[str, Any]], source: str) -> None:
    table(
        "What the review prints, and what its table comes to",
        ["item", "printed", "computed", "agrees", "detail", "why"],
        [
            [
                line["item"],
                line["as_printed"] or line["printed"],
                line["computed"],
                {True: "yes", False: "no", None: "a word"}[line["agrees"]],
                line["detail"] or "",
                line["why"] or "",
            ]
            for line in lines
        ],
    )
    print(f"Of: {source}")


@evidence.command()
def advice(
    rule: str = typer.Argument("", help="A rule of the plan, as platform/website-first; all when left out."),
    firm: str = typer.Option("", "--firm", help="Say how near each study is to this firm."),
    as_json: bool = JsonFlag,
) -> None:
    """Follow the plan's advice back: rule, study, method, sample, country, and what was found."""
    from fondaco.evidence.literature import behind, shipped, traced
    from fondaco.ledger import Workspace
    from fondaco.workflows.literature import reader_of

    reader = reader_of(Workspace(home_folder()), firm) if firm else None
    found = [behind(shipped(), rule, reader)] if rule else traced(shipped(), reader)
    emit({"rules": found}, as_json, lambda: _show_advice(found))


def _show_advice(found: list[dict[str, Any]]) -> None:
    if len(found) == 1:
        _show_rule(found[0])
        return
    table(
        "What the plan's rules rest on",
        ["rule", "says", "how far to lean on it", "findings"],
        [
            [each["rule"], each["says"], each["lean"], ", ".join(one["cited"] for one in each["findings"])]
            for each in found
        ],
    )
    print("Name a rule to see its study and findings.")


def _show_rule(each: dict[str, Any]) -> None:
    where = f", {each['section']}" if each["section"] else ""
    print(f"{each['rule']}: {each['says']}")
    print(f"- Who says so: {each['cited'] or each['reason']}{where}")
    print(f"- {each['lean']}")
    for one in each["findings"]:
        print(f"- {one['says']}: {one['cited']}; {one['strength']['says']}")
    if each["why"]:
        print(f"- {each['why']}")
    for dispute in each["disagreements"]:
        print(f"- Disagreement: {dispute['says']}")


@evidence.command(name="map")
def map_(as_json: bool = JsonFlag) -> None:
    """Draw what was found between families of drivers and outcomes, with counts and directions."""
    from fondaco.evidence.literature import SOURCE, framework
    from fondaco.ledger import Workspace
    from fondaco.workflows.literature import base_of

    view = framework(base_of(Workspace(home_folder())))
    emit({**view, "source": SOURCE}, as_json, lambda: _show_map(view))


def _show_map(view: dict[str, Any]) -> None:
    label = {node["family"]: node["label"] for node in view["nodes"]}
    table(
        "From family to family: findings, and samples by direction",
        ["from", "to", "findings", "samples", "+", "-", "0", "U", "mixed", "sign inferred"],
        [
            [
                label[edge["from"]],
                label[edge["to"]],
                edge["findings"],
                edge["samples"],
                *(edge["votes"][way] for way in ("+", "-", "0", "U", "mixed")),
                edge["inferred"],
            ]
            for edge in view["edges"]
        ],
        right=range(2, 10),
    )
    print(CAUTION)


@evidence.command()
def questions(
    area: str = typer.Option("", "--area", help="Only antecedents, phenomenon or outcomes."),
    as_json: bool = JsonFlag,
) -> None:
    """List the questions that the review leaves open, with the data that would answer each."""
    from fondaco.evidence.literature import SOURCE, open_questions

    found = [each.to_json() for each in open_questions(area)]
    emit({"questions": found, "source": SOURCE}, as_json, lambda: _show_questions(found))


def _show_questions(found: list[dict[str, Any]]) -> None:
    table(
        f"{len(found)} open questions",
        ["id", "area", "question", "data that would answer it", "what to keep"],
        [
            [
                each["id"],
                f"{each['area']}, {each['part']}",
                each["asks"],
                "; ".join(each["data"]),
                each["record"],
            ]
            for each in found
        ],
    )
