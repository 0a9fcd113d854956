"""The platforms of a firm, from its files to the plan's actions: a bag maker in Mongolia, a winery in Italy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest

from fondaco import workflows
from fondaco.kernel import InputError
from fondaco.ledger import Catalogue, Entry, Proof, Workspace
from fondaco.reference.platforms import platform_book
from fondaco.reference.regulations import rule_book
from fondaco.strategy.platform import Facts, Ledgered, Sold, compare, proposal
from fondaco.strategy.profile import profile_of
from fondaco.strategy.rules import rules
from fondaco.workflows.platform import comparison_of, facts_of, propose, volatilities_of

TODAY = date(2026, 11, 30)
BAGS = """
employees = 3
[people]
export_hours_per_week = 10
ecommerce_skill = "none"
[registrations]
KOR = []
[aims]
markets = ["KOR"]
buyers = "consumers"
strategy = "cost"
wants_own_site = true
[supporter]
name = "Craft Centre"
does = ["training", "platform-partnership"]
"""
WINERY = """
[people]
export_hours_per_week = 20
ecommerce_skill = "some"
trade_experience = "some"
[means]
website_languages = ["it"]
[aims]
markets = ["DEU", "GBR"]
buyers = "business"
[[channel]]
platform = "Alibaba.com"
since = 2025-01-10
ends = 2027-01-09
[[channel]]
platform = "Instagram"
"""


def winery_orders() -> str:
    lines = ["Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country"]
    first = date(2026, 1, 5)
    for n in range(40):
        day = first + timedelta(days=7 * n)
        lines.append(f"{n},{day},W-1,Chianti,12,8.00,EUR,k{n % 9},{'Germany' if n % 2 else 'Italy'}")
    lines.append("old,2024-06-01,W-1,Chianti,12,8.00,EUR,k1,Germany")
    return "\n".join(lines) + "\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    held = Workspace(tmp_path / "home")
    held.create_firm("bags", name="Bags", home="MNG", currency="USD")
    held.ledger("bags").change_profile(lambda _: BAGS)
    held.ledger("bags").change_catalogue(lambda _: Catalogue((Entry(name="*bag*", tags=("leather-bag",)),)))
    (tmp_path / "orders.csv").write_text(winery_orders())
    held.create_firm("winery", name="Winery", home="ITA", currency="EUR")
    workflows.take_in(
        held, "winery", [tmp_path / "orders.csv"],
        now=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    held.ledger("winery").change_profile(lambda _: WINERY)
    held.ledger("winery").change_catalogue(
        lambda _: Catalogue(
            (Entry(sku="W-*", tags=("wine",)),),
            (Proof("pdo", ("wine",)), Proof("old", (), "", date(2025, 1, 1))),
        )
    )
    return held


def test_facts_come_from_profile_catalogue_and_ledger(workspace: Workspace) -> None:
    found = facts_of(workspace, "winery", TODAY)
    assert {"wine", "alcohol"} <= found.tags
    assert found.proofs == ("pdo",)
    assert set(found.channels) == {"alibaba", "instagram"}
    assert found.ledger.orders == 20  # those to Germany within twelve months: home and the older one left out
    assert found.ledger.by_platform[0].revenue == D("1920.00")
    assert found.ledger.since == date(2024, 6, 1)
    assert found.abroad_since == date(2024, 6, 1)


def test_goods_of_which_nothing_is_stated_have_no_tags(tmp_path: Path) -> None:
    held = Workspace(tmp_path / "home")
    held.create_firm("new", name="New", home="ITA", currency="EUR")
    found = facts_of(held, "new", TODAY)
    assert found.tags == frozenset() and found.proofs is None and found.ledger.until is None


@pytest.mark.requirement("F16")
def test_the_bag_maker_sells_through_an_open_market_of_korea_and_waits_with_a_site(
    workspace: Workspace,
) -> None:
    plan = propose(workspace, "bags", TODAY)
    by_key = {action.key: action for action in plan.actions}
    assert "Gmarket" in by_key["platform/use/KOR/gmarket"].what
    wait = by_key["platform/postpone-own-site"]
    assert wait.who == "firm" and "e-commerce skill: none" in wait.why
    assert by_key["platform/train"].who == "supporter"


@pytest.mark.requirement("S13")
def test_the_organisation_behind_the_firm_partners_with_a_platform_rather_than_build_one(
    workspace: Workspace,
) -> None:
    action = next(a for a in propose(workspace, "bags", TODAY).actions if a.key == "platform/partner")
    assert (
        action.who == "supporter" and "Gmarket" in action.what and action.rule == "platform/partner-not-build"
    )
    assert "platform/partner" not in {a.key for a in propose(workspace, "winery", TODAY).actions}


@pytest.mark.requirement("X01", "X02")
def test_every_action_names_a_rule_and_what_would_change_it(workspace: Workspace) -> None:
    for firm in ("bags", "winery"):
        plan = propose(workspace, firm, TODAY)
        assert plan.actions and plan.says
        assert [a.when for a in plan.actions] == sorted(a.when for a in plan.actions)
        for action in plan.actions:
            told = action.to_json()
            assert action.rule in rules() and told["findings"][0]["evidence"]
            assert action.changes and action.why and action.when >= TODAY
    assert "the firm decides" in comparison_of(workspace, "bags", TODAY).to_json()["advice"]


@pytest.mark.requirement("F23")
def test_a_second_channel_is_named_where_one_platform_brings_nearly_all(tmp_path: Path) -> None:
    ledger = Ledgered(
        date(2024, 1, 1), TODAY, "EUR", (Sold("alibaba", D(900), 90, 90), Sold("ebay", D(10), 9, 0)),
        {"alibaba": frozenset(("DEU",))},
    )  # fmt: skip
    held = Facts("ITA", profile_of({"aims": {"buyers": "business"}}, "x.toml"), ledger=ledger)
    found = compare(held, platform_book(), [("DEU", "")], list(rule_book()), TODAY)
    action = next(a for a in proposal(found, {}).actions if a.key == "platform/second-channel")
    assert "alibaba" in action.what and "Europages" in action.what and "99%" in action.why


def test_the_winery_is_told_of_renewal_languages_and_website(workspace: Workspace) -> None:
    by_key = {action.key: action for action in propose(workspace, "winery", TODAY).actions}
    assert by_key["platform/renewal-alibaba"].when == TODAY  # 90 days before 9 January are past
    assert "German" in by_key["platform/translate"].why and "English" in by_key["platform/translate"].why
    assert "platform/company-site" in by_key  # it is on Instagram without a site
    assert by_key["platform/rules-alibaba"].when == date(2027, 5, 30)


@pytest.mark.requirement("F23")
def test_files_that_do_not_name_their_platform_give_a_share_and_no_verdict(workspace: Workspace) -> None:
    revenue, inquiries = comparison_of(workspace, "winery", TODAY).dependence
    assert revenue.shares[0].share == 1 and revenue.cases == 20
    assert revenue.warns is None and "do not name their platform" in revenue.why
    assert inquiries.warns is None and "no inquiries" in inquiries.why


def test_a_channel_that_lacks_registrations_is_told_to_the_plan(workspace: Workspace) -> None:
    workspace.ledger("bags").change_profile(
        lambda held: held + '[[channel]]\nplatform = "SSG.com"\nmarkets = ["KOR"]\n'
    )
    held = propose(workspace, "bags", TODAY).facts
    assert held["lacking"] == [{"platform": "ssg", "market": "KOR", "missing": ["business", "e-commerce"]}]
    mall = next(each for each in held["platforms"] if each["platform"] == "ssg")
    assert mall["fits"] is False and mall["failed"][0].startswith("registrations")
    assert propose(workspace, "winery", TODAY).facts["lacking"] == []


def test_a_market_can_be_asked_about_and_one_that_is_none_is_said(workspace: Workspace) -> None:
    found = comparison_of(workspace, "bags", TODAY, to=["Japan"])
    assert found.markets == (("JPN", "asked about"),)
    with pytest.raises(InputError):
        comparison_of(workspace, "bags", TODAY, to=["Ruritania"])


@pytest.mark.requirement("F24")
def test_a_workspaces_own_entry_counts_and_a_broken_one_is_told(workspace: Workspace) -> None:
    folder = workspace.home / "platforms"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[[platform]]\nid = "felt-fair"\nname = "Felt Fair"\nkinds = ["sales"]\ngroup = "open_market"\n'
        'buyers = ["consumers"]\nreach = ["KR"]\nsellers = ["MN"]\nsources = ["its page"]\n'
        'look_up = "https://example.org"\nchecked = 2026-11-01\n[[platform]]\nid = "broken"\n'
    )
    found = comparison_of(workspace, "bags", TODAY)
    fair = found.of("felt-fair")
    assert fair is not None and fair.fits == "yes"
    assert "own.toml, platform 2 (broken)" in found.problems[0].reason


@pytest.mark.requirement("F98")
def test_currencies_at_stake_have_a_volatility_or_a_reason(workspace: Workspace) -> None:
    korea, america = volatilities_of(workspace, "bags", ["KOR", "USA"], date(2024, 1, 2))
    assert (korea.currency, korea.into) == ("KRW", "USD")
    assert korea.yearly is not None and 0.02 < korea.yearly < 0.4
    assert america.yearly is None and america.why


def test_without_markets_the_part_says_so_and_proposes_no_platform(tmp_path: Path) -> None:
    held = Workspace(tmp_path / "home")
    held.create_firm("new", name="New", home="ITA", currency="EUR")
    plan = propose(held, "new", TODAY)
    assert "no target market" in plan.says
    assert not [a for a in plan.actions if a.key.startswith("platform/use")]
    assert "aims.markets" in plan.unknown[0]
