"""The false discovery rate, against published numbers, statsmodels and simulation."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from fondaco.numerics import discoveries as module
from fondaco.numerics.discoveries import discover, q_values

#: Benjamini and Hochberg (1995), section 4.1: fifteen comparisons of two treatments of the heart.
#: At 0.05 Bonferroni reports three, their procedure four.
HEART = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip

some_p = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_it_reports_the_four_of_the_paper() -> None:
    found = discover(HEART, rate=0.05)
    assert found.found == (True,) * 4 + (False,) * 11
    assert found.looked_at == 15
    assert q_values(HEART)[3] == pytest.approx(15 * 0.0095 / 4)  # the fourth: 0.0356


@given(some_p)
def test_it_agrees_with_statsmodels(p: list[float]) -> None:
    assert q_values(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert q_values(p, dependence="any") == pytest.approx(multipletests(p, method="fdr_by")[1])


@given(some_p)
def test_no_test_gains_by_being_one_of_many(p: list[float]) -> None:
    q = q_values(p)
    assert (q >= np.array(p) - 1e-12).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= 0).all()


def test_of_nothing_it_reports_something_as_seldom_as_said() -> None:
    rng = np.random.default_rng(5)
    alarms = [any(discover(rng.uniform(size=30).tolist(), rate=0.1).found) for _ in range(4000)]
    assert np.mean(alarms) == pytest.approx(0.1, abs=0.015)  # three standard errors


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        q_values([0.2, float("nan")])
    with pytest.raises(ValueError, match="rate"):
        discover([0.2], rate=1.5)


def test_its_examples_run() -> None:
    assert doctest.testmod(module).failed == 0
