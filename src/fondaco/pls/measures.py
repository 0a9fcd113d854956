"""Every number that a path model gives, as rows of one array: for an estimate or for thousands of resamples.

`quantities` says what each row is, `measure` computes the rows from a stack of correlation matrices and
their outer weights.  All are functions of correlations, so that the bootstrap needs no scores; all work along
the last axis, which runs over the stack.

===================== ====================================================================================
``weight``            outer weight
``loading``           correlation of indicator and construct; corrected for common factors under PLSc
``cross_loading``     the same with another construct's score
``path``              standardised path coefficient
``r2``                explained variance; ``r2_adjusted`` for the number of predecessors
``f2``                (R2 - R2 without the predecessor) / (1 - R2), scores held fixed (Cohen 1988, ch. 9)
``vif``               variance inflation of a predecessor in its regression
``item_vif``          variance inflation of an indicator in its block
``total``             total effect; ``total_indirect`` without the direct path; ``indirect`` along one route
``alpha``             Cronbach's alpha, standardised
``rho_a``             Dijkstra and Henseler (2015), MIS Quarterly 39(2), eq. 3; 1 for Mode B and single items
``rho_c``             composite reliability (Jöreskog 1971)
``ave``               average variance extracted (Fornell and Larcker 1981)
``correlation``       between constructs; corrected under PLSc
``htmt``, ``htmt2``   Henseler et al. (2015); Roemer et al. (2021, geometric means); of absolute correlations
``srmr`` ...          distance between observed and implied correlations, see `fondaco.pls.distances`
===================== ====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fondaco.pls.distances import distances
from fondaco.pls.engine import SINGULAR, Floats, Plan, Settings, Weights
from fondaco.pls.errors import PlsError
from fondaco.pls.linear import apply, inverse

MOST_ROUTES = 20_000
_BEYOND = 1.0 + 1e-10  # what rounding may add to 1


@dataclass(frozen=True)
class Quantity:
    """What one number is about.

    Attributes
    ----------
    kind
        As listed at the head of `fondaco.pls.measures`.
    start, end
        From and to; for weights and loadings the construct and the indicator; for what concerns one
        construct `start` alone.
    via
        The constructs between, for an indirect effect along one route.
    """

    kind: str
    start: str = ""
    end: str = ""
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """Numbers of B models.

    Attributes
    ----------
    rows
        Shape (quantities, B), in the order of `quantities`.
    admissible
        Shape (B,), False where weights did not converge or consistent PLS gave something impossible: a
        reliability outside (0, 1], a loading or correlation beyond 1, constructs' correlations that are
        not positive semi-definite, an R2 above 1.
    loadings, reliability, between
        Shapes (p, B), (K, B), (K, K, B): what fit and prediction build on, corrected under PLSc.
    """

    rows: Floats
    admissible: npt.NDArray[np.bool_]
    loadings: Floats
    reliability: Floats
    between: Floats


@lru_cache(maxsize=64)
def _routes(paths: tuple[tuple[int, int], ...]) -> tuple[tuple[int, ...], ...]:
    """Return every directed route of two or more paths, shorter ones first."""
    following: dict[int, list[int]] = {}
    for start, end in paths:
        following.setdefault(start, []).append(end)
    found: list[tuple[int, ...]] = []
    edge = [tuple(path) for path in paths]
    while edge:
        edge = [(*route, end) for route in edge for end in following.get(route[-1], ())]
        found += edge
        if len(found) > MOST_ROUTES:
            raise PlsError(
                f"The model has more than {MOST_ROUTES} indirect routes, too many to report one by one; "
                "take out paths that theory does not ask for."
            )
    return tuple(found)


def reachable(plan: Plan) -> tuple[tuple[int, int], ...]:
    """Return the pairs (from, to) that some route joins, in the order of constructs."""
    pairs = set(plan.paths) | {(route[0], route[-1]) for route in _routes(plan.paths)}
    return tuple(sorted(pairs))


def _pairs(plan: Plan) -> Iterator[tuple[int, int]]:
    count = len(plan.names)
    yield from ((a, b) for b in range(count) for a in range(b))


def quantities(plan: Plan) -> tuple[Quantity, ...]:
    """Say what each row of `measure` is.

    Examples
    --------
    >>> from fondaco.pls.engine import plan_of
    >>> from fondaco.pls.syntax import parse
    >>> [one.kind for one in quantities(plan_of(parse("X =~ x1; Y =~ y1; Y ~ X")))][:5]
    ['weight', 'weight', 'loading', 'loading', 'cross_loading']
    """
    names = plan.names
    owned = [(names[k], column) for k, column in zip(plan.owner, plan.indicators, strict=True)]
    rows = [Quantity("weight", *one) for one in owned]
    rows += [Quantity("loading", *one) for one in owned]
    rows += [Quantity("cross_loading", names[k], plan.indicators[i]) for i, k in _foreign(plan)]
    by_outcome = [(names[start], names[end]) for end in plan.outcomes for start in plan.predecessors[end]]
    for kind in ("path", "f2", "vif"):
        rows += [Quantity(kind, *one) for one in by_outcome]
    for kind in ("r2", "r2_adjusted", "aic", "bic"):
        rows += [Quantity(kind, names[end]) for end in plan.outcomes]
    rows += [Quantity("total", names[a], names[b]) for a, b in reachable(plan)]
    rows += [Quantity("total_indirect", names[a], names[b]) for a, b in _indirect_pairs(plan)]
    rows += [
        Quantity("indirect", names[route[0]], names[route[-1]], tuple(names[k] for k in route[1:-1]))
        for route in _routes(plan.paths)
    ]
    rows += [Quantity("item_vif", *one) for one in owned]
    for kind in ("alpha", "rho_a", "rho_c", "ave"):
        rows += [Quantity(kind, name) for name in names]
    for kind in ("correlation", "htmt", "htmt2"):
        rows += [Quantity(kind, names[a], names[b]) for a, b in _pairs(plan)]
    rows += [
        Quantity(kind, which) for which in ("saturated", "estimated") for kind in ("srmr", "d_uls", "d_g")
    ]
    return tuple(rows)


def measure(
    correlations: Floats,
    found: Weights,
    plan: Plan,
    settings: Settings,
    n: float,
    *,
    with_geodesic: bool = True,
) -> Measured:
    """Compute every quantity for each correlation matrix of a stack.

    Parameters
    ----------
    correlations
        Shape (p, p, B).
    found
        What `fondaco.pls.engine.run` gave for them.
    plan, settings
        The model and how it was estimated.
    n
        Number of cases, for adjusted R2 and information criteria.
    with_geodesic
        Whether to compute d_g, which takes longer than all the rest; otherwise it is NaN.
    """
    with np.errstate(all="ignore"):
        return _measure(correlations, found, plan, settings, n, with_geodesic)


def _measure(
    R: Floats, found: Weights, plan: Plan, settings: Settings, n: float, with_geodesic: bool
) -> Measured:
    own = found.cross[np.arange(len(plan.owner)), plan.owner]
    rho = _rho_a(R, found.outer, plan)
    corrected = corrected_constructs(plan, settings)
    reliability = np.where(corrected[:, None], rho, 1.0)
    loadings, between = _corrected(found, own, reliability, corrected, plan)
    structure = _structure(between, plan, n)
    item_vif, alpha, rho_c, ave = _blocks(R, loadings, plan)
    foreign = _foreign(plan)
    pairs = np.array(list(_pairs(plan)))
    routed = [
        np.prod([structure.paths[path] for path in pairwise(route)], axis=0) for route in _routes(plan.paths)
    ]
    indirect = [structure.total[a, b] - structure.paths.get((a, b), 0.0) for a, b in _indirect_pairs(plan)]
    rows = [
        found.outer,
        loadings,
        found.cross[[i for i, _ in foreign], [k for _, k in foreign]],
        *(np.array(one) for one in (structure.beta, structure.f2, structure.vif)),
        *(np.array(one) for one in (structure.r2, structure.r2_adjusted, structure.aic, structure.bic)),
        np.array([structure.total[pair] for pair in reachable(plan)]),
        np.array(indirect).reshape(-1, R.shape[2]),
        np.array(routed).reshape(-1, R.shape[2]),
        item_vif,
        alpha,
        rho,
        rho_c,
        ave,
        between[pairs[:, 0], pairs[:, 1]],
        *_heterotrait(R, plan),
        *distances(
            R,
            loadings,
            between,
            _implied(between, structure, plan),
            corrected,
            plan,
            with_geodesic=with_geodesic,
        ),
    ]
    r2 = np.array(structure.r2)
    admissible = found.converged & structure.sound & (r2 <= _BEYOND).all(axis=0)
    admissible &= (np.abs(loadings) <= _BEYOND).all(axis=0) & (np.abs(between) <= _BEYOND).all(axis=(0, 1))
    if corrected.any():
        admissible &= ((rho > 0) & (rho <= _BEYOND))[corrected].all(axis=0)
        admissible &= inverse(between)[1] > -1e-10
    return Measured(np.concatenate(rows), admissible, loadings, reliability, between)


def implied_between(between: Floats, plan: Plan) -> Floats:
    """Return the constructs' covariances that the paths imply, from their correlations, both (K, K, B)."""
    with np.errstate(all="ignore"):
        return _implied(between, _structure(between, plan, 1e6), plan)  # the number of cases plays no part


