"""Amazon's date-range transaction report: what was sold, given back and charged, on every European site.

``product sales`` is an order's revenue; a refund's is below zero, and what its promotions had taken
off comes back with it.  Rows without product sales are charges (fees, advertising) or corrections; a
payout to the bank is neither and is kept with amount zero.  The report says where an order comes from
by town only: its market is that of the site, which is said, unless a country is stated.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, Expression, code, count_of, money_of, sum_of
from fondaco.ledger.platforms.sites import currency_of_site, market_of_site, name_of_site

#: What `type` says, in lower case, in the sites' languages.
ORDERS = (
    "order", "bestellung", "commande", "pedido", "ordine", "bestelling", "beställning", "zamówienie", "sipariş",
)  # fmt: skip
REFUNDS = (
    "refund", "erstattung", "remboursement", "reembolso", "rimborso", "terugbetaling", "återbetalning",
    "zwrot kosztów", "zwrot", "para iadesi", "i̇ade", "iade", "chargeback refund", "refund_retrocharge",
)  # fmt: skip
PAYOUTS = (
    "transfer", "übertrag", "transfert", "transferir", "transferencia", "trasferimento", "overboeking", "overdracht",
    "överföring", "przelew", "aktarım", "havale", "auszahlung", "virement", "disbursement",
)  # fmt: skip
ADJUSTMENTS = (
    "adjustment", "anpassung", "ajustement", "ajuste", "modifica", "rettifica", "aanpassing", "justering", "korekta",
    "dostosowanie", "düzeltme", "ayarlama",
)  # fmt: skip


def _says(cell: Cell, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"coalesce(lower({cell('type')}) IN ({listed}), false)"


def _number(cell: Cell, column: str) -> str:
    return f"coalesce(TRY_CAST({money_of(cell(column))} AS DECIMAL(18,4)), 0)"


def _goods(cell: Cell) -> str:
    """Whether the row is about goods: an order, a refund, or anything with product sales."""
    return f"({_says(cell, ORDERS + REFUNDS)} OR {_number(cell, 'product sales')} <> 0)"


def _amount(cell: Cell) -> str:
    sales, back = money_of(cell("product sales")), sum_of("product sales", "promotional rebates")(cell)
    return (
        f"CASE WHEN {_says(cell, PAYOUTS)} THEN '0' WHEN NOT {_goods(cell)} THEN {money_of(cell('total'))} "
        f"WHEN {_number(cell, 'product sales')} < 0 THEN {back} ELSE {sales} END"
    )


def _discount(cell: Cell) -> str:
    rebates = money_of(cell("promotional rebates"))
    return f"CASE WHEN {_goods(cell)} AND {_number(cell, 'product sales')} >= 0 THEN {rebates} END"


def _of_goods(*columns: str) -> Expression:
    return lambda cell: f"CASE WHEN {_goods(cell)} THEN {sum_of(*columns)(cell)} END"


def _kind(cell: Cell) -> str:
    return (
        f"CASE WHEN {_says(cell, PAYOUTS)} THEN 'correction' WHEN {_number(cell, 'product sales')} < 0 THEN 'return' "
        f"WHEN {_number(cell, 'product sales')} > 0 THEN 'sale' WHEN {_says(cell, REFUNDS)} THEN 'return' "
        f"WHEN {_goods(cell)} THEN NULL WHEN {_says(cell, ADJUSTMENTS)} THEN 'correction' "
        f"WHEN {_number(cell, 'total')} < 0 THEN 'fee' ELSE 'charge' END"
    )


def _quantity(cell: Cell) -> str:
    said = count_of(cell("quantity"))
    return f"CASE WHEN {_number(cell, 'product sales')} < 0 AND NOT starts_with({said}, '-') THEN '-' || {said} ELSE {said} END"


def _at(cell: Cell) -> str:
    """Return the local time as stated, without the name of its zone."""
    zone = "\\s+(?:[A-Z]{2,5})?(?:[-+][0-9]{1,2}(?::?[0-9]{2})?)?$"
    clean = f"regexp_replace({cell('date/time')}, '{zone}', '')"
    return f"CASE WHEN regexp_matches({cell('date/time')}, '[0-9] ?[AaPp]\\.? ?[Mm]\\.?$') THEN {cell('date/time')} ELSE {clean} END"


def _currency(cell: Cell) -> str:
    """Return the currency of the site; of a charge that names no site, that of all the others."""
    said = currency_of_site("marketplace")(cell)
    if said == "NULL":
        return said
    return (
        f"coalesce({said}, CASE WHEN min({said}) OVER () = max({said}) OVER () THEN max({said}) OVER () END)"
    )


def _order(cell: Cell) -> str:
    return f"coalesce({code('order id')(cell)}, concat_ws(' ', {cell('type')}, {cell('settlement id')}, {cell('date/time')}))"


def _line(cell: Cell) -> str:
    """Name the transaction: an order that is shipped in parts has several of the same article."""
    return f"concat_ws(' ', {cell('sku')}, {cell('type')}, {cell('date/time')})"


def _product(cell: Cell) -> str:
    """Return what it is; of a payout only that it is one, its text has the end of a bank account."""
    return f"CASE WHEN {_says(cell, PAYOUTS)} THEN {cell('type')} ELSE coalesce({cell('description')}, {cell('type')}) END"


TRANSACTIONS = Reader(
    name="amazon-transactions",
    version=1,
    platform="amazon",
    title="Amazon date-range transaction report",
    known_by=(
        "date/time",
        "settlement id",
        "type",
        "order id",
        "sku",
        "description",
        "quantity",
        "product sales",
        "total",
    ),
    mapping=Mapping(
        name="Amazon date-range transaction report",
        platform="amazon",
        columns={
            "marketplace": "marketplace",
            "order": "order id",
            "sku": "sku",
            "product": "description",
            "quantity": "quantity",
            "amount": "product sales",
            "discount": "promotional rebates",
            "shipping": "shipping credits",
            "tax": "product sales tax",
            "at": "date/time",
            "status": "type",
        },
        styles=dict.fromkeys(("quantity", "amount", "discount", "shipping", "tax"), "."),
    ),
    optional=("marketplace", "tax", "discount", "shipping"),
    expressions={
        "kind": _kind,
        "marketplace": name_of_site("marketplace"),
        "country": market_of_site("marketplace"),
        "currency": _currency,
        "order": _order,
        "line": _line,
        "product": _product,
        "quantity": _quantity,
        "amount": _amount,
        "discount": _discount,
        "shipping": _of_goods("shipping credits", "gift wrap credits"),
        "tax": _of_goods("product sales tax", "shipping credits tax", "gift wrap credits tax"),
        "at": _at,
    },
    notes=(
        "The report does not say where an order goes: it is counted under the market of its site. All-orders says it.",
    ),
)
