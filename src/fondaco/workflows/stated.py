"""Figures of a member that no ledger tells: its readiness as its people answer, and its hours as it states or logs them.

They are handed to `fondaco.workflows.benchmarks.figures_of` as ``stated``; whoever keeps a log of hours puts its figure
there in the place of the profile's.
"""

from __future__ import annotations

from datetime import date
from statistics import fmean

from fondaco.kernel.errors import FondacoError
from fondaco.ledger import Workspace
from fondaco.network.disclosure import Figure, Indicator
from fondaco.readiness import Assessment, Questionnaire, assess, questionnaire
from fondaco.workflows.networks import stated_figure
from fondaco.workflows.profile import profile_of
from fondaco.workflows.readiness_answers import answers_of

#: The group of constructs behind each indicator of readiness.
GROUPS = {
    Indicator.READINESS_STRUCTURAL: "structural",
    Indicator.READINESS_EMOTIONAL: "emotional",
    Indicator.ENGAGEMENT: "engagement",
}
#: Of a group's constructs, the share that must have a score.
_ENOUGH = 0.5


def group_score(held: Questionnaire, state: Assessment, group: str) -> float | None:
    """Return the mean of a group's constructs (1 to 7, those where low is good turned); None where half have no score.

    Constructs that are asked for each market are left out: firms aim at different markets.
    """
    of = [each for each in held.constructs if each.group == group and not each.per_market]
    told = [(each, state.scores[each.id].score.estimate) for each in of if each.id in state.scores]
    scores = [8 - said if each.good == "low" else said for each, said in told if said is not None]
    return fmean(scores) if scores and len(scores) >= _ENOUGH * len(of) else None


def readiness_figures(workspace: Workspace, firm: str, today: date) -> dict[Indicator, Figure]:
    """Return a firm's readiness as a network takes it: points of 1 to 7, of the year to the last answer, by people answering."""
    answers = answers_of(workspace, firm)
    if not answers:
        return {}
    held = questionnaire()
    state = assess(held, firm, answers, today)
    days = [score.last for score in state.scores.values() if score.last]
    found = {of: group_score(held, state, group) for of, group in GROUPS.items()}
    return {
        of: stated_figure(round(score, 4), max(days), cases=state.informants)
        for of, score in found.items()
        if score is not None
    }


def hours_figure(workspace: Workspace, firm: str, today: date) -> dict[Indicator, Figure]:
    """Return the hours a week for export that the firm's profile states; nothing where it states none or cannot be read."""
    try:
        hours = profile_of(workspace, firm).people.export_hours_per_week
    except FondacoError:
        return {}  # told where the profile is edited
    return {} if hours is None else {Indicator.EXPORT_HOURS: stated_figure(float(hours), today)}
