"""What people do with a plan: versions, edits, comments, agreement; two at once; nothing overwritten.

Run on SQLite, and on the server that ``DATABASE_URL`` names.
"""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.web.conftest import NOW, Town

from fondaco.kernel.errors import FondacoError, InputError, Refused
from fondaco.ledger import Person
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.circumstances import Circumstances
from fondaco.strategy.plan.joining import join
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import Part
from fondaco.web.desk.models import AuditLine
from fondaco.web.strategy import actions
from fondaco.web.strategy.actions import EditedMeanwhile, Wording
from fondaco.web.strategy.models import Fate, LineEdit, PlanLine, PlanVersion, Status

LATER = NOW + timedelta(days=30)


def act(key: str, what: str = "", when: date = date(2026, 6, 1), who: Any = "firm") -> Action:
    part: Any = key.split("/", maxsplit=1)[0]
    return Action(key, part, what or f"Do {key}.", who, when, "3 of 9 orders.", "plan/review", "More orders.")


def proposal(*held: Action, known: Circumstances | None = None) -> dict[str, Any]:
    parts: dict[Part, Proposal] = {}
    for action in held:
        before = parts.get(action.part, Proposal(action.part, ""))
        parts[action.part] = Proposal(action.part, "", (*before.actions, action))
    return join(
        "anchor-teas", parts, profile=Profile(), known=known or Circumstances(), today=NOW.date()
    ).to_json()


PUBLISH, SAMPLES, FORWARDER = act("price/publish/KOR"), act("promotion/samples"), act("place/use-a-forwarder")
FIRST = proposal(PUBLISH, SAMPLES, FORWARDER)


@pytest.fixture
def version(town: Town) -> PlanVersion:
    return actions.start(town.anchor, FIRST, by=town.alice, now=NOW)


def line(version: PlanVersion, key: str) -> PlanLine:
    return version.lines.get(key=key)


def edit(town: Town, held: PlanLine, seen: int | None = None, by: Any = None, **change: Any) -> PlanLine:
    said = Wording(
        **{"text": held.text, "owner": held.owner, "due": held.due, "status": held.status} | change
    )
    seen = held.revision if seen is None else seen
    return actions.edit(held, said, seen=seen, firm=town.anchor, by=by or town.alice, now=LATER)


def test_a_plan_starts_from_the_proposal_and_keeps_it(town: Town, version: PlanVersion) -> None:
    assert version.number == 1
    assert version.proposal == FIRST
    assert version.fingerprint == FIRST["fingerprint"]
    assert [(each.key, each.status, each.fate) for each in version.lines.all()] == [
        (key, Status.PROPOSED, Fate.SAME) for key in ("price/publish/KOR", "place/use-a-forwarder", "promotion/samples")
    ]  # fmt: skip
    assert AuditLine.objects.filter(what="plan.started", firm=town.anchor).count() == 1


@pytest.mark.requirement("X06")
def test_what_a_line_said_is_kept_when_it_is_edited(town: Town, version: PlanVersion) -> None:
    held = line(version, SAMPLES.key)
    edit(town, held, text="Send ten samples.", owner="Bob")
    edit(town, line(version, SAMPLES.key), by=town.bob, text="Send twelve samples.", status=Status.DOING)
    held.refresh_from_db()
    assert (held.text, held.owner, held.status, held.revision, held.by) == (
        "Send twelve samples.", "Bob", "doing", 3, town.bob,
    )  # fmt: skip
    said = [(each.revision, each.text, each.owner, each.by) for each in LineEdit.objects.filter(line=held)]
    assert said == [(2, "Send ten samples.", "Bob", town.alice), (1, SAMPLES.what, "firm", town.alice)]
    assert PlanVersion.objects.get().proposal == FIRST
    edits = AuditLine.objects.filter(what="plan.line.edited").order_by("pk")
    assert [each.data["fields"] for each in edits] == [["text", "owner"], ["text", "status"]]
    assert "samples" not in str([each.data for each in edits]).replace("promotion/samples", "")


def test_who_changes_nothing_makes_no_revision(town: Town, version: PlanVersion) -> None:
    assert edit(town, line(version, SAMPLES.key)).revision == 1
    assert not LineEdit.objects.exists()


@pytest.mark.requirement("X06")
def test_the_second_of_two_editors_is_told_sees_both_and_loses_nothing(
    town: Town, version: PlanVersion
) -> None:
    held = line(version, SAMPLES.key)
    edit(town, held, text="Alice's words.")
    with pytest.raises(EditedMeanwhile, match="Alice changed this line") as told:
        edit(town, held, seen=1, by=town.bob, text="Bob's words.")
    assert told.value.theirs.text == "Alice's words."
    assert told.value.mine.text == "Bob's words."
    assert line(version, SAMPLES.key).text == "Alice's words."
    # having seen both, Bob saves over the revision that he was shown
    edit(town, held, seen=told.value.theirs.revision, by=town.bob, text="Bob's words.")
    assert [each.text for each in LineEdit.objects.filter(line=held)] == ["Alice's words.", SAMPLES.what]


