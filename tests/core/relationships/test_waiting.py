"""From contact to first order and from first order to second, with open cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.core.markets.conftest import spark, table  # noqa: F401  (fixtures)

from fondaco.relationships.stage import Seen, to_first_order
from fondaco.relationships.waiting import to_second_order, waits


def order(number: int, day: str, buyer: str, **more: Any) -> dict[str, Any]:
    return {"order": f"{number}", "day": day, "buyer": buyer, "value": "10", "country": "KOR", **more}


@pytest.mark.requirement("F89", "F90")
def test_open_cases_count_for_as_long_as_they_were_seen(table: Any) -> None:  # noqa: F811
    found = to_second_order(
        table(
            "orders",
            [
                order(1, "2026-01-01", "quick"), order(2, "2026-01-11", "quick"), order(3, "2026-03-01", "quick"),
                order(4, "2026-01-01", "same day"), order(5, "2026-01-01", "same day"),
                order(6, "2026-01-01", "slow"), order(7, "2026-03-22", "slow"),
                order(8, "2026-04-01", "fresh", country="DEU"),
            ],
        )
    )  # fmt: skip
    everywhere = found[0]
    assert (everywhere.market, everywhere.cases, everywhere.done) == (None, 4, 2)
    # At 10 days three are at risk (the fresh one has been seen for none), at 80 days two: 2/3, then 1/3.
    assert everywhere.within[30].estimate == pytest.approx(1 / 3)
    assert everywhere.within[90].estimate == pytest.approx(2 / 3)
    assert everywhere.median.estimate == 80
    assert everywhere.within[365].estimate is None
    assert "Nobody has been followed" in everywhere.within[365].why


@pytest.mark.requirement("F89")
def test_from_inquiry_to_first_order() -> None:
    asked = date(2026, 1, 1)
    buyers = [
        Seen((asked, date(2026, 1, 20)), (date(2026, 1, 31),), "KOR"),
        Seen((asked,), (), "KOR"),
        Seen((date(2026, 2, 1),), (date(2026, 1, 15),), "KOR"),  # known before it asked
        Seen((), (asked,), "KOR"),
    ]
    found = to_first_order(buyers, date(2026, 2, 1))[0]
    assert (found.cases, found.done) == (2, 1)
    assert found.median.estimate == 30


def test_markets_of_five_cases_have_a_curve_of_their_own() -> None:
    found = waits([5] * 5 + [9] * 4, [True] * 9, ["KOR"] * 5 + ["DEU"] * 4)
    assert [one.market for one in found] == [None, "KOR"]
    assert waits([], [], []) == ()
