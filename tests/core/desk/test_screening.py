"""Names asked of sanctions lists: made-up people, in other scripts and spellings."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime

import pytest

from fondaco.desk.sanctions import Screen
from fondaco.reference.sanctions import Listed, ListedName, SanctionsList
from fondaco.reference.sanctions.store import Kept

TODAY = date(2026, 11, 30)


def screen(*entries: Listed, published: date | None = date(2026, 11, 29)) -> Screen:
    held = SanctionsList("UN", "UN XML", published, "un.xml", entries)
    return Screen([Kept(held, datetime(2026, 11, 29, tzinfo=UTC))])


def person(number: int, *names: str, countries: tuple[str, ...] = ()) -> Listed:
    return Listed(
        "UN",
        f"X.{number}",
        "person",
        tuple(ListedName(n, "strong" if i else "primary") for i, n in enumerate(names)),
        countries,
    )


PEOPLE = screen(
    person(1, "Иван Выдуманный", "Ivan Vydumanny", countries=("RUS",)),
    person(2, "محمد الخيالي", countries=("SYR",)),
    person(3, "RI Kkumin"),
    Listed(
        "UN", "E.1", "company", (ListedName("Invented Trading Corporation"), ListedName("발명무역 주식회사"))
    ),
)


@pytest.mark.requirement("X05")
@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ("Ivan Vydumanny", "X.1"), ("VYDUMANNYI, Ivan", "X.1"), ("Iwan Wydumannyj", "X.1"), ("Иван Выдуманный", "X.1"),
        ("Mohammed Al Khayali", "X.2"), ("Muhammad al-Khayaly", "X.2"), ("Ri Kku-min", "X.3"),
        ("Invented Trading Corp.", "E.1"), ("Invented Trading", "E.1"), ("발명무역", "E.1"),
    ],
)  # fmt: skip
def test_a_listed_name_is_found_in_other_spellings_and_scripts(asked: str, who: str) -> None:
    found = PEOPLE.check(asked, TODAY)
    assert found.level in ("red", "amber")
    assert found.hits[0].entry.id == who
    assert found.hits[0].why
    assert "UN of 2026-11-29" in found.source


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("صلاح الدين المخترع", "Salahuddin al-Mukhtara"), ("صلاح الدين", "Salahuddin"), ("Salah al-Din", "Salaheddin"),
        ("عبد الرحمن", "Abdulrahman"), ("Abdurrahman", "عبد الرحمن"), ("أحمد المخترع", "Ahmed al-Mukhtara"),
        ("عبد العزيز", "Abdulaziz"), ("عبد الكريم", "Abdelkarim"), ("Salahuddin", "صلاح الدين"), ("Nur ad-Din", "Nureddin"),
    ],
)  # fmt: skip
def test_a_name_around_an_article_is_found_written_as_one(listed: str, asked: str) -> None:
    found = screen(person(7, listed)).check(asked, TODAY)
    assert [hit.entry.id for hit in found.hits] == ["X.7"], found.reason


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        # Names and aliases of the same people on OFAC's list.
        ("Aiman Muhammad Rabi AL-ZAWAHIRI", "Ayman al-Zawahiri"), ("Joaquin Archivaldo GUZMAN LOERA", "Joaquin Guzman"),
        ("Usama BIN LADIN", "Osama bin Laden"), ("Khalid Sulayman Fayiz ABU HASAN", "Khaled Abu Hassan"),
        ("Fathy Ahmed HAMAD", "Fathi Ahmad Mohammad Hammad"), ("Ismaeel HANIYYA", "Ismail Abdul Salah Haniya"),
    ],
)  # fmt: skip
def test_who_leaves_away_names_that_the_list_writes_out_is_looked_at(listed: str, asked: str) -> None:
    found = screen(person(7, listed)).check(asked, TODAY)
    assert (found.level, [hit.entry.id for hit in found.hits]) == ("amber", ["X.7"])


@pytest.mark.parametrize(
    "asked", ["Joaquin", "Guzman", "Joaquin Lopez", "Maria Guzman", "J. Guzman", "Lopez Guzman Trading"]
)
def test_who_shares_but_a_part_of_a_long_name_is_not(asked: str) -> None:
    assert screen(person(7, "Joaquin Archivaldo GUZMAN LOERA")).check(asked, TODAY).level == "green"


@pytest.mark.parametrize(
    "asked", ["Anna Rossi", "Ivan Petrov", "Mohammed Hassan", "Trading Corporation", "Rossi Vini srl"]
)
def test_others_are_not_found(asked: str) -> None:
    found = PEOPLE.check(asked, TODAY)
    assert found.level == "green"
    assert "not asked" in found.reason


def test_a_strong_likeness_is_red_and_a_weaker_one_amber() -> None:
    assert PEOPLE.check("Ivan Vydumanny", TODAY).level == "red"
    weaker = PEOPLE.check("Ivan Vydumann", TODAY)
    assert weaker.hits[0].score < PEOPLE.check("Ivan Vydumanny", TODAY).hits[0].score


def test_without_a_list_or_with_an_old_one_nothing_is_green() -> None:
    assert Screen([]).check("Anna Rossi", TODAY).level == "amber"
    old = screen(person(1, "Ivan Vydumanny"), published=date(2026, 10, 1)).check("Anna Rossi", TODAY)
    assert old.level == "amber"
    assert "renew" in old.reason
    assert PEOPLE.check("???", TODAY).level == "amber"


def test_another_country_is_said_and_stays_a_hit() -> None:
    here = PEOPLE.check("Ivan Vydumanny", TODAY, country="RUS").hits[0]
    there = PEOPLE.check("Ivan Vydumanny", TODAY, country="ITA").hits[0]
    assert here.score == there.score
    assert any("as the buyer" in note for note in here.notes)
    assert any("the buyer is in Italy" in note for note in there.notes)


def test_a_firm_is_not_taken_for_a_person_where_one_is_asked_for() -> None:
    assert PEOPLE.check("Invented Trading Corporation", TODAY, kind="person").level == "green"


def test_a_list_of_ten_thousand_names_answers_at_once() -> None:
    rng = random.Random(5)
    word = lambda: "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)).title()  # noqa: E731
    held = screen(*(person(n, f"{word()} {word()}") for n in range(10_000)), person(-1, "Иван Выдуманный"))
    begun = time.perf_counter()
    found = held.check("Ivan Vydumanny", TODAY)
    assert found.hits[0].entry.id == "X.-1"
    assert time.perf_counter() - begun < 5  # some tenths of a second on a machine at rest
