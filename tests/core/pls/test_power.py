"""Simulated studies: shares that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fondaco import pls
from fondaco.pls.population import population
from fondaco.pls.power import power

pytestmark = pytest.mark.requirement("R12")

FACTORS = """
X =~ 0.8*x1 + 0.7*x2   # two questions
M =~ 0.9*m1
   + 0.6*m2
Y =~ 0.8*y1 + 0.8*y2
M ~ 0.5*X; Y ~ 0.4*M - 0.2*X
"""


def test_regression_weights_reach_a_composites_path_in_the_population():
    known = population(
        "C <~ 3*c1 + 1*c2; D <~ 1*d1 + 1*d2; Y =~ y; Y ~ 0.3*C + 0.4*D; C ~~ 0.25*D", within=0.5
    )
    found = power(known, [3000], repetitions=2, resamples=20).of(3000, "path", "C", "Y")
    assert found.limit == pytest.approx(0.3)  # Mode B is consistent for composites


def test_consistent_pls_has_the_populations_paths_as_its_limit_and_plain_pls_has_not():
    consistent = power(FACTORS, [60], repetitions=4, resamples=10, consistent=True)
    plain = power(FACTORS, [60], repetitions=4, resamples=10)
    assert consistent.of(60, "path", "X", "M").limit == pytest.approx(0.5)
    assert plain.of(60, "path", "X", "M").limit < 0.45


def test_where_the_population_has_no_limit_nothing_covers_it():
    found = power("X =~ 0.8*x1 + 0.8*x2; Y =~ 0.8*y1 + 0.8*y2; Y ~ 0*X", [60], repetitions=10, resamples=50)
    one = found.of(60, "path", "X", "Y")  # weights of constructs that correlate with nothing are any
    assert np.isnan(one.limit) and np.isnan(one.coverage_of_limit)
    assert one.value == 0 and one.coverage > 0.5


def test_power_of_one_path_between_single_items_is_that_of_a_correlation():
    study = power("X =~ x; Y =~ y; Y ~ 0.3*X", [60], repetitions=400, resamples=300, seed=3)
    z = np.arctanh(0.3) * np.sqrt(57)
    expected = stats.norm.sf(1.96 - z)
    found = study.of(60, "path", "X", "Y")
    assert found.power == pytest.approx(expected, abs=0.09)
    assert found.coverage == pytest.approx(0.94, abs=0.04)
    assert found.mean == pytest.approx(0.3, abs=0.03)


def test_kinds_of_mediation_add_up_and_follow_the_population():
    text = "X =~ x; M =~ m; Y =~ y; M ~ 0.6*X; Y ~ 0.6*M + 0*X"
    [held] = power(text, [100], repetitions=150, resamples=200).mediation
    shares = (held.full, held.complementary, held.competitive, held.direct_only, held.none)
    assert sum(shares) == pytest.approx(1)
    assert held.full > 0.85
    [other] = power(text.replace("0*X", "0.3*X"), [100], repetitions=150, resamples=200).mediation
    assert other.complementary > other.full


def test_more_cases_never_hurt_and_the_least_size_is_found():
    study = power("X =~ x; Y =~ y; Y ~ 0.4*X", [20, 40, 120], repetitions=150, resamples=150)
    shares = [study.of(n, "path", "X", "Y").power for n in study.sizes]
    assert shares == sorted(shares)
    assert study.least("path", "X", "Y") in {40, 120}
    assert study.least("path", "X", "Y", power=1.01) is None


def test_same_seed_with_any_number_of_threads():
    one, two = (power(FACTORS, [50], repetitions=6, resamples=70, threads=k) for k in (1, 3))
    assert one.effects == two.effects


@pytest.mark.parametrize(
    "options", [{"sizes": [2]}, {"sizes": []}, {"repetitions": 1}, {"resamples": 1}, {"level": 2}]
)
def test_studies_that_cannot_be_are_refused(options):
    with pytest.raises(pls.PlsError):
        power("X =~ x; Y =~ y; Y ~ 0.3*X", **options)
