"""Arrays and plain numbers in, frozen results out.  NumPy and SciPy only."""

from fondaco.numerics.changes import ShareChange, share_changes
from fondaco.numerics.counts import dispersion, next_month
from fondaco.numerics.discoveries import Discoveries, discover, q_values
from fondaco.numerics.estimates import Estimate, share, unknown
from fondaco.numerics.growth import Moments, probability_larger, relative_growth
from fondaco.numerics.low_rates import dispersion_over, expected_at_others, low_against_rest, low_among
from fondaco.numerics.quantiles import fewest_for_quantile, quantile, quantile_places
from fondaco.numerics.ranking import top_probabilities
from fondaco.numerics.volatility import volatility

__all__ = [
    "Discoveries",
    "Estimate",
    "Moments",
    "ShareChange",
    "discover",
    "dispersion",
    "dispersion_over",
    "expected_at_others",
    "fewest_for_quantile",
    "low_against_rest",
    "low_among",
    "next_month",
    "probability_larger",
    "q_values",
    "quantile",
    "quantile_places",
    "relative_growth",
    "share",
    "share_changes",
    "top_probabilities",
    "unknown",
    "volatility",
]
