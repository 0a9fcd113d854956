"""Exports of platforms as `corpus.py` writes them: eBay, Etsy, WooCommerce, Alibaba.com and Amazon's reports.

Each maker invents its facts, writes them the way the platform does (preambles, summary rows, signs, guards,
languages) and says what every row means.  What people do to such a file afterwards (a title, a total, a
note, a ZIP, an end cut off) is added by `handled`, the same for all of them.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import get_month_names

try:
    from benchmarks.sheets import MARKETS, PRODUCTS, TOTALS, Book, Sheet, Style, order_lines
except ImportError:  # run as a script: its own folder is on the path
    from sheets import (  # type: ignore[import-not-found, no-redef]
        MARKETS,
        PRODUCTS,
        TOTALS,
        Book,
        Sheet,
        Style,
        order_lines,
    )

CENT = Decimal("0.01")


def plain(language: str = "en", decimal: str = ".") -> Style:
    """Return the style of a file whose cells the maker writes itself."""
    return Style(language, decimal, "", "{}", "minus", "%Y-%m-%d", "names")


def grouped(value: Decimal | int, style: str = ",.", places: int | None = None) -> str:
    """Write a number with thousands; `style` holds the mark between thousands and the decimal mark."""
    text = f"{value:,.{2 if places is None else places}f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.replace(",", "\0").replace(".", style[1]).replace("\0", style[0])


def country_name(code: str, language: str) -> str:
    return str(Locale(language).territories[MARKETS[code]])


def handled(rng: random.Random, book: Book, sums: dict[str, Decimal | int] | None = None) -> Book:
    """Do to an export what people do before they bring it; `sums` are its columns that can be summed."""
    sheet = book.sheets[0]
    header = next(n for n, row in enumerate(sheet.rows) if next(iter(book.columns.values())) in row)
    if sums and rng.random() < 0.15:
        cells = ["" for _ in sheet.rows[header]]
        for name, value in sums.items():
            mark = book.style.decimal
            cells[sheet.rows[header].index(name)] = grouped(value, ".," if mark == "," else ",.")
        free = next((n for n, cell in enumerate(cells) if not cell), 0)
        cells[free] = rng.choice(TOTALS.get(book.style.language, TOTALS["en"]))
        sheet.add(cells)
        book.difficulties.append("total")
    if book.quoting != "none" and rng.random() < 0.1:
        sheet.add([])
        sheet.add([rng.choice(("Prepared for the accountant", "* as of today", "Thanks, Anna"))])
        book.difficulties.append("notes")
    if header == 0 and book.quoting != "none" and rng.random() < 0.15:
        for line in reversed(
            rng.choice(([["Export of my shop"]], [["Export of my shop"], ["Made by", "Bo Madeup"], []]))
        ):
            sheet.rows.insert(0, line)
            sheet.means.insert(0, None)
        book.difficulties.append("titles")
    if header == 0 and "titles" not in book.difficulties and rng.random() < 0.08 and len(sheet.rows) > 12:
        middle = len(sheet.rows) // 2
        while sheet.means[middle] is None or sheet.means[middle].get("inside"):  # type: ignore[union-attr]
            middle += 1
        sheet.rows.insert(middle, list(sheet.rows[header]))
        sheet.means.insert(middle, None)
        book.difficulties.append("header-again")
    for means in sheet.means:
        if means is not None:
            means.pop("inside", None)
    if book.container == "csv":
        book.container = rng.choice(("csv",) * 6 + ("gz", "zip"))
    if book.container == "csv" and rng.random() < 0.05 and sheet.means[-1] is not None:
        book.cut = True
        book.difficulties.append("cut")
    return book


def summed(book: Book, *names: str) -> dict[str, Decimal | int]:
    """Return the sums of columns whose cells are plain decimals."""
    header, *rows = book.sheets[0].rows
    places = {name: header.index(name) for name in names}
    return {
        name: sum((Decimal(row[at]) for row in rows if row[at]), Decimal(0)) for name, at in places.items()
    }


# eBay --------------------------------------------------------------------------------------------

EBAY_US = (
    "Sales Record Number", "Order Number", "Buyer Username", "Buyer Name", "Buyer Email", "Buyer Country", "Ship To Name", "Ship To City",
    "Ship To Zip", "Ship To Country", "Item Number", "Item Title", "Custom Label", "Sold Via Promoted Listings", "Quantity", "Sold For",
    "Shipping And Handling", "Item Location", "Item Country", "Seller Collected Tax", "eBay Collected Tax", "Total Price", "Payment Method",
    "Sale Date", "Paid On Date", "Shipped On Date", "Transaction ID", "Variation Details", "eBay International Shipping",
)  # fmt: skip
EBAY_GB = {
    "Ship To Name": "Post To Name", "Ship To City": "Post To City", "Ship To Zip": "Post To Postcode", "Ship To Country": "Post To Country",
    "Shipping And Handling": "Postage And Handling", "Shipped On Date": "Dispatched On Date",
}  # fmt: skip
EBAY_DE = {
    "Sales Record Number": "Verkaufsprotokollnummer", "Order Number": "Bestellnummer", "Buyer Username": "Nutzername des Käufers",
    "Buyer Name": "Name des Käufers", "Ship To Country": "Versand nach Land", "Item Number": "Artikelnummer", "Item Title": "Angebotstitel",
    "Custom Label": "Bestandseinheit", "Sold Via Promoted Listings": "Verkauft über Anzeigen", "Quantity": "Anzahl", "Sold For": "Verkauft für",
    "Shipping And Handling": "Verpackung und Versand", "Total Price": "Gesamtbetrag", "Sale Date": "Verkauft am", "Paid On Date": "Zahlungsdatum",
    "Shipped On Date": "Verschickt am - Datum",
}  # fmt: skip


def ebay(rng: random.Random, number: int) -> Book:
    """Make eBay's orders report, American, British or German: an order of several items has a row of its own."""
    site = rng.choice(("us", "us", "gb", "de", "de"))
    language, sign, currency = {"us": ("en", "$", "USD"), "gb": ("en", "£", "GBP"), "de": ("de", "€", "EUR")}[
        site
    ]
    german = site == "de"
    names = {
        name: (EBAY_DE if german else EBAY_GB if site == "gb" else {}).get(name, name) for name in EBAY_US
    }
    wanted = [name for name in EBAY_US if not german or name in EBAY_DE]
    header = [names[name] for name in wanted]
    book = Book(f"ebay-{number:04}", f"ebay-{site}", "orders", [Sheet("Sheet1")], plain(language, "," if german else "."),
                delimiter=";" if german else ",", encoding=rng.choice(("utf-8", "utf-8-sig", "cp1252")),
                newline=rng.choice(("\n", "\r\n")))  # fmt: skip
    sheet = book.sheets[0]
    fields = {"order": "Order Number", "at": "Sale Date", "sku": "Custom Label", "product": "Item Title", "quantity": "Quantity",
              "amount": "Sold For", "buyer": "Buyer Username", "country": "Ship To Country"}  # fmt: skip
    book.columns = {name: names[column] for name, column in fields.items()}
    sheet.add(["" for _ in header])
    sheet.add(header)
    sheet.add(["" for _ in header])
    each = rng.random() < 0.3  # whether Sold For is the price of one
    guarded = rng.random() < 0.2

    def money(value: Decimal) -> str:
        return f"{grouped(value, '.,')} {sign}" if german else f"{sign}{grouped(value)}"

    def day(value: datetime) -> str:
        month = get_month_names("abbreviated", locale=language)[value.month].rstrip(".")[:3]
        return f"{value.day:02}-{month}-{value:%y}" if german else f"{month}-{value:%d-%y}"

    facts = order_lines(
        rng,
        rng.choice((20, 60, 120)),
        language=language,
        currency=currency,
        first=date(2025, rng.randrange(1, 12), 2),
    )
    orders: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        fact["quantity"] = abs(fact["quantity"])
        orders.setdefault(fact["order"], []).append(fact)
    each = each and any(len(lines) == 1 and lines[0]["quantity"] > 1 for lines in orders.values())
    for record, (order, lines) in enumerate(orders.items(), start=100):
        head, code = lines[0], f"{record % 90 + 10}-{order[-5:]}-{record:05}"
        post = Decimal(rng.choice((0, 0, 490, 800, 1250))) / 100
        amounts = [line["quantity"] * line["unit_price"] for line in lines]
        of_order = {"Sales Record Number": str(record), "Order Number": code, "Buyer Username": head["buyer"], "Buyer Name": f"Test {record}",
                    "Ship To Zip": "'07700", "Ship To Country": country_name(head["country"], language), "Sale Date": day(head["at"]),
                    "Paid On Date": day(head["at"]), "Shipped On Date": "--", "Total Price": money(sum(amounts, post)),
                    "Shipping And Handling": money(post) if post else "--"}  # fmt: skip
        if len(lines) > 1:
            whole = of_order | {
                "Quantity": str(sum(line["quantity"] for line in lines)),
                "Sold For": money(sum(amounts, Decimal(0))),
            }
            sheet.add([whole.get(name, "") for name in wanted])
        for place, (line, amount) in enumerate(zip(lines, amounts, strict=True)):
            alone = len(lines) == 1
            item = f"11{int(order[-4:]) if order[-4:].isdigit() else 7:04}{record:04}{place:02}"
            row = (of_order if alone else {k: of_order[k] for k in ("Sales Record Number", "Order Number", "Buyer Username")}) | {
                "Item Number": f'="{item}"' if guarded else item, "Item Title": line["product"], "Custom Label": line["sku"],
                "Sold Via Promoted Listings": "Nein" if german else "No", "Quantity": str(line["quantity"]),
                "Sold For": money(line["unit_price"] if each else amount), "Transaction ID": f"22{record:06}{place:02}",
            }  # fmt: skip
            means = {"order": code, "at": datetime(head["at"].year, head["at"].month, head["at"].day).isoformat(sep=" "), "sku": line["sku"],
                     "product": line["product"], "quantity": str(line["quantity"]), "amount": str(amount), "currency": currency,
                     "buyer": head["buyer"], "country": head["country"], "country_said": of_order["Ship To Country"]}  # fmt: skip
            if post and place == 0:
                means["shipping"] = str(post)
            if not alone:
                means["inside"] = "yes"
            sheet.add([row.get(name, "") for name in wanted], means)
    sheet.add(["" for _ in header])
    said = (
        str(len(orders)),
        "Datensätze heruntergeladen" if german else "record(s) downloaded",
        "von" if german else "from",
        "Jan-01-25",
    )
    sheet.add([*said, *["" for _ in header[4:]]])
    sheet.add([rng.choice(("Seller ID : example", "Verkäufer-ID : beispiel")), *["" for _ in header[1:]]])
    return handled(rng, book)


