"""Shared knowledge: what still holds, who knows, what nobody knows, and what must not be told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.network.knowledge import (
    Item,
    Vote,
    contributions,
    findings,
    gaps,
    items_of,
    judged,
    knowers,
    text_of,
)

DAY, REVIEW = date(2026, 3, 1), date(2026, 9, 1)


def item(
    number: int = 1, *, kind="customer", market="KOR", author="Tea", first=True, review=REVIEW, votes=()
) -> Item:
    return Item(number, kind, market, "They order in spring.", "A fair", first, True, DAY, review, author=author, votes=tuple(votes))  # fmt: skip


def vote(voter: str, word: str, day: date = DAY) -> Vote:
    return Vote(voter, word, "Seen.", day)  # type: ignore[arg-type]


@pytest.mark.requirement("S03")
@pytest.mark.parametrize(
    ("votes", "today", "state"),
    [
        ([], date(2026, 4, 1), "stated"),
        ([], REVIEW, "outdated"),
        ([vote("a", "confirm")], date(2026, 4, 1), "confirmed"),
        # a confirmation of August carries it to February, over its review in September
        ([vote("a", "confirm", date(2026, 8, 10))], date(2027, 2, 9), "confirmed"),
        ([vote("a", "confirm", date(2026, 8, 10))], date(2027, 2, 10), "outdated"),
        ([vote("a", "dispute")], date(2026, 4, 1), "disputed"),
        ([vote("a", "confirm"), vote("b", "dispute")], date(2026, 4, 1), "disputed"),
        ([vote("a", "confirm"), vote("b", "confirm"), vote("c", "dispute")], date(2026, 4, 1), "confirmed"),
        ([vote("a", "outdated")], date(2026, 4, 1), "disputed"),
        ([vote("a", "outdated"), vote("b", "outdated")], date(2026, 4, 1), "outdated"),
        # the same member twice: only the later word counts
        ([vote("a", "dispute"), vote("a", "confirm", DAY + timedelta(1))], date(2026, 4, 1), "confirmed"),
    ],
)
def test_votes_and_age_say_whether_an_item_holds(votes: list[Vote], today: date, state: str) -> None:
    assert judged(REVIEW, votes, today).state == state


@pytest.mark.requirement("S05")
def test_the_grid_shows_what_is_missing_by_kind_and_market() -> None:
    held = [
        item(1),
        item(2, kind="market", first=False),
        item(3, kind="setting", review=DAY),
        item(4, market="JPN", votes=[vote("a", "confirm")]),
    ]
    grid = {(c.market, c.kind): c for c in gaps(held, ["KOR", "USA"], date(2026, 4, 1))}
    assert {at: cell.state for at, cell in grid.items()} == {
        ("JPN", "customer"): "held",
        ("JPN", "market"): "none",
        ("JPN", "setting"): "none",
        ("KOR", "customer"): "held",
        ("KOR", "market"): "second hand",
        ("KOR", "setting"): "outdated",
        ("USA", "customer"): "none",
        ("USA", "market"): "none",
        ("USA", "setting"): "none",
    }
    assert grid["JPN", "customer"].confirmed == 1


@pytest.mark.requirement("S04")
def test_only_those_who_agreed_are_named_as_ones_who_know() -> None:
    held = [item(1), item(2), item(3, first=False, author="Salt"), item(4, author="Honey")]
    found = knowers(held, {"Salt": ["KOR"], "Honey": ["KOR", "JPN"]}, ["Tea", "Salt"])
    assert [(k.firm, k.market, k.first_hand, k.states_it) for k in found] == [
        ("Tea", "KOR", 2, False),
        ("Salt", "KOR", 0, True),
    ]
    assert found[0].latest == DAY


def test_contributions_are_counted_by_kind_and_the_unnamed_together() -> None:
    told = contributions([item(1), item(2, kind="market"), item(3, author="")], ["Tea", ""])
    assert told["Tea"] == {"customer": 1, "market": 1, "setting": 0, "answers": 1}
    assert told[""] == {"customer": 1, "market": 0, "setting": 0, "answers": 1}


BUYERS = ["Blue Kettle Ltd", "c-1", "김민수", "1001", "Müller & Söhne"]


@pytest.mark.requirement("S07")
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Write to kim@shop.example for this.", ["email"]),
        ("kim (at) shop.example answers.", ["email"]),
        ("Call +82 2-1234-5678 in the morning.", ["telephone"]),
        ("We sold to the BLUE KETTLE, Ltd. again.", ["buyer"]),
        ("Muller and Söhne", []),
        ("müller & SÖHNE pays late", ["buyer"]),
        ("김민수 asks for green tea", ["buyer"]),
        ("They pay € 12.50 for a jar.", ["price"]),
        ("12,000 won a jar", ["price"]),
        ("한 병에 5만 원", ["price"]),
        ("４.５０ EUR", ["price"]),
        ("We keep a margin of about 30 %.", ["margin"]),
        ("They ask 15% discount", ["margin"]),
        ("uno sconto del 10 %", ["margin"]),
        ("In 1001 shops, 40 % of the tea is green, since 2024-05-01.", []),
        ("HS 0902.10, chapter 09, within 30 days; page 12-14.", []),
    ],
)
def test_identities_prices_and_margins_are_seen_in_a_text(text: str, what: list[str]) -> None:
    assert [each.what for each in findings(text, BUYERS)] == what


@pytest.mark.requirement("S07")
def test_identities_are_refused_and_figures_asked_about() -> None:
    told = {
        each.what: each.refused for each in findings("Blue Kettle Ltd, a@b.example, 5 EUR, margin 5%", BUYERS)
    }
    assert told == {"buyer": True, "email": True, "price": False, "margin": False}


@given(st.text(max_size=300), st.lists(st.text(max_size=30), max_size=5))
def test_no_text_breaks_the_guard(text: str, buyers: list[str]) -> None:
    found = findings(text, buyers)
    assert all(each.found for each in found)
    assert {each.found for each in found if each.what == "buyer"} <= {name.strip() for name in buyers}


@given(st.text(alphabet="0123456789 .-+@", max_size=4000))
def test_the_guard_is_quick_with_figures(text: str) -> None:
    # The deadline of each example is the clock; without letters and signs of money nothing else can be told.
    assert {each.what for each in findings(text)} <= {"telephone", "email"}


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@given(
    st.lists(
        st.tuples(TEXTS, st.sampled_from(["customer", "market", "setting"]), st.booleans(), st.dates()),
        max_size=6,
    )
)
def test_items_come_back_from_their_file_as_they_were(said) -> None:
    held = tuple(
        Item(number, kind, "KOR", text, "A fair", first, not first, day, REVIEW, ("09", "tea"), "customs", "Tea", (Vote("1", "confirm", "Seen", DAY),))
        for number, (text, kind, first, day) in enumerate(said)
    )  # fmt: skip
    assert items_of(text_of(held), "f") == (held, ())


def test_the_file_says_nothing_of_who_voted() -> None:
    assert "secret-firm" not in text_of([item(votes=[vote("secret-firm", "confirm")])])


def test_lines_that_are_none_are_told_and_the_others_kept() -> None:
    good = text_of([item()])
    lines = ["not json", '{"id": 1}', good.strip().replace("KOR", "XXX"), good.strip(), "[]", '{"id": NaN}']
    found, problems = items_of("\n".join(lines), "k.jsonl")
    assert len(found) == 1
    assert [p.reason.split(",")[1].split(":")[0].strip() for p in problems] == [
        "line 1", "line 2", "line 3", "line 5", "line 6",
    ]  # fmt: skip
