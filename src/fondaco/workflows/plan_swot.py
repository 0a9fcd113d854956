"""The SWOT that stands beside the plan, kept until anything it rests on changes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from fondaco.ledger import Workspace
from fondaco.workflows.conclusions import remembering
from fondaco.workflows.plan import inputs_of


def plan_swot_of(workspace: Workspace, firm: str, today: date) -> Any:
    """Return `fondaco.workflows.swot.swot_of`; None where this installation has none."""
    try:
        found = importlib.import_module("fondaco.workflows.swot")
    except ModuleNotFoundError:
        return None
    key = (str(workspace.home), "swot", firm, today.isoformat(), inputs_of(workspace, firm))
    return remembering(key, lambda: found.swot_of(workspace, firm, today))


def quadrants_of(workspace: Workspace, firm: str, today: date) -> Mapping[str, list[str]]:
    """Return by quadrant what stands in it, in sentences; empty where there is no SWOT."""
    told = plan_swot_of(workspace, firm, today)
    return {} if told is None else {name: [cell.says for cell in cells] for name, cells in told.quadrants}
