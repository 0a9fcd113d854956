"""A study's answers from files, ledgers and questionnaires."""

from __future__ import annotations

import io
import sys
import types
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from fondaco.evidence.study import fictional_answers, parse_study, register, run, template
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows import study as workflow
from fondaco.workflows import take_in
from fondaco.workflows.study_document import pdf_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Workspace:
    """A firm with eight orders of the year: six from Germany of three buyers, two from Japan of two, and older ones."""
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("teas", name="Teas", home="GBR", currency="GBP")
    rows = ["Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country"]
    year = (
        [("de-1", "Germany")] * 3
        + [("de-2", "Germany")] * 2
        + [("de-3", "Germany"), ("jp-1", "Japan"), ("jp-2", "Japan")]
    )
    rows += [
        f"{n},2025-{n + 3:02d}-10,T,Tea,1,5.00,GBP,{who},{where}"
        for n, (who, where) in enumerate(year, start=1)
    ]
    rows += [f"9{n},2024-01-1{n},T,Tea,1,5.00,GBP,old,France" for n in range(6)]
    rows += ["99,2025-06-01,T,Tea,1,5.00,GBP,home,United Kingdom"]
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(rows) + "\n")
    take_in(workspace, "teas", [file], now=NOW, by="t@example.org")
    return workspace


@pytest.mark.requirement("R25")
def test_behaviour_of_a_firm_is_read_from_its_ledger(ledger: Workspace) -> None:
    found = workflow.behaviour_of(ledger, "teas", NOW.date())
    # 6 of 8 and 2 of 8; home and the orders of 2024 count nowhere
    assert found["market_spread"].value == pytest.approx(1 / (0.75**2 + 0.25**2))
    # of five buyers abroad, two ordered on several days
    assert found["repeat_share"].value == pytest.approx(2 / 5)
    assert found["response_rate"].value is None
    assert "advertising" in found["exploration_use"].why


@pytest.mark.requirement("R11", "R28")
def test_only_firms_that_take_part_are_used() -> None:
    study = template("readiness")
    frame = fictional_answers(study, 6).with_columns(
        pl.Series("firm", ["teas", "Teas Ltd", "other", None, "TEAS ", ""])
    )
    kept, left = workflow.of_firms(workflow.from_frame(frame, "a.csv"), ["teas", "Teas Ltd"])
    assert (len(kept), left) == (3, 3)
    assert kept.rows == (2, 3, 6)
    everyone, none = workflow.of_firms(workflow.from_frame(frame.drop("firm"), "a.csv"), ["teas"])
    assert (len(everyone), none) == (6, 0)
    nobody, all_ = workflow.of_firms(workflow.from_frame(frame, "a.csv"), [])
    assert (len(nobody), all_) == (0, 6)


@pytest.mark.requirement("R25")
def test_figures_of_the_ledger_stand_beside_the_answers_by_firm(ledger: Workspace) -> None:
    study = replace(
        template("readiness"), model="readiness ~ market_spread", behaviour=("market_spread",), items={}
    )
    figures = {"teas": workflow.behaviour_of(ledger, "teas", NOW.date())}
    frame = fictional_answers(template("readiness"), 3).with_columns(pl.Series("firm", ["teas", "Teas", "x"]))
    joined = workflow.with_behaviour(study, workflow.from_frame(frame, "a.csv"), figures)
    assert joined.frame["market_spread"].to_list() == [pytest.approx(1.6), pytest.approx(1.6), None]
    with pytest.raises(InputError, match="no column firm"):
        workflow.with_behaviour(study, workflow.from_frame(frame.drop("firm"), "a.csv"), figures)


def test_answers_of_the_readiness_questionnaires_are_a_source(
    ledger: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    held = fictional_answers(template("readiness"), 70).with_columns(pl.lit(date(2026, 1, 2)).alias("day"))

    def answers_frame(_workspace: Workspace, firms: list[str]) -> pl.DataFrame:
        asked.append(firms)
        return held if firms else held.clear()

    module = types.ModuleType("fondaco.workflows.readiness")
    module.answers_frame = answers_frame  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fondaco.workflows.readiness", module)
    survey = workflow.from_questionnaires(ledger, ["teas"])
    assert asked == [["teas"]]
    assert run(template("readiness"), survey).n == 70
    with pytest.raises(InputError, match="consents"):
        workflow.from_questionnaires(ledger, [])
    monkeypatch.setitem(sys.modules, "fondaco.workflows.readiness", types.ModuleType("empty"))
    with pytest.raises(InputError, match="as a file"):
        workflow.from_questionnaires(ledger, ["teas"])


@pytest.mark.requirement("R27")
def test_the_package_says_how_to_compute_again_and_when_it_was_frozen() -> None:
    study = template("readiness")
    answers = workflow.invented(study)
    found = run(study, answers)
    held = register(study, number=2, now=NOW)
    package = workflow.package(study, answers, key=b"k", registration=held, result=found)
    assert package == workflow.package(study, answers, key=b"k", registration=held, result=found)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        readme = archive.read("README.txt").decode()
        assert {"registration.json", "results.json", "diagram.svg"} <= set(archive.namelist())
        again = parse_study(archive.read("study.toml").decode())
    assert "Version 2, frozen on 2026-03-01" in readme
    assert "fondaco study run" in readme
    assert again.fingerprint == study.fingerprint


def test_the_paper_takes_any_letters_as_text() -> None:
    study = replace(template("readiness"), title="#set page() 한국어 *x*", hypotheses=("$y$",))
    found = run(study, workflow.invented(study))
    assert pdf_of(study, found, under="Version 1 #panic()")[:5] == b"%PDF-"
