"""Files as people have them: packed, encoded and laid out in many ways, with the same facts inside."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from tests.core.ledger.helpers import HEADER, Desk, counts, csv_of, line

from fondaco.kernel import InputError, UnreadableFile

pytestmark = pytest.mark.requirement("X03", "X05")

ROWS = [
    line("A1", product="Brûlée à façon", date="2026-05-13"),
    line("A2", product="Öl 0.5 l", date="2026-05-14", country="Österreich"),
    line("A3", product="Jar", date="2026-05-31", quantity=1200, price="2.50", country="Spain"),
]
FACTS = [
    ("A1", "Brûlée à façon", Decimal("20.00"), date(2026, 5, 13), "DEU"),
    ("A2", "Öl 0.5 l", Decimal("20.00"), date(2026, 5, 14), "AUT"),
    ("A3", "Jar", Decimal("3000.00"), date(2026, 5, 31), "ESP"),
]


def facts(desk: Desk) -> list[tuple[object, ...]]:
    return desk.said("order", "product", "amount", "day", "country")


def workbook(*sheets: tuple[str, list[tuple[object, ...]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def german(rows: list[tuple[object, ...]]) -> str:
    """The same rows with semicolons, decimal commas and the day first."""
    turned = []
    for order, day, sku, product, quantity, price, *rest in rows:
        year, month, day_ = str(day).split("-")
        turned.append(
            (order, f"{day_}.{month}.{year}", sku, product, quantity, str(price).replace(".", ","), *rest)
        )
    return csv_of(turned, between=";")


PLAIN = csv_of(ROWS)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8"),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        gzip.compress(PLAIN.encode()),
        zipped({"orders/a.csv": PLAIN, "__MACOSX/._a.csv": b"\x00\x05", "orders/.DS_Store": b"\x00"}),
        csv_of(ROWS, between="\t").encode(),
        csv_of(ROWS, between="|").encode(),
        german(ROWS).encode(),
        german(ROWS).encode("cp1252"),
        ("Orders of May\n\nfrom,2026-05-01\n" + PLAIN).encode(),
        PLAIN.replace("\n", "\n\n").encode(),
        (PLAIN + ",".join(HEADER) + "\n").encode(),
        PLAIN.replace("\n", ",\n").encode(),
        "".join(",".join(f'"{c}"' for c in r.split(",")) + "\r\n" for r in PLAIN.splitlines()).encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("\n", "\r").encode("utf-16"),
    ],
    ids=["utf-8", "bom", "cp1252", "utf-16", "utf-16-unmarked", "gzip", "zip", "tabs", "bars", "german", "german-cp1252",
         "titles", "blank-lines", "header-again", "empty-last-column", "quoted", "old-macintosh", "old-macintosh-utf-16"],
)  # fmt: skip
def test_the_same_table_however_it_is_written(desk: Desk, content: bytes) -> None:
    report = desk.take(desk.file("orders.dat", content))
    assert counts(report) == {"facts": 3}
    assert facts(desk) == FACTS


def test_a_workbook_with_real_numbers_and_dates(desk: Desk) -> None:
    rows: list[tuple[object, ...]] = [HEADER]
    for order, day, sku, product, quantity, price, *rest in ROWS:
        rows.append(
            (order, date.fromisoformat(str(day)), sku, product, int(str(quantity)), float(str(price)), *rest)
        )
    report = desk.take(desk.file("book.xlsx", workbook(("Orders", rows), ("Empty", []))))
    assert counts(report) == {"facts": 3}
    assert facts(desk) == FACTS
    assert desk.rows()[0]["file"] == "book.xlsx/Orders"


def test_a_zip_with_several_files_is_one_import(desk: Desk) -> None:
    archive = zipped({"may.csv": csv_of(ROWS[:2]), "more/june.csv": csv_of(ROWS[1:])})
    report = desk.take(desk.file("export.zip", archive))
    assert counts(report) == {"facts": 3, "duplicates": 1}
    assert facts(desk) == FACTS
    assert {r["file"] for r in desk.rows()} == {"export.zip/may.csv", "export.zip/more/june.csv"}


def test_rows_that_do_not_fit_wait_and_the_others_count(desk: Desk) -> None:
    torn = PLAIN + "A4,2026-05-14,A-1\n" + "A5,2026-05-14,A-1,Jar,2,10.00,EUR,K1,Germany,what,is this\n"
    report = desk.take(desk.file("a.csv", torn))
    assert counts(report) == {"facts": 3, "quarantined": 2}
    short, long = desk.ledger.quarantine()
    assert short.row == 5
    assert "11 cells where the header has 9" in long.reason
    assert facts(desk) == FACTS


def test_an_unclosed_quotation_mark_costs_its_own_row_only(desk: Desk) -> None:
    rows = [*ROWS, *[line(f"B{n}") for n in range(40)]]
    lines = [",".join(f'"{cell}"' for cell in row) for row in [HEADER, *rows]]
    lines[2] = lines[2].replace('"Öl 0.5 l"', '"Öl 0.5 l')
    report = desk.take(desk.file("a.csv", "\n".join(lines) + "\n"))
    assert counts(report) == {"facts": 42, "quarantined": 1}
    (row,) = desk.ledger.quarantine()
    assert row.row == 3


def test_a_quotation_mark_in_a_table_without_quoting_is_part_of_the_text(desk: Desk) -> None:
    text = PLAIN.replace("Öl 0.5 l", '"Öl" 0.5 l').replace("Jar", 'Jar 3" wide')
    assert counts(desk.take(desk.file("a.csv", text))) == {"facts": 3}
    assert {r["product"] for r in desk.rows()} >= {'Jar 3" wide'}


def test_a_line_break_inside_a_cell_does_not_begin_a_row(desk: Desk) -> None:
    text = PLAIN.replace("Jar", '"Jar,\nlarge"')
    report = desk.take(desk.file("a.csv", text + ",".join(map(str, line("A4"))) + "\n"))
    assert counts(report) == {"facts": 4}
    assert [r["row"] for r in desk.rows()] == [2, 3, 4, 5]
    assert desk.rows()[2]["product"] == "Jar,\nlarge"


def test_an_archive_with_a_file_that_is_no_table_is_refused_or_says_so(desk: Desk) -> None:
    archive = zipped({"orders.csv": PLAIN, "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(100)})
    report = desk.take(desk.file("export.zip", archive))
    assert report.facts == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n \n"),
        ("zeros.csv", bytes(4096)),
        ("header-only.csv", (",".join(HEADER) + "\n").encode()),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
        ("paper.csv", b"%PDF-1.7\n" + b"1 0 obj\n" * 50),
        ("program.csv", b"MZ\x90\x00" + bytes(300)),
        ("page.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("torn.csv.gz", gzip.compress(PLAIN.encode())[:-12]),
        ("torn.zip", zipped({"a.csv": PLAIN})[:-30]),
        ("torn.xlsx", workbook(("S", [HEADER, *ROWS]))[:2000]),
        ("nothing.zip", zipped({})),
        ("folders.zip", zipped({"__MACOSX/._a": b"x"})),
        ("sheets.xlsx", workbook(("S", []))),
        ("wide.csv", b"a," * 1_000_000 + b"a\n" + b"1," * 1_000_000 + b"1\n"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence_and_nothing_is_written(
    desk: Desk, name: str, content: bytes
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        desk.take(desk.file(name, content))
    assert name in str(caught.value)
    assert not desk.workspace.has_firm("shop")


def test_a_bomb_is_not_unpacked(desk: Desk) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        for _ in range(24):
            packed.write(bytes(1 << 20))
    layers = zipped({"a.csv": bytes(48 << 20)})
    for name, content in (
        ("bomb.gz", gzip.compress(out.getvalue(), 9)),
        ("bomb.zip", zipped({"b.zip": layers})),
    ):
        with pytest.raises(InputError):
            desk.take(desk.file(name, content))
