"""A condition: what was asked, what was found, whether it is met, and who says that it counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from fondaco.strategy.rules import rule

State = Literal["met", "failed", "unknown"]
Fits = Literal["yes", "no", "unknown"]

#: How a verdict stands in JSON: a truth value, and null where it is not known.
TRUTH: dict[Fits, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True)
class Condition:
    """One condition of one choice.

    Attributes
    ----------
    name
        What it is about, such as ``registrations``.
    state
        ``unknown`` where a fact is missing: never taken for met, never for failed.
    found, needed
        In words.
    rule
        The rule that makes it a condition.
    source
        Where the facts come from, if not from the firm.
    cure
        What to do where it is not met.
    missing
        The registrations that are asked for and not held, where it is about those.
    """

    name: str
    state: State
    found: str
    needed: str
    rule: str
    source: str = ""
    cure: str = ""
    market: str | None = None
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the condition as JSON values; `source` says whose fact it is, else whose rule."""
        return {
            "condition": self.name,
            "state": self.state,
            "found": self.found,
            "needed": self.needed,
            "source": self.source or says_who(self.rule),
            "rule": self.rule,
            "cure": self.cure or None,
            "market": self.market,
        }


def says_who(id_: str) -> str:
    """Return who says a rule, in a few words.

    >>> says_who("platform/registrations")
    'Kim and Lim, table 2'
    """
    held = rule(id_)
    cited = held.finding["cited"]
    return f"{cited}, {held.source.section}" if cited else "our own reason"


def verdict(conditions: Iterable[Condition]) -> Fits:
    """Return whether all are met: one that failed decides, else one that is not known.

    >>> def one(state): return Condition("x", state, "", "", "platform/kinds")
    >>> verdict([one("met"), one("unknown")]), verdict([one("unknown"), one("failed")]), verdict([])
    ('unknown', 'no', 'yes')
    """
    states = {each.state for each in conditions}
    return "no" if "failed" in states else "unknown" if "unknown" in states else "yes"


def unmet(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return the conditions that are not met, those that failed before those that are not known."""
    held = [each for each in conditions if each.state != "met"]
    return tuple(sorted(held, key=lambda each: each.state != "failed"))
