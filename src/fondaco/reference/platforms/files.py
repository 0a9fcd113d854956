"""The catalogue of platforms in files: what ships with Fondaco, and what a workspace lays over it.

A workspace's ``platforms/*.toml`` add platforms; the same ``id`` puts an entry in the place of the shipped one.
An entry that cannot be read is counted and named, with file, entry and field; the others count::

    [[platform]]
    id = "crafts-fair-online"
    name = "Crafts Fair Online"
    kinds = ["sales"]
    group = "open_market"          # own_site | shop_service | select_mall | open_market | social_account
    buyers = ["consumers"]
    who = "people who collect felt"
    home = "DE"
    reach = ["DE", "AT"]           # "*" for many countries; left out: not known
    sellers = ["*"]
    tags = ["wool"]
    languages = ["de"]
    sources = ["its page for sellers"]
    look_up = "https://example.org/sell"
    has = ["content"]              # mechanisms that all its sellers have, as the first source says
    checked = 2026-11-30           # or recalled = ..., where nobody compared it with its source

    [[platform.mechanism]]
    name = "chat"
    sellers = ["*"]
    source = "its page for sellers"
    valid_from = 2025-01-01

    [[platform.limit]]
    id = "reply_hours"
    value = "24"
    unit = "hours"
    says = "Answer within a day."
    source = "its terms, section 4"

    [[platform.registration]]
    markets = ["DE"]
    needs = ["packaging"]
    source = "its page for sellers"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from fondaco.kernel import InputError, Problem, UnknownName
from fondaco.reference import countries
from fondaco.reference.groups import GROUPS, members
from fondaco.reference.platforms.entries import (
    EVERYWHERE,
    Basis,
    Buyers,
    Fee,
    Group,
    Kind,
    Limit,
    Mechanism,
    MechanismName,
    Platform,
    Registration,
)
from fondaco.reference.products import Tags, tags
from fondaco.reference.stated import Entries, InOrder, Origin, looked_at

_SHIPPED = Path(__file__).parent / "data"
#: An entry wants another look after so many days, one that was not compared with its source sooner.
REVIEW_AFTER: dict[Basis, int] = {"checked": 365, "study": 180, "recalled": 180}


def _places(said: object) -> object:
    """Turn countries, groups of countries and ``*`` into alpha-3 codes."""
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        return said
    try:
        return members(said, {**GROUPS, EVERYWHERE: (EVERYWHERE,)})
    except InputError as error:
        raise ValueError(str(error)) from None


def _tuple(said: object) -> object:
    return tuple(said) if isinstance(said, list) else said


Places = Annotated[tuple[str, ...], BeforeValidator(_places)]
Text = Annotated[str, Field(min_length=1, max_length=600)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=500)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Stated, InOrder):
    pass


class _Mechanism(_Dated):
    name: MechanismName
    sellers: Places = (EVERYWHERE,)
    source: Text
    absent: bool = False
    says: str = Field(default="", max_length=600)


class _Limit(_Dated):
    id: Word
    value: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    unit: Text
    says: Text
    source: Text
    caveat: str = Field(default="", max_length=600)


class _Fee(_Stated):
    what: Text
    amount: Text
    source: Text
    as_of: date | None = None


class _Registration(_Dated):
    markets: Places
    needs: Annotated[tuple[Word, ...], BeforeValidator(_tuple)]
    source: Text


class _Platform(_Stated):
    id: Word
    name: Text
    kinds: Annotated[tuple[Kind, ...], BeforeValidator(_tuple), Field(min_length=1)]
    group: Group | None = None
    buyers: Annotated[tuple[Buyers, ...], BeforeValidator(_tuple)] = ()
    who: str = Field(default="", max_length=600)
    home: str | None = None
    reach: Places = ()
    sellers: Places = ()
    tags: Annotated[tuple[str, ...], BeforeValidator(_tuple)] = ()
    curated: bool = False
    languages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...], BeforeValidator(_tuple)
    ] = ()
    sources: Annotated[Texts, Field(min_length=1)]
    look_up: Address
    checked: date | None = None
    recalled: date | None = None
    study: date | None = None
    review_by: date | None = None
    unverified: Texts = ()
    has: Annotated[tuple[MechanismName, ...], BeforeValidator(_tuple)] = ()
    mechanism: tuple[_Mechanism, ...] = ()
    limit: tuple[_Limit, ...] = ()
    fee: tuple[_Fee, ...] = ()
    registration: tuple[_Registration, ...] = ()


@dataclass(frozen=True)
class PlatformBook:
    """All platforms that are known, those that a workspace put in the place of shipped ones, and what could not be read."""

    platforms: tuple[Platform, ...]
    replaced: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Platform]:
        return iter(self.platforms)

    def __len__(self) -> int:
        return len(self.platforms)

    def named(self, id_: str) -> Platform:
        """Return a platform by its id; raises `UnknownName` where there is none."""
        for each in self.platforms:
            if each.id == id_:
                return each
        raise UnknownName(f"There is no platform {id_!r} in the catalogue.")

    def get(self, id_: str) -> Platform | None:
        """Return a platform by its id or its name in any letter case; None where there is none."""
        said = id_.strip().casefold()
        return next((each for each in self.platforms if said in (each.id, each.name.casefold())), None)


def _platform(table: dict[str, Any], where: str, origin: Origin, known: Tags) -> Platform:
    held = _Platform.model_validate(table)
    for tag in held.tags:
        known.tag(tag)
    days: dict[Basis, date | None] = {"checked": held.checked, "recalled": held.recalled, "study": held.study}
    basis, looked, review_by = looked_at(days, held.review_by, REVIEW_AFTER)
    return Platform(
        id=held.id, name=held.name, kinds=held.kinds, group=held.group, buyers=held.buyers, who=held.who,
        home=None if held.home is None else countries.from_code(held.home), reach=held.reach, sellers=held.sellers,
        tags=held.tags, curated=held.curated, languages=held.languages, basis=basis, looked_at=looked,
        review_by=review_by, look_up=held.look_up,
        sources=held.sources, unverified=held.unverified,
        mechanisms=(
            *(Mechanism(name, (EVERYWHERE,), held.sources[0]) for name in held.has),
            *(
                Mechanism(m.name, m.sellers, m.source, m.absent, m.valid_from, m.valid_to, m.says)
                for m in held.mechanism
            ),
        ),
        limits=tuple(
            Limit(r.id, r.value, r.unit, r.says, r.source, r.valid_from, r.valid_to, r.caveat) for r in held.limit
        ),
        fees=tuple(Fee(f.what, f.amount, f.source, f.as_of) for f in held.fee),
        registrations=tuple(
            Registration(r.markets, r.needs, r.source, r.valid_from, r.valid_to) for r in held.registration
        ),
        origin=origin, file=where,
    )  # fmt: skip


_PLATFORMS = Entries("platform", _platform)
parse = _PLATFORMS.parse


@cache
def shipped() -> tuple[Platform, ...]:
    """Return the platforms that ship with Fondaco; raises `Damaged` where one of them cannot be read."""
    return _PLATFORMS.shipped(_SHIPPED)


def platform_book(folder: Path | None = None, known: Tags | None = None) -> PlatformBook:
    """Return all platforms: those that ship, with a workspace's folder ``platforms`` laid over them.

    Parameters
    ----------
    folder
        It need not exist; None for the shipped ones alone.
    known
        The product tags; those that ship by default.
    """
    held = {each.id: each for each in shipped()}
    replaced: list[str] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")) if folder is not None else ():
        found, wrong = _PLATFORMS.file(path, f"platforms/{path.name}", known or tags())
        problems += wrong
        for each in found:
            if each.id in held:
                replaced.append(each.id)
            held[each.id] = each
    return PlatformBook(
        tuple(sorted(held.values(), key=lambda each: each.name.casefold())), tuple(replaced), tuple(problems)
    )
