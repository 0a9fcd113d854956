"""The dossier of one market, and its charts."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fondaco import charts, workflows
from fondaco.markets import PARTS, Dossier
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.markets import notes
from fondaco.web.markets.models import Part
from fondaco.web.markets.rules import TOPIC_NAMES
from fondaco.web.markets.views import as_of_from, card_of, drawn

#: Blind spots that are shown before "more".
FIRST = 5
#: What a price is per.
BASES = {"l": _("litre"), "kg": _("kilogram"), "piece": _("piece")}


def dossier_for(seen: access.FirmAccess, code: str, request: HttpRequest) -> Dossier:
    """Return the dossier as this person may see it: people's notes only to whom they are shown."""
    as_of = as_of_from(request)
    told = None if as_of else notes.notes_for(seen, code)
    return workflows.dossier_of(
        seen.workspace,
        seen.firm.slug,
        code,
        today=timezone.localdate(),
        as_of=as_of,
        notes=None if told is None else tuple(each.note for each in told),
    )


@login_required
@require_GET
def market(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One market: what is not known, then the four parts."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    held = dossier_for(seen, code, request)
    row, said = held.row, held.statements()
    labels = dict(Part.choices)
    context = {
        "access": seen,
        "firm": seen.firm,
        "card": card_of(seen, as_of_from(request)),
        "row": row,
        "held": held,
        "as_of": as_of_from(request),
        "parts": [
            {
                "name": part,
                "label": labels[part],
                "measure": held.parts[part],
                "percent": round(100 * held.parts[part].share),
                "age": held.parts[part].age(held.today),
                "statements": said[part],
                "template": f"markets/part_{part}.html",
            }
            for part in PARTS
        ],
        "first_spots": held.blind_spots[:FIRST],
        "more_spots": held.blind_spots[FIRST:],
        "notes": notes.notes_for(seen, code),
        "today": timezone.localdate(),
        "season": list(enumerate(row.seasonality, start=1)) if row.seasonality else [],
        "months": list(reversed(row.months)),
        "rate_months": list(reversed(held.conditions.exchange.months)),
        "terms": [
            (_("Bring orders"), held.customers.terms.with_verdict("brings orders")[:10]),
            (_("Only cost"), held.customers.terms.with_verdict("only costs")[:10]),
        ],
        "bases": BASES,
        "barriers": [(TOPIC_NAMES[topic], rules) for topic, rules in held.regulations.by_topic().items()]
        if held.regulations
        else [],
    }
    return render(request, "markets/market.html", context)


@login_required
@require_GET
def prices_json(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Own prices among comparable offers as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    held = dossier_for(seen, code, request)
    positions: Any = held.competitors.positions if held.competitors else ()
    draw = partial(charts.prices_of, positions, currency=held.currency)
    what = f"prices {code} {held.today} {held.conditions.exchange.quotations.newest}"
    return drawn(request, str(held.basis["fingerprint"]), what, draw)


@login_required
@require_GET
def rate_json(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The exchange rate of the market's currency as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    held = dossier_for(seen, code, request)
    exchange = held.conditions.exchange
    if not exchange.months:
        raise Http404
    draw = partial(charts.rate_of, exchange)
    what = f"rate {code} {exchange.quotations.newest}"
    return drawn(request, str(held.basis["fingerprint"]), what, draw)
