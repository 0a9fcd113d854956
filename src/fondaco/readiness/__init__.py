"""Is the firm ready? What its people answer, what that says and how surely, and what gaps call for."""

from fondaco.readiness.answers import DEPARTMENTS, Answers, Department
from fondaco.readiness.checks import Check, Figure, Figures, checks_of
from fondaco.readiness.columns import SOURCES, Source
from fondaco.readiness.gaps import Gap, Limits, gaps_of, unknown_of
from fondaco.readiness.questionnaire import NEWEST, Construct, Item, Questionnaire, keyed, questionnaire
from fondaco.readiness.reading import Read, read_answers
from fondaco.readiness.scoring import (
    LEVEL,
    Assessment,
    Change,
    Score,
    assess,
    change_of,
    over_time,
    reliabilities,
)

__all__ = [
    "DEPARTMENTS",
    "LEVEL",
    "NEWEST",
    "SOURCES",
    "Answers",
    "Assessment",
    "Change",
    "Check",
    "Construct",
    "Department",
    "Figure",
    "Figures",
    "Gap",
    "Item",
    "Limits",
    "Questionnaire",
    "Read",
    "Score",
    "Source",
    "assess",
    "change_of",
    "checks_of",
    "gaps_of",
    "keyed",
    "over_time",
    "questionnaire",
    "read_answers",
    "reliabilities",
    "unknown_of",
]