def test_the_next_version_keeps_peoples_words_and_tells_what_is_new_changed_and_gone(
    town: Town, version: PlanVersion
) -> None:
    edit(town, line(version, PUBLISH.key), text="Publish at 9.", owner="Carla")
    edit(town, line(version, FORWARDER.key), status=Status.DOING)
    own = actions.add(
        version, "promotion", "Go to the fair.", "Alice", None, firm=town.anchor, by=town.alice, now=NOW
    )
    today = proposal(
        act(PUBLISH.key, "Publish at 8."),
        act(SAMPLES.key, when=date(2026, 9, 1)),
        act("product/adapt-label/KOR"),
    )
    second = actions.start(town.anchor, today, by=town.bob, now=LATER)
    assert second.number == 2
    fates = {each.key: each.fate for each in second.lines.all()}
    assert fates == {
        PUBLISH.key: Fate.CHANGED, SAMPLES.key: Fate.SAME, "product/adapt-label/KOR": Fate.NEW,
        FORWARDER.key: Fate.GONE, own.key: Fate.OWN,
    }  # fmt: skip
    published = line(second, PUBLISH.key)
    assert (published.text, published.owner, published.by) == ("Publish at 9.", "Carla", town.alice)
    assert published.proposed["what"] == "Publish at 8."
    assert line(second, SAMPLES.key).due == date(2026, 9, 1)  # nobody had touched it: the advice of today
    assert line(second, FORWARDER.key).status == Status.DOING
    assert line(second, own.key).text == "Go to the fair."


def test_advice_that_nobody_touched_and_that_is_no_longer_given_is_left_in_the_old_version(
    town: Town, version: PlanVersion
) -> None:
    actions.comment(line(version, SAMPLES.key), "Ask Kim.", firm=town.anchor, by=town.bob, now=NOW)
    second = actions.start(town.anchor, proposal(PUBLISH), by=town.bob, now=LATER)
    assert {each.key for each in second.lines.all()} == {PUBLISH.key, SAMPLES.key}  # the commented one stays
    assert version.lines.count() == 3


@pytest.mark.requirement("X06")
def test_an_earlier_version_is_never_changed(town: Town, version: PlanVersion) -> None:
    actions.start(town.anchor, FIRST, by=town.alice, now=LATER)
    with pytest.raises(Refused, match="newer version"):
        edit(town, line(version, SAMPLES.key), text="Too late.")
    with pytest.raises(Refused, match="newer version"):
        actions.agree(version, review=None, in_spite="", firm=town.anchor, by=town.alice, now=LATER)
    with pytest.raises(Refused, match="newer version"):
        actions.add(version, "price", "X", "", None, firm=town.anchor, by=town.alice, now=LATER)


@pytest.mark.requirement("X02")
def test_nothing_counts_until_somebody_agrees(town: Town, version: PlanVersion) -> None:
    assert set(version.lines.values_list("status", flat=True)) == {Status.PROPOSED}
    edit(town, line(version, FORWARDER.key), status=Status.DROPPED)
    actions.agree(version, review=None, in_spite="", firm=town.anchor, by=town.bob, now=NOW)
    version.refresh_from_db()
    assert (version.agreed, version.agreed_by) == (NOW, town.bob)
    assert version.review == NOW.date() + timedelta(days=90)
    assert {each.key: each.status for each in version.lines.all()} == {
        PUBLISH.key: Status.AGREED, SAMPLES.key: Status.AGREED, FORWARDER.key: Status.DROPPED,
    }  # fmt: skip
    with pytest.raises(Refused, match="agreed already"):
        actions.agree(version, review=None, in_spite="", firm=town.anchor, by=town.bob, now=NOW)


@pytest.mark.requirement("X06")
def test_of_an_agreed_version_the_status_changes_and_the_words_do_not(
    town: Town, version: PlanVersion
) -> None:
    actions.agree(version, review=date(2026, 12, 1), in_spite="", firm=town.anchor, by=town.alice, now=NOW)
    assert edit(town, line(version, SAMPLES.key), status=Status.DONE).status == Status.DONE
    with pytest.raises(Refused, match="new version"):
        edit(town, line(version, SAMPLES.key), text="Something else.")
    actions.comment(line(version, SAMPLES.key), "Sent on Monday.", firm=town.anchor, by=town.bob, now=NOW)


def test_conflicts_that_stop_ask_for_a_reason(town: Town) -> None:
    known = Circumstances(delivery={"KOR": False})
    bad = join(
        "anchor-teas",
        {"promotion": Proposal("promotion", "", (Action("promotion/test-terms/KOR", "promotion", "Test.", "firm", date(2026, 6, 1), "", "plan/review", "", "KOR"),))},
        profile=Profile(), known=known, today=NOW.date(),
    ).to_json()  # fmt: skip
    version = actions.start(town.anchor, bad, by=town.alice, now=NOW)
    assert version.stops
    with pytest.raises(Refused, match="conflicts"):
        actions.agree(version, review=None, in_spite=" ", firm=town.anchor, by=town.alice, now=NOW)
    actions.agree(
        version, review=None, in_spite="A buyer collects.", firm=town.anchor, by=town.alice, now=NOW
    )
    version.refresh_from_db()
    assert version.in_spite == "A buyer collects."


