"""Which keywords to keep, to stop and to try, in each market, when most of them have seen a handful of clicks.

Rule ``promotion/keywords``, page ``docs/rules/keywords.md``.  For each term

    contribution of a click = rate * value * share left - cost of a click,

where `rate` is the share of clicks that bring an order, drawn towards the other terms of the market on that platform
(`fondaco.numerics.conversions`); `value` is what such a click brings, drawn towards the market's mean order by
Bühlmann and Straub's credibility (`fondaco.numerics.credibility`); `share left` is what remains of the price after
all costs but advertising; and the cost of a click is what it has cost so far.  A click *pays* where that is above
zero.  A term is kept where it probably pays, stopped where it very probably does not, and tried in between, with
the number of clicks after which its own results would decide.

Where the firm does not say what is left of its price, nothing can be kept: terms that would not pay even if all of
the price were left are stopped, and of the others it is told what share must be left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from fondaco.markets.money import money
from fondaco.numerics.conversions import Conversions, fit_conversions
from fondaco.numerics.credibility import shrunken_means
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.strategy.promotion.ads import Advertising, TermSum

Array = npt.NDArray[np.float64]
Verdict = Literal["keep", "stop", "test"]

RULE = "promotion/keywords"
#: Probability of the intervals that are told.
LEVEL = 0.8
#: Points at which the distribution of an order's value and of a rate are looked at.
_VALUE_POINTS, _RATE_POINTS = 24, 48
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
#: Orders of one term are taken to differ by at least this share of their mean (standard deviation); the number is set.
_ORDERS_DIFFER = 0.5
#: Terms that are worked out at once, so that a long list stays small in memory.
_AT_ONCE = 2000


@dataclass(frozen=True)
class Limits:
    """The rule's thresholds, or the firm's in their place.

    Attributes
    ----------
    keep_from, stop_below
        Probabilities that a click pays.
    most_test_clicks
        What takes more clicks to know is not tried.
    """

    keep_from: float = 0.8
    stop_below: float = 0.1
    most_test_clicks: int = 2000


@dataclass(frozen=True)
class Keyword:
    """A term in one market on one platform, and what to do with it.

    Attributes
    ----------
    own
        Its raw share of clicks with an order: what it would be judged by without the others.
    rate
        The same drawn towards the market's, with its interval.
    order_value, value
        What an order and what a click bring in sales.
    pays
        Probability that a click's contribution is above its cost; None where it cannot be told.
    contribution
        Of a click, after its cost, in the firm's currency.
    share_needed
        What must be left of the price so that a click pays as often as not.
    clicks_to_know
        Further clicks after which its results would decide if they go on as expected; None where more than a test
        may have, or where it is decided.
    stop_after
        Further clicks without any order after which it would be stopped; None as above.
    test_cost
        What those clicks cost.
    """

    seen: TermSum
    verdict: Verdict
    why: str
    own: Estimate
    rate: Estimate
    order_value: Estimate
    value: Estimate
    pays: float | None
    contribution: Estimate
    share_needed: float | None
    clicks_to_know: int | None = None
    stop_after: int | None = None
    test_cost: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keyword as JSON values."""
        return {
            "term": self.seen.term,
            "platform": self.seen.platform,
            "market": self.seen.market,
            "bid": self.seen.bid,
            "verdict": self.verdict,
            "why": self.why,
            "clicks": self.seen.clicks,
            "spend": money(self.seen.spend),
            "orders": self.seen.orders,
            "sales": money(self.seen.sales),
            "own_conversion": self.own.to_json(),
            "conversion": self.rate.to_json(5),
            "order_value": self.order_value.to_json(2),
            "value_per_click": self.value.to_json(4),
            "pays": None if self.pays is None else round(self.pays, 4),
            "contribution_per_click": self.contribution.to_json(4),
            "share_needed": None if self.share_needed is None else round(self.share_needed, 4),
            "clicks_to_know": self.clicks_to_know,
            "stop_after": self.stop_after,
            "test_cost": None if self.test_cost is None else money(self.test_cost),
        }


