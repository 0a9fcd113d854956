"""Money keeps its currency and is worth what the ECB's rate of the day says.

The expected rates are copied by hand from the ECB's published table.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.core.ledger.helpers import Desk, csv_of, line

from fondaco.ledger.mapping import from_toml

pytestmark = pytest.mark.requirement("X05", "X04")


def value(desk: Desk, order: str) -> Any:
    (row,) = [r for r in desk.rows() if r["order"] == order]
    return row["value"]


def euros(amount: str, per_euro: str) -> Decimal:
    return (Decimal(amount) / Decimal(per_euro)).quantize(Decimal("0.0001"))


def test_amounts_are_converted_at_the_rate_of_their_day(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([
        line("A1", currency="USD", date="2026-03-05", price="50.00"),
        line("A2", currency="USD", date="2026-03-06", price="50.00"),
        line("A3", currency="GBP", date="2026-03-06", price="50.00"),
        line("A4", currency="JPY", date="2026-03-06", price="5000"),
        line("A5", currency="EUR", date="2026-03-06", price="50.00"),
    ])))  # fmt: skip
    assert value(desk, "A1") == euros("100", "1.1618")
    assert value(desk, "A2") == euros("100", "1.1561")
    assert value(desk, "A3") == euros("100", "0.86693")
    assert value(desk, "A4") == euros("10000", "182.57")
    assert value(desk, "A5") == Decimal("100.00")
    assert desk.said("order", "currency", "amount")[1] == ("A2", "USD", Decimal("100.00"))


def test_a_weekend_takes_the_rate_of_the_last_working_day(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([line("A1", currency="USD", date="2026-03-08", price="50.00")])))
    (row,) = desk.rows()
    assert (str(row["day"]), str(row["rate_day"])) == ("2026-03-08", "2026-03-06")
    assert row["value"] == euros("100", "1.1561")


def test_a_firm_that_reports_in_another_currency_goes_through_the_euro(tmp_path: Path) -> None:
    desk = Desk(tmp_path, market="GB", currency="GBP")
    desk.take(desk.file("a.csv", csv_of([line("A1", currency="USD", date="2026-03-06", price="50.00"),
                                         line("A2", currency="EUR", date="2026-03-06", price="50.00")])))  # fmt: skip
    crossed = Decimal(100) / Decimal("1.1561") * Decimal("0.86693")
    assert value(desk, "A1") == crossed.quantize(Decimal("0.0001"))
    assert value(desk, "A2") == Decimal("86.6930")


def test_dead_and_redenominated_currencies(desk: Desk) -> None:
    desk.take(desk.file("a.csv", csv_of([
        line("A1", currency="HRK", date="2022-12-30", price="376.825"),  # 7.5365 for one euro that day
        line("A2", currency="HRK", date="2023-03-01", price="376.725"),  # then 7.5345, for good
        line("A3", currency="DEM", date="2000-05-05", price="97.7915"),  # 1.95583, for good
        line("A4", currency="TRL", date="2004-12-30", price="1829000"),  # 1 829 000 old lira
    ])))  # fmt: skip
    assert value(desk, "A1") == Decimal("100.0000")
    assert value(desk, "A2") == Decimal("100.0000")
    assert value(desk, "A3") == Decimal("100.0000")
    assert value(desk, "A4") == Decimal("2.0000")


def test_money_without_a_rate_is_kept_and_named_not_guessed(desk: Desk) -> None:
    report = desk.take(
        desk.file("a.csv", csv_of([line("A1", currency="RUB", date="2026-03-06"), line("A2")]))
    )
    (row,) = [r for r in desk.rows() if r["order"] == "A1"]
    assert (row["amount"], row["value"]) == (Decimal("20.00"), None)
    (told,) = [p for p in report.problems if p.kind == "rate"]
    assert told.count == 1
    assert "RUB" in told.reason


def test_symbols_stand_for_currencies(desk: Desk) -> None:
    desk.take(
        desk.file(
            "a.csv", csv_of([line("A1", currency="€"), line("A2", currency="usd"), line("A3", currency="£")])
        )
    )
    assert desk.said("order", "currency") == [("A1", "EUR"), ("A2", "USD"), ("A3", "GBP")]


PLAIN = ("Order", "Date", "Product", "Country", "Amount")


def plain(*amounts: str, header: tuple[str, ...] = PLAIN) -> str:
    return csv_of(
        [[f"A{n}", "2026-03-06", "Jar", "Germany", a] for n, a in enumerate(amounts, 1)], header, between=";"
    )


@pytest.mark.parametrize(
    "content",
    [plain("50.00", "7.50", header=(*PLAIN[:4], "Amount £")), plain("50.00 GBP", "7.50 GBP")],
    ids=["header", "cells"],
)
def test_the_currency_that_the_amounts_name_goes_before_the_firms_own(desk: Desk, content: str) -> None:
    # A new firm's own currency is stated by the same option as that of amounts which name none.
    desk.take(desk.file("a.csv", content), home="IT", currency="EUR")
    assert desk.said("order", "currency") == [("A1", "GBP"), ("A2", "GBP")]
    assert value(desk, "A1") == euros("50", "0.86693")
    again = desk.take(desk.file("b.csv", content.replace("A1;", "B1;")), home="IT", currency="EUR")
    assert value(desk, "B1") == euros("50", "0.86693")
    assert any("taken for GBP" in p.reason for p in again.problems)


def test_a_mapping_states_the_currency_and_the_option_the_new_firms(desk: Desk) -> None:
    mapping = from_toml(
        '[mapping]\ntable = "orders"\n[columns]\norder = "Order"\nat = "Date"\ncountry = "Country"\namount = "Amount"\n'
        '[constants]\ncurrency = "USD"\n',
        "m.toml",
    )
    desk.take(desk.file("a.csv", plain("$50.00", "$7.50")), home="IT", currency="EUR", mapping=mapping)
    assert value(desk, "A1") == euros("50", "1.1561")


def test_a_column_that_names_another_currency_than_the_one_stated_is_told(desk: Desk) -> None:
    rows = [("A1", "2026-03-06", "Jar", "Germany", "50.00", "5.00")]
    report = desk.take(desk.file("a.csv", csv_of(rows, (*PLAIN[:4], "Price EUR", "Shipping USD"))))
    assert any("Shipping USD: it is taken for EUR" in p.reason for p in report.problems)


def test_yen_and_won_have_no_thousandths(desk: Desk) -> None:
    desk.take(desk.file("a.csv", plain("18,257", "6,000", header=(*PLAIN[:4], "Amount (JPY)"))))
    assert value(desk, "A1") == euros("18257", "182.57")
