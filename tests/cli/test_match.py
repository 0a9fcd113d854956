"""`fondaco match`: two columns of names, compared row by row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import fondaco.cli.main  # noqa: F401  (adds the commands)
from fondaco.cli.app import app
from fondaco.kernel import InputError


def run(*words: str):
    return CliRunner().invoke(app, ["match", *words])


def file_of(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "names.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_each_row_gets_a_score_and_a_reason(tmp_path: Path) -> None:
    path = file_of(tmp_path, "﻿ours;theirs\nMüller GmbH;Mueller\nСергей Иванов;Sergei Ivanov\n")
    found = run(path, "--left", "ours", "--right", "theirs", "--json")
    assert found.exit_code == 0
    pairs = json.loads(found.stdout)["pairs"]
    assert [set(pair) for pair in pairs] == [{"left", "right", "score", "why"}] * 2
    assert all(pair["score"] > 0.9 for pair in pairs)
    assert "Cyrillic" in pairs[1]["why"]


def test_a_row_without_a_name_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    path = file_of(tmp_path, "a,b\n,Acme\nAcme,Acme\nonly\n")
    found = run(path, "--left", "a", "--right", "b", "--json")
    assert found.exit_code == 1
    data = json.loads(found.stdout)
    assert (data["rows"], len(data["pairs"])) == (3, 1)
    assert "row 2: no name in a" in data["problems"][0]
    assert "row 4: no name in b" in data["problems"][1]


def test_a_quotation_mark_that_swallows_the_rows_below_is_told(tmp_path: Path) -> None:
    found = run(
        file_of(tmp_path, 'a,b\n"Acme,Acme\nBest,Best\nCoop,Coop\n'), "--left", "a", "--right", "b", "--json"
    )
    assert "row 4: no name in b" in json.loads(found.stdout)["problems"][0]
    assert "A quotation mark is opened before it" in json.loads(found.stdout)["problems"][0]


@pytest.mark.parametrize(
    ("text", "encoding", "words", "said"),
    [
        ("a,b\nx,y\n", "utf-8", ("--left", "a", "--right", "c"), "has no column 'c'; it has a, b"),
        ("a,b\nMüller,y\n", "latin-1", ("--left", "a", "--right", "b"), "line 2 is not UTF-8"),
        ("", "utf-8", ("--left", "a", "--right", "b"), "it has none"),
        ("a,b\n", "utf-8", ("--left", "a", "--right", "b", "--kind", "dog"), "person or company"),
        ("a,b,b\nx,y,z\n", "utf-8", ("--left", "a", "--right", "b"), "'b' more than once (columns 2 and 3)"),
    ],
)
def test_what_cannot_be_read_is_said(
    text: str, encoding: str, words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    found = run(file_of(tmp_path, text, encoding), *words)
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.csv", "is not there"), (tmp_path, "is a folder")):
        found = run(str(path), "--left", "a", "--right", "b")
        assert isinstance(found.exception, InputError)
        assert said in str(found.exception)


def test_a_table_is_shown_to_people(tmp_path: Path) -> None:
    found = run(file_of(tmp_path, "a,b\nAcme Ltd,ACME\n"), "--left", "a", "--right", "b")
    assert "1.00" in found.stdout
