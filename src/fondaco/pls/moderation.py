"""Whether one construct changes the effect of another: products, squares, and simple slopes.

two-stage (default)
    First the model without products; then the product of the standardised scores is the single indicator of
    the interaction, and all weights are found again (Chin, Marcolin and Newsted 2003; Henseler and Chin 2010).
    The only approach for formative constructs, and the best of the three (Becker, Ringle and Sarstedt 2018).
product indicator
    The interaction is measured by the products of all pairs of standardised indicators (Chin et al. 2003).
orthogonalising
    The same with what the factors' indicators explain taken out of each product (Little, Bovaird and Widaman
    2006; Henseler and Chin 2010): the interaction is then uncorrelated with its factors.

Paths that start from a product have the scale of the raw product of standardised scores, not of a
standardised product: per standard deviation of the moderator, the effect of X on Y changes by that much.
Squares ``X^2`` are products of a construct with itself, three factors ``X:Z:W`` work in two stages.

`simple_slopes` gives the effect of X at chosen values of the moderator, with intervals where there is a
bootstrap.  Consistent PLS does not correct products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from fondaco.pls.bootstrap import Bootstrap
from fondaco.pls.data import Cases
from fondaco.pls.engine import Bools, Floats, Plan, Settings, make_plan, plan_of, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Reduced, Stack, Stages
from fondaco.pls.linear import inverse
from fondaco.pls.model import Interaction, Mode, Model, ModelError
from fondaco.pls.moments import Moments
from fondaco.pls.tables import table

if TYPE_CHECKING:
    import polars as pl

APPROACHES = ("two-stage", "product indicator", "orthogonalising")
_SAME = {"orthogonal": "orthogonalising", "orthogonalizing": "orthogonalising", "two stage": "two-stage"}
_BLOCK = 2_000_000  # numbers of products held at once: 16 MB


def stages(model: Model, cases: Cases, settings: Settings, approach: str | None = None) -> Stages:
    """Return how `model` is estimated with its products; called by `fondaco.pls.fit`.

    Raises
    ------
    ModelError
        For an unknown approach, three factors outside two stages, or factors that are joined to nothing else.

    Examples
    --------
    >>> from fondaco.pls import fit
    >>> rng = np.random.default_rng(3)
    >>> x, z = rng.normal(size=(2, 500))
    >>> data = {"x": x, "z": z, "y": x + z + 0.5 * x * z + 0.1 * rng.normal(size=500)}
    >>> fitted = fit("X =~ x; Z =~ z; Y =~ y; Y ~ X * Z", data)
    >>> fitted.stages.approach, round(fitted.value("path", "X:Z", "Y") / fitted.value("path", "X", "Y"), 1)
    ('two-stage', 0.5)
    """
    name = (approach or APPROACHES[0]).replace("_", " ")
    name = _SAME.get(name, name)
    if name not in APPROACHES:
        raise ModelError(
            f"There is no approach {approach!r} to products; the approaches are {', '.join(APPROACHES)}."
        )
    plain = _without_products(model)
    before = plan_of(plain)
    long = [one.name for one in model.interactions if len(one.factors) > 2]
    if long and name != "two-stage":
        raise ModelError(f"{long[0]} has more than two factors; only the two-stage approach takes it.")
    products = [_products(one, before, name) for one in model.interactions]
    held = _Products(
        before, tuple(model.interactions), tuple(products), name, settings, ~np.isnan(cases.values)
    )
    modes: list[Mode] = [*before.modes]
    modes.extend("A" for _ in products)
    plan = make_plan(
        names=[*before.names, *(one.name for one in model.interactions)],
        blocks=[*(before.indicators[block] for block in before.blocks), *(_names(one) for one in products)],
        modes=modes,
        factors=[*before.factors, *(False for _ in products)],
        paths=model.paths,
    )
    stack = _one(cases)
    columns = np.column_stack([_standardised(cases), held.columns(stack)[:, :, 0]])
    return Stages(name, plan, held.reduce, columns)


@dataclass(frozen=True)
class _Product:
    """One product of columns: what it is called, and the numbers of the constructs or indicators multiplied."""

    name: str
    factors: tuple[int, ...]


def _without_products(model: Model) -> Model:
    """Return the model without its products, the first of two stages."""
    products = {one.name for one in model.interactions}
    paths = tuple(path for path in model.paths if path[0] not in products)
    try:
        return replace(model, paths=paths, interactions=())
    except ModelError as error:
        raise ModelError(
            f"Without its products the model cannot be estimated: {error} A product stands beside the paths of its "
            "factors, as in `Y ~ X + Z + X:Z`."
        ) from None


def _products(term: Interaction, plan: Plan, approach: str) -> list[_Product]:
    """Return the columns that measure an interaction."""
    numbers = tuple(plan.names.index(name) for name in term.factors)
    if approach == "two-stage":
        return [_Product(term.name, numbers)]
    blocks = [range(plan.blocks[k].start, plan.blocks[k].stop) for k in numbers]
    pairs = dict.fromkeys(tuple(sorted(pair)) for pair in product(*blocks))  # a square has each pair once
    return [_Product(":".join(plan.indicators[i] for i in pair), pair) for pair in pairs]


def _names(products: Sequence[_Product]) -> tuple[str, ...]:
    return tuple(one.name for one in products)


@dataclass(frozen=True)
class _Products:
    """Makes products in samples, and their correlations with everything else.

    Attributes
    ----------
    plan
        The model without products.
    terms, products
        The interactions, and the columns that measure each.
    seen
        Shape (n, p), False where a value is missing.
    """

    plan: Plan
    terms: tuple[Interaction, ...]
    products: tuple[list[_Product], ...]
    approach: str
    settings: Settings
    seen: Bools

    def reduce(self, stack: Stack) -> Reduced:
        """Return the correlations of indicators and products, (p + m, p + m, B)."""
        count = stack.correlations.shape[2]
        step = max(1, _BLOCK // (len(stack.counts) * (self._width + len(self.plan.names))))
        parts = [self._part(_cut(stack, start, start + step)) for start in range(0, count, step)]
        if len(parts) == 1:
            return parts[0]
        spreads = [part.spread for part in parts if part.spread is not None]
        return Reduced(
            np.concatenate([part.correlations for part in parts], axis=2),
            np.concatenate([part.sound for part in parts]),
            np.concatenate(spreads, axis=1),
        )

    @property
    def _width(self) -> int:
        return sum(map(len, self.products))

    def columns(self, stack: Stack) -> Floats:
        """Return the products in each case of each sample, (n, m, B), residuals where orthogonalised."""
        values, seen, centre, scale = self._frame(stack)
        made, _ = self._made(stack, values, seen, centre, scale)
        if self.approach != "orthogonalising":
            return made
        weights = self._weights(stack)
        for place, own in enumerate(self._own()):
            design = np.column_stack([np.ones(len(values)), values[:, own]])
            root = np.sqrt(weights[:, 0])[:, None]
            held = np.linalg.lstsq(design * root, made[:, place] * root, rcond=None)[0]
            made[:, place] -= design @ held
        return made

    def _own(self) -> list[list[int]]:
        """Return for each product column the indicators of the factors it is made of."""
        own = []
        for term, columns in zip(self.terms, self.products, strict=True):
            blocks = [self.plan.blocks[self.plan.names.index(name)] for name in dict.fromkeys(term.factors)]
            own += [[i for block in blocks for i in range(block.start, block.stop)]] * len(columns)
        return own

    def _weights(self, stack: Stack) -> Floats:
        """Return how much each case counts, (n, B), adding up to 1."""
        counts = np.asarray(stack.counts, dtype=np.float64)
        if stack.moments.weights is not None:
            counts = counts * stack.moments.weights[:, None]
        return np.asarray(counts / counts.sum(axis=0))

    def _frame(self, stack: Stack) -> tuple[Floats, Floats, Floats, Floats]:
        """Return values (n, p), what of them was seen (n, p), and each sample's means and deviations (p, B).

        A missing value is the mean of its sample, so that its deviation is 0.
        """
        values = stack.moments.values
        seen = (self.seen | (values != 0)).astype(np.float64)
        weights = self._weights(stack)
        here = seen.T @ weights
        centre = values.T @ weights / here
        square = (values**2).T @ weights - centre**2 * here
        n = len(values)
        return values, seen, centre, np.sqrt(square * n / (n - 1))

    def _made(
        self, stack: Stack, values: Floats, seen: Floats, centre: Floats, scale: Floats
    ) -> tuple[Floats, Bools]:
        """Return the products (n, m, B), and which samples allowed them."""
        sound = np.ones(stack.correlations.shape[2], dtype=bool)
        if self.approach == "two-stage":
            found = run(stack.correlations, self.plan, self.settings)
            sound = found.converged
            mixing = np.zeros((len(self.plan.indicators), len(self.plan.names), len(sound)))
            mixing[np.arange(len(mixing)), self.plan.owner] = found.outer
        else:
            mixing = np.repeat(np.eye(len(self.plan.indicators))[:, :, None], len(sound), axis=2)
        made = np.empty((len(values), self._width, len(sound)))
        factors: dict[int, Floats] = {}
        for place, one in enumerate(held for columns in self.products for held in columns):
            for k in one.factors:
                if k not in factors:
                    w = mixing[:, k] / scale
                    factors[k] = values @ w - seen @ (w * centre)
            made[:, place] = np.prod([factors[k] for k in one.factors], axis=0)
        return made, sound

    def _part(self, stack: Stack) -> Reduced:
        values, seen, centre, scale = self._frame(stack)
        made, sound = self._made(stack, values, seen, centre, scale)
        weights = self._weights(stack)
        p, m = values.shape[1], made.shape[1]
        n = len(values)
        mean = np.einsum("nb,nmb->mb", weights, made)
        counted = weights[:, None] * made
        full = np.empty((p + m, p + m, len(sound)))
        full[:p, :p] = stack.correlations
        for place in range(m):  # covariances with standardised indicators, whose mean is 0
            sums = values.T @ counted[:, place] - centre * (seen.T @ counted[:, place])
            full[p + place, :p] = full[:p, p + place] = sums / scale * (n / (n - 1))
        between = np.einsum("nab,ncb->acb", counted, made) - mean[:, None] * mean[None]
        full[p:, p:] = between * (n / (n - 1))
        if self.approach == "orthogonalising":
            self._take_out(full, p)
        with np.errstate(all="ignore"):
            spread = np.sqrt(full[np.arange(p, p + m), np.arange(p, p + m)])
            full[p:] /= spread[:, None]
            full[:, p:] /= spread[None]
        return Reduced(full, sound, np.concatenate([np.ones((p, len(sound))), spread]))

    def _take_out(self, full: Floats, p: int) -> None:
        """Replace products by what their factors' indicators leave unexplained, in the covariances.

        A residual's covariance with any column follows from the regression weights; between residuals of
        different terms both sets of weights enter.
        """
        own = self._own()
        weights = np.zeros((len(own), p, full.shape[2]))
        for place, columns in enumerate(own):
            first = np.array(columns)
            held, _ = inverse(full[np.ix_(first, first)])
            weights[place, first] = np.einsum("ijb,jb->ib", held, full[first, p + place])
        R, cross, between = full[:p, :p].copy(), full[p:, :p].copy(), full[p:, p:].copy()
        explained = np.einsum("aib,ijb->ajb", weights, R)
        mixed = np.einsum("aib,cib->acb", weights, cross)
        full[p:, :p] = cross - explained
        full[:p, p:] = full[p:, :p].swapaxes(0, 1)
        full[p:, p:] = between - mixed - mixed.swapaxes(0, 1) + np.einsum("aib,cib->acb", explained, weights)


def _cut(stack: Stack, start: int, stop: int) -> Stack:
    return Stack(stack.correlations[:, :, start:stop], stack.counts[:, start:stop], stack.moments)


def _one(cases: Cases) -> Stack:
    """Return the sample itself as a stack of one."""
    moments, counts = Moments(cases), np.ones((cases.n, 1))
    return Stack(moments.correlations(counts), counts, moments)


def _standardised(cases: Cases) -> Floats:
    filled = cases.filled
    return np.asarray(filled - np.average(filled, axis=0, weights=cases.weights))


# --- simple slopes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slope:
    """The effect of `origin` on `target` where the moderator stands at `at`.

    Attributes
    ----------
    origin, moderator, target
        Whose effect, changed by what, on what.
    at
        Value of the moderator in standard deviations from its mean; for a square, of `origin` itself.
    estimate
        Change of the target, in its standard deviations, for one of `origin`.
    low, high, level
        Percentile bootstrap interval; None without a bootstrap.
    """

    origin: str
    moderator: str
    target: str
    at: float
    estimate: float
    low: float | None = None
    high: float | None = None
    level: float | None = None


@dataclass(frozen=True)
class Slopes:
    """Simple slopes of every two-factor product and square of a model."""

    slopes: tuple[Slope, ...]
    thresholds: str = (
        "A slope differs from zero where its interval leaves out zero; slopes at -1, 0 and 1 standard deviation of "
        "the moderator are customary (Aiken and West 1991). An interaction's f2 of 0.005, 0.01 and 0.025 is small, "
        "medium and large (Kenny 2018)."
    )

    def at(self, origin: str, moderator: str, target: str, value: float) -> Slope:
        """Return one slope."""
        wanted = (origin, moderator, target, value)
        return next(one for one in self.slopes if (one.origin, one.moderator, one.target, one.at) == wanted)

    def to_frame(self) -> pl.DataFrame:
        """Return the slopes as a Polars table."""
        return table(self.slopes)


def simple_slopes(
    fitted: Fit,
    bootstrap: Bootstrap | None = None,
    *,
    at: Sequence[float] = (-1.0, 0.0, 1.0),
    level: float = 0.95,
) -> Slopes:
    """Return the effects of the factors of each product at values of the other.

    Where several products share a factor, the other moderators stand at their means.

    Parameters
    ----------
    fitted
        A fit of a model with products.
    bootstrap
        Of that fit, for intervals.
    at
        Values of the moderator, in its standard deviations.
    level
        Of the intervals.

    Raises
    ------
    PlsError
        If the model has no product of two factors.
    """
    terms = [one for one in fitted.model.interactions if len(one.factors) == 2]
    if not terms:
        raise PlsError("The model has no product of two factors; write one as `Y ~ X + Z + X:Z`.")
    known = set(fitted.model.paths)
    slopes = []
    for term in terms:
        double = 2.0 if Counter(term.factors).most_common(1)[0][1] == 2 else 1.0
        turns = dict.fromkeys((term.factors, term.factors[::-1]))
        for target in (end for start, end in fitted.model.paths if start == term.name):
            for origin, moderator in turns:
                main = (origin, target) if (origin, target) in known else None
                change = (term.name, target)
                for value in at:
                    estimate = _at(fitted, None, main, change, double * value)
                    low = high = None
                    if bootstrap is not None:
                        drawn = _at(fitted, bootstrap, main, change, double * value)
                        low, high = map(float, np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2)))
                    held = level if bootstrap is not None else None
                    slopes.append(Slope(origin, moderator, target, value, float(estimate), low, high, held))
    return Slopes(tuple(slopes))


def _at(
    fitted: Fit,
    bootstrap: Bootstrap | None,
    main: tuple[str, str] | None,
    change: tuple[str, str],
    value: float,
) -> Floats:
    """Return main effect + value * product's effect, of the estimate or in every resample."""

    def effect(path: tuple[str, str]) -> Floats:
        if bootstrap is not None:
            return bootstrap.draws_of("path", *path)
        return np.asarray(fitted.value("path", *path))

    return np.asarray((0.0 if main is None else effect(main)) + value * effect(change))
