"""A profile is stated field by field, compared, and kept against whoever did not see it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.strategy import stating
from fondaco.strategy.profile import Profile, parse_profile, profile_text
from fondaco.strategy.stating import (
    USES,
    differences,
    fingerprint,
    stated_fields,
    unknown_of,
    with_field,
)
from fondaco.workflows.profile import ChangedMeanwhile, change_profile, profile_of, replace_profile

FULL = """
employees = 6
[people]
languages = ["it", "en"]
[means]
monthly_budget = "600"
[[channel]]
platform = "alibaba"
yearly_fee = "4000"
[[season]]
months = [9, 10]
what = "harvest"
[margins.GBR]
retailer = "0.35"
[thresholds]
"price/cost-share.max_cost_share" = "0.4"
"""


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("employees=7", "employees", "7"),
        ("people.ecommerce_skill=some", "people.ecommerce_skill", "some"),
        ('people.languages=["ko"]', "people.languages", "ko"),
        ("means.monthly_budget=450.50", "means.monthly_budget", "450.50"),
        ("channel.1.ends=2027-02-28", "channel.1.ends", "2027-02-28"),
        ("channel.2.platform=amazon", "channel.2.platform", "amazon"),
        ("margins.GBR.retailer=0.4", "margins.GBR.retailer", "0.4"),
        ('registrations.KOR=["business"]', "registrations.KOR", "business"),
        (
            "thresholds.price/cost-share.max_cost_share=0.3",
            "thresholds.price/cost-share.max_cost_share",
            "0.3",
        ),
        ("aims.text=Two importers, in two years", "aims.text", "Two importers, in two years"),
    ],
)
def test_one_field_is_stated_and_the_rest_stays(said: str, field: str, value: str) -> None:
    before = parse_profile(FULL, "shop")
    after = with_field(before, said)
    changed = differences(before, after)
    assert list(changed) == [field] and changed[field][1] == value


def test_an_empty_value_makes_a_field_unknown_again() -> None:
    held = with_field(parse_profile(FULL, "shop"), "employees=")
    assert held.employees is None and "employees" in unknown_of(held)
    assert with_field(held, "channel.1=").channel == ()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("employees", "write NAME=VALUE"),
        ("=3", "write NAME=VALUE"),
        ("emploees=3", "Extra inputs"),
        ("people.ecommerce_skill=great", "'none', 'some' or 'high'"),
        ("channel.5.ends=2027-02-28", "has 1 rows"),
        ("channel.ends=2027-02-28", "channel.1.ends"),
        ("employees.more=3", "nothing stands below"),
        ("means.monthly_budget=-1", "greater than or equal to 0"),
        ("thresholds.price/nothing=1", "did you mean"),
        ("supporter.name=", "supporter name"),
    ],
)
def test_what_cannot_be_stated_is_refused_by_name(said: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        with_field(parse_profile(FULL, "shop"), said)
    assert says in str(refused.value) and "--set" in str(refused.value)


def test_every_field_that_is_unknown_says_what_it_would_be_used_for() -> None:
    assert set(unknown_of(Profile())) == set(USES)
    known = parse_profile(FULL, "shop")
    assert {
        "employees",
        "people.languages",
        "means.monthly_budget",
        "channel",
        "season",
        "margins",
        "thresholds",
    } == set(USES) - set(unknown_of(known))
    top = {name.split(".")[0] for name in USES}
    assert top == set(Profile.model_fields), "a field of the profile says nothing of its use"


@given(
    st.builds(
        dict,
        employees=st.none() | st.integers(0, 500),
        means=st.builds(dict, monthly_budget=st.none() | st.decimals(0, 9999, places=2)),
    )
)
def test_stating_all_fields_of_one_profile_in_another_makes_them_the_same(said: dict[str, object]) -> None:
    wanted = Profile.model_validate(said)
    held = Profile()
    for name, value in stated_fields(wanted).items():
        held = with_field(held, f"{name}={value}")
    assert held == wanted and fingerprint(held) == fingerprint(wanted)
    assert parse_profile(profile_text(held), "again") == held


def test_who_did_not_see_the_last_word_replaces_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.create_firm("shop", name="Shop", home="ITA", currency="EUR")
    ledger = workspace.ledger("shop")
    seen = fingerprint(profile_of(workspace, "shop"))
    replace_profile(ledger, Profile(employees=4), seen=seen)
    with pytest.raises(ChangedMeanwhile) as refused:
        replace_profile(ledger, Profile(employees=9), seen=seen)
    assert refused.value.held.employees == 4 == profile_of(workspace, "shop").employees
    change_profile(ledger, lambda held: with_field(held, "means.monthly_budget=300"))
    assert profile_of(workspace, "shop").means.monthly_budget == D(300)


def test_days_and_lists_are_kept_as_what_they_are() -> None:
    held = with_field(Profile(), "channel.1.platform=etsy")
    held = with_field(held, "channel.1.since=2024-05-01")
    assert held.channel[0].since == date(2024, 5, 1)


def test_what_fields_are_used_for_is_collected_for_translation() -> None:
    from babel.messages.extract import extract_from_file

    found = extract_from_file("python", stating.__file__, keywords={"_": None})
    assert {message for _line, message, _comments, _context in found} == set(USES.values())
