"""Today: the clock first, what to do next, what stands still; nothing concluded while somebody waits for the page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.web.conftest import Town

from fondaco import workflows
from fondaco.ledger import Person, Workspace
from fondaco.web.accounts.access import workspace
from fondaco.web.data.forgetting import erase
from fondaco.web.inquiries.models import Case, CaseState, DeskLook
from fondaco.web.relationships.models import Agreement
from fondaco.web.strategy.models import Plan, PlanLine, PlanVersion
from fondaco.web.today import concluding, gathering, tasks, views
from fondaco.web.today.models import Morning

HERE = {"slug": "anchor-teas"}
NOW = timezone.now().replace(microsecond=0)


def case(town: Town, number: int, due: timedelta | None, **more: Any) -> Case:
    """Open a case as a look left it: due in so long, or not looked at yet."""
    said: dict[str, Any] = {
        "name": f"Buyer {number}", "platform": "fair", "number": str(number), "market": "KOR",
        "received": NOW - timedelta(hours=30), "made": NOW, "position": number, "why": "80 GBP, one in ten orders",
        "level": "amber", "source": "typed", "concluded": NOW,
    } | more  # fmt: skip
    return Case(firm=town.anchor, key=f"fair:{number}", due=None if due is None else NOW + due, **said)


def looked(town: Town, **rates: Any) -> None:
    """Say that the desk was looked at just now, so that no page causes another look."""
    fingerprint = workspace().ledger("anchor-teas").fingerprint()
    DeskLook.objects.update_or_create(
        firm=town.anchor, defaults={"fingerprint": fingerprint, "looked": timezone.now(), "rates": rates}
    )


def page(client: Client) -> str:
    answer = client.get(reverse("firm", kwargs=HERE))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("F40")
def test_the_clock_counts_what_is_late_near_and_due_today(town: Town) -> None:
    # Noon in London in winter: the day of the firm ends in twelve hours.
    noon = datetime(2026, 1, 14, 12, tzinfo=UTC)
    hours = {1: -3, 2: -50, 3: 1, 4: 1.99, 5: 2, 6: 11.9, 7: 12, 8: 40}
    Case.objects.bulk_create(
        [
            *(_due(town, n, noon + timedelta(hours=h)) for n, h in hours.items()),
            case(town, 9, None, owner=town.bob),
            _due(town, 10, noon - timedelta(hours=1), state=CaseState.WON),
        ]
    )
    found = gathering.clock_of(town.anchor, "Europe/London", now=noon, user=town.bob)
    assert (found.waiting, found.late, found.soon, found.today, found.unjudged) == (9, 2, 2, 2, 1)
    assert (found.mine, found.first) == (1, noon + timedelta(hours=1))
    # The same hour is in Tokyo 21:00: two hours on is 23:00, and the day ends an hour later.
    assert gathering.clock_of(town.anchor, "Asia/Tokyo", now=noon).today == 1


@pytest.mark.requirement("F40")
def test_who_has_waited_for_over_a_month_is_counted_apart_and_comes_in_no_list_of_today(town: Town) -> None:
    def old(number: int, days: float, **more: Any) -> Case:
        return case(town, number, timedelta(days=1 - days), received=NOW - timedelta(days=days), **more)

    Case.objects.bulk_create(
        [old(1, 29.9), old(2, 30.1, owner=town.bob), old(3, 700), old(4, 700, again=NOW - timedelta(days=1))]
    )
    found = gathering.clock_of(town.anchor, "UTC", now=NOW, user=town.bob)
    assert (found.waiting, found.late, found.past, found.mine) == (2, 2, 2, 0)
    assert [each.number for each in gathering.next_cases(town.anchor, NOW)] == ["1", "4"]
    looked(town)
    browser = town.as_(town.bob)
    assert "2 more have waited for over a month" in page(browser)
    listed = browser.get(reverse("inquiries", kwargs=HERE) + "?state=past").content.decode()
    assert [name in listed for name in ("Buyer 1", "Buyer 2", "Buyer 3", "Buyer 4")] == [
        False,
        True,
        True,
        False,
    ]


def _due(town: Town, number: int, due: datetime, **more: Any) -> Case:
    made = case(town, number, None, **more)
    made.due = due
    return made


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "in 0 min"), (89, "in 89 min"), (90, "in 1 h"), (47 * 60 + 59, "in 47 h"), (48 * 60, "in 2 days"), (-1, "late by 1 min"), (-3000, "late by 2 days")],
)  # fmt: skip
def test_time_left_is_said_in_words_rounded_down(minutes: int, said: str) -> None:
    assert gathering.in_words(NOW + timedelta(minutes=minutes), NOW) == said


@pytest.mark.requirement("F40", "F42", "X02")
def test_the_page_says_clock_next_cases_and_that_people_answer(town: Town) -> None:
    looked(town)
    Case.objects.bulk_create(
        [
            case(town, n, timedelta(hours=n - 3.5), name="<b>Kim</b>" if n == 1 else f"Buyer {n}")
            for n in range(1, 13)
        ]
    )
    shown = page(town.as_(town.vera))
    assert shown.index("The clock") < shown.index("Next to answer") < shown.index("Relationships")
    assert "&lt;b&gt;Kim&lt;/b&gt;" in shown and "late by 2 h" in shown and "in Seoul" in shown
    assert "80 GBP, one in ten orders" in shown
    assert "Buyer 10" in shown and "Buyer 11" not in shown  # ten, in the order of work
    assert "People answer; nothing is sent from here." in shown
    part = (
        town.as_(town.vera).get(reverse("firm", kwargs=HERE), headers={"HX-Request": "true"}).content.decode()
    )
    assert part.startswith('<div id="today"') and "<html" not in part


def test_tomorrows_rate_is_called_settled_where_nothing_can_change_it() -> None:
    rate = {"rate": 0.5, "first": "2026-01-01", "last": "2026-01-30", "received": 4, "in_time": 2}
    day = date(2026, 2, 7)
    settled = rate | {"rate": 0.75, "last": "2026-01-31"}
    going_on = rate | {"rate": 0.6, "last": "2026-02-08"}
    held = {
        "alibaba": {**rate, "tomorrow": settled},
        "shop": {**rate, "tomorrow": going_on},
        "fair": {**rate, "tomorrow": {"rate": None, "why": "Nothing came in."}},
        "old": rate,
    }  # fmt: skip
    found = views.rates_of(held, day)
    assert [(each["rate"], each["settled"], each["is_tomorrow"]) for each in found] == [
        (0.75, True, True), (0.6, False, True), (0.5, False, False), (0.5, False, False)
    ]  # fmt: skip


@pytest.mark.requirement("F91")
def test_actions_and_agreements_come_when_their_day_is_near(town: Town) -> None:
    today = date(2026, 3, 10)
    plan = Plan.objects.create(firm=town.anchor, made=NOW)
    old, new = (
        PlanVersion.objects.create(plan=plan, number=n, proposal={}, fingerprint="", made=NOW) for n in (1, 2)
    )
    said = [(old, "old", 0, "agreed"), (new, "late", -5, "agreed"), (new, "near", 3, "doing"), (new, "far", 4, "agreed"), (new, "done", -1, "done")]  # fmt: skip
    for version, text, days, status in said:
        PlanLine.objects.create(version=version, key=text, part="price", text=text, owner="firm", due=today + timedelta(days=days), status=status, at=NOW)  # fmt: skip
    assert [line.text for line in gathering.plan_due(town.anchor, today)] == ["late", "near"]
    for first, what in (
        (date(2026, 3, 20), "A pallet"),
        (date(2026, 3, 1), "A box"),
        (date(2026, 5, 1), "Later"),
    ):
        Agreement.objects.create(
            firm=town.anchor, buyer="a\tb\tc\td\te", what=what, first=first, months=3, made=NOW
        )
    found = gathering.agreements_due(town.anchor, today)
    assert [(row["agreement"].what, row["due"].state) for row in found] == [
        ("A box", "late"),
        ("A pallet", "soon"),
    ]


@pytest.fixture
def bought(town: Town, home: Path, tmp_path: Path) -> Town:
    """Buyers who ordered each month for two years, one of whom has been silent for five months, and one who ordered once."""
    lines = ["Order,Date,SKU,Product,Quantity,Unit price,Currency,Customer,Country"]
    for buyer in range(12):
        for month in range(24):
            if buyer == 0 and month > 17:
                continue
            day = date(2024 + month // 12, month % 12 + 1, 1 + buyer)
            lines.append(f"b{buyer}-{month},{day},T-1,Green tea,2,4.50,GBP,regular-{buyer},Germany")
    lines.append("s-1,2025-11-20,T-1,Green tea,2,4.50,GBP,once-1,Japan")
    file = tmp_path / "more.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    workflows.take_in(Workspace(home), "anchor-teas", [file], now=NOW)
    return town


@pytest.mark.requirement("F88", "F90", "F92")
def test_stages_stalls_and_single_buyers_are_concluded_by_the_worker_and_shown(bought: Town) -> None:
    looked(bought)
    client = bought.as_(bought.vera)
    shown = page(client)  # in tests the worker is at once
    facts = Morning.objects.get(firm=bought.anchor).facts
    stages = {step["stage"]: step["buyers"] for step in facts["stages"]}
    # Of the town's own file: c-1 and c-3 ordered twice, c-2, c-4 and c-5 once (c-6 is in quarantine); of this one 12 and 1.
    assert (stages["commitment"], stages["expansion"]) == (14, 4)
    assert "regular-0" in [one["name"] for one in facts["stalled"]]
    assert "regular-1" not in [one["name"] for one in facts["stalled"]]
    assert "once-1" in [one["name"] for one in facts["single"]]
    assert "orders again" in shown and "Stand still" in shown and "Ordered once, and promise most" in shown
    assert facts["trial"]["came"] >= 0 and "orders were to be expected" in shown


@pytest.mark.requirement("F40")
def test_the_page_concludes_nothing_itself_and_says_what_is_not_there_yet(
    bought: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(bought)
    asked: list[Any] = []
    monkeypatch.setattr(tasks, "morning_task", SimpleNamespace(enqueue=lambda *said: asked.append(said)))
    monkeypatch.setattr(concluding, "book_of", lambda *_: pytest.fail("concluded in the request"))
    monkeypatch.setattr(workflows, "scorecard_of", lambda *_, **__: pytest.fail("concluded in the request"))
    client = bought.as_(bought.vera)
    assert "Being computed" in page(client)
    page(client)
    assert len(asked) == 1  # asked once, however many look


def test_what_fails_is_said_and_not_tried_again_at_each_look(
    bought: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(bought)
    tried: list[int] = []

    def broken(*_: Any) -> None:
        tried.append(1)
        raise RuntimeError

    monkeypatch.setattr(concluding, "book_of", broken)
    client = bought.as_(bought.vera)
    assert "Something failed on our side" in page(client)
    page(client)
    assert tried == [1]


def test_forgetting_throws_away_what_was_concluded(bought: Town) -> None:
    looked(bought)
    page(bought.as_(bought.vera))
    assert Morning.objects.get().facts
    erase("anchor-teas", Person(("regular-0",), ()))
    assert not Morning.objects.exists()


def test_a_newcomer_is_shown_the_first_step(town: Town) -> None:
    shown = town.as_(town.charlie).get(reverse("firm", kwargs={"slug": "borealis"})).content.decode()
    assert "Bring the first file" in shown and "Nobody waits for an answer." in shown
    assert "glance" not in shown


def statements(town: Town, cases: int) -> int:
    Case.objects.all().delete()
    Case.objects.bulk_create(
        [
            case(town, n, timedelta(hours=n % 70 - 5), owner=(town.alice, town.bob)[n % 2])
            for n in range(cases)
        ]
    )
    client = town.as_(town.alice)
    page(client)
    with CaptureQueriesContext(connection) as seen:
        page(client)
    return len(seen)


@pytest.mark.requirement("F40")
def test_statements_to_the_database_do_not_grow_with_cases(town: Town) -> None:
    looked(town)
    few, many = statements(town, 10), statements(town, 300)
    assert few == many
    assert few < 30


def test_only_owners_see_the_way_to_other_programs(town: Town) -> None:
    address = reverse("tokens", kwargs=HERE)
    shown = {
        who: town.as_(who).get(reverse("inquiries", kwargs=HERE)).content.decode()
        for who in (town.alice, town.bob)
    }
    assert address in shown[town.alice] and address not in shown[town.bob]
