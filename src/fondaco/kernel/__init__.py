"""Plain values that every room speaks of. Standard library only."""

from fondaco.kernel.errors import (
    Damaged,
    FondacoError,
    InputError,
    NeedsAnswer,
    NoRoom,
    Question,
    Refused,
    UnknownName,
    UnreadableFile,
)
from fondaco.kernel.problems import Problem

__all__ = [
    "Damaged",
    "FondacoError",
    "InputError",
    "NeedsAnswer",
    "NoRoom",
    "Problem",
    "Question",
    "Refused",
    "UnknownName",
    "UnreadableFile",
]