# Etsy --------------------------------------------------------------------------------------------

ETSY_ORDERS = ["Sale Date", "Order ID", "Buyer User ID", "Full Name", "First Name", "Last Name", "Number of Items", "Payment Method", "Date Shipped", "Street 1", "Street 2", "Ship City", "Ship State", "Ship Zipcode", "Ship Country", "Currency", "Order Value", "Coupon Code", "Coupon Details", "Discount Amount", "Shipping Discount", "Shipping", "Sales Tax", "Order Total", "Status", "Card Processing Fees", "Order Net", "Adjusted Order Total", "Adjusted Card Processing Fees", "Adjusted Net Order Amount", "Buyer", "Order Type", "Payment Type", "InPerson Discount", "InPerson Location", "SKU"]  # fmt: skip
ETSY_ITEMS = ["Sale Date", "Item Name", "Buyer", "Quantity", "Price", "Coupon Code", "Coupon Details", "Discount Amount", "Shipping Discount", "Order Shipping", "Order Sales Tax", "Item Total", "Currency", "Transaction ID", "Listing ID", "Date Paid", "Date Shipped", "Ship Name", "Ship Address1", "Ship City", "Ship State", "Ship Zipcode", "Ship Country", "Order ID", "Variations", "Order Type", "Listings Type", "Payment Type", "InPerson Discount", "InPerson Location", "VAT Paid by Buyer", "SKU"]  # fmt: skip
ETSY_GB = {
    "Date Shipped": "Date Posted",
    "Shipping": "Delivery",
    "Shipping Discount": "Delivery Discount",
} | {f"Ship {what}": f"Delivery {what}" for what in ("City", "State", "Zipcode", "Country")}


