"""The page of laws and regulations does what it says."""

from __future__ import annotations

from pathlib import Path

from tests.docs.test_tutorial import DOCS, follow

from fondaco.reference.regulations import parse, shipped


def test_the_page_of_regulations_does_what_it_says(tmp_path: Path) -> None:
    follow("rules/regulations.md", tmp_path)


def test_the_file_that_the_page_shows_is_read() -> None:
    page = (DOCS / "rules" / "regulations.md").read_text(encoding="utf-8")
    shown = page.split("```toml\n")[1].split("```")[0]
    (rule,), problems = parse(shown, "page", origin="user")
    assert problems == []
    assert rule.markets == ("NOR",)


def test_the_page_counts_what_ships() -> None:
    page = (DOCS / "rules" / "regulations.md").read_text(encoding="utf-8")
    checked = sum(rule.basis == "checked" for rule in shipped())
    markets = {market for rule in shipped() for market in rule.markets}
    assert f"{len(shipped())} rules of {len(markets)} markets" in page
    assert f"{checked} were compared with a source, {len(shipped()) - checked} not yet" in page
