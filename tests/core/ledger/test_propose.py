"""What an unknown table's columns are taken for, in twelve languages, and what is no goods."""

from __future__ import annotations

import pytest

from fondaco.ledger.mapping import from_toml, to_toml
from fondaco.ledger.platforms.table.propose import charge_kind, load_charges, propose, void_words
from fondaco.ledger.schema import KINDS, TABLES

pytestmark = pytest.mark.requirement("X03")

WHOLESALER = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
INVOICES = [
    [
        "536365",
        "85123A",
        "WHITE HANGING HEART",
        "6",
        "2010-12-01 08:26:00",
        "2.55",
        "17850",
        "United Kingdom",
    ],
    ["536370", "22728", "ALARM CLOCK", "24", "2010-12-01 08:45:00", "3.75", "12583", "France"],
    ["C536379", "D", "Discount", "-1", "2010-12-01 09:41:00", "27.5", "14527", "United Kingdom"],
    ["C536383", "35004C", "SET OF 3 DUCKS", "-1", "2010-12-01 09:49:00", "4.65", "15311", "EIRE"],
    ["536390", "22941", "CHRISTMAS LIGHTS", "2", "2010-12-01 10:19:00", "8.5", "17511", "Germany"],
]


def test_the_wholesalers_invoices_map_without_a_question_but_the_currency() -> None:
    found = propose(WHOLESALER, INVOICES)
    assert found.mapping.table == "orders"
    assert found.mapping.columns == {
        "order": "InvoiceNo",
        "sku": "StockCode",
        "product": "Description",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "at": "InvoiceDate",
        "buyer": "CustomerID",
        "country": "Country",
    }
    assert found.sure
    assert found.missing == ("currency",)
    assert found.mapping.cancel_prefix == "C"


def test_no_prefix_is_found_where_sales_bear_it_too() -> None:
    rows = [["C1001", "1"], ["C1002", "-1"], ["C1003", "2"]]
    assert propose(["Order", "Quantity"], rows, table="orders").mapping.cancel_prefix == ""


ORDERS_OF_THE_WORLD = {
    "it": (
        ["N. ordine", "Data", "Descrizione", "Q.tà", "Prezzo unitario", "Valuta", "Paese di destinazione"],
        "Germania",
    ),
    "de": (
        ["Auftragsnr.", "Bestelldatum", "Bezeichnung", "Menge", "Einzelpreis", "Währung", "Lieferland"],
        "Schweiz",
    ),
    "fr": (
        ["N° commande", "Date de commande", "Désignation", "Qté", "Prix unitaire", "Devise", "Pays"],
        "Espagne",
    ),
    "es": (
        ["Número de pedido", "Fecha", "Producto", "Cantidad", "Precio", "Moneda", "País de destino"],
        "Italia",
    ),
    "pt": (
        ["Número do pedido", "Data do pedido", "Produto", "Quantidade", "Preço unitário", "Moeda", "País"],
        "França",
    ),
    "nl": (
        ["Bestelnummer", "Besteldatum", "Omschrijving", "Aantal", "Stuksprijs", "Munteenheid", "Land"],
        "Duitsland",
    ),
    "pl": (
        ["Nr zamówienia", "Data zamówienia", "Nazwa produktu", "Ilość", "Cena jednostkowa", "Waluta", "Kraj"],
        "Niemcy",
    ),
    "ja": (["注文番号", "注文日", "商品名", "個数", "単価", "通貨", "お届け先国"], "ドイツ"),
    "ko": (["주문번호", "주문일시", "상품명", "수량", "판매단가", "통화", "배송국가"], "일본"),
    "zh": (["订单编号", "下单时间", "商品名称", "数量", "单价", "币种", "收货国家"], "美国"),
    "tr": (
        ["Sipariş No", "Sipariş Tarihi", "Ürün Adı", "Adet", "Birim Fiyat", "Para Birimi", "Ülke"],
        "Almanya",
    ),
    "en": (["Order no.", "Order date", "Item", "Qty", "Unit price", "Currency", "Ship-to country"], "Spain"),
}


@pytest.mark.parametrize("language", list(ORDERS_OF_THE_WORLD))
def test_orders_in_twelve_languages(language: str) -> None:
    headers, country = ORDERS_OF_THE_WORLD[language]
    rows = [[f"A{n}", f"{n + 10}.12.2025", "cup", str(n), f"{n},50", "EUR", country] for n in range(1, 9)]
    found = propose(headers, rows)
    fields = ("order", "at", "product", "quantity", "unit_price", "currency", "country")
    assert found.mapping.columns == dict(zip(fields, headers, strict=True))
    assert found.sure
    assert found.missing == ()


