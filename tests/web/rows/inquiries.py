"""Who gets what at the addresses of the inquiries."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import NOW, Town
from tests.web.table import IN, OWN, READ, WRITE, Row, of_firm

from fondaco.web.inquiries import actions, attachments
from fondaco.web.inquiries.actions import Who
from fondaco.web.inquiries.models import DeskLook, Source

_DID = (IN, 404, 403, 302, 302, 404)


def prepare(town: Town) -> dict[str, int | object]:
    """Open a case with a note and a file, and make a token."""
    who = Who.of(town.alice)
    said = {"kind": "inquiry", "received": NOW, "name": "Ann", "message": "How much?"}
    case, _ = actions.open_case(
        town.anchor, "1", said, platform="fair", source=Source.TYPED, who=who, now=NOW
    )
    note = actions.add_note(case, "Met at the fair.", who=who, now=NOW)
    file = attachments.attach(case, SimpleUploadedFile("list.txt", b"Green tea"), who=who, now=NOW)
    hashed = sha256(town.anchor.slug.encode()).hexdigest()
    token = actions.make_token(town.anchor, "Shop", "website", hashed, by=town.alice, now=NOW)
    DeskLook.objects.create(firm=town.anchor, failed="The file of rates could not be read.")
    return {"case": case.pk, "note": note.pk, "file": file.pk, "token": token.pk}


def of_case(made: Any) -> dict[str, object]:
    return {**of_firm(made), "case_id": made.more["inquiries"]["case"]}


def of_note(made: Any) -> dict[str, object]:
    return {**of_case(made), "note_id": made.more["inquiries"]["note"]}


def of_file(made: Any) -> dict[str, object]:
    return {**of_case(made), "file_id": made.more["inquiries"]["file"]}


def of_token(made: Any) -> dict[str, object]:
    return {**of_firm(made), "token_id": made.more["inquiries"]["token"]}


_CHANGE: dict[str, object] = {
    "change-state": "working", "change-reason": "", "change-owner": "", "change-account": "", "change-tags": "",
    "change-version": "1",
}  # fmt: skip
_ANSWER: dict[str, object] = {
    "answer-text": "Four pounds.", "answer-at": "2026-03-02T10:00", "answer-state": "waiting", "answer-version": "1",
}  # fmt: skip
_TYPED: dict[str, object] = {
    "kind": "inquiry",
    "received": "2026-03-02T09:00",
    "platform": "fair",
    "name": "Ben",
}

ROWS = (
    Row("inquiries", READ, of_firm, note="buyers' words: not for supporters"),
    Row("inquiry_new", WRITE, of_firm),
    Row("inquiry_new", _DID, of_firm, _TYPED),
    Row("inquiries_assign", _DID, of_firm, {}),
    Row("inquiry", READ, of_case),
    Row("inquiry_change", _DID, of_case, _CHANGE),
    Row("inquiry_change", (IN, 404, 403, 409, 409, 404), of_case, {**_CHANGE, "change-version": "9"}, note="409: somebody else changed it"),
    Row("inquiry_answer", _DID, of_case, _ANSWER),
    Row("inquiry_message", _DID, of_case, {"wrote-text": "And now?", "wrote-at": "2026-03-02T11:00"}),
    Row("inquiry_note", _DID, of_case, {"note-text": "Call them."}),
    Row("inquiry_note_withdraw", _DID, of_note, {}),
    Row("inquiry_clear", _DID, of_case, {"sign": "urgency", "clear-why": "A fair in a week."}),
    Row("inquiry_attach", (IN, 404, 403, 400, 400, 404), of_case, {}, note="400: no file was sent"),
    Row("inquiry_file", READ, of_file),
    Row("inquiry_file_withdraw", _DID, of_file, {}),
    Row("tokens", OWN, of_firm),
    Row("tokens", OWN, of_firm, {"name": "Other shop", "channel": "shop"}),
    Row("token_revoke", (IN, 404, 403, 403, 302, 404), of_token, {}),
    Row("api_inquiries", (405,) * 6, note="a token is the permission, not a session"),
    Row("api_inquiries", (401,) * 6, post={}, note="no token was sent"),
)  # fmt: skip
