"""Cases parted into groups by a column or by labels: the model on all of them, and on each group's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fondaco.kernel import Problem
from fondaco.pls.data import Cases, DataError
from fondaco.pls.engine import Bools
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, fit, fit_cases
from fondaco.pls.model import Model, nearest


@dataclass(frozen=True)
class Parted:
    """A pooled fit and the cases of each group.

    Attributes
    ----------
    pooled
        The model on all cases that have a group, without values missing under the rule of means.
    members
        Which cases are in each group, by label, shape (n,) each.
    problems
        Cases that have no group.
    """

    pooled: Fit
    members: Mapping[str, Bools]
    problems: tuple[Problem, ...]

    def fit(self, name: str) -> Fit:
        """Return the fit of one group."""
        cases = cut(self.pooled.cases, self.members[name])
        for place, column in enumerate(cases.names):
            seen = cases.values[:, place][~np.isnan(cases.values[:, place])]
            if len(seen) == 0 or np.ptp(seen) == 0:
                raise DataError(
                    f"Group {name}: {column} does not vary in its {cases.n} cases; leave it out, or join groups."
                )
        approach = None if self.pooled.stages is None else self.pooled.stages.approach
        try:
            return fit_cases(self.pooled.model, cases, self.pooled.settings, approach=approach)
        except DataError as error:
            raise DataError(f"Group {name}: {error}") from None


def part(model: Model | str, data: Any, group: str | npt.ArrayLike, **options: Any) -> Parted:
    """Fit the pooled cases and say which belong to which group.

    Raises
    ------
    PlsError
        If the labels do not fit the cases, or there is one group only.
    """
    pooled = fit(model, data, **options)
    labels = _labels(data, group)
    if len(labels) <= int(pooled.cases.rows.max()):
        raise PlsError(f"There are {len(labels)} group labels for more cases; give one for each case.")
    held = labels[pooled.cases.rows]
    known = held != ""
    cases = cut(pooled.cases, known)
    if cases.rule == "mean":  # the mean of all cases, not of each group
        cases = replace(cases, values=cases.filled, missing=np.zeros_like(cases.missing))
    approach = None if pooled.stages is None else pooled.stages.approach
    pooled = fit_cases(pooled.model, cases, pooled.settings, approach=approach)
    held = held[known]
    names = sorted(set(held.tolist()), key=_order)
    if len(names) < 2:
        raise PlsError(
            f"All cases are in one group ({names[0] if names else 'none'}); a comparison needs two."
        )
    if len(names) > 20:
        raise PlsError(
            f"{group if isinstance(group, str) else 'The column of groups'} parts the cases into {len(names)} groups; put them together into a few."
        )
    problems: tuple[Problem, ...] = ()
    if not known.all():
        lost = int((~known).sum())
        problems = (
            Problem("group", lost, f"{lost} cases have no group and are left out.", "Fill the column in."),
        )
    return Parted(pooled, {name: held == name for name in names}, problems)


def cut(cases: Cases, taken: Bools) -> Cases:
    """Return some of the cases; their weights have mean 1 again."""
    values, weights = cases.values[taken], cases.weights[taken]
    return replace(
        cases,
        values=values,
        weights=weights / weights.mean() if len(weights) else weights,
        missing=np.isnan(values).sum(axis=0),
        rows=cases.rows[taken],
    )


def _labels(data: Any, group: str | npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return one label for each row of the data as text, empty where there is none."""
    column: Any = group
    if isinstance(group, str):
        table: Any = data
        if isinstance(data, tuple):
            table = dict(zip(map(str, data[1]), np.asarray(data[0]).T, strict=True))
        known = [str(name) for name in (table if isinstance(table, Mapping) else table.columns)]
        if group not in known:
            raise DataError(
                f"The data have no column {group!r} to part the cases by. {nearest(group, known)}"
            )
        column = table[group]
    values = column.to_list() if hasattr(column, "to_list") else np.asarray(column).tolist()
    return np.array([_label(value) for value in values], dtype=np.str_)


def _label(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _order(label: str) -> tuple[int, float, str]:
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)
