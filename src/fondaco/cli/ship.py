"""Collective delivery, of two files or of what a network's members pooled: who ships with whom, and who pays what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.files import read_text
from fondaco.cli.output import LOOK, emit, leave, progress_bar, say, table
from fondaco.kernel import InputError
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.network.delivery import Delivery


@app.command()
def ship(
    file: Path | None = typer.Argument(None, metavar="SHIPMENTS", help="A table of members' shipments."),
    rates: Path | None = typer.Option(None, "--rates", help="What ways of sending cost, in TOML."),
    network: str | None = typer.Option(
        None, "--network", metavar="N", help="Take what this network's members pooled, and its rates."
    ),
    seconds: float = typer.Option(20, "--seconds", min=0, max=3600, help="How long to search at most."),
    seed: int = typer.Option(1, "--seed", help="For the orders drawn where a group has many members."),
    as_json: bool = JsonFlag,
) -> None:
    """Group members' shipments at least cost, and split the cost so that nobody pays more than alone."""
    from fondaco.workflows.shipping import pool_of
    from fondaco.workflows.shipping import ship as shipped

    if network is not None and (file is not None or rates is not None):
        raise InputError("Name either files or a --network, which has files of its own.")
    if network is not None:
        pooled, known = pool_of(Workspace(home_folder()), network)
        file, rates = pooled, known
    if file is None or rates is None:
        raise InputError("Name a table of SHIPMENTS and --rates, or a --network whose members pooled some.")
    text = read_text(rates, "a table of rates", 16 << 20)
    with progress_bar() as progress:
        found = shipped(file, text, rates.name, seconds=seconds, seed=seed, progress=progress)
    emit(found.to_json(), as_json, lambda: _show(found))
    for each in found.left_out:
        say(f"{each.reason} {each.cure}")
    if found.left_out:
        leave(LOOK)


def _show(found: Delivery) -> None:
    rows = [
        [
            each.rate.destination,
            each.rate.kind,
            f"{each.window[0]} to {each.window[1]}",
            f"{each.cost:,.2f}",
            ", ".join(each.shipments),
        ]
        for each in found.groups
    ]
    table("Who ships with whom", ["to", "by", "between", "cost", "shipments"], rows, right=(3,))
    shares = [
        [each.member, f"{each.pays:,.2f}", f"{each.alone:,.2f}", f"{each.saves:,.2f}",
         f"± {each.error:,.2f}" if each.error else ""]
        for each in found.shares
    ]  # fmt: skip
    table("Who pays what", ["member", "pays", "alone", "saves", ""], shares, right=(1, 2, 3, 4))
    print(
        f"Together {found.cost:,.2f}; everyone alone {found.alone:,.2f}; no grouping costs less than "
        f"{found.bound:,.2f} (at most {found.gap:.2%} above the least). Shares: {found.basis['shares']}."
    )
