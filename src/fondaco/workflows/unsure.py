"""Which pairs of records a person should look at: those of which the model is not sure, and that nobody has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fondaco.ledger import Workspace
from fondaco.relationships.identity import Candidate, Resolution, standing
from fondaco.workflows.buyers import buyers_mark, buyers_of
from fondaco.workflows.conclusions import key_of, remembering
from fondaco.workflows.rulings import rulings_of

#: Pairs that are explained; nobody gets through more in a day.
MOST = 1000


@dataclass(frozen=True)
class Unsure:
    """The pairs, the most uncertain first and those to be looked at later last, and what the model rests on."""

    pairs: tuple[Candidate, ...]
    later: frozenset[frozenset[str]]
    basis: str


def unsure_of(workspace: Workspace, firm: str) -> Unsure:
    """Return the pairs to look at, kept by the fingerprint of the ledger and of what was decided."""
    ledger = workspace.ledger(firm)
    key = (*key_of(workspace, ledger, "unsure pairs", None), buyers_mark(workspace, firm))
    return remembering(key, lambda: _unsure(workspace, firm))


def _unsure(workspace: Workspace, firm: str) -> Unsure:
    held = buyers_of(workspace, firm)
    whose = {record: n for n, buyer in enumerate(held.buyers) for record in buyer.records}
    said = standing(rulings_of(workspace, firm))
    decided = {frozenset((each.left, each.right)) for each in said if each.verdict != "later"}
    later = frozenset(frozenset((each.left, each.right)) for each in said if each.verdict == "later")
    pairs = [
        pair
        for pair in held.resolution.review(limit=MOST)
        if whose[pair.left] != whose[pair.right] and frozenset((pair.left, pair.right)) not in decided
    ]
    pairs.sort(key=lambda pair: frozenset((pair.left, pair.right)) in later)  # stable
    return Unsure(tuple(pairs), later, held.resolution.basis)


def explained(found: Resolution, records: tuple[str, ...]) -> Mapping[frozenset[str], Candidate]:
    """Return what speaks for and against pairs of one buyer's records that the model compared."""
    wanted = set(records)
    numbers = {n for n, record in enumerate(found.ids) if record in wanted}
    told = {}
    for i, j in zip(found.left.tolist(), found.right.tolist(), strict=True):
        if i in numbers and j in numbers:
            pair = found.explain(i, j)
            told[frozenset((str(pair.left), str(pair.right)))] = pair
    return told


__all__ = ["MOST", "Unsure", "explained", "unsure_of"]
