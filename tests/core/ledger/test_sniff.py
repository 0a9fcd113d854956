"""Files as marketplaces, spreadsheets and people save them."""

from __future__ import annotations

import codecs
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel.errors import UnreadableFile
from fondaco.ledger.header import column_names
from fondaco.ledger.sniff import HEAD, Dialect, sniff

pytestmark = pytest.mark.requirement("X03")
SHARED = Path(__file__).parents[4] / "shared" / "data"


def look(content: bytes | str, *, size: int | None = None) -> Dialect:
    raw = content.encode() if isinstance(content, str) else content
    return sniff(raw, size=len(raw) if size is None else size, name="orders.csv")


GERMAN = "Bestellnummer;Käufer;Ort;Betrag\n" + "".join(f"{n};Jürgen Groß;Köln;{n},50 €\n" for n in range(300))
POLISH = "Numer;Kupujący;Miasto;Kwota\n" + "".join(f"{n};Zażółć gęślą jaźń;Łódź;{n},50\n" for n in range(300))
RUSSIAN = "Номер;Покупатель;Город;Сумма\n" + "".join(f"{n};Иван Петров;Москва;{n},50\n" for n in range(300))
JAPANESE = "注文番号,購入者,商品名,金額\n" + "".join(
    f"{n},山田太郎,手作りのカップ ブルー,{n}00\n" for n in range(300)
)
CHINESE = "订单编号,买家,商品名称,金额\n" + "".join(
    f"{n},王小明,手工陶瓷茶杯 蓝色,{n}00\n" for n in range(300)
)
KOREAN = "주문번호,구매자,상품명,금액\n" + "".join(
    f"{n},홍길동,수제 도자기 컵 파랑,{n}00\n" for n in range(300)
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "cp1252"),
        (POLISH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "cp932"),
        (JAPANESE, "utf-8"),
        (CHINESE, "gb18030"),
        (KOREAN, "cp949"),
    ],
)
def test_names_and_values_survive_the_encoding(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    dialect = look(raw)
    assert list(dialect.columns) == text.splitlines()[0].replace(";", ",").split(",")
    assert raw.decode(dialect.encoding).removeprefix("\ufeff") == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", range(1000, 1004))
def test_a_character_cut_at_the_end_of_the_head_is_no_fault(encoding: str, end: int) -> None:
    text = CHINESE if encoding == "gb18030" else JAPANESE
    dialect = look(text.encode(encoding)[:end], size=99_999)
    assert dialect.columns == tuple(text.splitlines()[0].split(","))


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    dialect = look(GERMAN.encode() + b"301;Caf\xe9;Ulm;1,00\n")
    assert dialect.encoding == "utf-8"
    assert "broken" in " ".join(dialect.doubts)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [["Order", "Date", "Note"], ["1", "2025-01-01", "tea"], ["2", "2025-01-02", "cup"]]
    dialect = look("\n".join(delimiter.join(line) for line in lines) + "\n")
    assert dialect.delimiter == delimiter
    assert dialect.columns == ("Order", "Date", "Note")
    assert dialect.header_row == 1


def test_a_comma_in_german_money_is_no_delimiter() -> None:
    assert look("Nr;Betrag;Text\n1;2,50;a, b\n2;3,50;c, d\n3;4,00;e\n").delimiter == ";"


def test_a_quoted_cell_may_hold_delimiters_and_line_breaks() -> None:
    dialect = look('Name,Note,Total\n"A","one\ntwo, x\nthree",5\n"B","x ""q"" y",6\n')
    assert (dialect.delimiter, dialect.quote, dialect.header_row) == (",", '"', 1)
    assert dialect.columns == ("Name", "Note", "Total")


def test_quotation_marks_that_begin_a_product_name_are_text() -> None:
    rows = "".join(f'{n}\t"Large" cup 5" tall\t1\t5.00\n{n}\t"Half cup\t1\t5.00\n' for n in range(100))
    dialect = look("order\tproduct\tquantity\tprice\n" + rows)
    assert (dialect.delimiter, dialect.quote) == ("\t", "")


def test_a_single_column_has_no_delimiter() -> None:
    dialect = look("email\nx@example.org\nz@example.org\n")
    assert (dialect.delimiter, dialect.columns) == ("", ("email",))


def test_the_header_stands_below_a_preamble() -> None:
    dialect = look(
        "Report vendite\nScaricato il 2026-06-04\n\nOrdine,Data,Importo,Paese\n"
        "1,2026-01-01,5.00,Italia\n2,2026-01-02,6.00,Francia\n"
    )
    assert dialect.header_row == 4
    assert dialect.columns == ("Ordine", "Data", "Importo", "Paese")


def test_a_row_of_bare_commas_stands_above_the_header() -> None:
    dialect = look(
        ",,,\nOrder Number,Buyer,Sold For,Sale Date\n,,,\n1-2,bob,$18.00,Sep-30-26\n"
        "1-3,al,$19.00,Sep-29-26\n2,record(s) downloaded,,\nSeller ID : shop\n"
    )
    assert dialect.header_row == 2
    assert dialect.columns == ("Order Number", "Buyer", "Sold For", "Sale Date")


def test_a_file_of_data_only_says_so() -> None:
    dialect = look("".join(f"{n},Blue cup,2025-01-01,{n}.50\n" for n in range(30)))
    assert dialect.header_row == 0
    assert dialect.columns == ("column_1", "column_2", "column_3", "column_4")
    assert "column names" in dialect.doubts[0]


def test_a_file_with_a_header_and_no_rows_is_a_table() -> None:
    assert look("Order ID,Date,Total\n").columns == ("Order ID", "Date", "Total")


@given(st.lists(st.text(max_size=12), min_size=1, max_size=12))
def test_columns_are_stripped_filled_and_unlike(cells: list[str]) -> None:
    names = column_names(cells)
    assert len(names) == len(set(names)) == len(cells)
    assert all(name == name.strip() != "" for name in names)


def test_doubles_are_numbered() -> None:
    assert column_names(["\ufeffName ", "", "Name", "Name"]) == ("Name", "column_2", "Name (2)", "Name (3)")


@pytest.mark.requirement("F29")
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\r\n \n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "picture"),
        (b"%PDF-1.4\n", "PDF"),
        (b"\x7fELF" + b"\0" * 500, "program"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "old Office"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b'[{"order": 1}]', "JSON"),
        (bytes(range(256)) * 40, "binary"),
        (b"a" * 3_000_000, "1 MiB"),
        (b"a,b\n1," + b"x" * 3_000_000, "1 MiB"),
        (b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b"1," * 20_000 + b"\n", "16,384"),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "16,384"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        look(content)
    sentence = str(caught.value)
    assert sentence.startswith("orders.csv ")
    assert says in sentence
    assert sentence.endswith(".")


