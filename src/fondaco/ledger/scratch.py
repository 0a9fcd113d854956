"""Folders for what is needed for a moment: copies of files on their way, sorted rows, spilled memory.

They lie inside the workspace, not in the system's folder for temporary files, because they hold what
the files hold: buyers' names and addresses.  A lock beside each tells that its owner lives; what a
killed one leaves, the next use, import or start of the server removes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fondaco.kernel.writing import sweep_parts

SCRATCH = "scratch"


@contextmanager
def scratch_in(place: Path) -> Iterator[Path]:
    """Give a folder of our own below `place`, gone afterwards, and remove what killed ones left there."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = place / secrets.token_hex(6)
    with FileLock(folder.with_suffix(".lock")):
        folder.mkdir()
        try:
            sweep(place)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".lock").unlink(missing_ok=True)


@contextmanager
def workspace_scratch(home: Path) -> Iterator[Path]:
    """Give a folder of our own inside a workspace; where there is no workspace yet, the system's will do."""
    if not home.is_dir():
        with tempfile.TemporaryDirectory(prefix="fondaco-") as folder:
            yield Path(folder)
        return
    with scratch_in(home / SCRATCH) as own:
        yield own


def sweep(place: Path) -> None:
    """Remove the folders below `place` whose owner lives no more."""
    for folder in place.iterdir() if place.is_dir() else ():
        mark = folder.with_suffix(".lock")
        if not folder.is_dir():
            continue
        try:
            with FileLock(mark, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
                mark.unlink(missing_ok=True)
        except Timeout:
            continue  # its owner is at work


def sweep_workspace(home: Path) -> None:
    """Remove what killed processes left in a workspace, its firms' folders included."""
    for place in (home / SCRATCH, *home.glob(f"ledger/firm=*/{SCRATCH}")):
        sweep(place)
    for folder, below, _ in os.walk(home):
        if Path(folder) == home:  # ledgers write by their own log, see `Store.sweep`
            below[:] = [name for name in below if name not in ("ledger", SCRATCH)]
        sweep_parts(Path(folder))
