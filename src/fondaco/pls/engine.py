"""The partial least squares algorithm, on correlation matrices, very many at once.

Outer weights depend on the data only through the correlations of the indicators, so neither cases nor
scores are needed to find them.  Everything here works on stacks: the **last** axis runs over B correlation
matrices (one for an estimate, thousands for a bootstrap, permutations or simulated samples).

Wold (1982) in Jöreskog and Wold, *Systems under Indirect Observation* II, and Lohmöller (1989), *Latent
Variable Path Modeling with Partial Least Squares*, ch. 2: the iteration between inner and outer weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from fondaco.pls.errors import PlsError
from fondaco.pls.linear import apply, inverse
from fondaco.pls.model import Mode, Model

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Scheme = Literal["path", "factorial", "centroid"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)

#: A Mode B block or a set of predecessors counts as collinear from here: VIF of ten thousand million.
SINGULAR = 1e-10


@dataclass(frozen=True)
class Settings:
    """How to estimate.

    Attributes
    ----------
    scheme
        Inner weights: ``path`` (regression from predecessors, correlation with successors),
        ``factorial`` (correlation) or ``centroid`` (its sign).
    tolerance
        The iteration has converged when no outer weight changes by as much.
    max_iterations
        After as many it has not.
    consistent
        Correct common factors for attenuation (PLSc).
    """

    scheme: Scheme = "path"
    tolerance: float = 1e-10
    max_iterations: int = 3000
    consistent: bool = False

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise PlsError(
                f"There is no weighting scheme {self.scheme!r}; the schemes are {', '.join(SCHEMES)}."
            )
        if not self.tolerance > 0:
            raise PlsError(f"The tolerance is {self.tolerance:g}; it must be more than 0, such as 1e-7.")
        if self.max_iterations < 1:
            raise PlsError(f"{self.max_iterations} iterations are none; allow at least 1, such as 300.")


@dataclass(frozen=True)
class Plan:
    """A model as numbers: constructs 0..K-1, indicators 0..p-1, block after block.

    Attributes
    ----------
    names, indicators
        K constructs and p indicators.
    blocks
        The indicators of each construct.
    owner
        Shape (p,), the construct of each indicator.
    modes
        Of each construct.
    factors
        Shape (K,), True for common factors of more than one indicator.
    paths
        (from, to) as numbers, in the model's order.
    predecessors
        For each construct what points to it, in the order of `paths`.
    outcomes
        Constructs with predecessors, in causal order.
    """

    names: tuple[str, ...]
    indicators: tuple[str, ...]
    blocks: tuple[slice, ...]
    owner: Ints
    modes: tuple[Mode, ...]
    factors: Bools
    paths: tuple[tuple[int, int], ...]
    predecessors: tuple[tuple[int, ...], ...]
    outcomes: tuple[int, ...]

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """For each construct those it is joined with by a path."""
        joined: list[list[int]] = [[] for _ in self.names]
        for start, end in self.paths:
            joined[start].append(end)
            joined[end].append(start)
        return tuple(tuple(sorted(set(one))) for one in joined)

    @cached_property
    def drivers(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """Distinct sets of predecessors, each with the outcomes that have it."""
        shared: dict[tuple[int, ...], list[int]] = {}
        for outcome in self.outcomes:
            shared.setdefault(self.predecessors[outcome], []).append(outcome)
        return tuple((drivers, tuple(outcomes)) for drivers, outcomes in shared.items())


def plan_of(model: Model) -> Plan:
    """Return a first-order `model` without products as numbers.

    Raises
    ------
    PlsError
        If it has products or constructs of higher order, which are estimated in stages.

    Examples
    --------
    >>> from fondaco.pls.syntax import parse
    >>> plan_of(parse("X =~ x1 + x2; Y =~ y1; Y ~ X")).predecessors
    ((), (0,))
    """
    if model.interactions or model.higher_order:
        raise PlsError(
            "Products and constructs of higher order are estimated in stages; use fondaco.pls.fit."
        )
    constructs = model.constructs
    return make_plan(
        names=model.names,
        blocks=[one.indicators for one in constructs],
        modes=[one.mode for one in constructs],
        factors=[one.kind == "common_factor" for one in constructs],
        paths=model.paths,
    )


def make_plan(
    *,
    names: Sequence[str],
    blocks: Sequence[Sequence[str]],
    modes: Sequence[Mode],
    factors: Sequence[bool],
    paths: Sequence[tuple[str, str]],
) -> Plan:
    """Return the plan of constructs `names` with indicator `blocks` and `paths` by name."""
    ends = np.cumsum([0, *map(len, blocks)])
    number = {name: place for place, name in enumerate(names)}
    numbered = tuple((number[start], number[end]) for start, end in paths)
    predecessors = tuple(tuple(start for start, to in numbered if to == end) for end in range(len(names)))
    return Plan(
        names=tuple(names),
        indicators=tuple(column for block in blocks for column in block),
        blocks=tuple(slice(int(a), int(b)) for a, b in pairwise(ends)),
        owner=np.repeat(np.arange(len(names)), [len(block) for block in blocks]),
        modes=tuple("A" if len(block) == 1 else mode for mode, block in zip(modes, blocks, strict=True)),
        factors=np.array([bool(one) and len(block) > 1 for one, block in zip(factors, blocks, strict=True)]),
        paths=numbered,
        predecessors=predecessors,
        outcomes=_causal_order(predecessors),
    )


def _causal_order(predecessors: Sequence[Sequence[int]]) -> tuple[int, ...]:
    placed = {k for k, before in enumerate(predecessors) if not before}
    order: list[int] = []
    while len(placed) < len(predecessors):
        ready = [k for k, before in enumerate(predecessors) if k not in placed and placed.issuperset(before)]
        order += ready
        placed.update(ready)
    return tuple(order)


@dataclass(frozen=True)
class Weights:
    """Outer weights of B models.

    Attributes
    ----------
    outer
        Shape (p, B): each construct's score is the weighted sum of its standardised indicators and has
        variance 1.
    cross
        Shape (p, K, B): correlation of every indicator with every construct's score.
    between
        Shape (K, K, B): correlations of the scores.
    iterations
        Shape (B,).
    converged
        Shape (B,); False too where a Mode B block or a regression is singular or an indicator constant.
    """

    outer: Floats
    cross: Floats
    between: Floats
    iterations: Ints
    converged: Bools


def run(correlations: Floats, plan: Plan, settings: Settings) -> Weights:
    """Find the outer weights for each correlation matrix of a stack.

    Parameters
    ----------
    correlations
        Shape (p, p, B), indicators in the order of the plan.
    plan, settings
        The model and how to estimate it.

    Returns
    -------
    Weights
        Signs are those that the iteration reaches from weights that are all 1; none are turned.

    Examples
    --------
    >>> from fondaco.pls.syntax import parse
    >>> r = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])
    >>> found = run(r[:, :, None], plan_of(parse("X =~ x1 + x2; Y =~ y1; Y ~ X")), Settings())
    >>> found.outer[:, 0].round(4).tolist(), bool(found.converged[0])
    ([0.6576, 0.4932, 1.0], True)
    """
    with np.errstate(all="ignore"):
        return _run(correlations, plan, settings)


def _run(correlations: Floats, plan: Plan, settings: Settings) -> Weights:
    p, count, stack = len(correlations), len(plan.names), correlations.shape[2]
    inverses, sound = _mode_b_inverses(correlations, plan)
    outer, V, C = (np.empty((*shape, stack)) for shape in ((p,), (p, count), (count, count)))
    iterations, converged = np.full(stack, settings.max_iterations), np.zeros(stack, dtype=bool)

    active, pending = np.arange(stack), np.ones(stack, dtype=bool)
    matrices, weights, previous = correlations, np.ones((p, stack)), np.ones((p, stack))
    for step in range(1, settings.max_iterations + 1):
        weights = _normalised(matrices, weights, plan, V, C)
        change = np.abs(weights - previous).max(axis=0)
        done = change < settings.tolerance
        over = pending & (done | ~np.isfinite(change) | (step == settings.max_iterations))
        if over.any():  # what is not a number will not become one
            places = active[over]
            outer[:, places], iterations[places], converged[places] = weights[:, over], step, done[over]
            pending = pending & ~over
            if not pending.any():
                break
            if 4 * pending.sum() < len(pending):  # go on with the few that are left
                active, matrices = active[pending], matrices[:, :, pending]
                inverses = {k: held[:, :, pending] for k, held in inverses.items()}
                weights, V, C = weights[:, pending], V[:, :, pending], C[:, :, pending]
                pending = np.ones(len(active), dtype=bool)
        previous = weights
        weights = _outer(V, _inner(C, plan, settings.scheme), inverses, plan, weights)
    V, C = np.empty((p, count, stack)), np.empty((count, count, stack))
    outer = _normalised(correlations, outer, plan, V, C)
    return Weights(outer, V, C, iterations, converged & sound)


def _mode_b_inverses(correlations: Floats, plan: Plan) -> tuple[dict[int, Floats], Bools]:
    """Return the inverse correlations of each Mode B block, and which matrices allow them."""
    sound = np.ones(correlations.shape[2], dtype=bool)
    inverses = {}
    for k, (mode, block) in enumerate(zip(plan.modes, plan.blocks, strict=True)):
        if mode == "B":
            inverses[k], pivots = inverse(correlations[block, block])
            sound &= pivots > SINGULAR
    return inverses, sound


def _normalised(matrices: Floats, weights: Floats, plan: Plan, V: Floats, C: Floats) -> Floats:
    """Return `weights` scaled so that scores have variance 1; put R W into `V` and W' R W into `C`."""
    scale = np.empty((len(plan.names), weights.shape[1]))
    for k, block in enumerate(plan.blocks):
        if block.stop - block.start == 1:
            np.multiply(matrices[:, block.start], weights[block.start], out=V[:, k])
        else:
            np.einsum("ijb,jb->ib", matrices[:, block], weights[block], out=V[:, k])
        np.einsum("jb,jb->b", weights[block], V[block, k], out=scale[k])
    np.sqrt(scale, out=scale)
    np.divide(1.0, scale, out=scale)
    V *= scale[None]
    scaled: Floats = weights * scale[plan.owner]
    for k, block in enumerate(plan.blocks):
        np.einsum("jb,jkb->kb", scaled[block], V[block], out=C[k])
    return scaled


def _inner(C: Floats, plan: Plan, scheme: Scheme) -> Floats:
    """Return inner weights, shape (K, K, B): [k, j] is the weight of k in the inner proxy of j."""
    if scheme == "centroid":
        return np.sign(C)
    if scheme == "factorial":
        return C
    inner = C.copy()
    for drivers, outcomes in plan.drivers:
        if len(drivers) == 1:
            continue  # the regression on one is the correlation
        first = np.array(drivers)
        held, _ = inverse(C[np.ix_(first, first)])
        for outcome in outcomes:
            inner[first, outcome] = apply(held, C[first, outcome])
    return inner


def _outer(V: Floats, inner: Floats, inverses: dict[int, Floats], plan: Plan, weights: Floats) -> Floats:
    """Return new outer weights, not yet scaled."""
    new = np.empty_like(weights)
    for j, (block, mode, joined) in enumerate(zip(plan.blocks, plan.modes, plan.neighbours, strict=True)):
        if mode == "unit" or block.stop - block.start == 1:
            new[block] = weights[block]
            continue
        first, *others = joined
        z = V[block, first] * inner[first, j]
        for k in others:
            z += V[block, k] * inner[k, j]
        new[block] = apply(inverses[j], z) if mode == "B" else z
    return new
