"""How sure every number of a path model is: the bootstrap, in one pass over resampled correlations.

Cases are drawn with replacement; each resample is a column of counts, its correlations one matrix product,
and weights and measures follow for hundreds of resamples at once (`fondaco.pls.moments`, `engine`, `measures`).
Memory is bounded: resamples go through in blocks, and only their numbers are kept.

Efron and Tibshirani (1993), *An Introduction to the Bootstrap*: percentile (ch. 13), BC and BCa (ch. 14).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from fondaco.kernel import Problem
from fondaco.pls.engine import Floats, Ints, Settings, Weights, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Stack, reduce, unscaled
from fondaco.pls.intervals import METHODS, Interval, Method, intervals
from fondaco.pls.measures import Quantity, measure
from fondaco.pls.moments import Moments

if TYPE_CHECKING:
    import polars as pl

Signs = Literal["none", "individual", "construct"]
SIGNS: tuple[Signs, ...] = get_args(Signs)
#: Kinds whose sign depends on the orientation of a construct's score.
SIGNED = frozenset(
    {"weight", "loading", "cross_loading", "path", "total", "total_indirect", "indirect", "correlation"}
)
CHUNK = 64  # resamples that share a random stream: part of what a seed means
_BLOCK_NUMBERS = 1_000_000  # correlations held at once by one thread
_JACKKNIFE = 1_000  # groups left out in turn, at most


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """Every number of a fit in every resample.

    Attributes
    ----------
    fit
        What was resampled.
    draws
        Shape (quantities, usable resamples), in the order of `Fit.quantities` and of resampling.
    resamples
        How many were drawn.
    unsettled, inadmissible
        How many of them did not converge or could not be computed, and how many gave an inadmissible
        result; both are left out of `draws` (the latter unless they were asked to be kept).
    signs
        Treatment of signs: ``none``, ``individual`` or ``construct``.
    geodesic
        Whether d_g was computed; it is NaN otherwise.
    seed
        Of the random numbers; None where the rows were given.
    settings
        How each resample was estimated.
    """

    fit: Fit
    draws: Floats
    resamples: int
    unsettled: int
    inadmissible: int
    signs: Signs
    geodesic: bool
    seed: int | None
    settings: Settings

    def __repr__(self) -> str:
        return f"<Bootstrap: {self.usable} of {self.resamples} resamples usable, of {self.fit!r}>"

    @property
    def usable(self) -> int:
        """Resamples that intervals rest on."""
        return int(self.draws.shape[1])

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Resamples that failed, and too few that did not."""
        held = []
        if self.unsettled:
            held.append(
                Problem(
                    "resamples",
                    self.unsettled,
                    f"{self.unsettled} of {self.resamples} resamples did not converge or could not be computed, and are "
                    "left out.",
                    ""
                    if self.unsettled < 0.05 * self.resamples
                    else "The model is unstable in these data; simplify it.",
                )
            )
        if self.inadmissible:
            held.append(
                Problem(
                    "resamples",
                    self.inadmissible,
                    f"{self.inadmissible} of {self.resamples} resamples gave an inadmissible result (a loading or "
                    "correlation beyond 1, or constructs' correlations that no population has).",
                    ""
                    if self.inadmissible < 0.05 * self.resamples
                    else "Do not rest conclusions on these intervals.",
                )
            )
        if self.usable < 1000:
            held.append(
                Problem(
                    "resamples",
                    1,
                    f"{self.usable} resamples give rough intervals.",
                    "Use 10000 for what is to be published (Streukens and Leroi-Werelds 2016).",
                )
            )
        return tuple(held)

    def draws_of(self, kind: str, start: str = "", end: str = "", via: Iterable[str] = ()) -> Floats:
        """Return one number in every usable resample, shape (usable,).

        Raises
        ------
        PlsError
            If the model has none of that kind and name.
        """
        self.fit.value(kind, start, end, via)
        row: Floats = self.draws[self.fit.quantities.index(Quantity(kind, start, end, tuple(via)))]
        return row

    @cached_property
    def jackknife(self) -> Floats:
        """Every number with each case (or group of cases) left out, shape (quantities, groups).

        Beyond a thousand cases, groups of neighbouring cases are left out, which serves the acceleration
        of BCa as well.
        """
        return _jackknife(self)

    def intervals(
        self, *, method: Method = "percentile", level: float = 0.95, kinds: Iterable[str] | None = None
    ) -> tuple[Interval, ...]:
        """Return estimate, mean, standard error, t, p and interval of every number.

        Parameters
        ----------
        method
            ``percentile``, ``bca``, ``bc``, ``basic``, ``normal`` or ``t``.
        level
            Probability of the interval.
        kinds
            Only these kinds, such as ``{"path", "indirect"}``.

        Raises
        ------
        PlsError
            For an unknown method or level, or where no resample is usable.
        """
        if method not in METHODS:
            raise PlsError(f"There is no interval {method!r}; the intervals are {', '.join(METHODS)}.")
        if not 0 < level < 1:
            raise PlsError(f"The level is {level:g}; it lies between 0 and 1, such as 0.95.")
        if self.usable < 2:
            raise PlsError(
                f"Of {self.resamples} resamples {self.usable} could be used; no interval rests on so few."
            )
        wanted = None if kinds is None else set(kinds)
        if method == "bca" and self.jackknife.shape[1] < 3:
            raise PlsError(
                "BCa needs the model without each case in turn, and it could not be estimated; use method='percentile'."
            )
        index = [
            i
            for i, one in enumerate(self.fit.quantities)
            if (wanted is None or one.kind in wanted) and (one.kind != "d_g" or self.geodesic)
        ]
        return intervals(
            [self.fit.quantities[i] for i in index],
            self.fit.estimates[index],
            self.draws if len(index) == len(self.draws) else self.draws[index],
            self.jackknife[index] if method == "bca" else None,
            method=method,
            level=level,
            cases=self.fit.n,
        )

    def summary(self, *, method: Method = "percentile", level: float = 0.95) -> str:
        """Return the results of the fit with intervals and tests, as text."""
        from fondaco.pls.report import summary

        return summary(self.fit, self, method=method, level=level)

    def report(
        self, path: str | os.PathLike[str], *, method: Method = "percentile", level: float = 0.95
    ) -> Path:
        """Write the tables of a results section as ``.xlsx``, ``.html``, ``.tex`` or ``.txt``."""
        from fondaco.pls.report import report

        return report(self.fit, path, self, method=method, level=level)

    def diagram(self, *, method: Method = "percentile", level: float = 0.95) -> str:
        """Return the path diagram as SVG, with stars."""
        from fondaco.pls.report import diagram

        return diagram(self.fit, self, method=method, level=level)

    def _repr_html_(self) -> str:
        from fondaco.pls.report import rich_html

        return rich_html(self.fit, self)

    def to_frame(
        self, *, method: Method = "percentile", level: float = 0.95, kinds: Iterable[str] | None = None
    ) -> pl.DataFrame:
        """Return `intervals` as a Polars table."""
        from fondaco.pls.tables import table

        return table(self.intervals(method=method, level=level, kinds=kinds))


