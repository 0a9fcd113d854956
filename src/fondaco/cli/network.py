"""The commands about networks of firms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag, app
from fondaco.cli.importing import FirmOption, NowOption
from fondaco.cli.output import emit, moment, table
from fondaco.ledger import Workspace
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.workflows.benchmarks import Beside

network_app = typer.Typer(
    name="network", help="What members of a network share and show each other.", no_args_is_help=True
)
app.add_typer(network_app)


@network_app.command()
def benchmark(
    network: str = typer.Option(..., "--network", help="The network's short name, as in networks/NAME.toml."),
    firm: str = FirmOption,
    indicator: list[str] = typer.Option([], "--indicator", help="Only these; may be given several times."),
    group: str = typer.Option("", "--group", help="home=ITA, size=10-49, or both with a comma."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show a firm's figures beside those of its network, as far as these may be shown."""
    from fondaco.network.disclosure import Indicator, group_of
    from fondaco.network.disclosure import indicator as named
    from fondaco.workflows.benchmarks import compare
    from fondaco.workflows.networks import read_network

    wanted = [named(name) for name in dict.fromkeys(indicator)] or list(Indicator)
    asked = group_of(group)
    workspace = Workspace(home_folder())
    found = compare(workspace, read_network(workspace, network), firm, wanted, asked, moment(now).date())
    data = {"network": network, "firm": firm, "cells": [each.to_json() for each in found]}
    emit(data, as_json, lambda: _show(found))


def _show(found: list[Beside]) -> None:
    from fondaco.network.disclosure import SCALES, Cell

    rows = []
    for each in found:
        scale, shown = SCALES[each.shown.indicator], each.shown
        own = each.why if each.own is None else f"{each.own.value:g}"[:8]
        if isinstance(shown, Cell):
            noise = f", with noise (epsilon {shown.epsilon:g})" if shown.epsilon else ""
            others = f"{shown.low:g} to {shown.high:g} ({shown.n} or more members{noise})"
        else:
            others = f"withheld: {shown.why}"
        rows.append([scale.label, scale.unit, own, others])
    table("", ["", "unit", "your own", "mean of the network"], rows)
