"""A study coded by two people: Alice leads, Bob codes; Charlie is a stranger."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco.evidence.coding import Change, example, read_project, write_project
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.desk.models import AuditLine
from fondaco.web.evidence import people
from fondaco.web.evidence.coding import actions
from fondaco.web.evidence.coding.models import Passage, Study, Transcript
from fondaco.web.evidence.coding.standing import agreement_of, book_of

SLOW, HOPE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TALK = "I: How did it go?\nMaria Rossi: We answered late. It cost us orders. <b>Perché?</b> Hopes were high 🙂 then. Maria knew."


@pytest.fixture
def study(town: Town) -> Study:
    made = actions.start("Small firms abroad", "How?", by=town.alice, now=NOW)
    people.add_member(made, town.bob.email, "coder", by=town.alice, now=NOW)
    actions.keep_names(made, "Maria Rossi, P1\nMaria, P1", by=town.alice, now=NOW)
    for key, name in ((SLOW, "slow answers"), (HOPE, "high hopes")):
        actions.change_book(made, Change("add", key, "Alice", NOW, name=name), by=town.alice)
    return made


@pytest.fixture
def text(town: Town, study: Study) -> Transcript:
    return actions.bring(
        study, "Maria_Rossi.txt", TALK.encode(), {"case": "A", "wave": 1}, by=town.alice, now=NOW
    )


def address(name: str, study: Study, **more: object) -> str:
    return reverse(name, kwargs={"number": study.pk, **more})


@pytest.mark.requirement("R28")
def test_a_text_stands_under_pseudonyms_and_only_the_lead_learns_who_is_behind_them(
    town: Town, study: Study, text: Transcript
) -> None:
    assert "Maria" not in text.text and "Rossi" not in text.text and text.name == "P1"
    bob = town.as_(town.bob)
    for page in ("coding", "coding_book", "coding_figure", "coding_agreement"):
        assert "Rossi" not in bob.get(address(page, study)).content.decode()
    assert bob.get(address("coding_names", study)).status_code == 403
    assert "Maria Rossi" in town.as_(town.alice).get(address("coding_names", study)).content.decode()
    for what in ("project.json", "project.qdpx", "codings.csv"):
        assert b"Rossi" not in town.as_(town.alice).get(address("coding_file", study, what=what)).content
    assert not AuditLine.objects.filter(data__icontains="Rossi").exists()


@pytest.mark.requirement("R28")
def test_a_pseudonym_that_a_text_stands_under_stays(town: Town, study: Study, text: Transcript) -> None:
    with pytest.raises(Refused, match="P1"):
        actions.keep_names(study, "Maria Rossi, P9", by=town.alice, now=NOW)
    assert actions.keep_names(study, "Maria Rossi, P1\nMaria, P1\nVera, P2", by=town.alice, now=NOW) == 3


@pytest.mark.requirement("R18")
def test_the_second_coder_is_blind_until_both_are_done(town: Town, study: Study, text: Transcript) -> None:
    alice, bob = town.as_(town.alice), town.as_(town.bob)
    here = address("coding_text", study, text=text.pk)
    bob.post(here, {"first": 2, "last": 3, "code": SLOW})
    assert Passage.objects.get().user == town.bob

    def sees(who: object) -> bool:
        page = who.get(here).content.decode()  # type: ignore[attr-defined]
        rest = who.get(address("coding_code", study, code=SLOW)).content.decode()  # type: ignore[attr-defined]
        out = who.get(address("coding_file", study, what="codings.csv")).content.decode()  # type: ignore[attr-defined]
        return "coded-1" in page or "answered late" in rest or "answered late" in out

    assert sees(bob) and not sees(alice)
    bob.post(address("coding_done", study, text=text.pk))
    assert not sees(alice), "Alice is not done"
    alice.post(address("coding_done", study, text=text.pk))
    assert sees(alice)


@pytest.mark.requirement("R18")
def test_agreement_rests_on_what_was_coded_blind_and_is_kept_over_time(
    town: Town, study: Study, text: Transcript
) -> None:
    for user in (town.alice, town.bob):
        actions.code(text, actions.passage_of(text.text, 2, 2), [SLOW], {}, by=user, now=NOW)
        actions.code(
            text,
            actions.passage_of(text.text, 4, 4),
            [HOPE if user == town.bob else SLOW],
            {},
            by=user,
            now=NOW,
        )
    with pytest.raises(Refused, match="Two people"):
        actions.log_agreement(study, by=town.alice, now=NOW)
    for user in (town.alice, town.bob):
        actions.finish(text, by=user, now=NOW)
    before = agreement_of(study).to_json()
    assert before["units"] == 2 and {each["name"] for each in before["codes"]} == {
        "slow answers",
        "high hopes",
    }
    # After both are done Alice follows Bob: that is no agreement of two who coded apart.
    actions.code(
        text, actions.passage_of(text.text, 4, 4), [HOPE], {}, by=town.alice, now=NOW + timedelta(days=1)
    )
    assert agreement_of(study).to_json() == before
    page = town.as_(town.alice).post(address("coding_agreement", study), follow=True).content.decode()
    assert "slow answers" in page and study.checks.get().result == before
    assert town.as_(town.bob).post(address("coding_agreement", study)).status_code == 403


@pytest.mark.requirement("R18")
def test_two_people_who_code_the_same_passage_both_stay_and_the_same_again_is_one(
    town: Town, study: Study, text: Transcript
) -> None:
    where = actions.passage_of(text.text, 2, 3)
    actions.code(text, where, [SLOW], {}, by=town.alice, now=NOW)
    actions.code(text, where, [SLOW], {}, by=town.bob, now=NOW)
    actions.code(text, where, [SLOW], {}, by=town.bob, now=NOW)
    assert Passage.objects.count() == 2
    mine = Passage.objects.get(user=town.alice)
    with pytest.raises(Refused):
        actions.withdraw(mine, by=town.bob, now=NOW)
    actions.withdraw(mine, by=town.alice, now=NOW)
    assert Passage.objects.count() == 2 and Passage.objects.filter(withdrawn=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_lose_nothing(town: Town, study: Study, text: Transcript) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time anyway")
    failed: list[Exception] = []

    def work(user: object, code: str) -> None:
        try:
            for number in range(5):
                actions.code(text, (number, number + 9), [code], {}, by=user, now=NOW)  # type: ignore[arg-type]
                actions.change_book(study, Change("define", code, "x", NOW, definition=str(number)), by=user)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001  (told below)
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=pair) for pair in ((town.alice, SLOW), (town.bob, HOPE))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert Passage.objects.count() == 10 and book_of(study).version == 12


@pytest.mark.requirement("R17")
def test_a_passage_is_taken_by_letters_also_behind_signs_of_two_halves(
    town: Town, study: Study, text: Transcript
) -> None:
    start = text.text.index("then")
    town.as_(town.bob).post(
        address("coding_text", study, text=text.pk),
        {"start": start, "end": start + 4, "code": HOPE, "standing": "inferred"},
    )
    held = Passage.objects.get()
    assert text.text[held.start : held.end] == "then" and held.standing == "inferred"
    page = town.as_(town.bob).get(address("coding_text", study, text=text.pk)).content.decode()
    assert f'data-start="{start}" class="coded coded-1" title="high hopes">then<' in page
    assert "<b>Perché" not in page and "&lt;b&gt;Perché" in page


@pytest.mark.parametrize(
    "said",
    [
        {"first": 1, "last": 1}, {"code": SLOW}, {"first": 3, "last": 2, "code": SLOW}, {"first": 999, "code": SLOW}, {"start": 0, "end": 10**7, "code": SLOW},
        {"first": 1, "code": "nonsense"}, {"first": "x", "code": SLOW}, {"first": 1, "code": SLOW, "standing": "sworn"}, {"first": 1, "new": "SLOW answers"},
    ],
)  # fmt: skip
def test_what_is_no_coding_is_refused_in_words(
    town: Town, study: Study, text: Transcript, said: dict[str, object]
) -> None:
    answer = town.as_(town.bob).post(address("coding_text", study, text=text.pk), said, follow=True)
    assert answer.status_code == 200 and "note bad" in answer.content.decode()
    assert not Passage.objects.exists()


@pytest.mark.requirement("R17")
def test_a_new_code_is_made_while_reading_and_put_under_a_theme(
    town: Town, study: Study, text: Transcript
) -> None:
    bob = town.as_(town.bob)
    bob.post(address("coding_text", study, text=text.pk), {"first": 2, "last": 2, "new": "lost orders"})
    bob.post(address("coding_book", study), {"name": "readiness", "level": 2})
    book = book_of(study)
    theme, code = book.of_level(2)[0], next(each for each in book.living if each.name == "lost orders")
    bob.post(address("coding_code", study, code=code.id), {"kind": "move", "to": theme.id})
    assert book_of(study).codes[code.id].parent == theme.id
    bob.post(
        address("coding_code", study, code=SLOW), {"kind": "split", "parts": "slow in price\nslow in terms"}
    )
    assert book_of(study).codes[SLOW].retired
    page = bob.get(address("coding_book", study)).content.decode()
    assert "split “slow answers” into slow in price, slow in terms" in page
    wrong = bob.post(
        address("coding_code", study, code=code.id), {"kind": "merge", "to": theme.id}, follow=True
    ).content.decode()
    assert "only likes are merged" in wrong


def test_interviews_in_old_encodings_and_broken_files_get_words(town: Town, study: Study) -> None:
    alice = town.as_(town.alice)

    def bring(name: str, content: bytes) -> tuple[int, str]:
        answer = alice.post(
            address("coding_bring", study),
            {"file": SimpleUploadedFile(name, content), "wave": 0},
            follow=True,
        )
        return answer.status_code, answer.content.decode()

    status, page = bring("old.txt", "P1: Così è difficile.".encode("cp1252"))
    assert status == 200 and "old encoding" in page and "Così" in study.transcripts.get().text
    assert bring("old2.txt", "P1: Così è difficile.".encode())[0] == 400, "the same text again"
    for name, content in (("a.pdf", b"%PDF"), ("a.docx", b"x"), ("a.txt", b"\0\1")):
        status, page = bring(name, content)
        assert status == 400 and "note bad" in page
    assert study.transcripts.count() == 1


@pytest.mark.requirement("R27")
def test_a_project_goes_out_to_another_program_and_comes_back(town: Town) -> None:
    alice = town.as_(town.alice)
    file = SimpleUploadedFile("p.qdpx", write_project(example(), now=NOW))
    assert alice.post(reverse("codings"), {"do": "file", "file": file}).status_code == 302
    study = Study.objects.get()
    content = alice.get(address("coding_file", study, what="project.qdpx")).content
    back = read_project(content, "p.qdpx", now=NOW).project
    was = example()
    assert back.book == was.book and {s.text for s in back.sources} == {s.text for s in was.sources}
    assert {(c.id, c.start, c.end, c.code, c.standing, c.speaks_of) for c in back.codings} == {
        (c.id, c.start, c.end, c.code, c.standing, c.speaks_of) for c in was.codings
    }
    assert (back.cases, back.links, set(back.backing)) == (was.cases, was.links, set(was.backing))
    bad = alice.post(reverse("codings"), {"do": "file", "file": SimpleUploadedFile("p.qdpx", b"rubbish")})
    assert bad.status_code == 400 and "broken" in bad.content.decode()


@pytest.mark.requirement("R17", "R19", "R21", "R22")
def test_the_example_can_be_opened_with_figure_tables_and_comparisons(town: Town) -> None:
    alice = town.as_(town.alice)
    alice.post(reverse("codings"), {"do": "example"})
    study = Study.objects.get()
    page = "".join(
        alice.get(address(name, study)).content.decode() for name in ("coding_figure", "coding_cases")
    )
    for words in ("structural readiness", "contradicted in A", "needs what round 2 could know", "buyer"):
        assert words in page
    for what in (
        "structure.svg",
        "structure.docx",
        "structure.tex",
        "quotations.docx",
        "quotations.tex",
        "quotations.csv",
        "codebook.qdc",
    ):
        answer = alice.get(address("coding_file", study, what=what))
        assert answer.status_code == 200 and len(answer.content) > 1000
    assert alice.get(address("coding_file", study, what="secrets.txt")).status_code == 404
    assert town.as_(town.charlie).get(address("coding_file", study, what="project.json")).status_code == 404


@pytest.mark.requirement("R17")
def test_memos_stand_with_the_study_or_a_code(town: Town, study: Study) -> None:
    bob = town.as_(town.bob)
    bob.post(address("coding_note", study), {"title": "On haste", "text": "<i>Late</i> again", "about": SLOW})
    page = bob.get(address("coding_code", study, code=SLOW)).content.decode()
    assert "On haste" in page and "&lt;i&gt;Late" in page
    with pytest.raises(InputError):
        actions.write_note(study, "elsewhere", "a", "b", by=town.bob, now=NOW)


def test_a_study_keeps_a_lead(town: Town, study: Study) -> None:
    with pytest.raises(Refused, match="another lead"):
        people.add_member(study, town.alice.email, "coder", by=town.alice, now=NOW)
    with pytest.raises(InputError, match="account"):
        people.add_member(study, "nobody@example.org", "coder", by=town.alice, now=NOW)


def test_who_leaves_a_study_sees_no_more_of_it_and_their_codings_stay(
    town: Town, study: Study, text: Transcript
) -> None:
    actions.code(text, (0, 10), [SLOW], {}, by=town.bob, now=NOW)
    bob, alice = study.members.get(user=town.bob), study.members.get(user=town.alice)
    at = address("coding_person_remove", study, member_id=bob.pk)
    assert town.as_(town.bob).post(at).status_code == 403
    assert town.as_(town.alice).post(at).status_code == 302
    assert town.as_(town.bob).get(address("coding", study)).status_code == 404
    assert Passage.objects.filter(user=town.bob, withdrawn=None).count() == 1
    assert AuditLine.objects.get(what="coding.member_removed").data["person"] == town.bob.pk
    last = address("coding_person_remove", study, member_id=alice.pk)
    assert town.as_(town.alice).post(last).status_code == 409, "a study keeps a lead"


@pytest.mark.requirement("R20", "R21")
def test_cases_and_links_are_written_on_the_page_and_evidence_is_held_against_them(
    town: Town, study: Study, text: Transcript
) -> None:
    bob, at = town.as_(town.bob), address("coding_cases", study)
    for name, told in (("A", "joined: 2013\r\nasked by: Maria Rossi"), ("B", "joined: 2016")):
        assert bob.post(at, {"do": "case", "name": name, "values": told}).status_code == 302
    link = {"do": "link", "start": "slow answers", "sign": "-", "end": "high hopes", "says": "Maria says so"}
    assert bob.post(at, link).status_code == 302
    assert bob.post(at, link).status_code == 400, "the same arrow is drawn once"
    assert bob.post(at, {**link, "end": "slow answers"}).status_code == 400, "nothing leads to itself"
    (passage,) = actions.code(text, (0, 10), [SLOW], {}, by=town.bob, now=NOW)
    study.refresh_from_db()
    to = study.extra["links"][0]["id"]
    said = {"do": "back", "to": to, "passage": passage.key, "supports": "no"}
    assert bob.post(at, said).status_code == 302
    page = bob.get(at).content.decode()
    assert "contradicted in A; no evidence in B" in page and "2016" in page
    assert "Rossi" not in page and "Maria" not in page and "P1" in page
    alice = town.as_(town.alice)
    assert "no evidence in A, B" in alice.get(at).content.decode(), (
        "what Bob codes is his until both are done"
    )
    assert alice.post(at, said).status_code == 404
    project = read_project(bob.get(address("coding_file", study, what="project.qdpx")).content, "a.qdpx", now=NOW).project  # fmt: skip
    assert [case.name for case in project.cases] == ["A", "B"] and not project.backing[0].supports
    assert bob.post(at, {**said, "supports": ""}).status_code == 302
    assert "no evidence in A, B" in bob.get(at).content.decode()
    assert bob.post(at, {"do": "unlink", "link": to}).status_code == 302
    assert bob.post(at, {"do": "unlink", "link": to}).status_code == 409, "it is gone already"
    assert AuditLine.objects.filter(what="coding.link_removed", data__study=study.pk).count() == 1
    assert not AuditLine.objects.filter(data__icontains="Rossi").exists()


def test_who_changes_a_case_over_somebody_else_is_told_and_loses_nothing(town: Town, study: Study) -> None:
    bob, alice, at = town.as_(town.bob), town.as_(town.alice), address("coding_cases", study)
    case = {"do": "case", "name": "A"}
    bob.post(at, {**case, "values": "joined: 2013"})
    assert alice.post(at, {**case, "values": "joined: 2012", "was": "joined: 2013"}).status_code == 302
    late = bob.post(at, {**case, "values": "joined: 2013\nleft: 2019", "was": "joined: 2013"})
    assert late.status_code == 409
    assert "left: 2019" in late.content.decode() and "Somebody else changed A" in late.content.decode()
    study.refresh_from_db()
    assert study.extra["cases"][0]["values"] == [["joined", "2012"]]
    wrong = bob.post(at, {**case, "values": "no value", "was": "joined: 2012"})
    assert wrong.status_code == 400 and "colon" in wrong.content.decode()
    assert bob.post(at, {**case, "values": "", "was": "joined: 2012"}).status_code == 302
    study.refresh_from_db()
    assert study.extra["cases"] == []
    shown = alice.get(at).content.decode()
    assert "2012" in shown, "the history tells what a case said before"
