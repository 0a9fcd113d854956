"""What a study of n cases would find: power and coverage by simulation from a known population.

The population is a model whose effects have values (`fondaco.pls.population`).

Many samples are drawn (multivariate normal), each is estimated and bootstrapped, and counted is how often
an interval leaves out zero (power) or takes in the true value (coverage).  Plain PLS shrinks paths between
common factors, in the whole population as well; `limit` is what it gives there, and its intervals can only
cover that.  Consistent PLS, and PLS between composites, have the population's value as their limit.

Shares carry Monte-Carlo error: sqrt(p (1 - p) / repetitions), 0.7 points for 95 % of 1,000.

Sources: Paxton, Curran, Bollen, Kirby and Chen (2001), Structural Equation Modeling 8(2), 287-312, for the
design; Zhao, Lynch and Chen (2010), Journal of Consumer Research 37(2), 197-206, for the kinds of mediation.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fondaco.pls.bootstrap import block_size, drawn
from fondaco.pls.data import Cases
from fondaco.pls.engine import Bools, Floats, Ints, Plan, Scheme, Settings, run
from fondaco.pls.errors import PlsError
from fondaco.pls.measures import Quantity, measure, quantities
from fondaco.pls.moments import Moments
from fondaco.pls.population import Population, population
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

SIZES = (50, 75, 100, 150, 200, 300, 500)
KINDS = ("path", "indirect", "total")


@dataclass(frozen=True)
class Power:
    """How one effect fares in samples of one size.

    Attributes
    ----------
    n
        Cases of each sample.
    kind, start, via, end
        The effect.
    value, limit
        In the population, and what the method gives there.
    mean, spread
        Of the estimates.
    power
        Share of samples whose interval leaves out zero; for a true value of 0 the share of false alarms.
    coverage, coverage_of_limit
        Share of samples whose interval takes in `value`, and `limit`; NaN where there is no limit, as of weights of
        constructs that correlate with nothing.
    """

    n: int
    kind: str
    start: str
    via: tuple[str, ...]
    end: str
    value: float
    limit: float
    mean: float
    spread: float
    power: float
    coverage: float
    coverage_of_limit: float


@dataclass(frozen=True)
class MediationPower:
    """How often samples of one size show each kind of mediation (Zhao et al. 2010); shares add up to 1."""

    n: int
    start: str
    via: tuple[str, ...]
    end: str
    full: float
    complementary: float
    competitive: float
    direct_only: float
    none: float


@dataclass(frozen=True)
class PowerStudy:
    """What `power` found.

    Attributes
    ----------
    effects, mediation
        For each size and effect; for each size and route that has a direct path beside it.
    usable
        For each size the samples that could be estimated, of `repetitions`.
    sizes, repetitions, resamples, level, consistent, seed
        How it was done.
    """

    effects: tuple[Power, ...]
    mediation: tuple[MediationPower, ...]
    usable: tuple[int, ...]
    sizes: tuple[int, ...]
    repetitions: int
    resamples: int
    level: float
    consistent: bool
    seed: int
    thresholds: str = "A power of 80 % is customary (Cohen 1988). Percentile bootstrap intervals; shares carry Monte-Carlo error."

    def of(self, n: int, kind: str, start: str, end: str, via: Iterable[str] = ()) -> Power:
        """Return one effect at one size."""
        wanted = (n, kind, start, tuple(via), end)
        return next(one for one in self.effects if (one.n, one.kind, one.start, one.via, one.end) == wanted)

    def least(
        self, kind: str, start: str, end: str, via: Iterable[str] = (), *, power: float = 0.8
    ) -> int | None:
        """Return the smallest size tried at which an effect is found with `power`; None if at none."""
        found = (n for n in self.sizes if self.of(n, kind, start, end, via).power >= power)
        return next(found, None)

    def to_frame(self) -> pl.DataFrame:
        """Return the effects as a Polars table."""
        return table(self.effects)

    def mediation_frame(self) -> pl.DataFrame:
        """Return the kinds of mediation as a Polars table."""
        return table(self.mediation)


def power(
    known: Population | str,
    sizes: Sequence[int] = SIZES,
    *,
    repetitions: int = 1_000,
    resamples: int = 1_000,
    seed: int = 1,
    level: float = 0.95,
    scheme: Scheme = "path",
    consistent: bool = False,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PowerStudy:
    """Simulate studies of each size and count what they find.

    Parameters
    ----------
    known
        A population, or its text.
    sizes
        Numbers of cases to try.
    repetitions, resamples
        Samples of each size, and bootstrap resamples of each sample.
    seed
        The same seed gives the same samples and resamples with any number of threads.
    level
        Of the percentile intervals.
    scheme, consistent
        As in `fondaco.pls.fit`.
    threads
        As many samples at once; by default one for each processor.
    progress
        Called with (samples done, all).

    Raises
    ------
    PlsError
        For sizes too small for the model, or fewer than two repetitions or resamples.

    Examples
    --------
    >>> study = power("X =~ x; Y =~ y; Y ~ 0.5*X", [40], repetitions=100, resamples=200)
    >>> study.of(40, "path", "X", "Y").power > 0.8
    True
    """
    held = population(known) if isinstance(known, str) else known
    _check(held, sizes, repetitions, resamples, level)
    sizes = tuple(dict.fromkeys(sizes))  # a size that is named twice is tried once
    settings = Settings(scheme, 1e-5, 300, consistent)  # far below what resampling changes
    index = [i for i, one in enumerate(quantities(held.plan)) if one.kind in KINDS]
    exact = replace(settings, tolerance=1e-12)
    limit = _numbers(held.correlations[:, :, None], held.plan, exact, index)[0][:, 0]
    together = max(1, block_size(len(held.plan.indicators), max(sizes)) // (resamples + 1))
    stacks: dict[int, Floats] = {}
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for done, n in enumerate(sizes):

            def some(start: int, n: int = n) -> list[Floats]:
                several = range(start, min(start + together, repetitions))
                return _sampled(held, n, several, seed, resamples, level, settings, index)

            found: list[Floats] = []
            starts = range(0, repetitions, together)
            for start, result in zip(starts, pool.map(some, starts), strict=True):
                found += result
                if progress is not None:
                    here = min(start + together, repetitions)
                    progress(done * repetitions + here, repetitions * len(sizes))
            if len(found) < 2:
                raise PlsError(f"Hardly any sample of {n} cases could be estimated; try larger ones.")
            stacks[n] = np.array(found)
    return PowerStudy(
        effects=tuple(one for n, stack in stacks.items() for one in _counted(held, n, index, limit, stack)),
        mediation=tuple(one for n, stack in stacks.items() for one in _mediated(held, n, index, stack)),
        usable=tuple(len(stack) for stack in stacks.values()),
        sizes=sizes,
        repetitions=repetitions,
        resamples=resamples,
        level=level,
        consistent=consistent,
        seed=seed,
    )


def _check(known: Population, sizes: Sequence[int], repetitions: int, resamples: int, level: float) -> None:
    if min(repetitions, resamples) < 2:
        raise PlsError(
            "At least two repetitions and two resamples are needed; 1000 of each make shares worth telling."
        )
    if not 0 < level < 1:
        raise PlsError(f"The level is {level:g}; it lies between 0 and 1, such as 0.95.")
    plan = known.plan
    least = max(*(len(one) for one in plan.predecessors), *(b.stop - b.start for b in plan.blocks)) + 2
    if not sizes or min(sizes) < least:
        raise PlsError(
            f"Samples of this model need at least {least} cases; found {', '.join(map(str, sizes))}."
        )


def _numbers(R: Floats, plan: Plan, settings: Settings, index: Sequence[int]) -> tuple[Floats, Bools]:
    """Return the effects of each correlation matrix, and which are usable.

    Inadmissible results of consistent PLS, such as a loading above 1, are used: leaving them out would leave
    the samples with strong correlations out, and shift everything.
    """
    found = run(R, plan, settings)
    rows = measure(R, found, plan, settings, 100, with_geodesic=False).rows[index]
    return rows, found.converged & np.isfinite(rows).all(axis=0)


def _sampled(
    known: Population,
    n: int,
    repetitions: range,
    seed: int,
    resamples: int,
    level: float,
    settings: Settings,
    index: Sequence[int],
) -> list[Floats]:
    """Return estimate, low and high of each effect, (3, effects), in each sample that could be estimated.

    Samples and their resamples are estimated as one stack; the first of each sample's is the estimate.
    """
    parts = []
    for repetition in repetitions:
        rng = np.random.default_rng((seed, n, repetition))
        moments = Moments(_cases(known.sample(n, rng), known.plan))
        counts: Ints = drawn(n, 0, resamples, int(rng.integers(2**32))).T
        parts.append(moments.correlations(np.column_stack([np.ones(n, dtype=np.int64), counts])))
    numbers, sound = _numbers(np.concatenate(parts, axis=2), known.plan, settings, index)
    found = []
    for place in range(len(repetitions)):
        own = slice(place * (resamples + 1), (place + 1) * (resamples + 1))
        values, good = numbers[:, own], sound[own]
        if good[0] and good[1:].sum() >= resamples / 2:
            ends = np.quantile(values[:, 1:][:, good[1:]], ((1 - level) / 2, (1 + level) / 2), axis=1)
            found.append(np.array([values[:, 0], *ends]))
    return found


def _cases(values: Floats, plan: Plan) -> Cases:
    n, p = values.shape
    return Cases(
        values=values,
        names=plan.indicators,
        weights=np.ones(n),
        dropped=0,
        missing=np.zeros(p, dtype=np.int64),
        rule="mean",
        rows=np.arange(n),
    )


def _counted(known: Population, n: int, index: Sequence[int], limit: Floats, stack: Floats) -> list[Power]:
    """Return how each effect fared; `stack` has shape (samples, 3, effects)."""
    told = quantities(known.plan)
    found = []
    for place, i in enumerate(index):
        one = told[i]
        estimate, low, high = stack[:, 0, place], stack[:, 1, place], stack[:, 2, place]
        value, end = known.values[one], float(limit[place])
        found.append(
            Power(
                n=n,
                kind=one.kind,
                start=one.start,
                via=one.via,
                end=one.end,
                value=value,
                limit=end,
                mean=float(estimate.mean()),
                spread=float(estimate.std(ddof=1)),
                power=float(((low > 0) | (high < 0)).mean()),
                coverage=float(((low <= value) & (value <= high)).mean()),
                coverage_of_limit=float(((low <= end) & (end <= high)).mean())
                if np.isfinite(end)
                else np.nan,
            )
        )
    return found


def _mediated(known: Population, n: int, index: Sequence[int], stack: Floats) -> list[MediationPower]:
    """Return the kinds of mediation of each route with a direct path beside it."""
    told = quantities(known.plan)
    place = {told[i]: at for at, i in enumerate(index)}
    found = []
    for one, at in place.items():
        direct = place.get(Quantity("path", one.start, one.end))
        if one.kind != "indirect" or direct is None:
            continue
        through, beside = ((stack[:, 1, k] > 0) | (stack[:, 2, k] < 0) for k in (at, direct))
        same = np.sign(stack[:, 0, at]) == np.sign(stack[:, 0, direct])
        shares = (
            through & ~beside,
            through & beside & same,
            through & beside & ~same,
            ~through & beside,
            ~through & ~beside,
        )
        found.append(
            MediationPower(n, one.start, one.via, one.end, *(float(share.mean()) for share in shares))
        )
    return found
