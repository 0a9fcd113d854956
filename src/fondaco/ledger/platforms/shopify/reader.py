"""Shopify's ``orders_export.csv``: one row per line item.

What belongs to the order as a whole (currency, countries, status) stands only on the order's first
row and is carried down; its shipping, taxes, refund and discount stay on that first row, so that
each is counted once.  The discount of an order is what Shopify states for it; the discounts of its
lines count only where it states none.  An order that was cancelled or voided has no revenue.
"""

from __future__ import annotations

from collections.abc import Callable

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import point_of, pointed


def _country(cell: Callable[[str], str]) -> str:
    return f"coalesce({cell('Shipping Country')}, {cell('Billing Country')})"


def _status(cell: Callable[[str], str]) -> str:
    return (
        f"CASE WHEN {cell('Cancelled at')} IS NOT NULL THEN 'cancelled' ELSE {cell('Financial Status')} END"
    )


def _discount(cell: Callable[[str], str]) -> str:
    order, line = point_of(cell("Discount Amount")), point_of(cell("Lineitem discount"))
    stated = f"max(abs(TRY_CAST({order} AS DECIMAL(18,4)))) OVER (PARTITION BY {cell('Name')})"
    return (
        f"CASE WHEN {order} IS NOT NULL AND TRY_CAST({order} AS DECIMAL(18,4)) IS DISTINCT FROM 0 THEN {order} "
        f"WHEN coalesce({stated}, 0) <> 0 THEN NULL ELSE coalesce({line}, {order}) END"
    )


ORDERS = Reader(
    name="shopify-orders",
    version=2,
    platform="shopify",
    title="Shopify orders export",
    known_by=(
        "Name",
        "Financial Status",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Created at",
    ),
    mapping=Mapping(
        name="Shopify orders export",
        platform="shopify",
        columns={
            "order": "Name",
            "sku": "Lineitem sku",
            "product": "Lineitem name",
            "quantity": "Lineitem quantity",
            "unit_price": "Lineitem price",
            "discount": "Discount Amount",
            "shipping": "Shipping",
            "tax": "Taxes",
            "refund": "Refunded Amount",
            "currency": "Currency",
            "at": "Created at",
            "buyer": "Email",
            "buyer_name": "Billing Name",
            "buyer_company": "Billing Company",
            "country": "Shipping Country",
            "status": "Financial Status",
        },
        styles={
            "quantity": ".",
            "unit_price": ".",
            "discount": ".",
            "shipping": ".",
            "tax": ".",
            "refund": ".",
            "at": "iso_offset",
        },
        carry=("currency", "country", "status", "buyer", "buyer_name", "buyer_company", "at"),
        void_status=("cancelled", "voided", "expired"),
    ),
    expressions={
        "country": _country,
        "status": _status,
        "unit_price": pointed("Lineitem price"),
        "discount": _discount,
        "shipping": pointed("Shipping"),
        "tax": pointed("Taxes"),
        "refund": pointed("Refunded Amount"),
    },
)
