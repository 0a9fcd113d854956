"""Who buys, how much, how often, in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest

from fondaco.markets import Customers, customers_of, scorecard
from fondaco.markets.dossier.wording import common_words, language_of

Make = Callable[[str, list[dict[str, Any]]], ir.Table]


def line(day: str, country: str | None, order: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an order line: a sale of one unit unless said otherwise."""
    return {"day": day, "country": country, "order": order, "value": value, **more}


def of(table: Make, rows: list[dict[str, Any]], market: str = "DEU", **tables: Any) -> Customers:
    orders = table("orders", rows)
    card = scorecard(orders, home="GBR", currency="EUR")
    row = card.market(market) or card.without_orders(market)
    return customers_of(orders, market, row=row, currency="EUR", **tables)


ORDERS = [
    line("2024-01-10", "DEU", "1", "100.00", buyer="anna", sku="A", product="Bowl", quantity=4),
    line("2024-01-10", "DEU", "1", "30.00", buyer="anna", sku="B", product="Cup", quantity=3),
    line("2024-02-10", "DEU", "2", "50.00", buyer="bert", sku="A", product="Bowl", quantity=2),
    line("2024-02-12", "DEU", "C2", "-25.00", buyer="bert", sku="A", product="Bowl", quantity=-1,
         kind="cancellation", cancels="2"),
    line("2024-02-12", "DEU", "9", "20.00", product="Loose thing"),
    line("2024-02-12", "FRA", "5", "9.00", sku="A"),
]  # fmt: skip


def test_products_and_buyers_of_a_market(table: Make) -> None:
    found = of(table, ORDERS)
    assert [(p.sku, p.product, float(p.net_revenue), float(p.units), p.orders) for p in found.products] == [
        ("A", "Bowl", 125.0, 5.0, 2),
        ("B", "Cup", 30.0, 3.0, 1),
        (None, "Loose thing", 20.0, 1.0, 1),
    ]
    assert found.products[0].share == pytest.approx(125 / 175)
    assert [(b.buyer, b.days) for b in found.buyers] == [("anna", 1), ("bert", 1)]
    assert found.buyers[0].share == pytest.approx(130 / 155)


@pytest.mark.requirement("X07")
def test_firms_and_consumers_are_told_apart_and_how(table: Make) -> None:
    rows = [
        line("2024-01-01", "DEU", "1", "9", buyer="b1", buyer_company="Tee & Mehr"),
        line("2024-01-02", "DEU", "2", "9", buyer="b2", buyer_name="Hafenkontor GmbH"),
        line("2024-01-03", "DEU", "3", "9", buyer="b3", buyer_name="가상무역 주식회사"),
        line("2024-01-04", "DEU", "4", "9", buyer="Müller Feinkost GmbH & Co. KG"),
        line("2024-01-05", "DEU", "5", "9", buyer="b5", buyer_name="Erika Beispiel", platform="amazon"),
        line("2024-01-06", "DEU", "6", "9", buyer="b6", buyer_name="Erika Agate"),
        line("2024-01-07", "DEU", "7", "9"),
    ]
    found = of(table, rows)
    assert vars(found.who) == {"firms_stated": 1, "firms_inferred": 3, "consumers_inferred": 1, "not_told": 1}
    assert found.who.firms_share.estimate == 4 / 5
    card = scorecard(table("orders", rows), home="GBR", currency="EUR")
    said = found.statements(card.markets[0], "EUR")
    assert next(each for each in said if "state a company" in each.text).says == "fact"
    assert next(each for each in said if "are firms" in each.text).says == "inference"


def test_sizes_of_orders_and_their_segments(table: Make) -> None:
    rows = [
        line("2024-01-01", "DEU", str(n), str(value)) for n, value in enumerate((10, 45, 100, 120, 199, 500))
    ]
    rows += [line("2024-01-01", "FRA", f"f{n}", "100") for n in range(5)]
    found = of(table, rows).sizes
    assert found.firm_median == Decimal(100)
    assert [(each.name, each.orders, float(each.net_revenue)) for each in found.segments] == [
        ("small", 2, 55.0), ("usual", 3, 419.0), ("large", 1, 500.0),
    ]  # fmt: skip
    middle = found.quartiles[0.5]
    assert (middle.estimate, middle.low, middle.high) == (100.0, 10.0, 500.0)
    assert found.quartiles[0.25].why == "6 values, where at least 11 are needed."


