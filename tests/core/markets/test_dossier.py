"""One market in depth: four parts, and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.markets import Dossier, Note, blind_spots_over, held_of, market_dossier, scorecard
from fondaco.markets.dossier.page import rule_topics
from fondaco.reference.regulations import Kind, Product, Rule, rules_for

Make = Callable[[str, list[dict[str, Any]]], ir.Table]
TODAY = date(2024, 3, 1)


def line(day: str, country: str | None, order: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an order line: a sale of one unit unless said otherwise."""
    return {"day": day, "country": country, "order": order, "value": value, "currency": "EUR", **more}


ORDERS = [
    line("2024-01-10", "DEU", "1", "100.00", buyer="anna", product="Bowl"),
    line("2024-02-10", "DEU", "2", "50.00", buyer="bert", product="Bowl"),
    line("2024-02-12", "DEU", "9", "20.00", product="Cup"),
    line("2024-02-12", "FRA", "5", "30.00", buyer="chloe"),
    line("2024-02-12", "GBR", "6", "900.00", buyer="dora"),
]
INQUIRIES = [
    {
        "platform": "table",
        "inquiry": str(n),
        "country": "KOR",
        "day": "2024-02-01",
        "at": datetime(2024, 2, 1),
    }
    for n in range(40)
]
TRAFFIC = [
    {"platform": "table", "day": "2024-02-01", "until": "2024-02-01", "country": country, "views": views}
    for country, views in (("DEU", 300), ("BRA", 70))
]


def of(table: Make, market: str, *, orders: list[dict[str, Any]] | None = None, **more: Any) -> Dossier:
    held_orders = table("orders", ORDERS if orders is None else orders)
    inquiries, traffic = table("inquiries", INQUIRIES), table("traffic", TRAFFIC)
    card = scorecard(held_orders, home="GBR", currency="EUR", traffic=traffic)
    held = held_of(held_orders, card=card, inquiries=inquiries, traffic=traffic, **more.pop("counted", {}))
    return market_dossier(held_orders, market, card=card, held=held, today=TODAY, inquiries=inquiries, **more)


@pytest.mark.requirement("F05", "F80")
def test_it_speaks_the_contract(table: Make) -> None:
    said = of(table, "DEU").to_json()
    assert {"customers", "competitors", "conditions", "regulations", "blind_spots"} <= said.keys()
    assert {"market", "currency", "scorecard", "months", "products", "basis"} <= said.keys(), (
        "the fields of old"
    )
    for part in ("customers", "competitors", "conditions", "regulations"):
        assert {"known", "completeness", "age_days", "observations", "topics", "statements", "notes"} <= said[
            part
        ].keys()
        assert 0 <= said[part]["completeness"] <= 1
    assert said["customers"]["known"]
    assert said["customers"]["buyers"] == 2
    for part in ("competitors", "regulations"):
        assert said[part]["known"] is False
        assert said[part]["why"].endswith(".")
    assert all(isinstance(spot, str) and spot.endswith(".") for spot in said["blind_spots"])
    assert [spot["text"] for spot in said["unknowns"]] == said["blind_spots"]


def test_it_says_what_it_does_not_know(table: Make) -> None:
    spots = of(table, "DEU").to_json()["blind_spots"]
    assert any("1 of 3 orders do not name their buyer" in spot for spot in spots)
    assert any("only 3 orders where 30 are needed" in spot for spot in spots)
    assert (
        spots[0]
        == "170 EUR of sales to Germany in twelve months, and nothing known of its rules for your products."
    )


