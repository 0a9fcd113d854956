"""When to leave the platform with a buyer: the worked table of docs/rules/leaving-the-platform.md, and what moves taught."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.reference.products import tags
from fondaco.relationships.leaving import Move, Tie, advise, family_of, own_history, shipped
from fondaco.strategy.rules import studies

DAY = date(2026, 3, 1)
FOOD, SEASON = family_of(["wine", "drink", "food"]), family_of(["textile"])
ABLE = ("names its firm", "states a quantity")


def tie(exchanges: int = 2, days: int = 0, stage: str = "exploration", **more: object) -> Tie:
    return Tie(stage, exchanges, DAY, DAY + timedelta(days), **more)  # type: ignore[arg-type]


#: Row of the page: tie, family, days of silence, verdict, e-mail today.
TABLE = [
    (tie(2), FOOD, 2, "stay", "too early"),
    (tie(2), FOOD, 60, "ask again", "too early"),
    (tie(4, 7), FOOD, 2, "stay", "too early"),  # grown, but nothing to trust yet
    (tie(4, 7, trust=ABLE), FOOD, 2, "samples", "ripe"),
    (tie(2, sample_asked=True), FOOD, 2, "samples", "too early"),
    (tie(4, 7, trust=ABLE, sample_sent=True), FOOD, 2, "meeting", "ripe"),
    (tie(4, 7, trust=ABLE), FOOD, 46, "late", "ripe"),
    (tie(3, 3, trust=ABLE), SEASON, 2, "meeting", "ripe"),
    (tie(3, 3, trust=ABLE), FOOD, 2, "stay", "too early"),
    (tie(3, 3, trust=ABLE, met=True), SEASON, 2, "e-mail", "ripe"),
    (tie(1, 0, "expansion"), SEASON, 90, "meeting", "ripe"),
    (tie(9, 30, "commitment", met=True, moved=True), FOOD, 9, "moved", "done"),
]


@pytest.mark.requirement("F54", "F55")
@pytest.mark.parametrize(("held", "family", "silent", "verdict", "mail"), TABLE)
def test_the_table_of_the_page(held: Tie, family: object, silent: int, verdict: str, mail: str) -> None:
    found = advise(held, family, held.last + timedelta(silent))  # type: ignore[arg-type]
    assert (found.verdict, found.moves["e-mail"]) == (verdict, mail)
    assert found.early == (mail == "too early")
    assert found.why
    assert found.changes


@pytest.mark.requirement("F54", "X02")
def test_advice_says_on_whose_word_and_what_would_change_it() -> None:
    found = advise(tie(2), FOOD, DAY)
    told = {rule.id: rule.cited for rule in found.rules}
    assert "Alibaba.com (2025)" in told["leaving/too-early"]
    assert "Alibaba.com (2025)" in told["leaving/too-late"]
    assert told["leaving/platform-terms"].startswith("ours")
    assert (
        found.changes == "2 more messages, 7 more days of contact, 2 more signs of trust; or a first order."
    )
    assert "set" in found.to_json()["timing"]


@pytest.mark.requirement("F55")
def test_timing_is_dated_data_with_its_source_and_tags_that_exist() -> None:
    rules, families = shipped()
    assert all(rule.study in studies() if rule.study else rule.reason for rule in rules.values())
    assert all(family.source and family.as_of for family in families)
    assert families[-1].tags == ()
    own = {"machinery", "made-to-order"}  # of a workspace's own tags
    assert {tag for family in families for tag in family.tags} - own <= set(tags().by_name)
    assert FOOD.exchanges != SEASON.exchanges


@pytest.mark.requirement("F54")
def test_a_firms_own_moves_weigh_as_they_become_many_and_open_ones_do_not_count() -> None:
    none = own_history([], FOOD)
    assert (none.early.estimate, none.early_moves) == (0.25, 0)
    assert "no move" in none.early.why
    found = own_history([Move(1, "lost")] * 3 + [Move(2, "open")] + [Move(4, "kept")] * 6, FOOD)
    # Beta(1 + 3, 3 + 0) and Beta(1 + 0, 3 + 6), by SciPy's own quantiles.
    assert found.early.estimate == pytest.approx(4 / 7)
    assert found.ripe.estimate == pytest.approx(1 / 10)
    assert found.early.low == pytest.approx(stats.beta(4, 3).ppf(0.05))
    assert found.ripe.high == pytest.approx(stats.beta(1, 9).ppf(0.95))
    assert (found.early_moves, found.ripe_moves, found.open) == (3, 6, 1)


@given(
    st.sampled_from(["exploration", "expansion", "commitment"]),
    st.integers(0, 50),
    st.integers(0, 400),
    st.integers(0, 4),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_more_messages_or_trust_never_make_a_move_earlier_than_ripe(
    stage: str, exchanges: int, days: int, trust: int, said: list[bool]
) -> None:
    more = dict(zip(("sample_asked", "sample_sent", "met", "moved"), said, strict=True))
    held = tie(exchanges, days, stage, trust=("sign",) * trust, **more)
    further = tie(exchanges + 1, days + 1, stage, trust=("sign",) * (trust + 1), **more)
    order = ("too early", "ripe", "done")
    for family in shipped()[1]:
        now, then = (advise(each, family, DAY + timedelta(500)) for each in (held, further))
        for move, ripe in now.moves.items():
            assert order.index(then.moves[move]) >= order.index(ripe)
