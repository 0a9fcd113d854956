"""Reading the XML of REFI-QDA: safely, telling what is not known, and its tree of codes as a codebook of three levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fondaco.evidence.coding.codebook import CODE, Change, Code, Codebook, change_from, changed, codebook
from fondaco.evidence.coding.refi import LEVEL_SETS, as_guid, guid
from fondaco.evidence.coding.transcripts import LARGEST_UNPACKED
from fondaco.kernel import InputError, UnreadableFile
from fondaco.kernel.packed import unpacking

#: Levels of codes below codes.
_DEEPEST = 50
#: What we read of each element; what else is there is told.
_CHILDREN = {
    "Project": {"Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Sets", "Description", "NoteRef"},
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
class Told:
    """What could not be taken over."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def all(self) -> tuple[str, ...]:
        return (
            *self.lines,
            *(f"{what}: {number}, not taken over." for what, number in sorted(self.counts.items())),
        )


def parsed(content: bytes, name: str) -> Any:
    """Parse XML without entities; raises `UnreadableFile` where it is broken or holds some."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(content) > LARGEST_UNPACKED:
        raise UnreadableFile(f"{name} is far larger than a project of texts.")
    with unpacking(f"{name} holds broken XML", "export it again."):
        try:
            return fromstring(content, forbid_dtd=True)
        except DefusedXmlException:
            raise UnreadableFile(
                f"{name} holds XML entities, which no project needs: it is not opened."
            ) from None
        except LookupError as error:
            # An encoding that there is not.
            raise ValueError(str(error)) from None


def tag_of(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def below(above: Any, *path: str) -> Iterator[Any]:
    """Return the elements at a path below another, whatever their namespace is written like."""
    if not path:
        yield above
        return
    for each in above:
        if tag_of(each) == path[0]:
            yield from below(each, *path[1:])


def said_in(above: Any, tag: str) -> str:
    """Return the text of the elements of a name."""
    return "".join(each.text or "" for each in below(above, tag))


def note_unknown(root: Any, told: Told) -> None:
    """Count what of the file is not taken over: elements, and attributes that say something."""
    waiting = [root]
    while waiting:
        above = waiting.pop()
        for attribute in above.attrib:
            if (held := attribute.rpartition("}")[2]) not in _QUIET and above.get(attribute):
                told.counts[f"{held} of {tag_of(above)}"] += 1
        for each in above:
            if tag_of(each) in _CHILDREN.get(tag_of(above), ()):
                waiting.append(each)
            else:
                told.counts[tag_of(each)] += 1


def when_of(element: Any, other: datetime) -> datetime:
    """Return when an element was made; `other` where it does not say."""
    try:
        held = datetime.fromisoformat(element.get("creationDateTime", ""))
    except ValueError:
        return other
    return held if held.tzinfo else held.replace(tzinfo=UTC)


def book_from(
    above: Any, sets: Sequence[Any], extras: Mapping[str, Any], told: Told, now: datetime
) -> Codebook:
    """Return the codebook: with its history where the file has ours and nobody changed the codes since."""
    levels = {
        as_guid(member.get("targetGUID") or member.get("guid", "")): LEVEL_SETS[as_guid(each.get("guid", ""))]
        for each in sets
        if as_guid(each.get("guid", "")) in LEVEL_SETS
        for member in below(each, "MemberCode")
    }
    others = sum(as_guid(each.get("guid", "")) not in LEVEL_SETS for each in sets)
    if others:
        told.counts["Set"] += others
    codes: list[Code] = []
    for each in below(above, "Codes", "Code"):
        _walk(each, None, levels, codes, told)
    changes = extras.get("changes")
    if changes:
        try:
            ours = codebook(change_from(change) for change in changes)
        except (InputError, TypeError):
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


def _height(element: Any, deep: int = 0) -> int:
    if deep > _DEEPEST:
        raise UnreadableFile(f"The codes stand more than {_DEEPEST} levels deep: no codebook needs that.")
    return 1 + max((_height(each, deep + 1) for each in below(element, "Code")), default=0)


def _walk(element: Any, parent: Code | None, levels: Mapping[str, int], held: list[Code], told: Told) -> None:
    """Add a code and what stands below; a tree deeper than three levels is laid flat under its theme."""
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
    code = Code(number, name[:300], level, above, said_in(element, "Description").strip())
    held.append(code)
    for each in below(element, "Code"):
        _walk(each, code, levels, held, told)
