"""Simulated studies: populations by hand, and shares that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fondaco import pls
from fondaco.pls.power import population, power

pytestmark = pytest.mark.requirement("R12")

FACTORS = """
X =~ 0.8*x1 + 0.7*x2   # two questions
M =~ 0.9*m1
   + 0.6*m2
Y =~ 0.8*y1 + 0.8*y2
M ~ 0.5*X; Y ~ 0.4*M - 0.2*X
"""


def test_population_of_common_factors_by_hand():
    known = population(FACTORS)
    x_m = 0.5
    x_y, m_y = -0.2 + 0.4 * 0.5, 0.4 - 0.2 * 0.5
    R = dict(zip(known.plan.indicators, known.correlations, strict=True))
    place = {name: i for i, name in enumerate(known.plan.indicators)}
    assert R["x1"][place["x2"]] == pytest.approx(0.8 * 0.7)
    assert R["x1"][place["m2"]] == pytest.approx(0.8 * x_m * 0.6)
    assert R["m1"][place["y1"]] == pytest.approx(0.9 * m_y * 0.8)
    assert R["x2"][place["y2"]] == pytest.approx(0.7 * x_y * 0.8, abs=1e-12)
    assert known.value("indirect", "X", "Y", ("M",)) == pytest.approx(0.2)
    assert known.value("total", "X", "Y") == pytest.approx(0.0)


def test_negative_paths_may_be_subtracted():
    known = population("X =~ x; Z =~ z; Y =~ y; Y ~ -0.3*X - .2*Z")
    assert (known.value("path", "X", "Y"), known.value("path", "Z", "Y")) == (-0.3, -0.2)


def test_composites_have_their_weights_and_correlations():
    known = population(
        "C <~ 3*c1 + 1*c2; D <~ 1*d1 + 1*d2; Y =~ y; Y ~ 0.3*C + 0.4*D; C ~~ 0.25*D", within=0.5
    )
    R = known.correlations
    c = np.array([3, 1]) / np.sqrt(np.array([3, 1]) @ [[1, 0.5], [0.5, 1]] @ np.array([3, 1]))
    d = np.array([1, 1]) / np.sqrt(3)
    assert c @ R[:2, 2:4] @ d == pytest.approx(0.25)
    assert c @ R[:2, 4] == pytest.approx(0.3 + 0.4 * 0.25)
    fitted_in_population = power(known, [3000], repetitions=2, resamples=20).of(3000, "path", "C", "Y")
    assert fitted_in_population.limit == pytest.approx(0.3)  # Mode B is consistent for composites


def test_consistent_pls_has_the_populations_paths_as_its_limit_and_plain_pls_has_not():
    consistent = power(FACTORS, [60], repetitions=4, resamples=10, consistent=True)
    plain = power(FACTORS, [60], repetitions=4, resamples=10)
    assert consistent.of(60, "path", "X", "M").limit == pytest.approx(0.5)
    assert plain.of(60, "path", "X", "M").limit < 0.45


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
    ("text", "says"),
    [
        ("X =~ x; Y =~ y; Y ~ X", "has no value"),
        ("X =~ x1 + 0.8*x2; Y =~ y; Y ~ 0.3*X", "has no value"),
        ("X =~ x; Y =~ y; Y ~ 1.1*X", "cannot reach 1"),
        ("X =~ 1.2*x1 + 0.8*x2; Y =~ y; Y ~ 0.3*X", "between -1 and 1"),
        ("X =~ x; Y =~ y; Y ~ 0.3*X; X ~~ 0.2*Y", "nothing points to"),
        ("X =~ x; Z =~ z; Y =~ y; Y ~ 0.3*X + 0.2*Z + X:Z", "no products"),
    ],
)
def test_what_is_no_population_is_said(text, says):
    with pytest.raises(pls.PlsError, match=says):
        population(text)


@pytest.mark.parametrize(
    "options", [{"sizes": [2]}, {"sizes": []}, {"repetitions": 1}, {"resamples": 1}, {"level": 2}]
)
def test_studies_that_cannot_be_are_refused(options):
    with pytest.raises(pls.PlsError):
        power("X =~ x; Y =~ y; Y ~ 0.3*X", **options)
