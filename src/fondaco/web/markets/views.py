"""Pages of the markets: the map and the table, the months of one market, and a glance at them for the front page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from fondaco import charts, workflows
from fondaco.markets import MarketRow, Scorecard, Stake
from fondaco.reference import countries
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.desk import names
from fondaco.web.markets.notes import notes_by_market

#: Columns of the table that can be sorted, with what they are sorted by; the first is the default.
SORTS = ("rank", "market", "net_revenue", "share", "growth", "orders", "buyers", "repeat_share", "last_order")


@login_required
@require_GET
def glance(request: HttpRequest, slug: str) -> HttpResponse:
    """Part of the firm's front page, which does not wait for it: markets at a glance, what came in, what is not known."""
    seen = access.firm_for(request.user, slug)
    imports = [record for record in reversed(seen.ledger.imports()) if record.undone is None]
    card = card_of(seen) if imports else None
    context = {
        "access": seen,
        "firm": seen.firm,
        "imports": imports[:5],
        "card": card,
        "top": rows_of(card.foreign[:5], card) if card else [],
        "spots": workflows.blind_spots_of(
            seen.workspace, slug, today=timezone.localdate(), notes=notes_by_market(seen), limit=5
        )
        if card
        else (),
        "quarantined": card.basis.withheld if card else 0,
    }
    return render(request, "markets/glance.html", context)


def card_of(seen: access.FirmAccess, as_of: date | None = None) -> Scorecard:
    """Return the firm's scorecard; kept in the process for as long as the ledger stays as it is."""
    return workflows.scorecard_of(seen.workspace, seen.firm.slug, as_of=as_of)


def rows_of(rows: Any, card: Scorecard) -> list[dict[str, Any]]:
    """Return the rows of a table of markets, each with the length of its bar (0 to 100)."""
    largest = max((row.net_revenue for row in card.foreign), default=0)
    return [
        {"row": row, "bar": round(100 * float(max(row.net_revenue, 0) / largest)) if largest > 0 else 0}
        for row in rows
    ]


def as_of_from(request: HttpRequest) -> date | None:
    """Return the day asked for with ``?as_of=``; what is no day counts as none."""
    try:
        return parse_date(request.GET.get("as_of", ""))
    except ValueError:
        return None


def _key(row: MarketRow, name: str) -> Any:
    value = getattr(row, name)
    return value.estimate if name in ("growth", "repeat_share") else value


def sorted_rows(card: Scorecard, by: str) -> list[MarketRow]:
    """Return foreign markets by ``name`` or ``-name`` of `SORTS`; those without a value come last."""
    name = by.removeprefix("-")
    if name not in SORTS:
        return list(card.foreign)
    known = [row for row in card.foreign if _key(row, name) is not None]
    unknown = [row for row in card.foreign if _key(row, name) is None]
    return sorted(known, key=lambda row: _key(row, name), reverse=by.startswith("-")) + unknown


@login_required
@require_GET
def markets(request: HttpRequest, slug: str) -> HttpResponse:
    """The map and the table."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    as_of = as_of_from(request)
    card = card_of(seen, as_of)
    by = request.GET.get("sort", "rank")
    context = {
        "access": seen,
        "firm": seen.firm,
        "card": card,
        "as_of": as_of,
        "today": timezone.localdate(),
        "by": by if by.removeprefix("-") in SORTS else "rank",
        "rows": rows_of(sorted_rows(card, by), card),
        "others": [row for row in card.markets if row.rank is None],
        "asking": _asking(seen, card, as_of),
        "every_market": names.market_choices(),
    }
    return render(request, "markets/markets.html", context)


def _asking(seen: access.FirmAccess, card: Scorecard, as_of: date | None) -> list[Stake]:
    """Return what is at stake in markets that asked or looked and never bought, the most inquiries first."""
    held = workflows.held_by(seen.workspace, seen.firm.slug, as_of=as_of)
    found = [
        held.stake(market, home=card.home, currency=card.currency)
        for market in held.markets
        if card.market(market) is None
    ]
    seen_lately = [stake for stake in found if stake.inquiries or stake.views]
    return sorted(seen_lately, key=lambda stake: (-stake.inquiries, -stake.views, stake.market))


@login_required
@require_GET
def market_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the dossier of the market chosen in a form."""
    access.firm_for(request.user, slug, shared=Item.MARKETS)
    code = request.GET.get("market", "")
    if not countries.is_market(code):
        raise Http404
    return redirect("market", slug=slug, code=code)


# --- charts: the same numbers as the tables, drawn in the browser -----------------------------------


def drawn(
    request: HttpRequest, fingerprint: str, what: str, draw: Callable[..., dict[str, Any]]
) -> HttpResponse:
    """Answer with a chart's specification, kept for as long as the facts stay as they are."""
    look = {"dark": request.GET.get("dark") == "1", "locale": str(names.locale())}
    key = f"chart {what} {fingerprint} {look['dark']} {look['locale']}".replace(" ", "-")
    text = cache.get_or_set(key, lambda: json.dumps(draw(**look), default=str), timeout=24 * 3600)
    return HttpResponse(text, content_type="application/json")


@login_required
@require_GET
def map_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The map as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    card = card_of(seen, as_of_from(request))
    return drawn(request, card.basis.fingerprint, "map", partial(charts.map_of, card))


@login_required
@require_GET
def bars_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The bars as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    card = card_of(seen, as_of_from(request))
    return drawn(request, card.basis.fingerprint, "bars", partial(charts.bars_of, card))


@login_required
@require_GET
def months_json(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One market's months as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    card = card_of(seen, as_of_from(request))
    row = card.market(code)
    if row is None:
        raise Http404
    return drawn(
        request,
        card.basis.fingerprint,
        f"months {code}",
        partial(charts.months_of, row, currency=card.currency),
    )
