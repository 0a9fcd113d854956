"""A review carried on by three people: Alice leads, Bob and Vera read; Charlie is a stranger."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco.evidence.literature import extended
from fondaco.kernel.errors import InputError, Refused
from fondaco.web.desk.models import AuditLine
from fondaco.web.evidence import people
from fondaco.web.evidence.reviews import actions, standing, undoing
from fondaco.web.evidence.reviews.models import Entry, Likeness, Review, Vote

RIS = "".join(
    f"TY  - JOUR\nTI  - {title}\nAB  - {abstract}\nAU  - {author}\nPY  - {year}\nER  - \n"
    for title, abstract, author, year in (
        (
            "Platforms and small exporters",
            "Small firms sell abroad through digital platforms.",
            "Kühn, Jana",
            2020,
        ),
        ("Social media abroad", "How small firms use social media to export.", "Li, Min", 2021),
        ("Enzymes of the liver", "Mice were fed.", "Smith, Ann", 2019),
        ("Weather over the sea", "Winds and waves.", "Jones, Bo", 2018),
    )
)


@pytest.fixture
def review(town: Town) -> Review:
    made = actions.start("Small firms abroad", "What drives them?", by=town.alice, now=NOW)
    for user in (town.bob, town.vera):
        people.add_member(made, user.email, "reviewer", by=town.alice, now=NOW)
    actions.bring(made, "a.ris", RIS.encode(), other=False, by=town.alice, now=NOW)
    return made


def entry(review: Review, word: str) -> Entry:
    return review.entries.get(title__contains=word)


def decide(review: Review, word: str, stage: str, **votes: str) -> None:
    readers = {member.user.email.split("@")[0]: member.user for member in review.members.all()}
    for name, verdict in votes.items():
        actions.vote(entry(review, word), stage, verdict, "", by=readers[name], now=NOW)


@pytest.mark.requirement("R18")
def test_two_people_read_without_seeing_each_other_and_a_third_settles(town: Town, review: Review) -> None:
    decide(review, "Platforms", "abstract", bob="include")
    page = town.as_(town.vera).get(reverse("review_screen", kwargs={"number": review.pk})).content.decode()
    assert "Platforms and small exporters" in page, "it waits for a second reader"
    assert "Bob" not in page
    assert "bob" not in page.replace("bob@", "")
    exported = (
        town.as_(town.vera).get(reverse("review_export", kwargs={"number": review.pk})).content.decode()
    )
    assert "include" not in exported, "nobody learns a decision before the record is settled"
    decide(review, "Platforms", "abstract", vera="exclude")
    assert entry(review, "Platforms").abstract_state == "conflict"
    with pytest.raises(Refused, match="third"):
        actions.settle(entry(review, "Platforms"), "abstract", "include", "", by=town.bob, now=NOW)
    with pytest.raises(InputError, match="include or exclude"):
        actions.settle(entry(review, "Platforms"), "abstract", "maybe", "", by=town.alice, now=NOW)
    client = town.as_(town.alice)
    address = reverse("review_conflicts", kwargs={"number": review.pk})
    assert "Platforms" in client.get(address).content.decode()
    said = {"entry": entry(review, "Platforms").pk, "stage": "abstract", "verdict": "include"}
    assert client.post(address, said).status_code == 302
    assert entry(review, "Platforms").abstract_state == "in"
    exported = client.get(reverse("review_export", kwargs={"number": review.pk})).content.decode()
    assert "settles" in exported


def test_a_third_reader_comes_too_late(town: Town, review: Review) -> None:
    decide(review, "Enzymes", "abstract", bob="exclude", vera="exclude")
    with pytest.raises(Refused, match="Two people decided"):
        actions.vote(entry(review, "Enzymes"), "abstract", "include", "", by=town.alice, now=NOW)
    assert Vote.objects.filter(entry=entry(review, "Enzymes")).count() == 2


def test_one_may_change_ones_mind_until_it_is_settled(town: Town, review: Review) -> None:
    decide(review, "Enzymes", "abstract", bob="include")
    decide(review, "Enzymes", "abstract", bob="exclude")
    assert [vote.verdict for vote in entry(review, "Enzymes").votes.all()] == ["exclude"]


def test_nobody_reads_the_full_text_of_what_was_not_let_through(town: Town, review: Review) -> None:
    with pytest.raises(Refused, match="let through"):
        actions.vote(entry(review, "Enzymes"), "full", "include", "", by=town.bob, now=NOW)


def test_the_order_follows_what_was_included(town: Town, review: Review) -> None:
    decide(review, "Platforms", "abstract", bob="include", vera="include")
    decide(review, "Enzymes", "abstract", bob="exclude", vera="exclude")
    assert actions.rank(review) == 2
    page = town.as_(town.bob).get(reverse("review_screen", kwargs={"number": review.pk}))
    assert page.context["entry"].title == "Social media abroad"


def test_votes_come_by_the_page_and_train_it(
    town: Town, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AGAIN", 1)
    client = town.as_(town.bob)
    address = reverse("review_screen", kwargs={"number": review.pk})
    first = client.get(address).context["entry"]
    said = {"entry": first.pk, "stage": "abstract", "verdict": "include", "reason": ""}
    assert client.post(address, said)["Location"].endswith("?stage=abstract")
    assert client.get(address).context["entry"] != first
    assert client.post(address, {**said, "entry": "99999"}).status_code == 404


@pytest.mark.requirement("R09")
def test_the_flow_adds_up_from_the_desks_own_records(town: Town, review: Review) -> None:
    again = RIS.split("ER  - \n")[0] + "ER  - \n"
    actions.bring(review, "b.ris", again.encode(), other=False, by=town.alice, now=NOW)
    decide_all = (
        ("Platforms", "include"),
        ("Social", "include"),
        ("Enzymes", "exclude"),
        ("Weather", "exclude"),
    )
    for word, verdict in decide_all:
        one = review.entries.filter(title__contains=word, same_as=None).get()
        for user in (town.bob, town.vera):
            actions.vote(one, "abstract", verdict, "", by=user, now=NOW)
    for user in (town.bob, town.vera):
        actions.vote(
            review.entries.get(title__contains="Social"), "full", "exclude", "wrong design", by=user, now=NOW
        )
        actions.vote(
            review.entries.filter(title__contains="Platforms", same_as=None).get(),
            "full",
            "include",
            "",
            by=user,
            now=NOW,
        )
    flow, why = standing.flow(review)
    assert why == ""
    assert flow is not None
    # 5 brought, 1 a copy, 4 screened, 2 out, 2 read whole, 1 out for its design, 1 kept
    names = (
        "identified",
        "removed",
        "screened",
        "excluded",
        "sought",
        "assessed",
        "excluded_reports",
        "new_studies",
    )
    assert [flow.counts[name] for name in names] == [5, 1, 4, 2, 2, 2, 1, 1]
    assert flow.parts["excluded_reports"] == {"wrong design": 1}
    assert len(flow.arrows) == 4
    picture = town.as_(town.bob).get(reverse("review_flow", kwargs={"number": review.pk}))
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert "Records screened (n\u00a0=\u00a04)" in picture.content.decode()


def test_a_duplicate_is_told_decided_and_taken_back(town: Town, review: Review) -> None:
    near = "TY  - JOUR\nTI  - Platforms and the small exporter\nAU  - Kühn, J.\nPY  - 2021\nER  - \n"
    actions.bring(review, "near.ris", near.encode(), other=False, by=town.alice, now=NOW)
    pair = Likeness.objects.get(review=review)
    assert pair.same is None
    client = town.as_(town.bob)
    address = reverse("review_duplicate", kwargs={"number": review.pk, "pair_id": pair.pk})
    copy = review.entries.get(title__contains="the small")
    for said, is_copy in (("one", True), ("", False), ("one", True), ("two", False)):
        assert client.post(address, {"same": said}).status_code == 302
        copy.refresh_from_db()
        assert (copy.same_as is not None) is is_copy


@pytest.mark.requirement("R08")
@pytest.mark.requirement("X07")
def test_a_coded_study_joins_the_literature_base_with_its_coder(town: Town, review: Review) -> None:
    for stage in ("abstract", "full"):
        decide(review, "Platforms", stage, bob="include", vera="include")
    one = entry(review, "Platforms")
    client = town.as_(town.bob)
    address = reverse("review_extract", kwargs={"number": review.pk, "entry_id": one.pk})
    coded = {
        "version": "0", "key": "kuehn_2020", "design": "quantitative", "method": "survey", "theme": "adoption_use", "countries": "DEU; ita",
        "n": "120", "source": "table 2, p. 7",
    }  # fmt: skip
    assert client.post(address, {**coded, "countries": "Ruritania"}).status_code == 400
    assert client.post(address, coded).status_code == 302
    assert client.post(address, coded).status_code == 409, "somebody changed it meanwhile"
    text = client.get(reverse("review_studies_csv", kwargs={"number": review.pk})).content.decode()
    base = extended(text, "", "")
    study = base.studies["kuehn_2020"]
    assert (study.countries, study.n, study.year, study.theme_basis) == (("DEU", "ITA"), 120, 2020, "coder")
    assert "table 2, p. 7" in study.note
    assert str(town.bob) in study.note
    assert len(base.studies) == 52


def test_a_file_with_faults_brings_what_is_good_and_keeps_the_rest(town: Town, review: Review) -> None:
    client = town.as_(town.alice)
    address = reverse("review_records", kwargs={"number": review.pk})
    text = "@article{a, title={One more}, year={2020}}\n@article{b, title={Half an entry, author={A\n@article{c, title={Last}}\n"
    assert client.post(address, {"file": SimpleUploadedFile("x.bib", text.encode())}).status_code == 302
    batch = review.batches.first()
    assert batch is not None
    assert (batch.read, len(batch.kept)) == (2, 1)
    page = client.get(
        reverse("review_kept", kwargs={"number": review.pk, "batch_id": batch.pk})
    ).content.decode()
    assert "Half an entry" in page
    answer = client.post(address, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04rest")})
    assert answer.status_code == 400
    assert "no text file" in answer.content.decode()


def test_the_rest_is_drawn_at_random_and_vouches_for_a_recall(town: Town, review: Review) -> None:
    with pytest.raises(Refused, match="nothing was found"):
        actions.begin_tail(review, by=town.alice, now=NOW, seed=1)
    decide(review, "Platforms", "abstract", bob="include")
    with pytest.raises(Refused, match="one person has read"):
        actions.begin_tail(review, by=town.alice, now=NOW, seed=1)
    decide(review, "Platforms", "abstract", vera="include")
    actions.begin_tail(review, by=town.alice, now=NOW, seed=1)
    review.refresh_from_db()
    held = standing.stopping(review)
    assert (held["rest"], held["drawn"], held["stand"].may_stop) == (3, 0, False)
    for word in ("Social", "Enzymes", "Weather"):
        decide(review, word, "abstract", bob="exclude", vera="exclude")
    held = standing.stopping(review)
    assert (held["stand"].missing, held["stand"].recall, held["stand"].may_stop) == (0, 1.0, True)
    assert (
        "Screening may stop"
        in town.as_(town.alice).get(reverse("review", kwargs={"number": review.pk})).content.decode()
    )


def test_the_protocol_keeps_its_versions(town: Town, review: Review) -> None:
    client = town.as_(town.alice)
    address = reverse("review_protocol", kwargs={"number": review.pk})
    for search in ("SME* AND export*", "(SME* OR small) AND export*"):
        client.post(
            address, {"databases": "Scopus", "search": search, "include": "empirical", "why": "more words"}
        )
    assert [each.number for each in review.protocols.all()] == [2, 1]
    assert client.post(address, {}).status_code == 400


def test_a_review_keeps_a_lead(town: Town, review: Review) -> None:
    with pytest.raises(Refused, match="another lead"):
        people.add_member(review, town.alice.email, "reviewer", by=town.alice, now=NOW)
    with pytest.raises(InputError, match="Nobody has an account"):
        people.add_member(review, "nobody@example.org", "reviewer", by=town.alice, now=NOW)


def test_a_formula_in_a_title_does_not_run_in_a_spreadsheet(town: Town, review: Review) -> None:
    bad = 'TY  - JOUR\nTI  - =HYPERLINK("x")\nER  - \n'
    actions.bring(review, "bad.ris", bad.encode(), other=False, by=town.alice, now=NOW)
    text = town.as_(town.alice).get(reverse("review_export", kwargs={"number": review.pk})).content.decode()
    titles: list[Any] = [row["title"] for row in csv.DictReader(io.StringIO(text))]
    assert '\'=HYPERLINK("x")' in titles


def test_agreement_counts_settled_records_only(town: Town, review: Review) -> None:
    decide(review, "Platforms", "abstract", bob="include")
    assert standing.agreement(review, "abstract").alpha.units == 0
    for word, verdict in (("Platforms", "include"), ("Enzymes", "exclude"), ("Weather", "exclude")):
        decide(
            review,
            word,
            "abstract",
            **({"vera": verdict} if word == "Platforms" else {"bob": verdict, "vera": verdict}),
        )
    found = standing.agreement(review, "abstract")
    assert (found.alpha.units, found.alpha.alpha.estimate) == (3, 1.0)


@pytest.mark.requirement("R18", "X03")
def test_a_decision_is_taken_back_by_who_made_it_until_it_is_settled(town: Town, review: Review) -> None:
    bob, at = town.as_(town.bob), reverse("review_vote_back", kwargs={"number": review.pk})
    decide(review, "Platforms", "abstract", bob="include", vera="exclude")
    held = entry(review, "Platforms")
    assert held.abstract_state == "conflict"
    assert bob.post(at, {"entry": held.pk, "stage": "abstract"}).status_code == 302
    held.refresh_from_db()
    assert held.abstract_state == "open"
    assert [vote.user for vote in held.votes.all()] == [town.vera]
    line = AuditLine.objects.get(what="review.vote_taken_back")
    assert (line.user, line.data["verdict"]) == (town.bob, "include")
    assert bob.post(at, {"entry": held.pk, "stage": "abstract"}).status_code == 409, (
        "nothing of Bob's is there any more"
    )
    decide(review, "Platforms", "abstract", bob="exclude")
    answer = bob.post(at, {"entry": held.pk, "stage": "abstract"})
    assert answer.status_code == 409
    assert "settled" in answer.content.decode()
    for wrong in (
        {"entry": "x", "stage": "abstract"},
        {"entry": "99999", "stage": "abstract"},
        {"entry": held.pk, "stage": "third"},
    ):
        assert bob.post(at, wrong).status_code == 404


def test_who_leaves_a_review_sees_no_more_of_it_and_their_decisions_stay(town: Town, review: Review) -> None:
    decide(review, "Platforms", "abstract", bob="include")
    member = review.members.get(user=town.bob)
    gone = reverse("review_person_remove", kwargs={"number": review.pk, "member_id": member.pk})
    assert town.as_(town.vera).post(gone).status_code == 403
    assert town.as_(town.alice).post(gone).status_code == 302
    assert town.as_(town.bob).get(reverse("review", kwargs={"number": review.pk})).status_code == 404
    assert Vote.objects.filter(user=town.bob).count() == 1
    assert AuditLine.objects.get(what="review.member_removed").data["person"] == town.bob.pk
    lead = review.members.get(user=town.alice)
    last = reverse("review_person_remove", kwargs={"number": review.pk, "member_id": lead.pk})
    assert town.as_(town.alice).post(last).status_code == 409, "a review keeps a lead"


def test_a_file_brought_by_mistake_is_taken_out_until_people_have_decided(town: Town, review: Review) -> None:
    alice = town.as_(town.alice)
    again = actions.bring(review, "again.ris", RIS.encode(), other=False, by=town.alice, now=NOW)
    assert review.entries.exclude(same_as=None).count() == 4
    at = reverse("review_batch_remove", kwargs={"number": review.pk, "batch_id": again.pk})
    assert alice.post(at).status_code == 302
    assert (review.entries.count(), review.entries.exclude(same_as=None).count()) == (4, 0)
    assert AuditLine.objects.get(what="review.records_removed").data["records"] == 4
    decide(review, "Platforms", "abstract", bob="include")
    first = review.batches.get()
    assert (
        alice.post(
            reverse("review_batch_remove", kwargs={"number": review.pk, "batch_id": first.pk})
        ).status_code
        == 409
    )
    assert review.entries.count() == 4


def test_taking_out_the_file_of_the_first_copy_leaves_the_other_copy_to_be_screened(
    town: Town, review: Review
) -> None:
    actions.bring(review, "again.ris", RIS.encode(), other=False, by=town.alice, now=NOW)
    undoing.remove_batch(review.batches.get(name="a.ris"), by=town.alice, now=NOW)
    assert (review.entries.count(), review.entries.exclude(same_as=None).count()) == (4, 0)
