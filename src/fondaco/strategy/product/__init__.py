"""Product: which goods can stand export, where, after what work, and what several firms could share.

Its rules, with worked tables, are in ``docs/rules/product.md``.
"""

from fondaco.strategy.product.collective import (
    Candidate,
    Entry,
    HeldProof,
    Member,
    QualityCheck,
    Standing,
    candidates,
    guarantee,
    standing,
)
from fondaco.strategy.product.score import Score, scores
from fondaco.strategy.product.screen import (
    Asked,
    Check,
    Goods,
    Landed,
    Proved,
    Rivals,
    Screened,
    Seen,
    carries,
    density,
    fits_from,
    freight_share,
    offer_for,
    screen,
)

__all__ = [
    "Asked",
    "Candidate",
    "Check",
    "Entry",
    "Goods",
    "HeldProof",
    "Landed",
    "Member",
    "Proved",
    "QualityCheck",
    "Rivals",
    "Score",
    "Screened",
    "Seen",
    "Standing",
    "candidates",
    "carries",
    "density",
    "fits_from",
    "freight_share",
    "guarantee",
    "offer_for",
    "scores",
    "screen",
    "standing",
]
