"""Files as sellers' spreadsheets and platforms make them, and what each of their cells means.

    python benchmarks/corpus.py --files 20 --to build/corpus [--seed 7]

Shares no code with the readers: it invents the facts first, writes them down in one of many layouts
and styles with up to four difficulties at once, and keeps beside each file the truth it wrote.  The
same seed gives the same files.  A truth says of each row that holds data, by sheet and row number,
what each stated field means; what is not in it is no data: titles, headers, totals, notes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import get_month_names

try:
    from benchmarks import exports
    from benchmarks.sheets import COMMA, HEADERS, MARKETS, PRODUCTS, TOTALS, Book, Sheet, Style, order_lines
except ImportError:  # run as a script: its own folder is on the path
    import exports  # type: ignore[import-not-found, no-redef]
    from sheets import (  # type: ignore[import-not-found, no-redef]
        COMMA,
        HEADERS,
        MARKETS,
        PRODUCTS,
        TOTALS,
        Book,
        Sheet,
        Style,
        order_lines,
    )


# Writing one value -------------------------------------------------------------------------------


def number_text(value: Decimal | int, style: Style, *, money: bool, places: int = 2) -> str:
    """Write a number in a file's style."""
    value = Decimal(value)
    text = f"{abs(value):,.{places}f}" if money else f"{abs(value):,}"
    text = text.replace(",", "\0").replace(".", style.decimal).replace("\0", style.group)
    if money:
        text = style.money.format(text)
    if value < 0:
        text = {"minus": f"-{text}", "brackets": f"({text})", "trailing": f"{text}-"}[style.negative]
    if style.nbsp:
        text = text.replace(" ", "\u00a0")
    return text


def date_text(value: datetime, style: Style) -> str:
    """Write a time in a file's style."""
    if style.dates == "excel":
        days = (value - datetime(1899, 12, 30)).total_seconds() / 86400
        return f"{days:.0f}" if value.hour == value.minute == 0 else f"{days:.6f}".replace(".", style.decimal)
    if style.dates == "words":
        month = get_month_names("abbreviated", locale=style.language)[value.month]
        return f"{value.day} {month} {value.year}"
    if style.dates == "ampm":
        return f"{value.month}/{value.day}/{value.year} {value:%I:%M %p}"
    return value.strftime(style.dates)


def has_time(style: Style) -> bool:
    return style.dates in ("excel", "ampm") or "%H" in style.dates


def country_text(code: str, style: Style) -> str:
    if style.countries == "codes2":
        return MARKETS[code]
    if style.countries == "codes3":
        return code
    return str(Locale(style.language).territories[MARKETS[code]])


def meaning(fact: dict[str, Any], style: Style, fields: list[str]) -> dict[str, str]:
    """Return what the written row means, field by field."""
    said: dict[str, str] = {}
    for name in fields:
        value = fact[name]
        if isinstance(value, datetime):
            kept = value if has_time(style) else datetime(value.year, value.month, value.day)
            if style.dates == "words" or "%S" not in style.dates:
                kept = kept.replace(second=0)
            said[name] = kept.isoformat(sep=" ")
        else:
            said[name] = str(value)
        if name == "country":
            said["country_said"] = country_text(value, style)
    return said


def written(fact: dict[str, Any], style: Style, fields: list[str], *, typed: bool) -> list[Any]:
    """Return the row's cells: text, or real numbers and dates where a workbook holds them."""
    cells: list[Any] = []
    for name in fields:
        value = fact[name]
        if isinstance(value, datetime):
            if fact.get("turned"):
                cells.append(f"{value.year}-{value.day:02}-{value.month:02}")
                continue
            cells.append((value if has_time(style) else value.date()) if typed else date_text(value, style))
        elif name == "country":
            cells.append(country_text(value, style))
        elif isinstance(value, Decimal):
            cells.append(float(value) if typed else number_text(value, style, money=True))
        elif isinstance(value, int):
            cells.append(value if typed else number_text(value, style, money=False))
        elif name == "order" and style.apostrophe:
            cells.append(f"'{value}")
        else:
            cells.append(str(value))
    return cells


# Layouts -----------------------------------------------------------------------------------------


