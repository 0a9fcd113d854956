"""REFI-QDA: out and back without loss, and files of other programs, some of them hostile."""

from __future__ import annotations

import io
import re
import string
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.evidence.coding import (
    STANDINGS,
    VIEWS,
    Backing,
    Case,
    Change,
    Code,
    Codebook,
    Coder,
    Coding,
    Link,
    Memo,
    Project,
    Source,
    changed,
    checked,
    codebook,
    example,
    read_codebook,
    read_project,
    write_codebook,
    write_project,
)
from fondaco.kernel import InputError, UnreadableFile

pytestmark = pytest.mark.requirement("R27")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=12
)
names = words.map(lambda word: " ".join(word.split())).filter(bool)
ids = st.uuids().map(str)
times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def books(draw: st.DrawFn) -> Codebook:
    book = Codebook()
    for _ in range(draw(st.integers(0, 14))):
        living = [code.id for code in book.living]
        kind: Any = draw(
            st.sampled_from(["add", "add", "add", "rename", "define", "move", "merge", "split", "retire"])
        )
        code = draw(ids) if kind == "add" or not living else draw(st.sampled_from(living))
        to = draw(st.none() | st.sampled_from(living)) if living else None
        parts = tuple((draw(ids), draw(names)) for _ in range(2)) if kind == "split" else ()
        change = Change(
            kind, code, draw(words), draw(times), draw(names), draw(st.integers(1, 3)), draw(words), to, parts, draw(words)
        )  # fmt: skip
        try:
            book = changed(book, change)
        except InputError:
            continue
    return book


