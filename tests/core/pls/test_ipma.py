"""Importance and performance: a rescaled model by hand, and the map's words."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.pls.helpers import MEDIATION

from fondaco import pls
from fondaco.pls.ipma import combine, importance_performance
from fondaco.pls.nca import of_scores

pytestmark = pytest.mark.requirement("R12")


def answers(seed=1, n=200):
    """Answers from 1 to 7 by people whose knowledge carries the effect of use."""
    rng = np.random.default_rng(seed)
    use = rng.normal(size=n)
    know = 0.6 * use + 0.8 * rng.normal(size=n)
    perf = 0.5 * know + 0.2 * use + rng.normal(size=n)
    held = {"use": (use, 3), "know": (know, 3), "perf": (perf, 2)}
    return {
        f"{name}{i + 1}": np.clip(np.round(4 + (i + 1) * 0.6 * values + rng.normal(size=n)), 1, 7)
        for name, (values, count) in held.items()
        for i in range(count)
    }


def test_importance_is_the_regression_of_rescaled_scores():
    data = answers()
    fitted = pls.fit(MEDIATION, data)
    found = importance_performance(fitted, "Perf", scale=(1, 7))
    scores = {}
    for name, columns in (
        ("Use", ["use1", "use2", "use3"]),
        ("Know", ["know1", "know2", "know3"]),
        ("Perf", ["perf1", "perf2"]),
    ):
        rescaled = np.column_stack([(data[column] - 1) / 6 * 100 for column in columns])
        w = np.array([fitted.value("weight", name, column) for column in columns]) / rescaled.std(
            axis=0, ddof=1
        )
        scores[name] = rescaled @ (w / w.sum())
        assert np.corrcoef(scores[name], fitted.scores[:, fitted.plan.names.index(name)])[
            0, 1
        ] == pytest.approx(1)
    a = np.polyfit(scores["Use"], scores["Know"], 1)[0]
    design = np.column_stack([np.ones(200), scores["Know"], scores["Use"]])
    _, b, c = np.linalg.lstsq(design, scores["Perf"], rcond=None)[0]
    assert found.of("Know").importance == pytest.approx(b)
    assert found.of("Use").importance == pytest.approx(c + a * b)
    assert found.of("Use").importance_standardised == pytest.approx(fitted.value("total", "Use", "Perf"))
    assert found.of("Use").performance == pytest.approx(scores["Use"].mean())
    assert found.target_performance == pytest.approx(scores["Perf"].mean())


def test_indicators_share_the_importance_of_their_construct():
    found = importance_performance(pls.fit(MEDIATION, answers()), "Perf", scale=(1, 7))
    for driver in found.drivers:
        own = [one for one in found.indicators if one.construct == driver.construct]
        assert sum(one.importance for one in own) == pytest.approx(driver.importance)
        share = np.array([one.importance for one in own]) / driver.importance
        assert share @ [one.performance for one in own] == pytest.approx(driver.performance)


def test_other_units_with_their_own_scale_change_nothing():
    data = answers()
    scaled = {name: 10 * values - 3 for name, values in data.items()}
    one = importance_performance(pls.fit(MEDIATION, data), "Perf", scale=(1, 7))
    two = importance_performance(pls.fit(MEDIATION, scaled), "Perf", scale=(7, 67))
    assert [held.performance for held in two.drivers] == pytest.approx(
        [held.performance for held in one.drivers]
    )
    assert [held.importance for held in two.drivers] == pytest.approx(
        [held.importance for held in one.drivers]
    )


def test_without_a_scale_the_observed_ends_stand_in_and_that_is_said():
    data = answers()
    found = importance_performance(pls.fit(MEDIATION, data), "Perf", scale={"use1": (1, 7)})
    assert [one.kind for one in found.problems] == ["scale"]
    assert found.problems[0].count == 7


def test_negative_weights_are_named():
    data = answers()
    data["use2"] = 8 - data["use2"]
    text = MEDIATION.replace("Use  =~", "Use <~")
    found = importance_performance(pls.fit(text, data), "Perf", scale=(1, 7))
    assert any("use2" in one.reason for one in found.problems)


def test_priorities_join_importance_and_necessity():
    fitted = pls.fit(MEDIATION, answers())
    found = importance_performance(fitted, "Perf", scale=(1, 7))
    scores = dict(zip(fitted.plan.names, fitted.scores.T, strict=True))
    held = {one.construct: one for one in combine(found, of_scores(scores, "Perf", permutations=99))}
    assert held["Know"].important != held["Use"].important
    for one in held.values():
        expected = {
            (True, True): "top priority",
            (True, False): "important driver",
            (False, True): "necessary condition",
            (False, False): "low priority",
        }
        assert one.priority == expected[one.important, one.necessary]


@pytest.mark.parametrize(
    ("target", "options", "says"),
    [
        ("Use", {}, "Nothing has an effect"),
        ("Perform", {}, "Did you mean Perf"),
        ("Perf", {"scale": (1, 5)}, "outside its scale"),
        ("Perf", {"scale": (7, 1)}, "lowest answer first"),
        ("Perf", {"weights": "equal"}, "weights"),
    ],
)
def test_what_cannot_be_mapped_is_said(target, options, says):
    with pytest.raises(pls.PlsError, match=says):
        importance_performance(pls.fit(MEDIATION, answers()), target, **options)
