"""The readiness regression of the agro-food study from its printed correlations, and matrices of every layout.

Magni, Chierici, Fait and Lefebvre (2022), International Marketing Review 39(3), n = 300: the correlations, t and
VIF as printed there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.evidence import (
    Correlations,
    Survey,
    check_stars,
    read_correlations,
    read_levels,
    regress,
    regress_correlations,
)
from fondaco.evidence.correlations import parse_correlations
from fondaco.evidence.printed import check_printed, printed_notes, read_printed
from fondaco.evidence.published import rounding_bounds
from fondaco.kernel import InputError, UnknownName

pytestmark = pytest.mark.requirement("R16")

PRINTED = """variable,1,2,3,4,5
1. Customer knowledge,1,,,,
2. Market knowledge,0.011,1,,,
3. Economic-setting knowledge,0.108,0.067,1,,
4. Risk perception,0.433**,0.031,0.139*,1,
5. Readiness,0.098,0.115*,0.114*,-0.076,1
"""
#: What the study's footnote says of its stars.
FOOTNOTE = {"**": 0.05, "*": 0.10}


@pytest.fixture
def agro(tmp_path: Path) -> Correlations:
    path = tmp_path / "agro.csv"
    path.write_text(PRINTED)
    return read_correlations(path)


def test_the_printed_results_follow_from_the_printed_correlations(agro: Correlations) -> None:
    found = regress_correlations("readiness", agro, 300)
    assert [term.vif for term in found.terms] == pytest.approx([1.234, 1.005, 1.027, 1.245], abs=5e-4)
    assert [term.t for term in found.terms] == pytest.approx([2.460, 1.951, 1.958, -2.565], abs=5e-4)
    assert found.r2 == pytest.approx(0.053, abs=5e-4)
    # The t values that the study prints, from unrounded data, lie within the rounding of its correlations.
    assert [term.t for term in found.terms] == pytest.approx([2.451, 1.950, 1.968, -2.566], abs=0.02)
    assert found.durbin_watson is None
    assert found.intercept is None


@pytest.mark.requirement("R13")
def test_exact_p_values_and_their_corrections(agro: Correlations) -> None:
    """Worked out apart from this project, with NumPy and SciPy."""
    found = regress_correlations("readiness", agro, 300)
    assert [term.p for term in found.terms] == pytest.approx([0.0145, 0.0521, 0.0512, 0.0108], abs=5e-5)
    assert list(found.holm.values()) == pytest.approx([0.0434, 0.1024, 0.1024, 0.0433], abs=5e-5)
    assert list(found.benjamini_hochberg.values()) == pytest.approx(
        [0.0290, 0.0521, 0.0521, 0.0290], abs=5e-5
    )
    assert (found.r2_adjusted, found.f, found.f_p) == pytest.approx((0.0402, 4.131, 0.0028), abs=5e-4)
    assert found.f_df == (4, 295)


@pytest.mark.requirement("R15")
def test_two_of_the_four_hypotheses_miss_five_percent(agro: Correlations) -> None:
    found = regress_correlations("readiness", agro, 300)
    assert found.notes[0] == (
        "2 of 4 terms miss p < .05: Market knowledge (p = .052) and Economic-setting knowledge (p = .051)."
    )


@pytest.mark.requirement("R14")
def test_risk_shows_only_beside_customer_knowledge(agro: Correlations) -> None:
    """Alone t is r sqrt(298 / (1 - r2)) = -1.316, p = 0.189; jointly p = 0.011."""
    found = regress_correlations("readiness", agro, 300)
    risk = found.terms[3]
    assert (risk.alone_beta, risk.alone_p) == pytest.approx((-0.076, 0.1893), abs=5e-5)
    assert any(note.startswith("Risk perception shows only beside the others") for note in found.notes)


@pytest.mark.requirement("R15")
def test_five_of_ten_stars_disagree_with_the_footnote(agro: Correlations) -> None:
    checks = check_stars(agro, 300, FOOTNOTE)
    wrong = {(check.a, check.b): check.earned for check in checks if check.printed != check.earned}
    assert wrong == {
        ("Customer knowledge", "Economic-setting knowledge"): "*",
        ("Customer knowledge", "Readiness"): "*",
        ("Market knowledge", "Readiness"): "**",
        ("Economic-setting knowledge", "Risk perception"): "**",
        ("Economic-setting knowledge", "Readiness"): "**",
    }
    told = " ".join(regress_correlations("readiness", agro, 300, stars=FOOTNOTE).notes)
    assert "5 of 10 correlations carry other stars" in told
    assert "** p < .01, * p < .05, none of 10 would disagree" in told


def test_rounding_leaves_one_hypothesis_open(agro: Correlations) -> None:
    """t of the third lies between 1.942 and 1.973 when each correlation may be off by 0.0005; critical is 1.968."""
    found = regress_correlations("readiness", agro, 300)
    low, high = rounding_bounds(agro, "Readiness", agro.variables[:4], 300, found)[
        "Economic-setting knowledge"
    ]
    assert (low, high) == pytest.approx((0.0494, 0.0531), abs=2e-4)
    assert any("Economic-setting knowledge" in note and "either side of .05" in note for note in found.notes)


LAYOUTS = {
    "full": ["v,a,b,y", "a,1,.3,.5", "b,.3,1,.2", "y,.5,.2,1"],
    "lower triangle, names above": ["v,a,b,y", "a,1,,", "b,.3,1,", "y,.5,.2,1"],
    "lower triangle without its last column": ["v,a,b", "a,,", "b,.3,", "y,.5,.2"],
    "upper triangle": ["v,a,b,y", "a,1,.3,.5", "b,,1,.2", "y,,,1"],
    "no names above": ["a,1,,", "b,.3,1,", "y,.5,.2,1"],
    "numbers above": ["v,1,2,3", "1. a,–,,", "2. b,.3,–,", "3. y,.5,.2,–"],
    "numbers above, last left out": ["v,1,2", "1. a,,", "2. b,.3,", "3. y,.5,.2"],
    "decimal commas": ["v;a;b;y", "a;1;;", "b;0,3;1;", "y;0,5;0,2;1"],
    "columns in another order": ["v,y,b,a", "a,.5,.3,1", "b,.2,1,.3", "y,1,.2,.5"],
    "a title above": ["Table 2. Correlations,,,", "v,a,b,y", "a,1,,", "b,.3,1,", "y,.5,.2,1"],
    "a note below": ["v,a,b,y", "a,1,,", "b,.3,1,", "y,.5**,.2,1", "Note: ** p < .05,,,"],
    "roots of the AVE on the diagonal": ["v,a,b,y", "a,.81,,", "b,.3,.77,", "y,.5,.2,.9"],
}


@pytest.mark.parametrize("rows", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_that_journals_print_is_read(tmp_path: Path, rows: list[str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = read_correlations(path)
    assert found.variables == ("a", "b", "y")
    assert found.r == pytest.approx(np.array([[1, 0.3, 0.5], [0.3, 1, 0.2], [0.5, 0.2, 1]]))


def test_standard_deviations_beside_the_correlations_give_b_in_units() -> None:
    grid = [["", "M", "SD", "1", "2"], ["age", "40", "10", "1", ""], ["pay", "3", "2.0", ".5", "1"]]
    found = regress_correlations("pay", parse_correlations(grid, "t"), 50)
    assert found.terms[0].beta == pytest.approx(0.5)
    assert found.terms[0].b == pytest.approx(0.5 * 2 / 10)
    assert not found.standardized


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(10, 200))
def test_correlations_say_what_the_cases_say(seed: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    cases = rng.normal(size=(n, k + 1)) @ rng.normal(size=(k + 1, k + 1))
    names = [f"v{i}" for i in range(k)]
    survey = Survey("s", pl.DataFrame(cases, schema=[*names, "y"], orient="row"), tuple(range(n)))
    raw = regress("y ~ " + " + ".join(names), survey)
    matrix = Correlations(
        "r",
        (*names, "y"),
        np.atleast_2d(np.corrcoef(cases.T)),
        0.0,
        {},
        spreads=tuple(cases.std(axis=0, ddof=1)),
    )
    told = regress_correlations("y", matrix, n)
    for a, b in zip(raw.terms, told.terms, strict=True):
        assert (b.b, b.se, b.t, b.p) == pytest.approx((a.b, a.se, a.t, a.p), rel=1e-6, abs=1e-9)
        assert (b.beta, b.vif, b.alone_p) == pytest.approx((a.beta, a.vif, a.alone_p), rel=1e-6, abs=1e-9)
    assert (told.r2, told.f) == pytest.approx((raw.r2, raw.f), rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["v,a,b", "a,1,", "b,1.3,1"], "row 3, b with a: 1.3 is no correlation"),
        (["v,a,b", "a,1,.2", "b,.3,1"], "a with b is 0.2 in one half and 0.3 in the other"),
        (["v,a,b,c", "a,1,,", "b,.3,1,", "c,,.1,1"], "no correlation of a with c"),
        (["v,a,b,c", "a,1,,", "b,.9,1,", "c,.9,-.9,1"], "contradict each other"),
        (["v,a,b,c", "a,1,,", "b,.3,1,", "c,.2,x,1"], "row 4, c with b: 'x' is no number"),
        (["v,a,b", "a,1,", "a,.3,1"], "'a' more than once"),
        (["v,a,b", "a,1,1", "b,1,1"], "follows exactly"),
        (["only,words", "in,it"], "no correlation matrix"),
    ],
)
def test_a_wrong_matrix_is_told_by_pair(tmp_path: Path, rows: list[str], said: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(InputError, match=said):
        read_correlations(path)


def test_an_outcome_must_be_in_the_table_and_n_large_enough(agro: Correlations) -> None:
    with pytest.raises(UnknownName, match="It has Customer knowledge"):
        regress_correlations("loyalty", agro, 300)
    with pytest.raises(InputError, match="--n"):
        regress_correlations("readiness", agro, 5)
    with pytest.raises(InputError, match="both sides"):
        regress_correlations("readiness ~ readiness", agro, 300)
    part = regress_correlations("readiness ~ Risk perception + Customer knowledge", agro, 300)
    assert [term.name for term in part.terms] == ["Risk perception", "Customer knowledge"]


def test_levels_of_stars_are_read() -> None:
    assert read_levels("**=.05,*=.10") == FOOTNOTE
    assert read_levels("*** p < 0.01; ** p<0,05") == {"***": 0.01, "**": 0.05}
    with pytest.raises(InputError, match="--stars"):
        read_levels("two stars")


#: The table of coefficients as the study prints it.
COEFFICIENTS = """Variable,B,t,Sign,VIF
Customer knowledge,0.182**,2.451,0.015,1.234
Market knowledge,0.129*,1.950,0.052,1.005
Economic-setting knowledge,0.088**,1.968,0.050,1.027
Risk perception,-0.162**,-2.566,0.011,1.244
"""


@pytest.mark.requirement("R15")
def test_printed_coefficients_are_compared_and_one_star_is_too_many(
    agro: Correlations, tmp_path: Path
) -> None:
    """A p of .050 is not below 5 percent, and the correlations give .0512."""
    path = tmp_path / "b.csv"
    path.write_text(COEFFICIENTS)
    terms = read_printed(path)
    found = regress_correlations("readiness", agro, 300)
    bounds = rounding_bounds(agro, "Readiness", agro.variables[:4], 300, found)
    checks = check_printed(terms, found, bounds)
    assert {check.quantity for check in checks} == {"t", "p", "vif"}  # B is not standardized
    assert [check for check in checks if not check.agrees] == []
    notes = printed_notes(terms, checks, found, FOOTNOTE)
    assert notes == [
        "12 of 12 printed figures agree with the printed correlations.",
        "Economic-setting knowledge carries ** (** p < .05), but the p printed beside it, 0.05, earns *.",
    ]


def test_a_printed_figure_that_cannot_be_right_is_told(agro: Correlations, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("term,beta,t,p\nMarket knowledge,0.31,1.95,< .001\nLoyalty,0.1,1.0,0.3\n")
    found = regress_correlations("readiness", agro, 300)
    bounds = rounding_bounds(agro, "Readiness", agro.variables[:4], 300, found)
    terms = read_printed(path)
    notes = printed_notes(terms, check_printed(terms, found, bounds), found, FOOTNOTE)
    assert "1 of 2 printed figures agree" in notes[0]
    assert "beta is printed as 0.31 and recomputed as 0.1108" in notes[1]
    assert "Not in the model, so not compared: Loyalty." in notes
    path.write_text("term,beta\nMarket knowledge,high\nx,0.1\n")
    with pytest.raises(InputError, match="row 2, beta of Market knowledge: 'high' is no number"):
        read_printed(path)
    path.write_text("term,mass\nx,0.1\n")
    with pytest.raises(InputError, match="no column of coefficients"):
        read_printed(path)
