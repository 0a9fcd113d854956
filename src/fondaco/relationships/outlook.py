"""What a forecast says: of all buyers, of each market, of each buyer, and of whom to call."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from fondaco.numerics import Estimate, unknown
from fondaco.numerics.purchases import Choice
from fondaco.relationships.buying import Buying, day_of

Array = npt.NDArray[np.float64]

#: A buyer is overdue when one who still buys would be silent for so long with at most this chance.
OVERDUE = 0.2
#: Who still buys with a smaller chance is taken for lost, and no call is advised.
HOPE = 0.1


@dataclass(frozen=True)
class RepeatModel:
    """The model of repeat buying and its parameters; times in weeks.

    Attributes
    ----------
    name
        ``BG/NBD`` or ``Pareto/NBD``.
    parameters, log_likelihood
        Of maximum likelihood over all buyers; None where there is none, and `why` says so.
    customers, repeaters
        How many buyers there are, and how many ordered again.
    choice
        Why this model.
    errors
        Standard errors of what is estimated, on scales of logarithms and log odds.
    used
        The most probable parameters of all buyers with the stated prior, which the figures rest on.
    unclear
        What these buyers alone do not tell.
    markets
        The parameters of each market, drawn towards all.
    """

    name: str
    parameters: Mapping[str, float] | None
    log_likelihood: float | None
    why: str
    customers: int
    repeaters: int
    choice: Choice
    errors: Mapping[str, float]
    used: Mapping[str, float]
    unclear: tuple[str, ...]
    markets: Mapping[str, Mapping[str, float]]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        held: dict[str, Any] = {
            "name": self.name,
            "time_unit": "week",
            "parameters": None if self.parameters is None else _rounded(self.parameters),
            "log_likelihood": None if self.log_likelihood is None else round(self.log_likelihood, 4),
            "customers": self.customers,
            "repeaters": self.repeaters,
            "choice": self.choice.to_json(),
            "standard_errors": _rounded(self.errors),
            "used": _rounded(self.used),
            "unclear": list(self.unclear),
            "markets": {name: _rounded(one) for name, one in self.markets.items()},
        }
        return held | ({"why": self.why} if self.why else {})


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in values.items()}


@dataclass(frozen=True)
class ValueModel:
    """The gamma-gamma model of what an order brings.

    Attributes
    ----------
    parameters, log_likelihood
        Of maximum likelihood; None where there is none, and `why` says so.
    customers
        How many have a valued order after the first.
    used
        The parameters that the figures rest on, drawn towards the stated prior where customers are few.
    """

    parameters: Mapping[str, float] | None = None
    log_likelihood: float | None = None
    customers: int = 0
    why: str = ""
    used: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        if self.parameters is None:
            held = {"name": "gamma-gamma", "parameters": None, "customers": self.customers, "why": self.why}
            return held | ({"used": _rounded(self.used)} if self.used else {})
        return {
            "name": "gamma-gamma",
            "parameters": _rounded(self.parameters),
            "log_likelihood": None if self.log_likelihood is None else round(self.log_likelihood, 4),
            "customers": self.customers,
            "used": _rounded(self.used),
        }


@dataclass(frozen=True)
class Trial:
    """A quarter that is past: what the model would have expected of the buyers known then, and what came.

    `day` is the last that was known, `expected` and `came` are orders within the 91 days after it.
    """

    day: date
    buyers: int
    expected: float
    came: int

    @property
    def error(self) -> float:
        """The logarithm of what came over what was expected."""
        return math.log((self.came + 0.5) / (self.expected + 0.5))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "until": self.day.isoformat(),
            "buyers": self.buyers,
            "expected": round(self.expected, 2),
            "came": self.came,
        }


@dataclass(frozen=True)
class Pace:
    """What moves all buyers together, such as the season: `sd` is of the logarithm of a common factor."""

    trials: tuple[Trial, ...] = ()
    sd: float = 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say of it."""
        if not self.trials:
            return (
                f"There is no past to try the forecast on: the ranges take {self.sd:.0%} as what season and demand move.",
            )
        told = "; ".join(
            f"after {t.day} {t.came:,} came where {t.expected:,.0f} were expected" for t in self.trials
        )
        return (
            f"Tried on past quarters: {told}. The model knows no season; the ranges take {self.sd:.0%} as what moves all buyers together.",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"sd": round(self.sd, 4), "trials": [one.to_json() for one in self.trials]}


