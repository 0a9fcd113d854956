"""The page Plan, from today's proposal to what happened since."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from tests.web.conftest import Town
from tests.web.test_plan_actions import FORWARDER, PUBLISH, SAMPLES, act, line

from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.circumstances import Circumstances
from fondaco.strategy.plan.joining import Plan, join
from fondaco.strategy.profile import Profile
from fondaco.web.strategy import plan as pages
from fondaco.web.strategy.models import PlanVersion, Status

SLUG = {"slug": "anchor-teas"}
EVIL = '<script>alert(1)</script>{{ 7 }} =HYPERLINK("x") #read("/etc/passwd")'


def at(name: str, **more: Any) -> str:
    return reverse(name, kwargs={**SLUG, **more})


@pytest.fixture
def proposed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is proposed today: the test may change it."""
    held: dict[str, Any] = {"actions": (PUBLISH, SAMPLES, FORWARDER), "known": Circumstances()}

    def plan_of(_workspace: Any, firm: str, today: Any) -> Plan:
        parts: Any = {}
        for action in held["actions"]:
            before = parts.get(action.part, Proposal(action.part, "What it says."))
            parts[action.part] = Proposal(action.part, "What it says.", (*before.actions, action))
        return join(
            firm, parts, profile=Profile(), known=held["known"], today=today, targets=[("KOR", "an aim")]
        )

    monkeypatch.setattr(pages, "plan_of", plan_of)
    monkeypatch.setattr(pages, "is_ready", lambda *_: True)
    return held


