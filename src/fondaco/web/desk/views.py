"""Home, the theme switch, the health endpoint, and what the site says when something is wrong."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fondaco.web.accounts import access, actions
from fondaco.web.accounts.models import User
from fondaco.web.desk.context import THEMES
from fondaco.web.desk.listing import listed
from fondaco.web.desk.people import person

log = logging.getLogger("fondaco.web")

_A_YEAR = 365 * 24 * 3600


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the one firm or network of the visitor, or let them choose; a newcomer sees the first step."""
    user = person(request)
    if User.objects.count() == 1:  # on a machine of one's own, firms made on the command line are one's own
        actions.adopt_ledger_firms(access.workspace(), user, now=timezone.now())
    firms, networks = access.firms_of(user), list(access.networks_of(user))
    context = listed(firms, "name", request.GET.dict())
    if context["total"] == 1 and not networks:
        return redirect("firm", slug=firms.get().slug)
    if not context["total"] and len(networks) == 1:
        return redirect("network", slug=networks[0].slug)
    demo = firms.filter(fictional=True).exists() or any(network.fictional for network in networks)
    context |= {"networks": networks, "demo": demo}
    return render(request, "desk/home.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's choice of light, dark or the device's own, and go back to where they were."""
    chosen = request.POST.get("theme", "auto")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=_A_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
    return response


@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Tell whether the site can work: the database answers and is migrated, the workspace can be read."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("database not migrated")
    except DatabaseError:
        log.exception("health: database")
        problems.append("database out of reach")
    try:
        access.workspace().firms()
    except Exception:  # whatever it is, the answer is the same: the ledger cannot be used
        log.exception("health: ledger")
        problems.append("ledger out of reach")
    body: dict[str, Any] = {"status": "failing" if problems else "ok", "problems": problems}
    return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK)


# --- what the site says when something is wrong -----------------------------------------------------


def _say(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(
        request, "desk/problem.html", {"title": title, "sentence": sentence, "status": status}, status=status
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400."""
    return _say(request, 400, _("That cannot be read"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    sentence = str(exception) or _("Your role does not allow this. Ask an owner of the firm.")
    return _say(request, 403, _("Not with your role"), sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404."""
    return _say(request, 404, _("Nothing here"), _("There is no such page, or it is not yours to see."))


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500: drawn without the database, which may be what failed."""
    return HttpResponse(_FAILED, status=500)


_FAILED = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fondaco</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/fondaco/desk.css"></head><body class="bare"><main id="main">
<h1>That is our fault</h1><p>Something failed here. It is written in the log; nothing half-done was kept.
Try again, and tell whoever runs this site if it comes back.</p><p><a href="/">Home</a></p></main></body></html>
"""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was not one that this site gave out."""
    return _say(
        request, 403, _("This form is out of date"), _("Go back, reload the page and send the form again.")
    )
