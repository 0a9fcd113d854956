"""What can a firm expect of a platform before it subscribes: requests, orders, lasting ties, months and money.

Views bring requests for quotation, requests quotations, quotations first orders, first orders repeat orders.  Requests
arrive as a Poisson process; each step is a binomial whose rate is a beta distribution: the prior, joined with the firm's
own counts where it has any (the beta-binomial of Skellam 1948, JRSS B 10).  Delays are exponential.  Courses of the
subscription are drawn with a stated seed, and ranges are quantiles over them.

Months are counted from the first day of the subscription; money is in the firm's currency; a lasting tie is a buyer who
ordered a second time.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.kernel import InputError
from fondaco.numerics import Estimate

Array = npt.NDArray[np.float64]

RULE = "expectations/1"
STEPS = ("view_rfq", "rfq_quotation", "quotation_order", "order_repeat")
#: What a firm may say it hopes for; of months less is more.
HOPES = ("rfqs", "quotations", "first_orders", "lasting_ties", "orders", "months_to_first_order", "months_to_lasting_tie", "money_in")  # fmt: skip
#: Times are followed so many months; what takes longer is told as such.
FARTHEST = 120
#: Courses drawn, and orders drawn over all of them at most; with more orders fewer courses are drawn.
DRAWS, FEWEST_DRAWS, MOST_ORDERS = 4000, 200, 3_000_000
MOST_REQUESTS = 10_000
_DATA = Path(__file__).parent / "data" / "expectations-1.toml"


@cache
def settings() -> Mapping[str, Any]:
    """Return the numbers that are set, and the study's single case."""
    return tomllib.loads(_DATA.read_text("utf-8"))


@dataclass(frozen=True)
class Counted:
    """So many successes in so many trials: of the firm itself, or pooled over like firms."""

    successes: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.trials:
            raise InputError(
                f"{self.successes} of {self.trials}: the first lies between 0 and the second. Correct the counts."
            )


@dataclass(frozen=True)
class Shown:
    """What a network shows of its members: the mean of their shares lies between two bounds.

    Attributes
    ----------
    low, high
        Of the share; 0 to 1.
    months
        It counts what happened within so many months: of inquirers who ordered, of new buyers who ordered again.
    firms
        How many members it rests on at least.
    network
        Its name.
    """

    low: float
    high: float
    months: float
    firms: int
    network: str

    def __post_init__(self) -> None:
        if not (0 <= self.low <= self.high <= 1 and self.months > 0):
            raise InputError(
                "A share that a network shows has bounds from 0 to 1, and months that it counts."
            )


@dataclass(frozen=True)
class Asked:
    """What is stated; None is not known.

    Attributes
    ----------
    months
        Length of the subscription.
    views_a_month, rfqs_a_month
        What is assumed by somebody; requests go before views.
    pooled
        By step of `STEPS`: counts of like firms.
    network
        For ``quotation_order`` and ``order_repeat``: what a network shows, where there are no such counts.
    own
        By step: the firm's own counts, of cases old enough to have ended.
    own_rfqs
        The firm's own requests, and in how many months.
    first_order_months, next_order_months
        Mean delays; those that are set where None.
    hours_a_week, hour_cost, yearly_fee, monthly_budget
        Money out.
    average_order, margin
        Money in: mean value of an order and the share of it that is left.
    hopes
        By name of `HOPES`: what the firm expects, over the whole subscription.
    aim
        Why it joins, in its own words.
    """

    months: float = 24
    views_a_month: float | None = None
    rfqs_a_month: float | None = None
    pooled: Mapping[str, Counted] = field(default_factory=dict)
    network: Mapping[str, Shown] = field(default_factory=dict)
    own: Mapping[str, Counted] = field(default_factory=dict)
    own_rfqs: tuple[int, float] | None = None
    first_order_months: float | None = None
    next_order_months: float | None = None
    hours_a_week: float | None = None
    hour_cost: float | None = None
    yearly_fee: float | None = None
    monthly_budget: float | None = None
    average_order: float | None = None
    margin: float | None = None
    hopes: Mapping[str, float] = field(default_factory=dict)
    aim: str = ""

    def __post_init__(self) -> None:
        limits = {
            "months": (1, 60), "views_a_month": (0, 1e9), "rfqs_a_month": (0, MOST_REQUESTS), "first_order_months": (0.01, 60),
            "next_order_months": (0.01, 60), "hours_a_week": (0, 400), "hour_cost": (0, 1e6), "yearly_fee": (0, 1e12),
            "monthly_budget": (0, 1e12), "average_order": (0, 1e12), "margin": (-1, 1),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and low <= value <= high):
                raise InputError(
                    f"{name.replace('_', ' ')} is {value}: state a number from {low:g} to {high:g}."
                )
        for name, value in self.hopes.items():
            if name not in HOPES:
                raise InputError(f"Nothing is simulated under {name[:60]!r}: hopes are {', '.join(HOPES)}.")
            if not (math.isfinite(value) and 0 <= value <= 1e12):
                raise InputError(f"The hope {name} is {value}: state a number from 0 to 1e12.")
        if strange := sorted({*self.pooled, *self.own} - set(STEPS)):
            raise InputError(f"{strange[0][:60]!r} is no step: they are {', '.join(STEPS)}.")
        if not set(self.network) <= {"quotation_order", "order_repeat"}:
            raise InputError("A network shows quotation_order and order_repeat only.")
        if self.own_rfqs is not None and not (self.own_rfqs[0] >= 0 and 0 < self.own_rfqs[1] < math.inf):
            raise InputError("Own requests are a count, in more than 0 months.")


