"""Pages of steps with a buyer and of standing agreements."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fondaco.relationships.agreements import due
from fondaco.web.accounts import access
from fondaco.web.desk.forms import kept
from fondaco.web.relationships import actions
from fondaco.web.relationships.buyers import book_for, line_for
from fondaco.web.relationships.channels import logged_of, moves_of, steps_of
from fondaco.web.relationships.forms import (
    AgreementForm,
    OutcomeForm,
    SettleForm,
    StepForm,
    WhyForm,
)
from fondaco.web.relationships.models import Agreement, Step, StepKind
from fondaco.workflows.buyer import exchanges_before, one_of


@login_required
@require_http_methods(["GET", "POST"])
def step_new(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """Log a step with a buyer; a move off the platform shows first whether it comes too early."""
    seen = access.firm_for(request.user, slug, need="write")
    today = timezone.localdate()
    book = book_for(seen)
    line = line_for(book, mark)
    form = StepForm(
        request.POST or None, today=today, initial={"day": today, "kind": request.GET.get("kind")}
    )

    def act(step: Step, **by: Any) -> Step:
        step.buyer = min(line.known.records)
        if step.kind == StepKind.MOVE:
            step.exchanges = exchanges_before(seen.workspace, slug, line, step.day)
        return actions.log_step(step, **by)

    if kept(request, seen, form, act, _("The step is on record.")):
        return redirect("buyer", slug=slug, mark=line.mark)
    one = one_of(
        seen.workspace, slug, line, today, logged=logged_of(seen.firm, line, steps_of(seen.firm, line, book)),
        moves=moves_of(seen.firm),
    )  # fmt: skip
    context = {"access": seen, "firm": seen.firm, "form": form, "line": line, "one": one}
    return render(request, "relationships/step_new.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str, step_id: int) -> HttpResponse:
    """A step with all that was said of its outcome; who may write says what became of it."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    held = get_object_or_404(Step.objects.select_related("by"), pk=step_id, firm=seen.firm)
    today = timezone.localdate()
    form = OutcomeForm(request.POST or None, today=today, initial={"day": today})
    act = partial(actions.say_outcome, held)
    if kept(request, seen, form, act, _("Kept; what was said before stays."), at="day"):
        return redirect("step", slug=slug, step_id=held.pk)
    context = {
        "access": seen,
        "firm": seen.firm,
        "step": held,
        "outcomes": held.outcomes.select_related("by"),
        "form": form,
        "line": book_for(seen).of_record(held.buyer),
    }
    return render(request, "relationships/step.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """Enter a standing agreement with a buyer."""
    seen = access.firm_for(request.user, slug, need="write")
    line = line_for(book_for(seen), mark)
    form = AgreementForm(request.POST or None, instance=Agreement(buyer=min(line.known.records)))
    said = _("The agreement is on record; you are reminded before it falls due.")
    if made := kept(request, seen, form, actions.agree, said):
        return redirect("agreement", slug=slug, agreement_id=made.pk)
    context = {"access": seen, "firm": seen.firm, "form": form, "line": line}
    return render(request, "relationships/agreement_new.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, slug: str, agreement_id: int) -> HttpResponse:
    """A standing agreement with its due days; who may write settles the next one."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    held = get_object_or_404(Agreement, pk=agreement_id, firm=seen.firm)
    days = list(held.days.select_related("by"))
    told = due(held.terms, {day.due for day in days}, timezone.localdate(), held.ahead)
    form = SettleForm(request.POST or None, initial={"due": told.day})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.settle(
            held, said["due"], done=said["done"], note=said["note"], firm=seen.firm, by=seen.user, now=timezone.now()
        )  # fmt: skip
        messages.success(request, _("The due day is settled."))
        return redirect("agreement", slug=slug, agreement_id=held.pk)
    context = {
        "access": seen,
        "firm": seen.firm,
        "agreement": held,
        "days": days,
        "due": told,
        "form": form,
        "end": WhyForm(),
        "line": book_for(seen).of_record(held.buyer),
    }
    return render(request, "relationships/agreement.html", context)


@login_required
@require_POST
def agreement_end(request: HttpRequest, slug: str, agreement_id: int) -> HttpResponse:
    """End a standing agreement."""
    seen = access.firm_for(request.user, slug, need="write")
    held = get_object_or_404(Agreement, pk=agreement_id, firm=seen.firm)
    form = WhyForm(request.POST)
    if form.is_valid():
        actions.end_agreement(
            held, form.cleaned_data["why"], firm=seen.firm, by=seen.user, now=timezone.now()
        )
        messages.success(request, _("The agreement has ended; it stays in the record."))
    else:
        messages.error(request, _("Say why it ends."))
    return redirect("agreement", slug=slug, agreement_id=held.pk)
