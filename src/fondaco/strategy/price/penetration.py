"""Enter low and raise slowly: a dated path of prices, when it stops, when it has paid back, and when it is wrong.

The path goes from the entry to the target price in steps of a share of the entry price.  What it costs is the margin
not taken until the target is reached; what it brings are buyers who would not have come at the target price, and of whom
some stay.  Nobody knows beforehand how many.  So the months until the path has brought as much as the target price would
have from the first day are told as a range, over how strongly volume answers to price (`Response`: stated by
the firm, or wide), and may be never.  Per month, with v units sold at price p and unit cost c ::

    wanted(p) = units at target x (p / target) ^ -elasticity
    v(t)      = wanted(p(t)) + kept x max(v(t-1) - wanted(p(t)), 0)      at most the capacity
    balance   = sum over months of (p - c) v  -  (target - c) x units at target

It is wrong where a condition fails: each says what it looked at, and what is not known is said too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any, Literal

from fondaco.kernel import InputError
from fondaco.kernel.words import many
from fondaco.numerics.estimates import Estimate
from fondaco.numerics.ratios import Count, rate_ratio
from fondaco.strategy.price.breaks import Thresholds, up
from fondaco.strategy.rules import rule

#: Months after which what has not paid back is taken as never paying back.
HORIZON = 60
#: Steps at most: a path of more is no path.
_MOST_STEPS = 40


@dataclass(frozen=True)
class Response:
    """How volume answers to price, each as a range from low to high.

    Attributes
    ----------
    elasticity
        Per cent more units for one per cent less price.
    kept
        Share of the buyers won by a low price that are still there a month after it has risen.
    stated
        Whether the firm states them.

    Notes
    -----
    The default is wide on purpose.  The mean of 1,851 price elasticities in a meta-analysis, of consumer goods in
    shops, was -2.62 (Bijmolt, van Heerde and Pieters 2005, Journal of Marketing Research 42); how many buyers
    stay, no study here tells.
    """

    elasticity: tuple[float, float] = (0.5, 4.0)
    kept: tuple[float, float] = (0.3, 0.95)
    stated: bool = False

    def __post_init__(self) -> None:
        low, high = self.elasticity
        few, many = self.kept
        if not (0 <= low <= high <= 20 and 0 <= few <= many <= 1):
            raise InputError(
                "State the elasticity as a range from 0 to 20 and the share of buyers kept from 0 to 1, the lower "
                "number first."
            )


@dataclass(frozen=True)
class Step:
    """A price from a day on; `margin` is what is left of it at today's rates."""

    day: date
    price: Decimal
    margin: Decimal


@dataclass(frozen=True)
class Condition:
    """Something that must hold for penetration to be right: whether it does, None where it is not known."""

    name: str
    holds: bool | None
    says: str

    def to_json(self) -> dict[str, Any]:
        """Return the condition as JSON values."""
        return {"condition": self.name, "holds": self.holds, "says": self.says}


@dataclass(frozen=True)
class Payback:
    """Months until the lower margin is paid back: a range, None at an end for never within `HORIZON` months."""

    soonest: int | None
    latest: int | None
    says: str

    def to_json(self) -> dict[str, Any]:
        """Return the range as JSON values."""
        return {"soonest": self.soonest, "latest": self.latest, "within": HORIZON, "says": self.says}


@dataclass(frozen=True)
class Penetration:
    """A path of prices and what to know of it.

    Attributes
    ----------
    steps
        Dated prices, the first the entry, the last the target.
    stop
        When not to take the next step.
    payback
        Months, as a range.
    conditions
        What makes it right or wrong; `wrong` where one fails.
    against
        The entry and the target against rivals' quartiles: shares of rivals' price below (negative) or above.
    """

    currency: str
    steps: tuple[Step, ...]
    stop: str
    payback: Payback
    conditions: tuple[Condition, ...]
    against: Mapping[str, dict[str, float | None]]
    response: Response

    @property
    def wrong(self) -> bool:
        """Whether a condition fails."""
        return any(each.holds is False for each in self.conditions)

    def to_json(self) -> dict[str, Any]:
        """Return the path as JSON values."""
        return {
            "currency": self.currency,
            "steps": [
                {"day": each.day.isoformat(), "price": f"{each.price:f}", "margin": float(each.margin)}
                for each in self.steps
            ],
            "stop": self.stop,
            "payback": self.payback.to_json(),
            "wrong": self.wrong,
            "conditions": [each.to_json() for each in self.conditions],
            "against_rivals": dict(self.against),
            "response": {
                "elasticity": list(self.response.elasticity),
                "kept": list(self.response.kept),
                "stated": self.response.stated,
            },
        }