def etsy(rng: random.Random, number: int) -> Book:
    """Make Etsy's sold orders or sold order items, of an American or a British account."""
    items, british = rng.random() < 0.5, rng.random() < 0.3
    currency = "GBP" if british else rng.choice(("EUR", "USD"))
    names = {name: ETSY_GB.get(name, name) if british else name for name in (*ETSY_ORDERS, *ETSY_ITEMS)}
    wanted = ETSY_ITEMS if items else ETSY_ORDERS
    book = Book(f"etsy-{number:04}", "etsy-items" if items else "etsy-orders", "orders", [Sheet("Sheet1")], plain(),
                newline=rng.choice(("\n", "\r\n")), encoding=rng.choice(("utf-8", "utf-8", "utf-8-sig")))  # fmt: skip
    fields = {
        "order": "Order ID",
        "at": "Sale Date",
        "sku": "SKU",
        "currency": "Currency",
        "country": "Ship Country",
    }
    fields |= ({"quantity": "Quantity", "product": "Item Name", "unit_price": "Price", "buyer": "Buyer"} if items
               else {"quantity": "Number of Items", "amount": "Order Value", "buyer": "Buyer User ID"})  # fmt: skip
    book.columns = {name: names[column] for name, column in fields.items()}
    sheet = book.sheets[0]
    sheet.add([names[name] for name in wanted])
    facts = order_lines(
        rng,
        rng.choice((20, 60, 150)),
        language="",
        currency=currency,
        first=date(2025, rng.randrange(1, 12), 2),
    )
    orders: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        fact["quantity"] = abs(fact["quantity"])
        orders.setdefault(fact["order"], []).append(fact)
    total = Decimal(0)
    for place, lines in enumerate(orders.values()):
        head, order = lines[0], f"33{place:08}"
        post, tax = Decimal(rng.choice((0, 500, 1400))) / 100, Decimal(rng.choice((0, 0, 281))) / 100
        worth = sum((line["quantity"] * line["unit_price"] for line in lines), Decimal(0))
        off = (worth / 10).quantize(CENT) if rng.random() < 0.2 else Decimal("0.00")
        shared = {"Sale Date": f"{head['at']:%m/%d/%y}", "Order ID": order, "Currency": currency, "Ship City": "Sampletown",
                  "Ship Zipcode": "04524", "Ship Country": country_name(head["country"], "en"), "Order Type": "online",
                  "Payment Type": "online_cc", "Date Shipped": f"{head['at'] + timedelta(days=2):%m/%d/%y}"}  # fmt: skip
        means = {"order": order, "at": datetime(head["at"].year, head["at"].month, head["at"].day).isoformat(sep=" "), "currency": currency,
                 "country": head["country"], "country_said": shared["Ship Country"]}  # fmt: skip
        user = f"user{place % 37:02}"
        if not items:
            row = shared | {"Buyer User ID": user, "Full Name": head["buyer"], "Number of Items": str(sum(line["quantity"] for line in lines)),
                            "Order Value": grouped(worth), "Discount Amount": grouped(off), "Shipping Discount": "0.00",
                            "Shipping": grouped(post), "Sales Tax": grouped(tax), "Order Total": grouped(worth - off + post + tax),
                            "Order Net": grouped(worth - off), "Buyer": f"{head['buyer']} ({user})", "SKU": ",".join(line["sku"] for line in lines),
                            "Status": rng.choice(("", "", "Shipped"))}  # fmt: skip
            means |= {"quantity": row["Number of Items"], "amount": str(worth), "discount": str(-off), "shipping": str(post), "tax": str(tax),
                      "buyer": user, "sku": row["SKU"]}  # fmt: skip
            sheet.add([row.get(name, "") for name in wanted], means)
            total += worth
            continue
        for at, line in enumerate(lines):
            worth_ = line["quantity"] * line["unit_price"]
            cut = (worth_ / 10).quantize(CENT) if off else Decimal("0.00")
            row = shared | {"Item Name": line["product"], "Buyer": user, "Quantity": str(line["quantity"]), "Price": grouped(line["unit_price"]),
                            "Discount Amount": grouped(cut), "Order Shipping": grouped(post), "Order Sales Tax": grouped(tax),
                            "Item Total": grouped(worth_), "Transaction ID": f"40{place:06}{at:02}", "Listing ID": "1500000001",
                            "Ship Name": head["buyer"], "SKU": line["sku"], "VAT Paid by Buyer": "0.00"}  # fmt: skip
            said = means | {"product": line["product"], "quantity": str(line["quantity"]), "unit_price": str(line["unit_price"]),
                            "discount": str(-cut), "buyer": user, "sku": line["sku"]}  # fmt: skip
            said |= {"shipping": str(post), "tax": str(tax)} if at == 0 else {}
            sheet.add([row.get(name, "") for name in wanted], said)
            total += worth_
    return handled(rng, book, {"Item Total" if items else "Order Value": total})


