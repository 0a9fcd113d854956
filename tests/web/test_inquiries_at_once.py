"""Many at the desk at once, over real connections: no change is lost and no case opened twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.web.test_inquiries import HEADER, told

from fondaco import workflows
from fondaco.ledger import Workspace
from fondaco.web.accounts.actions import ensure_firm_row, ensure_user
from fondaco.web.accounts.models import Firm, Membership, Role, User
from fondaco.web.inquiries import actions, api, limits, syncing
from fondaco.web.inquiries.actions import Meanwhile, Who
from fondaco.web.inquiries.models import Case, CaseEvent, CaseNote, Source

NOW = timezone.now().replace(microsecond=0)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="DATABASE_URL names no PostgreSQL; SQLite's test database is one connection's own",
    ),
]


@pytest.fixture
def firm(home: Path) -> Firm:
    return ensure_firm_row(Workspace(home).firm("anchor-teas"))


def person(firm: Firm, n: int) -> User:
    user = ensure_user(f"p{n}@example.org", "harbour lantern 7", name=f"P{n}")
    Membership.objects.get_or_create(firm=firm, user=user, defaults={"role": Role.MEMBER})
    return user


def opened(firm: Firm, number: str) -> Case:
    said = {"kind": "inquiry", "received": NOW - timedelta(hours=2), "name": "Ann", "message": "How much?"}
    return actions.open_case(firm, number, said, platform="fair", source=Source.TYPED, who=Who("test"), now=NOW)[0]  # fmt: skip


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all of them at once, each over a connection of its own; return what they return or raise."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(n: int) -> None:
        gate.wait()
        try:
            found[n] = works[n]()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            found[n] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.requirement("X06")
def test_of_two_who_answer_the_same_inquiry_one_is_first_and_one_is_told(firm: Firm) -> None:
    case, people = opened(firm, "1"), [person(firm, n) for n in range(2)]

    def answer(user: User) -> Callable[[], Any]:
        return lambda: actions.answer(case, f"By {user}.", NOW, state="waiting", seen=1, who=Who.of(user), now=NOW)  # fmt: skip

    found = at_once(*(answer(user) for user in people))
    assert sum(isinstance(each, Meanwhile) for each in found) == 1
    held = Case.objects.get(pk=case.pk)
    assert held.version == 2
    assert held.owner is not None
    assert [note.text for note in held.notes.all()] == [f"By {held.owner}."]


@pytest.mark.requirement("X06")
def test_an_import_during_an_edit_loses_neither(firm: Firm, home: Path) -> None:
    file = home / "inquiries.csv"
    file.write_text(HEADER + "\n".join(told(f"N{n}", 2) for n in range(60)) + "\n", "utf-8")
    workflows.take_in(Workspace(home), firm.slug, [file], now=NOW)
    syncing.look(firm, now=NOW)
    file.write_text(HEADER + "\n".join(told(f"N{n}", 2, text="And for fifty?") for n in range(80)) + "\n", "utf-8")  # fmt: skip
    workflows.take_in(Workspace(home), firm.slug, [file], now=NOW + timedelta(minutes=1))
    who, cases = Who.of(person(firm, 1)), list(Case.objects.filter(firm=firm))

    def edit() -> None:
        for case in cases:
            actions.change_case(case, {"tags": "|fair|"}, seen=1, who=who, now=NOW)

    looks = [lambda n=n: syncing.look(firm, now=NOW + timedelta(minutes=2 + n)) for n in range(2)]
    found = at_once(edit, *looks)
    assert found == [None, None, None]
    held = Case.objects.filter(firm=firm)
    assert held.count() == 80
    assert held.filter(tags="|fair|", version=2, message="And for fifty?").count() == 60
    assert set(held.values_list("message", flat=True)) == {"And for fifty?"}
    assert CaseEvent.objects.filter(what="opened").count() == 80


@pytest.mark.requirement("X06")
def test_fifty_at_once_open_no_case_twice_and_lose_no_change(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty programs send ten inquiries, each five times; then fifty people edit one case, trying again when told."""
    monkeypatch.setattr(limits, "OF_TOKEN", 1000)
    monkeypatch.setattr(limits, "OF_ADDRESS", 1000)
    monkeypatch.setattr(api, "want", lambda *_, **__: None)
    token, kept = api.new_token()
    actions.make_token(firm, "Shop", "website", kept, by=person(firm, 0), now=NOW)

    def send(n: int) -> Callable[[], Any]:
        body = json.dumps({"id": str(n % 10), "name": "Ann", "message": "How much?"})
        headers = {"Authorization": f"Bearer {token}"}
        return lambda: Client().post("/api/inquiries/", body, content_type="application/json", headers=headers).status_code  # fmt: skip

    found = at_once(*(send(n) for n in range(50)))
    assert sorted(found) == [200] * 40 + [201] * 10
    assert Case.objects.filter(firm=firm).count() == 10
    assert CaseEvent.objects.filter(what="opened").count() == 10

    case, user = Case.objects.order_by("pk").first(), person(firm, 1)
    assert case is not None

    def edit(n: int) -> Callable[[], Any]:
        def work() -> int:
            actions.add_note(case, f"Note {n}", who=Who.of(user), now=NOW)
            for tries in range(200):
                held = Case.objects.get(pk=case.pk)
                tags = f"{held.tags or '|'}{n}|"
                try:
                    actions.change_case(held, {"tags": tags}, seen=held.version, who=Who.of(user), now=NOW)
                except Meanwhile:
                    continue
                return tries
            raise AssertionError("never came to it")

        return work

    found = at_once(*(edit(n) for n in range(50)))
    assert all(isinstance(each, int) for each in found), found
    held = Case.objects.get(pk=case.pk)
    assert set(held.tag_list) == {str(n) for n in range(50)}
    assert held.version == 51
    assert CaseNote.objects.filter(case=case).count() == 50
    assert held.events.filter(what="changed").count() == 50


def test_the_count_of_requests_holds_across_connections(firm: Firm) -> None:
    now = NOW.replace(second=30)
    found = at_once(*(lambda: limits.too_often("token 1", 20, now=now) for _ in range(40)))
    assert all(each in (0, 30) for each in found), found
    assert found.count(0) <= 20
    assert limits.too_often("token 1", 40, now=now) == 30
