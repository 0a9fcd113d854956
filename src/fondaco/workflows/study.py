"""A study's answers from files, ledgers and questionnaires; its run, and what is handed out of it."""

from __future__ import annotations

import importlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from ibis import _

from fondaco.evidence.study import (
    Behaviour,
    Exchange,
    Registration,
    Result,
    Study,
    behaviour,
    fictional_answers,
    parse_study,
    release,
    template,
    templates,
)
from fondaco.evidence.surveys import Survey, read_survey
from fondaco.kernel import InputError, UnknownName, UnreadableFile
from fondaco.kernel.exports import SafeWriter
from fondaco.ledger import Ledger, Workspace
from fondaco.pls import PlsError
from fondaco.pls.workbook import workbook
from fondaco.workflows.conclusions import key_of, remembering

#: Days of behaviour that are looked at.
DAYS = 365


def study_of(said: str) -> Study:
    """Return a study by the name of a template, or from a file of TOML.

    Raises
    ------
    InputError
        When it is neither, or the definition is wrong.
    """
    if said in templates():
        return template(said)
    path = Path(said)
    if path.suffix.lower() != ".toml" and not path.is_file():
        raise UnknownName(f"{said!r} is no template and no file. Templates: {', '.join(templates())}.")
    try:
        return parse_study(path.read_text("utf-8-sig"), name=path.name)
    except UnicodeDecodeError:
        raise UnreadableFile(f"{path.name} is no UTF-8 text: save it as plain text in UTF-8.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read ({error.strerror}): check its name.") from None


# --- answers


def invented(study: Study) -> Survey:
    """Return the invented answers of a study, marked as such."""
    return from_frame(fictional_answers(study), "fictional answers")


def from_frame(frame: pl.DataFrame, name: str) -> Survey:
    """Return answers that are held as a frame: numbers as such, days and words as text."""
    columns = [
        frame[column].cast(pl.Float64) if frame[column].dtype.is_numeric() else frame[column].cast(pl.String)
        for column in frame.columns
    ]
    return Survey(name, pl.DataFrame(columns), tuple(range(2, frame.height + 2)))


def from_questionnaires(workspace: Workspace, firms: Iterable[str]) -> Survey:
    """Return the answers to the readiness questionnaires of some firms, of each informant the latest.

    Raises
    ------
    InputError
        Where nobody has answered.
    """
    try:
        answers = importlib.import_module("fondaco.workflows.readiness").answers_frame
    except (ModuleNotFoundError, AttributeError):
        raise InputError(
            "This desk keeps no readiness questionnaires: bring the answers as a file, CSV, Excel or SPSS."
        ) from None
    frame = answers(workspace, list(firms))
    if frame.height == 0:
        raise InputError(
            "No firm that consents has answered the readiness questionnaire: invite them to, or bring the answers as a file."
        )
    latest = frame.sort("day", maintain_order=True).unique(
        ["firm", "informant"], keep="last", maintain_order=True
    )
    return from_frame(latest, "readiness questionnaires")


def of_firms(survey: Survey, firms: Iterable[str]) -> tuple[Survey, int]:
    """Return the answers of some firms (by the column ``firm``) and how many others were left out.

    Answers without a ``firm``, or whose firm is not one of the network's, are not the network's to leave out: they stay
    where the file has no such column, and go where it has.
    """
    if "firm" not in survey.columns:
        return survey, 0
    wanted = {each.strip().casefold() for each in firms}
    taken = [
        isinstance(each, str) and each.strip().casefold() in wanted for each in survey.frame["firm"].to_list()
    ]
    rows = tuple(row for row, held in zip(survey.rows, taken, strict=True) if held)
    return replace(survey, frame=survey.frame.filter(pl.Series(taken, dtype=pl.Boolean)), rows=rows), len(
        survey
    ) - len(rows)


def with_behaviour(study: Study, survey: Survey, figures: Mapping[str, Mapping[str, Behaviour]]) -> Survey:
    """Return answers with the study's figures of behaviour beside them, by firm; not known is left empty.

    Raises
    ------
    InputError
        Where the answers do not say of which firm each is.
    """
    if not study.behaviour:
        return survey
    if "firm" not in survey.columns:
        raise InputError(
            "The study asks for figures of the ledger, and the answers have no column firm: add it, with each firm's short name."
        )
    held = {firm.casefold(): each for firm, each in figures.items()}
    firms = [
        each.strip().casefold() if isinstance(each, str) else "" for each in survey.frame["firm"].to_list()
    ]
    columns = [
        pl.Series(
            name, [held[firm][name].value if firm in held else None for firm in firms], dtype=pl.Float64
        )
        for name in study.behaviour
    ]
    return replace(survey, frame=survey.frame.with_columns(columns))


