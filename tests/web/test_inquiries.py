"""Inquiries as cases: opened from files, typed in, answered; nothing lost, nothing twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import Town

from fondaco import workflows
from fondaco.ledger import Workspace
from fondaco.reference.time_zones import zone
from fondaco.web.accounts.models import Membership
from fondaco.web.data import actions as data
from fondaco.web.desk.models import AuditLine
from fondaco.web.inquiries import actions, attachments, listing, syncing
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case, CaseAttachment, CaseEvent, CaseNote, DeskLook, Source

NOW = timezone.now().replace(microsecond=0)
HEADER = "Inquiry,Type,Received,Answered at,Buyer,Company,Country,Product,Quantity,Message,Status\n"


def told(number: str, hours: float, *, kind: str = "Inquiry", answered: str = "", who: str = "Lena Voss", country: str = "Germany", text: str = "What does it cost?", status: str = "New") -> str:  # fmt: skip
    at = (NOW - timedelta(hours=hours)).astimezone(zone("Europe/London"))
    return f'{number},{kind},{at:%Y-%m-%d %H:%M},{answered},{who},Shop {number},{country},Green tea,20,"{text}",{status}'


def here(moment: datetime) -> str:
    """Return a moment as people in London type it."""
    return f"{moment.astimezone(zone('Europe/London')):%Y-%m-%dT%H:%M}"


def bring(town: Town, home: Path, *lines: str) -> str:
    file = home / "inquiries.csv"
    file.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    return workflows.take_in(Workspace(home), town.anchor.slug, [file], now=NOW, by="alice").import_


def look(town: Town, minutes: int = 0) -> None:
    syncing.look(town.anchor, now=NOW + timedelta(minutes=minutes))


def case_of(town: Town, number: str) -> Case:
    return Case.objects.get(firm=town.anchor, key=f"table:{number}")


def address(name: str, town: Town, case: Case | None = None, **more: Any) -> str:
    known = {"slug": town.anchor.slug, **({} if case is None else {"case_id": case.pk}), **more}
    return reverse(name, kwargs=known)


@pytest.fixture
def three(town: Town, home: Path) -> Town:
    """Three inquiries that wait: one just in, one late, and an RFQ on which seven have quoted."""
    bring(
        town, home, told("A", 2), told("B", 30, who="Kim Minho", country="South Korea"),
        told("C", 5, kind="RFQ", who="Ana Ruiz", country="Mexico", text="Quotes received: 7/10. Please quote."),
    )  # fmt: skip
    look(town)
    return town


@pytest.mark.requirement("F40", "F42")
def test_each_inquiry_of_a_file_opens_one_case_in_the_order_of_work(three: Town) -> None:
    cases = list(listing.cases_of(three.anchor, listing.Filters(), three.alice, NOW))
    assert {case.key for case in cases} == {"table:A", "table:B", "table:C"}
    assert [case.position for case in cases] == [1, 2, 3]
    assert all(case.waits and case.level and case.why for case in cases)
    # A file that names no platform: 24 hours from its coming in.
    assert all(case.due == case.received + timedelta(hours=24) for case in cases)
    assert case_of(three, "C").places_left == 3
    look(three, 1)
    assert Case.objects.filter(firm=three.anchor).count() == 3
    assert CaseEvent.objects.filter(what="opened").count() == 3


@pytest.mark.requirement("X06")
def test_a_later_file_updates_what_was_told_and_no_edit_of_people(three: Town, home: Path) -> None:
    case = case_of(three, "A")
    changes = {"state": "quoted", "owner": three.bob, "tags": "|fair|", "account": "desk-2", "reason": ""}
    actions.change_case(case, changes, seen=1, who=Who.of(three.bob), now=NOW)
    at = here(NOW - timedelta(hours=1)).replace("T", " ")
    bring(three, home, told("A", 2, answered=at, text="And for fifty?", status="Closed"))
    look(three, 1)
    held = case_of(three, "A")
    assert (held.state, held.owner, held.tag_list, held.account) == ("quoted", three.bob, ["fair"], "desk-2")
    assert (held.message, held.told_state) == ("And for fifty?", "closed")
    event = held.events.get(what="told")
    assert (event.before["message"], event.after["message"]) == ("What does it cost?", "And for fifty?")


def test_what_the_file_says_is_closed_stays_as_people_have_it(three: Town, home: Path) -> None:
    bring(three, home, told("A", 2, status="Closed"))
    look(three, 1)
    held = case_of(three, "A")
    assert (held.state, held.told_state, held.waits) == ("new", "closed", False)
    page = three.as_(three.vera).get(address("inquiry", three, held)).content.decode()
    assert "file says: closed" in page


@pytest.mark.requirement("X06")
def test_undoing_an_import_leaves_the_case_with_a_note(town: Town, home: Path) -> None:
    import_ = bring(town, home, told("A", 2))
    look(town)
    case = case_of(town, "A")
    actions.add_note(case, "Rang them.", who=Who.of(town.bob), now=NOW)
    Workspace(home).ledger(town.anchor.slug).undo(import_, now=NOW, by="alice")
    look(town, 1)
    held = case_of(town, "A")
    assert held.gone is not None
    assert held.waits
    assert held.events.filter(what="no import tells of it any more").exists()
    page = town.as_(town.bob).get(address("inquiry", town, held)).content.decode()
    assert "was withdrawn" in page
    assert "Rang them." in page
    look(town, 2)
    assert case_of(town, "A").conclusion  # judged still, from what was last told
    bring(town, home, told("A", 2), told("Z", 1))
    look(town, 3)
    assert case_of(town, "A").gone is None


def test_an_import_on_the_site_opens_cases_by_itself(town: Town, home: Path) -> None:
    file = SimpleUploadedFile("inquiries.csv", (HEADER + told("A", 2) + "\n").encode())
    upload = data.keep_upload(town.anchor, file, by=town.alice, now=NOW)
    data.start_import(upload, by=town.alice, now=NOW)
    assert case_of(town, "A").conclusion


def test_a_look_that_fails_says_so_and_changes_no_case(three: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(Case.objects.values())

    def broken(*_args: Any, **_more: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(syncing, "desk_of", broken)
    syncing.want(three.anchor, now=NOW)
    assert list(Case.objects.values()) == before
    browser = three.as_(three.bob)
    assert "written in the log" in browser.get(address("inquiries", three)).content.decode()


# --- typed in ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("F40", "F47")
def test_one_typed_in_is_judged_as_any_other(three: Town) -> None:
    browser = three.as_(three.bob)
    received = here(NOW - timedelta(minutes=5))
    said = {"kind": "rfq", "received": received, "platform": "fair", "name": "Ann Lee", "market": "JPN", "product": "Green tea", "quantity": "40", "message": "URGENT, pay by Western Union"}  # fmt: skip
    assert browser.post(address("inquiry_new", three), said).status_code == 302
    case = Case.objects.get(source=Source.TYPED)
    assert case.key.startswith("fair:")
    assert case.waits
    names = {check["check"]: check for check in case.conclusion["checks"]}
    assert len(names) == 8
    assert "estern" in names["fraud"]["reason"]
    assert case.position in range(1, 5)
    page = browser.get(address("inquiry", three, case)).content.decode()
    assert "it is" in page
    assert "Tokyo" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"received": "3026-01-01T09:00"}, {"received": "0001-01-01T00:00"}, {"received": "yesterday"}, {"quantity": "-4"}, {"quantity": "NaN"},
        {"name": "", "message": ""}, {"platform": "../etc"}, {"market": "ZZZ"}, {"name": "x" * 400},
    ],
)  # fmt: skip
def test_an_odd_one_is_refused_in_words(town: Town, wrong: dict[str, str]) -> None:
    said = {"kind": "inquiry", "received": "2026-03-02T09:00", "platform": "fair", "name": "Ann", "message": "?"}  # fmt: skip
    answer = town.as_(town.bob).post(address("inquiry_new", town), {**said, **wrong})
    assert answer.status_code == 400
    assert not Case.objects.exists()


# --- the answer and the clock -----------------------------------------------------------------------------


@pytest.mark.requirement("F40", "X02")
def test_an_answer_is_recorded_with_its_time_and_stops_the_clock(three: Town, mailoutbox: list[Any]) -> None:
    case = case_of(three, "B")
    at = NOW - timedelta(hours=29)
    said = {"answer-text": "Four pounds.", "answer-at": f"{here(at)}", "answer-state": "waiting", "answer-version": "1"}  # fmt: skip
    assert three.as_(three.bob).post(address("inquiry_answer", three, case), said).status_code == 302
    held = case_of(three, "B")
    assert (held.state, held.waits, held.owner) == ("waiting", False, three.bob)
    assert held.answered is not None
    assert abs(held.answered - at) < timedelta(minutes=1)
    assert mailoutbox == []  # people send; the program writes to nobody
    look(three, 1)
    rate = DeskLook.objects.get(firm=three.anchor).rates["table"]
    assert (rate["received"], rate["in_time"], rate["late"]) == (1, 1, [])  # A and C still have time
    assert not case_of(three, "B").waits


def test_an_answer_before_the_message_or_ahead_of_now_is_refused(three: Town) -> None:
    case = case_of(three, "A")
    for at in ("2001-01-01T09:00", "2999-01-01T09:00"):
        said = {"answer-text": "Hm", "answer-at": at, "answer-state": "waiting", "answer-version": "1"}
        answer = three.as_(three.bob).post(address("inquiry_answer", three, case), said)
        assert answer.status_code == 409
        assert "Hm" in answer.content.decode()
    assert case_of(three, "A").answered is None


@pytest.mark.requirement("F40")
def test_a_buyer_who_writes_again_waits_again_and_the_first_answer_stays(three: Town) -> None:
    who = Who.of(three.bob)
    first = NOW - timedelta(hours=1)
    case = actions.answer(case_of(three, "A"), "Four.", first, state="waiting", seen=1, who=who, now=NOW)
    actions.buyer_wrote(case, "And for fifty?", NOW - timedelta(minutes=10), who=who, now=NOW)
    held = case_of(three, "A")
    assert (held.state, held.waits, held.answered) == ("working", True, first)
    look(three, 1)
    held = case_of(three, "A")
    assert held.due == NOW - timedelta(minutes=10) + timedelta(hours=24)
    assert [note.sort for note in held.notes.order_by("said")] == ["answer", "message"]


@pytest.mark.requirement("F46")
def test_where_office_hours_do_not_meet_an_automatic_first_reply_is_suggested(town: Town, home: Path) -> None:
    bring(town, home, told("N", 2, country="New Zealand"), told("G", 2, country="Germany"))
    look(town)
    browser = town.as_(town.vera)
    far = browser.get(address("inquiry", town, case_of(town, "N"))).content.decode()
    near = browser.get(address("inquiry", town, case_of(town, "G"))).content.decode()
    assert "automatic first reply" in far
    assert "automatic first reply" not in near


@pytest.mark.requirement("F47", "X02")
def test_one_held_back_or_lost_says_why(three: Town) -> None:
    browser, case = three.as_(three.bob), case_of(three, "A")
    said = {"change-state": "held", "change-reason": " ", "change-owner": "", "change-account": "", "change-tags": "", "change-version": "1"}  # fmt: skip
    assert browser.post(address("inquiry_change", three, case), said).status_code == 409
    said["change-reason"] = "No firm of that name is found."
    assert browser.post(address("inquiry_change", three, case), said).status_code == 302
    held = case_of(three, "A")
    assert (held.state, held.reason, held.waits) == ("held", "No firm of that name is found.", False)


@pytest.mark.requirement("F49")
def test_a_sign_of_fraud_is_cleared_by_a_person_with_name_and_reason(town: Town, home: Path) -> None:
    bring(town, home, told("U", 2, text="URGENT: answer immediately, at once"))
    look(town)
    fraud = {check["check"]: check for check in case_of(town, "U").conclusion["checks"]}["fraud"]
    assert "rgen" in fraud["reason"]
    said = {"sign": "urgency", "clear-why": "A fair next week."}
    assert town.as_(town.bob).post(address("inquiry_clear", town, case_of(town, "U")), said).status_code == 302  # fmt: skip
    look(town, 5)
    held = case_of(town, "U")
    fraud = {check["check"]: check for check in held.conclusion["checks"]}["fraud"]
    assert "rgen" not in fraud["reason"]
    assert held.cleared[0]["by"] == town.bob.email
    assert held.events.filter(what="sign cleared", by=town.bob).exists()


# --- two at once ------------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_told_and_keeps_their_words(three: Town) -> None:
    case = case_of(three, "A")
    said = {"answer-text": "Four pounds for one.", "answer-at": f"{here(NOW - timedelta(minutes=1))}", "answer-state": "waiting", "answer-version": "1"}  # fmt: skip
    assert three.as_(three.bob).post(address("inquiry_answer", three, case), said).status_code == 302
    said["answer-text"] = "Five pounds for one."
    answer = three.as_(three.alice).post(address("inquiry_answer", three, case), said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "bob@example.org changed this case meanwhile" in page
    assert "Five pounds for one." in page
    assert case_of(three, "A").notes.filter(sort="answer").count() == 1


def test_who_has_the_page_open_hears_of_a_change(three: Town) -> None:
    case, browser = case_of(three, "A"), three.as_(three.vera)
    asked = f"{address('inquiry', three, case)}?seen=1"
    assert "Somebody changed" not in browser.get(asked, headers={"HX-Request": "true"}).content.decode()
    actions.change_case(case, {"owner": three.bob}, seen=1, who=Who.of(three.bob), now=NOW)
    assert "Somebody changed" in browser.get(asked, headers={"HX-Request": "true"}).content.decode()


# --- lists, owners, search --------------------------------------------------------------------------------


@pytest.mark.requirement("F75")
def test_cases_are_counted_by_owner_and_by_sub_account(three: Town) -> None:
    who = Who.of(three.alice)
    actions.change_case(case_of(three, "A"), {"owner": three.bob, "account": "desk-2"}, seen=1, who=who, now=NOW)  # fmt: skip
    actions.change_case(case_of(three, "B"), {"owner": three.bob}, seen=1, who=who, now=NOW)
    choices = listing.choices_of(three.anchor)
    shares = {row["owner"]: row for row in choices["shares"]}
    assert (shares[three.bob.pk]["cases"], shares[three.bob.pk]["share"]) == (2, pytest.approx(2 / 3))
    assert shares[None]["cases"] == 1
    assert [(row["account"], row["cases"]) for row in choices["accounts"]] == [("desk-2", 1)]


@pytest.mark.requirement("F76", "X06")
def test_when_somebody_leaves_their_cases_stay_and_are_handed_over(three: Town) -> None:
    actions.answer(case_of(three, "A"), "Four.", NOW, state="waiting", seen=1, who=Who.of(three.bob), now=NOW)  # fmt: skip
    actions.change_case(case_of(three, "B"), {"owner": three.bob}, seen=1, who=Who.of(three.bob), now=NOW)
    Membership.objects.filter(user=three.bob).delete()
    browser = three.as_(three.alice)
    assert "hand over" in browser.get(address("inquiries", three)).content.decode()
    held = {case.pk: case.version for case in Case.objects.filter(owner=three.bob)}
    ticked = [f"{pk}:{version}" for pk, version in held.items()]
    assert browser.post(address("inquiries_assign", three), {"case": ticked, "owner": three.alice.pk}).status_code == 302  # fmt: skip
    assert Case.objects.filter(owner=three.alice).count() == 2
    three.bob.delete()
    history = case_of(three, "A").events.filter(what="answered").get()
    assert (history.who, history.by) == ("bob@example.org", None)
    assert case_of(three, "A").notes.get().text == "Four."


def test_what_was_changed_meanwhile_is_not_given_away(three: Town) -> None:
    case = case_of(three, "A")
    actions.change_case(case, {"tags": "|fair|"}, seen=1, who=Who.of(three.bob), now=NOW)
    given = actions.assign(three.anchor, {case.pk: 1, case_of(three, "B").pk: 1}, three.bob, who=Who.of(three.alice), now=NOW)  # fmt: skip
    assert given == (1, 1)
    assert case_of(three, "A").owner is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "minho"}, "B"), ({"q": "shop voss"}, "A"), ({"q": "VOSS green"}, "A"), ({"q": "nothing-here"}, ""),
        ({"q": "'; drop table"}, ""), ({"q": "harbour"}, "C"), ({"market": "KOR"}, "B"), ({"tag": "fair"}, "A"),
        ({"owner": "me"}, "A"), ({"owner": "nobody"}, "BC"), ({"platform": "etsy"}, ""), ({"state": "working"}, "A"),
        ({"state": "all"}, "ABC"), ({"state": "nonsense"}, "ABC"), ({"owner": "²"}, "ABC"), ({"q": "\x00%_"}, ""),
        ({"q": "質問"}, "C"), ({"kind": "rfq"}, "C"), ({"kind": "letter"}, "ABC"),
    ],
)  # fmt: skip
def test_cases_are_found_by_what_was_said_and_done(three: Town, asked: dict[str, str], expected: str) -> None:
    who = Who.of(three.bob)
    changes = {"tags": "|fair|", "owner": three.bob, "state": "working"}
    actions.change_case(case_of(three, "A"), changes, seen=1, who=who, now=NOW)
    actions.add_note(case_of(three, "C"), "Met in the Harbour hall, ご質問です", who=who, now=NOW)
    found = listing.cases_of(three.anchor, listing.Filters.of(asked), three.bob, NOW)
    assert "".join(sorted(case.number for case in found)) == expected


def test_the_list_asks_the_database_a_bounded_number_of_times(
    three: Town, django_assert_max_num_queries: Any
) -> None:
    browser = three.as_(three.alice)
    Case.objects.bulk_create(
        Case(firm=three.anchor, key=f"x:{n}", platform="x", number=str(n), received=NOW, made=NOW, owner=three.bob, source=Source.TYPED)
        for n in range(120)
    )  # fmt: skip
    with django_assert_max_num_queries(30):
        page = browser.get(address("inquiries", three)).content.decode()
    assert page.count('name="case"') == listing.PAGE
    assert "page=2" in page
    assert browser.get(address("inquiries", three) + "?page=99999999").status_code == 200


@pytest.mark.parametrize(
    ("state", "told", "answered", "said"),
    [
        ("new", "open", False, "new"), ("new", "answered", False, "answered"), ("new", "open", True, "answered"),
        ("new", "closed", False, "closed"), ("new", "spam", False, "spam"), ("won", "answered", True, "won"),
    ],
)  # fmt: skip
def test_a_case_that_nobody_touched_stands_where_the_file_says(
    three: Town, state: str, told: str, answered: bool, said: str
) -> None:
    case = case_of(three, "A")
    case.state, case.told_state, case.answered = state, told, NOW if answered else None
    case.save()
    case.refresh_from_db()
    assert case.standing == said


# --- files and texts that mean harm -----------------------------------------------------------------------


def test_texts_of_buyers_are_shown_and_never_run(town: Town, home: Path) -> None:
    bring(town, home, told("S", 2, who="<script>alert(1)</script>", text="=HYPERLINK(1) <img src=x onerror=alert(1)>"))  # fmt: skip
    look(town)
    for path in (address("inquiries", town), address("inquiry", town, case_of(town, "S"))):
        page = town.as_(town.bob).get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page


def keep(town: Town, case: Case, name: str, content: bytes) -> Any:
    return town.as_(town.bob).post(
        address("inquiry_attach", town, case), {"file": SimpleUploadedFile(name, content)}
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"), ("drawing.svg", b" \n<svg onload=alert(1)>"),
        ("page.txt", b"\xef\xbb\xbf<!doctype html>"), ("run.exe", b"MZ\x90\0\x03"), ("run.sh", b"#!/bin/sh\nrm -rf /"),
        ("packed.zip", b"PK\x03\x04nothing"), ("empty.pdf", b""), ("list.pdf", b"\0\0\0\0"),
    ],
)  # fmt: skip
def test_files_that_could_run_are_refused(three: Town, name: str, content: bytes) -> None:
    assert keep(three, case_of(three, "A"), name, content).status_code == 400
    assert not CaseAttachment.objects.exists()


def test_a_file_is_a_download_under_a_name_that_leads_nowhere(three: Town, home: Path) -> None:
    case = case_of(three, "A")
    assert keep(three, case, "../../etc/pass\rwd.exe", b"%PDF-1.7 x").status_code == 302
    held = CaseAttachment.objects.get()
    assert held.path == home / "attachments" / "anchor-teas" / held.pk.hex
    assert (held.name, held.sort) == ("passwd.exe.pdf", "pdf")
    answer = three.as_(three.vera).get(address("inquiry_file", three, case, file_id=held.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="passwd.exe.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")  # fmt: skip
    assert "sandbox" in answer["Content-Security-Policy"] or "default-src 'self'" in answer["Content-Security-Policy"]  # fmt: skip
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 x"  # type: ignore[attr-defined]


def test_files_are_bounded_and_withdrawn_not_erased(three: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(three, "A")
    monkeypatch.setattr(attachments, "LARGEST", 100)
    monkeypatch.setattr(attachments, "MOST", 2)
    assert keep(three, case, "large.txt", b"x" * 101).status_code == 400
    for name in ("one.txt", "two.txt"):
        assert keep(three, case, name, b"tea").status_code == 302
    assert keep(three, case, "three.txt", b"tea").status_code == 400
    held = CaseAttachment.objects.get(name="one.txt")
    three.as_(three.bob).post(address("inquiry_file_withdraw", three, case, file_id=held.pk))
    assert three.as_(three.bob).get(address("inquiry_file", three, case, file_id=held.pk)).status_code == 404
    assert held.path.is_file()
    assert keep(three, case, "three.txt", b"tea").status_code == 302


@pytest.mark.requirement("X06")
def test_nothing_of_a_case_goes_without_trace(three: Town) -> None:
    case = case_of(three, "A")
    note = actions.add_note(case, "Rang them.", who=Who.of(three.bob), now=NOW)
    actions.withdraw_note(note, who=Who.of(three.bob), now=NOW)
    kept = CaseNote.objects.get(pk=note.pk)
    assert (kept.text, kept.withdrawn) == ("Rang them.", NOW)
    event = case.events.get(what="noted")
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        CaseEvent.objects.filter(pk=event.pk).update(what="nothing")
    with pytest.raises(TypeError):
        CaseEvent.objects.all().delete()
    # What was done is in the audit trail, without its text.
    assert "Rang" not in str(list(AuditLine.objects.values_list("data", flat=True)))


def test_who_is_forgotten_is_forgotten_in_the_cases_too(three: Town, home: Path) -> None:
    case, who = case_of(three, "A"), Who.of(three.bob)
    actions.add_note(case, "Lena Voss rang.", who=who, now=NOW)
    actions.buyer_wrote(case, "This is Lena.", NOW, who=who, now=NOW)
    attachments.attach(case, SimpleUploadedFile("card.txt", b"Lena"), who=who, now=NOW)
    actions.change_case(case_of(three, "B"), {"tags": "|fair|"}, seen=1, who=who, now=NOW)
    data.forget_person(access_of(three), "Lena Voss", now=NOW)
    held = case_of(three, "A")
    everything = str(
        [*Case.objects.values(), *CaseNote.objects.values(), *CaseEvent.objects.values(), *CaseAttachment.objects.values()]
    )  # fmt: skip
    assert "Voss" not in everything
    assert "This is Lena" not in everything
    assert held.message == ""
    assert not list((home / "attachments" / "anchor-teas").iterdir())
    assert "Kim Minho" in everything
    look(three, 9)
    assert "Voss" not in str(list(Case.objects.values()))


def access_of(town: Town) -> Any:
    from fondaco.web.accounts.access import firm_for

    return firm_for(town.alice, town.anchor.slug, need="own")


def test_many_cases_are_opened_with_a_bounded_number_of_statements(
    town: Town, home: Path, django_assert_max_num_queries: Any
) -> None:
    bring(town, home, *(told(f"N{n}", 1 + n / 10) for n in range(400)))
    with django_assert_max_num_queries(60):
        look(town)
    with django_assert_max_num_queries(25):
        look(town, 1)
    assert Case.objects.count() == 400


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("inquiry", None), ("inquiry_change", {"change-state": "won", "change-version": "1"}),
        ("inquiry_answer", {"answer-at": "2026-03-02T10:00", "answer-state": "waiting", "answer-version": "1"}),
        ("inquiry_message", {"wrote-text": "?", "wrote-at": "2026-03-02T10:00"}), ("inquiry_note", {"note-text": "?"}),
        ("inquiry_clear", {"sign": "urgency", "clear-why": "?"}), ("inquiry_attach", {}),
    ],
)  # fmt: skip
def test_a_case_is_not_reached_by_the_address_of_another_firm(
    town: Town, name: str, said: dict[str, str] | None
) -> None:
    first = {"kind": "inquiry", "received": NOW, "name": "Ann", "message": "How much?"}
    case, _new = actions.open_case(
        town.anchor, "1", first, platform="fair", source=Source.TYPED, who=Who.of(town.bob), now=NOW
    )
    browser, path = town.as_(town.charlie), reverse(name, kwargs={"slug": "borealis", "case_id": case.pk})
    answer = browser.get(path) if said is None else browser.post(path, said)
    assert answer.status_code == 404
    browser.post(reverse("inquiries_assign", kwargs={"slug": "borealis"}), {"case": f"{case.pk}:1", "owner": "nobody"})  # fmt: skip
    assert Case.objects.get().version == 1
    assert CaseEvent.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by how many rows there are")
def test_the_list_of_those_that_wait_is_read_from_the_index_of_the_order_of_work(town: Town) -> None:
    plan = listing.cases_of(town.anchor, listing.Filters(), town.alice, NOW).explain()
    assert "cases_in_order_of_work (firm_id=? AND waits=?)" in plan
