"""Inquiries as the studies' situations bring them, with the flags that each must raise (`scenarios.toml`)."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.desk.cases import Case
from fondaco.desk.copies import Copies
from fondaco.desk.judging import Bound, Goods, Known, beyond, judge
from fondaco.desk.order import haste_of, worth_of
from fondaco.desk.sanctions import Screen
from fondaco.ledger.unit import unit_of
from fondaco.reference.regulations import Product, rule_book, rules_for
from fondaco.reference.sanctions import Listed, ListedName, SanctionsList
from fondaco.reference.sanctions.store import Kept
from fondaco.strategy.profile import Distributor

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
INQUIRIES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "scenarios.toml").read_text("utf-8")
)["inquiry"]
BOOK = rule_book()

#: What the firm of the scenarios sells; half of a month of wine is promised, twenty hams.
GOODS = {
    "wine": Goods("W-1", "Rosso 0.75 l", ("wine",), "220421", unit_of({"cost": "4.10", "price": "7.50", "currency": "EUR", "minimum_order": 60, "monthly_capacity": 2400})),
    "untold wine": Goods("", "Chianti", suggested=("wine",)),
    "ham": Goods("H-1", "Ham, 24 months", ("ham",), "021019", unit_of({"cost": "82", "price": "118", "currency": "EUR", "minimum_order": 10, "monthly_capacity": 160})),
    "bag": Goods("B-1", "Cashmere backpack", ("cashmere", "leather-bag"), "420292", unit_of({"cost": "64", "price": "105", "currency": "USD", "minimum_order": 5, "monthly_capacity": 60})),
    "biscuit": Goods("K-1", "Biscuits", (), "190531", unit_of({"cost": "1.10", "price": "1.90", "currency": "EUR", "minimum_order": 200})),
    "mystery": Goods("M-1", "Something"),
}  # fmt: skip
DISTRIBUTORS = (
    Distributor(name="Pellworth Wines (fictional)", markets=("GBR",), tags=("wine",), exclusive=True, until=date(2027, 12, 31)),
    Distributor(name="Hagenbuch Feinkost (fictional)", markets=("DEU", "AUT"), exclusive=True, until=date(2026, 12, 31)),
    Distributor(name="Kiku Shokai (fictional)", markets=("JPN",), tags=("wine",)),
    Distributor(name="Ancien Partenaire (fictional)", markets=("FRA",), exclusive=True, until=date(2025, 6, 30)),
)  # fmt: skip
BOUNDS = {
    "W-1": Bound(Decimal("5.60"), "EUR"),
    "B-1": Bound(None, "USD", "no margin is stated.", Decimal(64)),
}
LISTED = (
    Listed("UN", "X.1", "person", (ListedName("Иван Выдуманный"),), ("RUS",)),
    Listed("UN", "X.2", "company", (ListedName("Fiktivny Torgovy Dom"),), ("RUS",)),
)
LISTS = [Kept(SanctionsList("UN", "UN XML", date(2026, 11, 29), "un.xml", LISTED), NOW)]


def rate(one: str, other: str) -> float | None:
    return {("USD", "EUR"): 1 / 1.1, ("EUR", "USD"): 1.1}.get((one, other), 1.0 if one == other else None)


def known(said: dict[str, Any], case: Case) -> Known:
    form = [(f"buyer {n}", said["message"]) for n in range(said.get("copies", 0))]
    return Known(
        home="ITA",
        rules=lambda market, goods: rules_for(
            market, [Product(goods.name, goods.tags or goods.suggested, goods.hs)], rules=BOOK, today=TODAY
        ).products[0],
        distributors={"unsaid": None, "none": ()}.get(said.get("distributors", ""), DISTRIBUTORS),
        promised={"W-1": Decimal(1200), "H-1": Decimal(20)},
        asked={"H-1": Decimal(40)},
        bound=lambda sku, _market, _currency: BOUNDS.get(sku, Bound(None, "", "nothing is stated.")),
        rate=rate,
        aliases={case.case: said.get("also", ())},
        copies=Copies([*map(tuple, said.get("others", ())), *form, (case.who, case.message)]),
        screen=Screen(LISTS if said.get("lists", True) else ()),
        domains=frozenset({"vinoteca-aurelia.it"}),
    )


def case_of(said: dict[str, Any]) -> Case:
    quantity = said.get("quantity")
    return Case(
        "alibaba:1", "alibaba", "1", "inquiry", said["market"], NOW, NOW + timedelta(hours=24),
        buyer=said.get("mail", "acquisti@bottega-lume.com") if said.get("buyer") is None else said["buyer"],
        company=said.get("company", "Bottega Lume"),
        product=said.get("product", ""),
        quantity=None if quantity is None else Decimal(quantity),
        message=said.get("message", "What does it cost, please?"),
    )  # fmt: skip


@pytest.mark.requirement("F47", "F48", "F50", "F51", "F52")
@pytest.mark.parametrize("said", INQUIRIES, ids=lambda said: said["name"])
def test_an_inquiry_raises_its_flags_and_no_other(said: dict[str, Any]) -> None:
    case = case_of(said)
    found = {
        check.check: check
        for check in judge(case, GOODS.get(said.get("goods", "")), known(said, case), TODAY)
    }
    flags = said.get("flags", {})
    raised = {name: (check.level, check.reason) for name, check in found.items() if check.level != "green"}
    assert {name: level for name, (level, _) in raised.items()} == {
        name: level for name, (level, *_) in flags.items() if level != "green"
    }, raised
    for name, (_, *parts) in flags.items():
        for part in parts:
            assert part.casefold() in found[name].reason.casefold()
    assert all(check.reason and (check.source or check.check == "sanctions") for check in found.values())


def test_there_are_sixty_situations_each_its_own() -> None:
    assert len(INQUIRIES) >= 60
    assert len({said["name"] for said in INQUIRIES}) == len(INQUIRIES)
    levels = {(name, flag[0]) for said in INQUIRIES for name, flag in said.get("flags", {}).items()}
    both = {"legality", "capacity", "territory", "price", "fraud", "sanctions"}
    assert {(name, level) for name in both for level in ("amber", "red")} <= levels


texts = st.text(max_size=300) | st.sampled_from(
    ["", "EUR 1e999", "$" * 50, "9" * 200 + " EUR", "+" * 80, "@.@", "\x00", "10/10 left: 99"]
)
numbers = (
    st.none()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.just(Decimal("1e400"))
    | st.just(Decimal(-1))
)


@given(
    texts,
    texts,
    texts,
    texts,
    numbers,
    st.sampled_from(["", "ITA", "SAU", "GBR", "ZZZ", "??"]),
    st.sampled_from([None, *GOODS.values()]),
)
@settings(max_examples=150, deadline=None)
def test_no_check_throws_and_all_answer(
    buyer: str,
    company: str,
    product: str,
    message: str,
    quantity: Decimal | None,
    market: str,
    goods: Goods | None,
) -> None:
    case = Case(
        "a:1",
        "a",
        "1",
        "rfq",
        market,
        NOW,
        NOW,
        buyer=buyer,
        company=company,
        product=product,
        quantity=quantity,
        message=message,
    )
    found = judge(case, goods, known({}, case), TODAY)
    assert [check.check for check in found] == [
        "legality",
        "capacity",
        "minimum",
        "territory",
        "price",
        "identity",
        "fraud",
        "sanctions",
    ]
    assert all(check.level in ("green", "amber", "red") and check.reason for check in found)
    unsaid = quantity is None or not quantity.is_finite() or quantity <= 0
    assert not unsaid or all(
        check.level != "green" for check in found if check.check in ("capacity", "minimum")
    )
    assert beyond(case, goods, known({}, case)) >= 0
    worth_of(case, goods.unit if goods else None, 1.0, "EUR", None)
    assert 0 < haste_of(case, NOW + timedelta(days=1)) <= 2


def test_a_check_whose_facts_are_broken_is_amber_and_stops_no_other() -> None:
    def broken(_market: str, _goods: Goods) -> Any:
        raise OSError("the rules are gone")

    case = case_of({"market": "KOR", "quantity": 100})
    found = judge(case, GOODS["wine"], Known("ITA", broken), TODAY)
    assert (found[0].level, "the rules are gone" in found[0].reason, len(found)) == ("amber", True, 8)


@pytest.mark.requirement("F50")
def test_what_is_asked_beyond_capacity_is_counted() -> None:
    case = case_of({"market": "KOR", "quantity": 1500})
    assert beyond(case, GOODS["wine"], known({}, case)) == 300
    assert beyond(case, None, known({}, case)) == 0
