"""Foreign-market knowledge: what the firm's own ledger says of its markets."""

from fondaco.markets.finding import Signal
from fondaco.markets.months import ByMonth, MarketMonth, Seen, SeveralMonths, by_month
from fondaco.markets.page import Buyer, Competitor, MarketDetail, Product, market_page
from fondaco.markets.scorecard import Basis, MarketRow, MonthFigures, Scorecard, Totals, scorecard
from fondaco.markets.signals import Signals
from fondaco.markets.unmet import Unmet

__all__ = [
    "Basis",
    "Buyer",
    "ByMonth",
    "Competitor",
    "MarketDetail",
    "MarketMonth",
    "MarketRow",
    "MonthFigures",
    "Product",
    "Scorecard",
    "Seen",
    "SeveralMonths",
    "Signal",
    "Signals",
    "Totals",
    "Unmet",
    "by_month",
    "market_page",
    "scorecard",
]
