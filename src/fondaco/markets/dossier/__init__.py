"""The dossier of a market: what is known of its customers, competitors, conditions and regulations.

`page` puts the four parts together; each part is a module of its own, `knowledge` measures how complete
it is, `evidence` what it rests on and what is at stake.
"""

from fondaco.markets.dossier.page import Dossier, Offer, blind_spots_over, market_dossier

__all__ = ["Dossier", "Offer", "blind_spots_over", "market_dossier"]
