"""What a signal is: a finding, what to do about it, what it rests on, and the ledger's rows behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import ibis.expr.types as ir

from fondaco.markets.signals.behind import NOTHING, Behind

Kind = Literal[
    "market rising",
    "market falling",
    "viewed, not asked for",
    "keyword without return",
    "price outside the range",
    "minimum above what is asked",
    "unmet request",
]
#: In the order in which they are shown.
KINDS: tuple[Kind, ...] = (
    "market rising",
    "market falling",
    "unmet request",
    "minimum above what is asked",
    "viewed, not asked for",
    "keyword without return",
    "price outside the range",
)


@dataclass(frozen=True)
class Signal:
    """Something that deserves a look.

    Attributes
    ----------
    kind
        One of `KINDS`.
    market
        Alpha-3; None where it concerns no single market.
    product
        Product, keyword or request; None where it concerns a whole market.
    finding
        What the ledger says, in a sentence with its figures.
    action
        What to do, or to look at first.
    rests_on
        What it rests on, and what could make it wrong.
    measured
        "test" or "count".
    strength
        Of a test 1 - q_value; of a count the share concerned (of texts, inquiries or offers).
    p_value, q_value
        Of a test: its p value, and the smallest false discovery rate at which it is reported.
    since
        First day of what it tells.
    rows
        The ledger's rows behind it.
    details
        Figures of its kind, as JSON values.
    """

    kind: Kind
    market: str | None
    product: str | None
    finding: str
    action: str
    rests_on: str
    measured: Literal["test", "count"] = "test"
    strength: float = 0.0
    rows: Behind = NOTHING
    since: date | None = None
    p_value: float | None = None
    q_value: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the signal as JSON values."""
        return {
            "kind": self.kind,
            "market": self.market,
            "product": self.product,
            "finding": self.finding,
            "strength": round(self.strength, 4),
            **self.rows.to_json(),
            "measured": self.measured,
            "p_value": None if self.p_value is None else float(f"{self.p_value:.3g}"),
            "q_value": None if self.q_value is None else float(f"{self.q_value:.3g}"),
            "since": None if self.since is None else self.since.isoformat(),
            "action": self.action,
            "rests_on": self.rests_on,
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class Test:
    """A test that was made: its p value, and the signal that it is if it is reported.

    Attributes
    ----------
    table, rows
        The ledger's table, and the expression for its rows behind it; run only if it is reported.
    """

    p_value: float
    signal: Signal
    table: str
    rows: ir.Table


@dataclass(frozen=True)
class Looked:
    """How many tests of a sort were made, and what kept others from being made."""

    what: str
    tests: int
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"what": self.what, "tests": self.tests, "why": self.why}


def many(count: int, what: str) -> str:
    """Return a number with its word, in the plural where it must be.

    Examples
    --------
    >>> many(1, "order"), many(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def grouped(
    rows: Iterable[Mapping[str, Any]], *names: str
) -> list[tuple[tuple[Any, ...], list[Mapping[str, Any]]]]:
    """Put rows together that say the same under `names`; sorted, what is unknown last."""
    held: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for r in rows:
        held[tuple(r[name] for name in names)].append(r)
    return sorted(held.items(), key=lambda item: tuple((part is None, str(part)) for part in item[0]))
