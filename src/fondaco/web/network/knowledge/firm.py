"""Pages of a firm: what each network sees of it, where it is present abroad, and which platforms it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.web.accounts import access
from fondaco.web.accounts.models import Consent, Item, NetworkMembership
from fondaco.web.markets.models import MarketNote, PracticeChange
from fondaco.web.network.knowledge import firm_actions as actions
from fondaco.web.network.knowledge.board_models import Answer, KnowledgeItem, Question
from fondaco.web.network.knowledge.firm_forms import DepartureForm, PresenceForm
from fondaco.web.network.knowledge.firm_models import Departure, Presence, ShownToNetwork
from fondaco.web.network.knowledge.pool_models import PooledShipment
from fondaco.web.network.knowledge.programme_models import Participation
from fondaco.web.network.knowledge.progress import REACHED_LABELS
from fondaco.workflows.following import sign_of
from fondaco.workflows.knowledge import buyer_names

_LINES = 60


@login_required
@require_GET
def seen(request: HttpRequest, slug: str) -> HttpResponse:
    """What each network sees of the firm, thing by thing; owners also read who looked and what was changed."""
    held = access.firm_for(request.user, slug)
    memberships = NetworkMembership.objects.filter(firm=held.firm).select_related("network")
    lines = held.firm.audit_lines.filter(
        Q(network__isnull=False) | Q(what__in=("firm.seen", "consent.given", "consent.withdrawn"))
    ).select_related("network")
    context = {
        "access": held,
        "firm": held.firm,
        "networks": [_of_network(each) for each in memberships],
        "lines": lines[:_LINES] if held.can_own else [],
    }
    return render(request, "knowledge/seen.html", context)


def _of_network(membership: NetworkMembership) -> dict[str, Any]:
    """Return, for one network, each thing with its switch and what exactly is seen through it."""
    firm, network = membership.firm, membership.network
    consents = {each.item: each for each in Consent.objects.filter(firm=firm, network=network)}
    shared = {each.what: each for each in membership.shown.all()}
    return {
        "network": network,
        "supporters": network.supports.select_related("user"),
        "members": network.memberships.count() - 1,
        "items": [
            {"item": item, "consent": consents.get(item.value), "shows": _shows(firm.pk, item)}
            for item in Item
        ],
        "sharings": [
            {"what": what, "sharing": shared.get(what.value), "shows": _shown(membership, what)}
            for what in ShownToNetwork.What
        ],
        "posted": KnowledgeItem.objects.filter(firm=firm, network=network, withdrawn=None),
        "asked": Question.objects.filter(firm=firm, network=network),
        "answered": Answer.objects.filter(firm=firm, network=network).count(),
        "pooled": PooledShipment.objects.filter(membership=membership, pool__closed=None).select_related(
            "pool"
        ),
        "programmes": Participation.objects.filter(membership=membership).select_related("programme"),
    }


def _shows(firm: int, item: Item) -> list[str]:
    """Return, in lines, what supporters see by a consent."""
    if item.value == "markets":
        return [
            _("Orders, revenue, units and numbers of buyers by market and month; ranking, growth and forecasts of these"),
            _("Price ranges of products by market"),
            _("No buyer's name or mark, no inquiry, no quotation, no file"),
        ]  # fmt: skip
    if item.value == "notes":
        notes = MarketNote.objects.filter(firm_id=firm, retired=None)
        changes = PracticeChange.objects.filter(firm_id=firm, retired=None)
        return [*(f"{each.market}: {each.text}" for each in notes), *(each.what for each in changes)]
    return [
        _("Your score of each construct with its range, then and now; no single answer, and nobody's name"),
        _("In reports on programmes, and in what could be taught: counts of five firms or more"),
    ]


def _shown(membership: NetworkMembership, what: ShownToNetwork.What) -> list[str]:
    """Return, in lines, what the network sees by a sharing."""
    firm = membership.firm
    if what == ShownToNetwork.What.KNOWS:
        return [
            str(_("Markets that you state: %(markets)s") % {"markets": ", ".join(membership.markets) or "—"})
        ]
    if what == ShownToNetwork.What.PRESENCE:
        held = Presence.objects.filter(firm=firm, ended=None)
        return [f"{each.market}: {each.get_sort_display()}, {each.about}" for each in held]
    if what == ShownToNetwork.What.PROGRESS:
        sign = sign_of(access.workspace(), firm.slug, timezone.localdate())
        return [f"{REACHED_LABELS[sign.reached]}, {sign.last or '—'}"]
    return [
        f"{each.platform}, {each.left}: {each.get_why_display()}"
        for each in Departure.objects.filter(firm=firm)
    ]


@login_required
@require_POST
def sharing(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch one thing on or off for one network."""
    held = access.firm_for(request.user, slug, need="own")
    membership = get_object_or_404(
        NetworkMembership.objects.select_related("network", "firm"),
        firm=held.firm,
        network__slug=request.POST.get("network", ""),
    )
    given = request.POST.get("given") == "yes"
    actions.share(membership, request.POST.get("what", ""), given, by=held.user, now=timezone.now())
    messages.success(request, _("The network sees it now.") if given else _("No longer shared."))
    return redirect("seen", slug=slug)


