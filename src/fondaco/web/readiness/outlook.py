"""Pages: what to expect of a platform, and how many hours it takes."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco import charts
from fondaco.kernel import InputError, Refused
from fondaco.readiness.expectations import Expected, settings
from fondaco.web.accounts import access
from fondaco.web.accounts.access import FirmAccess
from fondaco.web.desk.numbers import number_of
from fondaco.web.markets.views import drawn
from fondaco.web.network.benchmarks.sharing import shown_to
from fondaco.web.readiness import outlook_actions as actions
from fondaco.web.readiness.outlook_forms import ExpectForm, HoursForm, StaffingForm
from fondaco.web.readiness.outlook_models import Expectation, HoursEntry, Task
from fondaco.workflows.expectations import TELLING, expectations_of
from fondaco.workflows.renewal import attention
from fondaco.workflows.staffing import Staffing, Wanted, staffing_of

#: Entries of the log on a page.
SHOWN = 50


@login_required
@require_http_methods(["GET", "POST"])
def expectations(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what may come under what is stated; sent by POST, what the address states is kept as what the firm expects."""
    keep = request.method == "POST"
    seen = access.firm_for(request.user, slug, need="write" if keep else "read")
    form = ExpectForm(request.GET or None)
    found, why = _expected(seen, form)
    if keep and found is not None:
        actions.keep_expectation(
            seen.firm, found, form.stated if form.is_bound else {}, by=seen.user, now=timezone.now()
        )
        messages.success(request, _("Kept: the renewal review will set it beside what came."))
        return redirect("expectations", slug=slug)
    context: dict[str, Any] = {
        "access": seen, "firm": seen.firm, "form": form, "found": found, "why": why, "query": request.GET.urlencode(),
        "plain": [form[name] for name in form.fields if not name.startswith("hope_")],
        "hopes": [form[name] for name in form.fields if name.startswith("hope_")],
        "networks": [] if found is None else [*dict.fromkeys(each.network for each in found.asked.network.values())],
        "benchmark": settings()["benchmark"], "kept": Expectation.objects.filter(firm=seen.firm).select_related("by")[:10],
        "measures": [] if found is None else [(_MEASURES[name], each) for name, each in found.measures.items()],
        "basis": [] if found is None else [(_BASIS.get(name, name), words) for name, words in found.basis.items()],
    }  # fmt: skip
    return render(request, "readiness/expectations.html", context, status=400 if keep else 200)


def _expected(seen: FirmAccess, form: ExpectForm) -> tuple[Expected | None, str]:
    stated, hopes, aim = {}, {}, ""
    if form.is_bound:
        if not form.is_valid():
            return None, ""
        stated, hopes, aim = form.stated, form.hopes, form.cleaned_data["aim"]
    try:
        today = timezone.localdate()
        shown = shown_to(seen.firm, TELLING)
        return expectations_of(
            seen.workspace, seen.firm.slug, today, stated=stated, hopes=hopes, network=shown, aim=aim
        ), ""
    except InputError as error:
        return None, str(error)


_MEASURES = {
    "rfqs": gettext_lazy("Requests"), "quotations": gettext_lazy("Quotations"), "first_orders": gettext_lazy("Buyers who order"),
    "lasting_ties": gettext_lazy("Buyers who order again"), "orders": gettext_lazy("Orders"),
    "months_to_first_order": gettext_lazy("Months until the first order"),
    "months_to_lasting_tie": gettext_lazy("Months until the first lasting tie"), "money_in": gettext_lazy("Money in"),
}  # fmt: skip
_BASIS = {
    "rfqs": gettext_lazy("Requests"), "rfq_quotation": gettext_lazy("From request to quotation"), "quotation_order": gettext_lazy("From quotation to order"),
    "order_repeat": gettext_lazy("From first to second order"), "months_to_first_order": gettext_lazy("Time to the first order"),
    "months_to_next_order": gettext_lazy("Time to the next order"),
}  # fmt: skip


