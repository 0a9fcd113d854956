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

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from fondaco.kernel import Damaged, InputError, Problem, UnknownName
from fondaco.reference import countries
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
from fondaco.reference.regulations import GROUPS

_SHIPPED = Path(__file__).parent / "data"
_LARGEST_FILE = 4 << 20
#: An entry wants another look after so many days, one that was not compared with its source sooner.
REVIEW_AFTER: dict[Basis, int] = {"checked": 365, "study": 180, "recalled": 180}
#: The fields that say when and how an entry was looked at; an entry's own goes before its file's.
_DAYS = frozenset({"checked", "recalled", "study"})


def _places(said: object) -> object:
    """Turn countries, groups of countries and ``*`` into alpha-3 codes."""
    if not isinstance(said, list):
        return said
    found: list[str] = []
    for one in said:
        if one == EVERYWHERE or not isinstance(one, str):
            found.append(one)
        elif one in GROUPS:
            found += GROUPS[one]
        else:
            try:
                found.append(countries.from_code(one))
            except InputError as error:
                raise ValueError(str(error)) from None
    return tuple(dict.fromkeys(found))


def _tuple(said: object) -> object:
    return tuple(said) if isinstance(said, list) else said


Places = Annotated[tuple[str, ...], BeforeValidator(_places)]
Text = Annotated[str, Field(min_length=1, max_length=600)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=500)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Stated):
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> _Dated:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"`valid_to` ({self.valid_to}) lies before `valid_from` ({self.valid_from})")
        return self


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

    @model_validator(mode="after")
    def _looked_at_once(self) -> _Platform:
        if sum(day is not None for day in (self.checked, self.recalled, self.study)) != 1:
            raise ValueError(
                "say one of `checked` (the day it was compared with its source), `recalled` (written down without "
                "it) and `study` (as a study tells it)"
            )
        return self


class _File(_Stated):
    defaults: dict[str, Any] = {}
    platform: list[dict[str, Any]] = []


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


def parse(
    text: str, where: str, *, origin: Literal["shipped", "user"], known: Tags | None = None
) -> tuple[list[Platform], list[Problem]]:
    """Read a file's platforms; those that cannot be read are told.

    Raises
    ------
    InputError
        Where the text is no TOML, or holds anything but ``[defaults]`` and ``[[platform]]``.
    """
    try:
        held = _File.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    except RecursionError:
        raise InputError(f"{where} is no TOML that can be read: its tables stand too deep.") from None
    except ValidationError as error:
        raise InputError(
            f"{where}: {_first(error)} Platforms stand in tables [[platform]], what they share in [defaults]."
        ) from None
    found: dict[str, Platform] = {}
    problems = []
    for number, table in enumerate(held.platform, start=1):
        called = f"{where}, platform {number} ({table.get('id', 'without an id')})"
        try:
            shared = {k: v for k, v in held.defaults.items() if k not in _DAYS or not _DAYS & table.keys()}
            each = _platform(_Platform.model_validate({**shared, **table}), where, origin, known or tags())
            if each.id in found:
                raise InputError("`id` stands twice in this file; give the second another.")
        except ValidationError as error:
            problems.append(_problem(f"{called}: {_first(error)}"))
        except InputError as error:
            problems.append(_problem(f"{called}: {error}"))
        else:
            found[each.id] = each
    return list(found.values()), problems


def _problem(reason: str) -> Problem:
    return Problem("platform", 1, reason, "Correct the file; its other platforms count.")


def _first(error: ValidationError) -> str:
    """Return the first thing that is wrong: the field, what was found there, and what may stand there."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the entry"
    found = first.get("input")
    said = "" if first["type"] == "missing" or isinstance(found, dict) else f" (found: {str(found)[:60]!r})"
    return f"`{field}`: {first['msg'].removeprefix('Value error, ').rstrip('.')}{said}."


def _platform(held: _Platform, where: str, origin: Literal["shipped", "user"], known: Tags) -> Platform:
    for tag in held.tags:
        known.tag(tag)
    basis: Basis = "checked" if held.checked else "study" if held.study else "recalled"
    looked_at = held.checked or held.study or held.recalled
    assert looked_at is not None
    try:
        review_by = held.review_by or looked_at + timedelta(days=REVIEW_AFTER[basis])
    except OverflowError:
        raise InputError(f"`{basis}` ({looked_at}) is no day on which anybody looked.") from None
    return Platform(
        id=held.id, name=held.name, kinds=held.kinds, group=held.group, buyers=held.buyers, who=held.who,
        home=None if held.home is None else countries.from_code(held.home), reach=held.reach, sellers=held.sellers,
        tags=held.tags, curated=held.curated, languages=held.languages, basis=basis, looked_at=looked_at,
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


@cache
def shipped() -> tuple[Platform, ...]:
    """Return the platforms that ship with Fondaco.

    Raises
    ------
    Damaged
        Where one of them cannot be read.
    """
    found: list[Platform] = []
    for path in sorted(_SHIPPED.glob("*.toml")):
        platforms, problems = parse(path.read_text("utf-8"), path.name, origin="shipped")
        if problems:
            raise Damaged(f"Shipped platforms cannot be read: {problems[0].reason} Install Fondaco again.")
        found += platforms
    return tuple(found)


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
        found, wrong = _read(path, known or tags())
        problems += wrong
        for each in found:
            if each.id in held:
                replaced.append(each.id)
            held[each.id] = each
    return PlatformBook(
        tuple(sorted(held.values(), key=lambda each: each.name.casefold())), tuple(replaced), tuple(problems)
    )


def _read(path: Path, known: Tags) -> tuple[list[Platform], list[Problem]]:
    where = re.sub(r"[\x00-\x1f]", "?", f"platforms/{path.name}")
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(
                f"{where} is larger than {_LARGEST_FILE >> 20} MiB: that is no list of platforms."
            )
        return parse(path.read_text("utf-8"), where, origin="user", known=known)
    except UnicodeDecodeError:
        return [], [Problem("file", 1, f"{where} is no UTF-8 text.", "Save it as UTF-8.")]
    except InputError as error:
        return [], [
            Problem("file", 1, str(error), "Correct the file; its platforms do not count until then.")
        ]
    except OSError as error:
        return [], [
            Problem("file", 1, f"{where} cannot be read ({error.strerror}).", "See to its permissions.")
        ]
