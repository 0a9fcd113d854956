"""What happens around every request: its id and log line, the content policy, errors in words."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fondaco.kernel.errors import Damaged, FondacoError, InputError, NeedsAnswer, Refused, UnknownName
from fondaco.web.desk import logs

log = logging.getLogger("fondaco.web")

type_of_answer = Callable[[HttpRequest], HttpResponse]

#: No inline script, no inline style, nothing from elsewhere.  `data:` is for the QR code of the
#: second factor, which allauth draws as an SVG image.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id(get_response: type_of_answer) -> type_of_answer:
    """Give each request an id (a proxy's own, where it is well formed) and write one access line."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        mark = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(mark)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = mark
            log.info(
                "%s %s %s",
                request.method,
                request.path,
                response.status_code,
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return response
        finally:
            logs.request_id.reset(token)

    return middleware


def content_security_policy(get_response: type_of_answer) -> type_of_answer:
    """Send the content policy with every answer, where a view has none of its own that allows less.

    Pages of a person are never kept by a shared cache.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def status_of(error: FondacoError) -> int:
    """Return the HTTP status that says `error`."""
    if isinstance(error, UnknownName):
        return 404
    if isinstance(error, NeedsAnswer | InputError):
        return 400
    if isinstance(error, Refused):
        return 409
    return 500


class ErrorsInWords:
    """Turns the core's errors into a page with their sentence, instead of a failure."""

    def __init__(self, get_response: type_of_answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page that says `error`, if it is one of ours."""
        if isinstance(error, Http404 | PermissionDenied) or not isinstance(error, FondacoError):
            return None
        status = status_of(error)
        if isinstance(error, Damaged):
            log.error("damaged store", exc_info=error)
        return render(request, "desk/problem.html", {"sentence": str(error), "status": status}, status=status)


errors_in_words = ErrorsInWords
