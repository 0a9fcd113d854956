"""Whether a path model differs between groups of cases: multi-group analysis.

For every pair of groups and every number asked for, the difference of the two estimates with

permutation
    the share of random regroupings with a difference as far out, twice the smaller tail (Chin and Dibbern
    2010); without presumptions about distributions, and the one to prefer (Matthews 2017);
parametric
    a t test with pooled variances (Keil et al. 2000) and with unequal ones, by Welch and Satterthwaite
    (Sarstedt, Henseler and Ringle 2011), from bootstrap standard errors;
Henseler's
    the share of pairs of centred bootstrap estimates in which the first group's is not larger: a one-sided
    p for "larger in the first group" (Henseler, Ringle and Sinkovics 2009, eq. 6).

And for the model as a whole the distance of the correlations that it implies in the groups, against
random regroupings (Klesel, Schuberth, Henseler and Niehaves 2019, Internet Research 29(3), 464-477).

Groups may only be compared where the composites mean the same in both: see `fondaco.pls.micom` first.
Where means stand in for missing values they are those of all cases, so that no group has its own.

Sources: Chin and Dibbern (2010) in Esposito Vinzi et al., *Handbook of Partial Least Squares*, ch. 7; Keil et al.
(2000), MIS Quarterly 24(2), 299-325; Sarstedt et al. (2011), Advances in International Marketing 22, 195-218;
Henseler et al. (2009), Advances in International Marketing 20, 277-319.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from fondaco.kernel import Problem
from fondaco.pls.bootstrap import Bootstrap, block_size, bootstrap
from fondaco.pls.distances import geodesic, implied_correlations
from fondaco.pls.engine import Bools, Floats, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Stack, reduce, unscaled
from fondaco.pls.measures import Measured, implied_between, measure
from fondaco.pls.model import Model
from fondaco.pls.moments import Moments
from fondaco.pls.parting import Parted, cut, part
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class GroupDifference:
    """One number in two groups.

    Attributes
    ----------
    kind, start, via, end
        What it is, as in `fondaco.pls.measures`.
    first, second
        The groups.
    estimate_first, estimate_second, difference
        The number in each, and the first less the second.
    permutation_p, low, high
        Two-sided p, and the interval in which 95 % of random regroupings lie; None without permutations.
    t_pooled, p_pooled, t_welch, df_welch, p_welch
        Parametric tests, two-sided; None without a bootstrap or where nothing varies.
    henseler_p
        One-sided, for "larger in the first group"; None without a bootstrap.
    """

    kind: str
    start: str
    via: tuple[str, ...]
    end: str
    first: str
    second: str
    estimate_first: float
    estimate_second: float
    difference: float
    permutation_p: float | None = None
    low: float | None = None
    high: float | None = None
    t_pooled: float | None = None
    p_pooled: float | None = None
    t_welch: float | None = None
    df_welch: float | None = None
    p_welch: float | None = None
    henseler_p: float | None = None


@dataclass(frozen=True)
class ModelDistance:
    """How far the correlations that the model implies in two groups lie apart.

    Attributes
    ----------
    d_l, d_g
        Half the sum of squared differences of all correlations, and the geodesic distance (logarithms to base 10).
    p_l, p_g
        Share of random regroupings with as large a distance; None without permutations.
    """

    first: str
    second: str
    d_l: float
    d_g: float
    p_l: float | None
    p_g: float | None


@dataclass(frozen=True, eq=False)
class GroupComparison:
    """What `compare_groups` found.

    Attributes
    ----------
    by
        What parts the cases; empty if labels were given as such.
    fits
        The fit of each group, by label.
    differences
        For each pair of groups and number.
    distances
        For each pair of groups, of the whole model.
    permutations, resamples, seed
        What the tests rest on.
    problems
        Cases without a group, groups whose fit has problems, regroupings that did not converge.
    """

    by: str
    fits: Mapping[str, Fit]
    differences: tuple[GroupDifference, ...]
    distances: tuple[ModelDistance, ...]
    permutations: int
    resamples: int
    seed: int
    problems: tuple[Problem, ...]
    thresholds: str = (
        "A difference counts with p < .05 (permutation and parametric, two-sided; Henseler's one-sided: below .05 or "
        "above .95). Compare groups only where MICOM shows at least partial invariance (Henseler et al. 2016)."
    )

    def difference(
        self, kind: str, start: str, end: str = "", pair: tuple[str, str] | None = None
    ) -> GroupDifference:
        """Return one difference, of the first pair of groups unless another is named."""
        wanted = pair or (self.differences[0].first, self.differences[0].second)
        return next(
            one
            for one in self.differences
            if (one.kind, one.start, one.end) == (kind, start, end) and (one.first, one.second) == wanted
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the differences as a Polars table."""
        return table(self.differences)


