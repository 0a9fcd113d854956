"""Choosing goods with members: means with ranges, disagreement, and no winner where ranges overlap."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.kernel.errors import InputError
from fondaco.network.programmes.choosing import CRITERIA, Criterion, Scores, choose

pytestmark = pytest.mark.requirement("S08")
EVEN: dict[Criterion, float] = dict.fromkeys(CRITERIA, 1.0)


def said(*scores: int) -> list[Scores]:
    """Return members who each give one score to every criterion."""
    return [dict.fromkeys(CRITERIA, each) for each in scores]


def test_a_candidate_is_put_first_only_where_its_range_lies_above_all_others() -> None:
    # By hand: scores 6 6 6 7 7: mean 6.4, s = 0.5477, t(4) = 2.7764, 6.4 +- 2.7764 x 0.5477 / sqrt(5) = 5.72 to 7.
    apart = choose({"Salt": said(2, 3, 3, 2, 3), "Honey": said(6, 6, 6, 7, 7)}, EVEN)
    best = apart.candidates[0]
    assert (apart.first, best.name, best.members) == ("Honey", "Honey", 5)
    assert best.value.estimate == pytest.approx(6.4)
    assert best.value.low == pytest.approx(5.7199, abs=1e-4) and best.value.high == 7
    near = choose({"Salt": said(5, 6, 6, 6, 6), "Honey": said(6, 6, 6, 7, 7)}, EVEN)
    assert near.first is None and "overlaps that of Salt" in near.why


def test_weights_decide_what_counts() -> None:
    held: list[Scores] = [{"origin": 7, "rules": 1, "rivals": 1, "price": 3}] * 5
    other: list[Scores] = [{"origin": 1, "rules": 7, "rivals": 7, "price": 3}] * 5
    only_origin: dict[Criterion, float] = {"origin": 5.0, "rules": 0.0, "rivals": 0.0, "price": 0.0}
    assert choose({"A": held, "B": other}, only_origin).first == "A"
    by_both = choose({"A": held, "B": other}, {"origin": 3.0, "rules": 0.0, "rivals": 0.0, "price": 1.0})
    assert by_both.candidates[0].value.estimate == pytest.approx((3 * 7 + 3) / 4)


def test_disagreement_is_named_and_fewer_than_five_are_not_told() -> None:
    found = choose(
        {"Split": said(1, 1, 7, 7, 7), "United": said(5, 5, 5, 5, 6), "New": said(7, 7, 7, 7)}, EVEN
    )
    by_name = {each.name: each for each in found.candidates}
    assert all(part.disputed and part.agreement == 0 for part in by_name["Split"].parts)
    # r_wg = 1 - 0.2 / 4 for scores 5 5 5 5 6 on seven points
    assert by_name["United"].parts[0].agreement == pytest.approx(0.95)
    new = by_name["New"]
    assert new.value.estimate is None and "4 members" in new.value.why and new.parts[0].mean is None


@pytest.mark.parametrize(
    "weights", [dict.fromkeys(CRITERIA, 0.0), EVEN | {"price": -1.0}, EVEN | {"rules": float("nan")}]
)
def test_weights_that_are_none_are_refused(weights: dict[Criterion, float]) -> None:
    with pytest.raises(InputError):
        choose({"A": said(5)}, weights)


def test_scores_off_the_scale_are_refused() -> None:
    with pytest.raises(InputError, match="from 1 to 7"):
        choose({"A": said(8)}, EVEN)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("ABC"), st.lists(st.integers(1, 7), max_size=12), max_size=3))
def test_whoever_is_first_has_no_rival_within_its_range(scores: dict[str, list[int]]) -> None:
    found = choose({name: said(*each) for name, each in scores.items()}, EVEN)
    told = [each for each in found.candidates if each.value.estimate is not None]
    assert {each.name for each in told} == {name for name, each in scores.items() if len(each) >= 5}
    if found.first:
        low = next(each.value.low for each in told if each.name == found.first)
        assert all((each.value.high or 0) < (low or 0) for each in told if each.name != found.first)
