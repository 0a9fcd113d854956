"""The log of quotations, the replies kept as sent, and cases that no file tells of, as core functions take them.

The log and the replies also for commands, from outside.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fondaco.desk.quotation import quotation_from
from fondaco.desk.quotation.log import Logged, Sent
from fondaco.workflows.inquiries import Met, met

if TYPE_CHECKING:
    from fondaco.web.accounts.access import FirmAccess
    from fondaco.web.inquiries.quotations.models import Quotation

#: Replies that drafts are taken from, the latest.
_MOST = 2000


def told_beside(seen: FirmAccess, key: str) -> list[dict[str, Any]]:
    """Return the case of a key where no file tells of it (typed in, sent by a program), as a row of the ledger's table."""
    from fondaco.web.inquiries.models import Case, Source
    from fondaco.web.inquiries.syncing import row_of

    case = Case.objects.filter(firm=seen.firm, key=key).first() if key else None
    return [row_of(case)] if case is not None and (case.source != Source.LEDGER or case.gone) else []


def met_by(seen: FirmAccess, key: str, now: datetime) -> Met | None:
    """Return a case by its key, whether a file tells of it or people; None where there is none, or no key."""
    return met(seen.workspace, seen.firm.slug, key, now, more=told_beside(seen, key)) if key else None


def log_of(slug: str) -> tuple[Logged, ...]:
    """Return a firm's quotations with the versions that were sent."""
    from fondaco.web.inquiries.quotations.models import Quotation

    held = Quotation.objects.filter(firm__slug=slug).prefetch_related("versions")
    return tuple(_logged(each) for each in held)


def _logged(each: Quotation) -> Logged:
    sent = tuple(
        Sent(quotation_from(version.content), version.sent)
        for version in each.versions.all()
        if version.sent is not None
    )
    return Logged(each.number, each.state, sent, each.kind, each.received, each.reason)  # type: ignore[arg-type]


def replies_of(slug: str) -> tuple[tuple[str, str, str], ...]:
    """Return case, text and language of the replies that were kept as sent, the latest."""
    from fondaco.web.inquiries.quotations.models import SentReply

    held = SentReply.objects.filter(firm__slug=slug).values_list("case", "text", "language")
    return tuple(held[:_MOST])


def log_for_commands(slug: str) -> tuple[Logged, ...]:
    """Return the log as commands reach it: Django is set up first; empty where the desk has no tables yet."""
    _set_up()
    from django.db import DatabaseError

    try:
        return log_of(slug)
    except DatabaseError:
        return ()


def replies_for_commands(slug: str) -> tuple[tuple[str, str, str], ...]:
    """Return the replies as commands reach them; none where the desk has no tables yet."""
    _set_up()
    from django.db import DatabaseError

    try:
        return replies_of(slug)
    except DatabaseError:
        return ()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fondaco.web.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
