"""Are the ranges of expectations right?  Simulated firms, whose courses are played month by month by other code.

``python benchmarks/expectations.py`` draws 2,000 firms of a network whose rates differ as the model says that they do,
tells each one's ranges from what a firm would know, lets its subscription happen, and counts how often the ranges hold
it.  Figures that are counts are compared by their randomised place among the simulated courses (Czado, Gneiting and Held
2009, Biometrics 65): a range of whole numbers cannot hold just 50 %.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from fondaco.readiness.expectations import STEPS, Asked, Counted, courses_of, settings

FIRMS, DRAWS, MONTHS = 2000, 1500, 24
#: Mean rates of the network's firms: of requests that are quoted, quotations that bring an order, buyers who come again.
MEANS = {"rfq_quotation": 0.7, "quotation_order": 0.12, "order_repeat": 0.35}
MEASURES = ("rfqs", "first_orders", "lasting_ties", "orders", "months_to_first_order", "months_to_lasting_tie", "money_in")  # fmt: skip


@dataclass(frozen=True)
class Firm:
    """A firm: what it knows, and its true rates."""

    asked: Asked
    rfqs: float
    rates: dict[str, float]
    delays: tuple[float, float]


def firm_of(rng: np.random.Generator) -> Firm:
    """Draw a firm; every second one has a year of its own behind it."""
    size, spread = settings()["pooled"]["size"], settings()["delay"]["spread"]
    rates = {step: rng.beta(mean * size, (1 - mean) * size) for step, mean in MEANS.items()}
    pooled = {step: Counted(round(mean * 4000), 4000) for step, mean in MEANS.items()}
    stated = rng.choice([1.0, 4.0, 15.0])
    rfqs = rng.gamma(4, stated / 4)
    own: dict[str, Counted] = {}
    if rng.random() < 0.5:
        trials = 12
        for step in STEPS[1:]:
            own[step] = Counted(int(rng.binomial(trials, rates[step])), trials)
    delays = tuple(mean * np.exp(rng.normal(0, spread)) for mean in (3.0, 6.0))
    asked = Asked(
        months=MONTHS, rfqs_a_month=stated, pooled=pooled, own=own, first_order_months=3, next_order_months=6,
        average_order=1000, margin=0.3,
    )  # fmt: skip
    return Firm(asked, rfqs, rates, (delays[0], delays[1]))


def live(firm: Firm, rng: np.random.Generator) -> dict[str, float]:
    """Play a firm's subscription, request by request; for the months until an order it goes on for ten years."""
    seen = dict.fromkeys(MEASURES, 0.0)
    first_at = tie_at = float("inf")
    moment = 0.0
    while (moment := moment + rng.exponential(1 / firm.rfqs)) < 120:
        if moment > MONTHS and tie_at <= MONTHS:
            break
        seen["rfqs"] += moment <= MONTHS
        if rng.random() > firm.rates["rfq_quotation"] or rng.random() > firm.rates["quotation_order"]:
            continue
        ordered = moment + rng.exponential(firm.delays[0])
        first_at = min(first_at, ordered)
        if ordered <= MONTHS:
            seen["first_orders"] += 1
            _order(seen, rng)
        if rng.random() > firm.rates["order_repeat"]:
            continue
        again = ordered + rng.exponential(firm.delays[1])
        tie_at = min(tie_at, again)
        seen["lasting_ties"] += again <= MONTHS
        while again <= MONTHS:
            _order(seen, rng)
            again += rng.exponential(firm.delays[1])
    seen["months_to_first_order"], seen["months_to_lasting_tie"] = first_at, tie_at
    return seen


def _order(seen: dict[str, float], rng: np.random.Generator) -> None:
    seen["orders"] += 1
    seen["money_in"] += 0.3 * rng.gamma(2, 500)


def places(firms: int, seed: int = 20261130) -> dict[str, list[float]]:
    """Return for each measure the place of what happened among the simulated courses, one for each firm."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for n in range(firms):
        firm = firm_of(rng)
        courses = courses_of(firm.asked, seed=n, draws=DRAWS)
        happened = live(firm, rng)
        for name in MEASURES:
            below, same = np.mean(courses[name] < happened[name]), np.mean(courses[name] == happened[name])
            found[name].append(float(below + rng.random() * same))
    return found


def covered(place: list[float], level: float) -> float:
    """Return the share of places within the middle range of a level."""
    tail = (1 - level) / 2
    return float(np.mean([(tail <= each <= 1 - tail) for each in place]))


def main() -> int:
    """Print coverage, and fail beyond three points."""
    found = places(int(sys.argv[1]) if len(sys.argv) > 1 else FIRMS)
    worst = 0.0
    print(f"{'measure':24} {'50 %':>7} {'90 %':>7}")
    for name, place in found.items():
        half, wide = covered(place, 0.5), covered(place, 0.9)
        worst = max(worst, abs(half - 0.5), abs(wide - 0.9))
        print(f"{name:24} {half:7.1%} {wide:7.1%}")
    print(f"farthest from its level: {100 * worst:.1f} points")
    return int(worst > 0.03)


if __name__ == "__main__":
    sys.exit(main())
