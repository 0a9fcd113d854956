"""Who a buyer really is: one person or firm under several names, marks, scripts and addresses."""

from fondaco.relationships.identity.beside import known_by, pairs_beside
from fondaco.relationships.identity.fields import BUYER, Field, Plan
from fondaco.relationships.identity.merging import Buyer, Decision, Event, buyers, timeline
from fondaco.relationships.identity.resolving import Candidate, Factor, Resolution, resolve
from fondaco.relationships.identity.rulings import Records, Ruling, standing

__all__ = [
    "BUYER",
    "Buyer",
    "Candidate",
    "Decision",
    "Event",
    "Factor",
    "Field",
    "Plan",
    "Records",
    "Resolution",
    "Ruling",
    "buyers",
    "known_by",
    "pairs_beside",
    "resolve",
    "standing",
    "timeline",
]
