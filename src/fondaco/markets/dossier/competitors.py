"""What competitors ask in a market, and where the firm's own prices stand among comparable offers.

From files of listings that somebody looked up and imported; nothing is fetched from any site.  Every
price keeps the day it was seen and where.

* **What counts.**  Of each offer (platform, site, listing, seller) the latest sighting, if it is not
  older than `LASTS` days before the newest sighting in the market.  Earlier ones are history.
* **Comparable.**  Two offers are compared when they are priced by the same base (litre, kilogram or
  piece, see `fondaco.markets.dossier.units`), their sizes lie within a factor of `SIZES`, and they are
  the same kind of product: of the same category, where both stand on one site and state one; else of
  a product tag in common, where both have any; else with at least half of the words of the shorter
  title in common.
* **Money.**  Prices are converted into the firm's currency at the ECB rate of the day they were seen.
  An offer whose currency has no rate that day is counted and left out.
* **Own prices** are those of the firm's own listings in the market; for products without one, the
  median unit price of its order lines there in the last twelve months, less discounts.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from ibis import _

from fondaco.markets import sums
from fondaco.markets.dossier.knowledge import Statement
from fondaco.markets.dossier.units import Measure, measure, words
from fondaco.markets.money import money
from fondaco.markets.periods import months_before
from fondaco.numerics import Estimate, quantile, share
from fondaco.reference.rates import Rate, Rates

#: Days for which a price that was seen counts.
LASTS = 180
#: Days before the newest sighting within which a seller seen for the first time is a new entrant.
ENTRY = 90
#: How many times larger the one of two comparable offers may be.
SIZES = 3
#: How many competitors and offers are listed.
LISTED = 10

#: Tells the kinds of product that a title names; empty where it cannot.
Tagger = Callable[[str], frozenset[str]]


def _no_tags(title: str) -> frozenset[str]:  # noqa: ARG001
    return frozenset()


@dataclass(frozen=True)
class Offer:
    """An offer as it was last seen, or the firm's own price.

    Attributes
    ----------
    seller, title, category, tags
        Who offers what; `tags` are the kinds of product that the title tells, or the firm states.
    price, currency
        Of one unit as offered.
    home_price
        The same in the firm's currency at the rate of the day; None without a rate.
    measure
        How much the price is for.
    day, platform, marketplace, listing
        When and where it was seen.
    source
        ``listing``, or ``orders`` for a price worked out from the firm's own order lines.
    """

    seller: str
    title: str
    price: Decimal
    currency: str
    home_price: Decimal | None
    measure: Measure
    day: date
    platform: str
    marketplace: str | None = None
    listing: str | None = None
    category: str | None = None
    tags: frozenset[str] = frozenset()
    minimum: float | None = None
    rating: float | None = None
    reviews: int | None = None
    own: bool = False
    source: str = "listing"

    @property
    def per_base(self) -> Decimal | None:
        """Price of a litre, kilogram or piece in the firm's currency; None without a rate."""
        return None if self.home_price is None else self.measure.per(self.home_price)

    def to_json(self) -> dict[str, Any]:
        """Return the offer as JSON values, with the day and the place it was seen."""
        return {
            "seller": self.seller,
            "title": self.title,
            "price": money(self.price),
            "currency": self.currency,
            "per_base": None if self.per_base is None else money(self.per_base),
            "base": self.measure.base,
            "amount": float(self.measure.amount),
            "day": self.day.isoformat(),
            "platform": self.platform,
            "marketplace": self.marketplace,
            "listing": self.listing,
            "minimum": self.minimum,
            "rating": self.rating,
            "source": self.source,
        }


