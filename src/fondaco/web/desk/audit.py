"""Writing the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fondaco.web.desk.models import AuditLine

if TYPE_CHECKING:
    from fondaco.web.accounts.models import Firm, Network, User


def record(
    what: str,
    *,
    by: User | None,
    now: datetime,
    firm: Firm | None = None,
    network: Network | None = None,
    **data: Any,
) -> AuditLine:
    """Add a line: `by` did `what` at `now`; ``by=None`` stands for the machine itself."""
    return AuditLine.objects.create(
        at=now, user=by, who=by.email if by else "fondaco", what=what, firm=firm, network=network, data=data
    )
