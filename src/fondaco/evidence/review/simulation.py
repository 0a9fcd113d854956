"""What prioritised screening would have saved in a review that is done: its labels are shown one by one.

Measures, on N records of which R are relevant:

- recall at a share of records screened;
- WSS@r, work saved over sampling at recall r: the share of records not screened when r of the relevant have been
  found, less the 1 - r that stopping a random order at r would save (A. M. Cohen et al., Reducing workload in
  systematic review preparation using automated citation classification, JAMIA 13, 2006);
- ATD, average time to discovery: the share of records screened when a relevant one is found, averaged over them (G.
  Ferdinands et al., Performance of active learning models for screening prioritization in systematic reviews,
  Systematic Reviews 12, 2023).

Those known at the start count as screened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.evidence.review.ranking import Ranking
from fondaco.evidence.review.stopping import Rule, stand

SHARES = (1, 5, 10, 20, 30, 50, 80)
RECALLS = (80, 85, 90, 95, 100)

#: The model is refitted when so many more of the records are decided: each at first, later a share of those decided.
_AGAIN = 0.03


@dataclass(frozen=True)
class Stop:
    """Where the rule would have ended screening.

    Attributes
    ----------
    screened
        Records screened, of all.
    recall
        What share of the relevant had been found; None where there were none.
    first
        Records screened in the model's order; the others were drawn at random from the rest.
    stated
        The recall that the rule vouched for.
    """

    screened: int
    recall: float | None
    first: int
    stated: float


@dataclass(frozen=True)
class Run:
    """One simulated screening.

    Attributes
    ----------
    order
        Places of the records as the model had them screened.
    found
        Positions in that order, 1 and up, at which relevant ones came.
    known
        How many records were decided at the start.
    stop
        Where the rule would have ended it.
    """

    order: NDArray[np.int64]
    found: NDArray[np.int64]
    known: int
    stop: Stop

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.order)

    def recall_at(self, share: float) -> float | None:
        """Return the recall when a share of the records is screened."""
        return None if not len(self.found) else float((self.found <= share * self.records).mean())

    def wss(self, recall: float) -> float | None:
        """Return work saved over sampling."""
        if not len(self.found):
            return None
        at = self.found[_needed(recall, len(self.found)) - 1]
        return float(1 - at / self.records - (1 - recall))

    @property
    def atd(self) -> float | None:
        """The average time to discovery."""
        return float(self.found.mean() / self.records) if len(self.found) else None


def simulate(texts: Sequence[str], labels: Sequence[bool], *, seed: int = 1, rule: Rule | None = None) -> Run:
    """Screen records whose labels are known, in the model's order.

    One relevant and one other record, drawn by the seed, are known at the start; where there are fewer than two
    relevant ones, none is, and the order is by chance until both kinds were met.

    Parameters
    ----------
    texts, labels
        Of each record: what the model reads, and whether it is relevant.
    seed
        Of what is drawn: the start, ties, and the order of the rule's second phase.
    rule
        The stopping rule.
    """
    relevant = np.asarray(labels, dtype=bool)
    if len(relevant) != len(texts) or not len(relevant):
        raise ValueError("each record has a text and a label")
    rng = np.random.default_rng(seed)
    start = _start(relevant, rng)
    order = _screened(Ranking(texts, seed=seed), relevant, start)
    found = np.flatnonzero(relevant[order]) + 1
    return Run(order, found, len(start), _stop(rule or Rule(), relevant[order], rng))


def _start(relevant: NDArray[np.bool_], rng: np.random.Generator) -> list[int]:
    if relevant.sum() < 2 or relevant.all():
        return []
    return [int(rng.choice(np.flatnonzero(relevant))), int(rng.choice(np.flatnonzero(~relevant)))]


def _screened(ranking: Ranking, relevant: NDArray[np.bool_], start: list[int]) -> NDArray[np.int64]:
    """Return all places in the order in which they are screened; once all relevant ones are found, nothing changes it."""
    done = list(start)
    decided = {place: bool(relevant[place]) for place in done}
    left = int(relevant.sum()) - sum(decided.values())
    while len(done) < len(relevant):
        batch = ranking.order(decided)
        if left:
            batch = batch[: max(1, int(_AGAIN * len(done)))]
        for place in map(int, batch):
            done.append(place)
            decided[place] = bool(relevant[place])
            left -= decided[place]
    return np.asarray(done, dtype=np.int64)


def _stop(rule: Rule, came: NDArray[np.bool_], rng: np.random.Generator) -> Stop:
    """Return where the rule ends screening, given what came in the model's order."""
    n, total = len(came), int(came.sum())
    first = _first_phase(rule, came)
    before = int(came[:first].sum())
    drawn = rng.permutation(came[first:])
    so_far = np.concatenate([[0], np.cumsum(drawn)])
    # Whether one may stop does not come and go much; it is looked at after every hundredth of the rest.
    rest = n - first
    looks = [*list(range(0, rest, max(1, rest // 100))), rest]
    for look in looks:
        now = stand(rule, before=before, rest=rest, drawn=look, found=int(so_far[look]))
        if (now.may_stop and before + so_far[look] > 0) or look == rest:
            break
    recall = (before + int(so_far[look])) / total if total else None
    return Stop(first + look, recall, first, now.recall)


def _first_phase(rule: Rule, came: NDArray[np.bool_]) -> int:
    """Return how many records the model leads through: until too many in a row held nothing."""
    waits, since = rule.waits(len(came)), 0
    for place, hit in enumerate(came):
        since = 0 if hit else since + 1
        if since >= waits and came[:place].any():
            return place + 1
    return len(came)


def by_chance(records: int, relevant: int) -> dict[str, Any]:
    """Return what a random order gives on average.

    The k-th of R relevant records stands on average at place k (N + 1) / (R + 1).
    """
    if not relevant:
        return {"recall_at": {str(share): None for share in SHARES}, "wss95": None, "atd": None}
    at = _needed(0.95, relevant) * (records + 1) / (relevant + 1)
    return {
        "recall_at": {str(share): round(int(share * records / 100) / records, 4) for share in SHARES},
        "wss95": round(1 - at / records - 0.05, 4),
        "atd": round((records + 1) / 2 / records, 4),
    }


def _needed(recall: float, relevant: int) -> int:
    """Return how many relevant records make a recall."""
    return max(1, ceil(round(recall * relevant, 9)))
