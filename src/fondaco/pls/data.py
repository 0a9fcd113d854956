"""A table's columns as a checked matrix, and its missing values.

Every door takes any of these: a mapping from name to column, a Polars or pandas frame, or a pair of a
two-dimensional array and its column names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from fondaco.pls.errors import PlsError
from fondaco.pls.model import nearest

Floats = npt.NDArray[np.float64]
Missing = Literal["mean", "casewise", "pairwise"]
MISSING: tuple[Missing, ...] = get_args(Missing)


class DataError(PlsError):
    """Data that cannot be taken; the message names column and row and says what to do."""


@dataclass(frozen=True)
class Cases:
    """The columns that a model uses, checked.

    Attributes
    ----------
    values
        Shape (n, p), NaN where missing, cases in rows.
    names
        The p columns.
    weights
        Shape (n,), case weights scaled to mean 1.
    dropped
        Cases left out by the casewise rule, or because their weight is zero.
    missing
        Values missing in each column among the cases taken in, shape (p,).
    rule
        ``mean`` (the column's mean stands in), ``casewise`` (the case is left out) or ``pairwise``
        (each correlation from the cases that have both).
    rows
        Shape (n,): the place in the table, counted from 0, of each case taken in.
    """

    values: Floats
    names: tuple[str, ...]
    weights: Floats
    dropped: int
    missing: npt.NDArray[np.int64]
    rule: Missing
    rows: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of cases taken in."""
        return len(self.values)

    @property
    def weighted(self) -> bool:
        """Whether cases count differently."""
        return bool(np.ptp(self.weights) > 0) if len(self.weights) else False

    @property
    def filled(self) -> Floats:
        """Values with the (weighted) column mean where they are missing, shape (n, p)."""
        if not self.missing.any():
            return self.values
        held = np.ma.masked_invalid(self.values)
        means = np.ma.average(held, axis=0, weights=self.weights)
        return np.asarray(np.where(np.isnan(self.values), means, self.values))


def prepare(
    data: Any,
    columns: Sequence[str],
    *,
    missing: Missing = "mean",
    marker: float | Iterable[float] | None = None,
    weights: str | npt.ArrayLike | None = None,
) -> Cases:
    """Return the `columns` of a table as checked `Cases`.

    Parameters
    ----------
    data
        A mapping of columns, a Polars or pandas frame, or ``(array, names)``.
    columns
        Names of the columns wanted, in this order.
    missing
        Rule for missing values.
    marker
        Value, or values, that stand for missing, such as -99; empty cells and NaN always do.
    weights
        Case weights, at least 0: a column's name or one number for each case.

    Raises
    ------
    DataError
        For an unknown column, text in numbers, a column that is constant or all missing, two columns
        that are the same, or too few cases.

    Examples
    --------
    >>> prepare({"a": [1, 2, -99], "b": [3, 1, 2]}, ["b", "a"], marker=-99).missing
    array([0, 1])
    """
    if missing not in MISSING:
        raise DataError(
            f"There is no rule {missing!r} for missing values; the rules are {', '.join(MISSING)}."
        )
    table, known = _columns(data)
    unknown = [name for name in columns if name not in known]
    if unknown:
        more = f" ({len(unknown) - 1} more are missing too)" if len(unknown) > 1 else ""
        raise DataError(f"The data have no column {unknown[0]!r}{more}. {nearest(unknown[0], known)}")
    values = np.column_stack([_numbers(name, table[name]) for name in columns])
    if marker is not None:
        values = np.where(np.isin(values, _markers(marker)), np.nan, values)
    counted = _weights(weights, table, known, len(values))
    taken = counted > 0
    if missing == "casewise":
        taken &= ~np.isnan(values).any(axis=1)
    rows = np.flatnonzero(taken)
    if len(rows) < 3:
        raise DataError(_too_few(len(values), len(rows)))
    held, counted = np.ascontiguousarray(values[rows]), counted[rows]
    _check_columns(held, columns)
    return Cases(
        values=held,
        names=tuple(columns),
        weights=counted / counted.mean(),
        dropped=len(values) - len(rows),
        missing=np.isnan(held).sum(axis=0),
        rule=missing,
        rows=rows,
    )


def _markers(marker: Any) -> list[float]:
    held = [marker] if isinstance(marker, int | float | str) else list(marker)
    try:
        return [float(one) for one in held]
    except (TypeError, ValueError):
        raise DataError(
            f"The marker for missing values is a number, such as -99; found {marker!r}."
        ) from None


def _columns(data: Any) -> tuple[Any, list[str]]:
    """Return something that gives a column by its name, and the names."""
    if hasattr(data, "collect") and hasattr(data, "collect_schema"):  # a lazy Polars frame
        data = data.collect()
    if isinstance(data, tuple) and len(data) == 2:
        array, names = np.asarray(data[0]), [str(name) for name in data[1]]
        if array.ndim != 2 or array.shape[1] != len(names):
            raise DataError(
                f"An array of shape {array.shape} came with {len(names)} names; give one name per column."
            )
        table: Any = {name: array[:, place] for place, name in enumerate(names)}
    elif isinstance(data, Mapping):
        table, names = data, [str(name) for name in data]
    elif hasattr(data, "columns"):
        table, names = data, [str(name) for name in data.columns]
    else:
        raise DataError(
            f"{type(data).__name__} is no table; give a mapping of columns, a data frame, or an array with its names."
        )
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise DataError(f"The data have more than one column named {doubled[0]!r}; give each its own name.")
    lengths = {name: len(table[name]) for name in names} if isinstance(table, Mapping) else {}
    if len(set(lengths.values())) > 1:
        short, long = (
            min(lengths, key=lambda name: lengths[name]),
            max(lengths, key=lambda name: lengths[name]),
        )
        raise DataError(f"Column {short!r} has {lengths[short]} cases and {long!r} has {lengths[long]}.")
    return table, names


def _numbers(name: str, column: Any) -> Floats:
    """Return a column as floats, NaN where nothing stands."""
    array = column.to_numpy() if hasattr(column, "to_numpy") else np.asarray(column)
    if array.ndim != 1 or array.dtype.kind == "c":
        raise DataError(f"Column {name!r} is no column of real numbers; give one number for each case.")
    if array.dtype.kind in "fiub":
        held: Floats = array.astype(np.float64)
    else:
        held = np.array([_number(name, row, cell) for row, cell in enumerate(array)], dtype=np.float64)
    wrong = np.flatnonzero(np.isinf(held))
    if len(wrong):
        raise DataError(f"Column {name!r} is infinite in row {wrong[0] + 1}; correct it or leave it empty.")
    return held


def _number(name: str, row: int, cell: Any) -> float:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return np.nan
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        if str(cell) in {"<NA>", "NaT"}:
            return np.nan
        raise DataError(
            f"Column {name!r} holds {str(cell)[:40]!r} in row {row + 1}, which is not a number; correct it, or leave the "
            "cell empty if the answer is missing."
        ) from None


def _weights(weights: Any, table: Any, known: list[str], n: int) -> Floats:
    if weights is None:
        return np.ones(n)
    if isinstance(weights, str):
        if weights not in known:
            raise DataError(f"The data have no column {weights!r} to weight by. {nearest(weights, known)}")
        weights = _numbers(weights, table[weights])
    held = np.asarray(weights, dtype=np.float64)
    if held.shape != (n,):
        raise DataError(f"There are {n} cases and {held.size} weights; give one weight for each case.")
    wrong = np.flatnonzero(~(held >= 0) | np.isinf(held))
    if len(wrong):
        raise DataError(
            f"The weight of row {wrong[0] + 1} is {held[wrong[0]]:g}; a weight is a number, 0 or more."
        )
    return held


def _too_few(rows: int, left: int) -> str:
    if rows == left:
        return f"The data have {rows} case(s); a path model needs at least 3, and in earnest many more."
    return (
        f"Of {rows} cases {left} are left once missing values and weights of zero are set aside; at least 3 are needed. "
        "Look for a column that is mostly empty, or replace by the mean (missing='mean')."
    )


def _check_columns(values: Floats, names: Sequence[str]) -> None:
    """Refuse columns that are empty or constant, and pairs that are the same."""
    for place, name in enumerate(names):
        seen = values[:, place][~np.isnan(values[:, place])]
        if not len(seen):
            raise DataError(f"Column {name!r} is missing in every case; take it out of the model.")
        if np.ptp(seen) <= 1e-12 * np.abs(seen).max():
            raise DataError(
                f"Column {name!r} is {seen[0]:g} in every case; what does not vary measures nothing. "
                "Take it out of the model."
            )
    seen_before: dict[bytes, str] = {}
    for place, name in enumerate(names):
        content = np.ascontiguousarray(values[:, place]).tobytes()
        if content in seen_before:
            raise DataError(
                f"Columns {seen_before[content]!r} and {name!r} hold the same values in every case; take one of them out."
            )
        seen_before[content] = name
