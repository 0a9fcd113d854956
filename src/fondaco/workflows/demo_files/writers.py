"""One writer per layout: orders in, the rows that a platform would let a seller download out.

Every row comes with what a perfect reader takes from it (`Statement`, `Seen`; ``None`` for a row that
says nothing), so that the truth about a pile of overlapping files is known without reading them.
Money is in the currency of the row.  `rendering` turns rows into bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale

from fondaco.workflows.demo_files.behaviour import Line, Order
from fondaco.workflows.demo_files.firms import ISO2

Cell = str | int | Decimal | date | None


@dataclass(frozen=True)
class Statement:
    """What a row says about one order line. Amounts are positive; a return's `gross` is negative.

    ``market`` is ISO 3166-1 alpha-3, empty where the file does not tell.
    """

    order: str
    line: str
    market: str
    currency: str
    state: Literal["sale", "return", "void", "pending"]
    gross: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    refund: Decimal = Decimal(0)
    buyer: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.order, self.line


@dataclass(frozen=True)
class Seen:
    """What a row of another table says: so many visitors of a market, or one inquiry, review, listing."""

    table: Literal["traffic", "inquiries", "reviews", "listings", "ads"]
    key: tuple[str, ...]
    market: str
    count: int = 1


Row = tuple[list[Cell], Statement | Seen | None]


@dataclass(frozen=True)
class Layout:
    """How a file looks: the name it is saved under, its header by field, and how cells are written.

    ``backlog`` is how the first, long download of a channel comes packed; ``broken`` holds a date that
    is none and a quantity in words, for tables that people keep by hand.
    """

    file_name: str
    header: dict[str, str]
    language: str = "en"
    form: Literal["text", "xlsx"] = "text"
    encoding: str = "utf-8"
    delimiter: str = ","
    quoted: bool = True
    newline: str = "\n"
    comma: bool = False
    day: str = "%Y-%m-%d"
    titles: tuple[str, ...] = ()
    backlog: Literal["", "gzip", "zip"] = ""
    broken: tuple[str, str] | None = None


def _same(names: str) -> dict[str, str]:
    return {name: name for name in names.split(",")}


_ADDRESS = [
    "Name",
    "Street",
    "Address1",
    "Address2",
    "Company",
    "City",
    "Zip",
    "Province",
    "Country",
    "Phone",
]
_LINE = [
    "quantity",
    "name",
    "price",
    "compare at price",
    "sku",
    "requires shipping",
    "taxable",
    "fulfillment status",
]
SHOPIFY = _same(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    + ",".join(f"Lineitem {name}" for name in _LINE)
    + ","
    + ",".join(f"{side} {name}" for side in ("Billing", "Shipping") for name in _ADDRESS)
    + ",Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,"
    "Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,"
    + ",".join(f"Tax {n} {what}" for n in range(1, 6) for what in ("Name", "Value"))
    + ",Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)
AMAZON = _same(
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,"
    "sales-channel,order-channel,url,ship-service-level,product-name,sku,asin,item-status,quantity,currency,"
    "item-price,item-tax,shipping-price,shipping-tax,gift-wrap-price,gift-wrap-tax,item-promotion-discount,"
    "ship-promotion-discount,ship-city,ship-state,ship-postal-code,ship-country,promotion-ids,"
    "is-business-order,purchase-order-number,price-designation"
)
_FIELDS = [
    "order",
    "day",
    "customer",
    "name",
    "sku",
    "product",
    "quantity",
    "price",
    "amount",
    "currency",
    "country",
]


def _words(words: str) -> dict[str, str]:
    return dict(zip(_FIELDS, words.split(","), strict=True))


_ITALIAN = "Numero ordine,Data,Codice cliente,Cliente,Codice articolo,Descrizione,Quantità,Prezzo unitario,"
_GERMAN = "Bestellnummer,Bestelldatum,Kundennummer,Kunde,Artikelnummer,Bezeichnung,Menge,Einzelpreis,Betrag,"
_ENGLISH = "Order No,Order Date,Buyer ID,Buyer,SKU,Product,Quantity,Unit Price,Amount,Currency,Country"

LAYOUTS = {
    "shopify": Layout("orders_export_{made}.csv", SHOPIFY, newline="\r\n"),
    "amazon": Layout("amazon_all_orders_{made}.txt", AMAZON, delimiter="\t", quoted=False, newline="\r\n"),
    "italian_table": Layout(
        "vendite_{made}.csv",
        _words(_ITALIAN + "Importo,Valuta,Paese"),
        language="it",
        encoding="cp1252",
        delimiter=";",
        newline="\r\n",
        comma=True,
        day="%d/%m/%Y",
        titles=("Frantoio Capo Chimera (azienda inventata)", "Riepilogo vendite", ""),
        backlog="gzip",
        broken=("31/02/2026", "dodici"),
    ),
    "german_xlsx": Layout(
        "Umsatz_{made}.xlsx",
        {k: v for k, v in _words(_GERMAN + "Währung,Land").items() if k != "currency"},
        language="de",
        form="xlsx",
        titles=("Umsatzbericht, alle Beträge in Euro", ""),
        broken=("31.02.2026", "zwölf"),
    ),
    "korean_table": Layout(
        "orders_kr_{made}.csv",
        _words("주문번호,주문일,고객번호,구매자,상품코드,상품명,수량,단가,금액,통화,국가"),
        language="ko",
        encoding="utf-8-sig",
        backlog="zip",
        broken=("2026-02-31", "열두 개"),
    ),
    "english_utf16": Layout(
        "orders_{made}.txt",
        _words(_ENGLISH),
        encoding="utf-16-le",
        delimiter="\t",
        newline="\r\n",
        day="%Y/%m/%d",
        broken=("2026/02/31", "a dozen"),
    ),
    "traffic": Layout(
        "traffic_{made}.csv.gz",
        _same("Date,Country,Product,Impressions,Visitors,Views,Inquiries"),
    ),
    "inquiries": Layout(
        "inquiries_{made}.csv",
        _same("Inquiry No,Type,Received,First Reply,Buyer,Company,Country,Product,Quantity,Message,Status"),
        encoding="utf-8-sig",
    ),
    "reviews": Layout(
        "reviews_{made}.csv",
        _same("Review ID,Date,Marketplace,SKU,Product,Rating,Title,Review,Reviewer,Country,Language"),
    ),
    "listings": Layout(
        "listings_{made}.csv",
        _same(
            "Date,Listing ID,Seller,Own,Title,Category,Country,Currency,Price,Unit,Minimum Order,Rating,"
            "Reviews,Stock"
        ),
        delimiter=";",
    ),
    "ads": Layout(
        "search_terms_{made}.csv",
        _same(
            "Start Date,End Date,Campaign,Search term,Country,Impressions,Clicks,Currency,Spend,Sales,Orders"
        ),
    ),
}

#: How people write some countries, whatever the language of their table.
ODD_SPELLINGS = {"IRL": "EIRE", "GBR": "U.K.", "NLD": "Holland"}


@cache
def country_name(market: str, language: str) -> str:
    """The name of an alpha-3 market in a language, as CLDR has it.

    Examples
    --------
    >>> country_name("CHE", "de")
    'Schweiz'
    """
    return str(Locale(language).territories[ISO2[market]])


# --- rows ---------------------------------------------------------------------------------------------


def order_rows(layout: str, orders: Sequence[Order], first: datetime, made: datetime) -> list[Row]:
    """The rows of a download made at `made` that states what is dated from `first` on."""
    if layout == "shopify":
        inside = (order for order in orders if first <= order.at < made)
        return [row for order in inside for row in shopify_rows(order, made)]
    if layout == "amazon":
        inside = (order for order in orders if first <= order.at < made)
        return [row for order in inside for row in amazon_rows(order, made)]
    return table_rows(LAYOUTS[layout], orders, first, made)


def shopify_rows(order: Order, made: datetime) -> list[Row]:
    """One row per line; what belongs to the order as a whole stands on its first row only."""
    void = order.cancelled is not None and order.cancelled < made
    back = order.returned is not None and order.returned < made
    shipped = order.at + timedelta(days=2) < made and not void
    paid = order.goods - order.discount + order.shipping
    buyer, country = order.buyer, ISO2[order.market.country]
    refund = order.refund if back else Decimal(0)
    status = "voided" if void else "paid"
    if back:
        status = "refunded" if refund == paid else "partially_refunded"
    whole: dict[str, Cell] = {
        "Financial Status": status,
        "Paid at": None if void else _rome(order.at),
        "Fulfillment Status": "fulfilled" if shipped else "unfulfilled",
        "Fulfilled at": _rome(order.at + timedelta(days=2)) if shipped else None,
        "Accepts Marketing": "no",
        "Currency": order.currency,
        "Subtotal": order.goods - order.discount,
        "Shipping": order.shipping.quantize(Decimal("0.01")),
        "Taxes": Decimal("0.00"),
        "Total": paid,
        "Discount Code": "WELCOME10" if order.discount else None,
        "Discount Amount": order.discount.quantize(Decimal("0.01")),
        "Shipping Method": "Standard" if order.shipping else "Free",
        "Notes": 'Ring twice.\nLeave it with the "concierge", please.' if buyer.number % 9 == 0 else None,
        "Cancelled at": _rome(order.cancelled) if void and order.cancelled else None,
        "Payment Method": "Invented Payments",
        "Refunded Amount": refund.quantize(Decimal("0.01")),
        "Outstanding Balance": Decimal("0.00"),
        "Id": 5_400_000_000_000 + int(order.number.lstrip("#")),
        "Risk Level": "Low",
        "Source": "web",
    }
    for side in ("Billing", "Shipping"):
        whole |= {
            f"{side} Name": buyer.name,
            f"{side} Street": f"Invented Street {buyer.number}",
            f"{side} Address1": f"Invented Street {buyer.number}",
            f"{side} City": buyer.town,
            f"{side} Zip": f"'{buyer.zip}",
            f"{side} Country": country,
        }
    rows: list[Row] = []
    for n, line in enumerate(order.lines):
        values: dict[str, Cell] = {
            **({} if n else whole),
            "Name": order.number,
            "Email": buyer.email,
            "Created at": _rome(order.at),
            "Lineitem quantity": line.quantity,
            "Lineitem name": line.product.name,
            "Lineitem price": line.price,
            "Lineitem sku": line.product.sku,
            "Lineitem requires shipping": "true",
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled" if shipped else "pending",
            "Vendor": "Cantina Valfinta",
            "Lineitem discount": Decimal("0.00"),
        }
        said = _sale(
            order,
            line,
            order.market.country,
            buyer.email,
            void=void,
            discount=Decimal(0) if n else order.discount,
            refund=Decimal(0) if n else refund,
        )
        rows.append(([values.get(column) for column in SHOPIFY], said))
    return rows


def amazon_rows(order: Order, made: datetime) -> list[Row]:
    """One row per item, without price and currency while it is pending and once it is cancelled.

    Of an order of several items only the first is cancelled.
    """
    pending = order.at + timedelta(days=2) > made
    cancelled = order.cancelled is not None and order.cancelled < made
    whole = cancelled and len(order.lines) == 1
    state = "Cancelled" if whole else "Pending" if pending else "Shipped"
    rows: list[Row] = []
    for n, line in enumerate(order.lines):
        void = cancelled and n == 0
        open_ = pending and not void
        priced = not (void or open_)
        discount = order.discount if n == 0 and priced else Decimal(0)
        values: dict[str, Cell] = {
            "amazon-order-id": order.number,
            "purchase-date": f"{order.at:%Y-%m-%dT%H:%M:%S}+00:00",
            "last-updated-date": f"{min(order.at + timedelta(days=2), made):%Y-%m-%dT%H:%M:%S}+00:00",
            "order-status": state,
            "fulfillment-channel": "Merchant",
            "sales-channel": order.market.site,
            "ship-service-level": "Standard",
            "product-name": line.product.name,
            "sku": line.product.sku,
            "asin": f"B0FICT{line.product.sku[-4:].replace('-', '0')}",
            "item-status": "Cancelled" if void else "Unshipped" if open_ else "Shipped",
            "quantity": 0 if void else line.quantity,
            "currency": order.currency if priced else None,
            "item-price": line.amount if priced else None,
            "shipping-price": order.shipping if n == 0 and priced and order.shipping else None,
            "item-promotion-discount": discount or None,
            "ship-city": order.buyer.town,
            "ship-postal-code": order.buyer.zip,
            "ship-country": ISO2[order.market.country],
            "promotion-ids": "Invented promotion" if discount else None,
        }
        said = _sale(order, line, order.market.country, "", void=void, pending=open_, discount=discount)
        rows.append(([values.get(column) for column in AMAZON], said))
    return rows


def table_rows(layout: Layout, orders: Sequence[Order], first: datetime, made: datetime) -> list[Row]:
    """One row per line; what is cancelled or comes back is a credit note with a number of its own."""
    dated: list[tuple[datetime, Row]] = []
    for order in orders:
        if first <= order.at < made:
            dated += [(order.at, _table_row(layout, order, line, order.at)) for line in order.lines]
        if order.cancelled and first <= order.cancelled < made:
            dated += [
                (order.cancelled, _table_row(layout, order, line, order.cancelled, -line.quantity))
                for line in order.lines
            ]
        if order.returned and first <= order.returned < made:
            row = _table_row(layout, order, order.lines[0], order.returned, -order.back)
            dated.append((order.returned, row))
    return [row for _, row in sorted(dated, key=lambda one: one[0])]


def _table_row(layout: Layout, order: Order, line: Line, at: datetime, quantity: int | None = None) -> Row:
    market, spelling = order.market.country, order.buyer.spelling
    name = country_name(market, layout.language)
    if spelling == "odd":
        name = ODD_SPELLINGS.get(market, name)
    elif spelling == "unknown":
        name, market = "Unspecified", ""
    units = line.quantity if quantity is None else quantity
    number = order.number if quantity is None else f"CN-{order.number}"
    values: dict[str, Cell] = {
        "order": number,
        "day": at.date(),
        "customer": f"C{order.buyer.number:04d}",
        "name": order.buyer.company,
        "sku": line.product.sku,
        "product": line.product.name,
        "quantity": units,
        "price": line.price,
        "amount": line.price * units,
        "currency": order.currency,
        "country": name,
    }
    said = Statement(
        number,
        line.product.sku,
        market,
        order.currency,
        "sale" if units > 0 else "return",
        gross=line.price * units,
        buyer=f"C{order.buyer.number:04d}",
    )
    return [values[field] for field in layout.header], said


def _sale(
    order: Order,
    line: Line,
    market: str,
    buyer: str,
    *,
    void: bool = False,
    pending: bool = False,
    discount: Decimal = Decimal(0),
    refund: Decimal = Decimal(0),
) -> Statement:
    if void or pending:
        state: Literal["void", "pending"] = "void" if void else "pending"
        return Statement(order.number, line.product.sku, market, order.currency, state, buyer=buyer)
    return Statement(
        order.number, line.product.sku, market, order.currency, "sale", line.amount, discount, refund, buyer
    )


def _rome(at: datetime) -> str:
    """Local time with Italy's offset: summer time from the last Sunday of March to that of October."""
    march, october = (_last_sunday(at.year, month) for month in (3, 10))
    return f"{at:%Y-%m-%d %H:%M:%S} {'+0200' if march <= at.date() < october else '+0100'}"


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
