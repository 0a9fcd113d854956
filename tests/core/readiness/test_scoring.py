"""From answers to scores: worked by hand, and what must hold of any answers."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fondaco.kernel import Damaged, InputError
from fondaco.readiness import Answers, assess, change_of, over_time, questionnaire, reliabilities
from fondaco.readiness.answers import answers_of_line, checked, line_of
from fondaco.readiness.scoring import mean_of

HELD = questionnaire()
DAY = date(2026, 6, 30)


def said(
    who: str, values: dict[str, float], day: date = DAY, *, asked: tuple[str, ...] = (), department: str = ""
) -> Answers:
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Answers(f"{who}-{day}", "firm", who, department, at, values, asked)  # type: ignore[arg-type]


RO = ("RO1", "RO2", "RO3", "RO4")


@pytest.mark.requirement("F01")
def test_a_score_is_the_mean_of_what_is_answered_with_reversed_questions_turned() -> None:
    state = assess(HELD, "firm", [said("Anna", {"RO1": 6, "RO2": 5, "RO3": 4, "RO4": 2})], DAY)
    score = state.scores["responsiveness"]
    assert score.score.estimate == pytest.approx((6 + 5 + 4 + (8 - 2)) / 4)
    # One informant: as if they were one of several who differ by a point, worth four answers.
    assert score.se == pytest.approx(1.0)
    assert score.score.high == pytest.approx(float(5.25 + stats.t.ppf(0.9, 4)))
    assert "One person's word" in score.score.why


def test_with_fewer_than_half_answered_there_is_no_score_and_it_is_said() -> None:
    state = assess(HELD, "firm", [said("Anna", {"RO1": 6}, asked=RO)], DAY)
    score = state.scores["responsiveness"]
    assert score.score.estimate is None and "1 of 4 questions" in score.score.why
    assert (score.missing, score.asked) == (3, 4)
    half = assess(HELD, "firm", [said("Anna", {"RO1": 6, "RO4": 1}, asked=RO)], DAY)
    assert half.scores["responsiveness"].score.estimate == pytest.approx(6.5)


@pytest.mark.requirement("F02")
def test_several_informants_are_one_state_and_how_far_they_lie_apart_is_told() -> None:
    answers = [
        said(who, {"MO1": a, "MO2": a}, department=who)
        for who, a in (("sales", 2), ("production", 3), ("management", 7))
    ]
    score = assess(HELD, "firm", answers, DAY).scores["motivation"]
    assert score.score.estimate == pytest.approx(4)
    assert score.spread == (2.0, 7.0)
    assert {own.department: own.score for own in score.people} == {
        "sales": 2,
        "production": 3,
        "management": 7,
    }
    assert score.agreement == 0.0  # variance 7 is more than the 4 of answers at random
    squares = (2 - 4) ** 2 + (3 - 4) ** 2 + (7 - 4) ** 2
    assert score.se == pytest.approx(math.sqrt((4 + squares) / 6 / 3))


@pytest.mark.parametrize(
    ("given_", "low", "high"), [([5.0], 3.47, 6.53), ([4.0, 5.0, 6.0], 4.17, 5.83), ([5.0] * 6, 4.62, 5.38)]
)
def test_the_worked_table_of_the_documentation(given_: list[float], low: float, high: float) -> None:
    """By hand: t(0.9) of 4, 6 and 9 degrees of freedom is 1.533, 1.440 and 1.383; s2 is 1, 1 and 4/9."""
    told = mean_of(given_)
    assert told.low is not None and told.high is not None
    assert (round(told.low, 2), round(told.high, 2)) == (low, high)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=12))
def test_a_range_holds_its_score_and_stays_on_the_scale(given_: list[int]) -> None:
    told = mean_of([float(each) for each in given_])
    assert told.estimate is not None and told.low is not None and told.high is not None
    assert 1 <= told.low <= told.estimate <= told.high <= 7


def test_ranges_cover_the_firms_mean_as_often_as_they_say_where_people_differ_by_a_point() -> None:
    rng = np.random.default_rng(4)
    for people in (1, 2, 5):
        held = 0
        for _ in range(2000):
            told = mean_of(list(4 + rng.normal(size=people)), bounds=(-99, 99))
            assert told.low is not None and told.high is not None
            held += told.low <= 4 <= told.high
        assert 0.78 <= held / 2000 <= 0.9, people  # 80 %, and somewhat more where few answered


@pytest.mark.requirement("F14")
def test_a_state_has_a_day_and_evidence_and_answers_grow_old() -> None:
    old, new = said("Anna", {"RO1": 2, "RO2": 2}, date(2025, 1, 1)), said("Bo", {"RO1": 6, "RO2": 6})
    state = assess(HELD, "firm", [old, new], DAY)
    score = state.scores["responsiveness"]
    assert score.score.estimate == 6 and (score.first, score.last) == (DAY, DAY)
    assert state.outdated == ("Anna",) and state.informants == 1
    then = assess(HELD, "firm", [old, new], date(2025, 6, 1))
    assert then.scores["responsiveness"].score.estimate == 2  # what was known on that day


@pytest.mark.requirement("F12")
def test_readiness_measured_again_is_a_change_of_the_same_people_with_its_range() -> None:
    first, last = date(2026, 1, 10), date(2026, 6, 20)
    answers = [
        said("Anna", {"RO1": 3, "RO2": 3}, first), said("Anna", {"RO1": 5, "RO2": 5}, last),
        said("Bo", {"RO1": 4, "RO2": 4}, first), said("Bo", {"RO1": 5, "RO2": 5}, last),
        said("Cy", {"RO1": 1, "RO2": 1}, last),
    ]  # fmt: skip
    change = change_of(HELD, answers, DAY)["responsiveness"]
    assert change.by.estimate == pytest.approx(1.5) and change.people == 2
    assert (change.since, change.until) == (first, last)
    se = math.sqrt((4 + 2 * 0.25) / 5 / 2)
    assert change.by.low == pytest.approx(1.5 - stats.t.ppf(0.9, 5) * se)
    states = over_time(HELD, "firm", answers, DAY)
    assert [state.day for state in states] == [date(2026, 1, 31), DAY]
    assert states[0].scores["responsiveness"].score.estimate == pytest.approx(3.5)


def test_two_parts_of_one_sitting_are_joined_and_no_change() -> None:
    answers = [
        said("Anna", {"RO1": 3}, DAY - timedelta(days=5), asked=RO),
        said("Anna", {"RO2": 5, "RO1": 4}, DAY),
    ]
    assert assess(HELD, "firm", answers, DAY).scores["responsiveness"].score.estimate == pytest.approx(4.5)
    assert change_of(HELD, answers, DAY) == {}


@pytest.mark.requirement("F05")
def test_each_market_has_its_own_know_how() -> None:
    state = assess(
        HELD, "firm", [said("Anna", {"KH1@DEU": 6, "KH2@DEU": 6, "KH1@KOR": 2, "KH2@KOR": 1})], DAY
    )
    assert state.scores["know_how@DEU"].score.estimate == 6
    assert state.scores["know_how@KOR"].score.estimate == 1.5
    assert "know_how" not in state.scores


def test_reliability_is_told_over_people_and_refused_for_a_few() -> None:
    rng = np.random.default_rng(2)
    answers = []
    for n in range(12):
        level = rng.integers(2, 7)
        values = {key: float(np.clip(level + rng.integers(-1, 2), 1, 7)) for key in RO}
        values["RO4"] = 8 - values["RO4"]
        answers.append(said(f"p{n}", values))
    told = reliabilities(HELD, answers)
    assert told["responsiveness"].n == 12 and (told["responsiveness"].alpha.estimate or 0) > 0.7
    assert told["fit"].alpha.estimate is None


@pytest.mark.parametrize("value", [0, 8, 3.5, math.nan, math.inf, -1])
def test_what_is_no_answer_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="no answer to RO1"):
        checked("RO1", value, HELD)


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '{"questionnaire": "readiness-1"}', '{"questionnaire": "readiness-1", "values": {"RO1": 9}}']
)  # fmt: skip
def test_a_line_that_is_not_ours_is_told_as_damage(line: str) -> None:
    with pytest.raises(Damaged, match="restore it from a backup"):
        answers_of_line(line)


@given(
    st.text(min_size=1, max_size=20).map(lambda text: text.encode("utf-8", "ignore").decode()),
    st.dictionaries(st.sampled_from(RO), st.integers(1, 7).map(float)),
)
def test_answers_come_back_from_their_line_as_they_went_in(who: str, values: dict[str, float]) -> None:
    held = said(who, values)
    assert answers_of_line(line_of(held)) == held
    assert "\n" not in line_of(held)
