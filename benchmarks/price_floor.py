"""How often a price floor would have failed since 2005, beside a fixed buffer and other ways to reckon it.

    python benchmarks/price_floor.py [--step 10] [--table main|reverse|others]

On every `step`-th quotation day from 2005 on, a price in each currency is set for a cost in euro, from nothing but
what was known that day, for a payment 30, 60 and 90 days later.  It fails where the rise of the rate by then is more
than was allowed for: the realised margin is then below the promise.

Windows overlap and currencies move together, so a share of failures has far fewer degrees of freedom than windows.
Its interval (90 %) is that of resampled blocks of `BLOCK` of the calendar, all currencies together (Künsch 1989).

Ways: `floor` (what Fondaco does: `fondaco.numerics.moves`), `fixed` (3 %), `normal` (RiskMetrics: decay 0.94, normal
quantile, root of time), `plain` (quantiles of all past moves, unscaled).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fondaco.numerics.moves import FEWEST, Moves, volatilities
from fondaco.reference.rates import REACH, Rates

Array = NDArray[np.float64]

CURRENCIES = ("USD", "GBP", "JPY", "KRW", "CNY", "CHF", "TRY", "BRL")
#: Not looked at when the method was chosen.
OTHERS = ("AUD", "CAD", "SEK", "NOK", "PLN", "CZK", "HUF", "ZAR", "MXN", "INR", "THB", "SGD", "NZD")
HORIZONS = (30, 60, 90)
LEVELS = np.array([0.90, 0.95, 0.99])
BUFFER = 0.03
START = np.datetime64("2005-01-01")
#: Days of a block of the calendar: two of the longest windows.
BLOCK = 182
RESAMPLES = 2000

#: Gives allowed logarithmic rises, shape (horizons, levels), on a quotation day; None where too little is known.
Way = Callable[[Moves, int], Array | None]


def floor(moves: Moves, at: int) -> Array | None:
    """Return what Fondaco allows: the largest quantile of each day up to the horizon, and no less than nothing."""
    by_day = [moves.quantiles(day, LEVELS, at) for day in range(1, max(HORIZONS) + 1)]
    if by_day[-1] is None:
        return None
    largest = np.maximum.accumulate(np.array(by_day), axis=0)
    return np.asarray(np.maximum(largest[[h - 1 for h in HORIZONS]], 0))


def fixed(moves: Moves, at: int) -> Array | None:  # noqa: ARG001
    """Return the same buffer always."""
    return np.full((len(HORIZONS), len(LEVELS)), np.log1p(BUFFER))


def normal(moves: Moves, at: int) -> Array | None:
    """Return the normal quantile of RiskMetrics' volatility by the root of time."""
    sigma = _riskmetrics(moves)[at]
    days = np.array(HORIZONS)[:, None] * 5 / 7
    return None if np.isnan(sigma) else sigma * np.sqrt(days) * stats.norm.ppf(LEVELS)


def plain(moves: Moves, at: int) -> Array | None:
    """Return quantiles of all past moves as they were."""
    found = []
    for horizon in HORIZONS:
        past, _ = moves.over(horizon, at)
        if len(past) < FEWEST:
            return None
        found.append(np.maximum(np.quantile(past, LEVELS), 0))
    return np.array(found)


@lru_cache(maxsize=64)
def _riskmetrics(moves: Moves) -> Array:
    return volatilities(moves.logs, 0.94)


WAYS: dict[str, Way] = {"floor": floor, "fixed": fixed, "normal": normal, "plain": plain}


@dataclass(frozen=True)
class Run:
    """One currency by one way: days, what came then, shape (days, horizons), and, of shape (days, horizons, levels),
    what was allowed and whether it failed."""

    days: NDArray[np.datetime64]
    came: Array
    allowed: Array
    failed: Array


def run(moves: Moves, way: Way, step: int) -> Run:
    """Set a price on every `step`-th quotation day, and see what came; the last days' windows have not ended."""
    last = len(moves.days) - 1
    days, moved, allowed, failed = [], [], [], []
    for at in range(int(np.searchsorted(moves.days, START)), last, step):
        if moves.days[at] + np.timedelta64(max(HORIZONS), "D") > moves.days[last]:
            break
        found = way(moves, at)
        if found is None:
            continue
        came = np.array([moves.move(at, horizon) for horizon in HORIZONS])
        days.append(moves.days[at])
        moved.append(came)
        allowed.append(found)
        failed.append(came[:, None] > found)
    return Run(np.array(days), np.array(moved), np.array(allowed), np.array(failed, dtype=float))


