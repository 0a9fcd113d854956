"""Bring sanctions lists in, and ask them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from fondaco.desk.sanctions import Screen, Screened
from fondaco.kernel import Damaged
from fondaco.ledger import Workspace
from fondaco.reference.names import Kind
from fondaco.reference.sanctions import SanctionsList, keep, kept, read_lists
from fondaco.reference.sanctions.store import Kept


def folder_of(workspace: Workspace) -> Path:
    """Return where a workspace keeps its lists."""
    return workspace.home / "sanctions"


def add_lists(workspace: Workspace, files: Sequence[Path], now: datetime) -> tuple[SanctionsList, ...]:
    """Read lists and keep them, each in the place of the authority's earlier one."""
    try:
        earlier = {each.list.authority: each for each in lists_of(workspace)}
    except Damaged:  # what is brought in now takes its place
        earlier = {}
    found = tuple(_beside(each, earlier.get(each.authority)) for each in read_lists(files))
    workspace.prepare()
    for each in found:
        keep(folder_of(workspace), each, now)
    return found


def _beside(held: SanctionsList, earlier: Kept | None) -> SanctionsList:
    """Say of a list that takes another's place what is odd about that: far fewer are on it, or it is older."""
    odd = []
    if earlier is not None and 2 * len(held.entries) < len(earlier.list.entries):
        odd.append(
            f"{held.authority}: {len(held.entries):,} entries take the place of {len(earlier.list.entries):,}. If this is a part "
            "of the list, bring all its parts in with one command."
        )
    if earlier is not None and held.published is not None and held.published < earlier.as_of:
        odd.append(
            f"{held.authority}: the list of {held.published} takes the place of the newer one of {earlier.as_of}. Bring the newer one in again."
        )
    return replace(held, problems=(*held.problems, *odd))


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
