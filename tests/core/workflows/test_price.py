"""The price of a firm's products in its markets, and what the plan proposes about it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco import workflows
from fondaco.kernel import InputError, UnknownName
from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit
from fondaco.strategy.rules import rule
from fondaco.workflows.dossier import rates_of
from fondaco.workflows.place import freight_of
from fondaco.workflows.plan import plan_of
from fondaco.workflows.price import Exchange, Wanted, price_of, products_to_price, propose
from fondaco.workflows.tariffs import add_tariffs

TODAY = date(2026, 11, 30)
ORDERS = """\
Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country
1,2026-05-01,W-1,Chianti Classico 750ml,12,7.50,EUR,k1,United Kingdom
2,2026-05-02,B-1,Felt bag,2,20.00,EUR,k2,South Korea
3,2026-05-02,X-1,Postcard,2,1.00,EUR,k2,South Korea
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "orders.csv").write_text(ORDERS)
    held = Workspace(tmp_path / "home")
    workflows.take_in(
        held,
        "shop",
        [tmp_path / "orders.csv"],
        home="IT",
        currency="EUR",
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )
    wine = Unit(
        cost=D("4.10"), price=D("7.50"), currency="EUR", net_weight_kg=D("0.75"), gross_weight_kg=D("1.3"),
        litres=D("0.75"), alcohol_by_volume=D(13), minimum_order=12,
    )  # fmt: skip
    bag = Unit(price=D(20), currency="EUR", net_weight_kg=D("0.5"), gross_weight_kg=D("0.6"))
    held.ledger("shop").change_catalogue(
        lambda _: Catalogue(
            (
                Entry(sku="W-1", tags=("wine",), hs="220421", origin="ITA", unit=wine),
                Entry(name="felt bag", hs="420292", origin="MNG", unit=bag),
                Entry(sku="N-1", hs="420292", origin="ITA"),
            )
        )
    )
    (held.home / "firms" / "shop.profile.toml").write_text(
        '[aims]\nmarkets = ["GBR", "KOR"]\n[price]\nmargin = "0.2"\n[margins.GBR]\nimporter = "0.25"\nretailer = "0.35"\n'
        '[[channel]]\nplatform = "shop"\nbuyers = "consumers"\ncommission = "0.10"\n'
    )
    return held


LEGS = Wanted(legs={"carriage": "24"}, proof=True)


@pytest.mark.requirement("F63")
def test_facts_come_from_the_catalogue_the_profile_and_the_days_rates(workspace: Workspace) -> None:
    found = price_of(workspace, "shop", "W-1", "United Kingdom", "ddp", TODAY, wanted=LEGS).to_json()
    assert (found["quantity"], found["hs"], found["origin"], found["excise"]) == (
        12,
        "220421",
        "ITA",
        "35.82",
    )
    assert "ECB, 2026-10-30" in found["basis"]["rates"]["EUR in GBP"]
    assert [step["name"] for step in found["shelf"]["steps"]] == [
        "landed cost per unit", "importer's margin", "retailer's margin", "platform commission", "VAT", "shelf price",
    ]  # fmt: skip
    assert found["floor"]["amount"] is not None
    assert D(found["floor"]["amount"]) > D(found["unit_price"]) - D(
        "3.40"
    )  # cost and what the term adds, with the margin


def test_a_product_is_known_by_the_name_it_was_sold_under(workspace: Workspace) -> None:
    found = price_of(workspace, "shop", "B-1", "KR", "CIF", TODAY, wanted=Wanted(legs={"carriage": "60"}))
    assert found.quote.consignment.hs == "420292"
    assert any("cost" in each and "no price floor" in each for each in found.warnings)


def test_what_is_not_stated_is_asked_for(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="its catalogue says nothing of it"):
        price_of(workspace, "shop", "X-1", "KR", "CIF", TODAY)
    with pytest.raises(InputError, match="What N-1 costs at the works is not stated"):
        price_of(workspace, "shop", "N-1", "KR", "CIF", TODAY)


@pytest.mark.requirement("X05")
def test_legs_in_another_currency_are_converted_and_old_rates_are_told(workspace: Workspace) -> None:
    wanted = Wanted(legs={"carriage": "20 GBP", "insurance": "1..2 USD"}, proof=True)
    found = price_of(workspace, "shop", "W-1", "GB", "CIF", TODAY, wanted=wanted)
    low, high = found.quote.prices["CIF"]
    assert D("23.99") + 90 < low < high < D("23.99") + 92 + 1
    assert any("bring newer ones" in each for each in found.warnings)


