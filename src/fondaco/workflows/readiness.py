"""How ready a firm is: its people's answers as scores, beside its own figures, with gaps and what they call for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from ibis import _

from fondaco.evidence.literature import advice
from fondaco.evidence.literature.base import shipped
from fondaco.kernel import FondacoError
from fondaco.ledger import Workspace
from fondaco.numerics import Estimate, share, unknown
from fondaco.numerics.reliability import Reliability
from fondaco.readiness import (
    LEVEL,
    Answers,
    Assessment,
    Change,
    Check,
    Figure,
    Figures,
    Gap,
    Limits,
    Questionnaire,
    Score,
    assess,
    change_of,
    checks_of,
    gaps_of,
    over_time,
    questionnaire,
    reliabilities,
    unknown_of,
)
from fondaco.readiness.scoring import RULE
from fondaco.strategy.advice import Action, in_order, key_of
from fondaco.strategy.profile import Profile
from fondaco.strategy.rules import PARTS, Part, rule
from fondaco.workflows.conclusions import key_of as cache_key
from fondaco.workflows.conclusions import remembering, scorecard_of
from fondaco.workflows.inquiries import desk_of
from fondaco.workflows.profile import profile_of
from fondaco.workflows.readiness_answers import answers_frame, answers_of

__all__ = [
    "FirmReadiness", "Spread", "actions_of", "answers_frame", "figures_of", "readiness_of", "spread_of",
]  # fmt: skip

#: Fewest firms of which a spread is shown.
FEWEST_FIRMS = 5


@dataclass(frozen=True)
class FirmReadiness:
    """A firm's readiness on a day.

    Attributes
    ----------
    state
        Scores by construct, and the questions behind them.
    history
        The state at the end of each month in which somebody answered.
    changes
        By construct: how those who answered twice changed.
    checks, gaps
        Answers beside figures; what falls short, with what it calls for.
    reliability
        By construct, over the firm's own informants.
    unknown
        What could not be told.
    answers
        All that were ever given.
    """

    held: Questionnaire
    state: Assessment
    history: tuple[Assessment, ...]
    changes: Mapping[str, Change]
    checks: tuple[Check, ...]
    gaps: tuple[Gap, ...]
    reliability: Mapping[str, Reliability]
    unknown: tuple[str, ...]
    answers: tuple[Answers, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the assessment as JSON values; no single answer and no informant's name is in it."""
        told = {key: score for key, score in self.state.scores.items() if score.people}
        days = [score.last for score in told.values() if score.last]
        return {
            "firm": self.state.firm, "as_of": self.state.day.isoformat(), "questionnaire": self.held.id,
            "informants": self.state.informants,
            "evidence_from": max(days).isoformat() if days else None,
            "scores": {key: self._score(score) for key, score in told.items()},
            "changes": {key: self._change(change) for key, change in self.changes.items()},
            "history": [
                {"day": state.day.isoformat(), "scores": {k: s.score.to_json(2) for k, s in state.scores.items() if s.people}}
                for state in self.history
            ],
            "reliability": {key: reliability_json(each) for key, each in self.reliability.items()},
            "checks": [vars(check) for check in self.checks],
            "gaps": [gap_json(gap) for gap in self.gaps],
            "unknown": list(self.unknown),
            "basis": {"rule": RULE, "level": LEVEL, "questionnaire_as_of": self.held.as_of.isoformat()},
        }  # fmt: skip

    def _score(self, score: Score) -> dict[str, Any]:
        construct = self.held.construct(score.key)
        return {
            **score.score.to_json(2), "se": None if score.se is None else round(score.se, 3),
            "name": self.held.name(score.key), "group": construct.group, "good": construct.good,
            "informants": len(score.told), "spread": None if score.spread is None else list(score.spread),
            "r_wg": None if score.agreement is None else round(score.agreement, 3),
            "first": score.first.isoformat() if score.first else None,
            "last": score.last.isoformat() if score.last else None,
            "questions_asked": score.asked, "questions_left_open": score.missing,
        }  # fmt: skip

    def _change(self, change: Change) -> dict[str, Any]:
        return {
            **change.by.to_json(2), "people": change.people, "since": change.since.isoformat(),
            "until": change.until.isoformat(),
        }  # fmt: skip


def reliability_json(told: Reliability) -> dict[str, Any]:
    """Return reliability as JSON values."""
    return {
        "alpha": told.alpha.to_json(6), "omega": told.omega.to_json(6), "n": told.n, "questions": told.items,
    }  # fmt: skip


