"""A programme's participants as a study: without names, and so that nobody is one of fewer than five alike.

The rule is k-anonymity (Sweeney 2002, doi 10.1142/S0218488502001648) with k = 5 over all columns: each combination of
values that is released belongs to five participants or more.  Columns that stand in the way are withheld whole, the
one with the most values first, so that what is withheld tells nothing of a single participant.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fondaco.kernel import Refused

LEAST = 5
COLUMNS = ("cohort", "sessions", "support_hours", "furthest_stage", "alone")
WITHHELD = "withheld"

#: Each column with what it means, for the codebook.
CODEBOOK = (
    ("participant", "a name drawn by lot for this file alone; two files cannot be joined by it"),
    ("cohort", "the cohort's name; empty for none"),
    ("sessions", "training sessions attended: 0, 1-2, 3-5, 6+"),
    ("support_hours", "hours of support noted: 0, 1-5, 6-20, 21+"),
    ("furthest_stage", "the furthest stage with a result: none, prepare, listed, inquiry, order, repeat"),
    ("alone", "whether any result was reached by the firm alone: yes, no"),
)


@dataclass(frozen=True)
class Record:
    """What is known of one participant, in bands."""

    cohort: str
    sessions: str
    support_hours: str
    furthest_stage: str
    alone: str

    @classmethod
    def of(cls, cohort: str, sessions: int, hours: Decimal, stage: str, *, alone: bool) -> Record:
        """Return the record with its numbers in bands.

        >>> Record.of("2026", 2, Decimal("5.5"), "order", alone=True)
        Record(cohort='2026', sessions='1-2', support_hours='6-20', furthest_stage='order', alone='yes')
        """
        attended = "0" if not sessions else "1-2" if sessions < 3 else "3-5" if sessions < 6 else "6+"
        given = "0" if not hours else "1-5" if hours <= 5 else "6-20" if hours <= 20 else "21+"
        return cls(cohort, attended, given, stage or "none", "yes" if alone else "no")


@dataclass(frozen=True)
class Release:
    """What is released: a row for each participant in an order drawn by lot, and the columns that were withheld."""

    rows: tuple[tuple[str, Record], ...]
    withheld: tuple[str, ...]


def release(records: Iterable[Record], *, seed: int) -> Release:
    """Return participants as a study.

    Parameters
    ----------
    records
        One for each participant.
    seed
        For the order and the names; drawn afresh for each file, so that files cannot be joined.

    Raises
    ------
    Refused
        Where there are fewer than five participants.
    """
    held = list(records)
    if len(held) < LEAST:
        raise Refused(f"There are {len(held)} participants: a release without names needs five or more.")
    withheld: list[str] = []
    while min(Counter(held).values()) < LEAST:
        column = max((name for name in COLUMNS if name not in withheld), key=lambda name: _values(held, name))
        withheld.append(column)
        held = [replace(record, **{column: WITHHELD}) for record in held]
    random.Random(seed).shuffle(held)  # noqa: S311  # an order, not a secret: the seed is not kept
    digits = len(str(len(held)))
    rows = tuple((f"P{number:0{digits}}", record) for number, record in enumerate(held, start=1))
    return Release(rows, tuple(name for name in COLUMNS if name in withheld))


def _values(records: Sequence[Record], name: str) -> int:
    return len({getattr(record, name) for record in records})
