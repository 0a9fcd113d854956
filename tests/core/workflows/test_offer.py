"""The offer as commands and pages ask for it: floor, range and checks from everything that the workspace knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco import workflows
from fondaco.kernel import InputError
from fondaco.ledger import Workspace, entry_of
from fondaco.ledger.unit import Unit
from fondaco.strategy.price.actions import actions_of, joined
from fondaco.strategy.price.floor import StatedRate
from fondaco.strategy.profile import parse_profile
from fondaco.workflows.offer import conflicts_of, habits_of, offer_of, penetration_of
from fondaco.workflows.profile import change_profile

TODAY = date(2024, 6, 3)
NOW = datetime(2024, 6, 3, 9, tzinfo=UTC)
#: Eight Korean buyers pay a tenth to a fifth less than the 10.00 EUR that were listed; one German pays all.
ORDERS = "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + "".join(
    f"A{n},2024-05-{n + 2:02},W-1,Red wine 75 cl,12,{price},EUR,K{n},South Korea\n"
    for n, price in enumerate(["9.00", "8.50", "8.00", "9.00", "8.80", "8.20", "9.00", "8.50"])
) + "B1,2024-05-20,W-1,Red wine 75 cl,12,10.00,EUR,D1,Germany\n"  # fmt: skip
LISTINGS = (
    """Date,Listing,Seller,Own,Title,Country,Currency,Price,Minimum
