"""What members of a network share and do together, as rows; a module for each page that keeps some.

Change them through the actions beside them, which lock, check, save and write the audit line.
"""

from __future__ import annotations

from fondaco.web.network.knowledge.board_models import Answer, Digest, KnowledgeItem, Question, Word
from fondaco.web.network.knowledge.choice_models import Candidate, CandidateScore, GoodsChoice
from fondaco.web.network.knowledge.firm_models import Departure, Presence, ShownToNetwork, Trait
from fondaco.web.network.knowledge.pool_models import Pool, PooledShipment, Rates
from fondaco.web.network.knowledge.programme_models import (
    Attendance,
    Check,
    KitLine,
    Participation,
    Programme,
    Session,
    Step,
)

__all__ = [
    "Answer",
    "Attendance",
    "Candidate",
    "CandidateScore",
    "Check",
    "Departure",
    "Digest",
    "GoodsChoice",
    "KitLine",
    "KnowledgeItem",
    "Participation",
    "Pool",
    "PooledShipment",
    "Presence",
    "Programme",
    "Question",
    "Rates",
    "Session",
    "ShownToNetwork",
    "Step",
    "Trait",
    "Word",
]
