"""Did it work? What surveys and published studies say, tested.

`read_survey` reads a survey from a file; `regress` and `regress_correlations` ask a regression of it, or of the
correlations that a journal prints.
"""

from fondaco.evidence.correlations import Correlations, read_correlations
from fondaco.evidence.published import regress_correlations
from fondaco.evidence.regression import ROBUST, Regression, Term, regress
from fondaco.evidence.stars import StarCheck, check_stars, read_levels, stars_json
from fondaco.evidence.surveys import MISSING, Survey, read_survey

__all__ = [
    "MISSING",
    "ROBUST",
    "Correlations",
    "Regression",
    "StarCheck",
    "Survey",
    "Term",
    "check_stars",
    "read_correlations",
    "read_levels",
    "read_survey",
    "regress",
    "regress_correlations",
    "stars_json",
]
