"""How far buyers are: stages from days on which they asked and ordered, and how many move on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.relationships.stage import Seen, by, funnel

DAY = date(2026, 1, 1)
UNTIL = date(2026, 12, 31)


def after(*days: int) -> tuple[date, ...]:
    return tuple(DAY + timedelta(days=each) for each in days)


@pytest.mark.requirement("F88")
@pytest.mark.parametrize(
    ("asked", "ordered", "stage", "since"),
    [((0,), (), "exploration", 0), ((0, 5), (9,), "expansion", 9), ((0,), (9, 40), "commitment", 40), ((), (3,), "expansion", 3), ((30,), (3, 4, 5), "commitment", 4)],
)  # fmt: skip
def test_a_buyers_stage_and_since_when(
    asked: tuple[int, ...], ordered: tuple[int, ...], stage: str, since: int
) -> None:
    held = Seen(after(*asked), after(*ordered))
    assert (held.stage, held.since) == (stage, DAY + timedelta(days=since))


@pytest.mark.requirement("F88")
def test_the_funnel_counts_each_buyer_once_and_shares_count_open_cases_as_long_as_they_were_seen() -> None:
    # Ten asked: four ordered after 20 days, one of these again; and a regular buyer who asked later counts as none of the ten.
    held = [Seen(after(0), after(20))] * 3 + [Seen(after(0), after(20, 60))] + [Seen(after(0), ())] * 6
    steps = funnel([*held, Seen(after(100), after(1, 2))], UNTIL, 500)
    assert [step.now for step in steps] == [500, 6, 3, 2]
    assert steps[1].moved[90].estimate is None
    assert steps[2].moved[90].estimate == pytest.approx(0.4)
    assert steps[3].moved[90].estimate == pytest.approx(2 / 5)
    assert steps[2].moved[90].low is not None
    # Six who asked yesterday have not said no: the share is not made smaller by them.
    young = funnel([*held, *[Seen((UNTIL - timedelta(days=1),), ())] * 6], UNTIL)
    assert young[2].moved[90].estimate == pytest.approx(0.4, abs=0.02)


def test_nobody_is_told_in_words() -> None:
    steps = funnel([], UNTIL)
    assert [step.now for step in steps] == [None, 0, 0, 0]
    assert steps[2].to_json()["moved_within_days"]["90"] == {
        "estimate": None,
        "why": "Nobody was seen to ask.",
    }


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 300), max_size=3),
            st.lists(st.integers(0, 300), max_size=3),
            st.sampled_from(["DEU", "KOR"]),
        )
    )
)
def test_markets_add_up_to_all(rows: list[tuple[list[int], list[int], str]]) -> None:
    held = [
        Seen(after(*sorted({*asked})), after(*sorted({*ordered})), market)
        for asked, ordered, market in rows
        if asked or ordered
    ]
    whole, parts = funnel(held, UNTIL), by(held, UNTIL, lambda each: [each.market or ""])
    for place in (1, 2, 3):
        assert whole[place].now == sum(steps[place].now or 0 for steps in parts.values())
