"""The page of the rule says what the code does: its example runs, and its figures are those measured."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules" / "signals.md"


@pytest.mark.requirement("X01", "X08")
def test_its_example_runs() -> None:
    ran = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert ran.attempted > 8
    assert ran.failed == 0


@pytest.mark.requirement("X05")
def test_the_figures_of_the_lexicon_are_those_measured() -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "requests_lexicon.py"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    page = PAGE.read_text(encoding="utf-8")
    for line in ran.stdout.splitlines():
        assert line in page
