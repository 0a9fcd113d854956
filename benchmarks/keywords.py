"""How often is a keyword rightly kept or stopped?  Made-up advertising with known conversion rates.

    python benchmarks/keywords.py [--seed 7] [--rounds 20]

Each round makes the terms of two platforms and five markets: true rates from a beta distribution, clicks by a long-
tailed distribution (most terms see a handful), orders and order values by chance.  A term should be kept where the
true contribution of a click is above its cost.  Compared: raw rates (kept if it paid so far), the shrunken rates at
even odds, and the rule's keep, stop and test.  Prints shares of right decisions, and what a thousand further clicks
of the same mix bring under each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from fondaco.strategy.promotion.ads import Advertising, TermSum
from fondaco.strategy.promotion.keywords import Keywords, judge, raw_verdict

LEFT = Decimal("0.35")
MARKETS = ("DEU", "FRA", "GBR", "KOR", "USA")


@dataclass(frozen=True)
class Made:
    """Terms with the true contribution of a click, its cost taken off."""

    seen: Advertising
    truth: Mapping[tuple[str, str | None, str], float]


def make(rng: np.random.Generator, *, terms: int = 60, cost: float = 0.3) -> Made:
    """Return advertising with `terms` terms in each of ten places."""
    sums: list[TermSum] = []
    truth: dict[tuple[str, str | None, str], float] = {}
    for platform in ("amazon", "alibaba"):
        for market in MARKETS:
            base = float(np.exp(rng.normal(np.log(0.025), 0.5)))
            size = float(rng.uniform(15, 80))
            mean_value = float(np.exp(rng.normal(np.log(35), 0.2)))
            for number in range(terms):
                rate = rng.beta(base * size, (1 - base) * size)
                clicks = int(rng.negative_binomial(0.5, 0.5 / (0.5 + 40)))
                if clicks == 0:
                    continue
                value = mean_value * float(np.exp(rng.normal(0, 0.25)))
                click_cost = cost * float(np.exp(rng.normal(0, 0.3)))
                orders = int(rng.binomial(clicks, rate))
                sales = rng.gamma(4, value / 4, orders)
                term = f"term {number}"
                sums.append(
                    TermSum(
                        platform, market, term, True, clicks, Decimal(str(round(clicks * click_cost, 2))), orders,
                        Decimal(str(round(float(sales.sum()), 2))), float((sales**2).sum()),
                    )
                )  # fmt: skip
                truth[platform, market, term] = rate * value * float(LEFT) - click_cost
    return Made(Advertising(tuple(sums)), truth)


@dataclass(frozen=True)
class Result:
    """Shares of right decisions and contribution of a thousand clicks."""

    raw_right: float
    even_right: float
    decided: float
    rule_right: float
    raw_on_decided: float
    stopped_right: float
    raw_stopped_right: float
    all_earn: float
    raw_earn: float
    rule_earn: float
    even_earn: float


def compare(made: Made, found: Keywords) -> Result:
    """Return how the ways of deciding did."""
    true, raw, even, verdicts, weight = [], [], [], [], []
    for k in found.keywords:
        true.append(made.truth[k.seen.platform, k.seen.market, k.seen.term])
        raw.append(raw_verdict(k.seen, float(LEFT)) == "keep")
        even.append((k.pays or 0) > 0.5)
        verdicts.append(k.verdict)
        weight.append(k.seen.clicks)
    gain, raw_keep, even_keep = np.array(true), np.array(raw), np.array(even)
    verdict, clicks = np.array(verdicts), np.array(weight, dtype=float)
    good, decided = gain > 0, verdict != "test"
    stop = verdict == "stop"
    thousand = 1000 * clicks / clicks.sum()
    # Of the terms under test those go on at their size that probably gain; the others get little.
    expected = np.array([k.contribution.estimate or 0.0 for k in found.keywords]) > 0
    return Result(
        float((raw_keep == good).mean()),
        float((even_keep == good).mean()),
        float(decided.mean()),
        float(((verdict == "keep") == good)[decided].mean()),
        float((raw_keep == good)[decided].mean()),
        float((~good)[stop].mean()),
        float((~good)[~raw_keep].mean()),
        float((thousand * gain).sum()),
        float((thousand * gain)[raw_keep].sum()),
        float((thousand * gain)[(verdict == "keep") | ((verdict == "test") & expected)].sum()),
        float((thousand * gain)[even_keep].sum()),
    )


def run(seed: int, rounds: int) -> tuple[Result, float]:
    """Return the means over several rounds, and the seconds of one."""
    rng = np.random.default_rng(seed)
    results, seconds = [], 0.0
    for _ in range(rounds):
        made = make(rng)
        begun = time.perf_counter()
        found = judge(made.seen, left=LEFT)
        seconds += time.perf_counter() - begun
        results.append(compare(made, found))
    means = {name: float(np.mean([getattr(r, name) for r in results])) for name in vars(results[0])}
    return Result(**means), seconds / rounds


def main() -> None:
    """Print the comparison."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--seed", type=int, default=7)
    said.add_argument("--rounds", type=int, default=20)
    asked = said.parse_args()
    result, seconds = run(asked.seed, asked.rounds)
    print(f"seed {asked.seed}, {asked.rounds} rounds of some 550 terms, {seconds:.2f} s each")
    for name, value in vars(result).items():
        print(f"{name:20} {value:9.3f}")


if __name__ == "__main__":
    main()