# WooCommerce -------------------------------------------------------------------------------------


def woocommerce(rng: random.Random, number: int) -> Book:
    """Make WooCommerce's Analytics > Orders, today's or the older one; the country is stated by the person."""
    old = rng.random() < 0.3
    sign, currency, comma = rng.choice(
        (
            ("€", "EUR", False),
            ("€", "EUR", True),
            ("£", "GBP", False),
            ("zł", "PLN", True),
            ("₹", "INR", False),
        )
    )
    header = (
        ["Date", "Order #", "N. Revenue", "N. Revenue (formatted)", "Status", "Customer type", "Product(s)", "Items sold", "Coupon(s)"] if old
        else ["Date", "Order #", "N. Revenue (formatted)", "Status", "Customer", "Customer type", "Product(s)", "Items sold", "Coupon(s)",
              "Net Sales", "Attribution"]
    )  # fmt: skip
    money = "N. Revenue" if old else "Net Sales"
    book = Book(
        f"woo-{number:04}",
        "woocommerce",
        "orders",
        [Sheet("Sheet1")],
        plain(),
        encoding=rng.choice(("utf-8", "utf-8-sig")),
    )
    book.options = {"country": "Italy"}
    book.columns = {
        "order": "Order #",
        "at": "Date",
        "quantity": "Items sold",
        "product": "Product(s)",
        "amount": money,
    }
    sheet = book.sheets[0]
    sheet.add(header)
    facts = order_lines(rng, rng.choice((20, 60)), language="", currency=currency, first=date(2025, 3, 2))
    numbers: set[str] = set()
    total = Decimal(0)
    for place, fact in enumerate(facts):
        order = str(1500 + place)
        back = fact["quantity"] < 0 and bool(numbers)
        order = rng.choice(sorted(numbers)) if back else order
        numbers.add(order)
        quantity = fact["quantity"] if back else abs(fact["quantity"])
        worth = quantity * fact["unit_price"]
        shown = grouped(abs(worth), ".,") if comma else grouped(abs(worth))
        shown = ("-" if worth < 0 else "") + (f"{shown} {sign}" if comma else f"{sign}{shown}")
        product = f"{abs(quantity)}× {fact['product']}"
        row = {"Date": f"{fact['at']:%Y-%m-%d %H:%M:%S}", "Order #": order, "N. Revenue (formatted)": shown,
               money: f"{worth:.2f}".rstrip("0").rstrip("."), "Status": "refunded" if back else rng.choice(("completed", "processing")),
               "Customer": fact["buyer"], "Customer type": "new", "Product(s)": product, "Items sold": str(abs(quantity)), "Attribution": "Direct"}  # fmt: skip
        sheet.add([row.get(name, "") for name in header],
                  {"order": order, "at": fact["at"].isoformat(sep=" "), "quantity": str(quantity), "amount": str(worth), "product": product,
                   "currency": currency, "country": "ITA"})  # fmt: skip
        total += worth
    return handled(rng, book, {money: total})


# Alibaba.com ---------------------------------------------------------------------------------------


def alibaba(rng: random.Random, number: int) -> Book:
    """Make one of the tables of Alibaba.com's back office: products, keywords of a product, hot keywords, orders."""
    return rng.choice((_alibaba_products, _alibaba_keywords, _alibaba_hot, _alibaba_orders, _alibaba_orders))(
        rng, number
    )


def _back_office(rng: random.Random, book: Book) -> None:
    book.options = {"period": "2026-05"}
    book.container = rng.choice(("csv", "xlsx"))
    book.encoding = rng.choice(("utf-8-sig", "utf-8", "gb18030"))


def _alibaba_products(rng: random.Random, number: int) -> Book:
    book = Book(f"Products-{number:04}", "alibaba-products", "traffic", [Sheet("Sheet1")], plain("zh"))
    _back_office(rng, book)
    newer = rng.random() < 0.3
    names = {"sku": "产品ID", "product": "产品名称", "impressions": "全店曝光次数" if newer else "搜索曝光次数",
             "clicks": "全店点击次数" if newer else "搜索点击次数", "visitors": "访问人数", "inquiries": "询盘个数"}  # fmt: skip
    sheet = book.sheets[0]
    if rng.random() < 0.7:
        for line in (["产品效果"], ["统计时间：2026-05-01 至 2026-05-31"], ["数据每日更新，仅供参考"], []):
            sheet.add(line)
    header = ["产品ID", "产品名称", "是否橱窗", "是否P4P", names["impressions"], names["clicks"], "搜索点击率", "访问人数", "询盘个数", "询盘率", "TM咨询人数"]  # fmt: skip
    sheet.add(header)
    book.columns = names
    for row in range(rng.choice((12, 40))):
        sku, shown, clicked = f"16001{number:04}{row:04}", rng.randrange(0, 30_000), rng.randrange(0, 400)
        seen, asked = rng.randrange(0, 300), rng.choice((0, 0, 1, 3, 12))
        cells = {"产品ID": f"{sku}.0" if rng.random() < 0.1 else sku, "产品名称": rng.choice((*PRODUCTS[""], *PRODUCTS["zh"])), "是否橱窗": "Y",
                 "是否P4P": "N", names["impressions"]: grouped(shown), names["clicks"]: str(clicked), "搜索点击率": "1.15%", "访问人数": str(seen),
                 "询盘个数": str(asked) if asked else "-", "询盘率": "-", "TM咨询人数": "-"}  # fmt: skip
        means = {
            "sku": sku,
            "product": str(cells["产品名称"]),
            "impressions": str(shown),
            "clicks": str(clicked),
            "visitors": str(seen),
        }
        sheet.add([cells[name] for name in header], means | ({"inquiries": str(asked)} if asked else {}))
    return book


