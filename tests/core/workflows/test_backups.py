"""A backup holds everything and is refused whole where it is not."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.kernel import Damaged, Refused, UnreadableFile
from fondaco.ledger import Workspace
from fondaco.workflows import backup, restore

pytestmark = pytest.mark.requirement("F76", "X06")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.take(made.file("a.csv", csv_of([line(f"A{n}") for n in range(5)])))
    gone = made.take(made.file("b.csv", csv_of([line("A1", quantity=9), line("B1")])))
    made.undo(gone.import_)
    return made


def test_what_is_restored_is_what_was_backed_up(desk: Desk, tmp_path: Path) -> None:
    with closing(sqlite3.connect(desk.home / "desk.sqlite3")) as con:
        con.execute("CREATE TABLE note (text)")
        con.execute("INSERT INTO note VALUES ('Call Kiel')")
        con.commit()
    (desk.home / "uploads").mkdir()
    (desk.home / "uploads" / "kept.txt").write_text("kept")
    (desk.home / "cache").mkdir()
    (desk.home / "cache" / "thrown.txt").write_text("away")
    archive = backup(desk.workspace, tmp_path, now=NOW)
    assert archive.name == "fondaco-20261121-093000.tar"
    restored = restore(archive, tmp_path / "restored")
    here, there = desk.ledger, restored.ledger("shop")
    assert there.firm == here.firm
    assert there.fingerprint() == here.fingerprint()
    assert there.imports() == here.imports()
    assert there.table("orders").count().execute() == 5
    with closing(sqlite3.connect(tmp_path / "restored" / "desk.sqlite3")) as con:
        assert con.execute("SELECT text FROM note").fetchall() == [("Call Kiel",)]
    assert (tmp_path / "restored" / "uploads" / "kept.txt").read_text() == "kept"
    assert not (tmp_path / "restored" / "cache").exists()
    assert list((tmp_path / "restored" / "mappings").rglob("*.toml"))


def test_work_goes_on_in_a_restored_workspace(desk: Desk, tmp_path: Path) -> None:
    archive = backup(desk.workspace, tmp_path / "b.tar", now=NOW)
    desk.workspace = restore(archive, tmp_path / "restored")
    assert desk.take(desk.file("c.csv", csv_of([line("A1"), line("C1")]))).added == 1
    assert desk.ledger.verify() == []
    assert desk.said("order")[-1] == ("C1",)


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    archive = backup(desk.workspace, tmp_path / "b.tar", now=NOW)
    with pytest.raises(Refused):
        backup(desk.workspace, archive, now=NOW)
    with pytest.raises(Refused):
        restore(archive, desk.home)
    with pytest.raises(UnreadableFile):
        backup(Workspace(tmp_path / "nowhere"), tmp_path / "c.tar", now=NOW)


def test_a_backup_cut_off_or_changed_is_refused_and_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    archive = backup(desk.workspace, tmp_path / "b.tar", now=NOW)
    content = archive.read_bytes()
    parquet = min(desk.home.glob("ledger/firm=shop/orders/*.parquet"))
    at = content.index(parquet.read_bytes()) + 40
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    for number, wrong in enumerate((content[: len(content) // 2], changed, b"no archive at all")):
        bad = tmp_path / f"bad-{number}.tar"
        bad.write_bytes(wrong)
        with pytest.raises(Damaged):
            restore(bad, tmp_path / "restored")
        assert not (tmp_path / "restored").exists()
    assert not list(tmp_path.glob(".restored*"))


def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    (tmp_path / "x").write_text("x")
    with tarfile.open(evil, "w") as tar:
        tar.add(tmp_path / "x", arcname="../../outside.txt")
    with pytest.raises(Damaged):
        restore(evil, tmp_path / "deep" / "restored")
    assert not (tmp_path / "outside.txt").exists()


def test_archive_and_restored_workspace_are_their_owners_alone(desk: Desk, tmp_path: Path) -> None:
    archive = backup(desk.workspace, tmp_path, now=NOW)
    restored = restore(archive, tmp_path / "restored")
    assert (archive.stat().st_mode & 0o077, restored.home.stat().st_mode & 0o077) == (0, 0)


def test_a_new_workspace_in_the_place_of_an_old_one_is_read_anew(desk: Desk) -> None:
    before = [record.import_ for record in desk.ledger.imports()]
    shutil.rmtree(desk.home)
    desk.take(desk.file("c.csv", csv_of([line("C1")])))
    gone = desk.take(desk.file("d.csv", csv_of([line("D1")])))
    desk.undo(gone.import_)
    assert not {record.import_ for record in desk.ledger.imports()} & set(before)
    assert desk.said("order") == [("C1",)]
