"""A firm's readiness from the workspace: kept answers, the ledger beside them, the plan, papers, several firms."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fondaco import charts
from fondaco.kernel import Damaged, InputError, UnknownName
from fondaco.ledger import Workspace
from fondaco.readiness import Answers, questionnaire
from fondaco.strategy.profile import Distributor, Profile
from fondaco.strategy.rules import PARTS
from fondaco.workflows import take_in
from fondaco.workflows.plan import plan_of
from fondaco.workflows.profile import change_profile
from fondaco.workflows.readiness import actions_of, answers_frame, figures_of, readiness_of, spread_of
from fondaco.workflows.readiness_answers import (
    answer,
    answers_of,
    drop_informant,
    keep_answers,
    take_in_answers,
)
from fondaco.workflows.readiness_document import assessment_pdf

TODAY = date(2026, 6, 30)
HELD = questionnaire()


def said(who: str, values: dict[str, float], firm: str = "mine", day: date = TODAY) -> Answers:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return Answers(f"{who}-{day}", firm, who, "sales", at, values)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "home")
    made.create_firm("mine", home="ITA", currency="EUR")
    return made


ORDERS = "Order,Date,SKU,Quantity,Price,Currency,Customer,Country\n" + "".join(
    f"{n},2026-0{1 + n % 6}-1{n % 9},W-1,2,8.00,EUR,K{n % 7},{('Germany', 'France')[n % 2]}\n"
    for n in range(40)
)


def test_answers_are_kept_whole_under_a_lock_and_a_second_time_changes_nothing(workspace: Workspace) -> None:
    first = said("Anna", {"RO1": 5})
    assert keep_answers(workspace, "mine", [first]).to_json() == {
        "added": 1,
        "changed": 0,
        "already_there": 0,
    }
    assert keep_answers(workspace, "mine", [first]).same == 1
    assert keep_answers(workspace, "mine", [said("Anna", {"RO1": 6})]).changed == 1
    assert [dict(each.values) for each in answers_of(workspace, "mine")] == [{"RO1": 6}]


def test_many_who_answer_at_once_all_count(workspace: Workspace) -> None:
    def answer(n: int) -> None:
        keep_answers(workspace, "mine", [said(f"p{n}", {"RO1": 5})])

    threads = [threading.Thread(target=answer, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers_of(workspace, "mine")) == 12


def test_a_damaged_file_is_told_and_not_written_over(workspace: Workspace) -> None:
    keep_answers(workspace, "mine", [said("Anna", {"RO1": 5})])
    path = workspace.home / "readiness" / "mine.jsonl"
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    torn = path.read_bytes()
    for attempt in (
        lambda: answers_of(workspace, "mine"),
        lambda: keep_answers(workspace, "mine", [said("Bo", {"RO1": 1})]),
    ):
        with pytest.raises(Damaged, match=r"mine.jsonl, line 1 .* restore it from a backup"):
            attempt()
    assert path.read_bytes() == torn


def test_one_persons_answers_are_taken_away(workspace: Workspace) -> None:
    keep_answers(workspace, "mine", [said("Anna", {"RO1": 5}), said("Bo", {"RO1": 2})])
    assert drop_informant(workspace, "mine", "Anna") == 1
    assert b"Anna" not in (workspace.home / "readiness" / "mine.jsonl").read_bytes()


def test_a_name_with_odd_breaks_in_it_does_no_harm(workspace: Workspace) -> None:
    odd = said("An\u2028na\x85B\x0bo", {"RO1": 5})
    keep_answers(workspace, "mine", [odd])
    assert answers_of(workspace, "mine")[0].informant == odd.informant


def test_what_one_person_sends_twice_on_a_day_is_joined(workspace: Workspace) -> None:
    for values in ({"RO1": 5.0}, {"RO1": 6.0, "SF1": 3.0}):
        answer(
            workspace, "mine", id_="web-1", informant=" Anna \n", department="sales", at=datetime(2026, 6, 30, tzinfo=UTC),
            values=values, asked=list(values), language="en", source="web",
        )  # fmt: skip
    (kept,) = answers_of(workspace, "mine")
    assert (
        dict(kept.values) == {"RO1": 6, "SF1": 3}
        and kept.informant == "Anna"
        and kept.asked == ("RO1", "SF1")
    )


def test_a_firm_that_is_none_is_told(workspace: Workspace) -> None:
    with pytest.raises(UnknownName, match="no firm 'other'"):
        answers_of(workspace, "other")
    with pytest.raises(UnknownName):
        take_in_answers(workspace, "other", workspace.home / "x.csv")


@pytest.mark.requirement("S01")
def test_a_case_starts_with_the_short_form_and_ends_with_who_closes_which_gap(workspace: Workspace) -> None:
    short = {each.key: 3.0 for each in HELD.asked("short") if each.item.kind == "scale"}
    keep_answers(workspace, "mine", [said("Owner", short)])
    told = readiness_of(workspace, "mine", TODAY).to_json()
    assert told["informants"] == 1 and told["evidence_from"] == "2026-06-30"
    assert {gap["action"]["who"] for gap in told["gaps"]} == {"firm", "supporter"}
    for gap in told["gaps"]:
        finding = gap["action"]["findings"][0]
        assert finding["study"] or finding["reason"]
    score = told["scores"]["people"]
    assert {"estimate", "low", "high", "level"} <= set(score) and score["level"] == 0.8
    manager = next(
        gap for gap in told["gaps"] if gap["action"]["findings"][0]["rule"] == "readiness/digital-skills"
    )
    assert manager["action"]["literature"] == ["cassetta_etal_2020_f1", "cassetta_etal_2020_f2"]
    assert "Owner" not in str(told)


def test_what_the_firms_files_and_profile_say_stands_beside_its_answers(
    workspace: Workspace, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS, "utf-8")
    take_in(workspace, "mine", [orders], now=datetime(2026, 6, 29, tzinfo=UTC))
    change_profile(
        workspace.ledger("mine"),
        lambda held: held.model_copy(
            update={
                "people": held.people.model_copy(update={"export_hours_per_week": Decimal(12)}),
                "distributor": (Distributor(name="Smith", markets=("GBR",), exclusive=True),),
            }
        ),
    )
    figures = figures_of(workspace, "mine", TODAY)
    assert figures.markets is not None and figures.markets.value.estimate == 2
    assert figures.repeat is not None and figures.repeat.value.estimate == 1  # each of 7 buyers ordered often
    assert figures.hours is not None and figures.hours.value.estimate == 12
    assert figures.exclusive is not None and "GBR" in figures.exclusive.says
    assert figures.manager is not None and figures.manager.value.estimate == 0
    assert figures.in_time is None and figures.beyond is None  # the files hold no inquiries
    keep_answers(workspace, "mine", [said("Anna", {"NM": 9, "HW": 12, "SF4": 7, "SF1": 6})])
    verdicts = {check.item: check.verdict for check in readiness_of(workspace, "mine", TODAY).checks}
    assert verdicts == {"NM": "differs", "HW": "agrees", "SF4": "differs"}
    change_profile(
        workspace.ledger("mine"),
        lambda held: held.model_copy(update={"distributor": (), "no_distributors": True}),
    )
    alone = figures_of(workspace, "mine", TODAY).exclusive
    assert alone is not None and alone.says == "The profile states no exclusive contract."


@pytest.mark.requirement("S15")
def test_the_plan_takes_gaps_up_in_the_parts_that_they_belong_to(workspace: Workspace) -> None:
    before = plan_of(workspace, "mine", TODAY)
    assert not any("/ready-" in action.key for action in before.actions)
    keep_answers(
        workspace,
        "mine",
        [said("Anna", {"DA1": 1, "DA2": 1, "RO2": 1, "KH1@KOR": 1, "KH2@KOR": 1, "KH3@KOR": 2})],
    )
    found = actions_of(workspace, "mine", TODAY)
    assert [action.key for action in found["promotion"]] == ["promotion/ready-daily-work"]
    assert [action.key for action in found["place"]] == ["place/ready-know-how/KOR"]
    plan = plan_of(workspace, "mine", TODAY)
    keys = {action.key: action for action in plan.actions}
    assert keys["promotion/ready-daily-work"].when == date(2026, 8, 14)
    assert keys["place/ready-know-how/KOR"].market == "KOR"
    assert "price/ready-ro2" in keys
    assert {action.part for action in plan.actions} <= set(PARTS)
    assert keys["promotion/ready-daily-work"].to_json()["findings"][0]["rule"] == "readiness/daily-work"


def test_a_firm_may_state_limits_of_its_own(workspace: Workspace) -> None:
    keep_answers(workspace, "mine", [said("Anna", {"DA1": 4, "DA2": 5})])
    assert readiness_of(workspace, "mine", TODAY).gaps == ()
    change_profile(
        workspace.ledger("mine"),
        lambda held: held.model_copy(update={"thresholds": {"readiness/low.score": Decimal(5)}}),
    )
    assert [gap.key for gap in readiness_of(workspace, "mine", TODAY).gaps] == ["daily_work"]


def test_a_damaged_file_of_answers_takes_no_part_of_the_plan_with_it(workspace: Workspace) -> None:
    keep_answers(workspace, "mine", [said("Anna", {"RO1": 5})])
    (workspace.home / "readiness" / "mine.jsonl").write_text("{", "utf-8")
    plan = plan_of(workspace, "mine", TODAY)
    assert any("Readiness could not be worked out" in each for each in plan.unknown)


@pytest.mark.requirement("S02")
def test_members_lie_on_one_scale_and_their_spread_is_seen_from_five_firms_on(workspace: Workspace) -> None:
    firms = []
    for n in range(5):
        workspace.create_firm(f"firm-{n}", home="ITA", currency="EUR")
        firms.append(f"firm-{n}")
        keep_answers(
            workspace,
            f"firm-{n}",
            [said(f"p{k}", {"PE1": n + 1, "PE2": n + 1}, f"firm-{n}") for k in range(3)],
        )
    spread, reliable = spread_of(workspace, firms, TODAY)
    told = spread["people"]
    assert (told.firms, told.low.estimate, told.median.estimate, told.high.estimate) == (5, 2, 3, 4)
    assert spread_of(workspace, firms[:4], TODAY)[0]["people"].median.estimate is None
    assert reliable["people"].alpha.estimate is None  # two of its four questions were left open by all


def test_answers_of_several_firms_as_a_table(workspace: Workspace) -> None:
    workspace.create_firm("other", home="ITA", currency="EUR")
    keep_answers(workspace, "mine", [said("Anna", {"RO1": 5, "RO2": 6, "RO4": 2, "KH1@DEU": 3})])
    keep_answers(workspace, "other", [said("Bo", {"HW": 12}, "other")])
    table = answers_frame(workspace, ["mine", "other"])
    assert table.columns[:4] == ["firm", "informant", "department", "day"]
    assert {*HELD.items} - {f"KH{n}" for n in range(1, 6)} <= set(table.columns)
    first, second = table.rows(named=True)
    assert (first["RO4"], first["KH1@DEU"], first["RE1"]) == (2, 3, None)
    assert first["score_responsiveness"] == pytest.approx((5 + 6 + 6) / 3)
    assert second["firm"] == "other" and second["HW"] == 12 and second["score_people"] is None
    assert answers_frame(workspace, []).height == 0


def test_the_assessment_on_paper_holds_what_people_typed_as_text(workspace: Workspace) -> None:
    keep_answers(
        workspace, "mine", [said("#import(“x”)", {"PE1": 1, "PE2": 1}), said("나", {"PE1": 7, "PE2": 7})]
    )
    found = readiness_of(workspace, "mine", TODAY)
    first = assessment_pdf("Firm #eval(1) 한국", found)
    assert first.startswith(b"%PDF-") and first == assessment_pdf("Firm #eval(1) 한국", found)
    assert assessment_pdf("Empty", readiness_of(workspace, "mine", date(2020, 1, 1))).startswith(b"%PDF-")


def test_the_picture_tells_its_numbers_in_words_and_draws_no_person_where_it_must_not(
    workspace: Workspace,
) -> None:
    keep_answers(workspace, "mine", [said("Anna", {"PE1": 2, "PE2": 3}), said("Bo", {"PE1": 6, "PE2": 6})])
    found = readiness_of(workspace, "mine", TODAY)
    spec = charts.readiness_of(found.held, found.state, found.history)
    assert "People and hours 4.2" in spec["description"]
    assert '"own"' in str(spec).replace("'", '"')
    assert '"own"' not in str(charts.readiness_of(found.held, found.state, people=False)).replace("'", '"')
    empty = charts.readiness_of(found.held, readiness_of(workspace, "mine", date(2020, 1, 1)).state)
    assert empty["description"] == "Nobody has answered yet."


def test_more_answers_than_a_page_can_read_are_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fondaco.workflows.readiness_answers.MOST_KEPT", 2)
    with pytest.raises(InputError, match="2 answers at most"):
        keep_answers(workspace, "mine", [said(f"p{n}", {"RO1": 5}) for n in range(3)])
    assert answers_of(workspace, "mine") == ()


def test_the_profile_may_be_empty(workspace: Workspace) -> None:
    assert workspace.ledger("mine").profile == "" and Profile() == Profile()
    assert figures_of(workspace, "mine", TODAY).manager is None
