"""A line of the permission table, and what each role usually gets.

Each app's addresses are a module of `tests.web.rows`: its ``ROWS``, and ``prepare(town)`` where they need something to
point at, which returns values that its rows find in ``made.more`` under the module's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = ("anonymous", "outsider", "viewer", "member", "owner", "supporter")
#: Of an anonymous visitor: sent to sign in.
IN = "in"


@dataclass(frozen=True)
class Row:
    """What each role gets at one address, in the order of `ROLES`."""

    name: str
    expected: tuple[int | str, ...]
    names: Callable[[Any], dict[str, object]] = lambda _: {}
    post: dict[str, object] | None = None
    note: str = field(default="", compare=False)


READ = (IN, 404, 200, 200, 200, 404)
WRITE = (IN, 404, 403, 200, 200, 404)
OWN = (IN, 404, 403, 403, 200, 404)
#: With the firm's consent, which the table's tests give.
SHARED = (IN, 404, 200, 200, 200, 200)
SIGNED_IN = (IN, 200, 200, 200, 200, 200)


def of_firm(made: Any) -> dict[str, object]:
    return {"slug": made.town.anchor.slug}


def of_network(made: Any) -> dict[str, object]:
    return {"slug": made.town.network.slug}
