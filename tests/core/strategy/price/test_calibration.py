"""The promise of the price floor on history: the page of the rule has the whole table, this is a part of it."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import price_floor as bench

from fondaco.numerics.moves import Moves
from fondaco.reference.rates import Rates

pytestmark = pytest.mark.requirement("F59")

RATES = Rates.load(None)
SOME = ("USD", "GBP", "KRW", "TRY")


@pytest.fixture(scope="module")
def runs() -> dict[str, list[bench.Run]]:
    held = [bench.moves_of(RATES, code, reverse=False) for code in SOME]
    return {
        name: [bench.run(each, bench.WAYS[name], 60) for each in held]
        for name in ("floor", "fixed", "normal")
    }


def failed(runs: list[bench.Run]) -> np.ndarray:
    """Share of failures, the mean of currencies, shape (horizons, levels)."""
    return np.asarray(np.mean([each.failed.mean(0) for each in runs], axis=0))


def test_it_fails_about_as_often_as_promised(runs: dict[str, list[bench.Run]]) -> None:
    """Ninety prices in each of four currencies: within the interval of what was promised."""
    low, high = bench.interval(runs["floor"])
    promised = 1 - bench.LEVELS
    assert (low[:, :2] <= promised[:2]).all() and (promised[:2] <= high[:, :2]).all()
    assert (failed(runs["floor"])[:, 2] < 0.03).all()


def test_a_fixed_buffer_does_not(runs: dict[str, list[bench.Run]]) -> None:
    assert (failed(runs["fixed"])[:, 1] > 2 * 0.05).all()
    lira = runs["fixed"][SOME.index("TRY")]
    assert lira.failed[:, 1:].mean() > 0.3


def test_nothing_is_known_of_what_comes_later() -> None:
    """A price set in 2010 is the same whether or not the years after it are known."""
    whole = bench.moves_of(RATES, "USD", reverse=False)
    at = int(np.searchsorted(whole.days, np.datetime64("2010-06-01")))
    then = Moves(whole.days[: at + 1], np.exp(whole.logs[: at + 1]))
    one, other = bench.floor(whole, at), bench.floor(then, at)
    assert one is not None and other is not None
    assert np.allclose(one, other)
