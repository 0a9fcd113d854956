"""Out-of-sample prediction: folds done one by one by hand, and verdicts in the words of the literature."""

from __future__ import annotations

import numpy as np
import pytest

from fondaco import pls
from fondaco.pls.cvpat import compare_predictions, cvpat
from fondaco.pls.predict import predict

pytestmark = pytest.mark.requirement("R12")

MODEL = "X =~ x1 + x2; M <~ m1 + m2; Y =~ y1 + y2; M ~ X; Y ~ M + X"
COLUMNS = ["x1", "x2", "m1", "m2", "y1", "y2"]
FOLDS = np.arange(120) % 5


def survey(n=120, seed=3, missing=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    m = 0.6 * x + 0.8 * rng.normal(size=n)
    y = 0.5 * m + 0.2 * x + rng.normal(size=n)
    data = {
        f"{k}{i}": 3 + i * v + rng.normal(size=n) for k, v in (("x", x), ("m", m), ("y", y)) for i in (1, 2)
    }
    if missing:
        for name in ("x1", "m2", "y1"):
            data[name][rng.choice(n, 15, replace=False)] = np.nan
    return data


def by_hand(data, antecedents):
    """Predicted raw indicators of M and Y, fold by fold; missing values at the training mean."""
    matrix = np.column_stack([data[name] for name in COLUMNS])
    out = np.empty((len(matrix), 4))
    for fold in range(5):
        train, test = matrix[fold != FOLDS], matrix[fold == FOLDS]
        fitted = pls.fit(MODEL, (train, COLUMNS))
        mean = np.nanmean(train, axis=0)
        filled = np.where(np.isnan(train), mean, train)
        sd = filled.std(axis=0, ddof=1)
        z = (np.where(np.isnan(test), mean, test) - mean) / sd
        x, m, _ = (z @ fitted.weight_matrix).T
        m_hat = fitted.value("path", "X", "M") * x
        y_hat = fitted.value("path", "X", "Y") * x + fitted.value("path", "M", "Y") * (
            m_hat if antecedents == "earliest" else m
        )
        scores = np.column_stack([m_hat, m_hat, y_hat, y_hat])
        out[fold == FOLDS] = scores * fitted.outer_loadings[2:] * sd[2:] + mean[2:]
    return out


def lm_by_hand(data, columns, target):
    matrix = np.column_stack([np.ones(120), *(data[name] for name in columns)])
    out = np.empty(120)
    for fold in range(5):
        train = fold != FOLDS
        b = np.linalg.lstsq(matrix[train], data[target][train], rcond=None)[0]
        out[~train] = matrix[~train] @ b
    return out


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("antecedents", ["earliest", "direct"])
def test_each_fold_is_predicted_from_the_others(antecedents, missing):
    data = survey(missing=missing)
    found = predict(pls.fit(MODEL, data), fold_of=FOLDS, antecedents=antecedents)
    expected = by_hand(data, antecedents)
    assert found.predicted[0] == pytest.approx(expected, abs=1e-7)
    actual = np.column_stack([data[name] for name in COLUMNS[2:]])
    gap = actual - expected
    assert [one.rmse for one in found.indicators] == pytest.approx(np.sqrt(np.nanmean(gap**2, axis=0)))
    assert [one.mae for one in found.indicators] == pytest.approx(np.nanmean(abs(gap), axis=0))


@pytest.mark.parametrize(
    ("benchmark", "columns"),
    [
        ("exogenous", ["x1", "x2"]),
        ("antecedents", ["m1", "m2", "x1", "x2"]),
        ("others", ["x1", "x2", "m1", "m2"]),
    ],
)
def test_linear_benchmarks_are_regressions_on_their_indicators(benchmark, columns):
    data = survey()
    found = predict(pls.fit(MODEL, data), fold_of=FOLDS, benchmark=benchmark)
    guess = lm_by_hand(data, columns, "y2")
    assert found.linear[0, :, 3] == pytest.approx(guess)
    assert found.of("y2").rmse_lm == pytest.approx(np.sqrt(np.mean((data["y2"] - guess) ** 2)))


def test_q2_compares_with_the_training_mean():
    data = survey()
    found = predict(pls.fit(MODEL, data), fold_of=FOLDS)
    mean = np.array([data["y1"][fold != FOLDS].mean() for fold in FOLDS])
    expected = 1 - ((data["y1"] - found.predicted[0, :, 2]) ** 2).sum() / ((data["y1"] - mean) ** 2).sum()
    assert found.of("y1").q2_predict == pytest.approx(expected)


def test_held_out_rows_leave_no_trace_in_their_own_prediction():
    data = survey(missing=True)
    first = predict(pls.fit(MODEL, data), fold_of=FOLDS)
    changed = {name: values.copy() for name, values in data.items()}
    changed["y2"][FOLDS == 2] += 100  # outcomes of one fold
    second = predict(pls.fit(MODEL, changed), fold_of=FOLDS)
    out = FOLDS == 2
    assert second.predicted[0, out] == pytest.approx(first.predicted[0, out])
    assert second.predicted[0, ~out, 3] != pytest.approx(first.predicted[0, ~out, 3], abs=1)


def test_repetitions_differ_and_their_spread_is_told():
    fitted = pls.fit(MODEL, survey())
    found = predict(fitted, repetitions=4, seed=2)
    per_repetition = np.sqrt(((found.actual - found.predicted) ** 2).mean(axis=1))
    assert len(np.unique(per_repetition[:, 0])) == 4
    assert found.indicators[0].rmse == pytest.approx(per_repetition[:, 0].mean())
    assert found.indicators[0].rmse_spread == pytest.approx(per_repetition[:, 0].std(ddof=1))
    again = predict(fitted, repetitions=4, seed=2)
    assert np.array_equal(again.predicted, found.predicted)
    assert {np.ptp(np.bincount(line)) for line in found.fold_of} == {0}


def test_noise_has_no_predictive_power():
    rng = np.random.default_rng(0)
    data = {name: rng.normal(size=150) for name in COLUMNS}
    found = predict(pls.fit(MODEL, data), repetitions=3)
    assert {one.power for one in found.constructs} <= {"none", "low"}
    assert cvpat(found).overall.better is not True


def test_cvpat_is_a_paired_t_test_of_losses():
    data = survey()
    found = predict(pls.fit(MODEL, data), fold_of=FOLDS)
    losses = [
        ((found.actual - guess[0]) ** 2)[:, 2:].mean(axis=1) for guess in (found.predicted, found.average)
    ]
    gap = losses[0] - losses[1]
    held = next(one for one in cvpat(found).differences if one.construct == "Y")
    assert held.difference == pytest.approx(gap.mean())
    assert held.t == pytest.approx(gap.mean() / (gap.std(ddof=1) / 120**0.5))
    assert held.better is True


def test_the_model_that_made_the_data_predicts_better():
    data = survey(n=400)
    right, poor = (
        predict(pls.fit(text, data), repetitions=2)
        for text in (MODEL, "X =~ x1 + x2; M <~ m1 + m2; Y =~ y1 + y2; Y ~ X; M ~ Y")
    )
    found = compare_predictions(right, poor, "Y")
    assert found.overall.difference == pytest.approx(
        ((right.actual - right.predicted) ** 2)[:, :, 2:].mean()
        - ((poor.actual - poor.predicted) ** 2)[
            :, :, [[one.indicator for one in poor.indicators].index(name) for name in ("y1", "y2")]
        ].mean()
    )
    with pytest.raises(pls.PlsError, match="same folds"):
        compare_predictions(right, predict(pls.fit(MODEL, data), repetitions=2, seed=9))


def test_a_benchmark_with_too_many_predictors_is_left_out():
    data = {name: values[:10] for name, values in survey().items()}
    found = predict(pls.fit(MODEL, data), folds=5, repetitions=1, benchmark="others")
    assert found.of("y1").rmse_lm is not None
    small = {name: values[:6] for name, values in survey().items()}
    found = predict(pls.fit(MODEL, small), folds=6, repetitions=1, benchmark="others")
    assert found.of("y1").rmse_lm is None
    assert found.constructs[0].power is None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"folds": 1}, "folds"),
        ({"folds": 500}, "folds"),
        ({"repetitions": 0}, "repetitions"),
        ({"antecedents": "late"}, "antecedents"),
        ({"benchmark": "mean"}, "benchmark"),
        ({"fold_of": [0, 1]}, "whole number"),
        ({"fold_of": np.zeros(120, dtype=int)}, "at least two"),
    ],
)
def test_what_cannot_be_predicted_is_said(options, says):
    with pytest.raises(pls.PlsError, match=says):
        predict(pls.fit(MODEL, survey()), **options)
