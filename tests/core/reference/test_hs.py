"""Codes of the Harmonized System: possible or not, never padded, never double."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.reference import hs


@pytest.mark.parametrize(
    ("said", "code", "problem"),
    [
        ("0409", "0409", ""),
        ("409", "", "odd digits"),
        ("2204.21", "220421", ""),
        ("22 04 21", "220421", ""),
        ("22042142", "220421", ""),
        ("9801", "9801", ""),
        ("770100", "", "chapter 77"),
        ("00", "", "chapter 00"),
        ("TOTAL", "", "total"),
        ("wine", "", "not a code"),
        ("", "", "not a code"),
        ("-2204", "", "not a code"),
        ("٢٢٠٤", "", "not a code"),
    ],
)
def test_a_text_is_a_code_or_says_why_not(said: str, code: str, problem: str) -> None:
    found = hs.parse(said)
    assert (found.code, found.problem) == (code, problem)


def test_national_codes_are_told() -> None:
    assert hs.parse("22042142").national
    assert hs.parse("9901").national
    assert not hs.parse("220421").national


def test_a_query_matches_what_lies_below_it_and_nothing_else() -> None:
    assert [code for code in ("22", "2204", "220421", "220510") if hs.matches(code, hs.query("2204"))] == [
        "2204",
        "220421",
    ]


@pytest.mark.parametrize("said", ["409", "TOTAL", "7701", "0012", "wine"])
def test_an_impossible_query_is_refused_with_the_reason(said: str) -> None:
    with pytest.raises(InputError, match="no code of the Harmonized System"):
        hs.query(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [("H0", "HS1992"), ("H6", "HS2022"), ("HS 2017", "HS2017"), ("BACI_HS92_Y2001_V202401.csv", "HS1992"),
     ("S4", None), ("HS88", None), ("", None)],
)  # fmt: skip
def test_revisions_are_known_by_name(said: str, name: str | None) -> None:
    assert hs.revision(said) == name


@given(st.integers(1, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_code_rolls_up_to_its_own_beginning(chapter: int, heading: int, sub: int) -> None:
    code = f"{chapter:02d}{heading:02d}{sub:02d}"
    found = hs.parse(code)
    assert bool(found.code) == (chapter != 77)
    if found.code:
        for level in hs.LEVELS:
            up = hs.roll_up(found.code, level)
            assert up is not None
            assert hs.matches(found.code, up)


def test_every_code_of_the_nomenclature_is_possible(shared: Path) -> None:
    with (shared / "data/hs_codes/harmonized-system.csv").open(encoding="utf-8") as lines:
        codes = [row["hscode"] for row in csv.DictReader(lines)]
    assert [code for code in codes if not hs.is_possible(code)] == ["TOTAL"]
    assert hs.looks_like_hs(codes)
