"""A rule of a market's law as a value: what it asks, of which goods, who says so, and how old that is.

A rule speaks of one market or several, of goods by product tag or HS prefix (of all goods where it
names neither), and is of one of six kinds.  It carries its source, the day on which the statement was
compared with it (or that it never was, and was written down from general knowledge), the day by which
it wants another look, and the days between which it is in force.

Nothing here is legal advice; what a rule says is a short restatement that points to its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from fondaco.kernel import Problem, UnknownName

#: What a rule asks.
Kind = Literal["prohibited", "licence", "certificate", "label", "registration", "tax"]
#: Where it stands on a market's barrier sheet.
Topic = Literal["lifestyle", "food-safety", "customs", "institutions", "economy"]
#: Who says it: the law or an office, somebody who reports on it, a study, or a person who uses Fondaco.
Strength = Literal["official", "secondary", "study", "user"]
#: Whether a prohibition holds for the goods as a whole, or leaves ways open.
Scope = Literal["whole", "part"]
#: Whether the statement was compared with its source, or written down from general knowledge.
Basis = Literal["checked", "recalled"]
Confidence = Literal["high", "medium", "low"]
#: Ways of selling that a rule may be limited to, as in table 2 of Kim and Lim's study of Korea.
Platform = Literal["own_site", "shop_service", "select_mall", "open_market", "social_account"]

KINDS: tuple[Kind, ...] = get_args(Kind)
TOPICS: tuple[Topic, ...] = get_args(Topic)
PLATFORMS: tuple[Platform, ...] = get_args(Platform)

#: Two rules that say the same kind of thing of the same goods share these.
_SAME_FOR = (
    "tags", "hs", "region", "scope", "platforms", "registrations", "origins", "proof", "voluntary",
)  # fmt: skip

#: The topic of a rule that states none.
TOPIC_OF_KIND: dict[Kind, Topic] = {
    "prohibited": "customs",
    "licence": "institutions",
    "certificate": "institutions",
    "label": "institutions",
    "registration": "institutions",
    "tax": "economy",
}


@dataclass(frozen=True)
class Rule:
    """One statement about the law of a market.

    Attributes
    ----------
    id
        Its name; the same id in a workspace's file puts that statement in this one's place.
    markets
        ISO 3166-1 alpha-3 codes.
    kind, topic
        What it asks, and where it stands on the barrier sheet.
    says
        The rule in own words.
    source, url
        Office or publication and what of it; its address, or that of the office; may be empty.
    strength
        ``official`` (a law or an office), ``secondary`` (a publication that reports on them), ``study``
        or ``user``.
    stated
        The day on which the statement was compared with its source, or, where `basis` is
        ``recalled``, written down without it.
    basis, confidence
        How the statement was come by, and how sure its author was.
    review_by
        From the day after, it is overdue.
    tags, hs
        Which goods; all goods where both are empty.
    applies
        False for "looked up: nothing of this kind is asked".
    proof
        The quality proof that it is about (``pdo``, ``haccp``, ``halal`` ...), or empty.
    voluntary
        Whether it opens a door rather than closing one: a proof that counts, not one that must be.
    region, exceptions, scope
        The part of the market alone in which it holds; what it leaves out, in words; and whether it
        holds for its goods as a whole or in part only, as where goods may come in with a licence.
    origins
        Origins of goods to which alone it speaks, alpha-3; ``!`` before one leaves it out.
    platforms
        Ways of selling to which alone it speaks.
    registrations
        What a seller has to be registered for, in the words of a firm's profile (``business``, ``e-commerce``).
    valid_from, valid_to
        First and last day in force; None where not stated.
    origin
        ``shipped`` or ``user``; `file` says where it stands.
    """

    id: str
    markets: tuple[str, ...]
    kind: Kind
    topic: Topic
    says: str
    source: str
    url: str
    strength: Strength
    stated: date
    basis: Basis
    confidence: Confidence
    review_by: date
    tags: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    applies: bool = True
    proof: str = ""
    voluntary: bool = False
    region: str = ""
    exceptions: str = ""
    scope: Scope = "whole"
    origins: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = ()
    registrations: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    origin: Literal["shipped", "user"] = "shipped"
    file: str = ""

    @property
    def checked(self) -> date | None:
        """The day on which it was compared with its source; None where it never was."""
        return self.stated if self.basis == "checked" else None

    @property
    def partial(self) -> bool:
        """Whether it holds in part only: in a region, for some of the goods, or as far as one is sure."""
        return bool(self.region) or self.scope == "part" or self.confidence == "low"

    def overdue(self, today: date) -> bool:
        """Whether it wanted another look before `today`."""
        return today > self.review_by

    def in_force(self, today: date) -> bool:
        """Whether it is in force on `today`, as far as it says."""
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or today <= self.valid_to
        )

    def holds_for_origin(self, origin: str | None) -> bool:
        """Whether it speaks to goods of an origin; where the origin is not known it may, so yes."""
        if not self.origins or origin is None:
            return True
        left_out = {o[1:] for o in self.origins if o.startswith("!")}
        named = {o for o in self.origins if not o.startswith("!")}
        return origin not in left_out and (not named or origin in named)

    def to_json(self, today: date | None = None) -> dict[str, Any]:
        """Return the rule as JSON values; with `today` also whether it is overdue and in force."""
        data = {
            "id": self.id,
            "markets": list(self.markets),
            "kind": self.kind,
            "topic": self.topic,
            "tags": list(self.tags),
            "hs": list(self.hs),
            "applies": self.applies,
            "says": self.says,
            "region": self.region,
            "exceptions": self.exceptions,
            "scope": self.scope,
            "origins": list(self.origins),
            "platforms": list(self.platforms),
            "registrations": list(self.registrations),
            "proof": self.proof,
            "voluntary": self.voluntary,
            "source": self.source,
            "url": self.url,
            "strength": self.strength,
            "basis": self.basis,
            "confidence": self.confidence,
            "stated": self.stated.isoformat(),
            "checked": self.checked.isoformat() if self.checked else None,
            "review_by": self.review_by.isoformat(),
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "origin": self.origin,
            "file": self.file,
        }
        if today is not None:
            data |= {"overdue": self.overdue(today), "in_force": self.in_force(today)}
        return data


@dataclass(frozen=True)
class Replaced:
    """A rule that a workspace's or firm's file put another in the place of."""

    id: str
    by: str
    before: Rule

    def to_json(self) -> dict[str, str]:
        """Return what was replaced, by which file, and what it said."""
        return {"id": self.id, "by": self.by, "in": self.before.file, "said": self.before.says}


@dataclass(frozen=True)
class RuleBook:
    """All rules that are known, and what is to be told of them.

    Attributes
    ----------
    rules
        By id.
    replaced
        Rules that the user's files put others in the place of.
    problems
        Rules that could not be read, and rules that contradict or repeat each other.
    """

    rules: tuple[Rule, ...]
    replaced: tuple[Replaced, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def rule(self, name: str) -> Rule:
        """Return the rule of a name; raises `UnknownName` where there is none."""
        for rule in self.rules:
            if rule.id == name:
                return rule
        raise UnknownName(f"There is no rule {name!r}: list them with fondaco rules.")

    def markets(self) -> tuple[str, ...]:
        """Return the markets of which at least one rule speaks."""
        return tuple(sorted({market for rule in self.rules for market in rule.markets}))


def changes(rules: Iterable[Rule], *, today: date, lately: int = 365, ahead: int = 730) -> tuple[Rule, ...]:
    """Return the rules that came into force or ended lately, or will: in the order of the day.

    Parameters
    ----------
    rules
        Any.
    today
        The day to look from.
    lately, ahead
        How many days to look back and forward.
    """
    found = [
        (when, rule.id, rule) for rule in rules if (when := turning(rule, today, lately, ahead)) is not None
    ]
    return tuple(rule for _, _, rule in sorted(found))


def turning(rule: Rule, today: date, lately: int = 365, ahead: int = 730) -> date | None:
    """Return the day, nearest to `today` and within reach, on which a rule begins or ends; else None."""
    days = [day for day in (rule.valid_from, rule.valid_to) if day is not None]
    near = [day for day in days if -lately <= (day - today).days <= ahead]
    return min(near, key=lambda day: abs((day - today).days), default=None)


def tell(rules: Iterable[Rule]) -> tuple[Problem, ...]:
    """Name rules that say the same twice, or the contrary of each other.

    Two rules clash where they are of one kind and speak of the same goods, in the same market,
    region, way of selling, origin and time, and one says that something is asked while the other says
    that nothing is.
    """
    found = []
    seen = list(rules)
    by_place: dict[tuple[str, Kind], list[Rule]] = {}
    for rule in seen:
        for market in rule.markets:
            by_place.setdefault((market, rule.kind), []).append(rule)
    told: set[tuple[str, str]] = set()
    for (market, kind), held in by_place.items():
        for number, one in enumerate(held):
            for other in held[number + 1 :]:
                if (one.id, other.id) in told or not _same_place(one, other):
                    continue
                if one.applies != other.applies:
                    told.add((one.id, other.id))
                    found.append(
                        Problem(
                            "contradiction",
                            2,
                            f"{one.id} ({one.file}) and {other.id} ({other.file}) contradict each other on "
                            f"{kind} in {market}: one says that something is asked, the other that nothing is.",
                            "Look both sources up and correct one, or give it its end (valid_to).",
                        )
                    )
                elif _told(one) == _told(other):
                    told.add((one.id, other.id))
                    found.append(
                        Problem(
                            "repeated",
                            2,
                            f"{one.id} ({one.file}) and {other.id} ({other.file}) say the same of {market}.",
                            "Keep one of them.",
                        )
                    )
    return tuple(found)


def _told(rule: Rule) -> str:
    return " ".join(rule.says.casefold().split())


def _same_place(one: Rule, other: Rule) -> bool:
    """Whether two rules speak of the same goods, region, ways of selling, origins, and of a common time."""
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    last = min(one.valid_to or date.max, other.valid_to or date.max)
    return first <= last and all(getattr(one, name) == getattr(other, name) for name in _SAME_FOR)
