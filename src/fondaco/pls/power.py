"""What a study of n cases would find: power and coverage by simulation from a known population.

The population is a model whose effects have values, written in the same language:

>>> text = '''
...     Use  =~ 0.8*use1 + 0.8*use2
...     Know =~ 0.8*know1 + 0.7*know2
...     Perf =~ 0.9*perf1 + 0.8*perf2
...     Know ~ 0.5*Use
...     Perf ~ 0.4*Know + 0*Use
... '''
>>> known = population(text)
>>> known.value("path", "Use", "Know"), round(known.value("indirect", "Use", "Perf", ("Know",)), 2)
(0.5, 0.2)

Numbers are standardised: loadings for ``=~``, weights for ``<~`` (only their ratios matter), paths for ``~``,
and ``A ~~ 0.3*B`` for a correlation of two constructs that nothing points to (0 where none is given).  Indicators
of a composite correlate `within` among themselves.

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
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from fondaco.pls.bootstrap import block_size, drawn
from fondaco.pls.data import Cases
from fondaco.pls.engine import Bools, Floats, Ints, Plan, Scheme, Settings, plan_of, run
from fondaco.pls.errors import PlsError
from fondaco.pls.measures import Quantity, measure, quantities
from fondaco.pls.model import Model, ModelError
from fondaco.pls.moments import Moments
from fondaco.pls.syntax import parse
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

SIZES = (50, 75, 100, 150, 200, 300, 500)
KINDS = ("path", "indirect", "total")
_VALUE = re.compile(r"(?<![\w.])(-?(?:\d+(?:\.\d*)?|\.\d+))\s*\*\s*(`[^`\n]+`|[^\W\d](?:\w|\.(?=\w))*)")
_COVARIANCE = re.compile(r"^\s*(\S+)\s*~~\s*([-+]?\d+(?:\.\d+)?)\s*\*\s*(\S+)\s*$")


@dataclass(frozen=True, eq=False)
class Population:
    """A path model whose numbers are known.

    Attributes
    ----------
    model, plan
        The model.
    correlations
        Of its indicators, (p, p).
    values
        True standardised paths and effects.
    """

    model: Model
    plan: Plan
    correlations: Floats
    values: Mapping[Quantity, float]

    def value(self, kind: str, start: str, end: str, via: Iterable[str] = ()) -> float:
        """Return one true path (``path``) or effect (``indirect``, ``total``)."""
        return self.values[Quantity(kind, start, end, tuple(via))]

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw n cases, (n, p)."""
        root = np.linalg.cholesky(self.correlations)
        return np.asarray(rng.standard_normal((n, len(root))) @ root.T)


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
        Share of samples whose interval takes in `value`, and `limit`.
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


# --- population --------------------------------------------------------------------------------------


def population(text: str, *, within: float = 0.3) -> Population:
    """Return the population that `text` describes, see the head of this module.

    Parameters
    ----------
    text
        A model with values.
    within
        Correlation of the indicators of a composite.

    Raises
    ------
    ModelError
        For a path or indicator without value, values that leave no room for an error variance, or
        constructs of higher order and products.
    """
    values: dict[tuple[str, str], float] = {}
    correlated: dict[tuple[str, str], float] = {}
    lines = []
    plain = re.sub(r"#[^\n]*", "", text)
    plain = re.sub(
        r"\n\s*\+", " +", re.sub(r"\+\s*\n", "+ ", plain)
    )  # a statement may go on in the next line
    for bare in re.split(r"[\n;]", plain):
        pair = _COVARIANCE.match(bare)
        if pair:
            correlated[pair[1], pair[3]] = float(pair[2])
        else:
            lines.append(_without_values(bare, values))
    model = parse("\n".join(lines))
    if model.interactions or model.higher_order:
        raise ModelError("A population has no products and no constructs of higher order; take them out.")
    plan = plan_of(model)
    between, paths = _between(plan, values, correlated)
    R = _indicator_correlations(model, plan, values, between, within)
    return Population(model, plan, R, _effects(plan, paths))


def _without_values(line: str, values: dict[tuple[str, str], float]) -> str:
    """Take the numbers out of a statement, and note them under (left side, name)."""
    left = re.split(r"=~|<~|~", line)[0].strip().strip("`")

    def taken(found: re.Match[str]) -> str:
        values[left, found[2].strip("`")] = float(found[1])
        return found[2]

    plain = re.sub(r"\+\s*-", "-", line)
    plain = re.sub(r"(?<=[\w`])\s*-\s*(?=\.?\d)", " + -", plain)
    return _VALUE.sub(taken, plain)


def _valued(values: Mapping[tuple[str, str], float], left: str, name: str, what: str) -> float:
    if (left, name) not in values:
        raise ModelError(f"{what} {name} of {left} has no value; write it as in `{left} ~ 0.3*{name}`.")
    return values[left, name]


def _between(
    plan: Plan, values: Mapping[tuple[str, str], float], correlated: Mapping[tuple[str, str], float]
) -> tuple[Floats, dict[tuple[int, int], float]]:
    """Return the correlations of the constructs, and the paths."""
    names = plan.names
    between = np.eye(len(names))
    place = {name: k for k, name in enumerate(names)}
    for (a, b), value in correlated.items():
        for name in (a, b):
            if name not in place or plan.predecessors[place[name]]:
                raise ModelError(
                    f"`{a} ~~ {b}`: {name} is no construct that nothing points to; leave the line out."
                )
        between[place[a], place[b]] = between[place[b], place[a]] = value
    paths: dict[tuple[int, int], float] = {}
    known = [k for k in range(len(names)) if not plan.predecessors[k]]
    for k in plan.outcomes:
        first = list(plan.predecessors[k])
        beta = np.array([_valued(values, names[k], names[j], "The path from") for j in first])
        explained = float(beta @ between[np.ix_(first, first)] @ beta)
        if explained >= 1:
            raise ModelError(
                f"The paths to {names[k]} explain {explained:.2f} of its variance, which cannot reach 1; make them smaller."
            )
        between[known, k] = between[k, known] = between[np.ix_(known, first)] @ beta
        known.append(k)
        paths |= {(j, k): float(b) for j, b in zip(first, beta, strict=True)}
    return between, paths


