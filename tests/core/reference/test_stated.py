"""Files of dated entries: what entries share, and when each wants another look."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fondaco.kernel import InputError
from fondaco.reference import platforms, regulations
from fondaco.reference.groups import EFTA, EU, members
from fondaco.reference.stated import Look, looked_at
from fondaco.reference.tariffs import GROUPS as ORIGINS

SHARED = '[defaults]\nsource = "An office"\nmarket = "NO"\nkind = "label"\nrecalled = 2026-01-01\n'
PLATFORM = """
[[platform]]
id = "felt-fair"
name = "Felt Fair"
kinds = ["sales"]
sources = ["its page"]
look_up = "https://example.org/sell"
"""


def test_how_an_entry_was_looked_at_itself_goes_before_what_its_file_says() -> None:
    own = '[[rule]]\nid = "no-a"\nsays = "A."\nchecked = 2026-06-01\n[[rule]]\nid = "no-b"\nsays = "B."\n'
    (checked, recalled), problems = regulations.parse(SHARED + own, "mine.toml", origin="user")
    assert problems == []
    assert (checked.basis, checked.stated) == ("checked", date(2026, 6, 1))
    assert (recalled.basis, recalled.stated) == ("recalled", date(2026, 1, 1))


def test_another_look_is_wanted_behind_the_first() -> None:
    days: dict[Look, date | None] = {"checked": date(2026, 11, 30)}
    after: dict[Look, int] = {"checked": 31}
    assert looked_at(days, None, after) == ("checked", date(2026, 11, 30), date(2026, 12, 31))
    with pytest.raises(InputError, match="lies before the day"):
        looked_at(days, date(2026, 11, 29), after)
    found, problems = platforms.parse(
        f"{PLATFORM}checked = 2026-11-30\nreview_by = 2026-11-29\n", "mine.toml", origin="user"
    )
    assert not found and "`review_by` (2026-11-29) lies before" in problems[0].reason


def test_the_second_entry_of_an_id_is_told_alike_wherever_it_stands() -> None:
    rule = '[[rule]]\nid = "no-a"\nsays = "A."\n'
    _, of_rules = regulations.parse(SHARED + rule + rule, "mine.toml", origin="user")
    felt = f"{PLATFORM}checked = 2026-11-30\n"
    _, of_platforms = platforms.parse(felt + felt, "mine.toml", origin="user")
    assert of_rules[0].reason == "mine.toml, rule 2 (no-a): `id` stands twice in this file."
    assert of_platforms[0].reason == "mine.toml, platform 2 (felt-fair): `id` stands twice in this file."
    assert of_rules[0].cure == of_platforms[0].cure


def test_the_name_of_a_file_cannot_forge_a_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb.toml").write_text("[[rule")
    (problem,) = regulations.rule_book(tmp_path).problems[:1]
    assert "a?b.toml is no TOML" in problem.reason


def test_a_group_stands_for_its_members_each_once() -> None:
    assert len(EU) == len(set(EU)) == 27
    assert members(["EU", "Norway", "DE"]) == (*EU, "NOR")
    assert (ORIGINS["EU"], ORIGINS["EFTA"]) == (EU, EFTA)
    with pytest.raises(InputError, match="Gotham"):
        members(["Gotham"])
