"""Rows that went wrong on the way, as in tables which people keep by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fondaco.workflows.demo_files.writers import Cell, Layout, Row

#: One row in so many is broken, and at least one of each file.
ONE_IN = 60


def damage(rows: Sequence[Row], layout: Layout, rng: np.random.Generator) -> list[Row]:
    """Break a few rows, each of which then says nothing: it belongs in quarantine.

    The ways take turns: a date that is none, a quantity in words, a row cut in half, a row with a
    column too many (a product name that held the delimiter).  Layouts that only machines write, whose
    `broken` is empty, are left as they are.
    """
    if layout.broken is None or not rows:
        return list(rows)
    no_date, words = layout.broken
    fields = list(layout.header)
    hit = rng.choice(len(rows), size=min(1 + len(rows) // ONE_IN, len(rows)), replace=False)
    turn = int(rng.integers(4))
    broken = list(rows)
    for n, place in enumerate(hit):
        cells = list(rows[place][0])
        match (n + turn) % 4:
            case 0:
                cells[fields.index("day")] = no_date
            case 1:
                cells[fields.index("quantity")] = words
            case 2:
                cells = cells[: len(cells) // 2]
            case _:
                cells = _split(cells, fields.index("product"))
        broken[place] = (cells, None)
    return broken


def _split(cells: list[Cell], place: int) -> list[Cell]:
    head, _, tail = str(cells[place]).partition(" ")
    return [*cells[:place], head, tail, *cells[place + 1 :]]
