"""What firms do: figures of a year, worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.evidence.study import MEANINGS, Exchange, behaviour

DAY = datetime(2026, 1, 5, 9)


def answered(hours: float | None) -> Exchange:
    return Exchange(DAY, None if hours is None else DAY + timedelta(hours=hours))


@pytest.mark.requirement("R25")
def test_figures_by_hand() -> None:
    found = behaviour(
        [answered(each) for each in (1, 3, 20, 24, 30, None)],
        {"DEU": 6, "FRA": 2, "JPN": 2},
        {"a": 1, "b": 2, "c": 1, "d": 5},
        {"DEU": 60.0, "KOR": 30.0, "JPN": 10.0},
        {"DEU": 12, "JPN": 4},
    )
    assert set(found) == set(MEANINGS)
    # 30 of KOR and 10 of JPN went where fewer than five orders had come from.
    assert found["exploration_use"].value == pytest.approx(0.4)
    assert found["response_rate"].value == pytest.approx(4 / 6)
    # of six, the upper one of the two in the middle
    assert found["response_hours"].value == pytest.approx(24)
    assert found["market_spread"].value == pytest.approx(1 / (0.36 + 0.04 + 0.04))
    assert found["repeat_share"].value is None  # four buyers are too few


def test_what_is_not_known_says_why() -> None:
    found = behaviour([], {}, {}, {}, {})
    assert all(each.value is None and each.why for each in found.values())
    half = behaviour([answered(each) for each in (1, 2, None, None, None)], {}, {}, {}, {})
    assert half["response_rate"].value == pytest.approx(0.4)
    assert half["response_hours"].value is None
    assert "never answered" in half["response_hours"].why


@given(st.dictionaries(st.sampled_from(["DEU", "FRA", "JPN", "KOR"]), st.integers(1, 500), min_size=1))
def test_the_spread_lies_between_one_and_the_number_of_markets(orders: dict[str, int]) -> None:
    value = behaviour([], orders, {}, {}, {})["market_spread"].value
    assert value is None or 1 - 1e-9 <= value <= len(orders) + 1e-9
