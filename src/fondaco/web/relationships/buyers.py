"""Pages Buyers and Buyer: the book to leaf through, and all that is known of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fondaco.kernel.exports import SafeWriter
from fondaco.reference import countries
from fondaco.relationships.agreements import due
from fondaco.relationships.identity import Candidate
from fondaco.relationships.stage import STAGES
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Membership, User
from fondaco.web.desk.numbers import number_of
from fondaco.web.relationships import actions
from fondaco.web.relationships.channels import (
    agreements_of,
    contacts_of,
    events_of,
    logged_of,
    moves_of,
    steps_of,
)
from fondaco.web.relationships.models import Agreement, Keeper
from fondaco.web.relationships.of_case import case_addresses
from fondaco.workflows.buyer import one_of
from fondaco.workflows.buyer_book import Book, Line, Sought, book_is_kept, book_of, mark_of, page_of
from fondaco.workflows.buyers import buyers_of
from fondaco.workflows.rulings import rulings_of
from fondaco.workflows.unsure import explained

#: Buyers on a page, rows of a timeline, and joins that are explained.
ROWS, EVENTS, JOINS = 50, 200, 40
STATES = ("moving", "stands still", "gone")


def book_for(seen: access.FirmAccess) -> Book:
    """Return the firm's book of today with what was logged on the desk."""
    book = book_of(seen.workspace, seen.firm.slug, timezone.localdate())
    return book.with_contacts(contacts_of(seen.firm))


def wait_for(request: HttpRequest, seen: access.FirmAccess) -> HttpResponse | None:
    """Return a page that waits for the book; None where it is at hand, or somebody asks to wait here (``now=1``)."""
    slug = seen.firm.slug
    if request.GET.get("now") == "1" or book_is_kept(seen.workspace, slug, timezone.localdate()):
        return None
    return render(request, "relationships/wait_book.html", {"access": seen, "firm": seen.firm})


def line_for(book: Book, mark: str) -> Line:
    """Return the buyer of a mark; raises `Http404` where there is none."""
    line = book.by_mark(mark)
    if line is None:
        raise Http404
    return line


def keepers_of(seen: access.FirmAccess, book: Book) -> dict[str, Keeper]:
    """Return who cares for which buyer, by the buyer's mark; the latest row counts."""
    found: dict[str, Keeper] = {}
    for row in Keeper.objects.filter(firm=seen.firm).select_related("who"):
        line = book.of_record(row.buyer)
        if line is not None:
            found.setdefault(line.mark, row)
    return found


def dues_of(seen: access.FirmAccess, today: date) -> list[dict[str, Any]]:
    """Return the standing agreements whose due day is near or past, the earliest first (F91)."""
    found = []
    for each in Agreement.objects.filter(firm=seen.firm, ended=None).prefetch_related("days"):
        told = due(each.terms, {day.due for day in each.days.all()}, today, each.ahead)
        if told.state in ("late", "soon"):
            found.append({"agreement": each, "due": told})
    return sorted(found, key=lambda row: row["due"].day)


@login_required
@require_GET
def buyers(request: HttpRequest, slug: str) -> HttpResponse:
    """The book: search, filters, sorting, a page at a time."""
    seen = access.firm_for(request.user, slug)
    if wait := wait_for(request, seen):
        return wait
    book = book_for(seen)
    sought, sort = _sought(request), request.GET.get("sort", "")
    found = book.seek(sought, sort)
    lines, page = page_of(found, number_of(request.GET.get("page")) or 1, ROWS)
    keepers = keepers_of(seen, book)
    context = {
        "access": seen,
        "firm": seen.firm,
        "book": book,
        "rows": [{"line": line, "keeper": keepers.get(line.mark)} for line in lines],
        "found": len(found),
        "page": page,
        "more": page * ROWS < len(found),
        "sought": sought,
        "by": sort,
        "markets": sorted((m for m in book.stages.by_market if m), key=countries.name),
        "stages": STAGES[1:],
        "states": STATES,
        "still": sum(line.standing.state == "stands still" for line in book.lines),
        "dues": dues_of(seen, timezone.localdate()),
    }
    return render(request, "relationships/buyers.html", context)


def _sought(request: HttpRequest) -> Sought:
    said = request.GET
    stage, state = said.get("stage", ""), said.get("state", "")
    return Sought(
        said.get("q", "")[:200],
        said.get("market", "")[:3],
        stage if stage in STAGES else "",
        state if state in STATES else "",
    )


