"""The other tables of the demo: traffic, inquiries, reviews, listings and advertising, from the same simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from fondaco.workflows.demo_files.behaviour import DAYS, Order, intensity
from fondaco.workflows.demo_files.firms import SITES, Channel, DemoFirm, price_in
from fondaco.workflows.demo_files.wording import LANGUAGE, PLAIN, REQUESTS, REVIEWS
from fondaco.workflows.demo_files.writers import Cell, Row, Seen, country_name


@dataclass(frozen=True)
class Rival:
    """An invented competitor's offer: its price in euro, and from which of the days of listings it is seen."""

    seller: str
    title: str
    category: str
    unit: str
    price: str
    minimum: int
    since: int = 0


#: Competitors by firm; units and sizes differ, as they do in life.
RIVALS: dict[str, tuple[Rival, ...]] = {
    "frantoio-capo-chimera": (
        Rival("Oleificio Inesistente", "Olio extra vergine 500 ml", "Olive oil", "bottle", "9.90", 1),
        Rival("Almazara Ficticia", "Aceite de oliva virgen extra 500 ml", "Olive oil", "bottle", "8.40", 6),
        Rival("Moulin de Nullepart", "Huile d’olive vierge extra 50 cl", "Olive oil", "bottle", "16.50", 1),
        Rival("Quinta Imaginária", "Azeite virgem extra 750 ml", "Olive oil", "bottle", "13.20", 6),
        Rival("Elaiona Pouthena", "Extra virgin olive oil, 16.9 fl oz", "Olive oil", "bottle", "12.80", 1),
        Rival("Almazara Ficticia", "Aceite de oliva virgen extra, lata 5 l", "Olive oil", "tin", "61.00", 4),
        Rival("Nessundove & Figli", "Olio extra vergine 3 x 50 cl", "Olive oil", "box", "41.00", 1, since=3),
        Rival("Salumi Fantasma", "Pesto alla genovese 190 g", "Pesto", "jar", "4.90", 6),
    ),
    "cantina-valfinta": (
        Rival("Weingut Niemandsland", "Rotwein Reserve 0,75 l", "Red wine", "bottle", "14.90", 6),
        Rival("Bodega Ninguna", "Tinto reserva 75 cl", "Red wine", "bottle", "9.80", 6),
        Rival("Château Illusoire", "Vin rouge, grande réserve 750 ml", "Red wine", "bottle", "24.00", 1),
        Rival("Tenuta Immaginaria", "Rosso riserva 6 x 75 cl", "Red wine", "box of 6", "99.00", 1),
        Rival("Nowhere Hills", "Reserve red wine, 25.4 fl oz", "Red wine", "bottle", "19.50", 3),
        Rival("Vinho do Nada", "Tinto reserva 75 cl", "Red wine", "bottle", "8.20", 12, since=3),
        Rival("Maison Sans Lieu", "Crémant brut 75 cl", "Sparkling wine", "bottle", "15.50", 6),
    ),
}

#: The platform's category of the firms' own products.
CATEGORIES = {
    "CC-EVO-500": "Olive oil", "CC-EVO-5L": "Olive oil", "CC-PESTO": "Pesto", "CC-OLIVE": "Olives",
    "VF-ROSSO-75": "Red wine", "VF-BIANCO-75": "White wine", "VF-SPUM-75": "Sparkling wine", "VF-BOX-6": "Wine boxes",
}  # fmt: skip

#: In which money a market's shops write their prices, where it is not the firm's.
SHOPS_CURRENCY = {"CHE": "CHF", "GBR": "GBP", "JPN": "JPY", "USA": "USD"}

#: Search terms by language: how often clicked a month, orders per click, and cost of a click in euro.
TERMS: dict[str, tuple[tuple[str, float, float, str], ...]] = {
    "de": (("rucksack kork", 60, 0.06, "0.42"), ("geldbeutel vegan", 45, 0.04, "0.35"), ("rucksack", 110, 0.0, "0.61"),
           ("yogamatte kork", 50, 0.07, "0.38"), ("pinnwand", 70, 0.0, "0.30"), ("untersetzer", 15, 0.03, "0.22")),
    "es": (("mochila corcho", 40, 0.05, "0.28"), ("cartera mujer", 80, 0.0, "0.31"), ("esterilla yoga", 20, 0.02, "0.30")),
    "it": (("zaino sughero", 35, 0.05, "0.30"), ("tappi di sughero", 65, 0.0, "0.27"), ("tappetino yoga", 18, 0.03, "0.33")),
    "ja": (("コルク リュック", 15, 0.05, "0.40"), ("コルク栓", 30, 0.0, "0.35")),
    "en": (("cork backpack", 55, 0.06, "0.55"), ("vegan wallet", 40, 0.04, "0.48"), ("cork board", 85, 0.0, "0.50"),
           ("cork yoga mat", 45, 0.06, "0.52"), ("wine corks", 60, 0.0, "0.33")),
}  # fmt: skip


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
    orders: Sequence[Order], first: datetime, made: datetime, rng: np.random.Generator, each: int = 4
) -> list[Row]:
    """What buyers asked before they ordered, and as many times more who never did.

    `rng` must stand at the same place for each download, so that an inquiry says the same again.
    `each` is how many come of an order (its buyer's among them).
    """
    rows: list[Row] = []
    for n, order in enumerate(order for order in orders for _ in range(each)):
        received = order.at - timedelta(hours=float(rng.uniform(20, 400)))
        wait = timedelta(hours=float(rng.lognormal(2.2, 1.1)))
        kind = ("Inquiry", "RFQ", "Chat")[rng.choice(3, p=(0.6, 0.25, 0.15))]
        ignored, won = rng.random() < 0.15 and n % each != 0, n % each == 0
        text = message(order.market.country, order.lines[0].product.name, order.lines[0].quantity, rng)
        if not first <= received < made:
            continue
        answered = not ignored and received + wait < made
        number, product = f"INQ-{200_001 + n}", order.lines[0].product.name
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
            text,
            "Replied" if answered else "New",
        ]
        rows.append((cells, Seen("inquiries", (number,), order.market.country)))
    return sorted(rows, key=lambda row: str(row[0][2]))


