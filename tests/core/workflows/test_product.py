"""From ledger, catalogue, freight tables and regulations to the verdict on each product in each market."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco import workflows
from fondaco.ledger import Catalogue, Entry, Proof, Workspace
from fondaco.ledger.unit import Unit
from fondaco.strategy.product import Screened
from fondaco.strategy.profile import Aims, Profile
from fondaco.workflows.place import freight_of
from fondaco.workflows.product import propose, screened
from fondaco.workflows.profile import change_profile

NOW, TODAY = datetime(2026, 11, 30, tzinfo=UTC), date(2026, 11, 30)
ORDERS = """\
Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country
1,2026-05-01,W-1,Chianti Classico,12,14.00,EUR,k1,Germany
2,2026-05-02,W-1,Chianti Classico,24,14.00,EUR,k2,Germany
3,2026-05-03,C-1,Sciarpa in cashmere,1,84.00,EUR,k3,South Korea
"""
INQUIRIES = """\
Inquiry,Date,Product,Quantity,Buyer,Country,Message
q1,2026-05-10,Chianti Classico,500,b1,Germany,Price please
q2,2026-06-11,W-1,60,b2,Germany,Price please
q3,2026-06-12,Sciarpa in cashmere,10,b3,South Korea,Price please
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name, text in (("orders.csv", ORDERS), ("inquiries.csv", INQUIRIES)):
        (tmp_path / name).write_text(text)
    workspace = Workspace(tmp_path / "home")
    files = [tmp_path / "orders.csv", tmp_path / "inquiries.csv"]
    workflows.take_in(
        workspace, "shop", files, home="IT", currency="EUR", now=datetime(2026, 7, 1, tzinfo=UTC)
    )
    wine = Unit(
        price=D("7.50"), currency="EUR", gross_weight_kg=D("1.4"), volume_m3=D("0.002"), monthly_capacity=200,
        label_languages=("it", "de"),
    )  # fmt: skip
    scarf = Unit(
        price=D(60), currency="EUR", gross_weight_kg=D("0.25"), volume_m3=D("0.001"), monthly_capacity=50
    )
    ledger = workspace.ledger("shop")
    ledger.change_catalogue(
        lambda _: Catalogue(
            (
                Entry(sku="W-1", tags=("wine",), hs="220421", origin="ITA", unit=wine),
                Entry(sku="C-1", tags=("cashmere",), hs="621420", origin="ITA", unit=scarf),
            ),
            (Proof("pdo", ("wine",), "Chianti Classico"),),
        )
    )
    change_profile(ledger, lambda _: Profile(aims=Aims(markets=("DEU", "KOR", "KWT"))))
    (tmp_path / "rates.csv").write_text(
        "destination,origin,kind,carrier,per_kg,minimum,fixed,currency,days\n"
        "DE,IT,groupage,Road,0.50,30,20,EUR,4\nKR,IT,air,Wings,9,60,20,EUR,5\nKW,IT,air,Wings,9,60,20,EUR,5\n"
    )
    freight_of(workspace).add(tmp_path / "rates.csv", now=NOW)
    return workspace


def found(workspace: Workspace) -> dict[tuple[str, str], Screened]:
    return {(each.product.sku, each.market): each for each in screened(workspace, "shop", TODAY)}


@pytest.mark.requirement("F48", "F64", "F67")
def test_each_product_has_a_verdict_in_each_target_market(workspace: Workspace) -> None:
    told = found(workspace)
    assert len(told) == 6
    assert told["W-1", "KWT"].verdict == "not fit"
    assert any("prohibits" in check.says for check in told["W-1", "KWT"].reasons)
    # Usual order 18 bottles from two orders: 25.2 kg x 0.50 -> at least 30, and 20: 50 on 135 of wine.
    # 16 bottles at 7.50 carry 50 of freight at 30 %: 18 do.
    assert float(told["W-1", "DEU"].freight_share or 0) == pytest.approx(50 / (50 + 18 * 7.5))
    assert told["C-1", "KOR"].product.name == "Sciarpa in cashmere"


@pytest.mark.requirement("F50")
def test_what_is_asked_for_is_set_beside_what_was_free_in_that_month(workspace: Workspace) -> None:
    asked = found(workspace)["W-1", "DEU"].seen.asked
    # May: 200 made, 36 ordered, 164 free; 500 asked: 336 beyond.  June: 60 of 200.
    assert (asked.inquiries, asked.beyond, asked.lost_units) == (2, 1, D(300))
    assert (asked.beyond_free, asked.lost_at_most) == (1, D(336))
    assert found(workspace)["C-1", "KOR"].seen.asked.beyond == 0


@pytest.mark.requirement("F63")
def test_where_tariffs_are_on_record_the_landed_price_decides(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "uk.csv").write_text(
        "destination,origin,kind,carrier,per_kg,currency\nGB,IT,groupage,Road,0.50,EUR\n"
    )
    freight_of(workspace).add(tmp_path / "uk.csv", now=NOW)
    (told,) = [each for each in screened(workspace, "shop", TODAY, ["GBR"]) if each.product.sku == "C-1"]
    assert told.seen.landed is not None and "DDP" in told.seen.landed.says
    # Freight alone is 0.125 on 60; British VAT of 20 % is on top of any duty.
    assert told.seen.landed.share > D("0.16") and told.checks[0].rule == "price/cost-share"
    assert told.checks[0].state == "fit"


def test_markets_may_be_named_in_any_spelling(workspace: Workspace) -> None:
    assert {each.market for each in screened(workspace, "shop", TODAY, ["Germany"])} == {"DEU"}


def test_the_part_of_the_plan_has_actions_scores_and_what_is_not_known(workspace: Workspace) -> None:
    told = propose(workspace, "shop", TODAY)
    keys = {action.key for action in told.actions}
    assert "product/leave/KWT/W-1" in keys
    assert {score["category"] for score in told.facts["scores"]} == {"wine", "cashmere"}
    assert told.facts["screen"][0]["product"] == "W-1"
    assert told.basis["rule"] == "product/1"


def test_a_firm_without_products_or_markets_is_told_so(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("new", name="New", home="ITA", currency="EUR")
    told = propose(workspace, "new", TODAY)
    assert told.actions == () and "No product or no target market" in told.says
