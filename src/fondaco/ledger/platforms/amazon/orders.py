"""Amazon's all-orders flat file: tab-separated, one row per order item, no buyer at all.

``item-price`` is the total of the line, not of one unit.  A quotation mark is an ordinary
character: product names may begin with one.  An item may be cancelled while its order has shipped,
so a cancelled item goes before the order's state.  A pending order has no price yet; a later file
states it.
"""

from __future__ import annotations

from collections.abc import Callable

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import point_of, pointed


def _status(cell: Callable[[str], str]) -> str:
    item, order = cell("item-status"), cell("order-status")
    return (
        f"CASE WHEN lower({item}) IN ('cancelled', 'canceled') THEN {item} "
        f"WHEN lower({order}) = 'pending' THEN {order} ELSE coalesce({order}, {item}) END"
    )


def _sum_of(first: str, second: str) -> Callable[[Callable[[str], str]], str]:
    """Add two columns of plain decimals; a cell that is no number is passed on, to be refused by name."""

    def sql(cell: Callable[[str], str]) -> str:
        a, b = point_of(cell(first)), point_of(cell(second))
        number = "TRY_CAST({} AS DECIMAL(18,4))"
        bad = " ".join(
            f"WHEN {x} IS NOT NULL AND {number.format(x)} IS NULL THEN {x}" for x in (a, b) if x != "NULL"
        )
        total = f"CAST(coalesce({number.format(a)}, 0) + coalesce({number.format(b)}, 0) AS VARCHAR)"
        neither = f"WHEN {a} IS NULL AND {b} IS NULL THEN NULL"
        return f"CASE {neither} {bad} ELSE {total} END"

    return sql


ALL_ORDERS = Reader(
    name="amazon-all-orders",
    version=2,
    platform="amazon",
    title="Amazon all-orders report",
    known_by=(
        "amazon-order-id",
        "purchase-date",
        "order-status",
        "sku",
        "quantity",
        "item-price",
        "ship-country",
    ),
    mapping=Mapping(
        name="Amazon all-orders report",
        platform="amazon",
        columns={
            "marketplace": "sales-channel",
            "order": "amazon-order-id",
            "sku": "sku",
            "product": "product-name",
            "quantity": "quantity",
            "amount": "item-price",
            "discount": "item-promotion-discount",
            "shipping": "shipping-price",
            "tax": "item-tax",
            "currency": "currency",
            "at": "purchase-date",
            "country": "ship-country",
            "status": "order-status",
        },
        styles={
            "quantity": ".",
            "amount": ".",
            "discount": ".",
            "shipping": ".",
            "tax": ".",
            "at": "iso_offset",
        },
        void_status=("cancelled", "canceled"),
    ),
    expressions={
        "status": _status,
        "amount": pointed("item-price"),
        "discount": pointed("item-promotion-discount"),
        "tax": _sum_of("item-tax", "shipping-tax"),
        "shipping": _sum_of("shipping-price", "gift-wrap-price"),
    },
    notes=(
        "The report does not say what was given back after a sale: revenue is as it was sold. Transactions say it.",
    ),
    unquoted=True,
)
