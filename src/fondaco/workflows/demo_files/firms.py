"""The six firms of the demo, as data. All of it is invented.

A firm sells through channels; a channel is one platform's export layout with the markets it reaches.
Sizes are orders a month when the two years begin, ``trend`` multiplies them each year, ``months``
says from which to which month of the two years a market buys at all.  Prices are in the firm's own
price list; `price_in` gives them in another currency, by a fixed list and not by a rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: The months (January first) in which people buy more or less than in an average one.
FLAT = (1.0,) * 12
CHRISTMAS = (0.7, 0.7, 0.8, 0.9, 0.9, 0.8, 0.7, 0.7, 0.9, 1.2, 1.7, 2.0)
AUTUMN = (0.7, 0.7, 0.8, 0.8, 0.9, 0.8, 0.6, 0.6, 1.4, 1.7, 1.5, 1.5)
WINTER = (1.5, 1.1, 0.8, 0.6, 0.5, 0.4, 0.4, 0.6, 1.0, 1.6, 1.9, 1.6)

ISO2 = {
    "ARE": "AE", "AUS": "AU", "AUT": "AT", "BEL": "BE", "BRA": "BR", "CAN": "CA", "CHE": "CH", "CHN": "CN",
    "DEU": "DE", "DNK": "DK", "ESP": "ES", "FRA": "FR", "GBR": "GB", "IRL": "IE", "ITA": "IT", "JPN": "JP",
    "KOR": "KR", "MNG": "MN", "NAM": "NA", "NLD": "NL", "NOR": "NO", "PRT": "PT", "SGP": "SG", "SWE": "SE",
    "USA": "US", "ZAF": "ZA",
}  # fmt: skip

SITES = {
    "Amazon.de": "EUR", "Amazon.it": "EUR", "Amazon.es": "EUR", "Amazon.co.uk": "GBP", "Amazon.com": "USD",
    "Amazon.co.jp": "JPY",
}  # fmt: skip

#: Units for one euro in the firms' price lists.
PRICE_LIST = {"EUR": "1", "USD": "1.1", "GBP": "0.88", "CHF": "1", "JPY": "160", "KRW": "1500"}


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    price: Decimal
    mean_quantity: float = 1.3


@dataclass(frozen=True)
class Market:
    """A country that a channel reaches, ISO 3166-1 alpha-3, and how it behaves."""

    country: str
    orders: float
    trend: float = 1.0
    months: tuple[int, int] = (0, 24)
    site: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Channel:
    """One platform's export layout (a key of `writers.LAYOUTS`) and the markets behind it.

    Attributes
    ----------
    number
        How the platform numbers its orders.
    exports
        The months that pass before each download; they add up to 24.
    overlap
        Days before that period which each download states again.
    loyalty
        The mean of a buyer's own rate of orders a month while he or she stays.
    """

    layout: str
    number: str
    exports: tuple[int, ...]
    overlap: int
    markets: tuple[Market, ...]
    season: tuple[float, ...] = FLAT
    loyalty: float = 0.1
    promotions: float = 0.0


@dataclass(frozen=True)
class DemoFirm:
    slug: str
    name: str
    home: str
    currency: str
    export_share: float
    products: tuple[Product, ...]
    channels: tuple[Channel, ...]
    extras: tuple[str, ...] = ()
    curious: tuple[tuple[str, int], ...] = ()  # markets that ask and never order, and how often
    catalogue: tuple[tuple[str, tuple[str, ...], str], ...] = ()  # SKU pattern, product tags, HS code


@dataclass(frozen=True)
class NetworkMember:
    """What a consortium states of a member: its share of sales made abroad, from 0 to 1."""

    slug: str
    name: str
    home: str
    export_share: float
    markets: tuple[str, ...]


@dataclass(frozen=True)
class NetworkFacts:
    """What a consortium states of itself; markets are ISO 3166-1 alpha-3."""

    name: str
    founded: int
    recognition: str
    members: tuple[NetworkMember, ...]

    @property
    def markets(self) -> tuple[str, ...]:
        """Every foreign market that a member sells to."""
        return tuple(sorted({market for member in self.members for market in member.markets}))


def price_in(price: Decimal, listed: str, currency: str) -> Decimal:
    """The price of the list in another currency, in amounts that shops write.

    Examples
    --------
    >>> price_in(Decimal("20.00"), "EUR", "JPY"), price_in(Decimal("20.00"), "EUR", "USD")
    (Decimal('3200'), Decimal('22.00'))
    """
    step = Decimal(10) if currency in {"JPY", "KRW"} else Decimal("0.10")
    exact = price * Decimal(PRICE_LIST[currency]) / Decimal(PRICE_LIST[listed])
    cents = Decimal(1) if currency in {"JPY", "KRW"} else Decimal("0.01")
    return ((exact / step).to_integral_value() * step).quantize(cents)


def _product(sku: str, name: str, price: str, mean_quantity: float = 1.3) -> Product:
    return Product(sku, name, Decimal(price), mean_quantity)


WINERY = DemoFirm(
    "cantina-valfinta",
    "Cantina Valfinta (fictional)",
    "ITA",
    "EUR",
    0.62,
    (
        _product("VF-ROSSO-75", "Rosso Valfinta Riserva, 75 cl", "18.50", 3.5),
        _product("VF-BIANCO-75", "Bianco di Nessuno, 75 cl", "12.00", 4),
        _product("VF-SPUM-75", "Spumante “Favola” brut, 75 cl", "22.00", 2.5),
        _product("VF-BOX-6", "Cassetta degustazione, 6 bottiglie", "89.00", 1.2),
    ),
    (
        Channel(
            "shopify",
            "#{n}",
            (6, 3, 3, 3, 3, *(1,) * 6),
            45,
            (
                Market("ITA", 16),
                Market("DEU", 12, trend=1.05),
                Market("CHE", 7),
                Market("USA", 5, trend=2.4),
                Market("GBR", 8, trend=0.45),
                Market("NLD", 4, trend=1.2),
                Market("DNK", 3),
                Market("BEL", 2.5),
                Market("JPN", 2, trend=1.5),
                Market("NAM", 0.5),
                Market("SWE", 5, months=(4, 15)),
            ),
            season=AUTUMN,
            loyalty=0.12,
            promotions=0.12,
        ),
    ),
    extras=("traffic", "listings"),
    catalogue=(("VF-*", ("wine",), "2204"),),
)

CASHMERE = DemoFirm(
    "tenger-nooluur",
    "Tenger Nooluur Bags (fictional)",
    "MNG",
    "USD",
    0.88,
    (
        _product("TN-TOTE", "Cashmere felt tote, “Tenger”", "74.00", 12),
        _product("TN-CLUTCH", "Cashmere clutch, embroidered", "41.00", 15),
        _product("TN-BACKPACK", "Cashmere and leather backpack", "118.00", 8),
    ),
    (
        Channel(
            "english_utf16",
            "TA-{n}",
            (6, 3, 3, 3, 3, 3, 3),
            30,
            (
                Market("MNG", 2),
                Market("KOR", 4, trend=1.3),
                Market("JPN", 3),
                Market("CHN", 3, trend=0.5),
                Market("DEU", 1.2, trend=2.2),
                Market("USA", 2),
                Market("ARE", 1.6, months=(8, 20)),
            ),
            season=WINTER,
            loyalty=0.1,
        ),
    ),
    extras=("traffic", "inquiries"),
    catalogue=(("TN-BACKPACK", ("cashmere", "leather-bag"), "4202"), ("TN-*", ("cashmere",), "4202")),
)

OIL_MILL = DemoFirm(
    "frantoio-capo-chimera",
    "Frantoio Capo Chimera (fictional)",
    "ITA",
    "EUR",
    0.41,
    (
        _product("CC-EVO-500", "Olio extra vergine, bottiglia 500 ml", "14.90", 24),
        _product("CC-EVO-5L", "Olio extra vergine, latta 5 l", "92.00", 6),
        _product("CC-PESTO", "Pesto ligure con basilico, 180 g", "6.40", 30),
        _product("CC-OLIVE", "Olive in salamoia, qualità extra", "7.80", 24),
    ),
    (
        Channel(
            "italian_table",
            "{at:%Y}/{n:04d}",
            (12, 3, 3, 3, 1, 1, 1),
            45,
            (
                Market("ITA", 8),
                Market("FRA", 6, trend=0.9),
                Market("DEU", 5, trend=1.25),
                Market("CHE", 3, currency="CHF"),
                Market("IRL", 1.5),
                Market("GBR", 3, trend=0.5, currency="GBP"),
                Market("NLD", 2.2),
                Market("USA", 1.5, trend=2.2, currency="USD"),
                Market("NOR", 2, months=(3, 14)),
            ),
            season=CHRISTMAS,
            loyalty=0.14,
        ),
    ),
    extras=("listings", "inquiries"),
    curious=(("KOR", 62), ("ESP", 9)),
    catalogue=(("CC-EVO-*", ("olive-oil",), "1509"),),
)

HAM_MAKER = DemoFirm(
    "prosciutti-nebbiabella",
    "Prosciutti Nebbiabella (fictional)",
    "ITA",
    "EUR",
    0.35,
    (
        _product("NB-24M", "Rohschinken 24 Monate, ohne Knochen", "148.00", 5),
        _product("NB-16M", "Rohschinken 16 Monate, ohne Knochen", "112.00", 7),
        _product("NB-SLICED", "Schinken in Scheiben, 100 g", "4.90", 60),
    ),
    (
        Channel(
            "german_xlsx",
            "R{at:%y}-{n:05d}",
            (12, 3, 3, 3, 3),
            30,
            (
                Market("ITA", 5),
                Market("DEU", 7, trend=1.1),
                Market("AUT", 3),
                Market("CHE", 2.2, trend=0.6),
                Market("IRL", 1.2),
                Market("GBR", 2),
                Market("NLD", 1.5, trend=2.3),
                Market("BEL", 1.8, months=(0, 11)),
            ),
            season=CHRISTMAS,
            loyalty=0.14,
        ),
    ),
)

CERAMICS = DemoFirm(
    "dalbit-gama",
    "Dalbit Gama Ceramics (fictional)",
    "KOR",
    "KRW",
    0.54,
    (
        _product("DG-BOWL", "달빛 찻사발", "48000"),
        _product("DG-VASE", "달항아리 꽃병", "135000", 1.1),
        _product("DG-PLATE", "청자 접시 4장 세트", "82000", 1.4),
        _product("DG-CUP", "분청 머그컵", "29000", 2),
    ),
    (
        Channel(
            "korean_table",
            "{at:%Y%m%d}-{n:05d}",
            (12, 3, 3, 3, 3),
            30,
            (
                Market("KOR", 14),
                Market("SGP", 3, trend=1.6),
                Market("AUS", 3),
                Market("FRA", 2.5, trend=0.5),
                Market("CAN", 2, currency="USD"),
                Market("BRA", 2.5, months=(6, 17), currency="USD"),
            ),
            season=CHRISTMAS,
        ),
        Channel(
            "amazon",
            "{a}-{b:07d}-{c:07d}",
            (12, 6, 6),
            45,
            (
                Market("JPN", 9, trend=1.3, site="Amazon.co.jp"),
                Market("USA", 10, trend=1.4, site="Amazon.com"),
            ),
            season=CHRISTMAS,
            loyalty=0.05,
        ),
    ),
)

CORK_WORKSHOP = DemoFirm(
    "sobreiral-azul",
    "Sobreiral Azul, Cork Goods (fictional)",
    "PRT",
    "EUR",
    0.79,
    (
        _product("SA-BACKPACK", '"Montado" cork backpack, 14 l', "69.00", 1.05),
        _product("SA-WALLET", "Cork wallet, blue seam", "24.00"),
        _product("SA-YOGA", "Cork yoga mat, 4 mm", "58.00", 1.1),
        _product("SA-COASTER", "Cork coasters, set of 6", "12.50", 2),
    ),
    (
        Channel(
            "amazon",
            "{a}-{b:07d}-{c:07d}",
            (9, 3, 3, 3, 1, 1, 1, 1, 1, 1),
            45,
            (
                Market("PRT", 4, site="Amazon.es"),
                Market("ESP", 12, trend=0.9, site="Amazon.es"),
                Market("DEU", 22, trend=1.15, site="Amazon.de"),
                Market("AUT", 4, site="Amazon.de"),
                Market("ITA", 9, site="Amazon.it"),
                Market("GBR", 15, trend=0.4, site="Amazon.co.uk"),
                Market("IRL", 2, site="Amazon.co.uk"),
                Market("USA", 8, trend=2.5, site="Amazon.com"),
                Market("CAN", 5, months=(2, 13), site="Amazon.com"),
                Market("JPN", 3, trend=1.3, site="Amazon.co.jp"),
                Market("NAM", 0.4, site="Amazon.com"),
            ),
            season=CHRISTMAS,
            loyalty=0.05,
            promotions=0.06,
        ),
    ),
    extras=("reviews", "ads"),
)

FIRMS = (WINERY, CASHMERE, OIL_MILL, HAM_MAKER, CERAMICS, CORK_WORKSHOP)


def _member(firm: DemoFirm) -> NetworkMember:
    reached = {market.country for channel in firm.channels for market in channel.markets}
    return NetworkMember(
        firm.slug, firm.name, firm.home, firm.export_share, tuple(sorted(reached - {firm.home}))
    )


DEMO_NETWORK = NetworkFacts(
    name="Six Harbours Export Consortium (fictional)",
    founded=2019,
    recognition="entered in an invented register of export consortia in 2020",
    members=tuple(_member(firm) for firm in FIRMS),
)