def test_a_review_in_the_past_and_an_empty_comment_are_refused(town: Town, version: PlanVersion) -> None:
    with pytest.raises(InputError, match="ahead"):
        actions.agree(version, review=NOW.date(), in_spite="", firm=town.anchor, by=town.alice, now=NOW)
    with pytest.raises(InputError, match="comment"):
        actions.comment(line(version, SAMPLES.key), "  ", firm=town.anchor, by=town.alice, now=NOW)
    version.refresh_from_db()
    assert version.agreed is None


def test_lines_move_within_their_part(town: Town) -> None:
    version = actions.start(
        town.anchor, proposal(act("price/a"), act("price/b"), act("place/c")), by=town.alice, now=NOW
    )
    actions.move(line(version, "price/b"), up=True, firm=town.anchor, by=town.alice, now=NOW)
    actions.move(line(version, "price/b"), up=True, firm=town.anchor, by=town.alice, now=NOW)
    assert [each.key for each in version.lines.all()] == ["price/b", "price/a", "place/c"]
    second = actions.start(town.anchor, proposal(act("price/a"), act("price/b")), by=town.alice, now=LATER)
    assert [each.key for each in second.lines.all()] == ["price/b", "price/a"]


def test_a_plan_of_another_firm_is_out_of_reach(town: Town, version: PlanVersion) -> None:
    held = line(version, SAMPLES.key)
    for do in (
        lambda: actions.comment(held, "x", firm=town.borealis, by=town.charlie, now=NOW),
        lambda: actions.move(held, up=True, firm=town.borealis, by=town.charlie, now=NOW),
        lambda: actions.agree(
            version, review=None, in_spite="", firm=town.borealis, by=town.charlie, now=NOW
        ),
    ):
        with pytest.raises(Refused, match="another firm"):
            do()


def test_a_person_who_is_to_be_forgotten_is_forgotten_in_plans_too(town: Town, version: PlanVersion) -> None:
    from fondaco.web.data.forgetting import erase

    held = line(version, SAMPLES.key)
    edit(town, held, text="Send samples to Zdenka Novotná.")
    edit(town, line(version, SAMPLES.key), text="Send samples.")
    actions.comment(held, "Zdenka Novotná liked them.", firm=town.anchor, by=town.bob, now=NOW)
    person = town_person(town, "Zdenka Novotná")
    assert erase("anchor-teas", person) >= 2
    left = str(
        [
            *LineEdit.objects.values_list("text", flat=True),
            *version.plan.comments.values_list("text", flat=True),
        ]
    )
    assert "Zdenka" not in left


def town_person(town: Town, name: str) -> Person:
    from fondaco.web.accounts.access import workspace

    return workspace().ledger(town.anchor.slug).find_person(name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("X06")
def test_of_twelve_who_save_at_once_one_is_first_and_eleven_are_told(home: Any) -> None:
    """With real threads, as on a server: on PostgreSQL; SQLite's test database is one connection's own."""
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    from fondaco.ledger import Workspace
    from fondaco.web.accounts.actions import ensure_firm_row, ensure_user

    firm = ensure_firm_row(Workspace(home).firm("anchor-teas"))
    people = [ensure_user(f"p{n}@example.org", "harbour lantern 7", name=f"P{n}") for n in range(12)]
    version = actions.start(firm, FIRST, by=people[0], now=NOW)
    held = line(version, SAMPLES.key)
    gate, told = threading.Barrier(12), []

    def save(n: int) -> None:
        gate.wait()
        said = Wording(f"Words of {n}.", held.owner, held.due, held.status)
        try:
            actions.edit(held, said, seen=1, firm=firm, by=people[n], now=LATER)
            told.append("first")
        except EditedMeanwhile as error:
            told.append(error.mine.text)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("first") == 1
    assert len(set(told)) == 12  # each of the eleven has their own words back
    held.refresh_from_db()
    assert held.revision == 2
    assert LineEdit.objects.filter(line=held).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_version_at_once_make_two_of_different_numbers(home: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("DATABASE_URL names no PostgreSQL")
    from fondaco.ledger import Workspace
    from fondaco.web.accounts.actions import ensure_firm_row, ensure_user

    firm = ensure_firm_row(Workspace(home).firm("anchor-teas"))
    who = ensure_user("p@example.org", "harbour lantern 7", name="P")
    gate, failed = threading.Barrier(4), []

    def make() -> None:
        gate.wait()
        try:
            actions.start(firm, FIRST, by=who, now=LATER)
        except FondacoError as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(PlanVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_now_is_given_and_never_read(town: Town, version: PlanVersion) -> None:
    assert isinstance(version.made, datetime)
    assert version.made == NOW
