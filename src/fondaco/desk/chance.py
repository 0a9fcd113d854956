"""The chance that an order comes of a case, from the firm's own past cases, and how sure it is.

A logistic model of few columns, each drawn towards no effect, and each market towards all markets
(`fondaco.numerics.logistic`).  What is held before the first case is one in ten, with a range from 2 to 40 in a
hundred: at most ten sellers quote on a request (the study of five firms), so a seller no better than the others gets one in ten.

An outcome is an order of the same buyer within `WITHIN` days.  Younger cases are left out, ordered or not: to keep
only those that have ordered already would flatter.  How quickly a case was answered is no column: it is what
somebody did, partly because the case looked promising, and says nothing of a case that waits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fondaco.desk.cases import Case
from fondaco.numerics.estimates import Estimate, unknown
from fondaco.numerics.logistic import Logistic, fit_logistic

#: Days within which an order is held to have come of a case; set: a quarter.
WITHIN = 90
#: With fewer past cases nothing is told.
FEWEST = 10
#: Before the first case: one in ten, in logits, with its standard deviation; derived from the ten quotations, and set.
BEFORE = (math.log(0.1 / 0.9), 1.2)
#: Standard deviations of what a column and a market add; set: a column hardly doubles the odds.
COLUMN_SD, MARKET_SD = 0.7, 0.7
LEVEL = 0.8
#: What is looked at beside the market.
COLUMNS = ("rfq", "chat", "says its firm", "says how many", "ordered before")

_Key = tuple[str, tuple[bool, ...]]


@dataclass(frozen=True)
class Chances:
    """The model: `outcomes` and `orders` are what it rests on; `fit` is None where they are too few."""

    fit: Logistic | None
    markets: tuple[str, ...]
    outcomes: int
    orders: int

    def of(self, cases: Sequence[Case], ordered_before: Iterable[str] = ()) -> tuple[Estimate, ...]:
        """Return the chance of each case; `ordered_before` are the ids of cases whose buyer has ordered earlier."""
        if self.fit is None:
            why = f"{self.outcomes} past cases whose outcome is known are too few: from {FEWEST} on a chance is told."
            return tuple(unknown(why) for _ in cases)
        before = frozenset(ordered_before)
        keys = [_key(case, case.case in before) for case in cases]
        kinds = list(dict.fromkeys(keys))
        if not kinds:
            return ()
        middle, low, high = self.fit.chances(_rows(kinds, self.markets), LEVEL)
        why = f"from {self.outcomes} past cases, of which {self.orders} became an order"
        told = {
            key: Estimate(float(middle[n]), float(low[n]), float(high[n]), LEVEL, why)
            for n, key in enumerate(kinds)
        }
        return tuple(told[key] for key in keys)


def fit_chances(past: Iterable[tuple[Case, bool, bool]]) -> Chances:
    """Return the model of a firm's past cases.

    Parameters
    ----------
    past
        Cases whose outcome is known, each with whether its buyer had ordered before, and whether an order came of it.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> case = Case("a:1", "a", "1", "inquiry", "KOR", at, at)
    >>> found = fit_chances([(case, False, n < 4) for n in range(10)])
    >>> chance = found.of([case])[0]
    >>> 0.1 < chance.low < chance.estimate < chance.high < 0.6
    True
    >>> fit_chances([(case, False, True)]).of([case])[0].why
    '1 past cases whose outcome is known are too few: from 10 on a chance is told.'
    """
    trials: Counter[_Key] = Counter()
    orders: Counter[_Key] = Counter()
    for case, before, ordered in past:
        key = _key(case, before)
        trials[key] += 1
        orders[key] += ordered
    seen, won = trials.total(), orders.total()
    if seen < FEWEST:
        return Chances(None, (), seen, won)
    keys = list(trials)
    markets = tuple(sorted({market for market, _ in keys if market}))
    centre = np.zeros(1 + len(COLUMNS) + len(markets))
    centre[0] = BEFORE[0]
    spread = np.concatenate([[BEFORE[1]], np.full(len(COLUMNS), COLUMN_SD), np.full(len(markets), MARKET_SD)])
    counts = [orders[key] for key in keys], [trials[key] for key in keys]
    return Chances(fit_logistic(_rows(keys, markets), *counts, centre, spread), markets, seen, won)


def _key(case: Case, before: bool) -> _Key:
    said = (case.kind == "rfq", case.kind == "chat", bool(case.company), case.quantity is not None, before)
    return case.market, said


def _rows(keys: Sequence[_Key], markets: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    place = {market: 1 + len(COLUMNS) + n for n, market in enumerate(markets)}
    rows = np.zeros((len(keys), 1 + len(COLUMNS) + len(markets)))
    rows[:, 0] = 1
    for n, (market, said) in enumerate(keys):
        rows[n, 1 : 1 + len(COLUMNS)] = said
        if market in place:
            rows[n, place[market]] = 1
    return rows
