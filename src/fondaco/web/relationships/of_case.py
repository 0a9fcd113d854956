"""From a case to its buyer and back: which buyer of the book a case is of, and where a buyer's cases are shown."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fondaco.relationships.identity import known_by
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm
from fondaco.web.inquiries.keeping import cases_of_buyer, record_of
from fondaco.web.inquiries.models import Case
from fondaco.web.relationships.channels import contacts_of
from fondaco.workflows.buyer_book import Book, Line, book_is_kept, book_of


def line_of_case(book: Book, case: Case) -> Line | None:
    """Return the buyer of a case: by its record, else by its address, or its firm or person in one country.

    None where nobody is known so, or several are.
    """
    record = record_of(case)
    if (found := book.of_record(record)) is not None:
        return found
    ours = known_by(record)
    if not ours:
        return None
    same = [line for line in book.lines if any(ours & known_by(each) for each in line.known.records)]
    return same[0] if len(same) == 1 else None


def case_addresses(firm: Firm, line: Line) -> Callable[[str], str]:
    """Return what says where a case of a buyer is shown; empty for one that has no page."""
    held = {case.key: case.pk for case, _told in cases_of_buyer(firm, line.known.records)}

    def address(key: str) -> str:
        return reverse("inquiry", args=[firm.slug, held[key]]) if key in held else ""

    return address


@login_required
@require_GET
def buyer_of_case(request: HttpRequest, slug: str, case_id: int) -> HttpResponse:
    """Go to the buyer of a case; asked for by the case's page (htmx), tell the buyer in a few lines."""
    seen = access.firm_for(request.user, slug)
    case = get_object_or_404(Case, pk=case_id, firm=seen.firm)
    today, part = timezone.localdate(), request.headers.get("HX-Request") == "true"
    context = {"access": seen, "firm": seen.firm, "case": case}
    if not book_is_kept(seen.workspace, slug, today) and request.GET.get("now") != "1":
        return render(
            request, "relationships/of_case_wait.html" if part else "relationships/wait_book.html", context
        )
    book = book_of(seen.workspace, slug, today).with_contacts(contacts_of(seen.firm))
    line = line_of_case(book, case)
    if part:
        return render(request, "relationships/of_case_told.html", {**context, "line": line})
    if line is None:
        messages.info(request, _("No buyer of the files is known under this name: look for one."))
        return redirect(
            f"{reverse('buyers', args=[slug])}?{urlencode({'q': case.name or case.company or case.buyer})}"
        )
    return redirect("buyer", slug=slug, mark=line.mark)
