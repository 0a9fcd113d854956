"""The command that says what a network knows, what it does not, and whether it still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fondaco.cli.app import JsonFlag
from fondaco.cli.importing import NowOption
from fondaco.cli.network import network_app
from fondaco.cli.output import LOOK, emit, leave, moment, say, table
from fondaco.kernel.errors import UnknownName
from fondaco.ledger import Workspace
from fondaco.reference import countries
from fondaco.workflows.home import home_folder

if TYPE_CHECKING:
    from fondaco.workflows.knowledge import Board


@network_app.command("knowledge")
def knowledge(
    name: str = typer.Option(..., "--network", metavar="N", help="The network's short name."),
    market: str = typer.Option(None, "--market", metavar="CC", help="A market, in any spelling."),
    kind: str = typer.Option(None, "--kind", metavar="K", help="customer, market or setting."),
    now: str = NowOption,
    as_json: bool = JsonFlag,
) -> None:
    """Show what a network's members shared: whether it still holds, and where knowledge is missing."""
    from fondaco.workflows.knowledge import board_of

    code = None
    if market is not None and (code := countries.resolve(market, codes=True).market) is None:
        raise UnknownName(f"{market!r} is no country that we know; write its name or its code, such as KOR.")
    found = board_of(Workspace(home_folder()), name, today=moment(now).date(), market=code, kind=kind)
    emit(found.to_json(), as_json, lambda: _show(found))
    for problem in found.problems:
        say(f"{problem.reason} {problem.cure}")
    if found.problems:
        leave(LOOK)


def _show(found: Board) -> None:
    told = found.to_json()
    rows = [
        [each["market"], each["kind"], each["state"], "first hand" if each["first_hand"] else "told", each["day"], each["text"]]
        for each in told["items"]
    ]  # fmt: skip
    table("What is shared", ["market", "kind", "state", "how known", "true on", "what"], rows)
    missing = [[cell.market, cell.kind, cell.state] for cell in found.grid if cell.state != "held"]
    table("Where knowledge is missing", ["market", "kind", "known"], missing)
