"""How buyers come from one stage to the next, who leaves, who stands still, and what went with moving on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fondaco.relationships.onwards import (
    GONE,
    LEFT,
    MOVED,
    SET,
    Way,
    curves,
    patience,
    standing_of,
    way_to,
    what_helped,
)
from fondaco.relationships.stage import Seen

DAY = date(2026, 1, 1)
UNTIL = date(2026, 12, 31)


def after(*days: int) -> tuple[date, ...]:
    return tuple(DAY + timedelta(days) for days in days)


@pytest.mark.requirement("F89")
@pytest.mark.parametrize(
    ("asked", "ordered", "stage", "days", "cause"),
    [
        ((0,), (20,), "expansion", 20, MOVED),
        ((0,), (), "expansion", 364, 0),
        ((-500,), (), "expansion", GONE, LEFT),  # silent for a year: left
        ((-300, 50), (), "expansion", 300 + 364, 0),  # asked again in between, and counts still
        ((-500,), (20,), "expansion", GONE, LEFT),  # came back after it had left: left, as seen at the time
        ((), (0, 30), "commitment", 30, MOVED),
        ((40,), (0,), "commitment", 364, 0),
    ],
)
def test_a_buyers_way(
    asked: tuple[int, ...], ordered: tuple[int, ...], stage: str, days: int, cause: int
) -> None:
    way = way_to(Seen(after(*asked), after(*ordered)), stage, UNTIL)  # type: ignore[arg-type]
    assert way is not None
    assert (way.days, way.cause) == (days, cause)


def test_who_had_ordered_before_asking_is_on_no_way_to_a_first_order() -> None:
    assert way_to(Seen(after(10), after(0)), "expansion", UNTIL) is None
    assert way_to(Seen(after(10), ()), "commitment", UNTIL) is None


@pytest.mark.requirement("F89")
def test_who_is_logged_as_lost_ends_the_waiting_and_does_not_count_as_open() -> None:
    seen = Seen(after(0), ())
    lost = way_to(seen, "expansion", UNTIL, DAY + timedelta(40))
    assert lost is not None
    assert (lost.days, lost.cause) == (40, LEFT)
    ways = [lost] * 5 + [Way(DAY, DAY + timedelta(60), MOVED)] * 5
    found = curves(ways)
    assert found is not None
    assert found[MOVED].at(60).estimate == pytest.approx(0.5)  # Kaplan and Meier would say all of them
    assert curves([]) is None


def test_how_long_is_long_is_told_by_those_who_moved_where_there_are_enough() -> None:
    few = patience([Seen(after(0), after(10))] * 7, UNTIL)
    assert (few["exploration"].days, few["exploration"].rests_on) == (SET["exploration"], 0)
    # 12 buyers after 10, 20 ... 120 days: three in four within 92.5 days, rounded up.
    many = patience([Seen(after(0), after(10 * n)) for n in range(1, 13)], UNTIL)
    assert (many["exploration"].days, many["exploration"].rests_on) == (93, 12)


@pytest.mark.parametrize(
    ("ordered", "silent", "state"),
    [
        ((), 44, "moving"),
        ((), 46, "stands still"),
        ((), 366, "gone"),
        ((0,), 121, "stands still"),
        ((0, 100, 200), 199, "moving"),  # its own pace: every 100 days, twice that is usual
        ((0, 100, 200), 201, "stands still"),
        ((0, 1, 2), 29, "moving"),  # three orders in three days make no pace of a day
        ((0, 1, 2), 31, "stands still"),
    ],
)
def test_a_relationship_moves_stands_still_or_is_gone(
    ordered: tuple[int, ...], silent: int, state: str
) -> None:
    seen = Seen(after(0), after(*ordered))
    last = max(*seen.asked, *seen.ordered) if ordered else seen.asked[0]
    found = standing_of(seen, last, last + timedelta(silent), patience([], UNTIL))
    assert (found.state, found.silent) == (state, silent)
    assert str(silent) in found.says


def test_who_is_lost_is_gone_until_it_is_seen_again() -> None:
    seen, usual = Seen(after(0), ()), patience([], UNTIL)
    assert standing_of(seen, DAY, DAY + timedelta(9), usual, DAY + timedelta(5)).state == "gone"
    assert (
        standing_of(seen, DAY + timedelta(8), DAY + timedelta(9), usual, DAY + timedelta(5)).state == "moving"
    )


@pytest.mark.requirement("F56")
def test_a_sign_counts_where_it_came_early_among_those_still_there_then() -> None:
    def way(days: int, cause: int) -> Way:
        return Way(DAY, DAY + timedelta(days), cause)

    early, late = {"sample": DAY + timedelta(10)}, {"sample": DAY + timedelta(90)}
    ways = [way(100, MOVED)] * 8 + [way(300, 0)] * 2 + [way(100, MOVED)] * 2 + [way(300, 0)] * 8
    signs: list[dict[str, date]] = [early] * 10 + [{}] * 9 + [late]
    # Who ordered within the first 30 days, and who was not seen long enough, tell nothing.
    ways += [way(12, MOVED)] * 20 + [way(60, 0)] * 20
    signs += [early] * 40
    (found,) = what_helped(ways, signs)
    assert found.cases == (10, 10)
    assert (found.with_.estimate, found.without.estimate) == (0.8, 0.2)
    assert found.difference.estimate == pytest.approx(0.6)
    assert found.difference.low is not None
    assert 0 < found.difference.low < 0.6


def test_too_few_on_one_side_is_told_in_words() -> None:
    (found,) = what_helped([Way(DAY, UNTIL, 0)] * 6, [{"call": DAY}, *[{}] * 5])
    assert found.difference.estimate is None
    assert "too few" in found.difference.why
