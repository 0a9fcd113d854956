"""How far coders agree, from a table with a column for each of them and a row for each thing they judged."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.kernel import InputError
from fondaco.ledger import read_plain
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
    plain = [name for name in table.columns if name]
    left_out = [name for name in plain if " ".join(name.casefold().replace("_", " ").split()) in _OF_UNITS]
    if columns or len(plain) - len(left_out) < 2:
        left_out = []
    named = list(columns) or [name for name in plain if name not in left_out]
    if missing := [name for name in named if name not in table.columns]:
        raise InputError(f"{table.name} has no column {missing[0]!r}; it has {', '.join(table.columns)}.")
    if weights != "none" and metric == "nominal":
        raise InputError(
            "Names have no distance: weights take numbers, with --metric ordinal, interval or ratio."
        )
    if len(named) < 2:
        raise InputError(f"{table.name} has one column only: agreement needs two coders, a column each.")
    cells = [table.cells[table.columns.index(name)].to_list() for name in named]
    if metric == "nominal":
        categories = sorted({cell for column in cells for cell in column if cell is not None})
        at = {name: float(place) for place, name in enumerate(categories)}
        judged = np.array([[np.nan if cell is None else at[cell] for cell in column] for column in cells])
    else:
        categories = []
        judged = _numbers(cells, named, table.rows, table.name)
    if metric == "ratio" and np.nanmin(judged, initial=0) < 0:
        raise InputError(f"{table.name} has values below zero, of which no ratio can be told: use interval.")
    kappas = tuple(
        (named[a], named[b], cohen(judged[a], judged[b], weights=weights))
        for a, b in combinations(range(len(named)), 2)
    )
    alpha = krippendorff(judged, metric)
    return Agreement(tuple(named), tuple(categories), alpha, kappas, weights, tuple(left_out))


def _numbers(
    cells: list[list[str | None]], named: list[str], rows: tuple[int, ...], where: str
) -> NDArray[np.float64]:
    judged = np.full((len(cells), len(rows)), np.nan)
    for coder, column in enumerate(cells):
        for place, cell in enumerate(column):
            if cell is None:
                continue
            try:
                judged[coder, place] = float(cell)
            except ValueError:
                raise InputError(
                    f"{where}, row {rows[place]}, column {named[coder]}: {cell!r} is no number; this metric needs numbers, "
                    "nominal takes words."
                ) from None
            if not np.isfinite(judged[coder, place]):
                raise InputError(f"{where}, row {rows[place]}, column {named[coder]}: {cell!r} is no number.")
    return judged