@login_required
@require_GET
def buyers_work(request: HttpRequest, slug: str) -> HttpResponse:
    """Work the book out; the page that waits for it then shows it."""
    seen = access.firm_for(request.user, slug)
    book_of(seen.workspace, slug, timezone.localdate())
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@login_required
@require_GET
def buyers_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The buyers that are sought, for a spreadsheet."""
    seen = access.firm_for(request.user, slug)
    book = book_for(seen)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="buyers-{slug}.csv"'
    writer = SafeWriter(answer)
    writer.writerow(
        ["mark", "names", "market", "platforms", "stage", "since", "last", "state", "silent_days", "alive", "alive_low",
         "alive_high", "expected_orders", "expected_low", "expected_high"]
    )  # fmt: skip
    for line in book.seek(_sought(request), request.GET.get("sort", "")):
        known, alive, expected = line.known, line.known.alive, line.known.expected
        writer.writerow(
            [line.mark, "; ".join(known.names), known.seen.market, "; ".join(known.seen.platforms), known.seen.stage,
             known.seen.since, line.last, line.standing.state, line.standing.silent, alive.estimate, alive.low,
             alive.high, expected.estimate, expected.low, expected.high]
        )  # fmt: skip
    return answer


@login_required
@require_GET
def buyer(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """All that is known of one buyer."""
    seen = access.firm_for(request.user, slug)
    today = timezone.localdate()
    book = book_for(seen)
    line = line_for(book, mark)
    if line.mark != mark:
        return redirect("buyer", slug=slug, mark=line.mark)
    steps, agreements = steps_of(seen.firm, line, book), agreements_of(seen.firm, line, book)
    one = one_of(
        seen.workspace, slug, line, today, events=events_of(seen.firm, line, steps, agreements),
        logged=logged_of(seen.firm, line, steps), moves=moves_of(seen.firm), addresses=case_addresses(seen.firm, line),
    )  # fmt: skip
    context = {
        "access": seen,
        "firm": seen.firm,
        "one": one,
        "line": line,
        "known": line.known,
        "events": list(reversed(one.events[-EVENTS:])),
        "older": max(len(one.events) - EVENTS, 0),
        "keeper": keepers_of(seen, book).get(line.mark),
        "people": [m.user for m in Membership.objects.filter(firm=seen.firm).select_related("user")],
        "agreements": [
            {"agreement": a, "due": due(a.terms, {d.due for d in a.days.all()}, today, a.ahead)}
            for a in agreements
        ],
        "again": [each for each in one.outlooks if each.ordered == 1],
        "record_cells": [record.split("\t") for record in line.known.records[:JOINS]],
        "single": len(line.known.seen.ordered) == 1,
        **_joins(seen, line),
    }
    return render(request, "relationships/buyer.html", context)


def called(record: str) -> str:
    """Return a record in a few words: name or firm, and mark."""
    platform, mark, name, company, _country = (*record.split("\t"), "", "", "", "", "")[:5]
    return " · ".join(part for part in (name, company, mark, platform) if part)


def _joins(seen: access.FirmAccess, line: Line) -> dict[str, Any]:
    """Return why the buyer's records are held to be one, and what was decided of them."""
    slug = seen.firm.slug
    held = buyers_of(seen.workspace, slug)
    records = set(line.known.records)
    first = line.known.records[0]
    joined = next((each.joined for each in held.buyers if first in each.records), ())
    told = explained(held.resolution, line.known.records[:JOINS]) if joined else {}
    by_pair: list[dict[str, Any]] = []
    for join in joined[:JOINS]:
        pair: Candidate | None = told.get(frozenset((str(join.left), str(join.right))))
        sure = join.by == "model" and join.probability == 1.0
        left, right = str(join.left), str(join.right)
        by_pair.append(
            {
                "join": join, "pair": pair, "sure": sure, "left": called(left), "right": called(right),
                "left_mark": mark_of(left), "right_mark": mark_of(right),
            }
        )  # fmt: skip
    decided = [each for each in rulings_of(seen.workspace, slug) if records & {each.left, each.right}]
    return {"joins": by_pair, "more_joins": max(len(joined) - JOINS, 0), "decided": decided}


@login_required
@require_POST
def keep(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """Say who cares for a buyer."""
    seen = access.firm_for(request.user, slug, need="write")
    line = line_for(book_for(seen), mark)
    who = None
    if (number := number_of(request.POST.get("who"))) is not None:
        who = get_object_or_404(User, pk=number, memberships__firm=seen.firm)
    actions.keep(seen.firm, min(line.known.records), who, by=seen.user, now=timezone.now())
    messages.success(request, _("Kept; who cared for this buyer before stays on record."))
    return redirect("buyer", slug=slug, mark=line.mark)
