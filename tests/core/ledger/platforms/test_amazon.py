"""The sample of Amazon's all-orders report, worked out by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk

import fondaco.ledger.platforms.amazon as amazon

SAMPLE = Path(amazon.__file__).parent / "samples" / "all_orders.txt"

pytestmark = pytest.mark.requirement("X03", "X05")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.take(SAMPLE)
    return made


def test_the_price_is_the_lines_not_the_pieces(desk: Desk) -> None:
    assert [
        (r["order"][:3], r["sku"], r["quantity"], r["kind"], r["amount"], r["currency"], r["country"])
        for r in desk.rows()
    ] == [
        ("403", "MOKA-06", 2, "sale", Decimal("79.80"), "EUR", "DEU"),
        ("403", "GASK-01", 1, "sale", Decimal("6.50"), "EUR", "DEU"),  # its row ends a column early
        ("404", "GASK-01", 1, "void", Decimal(0), None, None),  # pending: no price yet
        ("405", "MOKA-06", 1, "sale", Decimal("39.90"), "EUR", "FRA"),
        ("405", "CUP-02", 4, "void", Decimal("20.00"), "EUR", "FRA"),  # cancelled, though the order shipped
        ("202", "CUP-02", 6, "sale", Decimal("27.00"), "GBP", "GBR"),
        ("112", "MOKA-06", 1, "sale", Decimal("49.00"), "USD", "USA"),
        ("403", "GASK-01", 1, "void", Decimal(0), None, "AUT"),
        ("403", "GASK-01", 1, "sale", Decimal("6.50"), "EUR", "AUT"),
        ("403", "GASK-01", 1, "sale", Decimal("6.50"), "EUR", "AUT"),  # a second such item is a second item
    ]


def test_a_quotation_mark_is_part_of_a_products_name(desk: Desk) -> None:
    assert {r["product"] for r in desk.rows()} == {'"Aurora" moka pot, 6 cups', 'Cup 2" tall', "Gasket set"}


def test_void_items_bring_nothing_and_discounts_count(desk: Desk) -> None:
    assert all(r["value"] == 0 for r in desk.rows() if r["kind"] == "void")
    (row,) = [r for r in desk.rows() if r["order"].startswith("405") and r["kind"] == "sale"]
    assert (row["discount"], row["value"]) == (Decimal("-4.00"), Decimal("35.90"))


def test_tax_and_shipping_are_their_two_columns_together(desk: Desk) -> None:
    first, *_ = desk.rows()
    assert (first["tax"], first["shipping"]) == (Decimal("13.54"), Decimal("4.99"))  # 12.74 + 0.80
    (wrapped,) = [r for r in desk.rows() if r["order"].startswith("202")]
    assert wrapped["shipping"] == Decimal("2.50")  # gift wrap alone


def test_foreign_money_is_converted_at_the_days_rate(desk: Desk) -> None:
    by = {r["currency"]: r for r in desk.rows() if r["kind"] == "sale"}
    # The ECB published 1 EUR = 0.8679 GBP on 2026-02-06 and 1.1886 USD on 2026-02-09.
    assert by["GBP"]["value"] == (Decimal(27) / Decimal("0.8679")).quantize(Decimal("0.0001"))
    assert by["USD"]["value"] == (Decimal(49) / Decimal("1.1886")).quantize(Decimal("0.0001"))
    assert str(by["USD"]["rate_day"]) == "2026-02-09"


def test_a_later_file_states_the_price_of_what_was_pending(desk: Desk) -> None:
    header, *lines = SAMPLE.read_text("utf-8").splitlines()
    names = header.split("\t")
    pending = next(text for text in lines if text.startswith("404")).split("\t")
    shipped = dict(zip(names, pending, strict=True)) | {
        "order-status": "Shipped",
        "item-status": "Shipped",
        "currency": "EUR",
        "item-price": "6.50",
        "ship-country": "IT",
    }
    report = desk.take(desk.file("later.txt", f"{header}\n" + "\t".join(shipped.values()) + "\n"))
    assert (report.added, report.facts) == (1, 1)
    (row,) = [r for r in desk.rows() if r["order"].startswith("404")]
    assert (row["kind"], row["value"], row["country"], row["statement"]) == (
        "sale",
        Decimal("6.50"),
        "ITA",
        "revision",
    )


def test_a_spreadsheets_decimal_commas_are_read(desk: Desk, tmp_path: Path) -> None:
    saved = re.sub(r"(?<=\t)([0-9]+)\.([0-9]{2})(?=\t)", r"\1,\2", SAMPLE.read_text("utf-8"))
    assert saved.count(",") > SAMPLE.read_text("utf-8").count(",")
    other = Desk(tmp_path / "other")
    other.take(other.file("all_orders.txt", saved))
    told = ("order", "sku", "amount", "discount", "shipping", "tax", "value")
    assert other.said(*told) == desk.said(*told)
