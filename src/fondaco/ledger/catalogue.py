"""A firm's own catalogue: which of its products is what, by patterns of article number or name.

It stands beside the firm's settings, in ``firms/SLUG.products.toml``, as TOML to be read and edited::

    [[product]]
    sku = "W-*"              # or name = "*chianti*"; * stands for anything, letter case does not count
    tags = ["wine"]
    hs = "220421"            # never padded
    origin = "ITA"

    [[product]]
    sku = "W-12"
    tags = ["wine"]
    hs = "220421"
    origin = "ITA"
    [product.unit]           # one unit as it is sold: a bottle, a bag; see `fondaco.ledger.unit`
    cost = "4.10"
    price = "7.50"           # at the works
    currency = "EUR"
    net_weight_kg = "0.75"

    [[proof]]                # a quality proof that the firm holds
    proof = "pdo"
    tags = ["wine"]          # of which of its goods; all of them where it is left out
    says = "Chianti Classico, consortium no. 12"
    valid_to = 2027-06-30

An article number written out goes before patterns, and of patterns the first that fits counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from fondaco.kernel import InputError
from fondaco.kernel.writing import write_atomically
from fondaco.ledger.unit import Unit
from fondaco.reference import countries
from fondaco.reference.hs import hs_code
from fondaco.reference.products import Tags, tags


@dataclass(frozen=True)
class Entry:
    """What a pattern's products are.

    Attributes
    ----------
    sku, name
        The pattern; one of the two is empty.
    tags, hs, origin
        Their product tags, HS code and country of origin (alpha-3), as far as stated.
    unit
        What one unit costs, weighs and holds, as far as stated.
    """

    sku: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    hs: str | None = None
    origin: str | None = None
    unit: Unit | None = None

    def fits(self, sku: str | None, name: str | None) -> bool:
        """Whether a product of the ledger is meant."""
        said, pattern = (sku, self.sku) if self.sku else (name, self.name)
        return said is not None and _pattern(pattern).fullmatch(said.strip()) is not None

    def to_json(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "sku": self.sku or None,
            "name": self.name or None,
            "tags": list(self.tags),
            "hs": self.hs,
            "origin": self.origin,
            "unit": None if self.unit is None else self.unit.to_json(),
        }


@dataclass(frozen=True)
class Proof:
    """A quality proof that the firm holds: what it is, of which goods, what it says, how long it holds."""

    proof: str
    tags: tuple[str, ...] = ()
    says: str = ""
    valid_to: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it is still good on a day."""
        return self.valid_to is None or today <= self.valid_to

    def to_json(self) -> dict[str, Any]:
        """Return the proof as JSON values."""
        valid_to = self.valid_to.isoformat() if self.valid_to else None
        return {"proof": self.proof, "tags": list(self.tags), "says": self.says, "valid_to": valid_to}


@dataclass(frozen=True)
class Catalogue:
    """All entries and proofs of a firm."""

    entries: tuple[Entry, ...] = ()
    proofs: tuple[Proof, ...] = ()

    def entry(self, sku: str | None, name: str | None) -> Entry | None:
        """Return what is stated of a product: by its number written out, else by the first pattern that fits.

        >>> held = Catalogue((Entry(sku="W-*", tags=("wine",)), Entry(sku="w-9", tags=("vinegar",))))
        >>> held.entry("W-9", None).tags, held.entry("W-1", None).tags, held.entry("X", "Wine")
        (('vinegar',), ('wine',), None)
        """
        fitting = [entry for entry in self.entries if entry.fits(sku, name)]
        exact = [entry for entry in fitting if "*" not in (entry.sku or entry.name)]
        return next(iter(exact + fitting), None)

    def with_entry(self, entry: Entry) -> Catalogue:
        """Return the catalogue with an entry added, or put in the place of the one with its pattern.

        An entry that says nothing of a unit leaves what was stated of one.
        """
        key = (entry.sku.casefold(), entry.name.casefold())
        places = [i for i, e in enumerate(self.entries) if (e.sku.casefold(), e.name.casefold()) == key]
        held = list(self.entries)
        if places:
            held[places[0]] = replace(entry, unit=entry.unit or held[places[0]].unit)
        else:
            held.append(entry)
        return replace(self, entries=tuple(held))

    def with_proof(self, proof: Proof) -> Catalogue:
        """Return the catalogue with a proof added, or put in the place of that of the same name and goods."""
        kept = [p for p in self.proofs if (p.proof, p.tags) != (proof.proof, proof.tags)]
        return replace(self, proofs=(*kept, proof))


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(
        ".*".join(re.escape(part) for part in pattern.strip().split("*")), re.IGNORECASE | re.DOTALL
    )


