"""The commands that say who buys, who is one with whom, how far each is, and what is known of one buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, printable, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.numerics import Estimate
    from fondaco.relationships.identity import Candidate, Ruling
    from fondaco.relationships.identity.rulings import Verdict
    from fondaco.relationships.stage import Step
    from fondaco.workflows.buyer import One

_SHOWN = 60

buyers = typer.Typer(
    invoke_without_command=True,
    help="Show the buyers: every name of each, how far it is and since when, whether it still buys, and orders expected.",
)
app.add_typer(buyers, name="buyers")

WhyOption = typer.Option("", "--why", help="For what reason; kept with the decision.")
ByOption = typer.Option("command line", "--by", help="Who decides.")


@buyers.callback()
def show_buyers(
    context: typer.Context,
    firm: str = typer.Option(None, "--firm", help="The firm's short name."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show the buyers: every name of each, how far it is and since when, whether it still buys, and orders expected."""
    if context.invoked_subcommand is not None:
        return
    if firm is None:
        raise InputError("Say which firm: --firm NAME. `fondaco firms` lists them.")
    from fondaco.workflows.stages import stages_of

    found = stages_of(Workspace(home_folder()), firm, moment(now).date())

    def show() -> None:
        rows = [
            [
                "; ".join(b.names[:3]),
                b.seen.market,
                b.seen.stage,
                str(b.seen.since),
                _told(b.alive),
                _told(b.expected),
            ]
            for b in found.buyers[:_SHOWN]
        ]
        table("", ["buyer", "market", "stage", "since", "still buys", "orders in a year"], rows, right=(4, 5))
        if len(found.buyers) > _SHOWN:
            print(f"... and {len(found.buyers) - _SHOWN:,} more: --json prints all.")

    emit(found.buyers_json(), as_json, show)


