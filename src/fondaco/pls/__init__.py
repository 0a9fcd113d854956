"""Partial least squares path modeling: from a model's text and a table to everything a paper reports.

Usable alone, with NumPy and SciPy: ``from fondaco import pls``.

>>> import numpy as np
>>> rng = np.random.default_rng(7)
>>> use = rng.normal(size=110)
>>> know = 0.6 * use + rng.normal(size=110)
>>> data = {f"use{i}": use + rng.normal(size=110) for i in (1, 2, 3)}
>>> data |= {f"know{i}": know + rng.normal(size=110) for i in (1, 2)}
>>> fitted = fit('''
...     Use  =~ use1 + use2 + use3
...     Know =~ know1 + know2
...     Know ~ Use
... ''', data)
>>> fitted.converged, fitted.problems
(True, ())
"""

from fondaco.pls.bootstrap import Bootstrap, bootstrap
from fondaco.pls.data import Cases, DataError, prepare
from fondaco.pls.engine import Plan, Settings, Weights, plan_of, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Stack, Stages, fit, fit_cases
from fondaco.pls.exact_fit import ExactFit, exact_fit
from fondaco.pls.intervals import Interval
from fondaco.pls.measures import Measured, Quantity, measure, quantities
from fondaco.pls.mediation import Mediation, mediation
from fondaco.pls.model import Construct, Interaction, Model, ModelError
from fondaco.pls.moments import Moments
from fondaco.pls.selection import akaike_weights, compare, f2_reestimated
from fondaco.pls.syntax import parse

__all__ = [
    "Bootstrap",
    "Cases",
    "Construct",
    "DataError",
    "ExactFit",
    "Fit",
    "Interaction",
    "Interval",
    "Measured",
    "Mediation",
    "Model",
    "ModelError",
    "Moments",
    "Plan",
    "PlsError",
    "Quantity",
    "Settings",
    "Stack",
    "Stages",
    "Weights",
    "akaike_weights",
    "bootstrap",
    "compare",
    "exact_fit",
    "f2_reestimated",
    "fit",
    "fit_cases",
    "measure",
    "mediation",
    "parse",
    "plan_of",
    "prepare",
    "quantities",
    "run",
]
