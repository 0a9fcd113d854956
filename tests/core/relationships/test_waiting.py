"""From contact to first order and from first order to second, with open cases."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.markets.conftest import spark, table  # noqa: F401  (fixtures)

from fondaco.relationships.waiting import to_first_order, to_second_order, waits


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
def test_from_inquiry_to_first_order(table: Any) -> None:  # noqa: F811
    inquiries = table(
        "inquiries",
        [
            {"platform": "alibaba", "inquiry": f"{n}", "day": day, "buyer": buyer, "country": "KOR"}
            for n, (day, buyer) in enumerate(
                [("2026-01-01", "a"), ("2026-01-20", "a"), ("2026-01-01", "b"), ("2026-02-01", "known"), ("2026-02-01", None)]
            )
        ],
    )  # fmt: skip
    orders = table(
        "orders",
        [
            order(1, "2026-01-31", "a", platform="alibaba"),
            order(2, "2026-01-15", "known", platform="alibaba"),
            order(3, "2026-01-02", "b", platform="etsy"),  # another platform's mark is another buyer
        ],
    )
    found = to_first_order(inquiries, orders)[0]
    assert (found.cases, found.done) == (2, 1)
    assert found.median.estimate == 30


def test_markets_of_five_cases_have_a_curve_of_their_own() -> None:
    found = waits([5] * 5 + [9] * 4, [True] * 9, ["KOR"] * 5 + ["DEU"] * 4)
    assert [one.market for one in found] == [None, "KOR"]
    assert waits([], [], []) == ()
