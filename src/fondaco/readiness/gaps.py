"""Where readiness falls short, and what that calls for: who closes each gap, how, and by which rule.

A gap is a construct or a question that is low, on which informants lie apart, that the firm's own figures contradict, or
whose answers are old.  What it calls for is data (``data/gaps-1.toml``); outcomes, such as export performance, have no
action of their own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fondaco.readiness.checks import Check
from fondaco.readiness.questionnaire import AT, Questionnaire
from fondaco.readiness.scoring import Assessment, Score
from fondaco.reference import countries

Kind = Literal["low", "apart", "contradicted", "old"]
Who = Literal["firm", "supporter", "partner"]

_FILE = Path(__file__).parent / "data" / "gaps-1.toml"


@dataclass(frozen=True)
class Limits:
    """From where on something is a gap, in points of seven (`agreement`: of r_wg); see the rules that hold them."""

    score: float = 4.0
    question: float = 2.5
    apart: float = 3.0
    agreement: float = 0.5


@dataclass(frozen=True)
class Gap:
    """A gap, and what it calls for.

    Attributes
    ----------
    kind
        ``low``, ``apart`` (informants disagree), ``contradicted`` (by the firm's figures) or ``old``.
    key
        Of the construct; `question` is set where the gap is one question's.
    says, why
        The gap in a sentence, and the numbers behind it.
    sure
        Whether the whole range lies below the limit.
    rule, who, part, what, days
        The rule that speaks for the action, who does it, the part of the plan it belongs to, the action, and within how
        many days.
    market
        Alpha-3 where the gap is of one.
    """

    kind: Kind
    key: str
    question: str
    says: str
    why: str
    sure: bool
    rule: str
    who: Who
    part: str
    what: str
    days: int
    market: str = ""

    @property
    def name(self) -> str:
        """What the gap is called for good, whatever today's numbers: ``people``, ``PE3``, ``people-apart``."""
        own = self.question or self.key.partition(AT)[0]
        return own if self.kind == "low" else f"{own}-{self.kind}"


class Closing(BaseModel):
    """What a gap of a construct (`about`), or of one of its questions (`items`), calls for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    about: str = Field(alias="construct")
    items: tuple[str, ...] = ()
    rule: str
    part: str
    who: Who
    days: int
    what: str


@cache
def closings() -> tuple[Closing, ...]:
    """Return what gaps call for, as the file has it."""
    return tuple(Closing.model_validate(each) for each in tomllib.loads(_FILE.read_text("utf-8"))["gap"])


def gaps_of(
    held: Questionnaire, state: Assessment, checks: Iterable[Check] = (), limits: Limits | None = None
) -> tuple[Gap, ...]:
    """Return the gaps of an assessment: those that are sure first, then as the questionnaire goes."""
    limits = limits or Limits()
    found = [
        *_low(held, state, limits), *_apart(held, state, limits),
        *(_contradicted(check) for check in checks if check.verdict == "differs"), *_old(state),
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda gap: not gap.sure))


def _low(held: Questionnaire, state: Assessment, limits: Limits) -> Iterator[Gap]:
    for key, score in state.scores.items():
        name, _, market = key.partition(AT)
        named = [each for each in closings() if each.about == name]
        construct = held.by_id[name]
        taken: set[str] = set()
        for closing in named:
            for item in closing.items:
                at = state.items.get(item)
                if at is not None and at.mean <= limits.question:
                    taken.add(closing.rule)
                    why = f"{_people(at.answers)}: {at.mean:.1f} of 7{' (turned)' if held.item(item).reverse else ''}."
                    yield _gap(
                        "low", key, item, f"“{held.item(item).text('en')}”", why, True, closing, market
                    )
        estimate = score.score
        if estimate.estimate is None or estimate.low is None or estimate.high is None:
            continue
        good = construct.good == "high"
        level = estimate.estimate if good else 8 - estimate.estimate
        if level >= limits.score:
            continue
        sure = (estimate.high if good else 8 - estimate.low) < limits.score
        how = "is low" if good else "is high"
        for closing in (each for each in named if not each.items and each.rule not in taken):
            says = f"{held.name(key)} {how}."
            yield _gap("low", key, "", says, _range(score), sure, closing, market)


def _range(score: Score) -> str:
    told = score.score
    return (
        f"{told.estimate:.1f} of 7, between {told.low:.1f} and {told.high:.1f} with {told.level:.0%} probability; "
        f"{_people(len(score.told))}, last on {score.last}."
    )


def _people(count: int) -> str:
    return "1 informant" if count == 1 else f"{count} informants"


def _gap(
    kind: Kind, key: str, question: str, says: str, why: str, sure: bool, closing: Closing, market: str
) -> Gap:
    what = closing.what.replace("{market}", countries.name(market) if market else "each market")
    return Gap(
        kind, key, question, says, why, sure, closing.rule, closing.who, closing.part, f"{what}.", closing.days, market
    )  # fmt: skip


def _apart(held: Questionnaire, state: Assessment, limits: Limits) -> Iterator[Gap]:
    for key, score in state.scores.items():
        spread, agreed = score.spread, score.agreement
        if spread is None or held.construct(key).group == "performance":
            continue
        wide = spread[1] - spread[0] >= limits.apart
        if wide or (agreed is not None and agreed < limits.agreement):
            told = "" if agreed is None else f" r_wg {agreed:.2f}."
            yield Gap(
                "apart", key, "", f"People see it differently: {held.name(key)}.",
                f"{_people(len(score.told))} between {spread[0]:.1f} and {spread[1]:.1f} of 7.{told}", wide,
                "readiness/talk", "firm", "platform", f"Talk over how each sees this: {held.name(key)}.", 21,
                key.partition(AT)[2],
            )  # fmt: skip


def _contradicted(check: Check) -> Gap:
    return Gap(
        "contradicted", check.construct, check.item, "Answer and figures say different things.", f"{check.answer} {check.figure} Which of the two misses something is worth a look.", True,
        "readiness/figures", "firm", check.part, check.what, 21,
    )  # fmt: skip


def _old(state: Assessment) -> Iterator[Gap]:
    if state.outdated:
        names = ", ".join(state.outdated[:5]) + (" and others" if len(state.outdated) > 5 else "")
        yield Gap(
            "old", "readiness", "", "Some answers are too old to count.",
            f"More than a year has passed since the last answers of {names}.", not state.informants,
            "readiness/again", "firm", "platform", "Ask the same people the same questions again.", 30,
        )  # fmt: skip


def unknown_of(held: Questionnaire, state: Assessment) -> Sequence[str]:
    """Return what could not be told, each in a sentence."""
    if not state.informants:
        return (
            "Nobody has answered the readiness questions yet: fill them in, send a link, or bring answers in.",
        )
    return tuple(
        f"{held.name(key)}: {score.score.why}"
        for key, score in state.scores.items()
        if score.score.estimate is None
    )
