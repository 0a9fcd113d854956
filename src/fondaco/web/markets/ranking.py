"""The Markets page by what to expect of each market, also of those that nothing was sold to yet."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fondaco import charts
from fondaco.markets.ranking import Ranking, RankingRow
from fondaco.numerics.estimates import Estimate
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Item
from fondaco.web.markets.views import as_of_from, card_of, drawn
from fondaco.workflows.ranking import ranking_of

#: Columns that can be sorted; the first is the default.
SORTS = (
    "rank", "market", "contribution", "expected_orders", "expected_inquiries", "top5_probability", "weight", "orders",
)  # fmt: skip
#: Markets in the table unless all are asked for.
SHOWN = 30


def _key(row: RankingRow, name: str) -> Any:
    value = getattr(row, name)
    return value.estimate if isinstance(value, Estimate) else value


def sorted_rows(found: Ranking, by: str) -> list[RankingRow]:
    """Return foreign markets by ``name`` or ``-name`` of `SORTS`; those without a value come last."""
    name = by.removeprefix("-")
    if name not in SORTS:
        return list(found.foreign)
    known = [row for row in found.foreign if _key(row, name) is not None]
    unknown = [row for row in found.foreign if _key(row, name) is None]
    return sorted(known, key=lambda row: _key(row, name), reverse=by.startswith("-")) + unknown


@login_required
@require_GET
def expected(request: HttpRequest, slug: str) -> HttpResponse:
    """The table of what to expect, with ranges and sources."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    as_of = as_of_from(request)
    found = ranking_of(seen.workspace, slug, as_of=as_of)
    by = request.GET.get("sort", "rank")
    rows = sorted_rows(found, by)
    everything = request.GET.get("all") == "1"
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": found,
        "card": card_of(seen, as_of),
        "as_of": as_of,
        "today": timezone.localdate(),
        "by": by if by.removeprefix("-") in SORTS else "rank",
        "rows": rows if everything else rows[:SHOWN],
        "more": 0 if everything else max(len(rows) - SHOWN, 0),
        "home": [row for row in found.rows if row.home],
    }
    return render(request, "markets/expected.html", context)


@login_required
@require_GET
def expected_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The first markets with their ranges, as a Vega-Lite specification."""
    seen = access.firm_for(request.user, slug, shared=Item.MARKETS)
    found = ranking_of(seen.workspace, slug, as_of=as_of_from(request))
    return drawn(request, found.basis.key, "expected", partial(charts.expected_of, found))
