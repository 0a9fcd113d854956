"""What waits for a firm today, from stored columns alone: counts, the next cases, the plan, agreements.

The number of statements sent to the database does not grow with cases or buyers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fondaco.reference.time_zones import zone
from fondaco.relationships.agreements import due as due_of
from fondaco.web.accounts.models import Firm, User
from fondaco.web.inquiries.listing import WAITS, is_long_past
from fondaco.web.inquiries.models import Case
from fondaco.web.inquiries.quotations.models import Quotation, State
from fondaco.web.relationships.models import Agreement
from fondaco.web.strategy.models import PlanLine, PlanVersion, Status

#: Cases, actions and agreements that are named.
NEXT = 10
#: What is due within so long is due at once.
SOON = timedelta(hours=2)
#: An action of the plan is due from so many days before on.
PLAN_AHEAD = 3
#: Agreements of a firm that are looked at.
AGREEMENTS = 500


@dataclass(frozen=True)
class Clock:
    """How many cases wait, of them late, due within `SOON`, due later on the firm's own day, and not looked at yet.

    `past` have waited for over a month and are counted apart, so that what can still be answered is seen.
    `fresh` came in during the last 24 hours, `mine` are those that the person answers;
    `first` is the earliest time that an answer is due, of those that are not late.
    """

    waiting: int
    late: int
    soon: int
    today: int
    unjudged: int
    fresh: int
    mine: int
    past: int
    first: datetime | None


def clock_of(firm: Firm, home_zone: str, *, now: datetime, user: User | None = None) -> Clock:
    """Return the firm's clock at a moment."""
    ends = midnight_after(now, home_zone)
    past = is_long_past(now)
    found: dict[str, Any] = Case.objects.filter(firm=firm, waits__in=WAITS).aggregate(
        waiting=Count("pk", filter=~past),
        past=Count("pk", filter=past),
        late=Count("pk", filter=Q(due__lt=now) & ~past),
        soon=Count("pk", filter=Q(due__gte=now, due__lt=now + SOON)),
        today=Count("pk", filter=Q(due__gte=now + SOON, due__lt=max(ends, now + SOON))),
        unjudged=Count("pk", filter=Q(due=None)),
        fresh=Count("pk", filter=Q(received__gte=now - timedelta(days=1))),
        mine=Count("pk", filter=Q(owner_id=user.pk) & ~past if user else Q(pk=None)),
        first=Min("due", filter=Q(due__gte=now)),
    )
    return Clock(**found)


def midnight_after(now: datetime, home_zone: str) -> datetime:
    """Return when the firm's day ends."""
    local = now.astimezone(zone(home_zone))
    return datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo)


def next_cases(firm: Firm, now: datetime) -> list[Case]:
    """Return the cases that wait, not for longer than a month, and come first in the order of work."""
    held = Case.objects.filter(~is_long_past(now), firm=firm, waits__in=WAITS).select_related("owner")
    held = held.defer("message", "words", "note_words", "conclusion", "cleared", "assumed")
    return list(held.order_by("position", "due", "-received", "pk")[:NEXT])


def plan_due(firm: Firm, today: date) -> list[PlanLine]:
    """Return the actions of the newest plan whose day is near or past and that are not done, the earliest first."""
    newest = PlanVersion.objects.filter(plan__firm=firm).order_by("-number").values("pk")[:1]
    held = PlanLine.objects.filter(version__in=newest, due__lte=today + timedelta(days=PLAN_AHEAD))
    return list(held.exclude(status__in=(Status.DONE, Status.DROPPED)).order_by("due", "order", "pk")[:NEXT])


def agreements_due(firm: Firm, today: date) -> list[dict[str, Any]]:
    """Return the standing agreements whose due day is near or past, the earliest first (F91)."""
    found: list[dict[str, Any]] = []
    for each in Agreement.objects.filter(firm=firm, ended=None).prefetch_related("days")[:AGREEMENTS]:
        told = due_of(each.terms, {day.due for day in each.days.all()}, today, each.ahead)
        if told.state in ("late", "soon"):
            found.append({"agreement": each, "due": told})
    return sorted(found, key=lambda row: row["due"].day)[:NEXT]


def quotations_open(firm: Firm) -> dict[str, int]:
    """Return how many quotations are drafts, and how many the buyer has not decided on."""
    return Quotation.objects.filter(firm=firm).aggregate(
        drafts=Count("pk", filter=Q(state=State.DRAFT)), sent=Count("pk", filter=Q(state=State.SENT))
    )


def in_words(due: datetime | None, now: datetime) -> str:
    """Say how long there is until an answer is due, or for how long it has been late; rounded down.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    >>> in_words(datetime(2026, 11, 30, 9, 40, tzinfo=UTC), now), in_words(datetime(2026, 11, 28, 8, tzinfo=UTC), now)
    ('in 40 min', 'late by 2 days')
    """
    if due is None:
        return _("not looked at yet")
    span = _span(abs(due - now))
    return _("late by %(span)s") % {"span": span} if due < now else _("in %(span)s") % {"span": span}


def _span(apart: timedelta) -> str:
    minutes = int(apart.total_seconds() // 60)
    if minutes < 90:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
