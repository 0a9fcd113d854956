"""Pages for a network that finds itself: the start kit, members in numbers, and platforms that members left."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.network.knowledge import gaps
from fondaco.network.knowledge.counting import at_least
from fondaco.web.accounts import access
from fondaco.web.network.knowledge import firm_actions, programme_actions
from fondaco.web.network.knowledge.board import held_by, items_of, stated_in
from fondaco.web.network.knowledge.firm_models import Departure, ShownToNetwork, Trait
from fondaco.web.network.knowledge.members import (
    members_of,
    must_write,
    own_membership,
    willing,
    writing_firms,
)
from fondaco.web.network.knowledge.programme_forms import KitForm
from fondaco.web.network.knowledge.programme_models import KitLine, Programme

#: Roles without which little gets done, from what the studied consortia did for their members.
ROLES = 3


@login_required
@require_http_methods(["GET", "POST"])
def kit(request: HttpRequest, slug: str) -> HttpResponse:
    """The start kit: what a young network has settled already, and what it has not."""
    seen = access.network_for(request.user, slug, need="support" if request.method == "POST" else "read")
    form = KitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        programme_actions.add_kit_line(form.save(commit=False), network=seen.network, by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("It is in the kit."))
        return redirect("kit", slug=slug)
    lines = list(KitLine.objects.filter(network=seen.network, dropped=None))
    context = {
        "access": seen,
        "network": seen.network,
        "aims": [line for line in lines if line.part == KitLine.Part.AIM],
        "roles": [line for line in lines if line.part == KitLine.Part.ROLE],
        "steps": _steps(seen, lines),
        "form": form,
    }
    return render(request, "knowledge/kit.html", context, status=400 if form.errors else 200)


def _steps(seen: access.NetworkAccess, lines: list[KitLine]) -> list[dict[str, Any]]:
    """Return the checklist, each step with whether it is done and where to do it."""
    network, markets = seen.network, stated_in(seen)
    cells = gaps(items_of(seen, held_by(seen)), markets, timezone.localdate())
    held = sum(cell.state in ("held", "second hand") for cell in cells)
    roles = sum(line.part == KitLine.Part.ROLE and bool(line.who) for line in lines)
    return [
        {"what": _("The network's facts are written: founding, and recognition where there is one"), "done": network.founded_on is not None, "at": "network"},
        {"what": _("Members state the markets that they sell to"), "done": bool(markets), "at": "network"},
        {"what": _("An aim is written that all members share"), "done": any(line.part == KitLine.Part.AIM for line in lines), "at": "kit"},
        {"what": _("%(n)d roles have somebody: such as market knowledge, shipping, and the network's face to buyers") % {"n": ROLES}, "done": roles >= ROLES, "at": "kit"},
        {"what": _("The knowledge grid is begun: something for one in three of kinds and markets"), "done": bool(cells) and 3 * held >= len(cells), "at": "knowledge"},
        {"what": _("A programme or a collective brand is described"), "done": Programme.objects.filter(network=network).exists(), "at": "programmes"},
    ]  # fmt: skip


@login_required
@require_POST
def kit_drop(request: HttpRequest, slug: str, line_id: int) -> HttpResponse:
    """Take a line out of the kit."""
    seen = access.network_for(request.user, slug, need="support")
    line = get_object_or_404(KitLine, pk=line_id, network=seen.network, dropped=None)
    programme_actions.drop_kit_line(line, by=seen.user, now=timezone.now())
    return redirect("kit", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def traits(request: HttpRequest, slug: str) -> HttpResponse:
    """Members in numbers: groups that others leave out, counted from five on and never named."""
    seen = access.network_for(request.user, slug)
    if request.method == "POST":
        must_write(seen)
        membership = own_membership(seen, request.POST.get("firm", ""))
        firm_actions.state_traits(membership, request.POST.getlist("sort"), by=seen.user, now=timezone.now())
        messages.success(request, _("Your statement is kept. It is counted, and shown to nobody."))
        return redirect("traits", slug=slug)
    total = seen.network.memberships.count()
    said = Counter(Trait.objects.filter(membership__network=seen.network).values_list("sort", flat=True))
    own = {
        firm: set(Trait.objects.filter(membership__firm=firm, membership__network=seen.network).values_list("sort", flat=True))
        for firm in writing_firms(seen)
    }  # fmt: skip
    context = {
        "access": seen,
        "network": seen.network,
        "total": total,
        "rows": [{"label": label, "count": at_least(said[value], total)} for value, label in Trait.Sort.choices],
        "own": [
            {"firm": firm, "sorts": [(value, label, value in held) for value, label in Trait.Sort.choices]}
            for firm, held in own.items()
        ],
    }  # fmt: skip
    return render(request, "knowledge/traits.html", context)


@login_required
@require_GET
def departures(request: HttpRequest, slug: str) -> HttpResponse:
    """Platforms that members left: each with its reason for supporters, reasons counted from five firms on for members."""
    seen = access.network_for(request.user, slug)
    firms = willing(seen, ShownToNetwork.What.DEPARTURES) & members_of(seen)
    held = Departure.objects.filter(firm_id__in=firms).select_related("firm")
    reasons = Counter(why for _firm, why in set(held.values_list("firm_id", "why").order_by()))
    total = seen.network.memberships.count()
    context = {
        "access": seen,
        "network": seen.network,
        "rows": held if seen.supports else [],
        "counts": [(label, at_least(reasons[value], total)) for value, label in Departure.Why.choices],
        "firms": len(firms) if seen.supports else None,
    }
    return render(request, "knowledge/departures.html", context)
