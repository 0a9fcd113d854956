"""The page Platform comparison, and the registers: decisions, risks, partners."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from tests.web.conftest import NOW, Town

from fondaco.kernel.errors import Refused
from fondaco.ledger import Person, Workspace
from fondaco.web.data.forgetting import erase
from fondaco.web.desk.models import AuditLine
from fondaco.web.strategy import register_actions as actions
from fondaco.web.strategy.register_models import Decision, Partner, Risk, RiskRating

SLUG = {"slug": "anchor-teas"}
PROFILE = """
[registrations]
KOR = []
[aims]
markets = ["KOR", "DEU"]
buyers = "consumers"
[people]
ecommerce_skill = "none"
export_hours_per_week = 12
"""


@pytest.fixture
def profiled(town: Town, home: Any) -> Town:
    Workspace(home).ledger("anchor-teas").change_profile(lambda _: PROFILE)
    return town


def page(town: Town, name: str, query: dict[str, str] | None = None, **names: Any) -> str:
    answer = town.as_(town.alice).get(reverse(name, kwargs={**SLUG, **names}), query or {})
    assert answer.status_code == 200
    return answer.content.decode()


# --- the comparison ---------------------------------------------------------------------------------------


@pytest.mark.requirement("F15", "X02")
def test_platforms_are_shown_by_fit_with_failed_condition_and_who_says_so(profiled: Town) -> None:
    shown = page(profiled, "platforms")
    assert "Gmarket" in shown and "you decide" in shown
    assert "table 2" in shown and "none held" in shown
    assert "From one channel to two" in shown and 'aria-current="step"' in shown
    assert "Written down unchecked" in shown and "not known; look it up at" in shown
    assert shown.index("<h3>Gmarket") < shown.index('id="open"') < shown.index('id="shut"')
    shut = shown[shown.index('id="shut"') :]
    assert "SSG.com" in shut and "registrations" in shut


@pytest.mark.requirement("F15")
def test_a_market_can_be_asked_about(profiled: Town) -> None:
    shown = page(profiled, "platforms", {"to": "JPN"})
    assert '<option value="JPN" selected>' in shown
    assert "Japan" in shown
    answer = profiled.as_(profiled.alice).get(reverse("platforms", kwargs=SLUG), {"to": "Ruritania"})
    assert answer.status_code == 400 and "Ruritania" in answer.content.decode()


@pytest.mark.requirement("F27")
def test_a_target_market_without_a_note_is_a_reminder_on_the_page(profiled: Town) -> None:
    shown = page(profiled, "platforms")
    assert "There is no note on South Korea" in shown
    assert f"{reverse('note_new', kwargs=SLUG)}?market=KOR" in shown


def test_a_workspaces_own_platform_is_inert_on_the_page(profiled: Town, home: Any) -> None:
    (home / "platforms").mkdir()
    (home / "platforms" / "own.toml").write_text(
        '[[platform]]\nid = "bad"\nname = "<script>alert(1)</script>"\nkinds = ["sales"]\nsources = ["x"]\n'
        'look_up = "https://example.org"\nchecked = 2026-01-01\n'
    )
    shown = page(profiled, "platforms")
    assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown


def test_without_a_profile_the_page_stands(town: Town) -> None:
    assert "not known" in page(town, "platforms")


# --- decisions --------------------------------------------------------------------------------------------


def decide(town: Town, query: str = "", **said: str) -> Any:
    first = {
        "day": "2026-01-10", "question": "Where do we begin in Korea?", "options": "Gmarket (Global Shop)\nown site\nwait",
        "criteria": "papers\nhours", "chosen": "Gmarket", "reasons": "No papers are held.", "decided_by": "Alice and Bob",
    }  # fmt: skip
    return town.as_(town.bob).post(reverse("decision_new", kwargs=SLUG) + query, {**first, **said})


@pytest.mark.requirement("F20")
def test_a_decision_is_logged_with_options_criteria_reasons_day_and_who(profiled: Town) -> None:
    assert decide(profiled).status_code == 302
    held = Decision.objects.get()
    assert held.options == ["Gmarket (Global Shop)", "own site", "wait"] and held.criteria == [
        "papers",
        "hours",
    ]
    assert (held.day, held.decided_by, held.by) == (date(2026, 1, 10), "Alice and Bob", profiled.bob)
    assert held.seen[0]["option"] == "Gmarket (Global Shop)" and held.seen[0]["verdict"] in ("yes", "unknown")
    line = AuditLine.objects.get(what="decision.logged")
    assert line.user == profiled.bob and "papers" not in str(line.data)
    shown = page(profiled, "decisions")
    assert "No papers are held." in shown and "Alice and Bob" in shown
    assert "Where do we begin" in page(profiled, "platforms")


@pytest.mark.requirement("F20")
def test_a_later_decision_takes_the_place_of_an_earlier_one_once_and_both_stay(profiled: Town) -> None:
    decide(profiled)
    first = Decision.objects.get()
    assert decide(profiled, f"?instead_of={first.pk}", chosen="own site").status_code == 302
    assert decide(profiled, f"?instead_of={first.pk}", chosen="wait").status_code == 409
    assert [d.chosen for d in Decision.objects.order_by("pk")] == ["Gmarket", "own site"]
    assert "superseded" in page(profiled, "decisions")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"options": "Etsy"}, "at least two"),
        ({"day": "2099-01-01"}, "still to come"),
        ({"reasons": ""}, "required"),
    ],
)
def test_half_a_decision_is_refused(profiled: Town, said: dict[str, str], why: str) -> None:
    answer = decide(profiled, **said)
    assert answer.status_code == 200 and why in answer.content.decode()
    assert not Decision.objects.exists()


# --- risks ------------------------------------------------------------------------------------------------

RATING = {
    "rating-day": "2026-01-10",
    "rating-likelihood": "2",
    "rating-impact": "4",
    "rating-why": "A neighbour's was.",
}


def risk(town: Town, **said: str) -> Risk:
    first = {"risk-kind": "platform", "risk-what": "Our listing is taken down", **RATING}
    answer = town.as_(town.alice).post(reverse("risk_new", kwargs=SLUG), {**first, **said})
    assert answer.status_code == 302, answer.content.decode()
    return Risk.objects.latest("pk")


@pytest.mark.requirement("F98")
def test_a_risk_is_rated_again_and_its_history_stays(profiled: Town) -> None:
    held = risk(profiled)
    assert held.rating is not None and held.rating.score == 8
    again = {
        **RATING,
        "rating-day": "2026-02-10",
        "rating-likelihood": "5",
        "risk-measures": "Copies of all pages",
    }
    address = reverse("risk", kwargs={**SLUG, "risk_id": held.pk})
    assert profiled.as_(profiled.alice).post(address, again).status_code != 302  # says not what it saw
    assert held.ratings.count() == 1
    again["rating_seen"] = str(held.rating.pk)
    assert profiled.as_(profiled.alice).post(address, again).status_code == 302
    assert [r.score for r in held.ratings.all()] == [20, 8]
    shown = page(profiled, "risk", risk_id=held.pk)
    assert "2 × 4 = 8" in shown and "5 × 4 = 20" in shown and "Copies of all pages" in shown
    assert AuditLine.objects.get(what="risk.rated").data["before"] == 8


@pytest.mark.requirement("F98")
def test_a_closed_risk_keeps_its_ratings_and_takes_no_more(profiled: Town) -> None:
    held = risk(profiled)
    profiled.as_(profiled.alice).post(
        reverse("risk_close", kwargs={**SLUG, "risk_id": held.pk}), {"why": "We left."}
    )
    held.refresh_from_db()
    assert held.closed is not None and held.ratings.count() == 1
    with pytest.raises(Refused):
        actions.rate_risk(
            held, RiskRating(day=NOW.date(), likelihood=1, impact=1, why="x"), {}, firm=profiled.anchor,
            by=profiled.alice, now=NOW, seen=held.ratings.latest("made").pk,
        )  # fmt: skip
    assert "We left." in page(profiled, "risks")


@pytest.mark.requirement("F98")
def test_a_currency_risk_shows_the_volatility_of_the_currencies_at_stake(profiled: Town) -> None:
    held = risk(profiled, **{"risk-kind": "currency", "risk-what": "The won falls", "risk-market": "KOR"})
    shown = page(profiled, "risk", risk_id=held.pk)
    assert "KRW/GBP" in shown and "a year" in shown
    assert "EUR/GBP" not in shown and "EUR/GBP" in page(profiled, "risks")


@pytest.mark.requirement("S26")
def test_changes_of_policy_stand_beside_the_risks(profiled: Town, home: Any) -> None:
    folder = home / "regulations"
    folder.mkdir(exist_ok=True)
    day = date.today().replace(day=1)
    (folder / "own.toml").write_text(
        f'[[rule]]\nid = "kr-new-tax"\nmarket = "KOR"\nkind = "tax"\nsays = "Parcels are taxed anew."\n'
        f'source = "The ministry"\nchecked = {day}\nvalid_from = {day}\n'
    )
    shown = page(profiled, "risks")
    assert "Parcels are taxed anew." in shown and "The ministry" in shown


@pytest.mark.parametrize(
    "wrong", [{"rating-likelihood": "6"}, {"rating-impact": "0"}, {"rating-day": "2099-01-01"}]
)
def test_a_rating_off_the_scale_is_refused(profiled: Town, wrong: dict[str, str]) -> None:
    said = {"risk-kind": "cyber", "risk-what": "Passwords are stolen", **RATING, **wrong}
    assert profiled.as_(profiled.alice).post(reverse("risk_new", kwargs=SLUG), said).status_code == 200
    assert not Risk.objects.exists() and not RiskRating.objects.exists()


# --- partners ---------------------------------------------------------------------------------------------

PARTNER = {
    "kind": "logistics",
    "name": "Harbour Freight",
    "does": "Groupage",
    "checked": "2026-01-10",
    "markets": ["DEU"],
}


@pytest.mark.requirement("S12")
def test_a_network_keeps_partners_and_its_firms_see_them(profiled: Town) -> None:
    new = reverse("network_partner_new", kwargs={"slug": profiled.network.slug})
    assert profiled.as_(profiled.sven).post(new, PARTNER).status_code == 302
    for kind in ("platform", "agency"):
        profiled.as_(profiled.alice).post(
            reverse("partner_new", kwargs=SLUG), {**PARTNER, "kind": kind, "name": kind * 2}
        )
    shown = page(profiled, "partners")
    assert "Harbour Freight" in shown and "Seven Quays" in shown and "agencyagency" in shown
    own = profiled.as_(profiled.sven).get(reverse("network_partners", kwargs={"slug": profiled.network.slug}))
    assert "Harbour Freight" in own.content.decode() and "agencyagency" not in own.content.decode()
    assert AuditLine.objects.filter(what="partner.added", network=profiled.network).count() == 1


@pytest.mark.requirement("S12")
def test_two_who_change_a_partner_at_once_do_not_overwrite_each_other(profiled: Town) -> None:
    client = profiled.as_(profiled.alice)
    client.post(reverse("partner_new", kwargs=SLUG), PARTNER)
    held = Partner.objects.get()
    address = reverse("partner", kwargs={**SLUG, "partner_id": held.pk})
    assert client.post(address, {**PARTNER, "terms": "30 days", "version": "1"}).status_code == 302
    late = profiled.as_(profiled.bob).post(address, {**PARTNER, "terms": "60 days", "version": "1"})
    assert late.status_code == 409
    held.refresh_from_db()
    assert (held.terms, held.version) == ("30 days", 2)


@pytest.mark.requirement("S12")
def test_a_partner_that_ended_stays_in_the_record(profiled: Town) -> None:
    client = profiled.as_(profiled.alice)
    client.post(reverse("partner_new", kwargs=SLUG), PARTNER)
    held = Partner.objects.get()
    assert client.post(reverse("partner_end", kwargs={**SLUG, "partner_id": held.pk})).status_code == 302
    assert "Harbour Freight" in page(profiled, "partners")
    assert client.get(reverse("partner", kwargs={**SLUG, "partner_id": held.pk})).status_code == 404
    wrong = {**PARTNER, "since": "2026-02-01", "until": "2026-01-01"}
    assert "before the beginning" in client.post(reverse("partner_new", kwargs=SLUG), wrong).content.decode()


def test_what_belongs_to_another_firm_is_refused(profiled: Town) -> None:
    held = risk(profiled)
    with pytest.raises(Refused):
        actions.close_risk(held, "x", firm=profiled.borealis, by=profiled.charlie, now=NOW)
    partner = actions.save_partner(
        Partner(kind="other", name="X", does="x", checked=NOW.date()),
        of=profiled.network,
        by=profiled.sven,
        now=NOW,
    )
    with pytest.raises(Refused):
        actions.end_partner(partner, of=profiled.anchor, by=profiled.alice, now=NOW)


def test_who_is_to_be_forgotten_is_erased_from_the_registers(profiled: Town) -> None:
    decide(profiled, reasons="Dora Quay of Berlin asked for it.")
    risk(profiled, **{"risk-measures": "Ring Dora Quay"})
    profiled.as_(profiled.alice).post(
        reverse("partner_new", kwargs=SLUG), {**PARTNER, "contact": "Dora Quay"}
    )
    assert erase("anchor-teas", Person((), ("Dora Quay",))) >= 3
    held = f"{Decision.objects.get().reasons} {Risk.objects.get().measures} {Partner.objects.get().contact}"
    assert "Dora" not in held


def test_the_models_have_their_migrations(db: None) -> None:
    call_command("makemigrations", "strategy", check=True, dry_run=True, verbosity=0)
