"""The page Funnel: how many are at each stage, how many move on and how fast, who stands still, what moved others on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.reference import countries
from fondaco.relationships.onwards import LEFT, MOVED
from fondaco.web.accounts import access
from fondaco.web.markets.views import drawn
from fondaco.web.relationships.buyers import book_for, wait_for
from fondaco.web.relationships.channels import contacts_of
from fondaco.workflows.buyer_book import Book, Sought, onwards_of
from fondaco.workflows.stages import waits_of

#: Who stands still, at most; and markets and platforms in the tables.
STALLED, GROUPS = 25, 12
#: Days after which shares are told.
AFTER = (30, 90, 180, 365)


def _asked(request: HttpRequest, book: Book) -> tuple[str, str]:
    market, platform = request.GET.get("market", ""), request.GET.get("platform", "")
    return (
        market if market in book.stages.by_market else "",
        platform if platform in book.stages.by_platform else "",
    )


@login_required
@require_GET
def funnel(request: HttpRequest, slug: str) -> HttpResponse:
    """The funnel with its tables, and what lies behind them."""
    seen = access.firm_for(request.user, slug)
    if wait := wait_for(request, seen):
        return wait
    book = book_for(seen)
    market, platform = _asked(request, book)
    found = book.stages
    steps = found.by_market[market] if market else found.by_platform[platform] if platform else found.steps
    stalled = [
        line
        for line in book.seek(Sought(market=market, state="stands still"))
        if not platform or platform in line.known.seen.platforms
    ]
    stalled.sort(key=lambda line: (-(line.known.expected.estimate or 0.0), line.standing.silent))
    context = {
        "access": seen,
        "firm": seen.firm,
        "book": book,
        "steps": steps,
        "market": market,
        "platform": platform,
        "markets": sorted((m for m in found.by_market if m), key=countries.name),
        "platforms": sorted(found.by_platform),
        "groups": [
            *({"market": name, "steps": held} for name, held in list(found.by_market.items())[:GROUPS]),
            *({"platform": name, "steps": held} for name, held in list(found.by_platform.items())[:GROUPS]),
        ],
        "onwards": [_told(each) for each in onwards_of(book, contacts_of(seen.firm), market=market, platform=platform)],
        "after": AFTER,
        "stalled": stalled[:STALLED],
        "stalled_in_all": len(stalled),
        "waits": waits_of(seen.workspace, slug),
    }  # fmt: skip
    return render(request, "relationships/funnel.html", context)


def _told(step: Any) -> dict[str, Any]:
    held = step.curves or {}
    moved, left = held.get(MOVED), held.get(LEFT)
    return {
        "step": step,
        "moved": moved,
        "rows": []
        if moved is None
        else [
            {"days": days, "moved": moved.at(days), "left": None if left is None else left.at(days)}
            for days in AFTER
        ],
    }


@login_required
@require_GET
def onwards_json(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """The curves of who moved on and who left, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    book = book_for(seen)
    market, platform = _asked(request, book)
    contacts = contacts_of(seen.firm)
    steps = onwards_of(book, contacts, market=market, platform=platform)
    if stage not in ("expansion", "commitment"):
        raise Http404
    held = next((step for step in steps if step.stage == stage), None)
    curves = {} if held is None or held.curves is None else held.curves
    mark = (
        f"{seen.ledger.fingerprint()} {hash(tuple((c.cases, c.events, c.longest) for c in curves.values()))}"
    )
    return drawn(
        request,
        mark,
        f"onwards {stage} {market} {platform}",
        partial(charts.onwards_of, curves, stage=stage),
    )