def posted(client: Any, name: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    return client.post(at(name, **more), data or {})


@pytest.mark.requirement("X02")
def test_before_a_plan_is_begun_todays_proposal_is_shown_as_what_it_is(
    town: Town, proposed: dict[str, Any]
) -> None:
    del proposed
    page = town.as_(town.vera).get(at("plan")).content.decode()
    assert "Nothing of it counts until you agree to it" in page
    assert PUBLISH.what in page
    assert "Who says so" in page
    assert "recommendation" in page
    assert "What would change it" in page
    assert "Begin the plan" not in page  # who only looks on begins nothing
    assert "Begin the plan" in town.as_(town.alice).get(at("plan")).content.decode()
    assert not PlanVersion.objects.exists()


@pytest.mark.requirement("X01")
def test_conflicts_stand_above_what_is_advised_with_ways_out_and_who_says_so(
    town: Town, proposed: dict[str, Any]
) -> None:
    test = Action(
        "promotion/test/KOR", "promotion", "Test terms.", "firm", SAMPLES.when, "", "plan/review", "", "KOR"
    )
    proposed["actions"] = (test,)
    proposed["known"] = Circumstances(delivery={"KOR": False})
    page = town.as_(town.alice).get(at("plan")).content.decode()
    assert page.index("nothing can be delivered yet") < page.index('id="promotion"')
    assert "Find a carrier to South Korea" in page
    assert "plan/promotion-needs-delivery" in page


def test_a_plan_is_begun_edited_agreed_and_made_anew(town: Town, proposed: dict[str, Any]) -> None:
    client = town.as_(town.bob)
    assert posted(client, "plan_start")["Location"] == at("plan")
    version = PlanVersion.objects.get()
    held = line(version, PUBLISH.key)
    said = {
        "revision": 1,
        "text": "Publish at 9.",
        "owner": "Carla",
        "due": "2026-07-01",
        "status": "proposed",
    }
    assert posted(client, "plan_line", said, line_id=held.pk).status_code == 302
    page = client.get(at("plan")).content.decode()
    assert "Publish at 9." in page
    assert "Carla" in page
    assert posted(client, "plan_comment", {"text": "As <b>Kim</b> said."}, line_id=held.pk).status_code == 302
    for text in ("", "a\0b", "x" * 2001):
        assert posted(client, "plan_comment", {"text": text}, line_id=held.pk).status_code == 400
    assert "As &lt;b&gt;Kim&lt;/b&gt; said." in client.get(at("plan_line", line_id=held.pk)).content.decode()
    assert posted(client, "plan_agree", {"review": "2099-01-01"}).status_code == 302
    assert "Agreed on" in client.get(at("plan")).content.decode()
    proposed["actions"] = (act(PUBLISH.key, "Publish at 8."), act("product/adapt-label/KOR"))
    changes = client.get(at("plan_compare")).content.decode()
    assert "Do product/adapt-label/KOR." in changes
    posted(client, "plan_start")
    page = client.get(at("plan")).content.decode()
    assert "advice changed" in page
    assert "Advised now: Publish at 8." in page
    assert "no longer advised" in page
    assert "Version 2" in page
    first = client.get(at("plan_version", number=1)).content.decode()
    assert "This is an earlier version, kept as it was" in first
    assert "Agree to this version" not in first
    assert client.get(at("plan_version", number=2))["Location"] == at("plan")
    assert client.get(at("plan_version", number=3)).status_code == 404
    compared = client.get(at("plan_compare"), {"from": "1", "to": "2"}).content.decode()
    assert "Do product/adapt-label/KOR." in compared


@pytest.mark.requirement("X06")
@pytest.mark.parametrize("within", [False, True])
def test_the_second_of_two_editors_sees_both_texts(
    town: Town, proposed: dict[str, Any], within: bool
) -> None:
    del proposed
    posted(town.as_(town.alice), "plan_start")
    held = line(PlanVersion.objects.get(), SAMPLES.key)
    said = {"revision": 1, "owner": "firm", "due": "", "status": "proposed"}
    posted(town.as_(town.alice), "plan_line", {**said, "text": "Alice's words."}, line_id=held.pk)
    address = at("plan_line", line_id=held.pk) + ("?within=1" if within else "")
    headers = {"HX-Request": "true"} if within else {}
    client = town.as_(town.bob)
    told = client.post(address, {**said, "text": "Bob's words."}, headers=headers)
    assert told.status_code == (200 if within else 409)
    page = told.content.decode()
    assert "Alice changed this line" in page
    assert "Alice&#x27;s words." in page
    assert page.count("Bob&#x27;s words.") == 2  # beside hers, and still in the form
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    held.refresh_from_db()
    assert held.text == "Alice's words."
    again = client.post(address, {**said, "text": "Both.", "revision": revision[1]}, headers=headers)
    assert again.status_code == (200 if within else 302)
    held.refresh_from_db()
    assert held.text == "Both."
    history = client.get(at("plan_line", line_id=held.pk)).content.decode()
    assert "Alice&#x27;s words." in history
    assert SAMPLES.what in history


def test_a_line_is_edited_within_the_page_where_there_is_script_and_without(
    town: Town, proposed: dict[str, Any]
) -> None:
    del proposed
    client = town.as_(town.alice)
    posted(client, "plan_start")
    held = line(PlanVersion.objects.get(), SAMPLES.key)
    page = client.get(at("plan")).content.decode()
    assert f'hx-get="{at("plan_line", line_id=held.pk)}?within=1"' in page
    assert f'href="{at("plan_line", line_id=held.pk)}"' in page
    htmx = {"HX-Request": "true"}
    form = client.get(at("plan_line", line_id=held.pk) + "?within=1", headers=htmx).content.decode()
    assert form.lstrip().startswith(f'<li id="line-{held.pk}"')
    assert "<html" not in form
    said = {"revision": 1, "text": "Kept.", "owner": "firm", "due": "", "status": "doing"}
    row = client.post(at("plan_line", line_id=held.pk) + "?within=1", said, headers=htmx).content.decode()
    assert "Kept." in row
    assert "<form" not in row
    empty = client.post(at("plan_line", line_id=held.pk), {**said, "revision": 2, "text": ""})
    assert empty.status_code == 400


def test_who_saw_an_older_version_agrees_to_nothing_newer(town: Town, proposed: dict[str, Any]) -> None:
    client = town.as_(town.alice)
    posted(client, "plan_start")
    assert 'name="version" value="1"' in client.get(at("plan")).content.decode()
    proposed["actions"] = (act(PUBLISH.key, "Publish at 8."),)
    posted(town.as_(town.alice), "plan_start")
    assert posted(client, "plan_agree", {"review": "2099-01-01", "version": "1"}).status_code == 409
    assert not PlanVersion.objects.exclude(agreed=None).exists()
    assert posted(client, "plan_agree", {"review": "2099-01-01", "version": "2"}).status_code == 302


def test_an_agreed_line_takes_a_status_and_says_why_it_takes_no_words(
    town: Town, proposed: dict[str, Any]
) -> None:
    del proposed
    client = town.as_(town.alice)
    posted(client, "plan_start")
    posted(client, "plan_agree", {"review": "2099-01-01"})
    held = line(PlanVersion.objects.get(), SAMPLES.key)
    said = {
        "revision": held.revision,
        "text": held.text,
        "owner": held.owner,
        "due": str(held.due),
        "status": "done",
    }
    assert posted(client, "plan_line", said, line_id=held.pk).status_code == 302
    refused = posted(client, "plan_line", {**said, "revision": 3, "text": "Other."}, line_id=held.pk)
    assert refused.status_code == 409
    assert "This version is agreed" in refused.content.decode()
    held.refresh_from_db()
    assert held.status == Status.DONE


def test_what_happened_since_is_told(town: Town, proposed: dict[str, Any]) -> None:
    del proposed
    client = town.as_(town.alice)
    assert client.get(at("plan_since")).status_code == 404
    posted(client, "plan_start")
    page = client.get(at("plan_since")).content.decode()
    assert "South Korea" in page
    assert "need not have come of it" in page


def test_papers_are_given_of_a_proposal_and_of_a_version(town: Town, proposed: dict[str, Any]) -> None:
    proposed["actions"] = (act("price/x", EVIL),)
    client = town.as_(town.alice)
    for _ in range(2):
        for more in ({}, {"one_page": "1"}):
            pdf = client.get(at("plan_pdf"), more)
            assert pdf.content.startswith(b"%PDF")
            assert 'filename="plan-anchor-teas.pdf"' in pdf["Content-Disposition"]
        book = client.get(at("plan_xlsx")).content
        with zipfile.ZipFile(io.BytesIO(book)) as held:
            told = "".join(held.read(name).decode() for name in held.namelist() if name.endswith(".xml"))
        assert "<f>" not in told
        posted(client, "plan_start")
    assert client.get(at("plan_pdf"), {"version": "9"}).status_code == 404
    spec = client.get(at("plan_timeline_json")).json()
    assert "1 actions" in spec["description"]


def test_what_people_write_is_inert_on_the_page(town: Town, proposed: dict[str, Any]) -> None:
    proposed["actions"] = (act("price/x", EVIL),)
    client = town.as_(town.alice)
    posted(client, "plan_start")
    page = client.get(at("plan")).content.decode()
    assert "<script>alert" not in page
    assert "{{ 7 }}" in page


def test_a_plan_with_conflicts_asks_for_a_reason(town: Town, proposed: dict[str, Any]) -> None:
    test = Action(
        "promotion/test/KOR", "promotion", "Test terms.", "firm", SAMPLES.when, "", "plan/review", "", "KOR"
    )
    proposed["actions"], proposed["known"] = (test,), Circumstances(delivery={"KOR": False})
    client = town.as_(town.alice)
    posted(client, "plan_start")
    assert "Why in spite of the conflicts" in client.get(at("plan")).content.decode()
    assert posted(client, "plan_agree", {"review": "2099-01-01"}).status_code == 409
    assert posted(client, "plan_agree", {"review": "no day"}).status_code == 400
    posted(client, "plan_agree", {"review": "2099-01-01", "in_spite": "The buyer collects."})
    assert "Agreed in spite of conflicts: The buyer collects." in client.get(at("plan")).content.decode()


def test_the_menu_leads_to_the_plan_and_to_no_page_that_is_not_there(town: Town) -> None:
    page = town.as_(town.alice).get(at("firm")).content.decode()
    assert f'href="{at("plan")}"' in page
    assert 'href=""' not in page


def test_a_firm_without_anything_has_a_page_that_says_what_lacks(town: Town) -> None:
    client, address = town.as_(town.charlie), reverse("plan", kwargs={"slug": "borealis"})
    waiting = client.get(address).content.decode()
    assert "is being worked out" in waiting
    assert f'hx-get="{reverse("plan_work", kwargs={"slug": "borealis"})}"' in waiting
    assert "?now=1" in waiting  # without script
    done = client.get(reverse("plan_work", kwargs={"slug": "borealis"}))
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    page = client.get(address).content.decode()
    assert "The plan has no market yet" in page
    assert "Not known" in page


def test_strengths_and_weaknesses_are_fetched_by_the_page_and_have_one_of_their_own(town: Town) -> None:
    client = town.as_(town.vera)
    own = client.get(at("plan_swot")).content.decode()
    assert "<html" in own
    assert "Opportunities" in own
    fetched = client.get(at("plan_swot"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fetched
    assert "Opportunities" in fetched