def behaviour_of(workspace: Workspace, firm: str, today: date) -> dict[str, Behaviour]:
    """Return what a firm did in the year before a day, from its ledger; kept for as long as the ledger stays as it is.

    Inquiries of the day itself are left out: they may still be answered in time.
    """
    ledger = workspace.ledger(firm)
    key = (*key_of(workspace, ledger, "behaviour", None), today.isoformat())
    return remembering(key, lambda: _behaviour(ledger, today))


def _behaviour(ledger: Ledger, today: date) -> dict[str, Behaviour]:
    since = today - timedelta(days=DAYS)
    home = ledger.firm.home
    asked = (
        ledger.table("inquiries")
        .filter((_.day > since) & (_.day < today))
        .select("at", "answered_at")
        .to_polars()
    )
    sold = ledger.table("orders").filter(
        (_.kind == "sale") & (_.day <= today) & _.country.notnull() & (_.country != home)
    )
    lines = sold.select("platform", "order", "day", "country", "buyer").distinct().to_polars()
    year, before = lines.filter(pl.col("day") > since), lines.filter(pl.col("day") <= since)
    return behaviour(
        [Exchange(at, answered) for at, answered in asked.iter_rows() if at is not None],
        _orders(year),
        _days_of_buyers(year),
        _spend(ledger, since, today),
        _orders(before),
    )


def _orders(lines: pl.DataFrame) -> dict[str, int]:
    told = lines.select("platform", "order", "country").unique()["country"].value_counts()
    return dict(told.iter_rows())


def _days_of_buyers(lines: pl.DataFrame) -> dict[str, int]:
    named = lines.filter(pl.col("buyer").is_not_null()).select("platform", "buyer", "day").unique()
    told = named.group_by("platform", "buyer").len()
    return {f"{platform}\t{buyer}": count for platform, buyer, count in told.iter_rows()}


def _spend(ledger: Ledger, since: date, today: date) -> dict[str, float]:
    """Return advertising by market, of the currency that most of its rows are in: shares need no rate."""
    rows = ledger.table("ads").filter(
        (_.day > since) & (_.day <= today) & _.country.notnull() & _.spend.notnull()
    )
    held = rows.select("currency", "country", "spend").to_polars()
    if held.height == 0:
        return {}
    most = held["currency"].value_counts().sort("count", "currency", descending=[True, False])["currency"][0]
    told = (
        held.filter(pl.col("currency") == most)
        .group_by("country")
        .agg(pl.col("spend").cast(pl.Float64).sum())
    )
    return dict(told.iter_rows())


def read_answers(path: Path) -> Survey:
    """Return the answers in a file: CSV or other text, Excel, SPSS or Stata; raises as `read_survey`."""
    return read_survey(path)


# --- what is handed out


def excel_of(result: Result, title: str, registered: str) -> bytes:
    """Return every table of a result as a workbook, with what it rests on."""
    from fondaco.pls.journal import JournalTable

    words = [(heading, said) for heading, paragraphs in result.sections for said in paragraphs]
    told = JournalTable(
        "In words", title, ("Section", "Sentence"), tuple(words), (registered,) if registered else ()
    )
    return workbook([*result.tables, told])


def package(
    study: Study,
    answers: Survey,
    *,
    key: bytes,
    registration: Registration | None = None,
    result: Result | None = None,
) -> bytes:
    """Return a study for other researchers as a ZIP: de-identified cases, codebook, definition, model and results.

    Raises
    ------
    Refused
        Where so few firms answered that the file would tell who they are.
    """
    out = release(study, answers.frame, key=key)
    files: dict[str, str | bytes] = {
        "data.csv": _csv(out.frame.columns, out.frame.rows()),
        "codebook.csv": _csv(out.codebook_header, out.codebook),
        "study.toml": replace(study, fictional={}).to_toml(),
        "model.txt": study.model.strip() + "\n",
    }
    notes = list(out.notes)
    if registration is not None:
        files["registration.json"] = json.dumps(registration.to_json(), indent=1, ensure_ascii=False)
        notes.append(registration.says)
    if result is not None:
        files["results.json"] = json.dumps(result.numbers, indent=1, ensure_ascii=False)
        files["diagram.svg"] = result.diagram
        notes.append(_again(study, result))
    files["README.txt"] = "\n".join([study.title, "", study.question, "", *notes]) + "\n"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A fixed day, so that the same study gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _again(study: Study, result: Result) -> str:
    """Say how the numbers are computed again."""
    if study.kind == "pls":
        return (
            f"The numbers again: fondaco pls fit model.txt --data data.csv --bootstrap {result.resamples} --seed {result.seed} --json. "
            "Estimates are equal to the last digit; intervals differ within the error of resampling, as the cases stand in another order."
        )
    return "The numbers again: fondaco study run study.toml --data data.csv --json"


def _csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.15g}" if isinstance(cell, float) else cell for cell in row])
    return out.getvalue()


def written(path: Path, content: bytes) -> Path:
    """Write a file as a whole or not at all; raises `InputError` in words where it cannot be."""
    from fondaco.pls.report import write

    try:
        return write(path, content)
    except PlsError as error:
        raise InputError(str(error)) from None