def corrected_constructs(plan: Plan, settings: Settings) -> npt.NDArray[np.bool_]:
    """Return which constructs consistent PLS corrects: Mode A common factors of several indicators, shape (K,)."""
    mode_a = np.array([mode == "A" for mode in plan.modes])
    return np.asarray(plan.factors & mode_a & settings.consistent)


def _foreign(plan: Plan) -> list[tuple[int, int]]:
    return [(i, k) for i, own in enumerate(plan.owner) for k in range(len(plan.names)) if k != own]


def _indirect_pairs(plan: Plan) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(route[0], route[-1]) for route in _routes(plan.paths)}))


def _rho_a(R: Floats, weights: Floats, plan: Plan) -> Floats:
    """Dijkstra and Henseler's reliability of Mode A scores, shape (K, B)."""
    rho = np.ones((len(plan.names), R.shape[2]))
    for k, (block, mode) in enumerate(zip(plan.blocks, plan.modes, strict=True)):
        if mode == "B" or block.stop - block.start == 1:
            continue
        w = weights[block]
        squares = w * w
        length = squares.sum(axis=0)
        # scores have variance 1, so the off-diagonal part of w'Sw is 1 - w'w
        rho[k] = length**2 * (1.0 - length) / (length**2 - (squares * squares).sum(axis=0))
    return rho


