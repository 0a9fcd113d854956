"""What the fault tests do in processes that are killed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def run(home: str, words: list[str]) -> None:
    """Run a command of `fondaco` in a workspace, silently."""
    os.environ["FONDACO_HOME"] = home
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.argv = ["fondaco", *words]
    from fondaco.cli import main

    main()


def strays(home: Path, firm: str = "shop") -> list[str]:
    """Return the data files and scratch folders that no import answers for."""
    from fondaco.ledger.store import Store

    store = Store(home / "ledger" / f"firm={firm}")
    known = {f.path for event in store.events() for f in event.files}
    there = {str(p.relative_to(store.folder)) for p in store.folder.glob("*/*.parquet")}
    journal = {f"imports/{name}" for name in store.journal_files()}
    left = sorted(there - known - journal)
    return left + [str(p) for p in store.folder.glob("scratch/*")] + [str(p) for p in home.rglob("*.part")]


def a_minute_passes(home: Path) -> None:
    """Make the half-written files of a killed process as old as they must be to be swept."""
    for part in home.rglob("*.part"):
        os.utime(part, (time.time() - 60,) * 2)
