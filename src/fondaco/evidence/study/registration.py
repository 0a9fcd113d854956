"""Was the model fixed before the data were seen? A study is frozen: numbered, fingerprinted and dated.

A version that comes after answers were opened is exploratory, whatever it changes, and says so wherever its result
is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fondaco.evidence.study.definition import Study


@dataclass(frozen=True)
class Registration:
    """A frozen version of a study.

    Attributes
    ----------
    number, at
        Which version, and when it was frozen.
    fingerprint
        SHA-256 of the definition (`Study.fingerprint`).
    exploratory
        Whether answers had been opened before.
    """

    number: int
    at: datetime
    fingerprint: str
    exploratory: bool

    @property
    def says(self) -> str:
        """What it is, in a sentence."""
        head = f"Version {self.number}, frozen on {self.at.date().isoformat()} (SHA-256 {self.fingerprint[:16]}…)"
        if self.exploratory:
            return f"{head} after answers had been opened: what it finds is exploratory, not a test."
        return f"{head} before any answer was opened."

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "fingerprint": self.fingerprint,
            "exploratory": self.exploratory,
            "says": self.says,
        }


def register(study: Study, *, number: int, now: datetime, opened: datetime | None = None) -> Registration:
    """Freeze a study at `now`; `opened` is when answers to it were first opened, None for never."""
    return Registration(number, now, study.fingerprint, opened is not None)
