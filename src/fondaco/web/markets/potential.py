"""The Markets page by trade potential: what the firm's country could sell in each market, from trade data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fondaco.kernel import InputError
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.markets.views import card_of
from fondaco.workflows.trade import NO_TRADE, potential_of, ranked_by_potential


@login_required
@require_GET
def by_potential(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of markets in the order of unrealised potential."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    card = card_of(seen)
    try:
        found, why = potential_of(seen.workspace, slug), NO_TRADE
    except InputError as error:
        found, why = None, str(error)
    rows = [] if found is None else [row for row in ranked_by_potential(card, found) if row["market"]]
    context = {"access": seen, "firm": seen.firm, "card": card, "found": found, "rows": rows, "why": why}
    return render(request, "markets/potential.html", context)
