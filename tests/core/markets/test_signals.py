"""Signals from small ledgers whose changes are known: what must be told, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
from tests.core.markets.conftest import ARROW, SALE
from tests.core.markets.conftest import _typed as typed

from fondaco.ledger.schema import ORIGIN
from fondaco.ledger.schema import TABLES as SCHEMA
from fondaco.markets.signals.looking import Signals, signals
from fondaco.markets.signals.unmet import unmet_requests

Make = Callable[[str, list[dict[str, Any]]], ir.Table]
TABLES = ("orders", "traffic", "ads", "inquiries", "reviews", "listings")
END = date(2026, 6, 30)
ROOT = Path(__file__).resolve().parents[3]


def euro(amount: Decimal, currency: str, day: date) -> Decimal | None:
    return {"EUR": amount, "USD": amount / 2}.get(currency)


def tables(**rows: list[dict[str, Any]]) -> dict[str, ir.Table]:
    """Return all canonical tables on a DuckDB of their own; those not given are empty."""
    connection = ibis.duckdb.connect()
    held = {}
    for name in TABLES:
        defaults = SALE if name == "orders" else {}
        given = [
            typed({"import": "i1", "file": "f.csv", "row": n, **defaults, **row})
            for n, row in enumerate(rows.get(name, ()), 2)
        ]
        columns = (*SCHEMA[name].columns, *ORIGIN)
        schema = pa.schema([(column.name, ARROW[column.type]) for column in columns])
        held[name] = connection.create_table(name, pa.Table.from_pylist(given, schema=schema))
    return held


def look(rate: float = 0.1, **rows: list[dict[str, Any]]) -> Signals:
    """Return the signals of these rows."""
    given = tables(**rows)
    orders = given.pop("orders")
    return signals(orders, **given, home="ITA", convert=euro, currency="EUR", rate=rate)


@pytest.mark.spark
def test_each_engine_tells_the_same(table: Make) -> None:
    rows: dict[str, Any] = {"orders": months({"ITA": STEADY, "KOR": [9] * 12 + [27, 30, 28], "FRA": STEADY})}
    given = {
        name: table(name, [{"import": "i1", "file": "f", "row": 1, **row} for row in rows.get(name, ())])
        for name in TABLES
    }
    orders = given.pop("orders")
    found = signals(orders, **given, home="ITA", convert=euro, currency="EUR")
    assert [(s.kind, s.market, s.q_value) for s in found.signals] == [
        (s.kind, s.market, s.q_value) for s in look(**rows).signals
    ]


def months(
    counts: dict[str, list[int]], *, buyer: bool = True, platform: str = "shop"
) -> list[dict[str, Any]]:
    """Return order lines: so many orders in each month back from the end, the oldest month first."""
    rows = []
    for market, row in counts.items():
        for back, count in enumerate(reversed(row)):
            first = date(2026 - (6 - back <= 0) - (6 - back <= -12), (5 - back) % 12 + 1, 1)
            for n in range(count):
                mark = f"{market}-{back}-{n}"
                rows.append(
                    {
                        "platform": platform, "country": market, "order": mark, "buyer": mark if buyer else None,
                        "day": first + timedelta(days=n % 28), "value": "10.00",
                    }
                )  # fmt: skip
    rows.append({**rows[-1], "order": "last", "buyer": "last", "country": "ITA", "day": END})
    return rows


STEADY = [30, 33, 28, 31, 30, 29, 34, 30, 27, 31, 30, 32, 29, 31, 30]


def test_a_market_that_trebles_is_told_with_its_rows() -> None:
    found = look(orders=months({"ITA": STEADY, "DEU": STEADY, "KOR": [9] * 12 + [27, 30, 28], "FRA": STEADY}))
    (signal,) = found.signals
    assert (signal.kind, signal.market, signal.measured) == ("market rising", "KOR", "test")
    assert signal.q_value is not None
    assert signal.q_value <= 0.01
    assert signal.since == date(2026, 4, 1)
    assert signal.rows.total == 9 * 12 + 85
    assert len(signal.rows.rows) == 20
    assert signal.rows.rows[0].file == "f.csv"
    assert "28.3 buyings a month" in signal.finding
    assert (found.looked_at, found.rate) == (4, 0.1)


def test_a_market_that_is_lost_is_told() -> None:
    found = look(
        orders=months({"ITA": STEADY, "DEU": STEADY, "KOR": [22, 19, 20] * 4 + [2, 1, 3], "FRA": STEADY})
    )
    assert [(s.kind, s.market) for s in found.signals] == [("market falling", "KOR")]


def test_one_buyers_contract_in_forty_lots_is_no_rise() -> None:
    rows = months({"ITA": STEADY, "DEU": STEADY, "KOR": [9] * 15})
    lots = [
        {"platform": "shop", "country": "KOR", "order": f"lot {n}", "buyer": "big", "day": END - timedelta(days=n * 2), "value": "10"}
        for n in range(40)
    ]  # fmt: skip
    assert look(orders=rows + lots).signals == ()
    single = [{**lot, "buyer": lot["order"]} for lot in lots]  # the same orders by forty buyers
    assert [s.market for s in look(orders=rows + single).signals] == ["KOR"]


def test_a_platform_whose_file_ends_early_makes_no_market_fall() -> None:
    etsy = [row for row in months({"USA": STEADY}, platform="etsy") if row["day"] < date(2026, 4, 1)]
    found = look(orders=[*months({"ITA": STEADY, "DEU": STEADY, "FRA": STEADY}), *etsy])
    assert found.signals == ()
    assert "etsy" in found.looked[0].why


@pytest.mark.requirement("X08")
def test_too_little_gives_nothing_and_says_why() -> None:
    found = look()
    assert (found.signals, found.looked_at) == ((), 0)
    assert all(sort.why for sort in found.looked)
    short = look(orders=months({"ITA": [30] * 9, "KOR": [2] * 6 + [20] * 3}))
    assert short.signals == ()
    assert "Fifteen months" in short.looked[0].why


def seen(product: str, visitors: int, inquiries: int) -> list[dict[str, Any]]:
    return [
        {
            "platform": "alibaba", "day": date(2026, month, 1), "until": date(2026, month, 28), "product": product,
            "country": "KOR", "visitors": visitors // 4, "inquiries": inquiries // 4,
        }
        for month in (3, 4, 5, 6)
    ]  # fmt: skip


@pytest.mark.requirement("F81")
def test_a_product_viewed_but_not_asked_for() -> None:
    traffic = [
        row for n, asked in enumerate((40, 44, 36, 48, 32, 40, 44)) for row in seen(f"Tea {n}", 2000, asked)
    ]
    found = look(traffic=[*traffic, *seen("Tea cosy", 2400, 0)])
    (signal,) = found.signals
    assert (signal.kind, signal.product) == ("viewed, not asked for", "Tea cosy")
    assert signal.details["expected"] == pytest.approx(2400 * 284 / 14000, abs=0.1)
    assert signal.rows.total == 4
    assert found.looked_at == 8
    assert look(traffic=traffic).signals == ()


def ad(term: str, clicks: int, orders: int, market: str = "USA", **more: Any) -> dict[str, Any]:
    return {
        "platform": "amazon", "marketplace": "Amazon.com", "day": END, "country": market, "term": term,
        "clicks": clicks, "orders": orders, "spend": Decimal(clicks) / 2, "currency": "USD", **more,
    }  # fmt: skip


@pytest.mark.requirement("F34")
def test_a_keyword_that_burns_money() -> None:
    others = [ad(f"olive oil {n}", 200, 8 + n % 3) for n in range(8)]
    found = look(ads=[*others, ad("oil", 900, 1), ad("lamp oil", 20, 0)])
    (signal,) = found.signals
    assert (signal.kind, signal.market, signal.product) == ("keyword without return", "USA", "oil")
    assert "450.00 USD for 900 clicks" in signal.finding
    assert "brought 1 order;" in signal.finding
    assert found.looked_at == 9  # of lamp oil's 20 clicks one order would be expected: nothing to test


def test_keywords_that_do_as_the_others_do_are_left_alone() -> None:
    rng = np.random.default_rng(2)
    clicks = rng.integers(20, 600, 60)
    assert (
        look(ads=[ad(f"term {n}", int(c), int(rng.poisson(0.03 * c))) for n, c in enumerate(clicks)]).signals
        == ()
    )


def listing(number: str, seller: str, price: str, **more: Any) -> dict[str, Any]:
    return {
        "platform": "alibaba", "day": date(2026, 6, 1), "listing": number, "seller": seller, "own": seller == "Us",
        "product": "Olive oil 500 ml", "category": "Oil", "country": "KOR", "currency": "EUR", "price": price,
        "unit": "bottle", **more,
    }  # fmt: skip


OTHERS = [listing("1", "A", "8"), listing("2", "B", "12"), listing("3", "C", "22", currency="USD")]


@pytest.mark.requirement("F66")
def test_a_price_outside_the_range_in_one_currency() -> None:
    (signal,) = look(listings=[*OTHERS, listing("9", "Us", "15")]).signals
    assert (signal.kind, signal.market, signal.measured) == ("price outside the range", "KOR", "count")
    assert signal.q_value is None
    assert "above all 3 comparable offers of 3 sellers (8.00 to 12.00 EUR), by 25%" in signal.finding
    assert signal.rows.total == 4
    assert look(listings=[*OTHERS, listing("9", "Us", "11")]).signals == ()


@pytest.mark.parametrize(
    "other",
    [
        {"unit": "case of 6"},
        {"country": "JPN"},
        {"category": "Soap"},
        {"currency": "XXX"},
        {"day": date(2025, 1, 1)},
    ],
)
def test_what_cannot_be_compared_is_not(other: dict[str, Any]) -> None:
    rows = [*OTHERS[:2], {**OTHERS[2], **other}, listing("9", "Us", "15")]
    assert look(listings=rows).signals == ()


def inquiry(number: int, text: str, market: str = "KOR", **more: Any) -> dict[str, Any]:
    return {
        "platform": "alibaba", "inquiry": str(number), "day": date(2026, 5, 1) + timedelta(days=number), "country": market,
        "message": text, "buyer": f"b{number}", **more,
    }  # fmt: skip


@pytest.mark.requirement("F60")
def test_a_minimum_above_what_buyers_ask_for() -> None:
    listings = [listing("9", "Us", "15", minimum=Decimal(500))]
    asks = [
        inquiry(n, "", product="Olive oil 500 ml", quantity=q) for n, q in enumerate((100, 120, 60, 800, 200))
    ]
    (signal,) = look(listings=listings, inquiries=asks).signals
    assert (signal.kind, signal.product) == ("minimum above what is asked", "Olive oil 500 ml")
    assert (
        "4 of 5 inquiries that state a quantity ask for less than the listed minimum of 500" in signal.finding
    )
    assert "the middle one asks for 120" in signal.finding
    assert signal.rows.total == 4
    assert look(listings=listings, inquiries=asks[:2]).signals == ()
    elsewhere = [{**ask, "country": "JPN"} for ask in asks]
    assert look(listings=listings, inquiries=elsewhere).signals == ()


@pytest.mark.requirement("F68", "X05")
def test_requests_that_are_not_met_are_counted_by_market_with_examples() -> None:
    asks = [
        inquiry(1, "Can you do private label? Call Anna at +82 2 555 0101"),
        inquiry(2, "자체 브랜드로 OEM 가능할까요?"),
        inquiry(3, "Please tell us about OEM. I am Kim Min, kim@shop.example", buyer_name="Kim Min"),
        inquiry(4, "No private label needed."),
        inquiry(5, "Fate anche private label?", "DEU"),
    ]
    found = look(
        inquiries=asks,
        reviews=[
            {"day": END, "country": "KOR", "body": "Lovely OEM quality, can you believe it?", "own": False}
        ],
    )
    (signal,) = found.signals
    assert (signal.kind, signal.market, signal.product) == ("unmet request", "KOR", "private label")
    assert "Asked for in 3 of 4 texts by 3 named buyers" in signal.finding
    assert signal.rows.total == 3
    shown = " ".join(signal.details["examples"])
    for name in ("Kim", "shop.example", "555"):
        assert name not in shown
    asked = {(row.kind, row.market): row.texts for row in found.requests.asked}
    assert asked == {("private_label", "KOR"): 3, ("private_label", "DEU"): 1}


@pytest.mark.requirement("F68")
def test_a_request_that_led_to_an_offer_is_met() -> None:
    asks = [inquiry(n, "Do you do private label?") for n in range(4)]
    before = {
        "platform": "shop",
        "country": "KOR",
        "order": "1",
        "product": "Oil, private label",
        "value": "1",
    }
    sold = [
        {**before, "day": date(2026, 6, 20)},
        {**before, "order": "2", "platform": "alibaba", "day": date(2026, 6, 25)},
    ]
    found = look(inquiries=asks, orders=sold)
    assert [s.kind for s in found.signals] == []
    (asked,) = found.requests.asked
    assert asked.offered.orders == {"shop": 1, "alibaba": 1}
    assert asked.offered.titles == ("Oil, private label",)
    earlier = look(inquiries=asks, orders=[{**before, "day": date(2026, 4, 1)}])  # not since it was asked for
    assert [s.kind for s in earlier.signals] == ["unmet request"]
    listed = look(inquiries=asks, listings=[listing("1", "Us", "9", product="Private label olive oil")])
    assert [s.kind for s in listed.signals] == []


@pytest.mark.requirement("F60", "F68")
def test_a_minimum_that_came_down_meets_its_request() -> None:
    asks = [inquiry(n, "Your MOQ is too high, can we take less?") for n in range(3)]
    old = listing("9", "Us", "15", minimum=Decimal(500), day=date(2026, 4, 1))
    found = look(inquiries=asks, listings=[old, {**old, "day": date(2026, 6, 1), "minimum": Decimal(50)}])
    (asked,) = found.requests.asked
    assert asked.offered.minimum == (Decimal(500), Decimal(50))
    assert asked.offered.to_json()["minimum"] == ["500", "50"]
    assert [s.kind for s in found.signals] == []
    assert [s.kind for s in look(inquiries=asks, listings=[old]).signals] == ["unmet request"]


def test_the_name_of_an_own_product_is_no_request_and_that_of_another_is() -> None:
    sold = [
        {
            "platform": "shop",
            "country": "KOR",
            "order": "1",
            "product": "Clutch, embroidered",
            "value": "1",
            "day": END,
        }
    ]
    asks = [
        inquiry(n, "Please quote 12 pcs of Clutch, embroidered.", product="Clutch, embroidered")
        for n in range(4)
    ]
    assert look(orders=sold, inquiries=asks).requests.asked == ()
    others = [inquiry(n, "Please quote.", product="Clutch, private label") for n in range(4)]
    assert [s.product for s in look(orders=sold, inquiries=others).signals] == ["private label"]


def test_proofs_that_the_catalogue_holds_are_named_where_certificates_are_asked_for() -> None:
    given = tables(inquiries=[inquiry(n, "Haben Sie ein Bio-Zertifikat?") for n in range(3)])
    orders = given.pop("orders")
    found = signals(orders, **given, home="ITA", convert=euro, currency="EUR", proofs=["organic", "pdo"])
    assert "The catalogue holds: organic, pdo." in found.signals[0].finding
    assert (
        "catalogue"
        not in look(inquiries=[inquiry(n, "Please send samples.") for n in range(3)]).signals[0].finding
    )


def test_few_in_each_market_are_one_signal_for_all() -> None:
    asks = [
        inquiry(n, "Please send a sample", market) for n, market in enumerate(("KOR", "JPN", "USA", "USA"))
    ]
    (signal,) = look(inquiries=asks).signals
    assert (signal.market, signal.product) == (None, "samples")
    assert signal.details["markets"] == {"USA": 2, "JPN": 1, "KOR": 1}


def test_one_buyer_who_asks_again_and_again_is_one_buyer() -> None:
    asks = [inquiry(n, "Please send a sample", buyer="same") for n in range(5)]
    assert look(inquiries=asks).signals == ()


def test_what_the_words_miss_is_grouped() -> None:
    asks = [inquiry(n, f"Does the lid of teapot {n} fit the old model, Mr. Brown?") for n in range(4)]
    given = tables(inquiries=asks)
    found = unmet_requests(*(given[name] for name in ("inquiries", "reviews", "orders", "listings")))
    (group,) = found.alike
    assert (group.texts, group.markets) == (4, {"KOR": 4})
    assert "teapot" in group.label
    assert "Brown" not in group.examples[0].text


@pytest.mark.requirement("X01", "X08")
def test_it_says_by_which_rule_and_which_limits_are_no_studys() -> None:
    told = look(listings=[*OTHERS, listing("9", "Us", "15")])
    basis = told.to_json()["basis"]
    assert basis["rule"] == "signals/1"
    assert (ROOT / basis["page"]).is_file()
    assert basis["thresholds"]["fewest_texts"] == 3
    assert any("not for markets or platforms in general" in note for note in basis["notes"])
    assert all(signal.rests_on and signal.action for signal in told.signals)


def test_json_has_its_fields() -> None:
    told = look(listings=[*OTHERS, listing("9", "Us", "15")]).to_json()
    assert {"signals", "looked_at", "false_discovery_rate", "looked", "requests"} <= set(told)
    assert {"kind", "market", "product", "finding", "strength", "rows", "rows_total", "action"} <= set(
        told["signals"][0]
    )
    assert look().to_frame().height == 0


@pytest.mark.parametrize("given", ["orders", "ads"])
def test_the_rate_decides_what_is_reported(given: str) -> None:
    rows = {
        "orders": months({"ITA": STEADY, "DEU": STEADY, "KOR": [9, 10, 8] * 4 + [15, 14, 17], "FRA": STEADY}),
        "ads": [*(ad(f"t{n}", 200, 8) for n in range(8)), ad("oil", 160, 1)],
    }[given]
    strict, loose = look(rate=0.0001, **{given: rows}), look(rate=0.5, **{given: rows})
    assert strict.signals == ()
    assert len(loose.signals) >= 1
    assert strict.looked_at == loose.looked_at
