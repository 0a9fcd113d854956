"""Expectations, staffing, hours and the renewal review in the browser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from tests.web.conftest import Town

from fondaco.ledger import Person
from fondaco.network.disclosure import Figure
from fondaco.web.accounts.models import Firm, NetworkMembership
from fondaco.web.data.forgetting import erase
from fondaco.web.desk.models import AuditLine
from fondaco.web.network.benchmarks import sharing
from fondaco.web.network.benchmarks.models import FirmFigures
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, RenewalDecision
from fondaco.workflows.benchmarks import figure_json

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DECISION = {
    "platform": "alibaba",
    "day": "2026-03-01",
    "reasons": "Two importers came",
    "decided_by": "Alice",
}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    import time_machine as machine

    cache.clear()
    with machine.travel(NOON, tick=False):
        yield


def page(name: str, town: Town, **more: object) -> str:
    return reverse(name, kwargs={"slug": town.anchor.slug, **more})


@pytest.mark.requirement("F03", "F04", "X08")
def test_a_hope_is_named_kept_and_stands_in_the_renewal(town: Town) -> None:
    asked = "?aim=Two+lasting+importers&rfqs_a_month=2&hope_first_orders=90"
    shown = town.as_(town.vera).get(page("expectations", town) + asked).content.decode()
    assert "You hope for 90 first orders" in shown and "plan for less" in shown
    assert "It is a single case, not a rate" in shown
    bob = town.as_(town.bob)
    assert bob.post(page("expectations", town) + asked).status_code == 302
    kept = Expectation.objects.get(firm=town.anchor)
    assert (kept.aim, kept.hopes, kept.stated["rfqs_a_month"]) == (
        "Two lasting importers",
        {"first_orders": 90.0},
        2.0,
    )
    assert "Two lasting importers" in bob.get(page("renewal", town)).content.decode()
    chart = bob.get(page("expectations_json", town) + asked).json()
    assert "Buyers who order" in chart["description"]
    assert AuditLine.objects.filter(what="expectation.kept", firm=town.anchor).count() == 1


@pytest.mark.requirement("F03", "S07")
def test_expectations_begin_with_what_the_firms_own_network_shows_it_and_no_further(town: Town) -> None:
    """Five neighbours share how many inquirers order; Anchor Teas sees it while it shares as well."""
    firms = [town.anchor, *(Firm.objects.create(slug=f"n{n}", name=f"N {n}", home="ITA", currency="EUR") for n in range(5))]  # fmt: skip
    days = (datetime(2025, 2, 28).date(), datetime(2026, 2, 28).date())
    for n, firm in enumerate(firms):
        row, _made = NetworkMembership.objects.get_or_create(network=town.network, firm=firm)
        row.sharings.create(indicator="inquiry_to_order", given_at=NOON)
        figure = Figure(0.10 + n / 250, *days, 40)
        FirmFigures.objects.create(firm=firm, mark="made", home="ITA", until=days[1], computed=NOON, figures={"inquiry_to_order": figure_json(figure)})  # fmt: skip
    sharing.publish(town.network, now=NOON)
    asked = page("expectations", town) + "?rfqs_a_month=2"
    shown = town.as_(town.vera).get(asked).content.decode()
    assert "this begins with what Seven Quays shows its members" in shown
    assert "Seven Quays: 10.0% to 12.5% of inquirers order within 3 months, the mean of 5 members or more" in shown  # fmt: skip
    chart = town.as_(town.bob).get(page("expectations_json", town) + "?rfqs_a_month=2")
    assert chart.status_code == 200
    # Borealis is in no network: nothing of one is said.
    alone = town.as_(town.charlie).get(reverse("expectations", kwargs={"slug": "borealis"})).content.decode()
    assert "Seven Quays" not in alone
    town.as_(town.alice).post(
        reverse("benchmarks_share", kwargs={"slug": town.network.slug}),
        {"firm": town.anchor.slug, "indicator": []},
    )
    after = town.as_(town.vera).get(asked).content.decode()
    assert "of inquirers order within" not in after
    assert "Seven Quays shows nothing of: inquirers who order within 90 days. You see what you share" in after


@pytest.mark.parametrize(
    "asked", ["?months=nan", "?rfqs_a_month=-3", "?margin=900", "?hope_first_orders=many"]
)
def test_odd_numbers_get_words(town: Town, asked: str) -> None:
    bob = town.as_(town.bob)
    assert bob.get(page("expectations", town) + asked).status_code == 200
    assert bob.post(page("expectations", town) + asked).status_code == 400
    assert bob.get(page("expectations_json", town) + asked).status_code == 400
    assert not Expectation.objects.exists()


@pytest.mark.requirement("F07", "F73")
def test_staffing_shows_hours_needed_and_changes(town: Town) -> None:
    asked = "?a_week=10&buyers=KR,DE&within=72&hour_cost=25&partner_fee=900&coordinator=3&weekly=20"
    shown = town.as_(town.vera).get(page("staffing", town) + asked).content.decode()
    assert "hours a week" in shown and "put it in the budget" in shown
    assert "A chatbot" in shown and "whoever accompanies it included" in shown
    wrong = town.as_(town.vera).get(page("staffing", town) + "?a_week=10&hours=whenever&buyers=XX")
    assert wrong.status_code == 200 and "XX" in wrong.content.decode()
    assert "Hours needed" not in wrong.content.decode()


@pytest.mark.requirement("F71", "F72", "F79")
def test_hours_are_logged_by_task_and_person_with_gaps_and_strain(town: Town) -> None:
    bob = town.as_(town.bob)
    for day, strain in (("2026-01-05", "5"), ("2026-02-20", "4")):
        sent = {"day": day, "person": "Bob", "task": "quoting", "hours": "3", "strain": strain}
        assert bob.post(page("hours", town), sent).status_code == 302
    shown = bob.get(page("hours", town)).content.decode()
    assert "Quoting on requests" in shown and "6.0 h" in shown and "Requests per 30 days" in shown
    too_much = bob.post(
        page("hours", town), {"day": "2026-01-05", "person": "bob", "task": "other", "hours": "22"}
    )
    assert too_much.status_code == 400 and "more than 24 hours" in too_much.content.decode()
    assert bob.post(page("hours", town), {"day": "2026-09-05", "person": "Bob", "task": "other", "hours": "2"}).status_code == 400  # fmt: skip
    assert "strain at 4.5 of five" in bob.get(page("renewal", town)).content.decode()
    entry = HoursEntry.objects.first()
    assert entry is not None
    assert bob.post(page("hours_remove", town, entry_id=entry.pk)).status_code == 302
    assert HoursEntry.objects.count() == 1


@pytest.mark.requirement("F94", "F95")
def test_the_decision_is_recorded_with_what_spoke_for_each_side_and_a_firm_may_come_back(town: Town) -> None:
    bob, address = town.as_(town.bob), page("renewal", town)
    stated = "?agreements=2&conflicts=1&conflicts_settled=no&hopes_met=yes"
    shown = bob.get(address + stated).content.decode()
    assert "Supply agreements that came of it: 2" in shown and "not settled" in shown
    assert bob.post(address + stated, {**DECISION, "choice": "return"}).status_code == 400
    assert bob.post(address + stated, {**DECISION, "choice": "leave"}).status_code == 302
    assert bob.post(address, {**DECISION, "choice": "stay"}).status_code == 400
    assert bob.post(address, {**DECISION, "choice": "return", "day": "2026-03-02"}).status_code == 302
    last, first = RenewalDecision.objects.all()
    assert (first.choice, last.choice) == ("leave", "return")
    assert {r["rule"] for r in first.seen["review"]["stay"]} >= {"renewal/contracts", "renewal/hopes-met"}
    pdf = bob.get(page("renewal_pdf", town) + stated)
    assert pdf.content.startswith(b"%PDF-") and pdf["Content-Type"] == "application/pdf"


def test_a_person_is_forgotten_in_hours_and_reasons(town: Town) -> None:
    bob = town.as_(town.bob)
    bob.post(page("hours", town), {"day": "2026-01-05", "person": "Maria Rossi", "task": "other", "hours": "1", "note": "with Maria Rossi"})  # fmt: skip
    bob.post(page("renewal", town), {**DECISION, "choice": "stay", "reasons": "Maria Rossi buys again"})
    erase(town.anchor.slug, Person((), ("Maria Rossi",)))
    assert "Rossi" not in str(list(HoursEntry.objects.values())) + str(list(RenewalDecision.objects.values()))
