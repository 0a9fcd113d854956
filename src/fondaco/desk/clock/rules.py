"""What a platform counts as an answer in time: dated data, ``data/*.toml``, one entry for each edition of a rule.

>>> held = rule_of("alibaba", date(2026, 11, 30))
>>> held.zone, held.limits["chat"], held.window_days, held.ends_days_ago
('America/Los_Angeles', datetime.timedelta(seconds=3600), 30, 7)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fondaco.kernel import InputError, UnknownName
from fondaco.kernel.moments import aware, utc

_SHIPPED = Path(__file__).parent / "data"

Kind = Literal["inquiry", "chat", "rfq"]


@dataclass(frozen=True)
class Message:
    """A message of a buyer and what was done about it.

    Attributes
    ----------
    case
        Its number on the platform.
    buyer
        The platform's mark for who sent it.
    kind
        ``inquiry``, ``chat`` or ``rfq``.
    received
        When it came in, with a time zone.
    answered
        When a person answered it; ``None`` while nobody has.
    reported
        When it was reported as spam or rejected; ``None`` where it was not.
    automatic
        When a robot answered it; ``None`` where none did.
    country
        Where the buyer is, ISO 3166-1 alpha-3; empty where not known.
    """

    case: str
    buyer: str
    kind: Kind
    received: datetime
    answered: datetime | None = None
    reported: datetime | None = None
    automatic: datetime | None = None
    country: str = ""

    def __post_init__(self) -> None:
        aware(self.received, f"received of {self.case}")
        for what in ("answered", "reported", "automatic"):
            said = getattr(self, what)
            if said is not None and utc(aware(said, f"{what} of {self.case}")) < utc(self.received):
                raise InputError(f"{self.case}: {what} {said} lies before it was received, {self.received}.")


@dataclass(frozen=True)
class Rule:
    """How a platform computes its response rate.

    Attributes
    ----------
    platform, valid_from
        Whose, and the first day for which it is known.
    zone
        IANA zone whose days the platform counts.
    limits
        Within what time an answer counts, by kind of message; a kind that is not named does not count.
    window_days, ends_days_ago
        The window has so many days, and its last day lies so many before today.
    same_buyer
        ``day``: what one buyer sends on one day of the platform is one message, and its clock starts with
        the first; ``none``: each counts.
    spam_counts, automatic_counts
        Whether reporting spam, and a robot's reply, is an answer.
    left_out
        Countries whose buyers' messages do not count, ISO 3166-1 alpha-3.
    as_of, basis, source, caveat
        When and from where it is known: ``read`` in a source, ``recalled``, written down from memory, or ``set`` by us.
    """

    platform: str
    valid_from: date
    zone: str
    limits: Mapping[str, timedelta]
    window_days: int
    ends_days_ago: int
    same_buyer: Literal["day", "none"]
    spam_counts: bool
    automatic_counts: bool
    left_out: tuple[str, ...]
    as_of: str
    basis: Literal["read", "recalled", "set"]
    source: str
    caveat: str

    def limit(self, kind: str) -> timedelta:
        """Return within what time a message of `kind` wants an answer; raises `UnknownName`."""
        if kind not in self.limits:
            raise UnknownName(f"{self.platform} sets no time for a message of kind {kind!r}.")
        return self.limits[kind]

    def answered(self, message: Message) -> datetime | None:
        """Return when the platform holds `message` to be answered; ``None`` where it does not."""
        counted = [
            message.answered,
            message.reported if self.spam_counts else None,
            message.automatic if self.automatic_counts else None,
        ]
        return min((each for each in counted if each is not None), default=None, key=utc)


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    platform: str
    valid_from: date
    zone: str
    limit_hours: dict[Kind, float]
    window_days: int = Field(ge=1)
    ends_days_ago: int = Field(ge=0)
    same_buyer: Literal["day", "none"]
    spam_counts: bool
    automatic_counts: bool
    left_out: tuple[str, ...]
    as_of: str
    basis: Literal["read", "recalled", "set"]
    source: str
    caveat: str


@cache
def _rules() -> tuple[Rule, ...]:
    found = []
    for path in sorted(_SHIPPED.glob("*.toml")):
        for said in tomllib.loads(path.read_text("utf-8"))["rule"]:
            held = _Rule.model_validate(said).model_dump()
            limits = {kind: timedelta(hours=hours) for kind, hours in held.pop("limit_hours").items()}
            found.append(Rule(limits=limits, **held))
    return tuple(found)


def platforms() -> tuple[str, ...]:
    """Return the platforms whose rule is known."""
    return tuple(sorted({rule.platform for rule in _rules()}))


def rule_of(platform: str, day: date) -> Rule:
    """Return a platform's rule as it stood on `day`; raises `UnknownName` where none is known."""
    held = [rule for rule in _rules() if rule.platform == platform and rule.valid_from <= day]
    if not held:
        raise UnknownName(f"How {platform} counted answers on {day} is not known.")
    return max(held, key=lambda rule: rule.valid_from)
