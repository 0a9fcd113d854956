"""Reading REFI-QDA: what another program wrote, what of it cannot be taken over (told, each kind with its number).

Nothing is unpacked to disk, no entity is followed, and a text is found by its exact name inside the file alone.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fondaco.evidence.coding.codebook import Codebook
from fondaco.evidence.coding.project import (
    STANDINGS,
    VIEWS,
    Backing,
    Case,
    Coder,
    Coding,
    Link,
    Memo,
    Project,
    Source,
    checked,
)
from fondaco.evidence.coding.refi import CODEBOOK, EXTRAS_ID, PROJECT, as_guid, guid, variable
from fondaco.evidence.coding.refi_tree import (
    Told,
    below,
    book_from,
    note_unknown,
    parsed,
    said_in,
    tag_of,
    when_of,
)
from fondaco.evidence.coding.transcripts import LARGEST_UNPACKED, refuse_bomb
from fondaco.kernel import UnreadableFile
from fondaco.kernel.packed import unpacking

#: Who coded where the file does not say.
NOBODY = Coder(guid("nobody"), "not told")


@dataclass(frozen=True)
class Read:
    """A project from a file, and what of the file could not be taken over."""

    project: Project
    told: tuple[str, ...]


def read_codebook(content: bytes, name: str, *, now: datetime) -> tuple[Codebook, tuple[str, ...]]:
    """Read a .qdc; raises `UnreadableFile` where it is none."""
    root = parsed(content, name)
    if tag_of(root) != "CodeBook" or not root.tag.startswith(("{" + CODEBOOK, "{" + PROJECT, "CodeBook")):
        raise UnreadableFile(f"{name} is no REFI-QDA codebook: its first element is {tag_of(root)!r}.")
    told = Told()
    note_unknown(root, told)
    return book_from(root, list(below(root, "Sets", "Set")), {}, told, now), told.all()


def read_project(content: bytes, name: str, *, now: datetime) -> Read:
    """Read a .qdpx.

    Raises
    ------
    UnreadableFile
        Where it is broken, hostile, far too large when unpacked, or no project.
    InputError
        Where what it holds does not hang together.
    """
    with refuse_bomb(content, name) as packed:
        inside = {each.filename.casefold(): each for each in packed.infolist()}
        if "project.qde" not in inside:
            raise UnreadableFile(f"{name} holds no project.qde: it is no REFI-QDA project.")
        root = parsed(_member(packed, inside["project.qde"], name), name)
        if tag_of(root) != "Project":
            raise UnreadableFile(f"{name} is no REFI-QDA project: its first element is {tag_of(root)!r}.")
        texts = {key: each for key, each in inside.items() if key.startswith("sources/") and ".." not in key}
        return _Reading(
            root, name, now, lambda key: _member(packed, texts[key], name) if key in texts else None
        ).read()


def _member(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with (
        unpacking(f"{name} is damaged inside, at {entry.filename}", "export it again."),
        packed.open(entry) as file,
    ):
        content = file.read(LARGEST_UNPACKED + 1)
    if len(content) > LARGEST_UNPACKED:
        raise UnreadableFile(f"{name} unpacks to far more than a project of texts holds: it is not opened.")
    return content


class _Reading:
    """One project while it is read."""

    def __init__(self, root: Any, name: str, now: datetime, text_of: Any) -> None:
        self.root, self.name, self.now, self.text_of = root, name, when_of(root, now), text_of
        self.told = Told()
        self.about: dict[str, str] = {}

    def read(self) -> Read:
        note_unknown(self.root, self.told)
        extras = self._extras()
        books = list(below(self.root, "CodeBook"))
        # Files of earlier versions have the sets below the codebook.
        sets = [each for above in (self.root, *books) for each in below(above, "Sets", "Set")]
        book = book_from(books[0], sets, extras, self.told, self.now) if books else Codebook()
        self._note_refs(self.root, "")
        for code in (each for above in books for each in above.iter() if tag_of(each) == "Code"):
            self._note_refs(code, as_guid(code.get("guid", "")))
        coders = [
            Coder(as_guid(each.get("guid", "")), each.get("name", "") or "not told")
            for each in below(self.root, "Users", "User")
        ]
        names = {
            as_guid(each.get("guid", "")): each.get("name", "")
            for each in below(self.root, "Variables", "Variable")
        }
        cases, case_of = self._cases(names)
        sources, codings = [], list[Coding]()
        for element in below(self.root, "Sources", "TextSource"):
            source = self._source(element, names, case_of)
            if source is not None:
                sources.append(source)
                codings += self._codings(element, source, book, {coder.id for coder in coders}, extras)
        memos = self._memos({coder.id for coder in coders})
        if any(each.coder == NOBODY.id for each in codings):
            coders.append(NOBODY)
        project = Project(
            self.root.get("name", "") or self.name, tuple(coders), tuple(sources), book, tuple(codings), memos, cases,
            description=said_in(self.root, "Description"),
        )  # fmt: skip
        return Read(checked(self._linked(project, extras)), self.told.all())

    def _extras(self) -> Mapping[str, Any]:
        for note in below(self.root, "Notes", "Note"):
            if as_guid(note.get("guid", "")) == EXTRAS_ID:
                try:
                    held = json.loads(said_in(note, "PlainTextContent"))
                except (ValueError, RecursionError):
                    held = None
                if isinstance(held, dict) and isinstance(held.get("changes", []), list):
                    return held
                self.told.lines.append(
                    "The note with the codebook's history was changed elsewhere and cannot be read."
                )
        return {}

    def _linked(self, project: Project, extras: Mapping[str, Any]) -> Project:
        try:
            links = tuple(
                Link(**{key: str(value) for key, value in each.items()}) for each in extras.get("links", [])
            )
            backing = tuple(
                Backing(str(each["link"]), str(each["coding"]), bool(each["supports"]))
                for each in extras.get("backing", [])
            )
        except (AttributeError, KeyError, TypeError):
            self.told.lines.append(
                "The links of the model cannot be read: the note that holds them was changed elsewhere."
            )
            return project
        known, named = {each.id for each in project.codings}, {link.id for link in links}
        kept = tuple(each for each in backing if each.coding in known and each.link in named)
        if len(kept) < len(backing):
            self.told.lines.append(
                f"{len(backing) - len(kept)} pieces of evidence rest on codings that are gone."
            )
        return replace(project, links=links, backing=kept)

    def _note_refs(self, element: Any, about: str) -> None:
        for each in below(element, "NoteRef"):
            number = as_guid(each.get("targetGUID", ""))
            if self.about.setdefault(number, about) != about:
                self.told.counts["Second place of a note"] += 1

    def _values(self, element: Any) -> dict[str, str]:
        held = {}
        for each in below(element, "VariableValue"):
            ref = next(below(each, "VariableRef"), None)
            value = next((child.text or "" for child in each if tag_of(child) != "VariableRef"), "")
            if ref is not None:
                held[as_guid(ref.get("targetGUID", ""))] = value
        return held

    def _cases(self, names: Mapping[str, str]) -> tuple[tuple[Case, ...], dict[str, str]]:
        cases, case_of = list[Case](), dict[str, str]()
        for each in below(self.root, "Cases", "Case"):
            number = as_guid(each.get("guid", ""))
            name = each.get("name", "") or f"case {number[:8]}"
            if any(case.name == name for case in cases):
                self.told.lines.append(f"Two cases are named {name!r}: the later has its id behind it.")
                name = f"{name} ({number[:8]})"
            cases.append(
                Case(
                    number,
                    name,
                    tuple((names.get(key, key), value) for key, value in self._values(each).items()),
                )
            )
            for ref in below(each, "SourceRef"):
                case_of[as_guid(ref.get("targetGUID", ""))] = name
        return tuple(cases), case_of

    def _source(self, element: Any, names: Mapping[str, str], case_of: Mapping[str, str]) -> Source | None:
        number, name = as_guid(element.get("guid", "")), element.get("name", "") or "without a name"
        text = said_in(element, "PlainTextContent")
        path = element.get("plainTextPath", "")
        if not text and path:
            content = (
                self.text_of(f"sources/{path.removeprefix('internal://')}".casefold())
                if path.startswith("internal://")
                else None
            )
            if content is None:
                self.told.lines.append(
                    f"The text of {name!r} is not in the file ({path[:80]}): it and its codings are not taken over."
                )
                return None
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                self.told.lines.append(
                    f"The text of {name!r} is no UTF-8: it and its codings are not taken over."
                )
                return None
        self._note_refs(element, number)
        held = self._values(element)
        own = {
            key: held.pop(variable(key, "source"), "") for key in ("case", "wave", "day", "informant", "view")
        }
        for key in held:
            self.told.counts[f"Variable {names.get(key, key)!r} of sources"] += 1
        day = None
        try:
            day = date.fromisoformat(own["day"]) if own["day"] else None
        except ValueError:
            self.told.lines.append(f"{name!r} has a day that is none: {own['day']!r}.")
        wave = int(own["wave"]) if own["wave"].isdecimal() and len(own["wave"]) < 4 else 0
        view = next((each for each in VIEWS if each == own["view"]), VIEWS[0])
        return Source(
            number, name, text, own["case"] or case_of.get(number, ""), wave, day, own["informant"], view
        )

    def _codings(
        self, element: Any, source: Source, book: Codebook, coders: set[str], extras: Mapping[str, Any]
    ) -> Iterator[Coding]:
        more = extras.get("codings", {})
        for selection in below(element, "PlainTextSelection"):
            inside = list(below(selection, "Coding"))
            if not inside:
                self.told.counts["PlainTextSelection without a code"] += 1
            try:
                start, end = int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
            except ValueError:
                start = end = -1
            if not 0 <= start < end <= len(source.text):
                self.told.lines.append(
                    f"A passage of {source.name!r} from {start} to {end} is not in its text of {len(source.text)} letters."
                )
                continue
            for held in inside:
                coding = self._coding(held, selection, source, (start, end), coders, more)
                if coding.code not in book.codes:
                    self.told.counts["Coding of a code that the codebook does not hold"] += 1
                else:
                    self._note_refs(held, coding.id)
                    self._note_refs(selection, coding.id)
                    yield coding

    def _coding(
        self,
        held: Any,
        selection: Any,
        source: Source,
        where: tuple[int, int],
        coders: set[str],
        more: Mapping[str, Any],
    ) -> Coding:
        start, end = where
        code = as_guid(next((each.get("targetGUID", "") for each in below(held, "CodeRef")), ""))
        who = held.get("creatingUser") or selection.get("creatingUser") or ""
        coder = as_guid(who) if who and as_guid(who) in coders else NOBODY.id
        number = as_guid(held.get("guid", "") or f"{source.id} {start} {end} {code} {coder}")
        told = more.get(number) if isinstance(more, Mapping) else None
        standing, speaks_of = told if isinstance(told, list) and len(told) == 2 else ("", 0)
        return Coding(
            number, source.id, start, end, code, coder, when_of(held, when_of(selection, self.now)), next((s for s in STANDINGS if s == standing), ""),
            speaks_of if isinstance(speaks_of, int) and 0 <= speaks_of < 1000 else 0,
        )  # fmt: skip

    def _memos(self, coders: set[str]) -> tuple[Memo, ...]:
        held = []
        for note in below(self.root, "Notes", "Note"):
            number = as_guid(note.get("guid", ""))
            if number == EXTRAS_ID:
                continue
            text, path = said_in(note, "PlainTextContent"), note.get("plainTextPath", "")
            if not text and path.startswith("internal://"):
                content = self.text_of(f"sources/{path.removeprefix('internal://')}".casefold())
                text = content.decode("utf-8-sig", "replace") if content is not None else ""
            by = as_guid(note.get("creatingUser", "")) if note.get("creatingUser") else ""
            held.append(
                Memo(
                    number,
                    note.get("name", ""),
                    text,
                    by if by in coders else "",
                    when_of(note, self.now),
                    self.about.get(number, ""),
                )
            )
        return tuple(held)
