"""Who gets what at the addresses of buyers: names of buyers are for the firm's own people only."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import NOW, Town
from tests.web.table import IN, READ, WRITE, Row, of_firm

from fondaco.ledger import Workspace
from fondaco.web.accounts import access
from fondaco.web.relationships import actions
from fondaco.web.relationships.models import (
    Advantage,
    Agreement,
    AgreementDay,
    Conflict,
    ConflictEntry,
    Step,
    StepOutcome,
)
from fondaco.workflows.buyer_book import mark_of
from fondaco.workflows.buyers import records_of

_DONE = (IN, 404, 403, 302, 302, 404)
_DAY = "2026-01-10"
STEP: dict[str, object] = {
    "kind": "sample",
    "day": _DAY,
    "what": "Six tins",
    "channel": "",
    "cost": "12.50",
    "currency": "GBP",
}
AGREEMENT: dict[str, object] = {"what": "A crate", "first": _DAY, "months": "3", "until": "", "ahead": "14"}
CONFLICT: dict[str, object] = {
    "day": _DAY,
    "kind": "price",
    "what": "Seen cheaper",
    "channels": "Amazon and Alibaba",
    "market": "",
}
ADVANTAGE: dict[str, object] = {
    "day": _DAY,
    "kind": "offer",
    "learned": "They want tins.",
    "made_of_it": "Tins.",
    "evidence": "T-9",
}


def prepare(town: Town) -> dict[str, Any]:
    """Make one of each, of the buyer c-1 of Anchor Teas."""
    workspace: Workspace = access.workspace()
    records = records_of(workspace, "anchor-teas")["id"].to_list()
    first, second = records[0], records[1]
    ruling = actions.decide(
        workspace, town.anchor, "later", first, second, "The name differs.", by=town.alice, now=NOW
    )
    day = NOW.date()
    by: dict[str, Any] = {"firm": town.anchor, "by": town.alice, "now": NOW}
    step = actions.log_step(Step(buyer=first, kind="call", day=day, what="Talked"), **by)
    StepOutcome.objects.create(step=step, day=day, ended="kept", why="They ordered.", by=town.alice, made=NOW)
    agreement = actions.agree(Agreement(buyer=first, what="Tea", first=day, months=1, ahead=14), **by)
    due = day.replace(month=4)
    AgreementDay.objects.create(agreement=agreement, due=due, note="A day late", by=town.alice, made=NOW)
    conflict = actions.log_conflict(
        Conflict(day=day, kind="other", what="Two prices", channels="Shop and fair"), **by
    )
    ConflictEntry.objects.create(conflict=conflict, day=day, handled="Asked them", by=town.alice, made=NOW)
    return {
        "mark": mark_of(first),
        "other": mark_of(second),
        "number": ruling.number,
        "step": step.pk,
        "agreement": agreement.pk,
        "conflict": conflict.pk,
        "advantage": actions.log_advantage(
            Advantage(day=day, kind="links", learned="Who imports", made_of_it="A contact", evidence="Card"),
            **by,
        ).pk,
    }


def _with(name: str, key: str) -> Any:
    return lambda made: {**of_firm(made), key: made.more["relationships"][name]}


of_mark = _with("mark", "mark")
of_step, of_agreement = _with("step", "step_id"), _with("agreement", "agreement_id")
of_conflict, of_advantage = _with("conflict", "conflict_id"), _with("advantage", "advantage_id")

ROWS = (
    Row("buyers", READ, of_firm),
    Row("buyers_work", (IN, 404, 204, 204, 204, 404), of_firm),
    Row("buyers_csv", READ, of_firm),
    Row("buyer", READ, of_mark),
    Row("buyer_of_case", READ, lambda made: {**of_firm(made), "case_id": made.more["inquiries"]["case"]}, note="the page that waits for the book"),
    Row("buyer_keep", _DONE, of_mark, {"who": ""}),
    Row("same_buyers", READ, of_firm),
    Row("same_decide", (IN, 404, 403, 404, 404, 404), of_firm, {"left": "x", "right": "y", "verdict": "one"}, note="404: no such records"),
    Row("same_undo", _DONE, _with("number", "number"), {}),
    Row("funnel", READ, of_firm),
    Row("onwards_json", READ, lambda made: {**of_firm(made), "stage": "commitment"}),
    Row("step_new", WRITE, of_mark),
    Row("step_new", _DONE, of_mark, STEP),
    Row("step", READ, of_step),
    Row("step", _DONE, of_step, {"ended": "kept", "day": "2026-03-02", "why": ""}),
    Row("agreement_new", WRITE, of_mark),
    Row("agreement_new", _DONE, of_mark, AGREEMENT),
    Row("agreement", READ, of_agreement),
    Row("agreement", (IN, 404, 403, 302, 302, 404), of_agreement, {"due": NOW.date().isoformat(), "done": "yes"}),
    Row("agreement_end", _DONE, of_agreement, {"why": "They moved."}),
    Row("conflicts", READ, of_firm),
    Row("conflict_new", WRITE, of_firm),
    Row("conflict_new", _DONE, of_firm, CONFLICT),
    Row("conflict", READ, of_conflict),
    Row("conflict", _DONE, of_conflict, {"day": "2026-03-02", "handled": "Same price now", "ended": ""}),
    Row("advantages", READ, of_firm),
    Row("advantage_new", WRITE, of_firm),
    Row("advantage_new", _DONE, of_firm, ADVANTAGE),
    Row("advantage_retire", _DONE, of_advantage, {"why": "Everybody has tins."}),
)  # fmt: skip
