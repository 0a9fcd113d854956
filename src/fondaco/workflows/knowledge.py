"""A network's shared knowledge from its file in the workspace: what is held, what is missing, who knows.

The web writes ``networks/<slug>/knowledge.jsonl`` after each change of a board, so that the command line, which knows
no Django, answers from the same items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError
from fondaco.kernel.errors import UnknownName
from fondaco.kernel.problems import Problem
from fondaco.kernel.writing import write_atomically
from fondaco.ledger import Workspace
from fondaco.network.knowledge import KINDS, Cell, Item, contributions, gaps, items_of, judged, text_of
from fondaco.network.knowledge.items import RULE
from fondaco.workflows.buyers import records_of
from fondaco.workflows.desk_log import told_of

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
#: A board of more than this is none that people wrote.
_LONGEST = 64 << 20


def network_folder(workspace: Workspace, network: str) -> Path:
    """Return the folder of a network's files; raises `UnknownName` for a name that cannot be one."""
    if not _SLUG.fullmatch(network):
        raise UnknownName(
            f"{network!r} is no short name of a network: it has small letters, digits and dashes."
        )
    return workspace.home / "networks" / network


def keep_board(workspace: Workspace, network: str, items: Iterable[Item]) -> None:
    """Write a network's board to its file."""
    write_atomically(network_folder(workspace, network) / "knowledge.jsonl", text_of(items))


def buyer_names(workspace: Workspace, firm: str) -> tuple[str, ...]:
    """Return how a firm's ledger, and the inquiries that no file tells of, name its buyers: marks, names and firms."""
    records = [*records_of(workspace, firm)["id"], *(record for record, _day in told_of(workspace, firm))]
    said = (part for record in records for part in record.split("\t")[1:4])
    return tuple(dict.fromkeys(part for part in said if part))


@dataclass(frozen=True)
class Board:
    """A network's board as its file has it, seen on a day."""

    network: str
    today: date
    items: tuple[Item, ...]
    grid: tuple[Cell, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the board as JSON values."""
        return {
            "network": self.network,
            "items": [_item(item, self.today) for item in self.items],
            "gaps": [{**asdict(cell), "state": cell.state} for cell in self.grid],
            "contributions": contributions(self.items),
            "problems": [vars(problem) for problem in self.problems],
            "basis": {"rule": RULE, "as_of": self.today.isoformat(), "items": len(self.items)},
        }


def _item(item: Item, today: date) -> dict[str, Any]:
    said = judged(item.review_by, item.votes, today)
    days = {"day": item.day.isoformat(), "review_by": item.review_by.isoformat()}
    votes = {"confirm": said.confirm, "dispute": said.dispute, "outdated": said.outdated}
    return {**asdict(item), **days, "votes": votes, "state": said.state, "why": said.why}


def board_of(
    workspace: Workspace, network: str, *, today: date, market: str | None = None, kind: str | None = None
) -> Board:
    """Read a network's board, of one market or kind where they are named.

    Raises
    ------
    UnknownName
        Where the network has no board in this workspace.
    InputError
        For a kind that there is not.
    """
    if kind is not None and kind not in KINDS:
        raise InputError(f"There is no kind {kind!r}: it is one of {', '.join(KINDS)}.")
    file = network_folder(workspace, network) / "knowledge.jsonl"
    if not file.is_file():
        raise UnknownName(
            f"There is no board of a network {network!r} in {workspace.home}: it is kept there once something "
            "was shared on its Knowledge page."
        )
    if file.stat().st_size > _LONGEST:
        raise InputError(f"{file} is larger than 64 MiB, which is no board that people wrote.")
    held, problems = items_of(file.read_text(encoding="utf-8", errors="replace"), file.name)
    shown = tuple(item for item in held if market in (None, item.market) and kind in (None, item.kind))
    grid = tuple(cell for cell in gaps(shown, [market] if market else [], today) if kind in (None, cell.kind))
    return Board(network, today, shown, grid, problems)
