"""Replies: every template in every language, gaps in place of guesses, the language, and drafts from past answers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.desk.cases import Case
from fondaco.desk.quotation import Line, Quotation, Step, Terms
from fondaco.desk.replies import (
    FACTS,
    LANGUAGES,
    NAMES,
    Past,
    Template,
    facts_of,
    fill,
    guess_language,
    language_of,
    own_templates,
    questions_for,
    suggestions,
    templates_text,
)
from fondaco.desk.replies.templates import PLACE
from fondaco.kernel import InputError

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
CASE = Case(
    "alibaba:7", "alibaba", "7", "inquiry", "KOR", AT, AT, name="Ada Kim", company="Kim Trading", product="Red wine",
    quantity=D(1200), message="What does it cost?",
)  # fmt: skip
QUOTE = Quotation(
    "Ada Kim", "KOR", "EUR", date(2026, 11, 3),
    (Line("W-1", "Red wine", D(1200), D("7.5"), (Step(2400, D("7.2")),), D("6.66"), D("8.88")),),
    Terms("FCA", "Siena", 30, 14, 60, "Two bottles free", "30% in advance"), "alibaba:7",
)  # fmt: skip
CODES = tuple(LANGUAGES)


@pytest.mark.requirement("F44")
@pytest.mark.parametrize("code", CODES)
def test_every_language_has_every_template_question_and_label(code: str) -> None:
    held, english = language_of(code), language_of("en")
    assert set(held.templates) == set(NAMES)
    assert held.questions.keys() == english.questions.keys()
    assert held.labels.keys() == english.labels.keys()
    for name, template in held.templates.items():
        places = {*PLACE.findall(template.subject), *PLACE.findall(template.body)}
        assert places <= FACTS.keys()
        # No language says less, or more, than English does; in the letter's own order.
        meant = PLACE.findall(english.templates[name].body)
        assert set(meant) - set(PLACE.findall(template.body)) <= {"product"}, (name, code)
        optional = {
            p for line in template.body.splitlines() if line.startswith("? ") for p in PLACE.findall(line)
        }
        assert optional == {
            p
            for line in english.templates[name].body.splitlines()
            if line.startswith("? ")
            for p in PLACE.findall(line)
        }
    labels = [PLACE.findall(held.labels[name]) for name in ("ladder", "days", "units")]
    assert [sorted(each) for each in labels] == [["price", "quantity"], ["days"], ["quantity"]]


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_no_text_is_left_in_english(code: str) -> None:
    held, english = language_of(code), language_of("en")
    assert not [name for name in NAMES if held.templates[name].body == english.templates[name].body]


@pytest.mark.requirement("F44", "X02")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_is_a_gap_and_nothing_is_made_up(name: str, code: str) -> None:
    language = language_of(code)
    template = language.templates[name]
    draft = fill(template, language, {})
    needed = {
        place
        for line in (template.subject, *template.body.splitlines())
        if not line.startswith("? ")
        for place in PLACE.findall(line)
    }
    assert set(draft.gaps) == needed | {"firm"}  # who writes is in every letter
    assert all(f"[[{gap}]]" in draft.text + draft.subject for gap in draft.gaps)
    assert not PLACE.search(draft.text)
    assert not re.search(r"\d", draft.text.replace("Incoterms 2020", ""))  # no number but from a fact
    assert language.greeting_unnamed in draft.text


@pytest.mark.requirement("F44")
def test_amounts_and_days_are_written_as_the_language_does() -> None:
    shown = {code: fill(language_of(code).templates["quotation"], language_of(code), facts_of(code, firm="Vigna", quotation=QUOTE)).text for code in CODES}  # fmt: skip
    assert "- Red wine: 1,200 × 7.50 EUR = 9,000.00 EUR" in shown["en"]
    assert "    from 2,400 units: 7.20 EUR" in shown["en"]
    assert "- Red wine: 1.200 × 7,50 EUR = 9.000,00 EUR" in shown["de"]
    assert "Dieses Angebot gilt bis 3. Dezember 2026." in shown["de"]
    assert "1\u202f200 × 7,50 EUR = 9\u202f000,00 EUR" in shown["fr"]
    assert "3 de diciembre de 2026" in shown["es"] and "3 dicembre 2026" in shown["it"]
    assert (
        "2026年12月3日" in shown["ja"] and "2026년 12월 3일" in shown["ko"] and "2026年12月3日" in shown["zh"]
    )
    for text in shown.values():
        assert "FCA Siena" in text and "6.66" not in text and "8.88" not in text and "[[" not in text


@pytest.mark.requirement("F44")
def test_only_what_the_inquiry_leaves_open_is_asked() -> None:
    assert questions_for(CASE) == ("delivery", "when")
    assert questions_for(None)[0] == "product"
    facts = facts_of("it", firm="Vigna", case=CASE)
    assert facts["questions"].splitlines() == [
        "- A quali condizioni di resa (Incoterms 2020) e in quale luogo?", "- Per quando Le serve la merce?",
    ]  # fmt: skip
    assert (
        facts["buyer"] == "Ada Kim"
        and facts["market"] == "Corea del Sud"
        and facts["received"] == "2 novembre 2026"
    )
    assert "incoterm" not in facts and "payment" not in facts


@given(st.dictionaries(st.sampled_from(sorted(FACTS)), st.text(min_size=1, max_size=60), max_size=8))
def test_what_a_fact_says_is_never_read_as_a_place(facts: dict[str, str]) -> None:
    english = language_of("en")
    facts |= {"buyer": "{firm} [[x]]", "firm": "{buyer}"}
    draft = fill(english.templates["follow_up"], english, facts)
    assert draft.text.startswith("Dear {firm} [[x]],")
    assert not set(draft.gaps) & {name for name, said in facts.items() if said}


def test_an_optional_line_is_left_out_and_named() -> None:
    english = language_of("en")
    draft = fill(
        english.templates["unfit"], english, {"product": "Wine", "reason": "Too many", "firm": "Vigna"}
    )
    assert draft.complete and set(draft.left_out) == {"minimum", "alternative", "sender"}
    assert "Our smallest order" not in draft.text


def test_a_firms_own_template_is_kept_and_read_again() -> None:
    own = {
        ("hello", "ko"): Template("hello", "ko", "{product}", 'Zeile 1\n? {quantity}\n"""x"""\\', own=True)
    }
    assert own_templates(templates_text(own), "a.toml") == own


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[hello", "is no TOML"),
        ("hello = 1", r"write each template as \[hello.en\]"),
        ('[hello.xx]\nsubject = "a"\nbody = "b"', "'xx' is no language"),
        ('[hello.en]\nsubject = "a"', "a subject and a body"),
        ('[hello.en]\nsubject = "a"\nbody = "{price_floor}"', "no fact {price_floor}"),
        ('[hello.en]\nsubject = "a"\nbody = 3', "a text is needed"),
        ('["../x".en]\nsubject = "a"\nbody = "b"', "no name of a template"),
        ('[hello.en]\nsubject = ""\nbody = "b"', "may not be empty"),
    ],
)
def test_a_wrong_template_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        own_templates(text, "a.toml")


@pytest.mark.requirement("F44")
@pytest.mark.parametrize(
    ("message", "market", "language", "sure"),
    [
        ("Hello, we would like to order 200 bottles. What is your price?", "KOR", "en", "sure"),
        ("Guten Tag, wir möchten 200 Flaschen. Was ist der Preis?", "", "de", "sure"),
        ("Bonjour, nous voudrions un devis pour votre vin. Merci", "CAN", "fr", "sure"),
        ("Hola, queremos saber el precio de su vino para México. Gracias", "", "es", "sure"),
        ("Buongiorno, vorremmo sapere il prezzo del vostro vino. Grazie", "", "it", "sure"),
        ("赤ワインの見積もりをお願いします", "", "ja", "sure"),
        ("레드 와인 견적 부탁드립니다. Red wine 75cl", "", "ko", "sure"),
        ("请问红酒的价格是多少", "", "zh", "sure"),
        ("請問紅酒的價格", "TWN", "zh", "likely"),
        ("", "DEU", "de", "likely"),
        ("", "CHE", "de", "a guess"),
        ("200 x W-1", "JPN", "ja", "likely"),
        ("Здравствуйте, сколько стоит вино?", "RUS", "en", "a guess"),
        ("", "", "en", "a guess"),
        ("!!! 123", "QQQ", "en", "a guess"),
    ],
)
def test_the_language_is_guessed_with_how_sure(message: str, market: str, language: str, sure: str) -> None:
    found = guess_language(message, market)
    assert (found.language, found.sure) == (language, sure)
    assert found.why


def past(case: str, message: str, text: str, ordered: bool | None = True, **facts: str) -> Past:
    return Past(case, message, text, "en", ordered, facts)


@pytest.mark.requirement("F45", "X02")
def test_the_answer_to_the_most_similar_message_that_brought_an_order_is_suggested() -> None:
    held = [
        past(
            "a:1",
            "How much is the red wine for 120 bottles?",
            "Dear Ada Kim, 120 bottles cost 900 EUR.",
            buyer="Ada Kim",
        ),
        past("a:2", "How much is red wine for 120 bottles please?", "No.", ordered=False),
        past("a:3", "Do you make chairs of oak, and how long does it take?", "Chairs take 3 weeks."),
        past("a:4", "How much is the red wine for 60 bottles?", "Soon.", ordered=None),
    ]
    found, why = suggestions("How much is the red wine for 600 bottles?", {"buyer": "Bo"}, held)
    assert why == "" and found[0].case == "a:1"
    assert {"a:2", "a:4"}.isdisjoint(
        each.case for each in found
    )  # neither a failure nor one that is too early to say
    # Nothing of the earlier buyer goes to the next one.
    assert found[0].text == "Dear Bo, [[120]] bottles cost [[900]] EUR."
    assert "Ada" not in found[0].text and any("900" in each for each in found[0].look_at)


@pytest.mark.requirement("F45")
def test_without_good_answers_it_says_so() -> None:
    assert suggestions("How much?", {}, [])[1].startswith("None of the 0 answers")
    assert "too early" in suggestions("How much?", {}, [past("a:1", "x", "y", None)])[1]
    assert "not known" in suggestions("  ", {}, [past("a:1", "x", "y")])[1]
    assert "similar" in suggestions("Chairs of oak", {}, [past("a:1", "赤ワインの見積もり", "y")])[1]
    assert suggestions("!", {}, [past("a:1", "?", "y")])[0] == ()


def test_a_name_that_is_not_known_any_more_is_a_gap() -> None:
    held = [past("a:1", "Red wine price", "Dear Ada, our wine.", buyer="Ada")]
    assert suggestions("Red wine price", {}, held)[0][0].text == "Dear [[buyer]], our wine."
