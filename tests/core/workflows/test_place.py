"""From a firm's catalogue and its carriers' tables to the ways to send a consignment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit
from fondaco.strategy.place import Consignment
from fondaco.workflows.place import delivery_of, freight_of, product_consignment

NOW, TODAY = datetime(2026, 11, 30, tzinfo=UTC), date(2026, 11, 30)
RATES = """\
destination,origin,kind,carrier,per_kg,per_wm,minimum,fixed,currency,days,capacity_kg
GB,IT,parcel,Post,4,,,5,EUR,3-5,30
GB,IT,groupage,Road,0.60,,35,20,EUR,5,
GB,MN,groupage,Elsewhere,0.01,,,,EUR,5,
KR,IT,lcl,Sea,,85,85,40,USD,35,
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("cellar", name="Cellar", home="ITA", currency="EUR")
    (tmp_path / "rates.csv").write_text(RATES)
    freight_of(workspace).add(tmp_path / "rates.csv", now=NOW)
    unit = Unit(price=D("7.50"), currency="EUR", gross_weight_kg=D("1.4"), volume_m3=D("0.002"))
    workspace.ledger("cellar").change_catalogue(
        lambda _: Catalogue((Entry(sku="W-*", tags=("wine",), unit=unit),))
    )
    return workspace


def test_a_product_and_a_number_of_units_give_the_ways_to_send_them(workspace: Workspace) -> None:
    sent = product_consignment(workspace, "cellar", "W-1", 60)
    assert sent == Consignment(60, D(84), D("0.12"), D(450), "EUR")
    found = delivery_of(workspace, "cellar", "UK", sent, TODAY)
    assert found.best is not None
    # 84 kg x 0.60 + 20; parcels of 15 bottles (21 kg, by volume less: 0.03 m3 = 6 kg; 21 bottles would be 29.4 kg)
    assert (found.best.kind, found.best.cost, found.best.days) == ("groupage", D("70.40"), 5)
    assert {option.carrier for option in found.options} == {"Post", "Road"}  # none from elsewhere
    assert delivery_of(workspace, "cellar", "UK", sent, TODAY) == found


def test_costs_are_told_in_the_currency_of_the_consignment(workspace: Workspace) -> None:
    sent = product_consignment(workspace, "cellar", "W-1", 60)
    best = delivery_of(workspace, "cellar", "KOR", sent, TODAY).best
    assert best is not None and best.currency == "EUR"
    # 125 USD at the ECB's last rate before the day
    from fondaco.reference.rates import Rate, Rates

    rates = Rates.load(None)
    rate = rates.rate("USD", "EUR", rates.last_day)
    assert isinstance(rate, Rate)
    assert best.cost == D(repr(125 * rate.rate)).quantize(D("0.01"))


def test_a_firms_own_table_counts_beside_the_workspaces(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("destination,kind,carrier,fixed,currency\nGB,groupage,Ours,20,EUR\n")
    freight_of(workspace, "cellar").add(tmp_path / "own.csv", now=NOW)
    found = delivery_of(
        workspace, "cellar", "GBR", product_consignment(workspace, "cellar", "W-1", 60), TODAY
    )
    assert found.best is not None and (found.best.carrier, found.best.cost) == ("Ours", D("20.00"))


def test_a_firms_own_price_stands_though_the_workspaces_table_holds_since_later(
    workspace: Workspace, tmp_path: Path
) -> None:
    head = "destination,kind,carrier,fixed,currency,valid_from,valid_to\n"
    (tmp_path / "own.csv").write_text(f"{head}GB,air,Ours,20,EUR,2026-01-01,2026-11-30\n")
    (tmp_path / "all.csv").write_text(f"{head}GB,air,Ours,12,EUR,2026-06-01,\n")
    freight_of(workspace, "cellar").add(tmp_path / "own.csv", now=NOW)
    freight_of(workspace).add(tmp_path / "all.csv", now=NOW)

    def by_air(day: date) -> list[tuple[D, str]]:
        sent = product_consignment(workspace, "cellar", "W-1", 60)
        found = delivery_of(workspace, "cellar", "GBR", sent, day)
        return [(option.cost, option.rate.table) for option in found.options if option.kind == "air"]

    assert by_air(TODAY) == [(D("20.00"), "own")]
    # What the firm agreed has run out: what all may send at counts again.
    assert by_air(date(2026, 12, 1)) == [(D("12.00"), "all")]


def test_a_product_without_facts_gives_no_figure(workspace: Workspace) -> None:
    found = delivery_of(workspace, "cellar", "GBR", product_consignment(workspace, "cellar", "X", 60), TODAY)
    assert found.best is None and "gross weight" in found.why


def test_the_place_part_of_the_plan_takes_the_firms_aims_products_and_tables(workspace: Workspace) -> None:
    from fondaco.strategy.profile import Aims, Profile
    from fondaco.workflows.place import propose
    from fondaco.workflows.profile import change_profile

    ledger = workspace.ledger("cellar")
    change_profile(ledger, lambda _: Profile(aims=Aims(markets=("GBR", "USA"))))
    unit = Unit(gross_weight_kg=D("1.4"), volume_m3=D("0.002"), minimum_order=60, lead_days=5)
    ledger.change_catalogue(lambda _: Catalogue((Entry(sku="W-1", tags=("wine",), unit=unit),)))
    found = propose(workspace, "cellar", TODAY)
    keys = {action.key for action in found.actions}
    assert {"place/send-by/GBR/W-1", "place/ask-for-rates/USA", "place/order-before/GBR/2026-12-25"} <= keys
    assert found.facts["deliveries"][0]["units_from"] == "the stated minimum order"
    assert found.basis["tables"][0]["name"] == "rates"
