"""Bring sanctions lists in, and ask them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from fondaco.desk.sanctions import Screen, Screened
from fondaco.ledger import Workspace
from fondaco.reference.names import Kind
from fondaco.reference.sanctions import SanctionsList, keep, kept, read_lists
from fondaco.reference.sanctions.store import Kept


def folder_of(workspace: Workspace) -> Path:
    """Return where a workspace keeps its lists."""
    return workspace.home / "sanctions"


def add_lists(workspace: Workspace, files: Sequence[Path], now: datetime) -> tuple[SanctionsList, ...]:
    """Read lists and keep them, each in the place of the authority's earlier one."""
    found = read_lists(files)
    workspace.prepare()
    for each in found:
        keep(folder_of(workspace), each, now)
    return found


def lists_of(workspace: Workspace) -> tuple[Kept, ...]:
    """Return the lists that a workspace has."""
    return kept(folder_of(workspace))


def screen_of(workspace: Workspace) -> Screen:
    """Return a workspace's lists, ready to be asked."""
    return Screen(lists_of(workspace))


def check_name(
    workspace: Workspace, name: str, today: date, *, country: str | None = None, kind: Kind | None = None
) -> Screened:
    """Return who on the workspace's lists has a name like this one."""
    return screen_of(workspace).check(name, today, country=country, kind=kind)
