"""The bare calculator of collective delivery: who ships with whom, and who pays what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.files import read_text
from fondaco.cli.output import LOOK, emit, leave, progress_bar, say, table

if TYPE_CHECKING:
    from fondaco.network.delivery import Delivery


@app.command()
def ship(
    file: Path = typer.Argument(..., metavar="SHIPMENTS", help="A table of members' shipments."),
    rates: Path = typer.Option(..., "--rates", help="What ways of sending cost, in TOML."),
    seconds: float = typer.Option(20, "--seconds", min=0, max=3600, help="How long to search at most."),
    seed: int = typer.Option(1, "--seed", help="For the orders drawn where a group has many members."),
    as_json: bool = JsonFlag,
) -> None:
    """Group members' shipments at least cost, and split the cost so that nobody pays more than alone."""
    from fondaco.workflows.shipping import ship as shipped

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
