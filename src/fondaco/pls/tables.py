"""Records as tables, and checked arrays: what the parts of `fondaco.pls` beyond the estimate share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fondaco.pls.errors import PlsError

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]


def table(records: Iterable[Any], *, leave_out: Sequence[str] = (), add: Sequence[str] = ()) -> pl.DataFrame:
    """Return dataclass `records` as a Polars table, one row each.

    `leave_out` names fields without a column, `add` names properties with one.

    Examples
    --------
    >>> table([dataclasses.make_dataclass("Pair", ["a", "b"])(1, 2)]).to_dicts()
    [{'a': 1, 'b': 2}]
    """
    import polars as pl

    rows = []
    for record in records:
        names = [field.name for field in dataclasses.fields(record) if field.name not in leave_out]
        rows.append({name: getattr(record, name) for name in [*names, *add]})
    return pl.DataFrame(rows, infer_schema_length=None)


def checked_values(name: str, values: npt.ArrayLike) -> Floats:
    """Return `values` as floats of shape (n,), or say what is wrong with them.

    Raises
    ------
    PlsError
        If they are no numbers, missing, fewer than two, or all the same.

    Examples
    --------
    >>> checked_values("age", [1, 2])
    array([1., 2.])
    """
    try:
        held = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise PlsError(f"{name} holds something that is not a number; give numbers only.") from None
    if held.ndim != 1:
        raise PlsError(f"{name} must be one column of numbers; found an array of shape {held.shape}.")
    if len(held) < 2:
        raise PlsError(f"{name} has {len(held)} case(s); at least 2 are needed.")
    missing = int((~np.isfinite(held)).sum())
    if missing:
        raise PlsError(
            f"{name} has {missing} missing or infinite value(s); leave those cases out, or replace the values."
        )
    if np.ptp(held) == 0:
        raise PlsError(f"{name} is {held[0]:g} in every case; something that does not vary explains nothing.")
    return held


def pairs_of_values(
    name: str, values: npt.ArrayLike, other_name: str, others: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return two checked columns of the same length.

    Raises
    ------
    PlsError
        As `checked_values`, and if the lengths differ.
    """
    first, second = checked_values(name, values), checked_values(other_name, others)
    if len(first) != len(second):
        raise PlsError(
            f"{name} has {len(first)} cases and {other_name} {len(second)}; give the same cases of both."
        )
    return first, second


def checked_columns(columns: Mapping[str, npt.ArrayLike]) -> Floats:
    """Return columns of the same cases as a matrix of shape (n, columns).

    Raises
    ------
    PlsError
        As `checked_values`, and if the lengths differ.

    Examples
    --------
    >>> checked_columns({"a": [1, 2, 3], "b": [1, 0, 1]}).shape
    (3, 2)
    """
    held = {name: checked_values(name, values) for name, values in columns.items()}
    first = next(iter(held))
    for name, values in held.items():
        if len(values) != len(held[first]):
            raise PlsError(
                f"{first} has {len(held[first])} cases and {name} {len(values)}; give the same cases of both."
            )
    return np.column_stack(list(held.values()))
