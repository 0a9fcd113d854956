"""When a tie is ripe to leave the platform: for samples, a meeting, e-mail; too early frightens, too late loses.

The advice rests on the stage, messages exchanged, days of contact, samples and signs of trust, with timing by product
family (``data/leaving.toml``, where each number says that it is set or from which study), and shows what came of the
firm's own moves beside it.  It is advice: nothing is sent and nothing is blocked.  The rule, with a worked table, is in
``docs/rules/leaving-the-platform.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from fondaco.numerics.estimates import Estimate
from fondaco.relationships.stage import Stage
from fondaco.strategy.rules import Evidence, studies

RULE = "leaving/1"
#: Signs of trust that a move needs (set).
TRUST = 2
#: What is taken of moves before any is known: as many, of which so many lost the buyer (set: no study gives a rate).
PRIOR_MOVES, PRIOR_LOST = 4.0, 1.0
LEVEL = 0.9

Verdict = Literal["stay", "ask again", "samples", "meeting", "e-mail", "late", "moved"]
Ripe = Literal["too early", "ripe", "done"]
Ended = Literal["kept", "lost", "open"]


class Said(BaseModel):
    """A rule of the data file: what it says and on whose word."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^leaving/[a-z-]+$")
    says: str
    study: str = ""
    section: str = ""
    reason: str = ""
    evidence: Evidence
    as_of: date | int
    caveat: str = ""

    @property
    def cited(self) -> str:
        """Who says so, in a few words."""
        return f"{studies()[self.study].short}, {self.section}" if self.study else f"ours: {self.reason}"


class Family(BaseModel):
    """The timing of a product family; see the data file for the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    tags: tuple[str, ...]
    exchanges: int = Field(ge=1)
    days: int = Field(ge=0)
    late: int = Field(ge=1)
    sample_first: bool
    source: str
    as_of: date

    @property
    def says(self) -> str:
        """The timing in a sentence."""
        first = "; a sample first" if self.sample_first else ""
        return (
            f"{self.name}: ripe from {self.exchanges} messages and {self.days} days, late after {self.late} days of silence{first}"
        )  # fmt: skip


@dataclass(frozen=True)
class Tie:
    """What is known of the contact with a buyer.

    Attributes
    ----------
    stage
        How far it is.
    exchanges
        Messages on the platform, both ways.
    first, last
        Days of the first and of the last sign, on any channel.
    sample_asked, sample_sent, met, moved
        Whether the buyer asked for a sample, one was sent or tasted, people met, and contact has left the platform.
    trust
        Signs of trust, in words, such as "names its firm".
    """

    stage: Stage
    exchanges: int
    first: date
    last: date
    sample_asked: bool = False
    sample_sent: bool = False
    met: bool = False
    moved: bool = False
    trust: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """A move off the platform that was made: after how many messages, and how it ended so far."""

    exchanges: int
    ended: Ended


@dataclass(frozen=True)
class Own:
    """What came of the firm's own moves: how many ended, and the share that lost the buyer, shrunken."""

    early: Estimate
    ripe: Estimate
    early_moves: int
    ripe_moves: int
    open: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {
            "early": self.early.to_json(), "ripe": self.ripe.to_json(), "early_moves": self.early_moves,
            "ripe_moves": self.ripe_moves, "open": self.open,
        }  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """When to leave the platform, for one buyer.

    Attributes
    ----------
    verdict, says
        What is advised, in a word and in a sentence.
    moves
        For ``samples``, ``meeting`` and ``e-mail``: whether it is too early, ripe, or done.
    why
        What it rests on, in sentences.
    changes
        What would change it.
    """

    verdict: Verdict
    says: str
    moves: Mapping[str, Ripe]
    why: tuple[str, ...]
    changes: str
    family: Family
    rules: tuple[Said, ...]

    @property
    def early(self) -> bool:
        """Whether a move to e-mail today is warned against."""
        return self.moves["e-mail"] == "too early"

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        rules = [
            {"id": r.id, "says": r.says, "cited": r.cited, "caveat": r.caveat or None} for r in self.rules
        ]
        return {
            "verdict": self.verdict, "says": self.says, "early": self.early, "moves": dict(self.moves), "why": list(self.why),
            "changes": self.changes, "family": self.family.name, "timing": self.family.source, "rules": rules, "rule": RULE,
        }  # fmt: skip


@cache
def shipped() -> tuple[Mapping[str, Said], tuple[Family, ...]]:
    """Return the rules by id, and the families; the last takes what no other does."""
    held = tomllib.loads((Path(__file__).parent / "data" / "leaving.toml").read_text("utf-8"))
    said = [Said.model_validate(each) for each in held["rule"]]
    return {each.id: each for each in said}, tuple(Family.model_validate(each) for each in held["family"])


def family_of(tags: Iterable[str]) -> Family:
    """Return the family of a product by its tags, wider ones among them.

    Examples
    --------
    >>> family_of(["wine", "food"]).name, family_of([]).name
    ('food and drink', 'other goods')
    """
    held, families = set(tags), shipped()[1]
    return next((each for each in families if held & set(each.tags)), families[-1])


