"""Programmes: needs from gaps, and a release in which nobody is one of fewer than five alike."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import Refused
from fondaco.network.knowledge import Cell
from fondaco.network.programmes import Record, Sign, needs, next_step, release
from fondaco.network.programmes.following import REACHED, Reached, at_or_beyond, count_told, growing
from fondaco.network.programmes.release import COLUMNS, WITHHELD

STAGES = ["", "prepare", "listed", "inquiry", "order", "repeat"]


def record(said: tuple[str, int, int, str, bool]) -> Record:
    return Record.of(said[0], said[1], Decimal(said[2]), said[3], alone=said[4])


RECORDS = st.tuples(
    st.sampled_from(["", "2025", "2026"]), st.integers(0, 9), st.integers(0, 30), st.sampled_from(STAGES), st.booleans(),
).map(record)  # fmt: skip


@pytest.mark.requirement("R28")
@given(st.lists(RECORDS, min_size=5, max_size=40), st.integers(0, 2**63))
def test_every_combination_that_is_released_belongs_to_five_or_more(records: list[Record], seed: int) -> None:
    found = release(records, seed=seed)
    assert min(Counter(record for _, record in found.rows).values()) >= 5
    assert len({name for name, _ in found.rows}) == len(records)
    for column in COLUMNS:  # what is not withheld is as it was
        said = Counter(getattr(record, column) for _, record in found.rows)
        assert said == ({WITHHELD: len(records)} if column in found.withheld else Counter(getattr(r, column) for r in records))  # fmt: skip


@pytest.mark.requirement("R28")
def test_fewer_than_five_are_not_released() -> None:
    with pytest.raises(Refused, match="five or more"):
        release([Record.of("", 0, Decimal(0), "", alone=False)] * 4, seed=1)


def test_alike_participants_are_released_whole() -> None:
    found = release([Record.of("2026", 1, Decimal(3), "order", alone=True)] * 5, seed=1)
    assert found.withheld == ()
    assert [name for name, _ in found.rows] == ["P1", "P2", "P3", "P4", "P5"]


@pytest.mark.requirement("S05", "S14")
def test_needs_come_from_what_members_say_and_from_what_nobody_knows() -> None:
    cells = [
        Cell("customer", "KOR", 2, 1, 0, 0),
        Cell("market", "KOR", 1, 0, 0, 0),
        Cell("setting", "KOR", 0, 0, 0, 1),
    ]
    found = needs(cells, {"Photographs": 0.2, "Replying": 0.6, "Language": 0.0})
    assert [need.about for need in found] == ["Replying", "Photographs", "KOR: market", "KOR: setting"]
    assert found[2].why == "nobody of the network was there"


DAY = date(2026, 6, 1)


@pytest.mark.requirement("S16")
@pytest.mark.parametrize(
    ("reached", "ago", "step"),
    [("none", 10, "listing"), ("inquiry", 90, "quotation"), ("order", 0, "second"), ("repeat", 89, "tell"), ("repeat", 91, "call"), ("none", 91, "call")],
)  # fmt: skip
def test_the_next_step_follows_from_the_stage_unless_a_firm_has_gone_quiet(
    reached: Reached, ago: int, step: str
) -> None:
    assert next_step(Sign("tea", reached, DAY - timedelta(days=ago)), DAY) == step


def test_a_firm_of_which_nothing_is_known_begins() -> None:
    assert next_step(Sign("tea"), DAY) == "begin"


@pytest.mark.requirement("S16", "S18", "R28")
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_count_is_told_only_with_five_in_and_five_out_and_never_above_what_it_is(yes: int, no: int) -> None:
    told = count_told("x", [True] * yes + [False] * no)
    assert (told.least is not None) == (yes >= 5 and no >= 5)
    if told.least is None:
        assert told.why and told.n == 0
    else:
        assert told.least % 5 == 0 and told.least <= yes < told.least + 5 and told.n <= yes + no


@pytest.mark.requirement("S16")
def test_a_stage_counts_those_who_are_beyond_it() -> None:
    ways = [Sign("a", "order"), Sign("b", "repeat"), Sign("c", "inquiry"), Sign("d")]
    assert [sum(at_or_beyond(each, stage) for each in ways) for stage in REACHED] == [4, 3, 2, 1]
    assert [growing(Sign("a", before=2, now=n)) for n in (1, 2, 3)] == [False, False, True]
