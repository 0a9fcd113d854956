"""Lines of a plan: what was proposed, and what people made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from fondaco.strategy.advice import Action
from fondaco.strategy.rules import PARTS, Part

Status = Literal["proposed", "agreed", "doing", "done", "dropped"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True)
class Line:
    """Something to do, as it stands in a plan.

    Attributes
    ----------
    key
        Of the action; lines that people add have ``PART/own/...``.
    text
        What to do, as proposed or as edited.
    owner
        Who does it: ``firm``, ``supporter``, ``partner`` or anything people write.
    due
        By which day; None where people took it away.
    why, changes
        The numbers behind it, and what would change it.
    findings
        Who says so: see `fondaco.strategy.rules.Rule.finding`.
    comments
        What people said about it, the oldest first.
    """

    key: str
    part: Part
    text: str
    owner: str
    due: date | None
    status: Status = "proposed"
    why: str = ""
    changes: str = ""
    findings: tuple[Mapping[str, Any], ...] = ()
    comments: tuple[str, ...] = ()
    market: str | None = None
    product: str | None = None

    @property
    def says_so(self) -> str:
        """Who says so, in a line: the study or the reason, and the kind of evidence."""
        return "; ".join(
            f"{each.get('cited') or each.get('reason') or each.get('rule')} ({_words(each.get('evidence'))})"
            for each in self.findings
        )


def _words(evidence: object) -> str:
    return "our own reason" if evidence == "ours" else str(evidence or "").replace("_", " ")


def line_of(action: Action | Mapping[str, Any]) -> Line:
    """Return an action, or its JSON as a plan keeps it, as a line on which nobody has done anything yet.

    >>> line_of({"key": "price/x", "part": "price", "what": "Raise it.", "who": "firm", "when": "2026-12-01"}).due
    datetime.date(2026, 12, 1)
    """
    said = action.to_json() if isinstance(action, Action) else action
    part = said.get("part")
    return Line(
        str(said["key"]),
        part if part in PARTS else "plan",
        str(said["what"]),
        str(said.get("who") or "firm"),
        date.fromisoformat(said["when"]) if said.get("when") else None,
        why=str(said.get("why") or ""),
        changes=str(said.get("changes") or ""),
        findings=tuple(said.get("findings") or ()),
        market=said.get("market"),
        product=said.get("product"),
    )


def lines_of(proposal: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the lines of a plan from its JSON (`fondaco.strategy.plan.joining.Plan.to_json`)."""
    return tuple(line_of(action) for part in proposal["parts"].values() for action in part["actions"])
