"""Constructs measured by constructs: how a model of higher order comes down to plain ones.

disjoint two-stage (default)
    First the parts take the place of the construct of higher order, each with all of its paths; then
    the parts' scores are its indicators, and all other constructs keep their own (Agarwal and Karahanna 2000;
    Sarstedt et al. 2019).
embedded two-stage
    First by repeated indicators; then the parts' scores are the indicators, and every other construct
    is its score (Ringle et al. 2012; Sarstedt et al. 2019).
repeated indicators
    In one go: the construct of higher order has all indicators of its parts once more, points to its
    parts where it is reflective (``=~``) and is pointed to by them where it is formed (``<~``).  A formed one
    that has other predecessors is then explained wholly by its parts and those count for nothing
    (Becker, Klein and Wetzels 2012): use two stages.

The approaches agree in large samples and differ a little in small ones; say which was used.  A third order
goes the same way, level by level, where there are two stages.  With consistent PLS the correlations of
the parts' scores are corrected for attenuation between the stages.

Sources: Sarstedt, Hair, Cheah, Becker and Ringle (2019), Australasian Marketing Journal 27(3), 197-211;
Becker, Klein and Wetzels (2012), Long Range Planning 45(5-6), 359-394; Van Riel et al. (2017), Industrial
Management & Data Systems 117(3), 459-477, for the correction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fondaco.pls.data import Cases
from fondaco.pls.engine import Bools, Floats, Plan, Settings, Weights, make_plan, plan_of, run
from fondaco.pls.estimate import Reduced, Stack, Stages
from fondaco.pls.measures import measure
from fondaco.pls.model import Construct, Model, ModelError
from fondaco.pls.moments import Moments

APPROACHES = ("disjoint two-stage", "embedded two-stage", "repeated indicators")


def stages(model: Model, cases: Cases, settings: Settings, approach: str | None = None) -> Stages:
    """Return how `model` is estimated in stages; called by `fondaco.pls.fit`.

    Raises
    ------
    ModelError
        For an unknown approach, a part that has paths of its own where there are two stages, or products.

    Examples
    --------
    >>> from fondaco.pls import fit
    >>> rng = np.random.default_rng(3)
    >>> a, b = rng.normal(size=(2, 200))
    >>> data = {f"{name}{i}": held + 0.5 * rng.normal(size=200) for name, held in (("a", a), ("b", b)) for i in (1, 2)}
    >>> data["y"] = a + b + rng.normal(size=200)
    >>> fitted = fit("A =~ a1 + a2; B =~ b1 + b2; H <~ A + B; Y =~ y; Y ~ H", data)
    >>> fitted.stages.approach, [round(fitted.value("weight", "H", part), 1) for part in "AB"]
    ('disjoint two-stage', [0.7, 0.7])
    """
    name = (approach or APPROACHES[0]).replace("_", " ").replace("two stage", "two-stage")
    if name == "two-stage":
        name = APPROACHES[0]
    if name not in APPROACHES:
        raise ModelError(
            f"There is no approach {approach!r} to constructs of higher order; the approaches are {', '.join(APPROACHES)}."
        )
    if model.interactions:
        raise ModelError(
            "Products and constructs of higher order in one model are not estimated together; take one of them out."
        )
    steps = list(_steps(model, name))
    held = _Staged(tuple(steps), settings, cases.n)
    moments = Moments(cases)
    mixing = held.mix(moments.correlations(np.ones((cases.n, 1))))[1][:, :, 0]
    filled = cases.filled
    centred = filled - np.average(filled, axis=0, weights=cases.weights)
    variance = np.average(centred**2, axis=0, weights=cases.weights) * cases.n / (cases.n - 1)
    return Stages(name, steps[-1].after, held.reduce, centred / np.sqrt(variance) @ mixing)


@dataclass(frozen=True)
class _Step:
    """From the indicators of one stage to those of the next.

    Attributes
    ----------
    before
        The plan whose weights make scores; None where columns are only repeated.
    after
        The plan of the next stage.
    sources
        For each indicator of `after` an indicator of the stage before, or minus one minus the construct
        whose score it is.
    """

    before: Plan | None
    after: Plan
    sources: tuple[int, ...]


@dataclass(frozen=True)
class _Staged:
    steps: tuple[_Step, ...]
    settings: Settings
    n: int

    def reduce(self, stack: Stack) -> Reduced:
        """Return the correlations of the last stage's indicators."""
        correlations, _, sound = self.mix(stack.correlations)
        return Reduced(correlations, sound)

    def mix(self, correlations: Floats) -> tuple[Floats, Floats, Bools]:
        """Return the last stage's correlations (p2, p2, B), its mix of the first columns (p, p2, B), and soundness."""
        p, stack = correlations.shape[0], correlations.shape[2]
        mixing = np.repeat(np.eye(p)[:, :, None], stack, axis=2)
        sound = np.ones(stack, dtype=bool)
        for step in self.steps:
            found = None if step.before is None else run(correlations, step.before, self.settings)
            reliability = np.ones((1, stack))
            if found is not None and step.before is not None:
                sound &= found.converged
                reliability = measure(
                    correlations, found, step.before, self.settings, self.n, with_geodesic=False
                ).reliability
            with np.errstate(all="ignore"):
                correlations, mixing = _next(step, correlations, mixing, found, reliability)
        return correlations, mixing, sound


