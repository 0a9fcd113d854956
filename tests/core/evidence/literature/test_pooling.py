"""Meta-analysis against a published example: thirteen trials of BCG vaccine (Colditz and others 1994)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from fondaco.charts.literature import findings_of, verdict
from fondaco.evidence.literature import framework, shipped
from fondaco.evidence.literature.pooling import FEWEST, Effect, pool, pooled_json, read_effects
from fondaco.kernel import InputError, Refused

#: Tuberculosis yes and no among the vaccinated, yes and no among the others.
TRIALS = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
        (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
        (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = TRIALS.T
    return np.log((a / (a + b)) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


@pytest.mark.requirement("R03")
def test_the_published_example() -> None:
    y, v = log_risk_ratios()
    found = pool(y.tolist(), v.tolist())
    # Viechtbauer (2010), Journal of Statistical Software 36(3): REML -0.7145, tau2 0.3132, I2 92.22%, Q(12) 152.2330
    assert found.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.i2 == pytest.approx(0.9222, abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)


def test_beside_statsmodels() -> None:
    y, v = log_risk_ratios()
    found = pool(y.tolist(), v.tolist())
    theirs = combine_effects(y, v, method_re="dl", use_t=True)
    assert found.tau2_dl == pytest.approx(theirs.tau2, rel=1e-9)
    assert found.dersimonian_laird == pytest.approx(theirs.mean_effect_re, rel=1e-9)
    assert found.q == pytest.approx(theirs.q, rel=1e-9)
    # Hartung and Knapp's error at REML's variance between samples, by the same formula written out
    w = 1 / (v + found.tau2)
    mean = np.average(y, weights=w)
    assert found.se == pytest.approx(math.sqrt(np.average((y - mean) ** 2, weights=w) / 12), rel=1e-12)


def test_alike_samples_have_no_variance_between_them() -> None:
    found = pool([0.2] * 6, [0.01, 0.02, 0.03, 0.01, 0.02, 0.03])
    assert found.tau2 == 0.0
    assert found.estimate == pytest.approx(0.2)


@pytest.mark.requirement("X08", "R03")
def test_few_samples_are_not_pooled() -> None:
    with pytest.raises(Refused, match=f"fewer than {FEWEST}"):
        pool([0.1, 0.2, 0.3, 0.4], [0.01] * 4)
    for effects, variances in (([math.nan] * 5, [0.1] * 5), ([0.1] * 5, [0.0] * 5), ([0.1] * 5, [0.1] * 4)):
        with pytest.raises(InputError):
            pool(effects, variances)


@pytest.mark.requirement("R03")
def test_one_effect_for_each_sample_and_none_known_says_so() -> None:
    base = shipped()
    assert "not known" in pooled_json(base, [each.id for each in base.findings], ())["why"]
    ids = [each.id for each in base.findings if each.votes]
    told = pooled_json(base, ids, [Effect(each, 0.3, 100, "own") for each in ids])
    samples = {base.study_of(base.by_id[each]).sample for each in ids}
    assert told["k"] == len(samples)
    assert told["estimate"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("nothing_f1,0.3,100,t", "no finding"),
        ("rienda_etal_2021_f1,big,100,t", "must be numbers"),
        ("rienda_etal_2021_f1,1.2,100,t", "between -1 and 1"),
        ("rienda_etal_2021_f1,nan,100,t", "between -1 and 1"),
        ("rienda_etal_2021_f1,0.3,3,t", "4 or more"),
        ("rienda_etal_2021_f1,0.3,100,", "source is empty"),
    ],
)
def test_a_wrong_size_names_its_row(row: str, words: str) -> None:
    with pytest.raises(InputError, match=f"row 2.*{words}"):
        read_effects(f"finding,r,n,source\n{row}\n", shipped())


@pytest.mark.requirement("R04")
def test_the_picture_shows_where_samples_disagree() -> None:
    base = shipped()
    view = framework(base)
    spec = findings_of(view)
    rows = spec["data"]["values"]
    assert len(rows) == len(view["edges"])
    assert sum(row["findings"] for row in rows) == sum(each.votes for each in base.findings)
    assert any(row["verdict"] == "they disagree" for row in rows)
    assert "Most findings" in spec["description"]
    assert verdict({"samples": 0, "votes": {}}) == "sign inferred only"
    assert findings_of(framework(base, ()))["description"].startswith("0 pairs")