def compare_groups(
    model: Model | str,
    data: Any,
    group: str | npt.ArrayLike,
    *,
    kinds: Iterable[str] = ("path", "total", "weight", "loading", "r2"),
    permutations: int = 5_000,
    resamples: int = 5_000,
    seed: int = 1,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> GroupComparison:
    """Estimate a model in each group, and test the differences of every pair.

    Parameters
    ----------
    model, data
        As in `fondaco.pls.fit`.
    group
        The column that parts the cases, or one label for each case.
    kinds
        Which numbers to compare, see `fondaco.pls.measures`.
    permutations, resamples
        0 leaves the permutation tests, or those that need a bootstrap, out.
    seed
        Of both.
    level
        Of the permutation intervals.
    progress
        Called with (done, all) permutations.
    options
        As in `fondaco.pls.fit`: scheme, missing, marker, weights, consistent, ...

    Raises
    ------
    PlsError
        If there is one group only, or a group has too few cases for the model.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> home = np.arange(200) < 100
    >>> x = rng.normal(size=200)
    >>> data = {"x": x, "y": np.where(home, 0.9, 0.1) * x + rng.normal(size=200), "home": home.astype(int)}
    >>> found = compare_groups("X =~ x; Y =~ y; Y ~ X", data, "home", permutations=300, resamples=0)
    >>> path = found.difference("path", "X", "Y")
    >>> (path.first, path.second), path.difference < 0, path.permutation_p < 0.05
    (('0', '1'), True, True)
    """
    parted = part(model, data, group, **options)
    pooled, members = parted.pooled, parted.members
    fits = {name: parted.fit(name) for name in members}
    boots = {
        name: bootstrap(held, resamples, seed=seed + place)
        for place, (name, held) in enumerate(fits.items())
        if resamples
    }
    wanted = set(kinds)
    index = [i for i, one in enumerate(pooled.quantities) if one.kind in wanted]
    if not index:
        raise PlsError(f"The model has no numbers of kind {', '.join(sorted(wanted))}.")
    differences: list[GroupDifference] = []
    distances = []
    failed = 0
    pairs = list(combinations(members, 2))
    for place, (first, second) in enumerate(pairs):
        told = None if progress is None else _shifted(progress, place, len(pairs))
        permuted = _permuted(parted, first, second, index, permutations, seed, told)
        failed += permutations - permuted.usable
        held = (fits[first], fits[second])
        gaps = held[0].estimates[index] - held[1].estimates[index]
        tested = _permutation_tests(gaps, permuted.differences, level)
        for i, row in zip(index, tested, strict=True):
            boot = (boots[first], boots[second]) if resamples else None
            differences.append(_difference(i, (first, second), held, row, boot))
        distances.append(_distance(first, second, held, permuted))
    return GroupComparison(
        by=group if isinstance(group, str) else "",
        fits=fits,
        differences=tuple(differences),
        distances=tuple(distances),
        permutations=permutations,
        resamples=resamples,
        seed=seed,
        problems=(*parted.problems, *_problems(fits, boots, failed)),
    )


# --- permutation -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Permuted:
    """Differences and distances in random regroupings of two groups, (numbers, usable) and (usable,)."""

    differences: Floats
    d_l: Floats
    d_g: Floats

    @property
    def usable(self) -> int:
        return len(self.d_l)


def regroupings(sizes: tuple[int, int], count: int, seed: int, block: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield blocks of random regroupings: 1 where a case is in the first group, shape (n, block)."""
    rng = np.random.default_rng(seed)
    line = np.repeat(np.array([1, 0], dtype=np.int64), sizes)
    for start in range(0, count, block):
        yield rng.permuted(np.tile(line, (min(block, count - start), 1)), axis=1).T


def _permuted(
    parted: Parted,
    first: str,
    second: str,
    index: Sequence[int],
    permutations: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> _Permuted:
    taken = parted.members[first] | parted.members[second]
    cases = cut(parted.pooled.cases, taken)
    sizes = (int(parted.members[first].sum()), int(parted.members[second].sum()))
    moments = Moments(cases)
    parts = [_Permuted(np.empty((len(index), 0)), np.empty(0), np.empty(0))]
    done = 0
    for member in regroupings(sizes, permutations, seed, block_size(len(cases.names), cases.n)):
        held = [_estimated(parted.pooled, moments, counts) for counts in (member, 1 - member)]
        usable = held[0][2] & held[1][2]
        gap = held[0][0].rows[index] - held[1][0].rows[index]
        d_l, d_g = _distances(held[0][1], held[1][1])
        parts.append(_Permuted(gap[:, usable], d_l[usable], d_g[usable]))
        done += member.shape[1]
        if progress is not None:
            progress(done, permutations)
    return _Permuted(
        np.concatenate([one.differences for one in parts], axis=1),
        np.concatenate([one.d_l for one in parts]),
        np.concatenate([one.d_g for one in parts]),
    )


def _estimated(
    pooled: Fit, moments: Moments, counts: npt.NDArray[np.int64]
) -> tuple[Measured, Floats, Bools]:
    """Return the numbers of each sample, the correlations its model implies, and which are usable."""
    plan, settings = pooled.plan, pooled.settings
    reduced = reduce(pooled.stages, Stack(moments.correlations(counts), counts, moments))
    found = run(reduced.correlations, plan, settings)
    n = float(counts[:, 0].sum())
    measured = measure(reduced.correlations, found, plan, settings, n, with_geodesic=False)
    implied = implied_correlations(
        reduced.correlations,
        measured.loadings,
        implied_between(measured.between, plan),
        pooled.corrected,
        plan,
    )
    return unscaled(measured, found, plan, reduced.spread), implied, found.converged & reduced.sound


def _distances(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return d_L and d_G of each pair of correlation matrices."""
    return 0.5 * ((first - second) ** 2).sum(axis=(0, 1)), geodesic(first, second)


def _permutation_tests(
    gaps: Floats, permuted: Floats, level: float
) -> list[tuple[float | None, float | None, float | None]]:
    """Return two-sided p and bounds of each difference; the regrouping seen counts as one."""
    count = permuted.shape[1]
    if count == 0:
        return [(None, None, None)] * len(gaps)
    slack = 1e-12
    above = 1 + (permuted >= gaps[:, None] - slack).sum(axis=1)
    below = 1 + (permuted <= gaps[:, None] + slack).sum(axis=1)
    p = np.minimum(1.0, 2 * np.minimum(above, below) / (count + 1))
    low, high = np.quantile(permuted, ((1 - level) / 2, (1 + level) / 2), axis=1)
    return [(float(a), float(b), float(c)) for a, b, c in zip(p, low, high, strict=True)]


def _distance(first: str, second: str, fits: tuple[Fit, Fit], permuted: _Permuted) -> ModelDistance:
    implied = [
        implied_correlations(
            one.indicator_correlations[:, :, None],
            one.measured.loadings,
            implied_between(one.measured.between, one.plan),
            one.corrected,
            one.plan,
        )
        for one in fits
    ]
    d_l, d_g = (float(held[0]) for held in _distances(*implied))
    p: list[float | None] = [None, None]
    if permuted.usable:
        shares = ((permuted.d_l, d_l), (permuted.d_g, d_g))
        p = [float((1 + (drawn >= seen - 1e-12).sum()) / (permuted.usable + 1)) for drawn, seen in shares]
    return ModelDistance(first, second, d_l, d_g, *p)


# --- tests from bootstraps ---------------------------------------------------------------------------


def _difference(
    place: int,
    pair: tuple[str, str],
    fits: tuple[Fit, Fit],
    permutation: tuple[float | None, float | None, float | None],
    boots: tuple[Bootstrap, Bootstrap] | None,
) -> GroupDifference:
    one = fits[0].quantities[place]
    a, b = (float(held.estimates[place]) for held in fits)
    base = GroupDifference(one.kind, one.start, one.via, one.end, *pair, a, b, a - b, *permutation)
    if boots is None:
        return base
    draws = [held.draws[place] for held in boots]
    se = [float(held.std(ddof=1)) for held in draws]
    henseler = henseler_p(*draws)
    if min(se) < 1e-12:  # such as the weight of a single item
        return replace(base, henseler_p=henseler)
    sizes = [held.n for held in fits]
    t_pooled, p_pooled = pooled_test(a - b, se, sizes)
    t_welch, df, p_welch = welch_test(a - b, se, sizes)
    return replace(
        base,
        t_pooled=t_pooled,
        p_pooled=p_pooled,
        t_welch=t_welch,
        df_welch=df,
        p_welch=p_welch,
        henseler_p=henseler,
    )


def pooled_test(difference: float, se: Sequence[float], n: Sequence[int]) -> tuple[float, float]:
    """Return t and two-sided p with pooled variances (Keil et al. 2000, p. 315).

    Examples
    --------
    >>> t, p = pooled_test(0.2, (0.1, 0.1), (100, 100))
    >>> round(t, 3), round(p, 3)
    (1.421, 0.157)
    """
    freedom = n[0] + n[1] - 2
    spread = sum((m - 1) ** 2 / freedom * e**2 for m, e in zip(n, se, strict=True))
    t = difference / (np.sqrt(spread) * np.sqrt(1 / n[0] + 1 / n[1]))
    return float(t), float(2 * stats.t.sf(abs(t), freedom))


def welch_test(difference: float, se: Sequence[float], n: Sequence[int]) -> tuple[float, float, float]:
    """Return t, degrees of freedom and two-sided p with unequal variances (Sarstedt et al. 2011, eqs. 3-4).

    Examples
    --------
    >>> t, df, p = welch_test(0.2, (0.1, 0.1), (100, 100))
    >>> round(t, 3), round(df), round(p, 3)
    (1.421, 196, 0.157)
    """
    parts = [(m - 1) / m * e**2 for m, e in zip(n, se, strict=True)]
    t = difference / np.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum((m - 1) / m**2 * e**4 for m, e in zip(n, se, strict=True)) - 2
    return float(t), float(freedom), float(2 * stats.t.sf(abs(t), freedom))


def henseler_p(first: Floats, second: Floats) -> float:
    """Return Henseler's one-sided p for "larger in the first group" from bootstrap draws of both.

    The share of all pairs of draws, each mirrored at its mean, in which the first is not larger;
    pairs that are equal count half.

    Examples
    --------
    >>> henseler_p(np.array([2.0, 3.0]), np.array([0.0, 1.0]))
    0.0
    """
    mine = 2 * first.mean() - first
    theirs = np.sort(2 * second.mean() - second)
    smaller = np.searchsorted(theirs, mine, side="left").sum()
    not_larger = np.searchsorted(theirs, mine, side="right").sum()
    return float(1 - (smaller + not_larger) / (2 * len(mine) * len(theirs)))


def _shifted(progress: Callable[[int, int], None], place: int, pairs: int) -> Callable[[int, int], None]:
    return lambda done, of: progress(place * of + done, pairs * of)


def _problems(fits: Mapping[str, Fit], boots: Mapping[str, Bootstrap], failed: int) -> Iterator[Problem]:
    for name, held in fits.items():
        for problem in (*held.problems, *(boots[name].problems if name in boots else ())):
            if problem.kind != "missing":
                yield replace(problem, reason=f"Group {name}: {problem.reason}")
    if failed:
        yield Problem("permutations", failed, f"{failed} regroupings did not converge and are left out.", "")
