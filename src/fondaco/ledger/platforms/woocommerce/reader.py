"""WooCommerce's Analytics > Orders: one row per order, and one below zero for what was given back.

The export says neither the country nor the currency's code: the country is asked for, the currency
is read from its sign where that is of one currency alone.  Net sales are after coupons and without
tax and shipping.  Other exports of orders come from plugins and are read as tables.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, code, count, first_of, money, sign_of

_NET = ("Net Sales", "N. Revenue", "N. Revenue (formatted)")
_amount = money(*_NET)


def _below_zero(cell: Cell) -> str:
    return f"coalesce(TRY_CAST({_amount(cell)} AS DECIMAL(18,4)) < 0, false)"


def _line(cell: Cell) -> str:
    return f"CASE WHEN {_below_zero(cell)} THEN concat_ws(' ', 'refund', {cell('Date')}) ELSE 'order' END"


def _quantity(cell: Cell) -> str:
    said = count("Items sold")(cell)
    return (
        f"CASE WHEN {_below_zero(cell)} AND NOT starts_with({said}, '-') THEN '-' || {said} ELSE {said} END"
    )


ORDERS = Reader(
    name="woocommerce-orders",
    version=1,
    platform="woocommerce",
    title="WooCommerce orders (Analytics)",
    known_by=(
        "Date",
        "Order #",
        "N. Revenue (formatted)",
        "Customer type",
        "Product(s)",
        "Items sold",
        "Coupon(s)",
    ),
    mapping=Mapping(
        name="WooCommerce orders (Analytics)",
        platform="woocommerce",
        columns={
            "order": "Order #",
            "product": "Product(s)",
            "quantity": "Items sold",
            "amount": "Net Sales",
            "at": "Date",
            "buyer_name": "Customer",
            "status": "Status",
        },
        styles={"quantity": ".", "amount": "."},
        void_status=("cancelled", "failed", "trash"),
    ),
    instead={"amount": ("N. Revenue", "N. Revenue (formatted)")},
    optional=("buyer_name", "quantity"),
    expressions={
        "order": code("Order #"),
        "line": _line,
        "quantity": _quantity,
        "amount": _amount,
        "currency": sign_of("N. Revenue (formatted)", *_NET),
        "product": first_of("Product(s)"),
    },
)
