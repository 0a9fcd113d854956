"""The other tables of the demo: traffic, inquiries, reviews and listings, from the same simulation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from fondaco.workflows.demo_files.behaviour import DAYS, Order, intensity
from fondaco.workflows.demo_files.firms import Channel, DemoFirm, price_in
from fondaco.workflows.demo_files.writers import Cell, Row, Seen, country_name

#: Titles and texts by stars, in the languages that reviewers write.
REVIEWS: dict[str, dict[int, tuple[str, str]]] = {
    "de": {
        5: ("Sehr schön", "Leicht, robust und riecht angenehm. Kam schnell an."),
        3: ("Geht so", "Schöne Farbe, aber die Naht löst sich nach zwei Wochen."),
        1: ("Enttäuscht", "Kam beschädigt an, die Antwort dauerte neun Tage."),
    },
    "it": {
        5: ("Bellissimo", "Materiale vero, cuciture perfette, lo ricomprerei."),
        3: ("Discreto", "Bello ma più piccolo di quanto sembri nelle foto."),
        1: ("Deluso", "Spedizione lentissima e scatola rotta."),
    },
    "es": {
        5: ("Precioso", "Ligero y resistente, igual que en las fotos."),
        3: ("Normal", "Está bien, pero esperaba más bolsillos."),
        1: ("Mala compra", "Llegó tarde y con una mancha."),
    },
    "ja": {
        5: ("とても良い", "軽くて手触りが良いです。また買います。"),
        3: ("普通", "色は好きですが、縫い目が少し雑です。"),
        1: ("残念", "箱がつぶれて届きました。"),
    },
    "en": {
        5: ("Lovely", "Light, sturdy and smells of the forest. Arrived early."),
        3: ("All right", "Nice colour, but smaller than it looks in the pictures."),
        1: ("Poor", "Came damaged and nobody answered for a week."),
    },
}
#: What one inquiry in twelve asks for beside the goods, by the market's language.
ASKS: dict[str, str] = {
    "de": "Haben Sie für {product} ein Zertifikat? Unser Einkauf verlangt eines.",
    "it": "Vorremmo {quantity} pezzi di {product}: il quantitativo minimo si può ridurre?",
    "ja": "{product} {quantity}個の小ロットでも注文できますか。",
    "ko": "{product} 제품을 저희 브랜드로 생산해 주실 수 있나요? {quantity}개부터 생각하고 있습니다.",
    "en": "Can you supply {product} under our own brand? We think of {quantity} pcs to begin with.",
}
LANGUAGE = {"DEU": "de", "AUT": "de", "ITA": "it", "ESP": "es", "JPN": "ja"}
ASKED_IN = {**LANGUAGE, "KOR": "ko"}

COMPETITORS = (
    ("Oleificio Inesistente", "Olio extra vergine 500 ml", "bottle", "9.90", 1),
    ("Almazara Ficticia", "Aceite de oliva virgen extra 500 ml", "bottle", "8.40", 6),
    ("Moulin de Nullepart", "Huile d’olive vierge extra 500 ml", "bottle", "16.50", 1),
)


def traffic_rows(
    firm: DemoFirm, channel: Channel, first: date, until: date, rng: np.random.Generator
) -> list[Row]:
    """Day by country by product: impressions, visitors, views and inquiries; days without are left out."""
    start = until - timedelta(days=DAYS)
    rows: list[Row] = []
    for market in channel.markets:
        expected = intensity(channel, market, start)[:, None] * 260
        impressions = rng.poisson(expected, (DAYS, len(firm.products)))
        visitors = rng.binomial(impressions, 0.08)
        views = visitors + rng.poisson(visitors * 0.8)
        inquiries = rng.binomial(visitors, 0.02)
        country = country_name(market.country, "en")
        for n, p in zip(*np.nonzero(visitors), strict=True):
            day, product = start + timedelta(days=int(n)), firm.products[p].name
            if day >= first:
                counts: list[Cell] = [int(what[n, p]) for what in (impressions, visitors, views, inquiries)]
                said = Seen(
                    "traffic", (day.isoformat(), market.country, product), market.country, int(visitors[n, p])
                )
                rows.append(([day, country, product, *counts], said))
    return sorted(rows, key=lambda row: str(row[0][0]))


def inquiry_rows(
    orders: Sequence[Order], first: datetime, made: datetime, rng: np.random.Generator
) -> list[Row]:
    """What buyers asked before they ordered, and three times as many who never did.

    `rng` must stand at the same place for each download, so that an inquiry says the same again.
    """
    rows: list[Row] = []
    for n, order in enumerate(order for order in orders for _ in range(4)):
        received = order.at - timedelta(hours=float(rng.uniform(20, 400)))
        wait = timedelta(hours=float(rng.lognormal(2.2, 1.1)))
        kind = ("Inquiry", "RFQ", "Chat")[rng.choice(3, p=(0.6, 0.25, 0.15))]
        ignored, won = rng.random() < 0.15 and n % 4 != 0, n % 4 == 0
        if not first <= received < made:
            continue
        answered = not ignored and received + wait < made
        number, product = f"INQ-{200_001 + n}", order.lines[0].product.name
        message = f"Please quote {order.lines[0].quantity} pcs of {product}, delivered."
        if n % 12 == 5:
            ask = ASKS.get(ASKED_IN.get(order.market.country, "en"), ASKS["en"])
            message = ask.format(product=product, quantity=order.lines[0].quantity)
        cells: list[Cell] = [
            number,
            kind,
            f"{received:%Y-%m-%d %H:%M}",
            f"{received + wait:%Y-%m-%d %H:%M}" if answered else None,
            order.buyer.name if won else f"Visitor {n}",
            order.buyer.company if won else None,
            country_name(order.market.country, "en"),
            product,
            order.lines[0].quantity,
            message,
            "Replied" if answered else "New",
        ]
        rows.append((cells, Seen("inquiries", (number,), order.market.country)))
    return sorted(rows, key=lambda row: str(row[0][2]))


def review_rows(orders: Sequence[Order], made: datetime, rng: np.random.Generator) -> list[Row]:
    """One order in eight is reviewed, two weeks on, in the market's language."""
    rows: list[Row] = []
    for order in orders:
        written = order.at + timedelta(days=14)
        stars = int(rng.choice((5, 3, 1), p=(0.7, 0.2, 0.1)))
        if rng.random() > 0.125 or order.cancelled or written >= made:
            continue
        number = f"R{len(rows) + 1:05d}"
        market, product = order.market.country, order.lines[0].product
        language = LANGUAGE.get(market, "en")
        cells: list[Cell] = [number, written.date(), order.market.site, product.sku, product.name, stars]
        cells += [*REVIEWS[language][stars], order.buyer.name, country_name(market, "en"), language]
        rows.append((cells, Seen("reviews", (number,), market)))
    return rows


def listing_rows(
    firm: DemoFirm, channel: Channel, days: Sequence[date], rng: np.random.Generator
) -> list[Row]:
    """The firm's offers and three competitors' in each foreign market, as seen on some days."""
    offers = [(firm.name, product.name, "piece", str(product.price), 1) for product in firm.products]
    rows: list[Row] = []
    for day in days:
        for market in (market for market in channel.markets if market.country != firm.home):
            for n, (seller, title, unit, price, minimum) in enumerate((*offers, *COMPETITORS)):
                currency, own = market.currency or firm.currency, n < len(offers)
                listing = f"L-{market.country}-{n:02d}"
                moved = Decimal(price) if own else Decimal(price) * Decimal(int(rng.integers(92, 109))) / 100
                cells: list[Cell] = [day, listing, seller, "yes" if own else "no", title, "Olive oil"]
                cells += [
                    country_name(market.country, "en"),
                    currency,
                    price_in(moved, "EUR", currency),
                    unit,
                ]
                cells += [minimum, Decimal(int(rng.integers(38, 50))) / 10, int(rng.integers(3, 400))]
                cells.append(int(rng.integers(0, 250)))
                rows.append((cells, Seen("listings", (day.isoformat(), listing), market.country)))
    return rows
