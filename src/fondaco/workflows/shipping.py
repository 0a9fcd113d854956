"""Shipments from a file of any table format, and rates from TOML, to collective delivery.

What a network's members pooled is kept in the workspace as ``networks/<slug>/shipments.csv`` and ``rates.toml``; the
web writes both after each change.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from fondaco.kernel import Progress, silent
from fondaco.kernel.errors import InputError, UnknownName
from fondaco.kernel.exports import SafeWriter
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Workspace, read_plain
from fondaco.network.delivery import Delivery, Shipment, deliver, rates_of, shipments_of
from fondaco.network.delivery.shipments import COLUMNS
from fondaco.workflows.knowledge import network_folder


def ship(
    file: Path,
    rates: str,
    where: str,
    *,
    seconds: float = 20,
    seed: int = 1,
    progress: Progress = silent,
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
    if not table.rows:
        raise InputError(
            f"{table.name} has names of columns and no shipments: check that it is the right file."
        )
    if problems and not shipments:
        more = f" {len(problems) - 1} more rows cannot be used either." if len(problems) > 1 else ""
        raise InputError(f"There is nothing to send. {problems[0].reason} {problems[0].cure}{more}")
    found = deliver(shipments, known, seconds=seconds, seed=seed, progress=progress)
    return replace(found, left_out=(*problems, *found.left_out))


def pool_of(workspace: Workspace, network: str) -> tuple[Path, Path]:
    """Return where a network's pooled shipments and its rates are.

    Raises
    ------
    UnknownName
        Where the network has none of them.
    """
    folder = network_folder(workspace, network)
    held = folder / "shipments.csv", folder / "rates.toml"
    if missing := [file.name for file in held if not file.is_file()]:
        raise UnknownName(
            f"The network {network!r} has no {' and no '.join(missing)} in {workspace.home}: they are kept there "
            "once members pooled shipments, and a supporter stated rates, on its page Shipping together."
        )
    return held


def keep_pool(workspace: Workspace, network: str, shipments: Iterable[Shipment], rates: str) -> None:
    """Write what a network's members pooled, and its rates, to their files."""
    out = io.StringIO()
    writer = SafeWriter(out)
    writer.writerow(COLUMNS)
    for each in shipments:
        writer.writerow(
            [each.member, each.shipment, each.destination, each.ready_from.isoformat(), each.ready_to.isoformat(),
             f"{each.weight_kg:f}", f"{each.volume_m3:f}", each.class_]
        )  # fmt: skip
    folder = network_folder(workspace, network)
    write_atomically(folder / "shipments.csv", out.getvalue())
    if rates:
        write_atomically(folder / "rates.toml", rates)
