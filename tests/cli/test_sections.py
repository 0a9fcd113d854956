"""The list of commands stands in the order of the walk, and no command is left out of it."""

from __future__ import annotations

from collections import Counter

import typer.main
from typer.testing import CliRunner

import fondaco.cli.main  # noqa: F401  (each of its modules adds commands)
from fondaco.cli.app import app
from fondaco.cli.sections import SECTIONS


def test_every_command_stands_under_one_heading() -> None:
    placed = Counter(name for names in SECTIONS.values() for name in names)
    assert placed == Counter(list(typer.main.get_command(app).commands))  # type: ignore[attr-defined]


def test_help_says_the_first_sentence_of_each_command_whole() -> None:
    said = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for heading, first, sentence in (
        ("Files:", "import", "Take files in as one import that counts as a whole or not at all."),
        ("The desk:", "inquiries", "what they are worth, until when, and what to look at first."),
    ):
        assert f"{heading} {first}" in said
        assert sentence in said
    assert "More:" not in said
