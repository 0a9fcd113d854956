"""The page Price calculator."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path

import pytest
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.ledger import Catalogue, Entry, Workspace
from fondaco.ledger.unit import Unit

pytestmark = pytest.mark.requirement("F63")

SLUG = {"slug": "anchor-teas"}
ASKED = {"sku": "W-1", "market": "GBR", "incoterm": "DDP", "freight": "60", "proof": "yes"}


@pytest.fixture
def cellar(town: Town, home: Path) -> Town:
    unit = Unit(
        cost=D("4.10"), price=D("7.50"), currency="EUR", net_weight_kg=D("0.75"), litres=D("0.75"),
        alcohol_by_volume=D(13), minimum_order=12,
    )  # fmt: skip
    Workspace(home).ledger("anchor-teas").change_catalogue(
        lambda _: Catalogue(
            (
                Entry(sku="W-1", tags=("wine",), hs="220421", origin="ITA", unit=unit),
                Entry(
                    sku='=HYPERLINK("x")<b>', hs="0409", origin="ITA", unit=Unit(price=D(9), currency="EUR")
                ),
            )
        )
    )
    return town


def page(town: Town, **asked: str) -> str:
    answer = town.as_(town.alice).get(
        reverse("price", kwargs=SLUG), ASKED | asked if asked is not None else {}
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_step_is_shown_and_the_ladder_is_drawn(cellar: Town) -> None:
    shown = page(cellar)
    assert "35.82" in shown
    assert "30.62 GBP/l_alcohol; rounded: down_cent" in shown
    assert shown.count("<rect") == 11
    assert "<strong>" in shown
    assert "Not compared with its source" in shown
    assert 'hx-get="/f/anchor-teas/price/"' in shown
    assert "<style" not in shown
    assert "style=" not in shown


def test_it_answers_to_a_plain_form_without_script(cellar: Town) -> None:
    empty = cellar.as_(cellar.alice).get(reverse("price", kwargs=SLUG)).content.decode()
    assert '<form method="get"' in empty
    assert " selected>Afghanistan" not in empty
    assert "W-1" in empty
    assert 'id="result"' in empty


def test_the_form_begins_with_the_market_that_the_firm_aims_at(cellar: Town, home: Path) -> None:
    Workspace(home).ledger("anchor-teas").change_profile(lambda _: '[aims]\nmarkets = ["KOR"]\n')
    shown = cellar.as_(cellar.alice).get(reverse("price", kwargs=SLUG)).content.decode()
    assert '<option value="KOR" selected>' in shown


def test_legs_and_shares_are_taken_and_the_way_back_is_told(cellar: Town) -> None:
    shown = page(cellar, insurance="2.50", importer="25", retailer="35", shelf_price="30")
    assert "Up to the shelf" in shown
    assert "To keep to the shelf price a unit may cost" in shown


def test_a_range_is_shown_where_proof_is_not_known(cellar: Town) -> None:
    shown = page(cellar, proof="")
    assert "How the entry can come out" in shown
    assert shown.count("<rect") == 12


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"freight": ""}, "The price is not known"),
        ({"freight": "dear"}, "write an amount"),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"incoterm": "DAT"}, "Select a valid choice"),
        ({"sku": "W-9"}, "Select a valid choice"),
        ({"market": "BRA"}, "No rule of this market"),
        ({"importer": "140"}, "less than or equal to 99.9"),
        ({"platform": "99", "retailer": "35"}, "nothing of the price would be left"),
    ],
)
def test_a_mistake_is_told_on_the_page(cellar: Town, changed: dict[str, str], said: str) -> None:
    assert said in page(cellar, **changed)


def test_what_the_catalogue_says_is_inert(cellar: Town) -> None:
    assert "<b>" not in page(cellar)


def test_a_change_of_the_form_gets_the_answer_alone(cellar: Town) -> None:
    answer = (
        cellar.as_(cellar.alice)
        .get(reverse("price", kwargs=SLUG), ASKED, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert answer.startswith('<div id="result"')
    assert "35.82" in answer
    assert "<form" not in answer


def test_what_was_chosen_stays_chosen(cellar: Town) -> None:
    assert '<option value="GBR" selected>United Kingdom</option>' in page(cellar)
