"""What the literature says: the studies, what they found, asked in the domain's words.

>>> answer = ask(shipped(), "-> export performance")
>>> answer.to_json()["agreement"]["samples"]
6
"""

from fondaco.evidence.literature.advice import behind, on_record, traced
from fondaco.evidence.literature.asking import Answer, Filters, ask
from fondaco.evidence.literature.base import SOURCE, Base, Finding, Study, Variable, extended, parse, shipped
from fondaco.evidence.literature.conditions import Size, period_of, sizes_of
from fondaco.evidence.literature.counting import counts
from fondaco.evidence.literature.framework import framework
from fondaco.evidence.literature.questions import OpenQuestion, open_questions
from fondaco.evidence.literature.strength import Reader

__all__ = [
    "SOURCE",
    "Answer",
    "Base",
    "Filters",
    "Finding",
    "OpenQuestion",
    "Reader",
    "Size",
    "Study",
    "Variable",
    "ask",
    "behind",
    "counts",
    "extended",
    "framework",
    "on_record",
    "open_questions",
    "parse",
    "period_of",
    "shipped",
    "sizes_of",
    "traced",
]
