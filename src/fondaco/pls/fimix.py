"""Whether the cases fall into groups with different paths: finite mixture PLS (FIMIX-PLS).

Construct scores are taken as they are; the structural model is thought to hold with different paths,
intercepts and residual variances in each of K unknown segments.  Each case belongs to each segment with
a probability, which the EM algorithm finds together with the paths.

The likelihood has several peaks: EM runs from many random starts and the best is kept; how often
it was found again says whether to trust it.  The number of segments is judged by information criteria.
With `intercepts` off the model is that of Hahn et al. (2002), where every segment passes through the mean.

Sources: Hahn, Johnson, Herrmann and Huber (2002), Schmalenbach Business Review 54(3), 243-269, for the
model; Sarstedt, Becker, Ringle and Schwaiger (2011), Schmalenbach Business Review 63(1), 34-62, for the criteria
and which to trust; Ramaswamy et al. (1993), Marketing Science 12(1), 103-124, for the entropy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fondaco.pls.errors import PlsError
from fondaco.pls.tables import Floats, checked_columns, table

if TYPE_CHECKING:
    import polars as pl

#: A residual variance below this (scores have variance 1) means that a segment has shrunk to a line through
#: its cases: the likelihood grows without bound there and says nothing.
SMALLEST_VARIANCE = 1e-3
Path = tuple[str, str]


@dataclass(frozen=True)
class SegmentPath:
    """One path, or intercept (`origin` is then empty), in one segment."""

    segment: int
    origin: str
    target: str
    estimate: float


@dataclass(frozen=True)
class Criteria:
    """How well K segments fit; smaller is better except for `ln_l`, `en`.

    Attributes
    ----------
    ln_l, parameters
        Log-likelihood at the best start, and how many numbers were fitted.
    aic, aic3, aic4, bic, caic, hq, mdl5
        ``-2 lnL`` plus 2, 3, 4, ln n, ln n + 1, 2 ln ln n, 5 ln n times the parameters (Sarstedt et al. 2011).
    en
        Normed entropy, 1 where every case belongs to one segment without doubt (Ramaswamy et al. 1993).
    """

    ln_l: float
    parameters: int
    aic: float
    aic3: float
    aic4: float
    bic: float
    caic: float
    hq: float
    mdl5: float
    en: float


@dataclass(frozen=True)
class Mixture:
    """The best mixture of `segments` segments, largest first.

    Attributes
    ----------
    segments, n
        How many segments, and cases.
    shares
        Of the segments, summing to 1.
    sizes
        Cases whose most likely segment it is.
    paths
        Paths and, where fitted, intercepts of every segment.
    variances
        Residual variance of each explained construct, by construct, one number for each segment.
    membership
        Probability of each case and segment, (n, segments).
    criteria
        Of fit.
    converged, iterations
        Of the best start.
    starts, found_again
        How many starts were made and came to an end, and how many of them reached this likelihood within 0.01.
    problems
        What speaks against using the result, in sentences.
    """

    segments: int
    n: int
    shares: tuple[float, ...]
    sizes: tuple[int, ...]
    paths: tuple[SegmentPath, ...]
    variances: Mapping[str, tuple[float, ...]]
    membership: Floats
    criteria: Criteria
    converged: bool
    iterations: int
    starts: int
    found_again: int
    problems: tuple[str, ...]
    thresholds: str = (
        "Of the number of segments, AIC3 and CAIC together are right most often, AIC4 and BIC do well, AIC asks for "
        "too many and MDL5 for too few (Sarstedt et al. 2011). EN above 0.5 parts the segments clearly (Ringle, "
        "Sarstedt and Mooi 2010)."
    )

    @property
    def assignment(self) -> npt.NDArray[np.intp]:
        """Return the most likely segment of each case, counting from 0."""
        return np.asarray(self.membership.argmax(axis=1))

    def path(self, segment: int, origin: str, target: str) -> float:
        """Return one path; `origin` is empty for the intercept."""
        wanted = (segment, origin, target)
        return next(
            held.estimate for held in self.paths if (held.segment, held.origin, held.target) == wanted
        )

    def to_frame(self) -> pl.DataFrame:
        """Return the paths of every segment as a Polars table."""
        return table(self.paths)


@dataclass(frozen=True)
class Equation:
    """One explained construct: which columns of the scores explain which."""

    target: str
    column: int
    causes: tuple[str, ...]
    columns: tuple[int, ...]


def mixture(
    scores: Mapping[str, npt.ArrayLike],
    paths: Sequence[Path],
    segments: int,
    *,
    intercepts: bool = True,
    starts: int = 20,
    seed: int = 1,
    max_iterations: int = 5000,
    tolerance: float = 1e-9,
) -> Mixture:
    """Fit `segments` segments to the structural model.

    Parameters
    ----------
    scores
        Standardised scores of every construct, such as ``fit.scores``, of shape (n,) each.
    paths
        The structural model as (from, to).
    segments
        How many segments, at least 1.
    intercepts
        Whether each segment has means of its own; off as in Hahn et al. (2002).
    starts, seed
        Random starts of the EM algorithm.
    max_iterations, tolerance
        EM ends when the log-likelihood gains less than `tolerance`.

    Raises
    ------
    PlsError
        If there are too few cases for so many segments, or every start ended in a segment without spread.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> x = rng.normal(size=400)
    >>> y = np.where(np.arange(400) < 200, 0.9, -0.9) * x + 0.3 * rng.normal(size=400)
    >>> found = mixture({"X": x, "Y": y}, [("X", "Y")], 2, starts=5)
    >>> sorted(round(found.path(k, "X", "Y"), 1) for k in (0, 1))
    [-0.9, 0.9]
    """
    matrix = checked_columns(scores)
    equations = structural_equations(tuple(scores), paths)
    n = len(matrix)
    per_segment = sum(len(held.columns) + 1 + intercepts for held in equations)
    parameters = segments - 1 + segments * per_segment
    if segments < 1:
        raise PlsError(f"At least one segment is needed; found {segments}.")
    if n <= parameters:
        raise PlsError(
            f"{segments} segments have {parameters} parameters, more than the {n} cases can tell; ask for fewer."
        )
    designs = [_design(matrix, held, intercepts=intercepts) for held in equations]
    rng = np.random.default_rng(seed)
    runs = []
    for _ in range(starts if segments > 1 else 1):
        # Draws near the corners: segments that start alike would stay alike.
        membership = rng.dirichlet(np.full(segments, 0.3), size=n)
        run = _em(designs, membership, max_iterations, tolerance)
        if run is not None:
            runs.append(run)
    if not runs:
        raise PlsError(
            f"Every start with {segments} segments shrank one of them to a handful of cases; ask for fewer segments."
        )
    best = max(runs, key=lambda run: run.ln_l)
    again = sum(run.ln_l > best.ln_l - 0.01 for run in runs)
    return _told(best, equations, n, parameters, len(runs), again, intercepts=intercepts)


def compare_segments(
    scores: Mapping[str, npt.ArrayLike], paths: Sequence[Path], most: int = 5, **options: bool | float
) -> tuple[Mixture, ...]:
    """Fit 1, 2, ... `most` segments; stops before the number the cases cannot carry.

    `options` are those of `mixture`.
    """
    found = [mixture(scores, paths, 1, **options)]  # type: ignore[arg-type]  # options by their names
    for segments in range(2, most + 1):
        try:
            found.append(mixture(scores, paths, segments, **options))  # type: ignore[arg-type]
        except PlsError:
            break
    return tuple(found)


def structural_equations(names: Sequence[str], paths: Sequence[Path]) -> list[Equation]:
    """Return the equation of each explained construct, in the order of `names`.

    Raises
    ------
    PlsError
        If a path names no construct, or there is no path.

    Examples
    --------
    >>> structural_equations(["A", "B"], [("A", "B")])
    [Equation(target='B', column=1, causes=('A',), columns=(0,))]
    """
    place = {name: i for i, name in enumerate(names)}
    unknown = sorted({name for path in paths for name in path} - set(place))
    if unknown or not paths:
        what = (
            f"The paths name {', '.join(unknown)}, of which there are no scores"
            if unknown
            else "There is no path"
        )
        raise PlsError(f"{what}; give the structural model of the same constructs.")
    equations = []
    for name in names:
        causes = tuple(origin for origin, target in paths if target == name)
        if causes:
            equations.append(Equation(name, place[name], causes, tuple(place[cause] for cause in causes)))
    return equations


@dataclass(frozen=True)
class _Run:
    ln_l: float
    shares: Floats  # (K,)
    coefficients: list[Floats]  # by equation, (K, causes [+ 1])
    variances: Floats  # (equations, K)
    membership: Floats  # (n, K)
    iterations: int
    converged: bool


def _design(matrix: Floats, equation: Equation, *, intercepts: bool) -> tuple[Floats, Floats]:
    """Return the causes, with a column of ones in front where wanted, and what they explain."""
    causes = matrix[:, equation.columns]
    if intercepts:
        causes = np.column_stack([np.ones(len(matrix)), causes])
    return causes, matrix[:, equation.column]


def _em(
    designs: Sequence[tuple[Floats, Floats]], membership: Floats, max_iterations: int, tolerance: float
) -> _Run | None:
    """Run EM; None where a segment loses its spread."""
    last = -math.inf
    step, converged = 0, False
    while step < max_iterations and not converged:
        step += 1
        fitted = _maximise(designs, membership)
        if fitted is None:
            return None
        coefficients, variances = fitted
        shares = membership.mean(axis=0)
        log_density = np.log(shares) + sum(
            -0.5 * np.log(2 * np.pi * variances[i]) - (y[:, None] - x @ b.T) ** 2 / (2 * variances[i])
            for i, ((x, y), b) in enumerate(zip(designs, coefficients, strict=True))
        )
        top = log_density.max(axis=1, keepdims=True)
        density = np.exp(log_density - top)
        total = density.sum(axis=1, keepdims=True)
        ln_l = float((top + np.log(total)).sum())
        membership = density / total
        converged = ln_l - last < tolerance
        last = ln_l
    return _Run(ln_l, shares, coefficients, variances, membership, step, converged)


def _maximise(
    designs: Sequence[tuple[Floats, Floats]], membership: Floats
) -> tuple[list[Floats], Floats] | None:
    """Return weighted regressions of all segments at once, or None where one has no spread left."""
    sizes = membership.sum(axis=0)
    if sizes.min() < max(x.shape[1] for x, _ in designs) + 1:
        return None
    coefficients, variances = [], []
    for x, y in designs:
        weighted = membership.T[:, :, None] * x  # (K, n, causes)
        gram = np.einsum("kni,nj->kij", weighted, x)
        moment = np.einsum("kni,n->ki", weighted, y)
        try:
            b = np.linalg.solve(gram, moment[..., None])[..., 0]
        except np.linalg.LinAlgError:
            return None
        residual = (y[:, None] - x @ b.T) ** 2
        variance = (membership * residual).sum(axis=0) / sizes
        if variance.min() < SMALLEST_VARIANCE:
            return None
        coefficients.append(b)
        variances.append(variance)
    return coefficients, np.array(variances)


def _told(
    run: _Run,
    equations: Sequence[Equation],
    n: int,
    parameters: int,
    starts: int,
    again: int,
    *,
    intercepts: bool,
) -> Mixture:
    """Order the segments by size, and say what the run found."""
    order = np.argsort(-run.shares, kind="stable")
    membership = run.membership[:, order]
    sizes = np.bincount(membership.argmax(axis=1), minlength=len(order))
    paths = [
        SegmentPath(segment, cause, equation.target, float(value))
        for segment, old in enumerate(order)
        for equation, coefficients in zip(equations, run.coefficients, strict=True)
        for cause, value in zip(
            (("",) if intercepts else ()) + equation.causes, coefficients[old], strict=True
        )
    ]
    variances = {
        equation.target: tuple(float(value) for value in run.variances[i, order])
        for i, equation in enumerate(equations)
    }
    return Mixture(
        segments=len(order),
        n=n,
        shares=tuple(float(value) for value in run.shares[order]),
        sizes=tuple(int(value) for value in sizes),
        paths=tuple(paths),
        variances=variances,
        membership=membership,
        criteria=_criteria(run.ln_l, parameters, membership),
        converged=run.converged,
        iterations=run.iterations,
        starts=starts,
        found_again=again,
        problems=_problems(run, starts, again, sizes),
    )


def _criteria(ln_l: float, parameters: int, membership: Floats) -> Criteria:
    n, segments = membership.shape
    log_n = math.log(n)
    penalties = (2, 3, 4, log_n, log_n + 1, 2 * math.log(log_n), 5 * log_n)
    entropy = -float((membership * np.log(np.where(membership > 0, membership, 1))).sum())
    en = 1 - entropy / (n * math.log(segments)) if segments > 1 else 1.0
    aic, aic3, aic4, bic, caic, hq, mdl5 = (-2 * ln_l + penalty * parameters for penalty in penalties)
    return Criteria(ln_l, parameters, aic, aic3, aic4, bic, caic, hq, mdl5, en)


def _problems(run: _Run, starts: int, again: int, sizes: npt.NDArray[np.intp]) -> tuple[str, ...]:
    found = []
    if not run.converged:
        found.append(f"EM did not converge in {run.iterations} iterations; allow more.")
    if len(sizes) > 1 and again == 1:
        found.append(
            f"Only one of {starts} starts found this likelihood; try more starts, a better one may exist."
        )
    if sizes.min() == 0:
        found.append("A segment is the most likely one of no case; ask for fewer segments.")
    return tuple(found)
