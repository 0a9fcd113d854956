"""What buyers ask for, in eight languages: the labelled texts, negations, and no names in examples."""

from __future__ import annotations

import csv
import doctest
import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.markets.signals import requests as module
from fondaco.markets.signals.requests import fold, lexicon, read_lexicon, redact

LABELLED = Path(__file__).parent / "labelled"
LANGUAGES = {"en", "it", "de", "fr", "es", "ko", "zh", "ja"}


def judged(name: str) -> tuple[Counter[str], list[str]]:
    """Return right, missed and wrong kinds over a file of labelled texts, and what went wrong in words."""
    count: Counter[str] = Counter()
    wrong = []
    with (LABELLED / f"requests_{name}.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            wanted = set(filter(None, row["kinds"].split(";")))
            found = {request.kind for request in lexicon().find(row["text"])}
            count["right"] += len(wanted & found)
            count["missed"] += len(wanted - found)
            count["wrong"] += len(found - wanted)
            if wanted != found:
                wrong.append(f"{row['language']} {wanted or '{}'} not {found or '{}'}: {row['text']}")
    return count, wrong


def test_the_labelled_texts_are_enough_and_in_all_languages() -> None:
    rows = [
        row for path in LABELLED.glob("requests_*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))
    ]
    assert len(rows) >= 120
    assert {row["language"] for row in rows} == LANGUAGES
    assert {kind for row in rows for kind in row["kinds"].split(";") if kind} == set(lexicon().names)
    assert sum(not row["kinds"] for row in rows) >= 40  # texts that mention much and ask for nothing


@pytest.mark.requirement("F68", "X05")
def test_what_it_was_tuned_on_it_finds() -> None:
    count, wrong = judged("tuning")
    assert count["missed"] + count["wrong"] <= 2, wrong


@pytest.mark.requirement("F68", "X05")
def test_what_it_was_not_tuned_on_it_finds() -> None:
    count, wrong = judged("held_out")
    assert count["right"] / (count["right"] + count["missed"]) > 0.9, wrong
    assert count["right"] / (count["right"] + count["wrong"]) > 0.9, wrong


@pytest.mark.requirement("F68", "X05")
@pytest.mark.parametrize("name", ["paraphrases", "unseen"])
def test_what_is_said_in_other_words_it_mostly_finds(name: str) -> None:
    count, wrong = judged(name)
    assert count["right"] / (count["right"] + count["missed"]) > 0.85, wrong
    assert count["right"] / (count["right"] + count["wrong"]) > 0.9, wrong


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Abbiamo già i vostri campioni, vorremmo ordinare.", []),
        ("No need for samples.", []),
        ("We need samples.", ["sample"]),
        ("The samples arrived today, thanks. Can you do private label?", ["private_label"]),
        ("Is it possible to order without minimum quantity?", ["minimum"]),  # the negation is what is asked
        ("OEM가능한가요?", ["private_label"]),  # a word in Latin letters grown to Korean
        ("ＯＥＭ対応は可能ですか", ["private_label"]),
        ("Senza private label va bene.", []),
        ("¿Tienen certificado HALAL?", ["certificate"]),
        ("CE N'EST PAS CHER !", []),  # "ce" is French, not a mark
        ("Franco ha ricevuto tutto.", []),  # a name, not a delivery term
        ("Die Farbe ist schön, das Muster gefällt uns.", []),  # a pattern on cloth, and no question
        ("", []),
        ("¿?¡!…", []),
    ],
)
def test_hard_cases(text: str, kinds: list[str]) -> None:
    assert [request.kind for request in lexicon().find(text)] == kinds


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please can you send us the price?", "en"),
        ("Vorremmo sapere il prezzo per il nostro negozio", "it"),
        ("Könnten Sie uns bitte den Preis nennen?", "de"),
        ("Pouvez-vous nous envoyer le prix avec la remise pour notre magasin", "fr"),
        ("Por favor envíen el precio para nuestra tienda", "es"),
        ("가격을 알려 주세요", "ko"),
        ("请告诉我们价格", "zh"),
        ("価格を教えてください", "ja"),
    ],
)
def test_a_text_tells_its_language(text: str, language: str) -> None:
    assert language in lexicon().languages_of(text)
    assert len(lexicon().languages_of(text)) <= 2


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for request in lexicon().find(text):
        assert request.kind in lexicon().names
        assert request.sentence in text
    assert fold(fold(text)) == fold(text)
    assert len(redact(text)) <= 160


@pytest.mark.requirement("X08")
def test_real_reviews_ask_for_nothing(shared: Path) -> None:
    """2,107 sentences of English reviews: whoever finds requests in them finds them anywhere."""
    found = texts = 0
    for path in (shared / "data" / "reviews_english").glob("*.csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                texts += 1
                found += bool(lexicon().find(row["text"]))
    assert texts == 2107
    assert found <= 4


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("Write to buyer@shop.example or +82 2-555-0101", [], "Write to […] or […]"),
        ("Ich bin Jürgen Müller von Müller Import, bitte Muster", ["Müller Import"], "Ich bin […] von […], bitte Muster"),
        ("Mi chiamo Anna, cerco campioni", [], "Mi chiamo […], cerco campioni"),
        ("我叫王小明，请寄样品", [], "我叫[…]，请寄样品"),
        ("Dear Marco, see https://shop.example/x?y=1", [], "Dear […], see […]"),
        ("We need 1,000 pcs at 12.50 EUR", [], "We need 1,000 pcs at 12.50 EUR"),
        ("KIM asks for OEM", ["Kim"], "[…] asks for OEM"),
    ],
)  # fmt: skip
def test_examples_show_no_names(text: str, names: list[str], shown: str) -> None:
    assert redact(text, names) == shown


def test_a_lexicon_that_lacks_a_language_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no table \[cues\]"):
        read_lexicon("version = 1\n[languages]\n")
    with pytest.raises(ValueError, match=r"kinds.sample\] lacks it, de"):
        read_lexicon(
            "version = 1\n[languages]\n[cues]\n[settled]\n[not]\n[kinds.sample]\nname = 'samples'\nen = ['sample']\n"
        )


def test_its_examples_run() -> None:
    assert doctest.testmod(module).failed == 0
