"""A workspace's tariffs: what is known of what markets charge, and adding to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fondaco.ledger import Workspace
from fondaco.reference.tariffs import Added, TariffBook, add


def tariffs_of(workspace: Workspace) -> TariffBook:
    """Return all tariff rows and market rules: shipped and, before them, the workspace's own."""
    return TariffBook(workspace.home / "tariffs")


def add_tariffs(workspace: Workspace, path: Path, today: date, *, valid_from: date | None = None) -> Added:
    """Check a file of tariffs and keep its good rows; raises `InputError` where there are none."""
    workspace.prepare()
    return add(workspace.home / "tariffs", path, today, valid_from=valid_from)
