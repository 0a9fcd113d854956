"""Files that mean harm are refused or made harmless, with a sentence, in bounded memory and time."""

from __future__ import annotations

import gzip
import io
import os
import stat
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

import fondaco.ledger.platforms
from fondaco.kernel import FondacoError, UnreadableFile
from fondaco.ledger import containers

pytestmark = pytest.mark.requirement("X03")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = csv_of([line(f"H{n}") for n in range(5)])


def workbook(
    path: Path, sheet: str, *, prolog: str = "", parts: dict[str, str | bytes] | None = None
) -> Path:
    """Write a workbook of one sheet, given as XML, with any further parts."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{prolog}<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (contents | (parts or {})).items():
            archive.writestr(name, content)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def table(extra: str = "", *, dimension: str = "") -> str:
    """Return a sheet with a small order table, and whatever else."""
    rows = [
        f'<row r="{number}">'
        + "".join(cell(f"{chr(65 + i)}{number}", text) for i, text in enumerate(cells.split(",")))
        + "</row>"
        for number, cells in enumerate(ROWS.splitlines(), start=1)
    ]
    return f"{dimension}<sheetData>{''.join(rows)}{extra}</sheetData>"


@contextmanager
def bounded(megabytes: int = 200, seconds: float = 20) -> Iterator[None]:
    """Hold what Python allocates to a bound; the time is a hang's, not a benchmark's."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < megabytes << 20
    assert time.monotonic() - began < seconds


def assert_refused(desk: Desk, path: Path, *words: str) -> None:
    with bounded(), pytest.raises(FondacoError) as said:
        desk.take(path)
    for word in words:
        assert word in str(said.value)
    assert str(said.value).isprintable()
    assert not desk.workspace.has_firm("shop")


# ---------------------------------------------------------------- archives


def zeros(megabytes: int) -> Iterator[bytes]:
    return iter([bytes(1 << 20)] * megabytes)


def test_a_gzip_bomb_is_not_unpacked_to_its_end(desk: Desk) -> None:
    path = desk.folder / "a.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        for piece in zeros(400):
            out.write(piece)
    assert path.stat().st_size < 1 << 20
    assert_refused(desk, path, "unpacks to far more than a table would")


def test_a_zip_bomb_of_many_members_is_held_to_one_bound(desk: Desk) -> None:
    path = desk.folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(8):
            with archive.open(f"{n}.csv", "w") as out:
                for piece in zeros(50):
                    out.write(piece)
    assert_refused(desk, path, "unpacks to far more than a table would")


def test_archives_in_archives_are_not_opened(desk: Desk) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", ROWS)
    path = desk.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert_refused(desk, path, "inner.zip")


def test_names_inside_an_archive_are_never_paths(desk: Desk) -> None:
    path = desk.folder / "a.zip"
    names = ["../../escaped.csv", "/tmp/fondaco-escaped.csv", "C:\\windows\\escaped.csv"]
    with zipfile.ZipFile(path, "w") as archive:
        for n, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(name), csv_of([line(f"P{n}")]))
    report = desk.take(path)
    assert report.facts == 3
    assert not list(desk.home.parent.rglob("escaped.csv"))
    assert not Path("/tmp/fondaco-escaped.csv").exists()


def test_a_link_inside_an_archive_is_not_followed(desk: Desk) -> None:
    path = desk.folder / "a.zip"
    info = zipfile.ZipInfo("orders.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert_refused(desk, path, "is a link to another file")


@pytest.mark.parametrize("name", ["a\x1b[2J\x07b.csv", "a\u202excod.csv", "a\nb.csv"])
def test_names_with_control_characters_are_shown_without_them(desk: Desk, name: str) -> None:
    path = desk.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), ROWS)
    report = desk.take(path)
    assert all(file.isprintable() for file in report.files)
    assert all(row["file"].isprintable() for row in desk.rows())


def test_an_encrypted_member_is_told(desk: Desk) -> None:
    content = bytearray()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", ROWS)
    content[:] = buffer.getvalue()
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + at] |= 1
    assert_refused(desk, desk.file("a.zip", bytes(content)), "password")


def test_what_is_no_file_is_not_opened(desk: Desk) -> None:
    pipe = desk.folder / "pipe.csv"
    os.mkfifo(pipe)
    link = desk.folder / "link.csv"
    link.symlink_to("/dev/zero")
    for path in (pipe, link):
        assert_refused(desk, path, "not an ordinary file")


# ---------------------------------------------------------------- long cells


