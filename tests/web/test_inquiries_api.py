"""The endpoint for other programs: what opens a case, what is refused and how, and what a token can do."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.conftest import Town

from fondaco.web.inquiries import actions, api, limits
from fondaco.web.inquiries.models import ApiToken, Case, RateWindow

SENT = {"id": "42", "kind": "rfq", "name": "Kim Minho", "company": "Hangang Tea", "country": "South Korea", "product": "Green tea", "quantity": "120", "message": "Please quote for 120."}  # fmt: skip


@pytest.fixture
def token(town: Town) -> str:
    said, kept = api.new_token()
    actions.make_token(town.anchor, "Web shop", "website", kept, by=town.alice, now=timezone.now())
    return said


def send(token: str, body: Any, **more: Any) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(enforce_csrf_checks=True).post(
        "/api/inquiries/", content, content_type=more.pop("type", "application/json"), headers=headers, **more
    )


@pytest.mark.requirement("F40", "X06")
def test_an_inquiry_sent_twice_is_one_case(town: Town, token: str) -> None:
    first, second = send(token, SENT), send(token, SENT)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["case"] == second.json()["case"] == "website:42"
    case = Case.objects.get()
    assert (case.firm, case.market, case.kind, case.quantity) == (town.anchor, "KOR", "rfq", Decimal(120))
    assert case.conclusion["checks"]  # judged like any other
    assert ApiToken.objects.get().used is not None


@pytest.mark.requirement("X06")
def test_another_text_under_a_known_id_is_kept_as_a_further_message(town: Town, token: str) -> None:
    send(token, SENT)
    other = {**SENT, "message": "Something else."}
    again = send(token, other)
    assert (again.status_code, again.json()["case"]) == (201, "website:42")
    assert "further message" in again.json()["note"]
    case = Case.objects.get(firm=town.anchor)
    assert (case.message, case.notes.get().text) == (SENT["message"], "Something else.")
    assert send(token, other).status_code == 200  # sent twice it is one message
    assert send(token, {**SENT, "message": ""}).status_code == 200  # nothing to keep
    assert case.notes.count() == 1


@pytest.mark.requirement("X06")
def test_a_further_message_comes_to_its_case_once(town: Town, token: str) -> None:
    send(token, SENT)
    more = {"id": "42-2", "case": "website:42", "message": "And for 500?"}
    assert [send(token, more).status_code for _ in range(2)] == [201, 200]
    assert Case.objects.get(firm=town.anchor).notes.get().text == "And for 500?"
    assert send(token, {**more, "case": "website:nothing"}).status_code == 404
    assert send(token, {"id": "x", "case": "website:42", "message": " "}).status_code == 400
    # One that its sender dates before the case counts from the case on; one dated ahead is of now.
    for number, when in enumerate(("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")):
        assert send(token, {**more, "id": f"t{number}", "received": when}).status_code == 201
    case = Case.objects.get(firm=town.anchor)
    assert all(case.received <= note.said <= timezone.now() for note in case.notes.all())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**SENT, "id": ""}, "id"), ({k: v for k, v in SENT.items() if k != "id"}, "id"), ({**SENT, "id": 7}, "id"),
        ({**SENT, "kind": "letter"}, "kind"), ({**SENT, "country": "Ruritania"}, "country"),
        ({**SENT, "quantity": "many"}, "quantity"), ({**SENT, "quantity": "NaN"}, "quantity"),
        ({**SENT, "quantity": -1}, "quantity"), ({**SENT, "quantity": "1e400"}, "quantity"),
        ({**SENT, "received": "2026-11-30T09:00"}, "received"), ({**SENT, "received": "soon"}, "received"),
        ({**SENT, "message": "x" * 20_001}, "message"), ({**SENT, "message": "a\x00b"}, "message"),
        ({**SENT, "name": ["a"]}, "name"), ({**SENT, "owner": "bob"}, "owner"),
        ({**SENT, "case": "website:\x00"}, "case"), ({**SENT, "case": "website:\ud800"}, "case"),
        ({**SENT, "case": "w"}, "case"), ({**SENT, "received": True}, "received"), ({**SENT, "received": 10**20}, "received"),
        ({**SENT, "quantity": True}, "quantity"), ({**SENT, "quantity": "0.00001"}, "quantity"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(town: Town, token: str, body: dict[str, Any], field: str) -> None:
    answer = send(token, body)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Case.objects.filter(firm=town.anchor).exists()


@pytest.mark.parametrize(
    "body",
    [b" ", b"{", b"[]", b"7", b"\xff\xfe", b'{"id": NaN}', b"[" * 50_000, b'{"id": "\\ud800"}'],
)  # fmt: skip
def test_a_body_that_is_no_object_is_refused(token: str, body: bytes) -> None:
    answer = send(token, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_too_large_a_body_and_other_kinds_of_body_are_refused(token: str) -> None:
    assert send(token, b"x" * (api.LARGEST + 1)).status_code == 413
    assert send(token, SENT, type="text/plain").status_code == 415
    assert Client().post("/api/inquiries/", {"id": "1"}, headers={"Authorization": f"Bearer {token}"}).status_code == 415  # fmt: skip
    answer = Client().get("/api/inquiries/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00Z", -62135596800])
def test_one_said_to_come_from_before_platforms_is_refused(token: str, when: Any) -> None:
    assert send(token, {**SENT, "received": when}).status_code == 400


def test_one_said_to_come_from_the_future_is_refused(token: str) -> None:
    answer = send(token, {**SENT, "received": (timezone.now() + timedelta(days=1)).isoformat()})
    assert answer.status_code == 400
    assert "after now" in answer.json()["error"]


@pytest.mark.parametrize("wrong", ["", "fdk_wrong", "wrong", "fdk_" + "x" * 300, "fdk_é"])
def test_without_a_good_token_nothing_is_kept(town: Town, token: str, wrong: str) -> None:
    headers = {"Authorization": f"Bearer {wrong}".encode().decode("latin-1")} if wrong else {}
    answer = Client().post("/api/inquiries/", json.dumps(SENT), content_type="application/json", headers=headers)  # fmt: skip
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert not Case.objects.exists()


def test_a_token_is_shown_once_kept_as_a_hash_and_revoked(town: Town) -> None:
    browser, page = town.as_(town.alice), f"/f/{town.anchor.slug}/inquiries/tokens/"
    shown = browser.post(page, {"name": "Shop", "channel": "shop"}).content.decode()
    said = shown.split('class="code-key">')[1].split("<")[0]
    held = ApiToken.objects.get()
    assert said not in str(ApiToken.objects.values())
    assert said not in browser.get(page).content.decode()
    assert send(said, SENT).status_code == 201
    browser.post(f"{page}{held.pk}/revoke/")
    assert send(said, {**SENT, "id": "43"}).status_code == 401
    assert Case.objects.count() == 1
    assert "revoked" in browser.get(page).content.decode()


def test_a_token_reaches_its_own_firm_and_channel_only(town: Town, token: str) -> None:
    other, kept = api.new_token()
    actions.make_token(town.borealis, "Shop", "website", kept, by=town.charlie, now=timezone.now())
    send(token, SENT)
    more = {"id": "9", "case": "website:42", "message": "Mine now."}
    assert send(other, more).status_code == 404
    assert send(other, SENT).status_code == 201
    assert {case.firm for case in Case.objects.all()} == {town.anchor, town.borealis}


def test_whoever_sends_too_much_is_told_when_to_come_back(
    town: Town, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OF_TOKEN", 3)
    monkeypatch.setattr(limits, "OF_ADDRESS", 5)
    monkeypatch.setattr(api, "want", lambda *_, **__: None)
    now = timezone.now().replace(second=20)
    monkeypatch.setattr(timezone, "now", lambda: now)
    answers = [send(token, {**SENT, "id": str(n)}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    assert answers[-1]["Retry-After"] == "40"
    # From here on the address is too often there, whatever token it tries; another address is not.
    assert send("", SENT).status_code == 429
    assert send("", SENT, REMOTE_ADDR="203.0.113.9").status_code == 401
    assert Case.objects.count() == 3
    assert "203.0.113.9" not in str(list(RateWindow.objects.values()))
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=1))
    assert send(token, {**SENT, "id": "9"}).status_code == 201


def test_what_a_program_sends_is_shown_and_never_run(town: Town, token: str) -> None:
    send(token, {**SENT, "name": "<script>alert(1)</script>", "message": "<img src=x onerror=alert(1)>"})
    page = town.as_(town.bob).get(f"/f/{town.anchor.slug}/inquiries/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
