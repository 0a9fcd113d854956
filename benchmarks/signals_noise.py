"""How often signals are false alarms where nothing is going on, and how often planted changes are found.

    python benchmarks/signals_noise.py [--ledgers 1000] [--seed 1]

Ledgers are simulated at the level of the numbers that the tests take: buyings by month and market, views
and inquiries by product, clicks and orders by search term.  Each ledger differs in size, skew, season and
bunching.  All of its tests are one family, as in `fondaco.markets.signals.looking`.  Writes a table in Markdown.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.markets.signals.unrewarded import AT_MOST, FEWEST_EXPECTED
from fondaco.numerics import (
    discover,
    dispersion_over,
    expected_at_others,
    low_against_rest,
    low_among,
    share_changes,
)
from fondaco.numerics.low_rates import FEWEST_OTHERS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What a simulated firm's noise is like.

    Attributes
    ----------
    markets, total
        Markets, and buyings a month over all of them.
    skew
        Log standard deviation of the markets' sizes.
    bunch
        Mean size of bunches of buyings, in one month.
    long_bunches
        Share of bunches that go on into the next month (a contract in lots by unnamed buyers).
    season, own_season
        Log amplitude of the season that all markets share, and of each market's own.
    wander
        Squared coefficient of variation of each market's months (independent gamma).
    products, terms
        How many products with views, and search terms with clicks.
    spread
        Squared coefficient of variation of the products' rates.
    ad_bunch
        Mean size of bunches of a search term's orders, in one month.
    """

    markets: int = 15
    total: float = 200
    skew: float = 1.3
    bunch: float = 2.0
    long_bunches: float = 0.0
    season: float = 0.5
    own_season: float = 0.0
    wander: float = 0.05
    products: int = 20
    terms: int = 60
    spread: float = 0.2
    ad_bunch: float = 1.2


def drawn(rng: np.random.Generator) -> World:
    """Draw a world: a firm of any size, with bunches, seasons and skewed markets."""
    return World(
        markets=int(rng.integers(3, 61)),
        total=float(np.exp(rng.uniform(math.log(20), math.log(3000)))),
        skew=float(rng.uniform(0.3, 2.0)),
        bunch=float(rng.uniform(1.01, 6)),
        season=float(rng.uniform(0, 1)),
        own_season=float(rng.uniform(0, 0.5)),
        wander=float(rng.uniform(0, 0.3)),
        products=int(rng.integers(0, 41)),
        terms=int(rng.integers(0, 121)),
        spread=float(rng.uniform(0, 0.6)),
        ad_bunch=float(rng.uniform(1.01, 3)),
    )


def buyings(world: World, rng: np.random.Generator) -> Floats:
    """Counts by month (15) and market."""
    months = np.arange(15)
    size = np.exp(rng.normal(0, world.skew, world.markets))
    mean = world.total * np.tile(size / size.sum(), (15, 1))
    mean *= np.exp(world.season * np.sin(2 * np.pi * (months[:, None] + rng.uniform(0, 12)) / 12))
    own = np.sin(2 * np.pi * (months[:, None] + rng.uniform(0, 12, world.markets)) / 12)
    mean *= np.exp(world.own_season * own)
    if world.wander:
        mean *= rng.gamma(1 / world.wander, world.wander, mean.shape)
    return bunched(mean, world.bunch, rng, world.long_bunches)


def bunched(mean: Floats, bunch: float, rng: np.random.Generator, longer: float = 0.0) -> Floats:
    """Poisson bunches of geometric size with the given mean."""
    bunches = rng.poisson(mean / bunch)
    more = rng.negative_binomial(np.maximum(bunches, 1), min(1 / bunch, 1.0))
    counts = np.where(bunches > 0, bunches + more, 0).astype(float)
    if longer:
        moved = rng.binomial(counts.astype(int), longer / 2)
        counts -= moved
        counts[1:] += moved[:-1]
    return counts


