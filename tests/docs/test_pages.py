"""No page of the documentation is out of reach, and every command that speaks JSON is on the page that says what it says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_every_page_is_in_the_navigation_once() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    listed = Counter(re.findall(r":\s+([\w/-]+\.md)\s*$", nav, re.MULTILINE))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert listed == Counter(pages)


@pytest.mark.requirement("R27")
def test_what_each_command_says_as_json_is_written_down() -> None:
    sections = re.split(
        r"^##+ `fondaco ([\w -]+)`$", (DOCS / "commands.md").read_text("utf-8"), flags=re.MULTILINE
    )
    speak = {name for name, text in zip(sections[1::2], sections[2::2], strict=True) if "--json" in text}
    assert len(speak) > 40
    page = (DOCS / "json.md").read_text("utf-8")
    missing = {name for name in speak if not written(name, page)}
    assert missing == set(), "docs/json.md does not say what they tell"


def written(name: str, page: str) -> bool:
    """Whether a command is named in a heading or as code: whole, or by its last word under its group's heading."""
    group, _, last = name.rpartition(" ")
    code = r"`[^`\n]*(?<![\w-])%s(?![\w-])[^`\n]*`"
    if re.search(rf"^## .*fondaco {re.escape(name)}\b|{code % re.escape(name)}", page, re.MULTILINE):
        return True
    under = (
        "".join(each for each in page.split("\n## ") if each.startswith(f"fondaco {group}")) if group else ""
    )
    return bool(re.search(code % re.escape(last), under)) or f" {last}," in under.partition("\n")[0]