@dataclass(frozen=True)
class Range:
    """A figure with its median, its 50 % and its 90 % range."""

    half: Estimate
    wide: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the 90 % range as an estimate, with the 50 % one inside."""
        half = self.half.to_json(2)
        return self.wide.to_json(2) | {"half": {k: half[k] for k in ("low", "high", "level") if k in half}}


@dataclass(frozen=True)
class Hope:
    """What the firm expects beside what may come: `reached` is the share of simulated courses that get there."""

    name: str
    hoped: float
    reached: float
    verdict: str
    says: str


@dataclass(frozen=True)
class Expected:
    """What can be expected.

    Attributes
    ----------
    measures
        By name: the ranges; money only where it is stated.
    none_ordered, no_tie
        Share of courses in which the subscription ends without an order, without a lasting tie.
    money_out
        Fees, hours and budget over the subscription; None where none of them is stated.
    pays
        Share of courses in which money in covers money out; None where one is not known.
    hopes
        What the firm says, each set against the courses.
    basis
        By step, in words: what its rate rests on.
    unknown
        What could not be told, and what to state.
    """

    asked: Asked
    seed: int
    draws: int
    measures: Mapping[str, Range]
    none_ordered: float
    no_tie: float
    money_out: float | None
    pays: float | None
    hopes: tuple[Hope, ...]
    basis: Mapping[str, str]
    unknown: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "months": self.asked.months, "aim": self.asked.aim or None,
            "expectations": {name: each.to_json() for name, each in self.measures.items()},
            "chance_of_no_order": round(self.none_ordered, 4), "chance_of_no_lasting_tie": round(self.no_tie, 4),
            "money_out": self.money_out, "chance_of_paying": None if self.pays is None else round(self.pays, 4),
            "hopes": [vars(hope) for hope in self.hopes], "benchmark": dict(settings()["benchmark"]),
            "unknown": list(self.unknown),
            "basis": {"rule": RULE, "as_of": settings()["as_of"].isoformat(), "seed": self.seed, "draws": self.draws, "rests_on": dict(self.basis)},
        }  # fmt: skip


def expect(asked: Asked, *, seed: int = 1, draws: int = DRAWS) -> Expected:
    """Draw courses of a subscription, and tell what they have in common.

    Examples
    --------
    >>> found = expect(Asked(months=24, rfqs_a_month=4), seed=7)
    >>> found.measures["first_orders"].wide.low < found.measures["first_orders"].wide.high
    True
    >>> found.measures["first_orders"].half.level
    0.5
    """
    courses, basis = _drawn(asked, seed, draws)
    count = len(courses["rfqs"])
    out, missing = _money_out(asked)
    unknown = list(missing)
    if "money_in" not in courses:
        unknown.append("Money in: state what an order is worth on average, and the margin.")
    if asked.views_a_month and asked.rfqs_a_month is None and "view_rfq" not in asked.pooled:
        unknown.append(
            "Views are not turned into requests: there is no general rate. Figures of like firms would tell."
        )
    measures = {name: _range(sample) for name, sample in courses.items()}
    money_in = courses.get("money_in")
    return Expected(
        asked, seed, count, measures,
        float(np.mean(courses["first_orders"] == 0)), float(np.mean(courses["lasting_ties"] == 0)), out,
        None if out is None or money_in is None else float(np.mean(money_in >= out)),
        tuple(_hope(name, value, courses[name]) for name, value in asked.hopes.items() if name in courses),
        basis, tuple(unknown),
    )  # fmt: skip


def courses_of(asked: Asked, *, seed: int = 1, draws: int = DRAWS) -> dict[str, Array]:
    """Return the courses behind `expect`, by measure; times are infinite where they lie beyond what is followed."""
    return _drawn(asked, seed, draws)[0]


def _drawn(asked: Asked, seed: int, draws: int) -> tuple[dict[str, Array], dict[str, str]]:
    if seed < 0:
        raise InputError(f"The seed is {seed}: it is a whole number from 0 on.")
    rng = np.random.default_rng(seed)
    courses, basis = _courses(asked, rng, draws)
    if asked.average_order is not None and asked.margin is not None:
        courses["money_in"] = _money_in(courses["orders"], asked.average_order * asked.margin, rng)
    return courses, basis


# --- rates ------------------------------------------------------------------------------------------------


def shapes(step: str, asked: Asked) -> tuple[float, float, str]:
    """Return the beta distribution of a step's rate, and in words what it rests on.

    Examples
    --------
    Two repeat orders of ten first ones, beside like firms' fifty of two hundred, which weigh as twenty cases:

    >>> a, b, _ = shapes("order_repeat", Asked(own={"order_repeat": Counted(2, 10)}, pooled={"order_repeat": Counted(50, 200)}))
    >>> round(a, 2), round(b, 2)
    (7.02, 22.98)
    """
    pooled, own = asked.pooled.get(step), asked.own.get(step)
    if pooled is not None and pooled.trials:
        held = settings()["pooled"]
        mean = (pooled.successes + 0.5) / (pooled.trials + 1)
        size = min(held["requests"] / mean if step == "view_rfq" else held["size"], pooled.trials + 1)
        words = f"like firms: {pooled.successes} of {pooled.trials}, weighed as {size:.0f} cases"
    elif (shown := asked.network.get(step)) is not None:
        mean, size, words = _from_network(step, shown, asked)
    else:
        held = settings()["step"][step]
        mean, size = held["mean"], held["size"]
        words = f"set by us: {mean:.0%}, as sure as {size} cases. {held['why']}"
    a, b = mean * size, (1 - mean) * size
    if own is not None and own.trials:
        a, b = a + own.successes, b + own.trials - own.successes
        words = f"own: {own.successes} of {own.trials}; with {words}"
    return a, b, words


def _from_network(step: str, shown: Shown, asked: Asked) -> tuple[float, float, str]:
    """Return the mean of a step's rate, how many cases it is as sure as, and what it rests on.

    The network tells what happened within some months, of all who asked or bought; by the delays of this simulation that is
    the share ``1 - exp(-months / mean)`` of what will have happened in the end, and of inquirers only those who get a
    quotation can order.  The width of the bounds makes the rate less sure (the variance of a uniform distribution is added).
    """
    delay, held = settings()["delay"], settings()["pooled"]
    if step == "quotation_order":
        mean_delay = asked.first_order_months or delay["first_order"]
        who, quoted = "inquirers order", settings()["step"]["rfq_quotation"]["mean"]
    else:
        mean_delay = asked.next_order_months or delay["next_order"]
        who, quoted = "new buyers order again", 1.0
    seen = quoted * -math.expm1(-shown.months / mean_delay)
    low, high = (min(bound / seen, 0.95) for bound in (shown.low, shown.high))
    mean = min(max((low + high) / 2, 0.005), 0.95)
    spread = mean * (1 - mean)
    size = max(1.0, spread / (spread / (held["size"] + 1) + (high - low) ** 2 / 12) - 1)
    words = (
        f"{shown.network}: {shown.low:.1%} to {shown.high:.1%} of {who} within {shown.months:.0f} months, the mean of {shown.firms} members or more; "
        f"with {mean_delay:g} months on average"
        + (f" and {quoted:.0%} of inquiries quoted" if quoted < 1 else "")
        + f" that is {mean:.0%} in the end, weighed as {size:.0f} cases"
    )
    return mean, size, words


def _requests(asked: Asked, rng: np.random.Generator, draws: int) -> tuple[Array, str]:
    """Return requests a month, one rate for each course, and what they rest on."""
    if asked.own_rfqs is not None:
        count, months = asked.own_rfqs
        return rng.gamma(count + 0.5, 1 / months, draws), f"own: {count} in {months:.0f} months"
    if asked.rfqs_a_month is not None:
        # As sure as four requests: whoever states a number before having begun may be off by half of it.
        words = f"stated: {asked.rfqs_a_month:g} a month, as sure as four requests would make it"
        return rng.gamma(4, asked.rfqs_a_month / 4, draws), words
    if asked.views_a_month is not None and "view_rfq" in asked.pooled and asked.pooled["view_rfq"].trials:
        a, b, words = shapes("view_rfq", asked)
        rate = np.minimum(asked.views_a_month * rng.beta(a, b, draws), MOST_REQUESTS)
        return rate, f"{asked.views_a_month:g} views a month, stated; {words}"
    if asked.views_a_month == 0:
        return np.zeros(draws), "no views, as stated: no requests come of none"
    held = settings()["unknown_rfqs"]
    least, most = math.log(held["least"]), math.log(held["most"])
    return np.exp(rng.uniform(least, most, draws)), f"set by us: {held['why']}"


# --- courses ----------------------------------------------------------------------------------------------


def _courses(asked: Asked, rng: np.random.Generator, draws: int) -> tuple[dict[str, Array], dict[str, str]]:
    rate, words = _requests(asked, rng, draws)
    basis = {"rfqs": words}
    chances = {}
    for step in STEPS[1:]:
        a, b, basis[step] = shapes(step, asked)
        chances[step] = rng.beta(a, b, draws)
    delay = settings()["delay"]
    means = []
    for stated, name in ((asked.first_order_months, "first_order"), (asked.next_order_months, "next_order")):
        means.append((stated or delay[name]) * np.exp(rng.normal(0, delay["spread"], draws)))
        basis[f"months_to_{name}"] = f"{'stated' if stated else 'set by us'}: {stated or delay[name]:g} months on average"  # fmt: skip
    rfqs = rng.poisson(rate * asked.months)
    quotations = rng.binomial(rfqs, chances["rfq_quotation"])
    won = rng.binomial(quotations, chances["quotation_order"])
    # With very many orders the ranges are told by fewer courses: what is drawn stays bounded.
    kept = max(FEWEST_DRAWS, int(np.searchsorted(np.cumsum(won), MOST_ORDERS)))
    rate, rfqs, quotations, won = rate[:kept], rfqs[:kept], quotations[:kept], won[:kept]
    chances = {step: each[:kept] for step, each in chances.items()}
    first_mean, next_mean = (each[:kept] for each in means)
    course = _Course(len(rfqs), first_mean, next_mean, chances["order_repeat"], asked.months)
    course.add(won, 0, asked.months, rng)
    # Where the subscription ends without a lasting tie, it is taken on until one comes, to tell how long that is.
    open_ = ~np.isfinite(course.second) | (course.second > asked.months)
    later = rate * chances["rfq_quotation"] * chances["quotation_order"] * (FARTHEST - asked.months)
    course.add(rng.poisson(np.where(open_, later, 0)), asked.months, FARTHEST, rng)
    return {
        "rfqs": rfqs.astype(float), "quotations": quotations.astype(float), "first_orders": course.buyers,
        "lasting_ties": course.ties, "orders": course.orders, "months_to_first_order": course.first,
        "months_to_lasting_tie": course.second,
    }, basis  # fmt: skip


class _Course:
    """Courses side by side: what happened until the subscription's end, and when the first order and tie came."""

    def __init__(self, draws: int, first_mean: Array, next_mean: Array, repeat: Array, months: float) -> None:
        self.first, self.second = np.full(draws, np.inf), np.full(draws, np.inf)
        self.buyers, self.ties, self.orders = np.zeros(draws), np.zeros(draws), np.zeros(draws)
        self._first_mean, self._next_mean, self._repeat, self._months = (
            first_mean,
            next_mean,
            repeat,
            months,
        )

    def add(self, won: npt.NDArray[np.int64], begin: float, end: float, rng: np.random.Generator) -> None:
        """Draw when buyers who asked between two months order, and order again; `won` is how many, by course."""
        at = np.repeat(np.arange(len(won)), won)
        first = rng.uniform(begin, end, len(at)) + rng.exponential(self._first_mean[at])
        again = rng.random(len(at)) < self._repeat[at]
        second = np.where(again, first + rng.exponential(self._next_mean[at]), np.inf)
        np.minimum.at(self.first, at, first)
        np.minimum.at(self.second, at, second)
        draws = len(self.first)
        self.buyers += np.bincount(at[first <= self._months], minlength=draws)
        tied = second <= self._months
        self.ties += np.bincount(at[tied], minlength=draws)
        more = rng.poisson((self._months - second[tied]) / self._next_mean[at[tied]])
        self.orders += np.bincount(at[first <= self._months], minlength=draws)
        self.orders += np.bincount(at[tied], weights=1.0 + more, minlength=draws)


