"""Compare a name with the lists, tolerant of spelling and script, and say how alike and why.

A hit is a likeness of names, no finding: people share names with those who are listed, and firms that a listed
person owns are not themselves on the list.  So the strongest word is `red`, "look before you go on", a name that
nobody on the lists resembles is `green` only for the lists and days that are named, and without a list all is
`amber`: unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fondaco.reference import countries
from fondaco.reference.names import Kind, Name, around_articles, inside, likeness, read, score
from fondaco.reference.names.romanising import bones, sound
from fondaco.reference.sanctions import Listed, ListedName
from fondaco.reference.sanctions.store import Kept

Level = Literal["green", "amber", "red"]

#: From these scores on a likeness is strong, and worth a look; set: names in other scripts lie around 0.9.
STRONG, POSSIBLE = 0.9, 0.7
#: A person's name that stands whole in a listed one, or the other way round, is worth a look whatever else a list writes out; no two such
#: names are less alike than this.
FAINT = 0.1
#: A list that is older than so many days is told to be renewed; set: authorities publish several times a week.
STALE_DAYS = 14
#: So many hits are told.
MOST = 20


@dataclass(frozen=True)
class Hit:
    """Somebody on a list whose name is like the one that was asked for.

    Attributes
    ----------
    entry, name
        Who, and which of the names it is.
    score, why
        The likeness, 0 to 1, and its reasons.
    notes
        What else is to be known: a weak alias, another country, a ship.
    """

    entry: Listed
    name: ListedName
    score: float
    why: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the hit as JSON values."""
        return {
            "list": self.entry.authority, "id": self.entry.id, "kind": self.entry.kind, "name": self.name.text, "quality": self.name.quality,
            "primary": self.entry.names[0].text, "score": self.score, "why": "; ".join(self.why), "countries": list(self.entry.countries),
            "programme": self.entry.programme, "born": list(self.entry.born), "listed_on": self.entry.listed_on or None, "notes": list(self.notes),
        }  # fmt: skip


@dataclass(frozen=True)
class Screened:
    """What came of a name.

    Attributes
    ----------
    name
        That was asked for.
    level
        ``red``: a strong likeness; ``amber``: a weaker one, or no list, or an old one; ``green``: none.
    reason, source
        In a sentence, and by which lists of which days.
    hits
        The most alike first.
    """

    name: str
    level: Level
    reason: str
    source: str
    hits: tuple[Hit, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "name": self.name, "level": self.level, "reason": self.reason, "source": self.source,
            "hits": [hit.to_json() for hit in self.hits],
        }  # fmt: skip


