"""What the makers of generated files share: words, styles, the grid of a sheet with its meaning, invented order lines."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

#: Alpha-3 to alpha-2 of the markets that sellers sell to.
MARKETS = {
    "DEU": "DE", "FRA": "FR", "ITA": "IT", "ESP": "ES", "NLD": "NL", "AUT": "AT", "CHE": "CH", "POL": "PL",
    "SWE": "SE", "GBR": "GB", "USA": "US", "JPN": "JP", "KOR": "KR", "CHN": "CN", "TUR": "TR", "PRT": "PT",
    "BEL": "BE", "DNK": "DK", "IRL": "IE", "CAN": "CA", "AUS": "AU", "NOR": "NO", "FIN": "FI", "GRC": "GR",
}  # fmt: skip

#: Names of columns as sellers of twelve languages write them.
HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {"order": ("Order No", "Order ID", "Order number"), "at": ("Date", "Order date"), "sku": ("SKU", "Item no."),
           "product": ("Product", "Description"), "quantity": ("Qty", "Quantity"), "unit_price": ("Unit price", "Price"),
           "amount": ("Line total", "Amount"), "currency": ("Currency",), "buyer": ("Customer", "Customer ID"), "country": ("Country", "Ship-to country")},
    "it": {"order": ("N. ordine", "Numero ordine"), "at": ("Data", "Data ordine"), "sku": ("Codice articolo", "SKU"),
           "product": ("Descrizione", "Prodotto"), "quantity": ("Quantità", "Q.tà"), "unit_price": ("Prezzo unitario", "Prezzo"),
           "amount": ("Importo", "Totale riga"), "currency": ("Valuta",), "buyer": ("Cliente",), "country": ("Paese", "Paese di destinazione")},
    "de": {"order": ("Bestellnummer", "Auftragsnr."), "at": ("Datum", "Bestelldatum"), "sku": ("Artikelnummer", "SKU"),
           "product": ("Bezeichnung", "Artikel"), "quantity": ("Menge", "Anzahl"), "unit_price": ("Einzelpreis", "Stückpreis"),
           "amount": ("Betrag", "Gesamtpreis"), "currency": ("Währung",), "buyer": ("Kunde", "Käufer"), "country": ("Land", "Lieferland")},
    "fr": {"order": ("N° commande", "Numéro de commande"), "at": ("Date", "Date de commande"), "sku": ("Référence", "SKU"),
           "product": ("Désignation", "Produit"), "quantity": ("Quantité", "Qté"), "unit_price": ("Prix unitaire",),
           "amount": ("Montant",), "currency": ("Devise",), "buyer": ("Client",), "country": ("Pays",)},
    "es": {"order": ("Número de pedido", "Pedido"), "at": ("Fecha", "Fecha de pedido"), "sku": ("Referencia", "SKU"),
           "product": ("Producto", "Descripción"), "quantity": ("Cantidad",), "unit_price": ("Precio unitario", "Precio"),
           "amount": ("Importe",), "currency": ("Moneda",), "buyer": ("Cliente",), "country": ("País", "País de destino")},
    "pt": {"order": ("Número do pedido",), "at": ("Data", "Data do pedido"), "sku": ("SKU",), "product": ("Produto",),
           "quantity": ("Quantidade",), "unit_price": ("Preço unitário",), "amount": ("Valor",), "currency": ("Moeda",),
           "buyer": ("Cliente",), "country": ("País",)},
    "nl": {"order": ("Bestelnummer", "Ordernummer"), "at": ("Datum", "Besteldatum"), "sku": ("Artikelnummer",), "product": ("Omschrijving", "Product"),
           "quantity": ("Aantal",), "unit_price": ("Stuksprijs",), "amount": ("Bedrag",), "currency": ("Valuta",), "buyer": ("Klant",), "country": ("Land",)},
    "pl": {"order": ("Nr zamówienia", "Numer zamówienia"), "at": ("Data", "Data zamówienia"), "sku": ("SKU",), "product": ("Nazwa produktu",),
           "quantity": ("Ilość",), "unit_price": ("Cena jednostkowa",), "amount": ("Kwota",), "currency": ("Waluta",), "buyer": ("Klient",), "country": ("Kraj",)},
    "tr": {"order": ("Sipariş No",), "at": ("Sipariş Tarihi", "Tarih"), "sku": ("Stok Kodu",), "product": ("Ürün Adı",), "quantity": ("Adet",),
           "unit_price": ("Birim Fiyat",), "amount": ("Tutar",), "currency": ("Para Birimi",), "buyer": ("Müşteri",), "country": ("Ülke",)},
    "ja": {"order": ("注文番号",), "at": ("注文日",), "sku": ("商品コード",), "product": ("商品名",), "quantity": ("数量", "個数"), "unit_price": ("単価",),
           "amount": ("金額",), "currency": ("通貨",), "buyer": ("購入者",), "country": ("国", "お届け先国")},
    "ko": {"order": ("주문번호",), "at": ("주문일", "주문일시"), "sku": ("상품코드",), "product": ("상품명",), "quantity": ("수량",), "unit_price": ("단가", "판매단가"),
           "amount": ("금액",), "currency": ("통화",), "buyer": ("구매자",), "country": ("국가", "배송국가")},
    "zh": {"order": ("订单编号", "订单号"), "at": ("下单时间", "日期"), "sku": ("商品编码", "SKU"), "product": ("商品名称",), "quantity": ("数量",), "unit_price": ("单价",),
           "amount": ("金额",), "currency": ("币种",), "buyer": ("买家",), "country": ("国家", "收货国家")},
}  # fmt: skip

TOTALS = {
    "en": ("Total", "Grand total", "Subtotal", "TOTAL:"), "it": ("Totale", "Totale generale", "Subtotale"),
    "de": ("Gesamt", "Summe", "Gesamtsumme", "Zwischensumme"), "fr": ("Total", "Total général", "Sous-total"),
    "es": ("Total", "Total general", "Suma"), "pt": ("Total", "Total geral"), "nl": ("Totaal", "Subtotaal"),
    "pl": ("Razem", "Suma"), "tr": ("Toplam", "Genel Toplam"), "ja": ("合計", "総合計", "小計"), "ko": ("합계", "총계"), "zh": ("合计", "总计"),
}  # fmt: skip

PRODUCTS = {
    "": ("Jar, large", "Green tea 250 g", "Olive oil 0,75 l", "Soap bar", "Linen towel 50x70", 'Board 12"', "Set of 3 cups", "Lid; round", "Lamp 230V"),
    "it": ("Caffè in grani", "Olio d'oliva 1 l", "Biscotti alle mandorle", "Ciò che è più"), "de": ("Gläserset groß", "Öl 0,5 l", "Käsemesser", "Schürze für Köche"),
    "fr": ("Crème brûlée", "Savon à l'huile", "Thé vert bio"), "es": ("Jabón de oliva", "Piña en almíbar"), "pl": ("Łyżka dębowa", "Miód gryczany"),
    "tr": ("Zeytinyağı 1 lt", "Çay bardağı"), "ja": ("手作りの茶碗", "緑茶 100g"), "ko": ("수제 도자기 컵", "녹차 세트"), "zh": ("手工陶瓷茶杯", "绿茶礼盒"),
}  # fmt: skip
PEOPLE = (
    "Ann Fictive",
    "Bo Madeup",
    "Jürgen Groß",
    "Chloé D'Arc",
    "K-1042",
    "Müller & Söhne",
    "Nadia Øst",
    "buyer_77",
    "mail@example.org",
)

#: Languages whose spreadsheets write a decimal comma.
COMMA = ("it", "de", "fr", "es", "pt", "nl", "pl", "tr")


@dataclass
class Style:
    """How one file writes numbers, dates, countries."""

    language: str
    decimal: str
    group: str
    money: str  # {} stands for the number
    negative: str  # minus, brackets, trailing
    dates: str
    countries: str  # names, codes2, codes3
    nbsp: bool = False
    apostrophe: bool = False


@dataclass
class Sheet:
    """One grid: cells row by row, and for each row its meaning, None where it is no data."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    means: list[dict[str, str] | None] = field(default_factory=list)
    hidden: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # rows and columns, from 1

    def add(self, cells: list[Any], means: dict[str, str] | None = None) -> None:
        self.rows.append(cells)
        self.means.append(means)