@dataclass(frozen=True)
class Case:
    """What penetration is decided on: prices of one unit at the same stage, in one currency.

    Attributes
    ----------
    cost, floor
        Cost of one at today's rates, and the lowest price allowed.
    target
        What it is to sell for in the end.
    rivals
        Quartiles (0.25, 0.5, 0.75) of comparable offers; empty where there are none.
    units
        Sold a month at the target price, as far as known; for the months only.
    capacity, in_use
        Units a month that can be made, and that are made already.
    quality
        What says that this product is bought for its quality, such as a proof it holds; empty where nothing does.
    distributors
        Who sells it in the market under contract.
    entry
        Where to begin; worked out where it is not stated.
    """

    currency: str
    cost: Decimal
    floor: Decimal
    target: Decimal
    rivals: Mapping[float, Estimate]
    units: Decimal | None = None
    capacity: int | None = None
    in_use: Decimal | None = None
    quality: tuple[str, ...] = ()
    distributors: tuple[str, ...] = ()
    entry: Decimal | None = None


def penetration(
    case: Case, start: date, response: Response | None = None, thresholds: Thresholds | None = None
) -> Penetration:
    """Work out the path and judge it.

    Raises
    ------
    InputError
        Where the target is below the floor, or the entry is stated above the target or below the floor.
    """
    response = response or Response()
    case = replace(case, target=up(case.target, case.currency))
    if case.target < case.floor:
        raise InputError(f"The target price {case.target} is below the floor of {case.floor}: raise it.")
    entry = _entry(case, thresholds)
    if not case.floor <= entry <= case.target:
        raise InputError(
            f"The entry price {entry} must lie between the floor of {case.floor} and the target of {case.target}."
        )
    held = rule("price/penetration")
    months = int(held.threshold("months", thresholds).value)
    steps = _steps(case, entry, start, held.threshold("step", thresholds).value, max(months, 1))
    fall = held.threshold("stop_fall", thresholds)
    stop = (
        f"Before each step compare the orders a month since the last one with those before it: if they fell by "
        f"{fall.value:.0%} or more ({fall.says}), or it cannot be told yet, the price stays."
    )
    prices = _by_month(steps, start)
    payback = _payback(case, prices, response)
    return Penetration(
        case.currency, steps, stop, payback, _conditions(case, entry, payback, thresholds), _against(case, entry), response
    )  # fmt: skip


def _entry(case: Case, thresholds: Thresholds | None) -> Decimal:
    """Return where to begin: below the rivals' median by the rule's share, never below the floor."""
    if case.entry is not None:
        return up(case.entry, case.currency)
    middle = _quartile(case, 0.5)
    if middle is None:
        return case.floor
    below = rule("price/penetration").threshold("below_rivals", thresholds).value
    return min(max(up(middle * (1 - below), case.currency), case.floor), case.target)


def _quartile(case: Case, p: float) -> Decimal | None:
    told = case.rivals.get(p)
    return None if told is None or told.estimate is None else Decimal(repr(told.estimate))


def _steps(case: Case, entry: Decimal, start: date, step: Decimal, months: int) -> tuple[Step, ...]:
    step = max(step, Decimal("0.005"))
    prices = [entry]
    while prices[-1] < case.target and len(prices) < _MOST_STEPS:
        prices.append(min(up(prices[-1] + entry * step, case.currency), case.target))
    if prices[-1] < case.target:
        raise InputError(
            f"From {entry} to {case.target} in steps of {step:.1%} takes more than {_MOST_STEPS} steps: enter higher or "
            "state larger steps."
        )
    return tuple(
        Step(_months_on(start, months * place), price, (1 - case.cost / price).quantize(Decimal("0.0001")))
        for place, price in enumerate(prices)
    )