@dataclass(frozen=True)
class Keywords:
    """All terms, the dearest first.

    Attributes
    ----------
    left
        Share of the price that is left before advertising; None where it is not stated.
    prior_clicks
        How many clicks the other terms of a market weigh.
    notes
        What could not be judged, and why.
    assumed
        Where the share left is not stated for this purpose: what stands in for it.
    """

    keywords: tuple[Keyword, ...]
    left: float | None
    prior_clicks: float | None
    notes: tuple[str, ...] = ()
    assumed: str = ""

    def of(self, verdict: Verdict, market: str | None = None) -> tuple[Keyword, ...]:
        """Return those of one verdict, in one market where it is named."""
        return tuple(k for k in self.keywords if k.verdict == verdict and market in (None, k.seen.market))


def judge(seen: Advertising, *, left: Decimal | None, limits: Limits | None = None) -> Keywords:
    """Say which terms to keep, to stop and to try.

    Parameters
    ----------
    seen
        What each cost and brought.
    left
        Share of the price left after all costs but advertising.
    limits
        The rule's thresholds.

    Examples
    --------
    >>> lamp = TermSum("amazon", "DEU", "lamp", True, 400, Decimal(100), 40, Decimal(1200), 36000.0)
    >>> toy = TermSum("amazon", "DEU", "toy", True, 400, Decimal(100), 0, Decimal(0))
    >>> [k.verdict for k in judge(Advertising((lamp, toy)), left=Decimal("0.4")).keywords]
    ['keep', 'stop']
    """
    limits = limits or Limits()
    counted = [t for t in seen.terms if t.clicks > 0 and t.orders is not None]
    uncounted = [t for t in seen.terms if t.clicks > 0 and t.orders is None]
    share = None if left is None else float(left)
    judged: list[Keyword] = [_unjudged(term) for term in uncounted]
    prior: float | None = None
    if counted:
        rates = _rates(counted)
        prior = rates.size
        judged += _judged(counted, rates, _values(counted), share, limits)
    judged.sort(
        key=lambda each: (-each.seen.spend, each.seen.platform, each.seen.market or "", each.seen.term)
    )
    return Keywords(tuple(judged), share, prior, _notes(seen, share, uncounted))


def _rates(terms: Sequence[TermSum]) -> Conversions:
    groups: dict[tuple[str, str | None], int] = {}
    at = [groups.setdefault((t.platform, t.market), len(groups)) for t in terms]
    # One click may bring two orders: it then counts as one click that brought something.
    return fit_conversions([min(t.orders or 0, t.clicks) for t in terms], [t.clicks for t in terms], at)


def _values(terms: Sequence[TermSum]) -> tuple[Array, Array] | None:
    """Return mean and standard deviation of what a click with an order brings; None where nothing was sold."""
    count = np.array([min(t.orders or 0, t.clicks) if t.sales > 0 else 0 for t in terms], dtype=float)
    total = np.array([float(t.sales) for t in terms])
    if count.sum() <= 0:
        return None
    own = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    # Reports add several orders up in a line, which hides how they differ.
    least = count * own**2 + np.clip(count - 1, 0, None) * (_ORDERS_DIFFER * own) ** 2
    squares = np.maximum([term.squares for term in terms], least)
    means = shrunken_means(count, np.where(count > 0, total, 0), np.where(count > 0, squares, 0))
    # What is not known of the mean of all is not known of any term either.
    common = means.within / count.sum()
    return means.mean, np.sqrt(means.sd**2 + common)


def _points(mean: Array, sd: Array) -> Array:
    """Return equally likely values of a gamma distribution, shape (terms, points)."""
    at = (np.arange(_VALUE_POINTS) + 0.5) / _VALUE_POINTS
    shape = np.clip((mean / np.maximum(sd, 1e-9)) ** 2, 0.05, 1e6)
    return np.asarray(special.gammaincinv(shape[:, None], at) * (mean / shape)[:, None])