def _buyers(request: HttpRequest, held: access.FirmAccess) -> Sequence[str]:
    """Return how the firm's buyers are called, where a form was sent that is to be looked through for them."""
    return buyer_names(held.workspace, held.firm.slug) if request.method == "POST" else ()


@login_required
@require_GET
def presence(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the firm is present abroad, and visits that are planned."""
    held = access.firm_for(request.user, slug)
    today = timezone.localdate()
    rows = list(Presence.objects.filter(firm=held.firm, ended=None))
    context = {
        "access": held,
        "firm": held.firm,
        "today": today,
        "there": [row for row in rows if row.sort != Presence.Sort.VISIT],
        "visits": [row for row in rows if row.sort == Presence.Sort.VISIT],
        "ended": Presence.objects.filter(firm=held.firm, ended__isnull=False),
    }
    return render(request, "knowledge/presence.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def presence_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter presence, or a visit."""
    held = access.firm_for(request.user, slug, need="write")
    form = PresenceForm(request.POST or None, buyers=_buyers(request, held))
    if request.method == "POST" and form.is_valid():
        actions.add_presence(form.save(commit=False), firm=held.firm, by=held.user, now=timezone.now())
        messages.success(request, _("It is in the register."))
        return redirect("presence", slug=slug)
    context = {"access": held, "firm": held.firm, "form": form, "title": _("Presence or a visit")}
    return render(request, "knowledge/firm_form.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def presence_end(request: HttpRequest, slug: str, presence_id: int) -> HttpResponse:
    """Say that the firm is there no more."""
    held = access.firm_for(request.user, slug, need="write")
    row = get_object_or_404(Presence, pk=presence_id, firm=held.firm)
    actions.end_presence(row, by=held.user, now=timezone.now())
    messages.success(request, _("It is ended; the entry stays in the record."))
    return redirect("presence", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def left_platforms(request: HttpRequest, slug: str) -> HttpResponse:
    """Platforms that the firm left, and why; who may write enters one."""
    held = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    form = DepartureForm(request.POST or None, today=timezone.localdate(), buyers=_buyers(request, held))
    if request.method == "POST" and form.is_valid():
        actions.add_departure(form.save(commit=False), firm=held.firm, by=held.user, now=timezone.now())
        messages.success(request, _("It is in the register."))
        return redirect("left_platforms", slug=slug)
    context = {
        "access": held,
        "firm": held.firm,
        "form": form,
        "departures": Departure.objects.filter(firm=held.firm),
    }
    return render(request, "knowledge/left_platforms.html", context, status=400 if form.errors else 200)
