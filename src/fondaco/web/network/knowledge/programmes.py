"""Pages of programmes and collective brands.

Supporters see and keep the whole; a member sees what a programme is, its own part in it, and of a collective brand also
which firms carry the name.  A release as a study goes without names (`fondaco.network.programmes.release`).
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.kernel.exports import SafeWriter
from fondaco.network.knowledge import gaps
from fondaco.network.knowledge.counting import at_least
from fondaco.network.programmes import CODEBOOK, Record, Row, needs, release, ways
from fondaco.network.programmes.board import STAGES
from fondaco.network.programmes.release import COLUMNS
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Consent, Item
from fondaco.web.desk import names
from fondaco.web.desk.names import market_name
from fondaco.web.network.knowledge import programme_actions as actions
from fondaco.web.network.knowledge.board import held_by, items_of, stated_in
from fondaco.web.network.knowledge.board_models import Kind
from fondaco.web.network.knowledge.members import own_firms, own_membership, writing_firms
from fondaco.web.network.knowledge.programme_forms import CheckForm, ProgrammeForm, SessionForm, StepForm
from fondaco.web.network.knowledge.programme_models import Participation, Programme, Session, Step
from fondaco.workflows.following import below_the_middle
from fondaco.workflows.knowledge import buyer_names


def _programme(seen: access.NetworkAccess, programme_id: int) -> Programme:
    return get_object_or_404(Programme, pk=programme_id, network=seen.network)


def _form(request: HttpRequest, seen: access.NetworkAccess, form: Any, title: str, held: Programme | None = None) -> HttpResponse:  # fmt: skip
    kwargs = {"slug": seen.network.slug}
    context = {
        "access": seen,
        "network": seen.network,
        "form": form,
        "title": title,
        "back": reverse("programme", kwargs={**kwargs, "programme_id": held.pk}) if held else reverse("programmes", kwargs=kwargs),
        "back_label": held.name if held else _("Programmes"),
    }  # fmt: skip
    return render(request, "knowledge/form.html", context, status=400 if form.errors else 200)


def _called(market: str, kind: str) -> str:
    return f"{market_name(market)}: {Kind(kind).label}"


@login_required
@require_GET
def programmes(request: HttpRequest, slug: str) -> HttpResponse:
    """The network's programmes and brands, and which training is needed."""
    seen = access.network_for(request.user, slug)
    grid = gaps(items_of(seen, held_by(seen)), stated_in(seen), timezone.localdate())
    context = {
        "access": seen,
        "network": seen.network,
        "programmes": Programme.objects.filter(network=seen.network),
        "needs": needs(grid, _not_ready(seen) if seen.supports else None, called=_called)[:20],
    }
    return render(request, "knowledge/programmes.html", context)


def _not_ready(seen: access.NetworkAccess) -> dict[str, float]:
    """Return topics in which five members and more are on the wrong side of the middle: of those whose readiness supporters may see."""
    consents = Consent.objects.filter(network=seen.network, item=Item.READINESS)
    firms = list(
        consents.filter(firm__network_memberships__network=seen.network).values_list("firm__slug", flat=True)
    )
    held = below_the_middle(access.workspace(), firms, timezone.localdate(), names.locale().language)
    told = {topic: (at_least(sum(wrong), len(wrong)), len(wrong)) for topic, wrong in held.items()}
    return {topic: number / total for topic, (number, total) in told.items() if number is not None}


@login_required
@require_http_methods(["GET", "POST"])
def programme_edit(request: HttpRequest, slug: str, programme_id: int | None = None) -> HttpResponse:
    """Make a programme, or change one."""
    seen = access.network_for(request.user, slug, need="support")
    held = None if programme_id is None else _programme(seen, programme_id)
    form = ProgrammeForm(request.POST or None, instance=held)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.conditions = form.cleaned_data["conditions"]
        actions.save_programme(made, network=seen.network, by=seen.user, now=timezone.now())
        messages.success(request, _("The programme is kept."))
        return redirect("programme", slug=slug, programme_id=made.pk)
    return _form(request, seen, form, held.name if held else _("A programme or a collective brand"), held)


