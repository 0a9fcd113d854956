"""What every page's frame needs: the theme, and where the visitor stands."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

import fondaco
from fondaco.web.accounts import access
from fondaco.web.accounts.models import Firm, User

THEMES = ("auto", "light", "dark")
#: Firms that the menu names; who has more finds them on the first page.
MENU = 12


def theme_of(request: HttpRequest) -> str:
    """Return the theme the visitor chose: ``light``, ``dark``, or ``auto`` for the device's own."""
    theme = request.COOKIES.get("theme", "auto")
    return theme if theme in THEMES else "auto"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the theme, and the firms and networks between which a signed-in visitor can go."""
    context: dict[str, Any] = {"theme": theme_of(request), "version": fondaco.__version__}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        firms = list(access.firms_of(user)[: MENU + 1])
        context |= {"my_firms": firms[:MENU], "more_firms": len(firms) > MENU}
        context["my_networks"] = access.networks_of(user)
    elif user is not None:
        context["first_run"] = settings.SIGN_UP == "first" and not User.objects.exists()
        context["is_demo"] = Firm.objects.filter(fictional=True).exists()
    return context