@buyers.command("merge")
def merge(
    one: str = typer.Argument(..., help="A buyer: a name, its mark, or its id."),
    other: str = typer.Argument(..., help="The other one."),
    firm: str = FirmOption,
    why: str = WhyOption,
    by: str = ByOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Decide that two are one buyer; `undo` takes it back."""
    _rule("one", one, other, firm, why, by, now, as_json)


@buyers.command("split")
def split(
    one: str = typer.Argument(..., help="A record of the buyer: platform|mark|name|firm|country, as `fondaco buyer` lists them."),
    other: str = typer.Argument(..., help="The record, or another buyer, that it is not one with."),
    firm: str = FirmOption,
    why: str = WhyOption,
    by: str = ByOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:  # fmt: skip
    """Decide that two records are two buyers, whatever they share; `undo` takes it back."""
    _rule("two", one, other, firm, why, by, now, as_json)


def _rule(
    verdict: Verdict, one: str, other: str, firm: str, why: str, by: str, now: str, as_json: bool
) -> None:
    from fondaco.workflows.buyer_book import book_of
    from fondaco.workflows.rulings import rule_on

    workspace, at = Workspace(home_folder()), moment(now)
    book = book_of(workspace, firm, at.date())
    left, right = (book.record_meant(said) for said in (one, other))
    if verdict == "one" and book.of_record(left) is book.of_record(right):
        raise InputError("They are one buyer already; `fondaco buyer` says why.")
    _say(rule_on(workspace, firm, verdict, left, right, at=at, by=by, why=why), as_json)  # fmt: skip


@buyers.command("undo")
def undo(
    number: int = typer.Argument(..., help="Of the decision, as `fondaco buyers decisions` lists them."),
    firm: str = FirmOption,
    why: str = WhyOption,
    by: str = ByOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Take a decision back; both stay on record."""
    from fondaco.workflows.rulings import take_back

    _say(take_back(Workspace(home_folder()), firm, number, at=moment(now), by=by, why=why), as_json)


@buyers.command("decisions")
def decisions(firm: str = FirmOption, as_json: bool = JsonFlag) -> None:
    """List what was decided of buyers, with who, when and why; what was taken back too."""
    from fondaco.relationships.identity import standing
    from fondaco.workflows.buyers import buyers_of
    from fondaco.workflows.rulings import rulings_of

    workspace = Workspace(home_folder())
    held = rulings_of(workspace, firm)
    holds = {each.number for each in standing(held)}
    waiting = {each.number for each in buyers_of(workspace, firm).waiting} if held else set()
    rows = [
        each.to_json() | {"holds": each.number in holds, "waits": each.number in waiting} for each in held
    ]

    def show() -> None:
        told = [[r["number"], r["verdict"] if r["undoes"] is None else f"undo {r['undoes']}", _plain(str(r["left"])), _plain(str(r["right"])), r["at"][:10], r["by"], r["why"], "yes" if r["holds"] else ""] for r in rows]  # fmt: skip
        table("", ["no.", "verdict", "record", "and record", "day", "by", "why", "holds"], told, right=(0,))

    emit({"firm": firm, "decisions": rows}, as_json, show)


@buyers.command("unsure")
def unsure(
    firm: str = FirmOption,
    most: int = typer.Option(20, "--most", min=1, max=1000, help="Pairs at most."),
    as_json: bool = JsonFlag,
) -> None:
    """List pairs of records of which it is not sure whether they are one buyer, the most uncertain first, with why."""
    from fondaco.workflows.unsure import unsure_of

    found = unsure_of(Workspace(home_folder()), firm)
    rows = [_pair(each) for each in found.pairs[:most]]

    def show() -> None:
        for each in found.pairs[:most]:
            print(printable(f"{each.probability:.0%}  {_plain(each.left)}  =?  {_plain(each.right)}"))
            for factor in each.factors:
                print(printable(f"      {factor.bits:+.1f}  {factor.field}: {factor.says}"))
        print(f"{len(found.pairs):,} pairs to look at. {found.basis}")

    emit({"firm": firm, "pairs": rows, "total": len(found.pairs), "basis": found.basis}, as_json, show)


def _pair(each: Candidate) -> dict[str, object]:
    factors = [vars(factor) for factor in each.factors]
    return {
        "left": each.left,
        "right": each.right,
        "probability": each.probability,
        "factors": factors,
    }


def _say(made: Ruling, as_json: bool) -> None:
    def show() -> None:
        print(printable(f"Decision {made.number}: {made.verdict}: {_plain(made.left)} and {_plain(made.right)}."))  # fmt: skip

    emit({"decision": made.to_json()}, as_json, show)


def _plain(record: str) -> str:
    return record.replace("\t", "|")


@app.command()
def buyer(
    name: str = typer.Argument(..., metavar="NAME|ID", help="Any name of the buyer, its mark, or its id."),
    firm: str = FirmOption,
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show one buyer: its records, all that happened over all platforms, what it will bring, and when to leave the platform."""
    from fondaco.workflows.buyer import named

    found = named(Workspace(home_folder()), firm, name, moment(now).date())
    emit(found.to_json(), as_json, lambda: _show(found))


def _show(found: One) -> None:
    seen = found.line.known.seen
    print(printable(f"{'; '.join(found.line.known.names)} ({found.line.mark})"))
    print(f"{seen.stage} since {seen.since}. {found.line.standing.says}")
    for seller in found.distributors:
        print(printable(f"{seller.name} sells for the firm there{' alone' if seller.exclusive else ''}."))
    table("", ["record"], [[_plain(record)] for record in found.line.known.records])
    rows = [[e.at.strftime("%Y-%m-%d"), e.channel, e.kind, e.text[:100]] for e in found.events[-_SHOWN:]]
    table("", ["day", "channel", "what", ""], rows)
    for agreed in found.agreements:
        how = (
            f"ended on {agreed.ended}"
            if agreed.ended
            else f"every {agreed.months} months from {agreed.first}"
        )
        print(printable(f"Standing agreement: {agreed.what}, {how}."))
    for each in found.conflicts:
        state = "open" if each.is_open else each.entries[0].ended
        print(printable(f"Conflict in its market, {each.day} ({each.channels}): {each.what} [{state}]"))
    held = [[c.case, c.state, c.owner or "", ", ".join(c.tags)] for c in found.cases]
    if held:
        table("", ["case", "state", "who", "tags"], held)
    print(found.advice.says)
    for line in (*found.advice.why, f"What would change it: {found.advice.changes}"):
        print(printable(f"  {line}"))
    for rule in found.advice.rules:
        print(printable(f"  {rule.id}: {rule.says} ({rule.cited})"))
    print("\n".join(found.notes))


@app.command()
def funnel(firm: str = FirmOption, now: str = NowOption, as_json: bool = JsonFlag) -> None:
    """Show how many buyers are at each stage, and how many move on: in all, by market and by platform."""
    from fondaco.workflows.stages import stages_of

    found = stages_of(Workspace(home_folder()), firm, moment(now).date(), forecast=False)

    def show() -> None:
        rows = [_row("all", step) for step in found.steps]
        rows += [_row(name, step) for name, steps in found.by_market.items() for step in steps[1:]]
        table(
            "", ["where", "stage", "there now", "came within 90 days", "within a year"], rows, right=(2, 3, 4)
        )
        print("\n".join(found.notes))

    emit(found.funnel_json(), as_json, show)


def _row(where: str, step: Step) -> list[str]:
    shares = [_told(step.moved[days], "%") if days in step.moved else "" for days in (90, 365)]
    return [where, step.stage, "not known" if step.now is None else f"{step.now:,}", *shares]


def _told(estimate: Estimate, form: str = "") -> str:
    if estimate.estimate is None:
        return ""
    spelt = ".0%" if form else ".2f"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.estimate:{spelt}}"
    return f"{estimate.estimate:{spelt}} ({estimate.low:{spelt}} to {estimate.high:{spelt}})"
