"""Regression beside certified and published figures, and beside itself by another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.datasets import longley

from fondaco.evidence import Regression, Survey, regress
from fondaco.kernel import InputError, UnknownName

pytestmark = pytest.mark.requirement("R13")

#: NIST, Statistical Reference Datasets, Longley (1967): certified coefficients and standard errors.
CERTIFIED = {
    "GNPDEFL": (15.0618722713733, 84.9149257747669),
    "GNP": (-0.358191792925910e-01, 0.334910077722432e-01),
    "UNEMP": (-2.02022980381683, 0.488399681651699),
    "ARMED": (-1.03322686717359, 0.214274163161675),
    "POP": (-0.511041056535807e-01, 0.226073200069370),
    "YEAR": (1829.15146461355, 455.478499142212),
}
#: Variance inflation factors of the same data, as textbooks print them.
VIF = {"GNPDEFL": 135.53, "GNP": 1788.51, "UNEMP": 33.62, "ARMED": 3.59, "POP": 399.15, "YEAR": 758.98}


def survey(**columns: Any) -> Survey:
    frame = pl.DataFrame({name: list(values) for name, values in columns.items()}, strict=False)
    return Survey("answers.csv", frame, tuple(range(2, frame.height + 2)))


@pytest.fixture(scope="module")
def nist() -> Regression:
    data = longley.load_pandas().data
    return regress(
        "TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR", survey(**{c: data[c] for c in data})
    )


def test_coefficients_and_errors_are_those_certified(nist: Regression) -> None:
    for term in nist.terms:
        b, se = CERTIFIED[term.name]
        assert term.b == pytest.approx(b, rel=1e-6)
        assert term.se == pytest.approx(se, rel=1e-6)
        assert term.vif == pytest.approx(VIF[term.name], abs=0.005)


def test_the_whole_model_is_as_certified(nist: Regression) -> None:
    assert nist.r2 == pytest.approx(0.995479004577296, abs=1e-9)
    assert nist.f == pytest.approx(330.285339234588, rel=1e-6)
    assert list(nist.f_df) == [6, 9]
    assert nist.to_json()["intercept"]["b"] == pytest.approx(-3482258.63459582, rel=1e-6)
    assert any("VIF" in note for note in nist.notes)
    assert nist.durbin_watson == pytest.approx(2.559, abs=5e-4)


def test_four_tests_are_corrected_as_by_hand() -> None:
    """Holm: p times 4, 3, 2, 1 and never falling; Benjamini and Hochberg: p times 4/rank, never rising."""
    x = np.random.default_rng(3).normal(size=(60, 4))
    y = x @ [0.9, 0.5, 0.25, 0.0] + np.random.default_rng(4).normal(size=60)
    found = regress("y ~ a + b + c + d", survey(y=y, **dict(zip("abcd", x.T, strict=True))))
    p = sorted((term.p, term.name) for term in found.terms)
    running, holm = 0.0, {}
    for factor, (value, name) in zip((4, 3, 2, 1), p, strict=True):
        running = max(running, min(1.0, factor * value))
        holm[name] = running
    running, hochberg = 1.0, {}
    for rank in (4, 3, 2, 1):
        value, name = p[rank - 1]
        running = min(running, value * 4 / rank)
        hochberg[name] = running
    assert found.holm == pytest.approx(holm)
    assert found.benjamini_hochberg == pytest.approx(hochberg)


@pytest.mark.requirement("R14")
def test_a_term_that_shows_only_beside_another_is_told() -> None:
    """Seen alone, a says nothing of y: b hides it, being opposed to y and like a."""
    rng = np.random.default_rng(1)
    a = rng.normal(size=200)
    b = a + rng.normal(size=200)
    y = a - b + 0.5 * rng.normal(size=200)
    y -= a * (np.cov(a, y)[0, 1] / a.var(ddof=1))  # alone exactly nothing
    found = regress("y ~ a + b", survey(y=y, a=a, b=b))
    term = found.terms[0]
    assert (term.alone_beta, term.alone_p) == pytest.approx((0, 1), abs=1e-9)
    assert term.p < 0.001
    assert any(note.startswith("a shows only beside the others") for note in found.notes)


def test_standardized_coefficients_are_those_of_standardized_data() -> None:
    x = np.random.default_rng(5).normal(size=(80, 2)) * [3, 0.1] + 7
    y = x @ [1.0, 4.0] + np.random.default_rng(6).normal(size=80)
    raw = regress("y ~ a + b", survey(y=y, a=x[:, 0], b=x[:, 1]))
    z = (x - x.mean(0)) / x.std(0)
    done = regress("y ~ a + b", survey(y=(y - y.mean()) / y.std(), a=z[:, 0], b=z[:, 1]))
    for term, standard in zip(raw.terms, done.terms, strict=True):
        assert term.beta == pytest.approx(standard.b)
        assert term.t == pytest.approx(standard.t)


def test_robust_errors_follow_white_and_mackinnon() -> None:
    """HC3 by its formula (MacKinnon and White 1985): residuals over one less their leverage."""
    rng = np.random.default_rng(7)
    a = rng.normal(size=50)
    y = a + rng.normal(size=50) * (1 + np.abs(a))
    found = regress("y ~ a", survey(y=y, a=a), robust="HC3")
    x = np.column_stack([np.ones(50), a])
    inverse = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    error = (y - x @ inverse @ x.T @ y) / (1 - leverage)
    covariance = inverse @ (x.T * error**2) @ x @ inverse
    assert found.terms[0].se == pytest.approx(np.sqrt(covariance[1, 1]))
    assert found.robust == "HC3"


def test_missing_answers_leave_cases_out_and_are_told() -> None:
    found = regress("y ~ a", survey(y=[1, 2, 3, 4, 5.5, -99], a=[1, None, 2, 4, 5, 6.0]), marker=-99)
    assert (found.n, found.dropped) == (4, 2)
    assert any("2 cases" in note for note in found.notes)


@pytest.mark.requirement("X08")
def test_every_regression_says_that_it_is_no_general_rate(nist: Regression) -> None:
    assert any("no general rate" in note for note in nist.notes)
    assert "16 of 16 cases" in nist.basis


def test_words_are_categories() -> None:
    found = regress("y ~ country", survey(y=[1, 2, 3, 4, 5, 7.0], country=list("aabbcc")))
    assert [term.name for term in found.terms] == ["country[T.b]", "country[T.c]"]
    assert found.terms[0].b == pytest.approx(2.0)  # mean of b less mean of a: 3.5 - 1.5


def test_names_with_blanks_are_quoted() -> None:
    found = regress("y ~ Q('how often')", survey(**{"y": [1, 2, 3, 5.0], "how often": [1, 2, 3, 4.0]}))
    assert found.terms[0].name == "how often"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("y ~ q", "no column 'q'"),
        ("y ~ vieuws", "Did you mean views"),
        ("y + a", "no formula"),
        ("y ~ ", "no formula"),
        ("y ~ a ~ b", "no formula"),
        ("y ~ a +", "cannot be read"),
        ("y ~ 1", "no predictor"),
        ("y ~ a + twice", "a and twice say the same"),
        ("y ~ same", "same is the same in every case"),
        ("same ~ a", "nothing to explain"),
        ("y ~ a + b + C(g)", "coefficients"),
        ("g ~ a", "g holds words"),
        ("y ~ a.__class__", "may not hold"),
        ("y ~ __import__('os').system('true')", "may not hold"),
        ("y ~ open('x')", "may not hold"),
        ("y ~ np.load(a)", "may not hold"),
    ],
)
def test_a_wrong_formula_is_told_in_a_sentence(formula: str, said: str) -> None:
    cases = survey(
        y=[1, 2, 3, 5.0], a=[1, 2, 4, 3.0], b=[1, 0, 0, 1.0], twice=[2, 4, 8, 6.0], same=[1.0] * 4,
        views=[3, 1, 2, 2.0], g=["u", "v", "w", "u"],
    )  # fmt: skip
    with pytest.raises(InputError, match=said):
        regress(formula, cases)


def test_a_column_that_is_not_there_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName):
        regress("y ~ q", survey(y=[1, 2, 3.0], a=[1, 2, 4.0]))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50))
def test_units_do_not_change_tests(seed: int, scale: float, shift: float) -> None:
    x = np.random.default_rng(seed).normal(size=(30, 2))
    y = x.sum(1) + np.random.default_rng(seed + 1).normal(size=30)
    one = regress("y ~ a + b", survey(y=y, a=x[:, 0], b=x[:, 1]))
    other = regress("y ~ a + b", survey(y=y, a=x[:, 0] * scale + shift, b=x[:, 1]))
    for term, changed in zip(one.terms, other.terms, strict=True):
        assert changed.beta == pytest.approx(term.beta)
        assert changed.t == pytest.approx(term.t)
        assert changed.vif == pytest.approx(term.vif)
