"""The renewal brief on paper: a PDF set by Typst, with letters, fonts and their lack handled as in the plan's."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from fondaco.readiness.renewal import NUMBERS, SIDES, YES_NO, Reason, Review
from fondaco.strategy.rules import studies
from fondaco.workflows.plan_document import Shown, font_families

_HEADS = {
    "stay": "What speaks for staying",
    "change": "What speaks for changing how it is used",
    "leave": "What speaks for leaving",
}


def renewal_pdf(firm: str, found: Review) -> bytes:
    """Return the brief as PDF; the same review gives the same bytes."""
    import typst

    made = datetime.combine(date(2000, 1, 1), datetime.min.time(), UTC)
    told = typst.compile(
        files("fondaco.workflows").joinpath("data/renewal.typ").read_bytes(), format="pdf",
        sys_inputs={"data": json.dumps(_told(firm, found), ensure_ascii=False)}, timestamp=int(made.timestamp()),
    )  # fmt: skip
    if not isinstance(told, bytes):
        raise TypeError("Typst gave no PDF.")
    return told


def source_of(reason: Reason) -> str:
    """Return in a line whose word a reason is."""
    rule = reason.rule
    who = f"{studies()[rule.study].short}, {rule.section}" if rule.study else rule.reason.rstrip(".")
    return f"{who} ({rule.evidence.replace('_', ' ')}). {rule.caveat}".strip()


def facts_of(found: Review) -> list[tuple[str, str, str]]:
    """Return the facts as lines: what, how much, and where it comes from."""
    facts, origin = found.facts, found.facts.origin or {}
    lines = [(NUMBERS[name], f"{value:,.2f}".rstrip("0").rstrip("."), name) for name, value in facts.numbers.items()]  # fmt: skip
    lines += [(YES_NO[name], "yes" if value else "no", name) for name, value in facts.yes_no.items()]
    return [(what, value, origin.get(name, "stated")) for what, value, name in lines]


def _told(firm: str, found: Review) -> dict[str, Any]:
    shown = Shown(font_families())
    text = shown.text
    facts = found.facts
    told = {
        "title": text(f"{firm}: renewing {facts.platform or 'the subscription'}"),
        "under": text(f"As of {found.today.isoformat()}. {found.countdown}"),
        "aim": text(facts.aim),
        "footer": text(f"{firm} · Fondaco · reasons with their weights, no verdict; the firm decides"),
        "facts": [[text(cell) for cell in line] for line in facts_of(found)],
        "sides": [
            {
                "head": f"{_HEADS[side]} (weights together {found.weight(side)})",
                "reasons": [
                    {"weight": str(r.rule.weight), "says": text(r.says), "source": text(source_of(r))}
                    for r in found.side(side)
                ],
            }
            for side in SIDES
        ],
        "unknown": [text(each) for each in found.unknown],
    }  # fmt: skip
    told["notes"] = [shown.note] if shown.missing else []
    told["fonts"] = shown.fonts
    return told
