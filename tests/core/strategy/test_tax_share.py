"""The tax in a shelf price: a percentage, or a refusal in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from fondaco.kernel import InputError
from fondaco.reference.tariffs.rows import Dated
from fondaco.strategy.place.charge import by_breaks
from fondaco.strategy.price.quote import tax_share


def test_a_percentage_is_a_share_and_free_is_nothing() -> None:
    assert tax_share("20%") == D("0.2")
    assert tax_share("Free") == 0 == tax_share("0%")


@pytest.mark.parametrize("expression", ["10% MIN 1 GBP/kg", "2 GBP/kg", "10% + 1 GBP/kg"])
def test_what_is_no_percentage_is_refused(expression: str) -> None:
    with pytest.raises(InputError, match="needs a percentage"):
        tax_share(expression)


def test_a_reduced_rate_without_codes_holds_for_all_goods() -> None:
    assert Dated("VAT", "5%").holds("220421", date(2026, 12, 1))


def test_a_break_that_costs_nothing_ends_in_no_error() -> None:
    assert by_breaks(D(150), D(5), ((D(45), D(3)), (D(100), D(0))), as_if_heavier=False) == 0
