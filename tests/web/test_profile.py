"""The firm's profile as a page: stated in sections, kept whole, and nobody's typing lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.strategy.profile import Profile, parse_profile
from fondaco.strategy.stating import USES
from fondaco.web.desk.models import AuditLine
from fondaco.web.strategy import profile_forms
from fondaco.web.strategy.profile_forms import SECTIONS, ProfileForms, Section
from fondaco.workflows.profile import change_profile, profile_of

ADDRESS = reverse("profile", kwargs={"slug": "anchor-teas"})
FULL = """
employees = 6
[people]
export_hours_per_week = 10
languages = ["it", "en"]
ecommerce_skill = "some"
[means]
monthly_budget = "600"
[registrations]
KOR = ["business", "e-commerce"]
[aims]
markets = ["GBR", "USA"]
wants_own_site = true
[price]
margin = "0.25"
confidence = "0.9"
[[channel]]
platform = "alibaba"
ends = 2027-02-28
commission = "0.05"
markets = ["KOR"]
[[distributor]]
name = "Smith & Co"
markets = ["GBR"]
exclusive = true
[[season]]
months = [9, 10]
what = "harvest"
[[campaign]]
name = "Spring show"
kind = "live"
since = 2026-04-10
alone = false
leads = 0
[supporter]
name = "Consorzio"
does = ["training", "translation"]
[margins.GBR]
importer = "0.25"
[thresholds]
"price/cost-share.max_cost_share" = "0.4"
"""


def fields(client: Client) -> dict[str, Any]:
    """Return what a browser would send if nothing were changed."""
    page = client.get(ADDRESS).content.decode()
    said: dict[str, Any] = {"seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}  # type: ignore[index]
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = unescape((re.search(r'value="([^"]*)"', tag) or ["", ""])[1])
        if name is None or name[1] in ("csrfmiddlewaretoken", "theme"):
            continue
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                said.setdefault(name[1], []).append(value or "on")
        else:
            said[name[1]] = value
    for name, inner in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)"[^>]* selected', inner)
        said[name] = unescape(chosen[0]) if chosen else ""
    for name, inner in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        said[name] = unescape(inner).strip()
    return said


def stated(town: Town) -> Profile:
    from fondaco.web.accounts.access import workspace

    return profile_of(workspace(), town.anchor.slug)


@pytest.fixture
def filled(town: Town) -> Town:
    from fondaco.web.accounts.access import workspace

    change_profile(workspace().ledger("anchor-teas"), lambda _: parse_profile(FULL, "test"))
    return town


def test_what_is_shown_and_sent_back_unchanged_changes_nothing(filled: Town) -> None:
    client = filled.as_(filled.alice)
    answer = client.post(ADDRESS, fields(client))
    assert answer.status_code == 302
    assert stated(filled) == parse_profile(FULL, "test")
    assert not AuditLine.objects.filter(what="profile.stated").exists()
    assert "Nothing was changed" in client.get(ADDRESS).content.decode()


def test_a_field_a_row_and_the_removal_of_a_row_are_kept_with_an_audit_line(filled: Town) -> None:
    client = filled.as_(filled.bob)
    said = fields(client) | {
        "employees": "7",
        "channel-1-platform": "amazon",
        "channel-1-markets": "Germany, fr",
        "season-0-DELETE": "on",
    }
    assert client.post(ADDRESS, said).status_code == 302
    held = stated(filled)
    assert held.employees == 7 and held.season == ()
    assert held.channel[1].platform == "amazon" and held.channel[1].markets == ("DEU", "FRA")
    line = AuditLine.objects.get(what="profile.stated")
    assert line.user == filled.bob
    assert {"employees", "channel.2.platform", "season.1.what"} <= set(line.data["changed"])


def test_a_field_that_is_emptied_is_unknown_and_not_zero(filled: Town) -> None:
    client = filled.as_(filled.alice)
    client.post(ADDRESS, fields(client) | {"means__monthly_budget": "", "employees": ""})
    assert stated(filled).means.monthly_budget is None and stated(filled).employees is None


@pytest.mark.requirement("F51")
def test_a_firm_without_distributors_says_so_and_cannot_name_one_too(filled: Town) -> None:
    client = filled.as_(filled.alice)
    both = client.post(ADDRESS, fields(client) | {"no_distributors": "on"})
    assert both.status_code == 400
    assert "no_distributors is stated, and Smith &amp; Co as a distributor" in both.content.decode()
    assert not stated(filled).no_distributors
    none = fields(client) | {"no_distributors": "on", "distributor-0-DELETE": "on"}
    assert client.post(ADDRESS, none).status_code == 302
    assert stated(filled).distributors == ()
    assert fields(client)["no_distributors"] == ["on"]


def test_who_saves_second_is_told_and_loses_nothing_typed(filled: Town) -> None:
    alice, bob = filled.as_(filled.alice), filled.as_(filled.bob)
    hers, his = fields(alice), fields(bob)
    assert alice.post(ADDRESS, hers | {"employees": "8"}).status_code == 302
    answer = bob.post(ADDRESS, his | {"means__monthly_budget": "900", "aims__text": "Two importers"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert stated(filled).employees == 8 and stated(filled).means.monthly_budget == 600
    assert 'value="900"' in page and "Two importers" in page
    assert "Somebody else changed the profile" in page and "employees" in page
    again = his | {"means__monthly_budget": "900", "seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}  # type: ignore[index]
    assert bob.post(ADDRESS, again).status_code == 302
    assert stated(filled).means.monthly_budget == 900


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("employees", "-1", "greater than or equal to 0"),
        ("employees", "many", "whole number"),
        ("price__margin", "120", "less than or equal to 99"),
        ("aims__markets", "Ruritania", "Ruritania"),
        ("people__languages", "italian", "two letters"),
        ("channel-1-ends", "2027-01-01", "This field is required"),
        ("campaign-1-name", "x", "This field is required"),
        ("thresholds-1-value", "1", "This field is required"),
        ("supporter__name", "", "Say who does this"),
    ],
)
def test_mistakes_are_told_at_the_field_and_the_rest_stays_typed(
    filled: Town, field: str, value: str, says: str
) -> None:
    client = filled.as_(filled.alice)
    answer = client.post(ADDRESS, fields(client) | {"aims__text": "kept as typed", field: value})
    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert says in page and "kept as typed" in page and "look here" in page
    assert stated(filled) == parse_profile(FULL, "test")


def test_a_mistake_does_not_make_the_others_change_invisible(filled: Town) -> None:
    alice, bob = filled.as_(filled.alice), filled.as_(filled.bob)
    his = fields(bob)
    alice.post(ADDRESS, fields(alice) | {"employees": "8"})
    page = bob.post(ADDRESS, his | {"employees": "-1"}).content.decode()
    mark = re.search(r'name="seen" value="([^"]*)"', page)[1]  # type: ignore[index]
    assert bob.post(ADDRESS, his | {"employees": "9", "seen": mark}).status_code == 409


def test_every_field_says_what_it_is_used_for(town: Town) -> None:
    forms = ProfileForms(Profile())
    for part in forms:
        if part.form is not None:
            silent = [name for name, field in part.form.fields.items() if "For: " not in str(field.help_text)]
            assert not silent
        else:
            assert part.use, part.key
    assert {key for key, _, form in SECTIONS if issubclass(form, Section)}


def test_a_viewer_reads_and_cannot_write_and_imported_text_is_inert(filled: Town) -> None:
    from fondaco.strategy.stating import with_field
    from fondaco.web.accounts.access import workspace

    change_profile(
        workspace().ledger("anchor-teas"),
        lambda held: with_field(held, "aims.text=<script>alert(1)</script>"),
    )
    page = filled.as_(filled.vera).get(ADDRESS).content.decode()
    assert "Save everything" not in page and " disabled" in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert page.count("<h1>") == 1


def test_a_flood_of_rows_is_refused(filled: Town) -> None:
    client = filled.as_(filled.alice)
    said = fields(client) | {"channel-TOTAL_FORMS": "100000"}
    assert client.post(ADDRESS, said).status_code == 400


def test_what_a_field_is_used_for_is_shown_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_forms, "_", lambda said: f"[{said}]")
    assert f"[{USES['employees']}]" in str(profile_forms.PeopleForm().fields["employees"].help_text)
    parts = {part.key: part for part in ProfileForms(Profile())}
    assert parts["channel"].use == f"[{USES['channel']}]"
