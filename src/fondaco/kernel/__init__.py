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
from fondaco.kernel.progress import Progress, silent

__all__ = [
    "Damaged",
    "FondacoError",
    "InputError",
    "NeedsAnswer",
    "NoRoom",
    "Problem",
    "Progress",
    "Question",
    "Refused",
    "UnknownName",
    "UnreadableFile",
    "silent",
]