def test_order_exports_of_well_known_platforms_are_understood_by_their_headers() -> None:
    etsy = [
        "Sale Date",
        "Item Name",
        "Buyer",
        "Quantity",
        "Price",
        "Coupon Code",
        "Discount Amount",
        "Order Shipping",
        "Order Sales Tax",
        "Item Total",
        "Currency",
        "Transaction ID",
        "Listing ID",
        "Date Paid",
        "Ship Name",
        "Ship City",
        "Ship Country",
        "Order ID",
        "SKU",
    ]
    columns = propose(etsy, []).mapping.columns
    assert columns["order"] == "Order ID"
    assert columns["at"] == "Sale Date"
    assert columns["country"] == "Ship Country"
    assert columns["amount"] == "Item Total"
    assert columns["unit_price"] == "Price"
    ebay = [
        "Sales Record Number",
        "Order Number",
        "Buyer Username",
        "Buyer Name",
        "Buyer Country",
        "Ship To Country",
        "Item Number",
        "Item Title",
        "Custom Label",
        "Quantity",
        "Sold For",
        "Shipping And Handling",
        "Total Price",
        "Sale Date",
        "Paid On Date",
    ]
    columns = propose(ebay, []).mapping.columns
    assert columns["order"] == "Order Number"
    assert columns["country"] == "Ship To Country"
    assert columns["amount"] == "Sold For"
    assert "unit_price" not in columns
    woo = [
        "Date",
        "Order #",
        "N. Revenue (formatted)",
        "Status",
        "Customer",
        "Product(s)",
        "Items sold",
        "Coupon(s)",
        "Net Sales",
    ]
    found = propose(woo, [])
    assert found.mapping.columns["order"] == "Order #"
    assert found.missing == ("currency", "country")


@pytest.mark.parametrize(
    ("table", "headers"),
    [
        ("inquiries", "Inquiry ID,Received,Buyer Name,Company,Country,Product,Quantity,Message,First reply"),
        (
            "traffic",
            "(Child) ASIN,Title,SKU,Sessions - Total,Page Views - Total,Units Ordered,Total Order Items",
        ),
        ("traffic", "产品ID,产品名称,搜索曝光次数,搜索点击次数,访问人数,询盘个数"),
        (
            "ads",
            "Start Date,Currency,Campaign Name,Ad Group Name,Match Type,Impressions,Clicks,Spend,7 Day Total Sales ",
        ),
        ("ads", "Datum,Kampagnenname,Suchbegriff des Kunden,Impressionen,Klicks,Ausgaben,Währung"),
        ("reviews", "date,rating,title,review,author,country"),
        ("listings", "URL,Title,Shop,Price,Currency,MOQ,Rating,Reviews,Seen on"),
        ("orders", "注文番号,注文日,商品名,個数,単価"),
    ],
)
def test_the_table_that_fits_best_is_chosen(table: str, headers: str) -> None:
    assert propose(headers.split(","), []).mapping.table == table


def test_a_currency_in_the_headers_holds_for_the_file() -> None:
    found = propose(
        ["Ordine", "Data", "Prezzo unitario (EUR)", "Totale (EUR)", "Quantità", "Paese"],
        [["1", "31/12/2025", "5,00", "10,00", "2", "Francia"]],
    )
    assert found.mapping.constants == {"currency": "EUR"}
    assert "currency" not in found.missing


def test_of_two_columns_of_one_name_neither_is_sure() -> None:
    columns = ["Order", "Date", "Country", "Amount", "Amount (2)", "Currency"]
    found = propose(
        columns, [[f"{n}", f"2026-05-1{n}", "DE", f"{n}.00", f"{n}.50", "EUR"] for n in range(1, 5)]
    )
    assert found.confidence["amount"] <= 0.5
    assert any("more than one column of this name" in doubt for doubt in found.doubts)
    same = propose(
        columns, [[f"{n}", f"2026-05-1{n}", "DE", f"{n}.00", f"{n}.00", "EUR"] for n in range(1, 5)]
    )
    assert same.confidence["amount"] > 0.8


def test_columns_without_names_are_told_by_their_values_and_doubted() -> None:
    rows = [
        [f"o{n}", f"2025-01-{n:02}", f"{n}.50", "EUR", ["Italy", "France", "Japan"][n % 3]]
        for n in range(1, 29)
    ]
    found = propose([f"column_{n}" for n in range(1, 6)], rows)
    assert found.mapping.columns["currency"] == "column_4"
    assert found.mapping.columns["country"] == "column_5"
    assert found.mapping.columns["at"] == "column_2"
    assert not found.sure
    assert "order" in found.missing
    assert all(word in " ".join(found.doubts) for word in ("column_4", "column_5", "column_2"))


def test_a_name_that_its_values_belie_is_not_sure() -> None:
    rows = [["1", "blue", "5.00"], ["2", "red", "6.00"]]
    found = propose(["Order", "Date", "Price"], rows, table="orders")
    assert "at" not in found.mapping.columns
    assert "at" in found.missing
    assert not found.sure


def test_what_stands_only_on_an_orders_first_row_is_carried() -> None:
    rows = [
        ["1", "2025-01-01", "cup", "5", "Italy"],
        ["1", "2025-01-01", "pot", "7", ""],
        ["2", "2025-01-02", "cup", "5", "Japan"],
    ]
    found = propose(["Order", "Date", "Product", "Price", "Country"], rows)
    assert found.mapping.carry == ("country",)


