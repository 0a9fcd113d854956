"""What one person of a firm answered on one day, as a value and as a line of JSON.

>>> said = Answers("web-1", "mine", "Anna", "sales", datetime(2026, 3, 1, 9, 0, tzinfo=UTC), {"RO1": 5.0})
>>> answers_of_line(line_of(said)) == said
True
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

from fondaco.kernel import Damaged, InputError
from fondaco.readiness.questionnaire import NEWEST, Questionnaire, questionnaire

#: Where in the firm somebody works; empty where they did not say.
Department = Literal[
    "", "management", "sales", "marketing", "production", "logistics", "administration", "other"
]
DEPARTMENTS: tuple[Department, ...] = get_args(Department)


@dataclass(frozen=True)
class Answers:
    """One person's answers.

    Attributes
    ----------
    id
        Names these answers for good: brought in again, they replace themselves.
    informant
        How the person is called among the firm's; the same word each time the same person answers.
    at
        When, with a time zone.
    values
        By key (``RO1``, ``KH1@DEU``): 1 to 7, or a number.  What was left open is not in it.
    asked
        Keys that were put; those of `values` where that is not known.
    source
        How they came: ``web``, ``link``, ``limesurvey``, ``google``, ``kobo``.
    """

    id: str
    firm: str
    informant: str
    department: Department
    at: datetime
    values: Mapping[str, float]
    asked: tuple[str, ...] = ()
    language: str = "en"
    source: str = "web"
    questionnaire: str = NEWEST

    @property
    def day(self) -> date:
        """The day, in the time zone in which it was given."""
        return self.at.date()

    @property
    def put(self) -> tuple[str, ...]:
        """The keys that were asked."""
        return self.asked or tuple(self.values)


def checked(key: str, value: float, held: Questionnaire) -> float:
    """Return a value that may stand under a key.

    Raises
    ------
    UnknownName
        Where there is no such question.
    InputError
        Where it is no number, or none that the question takes.

    Examples
    --------
    >>> checked("RO1", 7, questionnaire())
    7.0
    """
    item = held.item(key)
    if not held.is_key(key):
        raise InputError(
            f"{key!r} names no market, or one that is none: questions of a market are written KH1@DEU."
        )
    number = float(value)
    if not math.isfinite(number) or not item.least <= number <= item.most:
        raise InputError(f"{value!r} is no answer to {key}: it takes {item.least:g} to {item.most:g}.")
    if item.kind == "scale" and number != round(number):
        raise InputError(f"{value!r} is no answer to {key}: it takes whole numbers.")
    return number


def line_of(said: Answers) -> str:
    """Return answers as one line of JSON."""
    values = {key: float(value) for key, value in said.values.items()}
    told = {**vars(said), "at": said.at.isoformat(), "values": values, "asked": list(said.asked)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def answers_of_line(line: str, where: str = "the answers") -> Answers:
    """Return the answers of a line.

    Raises
    ------
    Damaged
        Where it is not as we wrote it.
    """
    try:
        told: dict[str, Any] = json.loads(line)
        held = questionnaire(told["questionnaire"])
        values = {key: checked(key, value, held) for key, value in told.pop("values").items()}
        at = datetime.fromisoformat(told.pop("at"))
        department = told.pop("department")
        if department not in DEPARTMENTS:
            raise ValueError(department)
        return Answers(
            **told | {"asked": tuple(told["asked"])},
            values=values, department=department, at=at if at.tzinfo else at.replace(tzinfo=UTC),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError, InputError) as error:
        raise Damaged(f"{where} is not as Fondaco wrote it ({error}): restore it from a backup.") from None
