"""A firm's desk from its files: cases in the order of work with clock, chance and checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fondaco.desk.doing import Done
from fondaco.ledger import Entry, Workspace
from fondaco.ledger.unit import unit_of
from fondaco.strategy.profile import parse_profile
from fondaco.workflows import take_in
from fondaco.workflows.inquiries import Desk, desk_of
from fondaco.workflows.profile import change_profile

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDERS = "Order,Date,SKU,Product,Quantity,Price,Currency,Customer,Country\n" + "".join(
    f"O{n},{(NOW - timedelta(days=300 - n)):%Y-%m-%d},W-1,Rosso secco,{n % 5 + 1},7.50,EUR,Buyer {n},Germany\n"
    for n in range(290)
)
HEADER = "Inquiry,Type,Received,Answered at,Buyer,Company,Country,Product,Quantity,Message,Status\n"
PROFILE = """
[price]
margin = "0.25"
[[channel]]
platform = "alibaba"
[[distributor]]
name = "Pellworth (fictional)"
markets = ["GBR"]
exclusive = true
"""


def asked() -> str:
    """Forty cases of the past, one in four of which became an order, and five that wait."""
    lines = []
    for n in range(40):
        at = NOW - timedelta(days=290 - n)
        who = f"Buyer {n + 15}" if n % 4 == 0 else f"Visitor {n}"
        lines.append(f"P{n},Inquiry,{at:%Y-%m-%d %H:%M},{at + timedelta(hours=3):%Y-%m-%d %H:%M},{who},,Germany,Rosso secco,20,What does it cost?,Replied")  # fmt: skip
    for number, kind, hours, country, product, quantity, text in (
        ("A", "Inquiry", 3, "Germany", "Rosso secco", 100, "What does it cost?"),
        ("B", "Inquiry", 20, "Germany", "Rosso secco", 100, "What does it cost?"),
        ("C", "RFQ", 2, "Saudi Arabia", "W-1", 60, "2 EUR per bottle"),
        ("D", "Chat", 1, "United Kingdom", "Rosso secco wine", 5000, "Hello"),
        ("E", "Inquiry", 5, "France", "gold bars", "", "Hello"),
    ):
        lines.append(f"{number},{kind},{NOW - timedelta(hours=7 + hours):%Y-%m-%d %H:%M},,Visitor {number},Shop {number},{country},{product},{quantity},{text},New")  # fmt: skip
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    for name, text in (("orders.csv", ORDERS), ("inquiries.csv", asked())):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    unit = unit_of(
        {"cost": "4.10", "price": "7.50", "currency": "EUR", "minimum_order": 60, "monthly_capacity": 1000}
    )
    ledger = workspace.ledger("shop")
    ledger.change_catalogue(lambda held: held.with_entry(Entry("W-1", "", ("wine",), "220421", "ITA", unit)))
    change_profile(ledger, lambda _held: parse_profile(PROFILE, "profile"))
    return workspace


def levels(desk: Desk, case: str) -> dict[str, str]:
    (line,) = (each for each in desk.lines if each.case.case == f"table:{case}")
    return {check.check: check.level for check in line.checks}


@pytest.mark.requirement("F40", "F42")
def test_what_waits_comes_in_the_order_of_work(shop: Workspace) -> None:
    desk = desk_of(shop, "shop", NOW)
    assert (desk.received, desk.waiting, len(desk.lines)) == (45, 5, 5)
    found = {line.case.inquiry: line for line in desk.lines}
    # The same worth and chance: the one that has less time left comes first.
    order = [line.case.inquiry for line in desk.lines]
    assert order.index("B") < order.index("A")
    assert found["A"].worth.amount == Decimal("340.00")
    assert 0.1 < (found["A"].chance.estimate or 0) < 0.35
    assert desk.chances.outcomes == 40
    assert desk.chances.orders == 10
    scores = [line.place.score or 0 for line in desk.lines]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.requirement("F47", "F48", "F50", "F51")
def test_checks_come_from_the_firms_own_statements(shop: Workspace) -> None:
    desk = desk_of(shop, "shop", NOW)
    assert levels(desk, "C")["legality"] == "red"
    assert levels(desk, "C")["price"] == "red"
    assert levels(desk, "D")["territory"] == "red"
    assert levels(desk, "D")["capacity"] == "red"
    assert levels(desk, "E")["capacity"] == "amber"
    assert levels(desk, "A")["minimum"] == "green"
    told = desk.to_json()
    assert Decimal(told["beyond_capacity"]["W-1"]) > 4000


def test_the_clock_of_the_firms_one_channel_runs_and_says_so(shop: Workspace) -> None:
    told = desk_of(shop, "shop", NOW).to_json()
    assert told["response_rate"]["table"]["clock"] == "alibaba"
    assert "names no platform" in told["response_rate"]["table"]["note"]
    case = next(each for each in told["cases"] if each["case"] == "table:D")
    assert datetime.fromisoformat(case["due"]) - datetime.fromisoformat(case["received"]) == timedelta(
        hours=1
    )


def test_a_later_file_updates_a_case_and_makes_no_second(shop: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "later.csv"
    line = next(row for row in asked().splitlines() if row.startswith("A,"))
    at = f"{NOW - timedelta(hours=8):%Y-%m-%d %H:%M}"
    file.write_text(
        HEADER + line.replace(",,Visitor A", f",{at},Visitor A").replace(",New", ",Replied") + "\n", "utf-8"
    )
    take_in(shop, "shop", [file], now=NOW + timedelta(minutes=5))
    desk = desk_of(shop, "shop", NOW)
    assert (desk.received, desk.waiting) == (45, 4)
    everything = desk_of(shop, "shop", NOW, everything=True)
    assert len(everything.lines) == 45
    answered = next(line for line in everything.to_json()["cases"] if line["case"] == "table:A")
    assert (answered["state"], answered["score"]) == ("answered", None)


def test_a_firm_without_inquiries_has_an_empty_desk(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    workspace = Workspace(tmp_path / "home")
    take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    told = desk_of(workspace, "shop", NOW).to_json()
    assert (told["cases"], told["response_rate"], told["received"]) == ([], {}, 0)


@pytest.mark.requirement("F50")
def test_products_without_a_number_have_capacities_of_their_own(tmp_path: Path) -> None:
    """Olive oil is asked for more than can be made; soap, known by its name alone too, is not."""
    workspace = Workspace(tmp_path / "home")
    lines = [
        f"{number},Inquiry,{NOW - timedelta(hours=9):%Y-%m-%d %H:%M},,V{number},Shop {number},Germany,{product},{count},Hello,New"
        for number, product, count in (("A", "Olive oil", 90), ("B", "olive  oil", 50), ("C", "Bay soap", 60))
    ]
    orders = f"Order,Date,Product,Quantity,Price,Currency,Country\n1,{NOW - timedelta(days=3):%Y-%m-%d},Bay soap,30,2.00,EUR,Germany\n"
    for name, text in (("orders.csv", orders), ("inquiries.csv", HEADER + "\n".join(lines) + "\n")):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        take_in(workspace, "shop", [file], home="IT", currency="EUR", now=NOW)
    unit = unit_of({"cost": "1.00", "price": "2.00", "currency": "EUR", "monthly_capacity": 100})
    entries = [Entry("", name, ("cosmetics",), None, "ITA", unit) for name in ("Olive oil", "Bay soap")]
    workspace.ledger("shop").change_catalogue(lambda held: held.with_entry(entries[0]).with_entry(entries[1]))
    desk = desk_of(workspace, "shop", NOW)
    said = {
        line.case.inquiry: next(check for check in line.checks if check.check == "capacity")
        for line in desk.lines
    }
    # 90 + 50 of 100 oils; 60 of 100 soaps, of which 30 were ordered: each kind by itself.
    assert said["A"].level == "amber"
    assert "other open cases ask for 50" in said["A"].reason
    assert said["C"].level == "green"
    assert "30 were ordered" in said["C"].reason


@pytest.mark.requirement("F40", "F50", "F51")
def test_one_that_no_file_tells_of_is_judged_beside_the_others(shop: Workspace) -> None:
    row = {
        "platform": "fair", "inquiry": "1", "kind": "rfq", "at": NOW - timedelta(hours=2), "buyer_name": "Ann", "country": "GBR",
        "product": "Rosso secco", "quantity": Decimal(5000), "message": "Hello", "status": "open",
    }  # fmt: skip
    desk = desk_of(shop, "shop", NOW, more=[row])
    assert (desk.received, desk.waiting) == (46, 6)
    line = next(line for line in desk.lines if line.case.case == "fair:1")
    levels = {check.check: check.level for check in line.checks}
    assert (levels["capacity"], levels["territory"]) == ("red", "red")
    assert line.case.due == NOW + timedelta(hours=22)
    assert line.chance.estimate is not None
    # A file's number goes before what was typed of it, and what the file leaves empty stays.
    again = desk_of(shop, "shop", NOW, more=[{**row, "platform": "table", "inquiry": "E"}])
    case = next(line.case for line in again.lines if line.case.case == "table:E")
    assert again.received == 45
    assert (case.product, case.quantity) == ("gold bars", Decimal(5000))


@pytest.mark.requirement("F40")
def test_what_people_did_counts_beside_what_the_file_says(shop: Workspace) -> None:
    at = NOW - timedelta(hours=1)
    done = {
        "table:A": Done("answered", at), "table:B": Done("closed"), "table:C": Done(None, at, at + timedelta(minutes=30)),
        "table:P0": Done("closed", at),
    }  # fmt: skip
    desk = desk_of(shop, "shop", NOW, done=done, everything=True)
    held = {line.case.inquiry: line.case for line in desk.lines}
    assert (held["A"].state, held["A"].answered, held["A"].waits) == ("answered", at, False)
    assert (held["B"].state, held["B"].answered) == ("closed", None)
    # The buyer wrote again: the clock runs anew for the desk, and the platform's rate keeps the first answer.
    assert (held["C"].waits, held["C"].received) == (True, at + timedelta(minutes=30))
    # The file's own time of answer goes before a person's.
    assert held["P0"].answered is not None
    assert held["P0"].answered < at
    assert {case.case: case for case in desk.cases}["table:A"].state == "open"
