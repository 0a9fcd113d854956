"""The examples on the pages of rules are run."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules"


def _fenced(text: str) -> str:
    """Return a page without the fences around its examples, which doctest would take for output."""
    return "\n".join("" if line.startswith("```") else line for line in text.splitlines())


@pytest.mark.parametrize("page", sorted(RULES.glob("*.md")), ids=lambda page: page.stem)
def test_the_examples_give_what_they_say(page: Path) -> None:
    text = _fenced(page.read_text("utf-8"))
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    told: list[str] = []
    failed = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=told.append).failed
    assert not failed, "".join(told)


def test_the_worked_potential_is_run() -> None:
    text = (RULES / "export-potential.md").read_text("utf-8")
    assert ">>> found = potential(flows" in text
