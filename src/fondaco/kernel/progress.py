"""How work that takes its time tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

#: Called with a step in words and the share done, from 0 to 1.
Progress = Callable[[str, float], None]


def silent(step: str, share: float) -> None:
    """Report nothing."""
