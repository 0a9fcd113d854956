"""The page Platform comparison: what fits where, what failed for the others, and the way from one channel to two."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fondaco.strategy.platform import Judged
from fondaco.strategy.platform.comparison import Notes
from fondaco.strategy.platform.condition import says_who
from fondaco.strategy.rules import rule
from fondaco.web.accounts import access
from fondaco.web.desk.names import market_choices
from fondaco.web.markets.notes import notes_by_market
from fondaco.web.strategy.register_models import Decision, Risk
from fondaco.workflows.platform import comparison_of

#: The rules that the page names at its foot.
_SAID = (
    "third-party-first", "open-market-first", "registrations", "own-site-later", "dual-channel", "cost-makers",
    "niche-brand", "dependence", "website-first", "languages", "virtuality-trap", "several", "rules-move",
)  # fmt: skip


def notes_of(seen: access.FirmAccess) -> Notes:
    """Return the days of the firm's market notes, and of their reviews, by market."""
    return {market: [(n.day, n.review_by) for n in held] for market, held in notes_by_market(seen).items()}


@login_required
@require_GET
def platforms(request: HttpRequest, slug: str) -> HttpResponse:
    """Platforms of the target markets, or of the market that ``?to=KOR`` asks about."""
    seen = access.firm_for(request.user, slug)
    today = timezone.localdate()
    asked = request.GET.get("to", "").strip()
    found = comparison_of(seen.workspace, slug, today, to=[asked] if asked else (), notes=notes_of(seen))
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": found,
        "asked": asked,
        "choices": market_choices(),
        "fitting": [_shown(j, seen, found) for j in found.judged if j.fits == "yes"],
        "open": [_shown(j, seen, found) for j in found.judged if j.fits == "unknown"],
        "shut": [_shown(j, seen, found) for j in found.judged if j.fits == "no"],
        "checks": [{"check": c, "who": says_who(c.rule)} for c in found.checks],
        "steps": found.together.to_json()["steps"],
        "names": {j.platform.id: j.platform.name for j in found.judged},
        "rules": [rule(f"platform/{name}").finding for name in _SAID],
        "decisions": Decision.objects.filter(firm=seen.firm, superseded_by=None)[:3],
        "risks_due": Risk.objects.filter(firm=seen.firm, closed=None, review_by__lte=today).count(),
    }
    return render(request, "strategy/platforms.html", context)


def _shown(judged: Judged, seen: access.FirmAccess, found: Any) -> dict[str, Any]:
    each = judged.platform
    return {
        "judged": judged,
        "platform": each,
        "unmet": [{"condition": c, "who": c.source or says_who(c.rule)} for c in judged.unmet],
        "mechanisms": each.offered(seen.firm.home, found.today),
        "limits": [limit for limit in each.limits if limit.in_force(found.today)],
        "overdue": each.overdue(found.today),
        "used": found.facts.sells_on(each.id),
        "who": says_who(judged.rule),
    }