@dataclass(frozen=True)
class Competitor:
    """A seller whose offers to this market were imported, with the range of its latest prices."""

    seller: str
    offers: int
    currency: str
    lowest: Decimal
    highest: Decimal
    rating: float | None
    first_seen: date | None = None
    last_seen: date | None = None
    new: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the competitor as JSON values."""
        return {
            "seller": self.seller,
            "offers": self.offers,
            "currency": self.currency,
            "lowest": money(self.lowest),
            "highest": money(self.highest),
            "rating": None if self.rating is None else round(self.rating, 2),
            "first_seen": self.first_seen.isoformat() if self.first_seen else None,
            "last_seen": self.last_seen.isoformat() if self.last_seen else None,
            "new": self.new,
        }


@dataclass(frozen=True)
class Position:
    """One of the firm's products among comparable offers, per litre, kilogram or piece.

    Attributes
    ----------
    own
        The firm's price.
    others
        Comparable offers, the cheapest first.
    quartiles
        Of their prices per base (25 %, 50 %, 75 %), each with an interval of level 0.9 that assumes
        nothing of their distribution; null where there are too few.
    cheaper
        Share of them that are cheaper than the firm's: an estimate with Jeffreys' interval.
    """

    own: Offer
    others: tuple[Offer, ...]
    quartiles: dict[float, Estimate]
    cheaper: Estimate

    @property
    def against_median(self) -> float | None:
        """The firm's price over the median of the others, minus 1."""
        middle = self.quartiles[0.5].estimate
        own = self.own.per_base
        return None if middle is None or own is None or middle <= 0 else float(own) / middle - 1

    def to_json(self) -> dict[str, Any]:
        """Return the position as JSON values, with every price compared."""
        return {
            "product": self.own.title,
            "own": self.own.to_json(),
            "base": self.own.measure.base,
            "comparable": len(self.others),
            "quartiles": {f"p{round(100 * p)}": e.to_json(4) for p, e in self.quartiles.items()},
            "cheaper_share": self.cheaper.to_json(),
            "against_median": None if self.against_median is None else round(self.against_median, 4),
            "others": [each.to_json() for each in self.others],
        }


@dataclass(frozen=True)
class Competitors:
    """Competitors of one market.

    Attributes
    ----------
    sellers
        With the most offers first.
    offers
        Competitors' offers that count.
    positions
        One for each of the firm's products that has comparable offers.
    alone
        Own products without any comparable offer.
    minimum, own_minimum
        Median smallest quantity sold, of theirs and of the firm's own listings.
    rating, own_rating
        Mean stars, each offer weighing as its number of reviews (1 where none is stated).
    new_sellers
        Seen for the first time in the last `ENTRY` days of sightings; None where sightings do not reach
        back further.
    since, until
        First and last day on which offers were seen.
    without_rate
        Offers left out of comparisons for want of an exchange rate.
    """

    sellers: tuple[Competitor, ...]
    offers: tuple[Offer, ...]
    positions: tuple[Position, ...]
    alone: tuple[str, ...]
    minimum: Estimate
    own_minimum: float | None
    rating: float | None
    own_rating: float | None
    new_sellers: tuple[str, ...] | None
    since: date | None
    until: date | None
    without_rate: int
    currency: str

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "sellers": [seller.to_json() for seller in self.sellers],
            "positions": [each.to_json() for each in self.positions],
            "without_comparable_offers": list(self.alone),
            "minimum_order": self.minimum.to_json(1),
            "own_minimum_order": self.own_minimum,
            "rating": None if self.rating is None else round(self.rating, 2),
            "own_rating": None if self.own_rating is None else round(self.own_rating, 2),
            "new_sellers": None if self.new_sellers is None else list(self.new_sellers),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "without_rate": self.without_rate,
            "offers": [each.to_json() for each in self.offers],
        }

    def statements(self) -> tuple[Statement, ...]:
        """Return what is said of the competitors, each as fact, inference or example."""
        return tuple(_statements(self))


def competitors_of(
    listings: ir.Table | None,
    market: str,
    *,
    currency: str,
    orders: ir.Table | None = None,
    rates: Rates | None = None,
    tags_of: Tagger = _no_tags,
) -> Competitors | None:
    """Describe the competitors of one market; None where no offer of anybody else was imported.

    Parameters
    ----------
    listings, orders
        Current views of the ledger's tables, on DuckDB or Spark.
    market
        Its alpha-3 code.
    currency
        The firm's reporting currency.
    rates
        To convert prices; without them only those in `currency` are compared.
    tags_of
        Tells the product tags of a title: stated by the firm or suggested by its words.
    """
    if listings is None:
        return None
    here = listings.filter((listings.country == market) & listings.price.notnull() & (listings.price > 0))
    rows = sums.rows(
        here.select(
            "platform", "marketplace", "day", "listing", "seller", "own", "product", "category", "currency",
            "price", "unit", "minimum", "rating", "reviews",
        )
    )  # fmt: skip
    theirs = [row for row in rows if not row["own"] and row["seller"]]
    if not theirs:
        return None
    until = max(row["day"] for row in theirs)
    convert = _converter(currency, rates)
    offers = _current(theirs, until, convert, tags_of)
    mine = _current([row for row in rows if row["own"]], until, convert, tags_of)
    priced = [*mine, *_from_orders(orders, market, currency, tags_of, known={own.title for own in mine})]
    positions, alone = _positions(priced, offers)
    first_seen = _first_seen(theirs)
    since = min(row["day"] for row in theirs)
    new = _new(first_seen, since, until)
    minimums = [each.minimum for each in offers if each.minimum is not None]
    return Competitors(
        sellers=_sellers(offers, first_seen, new or ()),
        offers=tuple(offers),
        positions=positions,
        alone=alone,
        minimum=quantile(minimums),
        own_minimum=statistics.median(held) if (held := [o.minimum for o in mine if o.minimum]) else None,
        rating=_stars(offers),
        own_rating=_stars(mine),
        new_sellers=new,
        since=since,
        until=until,
        without_rate=sum(each.home_price is None for each in offers),
        currency=currency,
    )


