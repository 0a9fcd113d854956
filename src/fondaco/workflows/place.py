"""Where the workspace is, for the command line and the web alike; and the place part of the plan.

The part itself is in `fondaco.workflows.delivery`, which is loaded when it is first asked for: every command
looks the workspace up, and few of them need freight tables.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.ledger import Workspace
    from fondaco.strategy.advice import Proposal
    from fondaco.strategy.place import Consignment, Delivery


def home_folder() -> Path:
    """Return the workspace folder: ``FONDACO_HOME``, else ``.fondaco`` in the person's own folder."""
    return Path(os.environ.get("FONDACO_HOME") or Path.home() / ".fondaco").expanduser().absolute()


def delivery_of(
    workspace: Workspace, firm: str, market: str, consignment: Consignment, today: date, *, zone: str = "",
    up_to: int = 0,
) -> Delivery:  # fmt: skip
    """Return the ways to send a consignment to a market (see `fondaco.workflows.delivery`)."""
    from fondaco.workflows import delivery

    return delivery.delivery_of(workspace, firm, market, consignment, today, zone=zone, up_to=up_to)


def propose(workspace: Workspace, firm: str, today: date) -> Proposal:
    """Return the place part of the plan (see `fondaco.workflows.delivery`)."""
    from fondaco.workflows import delivery

    return delivery.propose(workspace, firm, today)
