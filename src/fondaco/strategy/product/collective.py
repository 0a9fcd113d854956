"""A category or brand that several firms could share, and the supporting body's name as mark of quality.

Everything is given as values: who the members are, what they make, which proofs they hold, which checks the body
has on record.  A firm may enter where it makes the goods, comes from the origin and holds the proofs that are asked;
the body guarantees for it only where a check of these goods is on record, passed, and still in date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fondaco.strategy.product.screen import Thresholds
from fondaco.strategy.rules import rule


@dataclass(frozen=True)
class HeldProof:
    """A quality proof of a member: which, of which goods (all where empty), until when."""

    proof: str
    tags: tuple[str, ...] = ()
    valid_to: date | None = None


@dataclass(frozen=True)
class Member:
    """A firm of the network as far as it lets the others see: its goods by tag, their origin, its proofs."""

    firm: str
    tags: tuple[str, ...]
    origin: str | None = None
    proofs: tuple[HeldProof, ...] = ()


@dataclass(frozen=True)
class QualityCheck:
    """A check that the supporting body made of a member's goods, and put on record."""

    firm: str
    tag: str
    day: date
    by: str
    passed: bool
    valid_to: date | None = None


@dataclass(frozen=True)
class Entry:
    """What a firm must meet to enter: the goods, their origin where it is asked, the proofs of it."""

    tag: str
    origin: str | None = None
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a member stands: what it lacks to enter, and whether the body may guarantee for it."""

    firm: str
    lacks: tuple[str, ...]
    guaranteed: bool
    why: str

    @property
    def may_enter(self) -> bool:
        """Whether it meets every condition of entry."""
        return not self.lacks

    def to_json(self) -> dict[str, Any]:
        """Return the standing as JSON values."""
        return {**vars(self), "lacks": list(self.lacks), "may_enter": self.may_enter}


@dataclass(frozen=True)
class Candidate:
    """A category that members could share.

    Attributes
    ----------
    enough
        Whether as many as the rule asks could enter.
    """

    entry: Entry
    members: tuple[Standing, ...]
    fewest: int

    @property
    def could_enter(self) -> tuple[str, ...]:
        """The firms that meet the conditions."""
        return tuple(each.firm for each in self.members if each.may_enter)

    @property
    def enough(self) -> bool:
        """Whether there are enough of them."""
        return len(self.could_enter) >= self.fewest

    def to_json(self) -> dict[str, Any]:
        """Return the candidate as JSON values."""
        return {
            "tag": self.entry.tag, "origin": self.entry.origin, "proofs": list(self.entry.proofs),
            "members": [each.to_json() for each in self.members], "could_enter": list(self.could_enter),
            "fewest": self.fewest, "enough": self.enough,
            "guaranteed": [each.firm for each in self.members if each.may_enter and each.guaranteed],
        }  # fmt: skip


def standing(member: Member, entry: Entry, checks: Sequence[QualityCheck], today: date) -> Standing:
    """Return what a member lacks to enter, and whether the body may guarantee for its goods."""
    lacks = []
    if entry.tag not in member.tags:
        lacks.append(f"does not make {entry.tag}")
    if entry.origin is not None and member.origin != entry.origin:
        lacks.append(f"origin is {member.origin or 'not stated'}, not {entry.origin}")
    held = {
        proof.proof
        for proof in member.proofs
        if (not proof.tags or entry.tag in proof.tags) and (proof.valid_to is None or today <= proof.valid_to)
    }
    lacks += [
        f"holds no {proof} of {entry.tag} that is in date" for proof in entry.proofs if proof not in held
    ]
    may, why = guarantee(member.firm, entry.tag, checks, today)
    return Standing(member.firm, tuple(lacks), may, why)


def guarantee(firm: str, tag: str, checks: Sequence[QualityCheck], today: date) -> tuple[bool, str]:
    """Return whether the body may lend its name to a firm's goods, and why: the latest check on record decides.

    >>> day = date(2026, 5, 1)
    >>> guarantee("anna", "wine", [QualityCheck("anna", "wine", day, "Consorzio", True)], date(2026, 11, 30))
    (True, 'checked on 2026-05-01 by Consorzio')
    >>> guarantee("anna", "wine", [], date(2026, 11, 30))
    (False, 'no check of wine is on record')
    """
    own = [check for check in checks if check.firm == firm and check.tag == tag and check.day <= today]
    if not own:
        return False, f"no check of {tag} is on record"
    last = max(own, key=lambda check: check.day)
    if not last.passed:
        return False, f"the check of {last.day} by {last.by} was not passed"
    if last.valid_to is not None and last.valid_to < today:
        return False, f"the check of {last.day} ran out on {last.valid_to}"
    return True, f"checked on {last.day} by {last.by}"


def candidates(
    members: Sequence[Member], entries: Sequence[Entry] = (), checks: Sequence[QualityCheck] = (), *, today: date,
    thresholds: Thresholds | None = None,
) -> tuple[Candidate, ...]:  # fmt: skip
    """Return the categories that members could share, those most could enter first.

    Parameters
    ----------
    entries
        Conditions of entry by category; without any, each goods and origin that several members share is one.
    """
    fewest = int(rule("product/collective-brand").threshold("fewest_members", thresholds).value)
    wanted = list(entries) or _shared(members)
    found = [
        Candidate(
            entry, tuple(standing(m, entry, checks, today) for m in members if entry.tag in m.tags), fewest
        )
        for entry in wanted
    ]
    return tuple(sorted(found, key=lambda c: (-len(c.could_enter), c.entry.tag, c.entry.origin or "")))


def _shared(members: Sequence[Member]) -> list[Entry]:
    held: dict[tuple[str, str], set[str]] = {}
    for member in members:
        for tag in member.tags:
            if member.origin:
                held.setdefault((tag, member.origin), set()).add(member.firm)
    return [Entry(tag, origin) for (tag, origin), firms in held.items() if len(firms) > 1]
