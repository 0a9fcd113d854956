"""The commands of a review, as people and scripts run them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

RIS = "TY  - JOUR\nTI  - Small firms on platforms\nAU  - Kühn, J.\nPY  - 2020\nDO  - 10.1000/a\nER  -\n"
TABLE = "title,abstract,Included\n" + "".join(
    f"Small exporters {n},platform export trade abroad,yes\n"
    if n % 10 == 0
    else f"Mice {n},liver enzyme cell dose {n},no\n"
    for n in range(120)
)


def test_records_are_read_and_what_is_not_is_told(shell: Shell) -> None:
    (shell.folder / "a.ris").write_text(RIS)
    (shell.folder / "b.bib").write_text(
        "@article{a, title={Half an entry, author={A\n@article{b, title={Whole}, year={2021}}\n"
    )
    ran = shell.run("review", "import", "a.ris", "b.bib", "--json", code=1)
    assert (ran.json["count"], len(ran.json["kept"])) == (2, 1)
    assert ran.json["kept"][0]["file"] == "b.bib"
    assert "b.bib, line 1" in ran.json["problems"][0]["reason"]
    assert "is not there" in shell.run("review", "import", "gone.ris", code=2).err
    (shell.folder / "note.txt").write_text("hello")
    assert "none of RIS" in shell.run("review", "import", "--json", "note.txt", code=2).json["error"]


def test_duplicates_are_told_and_what_is_left_is_written(shell: Shell) -> None:
    (shell.folder / "a.ris").write_text(RIS)
    (shell.folder / "b.ris").write_text(RIS.replace("Small firms on platforms", "SMALL FIRMS ON PLATFORMS."))
    ran = shell.run("review", "dedup", "a.ris", "b.ris", "--out", "left.ris", "--json")
    assert (ran.json["records"], ran.json["duplicates"], ran.json["left"]) == (2, 1, 1)
    assert ran.json["pairs"][0]["why"][0] == "the same DOI, 10.1000/a"
    assert shell.run("review", "import", "left.ris", "--json").json["count"] == 1
    assert "written as .ris or .csv" in shell.run("review", "dedup", "a.ris", "--out", "left.doc", code=2).err


def test_screening_is_tried_out_on_labelled_records(shell: Shell) -> None:
    (shell.folder / "r.csv.gz").write_bytes(gzip.compress(TABLE.encode()))
    said = shell.run("review", "screen", "r.csv.gz", "--labels", "Included", "--seed", "3", "--json").json
    assert (said["records"], said["relevant"], said["seed"]) == (120, 12, 3)
    assert set(said["recall_at"]) >= {"5", "10", "20", "50"}
    assert said["recall_at"]["20"] == 1.0
    assert said["wss95"] > 0.8
    assert said["random"]["wss95"] < 0.05
    assert said["stop"]["recall"] >= 0.95
    assert (
        said
        == shell.run("review", "screen", "r.csv.gz", "--labels", "Included", "--seed", "3", "--json").json
    )


def test_a_workbook_is_as_good_as_a_table(shell: Shell) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in TABLE.splitlines():
        sheet.append(line.split(","))
    book.save(shell.folder / "r.xlsx")
    said = shell.run("review", "screen", "r.xlsx", "--labels", "Included", "--json").json
    assert (said["records"], said["relevant"]) == (120, 12)


def test_one_relevant_record_is_said_in_words(shell: Shell) -> None:
    rows = "".join(f"T{n},a b c,0\n" for n in range(30))
    (shell.folder / "r.csv").write_text(f"title,abstract,label_included\nOne,abc,1\n{rows}")
    said = shell.run("review", "screen", "r.csv", "--json").json
    assert said["relevant"] == 1
    assert "One record is relevant" in said["why"]
    assert said["wss95"] is not None


@pytest.mark.parametrize(("label", "which"), [("0", "irrelevant"), ("1", "relevant")])
def test_records_that_are_all_of_one_kind_are_refused(shell: Shell, label: str, which: str) -> None:
    rows = "".join(f"T{n},a b c,{label}\n" for n in range(30))
    (shell.folder / "r.csv").write_text(f"title,abstract,label_included\n{rows}")
    error = shell.run("review", "screen", "r.csv", "--json", code=2).json["error"]
    assert f"all 30 records with a decision are {which}" in error


def test_a_wrong_column_is_named_with_those_that_there_are(shell: Shell) -> None:
    (shell.folder / "r.csv").write_text(TABLE)
    error = shell.run("review", "screen", "r.csv", "--labels", "nope", "--json", code=2).json["error"]
    assert "no column 'nope'" in error
    assert "'Included'" in error


@pytest.mark.requirement("R09")
def test_the_flow_is_checked_and_drawn(shell: Shell) -> None:
    said = shell.run("review", "prisma", "--shipped", "--svg", "flow.svg", "--json").json
    assert said["boxes"]["identified"]["count"] == 289
    assert said["boxes"]["total_studies"]["count"] == 51
    assert (shell.folder / "flow.svg").read_text().startswith("<svg")
    (shell.folder / "bad.toml").write_text("databases = 200\nremoved = 50\nscreened = 160\n")
    error = shell.run("review", "prisma", "bad.toml", "--svg", "bad.svg", "--json", code=2).json["error"]
    assert "200 - 50 = 150, but the box says 160" in error
    assert not (shell.folder / "bad.svg").exists()
    (shell.folder / "no.toml").write_text("databases = \n")
    assert "no TOML" in shell.run("review", "prisma", "no.toml", code=2).err
    assert "--shipped" in shell.run("review", "prisma", code=2).err


@pytest.mark.requirement("R05")
@pytest.mark.requirement("R09")
def test_the_review_that_ships_shows_its_protocol_and_tables(shell: Shell) -> None:
    said = shell.run("review", "status", "--json").json
    assert "(SME* OR" not in said["search_string"].split(" AND ")[0]
    assert said["search_string"].count(" AND ") == 3
    assert said["protocol"]["databases"] == ["Scopus", "Web of Science"]
    assert sum(row["studies"] for row in said["tables"]["years"]) == 51
    assert json.dumps(said)


def test_the_labelled_review_at_hand(shell: Shell, shared: Path) -> None:
    said = shell.run(
        "review",
        "screen",
        shared / "data/screening/Kitchenham_2010.csv.gz",
        "--labels",
        "label_included",
        "--json",
    ).json
    assert (said["records"], said["relevant"]) == (1704, 45)
    assert said["wss95"] > 0.673
