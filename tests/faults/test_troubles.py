"""Disks that are full or slow, files that change, clocks that go backwards: the ledger stays whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.faults.importing import strays

from fondaco.kernel import NoRoom, UnreadableFile
from fondaco.ledger import Workspace, store, understanding
from fondaco.workflows import backup, forget, take_in

pytestmark = [pytest.mark.faults, pytest.mark.requirement("X03", "X06")]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def orders(path: Path, first: int, rows: int, *, price: str = "1.00") -> Path:
    lines = "".join(
        f"N{n},2026-05-{1 + n % 31:02},S-{n * 7919 % 9973},Jar {n * n},1,{price},EUR,K{n},Germany\n"
        for n in range(first, first + rows)
    )
    path.write_text("Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + lines, "utf-8")
    return path


def take(home: Path, *files: Path, firm: str = "shop", now: datetime = NOW) -> Any:
    return take_in(Workspace(home), firm, list(files), home="IT", currency="EUR", now=now)


def numbers(home: Path, firm: str = "shop", *, as_of: date | None = None) -> list[int]:
    table = Workspace(home).ledger(firm).table("orders", as_of=as_of)
    return sorted(int(number[1:]) for number in table.select("order").to_pyarrow()["order"].to_pylist())


def assert_whole(home: Path, *expected: list[int]) -> None:
    assert numbers(home) in expected
    assert Workspace(home).ledger("shop").verify() == []


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MiB, where the system lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def leave_free(disk: Path, kib: int) -> Path:
    """Fill a disk until only so much is free; return the file that fills it."""
    ballast = disk / "ballast"
    room = os.statvfs(disk)
    with ballast.open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, max(1, room.f_bavail * room.f_frsize - kib * 1024))
    return ballast


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["import", "undo", "forget"])
def test_a_disk_that_is_full_at_any_write_leaves_all_or_nothing(
    small_disk: Path, tmp_path: Path, verb: str
) -> None:
    start, home = tmp_path / "start", small_disk / "home"
    first = take(start, orders(tmp_path / "a.csv", 0, 300))
    more = orders(tmp_path / "b.csv", 300, 900)
    before, after = (
        list(range(300)),
        {"import": list(range(1200)), "undo": [], "forget": list(range(300))}[verb],
    )

    def do() -> None:
        if verb == "import":
            take(home, more)
        elif verb == "undo":
            Workspace(home).ledger("shop").undo(first.import_, now=NOW)
        else:
            forget(Workspace(home), "shop", "K7", now=NOW)

    refused = done = free = 0
    while done < 2:
        shutil.copytree(start, home)
        ballast = leave_free(small_disk, free)
        try:
            do()
            done += 1
        except NoRoom:
            refused += 1
        ballast.unlink()
        assert_whole(home, before, after)
        if verb == "import" and numbers(home) == before:
            take(home, more)
            assert numbers(home) == after
            assert strays(home) == []
        shutil.rmtree(home)
        free += max(4, free // 12 // 4 * 4)
        assert free < 16_000
    assert refused > 0


# ---------------------------------------------------------------- files that change


@pytest.mark.parametrize("change", ["grows", "is replaced", "vanishes"])
def test_a_file_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    home, path = tmp_path / "home", orders(tmp_path / "a.csv", 0, 50)
    real = understanding.understand

    def understand(*args: Any, **kwargs: Any) -> Any:
        found = list(real(*args, **kwargs))
        if change == "grows":
            with path.open("a") as out:
                out.write("N50,2026-05-01,S,Jar,1,1.00,EUR,K,Germany\n")
        else:
            path.unlink()
            if change == "is replaced":
                orders(path, 500, 50)
        return found

    monkeypatch.setattr("fondaco.ledger.taking.understand", understand)
    with pytest.raises(UnreadableFile, match="changed while it was read"):
        take(home, path)
    assert not Workspace(home).has_firm("shop")


# ---------------------------------------------------------------- clocks


def test_a_clock_that_goes_backwards_is_told_and_the_later_import_still_wins(tmp_path: Path) -> None:
    home = tmp_path / "home"
    take(home, orders(tmp_path / "a.csv", 0, 3), now=NOW)
    back = NOW - timedelta(days=40)
    report = take(home, orders(tmp_path / "b.csv", 0, 2, price="5.00"), now=back)
    assert [p.kind for p in report.problems if p.kind == "clock"] == ["clock"]
    rows = Workspace(home).ledger("shop").table("orders").to_pyarrow().to_pylist()
    assert {row["order"]: int(row["amount"]) for row in rows} == {"N0": 5, "N1": 5, "N2": 1}
    assert numbers(home, as_of=back.date()) == [0, 1]
    assert numbers(home, as_of=NOW.date()) == [0, 1, 2]
    Workspace(home).ledger("shop").undo(report.import_, now=back - timedelta(days=1))
    assert_whole(home, [0, 1, 2])
    again = take(home, orders(tmp_path / "c.csv", 3, 1), now=NOW)
    assert not [p for p in again.problems if p.kind == "clock"]


# ---------------------------------------------------------------- a slow disk


def test_two_firms_and_two_imports_at_once_on_a_slow_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store._sync

    def slowly(path: Path) -> None:
        time.sleep(0.1)
        real(path)

    monkeypatch.setattr(store, "_sync", slowly)
    home, troubles = tmp_path / "home", []

    def run(firm: str, file: Path) -> None:
        try:
            take(home, file, firm=firm)
        except Exception as error:  # noqa: BLE001  a thread's error would be lost
            troubles.append(error)

    files = [orders(tmp_path / f"{n}.csv", n * 30, 60) for n in range(3)]
    threads = [threading.Thread(target=run, args=(firm, file)) for firm in ("one", "two") for file in files]
    for thread in threads:
        thread.start()
    archive = backup(Workspace(home), tmp_path / "amid.tar", now=NOW) if home.is_dir() else None
    for thread in threads:
        thread.join(120)
    assert troubles == []
    for firm in ("one", "two"):
        assert numbers(home, firm) == list(range(120))
        ledger = Workspace(home).ledger(firm)
        assert ledger.verify() == []
        assert len(ledger.imports()) == 3
        assert strays(home, firm) == []
    assert archive is None or archive.is_file()


KILLED_PREVIEW = """
import os, sys
from pathlib import Path
from fondaco.ledger import Workspace, preview
from fondaco.workflows.take_in_files import preview as look
preview._preview = lambda *_: os._exit(9)  # what SIGKILL does, at the worst moment
look(Workspace(Path(sys.argv[1])), None, Path(sys.argv[2]))
"""


def test_a_killed_preview_leaves_no_copy_of_the_file_behind(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    file = tmp_path / "orders.csv"
    file.write_text(
        "Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n1,2026-05-14,A,1,1.00,EUR,Anna,Germany\n"
    )
    command = [sys.executable, "-c", KILLED_PREVIEW, str(home), str(file)]
    killed = subprocess.run(command, env={**os.environ, "TMPDIR": str(temporary)}, check=False)
    assert killed.returncode == 9
    assert list(temporary.iterdir()) == []
    assert [path.name for path in home.rglob("blob-*")] == ["blob-0000"]
    take_in(Workspace(home), "shop", [file], home="IT", currency="EUR", now=datetime(2026, 6, 1, tzinfo=UTC))
    assert list(home.rglob("blob-*")) == []
