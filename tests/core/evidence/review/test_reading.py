"""Records from files of databases: good ones are read, bad ones kept with line and reason, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.evidence.review.reading import read
from fondaco.evidence.review.records import Record
from fondaco.evidence.review.writing import written
from fondaco.kernel import InputError

RIS = """TY  - JOUR
TI  - Small firms abroad
AU  - Kühn, Jana
AU  - Li, Min
PY  - 2020/03//
T2  - International Marketing Review
DO  - https://doi.org/10.1108/IMR-1
KW  - export
KW  - platforms
SP  - 1
EP  - 20
ER  -
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Kuhn, J
   Li, M
AF Kuehn, Jana
   Li, Min
TI Small firms
   abroad
SO INTERNATIONAL MARKETING REVIEW
DE export; platforms
AB About small
   firms.
PY 2020
VL 41
BP 981
EP 1015
DI 10.1108/IMR-1
UT WOS:000123
ER

PT J
TI Another
ER

EF
"""
MEDLINE = """
PMID- 123
TI  - Small firms
      abroad.
FAU - Kuhn, Jana
AB  - About small
      firms.
DP  - 2020 Mar
JT  - International marketing review
LID - 10.1108/IMR-1 [doi]
OT  - export
PT  - Journal Article

PMID- 124
TI  - Another.
"""
BIBTEX = r"""
% from a database
@article{kuehn2020,
  title = {Small {SMEs} abroad: 50% more, S{\~a}o Paulo},
  author = {K{\"u}hn, Jana and Li, Min},
  year = 2020, doi = {10.1108/IMR-1}, keywords = {export; platforms}
}
"""
SCOPUS = (
    "\ufeffAuthors,Author(s) ID,Title,Year,Source title,DOI,Abstract,Author Keywords,Document Type,EID\n"
    '"Kühn J.; Li M.",1;2,"Small firms, abroad",2020,IMR,10.1108/IMR-1,"About, small firms.",export; platforms,Article,2-s2.0-1\n'
)


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("a.ris", RIS, "ris"),
        ("a.txt", WOS, "wos"),
        ("a.nbib", MEDLINE, "pubmed"),
        ("a.bib", BIBTEX, "bibtex"),
        ("a.csv", SCOPUS, "scopus"),
    ],
)
def test_each_kind_becomes_the_same_record(name: str, text: str, source: str) -> None:
    found = read(text.encode(), name)
    first = found.records[0]
    assert found.source == source
    assert first.title.startswith("Small")
    assert "abroad" in first.title
    assert (first.year, first.doi) == (2020, "10.1108/imr-1")
    assert first.authors[0].casefold().startswith("k")
    assert first.keywords[0] == "export"
    assert first.raw
    assert not found.kept


def test_latex_becomes_letters_and_a_percent_sign_is_no_comment() -> None:
    first = read(BIBTEX.encode(), "a.bib").records[0]
    assert first.title == "Small SMEs abroad: 50% more, São Paulo"
    assert first.authors == ("Kühn, Jana", "Li, Min")
    assert first.line == 3


def test_our_reading_of_ris_is_that_of_another_program() -> None:
    other = rispy.loads(RIS)[0]
    first = read(RIS.encode(), "a.ris").records[0]
    assert (first.title, list(first.authors), list(first.keywords)) == (
        other["title"],
        other["authors"],
        other["keywords"],
    )


def test_a_record_without_its_end_is_read_and_told_with_its_line() -> None:
    broken = RIS.replace("ER  -\n", "") + RIS
    found = read(broken.encode(), "a.ris")
    assert len(found.records) == 2
    assert [each.reason for each in found.problems] == [
        "a.ris, line 1: this record has no ER at its end; the next begins in line 12."
    ]


def test_tags_that_nobody_knows_are_counted_and_stay_in_the_raw_text() -> None:
    found = read(RIS.replace("PY  -", "QQ  - what\nPY  -").encode(), "a.ris")
    assert found.problems[0].kind == "unknown_tag"
    assert "QQ (1)" in found.problems[0].reason
    assert "QQ  - what" in found.records[0].raw


def test_half_an_entry_is_kept_and_its_neighbours_are_read() -> None:
    text = (
        BIBTEX + "@article{half, title = {Half an entry, author = {A\n" + BIBTEX.replace("kuehn2020", "next")
    )
    found = read(text.encode(), "a.bib")
    assert len(found.records) == 2
    assert len(found.kept) == 1
    assert found.kept[0].line == 8
    assert "Half an entry" in found.kept[0].raw


def test_shifted_cells_are_told_by_what_stands_where() -> None:
    rows = "A,1,Title with, a comma,2020,IMR,,,,Article,2-s2.0-2\nB,2,Good,2021,IMR,,,,Article,2-s2.0-3\n"
    found = read((SCOPUS + rows).encode(), "s.csv")
    assert [record.title for record in found.records] == ["Small firms, abroad", "Good"]
    assert found.kept[0].line == 3
    assert "'Year' holds 'a comma'" in found.kept[0].reason


def test_cells_too_many_behind_the_abstract_do_not_cost_the_record() -> None:
    rows = "A,1,Good,2020,IMR,10.1000/x,Abstract,words,one more,Article,2-s2.0-2\n"
    found = read((SCOPUS + rows).encode(), "s.csv")
    assert found.records[1].key == "2-s2.0-2", "the cells at the end are read from the end"
    assert found.problems[0].kind == "shifted"


def test_a_quotation_mark_that_nothing_closes_costs_one_row() -> None:
    rows = '"A,1,Bad,2020,IMR,,,,Article,2-s2.0-2\nB,2,Good,2021,IMR,,,,Article,2-s2.0-3\nC,3,Good too,2022,IMR,,,,Article,2-s2.0-4\n'
    found = read((SCOPUS + rows).encode(), "s.csv")
    assert [record.title for record in found.records] == ["Small firms, abroad", "Good", "Good too"]
    assert [piece.line for piece in found.kept] == [3]


def test_an_abstract_of_several_lines_in_a_row_without_its_last_cells_is_one_record() -> None:
    found = read((SCOPUS + 'A,1,Long,2020,IMR,,"First, of all.\nSecond; too."\n').encode(), "s.csv")
    assert (found.records[1].abstract, found.kept) == ("First, of all. Second; too.", ())


def test_an_old_encoding_is_read_and_told() -> None:
    found = read(RIS.encode("cp1252"), "a.ris")
    assert found.records[0].authors[0] == "Kühn, Jana"
    assert "line 3" in found.problems[0].reason


def test_a_mark_of_byte_order_is_no_part_of_a_name() -> None:
    assert read(b"\xef\xbb\xbf" + RIS.encode(), "a.ris").records[0].title == "Small firms abroad"
    assert read(RIS.encode("utf-16"), "a.ris").records[0].title == "Small firms abroad"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"PK\x03\x04...", "no text file"),
        (b"hello", "none of RIS"),
        (b"a,b\n1,2\n", "no column of titles"),
    ],
)
def test_what_is_no_export_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(content, "x")


def test_a_huge_field_is_read() -> None:
    found = read((SCOPUS + f'A,1,Long,2020,IMR,,"{"word " * 400_000}",,Article,2-s2.0-2\n').encode(), "s.csv")
    assert len(found.records[1].abstract) == 5 * 400_000 - 1


words = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(
    st.lists(
        st.builds(
            Record, title=words, abstract=words, year=st.integers(1900, 2029), authors=st.tuples(words)
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_as_many_records_come_back_as_were_written(records: list[Record]) -> None:
    again = read(written(records, ".ris").encode(), "x.ris")
    assert len(again.records) + len(again.kept) == len(records)
    assert [record.year for record in again.records] == [record.year for record in records]


@given(st.text(max_size=300), st.sampled_from([RIS, WOS, MEDLINE, BIBTEX, SCOPUS]), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_rubbish_within_a_file_ends_in_records_pieces_or_words(rubbish: str, text: str, at: int) -> None:
    broken = (text[:at] + rubbish + text[at:]).encode("utf-8", errors="replace")
    try:
        found = read(broken, "x")
    except InputError:
        return
    assert found.records or found.kept


def test_real_exports_are_read_whole(shared: Path) -> None:
    folder = shared / "data" / "bibliographic_exports"
    counts = {
        "asreview/scopus.ris": 6,
        "asreview/web_of_science.txt": 10,
        "litstudy/example.ris": 25,
        "litstudy/scopus.csv": 58,
        "litstudy/ieee.csv": 10,
    }
    for name, count in counts.items():
        found = read((folder / name).read_bytes(), name)
        assert (len(found.records), len(found.kept)) == (count, 0), name
        assert all(record.title and record.year for record in found.records), name


def test_a_paper_without_a_year_yet_is_no_shifted_row() -> None:
    found = read(
        b'Authors,Title,Year\n"Li, M.",To come,n.d.\n"Li, M.",Soon,In press\nLi,M.,Shifted,2020\n', "a.csv"
    )
    assert [(record.title, record.year) for record in found.records] == [("To come", None), ("Soon", None)]
    assert len(found.kept) == 1


def test_a_year_column_of_dates_and_spans_shifts_no_row() -> None:
    said = [
        "2020-05-01",
        '"May 2019"',
        "[2018]",
        "2017a",
        "c2016",
        "2014-2015",
        "15.03.2013",
        "2012-01-01 00:00:00",
    ]
    rows = "".join(f"Paper {place},{year}\n" for place, year in enumerate(said))
    found = read(f"Title,Year\n{rows}Shifted,Proceedings 2019\nToo,10.1016/2019.05\n".encode(), "a.csv")
    assert [record.year for record in found.records] == [2020, 2019, 2018, 2017, 2016, 2014, 2013, 2012]
    assert [piece.line for piece in found.kept] == [10, 11]


def test_a_record_that_begins_without_a_blank_behind_the_hyphen_is_not_lost_in_the_one_before() -> None:
    found = read(b"TY  - JOUR\nTI  - First\nTY  -JOUR\nTI  -Second\nAB  - AI -driven\nER  -\n", "a.ris")
    assert [record.title for record in found.records] == ["First", "Second"]
    assert found.records[1].abstract == "AI -driven"


def test_a_mark_of_utf_8_before_other_letters_is_not_believed() -> None:
    content = b"\xef\xbb\xbfTY  - JOUR\nTI  - Caf\xe9s abroad\nPY  - 2020\nER  -\n"
    found = read(content, "a.ris")
    assert found.records[0].title == "Cafés abroad" and "line 2" in found.problems[0].reason


@pytest.mark.parametrize("before", ["sep=;\n", '"sep=;"\r\n', "\n\n", "sep=;\n\n"])
def test_what_a_spreadsheet_writes_before_a_table_is_no_row_of_names(before: str) -> None:
    text = f"{before}Title;Year\nSmall firms, abroad;2020\n"
    (record,) = read(text.encode(), "a.csv").records
    assert (record.title, record.year, record.line) == ("Small firms, abroad", 2020, text.count("\n"))


def test_and_others_is_nobody() -> None:
    (record,) = read(
        b"@article{k, title={A}, author={K\xc3\xbchn, J. and others}, year=2020}", "a.bib"
    ).records
    assert record.authors == ("Kühn, J.",)


def test_records_written_as_a_table_keep_what_they_are() -> None:
    records = [Record("Erratum to: A", kind="erratum"), Record("A", kind="article")]
    assert [each.kind for each in read(written(records, ".csv").encode(), "a.csv").records] == [
        "erratum",
        "article",
    ]


def test_an_entry_without_the_comma_behind_its_key_is_kept_whole() -> None:
    text = "@article{k1\n  title = {Lost and found}, year = {2018}\n}\n@article{k2, title={Next}, year=2019}"
    found = read(text.encode(), "a.bib")
    assert [record.title for record in found.records] == ["Next"]
    assert "Lost and found" in found.kept[0].raw and "2018" in found.kept[0].raw
    assert "comma" in found.problems[0].reason
