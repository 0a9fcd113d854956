"""How the demo's buyers behave: a seeded simulation of two years of orders.

New buyers of a market arrive as a Poisson process whose rate follows the market's size, trend and
season.  Each then orders at a rate of his or her own, drawn from a gamma distribution, and may leave
after any order: what the repeat-buying models of the literature assume (gamma-Poisson with dropout).
A few orders are cancelled, and a few lines come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from fondaco.workflows.demo_files.firms import ISO2, SITES, Channel, DemoFirm, Market, Product, price_in

DAYS = 730
MONTH = DAYS / 24
DROPOUT = 0.25
CANCELLED = 0.03
RETURNED = 0.03

#: Invented given and family names by script; a country not named here takes the Latin ones.
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "": (
        (
            "Alva",
            "Brando",
            "Cosima",
            "Dorian",
            "Edda",
            "Fiora",
            "Gaspard",
            "Hedwig",
            "Ilario",
            "Jorunn",
            "Zoë",
        ),
        ("Abernatty", "Bellafinta", "Corvelli", "Drömmel", "Estelmann", "Fauxbois", "Grünspahn", "O’Nowhere"),
    ),
    "JPN": (("葵", "蓮", "陽菜", "湊"), ("架空", "月野原", "星見川", "夢川")),
    "KOR": (("하늘", "도윤", "서아", "이든"), ("가상", "달빛", "한별", "은하")),
    "CHN": (("若虚", "梦云", "子墨"), ("虚", "云上", "乌有")),
    "MNG": (("Тэнгис", "Номин", "Сарнай"), ("Зохиомолын", "Үлгэрийн")),
    "ARE": (("ليلى", "سالم", "نور"), ("الخيالي", "الواحة")),
}
TOWNS = ("Nowhere-on-Sea", "Fabelstadt", "Villafinta", "Sainte-Fable", "Port Maybe", "Utopia Heights")


@dataclass(frozen=True)
class Buyer:
    """An invented buyer; `spelling` says how his or her country gets written: plain, odd or unknown."""

    number: int
    name: str
    company: str
    email: str
    town: str
    zip: str
    spelling: str


@dataclass(frozen=True)
class Line:
    """One product of an order: its price and amount in the order's currency."""

    product: Product
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True)
class Order:
    """What happened to one order, known in full; a file made on some day tells what was known then.

    ``discount`` and ``shipping`` are positive amounts of the whole order; ``returned`` is the time at
    which `back` units of the first line came back and were paid back.
    """

    number: str
    at: datetime
    market: Market
    currency: str
    buyer: Buyer
    lines: tuple[Line, ...]
    discount: Decimal
    shipping: Decimal
    cancelled: datetime | None
    returned: datetime | None
    back: int

    @property
    def goods(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def refund(self) -> Decimal:
        """Paid back for the units that came back, after their share of the discount."""
        first = self.lines[0]
        paid = first.amount - min(self.discount, first.amount)
        return (paid * self.back / first.quantity).quantize(Decimal("0.01"))


def intensity(channel: Channel, market: Market, start: date) -> NDArray[np.float64]:
    """Expected orders on each of the `DAYS` days from `start`."""
    days = np.arange(DAYS)
    season = np.array([channel.season[(start + timedelta(days=int(day))).month - 1] for day in days])
    open_, close = market.months
    buying = (days >= open_ * MONTH) & (days < close * MONTH)
    return np.asarray(market.orders / MONTH * market.trend ** (days / 365) * season * buying)


def order_days(rate: NDArray[np.float64], loyalty: float, rng: np.random.Generator) -> Iterator[list[float]]:
    """For each buyer of a market, the days (fractions of a day count) on which he or she orders.

    Examples
    --------
    >>> buyers = list(order_days(np.full(DAYS, 0.1), 0.2, np.random.default_rng(1)))
    >>> len(buyers) < sum(len(days) for days in buyers)
    True
    """
    repeats = rate / rate.max()
    expected_orders = 1 + 24 * loyalty * float(repeats.mean()) * 0.35
    arrivals = rng.poisson(rate / expected_orders)
    for day in np.repeat(np.arange(DAYS), arrivals):
        own_rate = rng.gamma(0.8, loyalty / 0.8) / MONTH
        at = float(day) + 0.33 + 0.55 * rng.random()
        days = [at]
        while rng.random() >= DROPOUT:
            at += rng.exponential(1 / max(own_rate, 1e-6))
            while at < DAYS and rng.random() > repeats[int(at)]:  # fewer orders out of season
                at += rng.exponential(1 / max(own_rate, 1e-6))
            if at >= DAYS:
                break
            days.append(at)
        yield days


def simulate(firm: DemoFirm, channel: Channel, *, until: date, rng: np.random.Generator) -> list[Order]:
    """The orders of a channel in the two years before `until`, in order of time."""
    start = until - timedelta(days=DAYS)
    placed: list[tuple[datetime, Market, Buyer]] = []
    for market in channel.markets:
        for days in order_days(intensity(channel, market, start), channel.loyalty, rng):
            buyer = _buyer(len(placed) + 1, market, rng)
            midnight = datetime.combine(start, time())  # the shop's local time
            placed += [(midnight + timedelta(seconds=int(day * 86_400)), market, buyer) for day in days]
    placed.sort(key=lambda one: (one[0], one[2].number))
    return [_order(firm, channel, n, *one, rng) for n, one in enumerate(placed, start=1001)]


def _buyer(number: int, market: Market, rng: np.random.Generator) -> Buyer:
    given, family = NAMES.get(market.country, NAMES[""])
    name = f"{given[rng.integers(len(given))]} {family[rng.integers(len(family))]}"
    luck = rng.random()
    return Buyer(
        number=number,
        name=name,
        company=f"{family[rng.integers(len(family))]} Trading {number}",
        email=f"buyer{number}.{ISO2[market.country].lower()}@example.{'com' if number % 3 else 'org'}",
        town=TOWNS[rng.integers(len(TOWNS))],
        zip=f"{rng.integers(100_000):05d}",
        spelling="unknown" if luck < 0.015 else "odd" if luck < 0.5 else "plain",
    )


def _order(
    firm: DemoFirm,
    channel: Channel,
    n: int,
    at: datetime,
    market: Market,
    buyer: Buyer,
    rng: np.random.Generator,
) -> Order:
    currency = market.currency or SITES.get(market.site, firm.currency)
    count = min(1 + int(rng.poisson(0.5)), len(firm.products))
    chosen = rng.choice(len(firm.products), size=count, replace=False)
    lines = tuple(
        Line(product, 1 + int(rng.poisson(product.mean_quantity - 1)), price_in(product.price, firm.currency, currency))
        for product in (firm.products[i] for i in chosen)
    )  # fmt: skip
    fate = rng.random()
    later = at + timedelta(hours=float(rng.uniform(6, 20 * 24)))
    returned = CANCELLED <= fate < CANCELLED + RETURNED
    rebate = rng.random() < channel.promotions
    return Order(
        number=channel.number.format(
            n=n, at=at, a=rng.integers(301, 309), b=rng.integers(10**7), c=rng.integers(10**7)
        ),
        at=at,
        market=market,
        currency=currency,
        buyer=buyer,
        lines=lines,
        discount=_rounded(lines[0].amount / 10, currency) if rebate else Decimal(0),
        shipping=price_in(Decimal(12), "EUR", currency) if rng.random() < 0.7 else Decimal(0),
        cancelled=later if fate < CANCELLED else None,
        returned=later + timedelta(days=8) if returned else None,
        back=int(rng.integers(1, lines[0].quantity + 1)) if returned else 0,
    )


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1) if currency in {"JPY", "KRW"} else Decimal("0.01"))
