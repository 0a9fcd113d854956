"""Buyers on the web: the book, one buyer, decisions on who is one, steps, agreements, conflicts, advantages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import NOW, Town

from fondaco import workflows
from fondaco.kernel.errors import Refused
from fondaco.ledger import Workspace
from fondaco.web.data.forgetting import erase
from fondaco.web.desk.models import AuditLine
from fondaco.web.relationships import actions
from fondaco.web.relationships.channels import SOURCES, contacts_of
from fondaco.web.relationships.models import Advantage, Agreement, Conflict, Keeper, Step, StepOutcome
from fondaco.web.strategy.register_actions import rate_risk
from fondaco.web.strategy.register_models import Partner, Risk, RiskRating
from fondaco.workflows.buyer_book import Book, book_of, mark_of
from fondaco.workflows.rulings import rulings_of

#: Schulz asks by a person and orders by the firm's name; Ann asks twice and asks for samples; two may be one.
FILES = {
    "asked.csv": """Inquiry,Type,Received,Answered,Buyer,Company,Country,Product,Quantity,Message
a,RFQ,2025-11-10 09:00,2025-11-10 12:00,Bernd Schulz,Weinhaus Schulz,Germany,Green tea,10,Hello
b,RFQ,2025-12-12 09:00,2025-12-12 10:00,Ann Other,Other Ltd,United Kingdom,Green tea,10,Hello
c,Inquiry,2026-01-10 09:00,2026-01-11 10:00,Ann Other,Other Ltd,United Kingdom,Green tea,10,Could you send us samples?
d,Inquiry,2026-02-25 09:00,,=cmd|' /C calc'!A0,Evil Ltd,France,Green tea,10,<script>alert(1)</script>
""",
    "ordered.csv": """Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country
9001,2025-12-01,T-1,Green tea,10,4.50,GBP,Weinhaus Schulz,Germany
9002,2026-01-20,T-1,Green tea,20,4.50,GBP,Weinhaus Schulz,Germany
""",
}


@pytest.fixture(scope="module")
def _stocked(_prepared: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that took the files in, once for all tests."""
    folder = tmp_path_factory.mktemp("stocked")
    home = shutil.copytree(_prepared[0], folder / "home")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
        workflows.take_in(Workspace(home), "anchor-teas", [folder / name], now=NOW)
    return home


