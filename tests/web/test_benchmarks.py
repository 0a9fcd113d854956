"""Benchmarks in the web: sharing, reciprocity, the dashboard, and the refresh of all members."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine as machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import NOW, Town

from fondaco.kernel.errors import InputError
from fondaco.network.disclosure import Figure, Indicator, MemberFigures
from fondaco.readiness import questionnaire
from fondaco.web.accounts import access, actions
from fondaco.web.accounts.models import Firm, Item, Network, NetworkMembership
from fondaco.web.desk.models import AuditLine
from fondaco.web.network.benchmarks import refreshing, sharing
from fondaco.web.network.benchmarks.demo import seed_sharing
from fondaco.web.network.benchmarks.models import (
    FirmFigures,
    ItemState,
    Refresh,
    RefreshItem,
    SharedIndicator,
)
from fondaco.web.network.benchmarks.stated import shipping_figure
from fondaco.web.network.knowledge.models import Pool, PooledShipment
from fondaco.workflows.benchmarks import figure_json
from fondaco.workflows.networks import history_of, read_network
from fondaco.workflows.readiness_answers import answer

pytestmark = pytest.mark.requirement("S07", "S17", "R28")
CANARY = "Kanarienvogel"


def neighbours(
    town: Town,
    many: int,
    *,
    share: bool = True,
    until: date = date(2026, 2, 28),
    network: Network | None = None,
) -> list[Firm]:
    """Make member firms whose figures are computed already."""
    at = network or town.network
    firms = Firm.objects.bulk_create(
        Firm(
            slug=f"{CANARY.lower()}-{n}",
            name=f"{CANARY} {n}",
            home="ITA" if n % 2 else "GBR",
            currency="EUR",
        )
        for n in range(many)
    )
    memberships = NetworkMembership.objects.bulk_create(
        NetworkMembership(network=at, firm=each) for each in firms
    )
    if share:
        SharedIndicator.objects.bulk_create(
            SharedIndicator(membership=each, indicator=of.value, given_at=NOW)
            for each in memberships
            for of in (Indicator.RESPONSE_RATE, Indicator.MARKETS)
        )
    rows = []
    for n, firm in enumerate(firms):
        days = (until - timedelta(days=365), until)
        figures = {
            Indicator.RESPONSE_RATE: Figure(0.4 + (n % 5) / 10, *days, 20),
            Indicator.MARKETS: Figure(3 + n % 7, *days, 40),
        }
        rows.append((firm, MemberFigures(firm.slug, figures, {"home": firm.home}, {}, "made")))
    FirmFigures.objects.bulk_create(
        FirmFigures(
            firm=firm, mark="made", home=firm.home, size="1-9" if n % 3 else "10-49", until=until, computed=timezone.now(),
            figures={of.value: figure_json(each) for of, each in held.figures.items()},
        )
        for n, (firm, held) in enumerate(rows)
    )  # fmt: skip
    return firms


def page(town: Town, name: str, who: Any, **query: str) -> str:
    answer = town.as_(who).get(reverse(name, kwargs={"slug": town.network.slug}), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def shares(town: Town, *indicators: str) -> None:
    answer = town.as_(town.alice).post(
        reverse("benchmarks_share", kwargs={"slug": town.network.slug}),
        {"firm": town.anchor.slug, "indicator": list(indicators)},
    )
    assert answer.status_code == 302


def test_a_firm_sees_what_it_shares_and_nothing_of_any_one_member(town: Town) -> None:
    neighbours(town, 10)
    sharing.publish(town.network, now=NOW)
    shares(town, "response_rate")
    shown = page(town, "benchmarks", town.alice)
    assert "10 or more" in shown
    assert "60% to 65%" in shown  # 0.4, 0.5, ... 0.8, twice each: 0.6 lies on a cut, in the upper piece
    assert shown.count("You see what you share") == len(Indicator) - 1
    assert CANARY not in shown


def test_what_is_shared_is_logged_and_ends_at_once(town: Town) -> None:
    neighbours(town, 5)
    shares(town, "markets")
    seen = access.firm_for(town.alice, town.anchor.slug, need="own")
    days = (date(2025, 3, 1), date(2026, 3, 1))
    refreshing.keep(
        town.anchor, "m", MemberFigures("anchor-teas", {Indicator.MARKETS: Figure(9, *days)}, {}, {}, ""), now=NOW
    )  # fmt: skip
    sharing.publish(town.network, now=NOW)
    assert "5 or more" in page(town, "dashboard", town.sven)
    sharing.share(seen, town.network, [], now=NOW)
    lines = AuditLine.objects.filter(firm=town.anchor).order_by("pk").values_list("what", flat=True)
    assert list(lines)[-2:] == ["benchmark.shared", "benchmark.withdrawn"]
    history = history_of(access.workspace(), Indicator.MARKETS)
    assert not any("anchor-teas" in block.members for block in history.blocks)
    assert not read_network(access.workspace(), "seven-quays").sharing(Indicator.MARKETS).count("anchor-teas")


def test_leaving_the_network_ends_sharing(town: Town) -> None:
    neighbours(town, 4)
    shares(town, "response_rate")
    days = (date(2025, 3, 1), date(2026, 3, 1))
    refreshing.keep(
        town.anchor, "m", MemberFigures("anchor-teas", {Indicator.RESPONSE_RATE: Figure(0.5, *days)}, {}, {}, ""), now=NOW
    )  # fmt: skip
    sharing.publish(town.network, now=NOW)
    at = access.workspace()
    assert any("anchor-teas" in block.members for block in history_of(at, Indicator.RESPONSE_RATE).blocks)
    actions.leave_network(NetworkMembership.objects.get(firm=town.anchor), by=town.alice, now=NOW)
    assert not SharedIndicator.objects.filter(membership__firm=town.anchor).exists()
    assert not any("anchor-teas" in block.members for block in history_of(at, Indicator.RESPONSE_RATE).blocks)
    # The command line reads the network's file: there, too, it counts no longer, before anybody computes anew.
    assert "anchor-teas" not in read_network(at, "seven-quays").sharing(Indicator.RESPONSE_RATE)


def test_an_indicator_that_is_none_and_a_firm_that_is_not_in_the_network_are_refused(town: Town) -> None:
    address = reverse("benchmarks_share", kwargs={"slug": town.network.slug})
    answer = town.as_(town.alice).post(address, {"firm": "anchor-teas", "indicator": ["revenue"]})
    assert answer.status_code == 404
    assert not SharedIndicator.objects.exists()
    answer = town.as_(town.alice).get(
        reverse("benchmarks", kwargs={"slug": town.network.slug}), {"group": "buyer=Miller"}
    )
    assert answer.status_code == 400


def test_the_dashboard_shows_means_only_and_counts_members_by_state(town: Town) -> None:
    firms = neighbours(town, 9)
    FirmFigures.objects.filter(firm=firms[0]).update(computed=timezone.now() - timedelta(days=90))
    sharing.publish(town.network, now=NOW)
    shown = page(town, "dashboard", town.sven)
    assert CANARY not in shown
    assert CANARY.lower() not in shown
    counts = refreshing.latest(town.network), town.network.memberships.count()
    assert counts == (None, 10)
    for number, label in ((8, "Computed within a month"), (1, "Computed earlier"), (1, "Not computed yet")):
        assert f"<dt>{label}</dt><dd>{number}" in shown


def test_a_dashboard_of_3700_members_takes_a_bounded_number_of_queries(town: Town) -> None:
    """The time is measured in benchmarks/network.py; here that nothing is asked member by member."""
    neighbours(town, 60)
    sharing.publish(town.network, now=NOW)
    client, address = town.as_(town.sven), reverse("dashboard", kwargs={"slug": town.network.slug})
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert client.get(address).status_code == 200
    other = Network.objects.create(slug="large", name="Large")
    other.supports.create(user=town.sven)
    Firm.objects.filter(slug__startswith=CANARY.lower()).delete()
    neighbours(town, 400, network=other)
    sharing.publish(other, now=NOW)
    address = reverse("dashboard", kwargs={"slug": "large"})
    client.get(address)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few) <= 18
    assert time.perf_counter() - began < 2


# --- the refresh -----------------------------------------------------------------------------------


def test_a_refresh_computes_each_member_once_and_publishes(town: Town) -> None:
    client = town.as_(town.sven)
    client.post(reverse("dashboard_refresh", kwargs={"slug": town.network.slug}))
    refresh = Refresh.objects.get()
    assert refresh.finished
    item = refresh.items.get()
    assert (item.state, item.attempts) == (ItemState.DONE, 1)
    row = FirmFigures.objects.get(firm=town.anchor)
    assert row.figures["markets"]["value"] == 3  # Germany, France and Japan
    assert "1 of 1 members" in page(town, "dashboard", town.sven)
    client.post(reverse("dashboard_refresh", kwargs={"slug": town.network.slug}))
    assert FirmFigures.objects.get(firm=town.anchor).computed == row.computed  # the ledger is the same


def test_a_firm_that_cannot_be_computed_stops_nobody_else(town: Town) -> None:
    lost = Firm.objects.create(slug="lost", name="Lost Letters", home="ITA", currency="EUR")
    NetworkMembership.objects.create(network=town.network, firm=lost)
    town.as_(town.sven).post(reverse("dashboard_refresh", kwargs={"slug": town.network.slug}))
    states = dict(RefreshItem.objects.values_list("firm__slug", "state"))
    assert states == {"anchor-teas": "done", "lost": "failed"}
    assert "Lost Letters" in page(town, "dashboard", town.sven)


def begun(town: Town) -> Refresh:
    now = timezone.now()
    refresh = Refresh.objects.create(network=town.network, by=town.sven, made=now, beat=now)
    RefreshItem.objects.create(refresh=refresh, firm=town.anchor)
    return refresh


def test_two_refreshes_of_a_network_do_not_run_at_once(town: Town) -> None:
    begun(town)
    answer = town.as_(town.sven).post(reverse("dashboard_refresh", kwargs={"slug": town.network.slug}))
    assert answer.status_code == 409


def test_a_member_that_a_worker_holds_is_not_taken_and_one_that_a_dead_worker_held_is(town: Town) -> None:
    refresh = begun(town)
    now = timezone.now()
    held = refreshing._take(refresh, now)
    assert held is not None
    assert refreshing._take(refresh, now) is None
    again = refreshing._take(refresh, now + refreshing.LEASE * 2)
    assert again is not None
    assert (again.pk, again.attempts) == (held.pk, 2)
    refreshing._do(held)  # the first worker was slow, not dead: its work does not count
    assert not FirmFigures.objects.exists()
    refreshing._do(again)
    assert FirmFigures.objects.count() == 1


def test_a_firm_that_stops_its_worker_again_and_again_is_left_out(town: Town, settings: Any) -> None:
    refresh = begun(town)
    refresh.items.update(attempts=settings.JOB_ATTEMPTS)
    assert refreshing.work(str(refresh.pk)) is False
    item = refresh.items.get()
    assert item.state == ItemState.FAILED
    assert "stopped" in item.sentence


def test_a_refresh_that_nobody_works_on_is_taken_up(town: Town) -> None:
    refresh = begun(town)
    assert refreshing.recover(now=refresh.beat + timedelta(seconds=5)) == 0
    assert refreshing.recover(now=refresh.beat + timedelta(minutes=5)) == 1
    refresh.refresh_from_db()
    assert refresh.finished


def test_the_demonstrations_firms_share_and_the_command_line_can_read_it(town: Town) -> None:
    seed_sharing(access.workspace(), town.network, town.alice, NOW)
    seed_sharing(access.workspace(), town.network, town.alice, NOW)
    held = read_network(access.workspace(), "seven-quays")
    without = frozenset(Indicator) - sharing.READINESS  # to which the firm has not consented
    assert [(each.firm, each.shares) for each in held.members] == [("anchor-teas", without)]


def answered(firm: str, value: float, *, people: int = 2) -> None:
    """Let people of a firm give one answer to every question of the scale, so that agreeing speaks for readiness."""
    held = questionnaire()
    keys = [each for each in held.asked("full") if each.item.kind == "scale"]
    values = {each.key: 8 - value if each.item.reverse else value for each in keys}
    for n in range(people):
        answer(
            access.workspace(), firm, id_=f"a-{n}", informant=f"Person {n}", department="sales", at=NOW, values=values,
            asked=list(values), language="en", source="web",
        )  # fmt: skip


@pytest.mark.requirement("S02")
def test_readiness_goes_into_figures_by_two_consents_and_is_closed_with_either(town: Town) -> None:
    answered("anchor-teas", 6)
    sven = page(town, "dashboard", town.sven)
    assert "Structural readiness" in sven
    with machine.travel(NOW + timedelta(days=1), tick=False):
        made = refreshing.computed(access.workspace(), town.anchor)
        assert made is not None
        refreshing.keep(town.anchor, *made, now=NOW)
        assert refreshing.computed(access.workspace(), town.anchor) is None  # nothing has changed
        answered("anchor-teas", 2, people=3)
        again = refreshing.computed(access.workspace(), town.anchor)
    figure = made[1].figures[Indicator.READINESS_STRUCTURAL]
    assert (figure.value, figure.cases, figure.until) == (6.0, 2, NOW.date())
    assert again is not None and again[0] != made[0]

    seen = access.firm_for(town.alice, town.anchor.slug, need="own")
    with pytest.raises(InputError, match="consent to that first"):
        sharing.share(seen, town.network, ["engagement"], now=NOW)
    actions.set_consent(town.anchor, town.network, Item.READINESS, True, by=town.alice, now=NOW)
    sharing.share(seen, town.network, ["engagement", "markets"], now=NOW)
    actions.set_consent(town.anchor, town.network, Item.READINESS, False, by=town.alice, now=NOW)
    assert list(SharedIndicator.objects.values_list("indicator", flat=True)) == ["markets"]
    assert AuditLine.objects.filter(what="benchmark.withdrawn", data__indicator="engagement").count() == 1


def test_what_shipping_together_cost_a_kilo_is_a_figure_of_the_firm(town: Town) -> None:
    membership = town.anchor.network_memberships.get(network=town.network)
    day = NOW.date() - timedelta(days=30)

    def pool(pays: str, kilos: int, *, currency: str = "EUR", grouped: str = "anchor-teas: tea") -> None:
        made = Pool.objects.create(
            network=town.network, name="p", opens=day, closes=day, state="done", closed=NOW, made=NOW, currency=currency,
            result={"groups": [{"shipments": [grouped]}], "shares": [{"member": "anchor-teas", "pays": pays}]},
        )  # fmt: skip
        PooledShipment.objects.create(
            pool=made, membership=membership, reference="tea", destination="KOR", ready_from=day, ready_to=day,
            weight_kg=kilos, volume_m3=1, made=NOW,
        )  # fmt: skip

    pool("90.00", 20)
    pool("10.00", 30)
    pool("999.00", 1, currency="KRW")  # no rate was agreed
    pool("999.00", 1, grouped="another")  # put in after the result
    figure = shipping_figure(town.anchor, NOW.date())[Indicator.SHIPPING_PER_KILO]
    assert (figure.value, figure.weight, figure.until) == (2.0, 50.0, day)  # 100 EUR for 50 kg
    assert shipping_figure(town.borealis, NOW.date()) == {}
    assert shipping_figure(town.anchor, NOW.date() + timedelta(days=400)) == {}


@pytest.mark.requirement("S02")
def test_readiness_is_drawn_on_one_scale_from_released_cells_only(town: Town) -> None:
    address = reverse("dashboard_readiness", kwargs={"slug": town.network.slug})
    firms = neighbours(town, 12, share=False)
    days = (date(2025, 3, 1), date(2026, 3, 1))
    for n, firm in enumerate(firms):
        figures = {Indicator.ENGAGEMENT: Figure(2.0 + (n % 4), *days, 2)}
        refreshing.keep(firm, "r", MemberFigures(firm.slug, figures, {}, {}, ""), now=NOW)
        SharedIndicator.objects.create(
            membership=firm.network_memberships.get(), indicator="engagement", given_at=NOW
        )
    assert "data-chart" not in page(town, "dashboard", town.sven)
    sharing.publish(town.network, now=NOW)
    assert "data-chart" in page(town, "dashboard", town.sven)
    spec = town.as_(town.sven).get(address).json()
    rows = [row for layer in spec["layer"] for row in layer.get("data", {}).get("values", []) if "low" in row]
    whole = next(row for row in rows if row["group"] == "the whole network")
    assert whole["low"] <= 3.5 <= whole["high"] and whole["members"] == 10  # 2, 3, 4, 5, three times each
    assert all(row["high"] > row["low"] and row["members"] >= 5 for row in rows)
    assert CANARY not in str(spec) and "3.5" in spec["description"]
