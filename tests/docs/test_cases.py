"""The studies' cases: each line of comparison still holds, and the page says what the plan says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import cases

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
