"""The page Promotion: keywords to keep, stop and try, the month's budget, what to learn, and when."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fondaco.reference import countries
from fondaco.strategy.promotion.acting import actions_of, unknown_of
from fondaco.strategy.rules import rule
from fondaco.web.accounts import access
from fondaco.workflows.promotion import found_of

#: Keywords of one verdict on the page, the dearest first; the command lists all.
LISTED = 40


@login_required
@require_GET
def promotion(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the promotion part, for one market where ``?market=`` names it."""
    seen = access.firm_for(request.user, slug)
    found = found_of(seen.workspace, slug, timezone.localdate())
    asked = request.GET.get("market", "")
    market = asked if countries.is_market(asked) else None
    actions = actions_of(found)
    verdicts = [(verdict, found.keywords.of(verdict, market)) for verdict in ("keep", "stop", "test")]
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": found,
        "actions": actions,
        "verdicts": [(verdict, held[:LISTED], len(held)) for verdict, held in verdicts],
        "market": market,
        "markets": sorted({k.seen.market for k in found.keywords.keywords if k.seen.market}),
        "unknown": unknown_of(found),
        "rules": [rule(name) for name in sorted({action.rule for action in actions})],
    }
    return render(request, "strategy/promotion.html", context)
