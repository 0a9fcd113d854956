"""Foreign-market knowledge: which markets bring what, what is known of each, and what is not."""

from fondaco.markets.dossier import Dossier, Offer, blind_spots_over, market_dossier
from fondaco.markets.dossier.competitors import Competitor, Competitors, Position, competitors_of
from fondaco.markets.dossier.conditions import Conditions, Demand, Exchange, conditions_of
from fondaco.markets.dossier.customers import Buyer, Customers, Product, customers_of
from fondaco.markets.dossier.evidence import Held, held_of
from fondaco.markets.dossier.knowledge import PARTS, BlindSpot, Completeness, Evidence, Note, Stake, Statement
from fondaco.markets.dossier.search_terms import Term
from fondaco.markets.months import ByMonth, MarketMonth, Seen, SeveralMonths, by_month
from fondaco.markets.scorecard import Basis, MarketRow, MonthFigures, Scorecard, Totals
from fondaco.markets.scoring import scorecard
from fondaco.markets.signals import Signal, Signals, Unmet

__all__ = [
    "PARTS",
    "Basis",
    "BlindSpot",
    "Buyer",
    "ByMonth",
    "Competitor",
    "Competitors",
    "Completeness",
    "Conditions",
    "Customers",
    "Demand",
    "Dossier",
    "Evidence",
    "Exchange",
    "Held",
    "MarketMonth",
    "MarketRow",
    "MonthFigures",
    "Note",
    "Offer",
    "Position",
    "Product",
    "Scorecard",
    "Seen",
    "SeveralMonths",
    "Signal",
    "Signals",
    "Stake",
    "Statement",
    "Term",
    "Totals",
    "Unmet",
    "blind_spots_over",
    "by_month",
    "competitors_of",
    "conditions_of",
    "customers_of",
    "held_of",
    "market_dossier",
    "scorecard",
]
