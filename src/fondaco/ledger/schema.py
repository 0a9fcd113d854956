"""The six canonical tables of the ledger, column by column.

This is the ledger's codebook: `fondaco export` writes it beside the data, the stage casts to its
types, the readers' mappings name its fields.  Money is a decimal with four places in the currency
the row states; ``value`` columns are the same money in the firm's reporting currency at the ECB
reference rate of the day.

Every row also knows where it comes from (`ORIGIN`): file, row, import and reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "money", "number", "count", "day", "time", "flag", "ratio"]

#: How each of our types is held in Parquet, in DuckDB's spelling.
STORED: dict[Type, str] = {
    "text": "VARCHAR",
    "money": "DECIMAL(18,4)",
    "number": "DECIMAL(18,4)",
    "count": "BIGINT",
    "day": "DATE",
    "time": "TIMESTAMP",
    "flag": "BOOLEAN",
    "ratio": "DOUBLE",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    name, type, text
        Its name, its type and what it holds, with the unit.
    stated
        Whether a file states it (and a mapping may name it) or the ledger works it out.
    needed
        Whether a row without it goes to quarantine.
    personal
        Whether it can tell who a person is.
    """

    name: str
    type: Type
    text: str
    stated: bool = True
    needed: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table: its columns, and the natural key that two statements of a row share.

    Where rows carry a number of their own (`by_id`), the last line of a file with that number is
    what the file states.  Elsewhere lines that look alike are told apart by their ``occurrence``.
    """

    name: str
    text: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    by_id: bool = False

    def column(self, name: str) -> Column:
        """Return the column called `name`; raises `KeyError` when there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def stated(self) -> tuple[Column, ...]:
        """The columns that a file can state."""
        return tuple(column for column in self.columns if column.stated)


#: What a row of `orders` is, and the class under which an import counts it.
KINDS: dict[str, str] = {
    "sale": "fact",
    "void": "adjustment",  # an order line cancelled before it was charged: its amount never counts
    "cancellation": "adjustment",  # a line that takes an earlier sale back
    "return": "adjustment",
    "stock": "adjustment",  # write-offs and counts, no money
    "correction": "adjustment",  # bad debts, manual book entries
    "shipping": "charge",
    "fee": "charge",
    "discount": "charge",
    "tax": "charge",
    "voucher": "charge",
    "charge": "charge",  # any other line that is not goods
}

#: The kinds whose amounts make up net goods revenue.
GOODS_KINDS = ("sale", "cancellation", "return")

#: Columns every table has: where the row comes from and how it stands to earlier statements.
ORIGIN: tuple[Column, ...] = (
    Column("import", "text", "the import that brought the row", stated=False),
    Column("file", "text", "name of the file (and sheet or archive member) it stood in", stated=False),
    Column("source", "count", "the place of that file among those of its import, from 0", stated=False),
    Column("row", "count", "its row there, the first line of the file being 1", stated=False),
    Column("reader", "text", "reader and version that understood it", stated=False),
    Column(
        "statement",
        "text",
        "first (of its natural key), revision (changes an earlier one), repeat (says the same "
        "again), older (a statement made after it stands) or dropped (repeats a line of its own file, "
        "by the stated setting)",
        stated=False,
    ),
    Column("repeats", "text", "for any but the first: import:row that states the same thing", stated=False),
)