def _range(sample: Array) -> Range:
    return Range(_estimate(sample, 0.5), _estimate(sample, 0.9))


def _estimate(sample: Array, level: float) -> Estimate:
    tail = (1 - level) / 2
    # Nearest, not interpolated: a course that takes longer than is followed must not make a number with one that does not.
    low, middle, high = np.quantile(sample, [tail, 0.5, 1 - tail], method="inverted_cdf")
    beyond = f"Longer than {FARTHEST} months, or never"
    if not math.isfinite(low):
        return Estimate(None, why=f"{beyond}, in nearly all courses.")
    if not math.isfinite(middle):
        share = float(np.mean(np.isfinite(sample)))
        return Estimate(None, float(low), None, level, f"{beyond}, in {1 - share:.0%} of courses.")
    if not math.isfinite(high):
        return Estimate(float(middle), float(low), None, level, f"{beyond}, at the upper end.")
    return Estimate(float(middle), float(low), float(high), level)


# --- money and hopes --------------------------------------------------------------------------------------


def _money_out(asked: Asked) -> tuple[float | None, list[str]]:
    """Return fees, hours and budget over the subscription, and what is missing.

    Hours of a month are those of 52/12 weeks.
    """
    parts, missing = [], []
    if asked.yearly_fee is not None:
        parts.append(asked.yearly_fee / 12)
    else:
        missing.append("Money out is without the platform's fee: state the yearly fee.")
    if asked.hours_a_week is not None and asked.hour_cost is not None:
        parts.append(asked.hours_a_week * 52 / 12 * asked.hour_cost)
    else:
        missing.append("Money out is without people's time: state hours a week and what an hour costs.")
    if asked.monthly_budget is not None:
        parts.append(asked.monthly_budget)
    return (round(sum(parts) * asked.months, 2) if parts else None), missing


