"""Which ways of selling and which platforms fit: Korea's table, and a firm of small means."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.reference.platforms import Platform, platform_book
from fondaco.reference.products import tags
from fondaco.reference.regulations import PLATFORMS, rule_book
from fondaco.strategy.platform import Facts, Judged, Ledgered, Sold, compare, judge, ways
from fondaco.strategy.profile import profile_of
from fondaco.strategy.rules import rule

TODAY = date(2026, 11, 30)
ABLE = {
    "people": {"ecommerce_skill": "high", "trade_experience": "some", "export_hours_per_week": 30},
    "channel": [{"platform": "gmarket", "since": date(2024, 1, 1), "markets": ["KOR"]}],
}
SOLD = Ledgered(date(2024, 1, 5), date(2026, 11, 1), "USD", (Sold("gmarket", D(9000), 60, 0),), {})


def facts(profile: dict[str, Any] | None = None, **others: Any) -> Facts:
    return Facts(
        home=others.pop("home", "MNG"), profile=profile_of(profile or {}, "firm.profile.toml"), **others
    )


def korea(held: Facts, folder: Path | None = None) -> dict[str, str]:
    return {way.group: way.fits for way in ways(held, ["KOR"], list(rule_book(folder)), TODAY)}


#: Table 2 of Kim and Lim: which ways of selling in Korea are open to a firm that holds these registrations, has
#: enough ability and a proof of quality.
TABLE_2 = [
    (
        [],
        {
            "own_site": "no",
            "shop_service": "no",
            "select_mall": "no",
            "open_market": "yes",
            "social_account": "yes",
        },
    ),
    (
        ["business"],
        {
            "own_site": "no",
            "shop_service": "no",
            "select_mall": "no",
            "open_market": "yes",
            "social_account": "yes",
        },
    ),
    (["business", "e-commerce"], dict.fromkeys(PLATFORMS, "yes")),
]


@pytest.mark.requirement("F15")
@pytest.mark.parametrize(("held", "expected"), TABLE_2)
def test_koreas_table_decides_by_the_registrations_that_are_held(
    held: list[str], expected: dict[str, str]
) -> None:
    able = facts(
        {**ABLE, "registrations": {"KOR": held}}, ledger=SOLD, proofs=("organic",), channels={"gmarket": 1}
    )
    assert korea(able) == expected


@pytest.mark.requirement("F15")
def test_a_way_that_is_shut_names_condition_found_needed_and_source() -> None:
    held = facts({"registrations": {"KOR": []}})
    mall = next(
        w for w in ways(held, ["KOR"], list(rule_book()), TODAY) if w.group == "select_mall"
    ).to_json()
    assert mall["fits"] is False
    failed = mall["failed_conditions"][0]
    assert failed["condition"] == "registrations" and failed["state"] == "failed"
    assert failed["found"] == "none held"
    assert failed["needed"] == "business and e-commerce for select mall in South Korea"
    assert "table 2" in failed["source"] and "prose" in failed["source"]


@pytest.mark.requirement("S23")
def test_the_prose_reading_can_be_laid_over_the_table_by_a_workspaces_own_rules(tmp_path: Path) -> None:
    """The study's prose asks third-party platforms for nothing; its table, which is followed, marks select malls."""
    both = "".join(
        f'[[rule]]\nid = "kr-{name}-registration-own-channels"\nmarket = "KOR"\nkind = "registration"\n'
        f'platforms = ["own_site", "shop_service"]\nregistrations = ["{need}"]\nsource = "Kim and Lim, 3.1, prose"\n'
        f'says = "Own sites ask for it."\nchecked = 2026-11-30\n'
        for name, need in (("business", "business"), ("ecommerce", "e-commerce"))
    )
    none = (
        '[[rule]]\nid = "kr-prose-mall"\nmarket = "KOR"\nkind = "registration"\nplatforms = ["select_mall"]\n'
        'applies = false\nsource = "Kim and Lim, 3.1, prose"\nsays = "Malls ask for nothing."\nchecked = 2026-11-30\n'
    )
    (tmp_path / "prose.toml").write_text(both + none)
    held = facts({"registrations": {"KOR": []}}, proofs=("organic",))
    by_table, by_prose = korea(held), korea(held, tmp_path)
    assert (by_table["select_mall"], by_prose["select_mall"]) == ("no", "yes")
    assert by_table["own_site"] == by_prose["own_site"] == "no"


