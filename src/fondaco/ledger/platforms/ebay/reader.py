"""eBay's orders report: one row per item, and for an order of several items one more that sums it up.

The row that sums an order up says again what its items say: its buyer, market and day hold for all of
them, its shipping and tax are counted on the first item where the items state none, and it brings
nothing itself.  The lines above and below the orders (how many there are, whose) are set aside and
said.  Amounts carry their currency's sign; a bare dollar is the American one, the others are ``AU $``, ``C $``.

Whether ``Sold For`` is the price of one or of all is decided by all rows together: by which of the two
their total prices are met.  Where no row tells, it is that of all.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import (
    Cell,
    Expression,
    code_of,
    count,
    count_of,
    first_of,
    money_of,
    sign_of,
)

_ORDER = first_of("Order Number", "Sales Record Number")


def _line(cell: Cell) -> str:
    return f"concat_ws(' ', {code_of(cell('Item Number'))}, {cell('Transaction ID')}, {cell('Variation Details')})"


def _sums_up(cell: Cell) -> str:
    return f"({cell('Item Number')} IS NULL AND {cell('Item Title')} IS NULL)"


def _aside(cell: Cell) -> str:
    """Say what a line is in which nothing was sold: the count of the records, the seller's name."""
    stated = ("Item Number", "Item Title", "Sold For", "Total Price", "Sale Date", "Quantity")
    nothing = " AND ".join(f"{c} IS NULL" for name in stated if (c := cell(name)) != "NULL")
    first = [
        c for name in ("Sales Record Number", "Order Number", "Buyer Username") if (c := cell(name)) != "NULL"
    ]
    return f"CASE WHEN {nothing or 'false'} THEN concat_ws(' ', {', '.join(first) or 'NULL'}) END"


def _of_order(column: str) -> Expression:
    """Take what the item says; where no item of the order says anything, the first has what its order says."""

    def sql(cell: Cell) -> str:
        if cell(column) == "NULL":
            return "NULL"
        said, order = money_of(cell(column)), _ORDER(cell)
        item = f"CASE WHEN NOT {_sums_up(cell)} AND TRY_CAST({said} AS DECIMAL(18,4)) <> 0 THEN {said} END"
        whole = f"CASE WHEN {_sums_up(cell)} THEN {said} END"
        first = f"min(CASE WHEN NOT {_sums_up(cell)} THEN row END) OVER (PARTITION BY {order}) = row"
        return (
            f"CASE WHEN {_sums_up(cell)} THEN NULL WHEN {first} AND max({item}) OVER (PARTITION BY {order}) IS NULL "
            f"THEN coalesce(max({whole}) OVER (PARTITION BY {order}), {said}) ELSE {said} END"
        )

    return sql


def _number(text: str) -> str:
    return "NULL" if text == "NULL" else f"TRY_CAST({text} AS DECIMAL(18,4))"


def _amount(cell: Cell) -> str:
    """Return the line's total: what was sold for, times the quantity where the totals of the file say so."""
    said = money_of(cell("Sold For"))
    if "NULL" in (said, cell("Quantity")):
        return said
    price, units = _number(said), _number(count_of(cell("Quantity")))
    extras = [
        _number(money_of(cell(name)))
        for name in ("Shipping And Handling", "Seller Collected Tax", "eBay Collected Tax")
    ]
    shipping, *taxes = [f"coalesce({extra}, 0)" for extra in extras]
    total = _number(money_of(cell("Total Price")))

    def comes_to(amount: str) -> str:
        sums = [f"{amount} + {shipping}", *(f"{amount} + {shipping} + {tax}" for tax in taxes)]
        return "(" + " OR ".join(f"abs({one} - {total}) < 0.006" for one in sums) + ")"

    vote = (
        f"CASE WHEN coalesce({units}, 1) <= 1 OR {_sums_up(cell)} THEN 0 WHEN {comes_to(price)} THEN -1 "
        f"WHEN {comes_to(f'{units} * {price}')} THEN 1 ELSE 0 END"
    )
    each = f"sum({vote}) OVER () > 0 AND NOT {_sums_up(cell)}"
    return f"CASE WHEN {each} THEN CAST(CAST({units} * {price} AS DECIMAL(18,4)) AS VARCHAR) ELSE {said} END"


ORDERS = Reader(
    name="ebay-orders",
    version=1,
    platform="ebay",
    title="eBay orders report",
    known_by=("Sales Record Number", "Buyer Username", "Item Number", "Item Title", "Sold For", "Sale Date"),
    mapping=Mapping(
        name="eBay orders report",
        platform="ebay",
        columns={
            "order": "Order Number",
            "line": "Item Number",
            "sku": "Custom Label",
            "product": "Item Title",
            "quantity": "Quantity",
            "amount": "Sold For",
            "shipping": "Shipping And Handling",
            "tax": "Seller Collected Tax",
            "at": "Sale Date",
            "buyer": "Buyer Username",
            "buyer_name": "Buyer Name",
            "country": "Ship To Country",
        },
        styles={"quantity": ".", "amount": ".", "shipping": ".", "tax": "."},
        carry=("at", "buyer", "buyer_name", "country"),
    ),
    instead={"order": ("Sales Record Number",), "country": ("Buyer Country",)},
    optional=("sku", "tax", "shipping", "buyer_name"),
    expressions={
        "line": _line,
        "quantity": count("Quantity"),
        "amount": _amount,
        "currency": sign_of("Sold For", "Total Price"),
        "shipping": _of_order("Shipping And Handling"),
        "tax": _of_order("Seller Collected Tax"),
    },
    aside=_aside,
    sums_up=_sums_up,
    preferred={"at": "%m/%d/%y", "currency": "USD"},
    notes=("The report does not say what was given back after a sale: revenue is as it was sold.",),
)
