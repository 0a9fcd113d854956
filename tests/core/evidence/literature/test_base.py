"""The base that ships, and what is said of one with faults."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from fondaco.evidence import literature
from fondaco.evidence.literature import Base, ask, extended, parse, shipped
from fondaco.evidence.literature.regions import region_of
from fondaco.kernel import InputError
from fondaco.reference import countries

DATA = Path(literature.__file__).parent / "data"


def text(name: str) -> str:
    return (DATA / name).read_text("utf-8")


def changed(name: str, row: int, **cells: str) -> str:
    """Return a table with some cells of one row set."""
    rows = list(csv.DictReader(io.StringIO(text(name))))
    rows[row] |= cells
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(disputes: Any = None, concepts: Any = None, **tables: str) -> Base:
    studies, findings, variables = (
        tables.get(name) or text(f"{name}.csv") for name in ("studies", "findings", "variables")
    )
    return parse(studies, findings, variables, disputes=disputes, concepts=concepts)


@pytest.mark.requirement("R02", "X07")
def test_the_base_holds_what_was_coded() -> None:
    base = shipped()
    assert (len(base.studies), len(base.findings), len(base.variables)) == (51, 128, 162)
    assert {each.study for each in base.findings} == set(base.studies), "each study has found something"
    assert sum(each.sign == "inferred" for each in base.findings) == 23
    assert sum(not each.votes for each in base.findings) == 7
    found = base.by_id["deng_wang_2016_f2"]
    assert (found.direction, found.source) == ("U", "prose")


def test_each_variable_is_used_and_each_country_is_one() -> None:
    base = shipped()
    used = {name for each in base.findings for name in each.variables}
    assert used == set(base.variables)
    known = set(countries.markets())
    for study in base.studies.values():
        assert {*study.countries, *study.authorship_countries} <= known
        assert study.theme in study.themes
        assert (study.countries_said == "named") == bool(study.countries)


def test_each_market_has_a_region() -> None:
    assert {region_of(each) for each in countries.markets()} == {
        "Africa", "Americas", "Antarctica", "Asia", "Europe", "Oceania",
    }  # fmt: skip


def test_the_source_is_named_with_the_data_and_in_the_docs() -> None:
    for page in (DATA / "README.md", Path(__file__).parents[4] / "docs" / "citing.md"):
        said = page.read_text("utf-8")
        assert "10.1108/IMR-10-2023-0280" in said
        assert "CC BY 4.0" in said


@pytest.mark.parametrize(
    ("table", "cells", "said"),
    [
        ("findings", {"study": "nobody_2020"}, "findings.csv, ahsan_musteen_2021_f1: no study 'nobody_2020'"),
        ("findings", {"driver": "luck"}, "no variable 'luck'; define it in variables.csv"),
        ("findings", {"mediator": "luck"}, "no variable 'luck'"),
        ("findings", {"direction": "positive"}, "row 2 (ahsan_musteen_2021_f1): direction 'positive' is none of"),
        ("findings", {"direction": ""}, "direction '' is none of +, -, 0, U"),
        ("findings", {"outcome": ""}, "driver or outcome is empty"),
        ("findings", {"id": "alarcon_del_amo_etal_2018_f1"}, "is empty or stands there already"),
        ("findings", {"coder": ""}, "source or coder is empty"),
        ("studies", {"countries": "DNK;Danmark"}, "'Danmark' is no country"),
        ("studies", {"n": "about 100"}, "n 'about 100' is no whole number"),
        ("studies", {"year": ""}, "year '' is no whole number"),
        ("studies", {"design": "guess"}, "design 'guess' is none of quantitative, mixed, qualitative"),
        ("variables", {"definition": ""}, "row 2 (accelerated_internationalization): the definition is empty"),
        ("variables", {"desirable": "2"}, "desirable '2' is none of -1, 0, 1"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_row(table: str, cells: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(**{table: changed(f"{table}.csv", 0, **cells)})
    assert said in str(caught.value)


def test_a_table_without_a_column_is_named() -> None:
    with pytest.raises(InputError, match="no column direction"):
        read(findings=text("findings.csv").replace("direction", "way", 1))


def test_a_dispute_or_concept_about_nothing_is_a_fault() -> None:
    with pytest.raises(InputError, match="no finding 'x_f1'"):
        read(disputes={"a": {"says": "Two differ.", "findings": ["x_f1"]}})
    with pytest.raises(InputError, match="no variable 'luck'"):
        read(concepts={"fortune": {"variables": ["luck"]}})


HEAD = {name: text(f"{name}.csv").splitlines()[0] for name in ("studies", "findings", "variables")}


def row(table: str, **cells: str) -> str:
    """Return a table of one row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD[table].split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerow(cells)
    return out.getvalue()


NEW_STUDY = row(
    "studies", key="diop_2026", authors="Diop, A.", year="2026", title="Weavers online", design="quantitative",
    method="survey", countries="SEN", countries_said="named", n="64", unit="MSME", platforms="social media",
)  # fmt: skip
NEW_FINDING = {
    "id": "diop_2026_f1", "study": "diop_2026", "driver": "social_media_use", "direction": "0",
    "outcome": "export_performance", "kind": "effect", "source": "table 4", "sign": "stated", "coder": "A. Sow",
}  # fmt: skip


@pytest.mark.requirement("R08")
def test_a_new_study_is_added_under_the_same_coding_with_source_and_coder() -> None:
    base = extended(NEW_STUDY, row("findings", **NEW_FINDING), "")
    assert (len(base.studies), len(base.findings)) == (52, 129)
    told = ask(base, "social media -> export performance").to_json()
    (found,) = [each for each in told["findings"] if each["study"] == "diop_2026"]
    assert (found["source"], found["coder"], found["country"]) == ("table 4", "A. Sow", "SEN")
    assert told["agreement"]["votes"]["0"] == 1
    assert "Africa" not in {each["missing"] for each in told["gaps"]}
    assert told["agreement"]["disagreements"], "it stands against the others"


@pytest.mark.requirement("R08")
def test_what_ships_is_not_replaced_and_a_coder_is_needed() -> None:
    with pytest.raises(InputError, match="key 'hui_2020' is empty or stands there already"):
        extended(NEW_STUDY.replace("diop_2026", "hui_2020"), "", "")
    with pytest.raises(InputError, match="source or coder is empty"):
        extended(NEW_STUDY, row("findings", **{**NEW_FINDING, "coder": ""}), "")
    with pytest.raises(InputError, match="no study 'diop_2026'; add it"):
        extended("", row("findings", **NEW_FINDING), "")


def test_a_new_variable_joins_its_family() -> None:
    new = row(
        "variables",
        name="export_profit",
        label="export profit",
        family="performance",
        desirable="1",
        definition="profit",
    )
    base = extended(NEW_STUDY, row("findings", **{**NEW_FINDING, "outcome": "export_profit"}), new)
    assert "diop_2026_f1" in {each.id for each in ask(base, "-> performance").findings}
