"""Numbers with their uncertainty."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fondaco.numerics import Estimate, share, unknown


@pytest.mark.parametrize(("successes", "trials"), [(1, 7), (3, 10), (10, 20), (199, 200)])
def test_shares_have_jeffreys_limits(successes: int, trials: int) -> None:
    # With share = sin(angle) ** 2 Jeffreys' prior is flat in the angle, so the posterior is a plain sum.
    angle = np.linspace(0, math.pi / 2, 200_001)
    weight = np.sin(angle) ** (2 * successes) * np.cos(angle) ** (2 * (trials - successes))
    below = np.cumsum(weight) / weight.sum()
    expected = np.sin(np.interp([0.025, 0.975], below, angle)) ** 2
    found = share(successes, trials, level=0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-4)


def test_none_of_all_starts_at_zero() -> None:
    assert share(0, 7).low == 0.0


def test_all_of_all_reaches_one() -> None:
    assert share(4, 4).high == 1.0


def test_what_is_unknown_says_why_and_nothing_else() -> None:
    assert unknown("Too few.").to_json() == {"estimate": None, "why": "Too few."}
    assert share(0, 0).estimate is None


def test_json_is_rounded() -> None:
    assert Estimate(1 / 3, 0.1, 0.9, 0.9).to_json(3) == {
        "estimate": 0.333,
        "low": 0.1,
        "high": 0.9,
        "level": 0.9,
    }