def test_days_between_orders_are_those_of_buyers_who_came_back(table: Make) -> None:
    rows = []
    for buyer, gap in (("a", 10), ("b", 20), ("c", 30), ("d", 40), ("e", 50)):
        first, last = datetime(2024, 1, 1), datetime.fromordinal(datetime(2024, 1, 1).toordinal() + gap)
        rows += [
            line(f"{day:%Y-%m-%d}", "DEU", f"{buyer}{day:%j}", "10", buyer=buyer) for day in (first, last)
        ]
    rows.append(line("2024-01-01", "DEU", "x", "10", buyer="once"))
    found = of(table, rows).gap_days
    assert (found.estimate, found.low, found.high) == (30.0, 10.0, 50.0)
    assert (
        of(table, rows[:4]).gap_days.why == "2 buyers came back; at least 5 are needed to say after how long."
    )


def test_inquiries_without_any_order(table: Make) -> None:
    asked = [
        {"platform": "table", "inquiry": str(n), "kind": kind, "country": "KOR", "product": "Bowl", "day": "2026-01-02",
         "at": datetime(2026, 1, 2, n), "answered_at": datetime(2026, 1, 3) if n else None, "message": text}
        for n, (kind, text) in enumerate([("rfq", "샘플을 받을 수 있나요?"), ("inquiry", "샘플 가격이 얼마인가요?"),
                                          ("inquiry", "샘플 부탁합니다"), ("chat", "Could we have a sample of it?")])
    ]  # fmt: skip
    found = of(table, ORDERS, "KOR", inquiries=table("inquiries", asked))
    assert (found.asked.count, found.asked.answered) == (4, 3)
    assert found.asked.kinds == {"inquiry": 2, "chat": 1, "rfq": 1}
    assert found.asked.products == (("Bowl", 4),)
    assert found.languages_inferred == {"ko": 3, "en": 1}
    assert found.products == ()


def test_reviews_of_the_firms_own_goods(table: Make) -> None:
    reviews = [
        {"platform": "amazon", "review": str(n), "country": "DEU", "day": "2026-01-02", "rating": stars, "own": own,
         "title": "Schön", "body": "Robuste Naht", "language": "de"}
        for n, (stars, own) in enumerate([(5, None), (4, True), (4, True), (1, False)])
    ]  # fmt: skip
    found = of(table, ORDERS, reviews=table("reviews", reviews))
    assert found.reviewed.count == 3
    assert found.reviewed.stars == pytest.approx(13 / 3, abs=1e-3)
    assert found.languages_stated == {"de": 3}
    assert [(each.word, each.texts) for each in found.review_words] == [
        ("naht", 3),
        ("robuste", 3),
        ("schon", 3),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Can you print our label on it? We would like to sell it under our own brand.", "en"),
        ("Vorremmo sapere se avete la certificazione per questo prodotto", "it"),
        ("Ihre Mindestmenge ist für unser Geschäft zu groß.", "de"),
        ("Votre commande minimum est trop élevée pour notre épicerie", "fr"),
        ("El pedido mínimo es demasiado grande para nuestra tienda", "es"),
        ("최소 주문 수량이 너무 많습니다", "ko"),
        ("起订量太高了，可以先订十件吗", "zh"),
        ("最小注文数が多すぎます", "ja"),
        ("75 cl", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_words_of_fewer_than_three_texts_and_addresses_are_not_told() -> None:
    texts = [
        "Frau Beispielmann beispielmann@example.org",
        "Muster bitte",
        "Muster, bitte!",
        "ein Muster",
        "muster@example.org",
    ]
    assert [(each.word, each.texts) for each in common_words(texts)] == [("muster", 3)]
