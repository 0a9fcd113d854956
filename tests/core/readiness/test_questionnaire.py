"""What is asked: complete in each language, each question with its source, and the parts that studies name."""

from __future__ import annotations

import re

import pytest

from fondaco.kernel import UnknownName
from fondaco.readiness import DEPARTMENTS, questionnaire
from fondaco.readiness.columns import plainly
from fondaco.readiness.gaps import closings
from fondaco.readiness.questionnaire import minutes
from fondaco.strategy.rules import PARTS, rules, studies

HELD = questionnaire()
SCRIPTS = {"en": "[A-Za-z]", "it": "[A-Za-zà-ù]", "ko": "[가-힣]", "mn": "[А-Яа-яӨөҮү]"}


@pytest.mark.parametrize("language", HELD.languages)
def test_every_question_scale_and_name_is_there_in_every_language(language: str) -> None:
    letters = SCRIPTS[language]
    for item in HELD.items.values():
        assert re.search(letters, item.texts[language]), item.id
    for construct in HELD.constructs:
        assert re.search(letters, construct.names[language])
    assert len({plainly(label) for label in HELD.labels[language]}) == 7
    page = HELD.page[language]
    assert set(page) == set(HELD.page["en"]) and len(page["departments"]) == len(DEPARTMENTS)
    assert "{minutes}" in page["minutes"]


def test_no_text_stands_for_two_questions_and_no_word_for_two_answers() -> None:
    texts = [plainly(text) for item in HELD.items.values() for text in item.texts.values()]
    assert len(texts) == len(set(texts))
    words = [(plainly(word), place) for labels in HELD.labels.values() for place, word in enumerate(labels)]
    assert len({word for word, _ in words}) == len(set(words))


def test_every_question_names_a_study_or_a_reason() -> None:
    for item in HELD.items.values():
        study = item.source.partition(",")[0]
        assert study in studies() or len(item.source) > 30, item.id


@pytest.mark.parametrize(
    ("needed", "constructs"),
    [
        pytest.param(
            "F01", {"responsiveness", "fit", "people", "digital"}, marks=pytest.mark.requirement("F01")
        ),
        pytest.param("F02", {"expectations", "motivation"}, marks=pytest.mark.requirement("F02")),
        pytest.param(
            "F13",
            {"customer_knowledge", "market_knowledge", "economic_knowledge", "risk", "readiness"},
            marks=pytest.mark.requirement("F13"),
        ),
        pytest.param(
            "F96",
            {"performance_financial", "performance_strategic", "performance_satisfaction"},
            marks=pytest.mark.requirement("F96"),
        ),
    ],
)
def test_what_the_studies_take_for_parts_is_asked_with_several_questions_each(
    needed: str, constructs: set[str]
) -> None:
    for name in constructs:
        assert len(HELD.by_id[name].scaled) >= 2, (needed, name)


@pytest.mark.requirement("F96")
def test_export_performance_is_three_measures_and_never_one_sum() -> None:
    assert [c.id for c in HELD.constructs if c.group == "performance"] == [
        "performance_financial", "performance_strategic", "performance_satisfaction",
    ]  # fmt: skip


@pytest.mark.requirement("S24")
@pytest.mark.parametrize("language", HELD.languages)
def test_the_short_form_takes_under_ten_minutes_in_plain_words(language: str) -> None:
    asked = HELD.asked("short", ["DEU"])
    assert minutes(asked, language) < 10
    assert {each.item.construct for each in asked} == {construct.id for construct in HELD.constructs}
    assert max(len(each.item.text("en").split()) for each in asked) <= 20


@pytest.mark.requirement("F05")
def test_know_how_is_asked_market_by_market_of_sales_customs_transport_currency_and_labels() -> None:
    keys = [each.key for each in HELD.asked("full", ["DEU", "KOR"])]
    assert [key for key in keys if "@" in key] == [f"KH{n}@{m}" for m in ("DEU", "KOR") for n in range(1, 6)]
    text = " ".join(HELD.item(f"KH{n}").text("en") for n in range(1, 6))
    for word in ("buyers", "customs", "get goods", "currency", "label"):
        assert word in text
    assert not HELD.is_key("KH1") and not HELD.is_key("KH1@XXX") and not HELD.is_key("RO1@DEU")


def test_an_unknown_version_or_question_is_told() -> None:
    with pytest.raises(UnknownName, match="newest is readiness-1"):
        questionnaire("../readiness-1")
    with pytest.raises(UnknownName, match="ZZ9"):
        HELD.item("ZZ9")


def test_every_gap_calls_for_something_by_a_rule_of_the_strategy_room() -> None:
    outcomes = {"readiness", "performance_financial", "performance_strategic", "performance_satisfaction"}
    assert {each.about for each in closings()} == {c.id for c in HELD.constructs} - outcomes
    for closing in closings():
        assert closing.rule in rules() and closing.part in PARTS and closing.part != "plan"
        assert all(HELD.items[item].construct == closing.about for item in closing.items)


@pytest.mark.requirement("S15")
def test_supporters_are_asked_to_train_on_organisation_horizon_and_daily_work_beyond_money() -> None:
    train = {each.about: each.what for each in closings() if each.who == "supporter" and not each.items}
    assert "organisation" in train["fit"] and "over which time" in train["fit"]
    assert "two years" in train["expectations"]
    assert "daily work" in train["daily_work"]
