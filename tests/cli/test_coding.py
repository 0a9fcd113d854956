"""`fondaco coding`: from interviews to a project, its agreement, figure and exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

from fondaco.evidence.coding import read_project
from fondaco.workflows.coding import opened


def wrote(shell: Shell, name: str, text: str | bytes) -> str:
    path = Path(shell.file(name, ""))
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


@pytest.mark.requirement("R28")
def test_an_interview_is_stored_under_pseudonyms_alone(shell: Shell, tmp_path: Path) -> None:
    file = wrote(shell, "Maria_Rossi.txt", "Maria Rossi: Così è.\nI: Why, Maria?\n".encode("cp1252"))
    names = wrote(shell, "names.csv", "Maria Rossi,P1\nMaria,P1\n")
    to = str(tmp_path / "p.qdpx")
    told = shell.run(
        "coding",
        "import",
        file,
        "--to",
        to,
        "--names",
        names,
        "--case",
        "A",
        "--round",
        "1",
        "--json",
        code=1,
    ).json
    assert told["added"][0]["name"] == "P1" and told["added"][0]["speakers"] == ["P1", "I"]
    assert "old encoding" in told["told"][0]
    import zipfile

    with zipfile.ZipFile(to) as packed:
        assert not any(
            b"Maria" in packed.read(name) or b"Rossi" in packed.read(name) for name in packed.namelist()
        )
    assert "already" in shell.run("coding", "import", file, "--to", to, "--names", names, code=2).err


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("ending", ["qdpx", "qdc", "csv", "json"])
def test_the_example_goes_out_in_open_formats(shell: Shell, tmp_path: Path, ending: str) -> None:
    to = tmp_path / f"out.{ending}"
    told = shell.run("coding", "export", "--to", str(to), "--json").json
    assert told["codings"] == 34 and to.stat().st_size > 1000
    if ending == "json":
        held = json.loads(to.read_text())
        assert len(held["codebook"]) == 29 and len(held["history"]) == 29
    if ending == "qdpx":
        from datetime import UTC, datetime

        now = datetime(2026, 3, 2, tzinfo=UTC)
        assert read_project(to.read_bytes(), "x", now=now).project == opened(None, now=now)[0]


@pytest.mark.requirement("R17")
def test_figure_and_quotations_are_written_and_shown(shell: Shell, tmp_path: Path) -> None:
    told = shell.run("coding", "figure", "--out", str(tmp_path / "f.svg"), "--json").json
    assert len(told["rows"]) == 16 and (tmp_path / "f.svg").read_text().startswith("<svg")
    told = shell.run("coding", "quotes", "--each", "1", "--out", str(tmp_path / "q.docx"), "--json").json
    assert len(told["quotes"]) == 16 and {"case", "informant", "code", "text", "flag"} <= set(
        told["quotes"][0]
    )
    assert "exporter disposition" in shell.run("coding", "figure").out


@pytest.mark.requirement("R19", "R20", "R21", "R22", "X07")
def test_comparisons_are_told(shell: Shell) -> None:
    told = shell.run("coding", "compare", "--json").json
    assert {"waves", "out_of_time", "cases", "views", "standings", "links"} == set(told)
    assert len(told["cases"]) == 5 and len(told["links"]) == 8 and told["out_of_time"]
    assert "contradicted in A" in shell.run("coding", "compare").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("figure", "--out", "x.png"), ".svg, .docx, .tex"),
        (("export", "--to", "x.doc"), ".qdpx"),
        (("figure", "nowhere.qdpx"), "not there"),
        (("agree", "--until", "soon"), "write a day"),
        (("import", "a.txt", "--to", "p.zip"), ".qdpx file"),
        (("import", "a.txt", "--to", "p.qdpx", "--view", "moon"), "--view"),
        (("import", "gone.txt", "--to", "p.qdpx"), "not there"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in shell.run("coding", *words, code=2).err
    assert not list(tmp_path.glob("*.qdpx"))


@pytest.mark.requirement("R18")
def test_agreement_needs_two_and_says_so(shell: Shell) -> None:
    told = shell.run("coding", "agree", "--json").json
    assert "two" in told["why"] and told["codes"] == []
