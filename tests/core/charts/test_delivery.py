"""The chart of delivery carries what the tables say, and draws."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from tests.core.charts.test_dossier import drawn

pytest.importorskip("altair", reason="the extra `charts` is not installed")

from fondaco.charts import ways_of

CURVES = (
    ("parcel", 1, D(9)),
    ("parcel", 10, D(5)),
    ("sea", 1, D(100)),
    ("sea", 10, D(4)),
    ("dear", 1, D(200)),
)


def test_ways_that_are_the_cheapest_somewhere_come_first_and_the_words_say_the_costs() -> None:
    spec = ways_of(CURVES, "EUR", 9)
    assert (
        spec["description"]
        == "Cost of a unit in EUR by way and quantity; near 9 units: parcel 5.00, sea 4.00."
    )
    assert spec["layer"][0]["encoding"]["strokeDash"]["sort"] == ["parcel", "sea", "dear"]
    assert "<svg" in drawn(spec)


@pytest.mark.parametrize("dark", [False, True])
def test_without_a_way_nothing_is_drawn_and_it_is_said(dark: bool) -> None:
    assert ways_of((), "EUR", 9, dark=dark)["description"] == "No way can be priced."
