"""The signed-in person behind a request."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from fondaco.web.accounts.models import User


def person(request: HttpRequest) -> User:
    """Return who asks; raises `PermissionDenied` for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
