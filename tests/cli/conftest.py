"""Commands are run with a workspace of their own."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fondaco.cli import main

ORDERS = (
    "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n"
    "A1,2026-05-13,S-1,Jar,2,10.00,EUR,K1,Germany\n"
    "A2,2026-05-14,S-1,Jar,3,10.00,EUR,K2,France\n"
    "A2,2026-05-14,POST,Postage,1,4.50,EUR,K2,France\n"
    "A3,2026-05-31,S-2,Lid,1,5.00,EUR,K1,Germany\n"
    "A4,2026-05-31,S-2,Lid,-1,5.00,EUR,K1,Germany\n"
)


# Most tests begin with one and the same import: it is run once, and others begin with a copy of what it left.
_kept = tempfile.TemporaryDirectory(prefix="fondaco-cli-tests-")
_taken: dict[tuple[str, str, int], tuple[Ran, Path]] = {}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Shell:
    """Runs `fondaco` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"

    def run(self, *words: str | Path, code: int | None = 0) -> Ran:
        """Run a command in this process, which is quick; `process` runs one in its own."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FONDACO_HOME", str(self.home))
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["fondaco", *map(str, words)])
            with redirect_stdout(out), redirect_stderr(err):
                try:
                    main()
                    ended = 0
                except SystemExit as end:
                    ended = int(end.code or 0)
        return self._checked(Ran(ended, out.getvalue(), err.getvalue()), code)

    def process(self, *words: str | Path, code: int | None = 0) -> Ran:
        """Run a command as a person does: as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", "from fondaco.cli import main; main()", *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.folder,
            env=os.environ | {"FONDACO_HOME": str(self.home)},
            check=False,
        )
        return self._checked(Ran(done.returncode, done.stdout, done.stderr), code)

    def _checked(self, ran: Ran, code: int | None) -> Ran:
        assert "Traceback" not in ran.err
        if code is not None:
            assert ran.code == code, ran.out + ran.err
        return ran

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, name: str = "a.csv", content: str = ORDERS, code: int = 0) -> Ran:
        """Take a file in; into a new workspace by a copy, where the same file was taken into one before."""
        path = self.file(name, content)
        if self.home.exists():
            return self._take(path, code)
        if (key := (name, content, code)) in _taken:
            ran, kept = _taken[key]
            shutil.copytree(kept, self.home)
            return ran
        ran, kept = self._take(path, code), Path(_kept.name) / str(len(_taken))
        if self.home.exists():
            shutil.copytree(self.home, kept)
            _taken[key] = ran, kept
        return ran

    def _take(self, path: Path, code: int) -> Ran:
        words = ("--firm", "shop", "--home", "IT", "--currency", "EUR", "--now", "2026-06-01T12:00+00:00")
        return self.run("import", path, *words, "--json", code=code)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)
