"""Conclusions from a firm's ledger, kept by the fingerprint of what they rest on.

Nothing here is stored as truth: throw the cache away and the next question computes it again.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

from fondaco.ledger import Ledger, Workspace
from fondaco.markets import (
    BlindSpot,
    ByMonth,
    Dossier,
    Held,
    Note,
    Scorecard,
    blind_spots_over,
    by_month,
    held_of,
    market_dossier,
    scorecard,
)
from fondaco.reference import countries
from fondaco.reference.rates import Rates

T = TypeVar("T")

#: How many conclusions a process keeps; each is some hundred kilobytes at most.
MOST_KEPT = 256
_kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
_at_work: dict[tuple[str, ...], threading.Lock] = {}
_guard = threading.Lock()


def _remembering(key: tuple[str, ...], compute: Callable[[], T]) -> T:
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


def _key(workspace: Workspace, ledger: Ledger, what: str, as_of: date | None) -> tuple[str, ...]:
    return (str(workspace.home), what, ledger.fingerprint(as_of=as_of), str(as_of))


def scorecard_of(workspace: Workspace, firm: str, *, as_of: date | None = None) -> Scorecard:
    """Return the market scorecard of a firm, as things are or as they were known at the end of a day."""
    ledger = workspace.ledger(firm)
    return _remembering(_key(workspace, ledger, "scorecard", as_of), lambda: _scorecard(ledger, as_of))


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
    return _remembering(
        _key(workspace, ledger, "months", as_of),
        lambda: by_month(ledger.table("orders", as_of=as_of), ledger.table("traffic", as_of=as_of)),
    )


@functools.lru_cache(maxsize=4)
def _rates(home: Path, _changed: float) -> Rates:
    return Rates.load(home)


def rates_of(workspace: Workspace) -> Rates:
    """Return the workspace's exchange rates, read once for as long as nobody brings newer ones."""
    own = workspace.home / "rates"
    return _rates(workspace.home, own.stat().st_mtime if own.is_dir() else 0.0)


def held_by(workspace: Workspace, firm: str, *, as_of: date | None = None) -> Held:
    """Return how many observations a firm's ledger holds of each market, and what is at stake there."""
    ledger = workspace.ledger(firm)
    card = scorecard_of(workspace, firm, as_of=as_of)
    names = ("inquiries", "reviews", "traffic", "ads", "listings")
    return _remembering(
        _key(workspace, ledger, "held", as_of),
        lambda: held_of(
            ledger.table("orders", as_of=as_of),
            card=card,
            **{name: ledger.table(name, as_of=as_of) for name in names},
        ),
    )


def dossier_of(
    workspace: Workspace,
    firm: str,
    market: str,
    *,
    today: date,
    as_of: date | None = None,
    notes: Sequence[Note] | None = (),
) -> Dossier:
    """Return all that is known of one market; `market` in any spelling of a country.

    Parameters
    ----------
    today
        The day by which things are old; where `as_of` is given, that day takes its place.
    notes
        What people told of the market; None where they were not asked for.

    Raises
    ------
    UnknownName
        When the country is none.
    """
    code = countries.from_code(market)
    ledger = workspace.ledger(firm)
    day = as_of or today
    card = scorecard_of(workspace, firm, as_of=as_of)
    held = held_by(workspace, firm, as_of=as_of)
    names = ("inquiries", "reviews", "ads", "listings")
    return _remembering(
        (*_key(workspace, ledger, "dossier", as_of), code, str(day), str(notes)),
        lambda: market_dossier(
            ledger.table("orders", as_of=as_of),
            code,
            card=card,
            held=held,
            today=day,
            rates=rates_of(workspace),
            notes=notes,
            **{name: ledger.table(name, as_of=as_of) for name in names},
        ),
    )


def blind_spots_of(
    workspace: Workspace,
    firm: str,
    *,
    today: date,
    notes: Mapping[str, Sequence[Note]] | None = None,
    limit: int | None = None,
) -> tuple[BlindSpot, ...]:
    """Return what a firm does not know over all of its foreign markets, the costliest first.

    Parameters
    ----------
    notes
        What people told, by market.
    """
    card = scorecard_of(workspace, firm)
    held = held_by(workspace, firm)
    return blind_spots_over(card, held, today, rates=rates_of(workspace), notes=notes, limit=limit)
