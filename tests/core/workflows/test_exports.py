"""A firm can leave with everything, in formats anybody reads."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet
import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.kernel import Refused
from fondaco.ledger import TABLES
from fondaco.workflows import export

pytestmark = pytest.mark.requirement("R27")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.take(made.file("a.csv", csv_of([line("A1", product="=HYPERLINK(1)"), line("A2")])))
    return made


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_table_leaves_as_parquet_and_csv(desk: Desk, tmp_path: Path) -> None:
    names = {path.name for path in export(desk.workspace, "shop", tmp_path / "out")}
    assert names == {f"{table}.{kind}" for table in TABLES for kind in ("csv", "parquet")} | {"codebook.csv"}
    exact = pyarrow.parquet.read_table(tmp_path / "out" / "orders.parquet").to_pylist()
    assert sorted(exact, key=lambda row: row["row"]) == desk.rows()
    assert [row["order"] for row in read(tmp_path / "out" / "orders.csv")] == ["A1", "A2"]


def test_the_codebook_explains_every_column_that_is_there(desk: Desk, tmp_path: Path) -> None:
    export(desk.workspace, "shop", tmp_path / "out")
    told = {
        (row["table"], row["column"]) for row in read(tmp_path / "out" / "codebook.csv") if row["meaning"]
    }
    for table in TABLES:
        columns = pyarrow.parquet.read_schema(tmp_path / "out" / f"{table}.parquet").names
        assert {(table, column) for column in columns} == {pair for pair in told if pair[0] == table}


def test_no_cell_of_a_csv_file_runs_in_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    export(desk.workspace, "shop", tmp_path / "out")
    assert read(tmp_path / "out" / "orders.csv")[0]["product"] == "'=HYPERLINK(1)"


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(Refused):
        export(desk.workspace, "shop", tmp_path / "out")
