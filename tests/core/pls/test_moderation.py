"""Products: each approach done by hand with plain models and columns, and slopes of a known population."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco import pls
from fondaco.pls.moderation import simple_slopes

pytestmark = pytest.mark.requirement("R12")

PLAIN = """
X =~ x1 + x2 + x3
Z =~ z1 + z2
Y =~ y1 + y2
"""


def survey(n=300, seed=2, missing=0):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    y = 0.4 * x + 0.3 * z + 0.25 * x * z + 0.7 * rng.normal(size=n)
    data = {f"x{i}": x + 0.6 * rng.normal(size=n) for i in (1, 2, 3)}
    data |= {f"z{i}": z + 0.6 * rng.normal(size=n) for i in (1, 2)}
    data |= {f"y{i}": y + 0.5 * rng.normal(size=n) for i in (1, 2)}
    for column in ("x1", "z2", "y1")[:missing]:
        data[column][rng.integers(0, n, 12)] = np.nan
    return data


def standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)


def paths(fitted):
    return np.array([row["estimate"] for row in fitted.rows("path")])


def test_two_stage_is_the_product_of_first_stage_scores_as_a_column():
    data = survey()
    first = pls.fit(PLAIN + "Y ~ X + Z", data)
    scores = dict(zip(first.plan.names, first.scores.T, strict=True))
    product = scores["X"] * scores["Z"]
    by_hand = pls.fit(PLAIN + "XZ =~ xz; Y ~ X + Z + XZ", data | {"xz": product})
    fitted = pls.fit(PLAIN + "Y ~ X * Z", data)
    assert fitted.value("path", "X:Z", "Y") == pytest.approx(
        by_hand.value("path", "XZ", "Y") / product.std(ddof=1)
    )
    assert fitted.value("path", "X", "Y") == pytest.approx(by_hand.value("path", "X", "Y"))
    assert fitted.value("r2", "Y") == pytest.approx(by_hand.value("r2", "Y"))


def test_a_square_is_the_product_of_a_score_with_itself():
    data = survey()
    first = pls.fit(PLAIN + "Y ~ X + Z", data)
    square = first.scores[:, 0] ** 2
    by_hand = pls.fit(PLAIN + "XX =~ xx; Y ~ X + Z + XX", data | {"xx": square})
    fitted = pls.fit(PLAIN + "Y ~ X + Z + X^2", data)
    assert fitted.value("path", "X^2", "Y") == pytest.approx(
        by_hand.value("path", "XX", "Y") / square.std(ddof=1)
    )


@pytest.mark.parametrize("approach", ["product indicator", "orthogonalising"])
def test_product_indicators_are_products_of_standardised_columns(approach):
    data = survey()
    x, z = (
        standardised(np.column_stack([data[name] for name in names]))
        for names in (("x1", "x2", "x3"), ("z1", "z2"))
    )
    columns = {f"p{i}{j}": x[:, i] * z[:, j] for i in range(3) for j in range(2)}
    if approach == "orthogonalising":
        design = np.column_stack([np.ones(len(x)), x, z])
        columns = {k: v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for k, v in columns.items()}
    by_hand = pls.fit(PLAIN + f"XZ =~ {' + '.join(columns)}; Y ~ X + Z + XZ", data | columns)
    fitted = pls.fit(PLAIN + "Y ~ X * Z", data, approach=approach)
    loadings = np.array([abs(by_hand.value("loading", "XZ", name)) for name in columns])
    spread = np.array([values.std(ddof=1) for values in columns.values()])
    scale = loadings @ spread / loadings.sum()
    assert fitted.value("path", "X:Z", "Y") == pytest.approx(by_hand.value("path", "XZ", "Y") / scale)
    assert fitted.value("loading", "X:Z", "x2:z1") == pytest.approx(by_hand.value("loading", "XZ", "p10"))
    assert fitted.value("r2", "Y") == pytest.approx(by_hand.value("r2", "Y"))
    if approach == "orthogonalising":
        k = fitted.plan.names.index("X:Z")
        assert fitted.score_correlations[k, :2] == pytest.approx([0, 0], abs=1e-10)


@pytest.mark.parametrize("approach", ["two-stage", "product indicator", "orthogonalising"])
@pytest.mark.parametrize("missing", [0, 3])
def test_each_resample_makes_its_own_products(approach, missing):
    data = survey(n=120, missing=missing)
    text = PLAIN + "Y ~ X * Z"
    rows = np.random.default_rng(4).integers(0, 120, (3, 120))
    boot = pls.bootstrap(
        pls.fit(text, data, approach=approach), rows=rows, tolerance=1e-10, max_iterations=3000
    )
    index = [i for i, one in enumerate(boot.fit.quantities) if one.kind in {"path", "weight", "r2", "f2"}]
    for place, drawn in enumerate(rows):
        again = pls.fit(text, {name: values[drawn] for name, values in data.items()}, approach=approach)
        assert boot.draws[index, place] == pytest.approx(again.estimates[index], abs=1e-7)


@pytest.mark.parametrize("approach", ["two-stage", "orthogonalising"])
def test_scores_have_the_correlations_that_the_fit_reports(approach):
    fitted = pls.fit(PLAIN + "Y ~ X * Z", survey(missing=3), approach=approach)
    assert np.corrcoef(fitted.scores.T) == pytest.approx(fitted.score_correlations, abs=1e-9)


def test_slopes_of_single_items_are_those_of_moderated_regression():
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(2, 400))
    y = 0.5 * x + 0.2 * z + 0.3 * x * z + rng.normal(size=400)
    slopes = simple_slopes(pls.fit("X =~ x; Z =~ z; Y =~ y; Y ~ X * Z", {"x": x, "z": z, "y": y}))
    x, z, y = map(standardised, (x, z, y))
    b = np.linalg.lstsq(np.column_stack([np.ones(400), x, z, x * z]), y, rcond=None)[0]
    for value in (-1.0, 0.0, 1.0):
        assert slopes.at("X", "Z", "Y", value).estimate == pytest.approx(b[1] + value * b[3])
        assert slopes.at("Z", "X", "Y", value).estimate == pytest.approx(b[2] + value * b[3])


def test_slope_of_a_square_is_its_derivative():
    fitted = pls.fit(PLAIN + "Y ~ X + Z + X^2", survey())
    slope = simple_slopes(fitted, at=[1.5]).at("X", "X", "Y", 1.5)
    expected = fitted.value("path", "X", "Y") + 2 * 1.5 * fitted.value("path", "X^2", "Y")
    assert slope.estimate == pytest.approx(expected)


def test_slopes_have_intervals_where_there_is_a_bootstrap():
    fitted = pls.fit(PLAIN + "Y ~ X * Z", survey())
    held = simple_slopes(fitted, pls.bootstrap(fitted, 200)).at("X", "Z", "Y", 1.0)
    assert held.low < held.estimate < held.high


def test_three_factors_go_in_two_stages_only():
    data = survey()
    text = PLAIN + "W =~ w; Y ~ X + Z + W + X:Z:W"
    data |= {"w": np.random.default_rng(0).normal(size=300)}
    assert pls.fit(text, data).converged
    with pytest.raises(pls.ModelError, match="two-stage"):
        pls.fit(text, data, approach="product indicator")


@pytest.mark.parametrize(
    ("text", "approach", "says"),
    [
        ("Y ~ X * Z", "three-stage", "approaches are"),
        ("Y ~ X + X:Z", None, "beside the paths of its factors"),
    ],
)
def test_what_cannot_be_estimated_is_said(text, approach, says):
    with pytest.raises(pls.ModelError, match=says):
        pls.fit(PLAIN + text, survey(), approach=approach)


def test_slopes_need_a_product():
    with pytest.raises(pls.PlsError, match="no product"):
        simple_slopes(pls.fit(PLAIN + "Y ~ X + Z", survey()))
