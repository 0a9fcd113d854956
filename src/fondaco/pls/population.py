"""A population with known values: what a path model would find if all its effects were known.

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
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fondaco.pls.engine import Floats, Plan, plan_of
from fondaco.pls.measures import Quantity, quantities
from fondaco.pls.model import Model, ModelError
from fondaco.pls.syntax import parse

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
