"""A firm's readiness on paper: a PDF set by Typst, with letters, fonts and their lack handled as in the plan's."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from fondaco.strategy.rules import rule
from fondaco.workflows.plan_document import Shown, font_families
from fondaco.workflows.readiness import FirmReadiness

#: Gaps and checks that are printed at most; the page shows all.
MOST_GAPS, MOST_CHECKS, MOST_UNKNOWN = 30, 12, 30


def assessment_pdf(firm: str, found: FirmReadiness) -> bytes:
    """Return an assessment as PDF; the same assessment gives the same bytes."""
    import typst

    made = datetime.combine(date(2000, 1, 1), datetime.min.time(), UTC)
    told = typst.compile(
        files("fondaco.workflows").joinpath("data/readiness.typ").read_bytes(), format="pdf",
        sys_inputs={"data": json.dumps(_told(firm, found), ensure_ascii=False)}, timestamp=int(made.timestamp()),
    )  # fmt: skip
    if not isinstance(told, bytes):
        raise TypeError("Typst gave no PDF.")
    return told


def _told(firm: str, found: FirmReadiness) -> dict[str, Any]:
    from fondaco import charts

    shown = Shown(font_families())
    text = shown.text
    state = found.state
    spec = charts.readiness_of(found.held, state, found.history) if state.informants else None
    told = {
        "title": text(f"Readiness of {firm}"),
        "under": text(_under(found)),
        "footer": text(f"{firm} · Fondaco · a state with its day, not a mark; the firm decides"),
        "chart": "" if spec is None else text(charts.svg_of(spec, width=300)),
        "words": "" if spec is None else text(spec["description"]),
        "scores": [
            [text(each) for each in _row(found, key)] for key, score in state.scores.items() if score.people
        ],
        "checks": [
            {"answer": text(c.answer), "figure": text(c.figure), "basis": text(c.basis), "says": text(c.says)}
            for c in found.checks[:MOST_CHECKS]
        ],
        "gaps": [
            {
                "what": text(g.what), "who": g.who, "says": text(f"{g.says} {g.why}"),
                "source": text(_source(g.rule)),
            }
            for g in found.gaps[:MOST_GAPS]
        ],
        "more": f"{len(found.gaps) - MOST_GAPS} more: see the page." if len(found.gaps) > MOST_GAPS else "",
        "unknown": [text(each) for each in found.unknown[:MOST_UNKNOWN]],
    }  # fmt: skip
    told["notes"] = [shown.note] if shown.missing else []
    told["fonts"] = shown.fonts
    return told


def _under(found: FirmReadiness) -> str:
    state = found.state
    people = "1 informant" if state.informants == 1 else f"{state.informants} informants"
    return f"As of {state.day.isoformat()}; {people}; questionnaire {found.held.id}."


def _row(found: FirmReadiness, key: str) -> tuple[str, ...]:
    score = found.state.scores[key]
    told = score.score
    number = "—" if told.estimate is None else f"{told.estimate:.1f} ({told.low:.1f} to {told.high:.1f})"
    spread = "" if score.spread is None else f"{score.spread[0]:.1f} to {score.spread[1]:.1f}"
    change = found.changes.get(key)
    moved = "" if change is None or change.by.estimate is None else f"{change.by.estimate:+.1f}"
    return (
        found.held.name(key),
        number,
        spread,
        moved,
        score.last.isoformat() if score.last else "",
        told.why,
    )


def _source(id_: str) -> str:
    said = rule(id_).finding
    where = f", {said['section']}" if said["section"] else ""
    return f"{said['cited'] or said['reason']}{where} ({said['evidence'].replace('_', ' ')}). {said['caveat'] or ''}".strip()
