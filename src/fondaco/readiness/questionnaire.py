"""What is asked: constructs and their questions in four languages, as versioned data (``data/readiness-N.toml``).

A version that people have answered is never changed: a new wording is a new file with a new number.

>>> held = questionnaire()
>>> held.item("RO4").reverse, held.item("RO4").construct
(True, 'responsiveness')
>>> held.item("RE1").text("it")
'Rispondiamo agli acquirenti entro un giorno.'
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fondaco.kernel import UnknownName
from fondaco.reference import countries

_SHIPPED = Path(__file__).parent / "data"
NEWEST = "readiness-1"

Language = Literal["en", "it", "ko", "mn"]
#: The whole questionnaire, or the short form: under ten minutes, for firms in which one person does everything.
Form = Literal["full", "short"]
Kind = Literal["scale", "number"]

#: Between a question and the market that it is asked of, in keys of answers: ``KH1@DEU``.
AT = "@"


def keyed(name: str, market: str = "") -> str:
    """Return the key of a question or construct, of a market where it is asked of one.

    >>> keyed("KH1", "DEU"), keyed("RO1")
    ('KH1@DEU', 'RO1')
    """
    return f"{name}{AT}{market}" if market else name


@dataclass(frozen=True)
class Item:
    """A question.

    Attributes
    ----------
    texts
        By language.
    reverse
        Agreeing speaks against the construct.
    kind
        ``scale`` (1 to 7) or ``number`` (between `least` and `most`, kept beside the scores).
    source
        Which study it is about, or a reason of our own.
    """

    id: str
    construct: str
    texts: Mapping[str, str]
    source: str
    reverse: bool = False
    short: bool = False
    kind: Kind = "scale"
    least: float = 1
    most: float = 7

    def text(self, language: str) -> str:
        """Return the question; in English where the language is not there."""
        return self.texts.get(language, self.texts["en"])


@dataclass(frozen=True)
class Construct:
    """Something that several questions measure together.

    Attributes
    ----------
    group
        What it belongs to, such as ``structural``.
    good
        Whether a high score or a low one is to be wished.
    per_market
        Whether it is asked of each market that the firm aims at.
    """

    id: str
    group: str
    names: Mapping[str, str]
    items: tuple[Item, ...]
    good: Literal["high", "low"] = "high"
    per_market: bool = False

    def name(self, language: str = "en", market: str = "") -> str:
        """Return its name, with the market where it is of one."""
        own = self.names.get(language, self.names["en"])
        return f"{own}: {countries.name(market, language)}" if market else own

    @property
    def scaled(self) -> tuple[Item, ...]:
        """The questions that are answered on the scale."""
        return tuple(item for item in self.items if item.kind == "scale")


@dataclass(frozen=True)
class Asked:
    """A question as it is put: its key among the answers, and the market that it is about, if any."""

    key: str
    item: Item
    market: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """A version of the questionnaire.

    Attributes
    ----------
    labels
        The words of the scale by language, the lowest first.
    page
        What stands around the questions where they are filled in, by language.
    """

    id: str
    as_of: date
    languages: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Mapping[str, str]]
    constructs: tuple[Construct, ...]
    page: Mapping[str, Mapping[str, Any]]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every question by its id."""
        return {item.id: item for construct in self.constructs for item in construct.items}

    @cached_property
    def by_id(self) -> Mapping[str, Construct]:
        """Every construct by its id."""
        return {construct.id: construct for construct in self.constructs}

    def item(self, key: str) -> Item:
        """Return the question behind a key (``RO1``, ``KH1@DEU``); raises `UnknownName` where there is none."""
        found = self.items.get(key.partition(AT)[0])
        if found is None:
            raise UnknownName(f"The questionnaire {self.id} has no question {key!r}.")
        return found

    def construct(self, key: str) -> Construct:
        """Return the construct behind a key (``people``, ``know_how@DEU``)."""
        return self.by_id[key.partition(AT)[0]]

    def is_key(self, key: str) -> bool:
        """Whether an answer may stand under a key: a question, with a market exactly where it is asked of one."""
        name, _, market = key.partition(AT)
        item = self.items.get(name)
        if item is None:
            return False
        return countries.is_market(market) if self.by_id[item.construct].per_market else AT not in key

    def asked(self, form: Form = "full", markets: Iterable[str] = ()) -> tuple[Asked, ...]:
        """Return what is asked, in order; questions of a market once for each of `markets` (alpha-3).

        >>> [each.key for each in questionnaire().asked("short", ["DEU"])][-4:]
        ['RD2', 'PF1', 'PS1', 'PA1']
        """
        found = []
        aimed = tuple(dict.fromkeys(markets))
        for construct in self.constructs:
            for market in aimed if construct.per_market else ("",):
                for item in construct.items:
                    if form == "full" or item.short:
                        found.append(Asked(keyed(item.id, market), item, market))
        return tuple(found)

    def name(self, key: str, language: str = "en") -> str:
        """Return the name of a construct by its key, with the market where it is of one."""
        return self.construct(key).name(language, key.partition(AT)[2])


