"""The page Plan: today's proposal or the newest version, its conflicts, its lines; versions and comparisons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fondaco.strategy.plan.comparing import difference
from fondaco.strategy.plan.lines import Line, lines_of
from fondaco.strategy.rules import rule
from fondaco.web.accounts import access
from fondaco.web.desk.numbers import number_of
from fondaco.web.strategy import actions
from fondaco.web.strategy.models import Part, Plan, PlanVersion
from fondaco.web.strategy.plan_forms import AgreeForm
from fondaco.workflows.aftermath import aftermath_of
from fondaco.workflows.plan import is_ready, plan_of
from fondaco.workflows.plan_swot import plan_swot_of


def today_of(seen: access.FirmAccess) -> Mapping[str, Any]:
    """Return today's proposal as JSON that a database takes: PostgreSQL's knows no zero character."""
    said = plan_of(seen.workspace, seen.firm.slug, timezone.localdate()).to_json()
    held: dict[str, Any] = json.loads(json.dumps(said, default=str).replace("\\u0000", ""))
    return held


def version_of(seen: access.FirmAccess, number: int | None = None) -> PlanVersion | None:
    """Return a version of the firm's plan, the newest if no number is said; None where there is no plan yet."""
    versions = PlanVersion.objects.filter(plan__firm=seen.firm).select_related("plan", "by", "agreed_by")
    if number is None:
        return versions.first()
    return get_object_or_404(versions, number=number)


def lines_with_comments(version: PlanVersion) -> tuple[Line, ...]:
    """Return a version's lines as the core knows them, each with what people said of it."""
    said: dict[str, list[str]] = {}
    for each in version.plan.comments.select_related("by"):
        said.setdefault(each.key, []).append(f"{each.by or '—'}: {each.text}")
    return tuple(replace(held.line, comments=tuple(said.get(held.key, ()))) for held in version.lines.all())


@login_required
@require_GET
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest version, or today's proposal where no plan was begun."""
    seen = access.firm_for(request.user, slug)
    version = version_of(seen)
    if version is None and (wait := _wait(request, seen)):
        return wait
    proposal = version.proposal if version else today_of(seen)
    return render(request, "strategy/plan.html", _page(seen, version, proposal))


def _wait(request: HttpRequest, seen: access.FirmAccess) -> HttpResponse | None:
    """Return a page that waits for today's proposal; None where it is at hand, or somebody asks to wait here (``now=1``)."""
    if request.GET.get("now") == "1" or is_ready(seen.workspace, seen.firm.slug, timezone.localdate()):
        return None
    return render(request, "strategy/plan_wait.html", {"access": seen, "firm": seen.firm})


@login_required
@require_GET
def plan_work(request: HttpRequest, slug: str) -> HttpResponse:
    """Work today's proposal out; the page that waits for it then shows it."""
    seen = access.firm_for(request.user, slug)
    today_of(seen)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@login_required
@require_GET
def plan_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version as it was; the newest leads to the plan's page."""
    seen = access.firm_for(request.user, slug)
    version = version_of(seen, number)
    newest = version_of(seen)
    if version is None or newest is None:
        raise Http404
    if version.number == newest.number:
        return redirect("plan", slug=slug)
    return render(request, "strategy/plan.html", {**_page(seen, version, version.proposal), "old": True})


def _page(
    seen: access.FirmAccess, version: PlanVersion | None, proposal: Mapping[str, Any]
) -> dict[str, Any]:
    held = list(version.lines.select_related("by")) if version else []
    today = timezone.localdate()
    review = today + timedelta(days=int(rule("plan/review").threshold("days").value))
    counted: dict[str, int] = {}
    for key in version.plan.comments.values_list("key", flat=True) if version else ():
        counted[key] = counted.get(key, 0) + 1
    advised = lines_of(proposal) if version is None else ()
    parts = [
        {
            "name": part.value,
            "label": part.label,
            "says": proposal["parts"][part.value]["says"],
            "unknown": proposal["parts"][part.value]["unknown"],
            "lines": [
                {"held": each, "said": each.line, "comments": counted.get(each.key, 0)}
                for each in held
                if each.part == part
            ]
            or [{"held": None, "said": line} for line in advised if line.part == part],
        }
        for part in Part
    ]
    return {
        "access": seen,
        "firm": seen.firm,
        "version": version,
        "versions": list(version.plan.versions.all()[:50]) if version else [],
        "proposal": proposal,
        "parts": parts,
        "stops": sum(each["severity"] == "stop" for each in proposal["conflicts"]),
        "texts": {line.key: line.text for line in (*(each.line for each in held), *advised)},
        "due_again": bool(version and version.review and version.review <= today),
        "agree": AgreeForm(stops=bool(version and version.stops), first=review),
        "today": today,
    }


