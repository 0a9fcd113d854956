"""What a person decided about a file is kept, passed on, and refused whole where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kernel.errors import InputError, UnreadableFile
from fondaco.ledger.mapping import Mapping, from_toml, read_mapping, to_toml, write_mapping
from fondaco.ledger.schema import KINDS, TABLES

pytestmark = pytest.mark.requirement("X03")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
headers = texts.map(str.strip).filter(bool)
alpha3 = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    table = draw(st.sampled_from(list(TABLES)))
    fields = [column.name for column in TABLES[table].stated]
    numbers = [column.name for column in TABLES[table].stated if column.type in ("money", "number", "count")]
    days = [column.name for column in TABLES[table].stated if column.type in ("day", "time")]
    free = [name for name in fields if name not in ("currency", "country")]
    charges = draw(st.dictionaries(texts, st.sampled_from(list(KINDS)), max_size=3))
    return Mapping(
        table=table,
        platform=draw(texts),
        name=draw(texts),
        columns=draw(st.dictionaries(st.sampled_from(fields), headers, max_size=5)),
        constants=draw(st.dictionaries(st.sampled_from(free), texts, max_size=3)),
        styles=draw(st.dictionaries(st.sampled_from(numbers), st.sampled_from(".,"), max_size=2))
        | draw(st.dictionaries(st.sampled_from(days), st.sampled_from(["iso", "%d/%m/%Y"]), max_size=2)),
        countries=draw(st.dictionaries(texts, alpha3 | st.just("unknown"), max_size=3)),
        charges={code: kind for code, kind in charges.items() if code == code.casefold()},
        repeats=draw(st.sampled_from(["keep", "drop"])),
        header_row=draw(st.none() | st.integers(1, 1000)),
        carry=tuple(draw(st.lists(st.sampled_from(fields), unique=True, max_size=3))),
        void_status=tuple(draw(st.lists(st.sampled_from(["cancelled", "storniert", "取消"]), unique=True))),
        cancel_prefix=draw(st.sampled_from(["", "C", "CN-"])),
    )


@settings(max_examples=60, deadline=None)
@given(mappings())
def test_what_is_written_is_what_is_read(mapping: Mapping) -> None:
    assert from_toml(to_toml(mapping), "mapping.toml") == mapping


def test_a_mapping_survives_the_disk(tmp_path) -> None:
    mapping = Mapping(columns={"order": 'Nr. "alt"', "at": "Datum\\Zeit"}, countries={"EIRE": "IRL"})
    path = tmp_path / "mappings" / "negozio.toml"
    write_mapping(mapping, path)
    assert read_mapping(path) == mapping
    assert [file.name for file in path.parent.iterdir()] == ["negozio.toml"]


def test_a_mapping_saved_by_notepad_is_read(tmp_path) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes(b'\xef\xbb\xbf[columns]\r\norder = " Invoice "\r\n')
    assert read_mapping(path).columns == {"order": "Invoice"}


def test_the_written_file_explains_its_sections() -> None:
    text = to_toml(Mapping())
    for section in ("mapping", "columns", "constants", "styles", "countries", "charges"):
        assert f"[{section}]\n# " in text


def test_every_fault_is_said_at_once_with_the_file_and_what_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        from_toml(
            """
            colums = 1
            [mapping]
            repeat = "keep"
            header_row = 0
            [columns]
            ordr = "Invoice"
            [constants]
            currency = "euro"
            [styles]
            unit_price = "comma"
            at = "day first"
            [countries]
            EIRE = "IE"
            [charges]
            POST = "shiping"
            post = "fee"
            """,
            "shop.toml",
        )
    faults = str(caught.value).splitlines()
    assert all(fault.startswith("shop.toml: ") for fault in faults)
    assert len(faults) == 10
    said = str(caught.value)
    for hint in (
        "did you mean columns",
        "did you mean repeats",
        "did you mean order",
        "did you mean shipping",
    ):
        assert hint in said
    assert "both shiping and fee" in said


def test_a_field_the_ledger_works_out_cannot_be_mapped() -> None:
    with pytest.raises(InputError, match=r'\[columns\] "country_said" is no field of orders'):
        from_toml('[columns]\ncountry_said = "Country"\n', "m.toml")


@pytest.mark.parametrize("text", ["[columns", "columns = ", "[columns]\norder = 1\n", "columns = []\n"])
def test_what_is_no_mapping_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match=r"m\.toml"):
        from_toml(text, "m.toml")


def test_a_mapping_that_is_missing_or_no_text_is_unreadable(tmp_path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_mapping(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_mapping(tmp_path / "x.toml")


def test_the_fingerprint_is_of_the_meaning_and_not_of_the_name() -> None:
    mapping = Mapping(columns={"order": "A", "at": "B"}, charges={"POST": "shipping"})
    assert replace(mapping, name="shop").fingerprint() == mapping.fingerprint()
    turned = replace(mapping, columns={"at": "B", "order": "A"}, charges={"post": "shipping"})
    assert turned.fingerprint() == mapping.fingerprint()
    assert replace(mapping, repeats="drop").fingerprint() != mapping.fingerprint()
    assert replace(mapping, cancel_prefix="C").fingerprint() != mapping.fingerprint()