@given(st.binary(max_size=300))
def test_no_bytes_at_all_lead_to_anything_but_a_dialect_or_a_refusal(content: bytes) -> None:
    try:
        dialect = look(content)
    except UnreadableFile:
        return
    assert dialect.columns
    content.decode(dialect.encoding, errors="replace")


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not here")
@pytest.mark.parametrize(
    ("file", "delimiter", "columns"),
    [
        ("online_retail/online_retail.csv.gz", ",", 8),
        ("cdnow/CDNOW_master.txt.gz", " ", 4),
        ("bibliographic_exports/litstudy/scopus.csv", ",", 46),
    ],
)
def test_real_files_are_understood(file: str, delimiter: str, columns: int) -> None:
    path = SHARED / file
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        raw = stream.read(HEAD)
    dialect = look(raw, size=10_000_000)
    assert (dialect.delimiter, len(dialect.columns), dialect.header_row) == (delimiter, columns, 1)


def test_a_comma_inside_quotation_marks_in_every_row_is_no_column():
    text = "Date,Product,Visitors\n" + '2025-10-30,"Rosso, 75 cl",264\n' * 20
    dialect = sniff(text.encode(), size=len(text), name="traffic.csv")
    assert (dialect.quote, dialect.columns) == ('"', ("Date", "Product", "Visitors"))


def test_control_characters_are_no_table():
    with pytest.raises(UnreadableFile, match="control characters"):
        sniff(b"\x00\x01\x02\x03" * 50, size=200, name="thing.bin")


def test_a_short_western_text_is_not_taken_for_an_eastern_one():
    content = "Articolo;Prezzo\nCaffè crème;2,50\nCaffè nero;1,20\n".encode("cp1252")
    assert sniff(content, size=len(content), name="bar.csv").encoding == "cp1252"


def test_the_names_of_columns_tell_an_encoding_that_little_else_does() -> None:
    header = "Nr zamówienia;Data;Ilość;Cena jednostkowa;Kraj\n"
    rows = "".join(f"{n};2025-09-12;{n};2,50;NL\n" for n in range(1, 12))
    dialect = sniff((header + rows).encode("cp1250"), size=len(header + rows), name="a.csv")
    assert (dialect.encoding, dialect.columns[2]) == ("cp1250", "Ilość")


def test_the_names_that_a_reader_knows_tell_an_encoding_of_the_east() -> None:
    header = "产品ID,产品名称,是否橱窗,是否P4P,搜索曝光次数,搜索点击次数,搜索点击率,访问人数,询盘个数,询盘率,TM咨询人数\n"
    text = header + "".join(f'16001{n},Jar,Y,N,"4,37{n}",16,1.15%,11,3,-,-\n' for n in range(9))
    dialect = sniff(text.encode("gb18030"), size=len(text), name="a.csv")
    assert (dialect.encoding, dialect.columns[0], dialect.doubts) == ("gb18030", "产品ID", ())