class _Product(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    sku: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=500)
    tags: list[str] = []
    hs: str | None = None
    origin: str | None = None
    unit: Unit | None = None

    @field_validator("hs")
    @classmethod
    def _is_code(cls, said: str | None) -> str | None:
        return _said(hs_code, said)

    @field_validator("origin")
    @classmethod
    def _is_country(cls, said: str | None) -> str | None:
        return _said(countries.from_code, said)


def _said(understand: Any, said: str | None) -> str | None:
    if not said:
        return None
    try:
        return str(understand(said))
    except InputError as error:
        raise ValueError(str(error)) from None


class _Proof(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    proof: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    tags: list[str] = []
    says: str = Field(default="", max_length=500)
    valid_to: date | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    product: list[_Product] = []
    proof: list[_Proof] = []


def parse_catalogue(text: str, where: str, known: Tags | None = None) -> Catalogue:
    """Read a catalogue from TOML.

    Raises
    ------
    InputError
        Naming the file, the table and the field.
    """
    found = _parsed(text, where)
    for tag in (
        tag for held in (*(e.tags for e in found.entries), *(p.tags for p in found.proofs)) for tag in held
    ):
        (known or tags()).tag(tag)
    return found


@lru_cache(maxsize=64)
def _parsed(text: str, where: str) -> Catalogue:
    """Read a catalogue whose tags nobody has looked at; the last ones are kept, as each page asks many times."""
    try:
        held = _File.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where} is no TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise InputError(f"{where}, {place}: {message} (found: {str(first.get('input'))[:60]!r}).") from None
    for number, product in enumerate(held.product, start=1):
        if bool(product.sku) == bool(product.name):
            raise InputError(f"{where}, product {number}: say either sku or name.")
    entries = tuple(Entry(p.sku, p.name, tuple(p.tags), p.hs, p.origin, p.unit) for p in held.product)
    return Catalogue(entries, tuple(Proof(p.proof, tuple(p.tags), p.says, p.valid_to) for p in held.proof))


def catalogue_text(catalogue: Catalogue) -> str:
    """Return a catalogue as TOML that `parse_catalogue` reads again."""
    return tomli_w.dumps(
        {
            "product": [_kept(entry.to_json()) for entry in catalogue.entries],
            "proof": [_kept({**proof.to_json(), "valid_to": proof.valid_to}) for proof in catalogue.proofs],
        }
    )


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def read_catalogue(path: Path, known: Tags | None = None) -> Catalogue:
    """Read a firm's catalogue; an empty one where there is no file."""
    if not path.is_file():
        return Catalogue()
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path.name} is no UTF-8 text: save it as UTF-8.") from None
    return parse_catalogue(text, path.name, known)


def write_catalogue(path: Path, catalogue: Catalogue) -> None:
    """Write a firm's catalogue, whole or not at all."""
    write_atomically(path, catalogue_text(catalogue))


def entry_of(
    *, sku: str = "", name: str = "", tags: Sequence[str] = (), hs: str | None = None, origin: str | None = None,
    unit: Unit | None = None, known: Tags | None = None,
) -> Entry:  # fmt: skip
    """Return an entry as a person states it.

    Raises
    ------
    InputError
        Where neither or both of sku and name are given, or a tag, code or country is not understood.
    """
    if bool(sku.strip()) == bool(name.strip()):
        raise InputError("Say either an article number or a name; * stands for anything.")
    if not (tags or hs or origin or unit):
        raise InputError(
            "Say what it is: a tag, an HS code, a country of origin, or what a unit costs and weighs."
        )
    return parse_catalogue(
        catalogue_text(Catalogue((Entry(sku.strip(), name.strip(), tuple(tags), hs, origin, unit),))),
        "what was said",
        known,
    ).entries[0]
