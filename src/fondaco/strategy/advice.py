"""An action of the plan: what, who, when, why, on whose evidence, and what would change it.

The five parts propose actions; the plan joins them.  An action's `key` says what it is about and nothing of
today's numbers, so that the same advice keeps its key when it is worked out again, and what people decided
about it is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from fondaco.strategy.rules import Part, rule

#: Who does it: the firm itself, the organisation behind it, or a partner that is paid or won for it.
Doer = Literal["firm", "supporter", "partner"]
DOERS: tuple[Doer, ...] = get_args(Doer)


@dataclass(frozen=True)
class Action:
    """Something to do.

    Attributes
    ----------
    key
        ``PART/NAME`` with market and product after it where it is about one: ``price/raise-floor/GBR/W-1``.
    what
        A sentence in the imperative.
    who, when
        Who does it, and by which day.
    why
        The numbers it rests on, in a sentence.
    rule
        The rule that speaks for it; who says so is told by it.
    changes
        What would change the advice.
    market, product
        What it is about: ISO 3166-1 alpha-3, an article number; None for all.
    """

    key: str
    part: Part
    what: str
    who: Doer
    when: date
    why: str
    rule: str
    changes: str
    market: str | None = None
    product: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the action as JSON values, with the findings that it rests on."""
        return {
            "key": self.key,
            "part": self.part,
            "what": self.what,
            "who": self.who,
            "when": self.when.isoformat(),
            "why": self.why,
            "findings": [rule(self.rule).finding],
            "changes": self.changes,
            "market": self.market,
            "product": self.product,
        }


@dataclass(frozen=True)
class Proposal:
    """What one part of the plan proposes.

    Attributes
    ----------
    says
        The part in a sentence or two.
    actions
        What to do, the most urgent first.
    unknown
        What could not be worked out, each with what would cure it: nothing is guessed.
    facts
        Figures that the plan's tables and charts show; JSON values.
    basis
        What the part rests on: fingerprint of the ledger, rules and their versions, days of the data.
    """

    part: Part
    says: str
    actions: tuple[Action, ...] = ()
    unknown: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    basis: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the proposal as JSON values."""
        return {
            "says": self.says,
            "actions": [action.to_json() for action in self.actions],
            "unknown": list(self.unknown),
            "facts": self.facts,
            "basis": self.basis,
        }


def key_of(part: Part, name: str, *about: str | None) -> str:
    """Return the key of an action.

    >>> key_of("price", "raise-floor", "GBR", "W-1"), key_of("place", "use-a-forwarder", None)
    ('price/raise-floor/GBR/W-1', 'place/use-a-forwarder')
    """
    return "/".join([part, name, *(each for each in about if each)])


def in_order(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Return actions by day, then by key: the order in which they are listed everywhere."""
    return tuple(sorted(actions, key=lambda action: (action.when, action.key)))