def interval(runs: list[Run]) -> Array:
    """Return 5 % and 95 % of the share of failures, over blocks of the calendar; shape (2, horizons, levels)."""
    blocks = [((each.days - START).astype(np.int64) // BLOCK).astype(int) for each in runs]
    most = max(int(block.max()) for block in blocks) + 1
    shape = (len(runs), most, *runs[0].failed.shape[1:])
    failed, windows = np.zeros(shape), np.zeros(shape[:2])
    for place, (each, block) in enumerate(zip(runs, blocks, strict=True)):
        np.add.at(failed[place], block, each.failed)
        np.add.at(windows[place], block, 1)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, most, size=(RESAMPLES, most))
    shares = np.array(
        [
            np.mean(failed[:, pick].sum(1) / np.maximum(windows[:, pick].sum(1), 1)[:, None, None], axis=0)
            for pick in drawn
        ]
    )
    return np.asarray(np.quantile(shares, [0.05, 0.95], axis=0))


def moves_of(rates: Rates, currency: str, *, reverse: bool) -> Moves:
    """Return the moves of what a euro of cost is worth in a currency, or, reversed, of a cost in it in euro."""
    pair = (currency, "EUR") if reverse else ("EUR", currency)
    return Moves.without_gaps(*rates.history(*pair, rates.first_day, rates.last_day), REACH)


def table(
    rates: Rates, currencies: tuple[str, ...], ways: list[str], step: int, *, reverse: bool
) -> list[Run]:
    """Print the table of one set of currencies; return the runs of the first way."""
    held = {code: moves_of(rates, code, reverse=reverse) for code in currencies}
    print("| way | days | promise | failed | interval | mean mark-up | " + " | ".join(currencies) + " |")
    print("|---|---:|---:|---:|---|---:|" + "---:|" * len(currencies))
    kept: list[Run] = []
    for name in ways:
        runs = [run(held[code], WAYS[name], step) for code in currencies]
        kept = kept or runs
        ends = interval(runs)
        by_currency = np.array([each.failed.mean(0) for each in runs])
        markup = np.mean([np.expm1(each.allowed).mean(0) for each in runs], axis=0)
        for h, horizon in enumerate(HORIZONS):
            for p, level in enumerate(LEVELS):
                cells = " | ".join(f"{100 * share:.1f}" for share in by_currency[:, h, p])
                print(
                    f"| {name} | {horizon} | {1 - level:.0%} | {100 * by_currency[:, h, p].mean():.1f} % | "
                    f"{100 * ends[0, h, p]:.1f} to {100 * ends[1, h, p]:.1f} | {100 * markup[h, p]:.1f} % | {cells} |"
                )
    return kept


def hindsight(runs: list[Run]) -> None:
    """Print the one buffer for all currencies that would have failed as often as promised, as only the end tells."""
    print(
        "\nOne fixed buffer for all of these currencies that failed as often as promised, known in hindsight only"
    )
    print("| days | " + " | ".join(f"{1 - level:.0%}" for level in LEVELS) + " |\n|---:|---:|---:|---:|")
    for h, horizon in enumerate(HORIZONS):
        came = np.concatenate([each.came[:, h] for each in runs])
        weight = np.concatenate([np.full(len(each.days), 1 / len(each.days)) for each in runs])
        order = np.argsort(came)
        share = np.cumsum(weight[order]) / weight.sum()
        ends = [np.expm1(came[order][np.searchsorted(share, level)]) for level in LEVELS]
        print(f"| {horizon} | " + " | ".join(f"{100 * end:.1f} %" for end in ends) + " |")


def years(runs: list[Run], currencies: tuple[str, ...], horizon: int = 1, level: int = 1) -> None:
    """Print the share of failures by year and currency, for one horizon and promise."""
    first, last = 2005, int(str(runs[0].days[-1])[:4])
    print(
        f"\nFailures in %, {HORIZONS[horizon]} days, {1 - LEVELS[level]:.0%} promised, by year of the quotation"
    )
    print("| year | " + " | ".join(currencies) + " | all |\n|---|" + "---:|" * (len(currencies) + 1))
    for year in range(first, last + 1):
        cells, every = [], []
        for each in runs:
            inside = each.days.astype("datetime64[Y]").astype(int) + 1970 == year
            share = each.failed[inside, horizon, level]
            every += list(share)
            cells.append(f"{100 * share.mean():.0f}" if len(share) else "")
        print(f"| {year} | " + " | ".join(cells) + f" | {100 * np.mean(every):.0f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--step", type=int, default=10, help="quotation days between two prices")
    parser.add_argument("--table", choices=["main", "reverse", "others"], default="main")
    asked = parser.parse_args()
    rates = Rates.load(None)
    currencies = OTHERS if asked.table == "others" else CURRENCIES
    ways = list(WAYS) if asked.table == "main" else ["floor", "fixed"]
    print(f"Rates of the ECB to {rates.last_day}; a price every {asked.step} quotation days; {asked.table}\n")
    runs = table(rates, currencies, ways, asked.step, reverse=asked.table == "reverse")
    hindsight(runs)
    years(runs, currencies)


if __name__ == "__main__":
    main()
