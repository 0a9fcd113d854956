"""The group of commands on networks."""

from __future__ import annotations

import typer

from fondaco.cli.app import app

network = typer.Typer(
    no_args_is_help=True, help="What members of a network share, and what they do together."
)
app.add_typer(network, name="network")
