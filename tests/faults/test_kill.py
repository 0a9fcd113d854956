"""Imports that are killed, meet each other, a reader, a backup or a full disk: the ledger stays whole.

``FONDACO_KILLS`` says how many imports are killed (20; CI takes 200).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.faults.importing import a_minute_passes

from fondaco.kernel import FondacoError
from fondaco.ledger import Workspace
from fondaco.workflows import backup, restore, take_in

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.requirement("X03", "X06")]

ROWS = 60_000
KILLS = int(os.environ.get("FONDACO_KILLS", "20"))
COMMAND = [sys.executable, "-c", "from fondaco.cli import main; main()"]


def orders(path: Path, first: int, rows: int = ROWS) -> Path:
    """Write order lines `first` ...; each has a number of its own and is worth one euro."""
    with path.open("w", encoding="utf-8") as out:
        out.write("Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n")
        for n in range(first, first + rows):
            out.write(f"N{n},2026-05-{1 + n % 31:02},S-{n % 97},Jar,1,1.00,EUR,K{n % 501},Germany\n")
    return path


def start(home: Path, *files: Path, firm: str = "shop") -> subprocess.Popen[bytes]:
    words = ["import", *map(str, files), "--firm", firm, "--home", "IT", "--currency", "EUR"]
    return subprocess.Popen(
        [*COMMAND, *words],
        env=os.environ | {"FONDACO_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()


def numbers(home: Path, firm: str = "shop") -> list[int]:
    """Return the number of every line that counts; reading must work at any moment."""
    workspace = Workspace(home)
    if not workspace.has_firm(firm):
        return []
    table = workspace.ledger(firm).table("orders")
    return sorted(int(number[1:]) for number in table.select("order").to_pyarrow()["order"].to_pylist())


def assert_whole(home: Path, expected: set[int], firm: str = "shop") -> None:
    found = numbers(home, firm)
    assert len(found) == len(set(found)), "a row counts twice"
    assert set(found) == expected
    if Workspace(home).has_firm(firm):
        assert Workspace(home).ledger(firm).verify() == []


def strays(home: Path, firm: str = "shop") -> list[str]:
    """Return the data files and scratch folders that no import answers for."""
    folder = home / "ledger" / f"firm={firm}"
    there = {p.name for p in folder.glob("*/*.parquet") if p.parent.name != "imports"}
    ids = {record.import_ for record in Workspace(home).ledger(firm).imports()}
    left = [name for name in there if not any(name.startswith(import_id) for import_id in ids)]
    journal = [
        p.name for p in folder.glob("imports/*.parquet") if not any(import_id in p.name for import_id in ids)
    ]
    return (
        left + journal + [str(p) for p in folder.glob("scratch/*")] + [str(p) for p in home.rglob("*.part")]
    )


def test_imports_killed_at_any_moment_leave_all_or_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chance = random.Random(20261121)
    began = time.monotonic()
    finish(start(home, orders(tmp_path / "first.csv", 0)))
    whole_time = time.monotonic() - began
    counted = set(range(ROWS))
    outcomes = {True: 0, False: 0}
    path = tmp_path / "next.csv"
    half = ROWS // 2
    for kill in range(KILLS):
        # Each file repeats the last half of what is known and brings as much that is new.
        orders(path, max(counted) + 1 - half)
        fresh = set(range(max(counted) + 1, max(counted) + 1 + half))
        process = start(home, path)
        # Every third dies in the last stretch, in which files are written and committed.
        share = chance.uniform(0.75, 1.05) if kill % 3 == 0 else chance.uniform(0.05, 1.05)
        time.sleep(whole_time * share)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        found = set(numbers(home))
        arrived = found == counted | fresh
        assert arrived or found == counted, "an import counts in part"
        counted = found
        outcomes[arrived] += 1
        assert_whole(home, counted)
        if len(counted) > 6 * ROWS:  # the journal grows, the times would not stay alike
            shutil.rmtree(home)
            finish(start(home, tmp_path / "first.csv"))
            counted = set(range(ROWS))
    assert outcomes[False], "every kill came too late to show anything"
    a_minute_passes(home)
    orders(path, max(counted) + 1 - half)
    finish(start(home, path))
    assert_whole(home, counted | set(range(max(counted) + 1, max(counted) + 1 + half)))
    assert strays(home) == []


def test_two_imports_at_once_wait_for_each_other_and_add_nothing_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    both = [start(home, orders(tmp_path / f"{first}.csv", first)) for first in (0, ROWS // 2)]
    for process in both:
        finish(process)
    assert_whole(home, set(range(ROWS + ROWS // 2)))
    assert len(Workspace(home).ledger("shop").imports()) == 2
    assert strays(home) == []


def test_the_same_file_twice_at_once_counts_once(tmp_path: Path) -> None:
    home, path = tmp_path / "home", orders(tmp_path / "a.csv", 0)
    for process in [start(home, path) for _ in range(3)]:
        finish(process)
    assert_whole(home, set(range(ROWS)))
    assert len(Workspace(home).ledger("shop").imports()) == 1


def test_two_firms_at_once_do_not_meet(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for process in [
        start(home, orders(tmp_path / "a.csv", 0), firm="one"),
        start(home, orders(tmp_path / "b.csv", 500_000), firm="two"),
    ]:
        finish(process)
    assert_whole(home, set(range(ROWS)), "one")
    assert_whole(home, set(range(500_000, 500_000 + ROWS)), "two")


@pytest.fixture
def importing(tmp_path: Path) -> Iterator[tuple[Path, threading.Event]]:
    """A workspace into which one file after the other is imported until all are in."""
    home, done = tmp_path / "home", threading.Event()
    size = ROWS // 10
    finish(start(home, orders(tmp_path / "0.csv", 0, size)))

    def run() -> None:
        for n in range(1, 5):
            finish(start(home, orders(tmp_path / f"{n}.csv", n * size, size)))
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    yield home, done
    thread.join(timeout=120)


def test_a_reader_sees_before_or_after_never_between(importing: tuple[Path, threading.Event]) -> None:
    home, done = importing
    seen = set()
    deadline = time.monotonic() + 120
    while not done.is_set() and time.monotonic() < deadline:
        found = numbers(home)
        assert found == list(range(len(found)))
        seen.add(len(found))
    assert seen <= {n * ROWS // 10 for n in range(1, 6)}
    assert len(seen) > 1
    assert len(numbers(home)) == 5 * (ROWS // 10)


def test_a_backup_during_imports_restores_to_a_whole_state(
    importing: tuple[Path, threading.Event], tmp_path: Path
) -> None:
    home, done = importing
    taken: list[Path] = []
    deadline = time.monotonic() + 120
    while not done.is_set() and time.monotonic() < deadline:
        taken.append(
            backup(Workspace(home), tmp_path / f"{len(taken)}.tar", now=datetime(2026, 6, 1, tzinfo=UTC))
        )
    assert taken
    for archive in taken[:: max(1, len(taken) // 8)]:
        copy = tmp_path / f"copy-{archive.stem}"
        restored = restore(archive, copy)
        assert restored.ledger("shop").verify() == []
        found = numbers(copy)
        assert found == list(range(len(found)))
        assert len(found) % (ROWS // 10) == 0
        assert strays(copy) == []
        finish(start(copy, orders(tmp_path / "after.csv", 900_000, 10)))
        shutil.rmtree(copy)
        archive.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB, where the system lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_ledger_as_it_was(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    finish(start(home, orders(tmp_path / "small.csv", 0, 100)))
    process = start(home, orders(tmp_path / "large.csv", 1000, 200_000))
    _, said = process.communicate(timeout=120)
    assert process.returncode in (2, 3)
    assert b"Traceback" not in said
    assert b"disk" in said or b"space" in said
    assert_whole(home, set(range(100)))
    finish(start(home, orders(tmp_path / "again.csv", 100, 100)))
    assert_whole(home, set(range(200)))
    assert strays(home) == []


def test_a_file_that_vanishes_while_it_is_read_leaves_nothing_half(tmp_path: Path) -> None:
    home, path = tmp_path / "home", orders(tmp_path / "a.csv", 0)

    def vanish(step: str, share: float) -> None:
        path.unlink(missing_ok=True)

    try:
        take_in(
            Workspace(home),
            "shop",
            [path],
            home="IT",
            currency="EUR",
            now=datetime(2026, 6, 1, tzinfo=UTC),
            progress=vanish,
        )
    except FondacoError:
        assert not Workspace(home).has_firm("shop")
    else:
        assert_whole(home, set(range(ROWS)))
