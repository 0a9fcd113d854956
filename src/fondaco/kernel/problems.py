"""A bad row as a value: what was found, where, and what would cure it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something the reader met that a person should know of.

    Attributes
    ----------
    kind
        A short stable word: ``country``, ``date``, ``number``, ``repeated_line`` ...
    count
        How many rows it concerns.
    reason
        What was found, in a sentence.
    cure
        What to do about it, in a sentence; empty where nothing needs doing.
    """

    kind: str
    count: int
    reason: str
    cure: str = ""
