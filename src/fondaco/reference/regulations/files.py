"""Rules in files: reading them, laying a workspace's over those that ship, and adding to them.

Three layers, each over the one before; the same ``id`` puts a rule in the place of an earlier one, and
that is told:

1. what ships with Fondaco, ``data/*.toml``;
2. the workspace's, ``regulations/*.toml`` (``products.toml`` there holds tags, not rules);
3. a firm's own, ``regulations/firms/SLUG.toml``: what its people add in the web desk.

A user's rule that cannot be read is counted and named, with file, table and field; the others count.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fondaco.kernel import InputError, Problem
from fondaco.kernel.writing import write_atomically
from fondaco.reference.groups import members
from fondaco.reference.hs import hs_code
from fondaco.reference.products import Tags, tags, tags_of
from fondaco.reference.regulations.rules import (
    TOPIC_OF_KIND,
    Basis,
    Confidence,
    Kind,
    Platform,
    Replaced,
    Rule,
    RuleBook,
    Scope,
    Strength,
    Topic,
    tell,
)
from fondaco.reference.stated import Entries, InOrder, Origin, first_fault, looked_at

_SHIPPED = Path(__file__).parent / "data"

#: A user's rule wants another look after so many days, one that was not compared with its source sooner.
REVIEW_AFTER: dict[Basis, int] = {"checked": 365, "recalled": 90}

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
_LONGEST = 4000


class _Stated(InOrder, BaseModel):
    """A rule as it stands in a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    market: str | list[str]
    kind: Kind
    says: str = Field(min_length=1, max_length=_LONGEST)
    source: str = Field(min_length=1, max_length=500)
    url: str = Field(default="", max_length=1000)
    strength: Strength = "user"
    topic: Topic | None = None
    tags: list[str] = []
    hs: list[str] = []
    applies: bool = True
    proof: str = Field(default="", max_length=40)
    voluntary: bool = False
    region: str = Field(default="", max_length=500)
    exceptions: str = Field(default="", max_length=_LONGEST)
    scope: Scope = "whole"
    origins: list[str] = []
    platforms: list[Platform] = []
    registrations: list[str] = []
    checked: date | None = None
    recalled: date | None = None
    confidence: Confidence = "medium"
    review_by: date | None = None

    @field_validator("id")
    @classmethod
    def _is_id(cls, said: str) -> str:
        if not _ID.fullmatch(said):
            raise ValueError("write lower-case letters, digits and hyphens, such as us-wine-label")
        return said

    @field_validator("url")
    @classmethod
    def _is_address(cls, said: str) -> str:
        if said and not re.fullmatch(r"https?://[^\s<>\"']+", said):
            raise ValueError("write an address that begins with https:// or http://, or leave it out")
        return said

    @field_validator("market", mode="after")
    @classmethod
    def _are_markets(cls, said: str | list[str]) -> list[str]:
        return list(_markets([said] if isinstance(said, str) else said, "market"))

    @field_validator("origins", mode="after")
    @classmethod
    def _are_origins(cls, said: list[str]) -> list[str]:
        named = [o for o in said if not o.startswith("!")]
        left = [o[1:] for o in said if o.startswith("!")]
        return [*_markets(named, "origin"), *("!" + o for o in _markets(left, "origin"))]

    @field_validator("hs", mode="after")
    @classmethod
    def _are_codes(cls, said: list[str]) -> list[str]:
        try:
            return [hs_code(code) for code in said]
        except InputError as error:
            raise ValueError(str(error)) from None


def _markets(said: Iterable[str], what: str) -> tuple[str, ...]:
    found: list[str] = []
    for one in said:
        try:
            found += members([one])
        except InputError as error:
            raise ValueError(f"{one!r} is no {what}: {error}") from None
    return tuple(dict.fromkeys(found))


def _rule(table: dict[str, Any], where: str, origin: Origin, known: Tags) -> Rule:
    held = _Stated.model_validate(table)
    for tag in held.tags:
        known.tag(tag)
    days: dict[Basis, date | None] = {"checked": held.checked, "recalled": held.recalled}
    basis, stated, review_by = looked_at(days, held.review_by, REVIEW_AFTER)
    return Rule(
        id=held.id, markets=tuple(held.market), kind=held.kind, topic=held.topic or TOPIC_OF_KIND[held.kind],
        says=" ".join(held.says.split()), source=held.source, url=held.url, strength=held.strength, stated=stated,
        basis=basis, confidence=held.confidence, review_by=review_by, tags=tuple(held.tags), hs=tuple(held.hs),
        applies=held.applies, proof=held.proof, voluntary=held.voluntary, region=held.region,
        exceptions=" ".join(held.exceptions.split()), scope=held.scope, origins=tuple(held.origins),
        platforms=tuple(held.platforms), registrations=tuple(held.registrations), valid_from=held.valid_from, valid_to=held.valid_to, origin=origin,
        file=where,
    )  # fmt: skip


