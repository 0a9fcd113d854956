"""What people did at the desk, as the command line and the stages read it from the workspace."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fondaco.cli.app import app
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.relationships.stage import Seen, funnel
from fondaco.workflows import take_in
from fondaco.workflows.buyer import named
from fondaco.workflows.buyer_book import book_of
from fondaco.workflows.desk_log import (
    Agreement,
    Case,
    Conflict,
    Outcome,
    Step,
    Told,
    Word,
    cases_of,
    keep_cases,
    keep_log,
    log_of,
)
from fondaco.workflows.desk_says import is_of, messages_in
from fondaco.workflows.inquiries import desk_of
from fondaco.workflows.rulings import rule_on
from fondaco.workflows.stages import stages_of, waits_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
SCHULZ = "table\tBernd Schulz\t\tWeinhaus Schulz\tDEU"
FILES = {
    "orders.csv": """Order,Date,Country,SKU,Product,Quantity,Price,Currency,Customer
1,2026-02-01,DE,W,Wine,10,7,EUR,Weinhaus Schulz
""",
    "inquiries.csv": """Inquiry,Type,Received,Buyer,Company,Country,Product,Quantity,Message
a,RFQ,2026-01-10 09:00,Bernd Schulz,Weinhaus Schulz,Germany,Wine,10,Hello
""",
}
AGREED = Agreement(
    number=1, buyer=SCHULZ, what="A pallet", first=date(2026, 4, 1), months=3, made=datetime(2026, 3, 1, tzinfo=UTC)
)  # fmt: skip
TYPED = Told(
    platform="fair", inquiry="1", kind="inquiry", at=datetime(2026, 5, 30, 9, tzinfo=UTC), buyer_name="Bernd",
    buyer_company="weinhaus  SCHULZ", country="DEU", product="Wine", message="Once more?", status="open",
)  # fmt: skip
FAIR = Case(
    case="fair:1", state="working", owner="anna@firm.example", tags=("fair",), told=TYPED,
    record="fair\t\tBernd\tweinhaus  SCHULZ\tDEU",
    words=(Word(at=NOW, sort="answer", text="Gern"), Word(at=NOW, sort="note", text="Met him")),
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
        take_in(workspace, "shop", [tmp_path / name], home="IT", currency="EUR", now=NOW)
    return workspace


@pytest.mark.requirement("F88", "F91")
def test_a_standing_agreement_moves_a_buyer_to_commitment_from_its_day(shop: Workspace) -> None:
    (before,) = stages_of(shop, "shop", TODAY, forecast=False).buyers
    assert before.seen.stage == "expansion"
    keep_log(shop, "shop", lambda: [AGREED])
    (after,) = stages_of(shop, "shop", TODAY, forecast=False).buyers
    assert (after.seen.stage, after.seen.since, after.seen.agreed) == (
        "commitment",
        date(2026, 3, 1),
        date(2026, 3, 1),
    )
    assert book_of(shop, "shop", TODAY).lines[0].known.seen.stage == "commitment"
    (earlier,) = stages_of(shop, "shop", date(2026, 2, 27), forecast=False).buyers
    assert earlier.seen.stage == "expansion"  # nobody had agreed yet
    for over in ({"ended": date(2026, 5, 1)}, {"until": date(2026, 5, 1)}):
        keep_log(shop, "shop", lambda over=over: [AGREED.model_copy(update=over)])  # type: ignore[misc]
        assert stages_of(shop, "shop", TODAY, forecast=False).buyers[0].seen.stage == "expansion"


@pytest.mark.requirement("F88")
def test_the_funnel_counts_an_agreement_as_the_step_to_commitment() -> None:
    asked, first = date(2026, 1, 1), date(2026, 1, 11)
    held = [Seen((asked,), (first,), agreed=date(2026, 1, 31)), Seen((asked,), (first,))]
    steps = funnel(held, date(2026, 12, 1))
    assert [step.now for step in steps] == [None, 0, 1, 1]
    assert steps[3].moved[30].estimate == 0.5


@pytest.mark.requirement("F89")
def test_who_asks_by_a_person_and_orders_by_the_firm_counts_as_having_ordered(shop: Workspace) -> None:
    first = waits_of(shop, "shop").first_order[0]
    assert (first.cases, first.done, first.median.estimate) == (1, 1, 22)


def by_hand(number: int, record: str, day: date = TODAY, **more: Any) -> Case:
    """Return a case that was typed in or sent by a program."""
    platform, mark, name, company, country = record.split("\t")
    told = Told(
        platform=platform, inquiry=str(number), kind="inquiry", at=datetime.combine(day, time(9), UTC), buyer=mark,
        buyer_name=name, buyer_company=company, country=country, message="A price, please?", status="open",
    )  # fmt: skip
    return Case(case=f"{platform}:{number}", state="new", told=told, record=record, **more)


def known(shop: Workspace) -> dict[str, Any]:
    return {each.name: each for each in book_of(shop, "shop", TODAY).lines}


@pytest.mark.requirement("F53", "F54", "F88")
def test_who_was_only_typed_in_is_a_buyer_who_asked_and_has_not_ordered(shop: Workspace) -> None:
    before = stages_of(shop, "shop", TODAY)
    keep_cases(shop, "shop", lambda: [by_hand(7, "fair\t\tAda Okafor\tLagos Wines\tNGA")])
    found = stages_of(shop, "shop", TODAY)
    told = {each.names[0]: each for each in found.buyers}["Ada Okafor"]
    assert (told.seen.stage, told.seen.since, told.seen.market) == ("exploration", TODAY, "NGA")
    assert (told.seen.asked, told.seen.ordered, told.seen.platforms) == ((TODAY,), (), ("fair",))
    assert (told.alive.estimate, told.expected.why) == (None, "Has not ordered yet.")
    # The files tell as far as before, and nobody else is silent for longer; the funnel counts one more who asks.
    assert found.until == before.until == date(2026, 2, 1)
    assert [step.now for step in found.steps] == [None, 1, 1, 0]
    assert "typed in or sent by a program: 1 buyers" in " ".join(found.notes)
    one = named(shop, "shop", "Lagos Wines", TODAY)
    assert [(each.kind, each.text) for each in one.events] == [("inquiry", "A price, please?")]
    assert one.to_json()["cases"][0]["case"] == "fair:7"
    assert (one.line.standing.state, one.line.standing.silent) == ("moving", 0)


def test_a_firm_without_any_file_has_the_buyers_that_were_typed_in(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    workspace.create_firm("bare", home="IT", currency="EUR")
    keep_cases(workspace, "bare", lambda: [by_hand(1, "web\tada@lagos.example\t\t\t")])
    (line,) = book_of(workspace, "bare", TODAY).lines
    assert (line.name, line.known.seen.stage, line.standing.state) == (
        "ada@lagos.example",
        "exploration",
        "moving",
    )


@pytest.mark.requirement("F53")
def test_a_typed_inquiry_is_a_known_buyers_where_one_alone_is_known_so(shop: Workspace) -> None:
    anna, vini = "fair\tanna@a.example\tAnna\tRossi\tITA", "web\tanna@b.example\tAnna\tVini\tITA"
    keep_cases(shop, "shop", lambda: [FAIR, by_hand(2, anna), by_hand(3, vini)])
    held = known(shop)
    assert (
        len(held["Weinhaus Schulz"].known.records) == 3
    )  # the firm's order, its inquiry, and the one at the fair
    assert held["Weinhaus Schulz"].known.seen.asked == (date(2026, 1, 10), date(2026, 5, 30))
    # Two that were typed in and share name and country are one, until somebody says otherwise.
    assert set(held["Anna"].known.names) >= {"Rossi", "Vini"}
    rule_on(shop, "shop", "two", anna, vini, at=NOW, by="Ada")
    rule_on(shop, "shop", "one", vini, SCHULZ, at=NOW, by="Ada")
    assert known(shop)["Anna"].known.records == (anna,)
    assert vini in known(shop)["Weinhaus Schulz"].known.records


@pytest.mark.requirement("F53")
def test_a_case_that_people_parted_from_a_buyer_is_not_shown_with_it(shop: Workspace) -> None:
    keep_cases(shop, "shop", lambda: [FAIR])
    assert named(shop, "shop", "Weinhaus Schulz", TODAY).cases
    for record in named(shop, "shop", "Weinhaus Schulz", TODAY).line.known.records:
        if record != FAIR.record:
            rule_on(shop, "shop", "two", FAIR.record, record, at=NOW, by="Ada")
    parted = known(shop)
    assert set(parted) == {"Weinhaus Schulz", "Bernd"}
    assert named(shop, "shop", parted["Weinhaus Schulz"].mark, TODAY).cases == ()
    assert named(shop, "shop", parted["Bernd"].mark, TODAY).cases == (FAIR,)


def test_spam_the_nameless_and_what_a_withdrawn_import_told_make_no_buyer(shop: Workspace) -> None:
    ada = "fair\t\tAda\t\tNGA"
    for case in (
        by_hand(1, ada, core="spam"),
        by_hand(2, ada, gone=True),
        by_hand(3, "fair\t\t\t\tNGA"),
        by_hand(4, ada, date(2026, 6, 2)),  # tomorrow
    ):
        keep_cases(shop, "shop", lambda case=case: [case])  # type: ignore[misc]
        assert set(known(shop)) == {"Weinhaus Schulz"}, case.case


@pytest.mark.requirement("F53", "F54", "F88", "X02")
def test_one_buyer_shows_what_people_did(shop: Workspace) -> None:
    steps = [
        Step(number=1, buyer=SCHULZ, day=date(2026, 5, 1), kind="sample", what="Six bottles",
             outcomes=(Outcome(day=date(2026, 5, 9), ended="kept", why="Liked them"),)),
    ]  # fmt: skip
    clash = Conflict(number=1, day=TODAY, kind="price", what="Cheaper", channels="Shop", market="DEU")
    keep_log(shop, "shop", lambda: [*steps, AGREED, clash])
    keep_cases(shop, "shop", lambda: [FAIR])
    one = named(shop, "shop", "Weinhaus Schulz", TODAY)
    told = one.to_json()
    shown = {(each["kind"], each["text"]) for each in told["timeline"]}
    assert ("Sample sent", "Six bottles") in shown
    assert ("inquiry", "Wine · Once more?") in shown
    assert ("we answered", "Gern") in shown
    assert told["agreements"][0]["what"] == "A pallet"
    assert told["conflicts"][0]["open"] is True
    assert told["cases"] == [
        {"case": "fair:1", "state": "working", "owner": "anna@firm.example", "tags": ["fair"], "reason": None}
    ]
    # One inquiry in the file, one at the fair and its answer.
    assert any("Messages on the platform: 3" in each for each in one.advice.why)


@pytest.mark.requirement("F75")
def test_the_command_line_shows_whose_a_case_is_and_lists_typed_ones(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_cases(shop, "shop", lambda: [FAIR])
    monkeypatch.setenv("FONDACO_HOME", str(shop.home))
    run = CliRunner().invoke(app, ["inquiries", "--firm", "shop", "--now", NOW.isoformat(), "--json"])
    assert run.exit_code == 0, run.output
    cases = {each["case"]: each for each in json.loads(run.stdout)["cases"]}
    assert cases["fair:1"]["people"] == {
        "state": "working",
        "owner": "anna@firm.example",
        "tags": ["fair"],
        "reason": None,
    }
    assert cases["fair:1"]["state"] == "open"
    assert cases["table:a"]["people"] is None


def test_an_answer_that_a_file_tells_too_counts_once() -> None:
    assert messages_in([FAIR]) == 2
    in_file = FAIR.model_copy(update={"told": None, "in_file": True})
    assert messages_in([in_file]) == 0


def test_a_typed_case_is_of_a_buyer_by_firm_in_one_country_or_by_address() -> None:
    assert is_of(FAIR, [SCHULZ])
    assert not is_of(FAIR, [SCHULZ.replace("DEU", "AUT")])
    mail = FAIR.model_copy(update={"record": "web\tB@Schulz.example\t\t\t"})
    assert is_of(mail, ["shop\tb@schulz.example\tOther\t\tFRA"])
    assert not is_of(mail.model_copy(update={"told": None}), ["shop\tb@schulz.example\tOther\t\tFRA"])


def test_files_come_back_as_they_were_written_and_broken_ones_are_told(shop: Workspace) -> None:
    keep_log(shop, "shop", lambda: [AGREED])
    keep_cases(shop, "shop", lambda: [FAIR])
    assert log_of(shop, "shop").agreements == (AGREED,)
    assert cases_of(shop, "shop") == {"fair:1": FAIR}
    path = shop.home / "firms" / "shop.desk.jsonl"
    for broken in ("{", '{"row": "step"}', '{"row": "dance"}', "[1]"):
        path.write_text(broken + "\n", "utf-8")
        with pytest.raises(InputError, match=r"shop.desk.jsonl, line 1"):
            log_of(shop, "shop")


@pytest.mark.requirement("F53")
def test_a_firm_that_the_inquiry_names_itself_is_no_other_name(shop: Workspace) -> None:
    (line,) = desk_of(shop, "shop", NOW).lines
    (check,) = (each for each in line.checks if each.check == "identity")
    assert check.level == "green", check.reason