def _indicator_correlations(
    model: Model, plan: Plan, values: Mapping[tuple[str, str], float], between: Floats, within: float
) -> Floats:
    """Return the correlations of all indicators."""
    loadings = np.ones(len(plan.indicators))
    blocks = []
    for construct, block in zip(model.constructs, plan.blocks, strict=True):
        size = block.stop - block.start
        if size == 1:
            given = values.get((construct.name, construct.indicators[0]), 1.0)
            loadings[block] = given if construct.kind == "common_factor" else 1.0
            blocks.append(np.ones((1, 1)))
            continue
        given_ = np.array(
            [_valued(values, construct.name, name, "The indicator") for name in construct.indicators]
        )
        if construct.kind == "common_factor":
            if (np.abs(given_) >= 1).any():
                raise ModelError(
                    f"A loading of {construct.name} is 1 or more; loadings lie between -1 and 1."
                )
            loadings[block] = given_
            own = np.outer(given_, given_)
        else:
            own = np.full((size, size), within)
            np.fill_diagonal(own, 1)
            weights = given_ / np.sqrt(given_ @ own @ given_)
            loadings[block] = own @ weights
        np.fill_diagonal(own, 1)
        blocks.append(own)
    R = np.outer(loadings, loadings) * between[np.ix_(plan.owner, plan.owner)]
    for own, block in zip(blocks, plan.blocks, strict=True):
        R[block, block] = own
    if np.linalg.eigvalsh(R)[0] <= 1e-10:
        raise ModelError(
            "No population has these correlations; make loadings, correlations or `within` smaller."
        )
    return np.asarray(R)


def _effects(plan: Plan, paths: Mapping[tuple[int, int], float]) -> dict[Quantity, float]:
    """Return paths, effects along each route, and total effects."""
    place = {name: k for k, name in enumerate(plan.names)}
    direct = np.zeros((len(plan.names), len(plan.names)))
    for pair, value in paths.items():
        direct[pair] = value
    total = np.linalg.inv(np.eye(len(direct)) - direct)
    found = {}
    for one in quantities(plan):
        if one.kind == "path":
            found[one] = float(direct[place[one.start], place[one.end]])
        elif one.kind == "total":
            found[one] = float(total[place[one.start], place[one.end]])
        elif one.kind == "indirect":
            route = [place[name] for name in (one.start, *one.via, one.end)]
            found[one] = float(np.prod([direct[a, b] for a, b in pairwise(route)]))
    return found


# --- simulation --------------------------------------------------------------------------------------


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
    if min(repetitions, resamples) < 2:
        raise PlsError(
            "At least two repetitions and two resamples are needed; 1000 of each make shares worth telling."
        )
    if not 0 < level < 1:
        raise PlsError(f"The level is {level:g}; it lies between 0 and 1, such as 0.95.")
    least = (
        max([len(one) for one in held.plan.predecessors] + [b.stop - b.start for b in held.plan.blocks]) + 2
    )
    if not sizes or min(sizes) < least:
        raise PlsError(
            f"Samples of this model need at least {least} cases; found {', '.join(map(str, sizes))}."
        )
    settings = Settings(scheme, 1e-5, 300, consistent)  # far below what resampling changes
    index = [i for i, one in enumerate(quantities(held.plan)) if one.kind in KINDS]
    limit = _numbers(held.correlations[:, :, None], held.plan, replace(settings, tolerance=1e-12), index)[0][
        :, 0
    ]
    effects: list[Power] = []
    mediated: list[MediationPower] = []
    usable: list[int] = []
    together = max(1, block_size(len(held.plan.indicators), max(sizes)) // (resamples + 1))
    done = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for n in sizes:

            def some(start: int, n: int = n) -> list[Floats]:
                several = range(start, min(start + together, repetitions))
                return _sampled(held, n, several, seed, resamples, level, settings, index)

            found: list[Floats] = []
            for result in pool.map(some, range(0, repetitions, together)):
                found += result
                done = min(done + together, repetitions * (len(usable) + 1))
                if progress is not None:
                    progress(done, repetitions * len(sizes))
            usable.append(len(found))
            if len(found) < 2:
                raise PlsError(f"Hardly any sample of {n} cases could be estimated; try larger ones.")
            stack = np.array(found)
            effects += _counted(held, n, index, limit, stack)
            mediated += _mediated(held, n, index, stack)
    return PowerStudy(
        tuple(effects),
        tuple(mediated),
        tuple(usable),
        tuple(sizes),
        repetitions,
        resamples,
        level,
        consistent,
        seed,
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
        value = known.values[one]
        found.append(
            Power(
                n=n,
                kind=one.kind,
                start=one.start,
                via=one.via,
                end=one.end,
                value=value,
                limit=float(limit[place]),
                mean=float(estimate.mean()),
                spread=float(estimate.std(ddof=1)),
                power=float(((low > 0) | (high < 0)).mean()),
                coverage=float(((low <= value) & (value <= high)).mean()),
                coverage_of_limit=float(((low <= limit[place]) & (limit[place] <= high)).mean()),
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