@pytest.mark.requirement("F15")
def test_what_is_not_stated_is_not_known_never_open() -> None:
    found = korea(facts())
    assert found == {
        "own_site": "unknown", "shop_service": "unknown", "select_mall": "unknown", "open_market": "yes",
        "social_account": "yes",
    }  # fmt: skip


@pytest.mark.requirement("S23")
def test_where_no_rule_is_on_record_registrations_are_not_known_and_the_cure_says_so() -> None:
    (way, *_) = ways(facts({"registrations": {"FRA": []}}), ["FRA"], list(rule_book()), TODAY)
    condition = way.conditions[0]
    assert condition.state == "unknown" and "fondaco rules add" in condition.cure


@pytest.mark.requirement("S23")
def test_a_rule_that_wanted_another_look_says_so_in_the_condition() -> None:
    held = facts({"registrations": {"KOR": []}})
    for day, old in ((TODAY, False), (date(2028, 1, 1), True)):
        (way, *_) = ways(held, ["KOR"], list(rule_book()), day)
        assert ("wanted another look by 2027-05-25" in way.conditions[0].source) is old


@pytest.mark.requirement("F16")
def test_a_site_of_its_own_waits_for_the_ability_whatever_papers_are_held() -> None:
    papers = {"registrations": {"KOR": ["business", "e-commerce"]}}
    assert korea(facts({**papers, "people": {"ecommerce_skill": "none"}}))["own_site"] == "no"
    assert korea(facts(papers))["own_site"] == "unknown"


@pytest.mark.requirement("F16")
def test_an_open_market_of_the_market_comes_first_for_a_bag_maker_without_papers() -> None:
    maker = facts(
        {
            "registrations": {"KOR": []}, "people": {"ecommerce_skill": "none"},
            "aims": {"buyers": "consumers", "strategy": "cost"},
        },
        tags=frozenset(("leather-bag", "leather")),
    )  # fmt: skip
    found = judge(platform_book(), maker, ["KOR"], list(rule_book()), TODAY)
    assert found[0].platform.id == "gmarket" and found[0].fits == "yes"
    by_id = {each.platform.id: each for each in found}
    assert by_id["ssg"].fits == by_id["own_site"].fits == by_id["cafe24"].fits == "no"
    assert by_id["11st"].fits == "unknown"
    for each in found:
        assert (each.fits == "yes") == (not each.unmet)
        assert all(c.found and c.needed and c.rule for c in each.unmet)


@pytest.mark.requirement("F18")
@pytest.mark.parametrize(
    ("strategy", "first"),
    [("cost", "ebay"), ("brand", "etsy")],
)
def test_low_cost_goes_to_the_large_market_and_a_brand_to_the_niche(strategy: str, first: str) -> None:
    potter = facts(
        {"aims": {"buyers": "consumers", "strategy": strategy}}, home="ITA", tags=frozenset(("ceramics",))
    )
    found = judge(platform_book(), potter, ["USA"], list(rule_book()), TODAY)
    selling = [each.platform.id for each in found if each.fits == "yes" and "sales" in each.platform.kinds]
    assert selling[0] == first


@pytest.mark.requirement("F19")
def test_a_market_place_for_other_goods_fails_on_the_goods_and_of_unknown_goods_nothing_is_said() -> None:
    def goods_of(held: Facts) -> str:
        found = judge([platform_book().named("vivino")], held, ["GBR"], [], TODAY)[0]
        return next(c.state for c in found.markets[0].conditions if c.name == "goods")

    assert goods_of(facts(tags=frozenset(("wine", "alcohol", "drink", "food")))) == "met"
    assert goods_of(facts(tags=frozenset(("leather",)))) == "failed"
    assert goods_of(facts()) == "unknown"


def test_whether_a_place_for_food_lists_wine_is_not_guessed() -> None:
    winery = facts(tags=frozenset(("wine", "alcohol", "drink", "food")))
    (found,) = judge([platform_book().named("kurly")], winery, ["KOR"], [], TODAY)
    goods = next(c for c in found.markets[0].conditions if c.name == "goods")
    assert (goods.state, goods.rule) == ("unknown", "platform/restricted-goods")
    assert "whether it lists alcohol here" in goods.found


def test_which_goods_are_listed_by_permission_is_said_by_a_dated_rule_with_known_tags() -> None:
    held = rule("platform/restricted-goods")
    assert held.goods and all(name in tags() for name in held.goods)
    assert held.as_of and held.source.reason


