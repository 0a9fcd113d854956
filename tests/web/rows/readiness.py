"""Readiness: its state, the questions, links to them, answers brought in."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, OWN, READ, WRITE, Row, of_firm

from fondaco.web.readiness import actions
from fondaco.web.readiness.models import AnswerDraft


def prepare(town: Town) -> dict[str, Any]:
    """A link that can be answered by, whenever the tests run."""
    from django.utils import timezone

    link, token = actions.make_link(
        town.anchor, informant="Sales", department="sales", form="short", markets=["DEU"], language="en", days=14,
        by=town.alice, now=timezone.now(),
    )  # fmt: skip
    assert link.made > NOW
    AnswerDraft.objects.create(firm=town.anchor, user=town.bob, values={"RO1": "5"}, saved=NOW)
    return {"link": link.pk, "token": token}


def of_link(made: Any) -> dict[str, object]:
    return {**of_firm(made), "link_id": made.more["readiness"]["link"]}


def of_token(made: Any) -> dict[str, object]:
    return {"token": made.more["readiness"]["token"]}


ROWS = (
    Row("readiness", READ, of_firm),
    Row("readiness_json", READ, of_firm),
    Row("readiness_pdf", READ, of_firm),
    Row("readiness_csv", READ, of_firm, note="?what=answers asks for an owner: see test_readiness"),
    Row("readiness_import", (IN, 404, 403, 400, 400, 404), of_firm, {}, note="400: no file was sent"),
    Row("readiness_forget", (IN, 404, 403, 403, 302, 404), of_firm, {"informant": "nobody"}),
    Row("readiness_fill", WRITE, of_firm),
    Row("readiness_fill", (IN, 404, 403, 302, 302, 404), of_firm, {"q-RO1": "5", "send": "1"}),
    Row("readiness_links", OWN, of_firm),
    Row(
        "readiness_links", OWN, of_firm, {"informant": "Anna", "form": "short", "language": "it", "days": "7"}
    ),
    Row("readiness_link_revoke", (IN, 404, 403, 403, 302, 404), of_link, {}),
    Row("readiness_public", (200,) * 6, of_token, note="the token is the permission"),
    Row("readiness_public", (200,) * 6, of_token, {"q-RO1": "5", "save": "1"}),
)
