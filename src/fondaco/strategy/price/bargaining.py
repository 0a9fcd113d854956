"""How far buyers of a market bargain a listed price down: learned from the firm's own log.

Each order line is set beside what the firm itself listed for that product on the same platform: the latest sighting
on or before the day of the order, `LASTS` days old at most, and of several the one whose minimum the quantity meets
best.  The *concession* is 1 minus what was paid for a unit over what was listed for it.  A buyer counts once in each
market, with the mean over his orders, so that a faithful one does not stand for all.

Few markets have many orders, so each market's mean is drawn towards that of all
(`fondaco.numerics.credibility`).  With fewer than `FEWEST` buyers in all nothing is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from scipy import stats

from fondaco.markets import sums
from fondaco.numerics.credibility import Means, shrunken_means
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.reference.rates import Rate, Rates

#: Days for which a listed price is taken to hold.
LASTS = 180
#: Buyers, over all markets, below which nothing is told.
FEWEST = 8
#: What was paid for more than so many times the listed price was not the thing listed.
UNLIKE = Decimal("1.5")
#: Share of buyers that the room is to suffice for.
SUFFICES = 0.9
#: The most that is left for bargaining, whatever the log says.
_MOST = 0.6


@dataclass(frozen=True)
class Deal:
    """One order line beside the firm's own list price: both for one unit, in the currency of the order."""

    market: str
    buyer: str
    product: str
    day: date
    quantity: Decimal
    listed: Decimal
    paid: Decimal
    currency: str

    @property
    def concession(self) -> float:
        """Share of the listed price that was given up; negative where more was paid."""
        return float(1 - self.paid / self.listed)


@dataclass(frozen=True)
class Habit:
    """How far buyers of a market bargain.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None for a market of which nothing is known yet.
    buyers
        Whose deals it rests on, in this market.
    mean
        Of the concession, a share of the listed price, drawn towards all markets.
    room
        What suffices for `SUFFICES` of buyers; None where nothing is told.
    own
        How much of the mean is the market's own, from 0 to 1.
    """

    market: str | None
    buyers: int
    mean: Estimate
    room: float | None
    own: float

    def to_json(self) -> dict[str, Any]:
        """Return the habit as JSON values."""
        return {
            "market": self.market,
            "buyers": self.buyers,
            "mean": self.mean.to_json(),
            "room": None if self.room is None else round(self.room, 4),
            "suffices_for": SUFFICES,
            "own": round(self.own, 4),
        }


@dataclass(frozen=True)
class Bargaining:
    """Habits by market, and by whether an order was below or from the middle quantity.

    Attributes
    ----------
    by_market
        Markets with deals.
    elsewhere
        What to expect of a market without any.
    small, large
        Concessions in orders below, and from, the middle quantity `middle` of all deals.
    """

    by_market: Mapping[str, Habit]
    elsewhere: Habit
    small: Estimate
    large: Estimate
    middle: Decimal | None
    deals: int

    def of(self, market: str) -> Habit:
        """Return the habit of a market; what all markets suggest where it has no deals."""
        return self.by_market.get(market, self.elsewhere)


def deals_of(orders: ir.Table, listings: ir.Table, rates: Rates | None = None) -> tuple[Deal, ...]:
    """Set the firm's order lines beside its own listings.

    Parameters
    ----------
    orders, listings
        Current views of the ledger's tables.
    rates
        To compare prices in different currencies, at the rate of the day of the order; without them such
        lines are left out.
    """
    listed = _listed(listings)
    if not listed:
        return ()
    lines = orders.filter(
        (orders.kind == "sale") & (orders.quantity > 0) & (orders.amount > 0) & orders.country.notnull()
    )
    rows = sums.rows(
        lines.select(
            "platform", "marketplace", "order", "sku", "product", "quantity", "currency", "amount", "discount", "refund", "day",
            "buyer", "country",
        )
    )  # fmt: skip
    return tuple(deal for row in rows if (deal := _deal(row, listed, rates)) is not None)


def _listed(listings: ir.Table) -> dict[tuple[str, str], list[sums.Row]]:
    """Return the firm's own sightings by platform and, each, by title and by number."""
    own = listings.filter(listings.own.fill_null(False) & (listings.price > 0))
    held: defaultdict[tuple[str, str], list[sums.Row]] = defaultdict(list)
    for row in sums.rows(
        own.select(
            "platform", "marketplace", "day", "listing", "product", "country", "currency", "price", "minimum"
        )
    ):
        for name in {_plain(row["product"]), _plain(row["listing"])} - {""}:
            held[_platform(row), name].append(row)
    return held


def _plain(said: str | None) -> str:
    return " ".join((said or "").casefold().split())


def _platform(row: sums.Row) -> str:
    """Return the platform; a table of one's own stands for the site that it states."""
    site = row["marketplace"] if row["platform"] == "table" else None
    return str(site or row["platform"]).casefold()


