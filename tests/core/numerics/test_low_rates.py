"""Too little for what it was shown or paid for: exact tails, and noise."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.numerics import low_rates as module
from fondaco.numerics.low_rates import dispersion_over, expected_at_others, low_against_rest, low_among

counts = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5000)), min_size=2, max_size=12)


@given(counts)
def test_against_the_rest_it_is_the_binomial_tail(rows: list[tuple[int, int]]) -> None:
    k, e = np.array(rows).T
    found = low_against_rest(k, e)
    for j in range(len(k)):
        if k.sum() > k[j]:
            assert found[j] == pytest.approx(stats.binom.cdf(k[j], k.sum(), e[j] / e.sum()))
        else:
            assert found[j] == 1.0  # nothing to compare it with


@given(counts)
def test_bunches_make_it_less_sure(rows: list[tuple[int, int]]) -> None:
    k, e = np.array(rows).T
    low = k / e < k.sum() / e.sum() / 2
    assert (low_against_rest(k, e, dispersion=3.0)[low] >= low_against_rest(k, e)[low] - 1e-9).all()


def test_dispersion_is_one_for_independent_events_and_the_bunch_for_bunched_ones() -> None:
    rng = np.random.default_rng(8)
    exposed = np.full((200, 12), 50.0)
    single = rng.poisson(0.02 * exposed)
    assert dispersion_over(single, exposed) == pytest.approx(1.0, abs=0.1)
    assert dispersion_over(4 * rng.poisson(0.005 * exposed), exposed) == pytest.approx(4.0, rel=0.15)
    assert dispersion_over(np.zeros((3, 12)), np.ones((3, 12))) == 1.0  # nothing to judge it by
    assert dispersion_over([[0, 9]], [[1, 1]]) == 1.0


def test_what_others_would_have_brought() -> None:
    assert expected_at_others([0, 10], [100, 200]).tolist() == [5.0, 0.0]
    assert expected_at_others([3], [100]).tolist() == [0.0]


def test_where_things_of_a_kind_differ_widely_a_low_one_is_no_news() -> None:
    seen = [1000] * 8
    alike, unlike = [20, 22, 18, 21, 19, 20, 23, 4], [2, 60, 5, 40, 1, 22, 30, 4]
    assert low_among(alike, seen)[-1] < 0.01
    assert low_among(unlike, seen)[-1] > 0.1


def test_few_others_say_nothing() -> None:
    assert low_among([0, 10, 10, 10, 10], [500] * 5).tolist() == [1.0] * 5
    assert low_among([0] * 9, [500] * 9).tolist() == [1.0] * 9
    assert low_among([1] * 9, [0] * 9).tolist() == [1.0] * 9


def test_of_noise_p_is_small_no_more_often_than_it_says() -> None:
    rng = np.random.default_rng(3)
    p = []
    for _ in range(60):
        seen = np.round(800 * np.exp(rng.normal(0, 0.8, 12))) + 1
        asked = rng.poisson(0.02 * rng.gamma(4, 0.25, 12) * seen)
        p += low_among(asked, seen).tolist()
    assert np.mean(np.array(p) < 0.05) <= 0.05


def test_its_examples_run() -> None:
    assert doctest.testmod(module).failed == 0
