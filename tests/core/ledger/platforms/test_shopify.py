"""The sample of Shopify's orders export, worked out by hand."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.core.ledger.helpers import Desk

import fondaco.ledger.platforms.shopify as shopify

SAMPLE = Path(shopify.__file__).parent / "samples" / "orders_export.csv"

pytestmark = pytest.mark.requirement("X03", "F97")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.take(SAMPLE)
    return made


def test_each_line_is_its_quantity_times_its_price_in_the_orders_market(desk: Desk) -> None:
    # Country, currency and buyer stand on an order's first row only; #1001, #1002 and #1004 have several.
    assert [
        (r["order"], r["sku"], r["quantity"], r["amount"], r["currency"], r["country"]) for r in desk.rows()
    ] == [
        ("#1001", "OIL-500", 2, Decimal("48.00"), "EUR", "DEU"),
        ("#1001", "SALT-1", 1, Decimal("35.00"), "EUR", "DEU"),
        ("#1002", "OIL-500", 3, Decimal("72.00"), "EUR", "FRA"),
        ("#1002", "BOX-L", 1, Decimal("30.00"), "EUR", "FRA"),
        ("#1002", "CARD", 2, Decimal("18.00"), "EUR", "FRA"),
        ("#1003", "OIL-500", 1, Decimal("24.00"), "EUR", "DNK"),
        ("#1004", "OIL-500", 1, Decimal("24.00"), "EUR", "BEL"),
        ("#1004", "SALT-1", 2, Decimal("70.00"), "EUR", "BEL"),
        ("#1005", "BOX-L", 2, Decimal("60.00"), "EUR", "ITA"),
        ("#1006", "SALT-1", 1, Decimal("35.00"), "EUR", "DEU"),
        ("#1007", None, 1, Decimal("50.00"), "GBP", "GBR"),  # nothing is shipped: the billing country
    ]


def test_a_record_keeps_its_row_although_a_note_breaks_the_line(desk: Desk) -> None:
    assert [r["row"] for r in desk.rows()] == list(range(2, 13))


def test_voided_and_cancelled_orders_bring_nothing(desk: Desk) -> None:
    assert [(r["order"], r["value"]) for r in desk.rows() if r["kind"] == "void"] == [
        ("#1003", Decimal(0)),
        ("#1006", Decimal(0)),  # its financial status says refunded, "Cancelled at" says why
    ]


def test_an_orders_discount_and_refund_count_once(desk: Desk) -> None:
    assert [(r["order"], r["sku"], r["discount"]) for r in desk.rows() if r["discount"]] == [
        ("#1002", "OIL-500", Decimal("-12.00"))  # the 2.00 of the CARD line are part of these 12.00
    ]
    assert [
        (r["order"], r["sku"], r["refund"]) for r in desk.rows() if r["refund"] and r["kind"] == "sale"
    ] == [("#1004", "OIL-500", Decimal("-24.00"))]


def test_shipping_and_tax_stay_on_the_first_row(desk: Desk) -> None:
    assert sum(r["shipping"] or 0 for r in desk.rows() if r["order"] == "#1002") == Decimal("12.00")
    assert sum(r["tax"] or 0 for r in desk.rows() if r["order"] == "#1001") == Decimal("16.32")


def test_what_was_sold_comes_to_the_subtotals_of_the_file(desk: Desk) -> None:
    # 83 + 108 + (94 - 24) + 60 in euros; 50 pounds at 0.8670 pounds per euro, the ECB's rate of 2026-01-16.
    euros = sum(r["value"] for r in desk.rows() if r["currency"] == "EUR")
    assert euros == Decimal("321.00")
    (voucher,) = [r for r in desk.rows() if r["currency"] == "GBP"]
    assert voucher["value"] == (Decimal(50) / Decimal("0.8670")).quantize(Decimal("0.0001"))
    assert voucher["kind"] == "voucher"


def test_payment_on_delivery_is_a_sale_though_pending_and_without_e_mail(desk: Desk) -> None:
    (row,) = [r for r in desk.rows() if r["order"] == "#1005"]
    assert (row["kind"], row["status"], row["buyer"], row["buyer_name"]) == (
        "sale",
        "pending",
        None,
        "Carla Esempio",
    )


def test_lines_carry_the_discount_where_the_order_states_none(tmp_path: Path) -> None:
    text = SAMPLE.read_text("utf-8")
    header = text.splitlines()[0].split(",")
    assert header.index("Discount Amount") == 13
    told = text.replace(",WINTER10,12.00,", ",WINTER10,0.00,")
    desk = Desk(tmp_path)
    desk.take(desk.file("lines.csv", told))
    assert [(r["sku"], r["discount"]) for r in desk.rows() if r["discount"]] == [("CARD", Decimal("-2.00"))]


def test_a_spreadsheets_decimal_commas_are_read(desk: Desk, tmp_path: Path) -> None:
    # Opened and saved in a country with decimal commas: semicolons between cells, 24,00 or 24 for 24.00.
    rows = list(csv.reader(SAMPLE.read_text("utf-8").splitlines(keepends=True)))
    saved = io.StringIO()
    csv.writer(saved, delimiter=";").writerows(
        [re.sub(r"^(-?[0-9]+)\.([0-9]{2})$", r"\1,\2", cell).removesuffix(",00") for cell in row]
        for row in rows
    )
    other = Desk(tmp_path / "other")
    other.take(other.file("orders_export.csv", saved.getvalue()))
    told = ("order", "line", "quantity", "amount", "discount", "shipping", "tax", "refund", "value")
    assert other.said(*told) == desk.said(*told)
