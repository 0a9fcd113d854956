r"""BibTeX entries as records: accents written in LaTeX become letters, half an entry is kept apart.

>>> found = read('@article{k, title={Caf{\\\'e}s abroad}, author={K{\\"u}hn, J. and Li, M.}, year=2020}', "a.bib")
>>> found.records[0].title, found.records[0].authors
('Cafés abroad', ('Kühn, J.', 'Li, M.'))
"""

from __future__ import annotations

import logging
import re
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares import LatexDecodingMiddleware
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ImplicitComment, ParsingFailedBlock

from fondaco.evidence.review.records import Found, Kept, Record, doi_of, kind_of, problem, tidy, year_of
from fondaco.kernel import Problem

#: An unescaped percent sign begins a comment in LaTeX; in what databases export it is meant.
_PERCENT = re.compile(r"(?<!\\)%")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def read(text: str, file: str) -> Found:
    """Read every entry of a text; `file` is its name, for the records and the problems."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what fails is told here, with its line
    library = parse_string(text)
    records: list[Record] = []
    kept: list[Kept] = []
    problems: list[Problem] = []
    blocks: list[tuple[Entry, str]] = [(entry, "") for entry in library.entries]
    for block, after in zip(library.blocks, [*library.blocks[1:], None], strict=True):
        if not isinstance(block, ParsingFailedBlock):
            continue
        line, raw = (block.start_line or 0) + 1, block.raw or ""
        entry = getattr(block, "ignore_error_block", None)
        if isinstance(entry, Entry):
            again = isinstance(block, DuplicateBlockKeyBlock)
            blocks.append((entry, "its key was used before" if again else "a field stands in it twice"))
            continue
        if isinstance(after, ImplicitComment):
            raw = f"{raw} {after.raw or ''}"  # what stood behind the fault is of the same entry
        reason = f"half an entry: {tidy(raw)[:60]!r} is not closed before the next one, lacks a comma, or is no BibTeX"
        cure = "Close its brackets, or put the comma behind its key, and bring it again."
        kept.append(Kept(file, line, raw, reason, cure))
        problems.append(problem("half_entry", file, line, f"{reason}; it is kept apart.", cure))
    for entry, doubt in sorted(blocks, key=lambda pair: pair[0].start_line or 0):
        line, raw = (entry.start_line or 0) + 1, entry.raw or ""
        record = _record(entry, file, line, raw)
        if record is None:
            reason, cure = (
                "an entry without a title",
                "Add the title in the file and bring it again, or leave it out.",
            )
            kept.append(Kept(file, line, raw, reason, cure))
            problems.append(problem("no_title", file, line, f"{reason}; it is kept apart.", cure))
            continue
        records.append(record)
        if doubt:
            cure = "Both were read; look whether they are one."
            problems.append(problem("repeated_key", file, line, f"the entry {entry.key!r}: {doubt}.", cure))
    return Found(tuple(records), tuple(kept), tuple(problems), "bibtex")


def _record(entry: Entry, file: str, line: int, raw: str) -> Record | None:
    said = _decoded(entry)
    title = said.get("title", "")
    if not title:
        return None
    # Databases' own exports say where they come from in a field or in the key's shape.
    source = "scopus" if said.get("source", "").casefold() == "scopus" else "bibtex"
    return Record(
        title=title,
        abstract=said.get("abstract", ""),
        authors=tuple(
            name for part in _AND.split(said.get("author", "")) if (name := tidy(part)) not in ("", "others")
        ),
        year=year_of(said.get("year") or said.get("date", "")),
        journal=said.get("journal") or said.get("journaltitle") or said.get("booktitle", ""),
        doi=doi_of(said.get("doi") or said.get("url", "")),
        keywords=tuple(
            dict.fromkeys(
                word for part in re.split(r"[;,]", said.get("keywords", "")) if (word := tidy(part))
            )
        ),
        kind=kind_of(said.get("document_type") or entry.entry_type),
        volume=said.get("volume", ""),
        issue=said.get("number", ""),
        pages=said.get("pages", "").replace("--", "-").replace("–", "-"),
        source="wos" if "unique-id" in said else source,
        key=said.get("unique-id") or entry.key,
        file=file,
        line=line,
        raw=raw,
    )


def _decoded(entry: Entry) -> dict[str, str]:
    """Return the fields as text; one whose LaTeX cannot be read stays as it is."""
    plain: dict[str, Any] = {field.key.casefold(): field.value for field in entry.fields}
    copy = Entry(entry.entry_type, entry.key, [], entry.start_line, entry.raw)
    for field in entry.fields:
        if not isinstance(field.value, str):
            continue
        once = type(field)(field.key.casefold(), _PERCENT.sub(r"\\%", field.value))
        if any(mark in once.value for mark in ("\\", "{", "$")):
            copy.set_field(once)
    done = LatexDecodingMiddleware().transform(Library([copy])) if copy.fields else Library()
    decoded = {field.key: field.value for each in done.entries for field in each.fields}
    return {key: tidy(decoded.get(key, value)) for key, value in plain.items()}
