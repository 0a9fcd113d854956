"""Conclusions from a firm's ledger, kept by the fingerprint of what they rest on.

Nothing here is stored as truth: throw the cache away and the next question computes it again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from fondaco.ledger import Ledger, Workspace
from fondaco.markets import ByMonth, Scorecard, by_month, scorecard

T = TypeVar("T")

#: How many conclusions a process keeps; each is some hundred kilobytes at most.
MOST_KEPT = 256
_kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
_at_work: dict[tuple[str, ...], threading.Lock] = {}
_guard = threading.Lock()


def remembering(key: tuple[str, ...], compute: Callable[[], T]) -> T:
    """Return what is kept, or compute it; whoever asks the same meanwhile waits for the one answer."""
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return cast(T, _kept[key])
        at_work = _at_work.setdefault(key, threading.Lock())
    with at_work:
        with _guard:
            if key in _kept:
                return cast(T, _kept[key])
        try:
            found = compute()
            with _guard:
                _kept[key] = found
                while len(_kept) > MOST_KEPT:
                    _kept.popitem(last=False)
        finally:
            with _guard:
                _at_work.pop(key, None)
    return found


def is_kept(key: tuple[str, ...]) -> bool:
    """Whether an answer is at hand, so that a page can be shown at once."""
    with _guard:
        return key in _kept


def drop_kept() -> None:
    """Let go of every conclusion that this process keeps, such as those that quote who is to be forgotten."""
    with _guard:
        _kept.clear()


def key_of(workspace: Workspace, ledger: Ledger, what: str, as_of: date | None) -> tuple[str, ...]:
    return (str(workspace.home), what, ledger.fingerprint(as_of=as_of), str(as_of))


def scorecard_of(workspace: Workspace, firm: str, *, as_of: date | None = None) -> Scorecard:
    """Return the market scorecard of a firm, as things are or as they were known at the end of a day."""
    ledger = workspace.ledger(firm)
    return remembering(key_of(workspace, ledger, "scorecard", as_of), lambda: _scorecard(ledger, as_of))


def _scorecard(ledger: Ledger, as_of: date | None) -> Scorecard:
    return scorecard(
        ledger.table("orders", as_of=as_of),
        home=ledger.firm.home,
        currency=ledger.firm.currency,
        traffic=ledger.table("traffic", as_of=as_of),
        fingerprint=ledger.fingerprint(as_of=as_of),
        withheld=ledger.quarantine_count(),
    )


def months_of(workspace: Workspace, firm: str, *, as_of: date | None = None) -> ByMonth:
    """Return the figures of every market month by month: orders, revenue, views, inquiries."""
    ledger = workspace.ledger(firm)
    return remembering(
        key_of(workspace, ledger, "months", as_of),
        lambda: by_month(ledger.table("orders", as_of=as_of), ledger.table("traffic", as_of=as_of)),
    )
