"""Pages of market notes and of changes of practice."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.kernel.errors import InputError
from fondaco.markets import Note
from fondaco.reference import countries
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.markets import actions
from fondaco.web.markets.forms import NoteForm, PracticeForm
from fondaco.web.markets.models import MarketNote, Part, PracticeChange
from fondaco.workflows.ranking import change_of


def notes_for(seen: access.FirmAccess, market: str | None = None) -> QuerySet[MarketNote] | None:
    """Return the notes in use, of one market or of all; None for a supporter to whom they are not shown."""
    if seen.is_supporter and not access.shares(seen, Item.NOTES):
        return None
    held = MarketNote.objects.filter(firm=seen.firm, retired=None).select_related("by")
    return held.filter(market=market) if market else held


def notes_by_market(seen: access.FirmAccess) -> dict[str, list[Note]]:
    """Return the firm's notes by market, as the core knows them."""
    found: defaultdict[str, list[Note]] = defaultdict(list)
    for each in notes_for(seen) or ():
        found[each.market].append(each.note)
    return dict(found)


@login_required
@require_GET
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """All notes, those past their review first, and the log of changes of practice."""
    seen = access.firm_for(request.user, slug, shared=Item.NOTES)
    today = timezone.localdate()
    held = list(notes_for(seen) or ())
    context = {
        "access": seen,
        "firm": seen.firm,
        "today": today,
        "overdue": sorted((n for n in held if n.overdue(today)), key=lambda n: n.review_by),
        "fresh": [n for n in held if not n.overdue(today)],
        "changes": [
            {"change": change, **({} if seen.is_supporter else _before_and_after(seen, change))}
            for change in PracticeChange.objects.filter(firm=seen.firm, retired=None).select_related("by")
        ],
    }
    return render(request, "markets/notes.html", context)


def _before_and_after(seen: access.FirmAccess, change: PracticeChange) -> dict[str, Any]:
    """Return how orders came before and after a change (`fondaco.markets.changes`), or why nothing is told."""
    try:
        return {"told": change_of(seen.workspace, seen.firm.slug, change.day, market=change.market or None)}
    except InputError as error:
        return {"why": str(error)}


@login_required
@require_http_methods(["GET", "POST"])
def note_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a note; ``?market=KOR&part=customers`` say what about."""
    seen = access.firm_for(request.user, slug, need="write")
    today = timezone.localdate()
    about = request.GET.get("market", "")
    first = {
        "day": today,
        "market": about if countries.is_market(about) else "",
        "part": request.GET.get("part", Part.CUSTOMERS),
    }
    form = NoteForm(request.POST or None, today=today, initial=first)
    if request.method == "POST" and form.is_valid():
        note = actions.save_note(form.save(commit=False), firm=seen.firm, by=seen.user, now=timezone.now())
        messages.success(request, _("The note is kept."))
        return redirect("market", slug=slug, code=note.market)
    context = {"access": seen, "firm": seen.firm, "form": form, "note": None}
    return render(request, "markets/note.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def note_edit(request: HttpRequest, slug: str, note_id: int) -> HttpResponse:
    """Change a note, or look at it again and set a new day of review."""
    seen = access.firm_for(request.user, slug, need="write")
    note = get_object_or_404(MarketNote, pk=note_id, firm=seen.firm, retired=None)
    form = NoteForm(request.POST or None, today=timezone.localdate(), instance=note)
    if request.method == "POST" and form.is_valid():
        actions.save_note(form.save(commit=False), firm=seen.firm, by=seen.user, now=timezone.now())
        messages.success(request, _("The note is kept."))
        return redirect("market", slug=slug, code=note.market)
    context = {"access": seen, "firm": seen.firm, "form": form, "note": note}
    return render(request, "markets/note.html", context)


@login_required
@require_POST
def note_retire(request: HttpRequest, slug: str, note_id: int) -> HttpResponse:
    """Take a note out of use."""
    seen = access.firm_for(request.user, slug, need="write")
    note = get_object_or_404(MarketNote, pk=note_id, firm=seen.firm, retired=None)
    actions.retire_note(note, firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The note is out of use; it stays in the record."))
    return redirect("notes", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def practice_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Log a change of practice."""
    return _practice(request, slug, None)


@login_required
@require_http_methods(["GET", "POST"])
def practice_edit(request: HttpRequest, slug: str, change_id: int) -> HttpResponse:
    """Correct a change of practice."""
    return _practice(request, slug, change_id)


def _practice(request: HttpRequest, slug: str, change_id: int | None) -> HttpResponse:
    seen = access.firm_for(request.user, slug, need="write")
    held = None
    if change_id is not None:
        held = PracticeChange.objects.filter(pk=change_id, firm=seen.firm, retired=None).first()
        if held is None:
            raise Http404
    today = timezone.localdate()
    first = {} if held else {"day": today}
    form = PracticeForm(request.POST or None, today=today, instance=held, initial=first)
    if request.method == "POST" and form.is_valid():
        actions.save_change(form.save(commit=False), firm=seen.firm, by=seen.user, now=timezone.now())
        messages.success(request, _("The change is in the log."))
        return redirect("notes", slug=slug)
    context = {"access": seen, "firm": seen.firm, "form": form, "change": held}
    return render(request, "markets/practice.html", context)


@login_required
@require_POST
def practice_withdraw(request: HttpRequest, slug: str, change_id: int) -> HttpResponse:
    """Take a change of practice off the log."""
    seen = access.firm_for(request.user, slug, need="write")
    change = get_object_or_404(PracticeChange, pk=change_id, firm=seen.firm, retired=None)
    actions.withdraw_change(change, firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The change is off the log; it stays in the record."))
    return redirect("notes", slug=slug)