@login_required
@require_GET
def expectations_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    found, why = _expected(seen, ExpectForm({k: v for k, v in request.GET.items() if k != "dark"} or None))
    if found is None:
        raise InputError(why or _("What is stated cannot be taken: see the page."))
    mark = hashlib.sha256(f"{slug} {found.measures}".encode()).hexdigest()
    return drawn(request, mark, "expectations", partial(charts.courses_of, found))


@login_required
@require_GET
def staffing(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the hours that it takes to answer in time, and what changes would make of it."""
    seen = access.firm_for(request.user, slug)
    form = StaffingForm(request.GET or None)
    found, why = _staffing(seen, form)
    context = {
        "access": seen, "firm": seen.firm, "form": form, "found": found, "why": why,
        "finding": None if found is None else found.to_json()["finding"],
    }  # fmt: skip
    return render(request, "readiness/staffing.html", context)


def _staffing(seen: FirmAccess, form: StaffingForm) -> tuple[Staffing | None, str]:
    said: dict[str, Any] = {}
    if form.is_bound:
        if not form.is_valid():
            return None, ""
        said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "", ())}
    usual = Wanted()
    try:
        wanted = Wanted(
            a_week=said.get("a_week"), buyers=said.get("buyers", ()), handling=said.get("minutes", 30) / 60,
            limit=said.get("within", 24), hours=said.get("hours", usual.hours), hours_a_week=said.get("weekly"),
            part_time=said.get("part_time", 20), template=said["template"] / 60 if "template" in said else None,
            partner_hours=said.get("partner", usual.partner_hours), hour_cost=said.get("hour_cost"),
            partner_fee=said.get("partner_fee"), coordinator_hours=said.get("coordinator"),
        )  # fmt: skip
        return staffing_of(seen.workspace, seen.firm.slug, timezone.localdate(), wanted), ""
    except InputError as error:
        return None, str(error)


# --- hours ------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """Log hours by task and person, and show them with the gaps in which nobody looked."""
    add = request.method == "POST"
    seen = access.firm_for(request.user, slug, need="write" if add else "read")
    today = timezone.localdate()
    form = HoursForm(
        request.POST if add else None, today=today, initial={"day": today, "person": str(seen.user)}
    )
    if add and form.is_valid():
        try:
            actions.log_hours(form.save(commit=False), firm=seen.firm, by=seen.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("hours", str(refusal))
        else:
            messages.success(request, _("The hours are in the log."))
            return redirect("hours", slug=slug)
    held = HoursEntry.objects.filter(firm=seen.firm)
    since = today.replace(year=today.year - 1, day=min(today.day, 28))
    gaps = attention(
        seen.workspace, slug, since, today, set(held.filter(day__gte=since).values_list("day", flat=True))
    )
    labels = dict(Task.choices)
    number = min(max(number_of(request.GET.get("page")) or 1, 1), 1000)
    rows = list(held.select_related("by")[(number - 1) * SHOWN : number * SHOWN + 1])
    by_task = held.filter(day__gte=since).order_by().values("task").annotate(sum=Sum("hours"))
    by_person = held.filter(day__gte=since).order_by("person").values("person").annotate(sum=Sum("hours"))
    context = {
        "access": seen, "firm": seen.firm, "form": form, "rows": rows[:SHOWN], "page": number, "more": len(rows) > SHOWN,
        "gaps": gaps, "tasks": [(labels[row["task"]], row["sum"]) for row in by_task],
        "people": [(row["person"], row["sum"]) for row in by_person],
    }  # fmt: skip
    return render(request, "readiness/hours.html", context, status=400 if add else 200)


@login_required
@require_POST
def hours_remove(request: HttpRequest, slug: str, entry_id: int) -> HttpResponse:
    """Take an entry away."""
    seen = access.firm_for(request.user, slug, need="write")
    entry = get_object_or_404(HoursEntry, pk=entry_id, firm=seen.firm)
    actions.remove_hours(entry, firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The entry is taken away."))
    return redirect("hours", slug=slug)
