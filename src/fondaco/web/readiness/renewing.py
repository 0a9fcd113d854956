"""Pages of the renewal review: what speaks for each choice, on paper, and what the firm decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Avg
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fondaco.kernel import Refused
from fondaco.readiness.renewal import SIDES, Review
from fondaco.web.accounts import access
from fondaco.web.accounts.access import FirmAccess
from fondaco.web.readiness import outlook_actions as actions
from fondaco.web.readiness.outlook_forms import DecisionForm, FactsForm
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, RenewalDecision
from fondaco.workflows.renewal import renewal_of
from fondaco.workflows.renewal_document import facts_of, renewal_pdf, source_of


@login_required
@require_http_methods(["GET", "POST"])
def renewal(request: HttpRequest, slug: str) -> HttpResponse:
    """Lay out what speaks for each choice; sent by POST, record what was decided with what was said on that day."""
    write = request.method == "POST"
    seen = access.firm_for(request.user, slug, need="write" if write else "read")
    today = timezone.localdate()
    facts = FactsForm(request.GET or None)
    found = review_of(seen, facts, today)
    decided = RenewalDecision.objects.filter(firm=seen.firm).select_related("by")
    first = {"day": today, "platform": found.facts.platform, "decided_by": str(seen.user)}
    form = DecisionForm(request.POST if write else None, today=today, initial=first)
    if write and form.is_valid():
        try:
            actions.decide(form.save(commit=False), found, firm=seen.firm, by=seen.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("choice", str(refusal))
        else:
            messages.success(request, _("The decision is recorded, with what spoke for each choice."))
            return redirect("renewal", slug=slug)
    heads = {"stay": _("For staying"), "change": _("For changing how it is used"), "leave": _("For leaving")}
    context: dict[str, Any] = {
        "access": seen, "firm": seen.firm, "found": found, "facts": facts, "form": form, "decided": decided,
        "sides": [
            {
                "key": side, "head": heads[side], "weight": found.weight(side),
                "reasons": [(each, source_of(each)) for each in found.side(side)],
            }
            for side in SIDES
        ],
        "lines": facts_of(found), "query": request.GET.urlencode(),
        "expected": Expectation.objects.filter(firm=seen.firm).first(),
    }  # fmt: skip
    return render(request, "readiness/renewal.html", context, status=400 if write else 200)


def review_of(seen: FirmAccess, form: FactsForm, today: date) -> Review:
    """Return the review of what is counted, logged and stated; a form with faults states nothing."""
    entries = HoursEntry.objects.filter(firm=seen.firm)
    strain = entries.aggregate(mean=Avg("strain"))["mean"]
    stated: dict[str, Any] = {} if strain is None else {"strain": float(strain)}
    if expected := Expectation.objects.filter(firm=seen.firm).exclude(aim="").first():
        stated["aim"] = expected.aim
    if form.is_bound and form.is_valid():
        stated |= form.stated
    hoped = Expectation.objects.filter(firm=seen.firm).first()
    return renewal_of(
        seen.workspace, seen.firm.slug, today, stated=stated, attended=set(entries.values_list("day", flat=True)),
        hopes=None if hoped is None else hoped.hopes,
    )  # fmt: skip


@login_required
@require_GET
def renewal_pdf_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The brief as PDF."""
    seen = access.firm_for(request.user, slug)
    found = review_of(seen, FactsForm(request.GET or None), timezone.localdate())
    response = HttpResponse(renewal_pdf(seen.firm.name, found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{slug}-renewal.pdf"'
    return response
