"""The copula check: least squares by hand, endogeneity found where it is, and doubts said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fondaco import pls
from fondaco.pls.copula import copula_check, normal_scores

pytestmark = pytest.mark.requirement("R12")

SINGLE = "X =~ x; Z =~ z; Y =~ y; Y ~ X + Z"


def survey(n=600, entangled=0.0, seed=2):
    """X is skewed; its normal score correlates with the error of Y by `entangled` (Park and Gupta 2012)."""
    rng = np.random.default_rng(seed)
    pair = rng.multivariate_normal([0, 0], [[1, entangled], [entangled, 1]], n)
    x = stats.gamma.ppf(stats.norm.cdf(pair[:, 0]), 1.0)
    z = rng.uniform(size=n)
    return {"x": x, "z": z, "y": 0.5 * x + 0.5 * z + pair[:, 1]}


def test_coefficients_are_least_squares_on_normal_scores():
    data = survey()
    found = copula_check(pls.fit(SINGLE, data), resamples=20)
    x, z, y = ((data[k] - data[k].mean()) / data[k].std(ddof=1) for k in "xzy")
    ranked = stats.norm.ppf(stats.rankdata(x) / 601)
    b = np.linalg.lstsq(np.column_stack([np.ones(600), x, z, ranked]), y, rcond=None)[0]
    assert found.of("Y", "X").copula == pytest.approx(b[3])
    assert found.of("Y", "X").corrected == pytest.approx(b[1])
    assert [one.predictors for one in found.terms] == [("X",), ("Z",), ("X", "Z"), ("X", "Z")]


def test_endogeneity_is_found_and_the_path_corrected():
    data = survey(n=2000, entangled=0.6)
    fitted = pls.fit(SINGLE, data)
    found = copula_check(fitted, together=False, resamples=100).of("Y", "X")
    true = 0.5 * np.std(data["x"]) / np.std(data["y"])
    assert found.endogenous is True
    assert abs(found.corrected - true) < abs(found.path - true) / 2


def test_an_independent_predictor_is_seldom_accused():
    accused = [
        copula_check(pls.fit(SINGLE, survey(n=400, seed=k)), together=False, resamples=60)
        .of("Y", "X")
        .endogenous
        for k in range(12)
    ]
    assert np.mean(accused) <= 0.25


def test_a_normal_predictor_few_cases_and_few_values_are_doubted():
    rng = np.random.default_rng(0)
    data = {"x": rng.normal(size=100), "z": rng.integers(1, 5, 100).astype(float), "y": rng.normal(size=100)}
    found = copula_check(pls.fit(SINGLE, data), together=False, resamples=50)
    assert found.of("Y", "X").endogenous is None
    assert "normal" in found.of("Y", "X").why
    assert "4 values" in found.of("Y", "Z").why
    assert "few for this check" in found.of("Y", "Z").why


def test_equal_values_share_the_highest_rank():
    assert normal_scores(np.array([1.0, 1.0, 5.0])[None, :, None]).ravel() == pytest.approx(
        stats.norm.ppf([2 / 4, 2 / 4, 3 / 4])
    )


def test_measured_constructs_are_weighted_anew_in_each_resample():
    rng = np.random.default_rng(3)
    x = rng.exponential(size=400)
    data = {f"x{i}": x + 0.5 * rng.normal(size=400) for i in (1, 2, 3)} | {"y": x + rng.normal(size=400)}
    found = copula_check(pls.fit("X =~ x1 + x2 + x3; Y =~ y; Y ~ X", data), resamples=100)
    assert found.usable == 100
    assert found.terms[0].low < found.terms[0].copula < found.terms[0].high


@pytest.mark.parametrize(
    ("text", "outcomes", "says"), [(SINGLE, ["X"], "Nothing points"), (SINGLE + " + X:Z", None, "products")]
)
def test_what_cannot_be_checked_is_said(text, outcomes, says):
    with pytest.raises(pls.PlsError, match=says):
        copula_check(pls.fit(text, survey()), outcomes)