def _converter(currency: str, rates: Rates | None) -> Callable[[Decimal, str, date], Decimal | None]:
    def convert(price: Decimal, said: str, day: date) -> Decimal | None:
        if said == currency:
            return price
        found = None if rates is None else rates.rate(said, currency, day)
        return price * Decimal(repr(found.rate)) if isinstance(found, Rate) else None

    return convert


def _current(
    rows: Iterable[sums.Row],
    until: date,
    convert: Callable[[Decimal, str, date], Decimal | None],
    tags_of: Tagger,
) -> list[Offer]:
    """Return the latest sighting of each offer that is not too old, in the order of sellers and titles."""
    latest: dict[tuple[Any, ...], sums.Row] = {}
    for row in rows:
        key = (row["platform"], row["marketplace"], row["listing"], row["seller"])
        if key not in latest or latest[key]["day"] <= row["day"]:
            latest[key] = row
    kept = [row for row in latest.values() if (until - row["day"]).days <= LASTS]
    offers = [_offer(row, convert, tags_of) for row in kept]
    return sorted(offers, key=lambda each: (each.seller, each.title, each.listing or ""))


def _offer(row: sums.Row, convert: Callable[[Decimal, str, date], Decimal | None], tags_of: Tagger) -> Offer:
    title = row["product"] or row["listing"]
    return Offer(
        seller=row["seller"] or "",
        title=title,
        price=row["price"],
        currency=row["currency"],
        home_price=convert(row["price"], row["currency"], row["day"]),
        measure=measure(title, row["unit"] or ""),
        day=row["day"],
        platform=row["platform"],
        marketplace=row["marketplace"],
        listing=row["listing"],
        category=row["category"],
        tags=tags_of(title),
        minimum=None if row["minimum"] is None else float(row["minimum"]),
        rating=None if row["rating"] is None else float(row["rating"]),
        reviews=row["reviews"],
        own=bool(row["own"]),
    )


def _from_orders(
    orders: ir.Table | None, market: str, currency: str, tags_of: Tagger, known: set[str]
) -> list[Offer]:
    """Return the firm's own prices from its order lines of the last twelve months, one per product."""
    if orders is None:
        return []
    goods = sums.goods(orders)
    sold = goods.filter(
        (goods.country == market)
        & (goods.kind == "sale")
        & (goods.quantity > 0)
        & goods.value.notnull()
        & goods["product"].notnull()
        & (goods.value > 0)
    )
    last = sums.rows(sold.aggregate(day=_.day.max()))[0]["day"]
    if last is None:
        return []
    recent = sold.filter(sold.day > months_before(last, 12)).mutate(each=sold.value / sold.quantity)
    found = sums.rows(
        recent.group_by(title=recent["product"]).aggregate(
            price=_.each.cast("float64").median(), day=_.day.max(), platform=_.platform.max()
        )
    )
    return [
        Offer(
            seller="",
            title=row["title"],
            price=(price := Decimal(str(round(row["price"], 4)))),
            currency=currency,
            home_price=price,
            measure=measure(row["title"]),
            day=row["day"],
            platform=row["platform"],
            tags=tags_of(row["title"]),
            own=True,
            source="orders",
        )
        for row in sorted(found, key=lambda row: row["title"])
        if row["title"] not in known
    ]


