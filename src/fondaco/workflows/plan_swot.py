"""The SWOT that stands beside the plan, kept until anything it rests on changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fondaco.ledger import Workspace
from fondaco.strategy.plan.swot import Swot
from fondaco.workflows.conclusions import remembering
from fondaco.workflows.plan import inputs_of
from fondaco.workflows.swot import swot_of


def plan_swot_of(workspace: Workspace, firm: str, today: date) -> Swot:
    """Return a firm's strengths, weaknesses, opportunities and threats in the first markets of its plan."""
    key = (str(workspace.home), "swot", firm, today.isoformat(), inputs_of(workspace, firm))
    return remembering(key, lambda: swot_of(workspace, firm, today))


def quadrants_of(workspace: Workspace, firm: str, today: date) -> Mapping[str, Sequence[str]]:
    """Return by quadrant what stands in it, in sentences with their numbers and sources."""
    return plan_swot_of(workspace, firm, today).sentences()
