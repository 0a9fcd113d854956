"""Collective delivery of sixty members' 300 shipments, beside first fit decreasing and beside everyone alone.

``python benchmarks/delivery.py`` prints seconds, cost, bound and gap, for eight destinations and for one. The goals: 30
seconds, a gap below 2 %. Shipments are made from a seed: weights lognormal around 90 kg, 120 to 500 kg a cubic metre,
windows of one to nine days within a month; a parcel, a groupage, an LCL and a container rate to each destination.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from decimal import Decimal

from fondaco.network.delivery import Rate, Shipment, deliver
from fondaco.network.delivery.grouping import first_fit_decreasing
from fondaco.network.delivery.lots import lot_of

MEMBERS, SHIPMENTS = 60, 300
GOAL_SECONDS, GOAL_GAP = 30.0, 0.02


def shipments(places: int, seed: int) -> list[Shipment]:
    """Return made shipments to so many destinations."""
    draw, made = random.Random(seed), []
    for number in range(SHIPMENTS):
        first = date(2026, 12, 1) + timedelta(days=draw.randrange(30))
        weight = round(draw.lognormvariate(4.5, 1), 1)
        made.append(
            Shipment(
                f"m{draw.randrange(MEMBERS)}", f"s{number}", f"D{draw.randrange(places)}", first,
                first + timedelta(days=draw.randrange(1, 10)), Decimal(str(weight)),
                Decimal(str(round(weight / draw.uniform(120, 500), 3))), draw.choice(["ambient", "ambient", "chilled"]),
            )
        )  # fmt: skip
    return made


def rates(places: int) -> list[Rate]:
    """Return four rates to each destination."""
    return [
        rate
        for place in range(places)
        for rate in (
            Rate(f"D{place}", "parcel", per_kg=Decimal("4.2"), minimum=Decimal(18), capacity_kg=Decimal(70)),
            Rate(f"D{place}", "groupage", per_kg=Decimal("0.9"), minimum=Decimal(70), fixed=Decimal(20)),
            Rate(
                f"D{place}",
                "lcl",
                per_wm=Decimal(95),
                minimum=Decimal(95),
                fixed=Decimal(60),
                classes=("ambient",),
            ),
            Rate(
                f"D{place}", "fcl", fixed=Decimal(1450), capacity_m3=Decimal(28), capacity_kg=Decimal(21000)
            ),
        )
    ]


def main() -> None:
    """Print one line for each case."""
    for places in (8, 1):
        made, known = shipments(places, 1), rates(places)
        start = time.perf_counter()
        found = deliver(made, known)
        took = time.perf_counter() - start
        start, clerk = time.perf_counter(), 0.0
        for place in range(places):
            lot = lot_of([each for each in made if each.destination == f"D{place}"], known)
            clerk += sum(lot.cheapest(each)[0] for each in first_fit_decreasing(lot)) / 100
        by_hand = time.perf_counter() - start
        print(
            f"{places} destinations: {took:.1f} s (goal {GOAL_SECONDS:.0f}), cost {found.cost:,} (bound {found.bound:,}, gap "
            f"{found.gap:.3%}, goal {GOAL_GAP:.0%}); first fit decreasing {clerk:,.2f} in {by_hand:.1f} s, "
            f"{clerk / float(found.cost):.3f} times; everyone alone {found.alone:,}, {found.alone / found.cost:.3f} times; "
            f"{len(found.groups)} groups, largest standard error of a share {max(s.error for s in found.shares)}"
        )


if __name__ == "__main__":
    main()
