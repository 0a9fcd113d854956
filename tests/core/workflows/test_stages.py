"""A firm's buyers and its funnel, from its files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fondaco.ledger import Workspace
from fondaco.workflows import take_in
from fondaco.workflows.stages import stages_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FILES = {
    "orders.csv": """Order,Date,Country,SKU,Product,Quantity,Price,Currency,Customer,Customer name,Company
1,2026-02-01,DE,W,Wine,10,7,EUR,Weinhaus Schulz,,
2,2026-03-05,DE,W,Wine,10,7,EUR,Weinhaus Schulz,,
3,2026-03-09,FR,W,Wine,10,7,EUR,Cave Blanc,,
4,2026-04-09,ES,W,Wine,10,7,EUR,Luz,,
4,2026-04-10,ES,W,Wine,-10,7,EUR,Luz,,
5,2026-05-30,DE,W,Wine,10,7,EUR,,,
""",
    "inquiries.csv": """Inquiry,Type,Received,Buyer,Company,Country,Product,Quantity,Message
a,RFQ,2026-01-10 09:00,Bernd Schulz,Weinhaus Schulz,Germany,Wine,10,Hello
b,RFQ,2026-01-12 09:00,Ann Other,Other Ltd,United Kingdom,Wine,10,Hello
c,Inquiry,2026-03-01 09:00,Ann Other,Other Ltd,United Kingdom,Wine,10,Hello again
""",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    for name, text in FILES.items():
        file = tmp_path / name
        file.write_text(text, "utf-8")
        take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    return workspace


@pytest.mark.requirement("F53", "F88")
def test_a_firm_that_asks_by_a_person_and_orders_by_its_own_name_is_one_buyer(shop: Workspace) -> None:
    found = {each.names[0]: each for each in stages_of(shop, "shop", NOW.date()).buyers}
    (schulz,) = (each for each in found.values() if "Weinhaus Schulz" in each.names)
    assert set(schulz.names) == {"Weinhaus Schulz", "Bernd Schulz"}
    assert (schulz.seen.stage, schulz.seen.since) == ("commitment", date(2026, 3, 5))
    assert schulz.alive.estimate is not None
    assert (schulz.expected.estimate or 0) > 0
    (other,) = (each for each in found.values() if "Other Ltd" in each.names)
    assert (other.seen.stage, other.seen.since, len(other.seen.asked)) == (
        "exploration",
        date(2026, 1, 12),
        2,
    )
    assert other.alive.why == "Has not ordered yet."


@pytest.mark.requirement("F88")
def test_the_funnel_counts_buyers_and_says_what_names_nobody(shop: Workspace) -> None:
    told = stages_of(shop, "shop", NOW.date(), forecast=False).funnel_json()
    assert [(each["stage"], each["buyers"]) for each in told["stages"]] == [
        ("awareness", None), ("exploration", 1), ("expansion", 1), ("commitment", 1),
    ]  # fmt: skip
    assert told["nameless"] == 1
    assert set(told["by_market"]) == {"DEU", "GBR", "FRA"}
    assert told["by_market"]["DEU"][3]["buyers"] == 1
    assert "awareness is not known" in " ".join(told["notes"])


def test_on_an_earlier_day_later_orders_have_not_come_yet(shop: Workspace) -> None:
    told = stages_of(shop, "shop", date(2026, 2, 15), forecast=False).funnel_json()
    assert [each["buyers"] for each in told["stages"]] == [None, 1, 1, 0]
