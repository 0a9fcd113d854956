"""How alike names are: what ought to be one name, what ought not, and what holds for any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.reference.names import likeness, read, score
from fondaco.reference.names.romanising import bones, romanised, scripts, sound

ONE = [
    ("Müller Weine GmbH", "MUELLER WEIN"),
    ("O'Brien & Sons Ltd.", "OBrien and Sons Limited"),
    ("Società Agricola Rossi S.r.l.", "SOCIETA AGRICOLA ROSSI SRL"),
    ("Сергей Иванов", "Ivanov, Sergei"),
    ("ООО «Ромашка»", "Romashka LLC"),
    ("Щукин Евгений", "Evgeny Shchukin"),
    ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
    ("محمد عبد الله", "Mohammed Abdullah"),
    ("شركة النور للتجارة", "Al Noor Trading"),
    ("김민수", "Kim Min-soo"),
    ("김민수", "Min-su Kim"),
    ("주식회사 한빛와인", "Hanbit Wine Co., Ltd."),
    ("王小明", "Wang Xiaoming"),
    ("上海华为贸易有限公司", "Shanghai Huawei Trading Co., Ltd."),
    ("株式会社サントリー", "Suntory K.K."),
    ("東京商事株式会社", "Tokyo Shoji Co Ltd"),
    ("田中太郎", "Taro Tanaka"),
    ("Alibaba", "Ali Baba"),
    ("J. Smith", "John Smith"),
    ("Yusuf Öztürk", "YUSUF OZTURK"),
    ("ＡＣＭＥ　Ｌｔｄ", "Acme"),
]
TWO = [
    ("John Smith", "Jane Smith"),
    ("Peter Chan", "Paul Chan"),
    ("Rossi Vini srl", "Bianchi Vini srl"),
    ("Shanghai Trading Co", "Beijing Trading Co"),
    ("ACME Trading", "ACME Shipping"),
    ("H. Arends Beheer B.V.", "H. Roosendaal Beheer B.V."),
    ("주식회사 한빛와인", "Saebyeok Wine Co., Ltd."),
    ("Сергей Иванов", "Sergei Petrov"),
    ("Store 24", "Store 42"),
]


@pytest.mark.requirement("X05")
@pytest.mark.parametrize(("left", "right"), ONE)
def test_one_name_in_two_spellings_is_above_one_half(left: str, right: str) -> None:
    assert score(left, right) > 0.75
    assert score(right, left) == score(left, right)


@pytest.mark.parametrize(("left", "right"), TWO)
def test_two_names_are_below_one_half(left: str, right: str) -> None:
    assert score(left, right) < 0.5


def test_the_score_is_graded() -> None:
    steps = ["Anna Schmidt", "Anna Schmitt", "Anne Schmitt", "Anna Schulz", "Bernd Schulz"]
    found = [score("Anna Schmidt", each) for each in steps]
    assert found[0] == 1
    assert found == sorted(found, reverse=True)
    assert found[1] > 0.8
    assert found[-1] < 0.2


def test_another_legal_form_lowers_the_score_and_is_said() -> None:
    same, other, none = (score("Rossi Vini srl", f"Rossi Vini {form}") for form in ("S.r.l.", "S.p.A.", ""))
    assert same == none == 1
    assert 0.5 < other < same
    assert "another legal form (srl, spa)" in likeness("Rossi Vini srl", "Rossi Vini S.p.A.").why


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("J. Smith", "John Smith", "j and john: initial and name (0.82)"),
        ("Sergey Ivanov", "Ivanov Sergey", "in another order"),
        ("Bob Smith", "Robert Smith", "bob and robert: are one first name (0.93)"),
        ("Weingut Maier", "Maier Winery", "weingut and winery: mean the same (0.96)"),
        ("Tetu B.V.", "Tetu Nederland B.V.", "only on the right: nederland"),
        ("Иванов", "Ivanov", "written in Cyrillic, and in Latin"),
        ("Acme", "Acme", "the same, letter for letter"),
        ("Acme", "", "one of them has no letter that can be read"),
        ("Acme", "Zebra", "only on the left: acme"),
    ],
)
def test_the_reason_is_said_in_words(left: str, right: str, said: str) -> None:
    assert said in likeness(left, right).why


def test_a_name_that_is_a_legal_form_keeps_its_word() -> None:
    assert [word.text for word in read("AG").words] == ["ag"]
    assert [word.text for word in read("株式会社").words]
    assert score("AG", "SA") < 0.5


def test_letters_of_many_scripts_become_plain() -> None:
    assert romanised("한빛") == "hanbit"
    assert romanised("Шевченко") == "shevchenko"
    assert romanised("ὁ Ουρανός") == "o ouranos"
    assert sound("tchaikovsky") == sound("chaykovskiy")
    assert bones("nwr") == bones("noor")
    assert scripts("ソニー Sony") == ("Kana", "Latin")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_have_a_score_and_it_is_the_same_both_ways(left: str, right: str) -> None:
    one, other = likeness(left, right), likeness(right, left)
    assert 0 <= one.score <= 1
    assert one.score == other.score
    assert one.why


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=40))
def test_a_name_is_like_itself(name: str) -> None:
    assert score(name, name) == (1 if read(name).words or name.strip() else 0)


def test_labelled_pairs_of_dutch_firms(shared: Path) -> None:
    path = shared / "data" / "name_matching" / "emm_kvk_company_name_pairs.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    said = [score(row["gt_name"], row["name"], kind="company") >= 0.5 for row in rows]
    true = [row["correct"] == "True" for row in rows]
    hits = sum(a and b for a, b in zip(said, true, strict=True))
    assert sum(true) == 10
    assert hits == 10
    assert sum(said) <= 12


@pytest.mark.requirement("F53")
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("عبد الرحمن", "Abdulrahman"), ("عبد الرحمن", "Abdurrahman"), ("عبد العزيز", "Abdulaziz"), ("عبد الكريم", "Abdelkarim"),
        ("صلاح الدين", "Salahuddin"), ("نور الدين", "Nureddin"), ("محمد عبد الرحمن", "Mohammed Abdulrahman"),
        ("Salah al-Din Hassan", "Salahuddin Hassan"),
    ],
)  # fmt: skip
def test_an_arabic_name_around_an_article_is_written_as_one_word_too(left: str, right: str) -> None:
    assert score(left, right) > 0.5 and score(right, left) > 0.5
    for other in ("Abdulaziz Karim", "Nasreddin Hodja", "Salah Abdo", "Rahman"):
        assert score("صلاح الدين", other) < 0.5, other
    assert score("عبد الرحمن", "Abdulaziz") < 0.5
