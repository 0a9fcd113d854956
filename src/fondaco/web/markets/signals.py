"""What changed and deserves a look: the page of signals, and their number for the front page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from fondaco import workflows
from fondaco.markets.signals.finding import KINDS, Kind, Signal
from fondaco.web.accounts import access

#: Of each kind: its heading, and what it means in a sentence.
TITLES: dict[Kind, tuple[str | Promise, str | Promise]] = {
    "market rising": (_("Markets that rise"), _("More than chance, than all markets together and than a year before.")),
    "market falling": (_("Markets that fall"), _("Less than chance, than all markets together and than a year before.")),
    "unmet request": (_("Asked for and not offered"), _("Counted in inquiries and reviews.")),
    "minimum above what is asked": (_("Minimum orders above what is asked"), _("Counted in inquiries that state a quantity.")),
    "viewed, not asked for": (_("Viewed but not asked for"), _("Less than the firm's other products, beyond chance.")),
    "keyword without return": (_("Keywords that burn money"), _("Less than the firm's other search terms, beyond chance.")),
    "price outside the range": (_("Prices outside the competitors' range"), _("Compared in one currency, offer by offer.")),
}  # fmt: skip


@login_required
@require_GET
def signals(request: HttpRequest, slug: str) -> HttpResponse:
    """All signals by kind; ``?market=KOR`` keeps those of one market."""
    seen = access.firm_for(request.user, slug)  # texts of buyers: for the firm's own people only
    found = workflows.signals_of(seen.workspace, slug)
    markets = sorted({signal.market for signal in found.signals if signal.market})
    market = request.GET.get("market", "")
    shown = (
        [signal for signal in found.signals if market in ("", signal.market)]
        if market in markets
        else found.signals
    )
    context = {
        "access": seen,
        "firm": seen.firm,
        "found": found,
        "groups": _grouped(shown),
        "shown": len(shown),
        "markets": markets,
        "market": market if market in markets else "",
        "imports": {record.import_ for record in seen.ledger.imports()},
    }
    return render(request, "markets/signals.html", context)


def _grouped(shown: Any) -> list[dict[str, Any]]:
    held: dict[str, list[Signal]] = {kind: [] for kind in KINDS}
    for signal in shown:
        held[signal.kind].append(signal)
    return [
        {"number": number, "title": TITLES[kind][0], "means": TITLES[kind][1], "signals": held[kind]}
        for number, kind in enumerate(KINDS)
        if held[kind]
    ]


@login_required
@require_GET
def signals_count(request: HttpRequest, slug: str) -> HttpResponse:
    """The number of signals, as the front page shows it; asked for beside, as it may take a second."""
    seen = access.firm_for(request.user, slug)
    found = workflows.signals_of(seen.workspace, slug)
    counts = Counter(signal.kind for signal in found.signals)
    groups = [{"title": TITLES[kind][0], "count": counts[kind]} for kind in KINDS if counts[kind]]
    context = {"firm": seen.firm, "count": len(found.signals), "groups": groups}
    return render(request, "markets/signals_count.html", context)