def test_an_amount_that_is_the_whole_orders_is_doubted() -> None:
    rows = [[str(n), "2025-01-01", "2", "5.00", "99.00", "IT", "EUR"] for n in range(5)]
    found = propose(["Order", "Date", "Quantity", "Unit price", "Total", "Country", "Currency"], rows)
    assert any("whole order" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "headers", [["Date", "Date (2)", "Order Date"], ["a"], [], ["Price", "Price", "Price"]]
)
def test_each_column_serves_once_and_each_gets_a_guess(headers: list[str]) -> None:
    found = propose(headers, [])
    assert len(found.columns) == len(headers)
    taken = [guess.field for guess in found.columns if guess.field]
    assert len(taken) == len(set(taken)) == len(found.mapping.columns)


def test_a_table_of_something_else_is_not_sure() -> None:
    found = propose(["Country Name", "Country Code", "Year"], [["Italy", "ITA", "2001"]])
    assert not found.sure
    assert any("do not make a table" in doubt for doubt in found.doubts)


def test_a_proposal_can_be_written_and_read_back() -> None:
    mapping = propose([*WHOLESALER, "Status"], [[*row, "ok"] for row in INVOICES]).mapping
    assert from_toml(to_toml(mapping), "m.toml") == mapping
    assert {"cancelled", "storniert", "annullato", "取消"} <= set(mapping.void_status) == set(void_words())


# Charges


@pytest.mark.parametrize(
    ("sku", "product", "kind"),
    [
        ("POST", "POSTAGE", "shipping"),
        ("post", None, "shipping"),
        ("DOT", "DOTCOM POSTAGE", "shipping"),
        ("C2", "CARRIAGE", "shipping"),
        ("M", "Manual", "charge"),
        ("m", "Manual", "charge"),
        ("D", "Discount", "discount"),
        ("S", "SAMPLES", "charge"),
        ("B", "Adjust bad debt", "charge"),
        ("BANK CHARGES", "Bank Charges", "fee"),
        ("AMAZONFEE", "AMAZON FEE", "fee"),
        ("CRUK", "CRUK Commission", "fee"),
        ("PADS", "PADS TO MATCH ALL CUSHIONS", "charge"),
        ("gift_0001_20", "Dotcomgiftshop Gift Voucher £20.00", "voucher"),
        ("", "Spese di spedizione", "shipping"),
        ("", "Versandkosten (DHL) 4,90 €", "shipping"),
        ("", "Frais de port", "shipping"),
        ("", "Gastos de envío", "shipping"),
        ("", "Koszt wysyłki", "shipping"),
        ("", "Kargo ücreti", "shipping"),
        ("", "送料", "shipping"),
        ("", "배송비", "shipping"),
        ("", "运费", "shipping"),
        ("", "Discount 10%", "discount"),
        ("", "PayPal fee", "fee"),
        ("", "IVA 22%", "tax"),
        ("", "Gift Wrap", "charge"),
    ],
)
def test_lines_that_are_no_goods(sku: str, product: str | None, kind: str) -> None:
    assert charge_kind(sku, product, load_charges()) == kind


@pytest.mark.parametrize(
    ("sku", "product"),
    [
        ("22610", "POSTAGE STAMP ALBUM"),
        ("", "POSTAGE STAMP ALBUM"),
        ("", "BLACK BAROQUE CARRIAGE CLOCK"),
        ("22710", "SPACEBOY GIFT WRAP"),
        ("M", "T-Shirt, blue"),
        ("S", "Shirt, small"),
        ("DCGS0003", "BOXED GLASS ASHTRAY"),
        ("DCGSSGIRL", "GIRLS PARTY BAG"),
        ("POSTER", "Poster of Rome"),
        ("", "Delivery van toy"),
        ("85123A", "Shipping"),
        ("", ""),
        (None, None),
    ],
)
def test_goods_that_sound_like_charges_are_goods(sku: str | None, product: str | None) -> None:
    assert charge_kind(sku, product, load_charges()) is None


def test_every_kind_given_is_a_charge_of_the_ledger() -> None:
    rules = load_charges()
    kinds = {*rules.codes.values(), *rules.phrases.values()}
    kinds |= {kind for kind, _ in rules.short.values()} | {kind for _, kind in rules.patterns}
    assert {KINDS[kind] for kind in kinds} == {"charge"}


def test_the_lists_of_names_speak_of_fields_that_exist() -> None:
    from fondaco.ledger.platforms.table.naming import names

    for table, fields in names().items():
        if table in TABLES:
            assert set(fields) <= {column.name for column in TABLES[table].stated}


def test_codes_under_item_are_articles_where_a_description_stands_beside_them() -> None:
    rows = [
        [str(n), "2026-05-25", f"T-{n % 4:02}", "Green tea, loose", "2", "4.50", "Germany"] for n in range(20)
    ]
    found = propose(["Order", "Date", "Item", "Description", "Qty", "Price", "Country"], rows).mapping.columns
    assert (found["sku"], found["product"]) == ("Item", "Description")