2024-04-20,L-1,Vineyard,yes,Red wine 75 cl,,EUR,10.00,60
2024-04-20,C-1,Ada,no,Red wine 75 cl,Germany,EUR,14.00,6
"""
    + "".join(
        f"2024-04-20,K-{n},Seller {n},no,Red wine 75 cl,South Korea,EUR,{price},6\n"
        for n, price in enumerate(["14.00", "15.00", "16.00", "17.00", "18.00", "19.00"])
    )
    + """"""
)
INQUIRIES = "Inquiry No,Type,Received,First Reply,Buyer,Company,Country,Product,Quantity,Message,Status\n" + "".join(
    f"I-{n},Inquiry,2024-05-{n + 2:02} 10:00,,Visitor {n},,South Korea,Red wine,{quantity},Please quote,New\n"
    for n, quantity in enumerate([12, 12, 24, 24, 36, 120])
)  # fmt: skip
PROFILE = """
[price]
margin = "0.25"
confidence = "0.95"
valid_days = 30
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("files")
    workspace = Workspace(tmp_path_factory.mktemp("home"))
    workspace.create_firm("vineyard", name="Vineyard", home="ITA", currency="EUR")
    for name, text in (("orders", ORDERS), ("inquiries", INQUIRIES), ("listings", LISTINGS)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
        workflows.take_in(workspace, "vineyard", [folder / f"{name}.csv"], now=NOW)
    ledger = workspace.ledger("vineyard")
    unit = Unit(minimum_order=60, per_carton=6, currency="EUR", cost=D("7.50"))
    ledger.change_catalogue(lambda held: held.with_entry(entry_of(sku="W-1", tags=["wine"], unit=unit)))
    change_profile(ledger, lambda _: parse_profile(PROFILE, "test"))
    return workspace


@pytest.mark.requirement("F57", "F58", "F59", "F60")
def test_an_offer_rests_on_floor_log_and_requests(workspace: Workspace) -> None:
    found = offer_of(workspace, "vineyard", "W-1", "South Korea", TODAY, D("7.50"), "EUR", quote="USD")
    assert found.market == "KOR" and found.floor.currency == "USD"
    assert found.floor.deterministic == D("10.85")  # 7.50 x 1.0842 / 0.75 = 10.842
    assert found.range is not None and found.range.low == found.floor.amount
    assert found.room.source == "log" and D("0.12") < found.room.share < D("0.3")
    assert found.minimum is not None and found.minimum.suggested == 12
    assert found.breaks[0].quantity == 12 and found.breaks[1].quantity == 60
    checks = {each.check for each in found.warnings}
    # Listed is one price, 10.00 EUR = 10.84 USD: no room, and below the floor.
    assert checks >= {"range too narrow", "margin at the low end", "minimum order"}
    assert found.basis["ledger"]


@pytest.mark.requirement("F57")
def test_the_currency_is_that_of_the_listings_else_the_markets_else_the_firms(workspace: Workspace) -> None:
    def currency(market: str, sku: str) -> str:
        return offer_of(workspace, "vineyard", sku, market, TODAY, D(5), "EUR").floor.currency

    assert currency("KOR", "W-1") == "EUR"
    assert currency("KOR", "W-2") == "KRW"
    assert currency("ARE", "W-2") == "AED"
    assert currency("MNG", "W-2") == "EUR"


@pytest.mark.requirement("F58")
def test_a_market_without_deals_is_told_by_all_others(workspace: Workspace) -> None:
    held = habits_of(workspace, "vineyard")
    assert held.of("KOR").buyers == 8 and held.of("DEU").buyers == 1
    assert held.of("USA").market is None
    here = offer_of(workspace, "vineyard", "W-1", "US", TODAY, D("7.50"), "EUR", quote="USD")
    assert here.room.source == "log" and "no deals yet" in here.room.says


@pytest.mark.requirement("F59", "X05")
def test_cost_in_two_currencies_and_one_that_is_not_quoted(workspace: Workspace) -> None:
    stated = [StatedRate("MNT", "EUR", 1 / D(3700), 1 / D(3600))]
    both = offer_of(
        workspace, "vineyard", "W-1", "KOR", TODAY, D(20000), "MNT",
        quote="KRW", other_costs={"EUR": D(2)}, order_cost=D(30000), stated=stated,
    )  # fmt: skip
    assert both.floor.lowest is not None and both.floor.amount is not None
    assert both.floor.lowest < both.floor.amount
    assert both.breaks[0].low > both.breaks[-1].low > both.floor.amount
    refused = offer_of(workspace, "vineyard", "W-1", "KOR", TODAY, D(20000), "MNT", quote="KRW")
    assert refused.range is None and "MNT" in refused.warnings[0].reason


def test_without_a_margin_nothing_is_promised(workspace: Workspace, tmp_path: Path) -> None:
    bare = Workspace(tmp_path)
    bare.create_firm("new", name="New", home="ITA", currency="EUR")
    found = offer_of(bare, "new", "X", "GB", TODAY, D(5), "EUR")
    assert found.floor.amount is None and "margin" in found.floor.why and found.floor.currency == "GBP"
    told = offer_of(bare, "new", "X", "GB", TODAY, D(5), "EUR", margin=D("0.2"))
    assert told.range is not None and told.room.source == "set"
    with pytest.raises(InputError, match="Gotham"):
        offer_of(bare, "new", "X", "Gotham", TODAY, D(5), "EUR")


@pytest.mark.requirement("F65", "F66")
def test_a_path_against_what_rivals_ask_here(workspace: Workspace) -> None:
    """Six rivals in Korea ask 14 to 19 EUR: their median is 16.50, a tenth below it 14.85."""
    found = offer_of(workspace, "vineyard", "W-1", "KOR", TODAY, D("7.50"), "EUR", quote="EUR")
    path = penetration_of(workspace, "vineyard", found, TODAY, target=D("16.50"))
    assert path.steps[0].price == D("14.85") and path.steps[-1].price == D("16.50")
    assert path.against["p50"]["entry"] == -0.1
    assert not path.wrong
    assert [each.name for each in path.conditions if each.holds] == ["room below rivals", "it pays back"]
    with pytest.raises(InputError, match="floor"):
        penetration_of(workspace, "vineyard", found, TODAY, entry=D("9.00"), target=D("16.50"))


@pytest.mark.requirement("F57", "F59", "F60", "F65", "X01", "X02")
def test_actions_say_what_to_do_why_on_whose_word_and_what_would_change_it(workspace: Workspace) -> None:
    """Nothing is done by itself: each is a sentence for the firm, with a day."""
    found = offer_of(workspace, "vineyard", "W-1", "KOR", TODAY, D("7.50"), "EUR", quote="USD")
    path = penetration_of(workspace, "vineyard", found, TODAY, target=D("18.00"))
    actions = actions_of(found, penetration=path)
    assert {each.key for each in actions} == {
        "price/raise-floor/KOR/W-1",
        "price/widen-range/KOR/W-1",
        "price/lower-minimum/KOR/W-1",
        "price/enter-low/KOR/W-1",
    }
    assert actions[0].key == "price/raise-floor/KOR/W-1", "what loses money comes first"
    for each in actions:
        told = each.to_json()
        assert told["why"] and told["changes"] and told["when"] > TODAY.isoformat()
        (finding,) = told["findings"]
        assert finding["study"] or finding["reason"]
    wrong = penetration_of(workspace, "vineyard", found, TODAY, target=found.floor.amount)
    assert wrong.steps[0].price == found.floor.amount


@pytest.mark.requirement("F62")
def test_channels_are_compared_from_the_ledger(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "home")
    other.create_firm("two", name="Two", home="ITA", currency="EUR")
    head = "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n"
    for platform, price in (("alibaba", "8.00"), ("amazon", "12.00")):
        rows = "".join(
            f"{platform}{n},2024-05-1{n},W-1,Red wine 75 cl,1,{price},EUR,{platform}{n},Germany\n"
            for n in range(5)
        )
        (tmp_path / f"{platform}.csv").write_text(head + rows, "utf-8")
        workflows.take_in(other, "two", [tmp_path / f"{platform}.csv"], marketplace=platform, now=NOW)
    (one,) = conflicts_of(other, "two", TODAY, "W-1")
    assert one.kind == "at equal quantity" and one.gap.estimate == pytest.approx(1 / 3)
    assert conflicts_of(other, "two", TODAY, "W-2") == ()
    found = offer_of(other, "two", "W-1", "DE", TODAY, D(5), "EUR", margin=D("0.2"))
    keys = {each.key for each in actions_of(found, conflicts=[one])}
    assert keys == {"price/settle-channels/W-1", "price/set-range/DEU/W-1", "price/log-deals"}
    assert conflicts_of(workspace, "vineyard", TODAY) == ()


@pytest.mark.requirement("F59", "X02")
def test_of_many_products_and_markets_each_thing_is_said_once(workspace: Workspace, tmp_path: Path) -> None:
    """What every floor lacks is asked for once, and nothing that is said of one product is lost."""
    bare = Workspace(tmp_path)
    bare.create_firm("new", name="New", home="ITA", currency="EUR")
    lacking = [
        action
        for sku in ("X", "Y")
        for market in ("DE", "US")
        for action in actions_of(offer_of(bare, "new", sku, market, TODAY, D(5), "EUR"))
    ]
    found = offer_of(workspace, "vineyard", "W-1", "KOR", TODAY, D("7.50"), "EUR", quote="USD")
    told = joined([*lacking, *actions_of(found), *actions_of(found)])
    assert [each.key for each in told if each.product == "W-1"] == [each.key for each in actions_of(found)]
    (asked,) = (each for each in told if each.product is None)
    assert "4 products and markets" in asked.what and "margin" in asked.why
    assert joined(actions_of(found)) == actions_of(found)