def _alibaba_keywords(rng: random.Random, number: int) -> Book:
    book = Book(f"keywords-{number:04}", "alibaba-keywords", "ads", [Sheet("Sheet1")], plain("zh"))
    _back_office(rng, book)
    header = ["关键词", "搜索曝光次数", "搜索点击次数", "直通车曝光次数", "直通车点击次数", "商品详情页访问人数", "店内询盘人数", "店内TM咨询人数", "店内订单买家人数", "商机转化率"]  # fmt: skip
    book.sheets[0].add(header)
    book.columns = {
        "term": "关键词",
        "impressions": "搜索曝光次数",
        "clicks": "搜索点击次数",
        "orders": "店内订单买家人数",
    }
    for row in range(rng.choice((12, 40))):
        shown, clicked, bought = rng.randrange(0, 9_000), rng.randrange(0, 200), rng.randrange(0, 4)
        term = f"{rng.choice(('olive oil bulk', 'linen towel', 'tea cup', '茶杯'))} {row}"
        book.sheets[0].add([term, grouped(shown), str(clicked), "-", "-", str(clicked), "1", "0", str(bought), "2.10%"],
                           {"term": term, "impressions": str(shown), "clicks": str(clicked), "orders": str(bought)})  # fmt: skip
    return book


def _alibaba_hot(rng: random.Random, number: int) -> Book:
    book = Book(f"HotKeyword-{number:04}", "alibaba-hot", "ads", [Sheet("Sheet1")], plain("zh"))
    _back_office(rng, book)
    book.sheets[0].add(["关键词", "搜索指数", "搜索涨幅", "点击率", "卖家规模指数"])
    book.columns = {"term": "关键词", "searches": "搜索指数"}
    for row in range(rng.choice((10, 30))):
        searched, term = rng.randrange(10, 30_000), f"olive oil {row}"
        book.sheets[0].add([term, grouped(searched), f"{rng.randrange(-90, 90) / 10}%", "3.2%", str(rng.randrange(10, 300))],
                           {"term": term, "searches": str(searched)})  # fmt: skip
    return book


def _alibaba_orders(rng: random.Random, number: int) -> Book:
    """Make the order list: objects with the buyer and the lines inside, one on each line or all in one list."""
    book = Book(f"alibaba-orders-{number:04}", "alibaba-orders", "orders", [Sheet("Sheet1")], plain())
    book.container = rng.choice(("jsonl", "jsonl", "json"))
    sheet = book.sheets[0]
    sheet.add([])  # where a table has its header
    book.columns = {"order": "id", "at": "createDate", "country": "buyer.country", "product": "lines.name", "quantity": "lines.quantity",
                    "unit_price": "lines.unitPrice", "currency": "currency"}  # fmt: skip
    facts = order_lines(rng, rng.choice((12, 40)), language="", currency="USD", first=date(2025, 5, 2))
    orders: dict[str, list[dict[str, Any]]] = {}
    for fact in facts:
        fact["quantity"] = abs(fact["quantity"])
        orders.setdefault(fact["order"], []).append(fact)
    for place, lines in enumerate(orders.values()):
        head, order, email = lines[0], f"2000000000{place:05}", f"buyer{place % 9}@example.org"
        worth = sum((line["quantity"] * line["unit_price"] for line in lines), Decimal(0))
        bare = rng.random() < 0.1
        book.objects.append({
            "id": order, "createDate": f"{head['at']:%Y-%m-%d %H:%M:%S}", "status": "completed",
            "buyer": {"companyName": f"Example {place} Ltd", "country": country_name(head["country"], "en"), "email": email},
            "currency": "USD", "totalAmount": grouped(worth), "receivedAmount": "0",
            "lines": [] if bare else [{"name": line["product"], "quantity": line["quantity"], "unitPrice": f"{line['unit_price']:.2f}"} for line in lines],
            "tags": ["new"],
        })  # fmt: skip
        means = {"order": order, "at": head["at"].isoformat(sep=" "), "country": head["country"], "currency": "USD", "buyer": email,
                 "country_said": country_name(head["country"], "en")}  # fmt: skip
        if bare:
            sheet.add([], means | {"amount": str(worth)})
            continue
        for line in lines:
            sheet.add([], means | {"product": line["product"], "quantity": str(line["quantity"]), "unit_price": str(line["unit_price"]),
                                   "amount": str(line["quantity"] * line["unit_price"])})  # fmt: skip
    return book


# Amazon's reports ----------------------------------------------------------------------------------

BUSINESS = {
    "us": ("Amazon.com", "USA", "en", ("(Parent) ASIN", "(Child) ASIN", "Title", "SKU", "Sessions - Total", "Session Percentage - Total", "Page Views - Total",
           "Units Ordered", "Ordered Product Sales", "Total Order Items"), "${}", ",."),
    "gb": ("Amazon.co.uk", "GBR", "en", ("(Parent) ASIN", "(Child) ASIN", "Title", "SKU", "Sessions – Total", "Session percentage – Total", "Page views – Total",
           "Units ordered", "Ordered Product Sales", "Total order items"), "£{}", ",."),
    "de": ("Amazon.de", "DEU", "de", ("(Übergeordnete) ASIN", "(Untergeordnete) ASIN", "Titel", "SKU", "Sitzungen – Summe", "Prozentsatz der Sitzungen – Summe",
           "Seitenaufrufe – Summe", "Bestellte Einheiten", "Durch bestellte Produkte erzielter Umsatz", "Zahl der Bestellposten"), "{} €", ".,"),
    "jp": ("Amazon.co.jp", "JPN", "ja", ("（親）ASIN", "（子）ASIN", "タイトル", "SKU", "セッション数 - 合計", "セッションのパーセンテージ - 合計", "ページビュー - 合計",
           "注文された商品点数", "注文商品の売上額", "注文品目総数"), "￥{}", ",."),
}  # fmt: skip


