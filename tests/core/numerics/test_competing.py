"""Cumulative incidence where several things may end the waiting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondaco.numerics.competing import incidence
from fondaco.numerics.survival import kaplan_meier


def test_a_table_worked_out_by_hand() -> None:
    # Five cases: 2 days order, 3 days lost, 3 days still open, 5 days order, 6 days still open.
    # S(0)=1; day 2: 1/5 orders -> 0.2, S=0.8; day 3: 1/4 lost -> 0.2, S=0.6; day 5: 1/2 orders -> 0.2+0.3=0.5.
    found = incidence([2, 3, 3, 5, 6], [1, 2, 0, 1, 0])
    assert found[1].time.tolist() == [2, 3, 5]
    assert found[1].share == pytest.approx([0.2, 0.2, 0.5])
    assert found[2].share == pytest.approx([0, 0.2, 0.2])
    assert (found[1].cases, found[1].events, found[2].events) == (5, 2, 1)


def test_shares_and_errors_are_those_of_another_program() -> None:
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    rng = np.random.default_rng(3)
    times, causes = rng.integers(1, 40, 120).astype(float), rng.integers(0, 3, 120)
    times[-1], causes[-1] = 50, 0  # somebody is left at the end, where the other program divides by nothing
    with np.errstate(all="ignore"):
        theirs = survfunc.CumIncidenceRight(times, causes)
    ours = incidence(times, causes)
    at = np.searchsorted(theirs.times, ours[1].time)
    for cause in (1, 2):
        assert ours[cause].share == pytest.approx(theirs.cinc[cause - 1][at])
        assert ours[cause].error == pytest.approx(theirs.cinc_se[cause - 1][at])


def test_nobody_to_follow_is_told_in_words() -> None:
    found = incidence([], [])
    assert found[1].at(30).why
    assert incidence([5, 9], [0, 0])[1].at(4).estimate == 0
    everybody = incidence([0, 1, 2, 2, 3], [2, 2, 0, 2, 2])[2].at(
        3
    )  # whose shares sum to a little less than one
    assert (everybody.estimate, everybody.low, everybody.high) == (1.0, None, None)
    assert "everyone" in everybody.why
    with pytest.raises(ValueError, match="not negative"):
        incidence([-1], [1])


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2)), min_size=1, max_size=60),
)
@example([(0, 2), (1, 2), (2, 0), (2, 2), (3, 2)])  # sums to one but for rounding
def test_shares_of_all_causes_and_those_left_make_one(cases: list[tuple[int, int]]) -> None:
    times, causes = [c[0] for c in cases], [c[1] for c in cases]
    found = incidence(times, causes)
    left = kaplan_meier(times, [c > 0 for c in causes]).survival
    total = sum((curve.share for curve in found.values()), np.zeros(len(left)))
    assert total + left == pytest.approx(np.ones(len(left)))
    for curve in found.values():
        assert (np.diff(curve.share) >= -1e-12).all()
        everybody = np.isclose(curve.share, 1)
        assert curve.low[everybody] == pytest.approx(1) and curve.high[everybody] == pytest.approx(1)
        assert ((curve.low <= curve.share + 1e-9) & (curve.share <= curve.high + 1e-9)).all()