@login_required
@require_GET
def programme(request: HttpRequest, slug: str, programme_id: int) -> HttpResponse:
    """A programme: for whom, on which conditions, who takes part, what was taught, given and reached."""
    seen = access.network_for(request.user, slug)
    held = _programme(seen, programme_id)
    everybody = held.participations.select_related("membership__firm", "programme").prefetch_related("checks")
    mine = everybody.filter(membership__firm__in=own_firms(seen))
    carriers = everybody.filter(state=Participation.State.ADMITTED)
    steps = Step.objects.filter(participation__programme=held)
    today = timezone.localdate()
    context = {
        "access": seen,
        "network": seen.network,
        "programme": held,
        "rows": [{"part": each, "unmet": each.unmet(today)} for each in (everybody if seen.supports else mine)],
        "carriers": [each for each in carriers if not each.unmet(today)] if held.sort == Programme.Sort.BRAND else [],
        "sessions": held.sessions.prefetch_related("attendances"),
        "stages": dict(Step.Stage.choices),
        "ways": ways(map(_row, steps)) if seen.supports else (),
        "can_ask": [firm for firm in writing_firms(seen) if not mine.filter(membership__firm=firm).exclude(state="ended").exists()],
    }  # fmt: skip
    return render(request, "knowledge/programme.html", context)


def _row(step: Step) -> Row:
    return Row(str(step.participation_id), step.sort, step.stage, step.how, step.hours or Row.hours)  # type: ignore[arg-type]  # the core's words


@login_required
@require_POST
def programme_join(request: HttpRequest, slug: str, programme_id: int) -> HttpResponse:
    """Ask for one's own firm to take part."""
    seen = access.network_for(request.user, slug)
    held = _programme(seen, programme_id)
    membership = own_membership(seen, request.POST.get("firm", ""))
    actions.ask_to_join(held, membership, by=seen.user, now=timezone.now())
    messages.success(request, _("The supporters of the network see that you ask."))
    return redirect("programme", slug=slug, programme_id=held.pk)


def _participation(seen: access.NetworkAccess, programme_id: int, participation_id: int) -> Participation:
    """Return a participation: any for a supporter, one's own for a member; 404 otherwise."""
    held = get_object_or_404(
        Participation.objects.select_related("programme", "membership__firm", "membership__network"),
        pk=participation_id,
        programme=_programme(seen, programme_id),
    )
    if not seen.supports and not own_firms(seen).filter(pk=held.membership.firm_id).exists():
        raise Http404
    return held


@login_required
@require_GET
def participation(request: HttpRequest, slug: str, programme_id: int, participation_id: int) -> HttpResponse:
    """A member's part: checks, sessions attended, support given, results, and what it now does alone."""
    seen = access.network_for(request.user, slug)
    held = _participation(seen, programme_id, participation_id)
    today = timezone.localdate()
    conditions = held.programme.conditions
    may_step = seen.supports or writing_firms(seen).filter(pk=held.membership.firm_id).exists()
    context = {
        "access": seen,
        "network": seen.network,
        "part": held,
        "programme": held.programme,
        "unmet": held.unmet(today),
        "checks": held.checks.all(),
        "steps": held.steps.all(),
        "attended": Session.objects.filter(attendances__participation=held),
        "check": CheckForm(today=today, conditions=conditions, initial={"day": today}) if seen.supports and conditions else None,
        "step": StepForm(today=today, initial={"day": today}) if may_step and held.state != "asked" else None,
    }  # fmt: skip
    return render(request, "knowledge/participation.html", context)


