"""Today, the firm's front page: the clock first, then what to do next, what stands still, and what waits in data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fondaco.reference.time_zones import time_there, zone
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm
from fondaco.web.data.models import JobState, UploadState
from fondaco.web.inquiries.models import Case
from fondaco.web.inquiries.syncing import want_if_stale as want_look
from fondaco.web.inquiries.views import home_zone
from fondaco.web.today import gathering
from fondaco.web.today.concluding import want_if_stale
from fondaco.web.today.models import Morning

#: Uploads and jobs that are named.
_NAMED = 20


@login_required
@require_GET
def today(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; asked by htmx, what may have changed since."""
    seen = access.firm_for(request.user, slug)
    context = work_of(seen, timezone.now())
    template = "today/live.html" if request.headers.get("HX-Request") else "today/today.html"
    with timezone.override(context["home_zone"]):
        return render(request, template, context | {"access": seen, "firm": seen.firm})


def work_of(seen: access.FirmAccess, now: datetime) -> dict[str, Any]:
    """Return what the page shows.  Nothing is concluded here: what is not there yet is asked of the worker."""
    firm, ours = seen.firm, home_zone(seen.firm)
    day = now.astimezone(zone(ours)).date()
    look = want_look(firm, now=now)
    # The look compared it already; asked here once more, since a look knows nothing of the day.
    fingerprint = seen.ledger.fingerprint()
    morning = want_if_stale(firm, fingerprint, day, now=now)
    return {
        "now": now, "day": day, "home_zone": ours, "look": look,
        "clock": gathering.clock_of(firm, ours, now=now, user=seen.user),
        "rates": rates_of(look.rates, day),
        "rows": [row_of(case, now) for case in gathering.next_cases(firm, now)],
        "actions": gathering.plan_due(firm, day),
        "dues": gathering.agreements_due(firm, day),
        "quotations": gathering.quotations_open(firm),
        "morning": morning, "facts": told_of(morning), "made_on": morning.day,
        "empty": not any(record.undone is None for record in seen.ledger.imports()),
        **_waits_in_data(firm),
    }  # fmt: skip


def _waits_in_data(firm: Firm) -> dict[str, Any]:
    running = firm.jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
    stopped = firm.jobs.filter(state=JobState.FAILED, upload__state=UploadState.WAITING)
    return {
        "waiting": firm.uploads.filter(state=UploadState.WAITING)[:_NAMED],
        "jobs": running.select_related("upload")[:_NAMED],
        "stopped": stopped.select_related("upload")[:5],
    }


def row_of(case: Case, now: datetime) -> dict[str, Any]:
    """Return a case as a row: with when an answer is due in words, and what time it is at the buyer's."""
    return {
        "case": case,
        "due": gathering.in_words(case.due, now),
        "late": case.due is not None and case.due < now,
        "soon": case.due is not None and now <= case.due < now + gathering.SOON,
        "there": time_there(case.market, now) if case.market else "",
    }


def rates_of(held: dict[str, Any], day: date) -> list[dict[str, Any]]:
    """Return the response rates by platform; `settled` where nothing done now can change tomorrow's."""
    found = []
    for name, rate in held.items():
        ahead = rate.get("tomorrow") or {}
        last = ahead.get("last")
        settled = last is not None and date.fromisoformat(last) < day
        shown = ahead if ahead.get("rate") is not None else rate
        found.append(
            {**shown, "name": name, "is_tomorrow": shown is ahead, "settled": settled and shown is ahead,
             "first_day": _day(shown.get("first")), "last_day": _day(shown.get("last"))}
        )  # fmt: skip
    return found


def told_of(morning: Morning) -> dict[str, Any]:
    """Return what was concluded, its days as days; empty where nothing was yet."""
    facts = dict(morning.facts)
    if not facts:
        return {}
    facts["until"] = _day(facts["until"])
    facts["single"] = [{**each, "last": _day(each["last"])} for each in facts["single"]]
    if facts["trial"]:
        facts["trial"] = {**facts["trial"], "until": _day(facts["trial"]["until"])}
    return facts


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