class Screen:
    """The lists, ready to be asked.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from fondaco.reference.sanctions import SanctionsList
    >>> entry = Listed("UN", "X.1", "person", (ListedName("Иван Выдуманный"),), ("RUS",))
    >>> held = SanctionsList("UN", "UN XML", date(2026, 11, 29), "un.xml", (entry,))
    >>> screen = Screen([Kept(held, datetime(2026, 11, 30, tzinfo=UTC))])
    >>> found = screen.check("Ivan Vydumanny", date(2026, 11, 30))
    >>> found.level, found.hits[0].score > 0.9
    ('red', True)
    >>> screen.check("Anna Rossi", date(2026, 11, 30)).level
    'green'
    """

    def __init__(self, lists: Sequence[Kept]) -> None:
        self._lists = tuple(lists)
        self._names = [(entry, name) for each in lists for entry in each.list.entries for name in entry.names]
        self._by_key: dict[str, set[int]] = defaultdict(set)
        for place, (_, name) in enumerate(self._names):
            # Not through the cache of `read`: a list's names would turn it over.
            for key in _keys(read.__wrapped__(name.text)):
                self._by_key[key].add(place)

    def check(
        self, name: str, today: date, *, country: str | None = None, kind: Kind | None = None
    ) -> Screened:
        """Return who on the lists has a name like this one.

        Parameters
        ----------
        name
            Of a person, firm or ship, in any script.
        today
            To tell how old the lists are.
        country
            Where the buyer is, ISO 3166-1 alpha-3; a hit elsewhere is said to be, and stays a hit.
        kind
            ``person`` or ``company``; without it both.
        """
        source = "; ".join(f"{each.list.authority} of {each.as_of}" for each in self._lists)
        if not self._lists:
            return Screened(name, "amber", "No sanctions list was brought in, so nothing is known.", "", ())
        if not read(name).words:
            return Screened(name, "amber", "The name has no letter that can be read.", source, ())
        hits = self._hits(name, country, kind)
        old = [each.list.authority for each in self._lists if (today - each.as_of).days > STALE_DAYS]
        return Screened(name, *self._judged(hits, old), source, hits)

    def _judged(self, hits: Sequence[Hit], old: Sequence[str]) -> tuple[Level, str]:
        if hits and hits[0].score >= STRONG:
            who = hits[0].entry
            return "red", f"Very like {hits[0].name.text} ({who.authority} {who.id}). Look before you go on."
        if hits:
            who = hits[0].entry
            return (
                "amber",
                f"Somewhat like {hits[0].name.text} ({who.authority} {who.id}). A person has to look.",
            )
        if old:
            return (
                "amber",
                f"Nobody alike, but the list of {', '.join(old)} is older than {STALE_DAYS} days: renew it.",
            )
        return "green", "Nobody on these lists has a name like it; lists that are not named were not asked."

    def _hits(self, name: str, country: str | None, kind: Kind | None) -> tuple[Hit, ...]:
        found: dict[tuple[str, str], tuple[float, ListedName, Listed]] = {}
        for place in self._near(name):
            entry, listed = self._names[place]
            if kind is not None and entry.kind in ("person", "company") and entry.kind != kind:
                continue
            alike = score(name, listed.text, kind=kind)
            if FAINT <= alike < POSSIBLE and entry.kind == "person" and inside(name, listed.text):
                alike = POSSIBLE
            key = (entry.authority, entry.id)
            if alike >= POSSIBLE and (key not in found or alike > found[key][0]):
                found[key] = (alike, listed, entry)
        best = sorted(found.values(), key=lambda each: (-each[0], each[2].authority, each[2].id))[:MOST]
        return tuple(
            Hit(
                entry,
                listed,
                alike,
                likeness(name, listed.text, kind=kind).why,
                _notes(entry, listed, country),
            )
            for alike, listed, entry in best
        )

    def _near(self, name: str) -> set[int]:
        near: set[int] = set()
        for key in _keys(read(name)):
            near |= self._by_key.get(key, set())
        return near


def _keys(name: Name) -> set[str]:
    """Return by what a name is found: how each telling word begins, its consonants, and its initials.

    Two names that are alike share at least one; the score is worked out for those alone.
    """
    found = set()
    joined = [word for words in (name.words, name.others) for _place, word in around_articles(words)]
    for word in (*name.words, *name.others, *joined):
        if word.weight < 0.3 and len(name.words) > 1:
            continue
        spoken = sound(word.text, voiceless=True)
        found.add(spoken[:3])
        found |= {
            f"={bare[:4]}" for bare in (bones(word.text), bones(word.text, silent_h=False)) if len(bare) >= 2
        }
        if word.meaning:
            found.add(f"~{word.meaning}")
    found.add("+" + sound("".join(word.text for word in name.words), voiceless=True)[:5])
    if len(name.words) >= 3:
        found.add(sound("".join(word.text[0] for word in name.words), voiceless=True)[:3])
    return found


def _notes(entry: Listed, name: ListedName, country: str | None) -> tuple[str, ...]:
    notes = []
    if name.quality == "weak":
        notes.append("the authority calls this alias weak")
    if name.text != entry.names[0].text:
        notes.append(f"listed as {entry.names[0].text}")
    if entry.kind == "vessel":
        notes.append("a ship")
    if country and entry.countries:
        there = ", ".join(countries.name(each) for each in entry.countries)
        same = country in entry.countries
        notes.append(
            f"listed with {there}"
            + (", as the buyer" if same else f"; the buyer is in {countries.name(country)}")
        )
    return tuple(notes)
