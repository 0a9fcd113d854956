"""The dashboard of a network's supporters: computed results only, and how fresh they are."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fondaco import charts
from fondaco.network.disclosure import SCALES, Indicator, group_of
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Network
from fondaco.web.markets.views import drawn
from fondaco.web.network.benchmarks import refreshing, sharing
from fondaco.web.network.benchmarks.comparing import LABELS, between, spelled_group
from fondaco.web.network.benchmarks.models import FirmFigures, ItemState, Refresh, SharedIndicator

#: Figures computed longer ago are told to be older.
FRESH = timedelta(days=31)
#: Members that could not be computed are named up to so many.
MOST_NAMED = 20


@login_required
@require_GET
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Members by state, indicators as published, and the refresh; members of the network have the page Benchmarks."""
    seen = access.network_for(request.user, slug)
    if not seen.supports:
        return redirect("benchmarks", slug=slug)
    refresh = refreshing.latest(seen.network)
    context: dict[str, Any] = {
        "access": seen,
        "network": seen.network,
        "members": members_by_state(seen.network, timezone.now()),
        "indicators": indicators_of(seen.network),
        "refresh": refresh,
        "progress": refresh and refreshing.progress(refresh),
        "failed": _failed(refresh),
        "drawn": bool(readiness_bands(seen.network)),
    }
    return render(request, "benchmarks/dashboard.html", context)


@login_required
@require_GET
def dashboard_readiness(request: HttpRequest, slug: str) -> HttpResponse:
    """Readiness of the members on one scale, as a Vega-Lite specification: released cells only."""
    seen = access.network_for(request.user, slug, need="support")
    bands = readiness_bands(seen.network)
    mark = hashlib.sha256(repr(bands).encode()).hexdigest()[:16]
    return drawn(request, f"{slug} {mark}", "shared scale", partial(charts.shared_scale_of, bands))


def readiness_bands(network: Network) -> list[charts.Band]:
    """Return the released means of readiness, of all members and of groups."""
    return [
        charts.Band(
            str(LABELS[of]).partition(",")[0],
            spelled_group(group_of(cell["group"])),
            cell["low"],
            cell["high"],
            cell["n"],
        )
        for cell in sharing.board_of(network)
        if (of := Indicator(cell["indicator"])) in sharing.READINESS and not cell.get("withheld")
    ]


@login_required
@require_POST
def refresh_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Compute the figures of all members anew."""
    seen = access.network_for(request.user, slug, need="support")
    refreshing.start(seen, now=timezone.now())
    return redirect("dashboard", slug=slug)


@login_required
@require_GET
def refresh_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the refresh is, to be put into the page."""
    seen = access.network_for(request.user, slug, need="support")
    refresh = refreshing.latest(seen.network)
    context = {
        "access": seen,
        "network": seen.network,
        "refresh": refresh,
        "progress": refresh and refreshing.progress(refresh),
        "failed": _failed(refresh),
    }
    return render(request, "benchmarks/progress.html", context)


def members_by_state(network: Network, now: datetime) -> dict[str, Any]:
    """Return how many members have fresh, older and no figures, and how many share any."""
    rows = FirmFigures.objects.filter(firm__network_memberships__network=network)
    counts = rows.aggregate(
        many=Count("pk"), fresh=Count("pk", filter=Q(computed__gte=now - FRESH)), oldest=Min("computed")
    )
    total = network.memberships.count()
    shares = SharedIndicator.objects.filter(membership__network=network)
    return {
        "total": total,
        "sharing": shares.aggregate(many=Count("membership", distinct=True))["many"],
        "fresh": counts["fresh"],
        "older": counts["many"] - counts["fresh"],
        "none": total - counts["many"],
        "oldest": counts["oldest"],
    }


def indicators_of(network: Network) -> list[dict[str, Any]]:
    """Return each indicator with its cells by group, in words."""
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in sharing.board_of(network):
        scale = SCALES[Indicator(cell["indicator"])]
        told = {"group": spelled_group(group_of(cell["group"])), "why": cell.get("why", "")}
        if not cell.get("withheld"):
            told |= {"between": between(cell["low"], cell["high"], scale), "n": cell["n"]}
            told["until"] = date.fromisoformat(cell["until"])
        found.setdefault(cell["indicator"], []).append(told)
    return [
        {"name": name, "label": LABELS[Indicator(name)], "all": cells[0], "cells": cells[1:]}
        for name, cells in found.items()
    ]


def _failed(refresh: Refresh | None) -> list[Any]:
    if refresh is None:
        return []
    return list(
        refresh.items.select_related("firm").filter(state=ItemState.FAILED).order_by("pk")[:MOST_NAMED]
    )
