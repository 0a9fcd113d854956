"""Arrays and plain numbers in, frozen results out.  NumPy and SciPy only."""

from fondaco.numerics.counts import dispersion, next_month
from fondaco.numerics.estimates import Estimate, share, unknown
from fondaco.numerics.growth import Moments, probability_larger, relative_growth
from fondaco.numerics.ranking import top_probabilities

__all__ = [
    "Estimate",
    "Moments",
    "dispersion",
    "next_month",
    "probability_larger",
    "relative_growth",
    "share",
    "top_probabilities",
    "unknown",
]
