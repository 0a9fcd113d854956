"""Trade data of a workspace, beside the firm's ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows import scorecard_of, take_in
from fondaco.workflows.trade import (
    add_trade,
    distances_of,
    flows_of_files,
    gravity_of,
    potential_of,
    ranked_by_potential,
    store_of,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FLOWS = (
    "exporter,importer,hs,year,value\nITA,USA,2204,2023,60\nITA,USA,1509,2023,20\nITA,FRA,2204,2023,20\nITA,FRA,1509,2023,20\n"
    "FRA,USA,2204,2023,60\nFRA,USA,1509,2023,40\nFRA,ITA,2204,2023,10\nUSA,FRA,2204,2023,10\nUSA,FRA,1509,2023,20\n"
    "FRA,KOR,2204,2023,30\n"
)
ORDERS = "Order,Date,SKU,Quantity,Price,Currency,Customer,Country\nA1,2026-05-13,S-1,2,10.00,EUR,K1,France\nA2,2026-05-14,S-1,3,10.00,EUR,K2,Japan\nA3,2026-05-14,S-1,1,9.00,EUR,K3,Italy\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "flows.csv").write_text(FLOWS)
    found = Workspace(tmp_path / "home")
    take_in(found, "shop", [tmp_path / "orders.csv"], home="IT", currency="EUR", now=NOW)
    return found


def test_without_trade_data_there_is_no_potential(workspace: Workspace) -> None:
    assert potential_of(workspace, "shop") is None


@pytest.mark.requirement("S20")
def test_potential_is_remembered_until_the_files_change(workspace: Workspace, tmp_path: Path) -> None:
    (kept,) = add_trade(workspace, [tmp_path / "flows.csv"], now=NOW)
    first = potential_of(workspace, "shop")
    assert first is not None
    assert first is potential_of(workspace, "shop")
    assert first.by_market()["USA"].actual == 80
    wine = potential_of(workspace, "shop", ["2204"])
    assert wine is not None
    assert wine.by_market()["USA"].actual == 60
    store_of(workspace).remove(kept.id)
    assert potential_of(workspace, "shop") is None


@pytest.mark.requirement("F34")
def test_markets_of_one_side_only_are_both_shown(workspace: Workspace, tmp_path: Path) -> None:
    add_trade(workspace, [tmp_path / "flows.csv"], now=NOW)
    found = potential_of(workspace, "shop")
    assert found is not None
    rows = ranked_by_potential(scorecard_of(workspace, "shop"), found)
    seen = {row["market"]: (row["rank"], row["seen_in"]) for row in rows}
    assert seen == {
        "USA": (1, ["trade"]), "FRA": (2, ["ledger", "trade"]), "KOR": (3, ["trade"]), "JPN": (None, ["ledger"]),
        "ITA": (None, ["ledger"]),
    }  # fmt: skip
    assert rows[0]["net_revenue"] is None
    assert rows[1]["net_revenue"] == "20.00"
    assert rows[2]["potential"]["potential"] is None


def test_the_same_flows_in_two_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(FLOWS)
    (tmp_path / "b.csv").write_text(FLOWS.replace("60", "61"))
    with (
        pytest.raises(InputError, match="state 10 of the same flows"),
        flows_of_files([tmp_path / "a.csv", tmp_path / "b.csv"]),
    ):
        pass
    with flows_of_files([tmp_path / "a.csv", tmp_path / "a.csv"]) as (flows, read):
        assert len(read) == 1
        assert flows.table.count().execute() == 10


def test_gravity_takes_distance_border_and_language_from_our_own_facts(tmp_path: Path) -> None:
    pytest.importorskip("pyfixest")
    markets = ["ITA", "FRA", "DEU", "AUT", "ESP", "PRT", "GBR", "IRL"]
    km = distances_of(markets)
    text = "exporter,importer,year,value\n" + "".join(
        f"{a},{b},2020,{(markets.index(a) + 2) * (markets.index(b) + 3) * 1e6 / km[a, b]}\n"
        for a in markets
        for b in markets
        if a != b and (a, b) != ("PRT", "IRL")
    )
    (tmp_path / "g.csv").write_text(text)
    with flows_of_files([tmp_path / "g.csv"]) as (flows, _):
        found = gravity_of(flows)
    # Trade was made to fall with distance one for one; the pair without trade counts as zero.
    assert {term.name for term in found.terms} == {"ln_distance", "contiguity", "language"}
    assert found.terms[0].estimate == pytest.approx(-1, abs=0.15)
    assert found.n == 56
    assert found.of("PRT")[0]["market"] in markets
