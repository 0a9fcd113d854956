"""Records written for other programs: RIS, or CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import rispy

from fondaco.evidence.review.records import Record
from fondaco.kernel import InputError
from fondaco.kernel.exports import SafeWriter

_TYPES = {"article": "JOUR", "conference": "CONF", "book": "BOOK", "chapter": "CHAP", "preprint": "UNPB"}
_COLUMNS = (
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "doi",
    "keywords",
    "kind",
    "volume",
    "issue",
    "pages",
    "source",
    "key",
    "file",
    "line",
)


def written(records: Sequence[Record], suffix: str) -> str:
    """Return records as the text of a file.

    Parameters
    ----------
    suffix
        ``.ris`` or ``.csv``.

    Raises
    ------
    InputError
        For another one.
    """
    if suffix.lower() == ".ris":
        return _ris(records)
    if suffix.lower() == ".csv":
        return _csv(records)
    raise InputError(f"Records are written as .ris or .csv, not as {suffix or 'a file without ending'}.")


def _ris(records: Sequence[Record]) -> str:
    entries = []
    for record in records:
        first, _, last = record.pages.partition("-")
        entry = {
            "type_of_reference": _TYPES.get(record.kind, "GEN"), "title": record.title, "abstract": record.abstract,
            "authors": list(record.authors), "year": str(record.year or ""), "secondary_title": record.journal, "doi": record.doi,
            "keywords": list(record.keywords), "volume": record.volume, "number": record.issue, "start_page": first, "end_page": last,
            "id": record.key,
        }  # fmt: skip
        entries.append({name: value for name, value in entry.items() if value})
    # The library numbers the records, which is no part of the format.
    return re.sub(r"^\d+\.\n(?=TY  -)", "", str(rispy.dumps(entries)), flags=re.MULTILINE)


def _csv(records: Sequence[Record]) -> str:
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(_COLUMNS)
    for record in records:
        cells = (getattr(record, name) for name in _COLUMNS)
        writer.writerow("; ".join(cell) if isinstance(cell, tuple) else cell for cell in cells)
    return out.getvalue()
