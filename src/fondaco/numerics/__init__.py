"""Arrays and plain numbers in, frozen results out.  NumPy and SciPy only."""

from fondaco.numerics.counts import dispersion, next_month
from fondaco.numerics.estimates import Estimate, share, unknown
from fondaco.numerics.growth import Moments, probability_larger, relative_growth
from fondaco.numerics.quantiles import fewest_for_quantile, quantile, quantile_places
from fondaco.numerics.ranking import top_probabilities
from fondaco.numerics.volatility import volatility

__all__ = [
    "Estimate",
    "Moments",
    "dispersion",
    "fewest_for_quantile",
    "next_month",
    "probability_larger",
    "quantile",
    "quantile_places",
    "relative_growth",
    "share",
    "top_probabilities",
    "unknown",
    "volatility",
]