def _judged(
    terms: Sequence[TermSum],
    rates: Conversions,
    values: tuple[Array, Array] | None,
    left: float | None,
    limits: Limits,
) -> list[Keyword]:
    cost = np.array([term.click_cost or 0.0 for term in terms])
    low, high = rates.interval(LEVEL)
    if values is None:  # nothing was ever sold by an ad: only what an order would have to bring is known
        return [
            _nothing_sold(term, Estimate(float(rates.mean[i]), float(low[i]), float(high[i]), LEVEL), cost[i])
            for i, term in enumerate(terms)
        ]
    points = _points(*values)
    pays = _pays(rates, points, cost, 1.0 if left is None else left)
    per_click, per_order = _click_interval(rates, points), np.quantile(points, _TAILS, axis=1)
    know, stop = np.zeros(len(terms)), np.zeros(len(terms))
    if left is not None:
        at = np.flatnonzero((pays >= limits.stop_below) & (pays < limits.keep_from))
        some = Conversions(rates.a[at], rates.b[at], rates.prior_mean[at], rates.size)
        know[at], stop[at] = _clicks_needed(some, points[at], cost[at], left, limits)
    found = []
    for i, term in enumerate(terms):
        rate = Estimate(float(rates.mean[i]), float(low[i]), float(high[i]), LEVEL)
        order = Estimate(float(values[0][i]), float(per_order[0, i]), float(per_order[1, i]), LEVEL)
        mean = float(rates.mean[i] * points[i].mean())
        value = Estimate(mean, float(per_click[0, i]), float(per_click[1, i]), LEVEL)
        made = _told(term, rate, order, value, float(pays[i]), left)
        found.append(_one(made, float(pays[i]), left, limits, (int(know[i]), int(stop[i]))))
    return found


def _pays(rates: Conversions, points: Array, cost: Array, left: float) -> Array:
    """Return the probability that rate * value * left is above the cost of a click."""
    with np.errstate(divide="ignore"):
        least = np.where(points > 0, cost[:, None] / (points * left) if left > 0 else np.inf, np.inf)
    return np.asarray(rates.beyond(least).mean(axis=1))


