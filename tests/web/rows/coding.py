"""Coding: Alice leads a study, Bob codes in it; everybody else does not learn that it exists."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, SIGNED_IN, Row

from fondaco.evidence.coding import Change
from fondaco.web.evidence import people
from fondaco.web.evidence.coding import actions
from fondaco.web.evidence.coding.models import Note, Pseudonym

#: anonymous, outsider, viewer, member (codes here), owner (leads here), supporter
INSIDE = (IN, 404, 404, 200, 200, 404)
CHANGES = (IN, 404, 404, 302, 302, 404)
LEADS = (IN, 404, 404, 403, 200, 404)
CODE = "11111111-1111-4111-8111-111111111111"


def prepare(town: Town) -> dict[str, int]:
    study = actions.start("Small firms abroad", "How?", by=town.alice, now=NOW)
    bob = people.add_member(study, town.bob.email, "coder", by=town.alice, now=NOW)
    actions.change_book(study, Change("add", CODE, "Alice", NOW, name="slow answers"), by=town.alice)
    text = actions.bring(study, "a.txt", b"P1: We answered late. It cost us.", {}, by=town.alice, now=NOW)
    (passage,) = actions.code(text, (0, 21), [CODE], {}, by=town.alice, now=NOW)
    Pseudonym.objects.create(study=study, name="Anna Beispiel", alias="P1")
    Note.objects.create(study=study, title="Late", text="They say so themselves.", user=town.alice, at=NOW)
    return {"number": study.pk, "text": text.pk, "passage": passage.pk, "bob": bob.pk}


def of_study(made: Any) -> dict[str, object]:
    return {"number": made.more["coding"]["number"]}


def of_text(made: Any) -> dict[str, object]:
    return {**of_study(made), "text": made.more["coding"]["text"]}


def of_passage(made: Any) -> dict[str, object]:
    return {**of_text(made), "passage": made.more["coding"]["passage"]}


def of_code(made: Any) -> dict[str, object]:
    return {**of_study(made), "code": CODE}


def of_bob(made: Any) -> dict[str, object]:
    return {**of_study(made), "member_id": made.more["coding"]["bob"]}


def of_file(made: Any) -> dict[str, object]:
    return {**of_study(made), "what": "structure.svg"}


ROWS = (
    Row("codings", SIGNED_IN),
    Row("codings", (IN, 302, 302, 302, 302, 302), post={"do": "new", "title": "Wine", "question": "Who?"}),
    Row("coding", INSIDE, of_study),
    Row("coding_people", (IN, 404, 404, 403, 302, 404), of_study, {"email": "", "part": "coder"}),
    Row("coding_person_remove", (IN, 404, 404, 403, 302, 404), of_bob, {}),
    Row("coding_bring", (IN, 404, 404, 403, 400, 404), of_study, {}, note="400: no file was sent"),
    Row("coding_names", LEADS, of_study),
    Row("coding_names", (IN, 404, 404, 403, 400, 404), of_study, {}, note="400: nothing was written"),
    Row("coding_book", INSIDE, of_study),
    Row("coding_book", (IN, 404, 404, 400, 400, 404), of_study, {}, note="400: a code needs a name"),
    Row("coding_code", INSIDE, of_code),
    Row("coding_code", CHANGES, of_code, {"kind": "define", "definition": "x"}),
    Row("coding_note", CHANGES, of_study, {"title": "a", "text": "b"}),
    Row("coding_text", INSIDE, of_text),
    Row("coding_text", CHANGES, of_text, {"first": "1", "last": "1", "code": CODE}),
    Row("coding_done", CHANGES, of_text, {}),
    Row(
        "coding_withdraw",
        (IN, 404, 404, 404, 302, 404),
        of_passage,
        {},
        note="the passage is Alice's; Bob does not see it yet",
    ),
    Row("coding_agreement", INSIDE, of_study),
    Row("coding_agreement", (IN, 404, 404, 403, 302, 404), of_study, {}),
    Row("coding_cases", INSIDE, of_study),
    Row("coding_cases", CHANGES, of_study, {"do": "case", "name": "A", "values": "joined: 2013"}),
    Row("coding_figure", INSIDE, of_study),
    Row("coding_file", INSIDE, of_file),
)