def test_a_cell_without_end_is_one_row_and_put_aside(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "LONGEST_CELL", 1 << 20)
    rows = [line(f"H{n}") for n in range(2000)]
    long = line("LONG", product="x" * (5 << 20))
    path = desk.file("a.csv", csv_of([*rows, long, *[line(f"I{n}") for n in range(5)]]))
    with bounded():
        report = desk.take(path)
    assert (report.facts, report.quarantined) == (2005, 1)
    assert [row.row for row in desk.ledger.quarantine()] == [2002]
    assert {row["row"] for row in desk.rows() if row["order"].startswith("I")} == set(range(2003, 2008))


@pytest.mark.slow
def test_two_gigabytes_without_a_line_break_are_refused(desk: Desk) -> None:
    path = desk.folder / "a.csv"
    with path.open("wb") as out:
        out.write(ROWS.encode() + b'X,"')
        out.truncate(2 << 30)
    assert_refused(desk, path)


def test_an_open_quotation_mark_does_not_swallow_the_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "LONGEST_CELL", 1 << 14)
    rows = [line(f"A{n}", product='"Jar, glass"') for n in range(3)]
    text = csv_of(
        [*rows, line("B", product='"never closed' + "x" * (1 << 15)), *[line(f"C{n}") for n in range(50)]]
    )
    report = desk.take(desk.file("a.csv", text))
    assert (report.facts, report.quarantined) == (53, 1)
    assert [row.row for row in desk.ledger.quarantine()] == [5]


# ---------------------------------------------------------------- workbooks


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    ],
    ids=["a-file-of-ours", "a-billion-laughs"],
)
def test_entities_are_refused(desk: Desk, prolog: str) -> None:
    path = workbook(desk.folder / "a.xlsx", table(), prolog=prolog)
    assert_refused(desk, path, "declares entities")


@pytest.mark.parametrize(
    "extra",
    [
        f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
        f"<row>{cell('XFD1048576', 'x')}</row>",
        f"<row r = '1048576'>{cell('A1048576', 'x')}</row><row r='7'>{cell('XFD7', 'x')}</row>".replace(
            'r="', "r='"
        ).replace('" t=', "' t="),
        "".join(f'<row r="{n}">{cell(f"XFD{n}", "x")}</row>' for n in (7, 9_000)),
    ],
    ids=["the-last-cell", "no-row-number", "other-quotes", "wide-and-not-so-long"],
)
def test_two_cells_far_apart_do_not_take_the_memory_between_them(desk: Desk, extra: str) -> None:
    path = workbook(desk.folder / "a.xlsx", table(extra))
    assert path.stat().st_size < 20_000
    assert_refused(desk, path, "spans")


def test_a_claimed_size_is_not_believed(desk: Desk) -> None:
    path = workbook(desk.folder / "a.xlsx", table(dimension='<dimension ref="A1:XFD1048576"/>'))
    with bounded():
        assert desk.take(path).facts == 5


def test_a_text_longer_than_a_cell_is_refused(desk: Desk) -> None:
    noise = os.urandom(150_000).hex()
    path = workbook(desk.folder / "a.xlsx", table(f'<row r="7">{cell("A7", noise)}</row>'))
    assert_refused(desk, path, "more than a cell holds")


def test_a_packed_sheet_of_blanks_is_refused(desk: Desk) -> None:
    path = workbook(desk.folder / "a.xlsx", table() + " " * (30 << 20))
    assert_refused(desk, path, "does not look like a workbook")


def test_formulas_macros_and_links_are_not_run_or_followed(desk: Desk) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    shown = '<c r="D7" t="str"><f>HYPERLINK("http://127.0.0.1:9/x","click")</f><v>Shown</v></c>'
    rest = "".join(cell(f"{c}7", t) for c, t in zip("ABC", ("H9", "2026-05-14", "A-1"), strict=True))
    last = "".join(
        cell(f"{c}7", t) for c, t in zip("EFGHI", ("1", "2.00", "EUR", "K1", "Germany"), strict=True)
    )
    path = workbook(
        desk.folder / "a.xlsm",
        table(f'<row r="7">{rest}{shown}{last}</row>'),
        parts={
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(512),
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{office}" r:id="rId1"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{office}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
        },
    )  # fmt: skip
    assert desk.take(path).facts == 6
    (row,) = [row for row in desk.rows() if row["order"] == "H9"]
    assert row["product"] == "Shown"


def ods(path: Path, rows: str) -> Path:
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
        f'xmlns:text="{names}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_an_open_document_that_repeats_itself_without_end_is_refused(desk: Desk) -> None:
    one = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{one}</table:table-row>'
    assert_refused(desk, ods(desk.folder / "a.ods", rows), "spans")


