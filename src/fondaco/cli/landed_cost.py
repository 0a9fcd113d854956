"""The bare calculator of landed cost: everything stated in a file, nothing looked up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.files import read_text
from fondaco.cli.output import emit, table
from fondaco.kernel import InputError

if TYPE_CHECKING:
    from fondaco.strategy.price import LandedCost


@app.command("landed-cost")
def landed_cost(
    file: Path = typer.Argument(..., metavar="FILE", help="A customs entry in TOML; see rules/landed-cost."),
    as_json: bool = JsonFlag,
) -> None:
    """Work out customs value, duty, excise, tax and landed cost from a file that states everything."""
    from fondaco.strategy import price

    text = read_text(file, "a customs entry")
    try:
        found = price.landed_cost(price.read_entry(text))
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    emit(found.to_json(), as_json, lambda: _show(found))


def _show(found: LandedCost) -> None:
    from fondaco.strategy.price.landed_cost import plain

    rows = [
        [
            step.name,
            plain(step.base, step.unit),
            step.unit,
            "" if step.rate is None else plain(step.rate, ""),
            plain(step.amount, found.currency),
            step.says,
        ]
        for step in found.steps
    ]
    table(
        f"Landed cost in {found.currency}", ["step", "base", "", "rate", "amount", ""], rows, right=(1, 3, 4)
    )
    total, landed = plain(found.total, found.currency), plain(found.landed_cost, found.currency)
    print(f"To pay at the border {total} {found.currency}; landed cost {landed} {found.currency}.")
    for note in found.notes:
        print(f"- {note}")
