"""What counts as a gap and who closes it; answers beside figures."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from fondaco.numerics import Estimate, share
from fondaco.readiness import (
    Answers,
    Figure,
    Figures,
    Gap,
    assess,
    checks_of,
    gaps_of,
    questionnaire,
    unknown_of,
)

HELD = questionnaire()
DAY = date(2026, 6, 30)


def said(who: str, values: dict[str, float], day: date = DAY) -> Answers:
    return Answers(f"{who}{day}", "firm", who, "", datetime(day.year, day.month, day.day, tzinfo=UTC), values)


def gaps(*answers: Answers, figures: Figures | None = None) -> tuple[Gap, ...]:
    state = assess(HELD, "firm", answers, DAY)
    return gaps_of(HELD, state, checks_of(HELD, state, figures or Figures()))


def figure(value: Estimate) -> Figure:
    return Figure(value, "Your files say so.", "Orders.")


@pytest.mark.parametrize(
    ("values", "rule", "who", "part"),
    [
        pytest.param({"RO2": 1, "RO1": 7}, "readiness/set-prices", "firm", "price", marks=pytest.mark.requirement("F09")),
        pytest.param({"RO1": 2, "RO3": 2, "RO4": 7}, "readiness/decide-fast", "firm", "platform", marks=pytest.mark.requirement("F09")),
        pytest.param({"SF3": 2, "SF1": 6}, "readiness/capacity", "firm", "product", marks=pytest.mark.requirement("F06")),
        pytest.param({"SF4": 1, "SF1": 7}, "readiness/contracts", "firm", "place", marks=pytest.mark.requirement("F08")),
        pytest.param({"PE1": 2, "PE2": 2}, "readiness/people", "firm", "platform", marks=pytest.mark.requirement("F07")),
        pytest.param({"PE3": 1, "PE1": 7}, "readiness/ecommerce-manager", "firm", "platform", marks=pytest.mark.requirement("F10")),
        pytest.param({"DS1": 2, "DS3": 2}, "readiness/digital-skills", "supporter", "promotion", marks=pytest.mark.requirement("F11")),
        pytest.param({"KH1@KOR": 2, "KH2@KOR": 2, "KH3@KOR": 2}, "readiness/know-how", "supporter", "place", marks=pytest.mark.requirement("F05")),
        pytest.param({"EX1": 2, "EX2": 7}, "readiness/expectations", "supporter", "platform", marks=pytest.mark.requirement("S15")),
        pytest.param({"DA1": 2, "DA2": 2}, "readiness/daily-work", "supporter", "promotion", marks=pytest.mark.requirement("S15")),
        pytest.param({"MO1": 2, "MO2": 2}, "readiness/motivation", "firm", "platform", marks=pytest.mark.requirement("F02")),
        pytest.param({"RI1": 7, "RI2": 7}, "readiness/risk", "partner", "platform", marks=pytest.mark.requirement("F13")),
    ],
)  # fmt: skip
def test_each_gap_calls_for_an_action_of_its_own(
    values: dict[str, float], rule: str, who: str, part: str
) -> None:
    found = gaps(said("Anna", values))
    assert [(gap.rule, gap.who, gap.part) for gap in found] == [(rule, who, part)]
    assert found[0].what.endswith(".") and "1 informant" in found[0].why


def test_a_gap_of_a_market_names_it() -> None:
    (gap,) = gaps(said("Anna", {"KH1@KOR": 2, "KH2@KOR": 2, "KH3@KOR": 2}))
    assert gap.market == "KOR" and "South Korea" in gap.what


def test_what_is_high_is_no_gap_and_low_risk_is_good() -> None:
    every = {
        item.id: 7.0 for item in HELD.items.values() if item.kind == "scale" and not item.id.startswith("KH")
    }
    every |= {item.id: 1.0 for item in HELD.items.values() if item.reverse or item.construct == "risk"}
    every["RI4"] = 7.0
    assert gaps(said("Anna", every)) == ()


def test_outcomes_have_no_action_of_their_own() -> None:
    assert gaps(said("Anna", {"PF1": 1, "PF2": 1, "RD1": 1, "RD2": 1})) == ()


def test_a_gap_is_sure_where_its_whole_range_is_low_and_sure_ones_come_first() -> None:
    answers = [said(who, {"PE1": 1, "PE2": 1, "MO1": 3, "MO2": 4}) for who in ("Anna", "Bo", "Cy", "Di")]
    assert [(gap.key, gap.sure) for gap in gaps(*answers)] == [("people", True), ("motivation", False)]


def test_where_people_lie_apart_they_are_to_talk_first() -> None:
    found = gaps(said("Anna", {"MO1": 2, "MO2": 2}), said("Bo", {"MO1": 7, "MO2": 7}))
    assert [(gap.kind, gap.name, gap.rule) for gap in found] == [
        ("apart", "motivation-apart", "readiness/talk")
    ]


@pytest.mark.requirement("F12")
def test_answers_that_are_too_old_call_for_asking_again() -> None:
    (gap,) = gaps(said("Anna", {"RO1": 7}, date(2025, 1, 1)))
    assert gap.kind == "old" and gap.rule == "readiness/again" and "Anna" in gap.why


@pytest.mark.parametrize(
    ("answer", "in_time", "received", "verdict"),
    [
        (7, 61, 100, "differs"),  # "we reply within a day": the files say 61 %
        (7, 95, 100, "agrees"),
        (2, 61, 100, "agrees"),
        (2, 99, 100, "differs"),  # better than they think
        (7, 3, 4, "open"),  # four inquiries settle nothing
        (4, 61, 100, "open"),
    ],
)
def test_we_reply_within_a_day_beside_the_share_that_the_files_know(
    answer: float, in_time: int, received: int, verdict: str
) -> None:
    state = assess(HELD, "firm", [said("Anna", {"RE1": answer, "RE2": 7, "RE3": 1})], DAY)
    (check,) = checks_of(HELD, state, Figures(in_time=figure(share(in_time, received, level=0.8))))
    assert check.verdict == verdict and check.basis == "Orders." and "of 7" in check.answer


@pytest.mark.parametrize(
    ("name", "values", "value", "verdict"),
    [
        pytest.param("hours", {"HW": 40}, 12, "differs", marks=pytest.mark.requirement("F07")),
        pytest.param("hours", {"HW": 13}, 12, "agrees", marks=pytest.mark.requirement("F07")),
        ("markets", {"NM": 9}, 4, "differs"),
        ("markets", {"NM": 5}, 4, "agrees"),
        pytest.param("beyond", {"SF3": 7, "SF1": 7}, 3, "differs", marks=pytest.mark.requirement("F06")),
        pytest.param("beyond", {"SF3": 7, "SF1": 7}, 0, "agrees", marks=pytest.mark.requirement("F06")),
        ("beyond", {"SF3": 1}, 0, "open"),
        pytest.param("exclusive", {"SF4": 7, "SF1": 7}, 2, "differs", marks=pytest.mark.requirement("F08")),
        pytest.param("manager", {"PE3": 7, "PE1": 7}, 0, "differs", marks=pytest.mark.requirement("F10")),
        ("manager", {"PE3": 7, "PE1": 7}, 1, "agrees"),
    ],
)  # fmt: skip
def test_other_answers_beside_what_is_known(
    name: str, values: dict[str, float], value: float, verdict: str
) -> None:
    state = assess(HELD, "firm", [said("Anna", values)], DAY)
    (check,) = checks_of(HELD, state, Figures(**{name: figure(Estimate(float(value)))}))
    assert check.verdict == verdict
    contradicted = [gap for gap in gaps_of(HELD, state, [check]) if gap.kind == "contradicted"]
    assert len(contradicted) == (verdict == "differs")


def test_where_nothing_is_known_nothing_is_compared_and_nobody_answering_is_said() -> None:
    state = assess(HELD, "firm", [], DAY)
    assert checks_of(HELD, state, Figures(in_time=figure(share(1, 2)))) == ()
    assert gaps_of(HELD, state) == ()
    assert "Nobody has answered" in unknown_of(HELD, state)[0]
