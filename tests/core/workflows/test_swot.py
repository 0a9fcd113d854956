"""A small shop's four quadrants from its files, and the fragment that shows them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk

from fondaco.kernel import InputError
from fondaco.ledger import entry_of
from fondaco.strategy.profile import parse_profile
from fondaco.workflows.profile import change_profile
from fondaco.workflows.swot import swot_of

TODAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("swot"))
    lines = ["Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country"]
    lines += [
        f"A{n},2026-{n // 28 + 1:02d}-{n % 28 + 1:02d},W-1,Red wine,1,40.00,EUR,K{n % 12},{('Germany', 'United Arab Emirates')[n % 9 == 0]}"
        for n in range(150)
    ]
    made.take(made.file("orders.csv", "\n".join(lines) + "\n"))
    made.ledger.change_catalogue(lambda held: held.with_entry(entry_of(sku="W-1", tags=["wine"])))
    change_profile(
        made.ledger,
        lambda _: parse_profile(
            '[people]\nlanguages = ["de"]\necommerce_skill = "none"\n[aims]\nmarkets = ["DEU", "SAU"]', "t"
        ),
    )
    return made


@pytest.mark.requirement("X01")
def test_ledger_law_and_profile_fill_the_quadrants(desk: Desk) -> None:
    found = swot_of(desk.workspace, "shop", TODAY)
    assert found.markets == ("DEU", "SAU")
    by_quadrant = {name: " ".join(c.says for c in held) for name, held in found.quadrants}
    assert "Buyers in Germany come back" in by_quadrant["strength"]
    assert "speaks a language of Germany" in by_quadrant["strength"]
    assert "no skill in e-commerce" in by_quadrant["weakness"]
    assert "No duty is levied into Germany" in by_quadrant["opportunity"]
    assert "may not be sold in Saudi Arabia" in by_quadrant["threat"]
    assert any("brand: no reviews" in each for each in found.unknown)


def test_one_market_in_any_spelling_and_none_that_is_none(desk: Desk) -> None:
    assert swot_of(desk.workspace, "shop", TODAY, "Germany").markets == ("DEU",)
    with pytest.raises(InputError, match="Ruritania"):
        swot_of(desk.workspace, "shop", TODAY, "Ruritania")


def test_an_empty_ledger_gives_no_cells_but_says_what_is_missing(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.workspace.create_firm("shop", name="Shop", home="ITA", currency="EUR")
    found = swot_of(made.workspace, "shop", TODAY, "KOR")
    assert not any(c.source == "the firm's ledger" for c in found.cells)
    assert any("South Korea" in each for each in found.unknown)
