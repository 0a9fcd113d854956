"""What a file does not say is asked for by name, and nothing is written before it is answered."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.ledger.helpers import HEADER, Desk, counts, csv_of, line, problem

from fondaco.kernel import InputError, NeedsAnswer, UnknownName
from fondaco.workflows import take_in

pytestmark = pytest.mark.requirement("X03", "F24")


def without(*headers: str) -> str:
    places = [n for n, h in enumerate(HEADER) if h not in headers]
    rows = [line(f"A{n}") for n in range(1, 5)]
    return csv_of([[row[p] for p in places] for row in rows], header=[HEADER[p] for p in places])


def asked(desk: Desk, content: str, **options: Any) -> list[str]:
    path = desk.file("a.csv", content)
    with pytest.raises(NeedsAnswer) as caught:
        take_in(desk.workspace, "shop", [path], now=desk.tick(), **options)
    assert not desk.workspace.has_firm("shop")
    return [question.name for question in caught.value.questions]


def test_a_new_firm_needs_a_home_and_a_currency(desk: Desk) -> None:
    assert asked(desk, csv_of([line("A1")])) == ["home", "currency"]
    assert asked(desk, csv_of([line("A1")]), home="IT") == ["currency"]


def test_the_country_is_asked_for(desk: Desk) -> None:
    assert asked(desk, without("Country"), home="IT", currency="EUR") == ["country"]
    desk.take(desk.file("a.csv", without("Country")), country="Germany")
    assert {r["country"] for r in desk.rows()} == {"DEU"}


def test_the_currency_is_asked_for_once_there_is_a_firm(desk: Desk) -> None:
    desk.take(desk.file("b.csv", csv_of([line("B1")])))
    path = desk.file("a.csv", without("Currency"))
    with pytest.raises(NeedsAnswer) as caught:
        take_in(desk.workspace, "shop", [path], now=desk.tick())
    assert [question.name for question in caught.value.questions] == ["currency"]
    assert len(desk.ledger.imports()) == 1
    desk.take(path, currency="USD")
    assert {r["currency"] for r in desk.rows()} == {"EUR", "USD"}


def test_the_period_of_a_table_without_dates_is_asked_for(desk: Desk) -> None:
    text = "Country,Impressions,Clicks,Visitors,Page views\nGermany,900,30,25,60\nPoland,100,3,2,5\n"
    assert asked(desk, text, home="IT", currency="EUR") == ["period"]
    report = desk.take(desk.file("a.csv", text), period="2026-04")
    assert report.tables == ("traffic",)
    assert desk.said("country", "day", "until", "impressions", table="traffic") == [
        ("DEU", date(2026, 4, 1), date(2026, 4, 30), 900),
        ("POL", date(2026, 4, 1), date(2026, 4, 30), 100),
    ]


def test_a_column_that_nothing_stands_for_is_asked_for(desk: Desk) -> None:
    assert "columns" in asked(desk, without("Price"), home="IT", currency="EUR")


def test_the_day_or_the_month_first_is_asked_for_where_no_row_settles_it(desk: Desk) -> None:
    rows = [line("A1", date="03/04/2026"), line("A2", date="05/06/2026")]
    assert asked(desk, csv_of(rows), home="IT", currency="EUR") == ["columns"]
    settled = [*rows, line("A3", date="25/06/2026")]
    desk.take(desk.file("b.csv", csv_of(settled)))
    assert desk.said("order", "day")[0] == ("A1", date(2026, 4, 3))


def test_a_thousand_or_one_and_a_bit_is_asked_for_where_no_row_settles_it(desk: Desk) -> None:
    assert asked(desk, csv_of([line("A1", quantity="1.234")], between=";"), home="IT", currency="EUR") == [
        "columns"
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"home": "Gotham"},
        {"currency": "XQZ"},
        {"period": "2026-13"},
        {"period": "2026-02-01..2026-01-01"},
        {"country": "Gotham"},
        {"repeats": "perhaps"},
        {"platform": "agora"},
        {"platform": "amazon"},
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_by_name(desk: Desk, options: dict[str, Any]) -> None:
    path = desk.file("a.csv", csv_of([line("A1")]))
    with pytest.raises(InputError) as caught:
        take_in(
            desk.workspace, "shop", [path], now=desk.tick(), **({"home": "IT", "currency": "EUR"} | options)
        )
    assert str(caught.value).endswith((".", "?"))
    assert not desk.workspace.has_firm("shop")


def test_a_firms_name_must_not_lead_elsewhere(desk: Desk) -> None:
    path = desk.file("a.csv", csv_of([line("A1")]))
    for name in ("../other", "a/b", "", "Große", "firm=x", ".hidden"):
        with pytest.raises(InputError):
            take_in(desk.workspace, name, [path], home="IT", currency="EUR", now=desk.tick())
    with pytest.raises(UnknownName):
        desk.workspace.ledger("nobody")


# ------------------------------------------------------------------------------- the other tables


def test_inquiries_are_known_by_their_number(desk: Desk) -> None:
    text = (
        "Inquiry ID,Received at,Buyer name,Country,Product,Quantity,Message,Status\n"
        "Q1,2026-05-14 10:00,Ann Fictive,Germany,Jar,500,Do you ship to Kiel?,new\n"
        "Q2,2026-05-15 11:30,Bo Madeup,Sweden,Lid,20,Price for 20 please,new\n"
    )
    assert desk.take(desk.file("a.csv", text)).tables == ("inquiries",)
    later = text.replace("Kiel?,new", "Kiel?,answered").replace("Q2,2026-05-15", "Q3,2026-05-16")
    report = desk.take(desk.file("b.csv", later))
    assert report.added == 2
    assert desk.said("inquiry", "country", "status", table="inquiries") == [
        ("Q1", "DEU", "answered"),
        ("Q2", "SWE", "new"),
        ("Q3", "SWE", "new"),
    ]


@pytest.mark.requirement("F29", "F81")
def test_traffic_is_kept_by_day_product_and_country(desk: Desk) -> None:
    text = (
        "Date,SKU,Country,Impressions,Clicks,Visitors,Page views\n"
        "2026-05-14,A-1,Germany,900,30,25,60\n2026-05-14,A-2,Germany,90,3,2,6\n2026-05-15,A-1,Poland,70,1,1,2\n"
    )
    desk.take(desk.file("a.csv", text))
    report = desk.take(desk.file("b.csv", text.replace("900,30", "950,31")))
    assert counts(report) == {"facts": 1, "duplicates": 2}
    assert desk.said("day", "sku", "country", "impressions", "clicks", table="traffic") == [
        (date(2026, 5, 14), "A-1", "DEU", 950, 31),
        (date(2026, 5, 14), "A-2", "DEU", 90, 3),
        (date(2026, 5, 15), "A-1", "POL", 70, 1),
    ]


@pytest.mark.requirement("F81")
def test_reviews_are_kept_with_their_dates(desk: Desk) -> None:
    text = (
        "Review ID,Review date,SKU,Rating,Title,Review text,Country\n"
        "R1,2026-05-14,A-1,5,Lovely,A lovely jar indeed,Germany\nR2,2026-05-15,A-1,2,Hm,The lid does not close,France\n"
    )
    assert desk.take(desk.file("a.csv", text)).tables == ("reviews",)
    assert desk.said("review", "day", "rating", "country", table="reviews") == [
        ("R1", date(2026, 5, 14), Decimal(5), "DEU"),
        ("R2", date(2026, 5, 15), Decimal(2), "FRA"),
    ]


def test_listings_are_kept_as_seen_on_a_day(desk: Desk) -> None:
    text = (
        "Date,Listing ID,Seller,Title,Price,Currency,Country,Stock\n"
        "2026-05-14,L1,Rival Ltd,Jar with lid,9.99,GBP,United Kingdom,40\n"
        "2026-05-15,L1,Rival Ltd,Jar with lid,8.99,GBP,United Kingdom,38\n"
    )
    assert desk.take(desk.file("a.csv", text)).tables == ("listings",)
    assert desk.said("day", "listing", "price", "country", table="listings") == [
        (date(2026, 5, 14), "L1", Decimal("9.99"), "GBR"),
        (date(2026, 5, 15), "L1", Decimal("8.99"), "GBR"),
    ]


@pytest.mark.parametrize(
    "amounts", [("€10.00", "$20.00", "¥3000"), ("$10.00", "$20.00"), ("£10.00", "20.00 EUR")]
)
def test_amounts_with_the_sign_of_another_currency_are_asked_about(
    desk: Desk, amounts: tuple[str, ...]
) -> None:
    rows = [[f"A{n}", "2026-05-14", "Germany", amount] for n, amount in enumerate(amounts)]
    path = desk.file("a.csv", csv_of(rows, header=("Order", "Date", "Country", "Amount")))
    with pytest.raises(NeedsAnswer) as caught:
        take_in(desk.workspace, "shop", [path], home="IT", currency="EUR", now=desk.tick())
    (question,) = caught.value.questions
    assert question.name == "currency"
    assert next(amount for amount in amounts if "€" not in amount and "EUR" not in amount) in question.text
    assert "EUR is stated for all rows" in question.text
    assert re.search(
        r"\(--currency (USD|JPY|GBP), in which a new firm then reports, too; or currency under", question.text
    )


def test_rows_dated_after_today_are_told(desk: Desk) -> None:
    rows = [line("A1"), line("A2", date="2030-03-09"), line("A3", date="2026-06-03")]  # today is 2 June 2026
    found = problem(desk.take(desk.file("a.csv", csv_of(rows))), "ahead")
    assert (found.count, "2030-03-09" in found.reason) == (1, True)
    assert len(desk.rows()) == 3
