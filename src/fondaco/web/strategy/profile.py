"""The page of the firm's profile: what it states of itself for its plan, in sections.

Two people may edit at once: whoever saves second is told what the other changed, and finds all they typed
still in the form.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fondaco.strategy.profile import Profile
from fondaco.strategy.stating import differences, fingerprint, unknown_of
from fondaco.web.accounts import access
from fondaco.web.desk import audit
from fondaco.web.strategy.profile_forms import ProfileForms
from fondaco.workflows.profile import ChangedMeanwhile, profile_of, replace_profile


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is stated; owners and members state more."""
    seen = access.firm_for(request.user, slug, need="write" if request.method == "POST" else "read")
    held = profile_of(seen.workspace, slug)
    if request.method == "GET":
        return _shown(request, seen, held, ProfileForms(held))
    filled = ProfileForms(held, request.POST)
    stated = filled.profile()
    if stated is None:  # the mark stays that of what the person saw when they began
        return _shown(request, seen, held, filled, mark=request.POST.get("seen", ""), status=400)
    try:
        replace_profile(seen.ledger, stated, seen=request.POST.get("seen", ""))
    except ChangedMeanwhile as error:
        apart = differences(error.held, stated)
        return _shown(request, seen, error.held, filled, apart=apart, status=409)
    changed = list(differences(held, stated))
    if changed:
        audit.record(
            "profile.stated", by=seen.user, now=timezone.now(), firm=seen.firm, name=", ".join(changed)[:200],
            changed=changed,
        )  # fmt: skip
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("profile", slug=slug)


def _shown(
    request: HttpRequest,
    seen: access.FirmAccess,
    held: Profile,
    filled: ProfileForms,
    *,
    mark: str | None = None,
    apart: dict[str, tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "access": seen,
        "firm": seen.firm,
        "forms": filled,
        "mark": fingerprint(held) if mark is None else mark,
        "apart": apart,
        "unknown": len(unknown_of(held)),
    }
    return render(request, "strategy/profile.html", context, status=status)