@pytest.mark.requirement("F80", "X08")
def test_a_market_that_only_asked_has_a_page(table: Make) -> None:
    """200 EUR came from abroad with 40 inquiries, all of them from Korea: 5 EUR an inquiry, by the firm's own rate."""
    found = of(table, "KOR")
    assert (found.row.orders, found.row.rank, found.row.market) == (0, None, "KOR")
    assert found.customers.asked.count == 40
    assert found.stake.to_json() == {
        "sales": "0.00", "orders": 0, "inquiries": 40, "views": 0, "per_inquiry": "5.00", "worth": "200.00",
        "currency": "EUR",
    }  # fmt: skip
    assert found.blind_spots[0].text.startswith(
        "40 inquiries from South Korea in twelve months, and nothing known"
    )
    assert found.offer.advice == "standard"
    assert found.to_json()["scorecard"]["growth"]["why"] == "No orders have come from it."


def test_a_market_of_which_nothing_is_known_has_conditions_and_unknowns(table: Make) -> None:
    found = of(table, "VNM")
    assert found.parts["customers"].share == 0
    assert found.parts["conditions"].share > 0
    assert found.to_json()["conditions"]["languages"] == ["vi"]
    assert len(found.blind_spots) > 10


def test_an_empty_ledger_has_pages_too(table: Make) -> None:
    empty = table("orders", [])
    card = scorecard(empty, home="GBR", currency="EUR")
    held = held_of(empty, card=card)
    found = market_dossier(empty, "DEU", card=card, held=held, today=TODAY)
    assert found.row.orders == 0
    assert blind_spots_over(card, held, TODAY) == ()


@pytest.mark.requirement("F69", "X07")
def test_the_stage_of_exporting_suggests_standard_or_adapted_goods(table: Make) -> None:
    first = of(table, "DEU").offer
    assert (first.stage, first.advice) == ("first", "standard")
    assert first.why == "3 orders over 33 days, 0 buyers came back."
    assert "tendency" in first.who_says, "it is no general rate"
    rows = [
        line(f"{2022 + n // 12}-{n % 12 + 1:02d}-0{k}", "DEU", f"{n}-{k}", "10", buyer=f"b{k}")
        for n in range(20)
        for k in (1, 2)
    ]
    later = of(table, "DEU", orders=rows).offer
    assert (later.stage, later.advice) == ("established", "adapted")
    assert later.statement.says == "inference"
    unnamed = of(table, "DEU", orders=[row | {"buyer": None} for row in rows]).offer
    assert unnamed.advice == "adapted"
    assert unnamed.why.endswith("no buyer is named.")


@pytest.mark.requirement("X07")
def test_every_sentence_is_a_fact_an_inference_or_an_example(table: Make) -> None:
    said = of(table, "DEU").to_json()
    kinds = {each["says"] for part in ("customers", "conditions") for each in said[part]["statements"]}
    assert kinds <= {"fact", "inference", "example"}
    assert {"fact", "inference"} <= kinds
    assert all(each["rests_on"] for part in ("customers", "conditions") for each in said[part]["statements"])


@pytest.mark.requirement("F27", "F84", "S20")
def test_what_people_told_stands_in_its_part(table: Make) -> None:
    told = Note(
        "conditions",
        "Customs are slow in May.",
        True,
        "Visit",
        True,
        "Ada",
        date(2024, 1, 1),
        date(2024, 2, 1),
    )
    found = of(table, "DEU", notes=[told])
    said = found.to_json()["conditions"]["notes"]
    assert said == [
        {"part": "conditions", "text": "Customs are slow in May.", "first_hand": True, "source": "Visit", "tacit": True,
         "where": "Ada", "day": "2024-01-01", "review_by": "2024-02-01", "overdue": True}
    ]  # fmt: skip
    assert any("past their review" in spot.gap for spot in found.blind_spots)
    assert found.to_json()["customers"]["notes"] == []


def rule(name: str, kind: Kind, says: str, **more: Any) -> Rule:
    """Return a rule of Germany on wine, compared with its source in January and good for a year."""
    held: dict[str, Any] = {
        "id": name, "markets": ("DEU",), "kind": kind, "topic": "institutions", "says": says, "source": "Office", "url": "",
        "strength": "official", "stated": date(2024, 1, 1), "basis": "checked", "confidence": "high",
        "review_by": date(2025, 1, 1), "tags": ("wine",), **more,
    }  # fmt: skip
    return Rule(**held)


