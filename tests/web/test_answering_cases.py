"""A case, its quotations and its replies are one: also of cases that no file tells of."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import Town
from tests.web.rows.quotations import FORM

from fondaco.kernel.errors import Refused
from fondaco.web.inquiries import actions as cases
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import Case, CaseNote, Source
from fondaco.web.inquiries.quotations import actions
from fondaco.web.inquiries.quotations.models import Quotation, State

HERE = {"slug": "anchor-teas"}
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def typed(town: Town, home: Path) -> Case:
    """An inquiry of a fair, typed in two days ago."""
    said = {
        "kind": "inquiry", "received": NOW - timedelta(days=2), "name": "Lena Voss", "market": "DEU",
        "product": "Green tea", "quantity": 20, "message": "Guten Tag, bitte ein Angebot. Wir kaufen lieber ohne Ihren Händler.",
    }  # fmt: skip
    case, _new = cases.open_case(
        town.anchor, "f-1", said, platform="fair", source=Source.TYPED, who=Who.of(town.bob), now=NOW
    )
    return case


def quotation(town: Town, case: Case) -> Quotation:
    answer = town.as_(town.bob).post(reverse("quotation_new", kwargs=HERE) + f"?case={case.key}", FORM)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Quotation.objects.get()


@pytest.mark.requirement("F44", "F45")
def test_replies_and_quotations_begin_from_a_case_that_was_typed_in(town: Town, typed: Case) -> None:
    bob = town.as_(town.bob)
    shown = bob.get(
        reverse("reply", kwargs=HERE) + f"?case={typed.key}&template=acknowledge"
    ).content.decode()
    assert "Guten Tag Lena Voss," in shown and "Green tea" in shown
    form = bob.get(reverse("quotation_new", kwargs=HERE) + f"?case={typed.key}").content.decode()
    assert 'value="Lena Voss"' in form and "There is no such inquiry" not in form
    held = quotation(town, typed)
    assert (held.case, held.kind, held.received) == (typed.key, "inquiry", typed.received)
    page = bob.get(reverse("inquiry", kwargs={**HERE, "case_id": typed.pk})).content.decode()
    assert reverse("quotation", kwargs={**HERE, "quotation_id": held.pk}) in page
    assert bob.get(reverse("quotation", kwargs={**HERE, "quotation_id": held.pk})).status_code == 200


@pytest.mark.requirement("F40", "X02")
def test_a_quotation_marked_as_sent_answers_its_case(town: Town, typed: Case) -> None:
    held = quotation(town, typed)
    assert Case.objects.get(pk=typed.pk).waits  # a draft is no answer
    address = reverse("quotation_sent", kwargs={**HERE, "quotation_id": held.pk})
    assert town.as_(town.bob).post(address, {"seen": "1"}).status_code == 302
    case = Case.objects.get(pk=typed.pk)
    assert (case.state, case.waits, case.owner) == ("quoted", False, town.bob)
    assert case.answered is not None
    note = case.notes.get(sort=CaseNote.Sort.ANSWER)
    assert note.text == "Quotation 1, version 1"
    assert case.events.filter(what="answered").count() == 1


def test_where_the_case_cannot_be_answered_the_quotation_is_not_sent(
    town: Town, typed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = quotation(town, typed)

    def full(*_: Any, **__: Any) -> None:
        raise Refused("This case holds too many entries.")

    monkeypatch.setattr(cases, "_write", full)
    with pytest.raises(Refused):
        actions.mark_sent(held, seen=1, firm=town.anchor, by=town.bob, now=NOW)
    held.refresh_from_db()
    assert held.state == State.DRAFT and held.newest.sent is None
    assert Case.objects.get(pk=typed.pk).state == "new"


def test_a_case_that_people_closed_stays_closed(town: Town, typed: Case) -> None:
    held = quotation(town, typed)
    change = {"state": "lost", "reason": "No answer."}
    cases.change_case(typed, change, seen=typed.version, who=Who.of(town.alice), now=NOW)
    actions.mark_sent(held, seen=1, firm=town.anchor, by=town.bob, now=NOW)
    assert Case.objects.get(pk=typed.pk).state == "lost"


@pytest.mark.requirement("F52")
def test_who_wants_to_go_round_a_distributor_is_told_on_the_case(town: Town, home: Path, typed: Case) -> None:
    from fondaco.ledger import Workspace
    from fondaco.web.inquiries import syncing

    Workspace(home).ledger("anchor-teas").change_profile(
        lambda _: '[[distributor]]\nname = "Teehaus Nord"\nmarkets = ["DEU"]\nexclusive = true\n'
    )
    syncing.look(town.anchor, now=NOW)
    shown = town.as_(town.vera).get(reverse("inquiry", kwargs={**HERE, "case_id": typed.pk})).content.decode()
    assert "wants to go round a distributor" in shown and "Teehaus Nord" in shown


@pytest.mark.requirement("F40")
def test_the_firms_own_target_runs_in_its_working_hours(town: Town, typed: Case) -> None:
    # Friday 27 November 2026, 17:00 in London: an hour is left of the day, three come on Monday from nine on.
    from fondaco.reference.time_zones import zone
    from fondaco.web.inquiries.views import _own_target

    friday = datetime(2026, 11, 27, 17, tzinfo=zone("Europe/London"))
    typed.received = friday
    found = _own_target(town.anchor, typed, "Europe/London", friday + timedelta(days=4))
    assert found["own_due"] == datetime(2026, 11, 30, 12, tzinfo=zone("Europe/London"))
    assert found["own_late"] is True


@pytest.mark.requirement("F41", "F43")
def test_reply_times_stand_beside_what_came_of_them(town: Town, home: Path, tmp_path: Path) -> None:
    from fondaco import workflows
    from fondaco.ledger import Workspace

    rows = ["Inquiry No,Type,Received,First Reply,Buyer,Name,Country,Product,Quantity,Message,Status"]
    rows += [
        f"R-{n},{'RFQ' if n % 2 else 'Inquiry'},2025-0{n % 5 + 1}-0{n % 8 + 1} 10:00,2025-0{n % 5 + 1}-0{n % 8 + 1} 1{n % 3}:30,c-{n % 4 + 1},,Germany,Green tea,20,Hello,Replied"
        for n in range(12)
    ]
    file = tmp_path / "answered.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    workflows.take_in(Workspace(home), "anchor-teas", [file], now=NOW)
    shown = town.as_(town.vera).get(reverse("quotations", kwargs=HERE)).content.decode()
    assert "Time against outcome" in shown and "1 h" in shown and "Own quotations on requests" in shown