def minutes(asked: Iterable[Asked], language: str = "en") -> int:
    """Return how many minutes it takes to read and answer, at 150 words a minute and six seconds an answer.

    >>> minutes(questionnaire().asked("short", ["DEU"]))
    6
    """
    put = list(asked)
    words = sum(len(each.item.text(language).split()) for each in put)
    return -(-(words * 60 // 150 + 6 * len(put)) // 60)


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[A-Z]{2}\d?$")
    en: str
    it: str
    ko: str
    mn: str
    reverse: bool = False
    short: bool = False
    kind: Kind = "scale"
    least: float = 1
    most: float = 7
    study: str = ""
    section: str = ""
    reason: str = ""


class _Construct(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z_]+$")
    group: str
    name: dict[str, str]
    study: str
    section: str
    good: Literal["high", "low"] = "high"
    per_market: bool = False
    item: list[_Item]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: dict[str, str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    as_of: date
    points: Literal[7]
    languages: list[Language]
    labels: dict[str, list[str]]
    groups: dict[str, _Group]
    page: dict[str, dict[str, Any]]
    constructs: list[_Construct] = Field(alias="construct")


@cache
def questionnaire(id_: str = NEWEST) -> Questionnaire:
    """Return a version of the questionnaire.

    Raises
    ------
    UnknownName
        Where there is no such version.
    ValueError
        Where a shipped version is faulty: a fault of ours, found by the tests.
    """
    path = _SHIPPED / f"{id_}.toml"
    if not id_.isascii() or not id_.replace("-", "").isalnum() or not path.is_file():
        raise UnknownName(f"There is no questionnaire {id_!r}; the newest is {NEWEST}.")
    said = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    constructs = tuple(_construct(each) for each in said.constructs)
    ids = [item.id for construct in constructs for item in construct.items]
    if len(set(ids)) != len(ids) or any(len(each) != said.points for each in said.labels.values()):
        raise ValueError(f"{id_}: a question stands there twice, or a scale has not {said.points} words")
    return Questionnaire(
        said.id, said.as_of, tuple(said.languages),
        {language: tuple(words) for language, words in said.labels.items()},
        {key: dict(group.name) for key, group in said.groups.items()}, constructs, said.page,
    )  # fmt: skip


def _construct(said: _Construct) -> Construct:
    items = tuple(
        Item(
            each.id, said.id, {"en": each.en, "it": each.it, "ko": each.ko, "mn": each.mn}, _source(each, said),
            each.reverse, each.short, each.kind, each.least, each.most,
        )
        for each in said.item
    )  # fmt: skip
    return Construct(said.id, said.group, dict(said.name), items, said.good, said.per_market)


def _source(item: _Item, construct: _Construct) -> str:
    if item.reason:
        return item.reason
    study = item.study or construct.study
    return f"{study}, {item.section or construct.section}"
