"""Amazon's FBA inventory: the firm's own offers with their prices and what is in Amazon's stores.

The seller's SKU names the offer: one ASIN may be offered new and used.  A price of 0 means that there
is none.  The older report states no day, no currency and no site: they are asked for.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, code, constant, count, money_of


def _price(cell: Cell) -> str:
    prices = [money_of(c) for name in ("sales-price", "your-price") if (c := cell(name)) != "NULL"]
    if not prices:
        return "NULL"
    stated = [f"CASE WHEN TRY_CAST({p} AS DECIMAL(18,4)) IS DISTINCT FROM 0 THEN {p} END" for p in prices]
    return f"coalesce({', '.join([*stated, 'NULL'])})"


FBA_INVENTORY = Reader(
    name="amazon-fba-inventory",
    version=1,
    platform="amazon",
    title="Amazon FBA inventory",
    known_by=("sku", "fnsku", "asin", "product-name", "condition", "available"),
    mapping=Mapping(
        name="Amazon FBA inventory",
        table="listings",
        platform="amazon",
        columns={
            "day": "snapshot-date",
            "marketplace": "marketplace",
            "listing": "sku",
            "product": "product-name",
            "category": "product-group",
            "country": "marketplace",
            "currency": "currency",
            "price": "your-price",
            "stock": "available",
        },
        styles={"stock": ".", "price": "."},
    ),
    instead={"price": ("sales-price",)},
    optional=("day", "marketplace", "country", "currency", "category"),
    expressions={
        "own": constant("true"),
        "listing": code("sku"),
        "stock": count("available"),
        "price": _price,
    },
)
