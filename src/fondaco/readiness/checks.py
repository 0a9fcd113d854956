"""Answers beside what the firm's own figures say, kindly: both with what they rest on, and which needs a look.

A figure is compared only where it says enough: a share by its whole range, a count as it stands.  The limits are ours, in
no study (`LIMITS`): agreeing to "we reply within a day" is gainsaid by a share below 80 %, disagreeing by one above 90 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from fondaco.numerics import Estimate
from fondaco.readiness.questionnaire import Questionnaire
from fondaco.readiness.scoring import Assessment

Verdict = Literal["agrees", "differs", "open"]

#: Shares below which agreeing is gainsaid, and above which disagreeing is: of inquiries answered in time, of buyers who
#: order again; set.
LIMITS: Mapping[str, tuple[float, float]] = {"in_time": (0.8, 0.9), "repeat": (0.15, 0.4)}
#: Agreeing and disagreeing, in points; between lies neither.
AGREE, DISAGREE = 5.0, 3.0
#: Hours a week and counts of markets may differ by this share, or by `_LITTLE`, before it is worth a word.
_APART, _LITTLE = 0.3, 1.0


@dataclass(frozen=True)
class Figure:
    """What the firm's files or profile say: a number with its range, in words, and what it rests on."""

    value: Estimate
    says: str
    basis: str


@dataclass(frozen=True)
class Figures:
    """What is known beside the answers; None where nothing is.

    Attributes
    ----------
    in_time
        Share of inquiries answered within a day, as the platforms' clocks count.
    repeat
        Share of buyers who ordered again.
    markets
        Foreign markets with orders in the last twelve months.
    hours
        Hours a week that the profile states for export.
    beyond
        Cases that ask for more than the firm can make.
    exclusive
        Markets in which a distributor has an exclusive contract.
    manager
        1 where the profile names an e-commerce manager, else 0; None where no profile is stated.
    """

    in_time: Figure | None = None
    repeat: Figure | None = None
    markets: Figure | None = None
    hours: Figure | None = None
    beyond: Figure | None = None
    exclusive: Figure | None = None
    manager: Figure | None = None


@dataclass(frozen=True)
class Check:
    """An answer beside a figure.

    Attributes
    ----------
    item, construct
        The question, and what it belongs to.
    answer, figure
        Both in a sentence with their basis.
    verdict
        ``differs`` is never a reproach: one of the two misses something.
    says, what, part
        What the two say together; what to do where they differ, and the part of the plan it belongs to.
    """

    item: str
    construct: str
    answer: str
    figure: str
    basis: str
    verdict: Verdict
    says: str
    what: str
    part: str


#: By question: which figure stands beside it, what to do where they differ, and the part of the plan.
_BESIDE: Mapping[str, tuple[str, str, str]] = {
    "RE1": ("in_time", "Look at the inquiries that were answered late, and at why.", "promotion"),
    "PS1": ("repeat", "Look at who ordered again and who did not.", "promotion"),
    "SF3": ("beyond", "Look at the inquiries that ask for more than can be made.", "product"),
    "SF4": ("exclusive", "Look at which markets the exclusive contracts close.", "place"),
    "PE3": ("manager", "Name the person in the profile, or find one.", "platform"),
    "HW": ("hours", "Count one week's hours, and state them in the profile.", "platform"),
    "NM": ("markets", "Look at which markets are missing from the files, or from memory.", "place"),
}


def checks_of(held: Questionnaire, state: Assessment, known: Figures) -> tuple[Check, ...]:
    """Return each answer that a figure stands beside, in the order of the questionnaire."""
    return tuple(_checks(held, state, known))


def _checks(held: Questionnaire, state: Assessment, known: Figures) -> Iterator[Check]:
    for item in held.items.values():
        if item.id not in _BESIDE:
            continue
        name, what, part = _BESIDE[item.id]
        figure: Figure | None = getattr(known, name)
        if figure is None:
            continue
        if item.kind == "number":
            given = [value for _, value in state.numbers.get(item.id, ())]
            if not given:
                continue
            mean = sum(given) / len(given)
            answer = f"You answered {round(mean, 1):g}{_of(len(given))} to “{item.text('en')}”."
            verdict = _beside_number(mean, figure.value)
        else:
            at = state.items.get(item.id)
            if at is None:
                continue
            answer = f"You answered {at.mean:.1f} of 7{_of(at.answers)} to “{item.text('en')}”."
            verdict = _beside_scale(name, at.mean, figure.value)
        yield Check(
            item.id, item.construct, answer, figure.says, figure.basis, verdict, _together(verdict), what, part
        )  # fmt: skip


def _of(count: int) -> str:
    return "" if count == 1 else f" (mean of {count})"


def _beside_number(mean: float, figure: Estimate) -> Verdict:
    if figure.estimate is None:
        return "open"
    apart = abs(mean - figure.estimate)
    return "differs" if apart > max(_LITTLE, _APART * max(mean, figure.estimate)) else "agrees"


def _beside_scale(name: str, mean: float, figure: Estimate) -> Verdict:
    """Compare an answer with a share, or with a count of which any speaks against agreeing (of a manager: for it)."""
    if figure.estimate is None or DISAGREE < mean < AGREE:
        return "open"
    agreed = mean >= AGREE
    if name in ("beyond", "exclusive"):
        speaks_for = figure.estimate == 0
        # Nothing in the files does not gainsay somebody who knows of more than the files do.
        return "agrees" if speaks_for == agreed else "differs" if agreed else "open"
    if name == "manager":
        return "agrees" if (figure.estimate > 0) == agreed else "differs"
    low, high = figure.low, figure.high
    if low is None or high is None:
        return "open"
    least, most = LIMITS[name]
    if agreed:
        return "differs" if high < least else "agrees" if figure.estimate >= least else "open"
    return "differs" if low > most else "agrees" if figure.estimate <= most else "open"


def _together(verdict: Verdict) -> str:
    return {
        "agrees": "Answer and figures go together.",
        "differs": "Answer and figures say different things: it is worth a look which of the two misses something.",
        "open": "The figures do not settle it yet.",
    }[verdict]
