"""When may screening stop? When enough has been found, said with a stated confidence.

Records screened in the model's order are no sample: what it ranks last may be what it understands least.  So
screening has two phases.  In the first, the model leads.  When it finds next to nothing any more, the rest is screened
in **random order**, and what that finds says how much the rest still holds.

The bound holds at every moment, however often one looks: it is a confidence sequence for the number of relevant
records in the rest, drawn without replacement (the prior-posterior ratio of I. Waudby-Smith and A. Ramdas, Confidence
sequences for sampling without replacement, NeurIPS 2020).  It plays the part that the hypergeometric test plays in M.
W. Callaghan and F. Müller-Hansen, Statistical stopping criteria for automated screening in systematic reviews
(Systematic Reviews 9, 2020), which is of one look.

>>> at_most(rest=1000, drawn=700, found=0, confidence=0.95)
2
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

#: The weight that the prior gives each number of relevant records, 0, 1, 2, ..., beside the one before: a prior that
#: expects few keeps the bound tight where few are left.  It has no part in the bound's validity.
_FALLING = 0.5


@dataclass(frozen=True)
class Rule:
    """What must be reached before screening stops.

    Attributes
    ----------
    recall
        Share of all relevant records that must have been found.
    confidence
        Probability with which that must hold, over the random order of the second phase.
    patience
        The first phase ends after this share of all records (and `least` of them) in a row held no relevant one.
    least
        In records.
    """

    recall: float = 0.95
    confidence: float = 0.95
    patience: float = 0.05
    least: int = 50

    def __post_init__(self) -> None:
        if not (0 < self.recall <= 1 and 0 < self.confidence < 1):
            raise ValueError("recall lies above 0 and at most at 1, confidence between 0 and 1")

    def waits(self, records: int) -> int:
        """Return after how many records in a row without a relevant one the first phase ends."""
        return max(self.least, ceil(self.patience * records))


@dataclass(frozen=True)
class Stand:
    """How far screening is, as far as can be said.

    Attributes
    ----------
    found
        Relevant records found so far, in both phases.
    missing
        At most so many are left, with the rule's confidence.
    recall
        At least this share has been found, with the rule's confidence.
    may_stop
        Whether that is enough.
    """

    found: int
    missing: int
    recall: float
    may_stop: bool


def stand(rule: Rule, *, before: int, rest: int, drawn: int, found: int) -> Stand:
    """Return how far screening is in its second phase.

    Parameters
    ----------
    before
        Relevant records found in the first phase.
    rest
        Records that were left when it ended.
    drawn, found
        How many of these have been screened, in random order, and how many of them were relevant.

    Examples
    --------
    >>> stand(Rule(), before=43, rest=1000, drawn=700, found=0)
    Stand(found=43, missing=2, recall=0.9555555555555556, may_stop=True)
    """
    missing = at_most(rest, drawn, found, rule.confidence) - found
    total = before + found + missing
    recall = (before + found) / total if total else 1.0
    return Stand(before + found, missing, recall, recall >= rule.recall)


def at_most(rest: int, drawn: int, found: int, confidence: float) -> int:
    """Return the most relevant records that the rest holds (with those found), at any moment with this confidence.

    Parameters
    ----------
    rest
        Records in all.
    drawn, found
        Screened in random order, and relevant among them.

    Examples
    --------
    >>> at_most(100, 100, 3, 0.95), at_most(100, 0, 0, 0.95)
    (3, 100)
    """
    if not 0 <= found <= drawn <= rest:
        raise ValueError("found, drawn and rest go up")
    number = np.arange(rest + 1, dtype=np.float64)
    prior = _prior(number)
    likely = _hypergeometric(number, rest, drawn, found)
    known = np.isfinite(likely)
    marginal = np.logaddexp.reduce(prior[known] + likely[known])
    # A number stays in the set while the data have not made it 1 / (1 - confidence) times less likely than before.
    held = known & (marginal - likely < -np.log(1 - confidence))
    return int(number[held].max())


def _prior(number: NDArray[np.float64]) -> NDArray[np.float64]:
    logs = number * np.log(_FALLING)
    return np.asarray(logs - np.logaddexp.reduce(logs))


def _hypergeometric(number: NDArray[np.float64], rest: int, drawn: int, found: int) -> NDArray[np.float64]:
    """Return the log probability of what was drawn for each number of relevant records, -inf where impossible."""
    possible = (number >= found) & (number <= rest - (drawn - found))
    logs = np.full(len(number), -np.inf)
    k = number[possible]
    logs[possible] = _choose(k, found) + _choose(rest - k, drawn - found) - _choose(np.float64(rest), drawn)
    return logs


def _choose(n: NDArray[np.float64] | np.float64, k: int) -> NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