def _months_on(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month.

    >>> _months_on(date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(day.day, last))


def _by_month(steps: Sequence[Step], start: date) -> list[float]:
    """Return the price of each month of the horizon."""
    found = []
    for month in range(HORIZON):
        day = _months_on(start, month)
        found.append(float(max(step.price for step in steps if step.day <= day)))
    return found


def _payback(case: Case, prices: Sequence[float], response: Response) -> Payback:
    if prices[0] >= float(case.target):
        return Payback(0, 0, "The entry price is the target price: nothing has to be paid back.")
    found = [
        _months_to_pay_back(case, prices, elasticity, kept)
        for elasticity, kept in product(response.elasticity, response.kept)
    ]
    ends = sorted(found, key=lambda each: HORIZON + 1 if each is None else each)
    soonest, latest = ends[0], ends[-1]
    low, high = response.elasticity
    basis = (
        f"over {low:g} to {high:g} % more units for each per cent less price, and {response.kept[0]:.0%} to "
        f"{response.kept[1]:.0%} of the buyers so won kept a month later ({'as you state' if response.stated else 'a wide default'})"
    )
    if soonest is None:
        return Payback(None, None, f"It does not pay back within {HORIZON} months, {basis}.")
    end = f"not within {HORIZON} months" if latest is None else many(latest, "month")
    return Payback(soonest, latest, f"{many(soonest, 'month')} at best, {end} at worst, {basis}.")


def _months_to_pay_back(case: Case, prices: Sequence[float], elasticity: float, kept: float) -> int | None:
    """Return after how many months the balance is no longer below zero for good; None where it still is at the end."""
    target, cost = float(case.target), float(case.cost)
    units = float(case.units or 1)
    most = float("inf") if case.capacity is None or case.units is None else max(case.capacity, units)
    balance, sold, paid = 0.0, 0.0, 0
    for month, price in enumerate(prices, start=1):
        wanted = units * (price / target) ** -elasticity
        sold = min(wanted + kept * max(sold - wanted, 0.0), most)
        balance += (price - cost) * sold - (target - cost) * units
        if balance < -1e-9:
            paid = month + 1
    return None if paid > len(prices) else max(paid, 1)


def _against(case: Case, entry: Decimal) -> dict[str, dict[str, float | None]]:
    """Return how far entry and target lie from the rivals' quartiles, as shares of these."""
    found: dict[str, dict[str, float | None]] = {}
    for p in sorted(case.rivals):
        quartile = _quartile(case, p)
        found[f"p{round(100 * p)}"] = {
            name: None if not quartile else round(float(price / quartile - 1), 4)
            for name, price in (("entry", entry), ("target", case.target))
        }
    return found


def _conditions(
    case: Case, entry: Decimal, payback: Payback, thresholds: Thresholds | None
) -> tuple[Condition, ...]:
    return (
        _room(case, thresholds),
        _quality(case, entry),
        _capacity(case, thresholds),
        _distributors(case),
        Condition("it pays back", payback.soonest is not None, payback.says),
    )


def _room(case: Case, thresholds: Thresholds | None) -> Condition:
    name = "room below rivals"
    middle = _quartile(case, 0.5)
    least = rule("price/penetration").threshold("min_room", thresholds)
    if middle is None:
        why = case.rivals[0.5].why if 0.5 in case.rivals else "No comparable offers of rivals were imported."
        return Condition(name, None, f"Rivals' prices are not known: {why}")
    room = 1 - case.floor / middle
    says = (
        f"The floor of {case.floor} lies {abs(room):.0%} {'below' if room >= 0 else 'above'} the rivals' median of "
        f"{middle:.2f} {case.currency}; {least.says} is needed."
    )
    return Condition(name, room >= least.value, says)


def _quality(case: Case, entry: Decimal) -> Condition:
    name = "price is no sign of quality"
    low = _quartile(case, 0.25)
    if not case.quality:
        return Condition(
            name, None, "Whether buyers judge it by its price is not known; you state no proof of quality."
        )
    proofs = ", ".join(case.quality)
    if low is None:
        return Condition(
            name, None, f"It is sold on {proofs}; how cheap it would look among rivals is not known."
        )
    if entry < low:
        return Condition(
            name, False, f"At {entry} it would be in the cheapest quarter of offers, though sold on {proofs}."
        )
    return Condition(
        name, True, f"At {entry} it is not in the cheapest quarter of offers, and is sold on {proofs}."
    )


def _capacity(case: Case, thresholds: Thresholds | None) -> Condition:
    name = "capacity for more"
    if case.capacity is None or case.in_use is None:
        return Condition(name, None, "How much can be made, or is made already, is not stated.")
    most = rule("price/penetration").threshold("max_use", thresholds)
    used = case.in_use / case.capacity
    says = (
        f"{case.in_use:,.0f} of {many(case.capacity, 'unit')} a month are in use ({used:.0%}); {most.says}."
    )
    return Condition(name, used <= most.value, says)


def _distributors(case: Case) -> Condition:
    name = "no distributor undercut"
    if not case.distributors:
        return Condition(name, None, "You state no distributor in this market.")
    names = ", ".join(case.distributors)
    return Condition(
        name, False, f"{names} sells here at prices of their own: agree the entry price with them first."
    )


Verdict = Literal["go on", "wait", "stop"]


def next_step(before: Count, after: Count, thresholds: Thresholds | None = None) -> tuple[Verdict, str]:
    """Return whether to take the next step, from the orders before and since the last one, with their months.

    Examples
    --------
    >>> next_step(Count(300, 3), Count(295, 3))[0], next_step(Count(300, 3), Count(150, 3))[0]
    ('go on', 'stop')
    >>> next_step(Count(3, 3), Count(3, 3))[0]
    'wait'
    """
    fall = float(rule("price/penetration").threshold("stop_fall", thresholds).value)
    told = rate_ratio(before, after)
    if told.estimate is None or told.low is None or told.high is None:
        return "wait", f"It cannot be told yet: {told.why}"
    range_ = f"{told.estimate:.2f} times as many a month ({told.low:.2f} to {told.high:.2f})"
    if told.estimate <= 1 - fall:
        return "stop", f"Since the step {range_}: the price stays, or goes back."
    if told.low <= 1 - fall:
        return "wait", f"Since the step {range_}: a fall of {fall:.0%} cannot be ruled out yet."
    return "go on", f"Since the step {range_}."
