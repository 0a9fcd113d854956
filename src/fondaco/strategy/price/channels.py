"""Whether the firm undercuts itself: the same product cheaper on another of its channels.

A channel is a platform and its site.  Prices are of one unit, in the firm's currency at the rate of the day, before
shipping and tax as far as the platforms state them apart.  They come from order lines (what was paid) and from the
firm's own current listings (what is seen).  Compared is:

* *at equal quantity*: medians of order lines of one band of quantities (`BANDS`), or listings of one minimum; *for
  less*, where it is cheaper although fewer are taken;
* *for more*: cheaper for a larger quantity than the dearer channel sells in.  A listing of the firm that states that
  price from that quantity on documents it; without one it is a volume discount that nobody can look up.

A gap counts from the share that the rule ``price/channels`` names.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any, Literal, get_args

import ibis.expr.types as ir

from fondaco.markets import sums
from fondaco.numerics import quantile
from fondaco.numerics.estimates import Estimate
from fondaco.reference.rates import Rate, Rates
from fondaco.strategy.rules import rule

#: Days of orders that count, and of listings.
ORDERS_LAST, LISTINGS_LAST = 365, 180
#: Order lines of a channel, within a band, below which nothing is compared.
FEWEST = 3
#: First quantities of the bands within which quantities count as equal.
BANDS = (1, 2, 5, 10, 25, 100, 500)
#: What was paid may lie so far below the price published for that quantity: rates of two days, roundings.
_ROUNDING = 0.02

Kind = Literal["for less", "at equal quantity", "for more, not documented", "for more, documented"]
_ORDER: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Price:
    """What a unit of a product costs on a channel, from a quantity on; `source` is ``orders`` or ``listings``.

    `price` is a median with an interval where there are enough lines (for a listing, its price); `taxed` says
    whether the platform states tax apart.
    """

    product: str
    channel: str
    source: Literal["orders", "listings"]
    quantity: int
    price: Estimate
    seen: int
    markets: frozenset[str] = frozenset()
    taxed: bool = False


@dataclass(frozen=True)
class Conflict:
    """One product at two prices.

    Attributes
    ----------
    dear, cheap
        The two sides.
    gap
        1 less the cheaper over the dearer price: a share, with an interval from both prices' own.
    kind
        Whether quantities are equal; if not, whether the discount is documented.
    caveats
        What may explain it: tax, other markets.
    """

    product: str
    dear: Price
    cheap: Price
    gap: Estimate
    kind: Kind
    currency: str
    caveats: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The conflict in words."""
        dear, cheap = self.dear, self.cheap
        return (
            f"{self.product}: {cheap.price.estimate:,.2f} {self.currency} on {cheap.channel} from {cheap.quantity} on, "
            f"{dear.price.estimate:,.2f} on {dear.channel} from {dear.quantity} on: {self.gap.estimate:.0%} less."
        )

    def to_json(self) -> dict[str, Any]:
        """Return the conflict as JSON values."""
        return {
            "product": self.product,
            "kind": self.kind,
            "source": self.dear.source,
            "currency": self.currency,
            "dear": _side(self.dear),
            "cheap": _side(self.cheap),
            "gap": self.gap.to_json(),
            "caveats": list(self.caveats),
        }


def _side(price: Price) -> dict[str, Any]:
    return {
        "channel": price.channel,
        "from": price.quantity,
        "price": price.price.to_json(),
        "seen": price.seen,
        "markets": sorted(price.markets),
    }


def prices_of(
    orders: ir.Table,
    listings: ir.Table,
    *,
    today: date,
    currency: str,
    rates: Rates | None = None,
    product: str | None = None,
) -> tuple[Price, ...]:
    """Return what each product costs on each channel.

    Parameters
    ----------
    orders, listings
        Current views of the ledger's tables.
    currency, rates
        The firm's currency; listings in others are converted at the rate of the day they were seen, and left
        out where there is none.
    product
        An article number or name, where only one is asked for.
    """
    found = [*_of_orders(orders, today), *_of_listings(listings, today, currency, rates)]
    wanted = None if product is None else _plain(product)
    return tuple(each for each in found if wanted is None or _plain(each.product) == wanted)


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())


def channel_of(platform: str, marketplace: str | None) -> str:
    """Return the name of a channel; a table of one's own is named by the site that it states.

    >>> channel_of("amazon", "Amazon.de"), channel_of("table", "Alibaba"), channel_of("shopify", None)
    ('amazon Amazon.de', 'alibaba', 'shopify')
    """
    if platform == "table" and marketplace:
        return marketplace.casefold()
    return f"{platform} {marketplace}" if marketplace else platform


def _band(quantity: Decimal) -> int:
    return max((first for first in BANDS if first <= quantity), default=1)


