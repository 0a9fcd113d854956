"""The page *The same buyer?*: pairs of which the model is not sure, side by side, and what was decided of buyers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fondaco.kernel.errors import InputError
from fondaco.relationships.identity import Candidate, standing
from fondaco.relationships.identity.rulings import Verdict
from fondaco.web.accounts import access
from fondaco.web.desk.numbers import number_of
from fondaco.web.relationships import actions
from fondaco.web.relationships.buyers import wait_for
from fondaco.workflows.buyer_book import Book, book_of, mark_of
from fondaco.workflows.buyers import buyers_of
from fondaco.workflows.rulings import rulings_of
from fondaco.workflows.unsure import unsure_of

#: Pairs and decisions on a page.
PAIRS, DECISIONS = 10, 30
#: Fewer bits than that say next to nothing.
LITTLE = 0.5
#: What each field of a comparison is called.
_FIELDS = ("platform", "mark", "name", "company", "country")
_VERDICTS: dict[str, Verdict] = {"one": "one", "two": "two", "later": "later"}


@login_required
@require_GET
def same_buyers(request: HttpRequest, slug: str) -> HttpResponse:
    """The queue, and the decisions with their undoing."""
    seen = access.firm_for(request.user, slug)
    if wait := wait_for(request, seen):
        return wait
    found = unsure_of(seen.workspace, slug)
    book = book_of(seen.workspace, slug, timezone.localdate())
    page = number_of(request.GET.get("page")) or 1
    part = found.pairs[(page - 1) * PAIRS : page * PAIRS]
    held = rulings_of(seen.workspace, slug)
    holds = {each.number for each in standing(held)}
    waiting = {each.number for each in buyers_of(seen.workspace, slug).waiting} if held else set()
    undone = {each.undoes for each in held if each.verdict == "undo"}
    context = {
        "access": seen,
        "firm": seen.firm,
        "pairs": [_shown(pair, book, pair_key(pair) in found.later) for pair in part],
        "total": len(found.pairs),
        "page": page,
        "more": page * PAIRS < len(found.pairs),
        "basis": found.basis,
        "decisions": [
            {
                "row": each, "left": _cells(each.left), "right": _cells(each.right), "holds": each.number in holds,
                "waits": each.number in waiting, "can_undo": each.number in holds,
                "undone": each.number in undone and each.number not in holds,
            }
            for each in reversed(held[-DECISIONS:])
        ],
        "older": max(len(held) - DECISIONS, 0),
    }  # fmt: skip
    return render(request, "relationships/same_buyers.html", context)


def pair_key(pair: Candidate) -> frozenset[str]:
    """Return a pair without its order."""
    return frozenset((str(pair.left), str(pair.right)))


def _shown(pair: Candidate, book: Book, later: bool) -> dict[str, Any]:
    sides = [
        {"record": record, "mark": mark_of(record), "cells": _cells(record), "line": book.of_record(record)}
        for record in (str(pair.left), str(pair.right))
    ]
    factors = [
        {
            "factor": factor,
            "side": "" if abs(factor.bits) < LITTLE else "for" if factor.bits > 0 else "against",
            "times": round(2 ** abs(factor.bits)),
        }
        for factor in pair.factors
        if factor.field != "start"
    ]
    start = next((factor for factor in pair.factors if factor.field == "start"), None)
    return {
        "pair": pair,
        "sides": sides,
        "factors": factors,
        "rare": None if start is None else round(2 ** -min(start.bits, 0)),
        "later": later,
    }


def _cells(record: str) -> dict[str, str]:
    return dict(zip(_FIELDS, (*record.split("\t"), "", "", "", "", "")[:5], strict=True))


@login_required
@require_POST
def same_decide(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide of two records; they are named by their marks."""
    seen = access.firm_for(request.user, slug, need="write")
    verdict = _VERDICTS.get(request.POST.get("verdict", ""))
    held = buyers_of(seen.workspace, slug).buyers
    records = {mark_of(record): record for each in held for record in map(str, each.records)}
    left, right = (records.get(request.POST.get(name, "")) for name in ("left", "right"))
    if left is None or right is None:
        raise Http404
    if verdict is None:
        raise InputError(_("Say whether they are one buyer, two, or to be looked at later."))
    actions.decide(
        seen.workspace, seen.firm, verdict, left, right, request.POST.get("why", ""), by=seen.user, now=timezone.now()
    )  # fmt: skip
    messages.success(request, _("The decision is kept, and can be taken back."))
    if request.POST.get("back") == "buyer":
        return redirect("buyer", slug=slug, mark=mark_of(left))
    return redirect("same_buyers", slug=slug)


@login_required
@require_POST
def same_undo(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a decision back."""
    seen = access.firm_for(request.user, slug, need="write")
    actions.undo(
        seen.workspace, seen.firm, number, request.POST.get("why", ""), by=seen.user, now=timezone.now()
    )
    messages.success(request, _("The decision is taken back; both rows stay on record."))
    return redirect("same_buyers", slug=slug)
