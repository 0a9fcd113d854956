"""Editing the plan's lines: on a page of its own, or within the plan's page where there is script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fondaco.kernel.errors import Refused
from fondaco.web.accounts import access
from fondaco.web.strategy import actions
from fondaco.web.strategy.actions import EditedMeanwhile
from fondaco.web.strategy.models import PlanLine
from fondaco.web.strategy.plan import version_of
from fondaco.web.strategy.plan_forms import CommentForm, LineForm, OwnLineForm


def _line(seen: access.FirmAccess, line_id: int) -> PlanLine:
    lines = PlanLine.objects.select_related("version__plan", "by")
    return get_object_or_404(lines, pk=line_id, version__plan__firm=seen.firm)


@login_required
@require_http_methods(["GET", "POST"])
def plan_line(request: HttpRequest, slug: str, line_id: int) -> HttpResponse:
    """A line: its form, what was said about it, and what it said before."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    line = _line(seen, line_id)
    if request.method == "GET":
        return _shown(request, seen, line, LineForm.of(line))
    form = LineForm(request.POST)
    if not form.is_valid():
        return _shown(request, seen, line, form, status=400)
    try:
        changed = actions.edit(
            line, form.wording, seen=form.cleaned_data["revision"], firm=seen.firm, by=seen.user,
            now=timezone.now(),
        )  # fmt: skip
    except EditedMeanwhile as error:
        # The form keeps what was written, and now speaks of the revision that is shown beside it.
        again = LineForm({**request.POST.dict(), "revision": error.theirs.revision})
        return _shown(request, seen, error.theirs, again, meanwhile=error, status=409)
    except Refused as error:
        form.add_error(None, str(error))
        return _shown(request, seen, line, form, status=409)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "strategy/plan_line_row.html", _row(seen, changed))
    messages.success(request, _("The line is kept."))
    return redirect("plan", slug=slug)


def _shown(
    request: HttpRequest,
    seen: access.FirmAccess,
    line: PlanLine,
    form: LineForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    newest = version_of(seen)
    context = {
        "access": seen,
        "firm": seen.firm,
        "line": line,
        "said": line.line,
        "form": form,
        "comment_form": CommentForm(),
        "comments": line.version.plan.comments.filter(key=line.key).select_related("by"),
        "edits": line.edits.select_related("by"),
        "open": seen.can_write and newest is not None and newest.pk == line.version_id,
        **more,
    }
    htmx = request.htmx and request.GET.get("within")  # type: ignore[attr-defined]
    # What htmx puts into the page must come with 200: it leaves other answers out.
    name = "strategy/plan_line_form.html" if htmx else "strategy/plan_line.html"
    return render(request, name, context, status=200 if htmx else status)


def _row(seen: access.FirmAccess, line: PlanLine) -> dict[str, Any]:
    count = line.version.plan.comments.filter(key=line.key).count()
    return {
        "access": seen,
        "firm": seen.firm,
        "version": line.version,
        "held": line,
        "said": line.line,
        "comments": count,
    }


@login_required
@require_POST
def plan_comment(request: HttpRequest, slug: str, line_id: int) -> HttpResponse:
    """Say something about a line."""
    seen = access.firm_for(request.user, slug, need="write")
    line, form = _line(seen, line_id), CommentForm(request.POST)
    if not form.is_valid():
        return _shown(request, seen, line, LineForm.of(line), status=400, comment_form=form)
    actions.comment(line, form.cleaned_data["text"], firm=seen.firm, by=seen.user, now=timezone.now())
    return redirect("plan_line", slug=slug, line_id=line_id)


@login_required
@require_POST
def plan_move(request: HttpRequest, slug: str, line_id: int) -> HttpResponse:
    """Move a line up or down within its part."""
    seen = access.firm_for(request.user, slug, need="write")
    up = request.POST.get("to") == "up"
    actions.move(_line(seen, line_id), up, firm=seen.firm, by=seen.user, now=timezone.now())
    return redirect("plan", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def plan_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a line of one's own."""
    seen = access.firm_for(request.user, slug, need="write")
    version = version_of(seen)
    if version is None:
        raise Http404
    form = OwnLineForm(request.POST or None, initial={"part": request.GET.get("part", "promotion")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.add(
            version, said["part"], said["text"].strip(), said["owner"].strip(), said["due"], firm=seen.firm,
            by=seen.user, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The line is in the plan."))
        return redirect("plan", slug=slug)
    context = {"access": seen, "firm": seen.firm, "form": form, "version": version}
    return render(request, "strategy/plan_add.html", context)
