"""Which platforms fit the firm, one by one and together, and what to watch on them."""

from fondaco.strategy.platform.ability import Path, path
from fondaco.strategy.platform.choice import OWN_SITES, WAYS, Judged, Way, judge, ways
from fondaco.strategy.platform.comparison import Comparison, compare
from fondaco.strategy.platform.condition import Condition
from fondaco.strategy.platform.currency import Volatility, volatility
from fondaco.strategy.platform.dependence import Dependence, dependence
from fondaco.strategy.platform.facts import Facts, Ledgered, Sold
from fondaco.strategy.platform.proposal import proposal

__all__ = [
    "OWN_SITES",
    "WAYS",
    "Comparison",
    "Condition",
    "Dependence",
    "Facts",
    "Judged",
    "Ledgered",
    "Path",
    "Sold",
    "Volatility",
    "Way",
    "compare",
    "dependence",
    "judge",
    "path",
    "proposal",
    "volatility",
    "ways",
]
