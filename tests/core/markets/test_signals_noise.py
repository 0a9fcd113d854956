"""Noise raises an alarm no more often than stated; planted changes are found; and so end to end.

`benchmarks/signals_noise.py` does the same at length and says what its worlds are like.
"""

from __future__ import annotations

import importlib.util
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.core.markets.test_signals import ad, look

_path = Path(__file__).resolve().parents[3] / "benchmarks" / "signals_noise.py"
_spec = importlib.util.spec_from_file_location("signals_noise", _path)
assert _spec is not None
assert _spec.loader is not None
noise = importlib.util.module_from_spec(_spec)
sys.modules["signals_noise"] = noise  # its dataclasses look there for their names
_spec.loader.exec_module(noise)


def at_most(count: int, of: int, rate: float) -> bool:
    """Whether so many alarms are no proof that the rate is exceeded (at one in a thousand)."""
    return float(stats.binom.sf(count - 1, of, rate)) > 0.001


@pytest.mark.requirement("X08")
@pytest.mark.parametrize("rate", [0.1, 0.2])
def test_noise_raises_alarms_no_more_often_than_stated(rate: float) -> None:
    count, tests = noise.alarms(200, 11, noise.drawn, rate=rate)
    assert at_most(count, 200, rate), count
    assert tests > 20  # many things were looked at


@pytest.mark.slow
@pytest.mark.requirement("X08")
def test_a_thousand_ledgers_of_noise() -> None:
    count, _tests = noise.alarms(1000, 12, noise.drawn)
    assert count <= 100


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in noise.HARD if "last two months" not in name])
def test_hard_worlds_of_noise(name: str) -> None:
    count, _tests = noise.alarms(200, 13, noise.HARD[name])
    assert at_most(count, 200, 0.1), count


def test_the_simulation_can_raise_alarms() -> None:
    """A test for independent orders in its place would cry wolf: what is simulated is hard enough."""
    rng = np.random.default_rng(14)
    cried = 0
    for _ in range(60):
        n = noise.buyings(noise.World(bunch=4), rng)
        n = n[:, n.sum(axis=0) >= 10]
        late, all_late = n[-3:].sum(axis=0), n[-3:].sum()
        tail = stats.binom.sf(late - 1, n.sum(axis=0), all_late / n.sum())
        cried += bool(min(tail) < 0.05 / len(tail))
    assert cried > 30


@pytest.mark.parametrize(
    ("plant", "factor", "least"), [("market", 3.0, 0.7), ("market", 0.2, 0.6), ("term", 0.0, 0.8)]
)
def test_planted_changes_are_found(plant: str, factor: float, least: float) -> None:
    found, false = noise.power(40, 15, plant, factor, noise.CALM)
    assert found >= least
    assert false <= 0.15


def rows_of(counts: np.ndarray, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Order lines for counts by month (15) and market, the last month ending on 30 June 2026."""
    markets = ("ITA", "DEU", "KOR", "FRA", "USA", "JPN")
    rows = []
    for month in range(15):
        first = date(2025 + (month + 3) // 12, (month + 3) % 12 + 1, 1)
        for column, market in enumerate(markets[: counts.shape[1]]):
            for n in range(int(counts[month, column])):
                mark = f"{month} {market} {n}"
                day = first + timedelta(days=int(rng.integers(0, 28)))
                rows.append({"platform": "shop", "country": market, "order": mark, "day": day, "value": "9"})
    return [*rows, {**rows[-1], "order": "last", "day": date(2026, 6, 30)}]


def test_end_to_end_noise_is_silent_and_a_change_is_told() -> None:
    rng = np.random.default_rng(16)
    world = noise.World(markets=6, total=150, skew=0.4, bunch=1.5, wander=0.02, terms=30)
    silent = 0
    for _ in range(4):
        k, e = noise.clicks(world, rng)
        ads = [ad(f"term {n}", int(e[n].sum()), int(k[n].sum())) for n in range(len(k))]
        counts = noise.buyings(world, rng)
        silent += look(orders=rows_of(counts, rng), ads=ads).signals == ()
    assert silent >= 3
    counts[-3:, 2] = counts[:-3, 2].mean() * 4
    assert ("market rising", "KOR") in {
        (s.kind, s.market) for s in look(orders=rows_of(counts, rng), ads=ads).signals
    }
