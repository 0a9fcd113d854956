"""Run the studies' cases through the plan, and hold what it proposes against what the studies concluded.

``python tools/cases.py`` writes the tables of docs/cases.md; ``--check`` says whether they are up to date; with
``--show CASE`` it prints all that the plan proposes for one.  A case is a file of docs/cases/: what the study tells of
the firm, what had to be assumed, and lines of comparison.  A line names the study's conclusion and where the plan has
to show it: an action's key (`proposes`, `avoids`), a conflict's rule (`conflict`), a platform's fit (`platform`), a
product's verdict (`product`); or why there is nothing to compare (`not_compared`).

Files of docs/cases/renewal/ are facts of a term that go through the renewal review, beside what the firm did and why.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import tomli_w

from fondaco.ledger import Workspace
from fondaco.ledger.catalogue import parse_catalogue
from fondaco.readiness.renewal import SIDES, Review, facts_from, review
from fondaco.strategy.plan.joining import Plan
from fondaco.strategy.profile import profile_of, profile_text
from fondaco.strategy.rules import studies
from fondaco.workflows import take_in
from fondaco.workflows.place import freight_of
from fondaco.workflows.plan import plan_of
from fondaco.workflows.platform import comparison_of

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "cases"
RENEWALS = FOLDER / "renewal"
PAGE = ROOT / "docs" / "cases.md"
START, END = "<!-- cases: written by tools/cases.py -->", "<!-- end of cases -->"
RENEWAL_START, RENEWAL_END = "<!-- renewals: written by tools/cases.py -->", "<!-- end of renewals -->"

#: How a line compares.
AGREES, DIFFERS, NOT_COMPARED = "agrees", "differs", "not compared"


@dataclass(frozen=True)
class Line:
    """A conclusion of the study, what Fondaco says, and how they compare; `holds` is false where the file is out of date."""

    study: str
    section: str
    fondaco: str
    result: str
    holds: bool


@dataclass(frozen=True)
class Case:
    """A case that was run."""

    name: str
    said: dict[str, Any]
    plan: Plan
    lines: tuple[Line, ...]


def read(path: Path) -> dict[str, Any]:
    """Return a case's file."""
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)


def build(said: dict[str, Any], home: Path) -> Workspace:
    """Make a workspace with the case's firm, as a person would state it."""
    workspace = Workspace(home)
    firm = said["firm"]
    workspace.create_firm(firm, name=said["title"], home=said["home"], currency=said["currency"])
    ledger = workspace.ledger(firm)
    products = [{k: v for k, v in each.items() if k != "name"} for each in said["product"]]
    stated = parse_catalogue(tomli_w.dumps({"product": _plain(products)}), "case")
    ledger.change_catalogue(lambda _: stated)
    profile = profile_text(profile_of(said["profile"], "case"))
    ledger.change_profile(lambda _: profile)
    now = datetime.combine(said["today"], time(9), UTC)
    if said.get("freight"):
        table = home / "freight-of-the-case.toml"
        table.write_text(tomli_w.dumps({"rate": _plain(said["freight"])}), "utf-8")
        freight_of(workspace, firm).add(table, now=now, name="case")
    if said.get("inquiry"):
        rows = said["inquiry"]
        path = home / "inquiries.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Inquiry ID", "Received at", "Country", "Product", "Quantity"])
            writer.writerows(
                [each["inquiry"], each["at"].isoformat(), each["country"], each["product"], each["quantity"]]
                for each in rows
            )
        take_in(workspace, firm, [path], now=now, by="case")
    return workspace


