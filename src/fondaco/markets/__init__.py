"""Foreign-market knowledge: which markets bring what, what is known of each, and what is not."""

from fondaco.markets.competitors import Competitor, Competitors, Position, competitors_of
from fondaco.markets.conditions import Conditions, Demand, Exchange, conditions_of
from fondaco.markets.customers import Buyer, Customers, Product, Term, customers_of
from fondaco.markets.dossier import Dossier, Offer, blind_spots_over, market_dossier
from fondaco.markets.evidence import Held, held_of
from fondaco.markets.finding import Signal
from fondaco.markets.knowledge import PARTS, BlindSpot, Completeness, Evidence, Note, Stake, Statement
from fondaco.markets.months import ByMonth, MarketMonth, Seen, SeveralMonths, by_month
from fondaco.markets.scorecard import Basis, MarketRow, MonthFigures, Scorecard, Totals, scorecard
from fondaco.markets.signals import Signals
from fondaco.markets.unmet import Unmet

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
