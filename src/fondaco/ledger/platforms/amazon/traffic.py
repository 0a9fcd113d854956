"""Amazon's business reports: sessions and page views, by product or by day.

The report by product says neither its period nor its site: both are asked for.  A child ASIN that
stands under two parents has two rows, and both count.  Counts have thousands in the American way
even where money is written the German way; each cell is read by itself.  Rates are not read: they
are worked out from sums.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, code, count, count_of


def _sessions(cell: Cell) -> str:
    """Sessions in all, or those of the app and the browser together where the report parts them."""
    total = count_of(cell("Sessions - Total"))
    parts = [count_of(cell(f"Sessions - {kind}")) for kind in ("Mobile App", "Browser")]
    if "NULL" in parts:
        return total
    added = " + ".join(f"TRY_CAST({part} AS BIGINT)" for part in parts)
    return f"coalesce({total}, CAST({added} AS VARCHAR))"


_COUNTS = {
    "visitors": _sessions,
    "views": count("Page Views - Total"),
    "orders": count("Total Order Items"),
}
_STYLES = dict.fromkeys(_COUNTS, ".")

BUSINESS_BY_ASIN = Reader(
    name="amazon-business-report",
    version=1,
    platform="amazon",
    title="Amazon business report by product",
    known_by=("(Child) ASIN", "Title", "Sessions - Total", "Units Ordered", "Ordered Product Sales"),
    mapping=Mapping(
        name="Amazon business report by product",
        table="traffic",
        platform="amazon",
        columns={
            "sku": "SKU",
            "product": "Title",
            "visitors": "Sessions - Total",
            "views": "Page Views - Total",
            "orders": "Total Order Items",
        },
        styles=_STYLES,
    ),
    instead={"sku": ("(Child) ASIN", "(Parent) ASIN")},
    optional=("visitors",),
    expressions={**_COUNTS, "sku": code("SKU", "(Child) ASIN", "(Parent) ASIN")},
)

BUSINESS_BY_DATE = Reader(
    name="amazon-business-report-by-date",
    version=1,
    platform="amazon",
    title="Amazon business report by date",
    known_by=("Date", "Sessions - Total", "Units Ordered", "Ordered Product Sales"),
    mapping=Mapping(
        name="Amazon business report by date",
        table="traffic",
        platform="amazon",
        columns={
            "day": "Date",
            "visitors": "Sessions - Total",
            "views": "Page Views - Total",
            "orders": "Total Order Items",
        },
        styles=_STYLES,
    ),
    optional=("visitors",),
    expressions=_COUNTS,
)
