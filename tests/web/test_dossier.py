"""The dossier of a market, market notes, and the log of changes of practice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import NOW, Town

from fondaco.ledger import Person
from fondaco.web.accounts import actions as accounts
from fondaco.web.data.forgetting import erase
from fondaco.web.desk.models import AuditLine
from fondaco.web.markets.models import MarketNote, PracticeChange

FIRM = {"slug": "anchor-teas"}
NOTE = {
    "market": "DEU", "part": "customers", "text": "They pay within ten days.", "hand": "first", "source": "A fair",
    "kept": "tacit", "where": "Bob", "day": "2026-01-31", "review_by": "",
}  # fmt: skip


def page(town: Town, market: str = "DEU", who: str = "vera") -> str:
    answer = town.as_(getattr(town, who)).get(reverse("market", kwargs={**FIRM, "code": market}))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("F05", "F80")
def test_blind_spots_come_first_then_the_four_parts(town: Town) -> None:
    text = page(town)
    places = [
        text.index(f'id="{name}"')
        for name in ("blind", "customers", "competitors", "conditions", "regulations")
    ]
    assert places == sorted(places)
    assert "Nothing known of whether your products may be sold there" in text
    assert reverse("market_rules", kwargs={**FIRM, "code": "DEU"}) in text
    assert "legal advice" in text


def test_a_market_that_never_bought_has_a_page(town: Town) -> None:
    text = page(town, "VNM")
    assert "no orders yet" in text
    assert "Ho Chi Minh" not in text
    assert "Nothing known of what competitors ask there" in text


@pytest.mark.parametrize("market", ["DEU", "VNM", "GBR"])
def test_every_page_says_how_old_it_is_and_what_it_rests_on(town: Town, market: str) -> None:
    text = page(town, market)
    assert "known" in text
    assert "observation" in text
    assert "market-dossier/1" in text


@pytest.mark.requirement("F80")
def test_the_front_page_lists_what_the_firm_does_not_know(town: Town) -> None:
    answer = town.as_(town.vera).get(reverse("glance", kwargs=FIRM))
    spots = answer.context["spots"]
    assert len(spots) == 5
    text = answer.content.decode()
    assert text.index("What we don") > 0
    # The test's sheet states no inquiries: what is at stake are the sales.
    assert "GBP of sales to" in text


def test_any_market_can_be_opened_from_a_form(town: Town) -> None:
    client = town.as_(town.vera)
    answer = client.get(reverse("market_open", kwargs=FIRM), {"market": "KOR"})
    assert answer["Location"] == reverse("market", kwargs={**FIRM, "code": "KOR"})
    assert client.get(reverse("market_open", kwargs=FIRM), {"market": "<x>"}).status_code == 404


@pytest.mark.requirement("F27", "F84")
def test_a_member_writes_a_note_and_it_counts_as_knowledge(town: Town) -> None:
    client = town.as_(town.bob)
    before = (
        client.get(reverse("market", kwargs={**FIRM, "code": "DEU"})).context["held"].parts["customers"].share
    )
    answer = client.post(reverse("note_new", kwargs=FIRM), NOTE)
    assert answer["Location"] == reverse("market", kwargs={**FIRM, "code": "DEU"})
    note = MarketNote.objects.get()
    assert (note.firm, note.by, note.day, note.review_by) == (
        town.anchor,
        town.bob,
        date(2026, 1, 31),
        date(2026, 7, 31),
    )
    after = (
        client.get(reverse("market", kwargs={**FIRM, "code": "DEU"})).context["held"].parts["customers"].share
    )
    assert after > before
    line = AuditLine.objects.get(what="market.note.written")
    assert (line.user, line.data["name"]) == (town.bob, "DEU customers")
    assert "ten days" not in str(line.data)
    assert "They pay within ten days." in page(town)


@pytest.mark.requirement("F27")
def test_an_old_note_asks_to_be_looked_at_again(town: Town) -> None:
    old = timezone.localdate() - timedelta(days=1)
    MarketNote.objects.create(
        firm=town.anchor, market="DEU", part="customers", text="Old news.", source="x", where="y",
        day=old - timedelta(days=200), review_by=old, made=NOW,
    )  # fmt: skip
    assert "look at it again" in page(town)
    assert "past their review" in page(town)
    text = town.as_(town.vera).get(reverse("notes", kwargs=FIRM)).content.decode()
    assert text.index("Old news.") < text.index("In use")


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("day", "2999-01-01", "still to come"),
        ("review_by", "2026-01-31", "must be after"),
        ("market", "XYZ", "Select a valid choice"),
        ("part", "gossip", "Select a valid choice"),
        ("text", "", "required"),
        ("source", "", "required"),
    ],
)
def test_what_a_note_must_say(town: Town, field: str, value: str, complaint: str) -> None:
    answer = town.as_(town.bob).post(reverse("note_new", kwargs=FIRM), NOTE | {field: value})
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    assert not MarketNote.objects.exists()


def test_a_note_can_be_changed_and_retired_and_stays_in_the_record(town: Town) -> None:
    client = town.as_(town.bob)
    client.post(reverse("note_new", kwargs=FIRM), NOTE)
    note = MarketNote.objects.get()
    address = reverse("note_edit", kwargs={**FIRM, "note_id": note.pk})
    assert "They pay within ten days." in client.get(address).content.decode()
    client.post(address, NOTE | {"text": "They pay within thirty days.", "review_by": "2026-12-31"})
    note.refresh_from_db()
    assert (note.text, note.review_by, note.by) == (
        "They pay within thirty days.",
        date(2026, 12, 31),
        town.bob,
    )
    client.post(reverse("note_retire", kwargs={**FIRM, "note_id": note.pk}))
    note.refresh_from_db()
    assert note.retired is not None
    assert "thirty days" not in page(town)
    assert client.get(address).status_code == 404
    done = [line.what for line in AuditLine.objects.filter(what__startswith="market.note").order_by("pk")]
    assert done == ["market.note.written", "market.note.changed", "market.note.retired"]


def test_notes_of_another_firm_are_out_of_reach(town: Town) -> None:
    note = MarketNote.objects.create(
        firm=town.anchor, market="DEU", part="customers", text="Ours.", source="x", where="y", day=NOW.date(),
        review_by=NOW.date() + timedelta(days=9), made=NOW,
    )  # fmt: skip
    client = town.as_(town.charlie)
    for name in ("note_edit", "note_retire"):
        address = reverse(name, kwargs={"slug": "borealis", "note_id": note.pk})
        assert client.post(address, NOTE).status_code == 404
    note.refresh_from_db()
    assert (note.text, note.retired) == ("Ours.", None)
    assert "Ours." not in client.get(reverse("notes", kwargs={"slug": "borealis"})).content.decode()


@pytest.mark.requirement("S20")
def test_supporters_see_notes_by_a_consent_of_their_own(town: Town, consent: Callable[[bool], None]) -> None:
    town.as_(town.bob).post(reverse("note_new", kwargs=FIRM), NOTE)
    consent(True)
    assert "ten days" not in page(town, who="sven"), "markets are shared, notes are not"
    notes = reverse("notes", kwargs=FIRM)
    assert town.as_(town.sven).get(notes).status_code == 404
    accounts.set_consent(town.anchor, town.network, "notes", True, by=town.alice, now=NOW)
    assert "ten days" in page(town, who="sven")
    assert "ten days" in town.as_(town.sven).get(notes).content.decode()
    assert town.as_(town.sven).post(reverse("note_new", kwargs=FIRM), NOTE).status_code == 404


@pytest.mark.requirement("F85")
def test_changes_of_practice_are_logged_with_their_day(town: Town) -> None:
    client = town.as_(town.bob)
    change = {
        "day": "2026-02-01",
        "market": "",
        "what": "Inquiries are answered within 12 hours",
        "why": "More orders",
    }
    assert client.post(reverse("practice_new", kwargs=FIRM), change).status_code == 302
    client.post(
        reverse("practice_new", kwargs=FIRM),
        change | {"market": "DEU", "day": "2026-02-20", "what": "German keywords"},
    )
    text = town.as_(town.vera).get(reverse("notes", kwargs=FIRM)).content.decode()
    assert text.index("German keywords") < text.index("within 12 hours"), "the latest first"
    held = PracticeChange.objects.get(market="")
    address = reverse("practice_edit", kwargs={**FIRM, "change_id": held.pk})
    assert 'value="2026-02-01"' in client.get(address).content.decode()
    client.post(address, change | {"day": "2026-02-03"})
    held.refresh_from_db()
    assert held.day == date(2026, 2, 3)
    client.post(reverse("practice_withdraw", kwargs={**FIRM, "change_id": held.pk}))
    assert "within 12 hours" not in client.get(reverse("notes", kwargs=FIRM)).content.decode()
    assert (
        "still to come"
        in client.post(reverse("practice_new", kwargs=FIRM), change | {"day": "2999-01-01"}).content.decode()
    )
    done = [line.what for line in AuditLine.objects.filter(what__startswith="practice").order_by("pk")]
    assert done == [
        "practice.change.logged", "practice.change.logged", "practice.change.corrected", "practice.change.withdrawn",
    ]  # fmt: skip


@pytest.mark.requirement("F85")
def test_before_and_after_stand_beside_a_change(town: Town) -> None:
    """Orders of the test's sheet come once a month; a change at its end has nothing after it, and says so."""
    for day, what in ((date(2025, 5, 1), "In the middle"), (date(2025, 8, 17), "At the end")):
        PracticeChange.objects.create(firm=town.anchor, day=day, what=what, made=NOW)
    answer = town.as_(town.vera).get(reverse("notes", kwargs=FIRM))
    told = {each["change"].what: each for each in answer.context["changes"]}
    middle = told["In the middle"]["told"]
    # Ninety days each: three orders from February to April, two in May and June (July's is in quarantine).
    assert (middle.before.count, middle.after.count) == (3, 2)
    assert "where at least 14 are needed" in told["At the end"]["why"]
    assert "prove no cause" in answer.content.decode()


def test_a_person_who_is_forgotten_goes_from_notes_too(town: Town) -> None:
    town.as_(town.bob).post(
        reverse("note_new", kwargs=FIRM), NOTE | {"text": "Erika Beispiel pays within ten days."}
    )
    PracticeChange.objects.create(
        firm=town.anchor, day=NOW.date(), what="Erika Beispiel gets a discount", made=NOW
    )
    assert erase("anchor-teas", Person(("c-1",), ("Erika Beispiel",))) == 2
    assert "Erika" not in MarketNote.objects.get().text
    assert "Erika" not in PracticeChange.objects.get().what


def test_a_past_day_shows_the_facts_of_then_without_notes(town: Town) -> None:
    town.as_(town.bob).post(reverse("note_new", kwargs=FIRM), NOTE)
    answer = town.as_(town.vera).get(
        reverse("market", kwargs={**FIRM, "code": "DEU"}), {"as_of": "2026-03-01"}
    )
    assert answer.context["held"].row.orders == 0
    assert answer.context["held"].notes == ()