@login_required
@require_POST
def plan_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start the plan from today's proposal, or make its next version."""
    seen = access.firm_for(request.user, slug, need="write")
    version = actions.start(seen.firm, today_of(seen), by=seen.user, now=timezone.now())
    messages.success(
        request,
        _("The plan is begun. Edit its lines, then agree to it.")
        if version.number == 1
        else _("Version %(number)s is made; what people wrote is kept.") % {"number": version.number},
    )
    return redirect("plan", slug=slug)


@login_required
@require_POST
def plan_agree(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree to the version that was seen; where a newer one has come meanwhile, that is told instead."""
    seen = access.firm_for(request.user, slug, need="write")
    version = version_of(seen, number_of(request.POST.get("version")))
    if version is None:
        raise Http404
    form = AgreeForm(request.POST, stops=bool(version.stops))
    if not form.is_valid():
        context = {**_page(seen, version, version.proposal), "agree": form}
        return render(request, "strategy/plan.html", context, status=400)
    actions.agree(
        version, review=form.cleaned_data["review"], in_spite=form.cleaned_data.get("in_spite", ""),
        firm=seen.firm, by=seen.user, now=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("Agreed. Set the status of a line when something is done."))
    return redirect("plan", slug=slug)


@login_required
@require_GET
def plan_swot(request: HttpRequest, slug: str) -> HttpResponse:
    """Strengths, weaknesses, opportunities and threats: fetched by the plan's page, or a page of its own."""
    seen = access.firm_for(request.user, slug)
    context = {
        "access": seen,
        "firm": seen.firm,
        "swot": plan_swot_of(seen.workspace, slug, timezone.localdate()),
    }
    within = request.htmx  # type: ignore[attr-defined]
    return render(request, "strategy/swot.html" if within else "strategy/plan_swot.html", context)


@login_required
@require_GET
def plan_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions beside each other: ``?from=1&to=2``; without ``to``, today's proposal."""
    seen = access.firm_for(request.user, slug)
    held = Plan.objects.filter(firm=seen.firm).first()
    if held is None or held.newest is None:
        raise Http404
    numbers = [number_of(request.GET.get(name)) for name in ("from", "to")]
    before = version_of(seen, numbers[0] or held.newest.number)
    after = version_of(seen, numbers[1]) if numbers[1] else None
    if before is None:
        raise Http404
    if after is None and (wait := _wait(request, seen)):
        return wait
    proposal = after.proposal if after else today_of(seen)
    lines: Sequence[Line] = [each.line for each in after.lines.all()] if after else lines_of(proposal)
    found = difference([each.line for each in before.lines.all()], lines, (before.proposal, proposal))
    context = {
        "access": seen, "firm": seen.firm, "before": before, "after": after, "found": found,
        "versions": list(held.versions.all()[:50]),
    }  # fmt: skip
    return render(request, "strategy/plan_compare.html", context)


@login_required
@require_GET
def plan_since(request: HttpRequest, slug: str) -> HttpResponse:
    """What happened since a version was made (or agreed): ``?version=2``; the newest agreed one otherwise."""
    seen = access.firm_for(request.user, slug)
    number = number_of(request.GET.get("version"))
    agreed = PlanVersion.objects.filter(plan__firm=seen.firm, agreed__isnull=False).first()
    version = version_of(seen, number) if number else agreed or version_of(seen)
    if version is None:
        raise Http404
    since = timezone.localtime(version.agreed or version.made).date()
    told = aftermath_of(
        seen.workspace, slug, since, proposal=version.proposal, lines=[each.line for each in version.lines.all()],
        today=timezone.localdate(),
    )  # fmt: skip
    context = {"access": seen, "firm": seen.firm, "version": version, "told": told}
    return render(request, "strategy/plan_since.html", context)
