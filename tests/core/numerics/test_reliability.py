"""Reliability of several questions: a published example, R, two other programs, and what follows by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.decomposition import FactorAnalysis
from statsmodels.multivariate.factor import Factor

from fondaco.numerics.agreement import intraclass, within_group
from fondaco.numerics.reliability import reliability

#: Ten people, three questions: an example of statistics courses, of which R (ltm, psych) and pingouin give alpha 0.7734375
#: and pingouin gives the 95 % interval 0.336 to 0.939.
COURSE = np.array(
    [[1, 1, 1], [2, 1, 1], [2, 1, 2], [3, 2, 1], [2, 3, 2], [2, 3, 3], [3, 2, 3], [3, 3, 3], [2, 3, 2], [3, 3, 3]],
    dtype=float,
)  # fmt: skip


def made(people: int, loadings: list[float], seed: int) -> NDArray[np.float64]:
    """Answers from 1 to 7 of people who differ on one factor."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(people, 1))
    answers = np.round(4 + factor * np.array(loadings) + rng.normal(size=(people, len(loadings))))
    return np.asarray(np.clip(answers, 1, 7))


def test_alpha_and_its_interval_are_those_of_the_course_example() -> None:
    told = reliability(COURSE, level=0.95).alpha
    assert told.estimate == pytest.approx(0.7734375, abs=1e-9)
    assert told.low == pytest.approx(0.336, abs=5e-4)
    assert told.high == pytest.approx(0.939, abs=5e-4)


def test_alpha_is_that_of_r_on_the_mobi_survey(shared: Path) -> None:
    """seminr gives the alpha of standardised questions."""
    folder = shared / "reference" / "plssem"
    wanted = json.loads((folder / "expected" / "c_mobi_ecsi.json").read_text("utf-8"))["results"][
        "reliability"
    ]
    table = pl.read_csv(folder / "data" / "mobi.csv")
    for name, mark in (("Image", "IMAG"), ("Expectation", "CUEX"), ("Quality", "PERQ")):
        held = table.select(pl.col(f"^{mark}\\d$")).to_numpy().astype(float)
        told = reliability((held - held.mean(axis=0)) / held.std(axis=0, ddof=1))
        expected = wanted[name]["alpha"]
        assert told.alpha.estimate == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("people", "loadings"),
    [(50, [1.0, 0.7, 1.3]), (60, [0.6, 0.9, 1.2, 0.8]), (200, [1, 1, 1, 0.5, 1.4]), (100, [0.7] * 8)],
)
def test_omega_is_that_of_two_other_programs(people: int, loadings: list[float]) -> None:
    held = made(people, loadings, seed=3)
    told = reliability(held)
    assert told.omega.estimate is not None
    sklearn = FactorAnalysis(1, tol=1e-14, max_iter=200_000, svd_method="lapack").fit(held)
    common = sklearn.components_[0].sum() ** 2
    assert told.omega.estimate == pytest.approx(common / (common + sklearn.noise_variance_.sum()), abs=1e-6)
    fitted = Factor(held, 1, method="ml").fit(maxiter=5000, tol=1e-12)
    loading, spread = np.abs(fitted.loadings[:, 0]) * held.std(axis=0, ddof=1), held.var(axis=0, ddof=1)
    common = loading.sum() ** 2
    assert told.omega.estimate == pytest.approx(common / (common + (spread - loading**2).sum()), abs=1e-5)


def test_with_three_questions_omega_follows_from_their_covariances_by_hand() -> None:
    """Three questions determine a factor exactly: a loading's square is s12 s13 / s23."""
    held = made(80, [1.0, 0.8, 1.1], seed=5)
    s = np.cov(held, rowvar=False)
    loading = np.sqrt([s[0, 1] * s[0, 2] / s[1, 2], s[0, 1] * s[1, 2] / s[0, 2], s[0, 2] * s[1, 2] / s[0, 1]])
    assert reliability(held).omega.estimate == pytest.approx(loading.sum() ** 2 / s.sum(), abs=1e-6)


def test_people_who_left_a_question_open_do_not_count_and_too_few_are_refused_in_words() -> None:
    gaps = COURSE.copy()
    gaps[0, 1] = np.nan
    told = reliability(gaps)
    assert told.n == 9 and told.alpha.estimate is None and "9 complete answers" in told.alpha.why
    assert "One question" in reliability(COURSE[:, :1]).alpha.why
    assert "two questions" in reliability(COURSE[:, :2]).omega.why.lower()
    same = COURSE.copy()
    same[:, 0] = 4
    assert "the same answer" in reliability(same).alpha.why


def test_questions_that_one_factor_does_not_fit_get_no_omega() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 60))
    held = np.column_stack([first, first + 0.01 * rng.normal(size=60), second, -first + rng.normal(size=60)])
    told = reliability(held).omega
    assert told.estimate is None and "does not fit" in told.why


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 6))
def test_both_do_not_depend_on_the_order_of_questions_nor_on_where_the_scale_begins(
    seed: int, items: int
) -> None:
    held = made(40, [1.0 + 0.1 * n for n in range(items)], seed)
    first, second = reliability(held), reliability(held[:, ::-1] + 3)
    assert first.alpha.estimate == pytest.approx(second.alpha.estimate)
    if first.omega.estimate is not None and second.omega.estimate is not None:
        assert first.omega.estimate == pytest.approx(second.omega.estimate, abs=1e-6)


def test_the_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    """Six targets, four judges: ICC(1,1) is .17 and ICC(1,4) .44 (Psychological Bulletin 86, 1979, table 4)."""
    judged = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    single, mean = intraclass(judged)
    assert (round(single, 2), round(mean, 2)) == (0.17, 0.44)
    with pytest.raises(ValueError, match="two groups"):
        intraclass([[1, 2, 3]])


def test_agreement_within_a_group_follows_by_hand() -> None:
    # Variances of the two questions are 1 and 0.5; answers at random from seven points vary by 4.
    told = within_group(np.array([[5, 4], [6, 5], [7, np.nan]]))
    ratio = (1 + 0.5) / 2 / 4
    assert told == pytest.approx(2 * (1 - ratio) / (2 * (1 - ratio) + ratio))
    assert np.isnan(within_group([[5.0, 6.0]]))


def test_answers_that_cancel_out_or_repeat_each_other_are_no_grounds_for_a_number() -> None:
    one, other = (
        np.array([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5.0]),
        np.array([4, 2, 5, 4, 6, 6, 7, 1, 1, 3, 2, 5.0]),
    )
    told = reliability(np.column_stack([one, 8 - one]))
    assert told.alpha.estimate is None and "cancel out" in told.alpha.why
    # All questions answered alike: alpha is 1 by its formula, and no factor has an error to be fitted.
    told = reliability(np.column_stack([one, one, one]))
    assert told.alpha.estimate == pytest.approx(1) and told.omega.estimate is None
    told = reliability(np.column_stack([one, other, one + other]))
    assert told.omega.estimate is None and "follow from" in told.omega.why
