"""A firm's buyers, from what its files say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.ledger import Workspace
from fondaco.relationships.identity import Decision
from fondaco.workflows import take_in
from fondaco.workflows.buyers import buyers_of, records_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ORDERS = """Order,Date,Country,Amount,Customer email,Customer name,Company
1,2026-05-01,RU,100,s.ivanov@romashka.ru,Сергей Иванов,ООО Ромашка
2,2026-05-02,RU,120,s.ivanov@romashka.ru,Sergei Ivanov,Romashka LLC
3,2026-05-03,IT,90,anna.rossi@gmail.com,Anna Rossi,
4,2026-05-04,DE,80,info@weinhaus.de,Bernd Schulz,Weinhaus Schulz GmbH
5,2026-05-05,DE,80,,,
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    workspace = Workspace(tmp_path / "home")
    take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    return workspace


def test_each_way_of_naming_a_buyer_is_a_record(shop: Workspace) -> None:
    found = records_of(shop, "shop")
    assert len(found) == 4
    assert set(found["email"]) == {"s.ivanov@romashka.ru", "anna.rossi@gmail.com", "info@weinhaus.de"}
    assert found["id"].is_unique().all()


@pytest.mark.requirement("F53")
def test_one_buyer_in_two_scripts_is_one_and_can_be_parted(shop: Workspace) -> None:
    found = buyers_of(shop, "shop")
    assert sorted(len(each.records) for each in found.buyers) == [1, 1, 2]
    (both,) = (each.records for each in found.buyers if len(each.records) == 2)
    apart = Decision(both[0], both[1], "two", NOW, "Ada", "brothers")
    assert len(buyers_of(shop, "shop", [apart]).buyers) == 4


def test_a_name_that_goes_with_several_firms_marks_nobody(tmp_path: Path) -> None:
    file = tmp_path / "inquiries.csv"
    rows = "\n".join(
        f"{n},2026-05-0{n},Anna Rossi,{firm},DE,Hello" for n, firm in enumerate(("Blau", "Rot", "Blau"), 1)
    )
    file.write_text(f"Inquiry,Received,Buyer,Company,Country,Message\n{rows}\n", "utf-8")
    workspace = Workspace(tmp_path / "home")
    take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    assert len(buyers_of(workspace, "shop").buyers) == 2
