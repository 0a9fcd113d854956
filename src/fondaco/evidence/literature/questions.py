"""The questions that the review leaves open, with the data that would answer each.

>>> len(open_questions()), open_questions("outcomes")[0].id
(36, 'OU1')
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fondaco.kernel import InputError

_FILE = Path(__file__).parent / "data" / "questions.toml"


@dataclass(frozen=True)
class OpenQuestion:
    """A question: its `area` and `part` of the review, what it `asks`, the `data` that would answer it, what to keep."""

    id: str
    area: str
    part: str
    asks: str
    data: tuple[str, ...]
    record: str

    def to_json(self) -> dict[str, Any]:
        """Return the question as JSON values."""
        return {**asdict(self), "data": list(self.data)}


@cache
def _questions() -> tuple[OpenQuestion, ...]:
    held = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(OpenQuestion(id_, **{**said, "data": tuple(said["data"])}) for id_, said in held.items())


def open_questions(area: str = "") -> tuple[OpenQuestion, ...]:
    """Return the open questions, of one area or all; raises `InputError` where there is no such area."""
    areas = tuple(dict.fromkeys(each.area for each in _questions()))
    if area and area.casefold() not in areas:
        raise InputError(f"--area {area!r} is none of {', '.join(areas)}.")
    return tuple(each for each in _questions() if not area or each.area == area.casefold())
