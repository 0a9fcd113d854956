"""How far coders agree, from a table with a column for each of them and a row for each thing they judged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fondaco.evidence.surveys import answered, as_numbers, refuse_doubles
from fondaco.kernel import InputError
from fondaco.ledger import PlainTable, read_plain
from fondaco.numerics.agreement import Alpha, Kappa, Metric, Weights, cohen, krippendorff


@dataclass(frozen=True)
class Agreement:
    """Alpha of all coders, and kappa of each two of them; `categories` are the names that were judged.

    Columns that name the things judged, as their headers say, are left out where nobody names the coders.
    """

    coders: tuple[str, ...]
    categories: tuple[str, ...]
    alpha: Alpha
    kappas: tuple[tuple[str, str, Kappa], ...]
    weights: Weights = "none"
    left_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "alpha": self.alpha.alpha.to_json(6),
            "metric": self.alpha.metric,
            "units": self.alpha.units,
            "values": self.alpha.values,
            "coders": list(self.coders),
            "left_out": list(self.left_out),
            "weights": self.weights,
            "categories": list(self.categories),
            "kappas": [
                {"a": a, "b": b, "units": held.units, "agreed": None if held.units == 0 else round(held.agreed, 6),
                 "kappa": held.kappa.to_json(6)}
                for a, b, held in self.kappas
            ],
        }  # fmt: skip


#: The largest number of which a squared difference can still be told.
LARGEST = 1e100

#: Headers of columns that name what was judged, and are no coder's.
_OF_UNITS = frozenset(
    ("unit", "unit id", "units", "item", "item id", "items", "id", "case", "case id", "subject", "subject id", "record", "record id", "segment",
     "segment id", "text", "document", "row", "nr", "no", "no.", "number", "#")
)  # fmt: skip


def agreement_of(
    file: Path, metric: Metric, columns: tuple[str, ...] = (), weights: Weights = "none"
) -> Agreement:
    """Read judgements and say how far they agree.

    Parameters
    ----------
    file
        Any table; empty cells are things that a coder did not judge.
    metric
        ``nominal`` takes any words; the others need numbers.
    columns
        The coders' columns; where none are named, all but those that name what was judged.
    weights
        Of disagreements in Cohen's kappa; other than ``none`` takes numbers.

    Raises
    ------
    InputError
        Naming the file, and row and column of a cell that is no number where one is needed.
    """
    table = read_plain(file)[0]
    refuse_doubles(table.columns, table.name)
    plain = [name for name in table.columns if name]
    left_out = [name for name in plain if " ".join(name.casefold().replace("_", " ").split()) in _OF_UNITS]
    if columns or len(plain) - len(left_out) < 2:
        left_out = []
    named = list(dict.fromkeys(columns)) or [name for name in plain if name not in left_out]
    if missing := [name for name in named if name not in table.columns]:
        raise InputError(f"{table.name} has no column {missing[0]!r}; it has {', '.join(table.columns)}.")
    if weights != "none" and metric == "nominal":
        raise InputError(
            "Names have no distance: weights take numbers, with --metric ordinal, interval or ratio."
        )
    if len(named) < 2:
        raise InputError(
            f"{table.name}: {len(named) or 'no'} column of a coder was found or named; agreement needs two coders, a column each."
        )
    columns_of = {name: table.cells[table.columns.index(name)] for name in named}
    if metric == "nominal":
        cells = [column.to_list() for column in columns_of.values()]
        categories = sorted({cell for column in cells for cell in column if cell is not None})
        at = {name: float(place) for place, name in enumerate(categories)}
        judged = np.array([[np.nan if cell is None else at[cell] for cell in column] for column in cells])
    else:
        categories = []
        judged = np.array([_numbers(column, name, table) for name, column in columns_of.items()])
    if metric == "ratio" and np.nanmin(judged, initial=0) < 0:
        raise InputError(f"{table.name} has values below zero, of which no ratio can be told: use interval.")
    kappas = tuple(
        (named[a], named[b], cohen(judged[a], judged[b], weights=weights))
        for a, b in combinations(range(len(named)), 2)
    )
    alpha = krippendorff(judged, metric)
    return Agreement(tuple(named), tuple(categories), alpha, kappas, weights, tuple(left_out))


def _numbers(column: pl.Series, name: str, table: PlainTable) -> NDArray[np.float64]:
    """Return a coder's judgements, read as a survey's answers are: with decimal commas, and without what says *no answer*."""
    said = answered(column)
    numbers, _ = as_numbers(said)
    wrong = (said.is_not_null() & (numbers.is_null() | (numbers.abs() > LARGEST))).arg_true()
    if len(wrong):
        place = int(wrong[0])
        raise InputError(
            f"{table.name}, row {table.rows[place]}, column {name}: {said[place]!r} is no number"
            f"{'' if numbers[place] is None else ' that can be compared with others'}; this metric needs numbers, nominal takes words."
        )
    return np.asarray(numbers.cast(pl.Float64).fill_null(np.nan).to_numpy())