def advise(tie: Tie, family: Family, today: date) -> Advice:
    """Advise on leaving the platform with one buyer.

    Examples
    --------
    >>> day = date(2026, 3, 1)
    >>> new = Tie("exploration", 2, day, day)
    >>> found = advise(new, family_of(["wine"]), date(2026, 3, 3))
    >>> found.verdict, found.moves["e-mail"], found.moves["samples"]
    ('stay', 'too early', 'too early')
    """
    rules, _ = shipped()
    grown = tie.exchanges >= family.exchanges and (tie.last - tie.first).days >= family.days
    trusted = len(tie.trust) >= TRUST
    ordered = tie.stage in ("expansion", "commitment")
    ready = ordered or (grown and trusted)
    tried = tie.sample_sent or not family.sample_first or ordered
    moves: dict[str, Ripe] = {
        "samples": "done"
        if tie.sample_sent
        else "ripe"
        if tie.sample_asked or grown or ordered
        else "too early",
        "meeting": "done" if tie.met else "ripe" if ready and tried else "too early",
        "e-mail": "done" if tie.moved else "ripe" if ready else "too early",
    }
    verdict = _verdict(tie, moves, family, ready, today)
    return Advice(
        verdict, _SAYS[verdict].format(silent=(today - tie.last).days), moves, _why(tie, family, today), _changes(tie, family),
        family, tuple(rules.values()),
    )  # fmt: skip


_SAYS: Mapping[Verdict, str] = {
    "stay": "Stay on the platform for now: the tie is still growing, and moving it too early frightens buyers off.",
    "ask again": "Not ripe, and silent for {silent} days: write once more on the platform; a move elsewhere would come too early.",
    "samples": "Ripe for samples: let the buyer see, try or taste the goods.",
    "meeting": "Ripe for a meeting: propose a call, a visit or a tasting in person.",
    "e-mail": "Ripe for direct contact: e-mail or telephone will not frighten this buyer, where the platform's terms allow it.",
    "late": "Getting late: the tie was ripe and has been silent for {silent} days. Propose the next step now.",
    "moved": "Contact has left the platform already: keep the steps here, so that it stays known what came of it.",
}


def _verdict(
    tie: Tie, moves: Mapping[str, Ripe], family: Family, ready: bool, today: date
) -> Verdict:  # fmt: skip
    if tie.moved and (tie.met or moves["meeting"] != "ripe"):
        return "moved"
    first = tie.stage == "exploration"
    if ready and first and (today - tie.last).days > family.late:
        return "late"
    if moves["samples"] == "ripe" and (tie.sample_asked or (family.sample_first and ready and first)):
        return "samples"
    if moves["meeting"] == "ripe":
        return "meeting"
    if moves["e-mail"] == "ripe":
        return "e-mail"
    return "ask again" if (today - tie.last).days > family.late else "stay"


def _why(tie: Tie, family: Family, today: date) -> tuple[str, ...]:
    days = (tie.last - tie.first).days
    found = [
        f"Messages on the platform: {tie.exchanges}, ripe from {family.exchanges}; over {days} days, ripe from {family.days} ({family.name}).",
        f"Signs of trust: {', '.join(tie.trust) or 'none'}; ripe from {TRUST}.",
    ]
    if tie.stage in ("expansion", "commitment"):
        found.append("Has ordered: neither messages nor days are asked for any more.")
    if tie.sample_asked and not tie.sample_sent:
        found.append("Asked for a sample, and none is logged as sent.")
    if tie.stage == "exploration" and (silent := (today - tie.last).days) > 0:
        found.append(f"Silent for {silent} days; late from {family.late}.")
    return tuple(found)


def _changes(tie: Tie, family: Family) -> str:
    lacking = []
    if (more := family.exchanges - tie.exchanges) > 0:
        lacking.append(f"{more} more message{'s' if more > 1 else ''}")
    if (more := family.days - (tie.last - tie.first).days) > 0:
        lacking.append(f"{more} more day{'s' if more > 1 else ''} of contact")
    if (more := TRUST - len(tie.trust)) > 0:
        lacking.append(f"{more} more sign{'s' if more > 1 else ''} of trust")
    if tie.stage in ("expansion", "commitment") or not lacking:
        return "A step that is logged, or silence."
    return f"{', '.join(lacking)}; or a first order."


def own_history(moves: Iterable[Move], family: Family) -> Own:
    """Return what came of the firm's moves: the share that lost the buyer, of those made early and of the others.

    A Beta prior counts as `PRIOR_MOVES` moves of which `PRIOR_LOST` lost, so that few moves say little; moves that are
    still open are not counted.

    Examples
    --------
    >>> own_history([Move(1, "lost"), Move(2, "lost"), Move(9, "kept")], family_of([])).early.to_json(2)
    {'estimate': 0.5, 'low': 0.19, 'high': 0.81, 'level': 0.9, 'why': 'Rests on 2 moves of your own.'}
    """
    held = list(moves)
    early = [each for each in held if each.exchanges < family.exchanges and each.ended != "open"]
    ripe = [each for each in held if each.exchanges >= family.exchanges and each.ended != "open"]
    waiting = sum(each.ended == "open" for each in held)
    return Own(_lost(early), _lost(ripe), len(early), len(ripe), waiting)


def _lost(moves: list[Move]) -> Estimate:
    lost, number = sum(each.ended == "lost" for each in moves), len(moves)
    held = stats.beta(PRIOR_LOST + lost, PRIOR_MOVES - PRIOR_LOST + number - lost)
    tail = (1 - LEVEL) / 2
    rests = (
        f"Rests on {number} move{'s' if number > 1 else ''} of your own."
        if number
        else "Rests on no move of your own yet: what is told is our assumption alone."
    )
    return Estimate(float(held.mean()), float(held.ppf(tail)), float(held.ppf(1 - tail)), LEVEL, rests)


__all__ = [
    "Advice", "Family", "Move", "Own", "Said", "Tie", "advise", "family_of", "own_history", "shipped",
]  # fmt: skip
