"""The test of exact fit keeps a model that made the data and rejects one that did not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.pls.helpers import MEDIATION, MIXED, mediation_data, mixed_data

from fondaco.pls import PlsError, akaike_weights, bootstrap, compare, exact_fit, fit

pytestmark = pytest.mark.requirement("R12")


def test_a_true_model_is_kept() -> None:
    tested = exact_fit(fit(MEDIATION, mediation_data(300), consistent=True), 400)
    assert [one.measure for one in tested.tests] == ["srmr", "d_uls", "d_g"]
    assert not any(one.rejected for one in tested.tests)


def test_a_model_that_leaves_a_path_out_is_rejected() -> None:
    data = mediation_data(400, direct=1.0)
    text = MEDIATION.replace("Perf ~ Know + Use", "Perf ~ Know")
    fitted = fit(text, data, consistent=True)
    estimated, saturated = (exact_fit(fitted, 400, which=which) for which in ("estimated", "saturated"))
    assert all(one.rejected for one in estimated.tests)
    assert not any(one.rejected for one in saturated.tests)  # its measurement is right


def test_p_values_are_about_uniform_when_the_model_holds() -> None:
    p = [
        exact_fit(fit(MEDIATION, mediation_data(150, seed), consistent=True), 200, seed=seed).tests[0].p
        for seed in range(12)
    ]
    assert 0.15 < float(np.mean(p)) < 0.98


def test_a_distance_in_ordinary_resamples_is_not_computed_unless_asked() -> None:
    fitted = fit(MIXED, mixed_data())
    assert not [one for one in bootstrap(fitted, 50).intervals() if one.kind == "d_g"]
    assert len([one for one in bootstrap(fitted, 50, geodesic=True).intervals() if one.kind == "d_g"]) == 2


def test_a_fit_that_did_not_settle_is_refused() -> None:
    with pytest.raises(PlsError, match="no model to test"):
        exact_fit(fit(MIXED, mixed_data(), max_iterations=2), 100)


def test_models_are_compared_by_bic() -> None:
    data = mediation_data(300)
    full = fit(MEDIATION, data)
    lean = fit(MEDIATION.replace("Perf ~ Know + Use", "Perf ~ Know"), data)
    best, other = compare({"with the direct path": full, "without": lean}, "Perf")
    assert best.model == "without"
    assert best.bic_weight + other.bic_weight == pytest.approx(1)
    assert best.bic_weight / other.bic_weight == pytest.approx(np.exp((other.bic - best.bic) / 2))


def test_akaike_weights_are_those_of_burnham_and_anderson() -> None:
    # differences 0, 2, 4, 8: relative likelihoods 1, .3679, .1353, .0183
    weights = akaike_weights({"a": 100.0, "b": 102.0, "c": 104.0, "d": 108.0})
    expected = np.array([1.0, 0.3679, 0.1353, 0.0183])
    assert list(weights.values()) == pytest.approx((expected / expected.sum()).tolist(), abs=1e-3)


def test_criteria_need_the_same_cases() -> None:
    with pytest.raises(PlsError, match="same cases only"):
        compare({n: fit(MEDIATION, mediation_data(k)) for n, k in (("a", 50), ("b", 60))}, "Perf")
