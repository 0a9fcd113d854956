"""Pages of conflicts between channels, and of advantages that learning was turned into."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.web.accounts import access
from fondaco.web.desk.forms import kept
from fondaco.web.relationships import actions
from fondaco.web.relationships.forms import AdvantageForm, ConflictForm, EntryForm, WhyForm
from fondaco.web.relationships.models import Advantage, AdvantageKind, Conflict


@login_required
@require_GET
def conflicts(request: HttpRequest, slug: str) -> HttpResponse:
    """The log: those that go on first, then how the others ended."""
    seen = access.firm_for(request.user, slug)
    held = list(Conflict.objects.filter(firm=seen.firm).select_related("by").prefetch_related("entries"))
    context = {
        "access": seen,
        "firm": seen.firm,
        "open": [each for each in held if each.is_open],
        "ended": [each for each in held if not each.is_open],
    }
    return render(request, "relationships/conflicts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def conflict_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Log a conflict."""
    seen = access.firm_for(request.user, slug, need="write")
    today = timezone.localdate()
    form = ConflictForm(request.POST or None, today=today, initial={"day": today})
    if made := kept(request, seen, form, actions.log_conflict, _("The conflict is in the log.")):
        return redirect("conflict", slug=slug, conflict_id=made.pk)
    context = {"access": seen, "firm": seen.firm, "form": form}
    return render(request, "relationships/conflict_new.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, slug: str, conflict_id: int) -> HttpResponse:
    """A conflict with all that was done about it; who may write adds to it."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    held = get_object_or_404(Conflict.objects.select_related("by"), pk=conflict_id, firm=seen.firm)
    today = timezone.localdate()
    form = EntryForm(request.POST or None, today=today, initial={"day": today})
    act = partial(actions.handle_conflict, held)
    if kept(request, seen, form, act, _("Kept; what was said before stays."), at="day"):
        return redirect("conflict", slug=slug, conflict_id=held.pk)
    context = {
        "access": seen,
        "firm": seen.firm,
        "conflict": held,
        "entries": held.entries.select_related("by"),
        "form": form,
    }
    return render(request, "relationships/conflict.html", context)


@login_required
@require_GET
def advantages(request: HttpRequest, slug: str) -> HttpResponse:
    """Advantages by kind, with their evidence."""
    seen = access.firm_for(request.user, slug)
    held = list(Advantage.objects.filter(firm=seen.firm).select_related("by", "change", "partner"))
    context = {
        "access": seen,
        "firm": seen.firm,
        "groups": [
            {"kind": label, "held": [a for a in held if a.kind == kind and a.retired is None]}
            for kind, label in AdvantageKind.choices
        ],
        "retired": [each for each in held if each.retired is not None],
    }
    return render(request, "relationships/advantages.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def advantage_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Log an advantage."""
    seen = access.firm_for(request.user, slug, need="write")
    today = timezone.localdate()
    form = AdvantageForm(request.POST or None, today=today, firm=seen.firm, initial={"day": today})
    if kept(request, seen, form, actions.log_advantage, _("The advantage is on record.")):
        return redirect("advantages", slug=slug)
    context = {"access": seen, "firm": seen.firm, "form": form}
    return render(request, "relationships/advantage_new.html", context)


@login_required
@require_POST
def advantage_retire(request: HttpRequest, slug: str, advantage_id: int) -> HttpResponse:
    """Say that an advantage is none any more."""
    seen = access.firm_for(request.user, slug, need="write")
    held = get_object_or_404(Advantage, pk=advantage_id, firm=seen.firm)
    form = WhyForm(request.POST)
    if form.is_valid():
        actions.retire_advantage(
            held, form.cleaned_data["why"], firm=seen.firm, by=seen.user, now=timezone.now()
        )
        messages.success(request, _("It is none any more; it stays in the record."))
    else:
        messages.error(request, _("Say why it is none any more."))
    return redirect("advantages", slug=slug)