def amazon_reports(rng: random.Random, number: int) -> Book:
    """Make one of Amazon's other reports: business report, search terms, transactions, stock."""
    return rng.choice((_business, _search_terms, _transactions, _stock))(rng, number)


def _business(rng: random.Random, number: int) -> Book:
    site, market, language, header, money, marks = BUSINESS[rng.choice(list(BUSINESS))]
    book = Book(f"business-{number:04}", "amazon-business", "traffic", [Sheet("Sheet1")], plain(language), encoding=rng.choice(("utf-8", "utf-8-sig")),
                quoting=rng.choice(("all", "needed")))  # fmt: skip
    book.options = {"period": "2026-05", "marketplace": site}
    sheet = book.sheets[0]
    if rng.random() < 0.2:
        for line in (["Detail Page Sales and Traffic"], ["Downloaded 2026-06-04"], []):
            sheet.add(line)
    sheet.add(list(header))
    book.columns = {
        "sku": "SKU",
        "product": header[2],
        "visitors": header[4],
        "views": header[6],
        "orders": header[9],
    }
    sums: dict[str, Decimal | int] = dict.fromkeys((header[4], header[6], header[9]), 0)
    for row in range(rng.choice((12, 50))):
        seen, views, bought = rng.randrange(0, 20_000), rng.randrange(0, 30_000), rng.randrange(0, 1_500)
        worth = Decimal(rng.randrange(0, 900_000)) / 100
        title = rng.choice((*PRODUCTS[""], *PRODUCTS.get(language, ())))
        sold = grouped(int(worth)) if language == "ja" else grouped(worth, marks)
        cells = [f"B0PARENT{row // 3:02}", f"B0CHILD{row:03}", title, f"S-{row:03}", grouped(seen), "12.02%", grouped(views), grouped(bought + 3),
                 money.format(sold), grouped(bought)]  # fmt: skip
        sheet.add(cells, {"sku": f"S-{row:03}", "product": title, "visitors": str(seen), "views": str(views), "orders": str(bought), "country": market,
                          "marketplace": site})  # fmt: skip
        sums = {
            name: value + add for (name, value), add in zip(sums.items(), (seen, views, bought), strict=True)
        }
    return handled(rng, book, sums)


def _search_terms(rng: random.Random, number: int) -> Book:
    kind = rng.choice(("us", "old", "new", "de"))
    german = kind == "de"
    header = {
        "us": ["Start Date", "End Date", "Portfolio name", "Currency", "Campaign Name", "Ad Group Name", "Country", "Targeting", "Match Type", "Customer Search Term",
               "Impressions", "Clicks", "Click-Thru Rate (CTR)", "Spend", "7 Day Total Sales ", "Total Advertising Cost of Sales (ACOS) ", "7 Day Total Orders (#)"],
        "old": ["Date", "Currency", "Campaign Name", "Ad Group Name", "Targeting", "Match Type", "Customer Search Term", "Impressions", "Clicks",
                "Click-Thru Rate (CTR)", "Spend", "7 Day Total Sales ", "Total Advertising Cost of Sales (ACoS) ", "7 Day Total Orders (#)"],
        "new": ["Budget currency", "Date range", "Campaign name", "Campaign ID", "Ad group name", "Search term", "Impressions", "Clicks", "CTR", "Total cost",
                "Purchases", "Sales", "Units sold"],
        "de": ["Startdatum", "Enddatum", "Portfolioname", "Währung", "Kampagnenname", "Anzeigengruppenname", "Ausrichtung", "Übereinstimmungstyp",
               "Suchbegriff des Kunden", "Impressionen", "Klicks", "Ausgaben", "7 Tage, Umsatz gesamt (€)", "Zugeschriebene Umsatzkosten (ACOS) gesamt ",
               "7 Tage, Aufträge gesamt (#)"],
    }[kind]  # fmt: skip
    book = Book(f"terms-{number:04}", f"amazon-terms-{kind}", "ads", [Sheet("Sheet1")], plain("de" if german else "en"), delimiter=";" if german else ",",
                encoding=rng.choice(("utf-8", "utf-8-sig")))  # fmt: skip
    sheet = book.sheets[0]
    if kind == "old":
        sheet.add(["Sponsored Products Search term report"])
    sheet.add(header)
    spend, sales, orders = {
        "new": ("Total cost", "Sales", "Purchases"),
        "de": ("Ausgaben", header[12] if german else "", header[-1]),
    }.get(kind, ("Spend", "7 Day Total Sales ", "7 Day Total Orders (#)"))
    book.columns = {"term": next(n for n in header if n in ("Customer Search Term", "Search term", "Suchbegriff des Kunden")), "spend": spend,
                    "impressions": "Impressionen" if german else "Impressions", "clicks": "Klicks" if german else "Clicks"}  # fmt: skip
    first = datetime(2026, rng.randrange(1, 6), 1)
    last = first + timedelta(days=27)
    sums: dict[str, Decimal | int] = {book.columns["impressions"]: 0, book.columns["clicks"]: 0}
    for row in range(rng.choice((15, 60))):
        day = first + timedelta(days=row % 28) if kind == "old" else first
        shown, clicked, bought = rng.randrange(1, 9_000), rng.randrange(0, 300), rng.randrange(0, 12)
        cost, worth = Decimal(rng.randrange(0, 250_000)) / 100, Decimal(bought * 3990) / 100
        country = rng.choice(list(MARKETS))
        term = f"{rng.choice(('moka pot', 'b0abcdef12', 'espressokocher für induktion', 'tea'))} {row}"
        automatic = rng.random() < 0.3
        written = {"day": "Start Date", "until": "End Date"}
        cells = {
            "Start Date": f"{first:%Y-%m-%d}", "End Date": f"{last:%Y-%m-%d}", "Date": f"{day:%b %d, %Y}", "Date range": f"{first:%b %d, %Y} - {last:%b %d, %Y}",
            "Startdatum": f"{first:%d.%m.%Y}", "Enddatum": f"{last:%d.%m.%Y}", "Currency": "EUR", "Budget currency": "EUR", "Währung": "EUR",
            "Country": country_name(country, "en"), "Campaign ID": f'="25492768191{row:04}"', "CTR": "2.2%", "Click-Thru Rate (CTR)": "2.2803%",
        }  # fmt: skip
        for name in ("Campaign Name", "Campaign name", "Kampagnenname"):
            cells[name] = f"Campaign {row % 3}"
        for name in ("Ad Group Name", "Ad group name", "Anzeigengruppenname"):
            cells[name] = f"Group {row % 2}"
        for name in ("Targeting", "Ausrichtung"):
            cells[name] = "*" if automatic else "moka"
        for name in ("Match Type", "Übereinstimmungstyp"):
            cells[name] = "-" if automatic else "EXACT"
        count = str if german else grouped
        cells |= {
            book.columns["term"]: term,
            book.columns["impressions"]: count(shown),
            book.columns["clicks"]: count(clicked),
            orders: str(bought),
        }
        sign = "€" if kind == "new" else "$" if kind == "us" else ""
        cells |= {
            spend: sign + (f"{cost:.2f}" if german else grouped(cost)),
            sales: sign + (f"{worth:.2f}" if german else grouped(worth)),
        }
        means = {"day": f"{day:%Y-%m-%d} 00:00:00", "campaign": f"Campaign {row % 3}", "group": f"Group {row % 2}", "term": term, "impressions": str(shown),
                 "clicks": str(clicked), "currency": "EUR", "spend": str(cost), "sales": str(worth), "orders": str(bought)}  # fmt: skip
        if kind != "old":
            means |= {name: f"{last:%Y-%m-%d} 00:00:00" for name in written if name == "until"}
        if kind == "us":
            means |= {"country": country, "country_said": cells["Country"]}
        sheet.add([cells.get(name, "") for name in header], means)
        sums = {name: value + add for (name, value), add in zip(sums.items(), (shown, clicked), strict=True)}
    return handled(rng, book, None if german else sums)


