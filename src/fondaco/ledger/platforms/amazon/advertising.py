"""Amazon's search-term reports of Sponsored Products and Sponsored Brands, old and new console.

The days over which sales are ascribed (7 for products, 14 for brands) stand in the columns' names and
are not mixed by us: an import keeps the report's own.  ``*`` for a keyword says that there is none;
``-`` for a match type says that Amazon chose.
"""

from __future__ import annotations

from fondaco.ledger.mapping import Mapping
from fondaco.ledger.platforms import Reader
from fondaco.ledger.platforms.cells import Cell, count, first_of, money


def _part_of(span: str, part: int) -> str:
    """Return the first or the last day of a range such as ``Jul 06, 2026 - Jul 29, 2026``."""
    return f"nullif(trim(regexp_extract({span}, '^(.*[0-9])\\s+[-–—]\\s+(.*)$', {part})), '')"


def _day(cell: Cell) -> str:
    span = cell("Date range")
    stated = first_of("Start Date", "Date")(cell)
    if span == "NULL":
        return stated
    first = f"coalesce({_part_of(span, 1)}, {span})"
    return first if stated == "NULL" else f"coalesce({stated}, {first})"


def _until(cell: Cell) -> str:
    span, stated = cell("Date range"), cell("End Date")
    return stated if span == "NULL" else f"coalesce({stated}, {_part_of(span, 2)})"


def _keyword(cell: Cell) -> str:
    return f"nullif({cell('Targeting')}, '*')" if cell("Targeting") != "NULL" else "NULL"


def _match(cell: Cell) -> str:
    said = cell("Match Type")
    return said if said == "NULL" else f"CASE WHEN {said} IN ('-', '–') THEN 'automatic' ELSE {said} END"


SEARCH_TERMS = Reader(
    name="amazon-search-terms",
    version=1,
    platform="amazon",
    title="Amazon search-term report",
    known_by=("Campaign Name", "Ad Group Name", "Customer Search Term", "Impressions", "Clicks", "Spend"),
    mapping=Mapping(
        name="Amazon search-term report",
        table="ads",
        platform="amazon",
        columns={
            "day": "Start Date",
            "until": "End Date",
            "campaign": "Campaign Name",
            "group": "Ad Group Name",
            "keyword": "Targeting",
            "match": "Match Type",
            "term": "Customer Search Term",
            "country": "Country",
            "impressions": "Impressions",
            "clicks": "Clicks",
            "currency": "Currency",
            "spend": "Spend",
            "sales": "7 Day Total Sales",
            "orders": "7 Day Total Orders (#)",
        },
        styles=dict.fromkeys(("impressions", "clicks", "spend", "sales", "orders"), "."),
    ),
    instead={
        "day": ("Date", "Date range"),
        "until": ("Date range",),
        "sales": ("14 Day Total Sales",),
        "orders": ("14 Day Total Orders (#)",),
    },
    optional=("day", "until", "keyword", "match", "country", "currency", "sales", "orders"),
    expressions={
        "day": _day,
        "until": _until,
        "keyword": _keyword,
        "match": _match,
        "impressions": count("Impressions"),
        "clicks": count("Clicks"),
        "orders": count("7 Day Total Orders (#)", "14 Day Total Orders (#)"),
        "spend": money("Spend"),
        "sales": money("7 Day Total Sales", "14 Day Total Sales"),
    },
    preferred={"day": "%m/%d/%Y", "until": "%m/%d/%Y"},
)
