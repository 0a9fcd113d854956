"""Is a market's demand steady, or was it one good year?

For each market and year there is an amount: what it imports of the goods in question.  From up to five
years come its growth, its relative size and how its rank moved, and one word:

==================  ================================================================================
``one-year wonder``  the largest year is more than `Rules.wonder` times the second largest
``rising``           its share of all markets' demand grew by `Rules.rise` a year or more, and rose in
                     all but one step at least
``falling``          the same downwards
``stable``           its rank moved by no more than `Rules.places`, or that share of the markets
``unsteady``         none of these
``too few years``    fewer than `Rules.least` years
==================  ================================================================================

The words are tried in this order.  The thresholds are ours, in no study, and can be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fondaco.numerics import Estimate, unknown

Floats = NDArray[np.float64]

WORDS = ("one-year wonder", "rising", "falling", "stable", "unsteady", "too few years")


@dataclass(frozen=True)
class Rules:
    """The thresholds, set by us: see the module's table.

    Attributes
    ----------
    least
        Years needed for a word.
    wonder
        Times the second largest year.
    rise
        Growth of the share a year (0.05 is five percent).
    places, share_of_places
        How far a rank may move: so many places, or that share of the number of markets.
    """

    least: int = 3
    wonder: float = 2.0
    rise: float = 0.05
    places: int = 2
    share_of_places: float = 0.1


@dataclass(frozen=True)
class Stability:
    """How steady one market's demand was.

    Attributes
    ----------
    word
        One of `WORDS`.
    places
        Its rank among the markets in each year, 1 the largest.
    size
        Its share of all markets' demand over all years.
    growth
        Growth of its demand a year, from a log-linear trend, with an interval of level 0.9.
    """

    word: str
    places: tuple[int, ...]
    size: float
    growth: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "word": self.word,
            "places": list(self.places),
            "size": round(self.size, 4),
            "growth": self.growth.to_json(),
        }


def words(amounts: Floats, groups: NDArray[np.int64] | None = None, rules: Rules | None = None) -> list[str]:
    """Give each row its word.

    Parameters
    ----------
    amounts
        Rows x years, not negative, in one currency.
    groups
        Which rows compete with each other (the product); all with all where not given.

    Examples
    --------
    >>> words(np.array([[9.0, 9, 9], [1, 1, 8], [2, 3, 5], [7, 7, 7.0]]))
    ['falling', 'one-year wonder', 'rising', 'falling']
    >>> words(np.array([[9.0, 9]]))
    ['too few years']
    """
    return [WORDS[one] for one in word_codes(amounts, groups, rules)]


def word_codes(
    amounts: Floats, groups: NDArray[np.int64] | None = None, rules: Rules | None = None
) -> NDArray[np.int64]:
    """Give each row the place of its word in `WORDS`; parameters as for `words`."""
    held, years = rules or Rules(), amounts.shape[1]
    if years < held.least:
        return np.full(len(amounts), WORDS.index("too few years"))
    group = np.zeros(len(amounts), np.int64) if groups is None else groups
    shares = _shares(amounts, group)
    ordered = np.partition(amounts, years - 2, axis=1)
    wonder = ordered[:, -1] > held.wonder * ordered[:, -2]
    slope = _slopes(shares)
    steps = np.diff(shares, axis=1)
    limit = np.log1p(held.rise)
    rising = (slope >= limit) & ((steps > 0).sum(axis=1) >= years - 2)
    falling = (slope <= -limit) & ((steps < 0).sum(axis=1) >= years - 2)
    ranks = _ranks(amounts, group)
    size = np.bincount(group, minlength=int(group.max(initial=0)) + 1)[group]
    stable = np.ptp(ranks, axis=1) <= np.maximum(held.places, held.share_of_places * size)
    code: NDArray[np.int64] = np.select([wonder, rising, falling, stable], [0, 1, 2, 3], 4)
    return code


def stability(amounts: Floats, rules: Rules | None = None) -> list[Stability]:
    """Work out the stability of each market.

    Parameters
    ----------
    amounts
        Markets x years, the years in order without gaps.

    Examples
    --------
    >>> found = stability(np.array([[900.0, 900, 900], [10, 20, 39]]))
    >>> [(one.word, one.places) for one in found]
    [('stable', (1, 1, 1)), ('rising', (2, 2, 2))]
    """
    if not len(amounts):
        return []
    ranks = _ranks(amounts, np.zeros(len(amounts), np.int64))
    total = amounts.sum()
    sizes = amounts.sum(axis=1) / total if total > 0 else np.zeros(len(amounts))
    return [
        Stability(word, tuple(int(p) for p in places), float(size), growth_of(row))
        for word, places, size, row in zip(words(amounts, rules=rules), ranks, sizes, amounts, strict=True)
    ]


def growth_of(amounts: Sequence[float] | Floats, *, level: float = 0.9) -> Estimate:
    """Estimate the growth a year from a straight line through the logarithms, with Student's interval.

    Examples
    --------
    >>> growth_of([100.0, 110.0, 121.0]).to_json(3)
    {'estimate': 0.1, 'low': 0.1, 'high': 0.1, 'level': 0.9}
    >>> growth_of([100.0, 110.0]).why
    'Two years or fewer: too few to tell a trend.'
    """
    values = np.asarray(amounts, dtype=float)
    if len(values) < 3:
        return unknown("Two years or fewer: too few to tell a trend.")
    if (values <= 0).any():
        return unknown("There is a year without trade: no rate of growth can be told.")
    line = stats.linregress(np.arange(len(values)), np.log(values))
    reach = stats.t.ppf((1 + level) / 2, len(values) - 2) * line.stderr
    slope = float(line.slope)
    return Estimate(
        float(np.expm1(slope)), float(np.expm1(slope - reach)), float(np.expm1(slope + reach)), level
    )


def concentration(amounts: Sequence[float] | Floats) -> float | None:
    """Return the Herfindahl-Hirschman index of amounts: the sum of their squared shares; 1 is a single one.

    >>> concentration([50.0, 50.0]), concentration([])
    (0.5, None)
    """
    values = np.asarray(amounts, dtype=float)
    total = values.sum()
    return float(((values / total) ** 2).sum()) if total > 0 else None


def _shares(amounts: Floats, group: NDArray[np.int64]) -> Floats:
    """Return each row's share of its group, by year."""
    totals = np.stack([np.bincount(group, weights=column) for column in amounts.T], axis=1)[group]
    return np.divide(amounts, totals, out=np.zeros_like(amounts), where=totals > 0)


def _slopes(shares: Floats) -> Floats:
    """Return the slopes of straight lines through the logarithms; years without trade count as very small."""
    years = shares.shape[1]
    time = np.arange(years) - (years - 1) / 2
    floor = np.where(shares.max(axis=1, keepdims=True) > 0, shares.max(axis=1, keepdims=True) * 1e-3, 1.0)
    slopes: Floats = np.log(np.maximum(shares, floor)) @ time / (time @ time)
    return slopes


def _ranks(amounts: Floats, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ranks within groups by year, 1 the largest; ties in any order."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    slot = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    # One line for each group, its rows side by side: sorting lines is much quicker than sorting all rows by two keys.
    lines, places = np.empty((len(counts), int(counts.max(initial=0)))), np.arange(int(counts.max(initial=0)))
    ranks = np.empty(amounts.shape, np.int64)
    inverse = np.empty(lines.shape, np.int64)
    for year, column in enumerate(amounts.T):
        lines.fill(np.inf)
        lines[group[order], slot] = -column[order]
        np.put_along_axis(inverse, np.argsort(lines, axis=1), places[None, :], axis=1)
        ranks[order, year] = inverse[group[order], slot] + 1
    return ranks
