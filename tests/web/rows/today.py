"""The permission table of Today and of what is sent by mail: who may look at the firm may look, and wishes for themselves."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, READ, Row, of_firm

from fondaco.web.today import actions
from fondaco.web.today.composing import token_of

_KEPT = (IN, 404, 302, 302, 302, 404)


def prepare(town: Town) -> dict[str, int | object]:
    """Let a member wish for a digest."""
    wish = actions.wish(town.anchor, town.bob, 7, 2, site="http://testserver/", now=NOW)
    return {"token": token_of(wish)}


def of_wish(made: Any) -> dict[str, object]:
    return {"token": made.more["today"]["token"]}


ROWS = (
    Row("glance", READ, of_firm),
    Row("digest", READ, of_firm),
    Row("digest", _KEPT, of_firm, {"hour": "7", "ahead": "2"}),
    Row("digest_stop", (200,) * 6, of_wish, note="the token is the permission"),
    Row("digest_stop", (200,) * 6, of_wish, {}, note="the token is the permission"),
)