@st.composite
def projects(draw: st.DrawFn) -> Project:
    book = draw(books())
    coders = tuple(
        Coder(number, draw(names)) for number in draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    )
    cases = tuple(
        Case(draw(ids), name, tuple((key, draw(st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", "")))) for key in draw(st.lists(names, max_size=2, unique=True))))
        for name in draw(st.lists(names, max_size=2, unique=True))
    )  # fmt: skip
    sources, codings = [], []
    for number in draw(st.lists(ids, max_size=3, unique=True)):
        text = draw(
            st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"),
                min_size=1,
                max_size=60,
            )
        )
        case = draw(st.sampled_from(["", *(case.name for case in cases)]))
        sources.append(Source(number, draw(names), text, case, draw(st.integers(0, 3)), draw(st.none() | st.dates(date(2000, 1, 1))), draw(names), draw(st.sampled_from(VIEWS))))  # fmt: skip
        for _ in range(draw(st.integers(0, 4)) if book.codes else 0):
            start = draw(st.integers(0, len(text) - 1))
            codings.append(Coding(
                draw(ids), number, start, draw(st.integers(start + 1, len(text))), draw(st.sampled_from(sorted(book.codes))),
                draw(st.sampled_from(coders)).id, draw(times), draw(st.sampled_from(STANDINGS)), draw(st.integers(0, 3)),
            ))  # fmt: skip
    about = ["", *book.codes, *(s.id for s in sources), *(c.id for c in codings)]
    memos = tuple(
        Memo(
            draw(ids),
            draw(names),
            draw(words),
            draw(st.sampled_from(["", coders[0].id])),
            draw(times),
            draw(st.sampled_from(about)),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    links = tuple(
        Link(str(n), draw(words), draw(words), "+", draw(words)) for n in range(draw(st.integers(0, 2)))
    )
    backing = tuple(Backing(link.id, c.id, draw(st.booleans())) for link in links for c in codings[:2])
    return Project(
        draw(names), coders, tuple(sources), book, tuple(codings), memos, cases, links, backing, draw(words)
    )


@settings(max_examples=60, deadline=None)
@given(projects())
def test_a_project_comes_back_as_it_went(project: Project) -> None:
    content = write_project(checked(project), now=NOW)
    found = read_project(content, "p.qdpx", now=NOW + timedelta(days=1))
    assert found.told == ()
    assert found.project == project
    assert write_project(found.project, now=NOW) == content


@settings(max_examples=40, deadline=None)
@given(books())
def test_a_codebook_comes_back_as_it_went(book: Codebook) -> None:
    found, told = read_codebook(write_codebook(book), "c.qdc", now=NOW)
    assert told == ()

    def plain(codes: tuple[Code, ...]) -> set[tuple[object, ...]]:
        return {(code.id, code.name, code.level, code.parent, code.definition) for code in codes}

    assert plain(found.living) == plain(book.living)


def test_the_file_has_what_the_standard_asks_for_in_its_order() -> None:
    with zipfile.ZipFile(io.BytesIO(write_project(example(), now=NOW))) as packed:
        root = ET.fromstring(packed.read("project.qde"))
        names = set(packed.namelist())
    space = "{urn:QDA-XML:project:1.0}"
    assert root.tag == f"{space}Project"
    assert [child.tag.removeprefix(space) for child in root] == [
        "Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Sets", "Description", "NoteRef",
    ]  # fmt: skip
    for source in root.iter(f"{space}TextSource"):
        assert source.get("plainTextPath", "").replace("internal://", "sources/") in names
    guids = [each.get("guid") for each in root.iter() if each.get("guid")]
    assert len(guids) == len(set(guids)) and all(str(uuid.UUID(each)) == each for each in guids)
    top = [each.get("name") for each in root.findall(f"{space}CodeBook/{space}Codes/{space}Code")]
    assert len(top) == 4, "the four dimensions stand on top, all else below them"


#: What the two schemas of REFI-QDA 1.0 (Project.xsd, Codebook.xsd) let stand below each element that we write, in this order.
TEXT = "Description? PlainTextContent? PlainTextSelection* Coding* NoteRef* VariableValue*"
BELOW = {
    "Project": "Users? CodeBook? Variables? Cases? Sources? Notes? Links? Sets? Graphs? Description? NoteRef*",
    "Users": "User+", "CodeBook": "Codes", "Codes": "Code+", "Code": "Description? NoteRef* Code*", "Variables": "Variable+",
    "Variable": "Description?", "VariableValue": "VariableRef (TextValue|IntegerValue|DateValue)?", "Cases": "Case+",
    "Case": "Description? CodeRef* VariableValue* SourceRef* SelectionRef*", "Sources": "TextSource+", "TextSource": TEXT,
    "PlainTextSelection": "Description? Coding* NoteRef*", "Coding": "CodeRef NoteRef*", "Notes": "Note+", "Note": TEXT,
    "Sets": "Set+", "Set": "Description? MemberCode* MemberSource* MemberNote*",
}  # fmt: skip
ALONE = {**BELOW, "CodeBook": "Codes Sets?", "Code": "Description? Code*", "Set": "Description? MemberCode*"}


def unlike_the_schema(root: ET.Element, rules: dict[str, str]) -> list[str]:
    """Return each element whose children are not those, or not in the order, that the schema asks for."""
    wrong = []
    for each in root.iter():
        tag = each.tag.rpartition("}")[2]
        below = "".join(f"{child.tag.rpartition('}')[2]};" for child in each)
        if not re.fullmatch(re.sub(r"\w+", r"(?:\g<0>;)", rules.get(tag, "")).replace(" ", ""), below):
            wrong.append(f"{tag}: {below}")
    return wrong


def qde(project: Project) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(write_project(project, now=NOW))) as packed:
        return ET.fromstring(packed.read("project.qde"))


@settings(max_examples=60, deadline=None)
@given(projects())
def test_a_project_is_built_as_the_schema_asks(project: Project) -> None:
    assert unlike_the_schema(qde(project), BELOW) == []


def test_texts_that_nobody_coded_and_a_codebook_without_texts_are_projects_too() -> None:
    text = Source(GUID.format(1), "Interview", "I: Why?\nP1: Because.")
    assert unlike_the_schema(qde(Project("Texts", (), (text,))), BELOW) == []
    assert unlike_the_schema(qde(Project("Codes", book=example().book)), BELOW) == []


def test_a_codebook_alone_is_built_as_its_own_schema_asks() -> None:
    root = ET.fromstring(write_codebook(example().book))
    assert unlike_the_schema(root, ALONE) == []
    members = list(root.iter("{urn:QDA-XML:codebook:1.0}MemberCode"))
    assert members and all(list(each.attrib) == ["guid"] for each in members), "in a project it is targetGUID"


def test_a_project_written_before_the_sets_had_their_place_keeps_its_levels() -> None:
    content = write_project(example(), now=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    whole = files["project.qde"]
    sets = whole[whole.index("<Sets>") : whole.index("</Sets>") + len("</Sets>")]
    files["project.qde"] = whole.replace(sets, "").replace("</CodeBook>", sets + "</CodeBook>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, held in files.items():
            packed.writestr(name, held)
    found = read_project(out.getvalue(), "p.qdpx", now=NOW)
    assert (found.told, found.project) == ((), example())


GUID = "11111111-1111-4111-8111-11111111111{}"


def foreign(inside: str, text: str | None = "Wir lieferten spät. 🙂 Und dann?", name: str = "x.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        head = '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="Fremd" creationDateTime="2025-05-05T10:00:00Z">'
        packed.writestr("project.qde", head + inside + "</Project>")
        if text is not None:
            packed.writestr(f"Sources/{name}", text)
    return out.getvalue()


CODES = f'<CodeBook><Codes><Code guid="{{{GUID.format(1).upper()}}}" name="Lieferung" color="#ff0000"><Code guid="{GUID.format(2)}" name="spät"/></Code></Codes></CodeBook>'
SELECTION = '<PlainTextSelection guid="{g}" startPosition="{a}" endPosition="{b}"><Coding guid="{c}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'


def test_a_file_of_another_program_is_read_and_what_is_lost_is_told() -> None:
    inside = (
        CODES
        + f'<Sources><TextSource guid="{GUID.format(3)}" name="Interview" plainTextPath="internal://x.txt" richTextPath="internal://x.docx">'
        + SELECTION.format(g=GUID.format(4), a=4, b=19, c=GUID.format(5), code=GUID.format(2))
        + SELECTION.format(g=GUID.format(6), a=20, b=999, c=GUID.format(7), code=GUID.format(2))
        + f'</TextSource><PictureSource guid="{GUID.format(8)}" name="Foto"/></Sources><Graphs><Graph guid="{GUID.format(9)}"/></Graphs>'
    )
    found = read_project(foreign(inside), "f.qdpx", now=NOW)
    (coding,) = found.project.codings
    assert found.project.quote(coding) == "lieferten spät."
    assert found.project.coder(coding.coder) == "not told"
    assert [(code.name, code.level) for code in found.project.book.living] == [("Lieferung", 2), ("spät", 1)]
    told = " ".join(found.told)
    for lost in (
        "PictureSource: 1",
        "Graphs: 1",
        "color of Code: 1",
        "richTextPath of TextSource: 1",
        "from 20 to 999",
    ):
        assert lost in told


def test_a_tree_deeper_than_three_levels_is_laid_flat_and_told() -> None:
    deep = f'<CodeBook><Codes><Code guid="{GUID.format(1)}" name="A"><Code guid="{GUID.format(2)}" name="B"><Code guid="{GUID.format(3)}" name="C"><Code guid="{GUID.format(4)}" name="D"/></Code></Code></Code></Codes></CodeBook>'
    found = read_project(foreign(deep), "f.qdpx", now=NOW)
    assert [(code.name, code.level, code.parent) for code in found.project.book.living] == [
        ("A", 3, None), ("B", 2, GUID.format(1)), ("C", 1, GUID.format(2)), ("C: D", 1, GUID.format(2)),
    ]  # fmt: skip
    assert "fourth level" in found.told[0]


def test_codes_changed_elsewhere_keep_their_names_and_begin_a_new_history() -> None:
    content = write_project(example(), now=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    files["project.qde"] = files["project.qde"].replace(
        b'name="exporter engagement"', b'name="daily work"', 1
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, held in files.items():
            packed.writestr(name, held)
    found = read_project(out.getvalue(), "p.qdpx", now=NOW)
    assert "daily work" in [code.name for code in found.project.book.of_level(3)]
    assert any("begins anew" in line for line in found.told)
    assert len(found.project.codings) == len(example().codings)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "broken"),
        (b"PK\x03\x04rubbish", "broken"),
        (foreign("<Users>"), "broken XML"),
        (foreign("").replace(b"project.qde", b"another.qde"), "no project.qde"),
    ],
)
def test_what_is_no_project_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read_project(content, "p.qdpx", now=NOW)


def zipped(qde: bytes, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("project.qde", qde)
        for name, content in more.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_entities_and_swelling_files_are_not_opened() -> None:
    laughs = b'<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Project xmlns="urn:QDA-XML:project:1.0" name="&b;"/>'
    with pytest.raises(UnreadableFile, match="entities"):
        read_project(zipped(laughs), "p.qdpx", now=NOW)
    with pytest.raises(UnreadableFile, match="far more"):
        read_project(zipped(b"<Project/>", big=b"0" * (100 << 20)), "p.qdpx", now=NOW)


@pytest.mark.parametrize(
    "path",
    [
        "internal://../../etc/passwd",
        "file:///etc/passwd",
        "/etc/passwd",
        "relative://x.txt",
        "internal://gone.txt",
    ],
)
def test_a_text_is_found_inside_the_file_alone(path: str) -> None:
    inside = f'<Sources><TextSource guid="{GUID.format(3)}" name="I" plainTextPath="{path}"/></Sources>'
    found = read_project(foreign(inside), "f.qdpx", now=NOW)
    assert found.project.sources == () and "is not in the file" in found.told[0]


def test_a_history_that_was_tampered_with_is_told_and_ends_in_no_traceback() -> None:
    content = write_project(
        Project("p", book=codebook([Change("add", str(uuid.UUID(int=1)), "Ada", NOW, name="x")])), now=NOW
    )
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        qde = packed.read("project.qde")
    for wrong in (b'{"changes": 5}', b"[1", b'{"changes": [{}], "links": 3, "codings": 4, "backing": [1]}'):
        start, end = qde.index(b'{"backing"'), qde.rindex(b"}") + 1
        found = read_project(zipped(qde[:start] + wrong + qde[end:]), "p.qdpx", now=NOW)
        assert [code.name for code in found.project.book.living] == ["x"] and found.told