def bootstrap(
    fit: Fit,
    resamples: int = 10_000,
    *,
    seed: int = 1,
    rows: npt.ArrayLike | None = None,
    signs: Signs = "none",
    keep_inadmissible: bool = False,
    geodesic: bool = False,
    threads: int | None = None,
    tolerance: float = 1e-8,
    max_iterations: int = 300,
    progress: Callable[[int, int], None] | None = None,
) -> Bootstrap:
    """Resample the cases of a fit and compute every number again.

    Parameters
    ----------
    fit
        From `fondaco.pls.fit`; its scheme, rule for missing values and case weights hold in each resample,
        with the resample's own means in place of missing values.
    resamples, seed
        How many, and of which random numbers; the same seed gives the same resamples on any machine and with any
        number of threads.
    rows
        Instead: the cases of each resample, counted from 0, shape (resamples, n).
    signs
        ``none``; ``individual``: every weight, loading and path takes the sign it has in the estimate;
        ``construct``: a construct is turned as a whole where its loadings then come nearer to the
        estimate's (after Tenenhaus et al. 2005, section 5.2).  Either may hide that a sign is unsure.
    keep_inadmissible
        Keep resamples whose consistent result is inadmissible.
    geodesic
        Resample d_g too, which takes longer than all the rest together; whether a distance speaks against
        the model is for `fondaco.pls.exact_fit` to say, not for these draws.
    threads
        As many blocks at once; by default one for each processor.
    tolerance, max_iterations
        As in `fondaco.pls.fit`.
    progress
        Called with (resamples done, resamples) after each block.

    Raises
    ------
    PlsError
        For settings or rows that cannot be taken.

    Examples
    --------
    >>> from fondaco.pls.estimate import fit as fit_model
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=100)
    >>> data = {"x": x, "y": 0.5 * x + rng.normal(size=100)}
    >>> result = bootstrap(fit_model("X =~ x; Y =~ y; Y ~ X", data), 500, seed=3)
    >>> [path] = result.intervals(kinds=["path"])
    >>> path.low < path.estimate < path.high
    True
    """
    if signs not in SIGNS:
        raise PlsError(f"There is no treatment of signs {signs!r}; the treatments are {', '.join(SIGNS)}.")
    for name, value, least in (("resamples", resamples, 1), ("seed", seed, 0), ("threads", threads or 1, 1)):
        if int(value) != value or value < least:
            raise PlsError(f"{name} is {value}; it is a whole number, {least} or more.")
    given = None if rows is None else _checked_rows(rows, fit.n)
    count = resamples if given is None else len(given)
    if count < 2:
        raise PlsError(
            f"{count} resample(s) say nothing; draw at least 2, and 10000 for what is to be published."
        )
    settings = replace(fit.settings, tolerance=tolerance, max_iterations=max_iterations)

    def counted(start: int, stop: int) -> Ints:
        return drawn(fit.n, start, stop, seed) if given is None else _counted(given[start:stop], fit.n)

    draws, settled, admissible = resampled(
        fit, count, counted, settings, signs=signs, geodesic=geodesic, threads=threads, progress=progress
    )
    usable = settled if keep_inadmissible else admissible
    return Bootstrap(
        fit=fit,
        draws=draws if usable.all() else draws[:, usable],
        resamples=count,
        unsettled=int((~settled).sum()),
        inadmissible=int((settled & ~admissible).sum()),
        signs=signs,
        geodesic=geodesic,
        seed=seed if given is None else None,
        settings=settings,
    )