def gap_json(gap: Gap) -> dict[str, Any]:
    """Return a gap with its action and the evidence behind it, down to the findings of the literature base."""
    held = advice.behind(shipped(), gap.rule)
    return {
        "kind": gap.kind, "construct": gap.key, "question": gap.question or None, "market": gap.market or None,
        "says": gap.says, "why": gap.why, "sure": gap.sure,
        "action": {
            "what": gap.what, "who": gap.who, "within_days": gap.days, "part": gap.part,
            "findings": [rule(gap.rule).finding], "literature": [each["id"] for each in held["findings"]],
            "lean": held["lean"],
        },
    }  # fmt: skip


def readiness_of(workspace: Workspace, firm: str, today: date) -> FirmReadiness:
    """Return how ready a firm is on a day.

    Raises
    ------
    UnknownName
        Where there is no such firm.
    """
    held, answers = questionnaire(), answers_of(workspace, firm)
    state = assess(held, firm, answers, today)
    checks = checks_of(held, state, figures_of(workspace, firm, today)) if state.informants else ()
    return FirmReadiness(
        held, state, over_time(held, firm, answers, today), change_of(held, answers, today), checks,
        gaps_of(held, state, checks, limits_of(profile_of(workspace, firm))),
        reliabilities(held, [said for said in answers if said.day <= today]),
        tuple(unknown_of(held, state)), answers,
    )  # fmt: skip


def limits_of(profile: Profile) -> Limits:
    """Return from where on something is a gap, as the rules say or as the firm states in their place."""
    low, talk, stated = rule("readiness/low"), rule("readiness/talk"), profile.thresholds
    return Limits(
        float(low.threshold("score", stated).value), float(low.threshold("question", stated).value),
        float(talk.threshold("apart", stated).value), float(talk.threshold("agreement", stated).value),
    )  # fmt: skip


# --- what the plan takes up ------------------------------------------------------------------------------


def actions_of(workspace: Workspace, firm: str, today: date) -> dict[Part, tuple[Action, ...]]:
    """Return what gaps of readiness call for, by the part of the plan that it belongs to; nothing where nobody answered."""
    if not answers_of(workspace, firm):
        return {}
    found: dict[Part, list[Action]] = {}
    for gap in readiness_of(workspace, firm, today).gaps:
        part = next(each for each in PARTS if each == gap.part)
        key = key_of(part, f"ready-{gap.name.lower().replace('_', '-')}", gap.market)
        changes = {
            "low": "Answers above the middle of the scale, when the same people are asked again.",
            "apart": "Answers that lie closer together.",
            "contradicted": "Answer and figures that go together.",
            "old": "Answers of this year.",
        }[gap.kind]
        action = Action(
            key, part, gap.what, gap.who, today + timedelta(days=gap.days), f"{gap.says} {gap.why}", gap.rule, changes,
            gap.market or None,
        )  # fmt: skip
        found.setdefault(part, []).append(action)
    return {part: in_order(actions) for part, actions in found.items()}


# --- what the firm's own figures say ---------------------------------------------------------------------


def figures_of(workspace: Workspace, firm: str, today: date) -> Figures:
    """Return what the ledger and the profile say beside the answers; what they do not tell is left out."""
    key = (
        *cache_key(workspace, workspace.ledger(firm), "readiness figures", today),
        str(_stated(workspace, firm)),
    )
    return remembering(key, lambda: _figures(workspace, firm, today))


def _stated(workspace: Workspace, firm: str) -> int:
    ledger = workspace.ledger(firm)
    return hash((ledger.profile, repr(ledger.catalogue)))


def _figures(workspace: Workspace, firm: str, today: date) -> Figures:
    profile = profile_of(workspace, firm)
    in_time, beyond = _of_desk(workspace, firm, today)
    return Figures(
        in_time, _repeat(workspace, firm), _markets(workspace, firm, today), _hours(profile), beyond,
        _exclusive(profile), _manager(profile),
    )  # fmt: skip


