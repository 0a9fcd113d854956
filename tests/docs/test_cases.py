"""The studies' cases: each line of comparison still holds, and the page says what the plan says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import cases

from fondaco.readiness.renewal import SIDES

NAMES = sorted(path.stem for path in cases.FOLDER.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.requirement("X07", "X08")
def test_what_the_plan_proposes_compares_as_the_page_says(name: str) -> None:
    case = cases.run(cases.FOLDER / f"{name}.toml")
    assert [line.study for line in case.lines if not line.holds] == []
    page = Path(cases.PAGE).read_text("utf-8")
    assert cases.page([case]).strip() in page, "run: python tools/cases.py"


def test_assumptions_and_disagreements_are_told() -> None:
    held = [cases.read(cases.FOLDER / f"{name}.toml") for name in NAMES]
    assert all(case["assumed"] and case["told"] for case in held)
    results = [line.get("result", "agrees") for case in held for line in case["line"]]
    assert "differs" in results and any("not_compared" in line for case in held for line in case["line"])


@pytest.mark.parametrize("path", sorted(cases.RENEWALS.glob("*.toml")), ids=lambda path: str(path.stem))
@pytest.mark.requirement("F94", "X08")
def test_what_speaks_for_each_choice_compares_with_what_the_firm_did_as_the_page_says(path: Path) -> None:
    said, found, holds = cases.reviewed(path)
    assert holds, (said["title"], {side: found.weight(side) for side in SIDES})
    assert all(found.side(side) for side in SIDES), "each firm had something to say for each side"
    assert cases.renewal_page([path]).strip() in Path(cases.PAGE).read_text("utf-8"), (
        "run: python tools/cases.py"
    )


def test_the_five_firms_did_what_the_study_tells_and_two_are_told_otherwise_by_weight() -> None:
    held = {path.stem: cases.reviewed(path)[0] for path in cases.RENEWALS.glob("*.toml")}
    assert {name: said["did"] for name, said in held.items()} == {
        "a": "stayed", "b": "stayed", "c": "left", "d": "left", "e": "left",
    }  # fmt: skip
    assert sorted(name for name, said in held.items() if said["result"] == cases.DIFFERS) == ["c", "e"]