@pytest.mark.parametrize(
    "broken",
    [
        lambda b: b[: len(b) // 2],
        lambda b: b[:-30] + bytes(30),
        lambda b: b[:200] + os.urandom(400) + b[600:],
    ],
)
def test_a_damaged_workbook_is_told_as_damaged(desk: Desk, broken: Callable[[bytes], bytes]) -> None:
    whole = workbook(desk.folder / "whole.xlsx", table()).read_bytes()
    assert_refused(desk, desk.file("a.xlsx", broken(whole)))


def test_a_workbook_in_an_archive_is_looked_at_as_well(desk: Desk) -> None:
    book = workbook(desk.folder / "b.xlsx", table(f'<row r="1048576">{cell("XFD1048576", "x")}</row>'))
    path = desk.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(book, "b.xlsx")
    with pytest.raises(UnreadableFile, match="spans"):
        desk.take(path)


def test_deep_nesting_is_no_table(desk: Desk) -> None:
    for name, text in (("a.json", "[" * 200_000), ("b.json", '{"a":' * 200_000), ("c.xml", "<a>" * 200_000)):
        assert_refused(desk, desk.file(name, text))


def test_a_million_columns_are_no_table(desk: Desk) -> None:
    assert_refused(
        desk, desk.file("a.csv", ",".join(f"c{n}" for n in range(1_000_000)) + "\n" + "1," * 1_000_000)
    )


def test_a_list_without_end_in_one_object_is_refused(desk: Desk) -> None:
    """Cut off it would lose rows in silence."""
    items = ",".join('{"sku":"S"}' for _ in range(10_001))
    text = f'{{"id": 1, "lines": [{items}]}}\n{{"id": 2, "lines": []}}\n'
    with pytest.raises(UnreadableFile, match="line 1, lists more than 10,000 items"):
        desk.take(desk.file("a.jsonl", text))


def test_a_list_of_objects_is_read_to_its_end_or_refused(desk: Desk) -> None:
    cut = '[{"id": 1, "l": "a"}, {"id": 2'
    with pytest.raises(UnreadableFile, match="item 2, is not valid JSON"):
        desk.take(desk.file("cut.json", cut))
    with pytest.raises(UnreadableFile, match="ends in the middle of its list"):
        desk.take(desk.file("open.json", '[{"id": 1}'))
    with pytest.raises(UnreadableFile, match="item 2, is no object"):
        desk.take(desk.file("mixed.json", '[{"id": 1}, 2]'))
    with pytest.raises(UnreadableFile, match="item 1, is longer than a row can be"):
        desk.take(desk.file("long.json", '[{"id": "' + "x" * (5 << 20) + '"}]'))
    assert_refused(desk, desk.file("deep.json", "[" + '{"a":' * 100_000))


# Old binary workbooks ------------------------------------------------------------------------------

OLD_BOOK = (
    Path(fondaco.ledger.platforms.__file__).parent / "alibaba" / "samples" / "Products-2026-06-01.xls"
).read_bytes()


def old_book(*changes: tuple[int, bytes]) -> bytes:
    content = bytearray(OLD_BOOK)
    for at, put in changes:
        content[at : at + len(put)] = put
    return bytes(content)


def sectors_named() -> int:
    """Return where the table of sectors begins in the file: the first one that its header names."""
    return (int.from_bytes(OLD_BOOK[76:80], "little") + 1) * 512


def test_a_chain_of_sectors_that_bites_its_tail_does_not_take_all_memory(desk: Desk) -> None:
    """Found by fuzzing: thirteen gigabytes asked for by a file of five kilobytes, and the process gone."""
    directory = int.from_bytes(OLD_BOOK[48:52], "little")
    tail = (sectors_named() + 4 * directory, directory.to_bytes(4, "little"))
    with bounded(), pytest.raises(UnreadableFile, match="do not hold together"):
        desk.take(desk.file("tail.xls", old_book(tail)))
    more = (68, (0).to_bytes(4, "little"))  # the list of further tables goes round and round
    assert_refused(desk, desk.file("more.xls", old_book(more, (512 + 508, bytes(4)))))


def test_cells_beyond_the_last_column_and_texts_beyond_the_file_are_refused(desk: Desk) -> None:
    number = OLD_BOOK.index(bytes((0xFD, 0x00, 0x0A, 0x00)))  # a cell with a text of the common list
    assert_refused(desk, desk.file("far.xls", old_book((number + 4, b"\xff\xff\xff\xff"))), "column 65,536")
    texts = OLD_BOOK.index(b"\x09\x08\x10\x00")  # where its records begin
    while OLD_BOOK[texts : texts + 2] != b"\xfc\x00":
        texts += 4 + int.from_bytes(OLD_BOOK[texts + 2 : texts + 4], "little")
    assert_refused(desk, desk.file("many.xls", old_book((texts + 8, b"\xff\xff\xff\x7f"))), "hold together")