@dataclass(frozen=True)
class Outlook:
    """What a market, or all together, will bring.

    Attributes
    ----------
    market
        ISO 3166-1 alpha-3; None for all together, and for buyers whose market is not known.
    buyers, ordered
        How many have ordered, and the orders so far.
    alive
        How many still buy.
    returning
        How many order at least once within the longest time ahead.
    orders, value
        By time ahead (``"3"``, ``"6"``, ``"12"`` months): orders, and money in the firm's currency.
    """

    market: str | None
    buyers: int
    ordered: int
    alive: Estimate
    returning: Estimate
    orders: Mapping[str, Estimate]
    value: Mapping[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "market": self.market,
            "buyers": self.buyers,
            "orders": self.ordered,
            "alive": self.alive.to_json(2),
            "returning": self.returning.to_json(2),
            "expected_orders": _by_time(self.orders, 3),
            "expected_value": _by_time(self.value, 2),
        }


def _by_time(told: Mapping[str, Estimate], digits: int) -> dict[str, Any]:
    return {ahead: one.to_json(digits) for ahead, one in told.items()}


@dataclass(frozen=True)
class BuyerOutlook:
    """What one buyer will bring; the fields are those of `ByBuyer`."""

    buyer: str
    platform: str | None
    market: str | None
    ordered: int
    first: date
    last: date
    alive: Estimate
    again: float
    patience: float
    orders: Mapping[str, Estimate]
    value: Mapping[str, Estimate]

    @property
    def overdue(self) -> bool:
        """Whether the buyer has been silent for longer than one who still buys likely would be."""
        return self.ordered > 1 and self.patience < OVERDUE

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "buyer": self.buyer,
            "platform": self.platform,
            "market": self.market,
            "orders": self.ordered,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "alive": self.alive.to_json(),
            "orders_again": round(self.again, 4),
            "overdue": self.overdue,
            "expected_orders": _by_time(self.orders, 4),
            "expected_value": _by_time(self.value, 2),
        }


