"""What the demonstration's firms state of their goods and of themselves can be read, and fits what they sell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fondaco.ledger.catalogue import parse_catalogue
from fondaco.reference.freight import Freight
from fondaco.strategy.profile import parse_profile
from fondaco.workflows.demo import _STATED
from fondaco.workflows.demo_files.firms import FIRMS, DemoFirm


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.slug)
def test_each_firm_states_units_of_goods_it_sells_and_earns_on_them(firm: DemoFirm) -> None:
    held = parse_catalogue((_STATED / f"{firm.slug}.products.toml").read_text("utf-8"), firm.slug)
    assert {entry.sku for entry in held.entries} <= {product.sku for product in firm.products}
    for entry in held.entries:
        unit = entry.unit
        assert unit is not None and entry.origin == firm.home
        assert unit.cost is not None and unit.price is not None and unit.cost < unit.price


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.slug)
def test_each_firm_states_who_it_is(firm: DemoFirm) -> None:
    held = parse_profile((_STATED / f"{firm.slug}.profile.toml").read_text("utf-8"), firm.slug)
    assert held.employees and held.people.languages


def test_the_demonstrations_rates_are_marked_as_invented_and_all_of_them_are_taken(tmp_path: Path) -> None:
    kept = Freight(tmp_path).add(_STATED / "freight.toml", now=datetime(2026, 11, 30, tzinfo=UTC))
    assert not kept.taken.problems
    assert all(rate.fictional for rate in Freight(tmp_path).rates("KOR", origin="MNG"))