ORDERS = Table(
    "orders",
    "One row per order line, and one per charge, discount or adjustment a platform lists as a line.",
    (
        Column("platform", "text", "where it was sold: shopify, amazon, table ...", stated=False),
        Column("marketplace", "text", "the site of the platform, such as Amazon.de"),
        Column("order", "text", "the order's number, as the platform writes it", needed=True),
        Column("line", "text", "what tells lines of an order apart: line id, else SKU, else name"),
        Column("occurrence", "count", "1 for the first such line in the file, 2 ...", stated=False),
        Column("kind", "text", "what the row is: " + ", ".join(KINDS), stated=False),
        Column("sku", "text", "the seller's article number"),
        Column("product", "text", "the product's name"),
        Column("quantity", "number", "units; negative where they come back"),
        Column("unit_price", "money", "price of one unit in `currency`"),
        Column("currency", "text", "ISO 4217 code of the amounts", needed=True),
        Column("amount", "money", "the line's total before discount, shipping and tax, in `currency`"),
        Column("discount", "money", "taken off the line, zero or negative, in `currency`"),
        Column("shipping", "money", "charged to the buyer for shipping, in `currency`"),
        Column("tax", "money", "tax stated on the row, in `currency`"),
        Column("refund", "money", "given back to the buyer, zero or negative, in `currency`"),
        Column(
            "value",
            "money",
            "amount + discount + refund in the firm's reporting currency; zero for a void line; "
            "empty where no rate is known",
            stated=False,
        ),
        Column("rate", "ratio", "units of the firm's currency for one of `currency`", stated=False),
        Column("rate_day", "day", "the day of that ECB rate", stated=False),
        Column("at", "time", "when it was ordered, in the file's own local time", needed=True),
        Column("day", "day", "the date of `at`", stated=False),
        Column("buyer", "text", "the platform's mark for the buyer: id or e-mail", personal=True),
        Column("buyer_name", "text", "the buyer's name", personal=True),
        Column("buyer_company", "text", "the buyer's firm", personal=True),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column(
            "country", "text", "market the goods go to, ISO 3166-1 alpha-3; empty if unknown", needed=True
        ),
        Column("status", "text", "the order's state as the platform words it"),
        Column("reversal", "flag", "whether the row takes an earlier one back", stated=False),
        Column("cancels", "text", "the order that a reversal takes back, where it can be told"),
    ),
    key=("platform", "marketplace", "order", "line", "occurrence"),
)

INQUIRIES = Table(
    "inquiries",
    "One row per inquiry, request for quotation (RFQ) or chat.",
    (
        Column("platform", "text", "where it came in", stated=False),
        Column("inquiry", "text", "its number on the platform", needed=True),
        Column("kind", "text", "inquiry, rfq or chat"),
        Column("at", "time", "when it was received, local time of the file", needed=True),
        Column("day", "day", "the date of `at`", stated=False),
        Column("answered_at", "time", "when it was first answered"),
        Column("buyer", "text", "the platform's mark for the buyer", personal=True),
        Column("buyer_name", "text", "the buyer's name", personal=True),
        Column("buyer_company", "text", "the buyer's firm", personal=True),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column("country", "text", "where the buyer is, ISO 3166-1 alpha-3", needed=True),
        Column("product", "text", "what is asked for"),
        Column("quantity", "number", "how many units are asked for"),
        Column("message", "text", "the text of the inquiry", personal=True),
        Column("status", "text", "its state as the platform words it"),
    ),
    key=("platform", "inquiry"),
    by_id=True,
)

TRAFFIC = Table(
    "traffic",
    "What was seen of the firm's pages: one row per day (or period), product and country.",
    (
        Column("platform", "text", "where it was measured", stated=False),
        Column("marketplace", "text", "the site of the platform"),
        Column("day", "day", "the day, or the first day of the period", needed=True),
        Column("until", "day", "the last day of the period; the same as `day` for one day"),
        Column("sku", "text", "the product's number; empty for all products together"),
        Column("product", "text", "the product's name"),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column("country", "text", "where the visitors are, ISO 3166-1 alpha-3", needed=True),
        Column("impressions", "count", "times shown in search or lists"),
        Column("clicks", "count", "clicks on those"),
        Column("visitors", "count", "distinct visitors or sessions"),
        Column("views", "count", "page views"),
        Column("inquiries", "count", "inquiries that came of it"),
        Column("orders", "count", "orders that came of it"),
        Column("occurrence", "count", "1 for the first such line in the file, 2 ...", stated=False),
    ),
    key=("platform", "marketplace", "day", "until", "sku", "product", "country", "occurrence"),
)

