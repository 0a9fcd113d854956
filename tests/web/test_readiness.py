"""Readiness in the browser: answering signed in and by a link, links, imports, papers, and what supporters see."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco.readiness import questionnaire
from fondaco.web.accounts import access
from fondaco.web.accounts import actions as accounts
from fondaco.web.desk.models import AuditLine
from fondaco.web.readiness import actions
from fondaco.web.readiness.models import AnswerDraft, AnswerLink
from fondaco.workflows.readiness_answers import answers_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SHORT = {f"q-{each.key}": "3" for each in questionnaire().asked("short") if each.item.kind == "scale"}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    import time_machine as machine

    cache.clear()
    with machine.travel(NOON, tick=False):
        yield


def page(name: str, town: Town, **more: object) -> str:
    return reverse(name, kwargs={"slug": town.anchor.slug, **more})


def link_of(town: Town, *, days: int = 14, informant: str = "Bottling") -> tuple[AnswerLink, str]:
    link, token = actions.make_link(
        town.anchor, informant=informant, department="production", form="short", markets=["DEU"], language="it",
        days=days, by=town.alice, now=NOON,
    )  # fmt: skip
    return link, reverse("readiness_public", kwargs={"token": token})


def kept(town: Town) -> tuple[Any, ...]:
    return answers_of(access.workspace(), town.anchor.slug)


@pytest.mark.requirement("S01")
def test_what_a_member_answers_becomes_the_firms_state_with_gaps_and_who_closes_them(town: Town) -> None:
    bob = town.as_(town.bob)
    sent = bob.post(page("readiness_fill", town), {**SHORT, "department": "sales", "send": "1"})
    assert sent.status_code == 302
    (said,) = kept(town)
    assert (said.informant, said.department, said.day) == (
        f"Bob ({town.bob.pk})",
        "sales",
        date(2026, 3, 2),
    )
    shown = town.as_(town.vera).get(page("readiness", town)).content.decode()
    assert "People and hours" in shown and "a supporter" in shown
    assert "Plan for close to one full-time person" in shown
    assert AuditLine.objects.filter(what="readiness.answered", firm=town.anchor).count() == 1


def test_half_of_the_questions_can_be_kept_and_sent_later(town: Town) -> None:
    bob = town.as_(town.bob)
    bob.post(page("readiness_fill", town), {"q-RO1": "6", "save": "1"})
    assert AnswerDraft.objects.get(user=town.bob).values == {"RO1": 6.0}
    assert not kept(town)
    again = bob.get(page("readiness_fill", town)).content.decode()
    assert 'name="q-RO1" value="6" checked' in again
    bob.post(page("readiness_fill", town), {"q-RO1": "6", "send": "1"})
    assert not AnswerDraft.objects.exists() and kept(town)[0].values == {"RO1": 6.0}


@pytest.mark.parametrize("said", ["8", "0", "3.5", "nan", "<b>", "9" * 400])
def test_what_is_no_answer_is_told_beside_its_question_and_nothing_is_sent(town: Town, said: str) -> None:
    told = town.as_(town.bob).post(page("readiness_fill", town), {"q-RO1": said, "send": "1"})
    assert told.status_code == 400 and not kept(town)
    assert "<b>" not in told.content.decode()


@pytest.mark.requirement("S24")
def test_a_link_is_filled_in_on_a_phone_in_ones_own_language_half_now_half_later_and_once(town: Town) -> None:
    link, address = link_of(town)
    phone = Client()
    shown = phone.get(address).content.decode()
    assert "Rispondiamo agli acquirenti entro un giorno." in shown
    assert "Худалдан авагчид" in phone.get(address + "?language=mn").content.decode()
    phone.post(address, {"q-RO1": "6", "save": "1"})
    link.refresh_from_db()
    assert link.draft == {"RO1": 6.0} and not kept(town)
    sent = phone.post(address, {"q-RO1": "6", "q-RE1": "7", "q-KH1@DEU": "2", "send": "1"})
    assert sent.status_code == 200 and "Grazie" in sent.content.decode()
    (said,) = kept(town)
    assert dict(said.values) == {"RO1": 6, "RE1": 7, "KH1@DEU": 2} and said.informant == "Bottling"
    assert phone.get(address).status_code == 404
    assert phone.post(address, {"q-RO1": "1", "send": "1"}).status_code == 404
    assert len(kept(town)) == 1


def test_a_link_tells_no_more_of_the_firm_than_its_name(town: Town) -> None:
    _, address = link_of(town)
    shown = Client().get(address).content.decode()
    assert "Anchor Teas" in shown
    for told in ("anchor-teas", "alice", "Green tea", "Seven Quays"):
        assert told not in shown


def test_a_link_ends_with_its_days_and_when_it_is_taken_back_and_its_token_is_not_kept(town: Town) -> None:
    import time_machine as machine

    link, address = link_of(town, days=2)
    assert address.split("/")[-2] not in str(AnswerLink.objects.values().get())
    with machine.travel(NOON + timedelta(days=2, seconds=1), tick=False):
        assert Client().get(address).status_code == 404
    assert Client().get(address).status_code == 200
    town.as_(town.alice).post(page("readiness_link_revoke", town, link_id=link.pk))
    assert Client().get(address).status_code == 404
    assert Client().get(reverse("readiness_public", kwargs={"token": "x" * 43})).status_code == 404


def test_links_are_asked_for_so_often_and_no_more(town: Town) -> None:
    address = reverse("readiness_public", kwargs={"token": "guess"})
    answers = [Client().get(address).status_code for _ in range(61)]
    assert answers[:60] == [404] * 60 and answers[60] == 429


def test_an_owner_cannot_take_back_another_firms_link(town: Town) -> None:
    link, _ = link_of(town)
    charlie = town.as_(town.charlie)
    there = reverse("readiness_link_revoke", kwargs={"slug": town.borealis.slug, "link_id": link.pk})
    assert charlie.post(there).status_code == 404
    link.refresh_from_db()
    assert link.revoked is None


def test_a_made_link_is_shown_once_and_works(town: Town) -> None:
    alice = town.as_(town.alice)
    form = {"informant": "  The  cellar ", "form": "full", "language": "ko", "days": "5"}
    shown = alice.post(page("readiness_links", town), form).content.decode()
    address = shown.split('class="code-key">')[1].split("<")[0]
    assert Client().get(address.replace("http://testserver", "")).status_code == 200
    assert address not in alice.get(page("readiness_links", town)).content.decode()
    assert AnswerLink.objects.get().informant == "The cellar"
    assert alice.post(page("readiness_links", town), {**form, "days": "900"}).status_code == 400


GOOGLE = "Timestamp,Name,We reply to buyers within a day.,RO1\n2026/02/01 9:12:33 AM GMT+1,Ada,7,Agree\n2026/02/02 9:12:33 AM GMT+1,Bo,12,5\n"


def test_a_file_of_answers_is_brought_in_once_and_its_faults_are_told(town: Town) -> None:
    bob = town.as_(town.bob)
    for _ in range(2):
        file = SimpleUploadedFile("answers.csv", GOOGLE.encode())
        told = bob.post(page("readiness_import", town), {"file": file}, follow=True).content.decode()
    assert "row 3, column" in told and "0 answers are new" in told and "2 were there already" in told
    assert [said.informant for said in kept(town)] == ["Ada", "Bo"]
    assert kept(town)[0].values == {"RE1": 7, "RO1": 6}


def test_what_is_no_table_of_answers_is_refused_in_words(town: Town) -> None:
    file = SimpleUploadedFile("answers.csv", b"Colour,Shape\nred,round\nblue,square\n")
    told = town.as_(town.bob).post(page("readiness_import", town), {"file": file})
    assert told.status_code == 400 and "no column that is a question" in told.content.decode()


def answered(town: Town, who: Any, values: dict[str, str]) -> None:
    town.as_(who).post(page("readiness_fill", town), {**values, "send": "1"})


def test_supporters_see_scores_by_the_firms_consent_and_no_single_answers(town: Town) -> None:
    answered(town, town.alice, SHORT)
    answered(town, town.bob, dict.fromkeys(SHORT, "7"))
    sven = town.as_(town.sven)
    assert sven.get(page("readiness", town)).status_code == 404
    accounts.set_consent(town.anchor, town.network, "readiness", True, by=town.alice, now=NOW)
    there = sven.get(reverse("network", args=[town.network.slug])).content.decode()
    assert page("readiness", town) in there  # the network's page leads there
    shown = sven.get(page("readiness", town))
    text = shown.content.decode()
    assert shown.status_code == 200 and "People and hours" in text
    for told in ("Alice", "Bob", "From, to", "By department", "You answered", "Bring answers in"):
        assert told not in text
    drawn = sven.get(page("readiness_json", town)).content.decode()
    assert (
        '"own"' not in drawn
        and '"own"' in town.as_(town.bob).get(page("readiness_json", town)).content.decode()
    )
    for name in ("readiness_pdf", "readiness_csv", "readiness_fill", "readiness_links"):
        assert sven.get(page(name, town)).status_code == 404


def test_single_answers_are_the_owners_alone_and_formulas_stay_text(town: Town) -> None:
    _, address = link_of(town, informant="=HYPERLINK(1)")
    Client().post(address, {"q-RO1": "6", "send": "1"})
    there = page("readiness_csv", town) + "?what=answers"
    assert town.as_(town.bob).get(there).status_code == 403
    rows = list(csv.reader(io.StringIO(town.as_(town.alice).get(there).content.decode("utf-8-sig"))))
    assert rows[1][1] == "'=HYPERLINK(1)" and rows[1][rows[0].index("RO1")] == "6.0"
    scores = town.as_(town.vera).get(page("readiness_csv", town)).content.decode()
    assert "HYPERLINK" not in scores


def test_a_person_can_have_all_their_answers_taken_away(town: Town) -> None:
    _, address = link_of(town)
    Client().post(address, {"q-RO1": "6", "send": "1"})
    answered(town, town.bob, SHORT)
    town.as_(town.alice).post(page("readiness_forget", town), {"informant": "Bottling"})
    assert [said.informant for said in kept(town)] == [f"Bob ({town.bob.pk})"]
    assert not AnswerLink.objects.exists()


def test_the_pdf_is_one(town: Town) -> None:
    answered(town, town.alice, SHORT)
    told = town.as_(town.vera).get(page("readiness_pdf", town))
    assert told.content.startswith(b"%PDF-") and "attachment" in told["Content-Disposition"]