def _plain(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _plain(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_plain(value) for value in said]
    return f"{said:f}" if isinstance(said, Decimal) else said


def run(path: Path) -> Case:
    """Run one case."""
    said = read(path)
    with tempfile.TemporaryDirectory(prefix="fondaco-case-") as home:
        workspace = build(said, Path(home))
        plan = plan_of(workspace, said["firm"], said["today"])
        lines = tuple(_line(each, plan, workspace, said) for each in said.get("line", []))
    return Case(path.stem, said, plan, lines)


def _line(said: dict[str, Any], plan: Plan, workspace: Workspace, case: dict[str, Any]) -> Line:
    result = said.get("result", AGREES)
    if "not_compared" in said:
        return Line(said["study"], said["section"], said["not_compared"], NOT_COMPARED, True)
    if "proposes" in said:
        found = [a for p in plan.parts.values() for a in p.actions if fnmatchcase(a.key, said["proposes"])]
        holds = bool(found) and all(said.get("who", a.who) == a.who for a in found[:1])
        return Line(
            said["study"], said["section"], found[0].what if found else "", _with(result, said), holds
        )
    if "avoids" in said:
        keys = [a.key for p in plan.parts.values() for a in p.actions]
        holds = not any(fnmatchcase(key, said["avoids"]) for key in keys)
        return Line(said["study"], said["section"], said["says"], _with(result, said), holds)
    if "conflict" in said:
        met = [c for c in plan.conflicts if fnmatchcase(c.rule, said["conflict"])]
        return Line(
            said["study"], said["section"], met[0].says if met else "", _with(result, said), bool(met)
        )
    if "platform" in said:
        compared = comparison_of(workspace, case["firm"], case["today"]).to_json()
        each = next(p for p in compared["platforms"] if p["platform"] == said["platform"])
        failed = "; ".join(
            f["condition"] if isinstance(f, dict) else str(f) for f in each["failed_conditions"]
        )
        told = {True: "fits", False: "does not fit"}.get(each["fits"], "not known")
        text = f"{each['platform']}: {told}" + (f" ({failed})" if failed else "")
        return Line(
            said["study"], said["section"], text, _with(result, said), str(each["fits"]) == said["fits"]
        )
    raise ValueError(f"a line of {case['firm']} compares nothing: {said}")


def _with(result: str, said: dict[str, Any]) -> str:
    return f"{result}: {said['note']}" if "note" in said else result


def page(cases: list[Case]) -> str:
    """Return the generated part of the page."""
    out = []
    for case in cases:
        said = case.said
        out += [f"## {said['title']}", "", f"Told by {studies()[said['study']].short}:", ""]
        out += [f"- {each}" for each in said["told"]] + ["", "Assumed:", ""]
        out += [f"- {each}" for each in said["assumed"]]
        out += ["", "| the study | where | Fondaco | |", "|---|---|---|---|"]
        out += [
            f"| {_cell(x.study)} | {x.section} | {_cell(x.fondaco)} | {_cell(x.result)} |" for x in case.lines
        ]
        out += ["", f"File: [`docs/cases/{case.name}.toml`](cases/{case.name}.toml).", ""]
    return "\n".join(out)


def reviewed(path: Path) -> tuple[dict[str, Any], Review, bool]:
    """Return a firm's file, its review on the last day, and whether they compare as the file says.

    They agree where the heaviest side is what the firm did; a firm that changed its use stayed.
    """
    said = tomllib.loads(path.read_text("utf-8"))
    found = review(facts_from(said["facts"], path.name), said["facts"]["ends"])
    heaviest = max(SIDES, key=found.weight)
    agrees = (heaviest == "leave") == (said["did"] == "left")
    return said, found, agrees == (said["result"] == AGREES)


def renewal_page(paths: list[Path]) -> str:
    """Return the generated part of the page that tells of renewals."""
    out = []
    for path in paths:
        said, found, _ = reviewed(path)
        out += [f"### {said['title']}", "", f"Told by {studies()[said['study']].short}:", ""]
        out += [f"- {each}" for each in said["told"]] + ["", "Assumed:", ""]
        out += [f"- {each}" for each in said["assumed"]]
        out += ["", "| speaks for | weight | reason | where |", "|---|---|---|---|"]
        out += [
            f"| {side} | {each.rule.weight} | {_cell(each.says)} | {each.rule.section or 'ours'} |"
            for side in SIDES for each in found.side(side)
        ]  # fmt: skip
        sums = ", ".join(f"{side} {found.weight(side)}" for side in SIDES)
        note = f": {said['note']}" if "note" in said else ""
        out += ["", f"Weights together: {sums}. The firm {said['did']}, {said['why']}. By weight this {said['result']}{note}.", ""]  # fmt: skip
        out += [f"File: [`docs/cases/renewal/{path.name}`](cases/renewal/{path.name}).", ""]
    return "\n".join(out)


def _between(text: str, start: str, end: str, generated: str) -> str:
    head, _, rest = text.partition(start)
    return f"{head}{start}\n\n{generated}\n{end}{rest.partition(end)[2]}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def show(case: Case) -> None:
    """Print all that the plan proposes."""
    for name, proposal in case.plan.parts.items():
        print(f"== {name}: {proposal.says}")
        for action in proposal.actions:
            print(f"   {action.key} [{action.who}, {action.when}] {action.what} -- {action.why}")
        for each in proposal.unknown:
            print(f"   ? {each}")
    for conflict in case.plan.conflicts:
        print(f"!! {conflict.rule}: {conflict.says}")


def main() -> int:
    """Write, check or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--show")
    options = parser.parse_args()
    if options.show:
        show(run(FOLDER / f"{options.show}.toml"))
        return 0
    cases = [run(path) for path in sorted(FOLDER.glob("*.toml"))]
    wrong = [f"{case.name}: {line.study}" for case in cases for line in case.lines if not line.holds]
    for each in wrong:
        print(f"no longer so: {each}", file=sys.stderr)
    renewals = sorted(RENEWALS.glob("*.toml"))
    for path in renewals:
        if not reviewed(path)[2]:
            wrong.append(f"renewal of {path.stem}")
            print(f"no longer so: {wrong[-1]}", file=sys.stderr)
    before = PAGE.read_text("utf-8")
    after = _between(before, START, END, page(cases))
    after = _between(after, RENEWAL_START, RENEWAL_END, renewal_page(renewals))
    if options.check:
        return int(bool(wrong) or after != before)
    PAGE.write_text(after, "utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
