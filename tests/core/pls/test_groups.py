"""Groups: tests against their formulas and by hand, invariance where it is and where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fondaco import pls
from fondaco.pls.groups import compare_groups, henseler_p, pooled_test, welch_test
from fondaco.pls.micom import micom

pytestmark = pytest.mark.requirement("R12")

MODEL = "X =~ x1 + x2 + x3; Y =~ y1 + y2; Y ~ X"


def survey(n=200, second=0.6, *, seed=3, weights=(1, 1, 1), shift=0.0, spread=1.0):
    """Two groups, a and b; the second with its own path, loadings of X, and mean and spread of Y."""
    rng = np.random.default_rng(seed)
    later = np.arange(n) >= n // 2
    x = rng.normal(size=n)
    y = np.where(later, second, 0.6) * x + 0.8 * rng.normal(size=n)
    y = np.where(later, shift + spread * y, y)
    own = np.where(later[:, None], weights, 1.0)
    data = {f"x{i + 1}": own[:, i] * x + 0.6 * rng.normal(size=n) for i in range(3)}
    data |= {f"y{i}": y + 0.6 * rng.normal(size=n) for i in (1, 2)}
    return data | {"group": np.where(later, "b", "a").tolist()}


def split(data, name):
    taken = np.array(data["group"]) == name
    return {key: values[taken] for key, values in data.items() if key != "group"}


def test_each_group_has_the_estimates_of_its_own_cases():
    data = survey()
    found = compare_groups(MODEL, data, "group", permutations=0, resamples=0)
    for name in "ab":
        alone = pls.fit(MODEL, split(data, name))
        assert found.fits[name].estimates == pytest.approx(alone.estimates, abs=1e-9, nan_ok=True)
    path = found.difference("path", "X", "Y")
    assert path.difference == pytest.approx(path.estimate_first - path.estimate_second)


def test_permutation_p_is_that_of_refitting_regrouped_cases():
    data = survey(n=60, second=0.1)
    found = compare_groups(MODEL, data, "group", permutations=400, resamples=0).difference("path", "X", "Y")
    rng = np.random.default_rng(0)
    values = np.column_stack([data[name] for name in ("x1", "x2", "x3", "y1", "y2")])
    names = ["x1", "x2", "x3", "y1", "y2"]
    gaps = []
    for _ in range(150):
        order = rng.permutation(60)
        gaps.append(
            pls.fit(MODEL, (values[order[:30]], names)).value("path", "X", "Y")
            - pls.fit(MODEL, (values[order[30:]], names)).value("path", "X", "Y")
        )
    slow = 2 * min(np.mean(np.array(gaps) >= found.difference), np.mean(np.array(gaps) <= found.difference))
    assert found.permutation_p == pytest.approx(min(slow, 1), abs=0.09)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(gaps, [0.025, 0.975])), abs=0.12)


def test_equal_groups_are_rarely_told_apart_and_unequal_ones_are():
    equal = [
        compare_groups(MODEL, survey(n=80, seed=k), "group", kinds=["path"], permutations=99, resamples=0)
        .differences[0]
        .permutation_p
        for k in range(40)
    ]
    assert np.mean(np.array(equal) <= 0.05) < 0.2
    unequal = compare_groups(MODEL, survey(n=300, second=-0.2), "group", permutations=200, resamples=200)
    path = unequal.difference("path", "X", "Y")
    assert max(path.permutation_p, path.p_pooled, path.p_welch, path.henseler_p) < 0.05


def test_parametric_tests_are_their_formulas():
    t, p = pooled_test(0.3, (0.1, 0.1), (50, 50))
    assert t == pytest.approx(0.3 / (np.sqrt(2 * 49**2 / 98 * 0.01) * np.sqrt(2 / 50)))
    t_welch, df, p_welch = welch_test(0.3, (0.1, 0.1), (50, 50))
    assert t_welch == pytest.approx(0.3 / np.sqrt(2 * 49 / 50 * 0.01))
    assert df == pytest.approx((2 * 49 / 50 * 0.01) ** 2 / (2 * 49 / 2500 * 0.0001) - 2)
    assert p == pytest.approx(2 * stats.t.sf(t, 98))
    assert p_welch == pytest.approx(2 * stats.t.sf(t_welch, df))


def test_henselers_p_counts_all_pairs():
    rng = np.random.default_rng(1)
    first, second = rng.normal(0.3, 1, 40), rng.normal(0, 1, 50)
    a, b = 2 * first.mean() - first, 2 * second.mean() - second
    assert henseler_p(first, second) == pytest.approx(1 - np.mean(a[:, None] > b[None]))
    assert henseler_p(np.ones(3), np.ones(4)) == 0.5


def test_three_groups_give_three_pairs_in_order():
    data = survey()
    labels = np.arange(200) % 3 + 8  # 8, 9, 10: in the order of numbers
    found = compare_groups(MODEL, data, labels, kinds=["path"], permutations=20, resamples=0)
    assert [(one.first, one.second) for one in found.differences] == [("8", "9"), ("8", "10"), ("9", "10")]
    assert len(found.distances) == 3


def test_products_are_compared_too():
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=(2, 400))
    later = np.arange(400) >= 200
    y = x + z + np.where(later, 0.8, 0.0) * x * z + rng.normal(size=400)
    data = {"x": x, "z": z, "y": y}
    found = compare_groups("X =~ x; Z =~ z; Y =~ y; Y ~ X * Z", data, later, permutations=100, resamples=0)
    assert found.difference("path", "X:Z", "Y").permutation_p < 0.05


def test_missing_values_are_the_mean_of_all_cases():
    data = survey()
    data["x1"][[3, 150]] = np.nan
    found = compare_groups(MODEL, data, "group", permutations=0, resamples=0)
    filled = data | {"x1": np.where(np.isnan(data["x1"]), np.nanmean(data["x1"]), data["x1"])}
    assert found.fits["a"].value("path", "X", "Y") == pytest.approx(
        pls.fit(MODEL, split(filled, "a")).value("path", "X", "Y")
    )


def test_cases_without_a_group_are_left_out_and_counted():
    data = survey()
    data["group"][5] = None
    found = compare_groups(MODEL, data, "group", permutations=0, resamples=0)
    assert found.fits["a"].n == 99
    assert [one.kind for one in found.problems] == ["group"]


@pytest.mark.parametrize(
    ("group", "says"),
    [
        ("grup", "Did you mean group"),
        (["a"] * 200, "one group"),
        (["a", "b"], "one for each case"),
        (list(range(200)), "The column of groups parts the cases into 200 groups"),
        (["a"] * 198 + ["b"] * 2, "Group b"),
    ],
)
def test_groups_that_cannot_be_are_said(group, says):
    with pytest.raises(pls.PlsError, match=says):
        compare_groups(MODEL, survey(), group, permutations=0, resamples=0)


def test_a_column_that_is_constant_in_one_group_is_named():
    data = survey()
    data["y1"][:100] = 3.0
    with pytest.raises(pls.PlsError, match="Group a: y1 does not vary"):
        compare_groups(MODEL, data, "group", permutations=5, resamples=0)


def by_hand(data, construct, names):
    """Step 2 and 3 with plain fits and NumPy."""
    pooled = pls.fit(MODEL, {key: values for key, values in data.items() if key != "group"})
    z = np.column_stack([data[name] for name in names])
    z = (z - z.mean(axis=0)) / z.std(axis=0, ddof=1)
    weights = [
        [pls.fit(MODEL, split(data, g)).value("weight", construct, name) for name in names] for g in "ab"
    ]
    score = pooled.scores[:, pooled.plan.names.index(construct)]
    first = np.array(data["group"]) == "a"
    return (
        np.corrcoef(z @ weights[0], z @ weights[1])[0, 1],
        score[first].mean() - score[~first].mean(),
        np.log(score[first].var(ddof=1) / score[~first].var(ddof=1)),
    )


def test_steps_of_micom_by_hand():
    data = survey(weights=(1, 0.3, 0.6), shift=0.4, spread=1.5)
    found = micom(MODEL, data, "group", permutations=50).of("X")
    c, mean, variance = by_hand(data, "X", ["x1", "x2", "x3"])
    assert (found.c, found.mean_difference, found.variance_difference) == pytest.approx((c, mean, variance))


def test_micom_tells_partial_from_full_and_none():
    same = micom(MODEL, survey(n=400), "group", permutations=300)
    assert [one.invariance for one in same.constructs] == ["full", "full"]
    shifted = micom(MODEL, survey(n=400, shift=1.0), "group", permutations=300)
    assert (shifted.of("X").invariance, shifted.of("Y").invariance) == ("full", "partial")
    assert not shifted.of("Y").equal_means
    other = micom(MODEL, survey(n=400, weights=(1, -0.2, 0.1)), "group", permutations=300)
    assert other.of("X").invariance == "none"


def test_micom_does_not_depend_on_the_units_unless_asked_to():
    data = survey(weights=(1, 0.3, 0.6))
    scaled = data | {"x1": 100 * data["x1"] + 5}
    one, two = (micom(MODEL, held, "group", permutations=60).of("X") for held in (data, scaled))
    assert two.c == pytest.approx(one.c)
    assert two.c_p == one.c_p
    assert micom(MODEL, scaled, "group", permutations=60, scaling="raw").of("X").c != pytest.approx(
        one.c, abs=1e-4
    )