TRANSACTIONS = {
    "gb": ("amazon.co.uk", "GBR", "GBP", ",.", "en", "All amounts in GBP, unless specified", ("Order", "Refund", "Service Fee", "Transfer"),
           ("date/time", "settlement id", "type", "order id", "sku", "description", "quantity", "marketplace", "fulfilment", "order city", "product sales",
            "product sales tax", "postage credits", "promotional rebates", "selling fees", "fba fees", "other", "total")),
    "de": ("amazon.de", "DEU", "EUR", ".,", "de", "Alle Beträge in EUR, sofern nicht anders gekennzeichnet",
           ("Bestellung", "Erstattung", "Servicegebühr", "Übertrag"),
           ("Datum/Uhrzeit", "Abrechnungsnummer", "Typ", "Bestellnummer", "SKU", "Beschreibung", "Menge", "Marketplace", "Versand", "Ort der Bestellung", "Umsätze",
            "Produktumsatzsteuer", "Gutschrift für Versandkosten", "Rabatte aus Werbeaktionen", "Verkaufsgebühren", "Gebühren zu Versand durch Amazon", "Andere", "Gesamt")),
    "it": ("amazon.it", "ITA", "EUR", ".,", "it", "Tutti gli importi sono in EUR, salvo diversa indicazione",
           ("Ordine", "Rimborso", "Tariffa di servizio", "Trasferimento"),
           ("Data/Ora:", "Numero pagamento", "Tipo", "Numero ordine", "SKU", "Descrizione", "Quantità", "Marketplace", "Gestione",
            "Città di provenienza dell'ordine", "Vendite", "imposta sulle vendite dei prodotti", "Accrediti per le spedizioni", "Sconti promozionali",
            "Commissioni di vendita", "Costi del servizio Logistica di Amazon", "Altro", "totale")),
    "se": ("amazon.se", "SWE", "SEK", " ,", "sv", "Alla belopp i SEK", ("Beställning", "Återbetalning", "Serviceavgift", "Överföring"),
           ("datum/tid", "reglerings-id", "typ", "beställnings-id", "sku", "beskrivning", "antal", "marknadsplats", "leverans", "beställningsort", "produktförsäljning",
            "", "fraktkrediter", "kampanjrabatter", "försäljningsavgifter", "fba-avgifter", "övrigt", "totalt")),
}  # fmt: skip


