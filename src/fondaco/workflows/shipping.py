"""Shipments from a file of any table format, and rates from TOML, to collective delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fondaco.ledger import read_plain
from fondaco.network.delivery import Delivery, deliver, rates_of, shipments_of

Progress = Callable[[str, float], None]


def ship(
    file: Path,
    rates: str,
    where: str,
    *,
    seconds: float = 20,
    seed: int = 1,
    progress: Progress = lambda *_: None,
) -> Delivery:
    """Group the shipments of a file under rates.

    Parameters
    ----------
    file
        CSV or another table, with the columns of `fondaco.network.delivery.shipments.COLUMNS`.
    rates, where
        The text of the rates, and its file's name.
    seconds, seed
        See `fondaco.network.delivery.deliver`.

    Raises
    ------
    InputError
        Naming file, row and column; rows that cannot be used are told in the result instead, where others can.
    """
    known = rates_of(rates, where)
    table = read_plain(file)[0]
    names = [name.strip().casefold() for name in table.columns]
    cells = [column.to_list() for column in table.cells]
    rows = (
        (number, {name: cells[at][place] for at, name in enumerate(names)})
        for place, number in enumerate(table.rows)
    )
    shipments, problems = shipments_of(names, rows, table.name)
    found = deliver(shipments, known, seconds=seconds, seed=seed, progress=progress)
    return replace(found, left_out=(*problems, *found.left_out))
