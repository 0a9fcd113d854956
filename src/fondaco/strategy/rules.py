"""The rules behind the plan's advice: what each says, on whose word, of which date, with which thresholds.

They are data, ``data/rules/PART.toml``, and each names either the study it rests on (and where in it) or a
reason of our own.  A threshold that no study gives is marked as ``set``: a number that somebody had to choose,
and that a firm replaces by its own in ``[thresholds]`` of its profile.

>>> held = rule("price/cost-share")
>>> held.part, held.source.study, held.threshold("max_cost_share").basis
('price', 'kim-lim', 'set')
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

from fondaco.kernel import UnknownName

_SHIPPED = Path(__file__).parent / "data"

Part = Literal["platform", "product", "price", "place", "promotion", "plan"]
PARTS: tuple[Part, ...] = get_args(Part)
#: What a rule is about: a part of the plan; the firm's readiness, whose gaps call for actions in any part; or another room.
Area = Literal[Part, "readiness", "desk", "leaving", "network"]

#: What kind of evidence a rule rests on.  ``ours`` is a reason of our own, in no study.
Evidence = Literal[
    "platform_rule", "firm_report", "reviewed_study", "recommendation", "statistic", "regulation", "definition",
    "arithmetic", "ours",
]  # fmt: skip
#: Where a threshold's number comes from: printed in the source, worked out from it, or set by somebody.
Basis = Literal["paper", "derived", "set"]


@dataclass(frozen=True)
class Study:
    """A study that rules rest on: how it is called in a line, and how it is cited."""

    key: str
    short: str
    cite: str
    design: str


@dataclass(frozen=True)
class Source:
    """Who says so: a study and where in it, or a reason of our own (then `study` is empty)."""

    study: str
    section: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the source as JSON values."""
        return {"study": self.study or None, "section": self.section or None, "reason": self.reason or None}


@dataclass(frozen=True)
class Threshold:
    """A number that a rule needs; `unit` in words, such as ``share of the price``."""

    name: str
    value: Decimal
    unit: str
    basis: Basis
    why: str = ""

    @property
    def says(self) -> str:
        """The number with where it comes from."""
        origin = {
            "paper": "from the study",
            "derived": "worked out from the study",
            "set": "set, in no study",
        }
        return f"{self.value:f} {self.unit} ({origin[self.basis]})"


@dataclass(frozen=True)
class Rule:
    """A rule: what it says, whose word it is, what kind of evidence, and as of when.

    Attributes
    ----------
    id
        ``AREA/NAME``.
    evidence
        The kind of evidence.
    as_of
        The year or day of the source, as far as known.
    caveat
        What one should know before leaning on it.
    goods
        Product tags of the goods that it is about; empty where it is about goods of all kinds.
    """

    id: str
    part: Area
    says: str
    source: Source
    evidence: Evidence
    as_of: str
    thresholds: Mapping[str, Threshold]
    caveat: str = ""
    goods: tuple[str, ...] = ()

    def threshold(self, name: str, stated: Mapping[str, Decimal] | None = None) -> Threshold:
        """Return a threshold, or what the firm states in its place (under ``RULE.NAME``)."""
        held = self.thresholds[name]
        own = (stated or {}).get(f"{self.id}.{name}")
        return held if own is None else Threshold(name, own, held.unit, "set", "stated by the firm")

    @property
    def finding(self) -> dict[str, Any]:
        """Who says so, as an action of the plan shows it."""
        return {
            "rule": self.id,
            "says": self.says,
            **self.source.to_json(),
            "cited": studies()[self.source.study].short if self.source.study else None,
            "evidence": self.evidence,
            "as_of": self.as_of or None,
            "caveat": self.caveat or None,
        }


class _Threshold(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    value: Decimal
    unit: str
    basis: Basis
    why: str = ""


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z]+/[a-z0-9-]+$")
    says: str
    study: str = ""
    section: str = ""
    reason: str = ""
    evidence: Evidence
    as_of: date | int | str = ""
    caveat: str = ""
    goods: tuple[str, ...] = ()
    threshold: list[_Threshold] = []


@cache
def studies() -> Mapping[str, Study]:
    """Return the studies that rules may name, by key."""
    held = tomllib.loads((_SHIPPED / "studies.toml").read_text("utf-8"))
    return {key: Study(key, **said) for key, said in held.items()}


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule of the plan, by id.

    Raises
    ------
    ValueError
        Where a shipped rule names neither a study nor a reason, a study that is not known, or a part that is
        not its file's: a fault of ours, found by the tests.
    """
    found: dict[str, Rule] = {}
    for path in sorted((_SHIPPED / "rules").glob("*.toml")):
        found |= read_rules(path, path.stem)
    return found


def read_rules(path: Path, area: str) -> dict[str, Rule]:
    """Return the rules of a shipped file, by id; raises as `rules`."""
    found: dict[str, Rule] = {}
    for said in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).get("rule", []):
        each = _rule(_Rule.model_validate(said), area)
        if each.id in found:
            raise ValueError(f"{path.name}: {each.id} stands there twice")
        found[each.id] = each
    return found


def _rule(said: _Rule, part: str) -> Rule:
    if said.id.split("/")[0] != part or part not in get_args(Area):
        raise ValueError(f"{said.id} stands in the file of {part}")
    if bool(said.study) == bool(said.reason) or (said.study and said.study not in studies()):
        raise ValueError(f"{said.id}: name either a study of studies.toml or a reason")
    thresholds = {t.name: Threshold(t.name, t.value, t.unit, t.basis, t.why) for t in said.threshold}
    return Rule(
        said.id, cast(Area, part), said.says, Source(said.study, said.section, said.reason), said.evidence,
        str(said.as_of), thresholds, said.caveat, said.goods,
    )  # fmt: skip


def rule(id_: str) -> Rule:
    """Return a rule by its id; raises `UnknownName` where there is none."""
    if id_ not in rules():
        raise UnknownName(f"There is no rule {id_!r} of the plan.")
    return rules()[id_]
