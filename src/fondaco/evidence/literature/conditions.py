"""Under which conditions was a study done: what its firms' size is called, by whom, and whether its period was unlike others.

>>> from fondaco.evidence.literature.base import shipped
>>> held = shipped()
>>> [each.people for each in sizes_of(held.studies["lee_etal_2022"])]
[250, 1000]
>>> period_of(held, held.studies["lee_etal_2022"])
'Of the years of COVID-19: what was found then may not hold in others.'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fondaco.evidence.literature.base import Base, Study

_FILE = Path(__file__).parent / "data" / "sizes.toml"
#: The variable that stands for the pandemic.
_PANDEMIC = "covid19"


@dataclass(frozen=True)
class Size:
    """What a word for small firms means to a source.

    Attributes
    ----------
    words
        As studies say it.
    people, at_most
        The number of people; whether a firm may have as many, or has to have fewer.
    countries
        Where it holds, alpha-3; everywhere else where empty.
    source
        Who says so.
    """

    words: tuple[str, ...]
    people: int
    at_most: bool
    countries: tuple[str, ...]
    source: str


@cache
def sizes() -> tuple[Size, ...]:
    """Return the definitions on record."""
    held = tomllib.loads(_FILE.read_text("utf-8"))["size"]
    return tuple(
        Size(tuple(each["words"]), each["people"], each["at_most"], tuple(each["countries"]), each["source"])
        for each in held
    )


def sizes_of(study: Study) -> tuple[Size, ...]:
    """Return what the name of a study's firms may mean, the general definition before that of a country of its own."""
    return tuple(
        each
        for each in sizes()
        if study.unit in each.words and (not each.countries or set(each.countries) & set(study.countries))
    )


def period_of(base: Base, study: Study) -> str:
    """Say what was special about a study's period, by its title and findings; empty where nothing is on record."""
    told = (each for each in base.findings if each.study == study.key)
    if "covid" in study.title.casefold() or any(_PANDEMIC in (each.driver, each.moderator) for each in told):
        return "Of the years of COVID-19: what was found then may not hold in others."
    return ""
