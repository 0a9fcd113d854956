"""What any reader must do, tried on the sample files beside it.

A new platform needs no test of its own for this: its ``samples`` folder is found.  Where a sample
does not say something that must be stated, a ``NAME.answers.json`` beside it does.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk

import fondaco.ledger.platforms
from fondaco.kernel import InputError
from fondaco.ledger import ImportReport
from fondaco.ledger.sniff import Dialect
from fondaco.ledger.understanding import Options, understand

FOLDER = Path(fondaco.ledger.platforms.__file__).parent
SAMPLES = sorted(p for p in FOLDER.glob("*/samples/*") if not p.name.endswith(".answers.json"))

pytestmark = [
    pytest.mark.requirement("X03"),
    pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: f"{p.parts[-3]}-{p.name}"),
]


def answers(sample: Path) -> dict[str, str]:
    beside = sample.with_name(f"{sample.name}.answers.json")
    return json.loads(beside.read_text("utf-8")) if beside.exists() else {}


@lru_cache(maxsize=64)
def content_of(sample: Path) -> tuple[Dialect, str]:
    """How the sample's table is written, and its text: that of the sheet or of the objects, where it is no text."""
    with tempfile.TemporaryDirectory() as scratch:
        (one,) = understand(sample, Path(scratch), Options(), lambda _columns: None)
        return one.source.dialect, one.source.text.path.read_text("utf-8")


def is_text(sample: Path) -> bool:
    return sample.suffix not in (".xls", ".xlsx", ".jsonl")


def cells_of(sample: Path) -> list[list[str]]:
    dialect, text = content_of(sample)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    )
    return list(reader)


def written(sample: Path, rows: list[list[str]]) -> bytes:
    dialect, _ = content_of(sample)
    if not dialect.quote:
        return "".join(dialect.delimiter.join(row) + "\r\n" for row in rows).encode()
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=dialect.delimiter, quotechar=dialect.quote, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def everything(desk: Desk) -> list[str]:
    from fondaco.ledger import TABLES

    return [row for table in TABLES for row in desk.state(table)]


@dataclass(frozen=True)
class Start:
    """A desk that took a sample in as it stands, its report, and the facts that it then held."""

    desk: Desk
    report: ImportReport
    facts: list[str]


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Start]:
    """Most tests begin alike, and taking a file in is what they spend their time on: each sample is taken in once."""

    @cache
    def start(sample: Path) -> Start:
        desk = Desk(tmp_path_factory.mktemp("as-it-stands"))
        report = desk.take(sample, **answers(sample))
        return Start(desk, report, everything(desk))

    return start


@pytest.fixture
def taken(starts: Callable[[Path], Start], sample: Path) -> list[str]:
    """The facts of the sample as it stands."""
    return starts(sample).facts


@pytest.fixture
def first(starts: Callable[[Path], Start], desk: Desk, sample: Path) -> ImportReport:
    """What was said when the test's desk took the sample in as it stands."""
    start = starts(sample)
    shutil.copytree(start.desk.home, desk.home, dirs_exist_ok=True)
    desk.now = start.desk.now
    return start.report


def test_it_is_recognised_by_content_whatever_its_name(desk: Desk, sample: Path) -> None:
    for name in ("ordini", "export (3).dat"):
        report = desk.take(desk.file(name, sample.read_bytes()), **answers(sample))
        reader = report.reader
        platform = sample.parts[-3]
        assert reader.partition("/")[0].startswith(platform)
        desk.ledger.undo(report.import_, now=desk.tick())


def test_every_row_has_one_fate(desk: Desk, sample: Path, first: ImportReport) -> None:
    fates = desk.ledger.fates(first.import_)
    assert len(fates) == first.rows_read
    assert len({(fate.file, fate.row) for fate in fates}) == first.rows_read
    header = content_of(sample)[0].header_row
    filled = {
        n for n, row in enumerate(cells_of(sample), start=1) if n > header and any(c.strip() for c in row)
    }
    # What is no row of the table is counted and said, and nothing else is left out.
    aside = sum(problem.count for problem in first.problems if problem.kind == "aside")
    assert {fate.row for fate in fates} <= filled
    assert len(filled) == first.rows_read + aside
    assert len(desk.ledger.quarantine()) == first.quarantined
    assert first.added == len([row for table in first.tables for row in desk.rows(table)])


def test_importing_again_adds_nothing(desk: Desk, sample: Path, first: ImportReport) -> None:
    before, mark = everything(desk), desk.ledger.fingerprint()
    again = desk.take(desk.file("again.csv", sample.read_bytes()), **answers(sample))
    assert again.already
    assert (again.added, again.duplicates) == (0, first.rows_read)
    assert everything(desk) == before
    assert desk.ledger.fingerprint() == mark


def test_the_same_rows_in_another_file_add_nothing(desk: Desk, sample: Path, first: ImportReport) -> None:
    before = everything(desk)
    again = desk.take(desk.file("again.csv", sample.read_bytes() + b"\n"), **answers(sample))
    assert not again.already
    assert again.added == 0
    assert again.duplicates == again.rows_read - first.quarantined
    assert again.rows_read == first.rows_read
    assert everything(desk) == before


def test_undoing_gives_the_former_state_back(desk: Desk, sample: Path, first: ImportReport) -> None:
    before, mark = everything(desk), desk.ledger.fingerprint()
    rows = cells_of(sample)
    half = min(content_of(sample)[0].header_row + 2, len(rows) - 1)
    part = desk.take(desk.file("part.csv", written(sample, rows[:half])), **answers(sample))
    desk.undo(part.import_)
    assert everything(desk) == before
    assert desk.ledger.fingerprint() == mark
    desk.undo(first.import_)
    assert everything(desk) == []
    assert desk.ledger.verify() == []


def test_a_file_cut_off_anywhere_is_read_or_refused_in_words(desk: Desk, sample: Path) -> None:
    content, refusals = sample.read_bytes(), []
    for tenth in range(1, 10):
        cut = desk.file(f"cut-{tenth}.csv", content[: len(content) * tenth // 10])
        try:
            report = desk.take(cut, **answers(sample))
        except InputError as error:
            refusals.append(str(error))
        else:
            desk.undo(report.import_)
    assert all(words.endswith((".", "?", ")")) for words in refusals)
    if desk.workspace.has_firm("shop"):
        assert everything(desk) == []
        assert desk.ledger.verify() == []


@pytest.mark.parametrize("variant", ["lf", "crlf", "bom", "utf-16", "no-last-break"])
def test_line_ends_and_marks_change_nothing(desk: Desk, sample: Path, taken: list[str], variant: str) -> None:
    if not is_text(sample):
        pytest.skip("no text: it has no line ends")
    content = sample.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    content = {
        "lf": content,
        "crlf": content.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + content,
        "utf-16": content.decode().encode("utf-16"),
        "no-last-break": content.rstrip(b"\n"),
    }[variant]
    desk.take(desk.file("variant.csv", content), **answers(sample))
    assert everything(desk) == taken


def test_the_order_of_columns_changes_nothing(desk: Desk, sample: Path, taken: list[str]) -> None:
    rows = cells_of(sample)
    header = content_of(sample)[0].header_row
    width = len(rows[header - 1])
    body = [row + [""] * (width - len(row)) for row in rows[header - 1 :]]
    turned = [row[width // 3 :] + row[: width // 3] if any(row) else row for row in body]
    desk.take(desk.file("turned.csv", written(sample, rows[: header - 1] + turned)), **answers(sample))
    assert everything(desk) == taken