@dataclass
class Book:
    """A file to be: its sheets, how it is written, what a person would state with it."""

    name: str
    layout: str
    table: str
    sheets: list[Sheet]
    style: Style
    container: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    quoting: str = "needed"
    newline: str = "\n"
    first_line: str = ""
    objects: list[dict[str, Any]] = field(
        default_factory=list
    )  # of a file of JSON, in place of the sheet's cells
    cut: bool = False
    mojibake: bool = False
    options: dict[str, str] = field(default_factory=dict)
    difficulties: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # fields whose cells are damaged beyond repair: to be told
    columns: dict[str, str] = field(default_factory=dict)  # field to header, for readers that know no fields
    must_ask: bool = False  # whether nobody can tell what is meant, and a person has to be asked
    open_dates: bool = False  # whether every date can be read with the day or the month first


# Facts -------------------------------------------------------------------------------------------


def order_lines(
    rng: random.Random, lines: int, *, language: str, currency: str, first: date
) -> list[dict[str, Any]]:
    """Invent order lines: one to four per order, days moving on."""
    names = PRODUCTS[""] + PRODUCTS.get(language, ()) * 2
    number, when = rng.randrange(10_000, 90_000), datetime(first.year, first.month, first.day, 8)
    kind = rng.choice(("plain", "prefixed", "long"))
    found: list[dict[str, Any]] = []
    while len(found) < lines:
        number += rng.randrange(1, 4)
        when += timedelta(hours=rng.randrange(5, 60), minutes=rng.randrange(60))
        order = {
            "plain": str(number),
            "prefixed": f"A-{number}",
            "long": f"{4_020_000_000_000 + number * 7919}",
        }[kind]
        buyer, country = rng.choice(PEOPLE), rng.choice(list(MARKETS))
        for _ in range(rng.choice((1, 1, 2, 3, 4))):
            quantity = rng.choice((1, 1, 2, 3, 5, 12, 40))
            price = Decimal(rng.choice((199, 250, 495, 1000, 1250, 1999, 4900, 12345, 129900, 234567))) / 100
            if rng.random() < 0.04:
                quantity = -quantity
            found.append(
                {"order": order, "at": when, "sku": f"{rng.choice('ABC')}-{rng.randrange(100, 999)}", "product": rng.choice(names),
                 "quantity": quantity, "unit_price": price, "amount": quantity * price, "currency": currency,
                 "buyer": buyer, "country": country}
            )  # fmt: skip
    return found[:lines]
