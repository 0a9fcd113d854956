"""What people ruled of records: rows that only grow, and which of them holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError, Refused
from fondaco.relationships.identity import Records, Ruling, buyers, standing
from fondaco.relationships.identity.rulings import added, from_json, taken_back

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
ANNA, ANA, BO = "shop\tK1\tAnna Rossi\tRossi\tITA", "alibaba\ta-9\tAna Rossi\tRossi\tITA", "shop\t\tBo\t\tSWE"


@pytest.mark.requirement("X06")
def test_a_decision_is_taken_back_by_a_row_and_that_again_by_another() -> None:
    held: list[Ruling] = []
    held.append(added(held, "one", ANNA, ANA, at=AT, by="Ada", why="one  telephone"))
    assert held[0].why == "one telephone"
    assert [row.number for row in standing(held)] == [1]
    held.append(taken_back(held, 1, at=AT, by="Bo"))
    assert standing(held) == ()
    with pytest.raises(Refused, match="taken back already"):
        taken_back(held, 1, at=AT, by="Bo")
    held.append(taken_back(held, 2, at=AT, by="Ada"))
    assert [row.number for row in standing(held)] == [1]
    with pytest.raises(Refused, match="taken back already"):
        taken_back(held, 2, at=AT, by="Bo")
    assert [row.number for row in held] == [1, 2, 3]  # nothing was lost on the way
    with pytest.raises(InputError, match="no decision number 9"):
        taken_back(held, 9, at=AT, by="Bo")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("shop\tK1\tA. Rossi\tRossi\tITA", ANNA),  # the file spells the name otherwise by now
        ("shop\tK1\tAnna Rossi\t\tFRA", ANNA),  # she moved, and her firm is no more said
        ("shop\t\tBo\t\tNOR", BO),
        ("shop\tK2\tAnna Rossi\tRossi\tITA", ANNA),  # another mark, but the only one of that name and firm
        ("etsy\tK1\tAnna Rossi\tRossi\tITA", None),  # a mark is one platform's
        ("shop\tK9\tCarl\t\tDEU", None),
    ],
)
def test_a_record_that_files_write_otherwise_by_now_is_found_again(written: str, found: str | None) -> None:
    assert Records([ANNA, ANA, BO]).find(written) == found


def test_a_decision_on_a_record_that_is_gone_waits_and_holds_when_it_comes_back() -> None:
    row = Ruling(1, "one", ANNA, ANA, AT, "Ada")
    decisions, waiting = Records([ANNA, BO]).decisions([row])
    assert (decisions, waiting) == ((), (row,))
    decisions, waiting = Records([ANNA, ANA]).decisions([row])
    assert [each.verdict for each in decisions] == ["one"]
    assert waiting == ()
    assert len(buyers([ANNA, ANA], [], decisions)) == 1


def test_of_two_decisions_on_a_pair_the_later_one_holds() -> None:
    rows = [
        Ruling(1, "one", ANNA, ANA, AT, "Ada"),
        Ruling(2, "two", ANA, ANNA, AT + timedelta(hours=1), "Bo"),
    ]
    decisions, _ = Records([ANNA, ANA]).decisions(rows)
    assert len(buyers([ANNA, ANA], [(ANNA, ANA, 0.999)], decisions)) == 2


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"number": 1, "verdict": "maybe", "left": "a", "right": "b", "at": "2026-01-01T00:00+00:00", "by": "x"},
        {"number": 1, "verdict": "one", "left": "a", "right": "b", "at": "2026-01-01T00:00", "by": "x"},
        {"number": "x", "verdict": "one", "left": "a", "right": "b", "at": "2026-01-01T00:00+00:00", "by": "x"},
        {"number": 2, "verdict": "undo", "left": "a", "right": "b", "at": "2026-01-01T00:00+00:00", "by": "x", "undoes": "1"},
    ],
)  # fmt: skip
def test_a_line_that_says_no_decision_is_named(said: object) -> None:
    with pytest.raises(InputError, match="line 3"):
        from_json(said, "line 3")


def test_a_record_cannot_be_joined_with_itself_and_reasons_are_bounded() -> None:
    with pytest.raises(InputError, match="one record"):
        added([], "one", ANNA, ANNA, at=AT, by="Ada")
    with pytest.raises(InputError, match="501 letters"):
        added([], "one", ANNA, ANA, at=AT, by="Ada", why="x" * 501)


@given(st.lists(st.integers(0, 12), max_size=12))
def test_what_holds_is_what_no_row_that_holds_takes_back(targets: list[int]) -> None:
    rows: list[Ruling] = [Ruling(1, "one", "a", "b", AT, "x")]
    for target in targets:
        try:
            rows.append(taken_back(rows, target, at=AT, by="x"))
        except (InputError, Refused):
            rows.append(added(rows, "one", "a", "b", at=AT, by="x"))

    def holds(row: Ruling) -> bool:  # straight from the sentence
        return not any(other.undoes == row.number and holds(other) for other in rows)

    assert [row.number for row in standing(rows)] == [
        row.number for row in rows if row.verdict != "undo" and holds(row)
    ]
    assert all(from_json(row.to_json(), "x") == row for row in rows)