ADS = Table(
    "ads",
    "Advertising: one row per day, campaign, keyword, search term and country.",
    (
        Column("platform", "text", "where it was shown", stated=False),
        Column("marketplace", "text", "the site of the platform"),
        Column("day", "day", "the day, or the first day of the period", needed=True),
        Column("until", "day", "the last day of the period"),
        Column("campaign", "text", "the campaign's name"),
        Column("group", "text", "the ad group's name"),
        Column("keyword", "text", "the keyword or target that was bid on"),
        Column("match", "text", "exact, phrase, broad or automatic, as the platform words it"),
        Column("term", "text", "what the shopper typed"),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column("country", "text", "where it was shown, ISO 3166-1 alpha-3"),
        Column("impressions", "count", "times shown"),
        Column("clicks", "count", "clicks"),
        Column("currency", "text", "ISO 4217 code of the amounts", needed=True),
        Column("spend", "money", "what the clicks cost"),
        Column("sales", "money", "sales the platform ascribes to it"),
        Column("orders", "count", "orders the platform ascribes to it"),
        Column("searches", "number", "how often the term is searched for, or the platform's index of it"),
        Column("occurrence", "count", "1 for the first such line in the file, 2 ...", stated=False),
    ),
    key=(
        "platform",
        "marketplace",
        "day",
        "until",
        "campaign",
        "group",
        "keyword",
        "match",
        "term",
        "country",
        "occurrence",
    ),
)

REVIEWS = Table(
    "reviews",
    "What buyers wrote: one row per review.",
    (
        Column("platform", "text", "where it was written", stated=False),
        Column("marketplace", "text", "the site of the platform"),
        Column("review", "text", "its number; else the ledger makes one from buyer, day and text"),
        Column("day", "day", "when it was written", needed=True),
        Column("sku", "text", "the product's number"),
        Column("product", "text", "the product's name"),
        Column("own", "flag", "whether the product is the firm's own"),
        Column("rating", "number", "stars"),
        Column("title", "text", "its title"),
        Column("body", "text", "its text", needed=True),
        Column("buyer", "text", "who wrote it", personal=True),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column("country", "text", "where it was written, ISO 3166-1 alpha-3"),
        Column("language", "text", "ISO 639 code"),
    ),
    key=("platform", "marketplace", "review", "day", "sku", "buyer", "body"),
    by_id=True,
)

LISTINGS = Table(
    "listings",
    "Offers as seen on a day, the firm's own and competitors'.",
    (
        Column("platform", "text", "where it was seen", stated=False),
        Column("marketplace", "text", "the site of the platform"),
        Column("day", "day", "the day it was seen", needed=True),
        Column("listing", "text", "its number or address", needed=True),
        Column("seller", "text", "who offers it"),
        Column("own", "flag", "whether it is the firm's own"),
        Column("product", "text", "the title"),
        Column("category", "text", "the platform's category"),
        Column("country_said", "text", "the country as the file spells it", stated=False),
        Column("country", "text", "the market it is offered to, ISO 3166-1 alpha-3"),
        Column("currency", "text", "ISO 4217 code of the price", needed=True),
        Column("price", "money", "price per unit"),
        Column("unit", "text", "what the price is for: piece, bottle, kg ..."),
        Column("minimum", "number", "smallest quantity sold (MOQ)"),
        Column("rating", "number", "stars"),
        Column("reviews", "count", "how many reviews it has"),
        Column("stock", "number", "units in stock"),
    ),
    key=("platform", "marketplace", "day", "listing"),
    by_id=True,
)

TABLES: dict[str, Table] = {
    table.name: table for table in (ORDERS, INQUIRIES, TRAFFIC, ADS, REVIEWS, LISTINGS)
}
