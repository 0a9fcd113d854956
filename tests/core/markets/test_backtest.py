"""The posterior has to earn its place: on a real wholesaler's orders it must beat what one would do without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.backtest_posterior import AHEAD, TRAINED, Case, compare, judge, posterior, read, rivals


@pytest.mark.slow
def test_it_predicts_a_real_wholesalers_orders_better_than_its_rivals(shared: Path, tmp_path: Path) -> None:
    case = read(shared / "data", tmp_path)
    found = compare(case, TRAINED, case.bought)
    log, crps, printed, _ = found["posterior"].mean(axis=0)
    for name in rivals(case, TRAINED):
        assert log < found[name].mean(axis=0)[0], name
        assert crps < found[name].mean(axis=0)[1], name
    assert 0.75 <= printed <= 0.85


MARKETS = (
    "AUS",
    "AUT",
    "BEL",
    "BRA",
    "CAN",
    "CHE",
    "DEU",
    "ESP",
    "FRA",
    "IND",
    "JPN",
    "KOR",
    "NLD",
    "SWE",
    "USA",
)


def made(seed: int) -> Case:
    """Return a firm whose few orders follow trade, more or less, from market to market and month to month."""
    rng = np.random.default_rng(seed)
    flow = rng.lognormal(3, 1, len(MARKETS))
    rate = flow / flow.mean() * 0.8 * rng.gamma(1.5, 1 / 1.5, len(MARKETS))
    months = rng.gamma(12, 1 / 12, (len(MARKETS), 12))
    orders = rng.poisson(rate[:, None] * months).astype(float)
    return Case(MARKETS, orders, flow, np.ones(len(MARKETS), dtype=bool))


def test_on_small_made_firms_it_beats_what_knows_one_source_alone() -> None:
    log: dict[str, list[float]] = {}
    for case in map(made, range(24)):
        actual = case.orders[:, TRAINED : TRAINED + AHEAD]
        found = posterior(case, TRAINED)
        predicted = {"posterior": [found.predict(h) for h in range(1, AHEAD + 1)]}
        predicted |= {name: [held] * AHEAD for name, held in rivals(case, TRAINED).items()}
        for name, held in predicted.items():
            log.setdefault(name, []).append(judge(held, actual, case.bought)[:, 0].mean())
    mean = {name: np.mean(scores) for name, scores in log.items()}
    for name in (
        "raw average, Poisson",
        "global mean, negative binomial",
        "trade potential alone, negative binomial",
    ):
        assert mean["posterior"] < mean[name], name
    # With a hundred orders in all, fitting the tide costs what shrinking gains.
    assert mean["posterior"] < mean["raw average, negative binomial"] + 0.005
