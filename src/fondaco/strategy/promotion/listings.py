"""How old what the firm shows on its platforms is: since when each of its listings has stood unchanged.

Rule ``promotion/current-catalogue``.  A listing counts as changed when its title or its price is seen to differ; what
else was changed in it no report tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
from ibis import _

from fondaco.markets import sums


@dataclass(frozen=True)
class Age:
    """One of the firm's listings: since when it is seen as it stands, and when it was last seen."""

    platform: str
    listing: str
    title: str
    unchanged_since: date
    last_seen: date

    def days(self, today: date) -> int:
        """Return the days since it was seen to change, or since it was first seen."""
        return (today - self.unchanged_since).days

    def to_json(self, today: date) -> dict[str, Any]:
        """Return the age as JSON values."""
        return {
            "platform": self.platform,
            "listing": self.listing,
            "title": self.title,
            "unchanged_since": self.unchanged_since.isoformat(),
            "last_seen": self.last_seen.isoformat(),
            "days": self.days(today),
        }


def ages_of(listings: ir.Table) -> tuple[Age, ...]:
    """Return the age of the firm's own listings, the oldest first."""
    rows = sums.rows(
        listings.filter(_.own)
        .group_by("platform", "listing", "product", "price")
        .aggregate(first=_.day.min(), last=_.day.max())
    )
    latest: dict[tuple[str, str], sums.Row] = {}
    for row in sorted(rows, key=lambda each: (each["last"], each["first"])):
        latest[row["platform"], row["listing"]] = row
    found = [
        Age(p, code, row["product"] or code, row["first"], row["last"]) for (p, code), row in latest.items()
    ]
    return tuple(sorted(found, key=lambda age: (age.unchanged_since, age.platform, age.listing)))
