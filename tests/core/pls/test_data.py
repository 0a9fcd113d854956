"""What is wrong with data is said with column and row; missing values follow a stated rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.pls.helpers import MEDIATION, mediation_data

from fondaco.pls import DataError, Moments, fit, prepare

pytestmark = pytest.mark.requirement("R12", "X08")


def gapped(n: int = 60, share: float = 0.1, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    data = mediation_data(n, seed)
    for name in ("use2", "know1", "perf2"):
        data[name] = np.where(rng.random(n) < share, np.nan, data[name])
    return data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"use1": None}, "no column 'use1'. Did you mean"),
        ({"use1": ["a"] * 200}, "holds 'a' in row 1, which is not a number"),
        ({"use1": [3.0] * 200}, "is 3 in every case"),
        ({"use1": [None] * 200}, "missing in every case"),
        ({"use1": [-99] * 200}, "missing in every case"),
        ({"use1": [float("inf")] * 200}, "infinite in row 1"),
        ({"use1": [1, 2]}, "has 2 cases"),
    ],
)
def test_a_bad_column_is_named(change: dict[str, Any], says: str) -> None:
    data: dict[str, Any] = mediation_data() | change
    data = {name: column for name, column in data.items() if column is not None}
    with pytest.raises(DataError) as caught:
        fit(MEDIATION, data, marker=-99)
    assert says in str(caught.value)


def test_duplicated_columns_are_named() -> None:
    data = mediation_data()
    data["use2"] = data["use1"].copy()
    with pytest.raises(DataError, match="'use1' and 'use2' hold the same values"):
        fit(MEDIATION, data)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="more than one column named 'a'"):
        prepare((np.eye(4, 2), ["a", "a"]), ["a"])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_cases_are_refused(n: int) -> None:
    with pytest.raises(DataError, match="at least 3"):
        fit(MEDIATION, {name: column[:n] for name, column in mediation_data().items()})


def test_fewer_cases_than_a_regression_needs_are_refused() -> None:
    data = {f"x{i}": np.random.default_rng(i).normal(size=6) for i in range(6)}
    with pytest.raises(DataError, match="need at least 7"):
        fit("X <~ x0 + x1 + x2 + x3 + x4; Y =~ x5; Y ~ X", data)


@pytest.mark.parametrize("given_as", ["polars", "pandas", "array", "text"])
def test_every_kind_of_table_gives_the_same(given_as: str) -> None:
    data = mediation_data()
    expected = fit(MEDIATION, data).estimates
    table: Any
    if given_as == "polars":
        table = pl.DataFrame(data)
    elif given_as == "pandas":
        table = pytest.importorskip("pandas").DataFrame(data)
    elif given_as == "array":
        table = (np.column_stack(list(data.values())), list(data))
    else:
        table = {name: [repr(float(value)) for value in column] for name, column in data.items()}
    assert fit(MEDIATION, table).estimates == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_empty_cells_nan_and_markers_are_all_missing() -> None:
    held = prepare({"a": ["1", "", None, "-99", " 4 "], "b": [1, 2, 3, 5, 4]}, ["a", "b"], marker=[-99, -98])
    assert held.missing.tolist() == [3, 0]


def test_casewise_leaves_cases_out_and_says_how_many() -> None:
    data = gapped()
    whole = ~np.isnan(np.column_stack(list(data.values()))).any(axis=1)
    fitted = fit(MEDIATION, data, missing="casewise")
    alone = fit(MEDIATION, {name: column[whole] for name, column in data.items()})
    assert fitted.n == whole.sum()
    assert fitted.cases.dropped == (~whole).sum()
    assert [problem.kind for problem in fitted.problems] == ["cases"]
    assert fitted.estimates == pytest.approx(alone.estimates, abs=1e-12, nan_ok=True)


def test_means_stand_in_for_missing_values() -> None:
    data = gapped()
    filled = {name: np.where(np.isnan(column), np.nanmean(column), column) for name, column in data.items()}
    fitted = fit(MEDIATION, data)
    assert fitted.estimates == pytest.approx(fit(MEDIATION, filled).estimates, abs=1e-12, nan_ok=True)
    assert "missing" in {problem.kind for problem in fitted.problems}


def test_pairwise_correlations_are_those_of_the_cases_that_have_both() -> None:
    data = gapped(40, 0.25)
    names = list(data)
    ours = fit(MEDIATION, data, missing="pairwise").indicator_correlations
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            both = ~np.isnan(data[a]) & ~np.isnan(data[b])
            expected = np.corrcoef(data[a][both], data[b][both])[0, 1]
            assert ours[i, j] == pytest.approx(expected, abs=1e-12)


@given(rule=st.sampled_from(["mean", "pairwise"]), seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_counting_cases_is_repeating_them(rule: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(30, 4))
    values[rng.random(values.shape) < 0.15] = np.nan
    values[:5] = rng.normal(size=(5, 4))
    rows = np.concatenate([np.arange(5), rng.integers(30, size=25)])
    counts = np.bincount(rows, minlength=30)
    names = list("abcd")
    counted = Moments(prepare((values, names), names, missing=rule)).correlations(counts[:, None])[:, :, 0]
    repeated = Moments(prepare((values[rows], names), names, missing=rule)).correlations(np.ones((30, 1)))[
        :, :, 0
    ]
    assert counted == pytest.approx(repeated, abs=1e-10)


def test_case_weights_count_as_repeated_cases_do() -> None:
    data = mediation_data(80)
    times = np.random.default_rng(5).integers(0, 4, size=80)
    weighted = fit(MEDIATION, data | {"w": times.astype(float)}, weights="w")
    repeated = fit(MEDIATION, {name: np.repeat(column, times) for name, column in data.items()})
    for kind in ("weight", "path", "r2", "htmt"):
        ours = [row["estimate"] for row in weighted.rows(kind)]
        assert ours == pytest.approx([row["estimate"] for row in repeated.rows(kind)], abs=1e-10)


@pytest.mark.parametrize(
    ("weights", "says"),
    [([1.0], "one weight for each case"), ("w8", "no column 'w8'"), ([-1.0] * 200, "weight of row 1 is -1")],
)
def test_bad_case_weights_are_refused(weights: Any, says: str) -> None:
    with pytest.raises(DataError, match=says):
        fit(MEDIATION, mediation_data(), weights=weights)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_no_unit_of_measurement_is_too_small_or_large(scale: float) -> None:
    data = mediation_data(60)
    other = {name: column * scale for name, column in data.items()}
    assert fit(MEDIATION, other).estimates == pytest.approx(fit(MEDIATION, data).estimates, abs=1e-9)


def test_a_lazy_frame_is_a_table_too() -> None:
    data = mediation_data(60)
    assert fit(MEDIATION, pl.LazyFrame(data)).n == 60


@pytest.mark.parametrize("data", [None, "answers.csv", [[1, 2]], 3])
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match="is no table"):
        fit(MEDIATION, data)


@pytest.mark.parametrize("column", [np.zeros((200, 2)), np.zeros(200, dtype=complex)])
def test_what_is_no_column_of_numbers_is_refused(column: Any) -> None:
    with pytest.raises(DataError, match="no column of real numbers"):
        fit(MEDIATION, mediation_data() | {"use1": column})


def test_items_made_from_one_another_are_a_problem() -> None:
    data = mediation_data()
    fitted = fit(MEDIATION, data | {"use2": 8 - data["use1"]})
    [problem] = [one for one in fitted.problems if one.kind == "copies"]
    assert "use1 and use2" in problem.reason