def _deal(
    row: sums.Row, listed: Mapping[tuple[str, str], list[sums.Row]], rates: Rates | None
) -> Deal | None:
    names = [_plain(row["sku"]), _plain(row["product"])]
    seen = next((listed[_platform(row), name] for name in names if (_platform(row), name) in listed), None)
    offer = None if seen is None else _offer(seen, row)
    if offer is None:
        return None
    price = offer["price"]
    if offer["currency"] != row["currency"]:
        found = None if rates is None else rates.rate(offer["currency"], row["currency"], row["day"])
        if not isinstance(found, Rate):
            return None
        price *= Decimal(repr(found.rate))
    total = row["amount"] + (row["discount"] or 0) + (row["refund"] or 0)
    paid = total / row["quantity"]
    if not 0 < paid <= UNLIKE * price:
        return None
    buyer = f"{row['platform']} {row['buyer']}" if row["buyer"] else f"{row['platform']} order {row['order']}"
    return Deal(
        row["country"], buyer, row["product"] or row["sku"], row["day"], row["quantity"], price, paid, row["currency"]
    )  # fmt: skip


def _offer(seen: Iterable[sums.Row], row: sums.Row) -> sums.Row | None:
    """Return the listing that held for an order: latest day; of these the best met minimum."""
    earliest = row["day"] - timedelta(days=LASTS)
    held = [
        each
        for each in seen
        if earliest <= each["day"] <= row["day"] and each["country"] in (None, row["country"])
    ]
    if not held:
        return None
    last = max(each["day"] for each in held)
    latest = [each for each in held if each["day"] == last]
    met = [each for each in latest if (each["minimum"] or 0) <= row["quantity"]]
    if met:
        return max(met, key=lambda each: (each["minimum"] or 0, each["price"]))
    return min(latest, key=lambda each: (each["minimum"] or 0, -each["price"]))


def habits(deals: Sequence[Deal], *, level: float = 0.9) -> Bargaining:
    """Learn from deals how far each market bargains.

    Parameters
    ----------
    level
        Probability of the intervals of means.

    Examples
    --------
    >>> deals = [Deal("DEU", str(n), "Wine", date(2026, 1, 1), Decimal(12), Decimal(10), Decimal(paid), "EUR")
    ...     for n, paid in enumerate([9, 9, 10, 9, 8, 9, 10, 8])]
    >>> habits(deals).of("DEU").mean.to_json(2)
    {'estimate': 0.1, 'low': 0.06, 'high': 0.14, 'level': 0.9}
    """
    by_buyer: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for deal in deals:
        by_buyer[deal.market, deal.buyer].append(deal.concession)
    values: defaultdict[str, list[float]] = defaultdict(list)
    for (market, _), held in by_buyer.items():
        values[market].append(sum(held) / len(held))
    buyers = sum(len(held) for held in values.values())
    if buyers < FEWEST:
        why = (
            f"{buyers} buyer{'' if buyers == 1 else 's'} paid for something that the firm had listed, where at least "
            f"{FEWEST} are needed to tell how far buyers bargain."
        )
        nothing = Habit(None, buyers, unknown(why), None, 0.0)
        return Bargaining({}, nothing, unknown(why), unknown(why), None, len(deals))
    markets = sorted(values)
    means = _means([values[market] for market in markets])
    known = {
        market: _habit(market, place, values[market], means, level) for place, market in enumerate(markets)
    }
    spread = math.sqrt(means.between + _variance_of_overall(means, values))
    elsewhere = Habit(
        None, 0, _estimate(means.overall, spread, level, "none of its own deals"),
        _room(means.overall, math.sqrt(means.within + spread**2)), 0.0,
    )  # fmt: skip
    middle = sorted(deal.quantity for deal in deals)[len(deals) // 2]
    small, large = (_band(deals, middle, large=large, level=level) for large in (False, True))
    return Bargaining(known, elsewhere, small, large, middle, len(deals))


def _means(groups: Sequence[Sequence[float]]) -> Means:
    return shrunken_means(
        [len(held) for held in groups], [sum(held) for held in groups], [sum(v * v for v in held) for held in groups]
    )  # fmt: skip


def _variance_of_overall(means: Means, values: Mapping[str, Sequence[float]]) -> float:
    buyers = sum(len(held) for held in values.values())
    return means.within / buyers + means.between / len(values)


def _habit(market: str, place: int, held: Sequence[float], means: Means, level: float) -> Habit:
    # Where markets do not differ, what is not known of one is what is not known of all.
    sd = max(
        float(means.sd[place]), math.sqrt(means.within / sum(1 for _ in held)) if means.between == 0 else 0.0
    )
    mean = float(means.mean[place])
    return Habit(
        market, len(held), _estimate(mean, sd, level), _room(mean, math.sqrt(means.within + sd**2)),
        float(means.weight[place]),
    )  # fmt: skip


def _estimate(mean: float, sd: float, level: float, why: str = "") -> Estimate:
    reach = float(stats.norm.ppf(0.5 + level / 2)) * sd
    return Estimate(mean, mean - reach, mean + reach, level, why)


def _room(mean: float, sd: float) -> float:
    """Return the concession that suffices for `SUFFICES` of buyers, taken as normal around the mean."""
    return min(max(mean + float(stats.norm.ppf(SUFFICES)) * sd, 0.0), _MOST)


def _band(deals: Sequence[Deal], middle: Decimal, *, large: bool, level: float) -> Estimate:
    held = [deal.concession for deal in deals if (deal.quantity >= middle) == large]
    if len(held) < FEWEST:
        return unknown(f"{len(held)} deals of that size, where at least {FEWEST} are needed.")
    mean = sum(held) / len(held)
    sd = math.sqrt(sum((each - mean) ** 2 for each in held) / (len(held) - 1) / len(held))
    return _estimate(mean, sd, level)