def _corrected(
    found: Weights, own: Floats, reliability: Floats, corrected: npt.NDArray[np.bool_], plan: Plan
) -> tuple[Floats, Floats]:
    """Return loadings and constructs' correlations, corrected where `corrected` says so."""
    if not corrected.any():
        return own, found.between
    loadings = own.copy()
    for k in np.flatnonzero(corrected):
        w = found.outer[plan.blocks[k]]
        loadings[plan.blocks[k]] = w * (np.sqrt(reliability[k]) / (w * w).sum(axis=0))
    root = np.sqrt(reliability)
    between = found.between / (root[:, None] * root[None])
    between[np.arange(len(root)), np.arange(len(root))] = 1.0
    return loadings, between


@dataclass
class _Structure:
    """Regressions of the outcomes; lists run over paths or outcomes, entries have shape (B,)."""

    paths: dict[tuple[int, int], Floats]
    beta: list[Floats]
    f2: list[Floats]
    vif: list[Floats]
    r2: list[Floats]
    r2_adjusted: list[Floats]
    aic: list[Floats]
    bic: list[Floats]
    total: dict[tuple[int, int], Floats]
    sound: npt.NDArray[np.bool_]


def _structure(C: Floats, plan: Plan, n: float) -> _Structure:
    held = _Structure({}, [], [], [], [], [], [], [], {}, np.ones(C.shape[2], dtype=bool))
    inverses = {}
    for drivers, _ in plan.drivers:
        index = np.array(drivers)
        inverses[drivers], pivots = inverse(C[np.ix_(index, index)])
        held.sound &= pivots > SINGULAR
    for outcome in plan.outcomes:
        drivers = plan.predecessors[outcome]
        target = C[np.array(drivers), outcome]
        beta = apply(inverses[drivers], target)
        r2 = np.einsum("jb,jb->b", beta, target)
        unexplained = 1.0 - r2
        for place, driver in enumerate(drivers):
            vif = inverses[drivers][place, place]
            held.paths[driver, outcome] = beta[place]
            held.beta.append(beta[place])
            held.vif.append(vif)
            held.f2.append(beta[place] ** 2 / (vif * unexplained))  # what the driver alone adds to R2
        parameters = len(drivers) + 1
        likelihood = n * np.log(unexplained * (n - 1) / n)
        held.r2.append(r2)
        held.r2_adjusted.append(1.0 - unexplained * (n - 1) / (n - parameters))
        held.aic.append(likelihood + 2 * parameters)
        held.bic.append(likelihood + parameters * np.log(n))
        for driver in drivers:  # what reaches the driver goes on through it
            _add(held.total, (driver, outcome), held.paths[driver, outcome])
            for start in range(len(plan.names)):
                if (start, driver) in held.total:
                    _add(
                        held.total, (start, outcome), held.total[start, driver] * held.paths[driver, outcome]
                    )
    return held


