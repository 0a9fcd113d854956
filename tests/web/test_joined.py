"""The desk and the relationships as one: a buyer's page knows its cases and quotations, a case knows its buyer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.web.conftest import NOW, Town
from tests.web.test_buyers import _stocked, book, mark, page, shop  # noqa: F401  (fixtures)

from fondaco.desk.quotation import Line, Quotation
from fondaco.ledger import Workspace
from fondaco.web.inquiries import actions, keeping, syncing
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case, Source
from fondaco.web.inquiries.quotations import actions as quoting
from fondaco.web.relationships import actions as relating
from fondaco.web.relationships.models import Agreement, Conflict, Step
from fondaco.workflows.desk_log import cases_of, log_of
from fondaco.workflows.quotations import Held
from fondaco.workflows.stages import stages_of

Committed = Callable[..., AbstractContextManager[Any]]


def typed(town: Town, company: str = "other  ltd") -> Case:
    said = {"kind": "inquiry", "received": NOW - timedelta(hours=5), "company": company, "market": "GBR",
            "message": "Met at the fair: more tea?"}  # fmt: skip
    case, _made = actions.open_case(
        town.anchor, "7", said, platform="fair", source=Source.TYPED, who=Who.of(town.alice), now=NOW
    )
    return case


@pytest.mark.requirement("F53", "F54", "F88")
def test_a_buyers_timeline_takes_cases_and_quotations_with_links(shop: Town, home: Path) -> None:  # noqa: F811
    syncing.look(shop.anchor, now=NOW)
    alice, who = shop.as_(shop.alice), Who.of(shop.alice)
    ann = mark(home, "Other Ltd")
    before = page(alice, "buyer", mark=ann)
    from_file = Case.objects.get(number="c")
    assert f'href="{reverse("inquiry", args=["anchor-teas", from_file.pk])}"' in before
    assert "Messages on the platform: 4," in before  # two inquiries and two answers in the file
    case = typed(shop)
    actions.answer(
        case, "Gladly", NOW - timedelta(hours=1), state="waiting", seen=case.version, who=who, now=NOW
    )
    actions.add_note(case, "Likes the tins", who=who, now=NOW)
    said = Quotation("Other Ltd", "GBR", "GBP", NOW.date(), (Line("T-1", "Tea", Decimal(10), Decimal(4)),))
    quoted = quoting.make(Held(said, (), ()), firm=shop.anchor, by=shop.alice, now=NOW)
    quoting.mark_sent(quoted, seen=1, firm=shop.anchor, by=shop.alice, now=NOW)
    quoting.settle(quoted, accepted=False, reason="Too dear", firm=shop.anchor, by=shop.alice, now=NOW)
    after = page(alice, "buyer", mark=ann)
    for told in (
        "Met at the fair: more tea?",
        "Gladly",
        "Likes the tins",
        "quotation sent",
        "quotation refused",
        "Too dear",
    ):
        assert told in after, told
    assert reverse("inquiry", args=["anchor-teas", case.pk]) in after
    assert reverse("quotation", args=["anchor-teas", quoted.pk]) in after
    assert "Messages on the platform: 6," in after
    # Nobody else's page tells of it.
    assert "Gladly" not in page(alice, "buyer", mark=mark(home, "Weinhaus Schulz"))


@pytest.mark.requirement("F53")
def test_a_case_leads_to_its_buyer(shop: Town, home: Path) -> None:  # noqa: F811
    alice, case = shop.as_(shop.alice), typed(shop)
    address = reverse("buyer_of_case", args=["anchor-teas", case.pk])
    assert address in page(alice, "inquiry", case_id=case.pk)
    assert b"not worked out yet" in alice.get(address, headers={"HX-Request": "true"}).content
    ann = mark(home, "Other Ltd")  # the book is at hand now
    assert alice.get(address).headers["Location"] == reverse("buyer", args=["anchor-teas", ann])
    part = alice.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Other Ltd" in part or "Ann Other" in part
    assert "<html" not in part
    Case.objects.filter(pk=case.pk).update(company="=nobody & sons")
    assert "q=%3Dnobody+%26+sons" in alice.get(address).headers["Location"]
    assert b"No buyer of the files" in alice.get(address, headers={"HX-Request": "true"}).content


@pytest.mark.requirement("F53", "F54", "F88")
def test_who_was_only_typed_in_is_among_the_buyers_with_the_inquiry(shop: Town, home: Path) -> None:  # noqa: F811
    alice, case = shop.as_(shop.alice), typed(shop, "Nowhere Imports")
    keeping.write_cases(shop.anchor)  # as the worker does after its look
    found = book(home).named("Nowhere Imports")
    listed = page(alice, "buyers")
    assert reverse("buyer", args=["anchor-teas", found.mark]) in listed
    shown = page(alice, "buyer", mark=found.mark)
    assert "Met at the fair: more tea?" in shown
    assert reverse("inquiry", args=["anchor-teas", case.pk]) in shown
    answer = alice.get(reverse("buyer_of_case", args=["anchor-teas", case.pk]))
    assert answer.headers["Location"] == reverse("buyer", args=["anchor-teas", found.mark])
    # Like any other it can be joined with another buyer, and steps can be logged with it.
    other = mark(home, "Weinhaus Schulz")
    said = {"left": found.mark, "right": other, "verdict": "one"}
    assert alice.post(reverse("same_decide", args=["anchor-teas"]), said).status_code == 302
    assert book(home).named("Nowhere Imports").mark == mark(home, "Weinhaus Schulz")
    assert "Met at the fair: more tea?" in page(alice, "buyer", mark=mark(home, "Weinhaus Schulz"))


@pytest.mark.requirement("F88", "F91", "X02")
def test_what_people_keep_is_written_where_commands_and_stages_read_it(
    shop: Town,  # noqa: F811
    home: Path,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    workspace, record = Workspace(home), min(book(home).named("Other Ltd").known.records)
    by: dict[str, Any] = {"firm": shop.anchor, "by": shop.alice, "now": NOW}
    with django_capture_on_commit_callbacks(execute=True):
        relating.log_step(Step(buyer=record, kind="call", day=NOW.date(), what="Talked"), **by)
        agreed = relating.agree(Agreement(buyer=record, what="A crate", first=NOW.date(), months=3), **by)
        relating.log_conflict(Conflict(day=NOW.date(), kind="price", what="Cheaper", channels="Shop"), **by)
        keeping.then_write(shop.anchor)
    held = log_of(workspace, "anchor-teas")
    assert [len(rows) for rows in (held.steps, held.agreements, held.conflicts)] == [1, 1, 1]
    stage = {
        each.names[0]: each.seen.stage for each in stages_of(workspace, "anchor-teas", NOW.date()).buyers
    }
    assert stage["Other Ltd"] == "commitment"
    assert "Committed" in page(shop.as_(shop.alice), "buyer", mark=mark(home, "Other Ltd")) or (
        book(home).named("Other Ltd").known.seen.stage == "commitment"
    )
    with django_capture_on_commit_callbacks(execute=True):
        relating.end_agreement(agreed, "They moved", firm=shop.anchor, by=shop.alice, now=NOW)
    assert book(home).named("Other Ltd").known.seen.stage == "exploration"
    case = typed(shop)
    keeping.write_cases(shop.anchor)
    written = cases_of(workspace, "anchor-teas")[case.key]
    assert (written.state, written.told and written.told.buyer_company) == ("new", "other  ltd")