def _of_desk(workspace: Workspace, firm: str, today: date) -> tuple[Figure | None, Figure | None]:
    try:
        desk = desk_of(workspace, firm, datetime.combine(today, time(12), UTC))
    except FondacoError:  # the desk's own page tells why
        return None, None
    rates = {name: rate for name, rate in desk.rates.items() if not isinstance(rate, str) and rate.received}
    in_time, received = sum(r.in_time for r in rates.values()), sum(r.received for r in rates.values())
    first = None
    if received:
        days = f"{min(r.first for r in rates.values())} to {max(r.last for r in rates.values())}"
        says = f"Your files say {in_time / received:.0%}: {in_time} of {received} inquiries were answered in time."
        basis = f"Inquiries of {', '.join(sorted(rates))}, {days}, as each platform's clock counts."
        first = Figure(share(in_time, received, level=LEVEL), says, basis)
    asked = [line for line in desk.lines if line.case.waits and line.case.quantity is not None]
    if not asked:
        return first, None
    over = sum(line.beyond > 0 for line in asked)
    says = f"Of {len(asked)} open inquiries that name a quantity, {over} ask for more than is free."
    return first, Figure(
        Estimate(float(over)), says, "Open inquiries, beside the capacity that the catalogue states."
    )


def _repeat(workspace: Workspace, firm: str) -> Figure | None:
    card = scorecard_of(workspace, firm)
    rows = [row for row in card.markets if row.market is not None and not row.home]
    buyers, again = sum(row.buyers for row in rows), sum(row.repeat_buyers for row in rows)
    if not buyers:
        return None
    says = f"Your files say {again / buyers:.0%}: {again} of {buyers} foreign buyers ordered again."
    return Figure(
        share(again, buyers, level=LEVEL),
        says,
        "Orders in the ledger whose buyer is known, since they begin.",
    )


def _markets(workspace: Workspace, firm: str, today: date) -> Figure | None:
    ledger = workspace.ledger(firm)
    orders = ledger.table("orders")
    year = orders.filter((_.day <= today) & (_.day > today - timedelta(days=365)) & (_.kind == "sale"))
    held = year.select("country").distinct().to_polars()["country"].drop_nulls()
    foreign = sorted(set(held) - {ledger.firm.home})
    if not len(held):
        return None
    says = f"Your files know orders from {len(foreign)} foreign countries: {', '.join(foreign[:12])}{' ...' if len(foreign) > 12 else ''}."
    return Figure(Estimate(float(len(foreign))), says, f"Sales in the ledger in the year up to {today}.")


def _hours(profile: Profile) -> Figure | None:
    hours = profile.people.export_hours_per_week
    if hours is None:
        return None
    says = f"The profile states {hours:f} hours a week for export."
    return Figure(Estimate(float(hours)), says, "As the firm states it; hours are not logged.")


def _exclusive(profile: Profile) -> Figure | None:
    if profile.distributors is None:
        return None
    markets = sorted({market for each in profile.distributor if each.exclusive for market in each.markets})
    says = (
        f"The profile states exclusive contracts for {', '.join(markets)}." if markets
        else "The profile states no exclusive contract."
    )  # fmt: skip
    return Figure(Estimate(float(len(markets))), says, "Distributors, as the firm states them.")


def _manager(profile: Profile) -> Figure | None:
    if profile == Profile():
        return None
    named = profile.people.ecommerce_manager
    says = (
        f"The profile names {named} for e-commerce." if named else "The profile names nobody for e-commerce."
    )
    return Figure(Estimate(float(bool(named))), says, "As the firm states it.")


# --- several firms on one scale --------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """How firms lie on one construct's scale: quartiles of their scores; `firms` is how many have one."""

    firms: int
    low: Estimate
    median: Estimate
    high: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "firms": self.firms, "lower_quartile": self.low.to_json(2), "median": self.median.to_json(2),
            "upper_quartile": self.high.to_json(2),
        }  # fmt: skip


def spread_of(
    workspace: Workspace, firms: Sequence[str], today: date
) -> tuple[dict[str, Spread], dict[str, Reliability]]:
    """Return how firms lie on the one scale of each construct, and how reliable it is over all of their people.

    For whoever runs the workspace: in the web, one firm's figures reach another's eyes by the network's disclosure alone.
    """
    held = questionnaire()
    answers = {firm: answers_of(workspace, firm) for firm in firms}
    states = [assess(held, firm, said, today) for firm, said in answers.items()]
    found = {}
    for construct in held.constructs:
        if construct.per_market:
            continue
        scores = [s.scores[construct.id].score.estimate for s in states]
        told = [score for score in scores if score is not None]
        if len(told) < FEWEST_FIRMS:
            why = unknown(f"{len(told)} firms have a score: {FEWEST_FIRMS} are needed at least.")
            found[construct.id] = Spread(len(told), why, why, why)
        else:
            at = np.quantile(told, [0.25, 0.5, 0.75])
            found[construct.id] = Spread(len(told), *(Estimate(float(each)) for each in at))
    every = [said for given in answers.values() for said in given if said.day <= today]
    return found, reliabilities(held, every)