def _transactions(rng: random.Random, number: int) -> Book:
    site, market, currency, marks, language, amounts_in, kinds, columns = TRANSACTIONS[
        rng.choice(list(TRANSACTIONS))
    ]
    book = Book(f"transactions-{number:04}", "amazon-transactions", "orders", [Sheet("Sheet1")], plain(language, marks[1]), quoting="all",
                encoding=rng.choice(("utf-8-sig", "utf-8")))  # fmt: skip
    header = [name for name in columns if name]
    by = dict(zip(("at", "settlement", "type", "order", "sku", "product", "quantity", "marketplace", "by", "city", "sales", "tax", "post", "rebate",
                   "selling", "fba", "other", "total"), columns, strict=True))  # fmt: skip
    book.columns = {name: by[name] for name in ("at", "order", "sku", "product", "quantity")} | {
        "amount": by["sales"]
    }
    sheet = book.sheets[0]
    for line in ([amounts_in], ["Definitions: 1.234,56"], [by["sales"] + ": ..."])[: rng.choice((1, 3))]:
        sheet.add(line)
    sheet.add(header)
    when = datetime(2026, 1, 2, 8, 1, 2)
    for row in range(rng.choice((20, 60))):
        when += timedelta(hours=rng.randrange(3, 40), seconds=rng.randrange(60))
        months = get_month_names("abbreviated", locale={"en": "en_GB"}.get(language, language))
        shown = (
            f"{when:%d.%m.%Y %H:%M:%S}"
            if language == "de"
            else f"{when.day} {months[when.month]} {when:%Y %H:%M:%S}"
        )
        kind = rng.choices(range(4), (10, 2, 1, 1))[0]
        quantity, price = rng.choice((1, 1, 2, 12)), Decimal(rng.choice((650, 3990, 12345))) / 100
        goods = quantity * price if kind == 0 else -quantity * price if kind == 1 else Decimal("0.00")
        tax = (goods / 5).quantize(CENT) if by["tax"] else Decimal("0.00")
        post = Decimal("4.99") if kind == 0 and rng.random() < 0.4 else Decimal("0.00")
        rebate = Decimal("-2.00") if kind == 0 and rng.random() < 0.2 else Decimal("0.00")
        fee = -(abs(goods) / 10).quantize(CENT)
        other = Decimal("-25.00") if kind == 2 else Decimal("-852.09") if kind == 3 else Decimal("0.00")
        whole = goods + tax + post + rebate + fee + other
        order, sku, title = (
            f"405-22222{number % 90:02}-{row:07}",
            f"S-{row % 17:03}",
            rng.choice(PRODUCTS[""]),
        )
        cells = {by["at"]: f"{shown} UTC", by["settlement"]: "31000000001", by["type"]: kinds[kind], by["marketplace"]: site if kind < 3 else "",
                 by["order"]: order if kind < 2 else "", by["sku"]: sku if kind < 2 else "", by["product"]: title if kind < 2 else "Konto 000",
                 by["quantity"]: str(quantity) if kind < 2 else "", by["city"]: "Sampletown"}  # fmt: skip
        for name, value in (("sales", goods), ("tax", tax), ("post", post), ("rebate", rebate), ("selling", fee), ("fba", Decimal(0)), ("other", other), ("total", whole)):  # fmt: skip
            cells[by[name]] = grouped(value, marks) if value else "0"
        means = {
            "at": when.isoformat(sep=" "),
            "currency": currency,
            "amount": str((goods, goods, whole, Decimal(0))[kind]),
        }
        if kind < 2:
            means |= {"order": order, "sku": sku, "product": title, "quantity": str(quantity if kind == 0 else -quantity), "country": market,
                      "tax": str(tax), "shipping": str(post)}  # fmt: skip
            means |= {"discount": str(rebate)} if kind == 0 else {}
            if not by["tax"]:
                del means["tax"]
        sheet.add([cells.get(name, "") for name in header], means)
    return handled(rng, book)


def _stock(rng: random.Random, number: int) -> Book:
    old = rng.random() < 0.4
    book = Book(f"stock-{number:04}", "amazon-stock", "listings", [Sheet("Sheet1")], plain(), delimiter="\t" if old else ",",
                quoting="needed" if old else "all")  # fmt: skip
    header = (["sku", "fnsku", "asin", "product-name", "condition", "your-price", "mfn-listing-exists", "afn-fulfillable-quantity", "afn-total-quantity"] if old
              else ["snapshot-date", "sku", "fnsku", "asin", "product-name", "condition", "available", "pending-removal-quantity", "currency", "your-price",
                    "sales-price", "marketplace", "product-group", "sales-rank"])  # fmt: skip
    book.options = {"period": "2026-06-01", "marketplace": "Amazon.de"} if old else {}
    book.columns = {
        "listing": "sku",
        "product": "product-name",
        "stock": "afn-fulfillable-quantity" if old else "available",
        "price": "your-price",
    }
    sheet = book.sheets[0]
    sheet.add(header)
    for row in range(rng.choice((12, 60))):
        stock, price = rng.randrange(0, 2_000), Decimal(rng.choice((0, 65, 399, 12900))) / 10
        title, sku = rng.choice(PRODUCTS[""]), f"S-{row:03}"
        cells = {"snapshot-date": "2026-06-01", "sku": sku, "fnsku": f"X00{row:05}", "asin": f"B0CHILD{row:03}", "product-name": title, "condition": "New",
                 "available": str(stock), "afn-fulfillable-quantity": str(stock), "afn-total-quantity": str(stock), "currency": "EUR",
                 "your-price": f"{price}", "sales-price": "0.0", "marketplace": "DE", "product-group": "gl_kitchen", "sales-rank": "1201",
                 "mfn-listing-exists": "No", "pending-removal-quantity": "0"}  # fmt: skip
        means = {
            "day": "2026-06-01 00:00:00",
            "listing": sku,
            "product": title,
            "currency": "EUR",
            "country": "DEU",
            "stock": str(stock),
        }
        sheet.add([cells[name] for name in header], means | ({"price": str(price)} if price else {}))
    return handled(rng, book)


__all__ = ["alibaba", "amazon_reports", "ebay", "etsy", "handled", "summed", "woocommerce"]
