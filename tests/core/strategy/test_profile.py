"""What a firm states of itself and of one unit of its goods: read, refused in words, and written again."""

from __future__ import annotations

import textwrap
from datetime import date
from decimal import Decimal as D

import pytest
from pydantic import ValidationError

from fondaco.kernel import InputError
from fondaco.ledger.catalogue import catalogue_text, parse_catalogue
from fondaco.ledger.unit import Unit
from fondaco.strategy import profile as module
from fondaco.strategy.profile import Profile, parse_profile, profile_text

FILE = textwrap.dedent(str(module.__doc__).split("::\n", 1)[1])


def test_the_file_of_the_docstring_is_read_and_written_again() -> None:
    held = parse_profile(FILE, "winery.profile.toml")
    assert held.people.export_hours_per_week == 10
    assert held.holds("KOR") == {"business", "e-commerce"} and held.holds("GBR") == frozenset()
    assert held.channel[0].reaches("USA") and not held.channel[0].reaches("KOR")
    assert held.distributor[0].holds(date(2027, 12, 31)) and not held.distributor[0].holds(date(2028, 1, 1))
    assert held.thresholds == {"price/cost-share.max_cost_share": D("0.4")}
    assert parse_profile(profile_text(held), "again") == held


def test_nothing_stated_is_nothing_known() -> None:
    held = parse_profile("", "empty")
    assert held == Profile() and held.people.ecommerce_skill is None and held.means.monthly_budget is None
    assert profile_text(held) == ""


def test_no_distributors_is_something_to_state() -> None:
    assert parse_profile("", "empty").distributors is None
    assert parse_profile("no_distributors = true", "alone").distributors == ()
    named = '[[distributor]]\nname = "Smith"\nmarkets = ["GBR"]'
    assert [each.name for each in parse_profile(named, "named").distributors or ()] == ["Smith"]
    with pytest.raises(InputError, match=r"^both: no_distributors is stated, and Smith as a distributor"):
        parse_profile(f"no_distributors = true\n{named}", "both")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("employees = -1", "employees: Input should be greater than or equal to 0 (found: '-1')"),
        ('[price]\nmargin = "1.2"', "price margin: Input should be less than 1"),
        ('[registrations]\nXX = ["business"]', "It does not say which country"),
        ("[means]\nmonthly_budget = nan", "finite"),
        ("[means]\nmonthly_budget = true", "a number is needed"),
        ('[means]\nmonthly_budget = "six"', "means monthly_budget"),
        ("emploees = 3", "emploees: Extra inputs are not permitted"),
        ('[thresholds]\n"price/cost-share.max" = 1', "did you mean price/cost-share.max_cost_share"),
        ("employees = ", "is no TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_field(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_profile(text, "mine.profile.toml")
    assert says in str(refused.value) and "mine.profile.toml" in str(refused.value)


def test_a_unit_is_part_of_the_catalogue() -> None:
    text = """
    [[product]]
    sku = "W-12"
    tags = ["wine"]
    [product.unit]
    cost = "4.10"
    currency = "EUR"
    alcohol_by_volume = 13.5
    per_carton = 6
    adapted_for = ["Germany"]
    """
    held = parse_catalogue(text, "mine.products.toml")
    unit = held.entries[0].unit
    assert unit is not None
    assert (unit.cost, unit.alcohol_by_volume, unit.adapted_for) == (D("4.10"), D("13.5"), ("DEU",))
    assert parse_catalogue(catalogue_text(held), "again") == held


@pytest.mark.parametrize(
    "said",
    [
        {"cost": "0", "currency": "EUR"},
        {"cost": "-1", "currency": "EUR"},
        {"cost": "1"},
        {"cost": "1", "currency": "EURO"},
        {"cost": "one", "currency": "EUR"},
        {"cost": True, "currency": "EUR"},
        {"net_weight_kg": "2", "gross_weight_kg": "1"},
        {"alcohol_by_volume": "101"},
        {"adapted_for": ["Atlantis"]},
        {"per_carton": 0},
    ],
)
def test_a_unit_that_cannot_be_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Unit.model_validate(said)
