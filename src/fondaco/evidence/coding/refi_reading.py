"""Reading REFI-QDA: what another program wrote, what of it cannot be taken over (told, each kind with its number).

Nothing is unpacked to disk, no entity is followed, and a text is found by its exact name inside the file alone.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from fondaco.evidence.coding.codebook import CODE, Change, Code, Codebook, change_from, changed, codebook
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
from fondaco.evidence.coding.refi import CODEBOOK, EXTRAS_ID, LEVEL_SETS, PROJECT, as_guid, guid, variable
from fondaco.evidence.coding.transcripts import LARGEST_UNPACKED, refuse_bomb
from fondaco.kernel import InputError, UnreadableFile

#: Who coded where the file does not say.
NOBODY = Coder(guid("nobody"), "not told")
#: What we read of each element; what else is there is told.
_CHILDREN = {
    "Project": {"Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Description", "NoteRef"},
    "Users": {"User"}, "CodeBook": {"Codes", "Sets"}, "Codes": {"Code"}, "Code": {"Code", "Description", "NoteRef"},
    "Sets": {"Set"}, "Set": {"MemberCode"}, "Variables": {"Variable"}, "Cases": {"Case"}, "Case": {"VariableValue", "SourceRef"},
    "VariableValue": {"VariableRef", "TextValue", "IntegerValue", "DateValue", "BooleanValue", "FloatValue", "DateTimeValue"},
    "Sources": {"TextSource"}, "TextSource": {"PlainTextContent", "PlainTextSelection", "NoteRef", "VariableValue"},
    "PlainTextSelection": {"Coding", "NoteRef"}, "Coding": {"CodeRef", "NoteRef"}, "Notes": {"Note"}, "Note": {"PlainTextContent"},
}  # fmt: skip
_QUIET = {
    "guid", "name", "targetGUID", "origin", "basePath", "isCodable", "typeOfVariable", "plainTextPath", "startPosition", "endPosition", "creatingUser",
    "creatingUserGUID", "creationDateTime", "modifyingUser", "modifyingUserGUID", "modifiedDateTime", "schemaLocation",
}  # fmt: skip


@dataclass
class _Told:
    """What could not be taken over."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def all(self) -> tuple[str, ...]:
        return (
            *self.lines,
            *(f"{what}: {number}, not taken over." for what, number in sorted(self.counts.items())),
        )


@dataclass(frozen=True)
class Read:
    """A project from a file, and what of the file could not be taken over."""

    project: Project
    told: tuple[str, ...]


def read_codebook(content: bytes, name: str, *, now: datetime) -> tuple[Codebook, tuple[str, ...]]:
    """Read a .qdc; raises `UnreadableFile` where it is none."""
    root = _parsed(content, name)
    if _tag(root) != "CodeBook" or not root.tag.startswith(("{" + CODEBOOK, "{" + PROJECT, "CodeBook")):
        raise UnreadableFile(f"{name} is no REFI-QDA codebook: its first element is {_tag(root)!r}.")
    told = _Told()
    _unknown(root, told)
    return _book(root, {}, told, now), told.all()


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
        root = _parsed(_member(packed, inside["project.qde"], name), name)
        if _tag(root) != "Project":
            raise UnreadableFile(f"{name} is no REFI-QDA project: its first element is {_tag(root)!r}.")
        texts = {key: each for key, each in inside.items() if key.startswith("sources/") and ".." not in key}
        return _Reading(
            root, name, now, lambda key: _member(packed, texts[key], name) if key in texts else None
        ).read()