def resampled(
    fit: Fit,
    resamples: int,
    counted: Callable[[int, int], Ints],
    settings: Settings,
    *,
    moments: Moments | None = None,
    signs: Signs = "none",
    geodesic: bool = False,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Compute every number for weighted samples of the cases of a fit, block by block.

    Parameters
    ----------
    counted
        Called with (start, stop); returns how often each case counts in each of these samples, shape
        (stop - start, n).
    moments
        Other cases than the fit's, such as transformed ones.

    Returns
    -------
    draws, settled, admissible
        Shapes (quantities, resamples), (resamples,), (resamples,).
    """
    held = fit.moments if moments is None else moments
    assert held is not None
    draws = np.empty((len(fit.quantities), resamples))
    settled, admissible = np.zeros(resamples, dtype=bool), np.zeros(resamples, dtype=bool)
    p = len(fit.cases.names)
    block = min(block_size(p, fit.n), resamples)
    own = threading.local()  # memory that a thread uses again for every block

    def one(start: int) -> int:
        stop = min(start + block, resamples)
        counts = counted(start, stop).T
        if not hasattr(own, "room"):
            own.room = np.empty(p * p * block)
        room = own.room[: p * p * (stop - start)].reshape(p, p, stop - start)
        reduced = reduce(fit.stages, Stack(held.correlations(counts, room), counts, held))
        correlations, sound = reduced.correlations, reduced.sound
        found = run(correlations, fit.plan, settings)
        if signs == "construct":
            found = _turned(found, fit)
        measured = measure(correlations, found, fit.plan, settings, fit.n, with_geodesic=geodesic)
        measured = unscaled(measured, found, fit.plan, reduced.spread)
        draws[:, start:stop] = measured.rows
        settled[start:stop] = found.converged & sound
        admissible[start:stop] = measured.admissible & sound
        return stop - start

    done = 0
    with _one_blas_thread(), ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for finished in as_completed([pool.submit(one, start) for start in range(0, resamples, block)]):
            done += finished.result()
            if progress is not None:
                progress(done, resamples)
    if signs == "individual":
        rows = [i for i, quantity in enumerate(fit.quantities) if quantity.kind in SIGNED]
        draws[rows] = np.copysign(draws[rows], fit.estimates[rows, None])
    return draws, settled, admissible


def _one_blas_thread() -> AbstractContextManager[object]:
    """Keep matrix products to the thread that asks for them: blocks run side by side already.

    Where threadpoolctl is not installed products may use threads of their own, which costs time and changes
    nothing else.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return threadpool_limits(1, user_api="blas")  # type: ignore[no-any-return]


def block_size(indicators: int, cases: int) -> int:
    """Return how many resamples go through at once: a multiple of `CHUNK` bounded by the memory they take.

    An odd multiple, since rows a power of two apart would crowd the same few lines of the processor's cache.
    """
    fits = min(_BLOCK_NUMBERS // indicators**2, 60 * _BLOCK_NUMBERS // cases) // CHUNK
    return max(1, fits - (fits + 1) % 2) * CHUNK


def drawn(n: int, start: int, stop: int, seed: int) -> Ints:
    """Return how often each case is drawn in resamples `start` to `stop`, shape (stop - start, n)."""
    parts = []
    for chunk in range(start // CHUNK, -(-stop // CHUNK)):
        random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(chunk,))))
        parts.append(_counted(random.integers(n, size=(CHUNK, n), dtype=np.uint32), n))
    first = start - start // CHUNK * CHUNK
    return np.concatenate(parts)[first : first + stop - start]


