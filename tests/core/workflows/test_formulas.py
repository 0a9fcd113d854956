"""Nothing that Fondaco writes for a spreadsheet runs in one."""

from __future__ import annotations

import ast
import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fondaco
from fondaco.kernel.exports import SafeWriter, neutralise
from fondaco.ledger import Workspace
from fondaco.workflows import export, take_in

pytestmark = pytest.mark.requirement("R27", "X03")

HARM = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "\r=1", " =1", "＝1+1", "jar;=1+1", 'jar;"=1', "jar\t@x",
        "\u00a0=1", "\ufeff=1", "\u200b=1", "a\n=1"]  # fmt: skip
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cells_as_any_spreadsheet_splits(text: str) -> list[str]:
    """Return every cell that some spreadsheet would make of a file, whatever it expects between cells."""
    found = []
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found += row
    found += [piece for line in text.splitlines() for delimiter in ",;\t" for piece in line.split(delimiter)]
    return [cell.strip(' "\u00a0\u200b\ufeff\0') for cell in found]


def is_harmless(cell: str) -> bool:
    return not cell.startswith(STARTS) or cell[1:].replace(".", "", 1).isdecimal()


@pytest.mark.parametrize("harm", HARM)
def test_no_cell_begins_as_a_formula_however_the_file_is_split(harm: str) -> None:
    out = io.StringIO(newline="")
    SafeWriter(out).writerow(["x", harm, -3, "-4.5"])
    assert [cell for cell in cells_as_any_spreadsheet_splits(out.getvalue()) if not is_harmless(cell)] == []


@given(st.text(alphabet='=+-@;\t\n" ,a1＝', max_size=12))
def test_whatever_a_text_holds_its_cells_are_harmless_where_commas_or_semicolons_part_them(text: str) -> None:
    out = io.StringIO(newline="")
    SafeWriter(out).writerow([text])
    for delimiter in ",;":
        for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter):
            if delimiter == ",":
                assert all(is_harmless(cell.lstrip(" ")) for cell in row)
    assert neutralise(neutralise(text)) in (neutralise(text), "'" + str(neutralise(text)))


def test_every_export_neutralises(tmp_path: Path) -> None:
    rows = "".join(
        f'O{n},2026-05-14,A-1,"{harm.replace(chr(34), chr(34) * 2)}",1,2.00,EUR,K{n},Germany\n'
        for n, harm in enumerate(HARM)
    )
    file = tmp_path / "a.csv"
    file.write_text(
        "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + rows,
        encoding="utf-8",
        newline="",
    )
    workspace = Workspace(tmp_path / "home")
    take_in(workspace, "shop", [file], home="IT", currency="EUR", now=datetime(2026, 6, 1, tzinfo=UTC))
    written = export(workspace, "shop", tmp_path / "out")
    seen = 0
    for path in written:
        if path.suffix == ".csv":
            text = path.read_text("utf-8")
            seen += text.count("A-1")
            with path.open(encoding="utf-8", newline="") as stream:
                cells = [cell for row in csv.reader(stream) for cell in row]
            assert [cell for cell in cells if not is_harmless(cell.strip())] == []
    assert seen >= len(HARM) - 2


def test_only_safe_writers_write_for_people() -> None:
    """`csv.writer` is for our own scratch files and for the demonstration's platform files.

    A review's workbook is turned into a table in memory, and a study keeps answers for itself: nobody opens these.
    """
    allowed = {
        "kernel/exports.py",
        "ledger/raw.py",
        "ledger/taking.py",
        "workflows/demo_files/rendering.py",
        "workflows/review.py",
        "web/evidence/studies/actions.py",
    }
    root = Path(fondaco.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in (
                "writer",
                "DictWriter",
                "write_csv",
                "to_csv",
                "write_excel",
            ):
                found.add(path.relative_to(root).as_posix())
    assert found - {"ledger/containers.py", "ledger/json_lines.py"} <= allowed
