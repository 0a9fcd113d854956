"""Every address of the permission table, asked by those who may see it, answers with the headers that guard it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse
from tests.web.conftest import Town
from tests.web.test_isolation import LEAVES
from tests.web.test_permissions import TABLE, prepared

pytestmark = pytest.mark.either_database

#: Kinds of content that a browser is to keep as a file, never to show as a page of ours.
FILES = ("text/csv", "application/pdf", "application/zip", "application/octet-stream", "application/vnd.")
INLINE = re.compile(
    r"<script(?![^>]*(?:\bsrc=|application/json))|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


def content_of(answer: Any) -> str:
    held = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(held.decode("utf-8", "replace"))


def faults_of(answer: Any) -> list[str]:
    """Return what an answer lacks."""
    policy, kind, cache = (
        answer.get(name, "") for name in ("Content-Security-Policy", "Content-Type", "Cache-Control")
    )
    found = []
    if "default-src" not in policy:
        found.append("no content policy")
    if "unsafe-inline" in policy or "unsafe-eval" in policy or "*" in policy:
        found.append(f"a content policy that lets anything in: {policy}")
    if "frame-ancestors 'none'" not in policy or answer.get("X-Frame-Options") != "DENY":
        found.append("may be framed")
    if answer.get("X-Content-Type-Options") != "nosniff":
        found.append("may be taken for another kind of content")
    if answer.get("Referrer-Policy") != "same-origin":
        found.append("tells other sites where one came from")
    if not {"no-store", "private"} & {each.strip() for each in cache.split(",")}:
        found.append(f"may be kept by a shared cache: {cache or 'nothing said'}")
    if kind.startswith(FILES) and not answer.get("Content-Disposition", "").startswith("attachment"):
        found.append(f"{kind} is no attachment")
    if kind.startswith("text/html") and (inline := INLINE.search(content_of(answer))):
        found.append(f"inline script or style: {inline.group()}")
    return found


@pytest.mark.requirement("X03")
def test_every_address_answers_with_its_guards(town: Town, consent: Any) -> None:
    consent(True)
    made = prepared(town)
    without, kinds = [], set()
    for user in (town.alice, town.sven, None):
        client = town.as_(user)
        for row in TABLE:
            if row.post is not None or row.name in LEAVES:
                continue
            address = reverse(row.name, kwargs=row.names(made))
            answer = client.get(address)
            if answer.status_code == 200:
                kinds.add(answer["Content-Type"].partition(";")[0])
            without += [f"{user} at {address}: {fault}" for fault in faults_of(answer)]
    assert without == []
    assert kinds >= {
        "text/html",
        "text/csv",
        "application/json",
        "application/pdf",
        "image/svg+xml",
        "application/zip",
    }


def test_the_look_out_sees_what_lacks(town: Town) -> None:
    page = town.as_(None).get("/accounts/login/")
    assert faults_of(page) == []
    for name in (
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Cache-Control",
        "Referrer-Policy",
    ):
        held = page[name]
        del page[name]
        assert faults_of(page), name
        page[name] = held
    page["Content-Type"] = "text/csv"
    assert faults_of(page) == ["text/csv is no attachment"]


def test_the_picture_of_a_review_lets_through_its_own_style_alone(town: Town) -> None:
    made = prepared(town)
    number = made.more["reviews"]["review"]
    answer = town.as_(town.alice).get(reverse("review_flow", kwargs={"number": number}))
    (style,) = re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
    mark = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{mark}'" in answer["Content-Security-Policy"]
