"""The page Forecast: orders and value to come by market, and the buyers most worth a call."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.kernel.exports import SafeWriter
from fondaco.reference import countries
from fondaco.relationships.outlook import HOPE, OVERDUE, Forecast
from fondaco.web.accounts import access
from fondaco.web.markets.views import drawn
from fondaco.workflows.forecast import forecast_of
from fondaco.workflows.stages import waits_of

#: Rows in the tables of calls and of buyers.
CALLS, BUYERS = 15, 25


def _asked(request: HttpRequest, found: Forecast) -> str | None:
    """Return the market asked for; one that nobody ordered from counts as none."""
    code = request.GET.get("market", "")
    return code if any(one.market == code for one in found.markets) else None


@login_required
@require_GET
def forecast(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables, with ranges and caveats."""
    seen = access.firm_for(request.user, slug)
    found = forecast_of(seen.workspace, slug, today=timezone.localdate())
    market = _asked(request, found)
    calls = found.calls(CALLS, market=market)
    held = found.buyers
    places = (
        [] if held is None else [p for p in held.by_promise() if market in (None, held.markets[p])][:BUYERS]
    )
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": found,
        "ahead": list(found.ahead),
        "longest": list(found.ahead)[-1],
        "market": market,
        "markets": sorted((one.market for one in found.markets if one.market), key=countries.name),
        "overdue": [one for one in calls if one.kind == "overdue"],
        "single": [one for one in calls if one.kind == "second order"],
        "buyers": [] if held is None else list(held.rows(places)),
        "waits": waits_of(seen.workspace, slug),
        "in_money": held is not None and not held.valued,
        "overdue_from": 1 - OVERDUE,
        "hope": HOPE,
    }
    return render(request, "relationships/forecast.html", context)


@login_required
@require_GET
def forecast_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Expected orders by market with their ranges, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug)
    found = forecast_of(seen.workspace, slug)
    return drawn(request, found.fingerprint, "forecast", partial(charts.forecast_of, found))


@login_required
@require_GET
def forecast_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every buyer's forecast, for a spreadsheet."""
    seen = access.firm_for(request.user, slug)
    frame = forecast_of(seen.workspace, slug).to_frame()
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="forecast-{slug}.csv"'
    writer = SafeWriter(answer)
    writer.writerow(frame.columns)
    for row in frame.iter_rows():
        writer.writerow(row)
    return answer