@login_required
@require_POST
def participation_decide(request: HttpRequest, slug: str, programme_id: int, participation_id: int) -> HttpResponse:  # fmt: skip
    """Admit a member to a cohort, or end its part."""
    seen = access.network_for(request.user, slug, need="support")
    held = _participation(seen, programme_id, participation_id)
    said = request.POST
    actions.decide(held, said.get("state", ""), said.get("cohort", ""), by=seen.user, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("participation", slug=slug, programme_id=programme_id, participation_id=held.pk)


@login_required
@require_POST
def check_new(request: HttpRequest, slug: str, programme_id: int, participation_id: int) -> HttpResponse:
    """Record a check of a condition."""
    seen = access.network_for(request.user, slug, need="support")
    held = _participation(seen, programme_id, participation_id)
    form = CheckForm(request.POST, today=timezone.localdate(), conditions=held.programme.conditions)
    if not form.is_valid():
        return _form(request, seen, form, _("A check"), held.programme)
    actions.record_check(form.save(commit=False), held, by=seen.user, now=timezone.now())
    messages.success(request, _("The check is recorded."))
    return redirect("participation", slug=slug, programme_id=programme_id, participation_id=held.pk)


@login_required
@require_POST
def step_new(request: HttpRequest, slug: str, programme_id: int, participation_id: int) -> HttpResponse:
    """Note support or a result: supporters, and the firm's own writers."""
    seen = access.network_for(request.user, slug)
    held = _participation(seen, programme_id, participation_id)
    own = writing_firms(seen).filter(pk=held.membership.firm_id).exists()
    if not seen.supports and not own:
        raise Http404
    buyers = buyer_names(access.workspace(), held.membership.firm.slug) if own else ()
    form = StepForm(request.POST, today=timezone.localdate(), buyers=buyers)
    if not form.is_valid():
        return _form(request, seen, form, _("Support or a result"), held.programme)
    actions.note_step(form.save(commit=False), held, by=seen.user, now=timezone.now())
    messages.success(request, _("It is noted."))
    return redirect("participation", slug=slug, programme_id=programme_id, participation_id=held.pk)


@login_required
@require_http_methods(["GET", "POST"])
def session_new(request: HttpRequest, slug: str, programme_id: int) -> HttpResponse:
    """Enter a training session."""
    seen = access.network_for(request.user, slug, need="support")
    held = _programme(seen, programme_id)
    form = SessionForm(request.POST or None, initial={"need": request.GET.get("need", "")[:300]})
    if request.method == "POST" and form.is_valid():
        made = actions.plan_session(form.save(commit=False), held, by=seen.user, now=timezone.now())
        return redirect("attendance", slug=slug, programme_id=held.pk, session_id=made.pk)
    return _form(request, seen, form, _("A training session"), held)


@login_required
@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, slug: str, programme_id: int, session_id: int) -> HttpResponse:
    """Note who was at a session."""
    seen = access.network_for(request.user, slug, need="support")
    held = get_object_or_404(Session, pk=session_id, programme=_programme(seen, programme_id))
    if request.method == "POST":
        present = [
            int(said) for said in request.POST.getlist("present") if said.isdecimal() and len(said) < 12
        ]
        actions.note_attendance(held, present, by=seen.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("programme", slug=slug, programme_id=programme_id)
    there = set(held.attendances.values_list("participation_id", flat=True))
    parts = held.programme.participations.exclude(state="asked").select_related("membership__firm")
    context = {
        "access": seen,
        "network": seen.network,
        "programme": held.programme,
        "session": held,
        "rows": [{"part": part, "there": part.pk in there} for part in parts],
    }
    return render(request, "knowledge/attendance.html", context)


# --- a release without names --------------------------------------------------------------------------


def _records(held: Programme) -> list[Record]:
    parts = held.participations.exclude(state=Participation.State.ASKED)
    return [_record(part) for part in parts.prefetch_related("steps", "attendances")]


def _record(part: Participation) -> Record:
    steps = list(part.steps.all())
    results = [step for step in steps if step.sort == Step.Sort.RESULT]
    furthest = max((step.stage for step in results), key=STAGES.index, default="")
    hours = sum((step.hours or Row.hours for step in steps if step.sort == Step.Sort.SUPPORT), Row.hours)
    alone = any(step.how == Step.How.ALONE for step in results)
    return Record.of(part.cohort, len(part.attendances.all()), hours, furthest, alone=alone)


@login_required
@require_GET
def programme_csv(request: HttpRequest, slug: str, programme_id: int) -> HttpResponse:
    """The participants as a study: without names, nobody one of fewer than five alike."""
    seen = access.network_for(request.user, slug, need="support")
    held = _programme(seen, programme_id)
    found = release(_records(held), seed=secrets.randbits(64))
    answer = _csv(f"programme-{held.pk}")
    writer = SafeWriter(answer)
    writer.writerow(["participant", *COLUMNS])
    for name, record in found.rows:
        writer.writerow([name, *(getattr(record, column) for column in COLUMNS)])
    return answer


@login_required
@require_GET
def programme_codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """What each column of a release means."""
    access.network_for(request.user, slug, need="support")
    answer = _csv("codebook")
    writer = SafeWriter(answer)
    writer.writerow(["column", "meaning"])
    for line in CODEBOOK:
        writer.writerow(line)
    writer.writerow(["withheld", "in any column: not released, as some combination would hold fewer than five participants"])  # fmt: skip
    return answer


def _csv(name: str) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
