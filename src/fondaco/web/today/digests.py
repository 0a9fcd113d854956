"""What a person wants by mail, and how it is stopped from the mail itself."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fondaco.web.accounts import access
from fondaco.web.inquiries.views import home_zone
from fondaco.web.today import actions
from fondaco.web.today.composing import wish_of
from fondaco.web.today.models import Wish


class WishForm(forms.Form):
    """When mail is wanted."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Digest each day at"),
        coerce=int, empty_value=None, required=False,
        choices=[("", gettext_lazy("not at all")), *((hour, f"{hour:02}:00") for hour in range(24))],
    )  # fmt: skip
    ahead = forms.TypedChoiceField(
        label=gettext_lazy("Warn before an answer is due"),
        coerce=int,
        choices=[(0, gettext_lazy("not at all")), *((h, f"{h} h") for h in (1, 2, 4, 8, 12))],
        help_text=gettext_lazy("Of cases that are yours or nobody's yet; once for each."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def digest(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what one wants by mail of this firm; everybody decides for themselves."""
    seen = access.firm_for(request.user, slug)
    held = Wish.objects.filter(firm=seen.firm, user=seen.user).first()
    first = {"hour": held.hour if held else None, "ahead": held.ahead if held else 0}
    form = WishForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        site = request.build_absolute_uri("/")
        actions.wish(seen.firm, seen.user, form.cleaned_data["hour"], form.cleaned_data["ahead"], site=site, now=timezone.now())  # fmt: skip
        messages.success(request, _("Kept."))
        return redirect("digest", slug=slug)
    context = {
        "access": seen, "firm": seen.firm, "form": form, "home_zone": home_zone(seen.firm),
        "sent": held.sent.all()[:7] if held else (),
    }  # fmt: skip
    return render(request, "today/digest.html", context, status=400 if form.errors else 200)


@csrf_exempt  # a mail program stops it by one POST of its own; the token is the permission
@require_http_methods(["GET", "POST"])
def digest_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a person's mails of a firm, without signing in; a visit alone stops nothing, since scanners of mail visit links."""
    wish = wish_of(token)
    if wish is None:
        raise Http404
    if request.method == "POST":
        actions.stop(wish, now=timezone.now())
    wanted = wish.hour is not None or wish.ahead > 0
    return render(request, "today/stop.html", {"name": wish.firm.name, "wanted": wanted, "token": token})
