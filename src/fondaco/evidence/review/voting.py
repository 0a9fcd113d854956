"""What several people's decisions on a record come to, and how far the people agree.

Two read each record without seeing each other's decision; where they differ, a third settles it.  On title and abstract
``maybe`` lets a record through to the full text, where nobody may leave it at that.

>>> outcome(["include", "maybe"], stage="abstract"), outcome(["include", "exclude"], stage="abstract")
('in', 'conflict')
>>> outcome(["exclude"], stage="full"), outcome(["include", "exclude"], stage="full", settled="exclude")
('open', 'out')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from fondaco.numerics.agreement import Alpha, Kappa, cohen, krippendorff

Outcome = Literal["open", "conflict", "in", "out"]
#: How many read each record.
READERS = 2

_NUMBER = {"exclude": 0.0, "maybe": 1.0, "include": 2.0}


@dataclass(frozen=True)
class Concord:
    """How far people agree at a stage: alpha of all, and kappa of each two, by their names."""

    alpha: Alpha
    kappas: tuple[tuple[str, str, Kappa], ...]


def outcome(verdicts: Sequence[str], *, stage: str, settled: str = "") -> Outcome:
    """Return what a record comes to.

    Parameters
    ----------
    verdicts
        Of those who read it independently: ``include``, ``exclude``, ``maybe``.
    stage
        ``abstract`` or ``full``.
    settled
        What a third decided, where the two differed.
    """
    if settled:
        return "out" if settled == "exclude" else "in"
    if len(verdicts) < READERS:
        return "open"
    passing = {"include", "maybe"} if stage == "abstract" else {"include"}
    let = [verdict in passing for verdict in verdicts]
    if all(let):
        return "in"
    return "out" if all(verdict == "exclude" for verdict in verdicts) else "conflict"


def concord(votes: Mapping[str, Mapping[int, str]]) -> Concord:
    """Return how far people agree on the records that two of them read.

    Parameters
    ----------
    votes
        Of each person, by the record's number; what settled a conflict is no independent vote and is left out.

    Examples
    --------
    >>> concord({"a": {1: "include", 2: "exclude"}, "b": {1: "include", 2: "exclude"}}).kappas[0][2].agreed
    1.0
    """
    people = sorted(votes)
    entries = sorted({entry for held in votes.values() for entry in held})
    judged = np.full((len(people), len(entries)), np.nan)
    at = {entry: place for place, entry in enumerate(entries)}
    for row, person in enumerate(people):
        for entry, verdict in votes[person].items():
            judged[row, at[entry]] = _NUMBER[verdict]
    kappas = tuple(
        (people[a], people[b], cohen(judged[a], judged[b])) for a, b in combinations(range(len(people)), 2)
    )
    return Concord(krippendorff(judged), kappas)