@pytest.mark.requirement("F05", "S21")
def test_rules_that_are_known_overdue_or_unknown(table: Make) -> None:
    book = [
        rule("de-label", "label", "A label in German."),
        rule("de-tax", "tax", "Excise on wine.", review_by=date(2024, 2, 1), tags=()),
        rule("de-ban", "prohibited", "None of it after ten.", basis="recalled"),
    ]
    goods = [Product("wine", ("wine",)), Product("ham", ("ham",))]
    rules = rules_for("DEU", goods, rules=book, today=TODAY)
    found = of(table, "DEU", rules=rules)
    known = {each.topic.name: each for each in found.parts["regulations"].topics}
    assert {name: known[name].value for name in ("label", "tax", "licence", "prohibited")} == {
        "label": 0.5, "tax": 0.5, "licence": 0.0, "prohibited": 0.5,
    }  # fmt: skip
    assert known["label"].why == "nothing known of its labelling rules, for 1 of 2 groups of your products"
    assert known["tax"].why == "what is known of it (tax) is past its review"
    assert any(
        spot.text.endswith("and nothing known of the licences it asks for.") for spot in found.blind_spots
    )
    assert [(each.text, each.says) for each in found.statements()["regulations"]] == [
        ("None of it after ten.", "inference"),
        ("A label in German.", "fact"),
        ("Excise on wine. To be looked at again since 2024-02-01.", "fact"),
    ]
    said = found.to_json()["regulations"]
    assert (said["known"], said["age_days"]) == (True, 60)
    assert {"coverage", "flags", "topics", "advice"} <= said.keys()
    assert rule_topics(None)[0][0].name == "rules"


@pytest.mark.requirement("F80")
def test_inquiries_from_a_market_of_unknown_labels(table: Make) -> None:
    rules = rules_for("KOR", [Product("wine", ("wine",))], rules=[], today=TODAY)
    texts = [spot.text for spot in of(table, "KOR", rules=rules).blind_spots]
    assert (
        "40 inquiries from South Korea in twelve months, and nothing known of its labelling rules." in texts
    )


@pytest.mark.requirement("F80")
def test_a_firms_blind_spots_over_all_its_markets(table: Make) -> None:
    orders, inquiries = table("orders", ORDERS), table("inquiries", INQUIRIES)
    card = scorecard(orders, home="GBR", currency="EUR")
    held = held_of(orders, card=card, inquiries=inquiries, traffic=table("traffic", TRAFFIC))
    spots = blind_spots_over(card, held, TODAY)
    assert {spot.market for spot in spots} == {"BRA", "DEU", "FRA", "KOR"}, "not home"
    weights = [spot.weight for spot in spots]
    assert weights == sorted(weights, reverse=True)
    short = blind_spots_over(card, held, TODAY, limit=5)
    assert len(short) == 5
    assert max(sum(s.market == m for s in short) for m in {s.market for s in short}) <= 2
    assert short[0] == spots[0]


@pytest.mark.requirement("F66", "F80")
def test_offers_count_as_what_is_known_of_competitors(table: Make) -> None:
    listings = table(
        "listings",
        [
            {"platform": "amazon", "day": day, "country": "DEU", "currency": "EUR", "listing": str(n),
             "seller": f"S{n}", "price": "12", "product": "Bowl", "own": False}
            for n in range(5)
            for day in ("2024-01-01", "2024-02-20")
        ],
    )  # fmt: skip
    found = of(table, "DEU", listings=listings, counted={"listings": listings})
    values = {each.topic.name: each.value for each in found.parts["competitors"].topics}
    assert values == {
        "offers": 1.0, "sellers": 1.0, "days": 1.0, "minimum orders": 0.0, "ratings": 0.0, "people": 0.0,
    }  # fmt: skip
    assert found.to_json()["competitors"]["sellers"][0]["seller"] == "S0"
    assert found.parts["competitors"].age(TODAY) == 10
