"""Higher order: each approach done by hand with plain models and columns."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco import pls

pytestmark = pytest.mark.requirement("R12")

PARTS = "A =~ a1 + a2 + a3; B =~ b1 + b2; Y =~ y1 + y2; X <~ x1 + x2\n"


def survey(n=250, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    h = 0.6 * x + rng.normal(size=n)
    parts = {
        "a": h + 0.4 * rng.normal(size=n),
        "b": h + 0.6 * rng.normal(size=n),
        "x": x,
        "y": 0.5 * h + rng.normal(size=n),
    }
    count = {"a": 3, "b": 2, "x": 2, "y": 2}
    return {f"{k}{i + 1}": v + 0.7 * rng.normal(size=n) for k, v in parts.items() for i in range(count[k])}


def scores(fitted):
    return dict(zip(fitted.plan.names, fitted.scores.T, strict=True))


def same(fitted, by_hand, *paths):
    for path in paths:
        assert fitted.value("path", *path) == pytest.approx(by_hand.value("path", *path), abs=1e-8)


@pytest.mark.parametrize("sign", ["=~", "<~"])
def test_disjoint_two_stage_by_hand(sign):
    data = survey()
    first = scores(pls.fit(PARTS + "A ~ X; B ~ X; Y ~ A + B", data))
    by_hand = pls.fit(
        f"H {sign} a + b; Y =~ y1 + y2; X <~ x1 + x2; H ~ X; Y ~ H", data | {"a": first["A"], "b": first["B"]}
    )
    fitted = pls.fit(PARTS + f"H {sign} A + B; H ~ X; Y ~ H", data)
    same(fitted, by_hand, ("X", "H"), ("H", "Y"))
    assert fitted.value("weight", "H", "A") == pytest.approx(by_hand.value("weight", "H", "a"))
    assert fitted.stages.approach == "disjoint two-stage"


def test_embedded_two_stage_by_hand():
    data = survey()
    again = {f"{name}_again": 2 * data[name] for name in ("a1", "a2", "a3", "b1", "b2")}
    repeated = pls.fit(PARTS + f"H <~ {' + '.join(again)} @ A; H ~ A + B + X; Y ~ H", data | again)
    first = scores(repeated)
    columns = {name.lower(): first[name] for name in "ABXY"}
    by_hand = pls.fit("H <~ a + b @ A; X =~ x; Y =~ y; H ~ X; Y ~ H", columns)
    fitted = pls.fit(PARTS + "H <~ A + B @ A; H ~ X; Y ~ H", data, approach="embedded two-stage")
    same(fitted, by_hand, ("X", "H"), ("H", "Y"))
    same(
        pls.fit(PARTS + "H <~ A + B @ A; H ~ X; Y ~ H", data, approach="repeated indicators"),
        repeated,
        ("H", "Y"),
        ("A", "H"),
    )


def test_repeated_indicators_of_a_reflective_construct_point_to_the_parts():
    data = survey()
    again = {f"{name}_again": 2 * data[name] for name in ("a1", "a2", "a3", "b1", "b2")}
    by_hand = pls.fit(PARTS + f"H =~ {' + '.join(again)}; H ~ X; Y ~ H; A ~ H; B ~ H", data | again)
    fitted = pls.fit(PARTS + "H =~ A + B; H ~ X; Y ~ H", data, approach="repeated indicators")
    same(fitted, by_hand, ("X", "H"), ("H", "Y"), ("H", "A"), ("H", "B"))


def test_third_order_goes_level_by_level():
    data = survey()
    text = (
        "A =~ a1 + a2 + a3; B =~ b1 + b2; X <~ x1 + x2; Y =~ y1 + y2; H <~ A + B @ A; G <~ H + X @ A; Y ~ G"
    )
    one = scores(pls.fit("A =~ a1 + a2 + a3; B =~ b1 + b2; X <~ x1 + x2; Y =~ y1 + y2; Y ~ A + B + X", data))
    data |= {"a": one["A"], "b": one["B"]}
    two = scores(pls.fit("H <~ a + b @ A; X <~ x1 + x2; Y =~ y1 + y2; Y ~ H + X", data))
    by_hand = pls.fit("G <~ h + x @ A; Y =~ y1 + y2; Y ~ G", data | {"h": two["H"], "x": two["X"]})
    same(pls.fit(text, data), by_hand, ("G", "Y"))


@pytest.mark.parametrize("approach", ["disjoint two-stage", "embedded two-stage", "repeated indicators"])
def test_each_resample_goes_through_all_stages(approach):
    data = survey(n=120)
    text = PARTS + "H <~ A + B @ A; H ~ X; Y ~ H"
    rows = np.random.default_rng(4).integers(0, 120, (3, 120))
    boot = pls.bootstrap(
        pls.fit(text, data, approach=approach), rows=rows, tolerance=1e-10, max_iterations=3000
    )
    index = [i for i, one in enumerate(boot.fit.quantities) if one.kind in {"path", "weight", "r2"}]
    for place, drawn in enumerate(rows):
        again = pls.fit(text, {name: values[drawn] for name, values in data.items()}, approach=approach)
        assert boot.draws[index, place] == pytest.approx(again.estimates[index], abs=1e-7)


@pytest.mark.parametrize("approach", ["disjoint two-stage", "embedded two-stage"])
def test_scores_have_the_correlations_that_the_fit_reports(approach):
    fitted = pls.fit(PARTS + "H <~ A + B @ A; H ~ X; Y ~ H", survey(), approach=approach)
    assert np.corrcoef(fitted.scores.T) == pytest.approx(fitted.score_correlations, abs=1e-9)


def test_consistent_pls_recovers_a_second_order_factor():
    # Population: H -> A, B, C with 0.8, each with three indicators loading 0.7; H -> Y with 0.5.
    rng = np.random.default_rng(6)
    n = 40_000
    h = rng.normal(size=n)
    data, lines = {}, []
    for name in "abc":
        part = 0.8 * h + 0.6 * rng.normal(size=n)
        data |= {f"{name}{i}": 0.7 * part + 0.51**0.5 * rng.normal(size=n) for i in (1, 2, 3)}
        lines.append(f"{name.upper()} =~ {name}1 + {name}2 + {name}3")
    data["y"] = 0.5 * h + 0.75**0.5 * rng.normal(size=n)
    text = "\n".join([*lines, "H =~ A + B + C", "Y =~ y", "Y ~ H"])
    fitted = pls.fit(text, data, consistent=True)
    assert fitted.value("path", "H", "Y") == pytest.approx(0.5, abs=0.015)
    assert fitted.value("loading", "H", "A") == pytest.approx(0.8, abs=0.015)
    assert pls.fit(text, data).value("path", "H", "Y") < 0.45  # attenuated


@pytest.mark.parametrize(
    ("text", "approach", "says"),
    [
        ("H <~ A + B; H ~ X; Y ~ H", "four-stage", "approaches are"),
        ("H <~ A + B; H ~ X; Y ~ H + A", None, "of its own"),
        ("H <~ A + B; Y ~ H * X", None, "not estimated together"),
    ],
)
def test_what_cannot_be_estimated_is_said(text, approach, says):
    with pytest.raises(pls.ModelError, match=says):
        pls.fit(PARTS + text, survey(), approach=approach)
