"""Pages of shipping together: pools of shipments, the network's rates, who ships with whom and what each saves.

A member sees its own shipments, its own share and the groups that it ships in, with the names of the firms in these:
that is what joining a pool agrees to, and the form says so.  Supporters see the whole.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco import charts
from fondaco.kernel.errors import InputError
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm
from fondaco.web.network.knowledge import pool_actions as actions
from fondaco.web.network.knowledge.members import own_firms, own_membership, writing_firms
from fondaco.web.network.knowledge.pool_forms import PoolForm, RatesForm, ShipmentForm, UploadForm
from fondaco.web.network.knowledge.pool_models import Pool, PooledShipment


@login_required
@require_GET
def collective(request: HttpRequest, slug: str) -> HttpResponse:
    """The network's pools, and its rates."""
    seen = access.network_for(request.user, slug)
    context = {
        "access": seen,
        "network": seen.network,
        "pools": Pool.objects.filter(network=seen.network),
        "rates": actions.rates_now(seen.network),
    }
    return render(request, "knowledge/collective.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rates_new(request: HttpRequest, slug: str) -> HttpResponse:
    """State the network's rates."""
    seen = access.network_for(request.user, slug, need="support")
    form = RatesForm(request.POST, request.FILES) if request.method == "POST" else RatesForm()
    if form.is_valid():
        rates = form.save(commit=False)
        rates.text = form.cleaned_data["file"]
        actions.state_rates(rates, network=seen.network, by=seen.user, now=timezone.now())
        messages.success(request, _("The rates are kept."))
        return redirect("collective", slug=slug)
    return _form(request, seen, form, _("The network's rates"))


@login_required
@require_http_methods(["GET", "POST"])
def pool_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a pool."""
    seen = access.network_for(request.user, slug, need="support")
    form = PoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pool = actions.open_pool(form.save(commit=False), network=seen.network, by=seen.user, now=timezone.now())  # fmt: skip
        messages.success(request, _("The pool is open."))
        return redirect("pool", slug=slug, pool_id=pool.pk)
    return _form(request, seen, form, _("Open a pool"))


def _form(request: HttpRequest, seen: access.NetworkAccess, form: Any, title: str) -> HttpResponse:
    context = {
        "access": seen,
        "network": seen.network,
        "form": form,
        "title": title,
        "back": reverse("collective", kwargs={"slug": seen.network.slug}),
        "back_label": _("Shipping together"),
    }
    return render(request, "knowledge/form.html", context, status=400 if form.errors else 200)


def _pool(seen: access.NetworkAccess, pool_id: int) -> Pool:
    return get_object_or_404(Pool, pk=pool_id, network=seen.network)


def _result(seen: access.NetworkAccess, pool: Pool) -> list[dict[str, Any]]:
    """Return what this person may see of the result, one part for each firm of theirs or the whole for a supporter."""
    if seen.supports:
        return [] if pool.result is None else [{"firm": None, **pool.result}]
    parts = [(firm, pool.partial(firm.slug)) for firm in own_firms(seen)]
    return [{"firm": firm, **part} for firm, part in parts if part is not None]


def _stands(pool: Pool) -> bool:
    """Whether the result rests on what is in the pool now; a closed pool's result stays."""
    if pool.closed is not None:
        return True
    now = actions.rests_on(actions.shipments_in(pool), actions.rates_now(pool.network))
    return pool.rests_on == now


def _names(parts: list[dict[str, Any]]) -> dict[str, str]:
    slugs = {slug for part in parts for group in part["groups"] for slug in group["members"]}
    slugs |= {share["member"] for part in parts for share in part["shares"]}
    return dict(Firm.objects.filter(slug__in=slugs).values_list("slug", "name"))


@login_required
@require_GET
def pool(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """A pool: what is in it, what was worked out, and forms to put shipments in."""
    seen = access.network_for(request.user, slug)
    return _page(request, seen, _pool(seen, pool_id))


def _page(
    request: HttpRequest, seen: access.NetworkAccess, held: Pool, *, form: Any = None, upload: Any = None
) -> HttpResponse:
    firms = {firm.slug: firm.name for firm in writing_firms(seen)}
    shipments = held.shipments.select_related("membership__firm")
    if not seen.supports:
        shipments = shipments.filter(membership__firm__in=own_firms(seen))
    parts = _result(seen, held) if held.state == Pool.State.DONE and _stands(held) else []
    first = {"ready_from": held.opens, "ready_to": held.closes, "volume_m3": "0"}
    context = {
        "access": seen,
        "network": seen.network,
        "pool": held,
        "shipments": shipments,
        "in_all": held.shipments.count(),
        "parts": parts,
        "names": _names(parts),
        "stale": held.state == Pool.State.DONE and not _stands(held),
        "working": held.working(timezone.now()),
        "own": set(firms),
        "can_add": bool(firms) and held.closed is None,
        "can_solve": (bool(firms) or seen.supports) and held.closed is None,
        "form": form or ShipmentForm(firms=firms, initial=first),
        "upload": upload or UploadForm(firms=firms, prefix="upload"),
    }
    failed = (form is not None and form.errors) or (upload is not None and upload.errors)
    return render(request, "knowledge/pool.html", context, status=400 if failed else 200)


def _may_add(seen: access.NetworkAccess) -> dict[str, str]:
    firms = {firm.slug: firm.name for firm in writing_firms(seen)}
    if not firms:
        raise PermissionDenied(_("Only people who may write for a member firm pool its shipments."))
    return firms


@login_required
@require_POST
def pool_add(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """Put one shipment in."""
    seen = access.network_for(request.user, slug)
    firms, held = _may_add(seen), _pool(seen, pool_id)
    form = ShipmentForm(request.POST, firms=firms)
    if form.is_valid():
        membership = own_membership(seen, form.cleaned_data["firm"])
        try:
            actions.put_in(held, membership, form.cleaned_data["shipments"], by=seen.user, now=timezone.now())
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is in the pool."))
            return redirect("pool", slug=slug, pool_id=held.pk)
    return _page(request, seen, held, form=form)


@login_required
@require_POST
def pool_upload(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """Put the shipments of a file in: the good rows; each other one is told."""
    seen = access.network_for(request.user, slug)
    firms, held = _may_add(seen), _pool(seen, pool_id)
    form = UploadForm(request.POST, request.FILES, firms=firms, prefix="upload")
    if form.is_valid():
        membership = own_membership(seen, form.cleaned_data["firm"])
        try:
            found, problems = form.read()
            number = actions.put_in(held, membership, found, by=seen.user, now=timezone.now()) if found else 0
        except InputError as error:
            form.add_error("file", str(error))
        else:
            for problem in problems[:20]:
                messages.warning(request, problem.reason)
            messages.success(request, _("Shipments put in: %(number)d; rows that could not be read: %(bad)d.") % {"number": number, "bad": len(problems)})  # fmt: skip
            return redirect("pool", slug=slug, pool_id=held.pk)
    return _page(request, seen, held, upload=form)


@login_required
@require_POST
def pool_remove(request: HttpRequest, slug: str, pool_id: int, shipment_id: int) -> HttpResponse:
    """Take one's own shipment out."""
    seen = access.network_for(request.user, slug)
    _may_add(seen)
    shipment = get_object_or_404(
        PooledShipment.objects.select_related("pool", "membership__firm"),
        pk=shipment_id,
        pool=_pool(seen, pool_id),
        membership__firm__in=writing_firms(seen),
    )
    actions.take_out(shipment, by=seen.user, now=timezone.now())
    messages.success(request, _("It is out of the pool."))
    return redirect("pool", slug=slug, pool_id=pool_id)


@login_required
@require_POST
def pool_solve(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """Have it worked out who ships with whom."""
    seen = access.network_for(request.user, slug)
    held = _pool(seen, pool_id)
    if not seen.supports:
        _may_add(seen)
    actions.work_out(held, by=seen.user, now=timezone.now())
    return redirect("pool", slug=slug, pool_id=pool_id)


@login_required
@require_GET
def pool_state(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """How far the calculation is, for the page that waits: it is loaded anew when that is over."""
    seen = access.network_for(request.user, slug)
    held = _pool(seen, pool_id)
    answer = render(request, "knowledge/pool_state.html", {"network": seen.network, "pool": held})
    if not held.working(timezone.now()):
        answer["HX-Refresh"] = "true"
    return answer


@login_required
@require_POST
def pool_close(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """Close a pool."""
    seen = access.network_for(request.user, slug, need="support")
    actions.close_pool(_pool(seen, pool_id), by=seen.user, now=timezone.now())
    messages.success(request, _("The pool is closed."))
    return redirect("collective", slug=slug)


@login_required
@require_GET
def pool_json(request: HttpRequest, slug: str, pool_id: int) -> HttpResponse:
    """Groups over days as a Vega-Lite specification: all of them for supporters, one's own for members.

    Never kept in a cache of the server: two people see two pictures of one pool.
    """
    seen = access.network_for(request.user, slug)
    held = _pool(seen, pool_id)
    parts = _result(seen, held) if held.state == Pool.State.DONE and _stands(held) else []
    # Two firms of one person may ship in one group.
    groups = list({tuple(group["shipments"]): group for part in parts for group in part["groups"]}.values())
    return JsonResponse(charts.together_of(groups, _names(parts), dark=request.GET.get("dark") == "1"))
