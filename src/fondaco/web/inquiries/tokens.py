"""The page of other programs that may send inquiries: tokens are made, shown once, and revoked by an owner."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fondaco.web.accounts import access
from fondaco.web.inquiries import actions
from fondaco.web.inquiries.api import new_token
from fondaco.web.inquiries.forms import TokenForm
from fondaco.web.inquiries.models import ApiToken


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """The firm's tokens; making one shows it this once."""
    seen = access.firm_for(request.user, slug, need="own")
    form = TokenForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        shown, kept = new_token()
        said = form.cleaned_data
        actions.make_token(seen.firm, said["name"], said["channel"], kept, by=seen.user, now=timezone.now())
        form = TokenForm()
    context = {
        "access": seen,
        "firm": seen.firm,
        "form": form,
        "shown": shown,
        "tokens": ApiToken.objects.filter(firm=seen.firm).select_related("by"),
    }
    return render(request, "inquiries/tokens.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, slug: str, token_id: int) -> HttpResponse:
    """Revoke a token; what it sent stays."""
    seen = access.firm_for(request.user, slug, need="own")
    held = get_object_or_404(ApiToken.objects.select_related("firm"), pk=token_id, firm=seen.firm)
    actions.revoke_token(held, by=seen.user, now=timezone.now())
    messages.success(request, _("The token is revoked: it opens nothing any more."))
    return redirect("tokens", slug=slug)