def comparable(own: Offer, other: Offer) -> bool:
    """Whether two offers may be compared; the module has the rule."""
    if own.measure.base != other.measure.base:
        return False
    small, large = sorted((own.measure.amount, other.measure.amount))
    if large > SIZES * small:
        return False
    one_site = (own.platform, own.marketplace) == (other.platform, other.marketplace)
    if one_site and own.category and other.category:
        return own.category.casefold() == other.category.casefold()
    if own.tags and other.tags:
        return bool(own.tags & other.tags)
    one, two = words(own.title), words(other.title)
    shorter = min(len(one), len(two))
    return shorter > 0 and 2 * len(one & two) >= shorter


def _positions(
    mine: Sequence[Offer], offers: Sequence[Offer]
) -> tuple[tuple[Position, ...], tuple[str, ...]]:
    positions, alone = [], []
    for own in mine:
        if own.home_price is None:
            continue
        others = [each for each in offers if each.home_price is not None and comparable(own, each)]
        if not others:
            alone.append(own.title)
            continue
        others.sort(key=lambda each: (each.per_base or Decimal(0), each.seller))
        prices = [float(each.per_base or 0) for each in others]
        price = float(own.per_base or 0)
        positions.append(
            Position(
                own,
                tuple(others),
                {p: quantile(prices, p) for p in (0.25, 0.5, 0.75)},
                share(sum(each < price for each in prices), len(prices)),
            )
        )
    return tuple(positions), tuple(alone)


def _first_seen(rows: Iterable[sums.Row]) -> dict[str, date]:
    first: dict[str, date] = {}
    for row in rows:
        first[row["seller"]] = min(first.get(row["seller"], row["day"]), row["day"])
    return first


def _new(first_seen: dict[str, date], since: date, until: date) -> tuple[str, ...] | None:
    """Return who was first seen of late; None where sightings do not reach back far enough to tell."""
    border = until - timedelta(days=ENTRY)
    if since > border:
        return None
    return tuple(sorted(seller for seller, day in first_seen.items() if day > border))


def _sellers(
    offers: Iterable[Offer], first_seen: dict[str, date], new: Sequence[str]
) -> tuple[Competitor, ...]:
    grouped: defaultdict[tuple[str, str], list[Offer]] = defaultdict(list)
    for each in offers:
        grouped[each.seller, each.currency].append(each)
    found = [
        Competitor(
            seller,
            len(held),
            currency,
            min(each.price for each in held),
            max(each.price for each in held),
            statistics.fmean(stars) if (stars := [each.rating for each in held if each.rating]) else None,
            first_seen.get(seller),
            max(each.day for each in held),
            seller in new,
        )
        for (seller, currency), held in grouped.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.offers, each.seller, each.currency))[:LISTED])


def _stars(offers: Sequence[Offer]) -> float | None:
    rated = [(each.rating, max(each.reviews or 1, 1)) for each in offers if each.rating is not None]
    weight = sum(n for _, n in rated)
    return sum(stars * n for stars, n in rated) / weight if weight else None


def _statements(held: Competitors) -> list[Statement]:
    names = {each.seller for each in held.offers}
    said = [
        Statement(
            f"{len(held.offers):,} offers of {len(names):,} competing sellers count, seen {held.since} to {held.until}.",
            "fact",
            "imported listings",
        )
    ]
    for each in held.positions[:LISTED]:
        base = {"l": "a litre", "kg": "a kilogram", "piece": "a piece"}[each.own.measure.base]
        own = each.own.per_base or Decimal(0)
        middle = each.quartiles[0.5]
        cheaper = sum((other.per_base or Decimal(0)) < own for other in each.others)
        text = (
            f"{each.own.title} at {own:,.2f} {held.currency} {base}: "
            f"{cheaper} of {len(each.others)} comparable offers are cheaper"
        )
        if middle.estimate is not None:
            text += f"; their median is {middle.estimate:,.2f} ({middle.low:,.2f} to {middle.high:,.2f})"
        said.append(Statement(f"{text}.", "inference", "comparable offers, by tag, category or words"))
    if held.new_sellers:
        named = ", ".join(held.new_sellers[:3])
        said.append(
            Statement(
                f"{len(held.new_sellers)} seller{'' if len(held.new_sellers) == 1 else 's'} first seen in the last {ENTRY} days: {named}.",
                "inference",
                "first sightings; they may have been there unseen",
            )
        )
    if held.offers:
        one = min(held.offers, key=lambda each: (each.day.toordinal() * -1, each.seller))
        said.append(
            Statement(
                f"{one.seller} asks {one.price:,.2f} {one.currency} for {one.title} "
                f"(seen {one.day} on {one.marketplace or one.platform}).",
                "example",
                "one offer",
            )
        )
    return said
