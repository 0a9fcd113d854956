"""Pages of the log of decisions, the register of risks and that of partners, of a firm or of a network."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.strategy.platform import Comparison
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm, Network
from fondaco.web.desk.numbers import number_of
from fondaco.web.strategy import register_actions as actions
from fondaco.web.strategy.register_forms import (
    CloseForm,
    DecisionForm,
    PartnerForm,
    RatingForm,
    RiskChangeForm,
    RiskForm,
)
from fondaco.web.strategy.register_models import Decision, Partner, Risk
from fondaco.workflows.platform import comparison_of, volatilities_of
from fondaco.workflows.regulations import changes_of
from fondaco.workflows.targets import targets_of

# --- decisions --------------------------------------------------------------------------------------------


@login_required
@require_GET
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The log, those that stand first by day; superseded ones stay in it."""
    seen = access.firm_for(request.user, slug)
    held = Decision.objects.filter(firm=seen.firm).select_related("by", "superseded_by", "supersedes")
    context = {"access": seen, "firm": seen.firm, "decisions": held, "today": timezone.localdate()}
    return render(request, "strategy/decisions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def decision_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Log a decision; ``?instead_of=7`` says whose place it takes."""
    seen = access.firm_for(request.user, slug, need="write")
    today, earlier = timezone.localdate(), None
    if (number := number_of(request.GET.get("instead_of"))) is not None:
        earlier = get_object_or_404(Decision, pk=number, firm=seen.firm)
    first: dict[str, object] = {"day": today, "decided_by": str(seen.user)}
    if earlier is not None:
        first |= {
            "question": earlier.question,
            "options": "\n".join(earlier.options),
            "criteria": "\n".join(earlier.criteria),
        }
    form = DecisionForm(request.POST or None, today=today, initial=first)
    if request.method == "POST" and form.is_valid():
        decision = form.save(commit=False)
        decision.seen = _seen(comparison_of(seen.workspace, slug, today), decision.options)
        actions.log_decision(decision, firm=seen.firm, by=seen.user, now=timezone.now(), instead_of=earlier)
        messages.success(request, _("The decision is in the log."))
        return redirect("decisions", slug=slug)
    context = {"access": seen, "firm": seen.firm, "form": form, "earlier": earlier}
    return render(request, "strategy/decision.html", context)


def _seen(found: Comparison, options: list[str]) -> list[dict[str, Any]]:
    """Return what the comparison says of the options that it knows, as of the day of the record."""
    said = []
    for option in options:
        name = option.strip().casefold()
        for judged in found.judged:
            if name in (judged.platform.id, judged.platform.name.casefold()):
                failed = [f"{c.name}: {c.found} (needed: {c.needed})" for c in judged.unmet]
                said.append({"option": option, "verdict": judged.fits, "failed": failed})
    return said


# --- risks ------------------------------------------------------------------------------------------------


@login_required
@require_GET
def risks(request: HttpRequest, slug: str) -> HttpResponse:
    """The register, the highest first; changes of policy near; the currencies at stake."""
    seen = access.firm_for(request.user, slug)
    today = timezone.localdate()
    held = list(Risk.objects.filter(firm=seen.firm).select_related("by").prefetch_related("ratings"))
    markets = [target.market for target in targets_of(seen.workspace, slug)]
    context = {
        "access": seen,
        "firm": seen.firm,
        "today": today,
        "risks": sorted(
            (r for r in held if r.closed is None), key=lambda r: -(r.rating.score if r.rating else 0)
        ),
        "due": {r.pk for r in held if r.overdue(today)},
        "closed": [r for r in held if r.closed is not None],
        "changes": changes_of(seen.workspace, slug, today, markets) if markets else (),
        "volatilities": volatilities_of(seen.workspace, slug, markets, today),
    }
    return render(request, "strategy/risks.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def risk_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a risk with its first rating."""
    seen = access.firm_for(request.user, slug, need="write")
    today = timezone.localdate()
    form = RiskForm(request.POST or None, today=today, prefix="risk")
    rating = RatingForm(request.POST or None, today=today, prefix="rating", initial={"day": today})
    if request.method == "POST" and form.is_valid() and rating.is_valid():
        risk = actions.open_risk(
            form.save(commit=False),
            rating.save(commit=False),
            firm=seen.firm,
            by=seen.user,
            now=timezone.now(),
        )
        messages.success(request, _("The risk is in the register."))
        return redirect("risk", slug=slug, risk_id=risk.pk)
    context = {"access": seen, "firm": seen.firm, "form": form, "rating": rating}
    return render(request, "strategy/risk_new.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def risk(request: HttpRequest, slug: str, risk_id: int) -> HttpResponse:
    """A risk with all its ratings; who may write rates it again."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    held = get_object_or_404(Risk, pk=risk_id, firm=seen.firm)
    today = timezone.localdate()
    form = RiskChangeForm(
        request.POST or None, today=today, prefix="risk", instance=held, initial={"review_by": None}
    )
    rating = RatingForm(request.POST or None, today=today, prefix="rating", initial={"day": today})
    if request.method == "POST" and form.is_valid() and rating.is_valid():
        actions.rate_risk(
            held,
            rating.save(commit=False),
            form.cleaned_data,
            firm=seen.firm,
            by=seen.user,
            now=timezone.now(),
            seen=number_of(request.POST.get("rating_seen")),
        )
        messages.success(request, _("The rating is kept; the earlier ones stay."))
        return redirect("risk", slug=slug, risk_id=held.pk)
    markets = [held.market] if held.market else [t.market for t in targets_of(seen.workspace, slug)]
    context = {
        "access": seen,
        "firm": seen.firm,
        "risk": held,
        "ratings": held.ratings.select_related("by"),
        "form": form,
        "rating": rating,
        "close": CloseForm(),
        "can_rate": seen.can_write and held.closed is None,
        "volatilities": volatilities_of(seen.workspace, slug, markets, today)
        if held.kind == "currency"
        else (),
    }
    return render(request, "strategy/risk.html", context)


@login_required
@require_POST
def risk_close(request: HttpRequest, slug: str, risk_id: int) -> HttpResponse:
    """Close a risk; it stays in the record."""
    seen = access.firm_for(request.user, slug, need="write")
    held = get_object_or_404(Risk, pk=risk_id, firm=seen.firm)
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it is none any more."))
        return redirect("risk", slug=slug, risk_id=held.pk)
    actions.close_risk(held, form.cleaned_data["why"], firm=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The risk is closed; it stays in the record."))
    return redirect("risks", slug=slug)


# --- partners ---------------------------------------------------------------------------------------------


@login_required
@require_GET
def partners(request: HttpRequest, slug: str) -> HttpResponse:
    """The firm's partners, and those of the networks that it is in."""
    seen = access.firm_for(request.user, slug)
    shared = _standing(Partner.objects.filter(network__memberships__firm=seen.firm)).distinct()
    context = {
        "access": seen,
        "firm": seen.firm,
        "partners": _standing(Partner.objects.filter(firm=seen.firm)),
        "shared": shared.select_related("network"),
        "ended": Partner.objects.filter(firm=seen.firm, ended__isnull=False),
        "can_write": seen.can_write,
    }
    return render(request, "strategy/partners.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def partner(request: HttpRequest, slug: str, partner_id: int | None = None) -> HttpResponse:
    """Enter a partner of the firm, or change one."""
    seen = access.firm_for(request.user, slug, need="write")
    held = (
        None if partner_id is None else get_object_or_404(Partner, pk=partner_id, firm=seen.firm, ended=None)
    )
    return _partner(request, seen, seen.firm, held, "partners")


@login_required
@require_POST
def partner_end(request: HttpRequest, slug: str, partner_id: int) -> HttpResponse:
    """Say that a partner of the firm is one no more."""
    seen = access.firm_for(request.user, slug, need="write")
    held = get_object_or_404(Partner, pk=partner_id, firm=seen.firm)
    actions.end_partner(held, of=seen.firm, by=seen.user, now=timezone.now())
    messages.success(request, _("The partner is ended; the entry stays in the record."))
    return redirect("partners", slug=slug)


@login_required
@require_GET
def network_partners(request: HttpRequest, slug: str) -> HttpResponse:
    """A network's partners, for the people of its firms; its supporters keep them."""
    seen = access.network_for(request.user, slug)
    context = {
        "access": seen,
        "network": seen.network,
        "partners": _standing(Partner.objects.filter(network=seen.network)),
        "ended": Partner.objects.filter(network=seen.network, ended__isnull=False),
        "can_write": seen.supports,
    }
    return render(request, "strategy/partners.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def network_partner(request: HttpRequest, slug: str, partner_id: int | None = None) -> HttpResponse:
    """Enter a partner of the network, or change one."""
    seen = access.network_for(request.user, slug, need="support")
    held = (
        None
        if partner_id is None
        else get_object_or_404(Partner, pk=partner_id, network=seen.network, ended=None)
    )
    return _partner(request, seen, seen.network, held, "network_partners")


@login_required
@require_POST
def network_partner_end(request: HttpRequest, slug: str, partner_id: int) -> HttpResponse:
    """Say that a partner of the network is one no more."""
    seen = access.network_for(request.user, slug, need="support")
    held = get_object_or_404(Partner, pk=partner_id, network=seen.network)
    actions.end_partner(held, of=seen.network, by=seen.user, now=timezone.now())
    messages.success(request, _("The partner is ended; the entry stays in the record."))
    return redirect("network_partners", slug=slug)


def _standing(held: QuerySet[Partner]) -> QuerySet[Partner]:
    return held.filter(ended=None)


def _partner(
    request: HttpRequest,
    seen: access.FirmAccess | access.NetworkAccess,
    of: Firm | Network,
    held: Partner | None,
    back: str,
) -> HttpResponse:
    today = timezone.localdate()
    form = PartnerForm(
        request.POST or None, today=today, instance=held, initial={} if held else {"checked": today}
    )
    if request.method == "POST" and form.is_valid():
        actions.save_partner(
            form.save(commit=False),
            of=of,
            by=seen.user,
            now=timezone.now(),
            seen=form.cleaned_data["version"],
        )
        messages.success(request, _("The partner is kept."))
        return redirect(back, slug=of.slug)
    context = {
        "access": seen,
        ("firm" if isinstance(of, Firm) else "network"): of,
        "form": form,
        "partner": held,
    }
    return render(request, "strategy/partner.html", context)
