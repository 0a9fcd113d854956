"""A study as data: what is taken, what is refused and how, and what its fingerprint holds."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.evidence.study import Study, parse_study, register, template, templates
from fondaco.evidence.study.drawing import model_diagram, words
from fondaco.kernel import InputError, UnknownName

PLAIN = 'title = "T"\nquestion = "Q"\nkind = "pls"\nmodel = "X =~ a + b; Y =~ c; Y ~ X"\n'


@pytest.mark.requirement("R12", "R13")
def test_the_two_studies_ship() -> None:
    assert set(templates()) == {"data-driven", "marketing-strategy", "readiness", "shared-risk"}
    knowledge = template("data-driven")
    assert "Knowledge    =~ Customers + Competitors + Conditions + Regulations" in knowledge.model
    assert len(knowledge.items) == 22
    assert knowledge.terms == 2
    readiness = template("readiness")
    assert readiness.names == (
        "readiness", "customer_knowledge", "market_knowledge", "economic_knowledge", "perceived_risk",
    )  # fmt: skip
    assert len(readiness.columns) == 16
    with pytest.raises(UnknownName, match="data-driven, marketing-strategy, readiness"):
        template("luck")


@pytest.mark.parametrize("name", ["data-driven", "readiness"])
def test_a_definition_written_and_read_again_is_the_same(name: str) -> None:
    held = template(name)
    again = parse_study(held.to_toml())
    assert again == held
    assert again.fingerprint == held.fingerprint


def test_any_change_of_what_is_asked_changes_the_fingerprint_and_invented_answers_do_not() -> None:
    held = template("readiness")
    seen = {held.fingerprint}
    for change in (
        {"model": held.model + " + RD1"}, {"minimum": 61}, {"question": "?"}, {"groups": "country"},
        {"hypotheses": ()}, {"items": {**held.items, "RI1": "Another wording."}}, {"low": 0},
    ):  # fmt: skip
        seen.add(replace(held, **change).fingerprint)
    assert len(seen) == 8
    assert replace(held, fictional={}).fingerprint == held.fingerprint


@pytest.mark.parametrize(
    ("said", "words_of_it"),
    [
        ("", "say its title"),
        ("title = ", "is no TOML"),
        ('title = "T"\nquestion = "Q"\nkind = "magic"\nmodel = "x"', "none of pls, regression"),
        (PLAIN + 'colour = "red"', "'colour' is no field"),
        (PLAIN + "minimum = 12", "a number from 30"),
        (PLAIN + "minimum = true", "a number from 30"),
        (PLAIN + "minimum = nan", "a number from 30"),
        (PLAIN + "smallest_effect = 2", "from 0.01 to 0.95"),
        (PLAIN + 'behaviour = ["luck"]', "'luck' is none of exploration_use"),
        (PLAIN + "items = 3", "items are columns"),
        (PLAIN + '[items]\na = "A"', "b, c"),
        (PLAIN + '[scores]\ns = []', "has no items"),
        (PLAIN + '[scores]\ns = ["s"]', "made of scores"),
        ('title = "T"\nquestion = "Q"\nkind = "pls"\nmodel = """\nX =~ a\nY =~ b\nY ~ \n"""', "Line 3, column 3"),
        ('title = "T"\nquestion = "Q"\nkind = "regression"\nmodel = "y"', "write it as y ~ a"),
        ('title = "T"\nquestion = "Q"\nkind = "regression"\nmodel = "y ~ a ~ b"', "write it as y ~ a"),
        ('title = "T"\nquestion = "Q"\nkind = "regression"\nmodel = "y ~ C(place)"', "numbers only"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_in_words(said: str, words_of_it: str) -> None:
    with pytest.raises(InputError, match=words_of_it):
        parse_study(said)


@given(st.text(max_size=300))
def test_no_text_ends_in_anything_but_a_sentence(text: str) -> None:
    with contextlib.suppress(InputError):
        assert parse_study(text).title


def test_what_is_frozen_after_answers_were_opened_is_exploratory() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    study = template("readiness")
    first = register(study, number=1, now=now)
    assert not first.exploratory
    assert "before any answer was opened" in first.says
    assert first.fingerprint == study.fingerprint
    later = register(study, number=2, now=now, opened=now)
    assert later.exploratory
    assert "exploratory" in later.says


def test_the_model_is_drawn_before_it_has_numbers() -> None:
    study = Study("T", "Q", "pls", "X =~ x1 + x2; Y =~ y1; Y ~ X")
    svg = model_diagram(study)
    for name in ("X", "Y", "x1", "x2", "y1"):
        assert f">{name}<" in svg
    assert "n/a" not in svg
    assert words(study) == "X to Y."
    assert "readiness" in model_diagram(template("readiness"))


def test_a_name_in_a_picture_is_text_and_no_markup() -> None:
    study = Study("T", "Q", "pls", "X =~ `<script>alert(1)</script>`; Y =~ y; Y ~ X")
    assert "<script>" not in model_diagram(study)


def test_a_model_too_large_to_draw_says_so() -> None:
    items = " + ".join(f"x{i}" for i in range(200))
    with pytest.raises(InputError, match="more than 150 names"):
        model_diagram(Study("T", "Q", "pls", f"X =~ {items}; Y =~ y; Y ~ X"))