def _money_in(orders: Array, left_of_each: float, rng: np.random.Generator) -> Array:
    shape = settings()["order"]["shape"]
    sums = rng.gamma(np.maximum(orders * shape, 1e-12), 1 / shape)
    return np.where(orders > 0, sums * left_of_each, 0.0)


_CALLED = {
    "rfqs": "requests", "quotations": "quotations", "first_orders": "first orders", "lasting_ties": "buyers who order again",
    "orders": "orders", "months_to_first_order": "months to the first order",
    "months_to_lasting_tie": "months to the first lasting tie", "money_in": "money in",
}  # fmt: skip


def _hope(name: str, hoped: float, sample: Array) -> Hope:
    """Set a hope against the courses; over-expectation is named early, and kindly."""
    sooner = name.startswith("months")
    reached = float(np.mean(sample <= hoped if sooner else sample >= hoped))
    told = settings()["told"]
    middle = float(np.quantile(sample, 0.5, method="inverted_cdf"))
    usual = f"half of them have at {'most' if sooner else 'least'} {middle:.0f}" if math.isfinite(middle) else "half of them never get there"  # fmt: skip
    head = f"You hope for {hoped:g} {_CALLED[name]}: {_percent(reached)} of the simulated courses get there, {usual}."
    if reached < told["few"]:
        return Hope(name, hoped, reached, "far", f"{head} That is a hope better not counted on: plan for less, and be glad of more.")  # fmt: skip
    if reached < told["some"]:
        return Hope(name, hoped, reached, "high", f"{head} It can come so, but more often it does not.")
    return Hope(name, hoped, reached, "likely", f"{head} That is within what may come.")


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"
