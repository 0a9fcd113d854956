"""Etsy's sold orders (a row per order) and sold order items (a row per item).

Both tell of the same sales: a firm that brings both has each order counted once, as the file that
came first tells it.  Days are written month first; where the rows of a file show otherwise, they
decide.  The order's file names all its articles in one cell, so an order's line is the order itself.
The item's file repeats what belongs to the order (shipping, sales tax) beside each item; it counts once.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import code, constant, count, first_of, money, once_for

_MONEY = dict.fromkeys(("amount", "unit_price", "discount", "shipping", "tax", "quantity"), ".")
_NOTE = "What was given back after a sale is not read from this file: revenue is as it was sold."
_DAYS = {"at": "%m/%d/%y|%m/%d/%Y"}

ORDERS = Reader(
    name="etsy-orders",
    version=1,
    platform="etsy",
    title="Etsy sold orders",
    known_by=(
        "Sale Date",
        "Order ID",
        "Number of Items",
        "Date Shipped",
        "Ship Country",
        "Order Value",
        "Order Net",
    ),
    mapping=Mapping(
        name="Etsy sold orders",
        platform="etsy",
        columns={
            "order": "Order ID",
            "sku": "SKU",
            "quantity": "Number of Items",
            "amount": "Order Value",
            "discount": "Discount Amount",
            "shipping": "Shipping",
            "tax": "Sales Tax",
            "currency": "Currency",
            "at": "Sale Date",
            "buyer": "Buyer User ID",
            "buyer_name": "Full Name",
            "country": "Ship Country",
            "status": "Status",
        },
        styles=_MONEY,
        void_status=("canceled", "cancelled"),
    ),
    instead={"buyer": ("Buyer",)},
    optional=("sku", "status", "discount", "shipping", "tax", "buyer", "buyer_name"),
    expressions={
        "order": code("Order ID"),
        "line": constant("order"),
        "quantity": count("Number of Items"),
        "amount": money("Order Value"),
        "discount": money("Discount Amount"),
        "shipping": money("Shipping"),
        "tax": money("Sales Tax"),
        "buyer": first_of("Buyer User ID", "Buyer"),
    },
    preferred=_DAYS,
    notes=(_NOTE,),
)

ORDER_ITEMS = Reader(
    name="etsy-order-items",
    version=1,
    platform="etsy",
    title="Etsy sold order items",
    known_by=(
        "Sale Date",
        "Item Name",
        "Quantity",
        "Price",
        "Item Total",
        "Transaction ID",
        "Listing ID",
        "Ship Country",
        "Order ID",
    ),
    mapping=Mapping(
        name="Etsy sold order items",
        platform="etsy",
        columns={
            "order": "Order ID",
            "line": "Transaction ID",
            "sku": "SKU",
            "product": "Item Name",
            "quantity": "Quantity",
            "unit_price": "Price",
            "discount": "Discount Amount",
            "shipping": "Order Shipping",
            "tax": "Order Sales Tax",
            "currency": "Currency",
            "at": "Sale Date",
            "buyer": "Buyer",
            "buyer_name": "Ship Name",
            "country": "Ship Country",
        },
        styles=_MONEY,
        carry=("buyer", "buyer_name", "country", "currency", "at"),
    ),
    optional=("sku", "discount", "shipping", "tax", "buyer", "buyer_name"),
    expressions={
        "order": code("Order ID"),
        "line": code("Transaction ID"),
        "quantity": count("Quantity"),
        "unit_price": money("Price"),
        "discount": money("Discount Amount"),
        "shipping": once_for(code("Order ID"), money("Order Shipping")),
        "tax": once_for(code("Order ID"), money("Order Sales Tax")),
    },
    preferred=_DAYS,
    notes=(_NOTE,),
)
