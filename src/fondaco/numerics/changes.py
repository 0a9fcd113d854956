"""Whether a part's share of the whole changed lately, where counts come in bunches.

A test for Poisson counts takes one buyer's contract in twelve lots for twelve buyers, and sees
changes everywhere.  Here nothing is assumed of how counts scatter from month to month but that the
months of a part would be interchangeable if nothing had changed:

1. Of part i, with n_t of the N_t counted in month t, the months are put on one scale:
   z_t = (n_t - p N_t) / sqrt(p (1 - p) N_t) with p = sum n / sum N.  What moves all parts together (a
   season, a firm that grows) is in N_t and so is no change of the part.
2. The mean of the recent z is compared with that of the earlier ones in two ways.  *Permutation*: the
   share of all choices of as many months whose sum is as large (455 choices of 3 months in 15).  *t*:
   Student's t with the pooled variance of z, at least the binomial 1, on T - 2 degrees of freedom.
   Where a month says something of the next (r, the correlation over all parts), means scatter more.
3. The larger p counts, save where the recent months are the very largest of all choices: there the
   permutation can say no more than "one in 455", and t says how far.
4. The change must show against the same months of a year before too, at 0.02 (t again, with
   the same variance); where it does not, that p counts.  So a season of the part's own is no change.
5. Twice the smaller of the two directions' p, and 1 where the part's own monthly count did not move
   the same way: a part whose share falls because another part grew has not fallen.

Because shares add up to one, a part that changed moves everybody else's.  So the parts are taken in
order of p: one that is below rate / parts is taken out of the whole that the rest is measured
against, and the rest is tested again.

Permutation tests: Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4.
Dispersion of counts: McCullagh and Nelder (1989), Generalized Linear Models, section 4.5.  How the
whole does on noise and on planted changes is simulated in ``benchmarks/signals_noise.py``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]

#: Months that count as recent, and those before that they are compared with.  With less than a whole
#: year before, a part's own season would pass for a change.
RECENT, BEFORE = 3, 12
#: Level at which a change must show against the same months of a year before.
SHOWN = 0.02
#: A part with fewer counts in all these months is not looked at.
FEWEST_COUNTS = 10


@dataclass(frozen=True)
class ShareChange:
    """Whether one part's share of the whole changed.

    Attributes
    ----------
    part
        Its column.
    recent, before
        Its counts a month.
    share_recent, share_before
        Its share of the whole (of the parts that it was measured against, itself included).
    p_value
        Two-sided; above zero.
    dispersion
        Variance of the months over that of independent counts, at least 1.
    """

    part: int
    recent: float
    before: float
    share_recent: float
    share_before: float
    p_value: float
    dispersion: float


def share_changes(counts: ArrayLike, *, rate: float = 0.1) -> tuple[ShareChange, ...]:
    """Test each part whose counts suffice: did its share of the whole change in the last three months?

    Parameters
    ----------
    counts
        Shape (T, parts): counts by month, the oldest first.  The last 3 months are compared with the
        12 before, and with the first 3 of these; what was before them does not matter.
    rate
        The false discovery rate that is asked for over all parts; decides only when a changed part is
        taken out of the whole.

    Returns
    -------
    One result for each part that was looked at, in the order of the columns; none where fewer than 15
    months or fewer than 2 parts are known.

    Examples
    --------
    A market that sold 4, 5 or 6 a month sells 14; another 40 as ever:

    >>> import numpy as np
    >>> changed = np.array([4, 6, 5, 4, 6, 5, 4, 6, 5, 4, 6, 5, 14, 15, 13])
    >>> steady = np.array([40, 42, 38] * 5)
    >>> [(c.part, c.recent, c.before, bool(c.p_value < 0.01)) for c in share_changes(np.stack([changed, steady], 1))]
    [(0, 14.0, 5.0, True), (1, 40.0, 40.0, False)]
    """
    window = np.asarray(counts, dtype=float)[-(RECENT + BEFORE) :]
    looked = np.nonzero(window.sum(axis=0) >= FEWEST_COUNTS)[0]
    if len(window) < RECENT + BEFORE or len(looked) == 0 or window.shape[1] < 2:
        return ()
    whole = window.sum(axis=1)
    found = _tests(window[:, looked], whole)
    left = list(range(len(looked)))
    while len(left) > 2:
        first = min(left, key=lambda i: found.p[i])
        if found.p[first] > rate / len(looked):
            break
        left.remove(first)
        whole = whole - window[:, looked[first]]
        found = found.replaced(left, _tests(window[:, looked[left]], whole))
    return tuple(
        ShareChange(int(part), *(float(column[i]) for column in found.columns))
        for i, part in enumerate(looked)
    )


@dataclass(frozen=True)
class _Tests:
    recent: Floats
    before: Floats
    share_recent: Floats
    share_before: Floats
    p: Floats
    dispersion: Floats

    @property
    def columns(self) -> tuple[Floats, ...]:
        return self.recent, self.before, self.share_recent, self.share_before, self.p, self.dispersion

    def replaced(self, places: list[int], by: _Tests) -> _Tests:
        new = [column.copy() for column in self.columns]
        for column, values in zip(new, by.columns, strict=True):
            column[places] = values
        return _Tests(*new)


def _tests(n: Floats, whole: Floats) -> _Tests:
    """Test the columns of `n`, shape (T, M), against the whole, shape (T,)."""
    months = len(n)
    total = whole[:, None]
    p = n.sum(axis=0) / max(whole.sum(), 1)
    variance = p * (1 - p) * total
    z = np.divide(n - p * total, np.sqrt(variance), out=np.zeros_like(n), where=variance > 0)
    late, early = z[-RECENT:], z[:-RECENT]
    dispersion = np.maximum((_scatter(late) + _scatter(early)) / (months - 2), 1.0)
    # Means of months that go together scatter more: by 1 + 2 r (k - 1) / k for k months, r from month to month.
    together = _together(early)
    spread = (1 + 2 * together * (RECENT - 1) / RECENT) / RECENT
    spread += (1 + 2 * together * (BEFORE - 1) / BEFORE) / BEFORE
    error = np.sqrt(dispersion * spread)
    t = (late.mean(axis=0) - early.mean(axis=0)) / error
    sums = _choices(months) @ z
    observed = late.sum(axis=0)
    rise = _larger(_share_at_least(sums, observed), stats.t.sf(t, months - 2), len(sums))
    fall = _larger(_share_at_least(-sums, -observed), stats.t.cdf(t, months - 2), len(sums))
    of_year = _against_year(n, whole, dispersion)
    rise = _unless_shown(rise, stats.t.sf(of_year, months - 2))
    fall = _unless_shown(fall, stats.t.cdf(of_year, months - 2))
    recent, before = n[-RECENT:].mean(axis=0), n[:-RECENT].mean(axis=0)
    agrees = np.where(rise <= fall, recent > before, recent < before)
    both = np.where(agrees, np.minimum(2 * np.minimum(rise, fall), 1.0), 1.0)
    share_recent = n[-RECENT:].sum(axis=0) / max(whole[-RECENT:].sum(), 1)
    share_before = n[:-RECENT].sum(axis=0) / max(whole[:-RECENT].sum(), 1)
    p_value = np.maximum(both, np.finfo(float).tiny)
    return _Tests(recent, before, share_recent, share_before, p_value, dispersion)


def _together(early: Floats) -> float:
    """Return how much a month says of the next: the correlation over all parts, at least 0.

    Deviations from twelve months' own mean correlate by about 1/12 too little; that is added.
    """
    here = early - early.mean(axis=0)
    squares, products = (here**2).sum(), (here[1:] * here[:-1]).sum()
    if squares == 0:
        return 0.0
    return float(max(0.0, products / squares * BEFORE / (BEFORE - 1) + 1 / BEFORE))


def _scatter(z: Floats) -> Floats:
    return np.asarray(((z - z.mean(axis=0)) ** 2).sum(axis=0))


def _larger(permutation: Floats, student: Floats, choices: int) -> Floats:
    """Take the larger p, but Student's where the permutation can go no lower."""
    larger = np.maximum(permutation, student)
    return np.asarray(np.where(permutation > 1.5 / choices, larger, student))


def _unless_shown(p: Floats, of_year: Floats) -> Floats:
    return np.asarray(np.where(of_year <= SHOWN, p, np.maximum(p, of_year)))


def _share_at_least(sums: Floats, observed: Floats) -> Floats:
    return np.asarray((sums >= observed - 1e-9).mean(axis=0))


def _against_year(n: Floats, whole: Floats, dispersion: Floats) -> Floats:
    """Return t of a part's count in the recent months, given that count and the one of a year before."""
    late, early = n[-RECENT:].sum(axis=0), n[:RECENT].sum(axis=0)
    now, then = whole[-RECENT:].sum(), whole[:RECENT].sum()
    p = (late + early) / max(now + then, 1)
    error = np.sqrt(dispersion * p * (1 - p) * now * then / max(now + then, 1))
    return np.asarray(np.divide(late - p * now, error, out=np.zeros_like(p), where=error > 0))


@cache
def _choices(months: int) -> Floats:
    """Return all choices of the recent number of months, one row each, 1 where a month is chosen."""
    chosen = np.array(list(itertools.combinations(range(months), RECENT)))
    marks = np.zeros((len(chosen), months))
    marks[np.arange(len(chosen))[:, None], chosen] = 1.0
    return marks
