"""Logs: one JSON object a line, with the request it belongs to."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

#: The id of the request being answered in this context; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "taskName"}

#: What comes after these in an address opens something by itself: an invitation, questions, a digest's end, a password.
_TOKEN = re.compile(
    r"(/r/|/stop/|/invitations/|/knowledge/digest/|/accounts/confirm-email/|/accounts/password/reset/key/)[^/\s\"'?#]+"
)


def masked(text: str) -> str:
    """Return a text without the tokens in the addresses that it names.

    >>> masked("GET /r/Qm9iIHNheXM/ 200"), masked("/f/tea/")
    ('GET /r/***/ 200', '/f/tea/')
    """
    return _TOKEN.sub(r"\1***", text)


class RequestFilter(logging.Filter):
    """Puts the id of the current request on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mark `record`; never drops it."""
        vars(record)["request_id"] = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: when, level, logger, text, request, and what was given as ``extra``; no token in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as a line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": masked(record.getMessage()),
        }
        if mark := vars(record).get("request_id"):
            line["request"] = mark
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = value if isinstance(value, int | float | bool | None) else masked(str(value))
        if record.exc_info:
            line["error"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A record as plain text for a developer's terminal; no token in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as text."""
        return masked(super().format(record))
