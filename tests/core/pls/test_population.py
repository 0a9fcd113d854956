"""Populations with known values, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco import pls
from fondaco.pls.population import population

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
