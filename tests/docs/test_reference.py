"""The generated pages say what the code says: no command, option or requirement is left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_command_and_option_is_on_the_page_of_commands() -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "tools" / "command_reference.py", "--check"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        "import", "imports", "quarantine", "replay", "inspect", "markets", "market", "signals", "export", "mapping",
        "regress", "pls", "pls fit", "firms", "forget", "demo", "serve", "backup", "restore", "rates", "version",
        "potential", "gravity", "trade", "trade add", "trade list", "trade remove",
        "rules", "rules add", "products", "landed-cost", "ship",
    ],
)  # fmt: skip
def test_the_page_has_the_command(command: str) -> None:
    assert f"`fondaco {command}`" in (DOCS / "commands.md").read_text(encoding="utf-8")


def test_each_page_is_reached_from_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    missing = [
        page.relative_to(DOCS).as_posix()
        for page in DOCS.rglob("*.md")
        if page.relative_to(DOCS).as_posix() not in navigation
    ]
    assert missing == []
