"""How alike names are: precision, recall and F1 of `fondaco.reference.names` by kind of pair, its calibration and its speed.

    .venv/bin/python benchmarks/names.py

Pairs of the labelled data in `../shared/data/name_matching`, and names in seven scripts beside the spelling that
people there use, made for `benchmarks/identity.py`.  Intervals are Wilson's, 0.9.
"""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import polars as pl
from benchmarks.identity import FAMILY, GIVEN

from fondaco.reference.names import score
from fondaco.reference.names.spelled import read

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "name_matching"


def wilson(part: int, whole: int) -> str:
    if not whole:
        return "-"
    z, p = 1.645, part / whole
    middle, half = p + z * z / (2 * whole), z * (p * (1 - p) / whole + z * z / (4 * whole * whole)) ** 0.5
    return (
        f"{p:.3f} [{(middle - half) / (1 + z * z / whole):.3f}, {(middle + half) / (1 + z * z / whole):.3f}]"
    )


def judged(name: str, scored: list[tuple[float, bool]], threshold: float = 0.5) -> None:
    said = [true for value, true in scored if value >= threshold]
    hits, true = sum(said), sum(true for _, true in scored)
    f1 = 2 * hits / max(len(said) + true, 1)
    print(
        f"{name:14} precision {wilson(hits, len(said))}  recall {wilson(hits, true)}  F1 {f1:.3f}  ({true} same, {len(scored) - true} not)"
    )


def firms() -> list[tuple[float, bool]]:
    rows = csv.DictReader((SHARED / "emm_kvk_company_name_pairs.csv").read_text("utf-8").splitlines())
    return [(score(r["gt_name"], r["name"], kind="company"), r["correct"] == "True") for r in rows]


def historical(rng: random.Random, count: int = 5000) -> list[tuple[float, bool]]:
    """Spellings of one person's name with errors, beside names of others, half of whom share the last word."""
    held = (
        pl.read_parquet(SHARED / "splink" / "historical_figures_with_errors_50k.parquet")
        .select("cluster", "full_name")
        .drop_nulls()
    )
    rows = held.rows()
    by, last = dict[str, list[str]](), dict[str, list[tuple[str, str]]]()
    for cluster, name in rows:
        by.setdefault(cluster, []).append(name)
        last.setdefault(name.split()[-1], []).append((cluster, name))
    several = [names for names in by.values() if len(names) > 1]
    found = [(score(*rng.sample(rng.choice(several), 2), kind="person"), True) for _ in range(count)]
    shared = [names for names in last.values() if len({c for c, _ in names}) > 1]
    while len(found) < 2 * count:
        one, other = rng.sample(rng.choice(shared) if len(found) % 2 else rows, 2)
        if one[0] != other[0]:
            found.append((score(one[1], other[1], kind="person"), False))
    return found


def scripts(market: str, rng: random.Random, count: int = 600) -> list[tuple[float, bool]]:
    """A name in its script beside its usual Latin spelling, and beside another's: same family name, or same first."""
    space = "" if market in ("KOR", "CHN", "JPN") else " "
    found = []
    for n in range(count):
        given, family = rng.choice(GIVEN[market]), rng.choice(FAMILY[market])
        written = family[0] + given[0] if space == "" else f"{given[0]} {family[0]}"
        found.append((score(written, f"{given[1]} {family[1]}", kind="person"), True))
        other = (rng.choice(GIVEN[market]), family) if n % 2 else (given, rng.choice(FAMILY[market]))
        if other != (given, family):
            found.append((score(written, f"{other[0][1]} {other[1][1]}", kind="person"), False))
    return found


def main() -> None:
    rng = random.Random(1)
    judged("Dutch firms", firms())
    persons = historical(rng)
    judged("historical", persons)
    everything = list(persons)
    for market in GIVEN:
        held = scripts(market, rng)
        judged(market, held)
        everything += held
    print("score        share that are one")
    for low in (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95):
        high = {0.0: 0.1, 0.1: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 0.8, 0.8: 0.9, 0.9: 0.95, 0.95: 1.01}[low]
        inside = [true for value, true in everything if low <= value < high]
        print(f"{low:.2f} to {min(high, 1):.2f}: {wilson(sum(inside), len(inside))} of {len(inside)}")
    rows = (
        pl.read_parquet(SHARED / "splink" / "historical_figures_with_errors_50k.parquet")["full_name"]
        .drop_nulls()
        .to_list()
    )
    pairs = [(rng.choice(rows), rng.choice(rows)) for _ in range(50_000)]
    read.cache_clear()
    begun = time.process_time()
    for one, other in pairs:
        score(one, other, kind="person")
    print(
        f"{(time.process_time() - begun) / len(pairs) * 1e6:.0f} microseconds a pair, cold, of one processor"
    )


if __name__ == "__main__":
    main()
