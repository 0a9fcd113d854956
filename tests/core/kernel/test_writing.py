"""A file is there whole or not at all, and what a killed writer left behind goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from fondaco.kernel.writing import PART, sweep_parts, write_atomically, written_whole
from fondaco.ledger.scratch import sweep_workspace


def parts(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob(f"*{PART}"))


def left(folder: Path, name: str, seconds: int) -> Path:
    """Leave a half-written file, as a process killed `seconds` ago does."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}{PART}"
    part.write_text("half")
    os.utime(part, (time.time() - seconds,) * 2)
    return part


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "firms" / "shop.toml"
    write_atomically(path, "nome = 'Frantoio è'\n")
    assert path.read_bytes() == "nome = 'Frantoio è'\n".encode()
    assert parts(tmp_path) == []


def test_only_its_owner_reads_it_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    write_atomically(tmp_path / "own", b"a")
    write_atomically(tmp_path / "shared", b"a", mode=0o644)
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_file_as_it_was_and_nothing_beside_it(
    tmp_path: Path, fault: BaseException
) -> None:
    path = tmp_path / "rates.csv"
    write_atomically(path, "old")

    def stopped() -> None:
        with written_whole(path) as part:
            part.write_text("ne")
            raise fault

    with pytest.raises(type(fault)):
        stopped()
    assert path.read_text() == "old"
    assert parts(tmp_path) == []


def test_nobody_sees_the_new_content_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    write_atomically(path, "old")
    with written_whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_what_was_left_a_minute_ago_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    left(tmp_path, "dead", 61)
    left(tmp_path, "alive", 5)
    write_atomically(tmp_path / "kept.toml", "a = 1")
    sweep_parts(tmp_path)
    assert parts(tmp_path) == [f"alive{PART}"]
    assert (tmp_path / "kept.toml").is_file()


def test_a_folder_that_is_not_there_needs_no_sweeping(tmp_path: Path) -> None:
    sweep_parts(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_workspace_is_swept_wherever_small_files_are_kept(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "firms", tmp_path / "mappings" / "shop", tmp_path / "networks" / "n"):
        left(folder, "dead", 90)
    ours = left(tmp_path / "ledger" / "firm=shop" / "orders", "theirs", 90)
    sweep_workspace(tmp_path)
    assert parts(tmp_path) == [ours.name]
