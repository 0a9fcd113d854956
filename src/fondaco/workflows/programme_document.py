"""A programme's report for donors on paper: released cells alone, set by Typst (texts go in as data, never as markup)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files

from fondaco.workflows.plan_document import Shown, font_families

NOTES = (
    "Counts are told in steps of five, and only where something holds for five firms and does not for five others.",
    "A result was reached while the programme ran; that does not say that the programme is why.",
)


def report_pdf(
    programme: str,
    network: str,
    goods: str,
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    day: date,
) -> bytes:
    """Return the report as PDF; the same report gives the same bytes.

    Parameters
    ----------
    sections
        Headings, each with what is counted and what is told of it.
    """
    import typst

    shown = Shown(font_families())
    text = shown.text
    told = {
        "title": text(programme),
        "under": text(f"{network} · {goods} · as of {day.isoformat()}"),
        "footer": text(f"{network} · Fondaco"),
        "sections": [
            {"heading": text(heading), "rows": [[text(about), text(said)] for about, said in rows]}
            for heading, rows in sections
        ],
    }
    notes = [*NOTES, *([shown.note] if shown.missing else [])]
    made = datetime.combine(date(2000, 1, 1), datetime.min.time(), UTC)
    found = typst.compile(
        files("fondaco.workflows").joinpath("data/programme.typ").read_bytes(), format="pdf",
        sys_inputs={"data": json.dumps({**told, "notes": notes, "fonts": shown.fonts}, ensure_ascii=False)},
        timestamp=int(made.timestamp()),
    )  # fmt: skip
    if not isinstance(found, bytes):
        raise TypeError("Typst gave no PDF.")
    return found
