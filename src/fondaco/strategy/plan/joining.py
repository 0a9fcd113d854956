"""The five parts as one plan: what to do, where the parts disagree, and what is not known.

A part that could not be worked out stands in the plan with the reason (`missing`); nothing is made up for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fondaco.reference import countries
from fondaco.strategy.advice import Action, Proposal
from fondaco.strategy.plan.circumstances import Circumstances
from fondaco.strategy.plan.conflicts import Conflict, conflicts_of, not_checked, with_doers, withdraws
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import PARTS, Part

RULE = "plan/1"

#: The parts that are joined, in the order in which they are decided and listed.
JOINED: tuple[Part, ...] = tuple(part for part in PARTS if part != "plan")


#: What is not proposed for a product where another part leaves it out: how to send it, and at what price to offer it.
DROPPED = ("place/send-by/", "place/order-before/", "price/enter-low/", "price/set-range/")


@dataclass(frozen=True)
class Plan:
    """A firm's export marketing plan, as it would be proposed on a day.

    Attributes
    ----------
    firm, made
        The firm's short name, and the day.
    targets
        Markets (alpha-3) with why each is one.
    parts
        A proposal for each of `JOINED`.
    conflicts
        Where they disagree, those that stop first.
    unknown
        What could not be worked out or checked, each with its cure.
    basis
        What the plan rests on.
    """

    firm: str
    made: date
    targets: tuple[tuple[str, str], ...]
    parts: Mapping[Part, Proposal]
    conflicts: tuple[Conflict, ...]
    unknown: tuple[str, ...]
    basis: dict[str, Any] = field(default_factory=dict)

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, part by part."""
        return tuple(action for part in JOINED for action in self.parts[part].actions)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what the plan says, whatever the day on which it was asked for."""
        said = {name: value for name, value in self._said().items() if name != "basis"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def _said(self) -> dict[str, Any]:
        return {
            "targets": [{"market": market, "why": why} for market, why in self.targets],
            "parts": {part: self.parts[part].to_json() for part in JOINED},
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
            "unknown": list(self.unknown),
            "basis": {"rule": RULE, **self.basis},
        }

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {"made": self.made.isoformat(), "fingerprint": self.fingerprint, **self._said()}


def missing(part: Part, why: str) -> Proposal:
    """Return the proposal of a part that could not be worked out.

    >>> missing("place", "No freight rates are loaded.").says
    'This part could not be worked out. No freight rates are loaded.'
    """
    return Proposal(part, f"This part could not be worked out. {why}", unknown=(why,))


def join(
    firm: str,
    proposals: Mapping[Part, Proposal],
    *,
    profile: Profile,
    known: Circumstances,
    today: date,
    targets: Sequence[tuple[str, str]] = (),
    basis: Mapping[str, Any] | None = None,
) -> Plan:
    """Join the parts into a plan and check that they agree.

    An action that two parts propose under one key counts once, in the part that is decided first.  What would bring
    a product before buyers of a market where the product part leaves it out (`DROPPED`) is not in the plan, and the
    unknowns say so.
    """
    left = {
        (action.product, action.market)
        for action in (proposals["product"].actions if "product" in proposals else ())
        if action.product and withdraws(action)
    }
    dropped: dict[tuple[str, str | None], list[str]] = {}
    parts: dict[Part, Proposal] = {}
    unknown: list[str] = []
    seen: set[str] = set()
    shifted = 0
    for part in JOINED:
        proposal = proposals.get(part) or missing(part, "Nothing was proposed for it.")
        kept = []
        for action in proposal.actions:
            about = (action.product or "", action.market)
            if about in left and action.key.startswith(DROPPED):
                dropped.setdefault(about, []).append(action.key)
            elif action.key not in seen:
                kept.append(action)
        seen |= {action.key for action in kept}
        doable = with_doers(kept, profile)
        shifted += sum(a.who != b.who for a, b in zip(kept, doable, strict=True))
        parts[part] = replace(proposal, actions=doable)
        unknown += proposal.unknown
    for (product, market), keys in sorted(dropped.items(), key=str):
        where = f" in {countries.name(market)}" if market else ""
        unknown.append(
            f"{product} is left out{where}, so that the plan has none of this: {', '.join(keys)}. Overrule the advice to "
            "leave it out, and look again."
        )
    if shifted:
        unknown.append(
            f"{shifted} of the actions are work for a supporting organisation. None is stated in the profile, so "
            "that they stand with the firm."
        )
    actions = [action for part in JOINED for action in parts[part].actions]
    unknown += not_checked(actions, profile, known)
    return Plan(
        firm, today, tuple(targets), parts, conflicts_of(actions, profile, known, today),
        tuple(dict.fromkeys(unknown)), dict(basis or {}),
    )  # fmt: skip
