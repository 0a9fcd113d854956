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
from fondaco.pls.copula import CopulaCheck, copula_check
from fondaco.pls.cta import TetradAnalysis, tetrad_analysis
from fondaco.pls.cvpat import LossTest, compare_predictions, cvpat
from fondaco.pls.data import Cases, DataError, prepare
from fondaco.pls.engine import Plan, Settings, Weights, plan_of, run
from fondaco.pls.errors import PlsError
from fondaco.pls.estimate import Fit, Reduced, Stack, Stages, fit, fit_cases
from fondaco.pls.exact_fit import ExactFit, exact_fit
from fondaco.pls.fimix import Mixture, compare_segments, mixture
from fondaco.pls.groups import GroupComparison, compare_groups
from fondaco.pls.intervals import Interval
from fondaco.pls.ipma import ImportancePerformance, importance_performance
from fondaco.pls.measures import Measured, Quantity, measure, quantities
from fondaco.pls.mediation import Mediation, mediation
from fondaco.pls.micom import Micom, micom
from fondaco.pls.model import Construct, Interaction, Model, ModelError
from fondaco.pls.moderation import Slopes, simple_slopes
from fondaco.pls.moments import Moments
from fondaco.pls.nca import Necessity, necessary_conditions
from fondaco.pls.population import Population, population
from fondaco.pls.power import PowerStudy, power
from fondaco.pls.predict import Predictions, predict
from fondaco.pls.sample_size import SampleSize, minimum_sample_size
from fondaco.pls.selection import akaike_weights, compare, f2_reestimated
from fondaco.pls.syntax import parse

__all__ = [
    "Bootstrap",
    "Cases",
    "Construct",
    "CopulaCheck",
    "DataError",
    "ExactFit",
    "Fit",
    "GroupComparison",
    "ImportancePerformance",
    "Interaction",
    "Interval",
    "LossTest",
    "Measured",
    "Mediation",
    "Micom",
    "Mixture",
    "Model",
    "ModelError",
    "Moments",
    "Necessity",
    "Plan",
    "PlsError",
    "Population",
    "PowerStudy",
    "Predictions",
    "Quantity",
    "Reduced",
    "SampleSize",
    "Settings",
    "Slopes",
    "Stack",
    "Stages",
    "TetradAnalysis",
    "Weights",
    "akaike_weights",
    "bootstrap",
    "compare",
    "compare_groups",
    "compare_predictions",
    "compare_segments",
    "copula_check",
    "cvpat",
    "exact_fit",
    "f2_reestimated",
    "fit",
    "fit_cases",
    "importance_performance",
    "measure",
    "mediation",
    "micom",
    "minimum_sample_size",
    "mixture",
    "necessary_conditions",
    "parse",
    "plan_of",
    "population",
    "power",
    "predict",
    "prepare",
    "quantities",
    "run",
    "simple_slopes",
    "tetrad_analysis",
]
