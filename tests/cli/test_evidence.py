"""`fondaco evidence`: the fields that others script against, and how it may be asked."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Shell

CONTRACT = {"study", "driver", "direction", "outcome", "mediator", "moderator", "n", "country"}


@pytest.mark.requirement("R02", "R07")
def test_findings_agreement_and_gaps(shell: Shell) -> None:
    told = shell.run("evidence", "social media -> international performance", "--json").json
    assert len(told["findings"]) == 5
    for each in told["findings"]:
        assert set(each) >= CONTRACT
        assert each["direction"] in ("+", "-", "0", "U")
    assert told["agreement"]["samples"] == 5
    assert {"region", "time"} <= {each["kind"] for each in told["gaps"]}
    assert told["why"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("-> export performance", "--json"),
        ("--json", "-> export performance"),
        ("->", "export", "performance", "--json"),
        ("ask", "-> export performance", "--json"),
        ("--country", "ITA", "-> export performance", "--json"),
    ],
)
def test_the_word_ask_may_be_left_out(shell: Shell, words: tuple[str, ...]) -> None:
    told = shell.run("evidence", *words).json
    assert told["query"] == "-> export performance"
    assert told["findings"]


@pytest.mark.requirement("R01")
def test_filters(shell: Shell) -> None:
    told = shell.run(
        "evidence", "performance", "--country", "Italy", "--platform", "e-commerce", "--json"
    ).json
    assert {each["country"] for each in told["findings"]} == {"ITA"}
    assert told["filters"] == {"country": "ITA", "platform": "e-commerce"}
    told = shell.run("evidence", "social media", "--design", "case study", "--json").json
    assert {each["strength"]["design"] for each in told["findings"]} == {"qualitative"}


def test_nothing_found_is_no_mistake(shell: Shell) -> None:
    told = shell.run("evidence", "blockchain", "--json", code=0).json
    assert told["findings"] == []
    assert told["why"] == "Nothing in the base is called 'blockchain'."
    assert "Nothing in the base" in shell.run("evidence", "blockchain").out


def test_a_filter_that_no_study_carries_is_one(shell: Shell) -> None:
    err = shell.run("evidence", "performance", "--platform", "marketplce", code=2).err
    assert "Did you mean e-commerce" in err
    assert "Ruritania" in shell.run("evidence", "performance", "--country", "Ruritania", code=2).err
    assert "nobody" in shell.run("evidence", "performance", "--firm", "nobody", code=2).err


@pytest.mark.requirement("F22", "X07", "X08")
def test_people_read_the_disagreement_and_that_it_is_no_rate(shell: Shell) -> None:
    out = " ".join(shell.run("evidence", "foreign or home platforms").out.split())
    assert "Disagreement: Lee, Yang, Ghauri and Park (2022)" in out
    assert "no rates" in out and "the sign is our conclusion" in out


@pytest.mark.requirement("R07")
def test_how_near_a_study_is_to_a_firm(shell: Shell) -> None:
    shell.take()
    told = shell.run("evidence", "-> performance", "--firm", "shop", "--json").json
    first = told["findings"][0]
    assert first["country"] == "ITA"
    assert first["strength"]["direct"]["country"] == "same"
    assert first["strength"]["direct"]["industry"] == "not known"


@pytest.mark.requirement("R05")
def test_the_reviews_counts(shell: Shell) -> None:
    told = shell.run("evidence", "counts", "--json").json
    by_item = {each["item"]: each for each in told["counts"]}
    assert by_item["studies"]["computed"] == 51
    assert sum(each["agrees"] is False for each in told["counts"]) == 7
    assert len(told["counts"]) == 30
    assert all(each["why"] for each in told["counts"] if each["agrees"] is False)
    assert "CC BY 4.0" in told["source"]
    out = shell.run("evidence", "counts").out
    assert "studies of 2023" in out and "Da Rocha" in out


@pytest.mark.requirement("R07")
def test_advice_is_followed_back(shell: Shell) -> None:
    (only,) = shell.run("evidence", "advice", "platform/languages", "--json").json["rules"]
    assert {each["study"] for each in only["findings"]} == {"caputo_etal_2022"}
    assert len(shell.run("evidence", "advice", "--json").json["rules"]) > 80
    assert "no general rate" in " ".join(shell.run("evidence", "advice", "platform/languages").out.split())
    assert "platform/luck" in shell.run("evidence", "advice", "platform/luck", code=2).err


def test_the_map_and_its_table(shell: Shell) -> None:
    view = shell.run("evidence", "map", "--json").json
    assert sum(edge["findings"] for edge in view["edges"]) == 121
    assert "digital capability" in shell.run("evidence", "map").out


@pytest.mark.requirement("R10")
def test_open_questions(shell: Shell) -> None:
    assert len(shell.run("evidence", "questions", "--json").json["questions"]) == 36
    assert "6 open questions" in shell.run("evidence", "questions", "--area", "outcomes").out
    assert shell.run("evidence", "questions", "--area", "weather", code=2).err


@pytest.mark.requirement("R08")
def test_studies_of_ones_own_are_read_from_the_workspace(shell: Shell) -> None:
    folder = shell.home / "literature"
    folder.mkdir(parents=True)
    findings = (
        "id,study,driver,direction,outcome,mediator,moderator,moderator_role,kind,source,sign,coder,note\n"
    )
    row = "new_f1,hui_2020,social_media_use,-,export_cost,,,,effect,table 2,stated,A. Sow,\n"
    (folder / "findings.csv").write_text(findings + row, "utf-8")
    told = shell.run("evidence", "social media -> costs", "--json").json
    assert [each["coder"] for each in told["findings"] if each["study"] == "hui_2020"] == ["A. Sow"]
    (folder / "findings.csv").write_text(findings + row.replace("hui_2020", "nobody"), "utf-8")
    assert "no study 'nobody'" in shell.run("evidence", "social media", code=2).err
    (folder / "findings.csv").write_bytes(b"id,study\n\xff\xfe")
    assert "no UTF-8" in shell.run("evidence", "social media", code=2).err


@pytest.mark.requirement("R03", "X08")
def test_effects_of_ones_own_are_pooled_from_five_samples_on(shell: Shell) -> None:
    question = ("evidence", "social media -> international performance", "--json")
    bare = shell.run(*question).json
    assert (bare["pooled"]["k"], "not known" in bare["pooled"]["why"]) == (0, True)
    folder = shell.home / "literature"
    folder.mkdir(parents=True)
    rows = [f"{each['id']},0.25,{100 + place},own reading" for place, each in enumerate(bare["findings"])]
    (folder / "effects.csv").write_text("\n".join(["finding,r,n,source", *rows]) + "\n")
    found = shell.run(*question).json
    told = found["pooled"]
    assert told["k"] == 5
    assert told["estimate"] == pytest.approx(0.25)
    assert not any("none is pooled" in each for each in found["agreement"]["weaknesses"])
    (folder / "effects.csv").write_text("\n".join(["finding,r,n,source", *rows[:4]]) + "\n")
    assert "fewer than 5" in shell.run(*question).json["pooled"]["why"]