def _of_orders(orders: ir.Table, today: date) -> Iterable[Price]:
    lines = orders.filter(
        (orders.kind == "sale")
        & (orders.quantity >= 1)
        & (orders.value > 0)
        & (orders.refund.fill_null(Decimal(0)) == 0)
        & orders.day.between(today - timedelta(days=ORDERS_LAST), today)
    )
    rows = sums.rows(
        lines.select("platform", "marketplace", "sku", "product", "quantity", "value", "tax", "country")
    )
    names = _names(rows)
    held: defaultdict[tuple[str, str, int], list[sums.Row]] = defaultdict(list)
    for row in rows:
        name = names.get(_plain(row["sku"] or "")) or row["product"] or row["sku"]
        if name:
            held[name, channel_of(row["platform"], row["marketplace"]), _band(row["quantity"])].append(row)
    for (name, channel, band), lines_ in sorted(held.items()):
        if len(lines_) < FEWEST:
            continue
        each = [float(row["value"] / row["quantity"]) for row in lines_]
        told = quantile(each)
        middle = Estimate(statistics.median(each), told.low, told.high, told.level, told.why)
        markets = frozenset(row["country"] for row in lines_ if row["country"])
        taxed = any(row["tax"] for row in lines_)
        yield Price(name, channel, "orders", band, middle, len(each), markets, taxed)


def _names(rows: Iterable[sums.Row]) -> dict[str, str]:
    """Return one name for each article number: platforms call one article by several."""
    found: dict[str, str] = {}
    for row in rows:
        if row["sku"] and row["product"]:
            found.setdefault(_plain(row["sku"]), row["product"])
    return found


def _of_listings(listings: ir.Table, today: date, currency: str, rates: Rates | None) -> Iterable[Price]:
    own = listings.filter(
        listings.own.fill_null(False)
        & (listings.price > 0)
        & listings.day.between(today - timedelta(days=LISTINGS_LAST), today)
    )
    columns = (
        "platform",
        "marketplace",
        "listing",
        "day",
        "product",
        "currency",
        "price",
        "minimum",
        "country",
    )
    latest: dict[tuple[Any, ...], sums.Row] = {}
    for row in sums.rows(own.select(*columns).order_by("day")):
        latest[row["platform"], row["marketplace"], row["listing"]] = row
    for row in latest.values():
        price = float(row["price"])
        if row["currency"] != currency:
            rate = None if rates is None else rates.rate(row["currency"], currency, row["day"])
            if not isinstance(rate, Rate):
                continue
            price *= rate.rate
        markets = frozenset({row["country"]} - {None})
        channel = channel_of(row["platform"], row["marketplace"])
        first = int(row["minimum"] or 1)
        yield Price(
            row["product"] or row["listing"], channel, "listings", first, Estimate(price, price, price), 1, markets
        )  # fmt: skip


def conflicts(
    prices: Sequence[Price], currency: str, thresholds: Mapping[str, Decimal] | None = None
) -> tuple[Conflict, ...]:
    """Return where one channel undercuts another, the what no quantity explains first."""
    most = float(rule("price/channels").threshold("max_gap", thresholds).value)
    grouped: defaultdict[tuple[str, str], list[Price]] = defaultdict(list)
    for each in prices:
        grouped[_plain(each.product), each.source].append(each)
    listed = [each for each in prices if each.source == "listings"]
    found = []
    for held in grouped.values():
        for one, other in combinations(held, 2):
            if one.channel == other.channel:
                continue
            cheap, dear = sorted((one, other), key=lambda each: each.price.estimate or 0)
            conflict = _conflict(cheap, dear, _kind(cheap, dear, listed), currency, most)
            found += [conflict] if conflict else []
    return tuple(
        sorted(found, key=lambda each: (_ORDER.index(each.kind), -(each.gap.estimate or 0), each.product))
    )


def _kind(cheap: Price, dear: Price, listed: Iterable[Price]) -> Kind:
    if cheap.quantity == dear.quantity:
        return "at equal quantity"
    if cheap.quantity < dear.quantity:
        return "for less"
    return "for more, documented" if _documented(cheap, listed) else "for more, not documented"


def _conflict(cheap: Price, dear: Price, kind: Kind, currency: str, most: float) -> Conflict | None:
    low, high = cheap.price, dear.price
    if low.estimate is None or not high.estimate:
        return None
    gap = 1 - low.estimate / high.estimate
    if gap <= most:
        return None
    told = Estimate(gap, why="Few lines: no interval.")
    if low.high is not None and low.low is not None and high.low and high.high:
        told = Estimate(gap, 1 - low.high / high.low, 1 - low.low / high.high, low.level or high.level)
    return Conflict(dear.product, dear, cheap, told, kind, currency, _caveats(cheap, dear))


def _caveats(cheap: Price, dear: Price) -> tuple[str, ...]:
    said = []
    if cheap.source == "orders" and cheap.taxed != dear.taxed:
        silent = cheap if dear.taxed else dear
        said.append(f"{silent.channel} states no tax apart: part of the gap may be tax.")
    if cheap.source == "listings":
        said.append("Whether listed prices hold tax is not stated.")
    if cheap.markets and dear.markets and not cheap.markets & dear.markets:
        said.append("The two channels sell it to different markets.")
    return tuple(said)


def _documented(cheap: Price, listed: Iterable[Price]) -> bool:
    """Whether a listing of the firm on that channel states that price, or a lower one, from that quantity on."""
    end = next((first for first in BANDS if first > cheap.quantity), cheap.quantity + 1)
    price = (cheap.price.estimate or 0.0) * (1 + _ROUNDING)
    return any(
        each.channel == cheap.channel
        and _plain(each.product) == _plain(cheap.product)
        and 1 < each.quantity < max(end, cheap.quantity + 1)
        and (each.price.estimate or 0.0) <= price
        for each in listed
    )