def test_what_the_ecb_does_not_quote_is_converted_across_the_markets_currency(workspace: Workspace) -> None:
    rates = Exchange(rates_of(workspace), TODAY, {"MNT": D("0.4"), "KZT": D(3)}, "KRW")
    assert (rates("MNT", "KRW"), rates("KRW", "MNT"), rates("KZT", "MNT")) == (D("0.4"), D("2.5"), D("7.5"))
    # 0.4 won for a tugrik, and the ECB's won for a euro
    assert rates("MNT", "EUR") == D(f"{D('0.4') / rates('EUR', 'KRW'):.8g}")
    with pytest.raises(InputError, match=r"State how many KRW one UZS is \(--exchange UZS="):
        rates("UZS", "EUR")


def test_a_freight_table_in_a_currency_without_quotation_counts_once_its_rate_is_stated(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "road.csv").write_text(
        "destination,kind,carrier,fixed,currency\nGB,groupage,Road,200000,MNT\n"
    )
    freight_of(workspace, "shop").add(tmp_path / "road.csv", now=datetime(2026, 11, 30, tzinfo=UTC))
    assert "MNT" in price_of(workspace, "shop", "W-1", "GB", "CPT", TODAY).quote.why
    stated = Wanted(exchange={"MNT": D("0.00022")})
    found = price_of(workspace, "shop", "W-1", "GB", "CPT", TODAY, wanted=stated).quote
    pounds = Exchange(rates_of(workspace), TODAY, {})("EUR", "GBP")
    assert found.used is not None and found.used.legs.carriage == (44 / pounds).quantize(D("0.01"))


def test_freight_tables_give_the_carriage(workspace: Workspace, tmp_path: Path) -> None:
    refused = price_of(workspace, "shop", "W-1", "GB", "DDP", TODAY)
    assert refused.quote.price is None
    assert "--freight" in refused.quote.why


@pytest.mark.requirement("F63", "F64", "X01", "X02")
def test_the_plan_says_what_to_do_with_the_numbers_and_who_says_so(
    workspace: Workspace, tmp_path: Path
) -> None:
    found = propose(workspace, "shop", TODAY)
    assert found.part == "price"
    assert found.unknown  # no freight is known yet
    facts = [action for action in found.actions if action.rule == "price/state-facts"]
    assert facts
    assert all("fondaco" not in action.what for action in facts)
    assert [row["sku"] for row in found.facts["landed"]][:2] == ["B-1", "W-1"]