_RULES = Entries("rule", _rule)
parse = _RULES.parse


@cache
def shipped() -> tuple[Rule, ...]:
    """Return the rules that ship with Fondaco; raises `Damaged` where one of them cannot be read."""
    return _RULES.shipped(_SHIPPED)


def files_of(folder: Path, firm: str | None = None) -> list[Path]:
    """Return the files of rules of a workspace's folder ``regulations``, and a firm's own behind them."""
    own = [path for path in sorted(folder.glob("*.toml")) if path.name != "products.toml"]
    if firm is not None:
        own += [path for path in [firm_file(folder, firm)] if path.is_file()]
    return own


def firm_file(folder: Path, firm: str) -> Path:
    """Return where a firm's own rules stand."""
    return folder / "firms" / f"{firm}.toml"


def rule_book(folder: Path | None = None, firm: str | None = None) -> RuleBook:
    """Return all rules: those that ship, with a workspace's and a firm's laid over them.

    Parameters
    ----------
    folder
        The workspace's folder ``regulations``, which need not exist; None for the shipped rules alone.
    firm
        A firm's short name.
    """
    held = {rule.id: rule for rule in shipped()}
    replaced: list[Replaced] = []
    problems: list[Problem] = []
    if folder is not None:
        try:
            known = tags_of(folder)
        except InputError as error:
            problems.append(
                Problem("tags", 1, str(error), "Correct the file; the shipped tags count until then.")
            )
            known = tags()
        for path in files_of(folder, firm):
            found, wrong = read(path, folder, known)
            problems += wrong
            for rule in found:
                if rule.id in held:
                    replaced.append(Replaced(rule.id, rule.file, held[rule.id]))
                held[rule.id] = rule
    rules = tuple(sorted(held.values(), key=lambda rule: rule.id))
    return RuleBook(rules, tuple(replaced), (*problems, *tell(rules)))


def read(path: Path, folder: Path, known: Tags) -> tuple[list[Rule], list[Problem]]:
    """Read one of a user's files; whatever is wrong with it is told."""
    return _RULES.file(path, _called(path, folder), known)


def _called(path: Path, folder: Path) -> str:
    return (
        f"{folder.name}/{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else path.name
    )


# --- adding and correcting ----------------------------------------------------------------------------


def add(
    folder: Path, table: Mapping[str, Any], *, firm: str | None = None, known: Tags | None = None
) -> Rule:
    """Write a rule into the workspace's ``own.toml``, or into a firm's file; one of the same id goes.

    Parameters
    ----------
    folder
        The workspace's folder ``regulations``.
    table
        The fields of a ``[[rule]]``.  Without ``id`` it gets one from market, kind and what it says.
    firm
        Whose own rule it is; None for the whole workspace.
    known
        The product tags.

    Raises
    ------
    InputError
        Where a field is wrong, or the file that it goes into cannot be read.
    """
    path = firm_file(folder, firm) if firm else folder / "own.toml"
    where = _called(path, folder)
    given = {name: value for name, value in table.items() if value not in (None, "", [])}
    given.setdefault("id", name_of(given))
    try:
        rule = _rule(given, where, "user", known or tags())
    except ValidationError as error:
        raise InputError(first_fault(error)) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(path.with_suffix(".lock"))):
        tables = _tables(path, where)
        tables["rule"] = [one for one in tables.get("rule", []) if one.get("id") != rule.id] + [given]
        write_atomically(path, tomli_w.dumps(tables))
    return rule


def _tables(path: Path, where: str) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        text = path.read_text("utf-8")
        _RULES.tables(text, where)
    except (UnicodeDecodeError, InputError) as error:
        raise InputError(
            f"{where} cannot be read, so nothing was added ({str(error).splitlines()[0]}). Correct it first: "
            "fondaco rules check."
        ) from None
    return tomllib.loads(text)


def name_of(table: Mapping[str, Any]) -> str:
    """Return an id for a rule that was given none: market, kind, goods, and a mark of what it says."""
    market = table.get("market", "")
    first = market if isinstance(market, str) else (market or [""])[0]
    goods = [*table.get("tags", []), *table.get("hs", [])][:1]
    mark = hashlib.sha256(str(table.get("says", "")).encode()).hexdigest()[:6]
    words = [str(first), *map(str, goods), str(table.get("kind", "")), mark]
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")[:80]
