"""The page that screens products: which can stand export, where, and after what work."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fondaco.strategy.product import scores
from fondaco.strategy.rules import rule, rules
from fondaco.web.accounts import access
from fondaco.web.desk import names
from fondaco.workflows.product import screened
from fondaco.workflows.profile import profile_of
from fondaco.workflows.targets import targets_of

VERDICTS = {"fit": _("fit"), "not fit": _("not fit"), "not known": _("not known")}
#: The colour of a verdict; each has its word beside it.
COLOURS = {"fit": "good", "not fit": "bad", "not known": "warn"}
OFFERS = {"standard": _("standard"), "adapted": _("adapted")}


@login_required
@require_GET
def screening(request: HttpRequest, slug: str) -> HttpResponse:
    """Each product in each target market, or in the market that is asked for."""
    seen = access.firm_for(request.user, slug)
    said = request.GET.get("market", "")
    market = names.market_code(said) if said else None
    found = screened(seen.workspace, slug, timezone.localdate(), [market] if market else ())
    used = dict.fromkeys(check.rule for each in found for check in each.checks)
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": [
            (each, VERDICTS[each.verdict], COLOURS[each.verdict], OFFERS[each.offer]) for each in found
        ],
        "scores": scores(found, profile_of(seen.workspace, slug).thresholds),
        "targets": targets_of(seen.workspace, slug),
        "market": market,
        "said": said,
        "choices": names.market_choices(),
        "rules": [rule(id_) for id_ in used if id_ in rules()],
    }
    return render(request, "strategy/screen.html", context)