@pytest.mark.requirement("F63", "F64", "X01")
def test_goods_that_freight_and_tax_eat_up_are_told_and_the_limit_is_the_firms_to_set(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_freight(monkeypatch)
    found = {action.key: action for action in propose(workspace, "shop", TODAY).actions}
    eaten = found["price/cost-share/KOR/B-1"]
    assert "limit is 50%" in eaten.why
    assert eaten.to_json()["findings"][0]["study"] == "kim-lim"
    saved = found["price/claim-preference/GBR/W-1"]
    assert "It saves" in saved.why
    assert "price/look-up-duty/GBR/W-1" in found
    path = workspace.home / "firms" / "shop.profile.toml"
    path.write_text(path.read_text() + '[thresholds]\n"price/cost-share.max_cost_share" = "0.95"\n')
    assert "price/cost-share/KOR/B-1" not in {a.key for a in propose(workspace, "shop", TODAY).actions}
    assert rule("price/cost-share").threshold("max_cost_share").basis == "set"


@pytest.mark.requirement("F64", "F66")
def test_rivals_prices_decide_whether_there_is_room_to_enter(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fondaco.strategy.price.advice import Looked, Rivals, actions_of

    _with_freight(monkeypatch)
    quote = price_of(workspace, "shop", "W-1", "GB", "DDP", TODAY).quote
    for median, says in ((D("40.00"), "Enter United Kingdom"), (D("5.00"), "Do not enter United Kingdom")):
        looked = Looked("W-1", "GBR", quote, rivals=Rivals(median, 9, "EUR"), per_unit=D("14.00"))
        (action,) = [a for a in actions_of(looked, TODAY, {}) if a.rule == "price/penetration"]
        assert action.what.startswith(says)
        assert "9 comparable offers" in action.why


@pytest.mark.requirement("F58", "X01")
def test_a_listing_below_its_floor_is_a_conflict_of_the_plan_with_both_prices(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """4.10 with a fifth of the price left is 5.13: what is listed at 5.00 is too little, and said so once."""
    _with_freight(monkeypatch)
    file = tmp_path / "listings.csv"
    file.write_text(
        "Date,Listing,Seller,Own,Title,Country,Currency,Price,Minimum\n"
        "2026-11-20,L-1,Shop,yes,Chianti Classico 750ml,,EUR,5.00,12\n"
    )
    workflows.take_in(workspace, "shop", [file], now=datetime(2026, 11, 21, tzinfo=UTC))
    part = propose(workspace, "shop", TODAY)
    british = [row for row in part.facts["prices"] if row["market"] == "GBR"]
    assert british == [
        {"product": "W-1", "market": "GBR", "currency": "EUR", "price": "5", "floor": "5.13", "incoterm": "EXW",
         "stands": "a listing"}
    ]  # fmt: skip
    raised = next(each for each in part.actions if each.key.startswith("price/raise-floor/GBR/W-1"))
    told = [each for each in plan_of(workspace, "shop", TODAY).conflicts if each.kind == "price-below-floor"]
    assert [each.market for each in told] == ["GBR", "KOR"]
    assert told[0].why == "The price is 5 EUR, the floor 5.13 EUR: 0.13 EUR too little a unit."
    assert raised.key in told[0].actions


@pytest.mark.requirement("F58")
def test_what_is_not_listed_yet_is_proposed_with_its_floor_and_the_point_it_is_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_freight(monkeypatch)
    part = propose(workspace, "shop", TODAY)
    (row,) = (row for row in part.facts["prices"] if row["market"] == "KOR")
    assert (row["stands"], row["currency"], row["incoterm"]) == ("proposed", "KRW", "EXW")
    assert D(row["price"]) > D(row["floor"])
    publish = next(each.what for each in part.actions if each.key == "price/set-range/KOR/W-1")
    assert f"in South Korea at {row['price']} KRW at the works (EXW)" in publish


def test_a_price_in_another_currency_keeps_the_cost_in_its_own(workspace: Workspace) -> None:
    wanted = Wanted(price="9.00 USD", legs={"carriage": "0"}, proof=True)
    offer = price_of(workspace, "shop", "W-1", "GB", "EXW", TODAY, wanted=wanted).offer
    plain = price_of(workspace, "shop", "W-1", "GB", "EXW", TODAY, wanted=LEGS).offer
    assert offer is not None and plain is not None
    assert offer.floor.to_json()["deterministic"] == plain.floor.to_json()["deterministic"]


@pytest.mark.parametrize("said", ["1e30", "1e13", "-1", "NaN"])
def test_an_amount_beyond_all_prices_is_refused_in_words(workspace: Workspace, said: str) -> None:
    with pytest.raises(InputError, match="zero or more"):
        price_of(workspace, "shop", "W-1", "GB", "DDP", TODAY, wanted=Wanted(legs={"carriage": said}))


def test_a_price_without_its_floor_is_the_same_price(workspace: Workspace) -> None:
    whole = price_of(workspace, "shop", "W-1", "GB", "DDP", TODAY, wanted=LEGS)
    alone = price_of(workspace, "shop", "W-1", "GB", "DDP", TODAY, wanted=LEGS, offered=False)
    assert alone.offer is None
    assert whole.offer is not None
    assert alone.quote == whole.quote


def _with_freight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carriage of 60 EUR wherever it goes."""
    from fondaco.workflows import price

    monkeypatch.setattr(price, "_carriage", lambda *_: (D(60), "parcel: 60 EUR", False, []))


def test_a_row_of_the_workspace_changes_the_price_at_once(workspace: Workspace, tmp_path: Path) -> None:
    before = price_of(workspace, "shop", "B-1", "KR", "DDP", TODAY, wanted=Wanted(legs={"carriage": "60"}))
    path = tmp_path / "mine.csv"
    path.write_text(
        "market,hs,duty,valid_from,source,checked\nKOR,420292,20%,2026-01-01,unipass,2026-11-29\n"
    )
    add_tariffs(workspace, path, TODAY)
    after = price_of(workspace, "shop", "B-1", "KR", "DDP", TODAY, wanted=Wanted(legs={"carriage": "60"}))
    assert after.quote.used is not None
    assert before.quote.used is not None
    assert after.quote.used.levies.duty > before.quote.used.levies.duty
    assert products_to_price(workspace, "shop")[:2] == ["B-1", "W-1"]
