"""`fondaco study`: list, show, run, export, register."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import fondaco.cli.main  # noqa: F401  (adds the commands)
from fondaco.cli.app import app
from fondaco.evidence.study import fictional_answers, template
from fondaco.kernel import FondacoError

RUN = CliRunner()


def said(*words: str) -> dict[str, Any]:
    answer = RUN.invoke(app, ["study", *words, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def refused(*words: str) -> str:
    answer = RUN.invoke(app, ["study", *words])
    assert isinstance(answer.exception, FondacoError), answer.output
    return str(answer.exception)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    fictional_answers(template("data-driven")).write_csv(path)
    return path


def test_templates_are_listed_and_shown() -> None:
    told = said("list")
    assert [each["template"] for each in told["templates"]] == [
        "data-driven",
        "marketing-strategy",
        "readiness",
        "shared-risk",
    ]
    shown = said("show", "data-driven")
    assert shown["sample"]["needed"] == 155
    plain = RUN.invoke(app, ["study", "show", "readiness"])
    assert "343 complete answers" in plain.stdout


@pytest.mark.requirement("R12")
def test_a_study_and_pls_fit_say_the_same_numbers(answers: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.txt"
    model.write_text(template("data-driven").model)
    found = said("run", "data-driven", "--data", str(answers), "--bootstrap", "300", "--seed", "3")["numbers"]
    fitted = json.loads(
        RUN.invoke(app, ["pls", "fit", str(model), "--data", str(answers), "--bootstrap", "300", "--seed", "3", "--json"]).stdout
    )  # fmt: skip
    for name in ("paths", "loadings", "r2", "mediation", "reliability", "htmt", "fit", "indirect_effects"):
        assert found[name] == fitted[name]
    assert found["bootstrap"]["intervals"] == fitted["bootstrap"]["intervals"]


def test_a_definition_of_ones_own_and_reports(answers: Path, tmp_path: Path) -> None:
    own = tmp_path / "study.toml"
    own.write_text(RUN.invoke(app, ["study", "show", "data-driven", "--toml"]).stdout)
    paths = [tmp_path / name for name in ("r.xlsx", "r.pdf")]
    picture = tmp_path / "r.svg"
    told = said(
        "run", str(own), "--data", str(answers), "--bootstrap", "100", "--report", str(paths[0]), "--report", str(paths[1]),
        "--diagram", str(picture),
    )  # fmt: skip
    assert told["written"] == [str(each) for each in (*paths, picture)]
    assert paths[0].read_bytes()[:2] == b"PK"
    assert paths[1].read_bytes()[:5] == b"%PDF-"
    assert picture.read_text().startswith("<svg")


@pytest.mark.requirement("R27", "R28")
def test_the_export_holds_no_firm_and_gives_the_same_estimates(answers: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    said("export", "data-driven", str(target), "--data", str(answers), "--key", "a secret word")
    with zipfile.ZipFile(target) as archive:
        names = set(archive.namelist())
        data = archive.read("data.csv").decode()
        (tmp_path / "data.csv").write_text(data)
        readme = archive.read("README.txt").decode()
    assert names == {"data.csv", "codebook.csv", "study.toml", "model.txt", "README.txt"}
    assert "fictional-" not in data
    assert "fictional" in readme
    assert len(list(csv.reader(io.StringIO(data)))) == 181
    first = said("run", "data-driven", "--data", str(answers), "--bootstrap", "100")["numbers"]
    again = said("run", "data-driven", "--data", str(tmp_path / "data.csv"), "--bootstrap", "100")["numbers"]
    for one, other in zip(first["paths"], again["paths"], strict=True):
        assert one["estimate"] == pytest.approx(other["estimate"], abs=1e-9)


def test_answers_from_spss(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = fictional_answers(template("readiness")).select(pl.col(pl.Float64))
    pyreadstat.write_sav(frame.to_pandas(), str(tmp_path / "answers.sav"))
    spss = said("run", "readiness", "--data", str(tmp_path / "answers.sav"))["numbers"]
    frame.write_csv(tmp_path / "answers.csv")
    assert (
        spss["terms"] == said("run", "readiness", "--data", str(tmp_path / "answers.csv"))["numbers"]["terms"]
    )


def test_a_fingerprint_to_keep_before_answers_are_opened() -> None:
    told = said("register", "readiness")
    assert told["fingerprint"] == template("readiness").fingerprint
    assert "before the answers are opened" in str(told["says"])


def test_mistakes_are_said(tmp_path: Path, answers: Path) -> None:
    assert "no template and no file" in refused("show", "luck")
    assert "--data FILE" in refused("run", "readiness")
    assert "--data FILE" in refused("run", "readiness", "--demo", "--data", str(answers))
    assert ".xlsx or .pdf" in refused("run", "readiness", "--demo", "--report", "r.docx")
    assert "RD1" in refused("run", "readiness", "--data", str(answers))
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert refused("run", "readiness", "--data", str(empty))
    few = tmp_path / "few.csv"
    fictional_answers(template("readiness"), 12).write_csv(few)
    assert "12 answers came" in refused("run", "readiness", "--data", str(few))
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(b'title = "\xe8"')
    assert "UTF-8" in refused("show", str(wrong))
    target = tmp_path / "x.zip"
    target.touch()
    assert "there already" in refused("export", "readiness", str(target), "--demo")
    assert ".zip" in refused("export", "readiness", str(tmp_path / "x.csv"), "--demo")