def _member(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with packed.open(entry) as file:
            content = file.read(LARGEST_UNPACKED + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise UnreadableFile(f"{name} is damaged inside ({entry.filename}): export it again.") from None
    if len(content) > LARGEST_UNPACKED:
        raise UnreadableFile(f"{name} unpacks to far more than a project of texts holds: it is not opened.")
    return content


def _parsed(content: bytes, name: str) -> Any:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(content) > LARGEST_UNPACKED:
        raise UnreadableFile(f"{name} is far larger than a project of texts.")
    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableFile(
            f"{name} holds XML entities, which no project needs: it is not opened."
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(f"{name} holds broken XML ({error}): export it again.") from None


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(above: Any, *path: str) -> Iterator[Any]:
    """Return the elements at a path below another, whatever their namespace is written like."""
    if not path:
        yield above
        return
    for each in above:
        if _tag(each) == path[0]:
            yield from _all(each, *path[1:])


def _said(above: Any, tag: str) -> str:
    return "".join(each.text or "" for each in _all(above, tag))


def _unknown(root: Any, told: _Told) -> None:
    waiting = [root]
    while waiting:
        above = waiting.pop()
        for attribute in above.attrib:
            if (held := attribute.rpartition("}")[2]) not in _QUIET and above.get(attribute):
                told.counts[f"{held} of {_tag(above)}"] += 1
        for each in above:
            if _tag(each) in _CHILDREN.get(_tag(above), ()):
                waiting.append(each)
            else:
                told.counts[_tag(each)] += 1


def _when(element: Any, other: datetime) -> datetime:
    try:
        held = datetime.fromisoformat(element.get("creationDateTime", ""))
    except ValueError:
        return other
    return held if held.tzinfo else held.replace(tzinfo=UTC)


def _book(above: Any, extras: Mapping[str, Any], told: _Told, now: datetime) -> Codebook:
    """Return the codebook: with its history where the file has ours and nobody changed the codes since."""
    levels = {
        as_guid(member.get("targetGUID", "")): LEVEL_SETS[as_guid(each.get("guid", ""))]
        for each in _all(above, "Sets", "Set")
        if as_guid(each.get("guid", "")) in LEVEL_SETS
        for member in _all(each, "MemberCode")
    }
    others = [each for each in _all(above, "Sets", "Set") if as_guid(each.get("guid", "")) not in LEVEL_SETS]
    if others:
        told.counts["Set"] += len(others)
    codes: list[Code] = []
    for each in _all(above, "Codes", "Code"):
        _walk(each, None, levels, codes, told)
    changes = extras.get("changes")
    if changes:
        try:
            ours = codebook(change_from(change) for change in changes)
        except InputError:
            ours = Codebook()
        if {_plain(code) for code in ours.codes.values()} == {_plain(code) for code in codes}:
            return ours
        told.lines.append("The codes were changed elsewhere: the codebook's history begins anew with them.")
    book = Codebook()
    for code in codes:
        name, number = code.name, 1
        while any(
            each.level == code.level and each.name.casefold() == name.casefold() for each in book.living
        ):
            number += 1
            name = f"{code.name} ({number})"
        if number > 1:
            told.lines.append(f"Two codes are named {code.name!r}: the later is {name!r} now.")
        change = Change(
            "add",
            code.id,
            "imported",
            now,
            name=name,
            level=code.level,
            definition=code.definition,
            to=code.parent,
        )
        book = changed(book, change)
    return book


def _plain(code: Code) -> tuple[str, str, str, str | None]:
    return as_guid(code.id), code.name, code.definition, as_guid(code.parent) if code.parent else None


def _height(element: Any) -> int:
    return 1 + max((_height(each) for each in _all(element, "Code")), default=0)


def _walk(
    element: Any,
    parent: Code | None,
    levels: Mapping[str, int],
    held: list[Code],
    told: _Told,
    *,
    deep: int = 0,
) -> None:
    """Add a code and what stands below; a tree deeper than three levels is laid flat under its theme."""
    if deep > 50:
        raise UnreadableFile("The codes stand more than 50 levels deep: no codebook needs that.")
    number = as_guid(element.get("guid", "") or guid("unnamed", str(len(held))))
    name = " ".join(element.get("name", "").split()) or "without a name"
    level = levels.get(number) or (parent.level - 1 if parent else min(_height(element), 3))
    above = parent.id if parent else None
    if level < CODE and parent is not None:
        level, above = CODE, parent.parent
        name = f"{parent.name}: {name}"
        told.lines.append(
            f"The code {name[:80]!r} stood on a fourth level: it is a code beside {parent.name[:80]!r} now."
        )
    elif parent is not None and level != parent.level - 1:
        above = None
        told.lines.append(
            f"The code {name[:80]!r} does not stand one level below {parent.name[:80]!r}: it is unassigned now."
        )
    code = Code(number, name[:300], level, above, _said(element, "Description").strip())
    held.append(code)
    for each in _all(element, "Code"):
        _walk(each, code, levels, held, told, deep=deep + 1)


class _Reading:
    """One project while it is read."""

    def __init__(self, root: Any, name: str, now: datetime, text_of: Any) -> None:
        self.root, self.name, self.now, self.text_of = root, name, _when(root, now), text_of
        self.told = _Told()
        self.about: dict[str, str] = {}

    def read(self) -> Read:
        _unknown(self.root, self.told)
        extras = self._extras()
        books = list(_all(self.root, "CodeBook"))
        book = _book(books[0], extras, self.told, self.now) if books else Codebook()
        self._note_refs(self.root, "")
        for code in (each for above in books for each in above.iter() if _tag(each) == "Code"):
            self._note_refs(code, as_guid(code.get("guid", "")))
        coders = [
            Coder(as_guid(each.get("guid", "")), each.get("name", "") or "not told")
            for each in _all(self.root, "Users", "User")
        ]
        names = {
            as_guid(each.get("guid", "")): each.get("name", "")
            for each in _all(self.root, "Variables", "Variable")
        }
        cases, case_of = self._cases(names)
        sources, codings = [], list[Coding]()
        for element in _all(self.root, "Sources", "TextSource"):
            source = self._source(element, names, case_of)
            if source is not None:
                sources.append(source)
                codings += self._codings(element, source, book, {coder.id for coder in coders}, extras)
        memos = self._memos({coder.id for coder in coders})
        if any(each.coder == NOBODY.id for each in codings):
            coders.append(NOBODY)
        project = Project(
            self.root.get("name", "") or self.name, tuple(coders), tuple(sources), book, tuple(codings), memos, cases,
            description=_said(self.root, "Description"),
        )  # fmt: skip
        return Read(checked(self._linked(project, extras)), self.told.all())

    def _extras(self) -> Mapping[str, Any]:
        for note in _all(self.root, "Notes", "Note"):
            if as_guid(note.get("guid", "")) == EXTRAS_ID:
                try:
                    held = json.loads(_said(note, "PlainTextContent"))
                except (ValueError, RecursionError):
                    held = None
                if isinstance(held, dict):
                    return held
                self.told.lines.append(
                    "The note with the codebook's history was changed elsewhere and cannot be read."
                )
        return {}

    def _linked(self, project: Project, extras: Mapping[str, Any]) -> Project:
        try:
            links = tuple(
                Link(**{key: str(value) for key, value in each.items()}) for each in extras.get("links", ())
            )
            backing = tuple(
                Backing(str(each["link"]), str(each["coding"]), bool(each["supports"]))
                for each in extras.get("backing", ())
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
        for each in _all(element, "NoteRef"):
            number = as_guid(each.get("targetGUID", ""))
            if self.about.setdefault(number, about) != about:
                self.told.counts["Second place of a note"] += 1

    def _values(self, element: Any) -> dict[str, str]:
        held = {}
        for each in _all(element, "VariableValue"):
            ref = next(_all(each, "VariableRef"), None)
            value = next((child.text or "" for child in each if _tag(child) != "VariableRef"), "")
            if ref is not None:
                held[as_guid(ref.get("targetGUID", ""))] = value
        return held

    def _cases(self, names: Mapping[str, str]) -> tuple[tuple[Case, ...], dict[str, str]]:
        cases, case_of = [], dict[str, str]()
        for each in _all(self.root, "Cases", "Case"):
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
            for ref in _all(each, "SourceRef"):
                case_of[as_guid(ref.get("targetGUID", ""))] = name
        return tuple(cases), case_of

    def _source(self, element: Any, names: Mapping[str, str], case_of: Mapping[str, str]) -> Source | None:
        number, name = as_guid(element.get("guid", "")), element.get("name", "") or "without a name"
        text = _said(element, "PlainTextContent")
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
        view = next((each for each in VIEWS if each == own["view"]), "")
        return Source(
            number, name, text, own["case"] or case_of.get(number, ""), wave, day, own["informant"], view
        )

    def _codings(
        self, element: Any, source: Source, book: Codebook, coders: set[str], extras: Mapping[str, Any]
    ) -> Iterator[Coding]:
        more = extras.get("codings", {})
        for selection in _all(element, "PlainTextSelection"):
            inside = list(_all(selection, "Coding"))
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
        code = as_guid(next((each.get("targetGUID", "") for each in _all(held, "CodeRef")), ""))
        who = held.get("creatingUser") or selection.get("creatingUser") or ""
        coder = as_guid(who) if who and as_guid(who) in coders else NOBODY.id
        number = as_guid(held.get("guid", "") or f"{source.id} {start} {end} {code} {coder}")
        told = more.get(number) if isinstance(more, Mapping) else None
        standing, speaks_of = told if isinstance(told, list) and len(told) == 2 else ("", 0)
        return Coding(
            number, source.id, start, end, code, coder, _when(held, _when(selection, self.now)), next((s for s in STANDINGS if s == standing), ""),
            speaks_of if isinstance(speaks_of, int) and 0 <= speaks_of < 1000 else 0,
        )  # fmt: skip

    def _memos(self, coders: set[str]) -> tuple[Memo, ...]:
        held = []
        for note in _all(self.root, "Notes", "Note"):
            number = as_guid(note.get("guid", ""))
            if number == EXTRAS_ID:
                continue
            text, path = _said(note, "PlainTextContent"), note.get("plainTextPath", "")
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
                    _when(note, self.now),
                    self.about.get(number, ""),
                )
            )
        return tuple(held)
