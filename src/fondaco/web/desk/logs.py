"""Logs: one JSON object a line, with the request it belongs to."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

#: The id of the request being answered in this context; empty outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id", "taskName"}


class RequestFilter(logging.Filter):
    """Puts the id of the current request on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mark `record`; never drops it."""
        vars(record)["request_id"] = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: when, level, logger, text, request, and what was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `record` as a line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        if mark := vars(record).get("request_id"):
            line["request"] = mark
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = value if isinstance(value, str | int | float | bool | None) else str(value)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