def _click_interval(rates: Conversions, points: Array) -> Array:
    """Return the ends of the intervals of what a click brings, shape (2, terms)."""
    at = (np.arange(_RATE_POINTS) + 0.5) / _RATE_POINTS
    ends = []
    for first in range(0, len(points), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        shares = special.betaincinv(rates.a[part, None], rates.b[part, None], at)
        product = (shares[:, :, None] * points[part, None, :]).reshape(len(shares), -1)
        ends.append(np.quantile(product, _TAILS, axis=1))
    return np.concatenate(ends, axis=1)


def _told(
    term: TermSum, rate: Estimate, order: Estimate, value: Estimate, pays: float, left: float | None
) -> Keyword:
    """Return what is known of a term, not yet what to do with it."""
    cost, orders = term.click_cost or 0.0, min(term.orders or 0, term.clicks)
    own = Estimate(orders / term.clicks, why=f"{orders} of {term.clicks} clicks")
    needed = cost / value.estimate if value.estimate else None
    if left is None:
        nothing = unknown("What is left of the price before advertising is not stated.")
        return Keyword(term, "test", "", own, rate, order, value, None, nothing, needed)
    return Keyword(term, "test", "", own, rate, order, value, pays, _times(value, left, cost), needed)


def _one(made: Keyword, pays: float, left: float | None, limits: Limits, clicks: tuple[int, int]) -> Keyword:
    cost, value = made.seen.click_cost or 0.0, made.value
    if left is None:
        if pays < limits.stop_below:
            why = f"A click costs {cost:.2f} and brings {value.estimate:.2f} in sales: it would not pay even if all of that were left."
            return replace(made, verdict="stop", why=why)
        why = f"It pays if {made.share_needed:.0%} of the price or more is left before advertising, which is not stated."
        return replace(made, why=why)
    told = f"A click costs {cost:.2f} and leaves {_ends(value, left)} before that; it pays with a probability of {_chance(pays)}"
    if pays >= limits.keep_from:
        return replace(made, verdict="keep", why=f"{told}.")
    if pays < limits.stop_below:
        return replace(made, verdict="stop", why=f"{told}.")
    return _tried(made, told, clicks[0] or None, clicks[1] or None)


def _times(value: Estimate, left: float, cost: float) -> Estimate:
    mean, low, high = (float(each or 0.0) * left - cost for each in (value.estimate, value.low, value.high))
    return Estimate(mean, low, high, LEVEL)


def _chance(share: float) -> str:
    """Return a probability in words: what rounds to certainty is said to be near it."""
    if share < 0.01:
        return "under 1%"
    return "over 99%" if share > 0.99 else f"{share:.0%}"


def _ends(value: Estimate, left: float) -> str:
    return f"{(value.low or 0.0) * left:.2f} to {(value.high or 0.0) * left:.2f}"


def _tried(made: Keyword, told: str, know: int | None, stop: int | None) -> Keyword:
    gains = (made.contribution.estimate or 0.0) > 0
    meanwhile = (
        "It probably gains meanwhile" if gains else "It probably loses meanwhile: spend no more than the test"
    )
    if know is None and stop is None:
        return replace(made, why=f"{told}: too near to the edge for a test to tell. {meanwhile}.")
    cost = Decimal(str((know or stop or 0) * (made.seen.click_cost or 0.0))).quantize(Decimal("0.01"))
    when = (
        f"about {know} further clicks ({cost}) would tell."
        if know
        else "no number of clicks is sure to tell."
    )
    after = f" Without an order in {stop} further clicks, stop it." if stop else ""
    return replace(
        made, why=f"{told}: {when}{after} {meanwhile}.", clicks_to_know=know, stop_after=stop, test_cost=cost
    )


def _clicks_needed(
    rates: Conversions, points: Array, cost: Array, left: float, limits: Limits
) -> tuple[Array, Array]:
    """Return after how many clicks results as expected, and results of nothing, would decide; 0 where none would.

    Both are found by halving: the probability that a click pays moves one way as such results add up.
    """
    a, b, mean = rates.a, rates.b, rates.mean
    least = np.clip(cost[:, None] / np.maximum(points[:, 1::3] * left, 1e-12), 0, 1)

    def pays(n: Array, share: Array) -> Array:
        more = Conversions(a + share * n, b + (1 - share) * n, rates.prior_mean, rates.size)
        return np.asarray(more.beyond(least).mean(axis=1))

    def known(n: Array) -> npt.NDArray[np.bool_]:
        chance = pays(n, mean)
        return np.asarray((chance >= limits.keep_from) | (chance < limits.stop_below))

    def stopped(n: Array) -> npt.NDArray[np.bool_]:
        return np.asarray(pays(n, np.zeros(len(n))) < limits.stop_below)

    return _fewest(known, len(a), limits.most_test_clicks), _fewest(stopped, len(a), limits.most_test_clicks)


def _fewest(decided: Callable[[Array], npt.NDArray[np.bool_]], terms: int, most: int) -> Array:
    low, high = np.zeros(terms), np.full(terms, float(most))
    ever = decided(high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        yes = decided(middle)
        high, low = np.where(yes, middle, high), np.where(yes, low, middle)
    return np.where(ever, high, 0.0)


def _unjudged(term: TermSum) -> Keyword:
    why = "The platform's reports do not say which orders came of it: place in search and inquiries must decide."
    nothing = unknown("No orders are ascribed to ads in this platform's reports.")
    return Keyword(term, "test", why, nothing, nothing, nothing, nothing, None, nothing, None)


def _nothing_sold(term: TermSum, rate: Estimate, cost: float) -> Keyword:
    nothing = unknown("No ad has sold anything yet.")
    own = Estimate(0.0, why=f"0 of {term.clicks} clicks")
    mean = rate.estimate or 0.0
    why = (
        f"No ad has sold anything yet: at {mean:.1%} of clicks an order must leave {cost / mean:.2f} for it to pay."
        if mean > 0
        else "No ad has sold anything yet."
    )
    return Keyword(term, "test", why, own, rate, nothing, nothing, None, nothing, None)


def _notes(seen: Advertising, left: float | None, uncounted: Sequence[TermSum]) -> tuple[str, ...]:
    notes = []
    if left is None:
        notes.append(
            "What is left of the price before advertising is not stated: nothing can be kept for sure."
        )
    if uncounted:
        platforms = ", ".join(sorted({term.platform for term in uncounted}))
        notes.append(
            f"The reports of {platforms} ascribe no orders to ads: {len(uncounted)} terms are not judged."
        )
    if seen.without_rate:
        notes.append(f"{seen.without_rate} lines are left out: no exchange rate of their day is known.")
    if any(term.market is None for term in seen.terms):
        notes.append("Some reports name no market; their terms stand apart.")
    return tuple(notes)


def raw_verdict(term: TermSum, left: float) -> Verdict:
    """Return what raw rates would say: keep what paid so far, stop what did not; for comparison only."""
    return "keep" if float(term.sales) * left > float(term.spend) else "stop"
