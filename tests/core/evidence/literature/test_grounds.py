"""Every rule that ships as data, in whatever room, names a study, a source or a reason of our own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fondaco
from fondaco.evidence.literature import on_record
from fondaco.strategy.rules import rules

_ROOT = Path(fondaco.__file__).parent
#: What a rule may rest on, and what in a file holds rules.
GROUNDS = ("study", "source", "reason", "findings")
TABLES = ("rule", "gap", "sign", "advice", "warning", "threshold")


def rules_of(room: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, rule) of each rule in a room's data; a file's own grounds hold for each of its rules."""
    for path in sorted((_ROOT / room).rglob("data/**/*.toml")):
        held = tomllib.loads(path.read_text("utf-8"))
        own = {name: held[name] for name in GROUNDS if held.get(name)}
        for table in TABLES:
            each = held.get(table, {})
            for number, one in enumerate(each.values() if isinstance(each, dict) else each):
                if isinstance(one, dict):
                    yield f"{path.relative_to(_ROOT)}, {table} {number + 1}", {**own, **one}


@pytest.mark.requirement("R07", "X01")
@pytest.mark.parametrize("room", ["desk", "readiness", "network", "relationships"])
def test_each_rule_names_what_it_rests_on(room: str) -> None:
    without = [
        place
        for place, rule in rules_of(room)
        if not any(rule.get(name) for name in GROUNDS) and rule.get("rule") not in on_record()
    ]
    assert without == [], "give each a study, a source or a reason, or the id of a rule on record"


@pytest.mark.requirement("X01")
def test_the_desks_rules_are_found_and_dated() -> None:
    found = dict(rules_of("desk"))
    assert any("alibaba.toml" in place for place in found)
    assert any("fraud.toml, sign" in place for place in found)
    for path in (_ROOT / "desk").rglob("data/*.toml"):
        held = tomllib.loads(path.read_text("utf-8"))
        dated = [held, *held.get("rule", [])]
        assert any("as_of" in each for each in dated), path.name


@pytest.mark.requirement("R07")
def test_the_strategys_rules_name_a_study_or_a_reason() -> None:
    for id_, rule in rules().items():
        assert bool(rule.source.study) != bool(rule.source.reason), id_
