"""Pages about firms, people in them, invitations and networks."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fondaco.kernel.errors import FondacoError
from fondaco.web.accounts import access, actions
from fondaco.web.accounts.adapter import INVITATION
from fondaco.web.accounts.forms import (
    FirmForm,
    FirmNameForm,
    InviteForm,
    JoinForm,
    MembershipFactsForm,
    NetworkFactsForm,
    NetworkForm,
    NetworkInviteForm,
)
from fondaco.web.accounts.models import (
    Consent,
    Invitation,
    InvitationKind,
    Item,
    Membership,
    Network,
    NetworkMembership,
    Role,
)
from fondaco.web.desk import audit
from fondaco.web.desk.listing import listed
from fondaco.web.desk.people import person


@login_required
@require_http_methods(["GET", "POST"])
def new_firm(request: HttpRequest) -> HttpResponse:
    """Make a firm."""
    form = FirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            firm = actions.create_firm(
                access.workspace(), **form.cleaned_data, by=person(request), now=timezone.now()
            )
        except FondacoError as error:
            form.add_error("name", str(error))
        else:
            return redirect("data", slug=firm.slug)
    return render(request, "accounts/new_firm.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def firm_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the firm's settings; owners change its name."""
    seen = access.firm_for(request.user, slug, need="own" if request.method == "POST" else "read")
    form = FirmNameForm(request.POST or None, instance=seen.firm)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.record("firm.renamed", by=seen.user, now=timezone.now(), firm=seen.firm, name=seen.firm.name)
        messages.success(request, _("Saved."))
        return redirect("firm_settings", slug=slug)
    consents = {
        (c.network_id, c.item): c for c in Consent.objects.filter(firm=seen.firm).select_related("given_by")
    }
    switches = [
        {"network": network, "item": item, "consent": consents.get((network.pk, item.value))}
        for network in seen.firm.networks.all()
        for item in Item
    ]
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "switches": switches,
        "audit_lines": seen.firm.audit_lines.all()[:20],
    }
    return render(request, "accounts/settings.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def consent(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch a consent on or off."""
    seen = access.firm_for(request.user, slug, need="own")
    network = get_object_or_404(Network, slug=request.POST.get("network", ""), firms=seen.firm)
    given = request.POST.get("given") == "yes"
    actions.set_consent(
        seen.firm, network, request.POST.get("item", ""), given, by=seen.user, now=timezone.now()
    )
    messages.success(request, _("Supporters of the network see it now.") if given else _("No longer shared."))
    return redirect("firm_settings", slug=slug)


@login_required
@require_GET
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """List the firm's people; owners see the open invitations too."""
    seen = access.firm_for(request.user, slug)
    return _members_page(request, seen, InviteForm())


def _members_page(
    request: HttpRequest, seen: access.FirmAccess, form: InviteForm, link: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    invitations = (
        seen.firm.invitations.filter(used=None, withdrawn=None, expires__gt=now) if seen.can_own else []
    )
    context = {
        "access": seen,
        "firm": seen.firm,
        "memberships": seen.firm.memberships.select_related("user"),
        "invitations": invitations,
        "roles": Role.choices,
        "form": form,
        "link": link,
    }
    return render(request, "accounts/members.html", context, status=status)


def _send(request: HttpRequest, invitation: Invitation, token: str) -> str:
    """Mail the invitation and return its link, which the page shows once as well."""
    link = request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
    text = _(
        "%(by)s invites you to %(to)s on Fondaco.\n\nOpen this link to accept, until %(until)s:\n%(link)s\n\n"
        "If you do not know why you get this, do nothing."
    ) % {
        "by": invitation.by,
        "to": invitation.to,
        "until": invitation.expires.date().isoformat(),
        "link": link,
    }
    send_mail(
        _("Fondaco: invitation to %(to)s") % {"to": " ".join(str(invitation.to).split())},
        text,
        None,
        [invitation.email],
    )
    return link


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody to the firm."""
    seen = access.firm_for(request.user, slug, need="own")
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, seen, form, status=400)
    invitation, token = actions.invite(**form.cleaned_data, to=seen.firm, by=seen.user, now=timezone.now())
    return _members_page(request, seen, InviteForm(), link=_send(request, invitation, token))


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Take an invitation to the firm back."""
    seen = access.firm_for(request.user, slug, need="own")
    invitation = get_object_or_404(Invitation, pk=invitation_id, firm=seen.firm)
    actions.withdraw(invitation, by=seen.user, now=timezone.now())
    return redirect("members", slug=slug)


@login_required
@require_POST
def change_member(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Give a person another role, or none."""
    seen = access.firm_for(request.user, slug, need="own")
    now = timezone.now()
    if request.POST.get("remove"):
        actions.remove_member(seen.firm, user_id, by=seen.user, now=now)
        messages.success(request, _("Removed."))
    else:
        actions.set_role(seen.firm, user_id, request.POST.get("role", ""), by=seen.user, now=now)
        messages.success(request, _("Saved."))
    if user_id == seen.user.pk:
        return redirect("home")
    return redirect("members", slug=slug)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open an invitation: sign up or in, then accept it."""
    now = timezone.now()
    found = actions.invitation_for(token, now=now)
    if found is None:
        return render(request, "accounts/invitation_over.html", status=404)
    if not request.user.is_authenticated:
        request.session[INVITATION] = token
        return render(request, "accounts/invitation.html", {"invitation": found})
    user = person(request)
    form = JoinForm(request.POST or None, user=user) if found.kind == InvitationKind.JOIN else None
    if request.method == "POST" and (form is None or form.is_valid()):
        firm = form.cleaned_data["firm"] if form else None
        actions.accept(token, user=user, now=now, firm=firm)
        request.session.pop(INVITATION, None)
        messages.success(request, _("Welcome to %(to)s.") % {"to": found.to})
        return redirect("network" if found.network else "firm", slug=found.to.slug)
    context = {"invitation": found, "form": form, "other_address": found.email != user.email}
    return render(request, "accounts/invitation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_network(request: HttpRequest) -> HttpResponse:
    """Make a network."""
    form = NetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_network(form.cleaned_data["name"], by=person(request), now=timezone.now())
        except FondacoError as error:
            form.add_error("name", str(error))
        else:
            return redirect("network_facts", slug=made.slug)
    return render(request, "accounts/new_network.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_GET
def network(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a network: its facts, its firms, what they state, what they share."""
    return _network_page(request, access.network_for(request.user, slug), NetworkInviteForm())


def _network_page(
    request: HttpRequest,
    seen: access.NetworkAccess,
    form: NetworkInviteForm,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    shared, ready = (
        set(Consent.objects.filter(network=seen.network, item=item).values_list("firm_id", flat=True))
        for item in (Item.MARKETS, Item.READINESS)
    )
    mine = set(Membership.objects.filter(user=seen.user).values_list("firm_id", flat=True))
    members = seen.network.memberships.select_related("firm").order_by("firm__name", "pk")
    listing = listed(members, "firm__name", request.GET.dict())
    if request.method == "POST":  # the answer to an invitation stands at an address that has no pages
        listing |= {"more": False, "to_search": False}
    listing["rows"] = [
        {
            "membership": membership,
            "firm": membership.firm,
            "open": membership.firm_id in mine or (seen.supports and membership.firm_id in shared),
            "ready": membership.firm_id in mine or (seen.supports and membership.firm_id in ready),
            "editable": seen.supports or membership.firm_id in seen.own_firms,
            "own": membership.firm_id in seen.own_firms,
        }
        for membership in listing["rows"]
    ]
    context = {
        **listing,
        "access": seen,
        "network": seen.network,
        "supports": seen.network.supports.select_related("user"),
        "form": form,
        "link": link,
    }
    return render(request, "accounts/network.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def network_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is officially known of the network."""
    seen = access.network_for(request.user, slug, need="support")
    form = NetworkFactsForm(request.POST or None, instance=seen.network)
    if request.method == "POST" and form.is_valid():
        actions.set_network_facts(seen.network, **form.cleaned_data, by=seen.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("network", slug=slug)
    context = {"form": form, "network": seen.network, "title": _("Facts about the network")}
    return render(request, "accounts/facts.html", context, status=400 if form.errors else 200)


def _membership_for(seen: access.NetworkAccess, firm_slug: str) -> NetworkMembership:
    return get_object_or_404(
        NetworkMembership.objects.select_related("firm", "network"),
        network=seen.network,
        firm__slug=firm_slug,
    )


@login_required
@require_http_methods(["GET", "POST"])
def member_facts(request: HttpRequest, slug: str, firm_slug: str) -> HttpResponse:
    """Keep what a firm states of itself: its owners, or a supporter in its name."""
    seen = access.network_for(request.user, slug)
    membership = _membership_for(seen, firm_slug)
    if not seen.supports and membership.firm_id not in seen.own_firms:
        raise Http404
    form = MembershipFactsForm(request.POST or None, instance=membership)
    if request.method == "POST" and form.is_valid():
        actions.set_membership_facts(membership, **form.cleaned_data, by=seen.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("network", slug=slug)
    context = {
        "form": form,
        "network": seen.network,
        "title": _("%(firm)s in the network") % {"firm": membership.firm},
    }
    return render(request, "accounts/facts.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def leave(request: HttpRequest, slug: str, firm_slug: str) -> HttpResponse:
    """Take one's firm out of the network."""
    seen = access.network_for(request.user, slug)
    membership = _membership_for(seen, firm_slug)
    if membership.firm_id not in seen.own_firms:
        raise Http404
    actions.leave_network(membership, by=seen.user, now=timezone.now())
    messages.success(request, _("%(firm)s has left the network.") % {"firm": membership.firm})
    return redirect("home")


@login_required
@require_POST
def network_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite a firm's owner, or another supporter, to the network."""
    seen = access.network_for(request.user, slug, need="support")
    form = NetworkInviteForm(request.POST)
    if not form.is_valid():
        return _network_page(request, seen, form, status=400)
    made, token = actions.invite(**form.cleaned_data, to=seen.network, by=seen.user, now=timezone.now())
    return _network_page(request, seen, NetworkInviteForm(), link=_send(request, made, token))