def a_style(rng: random.Random, language: str) -> Style:
    comma = language in COMMA
    if language == "en" or not comma:
        decimal, group = ".", rng.choice((",", "", ","))
    else:
        decimal, group = ",", rng.choice((".", "", " ", "." if language != "fr" else " "))
    dates = {
        "en": ("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "ampm", "%d/%m/%y", "%m/%d/%y", "excel", "words"),
        "ja": ("%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y年%m月%d日"),
        "ko": ("%Y-%m-%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S"),
        "zh": ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d", "%Y年%m月%d日"),
    }.get(language, ("%d.%m.%Y", "%d/%m/%Y", "%d.%m.%Y %H:%M", "%d/%m/%y", "%d-%m-%Y", "%Y-%m-%d", "excel", "words"))  # fmt: skip
    return Style(
        language=language,
        decimal=decimal,
        group=group,
        money=rng.choice(("{}", "{}", "{}", "{} EUR", "€ {}", "{} €")),
        negative=rng.choice(("minus", "minus", "minus", "brackets", "trailing")),
        dates=rng.choice(dates),
        countries=rng.choice(("names", "names", "codes2", "codes3")),
        nbsp=rng.random() < 0.2,
    )


ORDER_FIELDS = [
    "order",
    "at",
    "sku",
    "product",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "buyer",
    "country",
]


def table_of_orders(rng: random.Random, number: int) -> Book:
    """Make a seller's own list of order lines, in one of twelve languages."""
    language = rng.choice(list(HEADERS))
    style = a_style(rng, language)
    fields = list(ORDER_FIELDS)
    for name, chance in (("amount", 0.4), ("currency", 0.4), ("sku", 0.2), ("buyer", 0.2)):
        if rng.random() < chance:
            fields.remove(name)
    if rng.random() < 0.3:
        rng.shuffle(fields)
    workbook = rng.random() < 0.4
    sheet = Sheet("Sheet1")
    book = Book(f"orders-{number:04}", "table-orders", "orders", [sheet], style)
    book.container = "xlsx" if workbook else rng.choice(("csv", "csv", "csv", "gz", "zip"))
    if not workbook:
        _dress(rng, book)
    typed = workbook and rng.random() < 0.7
    currency = "EUR" if "€" in style.money or "EUR" in style.money else rng.choice(("EUR", "USD", "GBP"))
    if "currency" not in fields:
        book.options["currency"] = currency
    first = date(rng.choice((2023, 2024, 2025)), rng.randrange(1, 13), rng.randrange(1, 28))
    facts = order_lines(rng, rng.choice((12, 30, 60, 150)), language=language, currency=currency, first=first)
    header = [rng.choice(HEADERS[language][name]) for name in fields]
    _lay_out(rng, book, header, facts, fields, typed=typed)
    return book


def _dress(rng: random.Random, book: Book) -> None:
    """Choose how a text file is written down."""
    language = book.style.language
    comma = book.style.decimal == "," or book.style.group == ","
    book.delimiter = rng.choice((";", ";", "\t")) if comma else rng.choice((",", ",", ";", "\t", "|"))
    legacy = {"ja": "cp932", "ko": "cp949", "zh": "gb18030", "pl": "cp1250", "tr": "utf-8"}.get(
        language, "cp1252"
    )
    book.encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", legacy))
    if language == "en":
        book.encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16"))
    book.quoting = rng.choice(("needed", "needed", "all"))
    book.newline = rng.choice(("\n", "\r\n"))
    if rng.random() < 0.1:
        book.first_line = f"sep={book.delimiter}"
        book.difficulties.append("sep-line")


def _lay_out(
    rng: random.Random,
    book: Book,
    header: list[str],
    facts: list[dict[str, Any]],
    fields: list[str],
    *,
    typed: bool,
) -> None:
    """Write header and rows into the book's first sheet, with some difficulties at once."""
    sheet, style = book.sheets[0], book.style
    book.columns = dict(zip(fields, header, strict=True))
    days = {(fact["at"].day, fact["at"].month) for fact in facts}
    either = style.dates in ("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y")
    book.open_dates = (
        either and not typed and all(day <= 12 for day, _ in days) and any(a != b for a, b in days)
    )
    wanted = set(rng.sample(DIFFICULTIES, rng.choice((0, 0, 1, 1, 2, 2, 3, 4))))
    done = book.difficulties
    if not typed:
        _damage(book, facts, wanted)
    if "titles" in wanted:
        done.append("titles")
        sheet.add([rng.choice(("Sales 2025", "Report vendite", "Auftragsliste Export", "Orders of my shop"))])
        for line in (["Created:", "03.02.2026"], ["Shop", "Bottega Fittizia"])[: rng.choice((1, 2))]:
            sheet.add(list(line))
        if rng.random() < 0.6:
            sheet.add([])
    shift = 1 if "empty-first-column" in wanted else 0
    gap = rng.randrange(1, len(fields)) if "empty-column" in wanted else None
    done += [name for name in ("empty-first-column", "empty-column") if name in wanted]

    off = 1 if "shifted" in wanted and not shift and gap is None and "two-row-header" not in wanted else 0
    done += ["shifted"] if off else []

    def place(cells: list[Any]) -> list[Any]:
        if gap is not None and len(cells) > gap:
            cells = [*cells[:gap], "", *cells[gap:]]
        return [""] * shift + cells

    lost = {"order", "at", "buyer", "country", "currency"} & set(fields)
    grouped = "order-once" in wanted and {"order", "at", "country"} <= set(fields)
    done += ["order-once"] if grouped else []
    if "two-row-header" in wanted and not {"header-again", "stacked-same"} & wanted:
        done.append("two-row-header")
        parents, at = [], 0
        while at < len(fields):
            span = min(rng.choice((1, 2, 3)), len(fields) - at)
            parents += [
                header[at] if span == 1 else rng.choice(("Details", "Info", "Data 2025")),
                *[""] * (span - 1),
            ]
            at += span
        children = [
            "" if parent == name and parent else name for parent, name in zip(parents, header, strict=True)
        ]
        sheet.add(place(parents))
        sheet.add(place(children))
    else:
        sheet.add([*(["No."] if off else []), *place(list(header))])
    mixed = {"mixed-dates", "mixed-numbers"} & wanted
    if style.dates in ("excel", "ampm", "words", "%Y-%m-%d") or "%H" in style.dates or typed:
        mixed.discard("mixed-dates")
    if typed or grouped or "subtotals" in wanted or "total" in wanted or "summary-below" in wanted:
        mixed.discard("mixed-numbers")
    done += sorted(mixed)
    if "turned-dates" in wanted and not mixed and not typed and style.dates in ("%d/%m/%Y", "%d.%m.%Y"):
        _turn_dates(book, facts)
    subtotals = "subtotals" in wanted and "amount" in fields and not grouped
    done += ["subtotals"] if subtotals else []
    half = len(facts) // 2 if {"header-again", "stacked-same", "blank-rows"} & wanted else None
    total_name = rng.choice(TOTALS[style.language])
    group: list[dict[str, Any]] = []
    last_order, every = None, rng.randrange(4, 9)
    for number, fact in enumerate(facts):
        if number == half:
            if "stacked-same" in wanted:
                done.append("stacked-same")
                sheet.add([])
                sheet.add([rng.choice(("Second half", "Returns and more", "February"))])
                sheet.add([*(["No."] if off else []), *place(list(header))])
            elif "header-again" in wanted:
                done.append("header-again")
                sheet.add([*(["No."] if off else []), *place(list(header))])
            elif "blank-rows" in wanted:
                done.append("blank-rows")
                sheet.add([])
                sheet.add(place([""] * len(fields)))
            last_order = None
        cells = written(fact, style, fields, typed=typed)
        if mixed and not typed and number % 5 == 3:
            cells = _other_way(cells, fact, style, fields, mixed)
        if grouped and fact["order"] == last_order:
            cells = ["" if name in lost else cell for name, cell in zip(fields, cells, strict=True)]
        last_order = fact["order"]
        sheet.add(place(cells), meaning(fact, style, fields))
        group.append(fact)
        if subtotals and len(group) == every:
            sheet.add(place(_total_row(rng.choice(TOTALS[style.language]), group, style, fields, typed)))
            group = []
    if "total" in wanted and ("amount" in fields or "quantity" in fields):
        done.append("total")
        if rng.random() < 0.4:
            sheet.add([])
        sheet.add(place(_total_row(total_name, facts, style, fields, typed)))
    if "notes" in wanted:
        done.append("notes")
        sheet.add([])
        sheet.add(
            [
                rng.choice(
                    ("Prices include VAT where it applies.", "* estimated", "Printed on 04.02.2026 by Anna")
                )
            ]
        )
    if "summary-below" in wanted:
        done.append("summary-below")
        sheet.add([])
        names = {"de": ("Land", "Umsatz"), "it": ("Paese", "Ricavi")}.get(
            style.language, ("Country", "Revenue")
        )
        sheet.add(list(names))
        for code in sorted({fact["country"] for fact in facts})[:5]:
            money = sum((f["amount"] for f in facts if f["country"] == code), Decimal(0))
            sheet.add(
                [country_text(code, style), float(money) if typed else number_text(money, style, money=True)]
            )
    if "second-table" in wanted:
        done.append("second-table")
        _second_table(rng, sheet)
    if (
        "beside" in wanted
        and not (off or shift or gap)
        and "summary-below" not in wanted
        and "titles" not in wanted
    ):
        done.append("beside")
        _beside(sheet, len(fields))
    if book.container == "xlsx":
        _more_sheets(book, header, facts, fields, wanted, typed=typed)
    elif "cut" in wanted and book.sheets[0].means[-1] is not None and len(fields) > 4:
        done.append("cut")
        book.cut = True


def _second_table(rng: random.Random, sheet: Sheet) -> None:
    """Write a table of visitors below the orders; it has its own columns and its own truth."""
    sheet.add([])
    sheet.add(["Visitors of the shop"])
    sheet.add(["Date", "SKU", "Country", "Impressions", "Clicks", "Visitors", "Page views"])
    for row in range(rng.choice((6, 14))):
        day, code = datetime(2025, 5, 1 + row), rng.choice(list(MARKETS))
        numbers = [
            rng.randrange(200, 900),
            rng.randrange(1, 90),
            rng.randrange(1, 80),
            rng.randrange(90, 190),
        ]
        means = {"day": day.isoformat(sep=" "), "sku": f"T-{row}", "country": code}
        means |= dict(zip(("impressions", "clicks", "visitors", "views"), map(str, numbers), strict=True))
        sheet.add([f"{day:%Y-%m-%d}", f"T-{row}", MARKETS[code], *map(str, numbers)], means)


def _beside(sheet: Sheet, width: int) -> None:
    """Write a small table to the right of the first rows, as people do for themselves."""
    notes = [["Best month", "May"], ["Orders", "17"], ["Remark", "check returns"]]
    for row, cells in zip(range(2, 2 + len(notes)), notes, strict=True):
        if row < len(sheet.rows):
            sheet.rows[row] = [*sheet.rows[row], *[""] * (width - len(sheet.rows[row]) + 1), *cells]


def _other_way(
    cells: list[Any], fact: dict[str, Any], style: Style, fields: list[str], mixed: set[str]
) -> list[Any]:
    """Write a row as a second spreadsheet would: another decimal mark, or dates as ISO."""
    other = replace(
        style, decimal="." if style.decimal == "," else ",", group="," if style.decimal == "," else "."
    )
    found = list(cells)
    for place, name in enumerate(fields):
        if "mixed-numbers" in mixed and name in ("unit_price", "amount"):
            found[place] = number_text(fact[name], other, money=True)
        if "mixed-dates" in mixed and name == "at":
            found[place] = f"{fact[name]:%Y-%m-%d}"
    return found


def _turn_dates(book: Book, facts: list[dict[str, Any]]) -> None:
    """Turn day and month round where a spreadsheet of another country can, and leave the others as text."""
    early = [fact for fact in facts if fact["at"].day <= 12 and fact["at"].day != fact["at"].month]
    late = [fact for fact in facts if fact["at"].day > 12]
    if len({fact["at"].date() for fact in early}) < 4 or len({fact["at"].date() for fact in late}) < 4:
        return
    for fact in facts:
        if fact["at"].day <= 12:
            fact["turned"] = True
    book.must_ask = True
    book.difficulties.append("turned-dates")


def _total_row(
    name: str, facts: list[dict[str, Any]], style: Style, fields: list[str], typed: bool
) -> list[Any]:
    """Return a row with a label and the sums of what can be summed."""
    cells: list[Any] = []
    for field_ in fields:
        if field_ == "quantity":
            value = sum(fact["quantity"] for fact in facts)
            cells.append(value if typed else number_text(value, style, money=False))
        elif field_ == "amount":
            money = sum((fact["amount"] for fact in facts), Decimal(0))
            cells.append(float(money) if typed else number_text(money, style, money=True))
        else:
            cells.append("")
    at = next((n for n, cell in enumerate(cells) if cell == ""), 0)
    cells[at] = name
    return cells


def _damage(book: Book, facts: list[dict[str, Any]], wanted: set[str]) -> None:
    """Damage values as spreadsheets do."""
    if "apostrophes" in wanted:
        book.style.apostrophe = True
        book.difficulties.append("apostrophes")
    if "sci-ids" in wanted and all(fact["order"].isdigit() and len(fact["order"]) > 11 for fact in facts):
        mark = book.style.decimal
        for fact in facts:
            mantissa = f"{Decimal(fact['order']).scaleb(1 - len(fact['order'])):.5f}".rstrip("0").replace(
                ".", mark
            )
            fact["order"] = f"{mantissa}E+{len(fact['order']) - 1}"
        book.told.append("order")
        book.difficulties.append("sci-ids")
    if "mojibake" in wanted and book.encoding in ("utf-8", "utf-8-sig") and book.style.language in COMMA:
        book.mojibake = True
        book.difficulties.append("mojibake")


def _more_sheets(
    book: Book,
    header: list[str],
    facts: list[dict[str, Any]],
    fields: list[str],
    wanted: set[str],
    *,
    typed: bool,
) -> None:
    if "overlap" in wanted and {"order", "at", "country"} <= set(fields) and not book.told:
        book.difficulties.append("overlap")
        again = Sheet("Copy")
        again.add(list(header))
        for fact in facts[len(facts) // 3 :]:
            again.add(written(fact, book.style, fields, typed=typed), meaning(fact, book.style, fields))
        book.sheets.append(again)
    if "cover" in wanted:
        book.difficulties.append("cover")
        cover = Sheet("Cover")
        for line in (["Bottega Fittizia"], ["Export 2026"], [], ["Contact", "info@example.org"]):
            cover.add(line)
        book.sheets.insert(0, cover)
    if "hidden" in wanted:
        book.difficulties.append("hidden")
        old = Sheet("old", hidden=True)
        old.add(list(header))
        stale = [{**fact, "order": f"X{fact['order']}"} for fact in facts[:8]]
        for fact in stale:
            old.add(written(fact, book.style, fields, typed=typed))
        book.sheets.append(old)


DIFFICULTIES = (
    "titles", "empty-first-column", "empty-column", "two-row-header", "subtotals", "header-again", "stacked-same",
    "blank-rows", "total", "total", "notes", "summary-below", "order-once", "apostrophes", "sci-ids", "mojibake", "overlap",
    "cover", "hidden", "cut", "mixed-dates", "mixed-numbers", "turned-dates", "shifted", "second-table", "beside",
)  # fmt: skip


def shopify(rng: random.Random, number: int) -> Book:
    """Make a Shopify orders export: one row per line item, the order's own cells on its first row."""
    style = Style("en", ".", "", "{}", "minus", "%Y-%m-%d %H:%M:%S", "codes2")
    book = Book(
        f"orders_export-{number:04}",
        "shopify",
        "orders",
        [Sheet("Sheet1")],
        style,
        newline=rng.choice(("\n", "\r\n")),
    )
    header = ["Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount",
              "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name", "Billing Country",
              "Shipping Zip", "Shipping Country", "Refunded Amount", "Cancelled at", "Lineitem discount"]  # fmt: skip
    sheet = book.sheets[0]
    sheet.add(header)
    book.columns = {"order": "Name", "at": "Created at", "quantity": "Lineitem quantity", "product": "Lineitem name",
                    "unit_price": "Lineitem price", "sku": "Lineitem sku", "currency": "Currency", "country": "Shipping Country"}  # fmt: skip
    last = None
    for fact in order_lines(rng, rng.choice((20, 60)), language="", currency="EUR", first=date(2025, 3, 2)):
        fact["quantity"] = abs(fact["quantity"])
        first, last = fact["order"] != last, fact["order"]
        created = f"{fact['at']:%Y-%m-%d %H:%M:%S} +0200"
        row = dict.fromkeys(header, "") | {
            "Name": f"#{fact['order']}", "Email": "", "Created at": created, "Lineitem quantity": str(fact["quantity"]),
            "Lineitem name": fact["product"], "Lineitem price": f"{fact['unit_price']:.2f}", "Lineitem sku": fact["sku"],
            "Lineitem discount": "0.00",
        }  # fmt: skip
        if first:
            row |= {"Financial Status": "paid", "Currency": "EUR", "Shipping Country": MARKETS[fact["country"]], "Total": "1.00",
                    "Billing Name": fact["buyer"], "Shipping Zip": "'7700", "Shipping": "5.00", "Taxes": "1.20", "Discount Amount": "0.00",
                    "Refunded Amount": "0.00"}  # fmt: skip
        means = {"order": f"#{fact['order']}", "at": fact["at"].isoformat(sep=" "), "sku": fact["sku"], "product": fact["product"],
                 "quantity": str(fact["quantity"]), "unit_price": str(fact["unit_price"]), "currency": "EUR", "country": fact["country"],
                 "country_said": MARKETS[fact["country"]]}  # fmt: skip
        sheet.add([row[name] for name in header], means)
    return book


def amazon(rng: random.Random, number: int) -> Book:
    """Make Amazon's all-orders flat file: tabs, no quoting, names that begin with quotation marks."""
    style = Style("en", ".", "", "{}", "minus", "%Y-%m-%dT%H:%M:%S+00:00", "codes2")
    book = Book(f"all-orders-{number:04}", "amazon", "orders", [Sheet("Sheet1")], style, delimiter="\t", quoting="none",
                encoding=rng.choice(("utf-8", "cp1252")), newline=rng.choice(("\n", "\r\n")))  # fmt: skip
    header = ["amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status", "fulfillment-channel", "sales-channel", "product-name", "sku", "asin", "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax", "item-promotion-discount", "ship-city", "ship-country", "promotion-ids"]  # fmt: skip
    sheet = book.sheets[0]
    sheet.add(header)
    book.columns = {"order": "amazon-order-id", "at": "purchase-date", "quantity": "quantity", "product": "product-name", "amount": "item-price",
                    "sku": "sku", "currency": "currency", "country": "ship-country", "marketplace": "sales-channel"}  # fmt: skip
    for fact in order_lines(
        rng,
        rng.choice((20, 60)),
        language=rng.choice(("de", "it", "fr")),
        currency="EUR",
        first=date(2025, 3, 2),
    ):
        fact["quantity"], name = abs(fact["quantity"]), fact["product"]
        name = f'"{name}' if rng.random() < 0.1 else name
        amount = fact["quantity"] * fact["unit_price"]
        row = dict.fromkeys(header, "") | {
            "amazon-order-id": f"404-{fact['order']}", "purchase-date": f"{fact['at']:%Y-%m-%dT%H:%M:%S+00:00}", "order-status": "Shipped",
            "sales-channel": "Amazon.de", "product-name": name, "sku": fact["sku"], "item-status": "Shipped", "quantity": str(fact["quantity"]),
            "currency": "EUR", "item-price": f"{amount:.2f}", "item-tax": "1.00", "ship-city": "Köln", "ship-country": MARKETS[fact["country"]],
        }  # fmt: skip
        means = {"order": f"404-{fact['order']}", "at": fact["at"].isoformat(sep=" "), "sku": fact["sku"], "product": name,
                 "quantity": str(fact["quantity"]), "amount": str(amount), "currency": "EUR", "country": fact["country"], "marketplace": "Amazon.de",
                 "country_said": MARKETS[fact["country"]]}  # fmt: skip
        sheet.add([row[name_] for name_ in header], means)
    return book


OTHERS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "traffic": ("traffic", {"day": ("Date", "Datum", "Data"), "sku": ("SKU", "SKU", "SKU"), "country": ("Country", "Land", "Paese"),
                            "impressions": ("Impressions", "Impressionen", "Impressioni"), "clicks": ("Clicks", "Klicks", "Clic"),
                            "visitors": ("Visitors", "Besucher", "Visitatori"), "views": ("Page views", "Seitenaufrufe", "Pagine viste")}),
    "ads": ("ads", {"day": ("Date", "Datum", "Data"), "campaign": ("Campaign name", "Kampagnenname", "Nome campagna"),
                    "term": ("Customer search term", "Suchbegriff des Kunden", "Termine di ricerca cliente"),
                    "impressions": ("Impressions", "Impressionen", "Impressioni"), "clicks": ("Clicks", "Klicks", "Clic"),
                    "spend": ("Spend", "Ausgaben", "Spesa"), "currency": ("Currency", "Währung", "Valuta")}),
    "reviews": ("reviews", {"review": ("Review ID", "Bewertungs-ID", "ID recensione"), "day": ("Review date", "Bewertungsdatum", "Data recensione"),
                            "sku": ("SKU", "SKU", "SKU"), "rating": ("Rating", "Sterne", "Stelle"),
                            "body": ("Review text", "Bewertungstext", "Testo recensione"), "country": ("Country", "Land", "Paese")}),
    "listings": ("listings", {"day": ("Date", "Datum", "Data"), "listing": ("Listing ID", "Angebotsnummer", "ID annuncio"),
                              "seller": ("Seller", "Verkäufer", "Venditore"), "product": ("Title", "Titel", "Titolo"),
                              "price": ("Price", "Preis", "Prezzo"), "currency": ("Currency", "Währung", "Valuta"), "country": ("Country", "Land", "Paese")}),
}  # fmt: skip


def other(rng: random.Random, number: int) -> Book:
    """Make a table of traffic, advertisements, reviews or listings."""
    layout = rng.choice(list(OTHERS))
    table, names = OTHERS[layout]
    place = rng.randrange(3)
    language = ("en", "de", "it")[place]
    style = a_style(rng, language)
    style.money, style.negative = "{}", "minus"
    if style.dates in ("excel", "ampm") or "%H" in style.dates:
        style.dates = "%Y-%m-%d"
    book = Book(f"{layout}-{number:04}", layout, table, [Sheet("Sheet1")], style)
    _dress(rng, book)
    sheet = book.sheets[0]
    if rng.random() < 0.3:
        book.difficulties.append("titles")
        sheet.add(["Export"])
        sheet.add([])
    fields = list(names)
    book.columns = {name: names[name][place] for name in fields}
    sheet.add([names[name][place] for name in fields])
    sums: dict[str, int] = {"impressions": 0, "clicks": 0, "visitors": 0, "views": 0}
    day = datetime(2025, rng.randrange(1, 12), 3)
    facts: list[dict[str, Any]] = []
    for row in range(rng.choice((20, 60, 120))):
        if rng.random() < 0.5:
            day += timedelta(days=1)
        facts.append({
            "day": day, "sku": f"T-{row % 17:03}", "country": rng.choice(list(MARKETS)), "impressions": rng.randrange(100, 90_000),
            "clicks": rng.randrange(0, 900), "visitors": rng.randrange(0, 700), "views": rng.randrange(10, 2_000),
            "campaign": f"Campaign {row % 3}", "term": rng.choice(("green tea", "grüner tee", "b0abcdef12", "tazza")) + f" {row}",
            "spend": Decimal(rng.randrange(10, 300_000)) / 100, "currency": "EUR", "review": f"R{number}{row:04}", "rating": rng.randrange(1, 6),
            "body": rng.choice(("A lovely jar; would buy again", "Der Deckel schließt nicht", "Molto bello, 5 stelle")), "listing": f"L{row:05}",
            "seller": rng.choice(("Rival Ltd", "Händler & Co")), "product": rng.choice(PRODUCTS[""]), "price": Decimal(rng.randrange(100, 250_000)) / 100,
        })  # fmt: skip
        sheet.add(written(facts[-1], style, fields, typed=False), meaning(facts[-1], style, fields))
        for name in sums:
            sums[name] += facts[-1][name]
    days = {(fact["day"].day, fact["day"].month) for fact in facts}
    either = style.dates in ("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y")
    book.open_dates = either and all(one <= 12 for one, _ in days) and any(a != b for a, b in days)
    if layout == "traffic" and rng.random() < 0.5:
        book.difficulties.append("total")
        cells = ["" for _ in fields]
        cells[0] = rng.choice(TOTALS[language])
        for name, value in sums.items():
            cells[fields.index(name)] = number_text(value, style, money=False)
        sheet.add(cells)
    return book


def layouts() -> tuple[tuple[Callable[[random.Random, int], Book], int], ...]:
    """Return who makes the files of each layout, and how often."""

    def shopify_handled(rng: random.Random, number: int) -> Book:
        book = shopify(rng, number)
        return exports.handled(rng, book, exports.summed(book, "Total"))

    def amazon_handled(rng: random.Random, number: int) -> Book:
        book = amazon(rng, number)
        return exports.handled(rng, book, exports.summed(book, "item-price"))

    return (
        (table_of_orders, 20), (shopify_handled, 4), (amazon_handled, 4), (other, 8),
        (exports.ebay, 5), (exports.etsy, 5), (exports.woocommerce, 3), (exports.alibaba, 4), (exports.amazon_reports, 7),
    )  # fmt: skip


# Files -------------------------------------------------------------------------------------------


def make(number: int, seed: int) -> Book:
    """Make the book of a number; the same number and seed give the same book."""
    rng = random.Random(seed * 1_000_003 + number)
    makers, weights = zip(*layouts(), strict=True)
    maker: Callable[[random.Random, int], Book] = rng.choices(makers, weights)[0]
    return maker(rng, number)


def line_of(cells: list[Any], book: Book) -> str:
    """Write a row of cells the way the book is written."""
    texts = ["" if cell is None else str(cell) for cell in cells]
    if book.quoting == "none":
        return book.delimiter.join(texts)
    special = (book.delimiter, '"', "\n")
    return book.delimiter.join(
        '"' + text.replace('"', '""') + '"'
        if text and (book.quoting == "all" or any(mark in text for mark in special))
        else text
        for text in texts
    )


def _text_file(book: Book) -> bytes:
    sheet = book.sheets[0]
    if book.first_line:
        sheet.rows.insert(0, [])
        sheet.means.insert(0, None)
    lines = [line_of(row, book) for row in sheet.rows]
    if book.first_line:
        lines[0] = book.first_line
    if book.mojibake:
        lines = [_mojibake(line) for line in lines]
    text = book.newline.join(lines) + book.newline
    if book.cut:
        kept = text.rstrip().rfind(book.delimiter)
        text = text[: text.rfind(book.delimiter, 0, kept)]
        sheet.means[-1] = None  # what is left of it means nothing for certain
    try:
        return text.encode(book.encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")


def _mojibake(text: str) -> str:
    """Read UTF-8 as Windows-1252, as a spreadsheet that was told the wrong encoding does."""
    return "".join(
        char
        if char < "\x80"
        else "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in char.encode())
        for char in text
    )


def _workbook(book: Book) -> bytes:
    import openpyxl

    out = openpyxl.Workbook()
    del out[out.sheetnames[0]]
    for sheet in book.sheets:
        page = out.create_sheet(sheet.name)
        for row, cells in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if cell not in ("", None):
                    page.cell(row, column, cell)
        if sheet.hidden:
            page.sheet_state = "hidden"
    stream = io.BytesIO()
    out.save(stream)
    return stream.getvalue()


def write(book: Book, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Write a book as a file, and return its path and the truth about it."""
    if book.container == "xlsx":
        content, suffix = _workbook(book), ".xlsx"
    elif book.container == "jsonl":
        lines = [json.dumps(one, ensure_ascii=False) for one in book.objects]
        content, suffix = "\n".join(lines).encode() + b"\n", ".jsonl"
    elif book.container == "json":
        content, suffix = json.dumps(book.objects, ensure_ascii=False, indent=1).encode(), ".json"
    else:
        content, suffix = _text_file(book), ".csv"
    path = folder / (book.name + suffix)
    if book.container == "gz":
        path = folder / (book.name + suffix + ".gz")
        content = gzip.compress(content, mtime=0)
    elif book.container == "zip":
        path = folder / (book.name + ".zip")
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(book.name + suffix, content)
        content = stream.getvalue()
    path.write_bytes(content)
    truth = {
        "file": path.name, "layout": book.layout, "table": book.table, "container": book.container, "options": book.options,
        "difficulties": book.difficulties, "told": book.told, "columns": book.columns, "open_dates": book.open_dates or book.must_ask,
        "sheets": {
            sheet.name: {row: means for row, means in enumerate(sheet.means, start=1) if means is not None}
            for sheet in book.sheets
        },
    }  # fmt: skip
    return path, truth


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--to", type=Path, default=Path("build/corpus"))
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for number in range(options.files):
        path, truth = write(make(number, options.seed), options.to)
        path.with_name(path.name + ".truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1))
    print(f"{options.files:,} files were written to {options.to}.")


if __name__ == "__main__":
    main()