@dataclass(frozen=True)
class ByBuyer:
    """What each buyer will bring, in columns, as there may be very many.

    Attributes
    ----------
    names, platforms, markets
        Of each of n buyers.
    ordered, first, last
        Shape (n,): orders so far, and the days of the first and the last (days since 1970).
    ahead
        Names of the times ahead, h of them.
    alive, alive_low, alive_high
        Shape (n,): the probability that the buyer still buys; the range is that of the parameters.
    again
        Shape (n,): the probability of an order within the longest time ahead.
    patience
        Shape (n,): the probability that a buyer who still buys is silent for as long as this one has been.
    orders, orders_low, orders_high, value, value_low, value_high
        Shape (h, n): expected, and the ends of the predictive range.
    level
        Of the ranges.
    valued
        Why no values are told; empty where they are.
    """

    names: tuple[str, ...]
    platforms: tuple[str | None, ...]
    markets: tuple[str | None, ...]
    ordered: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    ahead: tuple[str, ...]
    alive: Array
    alive_low: Array
    alive_high: Array
    again: Array
    patience: Array
    orders: Array
    orders_low: Array
    orders_high: Array
    value: Array
    value_low: Array
    value_high: Array
    level: float = 0.9
    valued: str = ""

    @staticmethod
    def empty(buying: Buying, ahead: Sequence[str], level: float = 0.9) -> ByBuyer:
        """Return rows to be filled in."""
        n, h = len(buying), len(ahead)
        held = buying.customers
        by_time = ("orders", "orders_low", "orders_high", "value", "value_low", "value_high")
        zeros: dict[str, Any] = {name: np.zeros((h, n)) for name in by_time}
        zeros |= {name: np.zeros(n) for name in ("alive", "alive_low", "alive_high", "again", "patience")}
        return ByBuyer(
            names=buying.names, platforms=buying.platforms, markets=buying.markets,
            ordered=(held.x + 1).astype(np.int64), first=held.first, last=held.last,
            ahead=tuple(ahead), level=level, **zeros,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.names)

    def row(self, place: int) -> BuyerOutlook:
        """Return one buyer."""
        orders = {
            m: self._told(self.orders, self.orders_low, self.orders_high, row, place)
            for row, m in enumerate(self.ahead)
        }
        value = {
            m: unknown(self.valued)
            if self.valued
            else self._told(self.value, self.value_low, self.value_high, row, place)
            for row, m in enumerate(self.ahead)
        }
        return BuyerOutlook(
            self.names[place], self.platforms[place], self.markets[place], int(self.ordered[place]),
            day_of(self.first[place]), day_of(self.last[place]),
            self.alive_at(place), float(self.again[place]), float(self.patience[place]), orders, value,
        )  # fmt: skip

    def alive_at(self, place: int) -> Estimate:
        """Return the probability that a buyer still buys."""
        chance = float(self.alive[place])
        low, high = float(self.alive_low[place]), float(self.alive_high[place])
        return Estimate(chance, min(low, chance), max(high, chance), self.level)

    def orders_at(self, place: int, ahead: str) -> Estimate:
        """Return the orders of a buyer within one of the times ahead."""
        row = self.ahead.index(ahead)
        return self._told(self.orders, self.orders_low, self.orders_high, row, place)

    def _told(self, mean: Array, low: Array, high: Array, row: int, place: int) -> Estimate:
        told = float(mean[row, place])
        return Estimate(
            told, min(float(low[row, place]), told), max(float(high[row, place]), told), self.level
        )

    def rows(self, places: Sequence[int] | npt.NDArray[np.intp] | None = None) -> Iterator[BuyerOutlook]:
        """Return buyers; all of them, in their order, without `places`."""
        for place in range(len(self)) if places is None else places:
            yield self.row(int(place))

    def by_promise(self, most: int | None = None) -> npt.NDArray[np.intp]:
        """Return the places of the buyers who will bring most: value or, without it, orders."""
        promise = (self.orders if self.valued else self.value)[-1]
        return np.argsort(-promise, kind="stable")[:most]

    def find(self, name: str, platform: str | None = None) -> BuyerOutlook | None:
        """Return the buyer of that name, if there is one."""
        for place, held in enumerate(self.names):
            if held == name and platform in (None, self.platforms[place]):
                return self.row(place)
        return None

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each buyer."""
        columns: dict[str, Any] = {
            "buyer": list(self.names), "platform": list(self.platforms), "market": list(self.markets),
            "orders": self.ordered, "first": self.first, "last": self.last,
            "alive": self.alive, "orders_again": self.again,
        }  # fmt: skip
        for row, month in enumerate(self.ahead):
            for name, held in (
                ("orders", (self.orders, self.orders_low, self.orders_high)),
                ("value", (self.value, self.value_low, self.value_high)),
            ):
                if name == "value" and self.valued:
                    continue
                for end, values in zip(("", "_low", "_high"), held, strict=True):
                    columns[f"expected_{name}_{month}{end}"] = values[row]
        days = [pl.col(name).cast(pl.Int32).cast(pl.Date) for name in ("first", "last")]
        kinds = {"buyer": pl.String, "platform": pl.String, "market": pl.String}
        return pl.DataFrame(columns, schema_overrides=kinds).with_columns(days)


@dataclass(frozen=True)
class Call:
    """A buyer worth a call.

    Attributes
    ----------
    kind
        ``overdue``: ordered repeatedly and has been silent for longer than usual; ``second order``: has ordered
        once and promises most.
    at_stake
        What is expected of the buyer within the longest time ahead, times the chance that the buyer is lost
        (``overdue``) or does not return (``second order``); in money, or in orders where values are not known.
    """

    buyer: BuyerOutlook
    kind: Literal["overdue", "second order"]
    at_stake: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "buyer": self.buyer.buyer,
            "platform": self.buyer.platform,
            "market": self.buyer.market,
            "kind": self.kind,
            "last": self.buyer.last.isoformat(),
            "alive": self.buyer.alive.to_json(),
            "at_stake": round(self.at_stake, 2),
        }


@dataclass(frozen=True)
class Forecast:
    """What buyers will bring.

    Attributes
    ----------
    until
        The last day that is known; the months ahead begin there.
    ahead, level, currency
        How far ahead, in weeks by name (``"3"`` is of three months), the probability of the ranges, and the currency of values.
    model, value
        Of repeat buying and of what an order brings.
    buyers, markets, total
        The forecasts.
    rule, fingerprint
        What they rest on.
    pace
        What moves all buyers together, tried on the past.
    notes
        Caveats, as sentences.
    """

    until: date | None
    ahead: Mapping[str, float]
    level: float
    currency: str
    rule: str
    fingerprint: str
    model: RepeatModel | None = None
    value: ValueModel = field(default_factory=ValueModel)
    buyers: ByBuyer | None = None
    markets: tuple[Outlook, ...] = ()
    total: Outlook | None = None
    pace: Pace = field(default_factory=Pace)
    notes: tuple[str, ...] = ()

    @property
    def basis(self) -> dict[str, Any]:
        """What the forecast rests on."""
        return {
            "rule": self.rule,
            "ledger": self.fingerprint,
            "until": None if self.until is None else self.until.isoformat(),
            "buyers": 0 if self.model is None else self.model.customers,
            "repeaters": 0 if self.model is None else self.model.repeaters,
        }

    def market(self, code: str) -> Outlook | None:
        """Return the outlook of a market."""
        return next((one for one in self.markets if one.market == code), None)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each buyer."""
        return pl.DataFrame() if self.buyers is None else self.buyers.to_frame()

    def calls(self, most: int = 20, *, market: str | None = None) -> tuple[Call, ...]:
        """Return the buyers most worth a call, the largest stake first: overdue ones, then single-order ones."""
        held = self.buyers
        if held is None:
            return ()
        promise = (held.orders if held.valued else held.value)[-1]
        there = (
            np.ones(len(held), dtype=bool)
            if market is None
            else np.array([m == market for m in held.markets])
        )
        repeat = (held.ordered > 1) & (held.patience < OVERDUE) & (held.alive >= HOPE) & there
        stake = promise * (1 - held.alive)
        calls = [Call(held.row(p), "overdue", float(stake[p])) for p in _largest(stake, repeat, most)]
        single = (held.ordered == 1) & there
        lost = promise * (1 - held.again)
        return (
            *calls,
            *(Call(held.row(p), "second order", float(lost[p])) for p in _largest(lost, single, most)),
        )

    def to_json(self, *, most: int | None = None, market: str | None = None) -> dict[str, Any]:
        """Return the fields as JSON values, with at most so many buyers, those who will bring most first."""
        places: list[int] = []
        if self.buyers is not None:
            ordered = self.buyers.by_promise()
            if market is not None:
                ordered = np.array([p for p in ordered if self.buyers.markets[p] == market], dtype=np.intp)
            places = [int(p) for p in ordered[:most]]
        markets = [one for one in self.markets if market is None or one.market == market]
        return {
            "until": None if self.until is None else self.until.isoformat(),
            "ahead": {name: round(weeks, 4) for name, weeks in self.ahead.items()},
            "level": self.level,
            "currency": self.currency or None,
            "model": None if self.model is None else self.model.to_json(),
            "value_model": self.value.to_json(),
            "forecast": {
                "total": None if self.total is None else self.total.to_json(),
                "markets": [one.to_json() for one in markets],
                "buyers": [] if self.buyers is None else [one.to_json() for one in self.buyers.rows(places)],
                "calls": [one.to_json() for one in self.calls(market=market)],
            },
            "pace": self.pace.to_json(),
            "basis": self.basis,
            "notes": list(self.notes),
        }


def _largest(values: Array, among: npt.NDArray[np.bool_], most: int) -> list[int]:
    places = np.flatnonzero(among)
    return [int(p) for p in places[np.argsort(-values[places], kind="stable")][:most]]
