"""What a check says of a case: green, amber or red, with its reason and its source.

No check blocks, and none is silent: what is not known is amber.  `worst` is what a list of cases shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["green", "amber", "red"]
_ORDER: tuple[Level, ...] = ("green", "amber", "red")


@dataclass(frozen=True)
class Check:
    """What one check says.

    Attributes
    ----------
    check
        Its name, such as ``sanctions``.
    level
        ``green``: looked at, nothing found; ``amber``: look, or not known; ``red``: do not go on without looking.
    reason
        In a sentence.
    source
        Who says so: a list with its day, a rule, a study.
    """

    check: str
    level: Level
    reason: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as JSON values."""
        return {"check": self.check, "level": self.level, "reason": self.reason, "source": self.source}


def unknown(check: str, what: str, source: str = "") -> Check:
    """Return a check that cannot say: amber.

    Examples
    --------
    >>> unknown("legality", "The product has no HS code.").level
    'amber'
    """
    return Check(check, "amber", what, source)


def worst(checks: Iterable[Check]) -> Level:
    """Return the worst level; amber where nothing was checked.

    Examples
    --------
    >>> worst([Check("a", "green", "", ""), unknown("b", "Not known.")]), worst([])
    ('amber', 'amber')
    """
    return max((each.level for each in checks), key=_ORDER.index, default="amber")


def carefully(check: str, ask: Callable[[], Check]) -> Check:
    """Run a check that may not be able to answer: one that fails is amber and says so, and stops no other.

    Examples
    --------
    >>> def broken() -> Check:
    ...     raise ValueError("no such list")
    >>> carefully("sanctions", broken).reason
    'The check could not be made (no such list).'
    """
    try:
        return ask()
    except Exception as error:  # noqa: BLE001  whatever goes wrong in one check, the others are shown
        return unknown(check, f"The check could not be made ({error}).")