def curious_rows(
    firm: DemoFirm, start: datetime, first: datetime, made: datetime, rng: np.random.Generator
) -> list[Row]:
    """Inquiries from markets that never ordered, over the second of the two years from `start` on."""
    rows: list[Row] = []
    for market, count in firm.curious:
        for n in range(count):
            received = start + timedelta(days=365 + float(rng.uniform(0, 360)))
            product = firm.products[rng.integers(len(firm.products))].name
            quantity = int(rng.integers(6, 200))
            text = message(market, product, quantity, rng)
            if not first <= received < made:
                continue
            number = f"INQ-{market}-{n + 1:03d}"
            cells: list[Cell] = [
                number,
                "Inquiry",
                f"{received:%Y-%m-%d %H:%M}",
                None,
                f"Visitor {market} {n}",
                None,
            ]
            cells += [country_name(market, "en"), product, quantity, text, "New"]
            rows.append((cells, Seen("inquiries", (number,), market)))
    return sorted(rows, key=lambda row: str(row[0][2]))


def message(market: str, product: str, quantity: int, rng: np.random.Generator) -> str:
    """What a buyer writes: mostly a request for a price, one time in five for what is not on offer."""
    language = LANGUAGE.get(market, "en") if rng.random() < 0.75 else "en"
    asks, which = rng.random() < 0.2, rng.random()
    if asks:
        texts = REQUESTS[language]
        return texts[int(which * len(texts))]
    return PLAIN[language].format(n=quantity, product=product)


def advertising_rows(
    channel: Channel, months: Sequence[tuple[date, date]], rng: np.random.Generator
) -> list[Row]:
    """What search terms cost and brought, month by month, in the markets that have a site of their own."""
    rows: list[Row] = []
    mine = {market.country: market.site for market in channel.markets}
    for first, last in months:
        for market in ("DEU", "ESP", "ITA", "JPN", "GBR", "USA"):
            if market not in mine:
                continue
            currency = SITES[mine[market]]
            for term, clicked, conversion, cost in TERMS[LANGUAGE.get(market, "en")]:
                clicks = int(rng.poisson(clicked * (0.3 if market in {"GBR", "JPN"} else 1)))
                orders = int(rng.binomial(clicks, conversion))
                spend = price_in(Decimal(cost) * clicks, "EUR", currency)
                sales = price_in(Decimal(orders) * Decimal("46.50"), "EUR", currency)
                cells: list[Cell] = [first, last, "Cork, invented", term, country_name(market, "en")]
                cells += [int(clicks * 34), clicks, currency, spend, sales, orders]
                rows.append((cells, Seen("ads", (first.isoformat(), market, term), market)))
    return rows


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
        language = language if language in REVIEWS else "en"
        cells: list[Cell] = [number, written.date(), order.market.site, product.sku, product.name, stars]
        texts = REVIEWS[language][stars]
        cells += [*texts[len(rows) % len(texts)], order.buyer.name, country_name(market, "en"), language]
        rows.append((cells, Seen("reviews", (number,), market)))
    return rows


def listing_rows(
    firm: DemoFirm, channel: Channel, days: Sequence[date], rng: np.random.Generator
) -> list[Row]:
    """The firm's offers and its competitors' in each foreign market, as seen on some days."""
    offers = [
        Rival(firm.name, product.name, CATEGORIES[product.sku], "piece", str(product.price), 1)
        for product in firm.products
    ]
    rows: list[Row] = []
    for seen, day in enumerate(days):
        for market in (market for market in channel.markets if market.country != firm.home):
            for n, offer in enumerate((*offers, *RIVALS[firm.slug])):
                currency, own = SHOPS_CURRENCY.get(market.country, firm.currency), n < len(offers)
                drawn = Decimal(int(rng.integers(92, 109))) / 100
                stars, reviews, stock = (int(rng.integers(*ends)) for ends in ((38, 50), (3, 400), (0, 250)))
                if seen < offer.since:
                    continue
                listing = f"L-{market.country}-{n:02d}"
                moved = Decimal(offer.price) * (1 if own else drawn)
                cells: list[Cell] = [
                    day,
                    listing,
                    offer.seller,
                    "yes" if own else "no",
                    offer.title,
                    offer.category,
                ]
                cells += [country_name(market.country, "en"), currency, price_in(moved, "EUR", currency)]
                cells += [offer.unit, offer.minimum, Decimal(stars) / 10, reviews, stock]
                rows.append((cells, Seen("listings", (day.isoformat(), listing), market.country)))
    return rows
