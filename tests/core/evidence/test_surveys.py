"""Surveys as people have them: every kind of file, and what is wrong with one said by row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from fondaco.evidence import read_survey
from fondaco.kernel import InputError, UnknownName, UnreadableFile

ANSWERS = {"q1": [1.0, 2.0, np.nan, 4.0], "q2": [5.5, -99.0, 3.0, 2.0]}
MISSING_READ = {"q1": [1, 2, np.nan, 4], "q2": [5.5, np.nan, 3, 2]}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


TEXTS = {
    "comma": "q1,q2\n1,5.5\n2,-99\n,3\n4,2\n",
    "semicolon and decimal comma": "q1;q2\n1;5,5\n2;-99\n;3\n4;2\n",
    "tab": "q1\tq2\n1\t5.5\n2\t-99\n\t3\n4\t2\n",
    "Windows line ends": "q1,q2\r\n1,5.5\r\n2,-99\r\n,3\r\n4,2\r\n",
    "quoted": '"q1","q2"\n"1","5.5"\n"2","-99"\n"","3"\n"4","2"\n',
    "NA for missing": "q1,q2\n1,5.5\n2,-99\nNA,3\n4,2\n",
    "as SPSS writes missing": "q1,q2\n1,5.5\n2,-99\n#NULL!,3\n4,2\n",
    "a title above": "Survey of members,\n,\nq1,q2\n1,5.5\n2,-99\n,3\n4,2\n",
    "minus signs of print": "q1,q2\n1,5.5\n2,−99\n,3\n4,2\n",
    "UTF-16": "q1,q2\n1,5.5\n2,-99\n,3\n4,2\n".encode("utf-16"),
    "a mark at the start": "\ufeffq1,q2\n1,5.5\n2,-99\n,3\n4,2\n",
}


@pytest.mark.parametrize("content", TEXTS.values(), ids=TEXTS)
def test_text_of_every_kind_is_read(tmp_path: Path, content: str | bytes) -> None:
    survey = read_survey(written(tmp_path, "a.csv", content))
    found = survey.numbers(["q1", "q2"], marker=-99)
    for name, values in MISSING_READ.items():
        np.testing.assert_array_equal(found[name], values)


def test_questions_named_like_codes_are_names_not_values(tmp_path: Path) -> None:
    survey = read_survey(written(tmp_path, "a.csv", "x1,x2,V3\n" + "1,2,3\n" * 5))
    assert survey.columns == ("x1", "x2", "V3")
    assert len(survey) == 5


def test_a_file_that_is_not_utf_8_keeps_its_letters(tmp_path: Path) -> None:
    survey = read_survey(
        written(tmp_path, "a.csv", "Größe;Zufriedenheit für alle\n1;2\n2;3\n".encode("cp1252"))
    )
    assert survey.columns == ("Größe", "Zufriedenheit für alle")


def test_a_workbook_is_read_by_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "answers"
    for row in (("q1", "q2"), (1, 5.5), (2, -99), (None, 3), (4, 2)):
        first.append(list(row))
    other = book.create_sheet("other")
    other.append(["z"])
    other.append([7])
    book.save(tmp_path / "a.xlsx")
    survey = read_survey(tmp_path / "a.xlsx")
    np.testing.assert_array_equal(survey.numbers(["q1"])["q1"], MISSING_READ["q1"])
    assert any("--sheet" in note for note in survey.notes)
    assert read_survey(tmp_path / "a.xlsx", sheet="other").columns == ("z",)
    with pytest.raises(UnknownName, match="answers, other"):
        read_survey(tmp_path / "a.xlsx", sheet="third")


def test_spss_is_read_with_its_questions_and_its_missing_codes(tmp_path: Path) -> None:
    frame = pd.DataFrame(ANSWERS | {"country": ["IT", "", "FR", "IT"]})
    pyreadstat.write_sav(
        frame, str(tmp_path / "a.sav"), column_labels={"q1": "How often?"}, missing_ranges={"q2": [-99]}
    )
    survey = read_survey(tmp_path / "a.sav")
    for name, values in MISSING_READ.items():
        np.testing.assert_array_equal(survey.numbers([name])[name], values)
    assert survey.labels == {"q1": "How often?"}
    assert survey.frame["country"].to_list() == ["IT", None, "FR", "IT"]


def test_stata_is_read(tmp_path: Path) -> None:
    pd.DataFrame(ANSWERS).to_stata(tmp_path / "a.dta", write_index=False)
    np.testing.assert_array_equal(
        read_survey(tmp_path / "a.dta").numbers(["q2"], marker=-99)["q2"], MISSING_READ["q2"]
    )


WRONG = {
    "empty": ("", "empty"),
    "names only": ("q1,q2\n", "no cases"),
    "one case": ("q1,q2\n1,2\n", "1 case"),
    "no names": ("1,2\n3,4\n", "no row of column names"),
    "text in numbers": ("q1,q2\n1,2\n2,often\n3,1\n", "row 3, column 'q2': 'often' is not a number"),
    "text after a cell of two lines": ('q1,q2\n"1\n",2\n2,often\n3,1\n', "row 3, column 'q2'"),
    "a comma among points": ("q1,q2\n1,2.5\n2,\"1,5\"\n3,1\n", "row 3, column 'q2': '1,5'"),
    "infinity": ("q1,q2\n1,2\n2,inf\n3,1\n", "row 3, column 'q2': 'inf'"),
    "no answers": ("q1,q2\n1,\n2,NA\n3,\n", "Column 'q2' of a.csv has no answers"),
    "doubled": ("q1,q2,q1\n1,2,3\n2,3,4\n", "'q1' more than once"),
    "a row too long": ("q1,q2\n1,2\n2,3,4\n", "row 3: 3 cells under 2 column names"),
    "a picture": ("\x89PNG\r\n\x1a\n", "picture"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_where(tmp_path: Path, content: str, said: str) -> None:
    path = written(tmp_path, "a.csv", content.encode("latin-1") if "PNG" in content else content)
    with pytest.raises(InputError, match=said):
        read_survey(path).numbers(["q1", "q2"])


@pytest.mark.parametrize("name", ["a.sav", "a.dta", "a.xlsx", "a.por"])
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=name):
        read_survey(written(tmp_path, name, b"PK\x03\x04 this is not what it says"))
    with pytest.raises(UnreadableFile):
        read_survey(written(tmp_path, name, b""))
    with pytest.raises(UnreadableFile):
        read_survey(tmp_path / f"gone-{name}")


def test_an_unknown_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    survey = read_survey(written(tmp_path, "a.csv", "trust,views\n1,2\n2,3\n"))
    with pytest.raises(UnknownName, match=r"no column 'trst'\. Did you mean trust"):
        survey.numbers(["trst"])
