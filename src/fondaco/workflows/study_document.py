"""A study's results on paper: diagram, tables and words as PDF, set by Typst.

Texts and numbers go in as data and are set as text, never read as markup (`fondaco.workflows.plan_document`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from fondaco.evidence.study import Result, Study
from fondaco.pls.journal import JournalTable
from fondaco.pls.typeset import cells_of
from fondaco.workflows.plan_document import Shown, font_families


def pdf_of(study: Study, result: Result, *, under: str = "") -> bytes:
    """Return the results as PDF; `under` stands below the title, as when the model was frozen."""
    import typst

    shown = Shown(font_families())
    text = shown.text
    told: dict[str, Any] = {
        "title": text(study.title),
        "under": text(under),
        "model": text(study.model.strip()),
        "diagram": text(result.diagram),
        "sections": [
            {"heading": text(heading), "says": [text(each) for each in said]}
            for heading, said in result.sections
        ],
        "tables": [_told(each, text) for each in result.tables],
    }
    told["notes"] = [shown.note] if shown.missing else []
    told["fonts"] = shown.fonts
    found = typst.compile(
        files("fondaco.workflows").joinpath("data/study.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        timestamp=int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()),  # same results, same bytes
    )
    if not isinstance(found, bytes):
        raise TypeError("Typst gave no PDF.")
    return found


def _told(table: JournalTable, text: Any) -> dict[str, Any]:
    return {
        "title": text(table.title),
        "header": [text(each) for each in table.header],
        "rows": [[text(cell) for cell in row] for row in cells_of(table)],
        "notes": [text(each) for each in table.notes],
        "wide": len(table.header) > 9,
    }