def _counted(rows: npt.NDArray[Any], n: int) -> Ints:
    """Return how often each case stands in each line of `rows`, shape (resamples, n)."""
    if n > 5_000:
        return np.stack([np.bincount(line, minlength=n).astype(np.int32) for line in rows])
    places = rows.astype(np.int64)
    places += n * np.arange(len(rows))[:, None]
    counts: Ints = np.bincount(places.ravel(), minlength=n * len(rows)).reshape(len(rows), n)
    return counts


def _checked_rows(rows: npt.ArrayLike, n: int) -> Ints:
    try:
        held = np.asarray(rows)
    except ValueError:
        raise PlsError(
            "Every resample names as many cases as the fit rests on; here their numbers differ."
        ) from None
    if held.ndim != 2 or held.dtype.kind not in "iu":
        raise PlsError("The rows of fixed resamples are whole numbers, one resample in each line.")
    if held.shape[1] != n:
        raise PlsError(f"Each resample names {held.shape[1]} cases, and the fit rests on {n}; name as many.")
    if held.min() < 0 or held.max() >= n:
        wrong = held.max() if held.max() >= n else held.min()
        raise PlsError(f"A resample names case {wrong}; cases are counted from 0 to {n - 1}.")
    return held.astype(np.int64)


def _turned(found: Weights, fit: Fit) -> Weights:
    """Turn constructs whose loadings then come nearer to those of the fit."""
    plan = fit.plan
    own = found.cross[np.arange(len(plan.owner)), plan.owner]
    original = fit.outer.cross[np.arange(len(plan.owner)), plan.owner]
    sign = np.ones((len(plan.names), found.outer.shape[1]))
    for k, block in enumerate(plan.blocks):
        sign[k, (original[block] * own[block]).sum(axis=0) < 0] = -1.0
    return replace(
        found,
        outer=found.outer * sign[plan.owner],
        cross=found.cross * sign[None],
        between=found.between * sign[:, None] * sign[None],
    )


def _jackknife(held: Bootstrap) -> Floats:
    n = held.fit.n
    groups = min(n, _JACKKNIFE)
    member = np.arange(n) * groups // n

    def counted(start: int, stop: int) -> Ints:
        kept: Ints = (member[None] != np.arange(start, stop)[:, None]).astype(np.int64)
        return kept

    draws, settled, _ = resampled(
        held.fit, groups, counted, held.settings, signs=held.signs, geodesic=held.geodesic
    )
    return draws[:, settled]
