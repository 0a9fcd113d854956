"""The promotion part of the plan of a small shop, from its files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk

from fondaco.strategy.profile import parse_profile
from fondaco.strategy.rules import rule
from fondaco.workflows.dossier import dossier_of
from fondaco.workflows.profile import change_profile
from fondaco.workflows.promotion import keywords_of, propose

TODAY = date(2026, 7, 1)
PROFILE = """
[people]
export_hours_per_week = 10
marketing_skill = "some"
ecommerce_skill = "none"
[means]
monthly_budget = "300"
[price]
margin = "0.4"
[aims]
markets = ["DEU", "MNG"]
[[season]]
months = [9, 10]
what = "harvest"
[[tool]]
name = "RFQ market"
free = true
use = "never"
[[campaign]]
name = "Spring show"
kind = "live"
since = 2026-04-01
markets = ["DEU"]
cost = "100"
leads = 5
[[campaign]]
name = "Wine week"
kind = "fair"
since = 2026-09-15
[attention]
posting_hours = 9
listening_hours = 1
[supporter]
name = "Consorzio"
does = ["training"]
"""


def orders() -> str:
    lines = ["Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country"]
    for n in range(150):
        country = ("Germany", "Germany", "France", "Italy", "South Korea")[n % 5]
        lines.append(
            f"A{n},2026-{n // 28 + 1:02d}-{n % 28 + 1:02d},S-1,Cork bag,1,40.00,EUR,K{n % 60},{country}"
        )
    return "\n".join(lines) + "\n"


def ads() -> str:
    lines = [
        "Start Date,End Date,Campaign,Keyword,Search term,Country,Impressions,Clicks,Currency,Spend,Sales,Orders"
    ]
    # Clicks and orders of a month; the last two bring an order only now and then.
    terms = [("cork bag", 50, 6), ("rucksack", 80, 0), ("vegan bag", 2, 0), ("korktasche", 7, 1)]
    for month in range(1, 7):
        for country in ("Germany", "France"):
            for text, clicks, usual in terms:
                bid = text if text != "korktasche" else "bag"
                sold = 1 if text == "vegan bag" and month == 1 else usual
                lines.append(
                    f"2026-{month:02d}-01,2026-{month:02d}-28,C1,{bid},{text},{country},{clicks * 30},{clicks},EUR,{clicks * 0.5:.2f},"
                    f"{sold * 40}.00,{sold}"
                )
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("shop"))
    made.take(made.file("orders.csv", orders()))
    made.take(made.file("ads.csv", ads()))
    change_profile(made.ledger, lambda _: parse_profile(PROFILE, "test"))
    return made


def test_the_ads_are_in_the_ledger(desk: Desk) -> None:
    assert len(desk.rows("ads")) == 48


@pytest.mark.requirement("F31")
def test_terms_are_judged_by_market_with_the_profiles_margin(desk: Desk) -> None:
    found = keywords_of(desk.workspace, "shop")
    verdicts = {(k.seen.market, k.seen.term): k.verdict for k in found.keywords}
    assert verdicts["DEU", "rucksack"] == "stop" and verdicts["DEU", "cork bag"] == "keep"
    assert verdicts["DEU", "vegan bag"] == "test"
    assert found.left == 0.4 and "40%" in found.assumed
    bid = {k.seen.term: k.seen.bid for k in found.keywords}
    assert bid["cork bag"] and not bid["korktasche"]


def test_where_reports_name_no_keywords_nothing_is_said_to_be_unbid(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.take(made.file("orders.csv", orders()))
    rows = [line.split(",") for line in ads().splitlines()]
    at = rows[0].index("Keyword")
    made.take(made.file("ads.csv", "\n".join(",".join(r[:at] + r[at + 1 :]) for r in rows) + "\n"))
    found = propose(made.workspace, "shop", TODAY)
    assert {k["bid"] for v in ("keep", "stop", "test") for k in found.facts["keywords"][v]} == {None}
    assert not any(a.key.startswith("promotion/new-keywords") for a in found.actions)


def test_where_reports_name_keywords_only_these_are_judged(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.take(made.file("orders.csv", orders()))
    rows = [line.split(",") for line in ads().splitlines()]
    at = rows[0].index("Search term")
    made.take(made.file("ads.csv", "\n".join(",".join(r[:at] + r[at + 1 :]) for r in rows) + "\n"))
    found = {k.seen.term: k for k in keywords_of(made.workspace, "shop").keywords}
    assert set(found) == {"cork bag", "rucksack", "vegan bag", "bag"} and all(
        k.seen.bid for k in found.values()
    )
    told = dossier_of(made.workspace, "shop", "DEU", today=TODAY).customers.terms.terms
    assert {term.term for term in told} == set(found)


@pytest.mark.requirement("X01", "X02")
def test_every_action_has_a_rule_with_source_a_reason_and_what_would_change_it(desk: Desk) -> None:
    found = propose(desk.workspace, "shop", TODAY)
    assert found.actions and len({a.key for a in found.actions}) == len(found.actions)
    for action in found.actions:
        held = rule(action.rule)
        assert held.source.study or held.source.reason
        assert action.why and action.changes and action.what.endswith(".")
        assert action.when >= TODAY and action.when.month not in (9, 10)
    assert [a.when for a in found.actions] == sorted(a.when for a in found.actions)
    json.dumps(found.to_json())


@pytest.mark.requirement("F30", "F35", "F77", "F87")
def test_the_firms_facts_become_actions(desk: Desk) -> None:
    found = propose(desk.workspace, "shop", TODAY)
    keys = {a.key for a in found.actions}
    assert {
        "promotion/stop-keywords/DEU", "promotion/stop-keywords/FRA", "promotion/new-keywords/DEU",
        "promotion/try-tool/rfq-market", "promotion/learn/keywords", "promotion/skills-before-ai", "promotion/listen",
        "promotion/live-show/DEU", "promotion/samples/MNG", "promotion/clash/wine-week", "promotion/talk/DEU",
    } <= keys  # fmt: skip
    doers = {a.key: a.who for a in found.actions}
    assert doers["promotion/learn/keywords"] == "supporter" and doers["promotion/stop-keywords/DEU"] == "firm"
    spent = sum(float(a.what.split()[1]) for a in found.actions if a.key.startswith("promotion/spend/"))
    assert spent == pytest.approx(300)
    assert found.facts["lead_costs"][0]["cost_per_lead"]["estimate"] == 20.0


@pytest.mark.requirement("F36")
def test_what_is_not_known_is_listed_with_its_cure(desk: Desk) -> None:
    found = propose(desk.workspace, "shop", TODAY)
    told = " ".join(found.unknown)
    assert "No listings of the firm's own" in told and "No training is stated" in told
    assert "monthly_budget" not in told


@pytest.mark.requirement("F36")
def test_listings_that_nobody_changed_are_named(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.take(made.file("orders.csv", orders()))
    rows = ["Date,Listing ID,Own,Title,Country,Currency,Price"]
    for day, price in (("2025-09-01", "40.00"), ("2026-05-01", "40.00")):
        rows.append(f"{day},L1,yes,Cork bag,Germany,EUR,{price}")
    rows += ["2025-09-01,L2,yes,Cork mat,Germany,EUR,9.00", "2026-05-01,L2,yes,Cork mat,Germany,EUR,11.00"]
    made.take(made.file("listings.csv", "\n".join(rows) + "\n"))
    found = propose(made.workspace, "shop", TODAY)
    assert [(age["listing"], age["unchanged_since"]) for age in found.facts["listings"]] == [
        ("L1", "2025-09-01"), ("L2", "2026-05-01"),
    ]  # fmt: skip
    refresh = next(a for a in found.actions if a.key == "promotion/refresh-catalogue")
    assert "1 listings" in refresh.what or "1 listing" in refresh.what
    assert "303 days" in refresh.why


def test_a_firm_of_which_nothing_is_known_gets_no_guess(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    made.workspace.create_firm("shop", name="Shop", home="ITA", currency="EUR")
    found = propose(made.workspace, "shop", TODAY)
    assert not any(a.key.startswith(("promotion/spend", "promotion/stop")) for a in found.actions)
    assert any("monthly budget is not stated" in each for each in found.unknown)
