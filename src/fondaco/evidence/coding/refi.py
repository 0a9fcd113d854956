"""A project in the exchange format of qualitative programs: REFI-QDA 1.0, .qdpx of a project and .qdc of a codebook.

A .qdpx is a ZIP of ``project.qde`` (XML) and the texts under ``sources/``.  Positions are Unicode characters from 0, the end
behind the last.  What the format has no place for (the codebook's history, standings, links and their evidence) goes into
a note named `EXTRAS`, which other programs show as a note.

Source: REFI-QDA Project Exchange and Codebook Exchange standard 1.0, qdasoftware.org (2019).
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as ET

from fondaco.evidence.coding.codebook import LEVELS, Code, Codebook
from fondaco.evidence.coding.project import Case, Coding, Memo, Project, Source

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
EXTRAS = "Fondaco: what REFI-QDA has no place for"
ORIGIN = "Fondaco"
_SPACE = uuid.UUID("5b7c52f0-53a0-5d0c-9f0b-6f0f5f0d2a11")


def guid(*parts: str) -> str:
    """Return an id that the same words always give."""
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


def as_guid(held: str) -> str:
    """Return an id as the format wants it; one that is none yet gets one that it always gets."""
    try:
        return str(uuid.UUID(held))
    except ValueError:
        return guid("id", held)


EXTRAS_ID = guid("extras")
LEVEL_SETS = {guid("level", str(level)): level for level in LEVELS}
#: What a source's own variables are called, and their type.
SOURCE_VARIABLES = {"case": "Text", "wave": "Integer", "day": "Date", "informant": "Text", "view": "Text"}
#: Fields of ZIP entries: the same project gives the same file.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_project(project: Project, *, now: datetime) -> bytes:
    """Return the project as .qdpx; `now` is when."""
    root = ET.Element(
        "Project",
        {
            "xmlns": PROJECT,
            "name": _clean(project.title),
            "origin": ORIGIN,
            "creationDateTime": now.isoformat(),
        },
    )
    # The schema has no room for an empty list: a project of texts that nobody coded yet has no Users.
    if project.coders:
        users = ET.SubElement(root, "Users")
        for coder in project.coders:
            ET.SubElement(users, "User", {"guid": as_guid(coder.id), "name": _clean(coder.name)})
    notes, codes = _notes_by_target(project.memos), tuple(project.book.codes.values())
    if codes:
        _codes(ET.SubElement(root, "CodeBook"), codes, notes)
    _variables(root, project)
    _cases(root, project)
    if project.sources:
        sources = ET.SubElement(root, "Sources")
        for source in project.sources:
            _source(sources, source, [each for each in project.codings if each.source == source.id], notes)
    _notes(root, project, now)
    _level_sets(root, codes, "targetGUID")
    if project.description:
        _text(root, "Description", project.description)
    _refs(root, notes.get("", ()))
    ET.SubElement(root, "NoteRef", {"targetGUID": EXTRAS_ID})
    files = [("project.qde", _xml(root))]
    files += [
        (f"sources/{as_guid(source.id)}.txt", source.text.encode("utf-8", "replace"))
        for source in project.sources
    ]
    return _packed(files)


def write_codebook(book: Codebook) -> bytes:
    """Return the codes in use as .qdc."""
    root = ET.Element("CodeBook", {"xmlns": CODEBOOK, "origin": ORIGIN})
    _codes(root, book.living, {})
    _level_sets(root, book.living, "guid")
    return _xml(root)


def _packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return out.getvalue()


def _xml(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _clean(text: str) -> str:
    """Return the text without what no XML may hold, with one kind of line break."""
    text = re.sub(r"\r\n?", "\n", text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _text(above: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(above, tag).text = _clean(text)


def _notes_by_target(memos: Iterable[Memo]) -> dict[str, tuple[str, ...]]:
    held: dict[str, tuple[str, ...]] = {}
    for memo in memos:
        held[memo.about] = (*held.get(memo.about, ()), as_guid(memo.id))
    return held


def _refs(above: ET.Element, notes: Iterable[str]) -> None:
    for note in notes:
        ET.SubElement(above, "NoteRef", {"targetGUID": note})


def _codes(above: ET.Element, codes: tuple[Code, ...], notes: dict[str, tuple[str, ...]]) -> None:
    tree = ET.SubElement(above, "Codes")
    placed: dict[str, ET.Element] = {}
    # Themes and codes may have come before what they stand under now.
    for code in sorted(codes, key=lambda each: -each.level):
        parent = placed.get(code.parent or "", tree)
        at = ET.SubElement(
            parent,
            "Code",
            {
                "guid": as_guid(code.id),
                "name": _clean(code.name),
                "isCodable": "false" if code.retired else "true",
            },
        )
        if code.definition:
            _text(at, "Description", code.definition)
        _refs(at, notes.get(code.id, ()))
        placed[code.id] = at


def _level_sets(above: ET.Element, codes: tuple[Code, ...], refers: str) -> None:
    """Say which code is of which level; the two schemas have sets in places of their own, and name the code otherwise."""
    if not codes:
        return
    sets = ET.SubElement(above, "Sets")
    for number, level in LEVEL_SETS.items():
        mine = [code for code in codes if code.level == level]
        if mine:
            held = ET.SubElement(sets, "Set", {"guid": number, "name": f"Level {level}: {LEVELS[level]}"})
            for code in mine:
                ET.SubElement(held, "MemberCode", {refers: as_guid(code.id)})


def variable(name: str, of: str) -> str:
    """Return the id of a variable of sources or cases."""
    return guid("variable", of, name)


def _variables(root: ET.Element, project: Project) -> None:
    held = ET.SubElement(root, "Variables")
    for name, kind in SOURCE_VARIABLES.items():
        ET.SubElement(
            held, "Variable", {"guid": variable(name, "source"), "name": name, "typeOfVariable": kind}
        )
    for name in dict.fromkeys(name for case in project.cases for name, _ in case.values):
        ET.SubElement(
            held, "Variable", {"guid": variable(name, "case"), "name": _clean(name), "typeOfVariable": "Text"}
        )


def _value(above: ET.Element, name: str, of: str, kind: str, value: str) -> None:
    held = ET.SubElement(above, "VariableValue")
    ET.SubElement(held, "VariableRef", {"targetGUID": variable(name, of)})
    _text(held, f"{kind}Value", value)


def _cases(root: ET.Element, project: Project) -> None:
    if not project.cases:
        return
    held = ET.SubElement(root, "Cases")
    for case in project.cases:
        _case(held, case, project)


def _case(above: ET.Element, case: Case, project: Project) -> None:
    at = ET.SubElement(above, "Case", {"guid": as_guid(case.id), "name": _clean(case.name)})
    for name, value in case.values:
        _value(at, name, "case", "Text", value)
    for source in project.sources:
        if source.case == case.name:
            ET.SubElement(at, "SourceRef", {"targetGUID": as_guid(source.id)})


def _source(
    above: ET.Element, source: Source, codings: list[Coding], notes: dict[str, tuple[str, ...]]
) -> None:
    number = as_guid(source.id)
    at = ET.SubElement(
        above,
        "TextSource",
        {"guid": number, "name": _clean(source.name), "plainTextPath": f"internal://{number}.txt"},
    )
    for coding in codings:
        who = {"creatingUser": as_guid(coding.coder), "creationDateTime": coding.at.isoformat()}
        passage = _clean(source.text[coding.start : min(coding.end, coding.start + 60)])
        where = {"startPosition": str(coding.start), "endPosition": str(coding.end)}
        selection = ET.SubElement(
            at, "PlainTextSelection", {"guid": guid("selection", coding.id), "name": passage, **where, **who}
        )
        held = ET.SubElement(selection, "Coding", {"guid": as_guid(coding.id), **who})
        ET.SubElement(held, "CodeRef", {"targetGUID": as_guid(coding.code)})
        _refs(held, notes.get(coding.id, ()))
    _refs(at, notes.get(source.id, ()))
    told = {
        "case": source.case, "wave": str(source.wave) if source.wave else "", "day": source.day.isoformat() if source.day else "",
        "informant": source.informant, "view": source.view,
    }  # fmt: skip
    for name, value in told.items():
        if value:
            _value(at, name, "source", SOURCE_VARIABLES[name], value)


def _notes(root: ET.Element, project: Project, now: datetime) -> None:
    held = ET.SubElement(root, "Notes")
    for memo in project.memos:
        by = {"creatingUser": as_guid(memo.by)} if memo.by else {}
        at = ET.SubElement(
            held,
            "Note",
            {
                "guid": as_guid(memo.id),
                "name": _clean(memo.title),
                **by,
                "creationDateTime": memo.at.isoformat(),
            },
        )
        _text(at, "PlainTextContent", memo.text)
    at = ET.SubElement(held, "Note", {"guid": EXTRAS_ID, "name": EXTRAS, "creationDateTime": now.isoformat()})
    _text(at, "PlainTextContent", json.dumps(_extras(project), ensure_ascii=False, sort_keys=True))


def _extras(project: Project) -> dict[str, object]:
    return {
        "changes": [change.to_json() for change in project.book.changes],
        "codings": {
            each.id: [each.standing, each.speaks_of]
            for each in project.codings
            if each.standing or each.speaks_of
        },
        "links": [vars(link) for link in project.links],
        "backing": [vars(each) for each in project.backing],
    }