def views(world: World, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Inquiries and views by product."""
    seen = np.round(600 * np.exp(rng.normal(0, 1, world.products))) + 1
    rate = 0.02 * (rng.gamma(1 / world.spread, world.spread, world.products) if world.spread else 1.0)
    return rng.poisson(rate * seen).astype(float), seen


def clicks(world: World, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Orders and clicks by search term and month (12); all terms convert alike."""
    size = 40 * np.exp(rng.normal(0, 1.5, world.terms)) + 1
    paid = rng.poisson(np.tile(size[:, None] / 12, (1, 12))).astype(float)
    return bunched(0.03 * paid, world.ad_bunch, rng), paid


@dataclass(frozen=True)
class Outcome:
    """What was reported of one ledger: tests made, reported ones, and which of them were planted."""

    tests: int
    reported: int
    planted_found: int
    planted: int


def judged(
    n: Floats, seen: tuple[Floats, Floats], paid: tuple[Floats, Floats], planted: set[Any], rate: float
) -> Outcome:
    """Make all tests of a ledger and say what is reported."""
    marks: list[Any] = []
    p: list[float] = []
    for change in share_changes(n, rate=rate):
        marks.append(("market", change.part))
        p.append(change.p_value)
    by_term = paid[0].sum(axis=1), paid[1].sum(axis=1)
    scatter = dispersion_over(*paid)
    for what, (k, e), tail in (
        ("product", seen, low_among),
        ("term", by_term, partial(low_against_rest, dispersion=scatter)),
    ):
        if not len(k) or (what == "product" and len(k) <= FEWEST_OTHERS):
            continue
        expected = expected_at_others(k, e)
        values = np.where(k <= AT_MOST * expected, tail(k, e), 1.0)
        for j in np.nonzero(expected >= FEWEST_EXPECTED)[0]:
            marks.append((what, int(j)))
            p.append(float(values[j]))
    found = {mark for mark, told in zip(marks, discover(p, rate=rate).found, strict=True) if told}
    return Outcome(len(p), len(found), len(found & planted), len(planted))


def ledger(
    world: World,
    rng: np.random.Generator,
    *,
    plant: str | None = None,
    factor: float = 1.0,
    rate: float = 0.1,
) -> Outcome:
    """Simulate one ledger, plant one change if asked to, and judge it."""
    n, seen, paid = buyings(world, rng), views(world, rng), clicks(world, rng)
    planted: set[Any] = set()
    if plant == "market":
        target = int(np.argsort(n.sum(axis=0))[-min(3, world.markets)])
        late = n[-3:, target]
        n[-3:, target] = rng.poisson(late * factor) if factor > 1 else rng.binomial(late.astype(int), factor)
        planted = {("market", target)}
    elif plant == "product":
        target = int(np.argsort(seen[1])[-3])
        seen[0][target] = rng.poisson(0.02 * factor * seen[1][target])
        planted = {("product", target)}
    elif plant == "term":
        target = int(np.argsort(paid[1].sum(axis=1))[-3])
        paid[0][target] = bunched(0.03 * factor * paid[1][target], world.ad_bunch, rng)
        planted = {("term", target)}
    return judged(n, seen, paid, planted, rate)


def alarms(
    ledgers: int, seed: int, make: Callable[[np.random.Generator], World], *, rate: float = 0.1
) -> tuple[int, float]:
    """Return in how many noise ledgers anything was reported, and the mean number of tests."""
    rng = np.random.default_rng(seed)
    outcomes = [ledger(make(rng), rng, rate=rate) for _ in range(ledgers)]
    return sum(outcome.reported > 0 for outcome in outcomes), float(np.mean([o.tests for o in outcomes]))


def power(ledgers: int, seed: int, plant: str, factor: float, world: World) -> tuple[float, float]:
    """Return the share of ledgers whose planted change is found, and the mean share of false ones."""
    rng = np.random.default_rng(seed)
    outcomes = [ledger(world, rng, plant=plant, factor=factor) for _ in range(ledgers)]
    false = [(o.reported - o.planted_found) / max(o.reported, 1) for o in outcomes]
    return float(np.mean([o.planted_found for o in outcomes])), float(np.mean(false))


#: Worlds harder than those drawn, told apart.
HARD: dict[str, Callable[[np.random.Generator], World]] = {
    "independent buyers, no season": lambda _: World(bunch=1.01, season=0, wander=0),
    "bunches of eight": lambda _: World(bunch=8),
    "one market of nine tenths": lambda _: World(skew=3.0),
    "months that wander widely": lambda _: World(wander=0.6),
    "own seasons, amplitude 0.7": lambda _: World(own_season=0.7),
    "bunches of six that last two months": lambda _: World(bunch=6, long_bunches=1.0),
    "advertised orders in bunches of four": lambda _: World(ad_bunch=4, terms=120, products=0),
    "three markets": lambda _: World(markets=3),
    "sixty markets": lambda _: World(markets=60, total=1000),
}


#: Buyers who come by themselves, months alike but for the season.
CALM = World(bunch=1.2, wander=0.01, season=0.3, spread=0.05)

PLANTED = (
    ("market", 1.5, "third market at 1.5 times"),
    ("market", 2.0, "at twice"),
    ("market", 3.0, "at three times"),
    ("market", 0.5, "at half"),
    ("market", 0.2, "at a fifth"),
    ("product", 0.3, "a product at 0.3 of the rate"),
    ("product", 0.1, "at 0.1"),
    ("term", 0.3, "a search term at 0.3 of the rate"),
    ("term", 0.0, "without any order"),
)


def upper(count: int, of: int) -> float:
    """Return the upper 95 % limit of a share (Clopper and Pearson)."""
    from scipy import stats

    return float(stats.beta.ppf(0.95, count + 1, of - count)) if count < of else 1.0


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--ledgers", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    start = time.perf_counter()
    print(
        "| noise | rate asked | ledgers | tests each | with an alarm | upper 95 % limit |\n|---|---:|---:|---:|---:|---:|"
    )
    for rate in (0.1, 0.05, 0.2):
        count, tests = alarms(said.ledgers, said.seed, drawn, rate=rate)
        print(
            f"| worlds drawn at random | {rate} | {said.ledgers} | {tests:.0f} | {count / said.ledgers:.3f} | {upper(count, said.ledgers):.3f} |",
            flush=True,
        )
    few = max(said.ledgers * 2 // 5, 20)
    for name, make in HARD.items():
        count, tests = alarms(few, said.seed, make)
        print(
            f"| {name} | 0.1 | {few} | {tests:.0f} | {count / few:.3f} | {upper(count, few):.3f} |",
            flush=True,
        )
    print("\n| planted | found, calm | false | found, bunched | false |\n|---|---:|---:|---:|---:|")
    few = max(said.ledgers // 5, 20)
    for plant, factor, words in PLANTED:
        cells = []
        for world in (CALM, World()):
            cells += [f"{value:.2f}" for value in power(few, said.seed, plant, factor, world)]
        print(f"| {words} | {' | '.join(cells)} |", flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s. Calm: {CALM}. Bunched: {World()}.")


if __name__ == "__main__":
    main()
