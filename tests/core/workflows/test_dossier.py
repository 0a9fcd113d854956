"""The dossier as commands and pages ask for it: everything that the workspace knows takes part."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fondaco import workflows
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.ledger.catalogue import Entry
from fondaco.markets import Note
from fondaco.workflows.dossier import rates_of

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ORDERS = """Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country
A1,2026-05-13,W-1,Red wine 75 cl,12,10.00,EUR,K1,Germany
A2,2026-05-14,W-1,Red wine 75 cl,6,11.00,EUR,K2,South Korea
"""
INQUIRIES = """Inquiry No,Type,Received,First Reply,Buyer,Company,Country,Product,Quantity,Message,Status
I-1,Inquiry,2026-05-20 10:00,,Visitor 1,,Japan,Red wine 75 cl,24,Please quote,New
I-2,Inquiry,2026-05-21 10:00,,Visitor 2,,Japan,Red wine 75 cl,36,Please quote,New
"""
LISTINGS = """Date,Listing,Seller,Own,Title,Country,Currency,Price
2026-05-20,B-1,Ada,no,Vin rouge 750 ml,Germany,EUR,14.00
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("files")
    workspace = Workspace(tmp_path_factory.mktemp("home"))
    workspace.create_firm("vineyard", name="Vineyard", home="ITA", currency="EUR")
    for name, text in (("orders", ORDERS), ("inquiries", INQUIRIES), ("listings", LISTINGS)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
        workflows.take_in(workspace, "vineyard", [folder / f"{name}.csv"], now=NOW)
    wine = Entry(sku="W-*", tags=("wine",), hs="2204", origin="ITA")
    workspace.ledger("vineyard").change_catalogue(lambda held: held.with_entry(wine))
    return workspace


@pytest.mark.requirement("F05", "F80")
def test_the_firms_blind_spots_are_those_of_its_markets(workspace: Workspace) -> None:
    """What the front page lists is what the pages of the markets say, no more and no less."""
    note = Note(
        "customers", "They ask for Riesling.", True, "Fair", True, "Ada", date(2026, 5, 1), date(2026, 9, 1)
    )
    notes = {"DEU": [note]}
    over = workflows.blind_spots_of(workspace, "vineyard", today=TODAY, notes=notes)
    apart = [
        spot
        for market in ("DEU", "KOR", "JPN")
        for spot in workflows.dossier_of(
            workspace, "vineyard", market, today=TODAY, notes=tuple(notes.get(market, ()))
        ).blind_spots
    ]
    assert {spot.market for spot in over} == {"DEU", "KOR", "JPN"}
    assert sorted(spot.text for spot in over) == sorted(spot.text for spot in apart)


@pytest.mark.requirement("F05")
def test_rules_for_what_the_catalogue_states_take_part(workspace: Workspace) -> None:
    found = workflows.dossier_of(workspace, "vineyard", "KOR", today=TODAY)
    known = {each.topic.name: each.value for each in found.parts["regulations"].topics}
    assert known["label"] > 0, "labels of wine in Korea are among the shipped rules"
    assert found.regulations is not None
    assert found.regulations.products[0].product.tags == ("wine",)


@pytest.mark.requirement("F66")
def test_offers_are_compared_by_what_the_firm_states_and_titles_suggest(workspace: Workspace) -> None:
    """ "Vin rouge" has no word in common with "Red wine": the tag wine joins them."""
    found = workflows.dossier_of(workspace, "vineyard", "Germany", today=TODAY).competitors
    assert found is not None
    (position,) = found.positions
    assert (position.own.source, position.own.title) == ("orders", "Red wine 75 cl")
    assert [each.seller for each in position.others] == ["Ada"]


def test_a_past_day_is_seen_as_it_was(workspace: Workspace) -> None:
    then = workflows.dossier_of(workspace, "vineyard", "DE", today=TODAY, as_of=date(2026, 5, 31))
    assert (then.row.orders, then.today) == (0, date(2026, 5, 31))
    assert workflows.dossier_of(workspace, "vineyard", "DE", today=TODAY).row.orders == 1


def test_a_country_that_is_none_is_named(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="Gotham"):
        workflows.dossier_of(workspace, "vineyard", "Gotham", today=TODAY)


def test_rates_are_read_once(workspace: Workspace) -> None:
    assert rates_of(workspace) is rates_of(workspace)