def _next(
    step: _Step, R: Floats, mixing: Floats, found: Weights | None, reliability: Floats
) -> tuple[Floats, Floats]:
    """Return correlations and mixing one stage on."""
    picked = np.array(step.sources)
    own = np.maximum(picked, 0)
    if found is None or step.before is None:
        return R[np.ix_(own, own)], mixing[:, own]
    scores = np.where(picked < 0, -1 - picked, 0)
    is_score = picked < 0
    W = np.zeros((R.shape[0], len(step.before.names), R.shape[2]))
    W[np.arange(len(W)), step.before.owner] = found.outer
    columns = np.where(is_score[None, :, None], found.cross[:, scores], R[:, own])  # (p, p2, B)
    by_row = np.where(is_score[:, None, None], 0.0, columns[own])
    held = np.flatnonzero(is_score)
    by_row[held] = np.einsum("jkb,jab->kab", W[:, scores[held]], columns)
    scale = np.where(is_score[:, None], 1 / np.sqrt(reliability[scores]), 1.0)
    by_row = by_row * scale[:, None] * scale[None]
    diagonal = np.arange(len(picked))
    by_row[diagonal, diagonal] = 1.0
    scored = np.einsum("ijb,jkb->ikb", mixing, W[:, scores])
    return by_row, np.where(is_score[None, :, None], scored, mixing[:, own])


def _steps(model: Model, approach: str) -> Iterator[_Step]:
    """Yield the stages of `model`, the lowest level first."""
    if approach == "repeated indicators":
        plan, sources = _repeated(model)
        yield _Step(None, plan, sources)
        return
    while model.higher_order:
        if approach == "disjoint two-stage":
            before = plan_of(_expanded(model))
            kept = before.indicators
            model, scored = _collapsed(model, singles=False)
        else:
            before, sources = _repeated(model)
            yield _Step(None, before, sources)
            kept = ()
            model, scored = _collapsed(model, singles=True)
        after = _plan_with_higher(model)
        place = {column: number for number, column in enumerate(kept)}
        number = {name: k for k, name in enumerate(before.names)}
        picked = tuple(-1 - number[scored[one]] if one in scored else place[one] for one in after.indicators)
        yield _Step(before, after, picked)


def _plan_with_higher(model: Model) -> Plan:
    """Return a plan that has the model's columns; its paths matter only where nothing of higher order is left."""
    if not model.higher_order:
        return plan_of(model)
    plain = [one for one in model.constructs if not one.of]
    return make_plan(
        names=[one.name for one in plain],
        blocks=[one.indicators for one in plain],
        modes=[one.mode for one in plain],
        factors=[one.kind == "common_factor" for one in plain],
        paths=[],
    )


def _leaves(model: Model, name: str) -> tuple[str, ...]:
    """Return the first-order constructs that measure `name`, itself if it is one."""
    construct = model.construct(name)
    if not construct.of:
        return (name,)
    return tuple(leaf for part in construct.of for leaf in _leaves(model, part))


def _expanded(model: Model) -> Model:
    """Return the model with the parts in the place of what they measure."""
    paths = [
        (start, end)
        for first, last in model.paths
        for start in _leaves(model, first)
        for end in _leaves(model, last)
    ]
    plain = tuple(one for one in model.constructs if not one.of)
    return Model(plain, tuple(dict.fromkeys(paths)))


def _collapsed(model: Model, *, singles: bool) -> tuple[Model, Mapping[str, str]]:
    """Return the model with scores as indicators of the lowest constructs of higher order.

    Also which construct's score each such indicator is; with `singles` every other construct of first
    order is its score as well.
    """
    first = {one.name for one in model.constructs if not one.of}
    ready = {one.name for one in model.higher_order if first.issuperset(one.of)}
    parts = {part: one.name for one in model.higher_order if one.name in ready for part in one.of}
    for start, end in model.paths:
        for name in (start, end):
            if name in parts:
                raise ModelError(
                    f"{name} measures {parts[name]} and has the path {start} -> {end} of its own; in two stages it is "
                    f"an indicator of {parts[name]} only. Take the path out, or give it to {parts[name]}."
                )
    scored: dict[str, str] = {}
    kept: list[Construct] = []
    for one in model.constructs:
        if one.name in parts:
            continue
        if one.name in ready:
            scored |= {_score_name(part): part for part in one.of}
            kept.append(replace(one, indicators=tuple(_score_name(part) for part in one.of), of=()))
        elif singles and not one.of:
            scored[_score_name(one.name)] = one.name
            kept.append(replace(one, indicators=(_score_name(one.name),)))
        else:
            kept.append(one)
    if not singles:
        taken = [column for one in kept for column in one.indicators if column in scored]
        doubled = [column for column in taken if taken.count(column) > 1]
        if doubled:
            raise ModelError(f"{doubled[0]} is both a construct and a column; rename one of them.")
    return replace(model, constructs=tuple(kept)), scored


def _score_name(construct: str) -> str:
    """Return what the indicator is called that is a construct's score: as the construct itself."""
    return construct


def _repeated(model: Model) -> tuple[Plan, tuple[int, ...]]:
    """Return the plan of the repeated indicators approach, and which column each of its indicators is."""
    blocks, paths = [], list(model.paths)
    for one in model.constructs:
        leaves = _leaves(model, one.name)
        blocks.append(tuple(column for leaf in leaves for column in model.construct(leaf).indicators))
        for part in one.of:
            paths.append((part, one.name) if one.kind == "composite" else (one.name, part))
    plan = make_plan(
        names=model.names,
        blocks=blocks,
        modes=[one.mode for one in model.constructs],
        factors=[one.kind == "common_factor" for one in model.constructs],
        paths=list(dict.fromkeys(paths)),
    )
    place = {column: number for number, column in enumerate(model.indicators)}
    return plan, tuple(place[column] for column in plan.indicators)