def test_where_the_firm_sells_already_country_and_market_are_settled() -> None:
    seller = facts(ledger=Ledgered(markets={"coupang": frozenset(("KOR",))}))
    (found,) = judge([platform_book().named("coupang")], seller, ["KOR"], list(rule_book()), TODAY)
    by_name = {c.name: c.state for c in found.markets[0].conditions}
    assert by_name["seller country"] == by_name["market"] == by_name["goods"] == "met"


def test_a_platform_in_use_is_not_asked_for_papers_that_nobody_wrote_down_but_fails_where_they_are_missing() -> (
    None
):
    def papers(stated: dict[str, Any], market: str) -> str:
        seller = facts(
            stated, ledger=Ledgered(markets={"ssg": frozenset(("KOR",)), "amazon": frozenset(("USA",))})
        )
        name = "ssg" if market == "KOR" else "amazon"
        (found,) = judge([platform_book().named(name)], seller, [market], list(rule_book()), TODAY)
        return next(c.state for c in found.markets[0].conditions if c.name == "registrations")

    assert papers({}, "USA") == papers({}, "KOR") == "met"
    assert papers({"registrations": {"KOR": []}}, "KOR") == "failed"


def test_a_channel_without_markets_reaches_all_and_a_distributor_means_businesses() -> None:
    held = facts({"channel": [{"platform": "etsy"}], "distributor": [{"name": "S", "markets": ["GBR"]}]})
    held = facts(
        {**held.profile.model_dump(exclude_defaults=True)}, channels={"etsy": held.profile.channel[0]}
    )
    assert held.sells_on("etsy", "JPN") and not held.sells_on("ebay", "JPN")
    assert held.buyers == frozenset(("business",))
    assert facts().buyers is None


def test_without_a_target_market_nothing_fits_and_nothing_fails() -> None:
    found = judge(platform_book(), facts(), [], [], TODAY)
    assert {each.fits for each in found} == {"unknown"}
    assert found[0].unmet[0].found == "no target market is stated"


@pytest.mark.requirement("F21")
def test_several_platforms_are_used_at_once_as_far_as_hours_reach_and_several_in_one_deal() -> None:
    def used(hours: int | None) -> Any:
        people = {} if hours is None else {"export_hours_per_week": hours}
        potter = facts(
            {"aims": {"buyers": "consumers"}, "people": people}, home="ITA", tags=frozenset(("ceramics",))
        )
        return compare(potter, platform_book(), [("USA", "")], list(rule_book()), TODAY).together

    assert [len(used(hours).sales) for hours in (None, 4, 10, 20)] == [1, 1, 1, 2]
    assert used(20).hands == 2 and used(None).hands is None
    steps = used(20).steps
    assert set(steps) == {"found", "asked", "sold", "paid", "delivered"}
    assert len(set(steps["found"]) | set(steps["sold"])) > 1


def _conditions_shrink(platform: Platform, held: Facts) -> Judged:
    return judge([platform], held, ["KOR"], list(rule_book()), TODAY)[0]


@given(
    skill=st.sampled_from([None, "none", "some", "high"]),
    held=st.sampled_from([None, [], ["business"], ["business", "e-commerce"]]),
    goods=st.sampled_from([frozenset(), frozenset(("wine", "alcohol")), frozenset(("leather",))]),
    platform=st.sampled_from(platform_book().platforms),
)
def test_to_learn_more_never_turns_a_no_into_not_known(
    skill: str | None, held: list[str] | None, goods: frozenset[str], platform: Platform
) -> None:
    """What fails on known facts fails however much is learnt beside them; nothing fits while a fact is missing."""
    said: dict[str, Any] = {} if skill is None else {"people": {"ecommerce_skill": skill}}
    if held is not None:
        said["registrations"] = {"KOR": held}
    less, more = (
        facts(said, tags=goods),
        facts({**said, "aims": {"buyers": "both"}}, tags=goods, proofs=("organic",)),
    )
    before, after = _conditions_shrink(platform, less), _conditions_shrink(platform, more)
    if before.fits == "no":
        assert after.fits == "no"
    if after.fits == "yes":
        assert before.fits in ("yes", "unknown")
    for each in (before, after):
        assert (each.fits == "yes") == all(c.state == "met" for c in each.markets[0].conditions)