def _add(sums: dict[tuple[int, int], Floats], pair: tuple[int, int], value: Floats) -> None:
    sums[pair] = sums[pair] + value if pair in sums else value


def _implied(C: Floats, structure: _Structure, plan: Plan) -> Floats:
    """Return constructs' covariances that the paths imply, shape (K, K, B).

    Exogenous constructs correlate freely, residuals do not correlate and keep the variance that the
    regressions left; so an outcome's variance need not be 1 where the paths leave correlations out.
    """
    implied = C.copy()
    before = [k for k in range(len(plan.names)) if not plan.predecessors[k]]
    for outcome, r2 in zip(plan.outcomes, structure.r2, strict=True):
        for other in before:
            value = np.zeros(C.shape[2])
            for driver in plan.predecessors[outcome]:
                value += structure.paths[driver, outcome] * implied[driver, other]
            implied[outcome, other] = implied[other, outcome] = value
        explained = np.zeros(C.shape[2])
        for driver in plan.predecessors[outcome]:
            explained += structure.paths[driver, outcome] * implied[driver, outcome]
        implied[outcome, outcome] = explained + 1.0 - r2
        before.append(outcome)
    return implied


def _blocks(R: Floats, loadings: Floats, plan: Plan) -> tuple[Floats, Floats, Floats, Floats]:
    """Return VIFs of items (p, B), and alpha, rho_C and AVE of constructs (K, B)."""
    vif = np.ones(loadings.shape)
    alpha, rho_c, ave = (np.ones((len(plan.names), loadings.shape[1])) for _ in range(3))
    for k, block in enumerate(plan.blocks):
        count = block.stop - block.start
        if count == 1:
            continue
        within = R[block, block]
        held, _ = inverse(within)
        vif[block] = held[np.arange(count), np.arange(count)]
        alpha[k] = count / (count - 1) * (1.0 - count / within.sum(axis=(0, 1)))
        squares = (loadings[block] ** 2).sum(axis=0)
        common = loadings[block].sum(axis=0) ** 2
        rho_c[k] = common / (common + count - squares)
        ave[k] = squares / count
    return vif, alpha, rho_c, ave


def _heterotrait(R: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """Return HTMT and HTMT2 of every pair of constructs, shape (pairs, B)."""
    mono, mono2 = [], []
    for block in plan.blocks:
        count = block.stop - block.start
        size = (
            np.abs(R[block, block][np.tril_indices(count, -1)])[None]
            if count > 1
            else np.ones((1, 1, R.shape[2]))
        )
        mono.append(size.mean(axis=(0, 1)))
        mono2.append(_mean_logarithm(size))
    htmt, htmt2 = [], []
    for a, b in _pairs(plan):
        size = np.abs(R[plan.blocks[a], plan.blocks[b]])
        htmt.append(size.mean(axis=(0, 1)) / np.sqrt(mono[a] * mono[b]))
        htmt2.append(np.exp(_mean_logarithm(size) - (mono2[a] + mono2[b]) / 2))
    return np.array(htmt), np.array(htmt2)


def _mean_logarithm(size: Floats) -> Floats:
    """Return the mean logarithm over the first two axes; of products, since logarithms are slow."""
    mean: Floats = np.log(size.prod(axis=1)).sum(axis=0) / (size.shape[0] * size.shape[1])
    return mean
