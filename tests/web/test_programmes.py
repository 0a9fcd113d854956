"""Programmes in the web: firms followed, the report for donors, training from gaps, and goods chosen with members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.web.conftest import NOW, Town
from tests.web.test_benchmarks import answered

from fondaco.ledger import Workspace
from fondaco.web.accounts import access, actions
from fondaco.web.accounts.models import Firm, Item, NetworkMembership
from fondaco.web.network.knowledge import choosing, firm_actions, programme_actions
from fondaco.web.network.knowledge.models import GoodsChoice, Participation, Programme, ShownToNetwork, Step


def programme_with(town: Town, firms: int) -> tuple[Programme, list[Participation]]:
    """Return a programme in which Anchor Teas and other firms of the network take part."""
    held = programme_actions.save_programme(
        Programme(sort="support", name="First steps", category="Tea"),
        network=town.network,
        by=town.sven,
        now=NOW,
    )
    workspace: Workspace = access.workspace()
    members = [town.anchor]
    for n in range(firms - 1):
        workspace.create_firm(f"quay-{n}", name=f"Kanarienvogel {n}", home="GBR", currency="GBP")
        firm = actions.ensure_firm_row(workspace.firm(f"quay-{n}"))
        NetworkMembership.objects.create(network=town.network, firm=firm)
        members.append(firm)
    parts = []
    for firm in members:
        part = programme_actions.ask_to_join(held, _membership(firm), by=town.alice, now=NOW)
        programme_actions.decide(part, "admitted", "", by=town.sven, now=NOW)
        part.refresh_from_db()
        parts.append(part)
    return held, parts


def _membership(firm: Firm) -> NetworkMembership:
    return NetworkMembership.objects.get(firm=firm)


def page(town: Town, name: str, programme: Programme, who: Any, **more: object) -> Any:
    address = reverse(name, kwargs={"slug": "seven-quays", "programme_id": programme.pk, **more})
    return town.as_(who).get(address)


@pytest.mark.requirement("S16")
def test_a_firm_is_followed_once_it_lets_its_way_be_seen_and_no_longer(town: Town) -> None:
    held, parts = programme_with(town, 2)
    unseen = page(town, "programme_progress", held, town.sven).content.decode()
    assert "2 firms do not let it be seen" in unseen and "2025" not in unseen.split("<h2")[1]
    firm_actions.share(parts[0].membership, "progress", True, by=town.alice, now=NOW)
    rows = page(town, "programme_progress", held, town.sven).context["rows"]
    # Of the eight rows of the ledger's file, customers c-1 and c-3 bought abroad on two days; the last order is of 17 August.
    assert [(row["part"].membership.firm.slug, row["sign"].reached, str(row["sign"].last)) for row in rows] == [("anchor-teas", "repeat", "2025-08-17")]  # fmt: skip
    assert str(rows[0]["next"]).startswith("Call")
    firm_actions.share(parts[0].membership, "progress", False, by=town.alice, now=NOW)
    assert page(town, "programme_progress", held, town.sven).context["rows"] == []
    assert ShownToNetwork.objects.count() == 0


@pytest.mark.requirement("S14", "S18", "R28")
def test_a_report_tells_counts_of_five_and_no_name(town: Town) -> None:
    held, parts = programme_with(town, 11)
    for part in parts[:6]:
        step = Step(
            sort="result",
            stage="order",
            how="alone",
            about="Kanarienvogel",
            day=NOW.date() - timedelta(days=400),
        )
        programme_actions.note_step(step, part, by=town.sven, now=NOW)
    programme_actions.note_step(
        Step(sort="result", stage="repeat", how="with", about="x", day=NOW.date()),
        parts[0],
        by=town.sven,
        now=NOW,
    )
    told = page(town, "programme_report", held, town.sven, ending="csv").content.decode()
    assert "Results that firms reached alone,First orders,at least 5 of 10 or more" in told
    assert 'Results noted, by stage",Repeat orders,not told' in told  # one of eleven
    assert (
        told.count("at least 5 of 10 or more") == 2 + 4
    )  # the results, and that they stand at the end of each quarter
    assert "Kanarienvogel" not in told and "Anchor" not in told
    pdf = page(town, "programme_report", held, town.sven, ending="pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    assert page(town, "programme_report", held, town.alice, ending="csv").status_code == 403


@pytest.mark.requirement("S15", "S18")
def test_training_and_change_come_from_readiness_of_those_who_let_it_be_seen(town: Town) -> None:
    held, parts = programme_with(town, 10)
    for n, part in enumerate(parts):
        answered(part.membership.firm.slug, 2 if n < 6 else 6, people=1)
    plain = town.as_(town.sven).get(reverse("programmes", kwargs={"slug": "seven-quays"}))
    assert "wrong side" not in plain.content.decode()
    for part in parts:
        actions.set_consent(part.membership.firm, town.network, Item.READINESS, True, by=town.alice, now=NOW)
    page_ = town.as_(town.sven).get(reverse("programmes", kwargs={"slug": "seven-quays"}))
    # Six of ten are low, four are not: fewer than five are out, so nothing is told.
    assert "wrong side" not in page_.content.decode()
    answered(parts[5].membership.firm.slug, 6, people=1)
    shown = town.as_(town.sven).get(reverse("programmes", kwargs={"slug": "seven-quays"})).content.decode()
    assert "at least 50% of those who let it be counted" in shown and "Day-to-day work" in shown
    told = page(town, "programme_report", held, town.sven, ending="csv").content.decode()
    assert "At or above the middle at the last assessment,not told" in told  # each was assessed once
    other = town.as_(town.vera).get(reverse("programmes", kwargs={"slug": "seven-quays"}))
    assert "wrong side" not in other.content.decode()


@pytest.mark.requirement("S08")
def test_members_score_goods_and_see_no_score_of_another(town: Town) -> None:
    asked = choosing.ask(
        GoodsChoice(name="Spring"), ["Salt", "Honey"], network=town.network, by=town.sven, now=NOW
    )
    salt, honey = asked.candidates.all()
    address = reverse(
        "choice_score", kwargs={"slug": "seven-quays", "choice_id": asked.pk, "candidate_id": salt.pk}
    )
    form = f"c{salt.pk}-{town.anchor.pk}-"
    given = {"firm": "anchor-teas", **{form + name: "6" for name in ("origin", "rules", "rivals", "price")}}
    bob = town.as_(town.bob)
    assert bob.post(address, given | {form + "price": "8"}).status_code == 400
    assert bob.post(address, given).status_code == 302
    shown = town.as_(town.sven).get(reverse("choice", kwargs={"slug": "seven-quays", "choice_id": asked.pk}))
    assert "1 members scored it: 5 are needed." in shown.content.decode()
    _held, parts = programme_with(town, 5)
    for part in parts:
        for goods, value in ((salt, 6), (honey, 2)):
            choosing.score(goods, part.membership, dict.fromkeys(("origin", "rules", "rivals", "price"), value), by=town.alice, now=NOW)  # fmt: skip
    page_ = town.as_(town.vera).get(reverse("choice", kwargs={"slug": "seven-quays", "choice_id": asked.pk}))
    assert page_.context["found"].first == "Salt"
    assert "put Salt first" in page_.content.decode() and "Kanarienvogel" not in page_.content.decode()


@pytest.mark.parametrize(
    "candidates", ["", "One", "\n".join(str(n) for n in range(13)), "Salt\nmail kim@shop.example"]
)
def test_a_question_needs_two_goods_and_no_buyer_s_address(town: Town, candidates: str) -> None:
    said = {
        "name": "Spring",
        "candidates": candidates,
        "origin": "1",
        "rules": "1",
        "rivals": "1",
        "price": "1",
    }
    answer = town.as_(town.sven).post(reverse("choices", kwargs={"slug": "seven-quays"}), said)
    assert answer.status_code == 400 and not GoodsChoice.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("programme_edit", {"sort": "support", "name": "First steps", "category": "Tea", "message": "Write to kim@shop.example"}),
        ("session_new", {"title": "With kim@shop.example", "need": "Listings", "day": "2026-01-10", "hours": "2"}),
        ("participation_step", {"sort": "support", "stage": "listed", "how": "with", "about": "Called +82 2 555 0199", "day": "2026-01-10"}),
    ],
)  # fmt: skip
def test_what_a_supporter_writes_names_no_buyer(town: Town, name: str, said: dict[str, str]) -> None:
    held, parts = programme_with(town, 1)
    more = {"participation_id": parts[0].pk} if name == "participation_step" else {}
    address = reverse(name, kwargs={"slug": "seven-quays", "programme_id": held.pk, **more})
    answer = town.as_(town.sven).post(address, said)
    assert answer.status_code == 400 and "would tell who a buyer is" in answer.content.decode()
    assert not held.sessions.exists() and not parts[0].steps.exists()


@pytest.mark.requirement("S16")
def test_supporters_find_readiness_in_the_menu_where_the_firm_consents(town: Town) -> None:
    sven, address = town.as_(town.sven), reverse("readiness", kwargs={"slug": "anchor-teas"})
    actions.set_consent(town.anchor, town.network, Item.MARKETS, True, by=town.alice, now=NOW)
    markets = reverse("markets", kwargs={"slug": "anchor-teas"})
    assert f'href="{address}"' not in sven.get(markets).content.decode()
    actions.set_consent(town.anchor, town.network, Item.READINESS, True, by=town.alice, now=NOW)
    assert f'href="{address}"' in sven.get(markets).content.decode()
    actions.set_consent(town.anchor, town.network, Item.MARKETS, False, by=town.alice, now=NOW)
    assert f'href="{markets}"' not in sven.get(address).content.decode()
