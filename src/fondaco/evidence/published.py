"""The regression that follows from a published correlation matrix and the number of cases.

A published table can be checked, and asked questions its authors did not ask.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fondaco.evidence import words
from fondaco.evidence.correlations import Correlations, cases_with, least_squares_of
from fondaco.evidence.regression import Regression, Term, fitted
from fondaco.evidence.stars import check_stars, star_notes
from fondaco.kernel import InputError, UnknownName

Floats = npt.NDArray[np.float64]


def regress_correlations(
    formula: str,
    table: Correlations,
    n: int,
    *,
    level: float = 0.05,
    stars: Mapping[str, float] | None = None,
) -> Regression:
    """Return the regression that a correlation matrix and a number of cases determine.

    Parameters
    ----------
    formula
        The outcome alone (all others are its predictors) or ``"y ~ a + b"``, in labels of the table.
    table
        The correlations.
    n
        The number of cases they rest on.
    level
        Of the tests and intervals.
    stars
        The level behind each star of the table; without it, the usual ones (`words.STARS`).

    Raises
    ------
    UnknownName
        When the formula names what the table does not hold.
    InputError
        When n is too small.
    """
    outcome, predictors = _chosen(formula, table)
    if not len(predictors) + 2 <= n <= 10_000_000:
        raise InputError(
            f"n = {n:,} with {len(predictors)} predictors: say with --n how many cases the correlations rest on, "
            f"at least {len(predictors) + 2}."
        )
    found = _from_matrix(table, outcome, predictors, n, level)
    notes = [*table.notes, *found.notes]
    notes += _rounding(table, outcome, predictors, n, level, found)
    if table.stars:
        notes += star_notes(check_stars(table, n, stars), stars)
    if table.spreads is None:
        notes.append(
            "The table states no standard deviations, so b and se are in standard deviations, as beta is."
        )
    return replace(found, intercept=None, notes=tuple(notes))


def _chosen(formula: str, table: Correlations) -> tuple[str, tuple[str, ...]]:
    left, tilde, right = formula.partition("~")
    known = {label.casefold(): label for label in table.variables}

    def one(text: str) -> str:
        label = known.get(text.strip().casefold())
        if label is None:
            raise UnknownName(
                f"{table.name} has no variable {text.strip()!r}. It has {', '.join(table.variables)}."
            )
        return label

    outcome = one(left)
    if not tilde:
        return outcome, tuple(label for label in table.variables if label != outcome)
    predictors = tuple(dict.fromkeys(one(part) for part in right.split("+")))
    if outcome in predictors:
        raise InputError(f"{outcome} stands on both sides of {formula!r}: leave it out on one.")
    return outcome, predictors


def _from_matrix(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, level: float
) -> Regression:
    places = [table.variables.index(name) for name in (*predictors, outcome)]
    spreads = np.array(table.spreads)[places] if table.spreads else None
    cases = cases_with(table.r[np.ix_(places, places)], n, spreads)
    columns = np.column_stack([np.ones(n), cases[:, :-1]])
    return fitted(
        outcome, ["Intercept", *predictors], cases[:, -1], columns, robust=None, level=level, cases=False,
        standardized=spreads is None, basis=f"n = {n} and the correlations of {table.name}",
    )  # fmt: skip


def _rounding(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, level: float, found: Regression
) -> list[str]:
    """Say where the figures' rounding leaves open on which side of the level a term lies."""
    open_ = []
    bounds = rounding_bounds(table, outcome, predictors, n, found)
    for term in found.terms:
        low, high = bounds[term.name]
        if low < level <= high:
            open_.append(f"{term.name} ({words.short(low, 4)} to {words.short(high, 4)})")
    if not open_:
        return []
    sentence = (
        f"The correlations are rounded to {table.half_unit:g}; within it the p value of {words.listed(open_)} "
        f"can lie on either side of {words.short(level)}."
    )
    return [sentence]


def rounding_bounds(
    table: Correlations, outcome: str, predictors: Sequence[str], n: int, found: Regression
) -> dict[str, tuple[float, float]]:
    """Return for each term the least and the largest p value within the rounding of the correlations.

    To first order: each correlation is moved by half a unit, and what this does to t adds up.
    """
    places = [table.variables.index(name) for name in (*predictors, outcome)]
    slopes: list[Floats] = []
    for i, j in itertools.combinations(places, 2):
        moved = table.r.copy()
        moved[i, j] = moved[j, i] = moved[i, j] + table.half_unit * (-1 if moved[i, j] > 0 else 1)
        try:
            result = least_squares_of(moved[np.ix_(places, places)], n)
        except np.linalg.LinAlgError:
            continue  # beyond what any data can have
        slopes.append(np.abs(result.tvalues[1:]) - [abs(term.t) for term in found.terms])
    reach = np.abs(slopes).sum(axis=0) if slopes else np.zeros(len(found.terms))
    return {term.name: _p_range(term, float(r), found) for term, r in zip(found.terms, reach, strict=True)}


def _p_range(term: Term, reach: float, found: Regression) -> tuple[float, float]:
    from scipy.stats import t as student

    df = found.f_df[1]
    low, high = (float(2 * student.sf(max(abs(term.t) + side, 0.0), df)) for side in (reach, -reach))
    return low, high