@pytest.fixture
def shop(town: Town, home: Path, _stocked: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    shutil.copytree(_stocked, home, dirs_exist_ok=True)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return town


def book(home: Path) -> Book:
    return book_of(Workspace(home), "anchor-teas", NOW.date())


def mark(home: Path, name: str) -> str:
    return book(home).named(name).mark


def page(client: Client, name: str, query: str = "", /, **names: Any) -> str:
    answer = client.get(reverse(name, kwargs={"slug": "anchor-teas", **names}) + query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def send(client: Client, name: str, data: dict[str, Any], /, **names: Any) -> Any:
    return client.post(reverse(name, kwargs={"slug": "anchor-teas", **names}), data)


@pytest.mark.requirement("F88")
def test_the_book_is_searched_filtered_sorted_and_first_waited_for(shop: Town) -> None:
    alice = shop.as_(shop.alice)
    assert "being brought together" in page(alice, "buyers")
    assert alice.get(reverse("buyers_work", kwargs={"slug": "anchor-teas"})).headers["HX-Refresh"] == "true"
    whole = page(alice, "buyers")
    assert "Weinhaus Schulz" in whole
    assert "Other Ltd" in whole
    found = page(alice, "buyers", "?q=bernd")
    assert "Weinhaus Schulz" in found  # by any of its names
    assert "Other Ltd" not in found
    assert "Nobody fits" in page(alice, "buyers", "?q=nobody+at+all")
    assert "Other Ltd" not in page(alice, "buyers", "?stage=commitment")
    assert "Other Ltd" in page(alice, "buyers", "?market=GBR&state=stands+still")
    for odd in (
        "?page=99999999",
        "?page=x",
        "?sort=nothing",
        "?stage=x&state=y&market=ZZZZ",
        "?q=%00%F0%9F%92%A9",
    ):
        page(alice, "buyers", odd)  # whatever an address says, the page stands


def test_names_in_pages_and_tables_are_inert(shop: Town, home: Path) -> None:
    alice = shop.as_(shop.alice)
    table = alice.get(reverse("buyers_csv", kwargs={"slug": "anchor-teas"})).content.decode()
    assert "Evil Ltd; '=cmd" in table  # what begins like a formula behind a semicolon is made text
    assert all(not cell.startswith("=") for line in table.splitlines() for cell in line.split(","))
    shown = page(alice, "buyer", mark=mark(home, "Evil Ltd"))
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.requirement("F53", "F54", "F90")
def test_one_buyer_has_one_timeline_over_all_channels_and_the_next_move(shop: Town, home: Path) -> None:
    alice = shop.as_(shop.alice)
    schulz = page(alice, "buyer", mark=mark(home, "Weinhaus Schulz"))
    assert schulz.index("no. 9002") < schulz.index("no. 9001") < schulz.index("RFQ")  # the latest first
    ann = mark(home, "Other Ltd")
    first = page(alice, "buyer", mark=ann)
    assert "Ripe for samples" in first  # she asked for one, and none was sent
    assert "Alibaba.com (2025)" in first
    step = {
        "kind": "sample",
        "day": "2026-02-01",
        "what": "Six tins to Leeds",
        "cost": "12.50",
        "currency": "GBP",
    }
    assert send(alice, "step_new", step, mark=ann).status_code == 302
    held = Step.objects.get()
    assert (str(held.cost), held.currency) == ("12.50", "GBP")
    assert send(alice, "step", {"ended": "kept", "day": "2026-02-20", "why": "Liked them"}, step_id=held.pk).status_code == 302  # fmt: skip
    later = page(alice, "buyer", mark=ann)
    assert "Six tins to Leeds" in later
    assert "Liked them" in later
    assert "Ripe for samples" not in later
    single = page(alice, "buyer", mark=mark(home, "c-4"))
    assert "Has ordered once" in single


def test_another_app_adds_its_channel_to_the_timeline(
    shop: Town, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fondaco.relationships.identity import Event

    def quotations(firm: Any, records: Any) -> list[Event]:
        return [Event(NOW, "quotations", "quotation", records[0], f"Q-1 of {firm.slug}", "/there/")]

    monkeypatch.setattr("fondaco.web.relationships.channels.SOURCES", [*SOURCES, quotations])
    shown = page(shop.as_(shop.alice), "buyer", mark=mark(home, "Other Ltd"))
    assert '<a href="/there/">quotation</a>' in shown
    assert "Q-1 of anchor-teas" in shown


@pytest.mark.requirement("X06")
def test_two_are_made_one_by_a_person_parted_again_and_history_stays(
    shop: Town, home: Path, tmp_path: Path
) -> None:
    alice, workspace = shop.as_(shop.alice), Workspace(home)
    ann, schulz = book(home).named("Other Ltd"), book(home).named("Weinhaus Schulz")
    left, right = (mark_of(min(line.known.records)) for line in (ann, schulz))
    said = {"left": left, "right": right, "verdict": "one", "why": "Same telephone"}
    assert send(alice, "same_decide", said).status_code == 302
    both = book(home).named("Other Ltd")
    assert "Weinhaus Schulz" in both.known.names
    # The commands read the same rows, and a later import changes nothing of them.
    (tmp_path / "more.csv").write_text(FILES["ordered.csv"].replace("9001", "9003"), "utf-8")
    workflows.take_in(workspace, "anchor-teas", [tmp_path / "more.csv"], now=NOW)
    assert "Weinhaus Schulz" in book(home).named("Other Ltd").known.names
    # An old address still leads to the buyer, whose page says who decided and why.
    answer = alice.get(reverse("buyer", kwargs={"slug": "anchor-teas", "mark": ann.mark}), follow=True)
    assert "Decided by alice@example.org" in answer.content.decode()
    assert "Same telephone" in answer.content.decode()
    assert send(alice, "same_undo", {"why": "Wrong"}, number=1).status_code == 302
    assert "Weinhaus Schulz" not in book(home).named("Other Ltd").known.names
    assert send(alice, "same_undo", {}, number=1).status_code == 409
    assert send(alice, "same_undo", {}, number=99).status_code == 400
    rows = rulings_of(workspace, "anchor-teas")
    assert [(row.verdict, row.by) for row in rows] == [
        ("one", "alice@example.org"),
        ("undo", "alice@example.org"),
    ]
    told = page(alice, "same_buyers", "?now=1")
    assert "taken back" in told
    lines = AuditLine.objects.filter(what__startswith="buyers.").values_list("what", "data")
    assert [what for what, _ in lines.order_by("pk")] == ["buyers.decided", "buyers.undone"]
    assert "Other" not in str(list(lines))


def test_a_pair_of_which_the_model_is_not_sure_is_shown_side_by_side_with_why_and_leaves_the_queue_when_decided(
    shop: Town, home: Path, tmp_path: Path
) -> None:
    alice = shop.as_(shop.alice)
    rows = "Order,Date,Amount,Currency,Customer,Customer name,Country\n" + "".join(
        f"{n},2026-01-0{n},50,GBP,K{n},Marguerite Delacroix,France\n" for n in (1, 2)
    )
    (tmp_path / "two.csv").write_text(rows, "utf-8")
    workflows.take_in(Workspace(home), "anchor-teas", [tmp_path / "two.csv"], now=NOW)
    shown = page(alice, "same_buyers", "?now=1")
    assert "the same name: Marguerite Delacroix" in shown
    assert "times likelier" in shown
    assert "another mark" in shown
    assert "times less likely" in shown
    left, right = (mark(home, name) for name in ("K1", "K2"))
    both = {"left": left, "right": right}
    assert send(alice, "same_decide", {**both, "verdict": "later"}).status_code == 302
    assert "times likelier" in page(alice, "same_buyers", "?now=1")  # it stays, behind the others
    assert send(alice, "same_decide", {**both, "verdict": "two"}).status_code == 302
    assert "times likelier" not in page(alice, "same_buyers", "?now=1")
    assert send(alice, "same_undo", {}, number=2).status_code == 302
    assert "times likelier" in page(alice, "same_buyers", "?now=1")
    page(alice, "same_buyers", "?page=99&now=1")


def test_a_decision_without_a_verdict_or_on_strange_records_is_refused(shop: Town, home: Path) -> None:
    alice = shop.as_(shop.alice)
    left, right = (mark(home, name) for name in ("Other Ltd", "Weinhaus Schulz"))
    assert send(alice, "same_decide", {"left": left, "right": right}).status_code == 400
    assert send(alice, "same_decide", {"left": left, "right": left, "verdict": "one"}).status_code == 400
    assert send(alice, "same_decide", {"left": left, "right": "x" * 16, "verdict": "one"}).status_code == 404
    assert send(alice, "same_decide", {"left": left, "right": right, "verdict": "one", "why": "x" * 900}).status_code == 400  # fmt: skip
    assert rulings_of(Workspace(home), "anchor-teas") == ()


def test_a_broken_line_of_the_file_is_named(shop: Town, home: Path) -> None:
    (home / "firms" / "anchor-teas.buyers.jsonl").write_text('{"number": 1}\nno json\n', "utf-8")
    answer = shop.as_(shop.alice).get(reverse("buyers", kwargs={"slug": "anchor-teas"}) + "?now=1")
    assert answer.status_code == 400
    assert "anchor-teas.buyers.jsonl, line 1" in answer.content.decode()


@pytest.mark.requirement("F54", "F56")
def test_an_early_move_is_warned_against_kept_with_its_messages_and_teaches_by_its_end(
    shop: Town, home: Path
) -> None:
    alice, evil = shop.as_(shop.alice), mark(home, "Evil Ltd")
    assert "would come too early today" in page(alice, "step_new", mark=evil)
    step = {"kind": "move", "day": "2026-03-01", "what": "Wrote by e-mail", "channel": "e-mail"}
    assert send(alice, "step_new", step, mark=evil).status_code == 302  # a warning, never a refusal
    held = Step.objects.get()
    assert held.exchanges == 1
    assert "0 moves); those made when ripe" in page(alice, "buyer", mark=evil)
    assert (
        send(alice, "step", {"ended": "lost", "day": "2026-03-02", "why": ""}, step_id=held.pk).status_code
        == 302
    )
    shown = page(alice, "buyer", mark=evil)
    assert "1 moves); those made when ripe" in shown
    assert "Logged as lost on 2026-03-02" in shown
    assert "is gone" in page(alice, "buyers", "?q=evil&now=1")
    assert "moved off the platform" in page(alice, "funnel", "?now=1")


def test_a_step_before_its_outcome_and_a_day_to_come_are_told(shop: Town, home: Path) -> None:
    alice, ann = shop.as_(shop.alice), mark(home, "Other Ltd")
    ahead = send(alice, "step_new", {"kind": "call", "day": "2099-01-01", "what": "x"}, mark=ann)
    assert "still to come" in ahead.content.decode()
    cost = send(
        alice, "step_new", {"kind": "sample", "day": "2026-01-01", "what": "x", "cost": "5"}, mark=ann
    )
    assert "in which currency" in cost.content.decode()
    send(alice, "step_new", {"kind": "call", "day": "2026-02-01", "what": "x"}, mark=ann)
    early = send(alice, "step", {"ended": "kept", "day": "2026-01-01"}, step_id=Step.objects.get().pk)
    assert "before the step itself" in early.content.decode()
    assert not StepOutcome.objects.exists()


@pytest.mark.requirement("F91")
def test_a_standing_agreement_reminds_and_each_due_day_is_settled_once(shop: Town, home: Path) -> None:
    alice, ann = shop.as_(shop.alice), mark(home, "Other Ltd")
    terms = {
        "what": "A crate every quarter",
        "first": "2026-01-31",
        "months": "3",
        "until": "",
        "ahead": "14",
    }
    send(alice, "agreement_new", terms, mark=ann)
    held = Agreement.objects.get()
    assert (
        "A crate every quarter" in page(alice, "buyers", "?now=1").split("found")[0]
    )  # late: above the book
    day = {"due": "2026-01-31", "done": "yes", "note": "By sea"}
    assert send(alice, "agreement", day, agreement_id=held.pk).status_code == 302
    assert send(alice, "agreement", day, agreement_id=held.pk).status_code == 409
    assert send(alice, "agreement", {**day, "due": "2026-02-01"}, agreement_id=held.pk).status_code == 409
    assert "Standing agreements that fall due" not in page(alice, "buyers", "?now=1")
    assert "By sea" in page(alice, "agreement", agreement_id=held.pk)
    assert "A crate every quarter" in page(alice, "buyer", mark=ann)
    assert send(alice, "agreement_end", {"why": "They moved"}, agreement_id=held.pk).status_code == 302
    assert send(alice, "agreement", {**day, "due": "2026-04-30"}, agreement_id=held.pk).status_code == 409


@pytest.mark.requirement("F78", "X06")
def test_a_conflict_keeps_how_it_was_handled_and_how_it_ended(shop: Town) -> None:
    alice = shop.as_(shop.alice)
    said = {"day": "2026-02-01", "kind": "around", "what": "A buyer went past Smith & Co", "channels": "Alibaba.com, Smith & Co", "market": "GBR"}  # fmt: skip
    send(alice, "conflict_new", said)
    held = Conflict.objects.get()
    for handled, ended in (("Called Smith & Co", ""), ("Sent the buyer on", "Smith & Co supplied them")):
        entry = {"day": "2026-02-10", "handled": handled, "ended": ended}
        assert send(alice, "conflict", entry, conflict_id=held.pk).status_code == 302
    shown = page(alice, "conflict", conflict_id=held.pk)
    assert "Called Smith &amp; Co" in shown
    assert "Smith &amp; Co supplied them" in page(alice, "conflicts")
    early = send(alice, "conflict", {"day": "2026-01-01", "handled": "x", "ended": ""}, conflict_id=held.pk)
    assert "before the conflict" in early.content.decode()


@pytest.mark.requirement("F86", "F74")
def test_an_advantage_has_its_kind_and_evidence_and_a_partner_where_it_was_met(shop: Town) -> None:
    alice = shop.as_(shop.alice)
    partner = Partner.objects.create(
        firm=shop.anchor, kind="agency", name="Lotus Agency", does="Adapts pages", markets=["CHN"], through="Alibaba.com",
        result="Views doubled", checked=NOW.date(), by=shop.alice, made=NOW,
    )  # fmt: skip
    assert "Views doubled" in page(alice, "partners")
    assert "Alibaba.com" in page(alice, "partners")
    said = {
        "day": "2026-02-01",
        "kind": "links",
        "learned": "Pages need adapting",
        "made_of_it": "An agency that does it",
    }
    without = send(alice, "advantage_new", said)
    assert "Name what shows it" in without.content.decode()
    assert (
        send(alice, "advantage_new", {**said, "partner": partner.pk, "feeds": "Product pages"}).status_code
        == 302
    )
    shown = page(alice, "advantages")
    assert "Lotus Agency" in shown
    assert "Product pages" in shown
    held = Advantage.objects.get()
    assert send(alice, "advantage_retire", {"why": "They closed"}, advantage_id=held.pk).status_code == 302
    assert send(alice, "advantage_retire", {"why": "Again"}, advantage_id=held.pk).status_code == 409
    theirs = Partner.objects.create(
        firm=shop.borealis, kind="agency", name="X", does="y", checked=NOW.date(), made=NOW
    )
    assert (
        "Select a valid choice"
        in send(alice, "advantage_new", {**said, "partner": theirs.pk}).content.decode()
    )


def test_only_the_firms_people_care_for_its_buyers_and_the_last_word_counts(shop: Town, home: Path) -> None:
    alice, ann = shop.as_(shop.alice), mark(home, "Other Ltd")
    assert send(alice, "buyer_keep", {"who": shop.bob.pk}, mark=ann).status_code == 302
    assert send(alice, "buyer_keep", {"who": shop.vera.pk}, mark=ann).status_code == 302
    assert Keeper.objects.count() == 2
    assert "Vera" in page(alice, "buyers", "?q=other&now=1")
    assert send(alice, "buyer_keep", {"who": shop.charlie.pk}, mark=ann).status_code == 404
    with pytest.raises(Refused):
        actions.keep(shop.anchor, "x", shop.charlie, by=shop.alice, now=NOW)


def test_rows_of_one_firm_are_out_of_anothers_reach(shop: Town, home: Path) -> None:
    alice = shop.as_(shop.alice)
    send(alice, "step_new", {"kind": "call", "day": "2026-02-01", "what": "x"}, mark=mark(home, "Other Ltd"))
    step = Step.objects.get()
    charlie = shop.as_(shop.charlie)
    assert charlie.get(reverse("step", kwargs={"slug": "borealis", "step_id": step.pk})).status_code == 404
    with pytest.raises(Refused):
        actions.say_outcome(step, StepOutcome(day=NOW.date(), ended="lost"), firm=shop.borealis, by=shop.charlie, now=NOW)  # fmt: skip


def test_a_person_who_is_forgotten_is_forgotten_in_decisions_and_steps(shop: Town, home: Path) -> None:
    alice, workspace = shop.as_(shop.alice), Workspace(home)
    line = book(home).named("Other Ltd")
    left, right = mark_of(min(line.known.records)), mark(home, "c-4")
    send(alice, "same_decide", {"left": left, "right": right, "verdict": "one", "why": "Ann Other said so"})
    send(alice, "step_new", {"kind": "call", "day": "2026-02-01", "what": "Talked to Ann Other"}, mark=left)
    told = workflows.forget(
        workspace, "anchor-teas", "Ann Other", now=NOW, database=lambda person: erase("anchor-teas", person)
    )
    assert told.done
    assert "decisions on buyers" in {trace.table for trace in told.traces}
    assert "Ann Other" not in (home / "firms" / "anchor-teas.buyers.jsonl").read_text("utf-8")
    step = Step.objects.get()
    assert "Ann Other" not in step.what + step.buyer
    # What was decided of the buyer, and the step, still belong to it under its pseudonym.
    found = book(home).of_record(step.buyer)
    assert found is not None
    assert found.mark == book(home).named("c-4").mark


@pytest.mark.requirement("F88", "F89")
def test_the_funnel_counts_draws_and_says_who_stands_still(shop: Town) -> None:
    alice = shop.as_(shop.alice)
    shown = page(alice, "funnel", "?now=1")
    assert "Other Ltd" in shown.split("Stand still")[1]
    assert "From asking to the first order" in shown
    for query in ("?market=DEU", "?platform=table", "?market=nowhere&platform=none"):
        page(alice, "funnel", query)
    chart = alice.get(reverse("onwards_json", kwargs={"slug": "anchor-teas", "stage": "expansion"})).json()
    assert "buyers" in chart["description"]
    nothing = alice.get(reverse("onwards_json", kwargs={"slug": "anchor-teas", "stage": "nothing"}))
    assert nothing.status_code == 404


@pytest.mark.requirement("R24")
def test_buyers_met_in_person_are_told_from_those_met_at_a_distance(town: Town) -> None:
    day = NOW.date()
    by: dict[str, Any] = {"firm": town.anchor, "by": town.alice, "now": NOW}
    for buyer, kind, ago in (
        ("a", "visit", 9),
        ("a", "tasting", 3),
        ("a", "call", 5),
        ("b", "move", 4),
        ("c", "sample", 2),
    ):
        actions.log_step(Step(buyer=buyer, kind=kind, day=day - timedelta(ago), what="x"), **by)
    found = {buyer: dict(held.signs or {}) for buyer, held in contacts_of(town.anchor).items()}
    assert found["a"]["met in person"] == day - timedelta(9)
    assert found["a"]["at a distance"] == day - timedelta(5)
    assert found["b"] == {"moved off the platform": day - timedelta(4), "at a distance": day - timedelta(4)}
    assert found["c"] == {"sample": day - timedelta(2)}


def test_an_empty_ledger_is_told_in_words(shop: Town) -> None:
    charlie = shop.as_(shop.charlie)
    for name in ("buyers", "same_buyers", "funnel", "conflicts", "advantages", "buyers_csv"):
        answer = charlie.get(reverse(name, kwargs={"slug": "borealis"}) + "?now=1")
        assert answer.status_code == 200
    assert (
        "No file names a buyer yet"
        in charlie.get(reverse("buyers", kwargs={"slug": "borealis"}) + "?now=1").content.decode()
    )


def test_a_page_of_the_book_asks_the_database_a_bounded_number_of_times(
    shop: Town, home: Path, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    record = min(book(home).named("Other Ltd").known.records)
    for n in range(30):
        day = date(2026, 1, 1) + timedelta(n)
        step = Step(buyer=record, kind="call", day=day, what="x")
        actions.log_step(step, firm=shop.anchor, by=shop.alice, now=NOW)
        actions.agree(
            Agreement(buyer=record, what="x", first=day, months=1), firm=shop.anchor, by=shop.alice, now=NOW
        )
    alice = shop.as_(shop.alice)
    with django_assert_max_num_queries(14):
        page(alice, "buyers")
    with django_assert_max_num_queries(26):
        page(alice, "buyer", mark=mark(home, "Other Ltd"))


def test_a_second_rater_of_a_risk_is_told_and_overwrites_nobody(shop: Town) -> None:
    risk = Risk.objects.create(firm=shop.anchor, kind="policy", what="Duty", review_by=NOW.date(), made=NOW)
    first = RiskRating.objects.create(risk=risk, day=NOW.date(), likelihood=2, impact=3, why="x", made=NOW)

    def rating() -> RiskRating:
        return RiskRating(day=NOW.date(), likelihood=4, impact=4, why="y")

    rate_risk(risk, rating(), {"measures": "Ours"}, firm=shop.anchor, by=shop.alice, now=NOW, seen=first.pk)
    with pytest.raises(Refused, match="meanwhile"):
        rate_risk(
            risk, rating(), {"measures": "Theirs"}, firm=shop.anchor, by=shop.bob, now=NOW, seen=first.pk
        )
    risk.refresh_from_db()
    assert risk.measures == "Ours"
