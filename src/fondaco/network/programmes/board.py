"""What a programme gave and what participants reached, by stage of their way abroad."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Stage = Literal["prepare", "listed", "inquiry", "order", "repeat"]
STAGES: tuple[Stage, ...] = ("prepare", "listed", "inquiry", "order", "repeat")


@dataclass(frozen=True)
class Row:
    """One thing that was noted of a participant: support given (with its hours) or a result, and who did it."""

    participant: str
    sort: Literal["support", "result"]
    stage: Stage
    how: Literal["for", "with", "alone"]
    hours: Decimal = Decimal(0)


@dataclass(frozen=True)
class Way:
    """A stage: participants supported there and hours, participants that reached it, and those that did so alone."""

    stage: Stage
    supported: int
    hours: Decimal
    reached: int
    alone: int


def ways(rows: Iterable[Row]) -> tuple[Way, ...]:
    """Return support and results by stage; participants are counted, not entries.

    A result says that something was reached while the programme ran, not that the programme is why.

    Examples
    --------
    >>> found = ways([Row("tea", "support", "listed", "with", Decimal(3)), Row("tea", "result", "listed", "alone")])
    >>> found[1].supported, found[1].hours, found[1].reached, found[1].alone
    (1, Decimal('3'), 1, 1)
    """
    held = list(rows)
    return tuple(
        Way(
            stage,
            len({row.participant for row in held if row.stage == stage and row.sort == "support"}),
            sum((row.hours for row in held if row.stage == stage and row.sort == "support"), Decimal(0)),
            len({row.participant for row in held if row.stage == stage and row.sort == "result"}),
            len({row.participant for row in held if row.stage == stage and row.sort == "result" and row.how == "alone"}),
        )
        for stage in STAGES
    )  # fmt: skip
