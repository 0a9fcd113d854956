"""Two versions of a plan beside each other; and a plan beside what then happened.

What happened is told market by market, for orders, inquiries and revenue: before and after the day of the plan
(`fondaco.markets.changes`), and the first `DAYS` days after it against what was expected of them on that day
(`fondaco.markets.ranking`).  None of it proves that the plan was the cause, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from fondaco.numerics.estimates import Estimate
from fondaco.strategy.plan.lines import Line

#: What is expected is told for a month; so many days after the plan are held against it.
DAYS = 30
#: Figures that a comparison lists at most; it says how many more there are.
MOST_FIGURES = 200

#: Fields of a line that people change, by the name that is shown.
_FIELDS = ("text", "owner", "due", "status", "why", "changes")


@dataclass(frozen=True)
class Changed:
    """A field of a line that says something else."""

    key: str
    text: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Figure:
    """A figure behind a part that is another now; None where it was, or is, not there."""

    part: str
    path: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Difference:
    """What changed from one version to another."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[Changed, ...]
    figures: tuple[Figure, ...]
    more_figures: int = 0

    @property
    def none(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.changed or self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return the difference as JSON values."""
        return {
            "added": [{"key": line.key, "text": line.text} for line in self.added],
            "removed": [{"key": line.key, "text": line.text} for line in self.removed],
            "changed": [vars(each) for each in self.changed],
            "figures": [vars(each) for each in self.figures],
            "more_figures": self.more_figures,
        }


def difference(
    before: Sequence[Line],
    after: Sequence[Line],
    proposals: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> Difference:
    """Compare the lines of two versions by their keys and, where their proposals are given, the figures behind.

    Examples
    --------
    >>> from fondaco.strategy.plan.lines import line_of
    >>> said = {"key": "price/a", "part": "price", "what": "Raise it.", "who": "firm", "when": "2026-12-01"}
    >>> told = difference([line_of(said)], [line_of({**said, "when": "2027-01-01"})])
    >>> [(each.field, each.before, each.after) for each in told.changed]
    [('due', '2026-12-01', '2027-01-01')]
    """
    old, new = {line.key: line for line in before}, {line.key: line for line in after}
    changed = [
        Changed(key, new[key].text, field, _shown(getattr(old[key], field)), _shown(getattr(new[key], field)))
        for key in new
        if key in old
        for field in _FIELDS
        if getattr(old[key], field) != getattr(new[key], field)
    ]
    figures = list(_figures(*proposals)) if proposals is not None else []
    return Difference(
        tuple(line for key, line in new.items() if key not in old),
        tuple(line for key, line in old.items() if key not in new),
        tuple(changed),
        tuple(figures[:MOST_FIGURES]),
        max(0, len(figures) - MOST_FIGURES),
    )


def _shown(said: object) -> str:
    return said.isoformat() if isinstance(said, date) else str(said or "")


def _figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Figure]:
    for part in dict.fromkeys([*before.get("parts", {}), *after.get("parts", {})]):
        old, new = (
            {path: n for path, said in leaves(_facts(held, part)) if (n := _number(said)) is not None}
            for held in (before, after)
        )
        for path in dict.fromkeys([*old, *new]):
            if old.get(path) != new.get(path):
                yield Figure(part, path, old.get(path), new.get(path))


def _facts(proposal: Mapping[str, Any], part: str) -> Any:
    return proposal.get("parts", {}).get(part, {}).get("facts", {})


def _number(said: object) -> float | None:
    """Return a figure as a number: money is written as text."""
    if isinstance(said, bool):
        return None
    if isinstance(said, int | float):
        return float(said)
    if isinstance(said, str) and said[:1] in "-0123456789":
        try:
            return float(said)
        except ValueError:
            return None
    return None


def leaves(facts: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk through JSON values; items of a list go by what names them, so that a new one moves no other.

    >>> list(leaves({"a": {"b": 1}, "rows": [{"market": "GBR", "cost": "2.50"}, 7]}))
    [('a.b', 1), ('rows.GBR.market', 'GBR'), ('rows.GBR.cost', '2.50'), ('rows.1', 7)]
    """
    if isinstance(facts, dict):
        for name, said in facts.items():
            yield from leaves(said, f"{path}.{name}" if path else str(name))
    elif isinstance(facts, list):
        for number, said in enumerate(facts):
            yield from leaves(said, f"{path}.{_called(said) or number}" if path else str(number))
    else:
        yield path, facts


def _called(said: Any) -> str:
    """Return what names an item of a list: its product, market, platform and the like, as far as it has them."""
    if not isinstance(said, dict):
        return ""
    names = ("key", "id", "product", "sku", "market", "platform", "channel", "name", "term", "what")
    return "/".join(said[name] for name in names if isinstance(said.get(name), str))


# --- what then happened


Verdict = Literal["below", "as expected", "above", "not known"]


@dataclass(frozen=True)
class Outcome:
    """What came of a market after the plan.

    Attributes
    ----------
    before, after
        In as many days on either side of the plan's day; None where too few are known. Revenue in the firm's currency.
    days
        On each side.
    factor
        Rate after over rate before; 1 is no change.
    month
        What came in the first `DAYS` days after; None until they have passed.
    expected
        Of those days, as expected on the day of the plan, with its range.
    """

    market: str
    measure: Literal["orders", "inquiries", "revenue"]
    before: float | None
    after: float | None
    days: int
    factor: Estimate
    month: float | None
    expected: Estimate

    @property
    def verdict(self) -> Verdict:
        """Whether the first month lies in the range that was expected of it."""
        low, high = self.expected.low, self.expected.high
        if self.month is None or low is None or high is None:
            return "not known"
        return "below" if self.month < low else "above" if self.month > high else "as expected"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "market": self.market,
            "measure": self.measure,
            "before": self.before,
            "after": self.after,
            "days": self.days,
            "factor": self.factor.to_json(2),
            "month": self.month,
            "expected": self.expected.to_json(2),
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class Sold:
    """What units of a product went for since the plan, beside the floor it had then; all in one currency.

    Attributes
    ----------
    lines, below
        Order lines, and those of them under the floor.
    lowest
        The lowest price of a unit.
    """

    product: str
    market: str | None
    currency: str
    floor: Decimal
    lines: int
    below: int
    lowest: Decimal | None

    def to_json(self) -> dict[str, Any]:
        """Return what was sold as JSON values; money as text."""
        return {
            **vars(self),
            "floor": f"{self.floor:f}",
            "lowest": None if self.lowest is None else f"{self.lowest:f}",
        }


@dataclass(frozen=True)
class Aftermath:
    """A plan beside what then happened.

    Attributes
    ----------
    since, until
        The day of the plan, and the last day that the ledger knows.
    kept
        How many lines stand at each status.
    overdue
        Lines that are past their day and neither done nor dropped.
    """

    since: date
    until: date | None
    kept: Mapping[str, int]
    overdue: tuple[Line, ...]
    outcomes: tuple[Outcome, ...]
    sold: tuple[Sold, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "since": self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
            "lines": dict(self.kept),
            "overdue": [line.key for line in self.overdue],
            "outcomes": [each.to_json() for each in self.outcomes],
            "sold": [each.to_json() for each in self.sold],
            "notes": list(self.notes),
        }


def kept(lines: Sequence[Line]) -> dict[str, int]:
    """Count lines by status."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.status] = found.get(line.status, 0) + 1
    return found


def overdue(lines: Sequence[Line], today: date) -> tuple[Line, ...]:
    """Return lines past their day that are neither done nor dropped, the oldest first."""
    late = [x for x in lines if x.due is not None and x.due < today and x.status not in ("done", "dropped")]
    return tuple(sorted(late, key=lambda line: (line.due or today, line.key)))
