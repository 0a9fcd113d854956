"""What people keep of buyers, as the core has it, and in the file that the command line and the stages read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from fondaco.web.accounts.access import workspace
from fondaco.web.accounts.models import Firm
from fondaco.web.relationships.models import Agreement, Conflict, Step
from fondaco.workflows import desk_log


def step_of(step: Step) -> desk_log.Step:
    """Return a step as the core has it."""
    outcomes: list[Any] = [
        {"day": said.day, "ended": said.ended, "why": said.why} for said in step.outcomes.all()
    ]
    return desk_log.Step(
        number=step.pk, buyer=step.buyer, day=step.day, kind=step.kind, what=step.what, channel=step.channel,
        exchanges=step.exchanges, outcomes=tuple(outcomes),
    )  # fmt: skip


def agreement_of(agreement: Agreement) -> desk_log.Agreement:
    """Return a standing agreement as the core has it."""
    days = agreement.days.all()
    return desk_log.Agreement(
        number=agreement.pk, buyer=agreement.buyer, what=agreement.what, first=agreement.first, months=agreement.months,
        until=agreement.until, made=agreement.made, ended=agreement.ended and agreement.ended.date(),
        days=tuple(desk_log.Settled(due=day.due, done=day.done, note=day.note) for day in days),
    )  # fmt: skip


def conflict_of(conflict: Conflict) -> desk_log.Conflict:
    """Return a conflict as the core has it."""
    entries = conflict.entries.all()
    return desk_log.Conflict(
        number=conflict.pk, day=conflict.day, kind=conflict.kind, what=conflict.what, channels=conflict.channels,
        market=conflict.market,
        entries=tuple(desk_log.Entry(day=e.day, handled=e.handled, ended=e.ended) for e in entries),
    )  # fmt: skip


def write_log(firm: Firm) -> None:
    """Write what people keep of the firm's buyers to its file."""

    def rows() -> Iterable[Any]:
        yield from map(step_of, Step.objects.filter(firm=firm).prefetch_related("outcomes"))
        yield from map(agreement_of, Agreement.objects.filter(firm=firm).prefetch_related("days"))
        yield from map(conflict_of, Conflict.objects.filter(firm=firm).prefetch_related("entries"))

    desk_log.keep_log(workspace(), firm.slug, rows)


def then_write(firm: Firm) -> None:
    """Write the file once the change is committed."""
    transaction.on_commit(lambda: write_log(firm))
