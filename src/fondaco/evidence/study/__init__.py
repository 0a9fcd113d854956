"""From answers and ledgers to a result: what a study asks, what it may open, what it finds, and how it is told.

>>> study = template("readiness")
>>> study.kind, len(study.scores), study.minimum
('regression', 5, 60)
"""

from fondaco.evidence.study.behaviour import MEANINGS, Behaviour, Exchange, behaviour
from fondaco.evidence.study.definition import Study, parse_study, template, templates
from fondaco.evidence.study.deidentify import Release, release
from fondaco.evidence.study.fictional import fictional_answers
from fondaco.evidence.study.planning import SamplePlan, plan_sample
from fondaco.evidence.study.registration import Registration, register
from fondaco.evidence.study.running import Result, run
from fondaco.evidence.study.sample import LEAST_GROUP, Counts, counts, opened

__all__ = [
    "LEAST_GROUP",
    "MEANINGS",
    "Behaviour",
    "Counts",
    "Exchange",
    "Registration",
    "Release",
    "Result",
    "SamplePlan",
    "Study",
    "behaviour",
    "counts",
    "fictional_answers",
    "opened",
    "parse_study",
    "plan_sample",
    "register",
    "release",
    "run",
    "template",
    "templates",
]
