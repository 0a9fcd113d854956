"""The tutorial does what it says: its commands run in order and print what stands below them.

In a block marked ``console``, a line that begins with ``$`` is a command and the lines after it are what
it prints; ``...`` stands for anything.  A block without a command is a further look at what the last one printed.  A step that ends with a line ``(exit 2)`` expects that exit code, and
``ID`` in a command is the number of the last import, which differs each time.
"""

from __future__ import annotations

import difflib
import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"^\(exit (\d)\)\n\Z", re.MULTILINE)


def steps(text: str) -> list[tuple[str, str, int]]:
    """Return (command, what it prints, exit code) for each step of the page; a further look has no command."""
    found = []
    for block in BLOCK.findall(text):
        if not block.startswith("$ "):
            found.append(("", block, 0))
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, wanted = part.partition("\n")
            code = EXIT.search(wanted)
            found.append((command, EXIT.sub("", wanted), int(code[1]) if code else 0))
    return found


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one `fondaco ...` as the tutorial's reader would, in a terminal 100 columns wide."""
    words = shlex.split(command)
    assert words[0] == "fondaco", f"the tutorial runs only fondaco, not {words[0]}"
    settings = {"FONDACO_HOME": str(folder / "home"), "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [sys.executable, "-c", "from fondaco.cli import main; main()", *words[1:]],
        cwd=folder, env={**os.environ, **settings, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip


def plain(text: str) -> str:
    """Return `text` without blanks at the ends of its lines."""
    return "".join(line.rstrip() + "\n" for line in text.strip("\n").splitlines())


def agree(wanted: str, got: str) -> bool:
    """Tell whether `got` is what was `wanted`, where ``...`` stands for anything."""
    return doctest.OutputChecker().check_output(plain(wanted), plain(got), doctest.ELLIPSIS)


@pytest.mark.requirement("X03", "X04", "X05")
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    follow("tutorial.md", tmp_path)


@pytest.mark.requirement("R12", "F83", "X08")
def test_the_tutorial_of_path_models_does_what_it_says(tmp_path: Path) -> None:
    """And its picture is the one that its command draws."""
    follow("pls/tutorial.md", tmp_path)
    drawn, shown = (
        re.findall(r">([^<>\n]+)</t", path.read_text(encoding="utf-8"))
        for path in (tmp_path / "model.svg", DOCS / "images" / "pls-diagram.svg")
    )
    assert drawn == shown
    assert ".515***" in drawn


def follow(page: str, tmp_path: Path) -> None:
    """Run the commands of a page in order and compare what they print."""
    for sample in (DOCS / "samples").iterdir():
        shutil.copy(sample, tmp_path)
    told = steps((DOCS / page).read_text(encoding="utf-8"))
    assert len(told) >= 6
    last, ran = "ID", run("fondaco version", tmp_path)
    for command, wanted, code in told:
        if not command:
            assert agree(wanted, ran.stdout), f"Not in what was printed:\n{wanted}\n{ran.stdout}"
            continue
        ran = run(re.sub(r"\bID\b", last, command), tmp_path)
        if number := re.search(r"^Import (\S+):", ran.stdout, re.MULTILINE):
            last = number[1]
        lines = difflib.unified_diff(
            plain(wanted).splitlines(), plain(ran.stdout).splitlines(), "tutorial", "printed", lineterm=""
        )
        assert agree(wanted, ran.stdout), "\n".join([f"$ {command}", *lines])
        assert ran.returncode == code, f"$ {command} ended with {ran.returncode}\n{ran.stdout}"


def test_dots_stand_for_anything_and_nothing_else_does() -> None:
    assert agree("import ...\n16 rows\n", "import 5e0c\n16 rows\n")
    assert not agree("import ...\n16 rows\n", "import 5e0c\n15 rows\n")


def test_an_exit_code_is_read_from_the_end_of_a_step() -> None:
    text = "```console\n$ fondaco one\nfine\n$ fondaco two\nnot fine\n(exit 2)\n```\n"
    assert steps(text) == [("fondaco one", "fine\n", 0), ("fondaco two", "not fine\n", 2)]
