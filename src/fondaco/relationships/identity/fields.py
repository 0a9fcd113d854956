"""Which columns tell who somebody is, what agreement in each can look like, and who is compared with whom.

Each kind of field has its levels of agreement and a prior: how often pairs of records that are one show each
level (m), and how often pairs that are two do (u), as counts of pairs.  They are set, from what typing errors
and moves are like in general, and count for forty pairs; data soon outweigh them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.process import cpdist

from fondaco.reference.mail import is_free_mail, parts
from fondaco.reference.names.romanising import bones, romanised
from fondaco.reference.names.spelled import read

Kind = Literal["person", "company", "email", "text", "code", "mark"]

#: Names before the @ that belong to nobody.
ROLES = frozenset(
    {
        "info",
        "sales",
        "office",
        "contact",
        "admin",
        "export",
        "import",
        "purchasing",
        "order",
        "orders",
        "mail",
        "hello",
        "support",
        "service",
    }
)


@dataclass(frozen=True)
class _Kind:
    """What levels a kind has, from 0 up, in words; and priors, as counts of pairs."""

    says: tuple[str, ...]
    m: tuple[float, ...]
    u: tuple[float, ...]


KINDS: Mapping[str, _Kind] = {
    "person": _Kind(
        ("another name", "a name with much in common", "nearly the same name", "the same name"), (4, 4, 8, 24), (38.9, 0.6, 0.3, 0.2)
    ),
    "company": _Kind(
        ("another firm's name", "a firm's name with much in common", "nearly the same firm's name", "the same firm's name"),
        (4, 4, 8, 24), (38.9, 0.6, 0.3, 0.2),
    ),
    "email": _Kind(
        ("another address", "the same firm's domain", "nearly the same address, or the same name before the @", "the same address"),
        (10, 6, 6, 18), (39.5, 0.3, 0.15, 0.05),
    ),
    "text": _Kind(("another one", "nearly the same", "the same"), (8, 6, 26), (36, 1, 3)),
    "code": _Kind(("another one", "one sign off", "the same"), (4, 6, 30), (39, 0.6, 0.4)),
    "mark": _Kind(("another mark", "the same mark"), (16, 24), (39.98, 0.02)),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A column to compare.

    Attributes
    ----------
    column, kind
        Its name and its kind.
    against_only
        Whether only its disagreement counts: that two with one name are of one country says little, since names
        go with countries, and the model holds fields to be independent.
    """

    column: str
    kind: Kind
    against_only: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """What its levels of agreement mean, from 0 up."""
        return KINDS[self.kind].says

    @property
    def priors(self) -> tuple[Sequence[float], Sequence[float]]:
        """Counts of pairs that are one, and that are two, by level."""
        return KINDS[self.kind].m, KINDS[self.kind].u


@dataclass(frozen=True)
class Plan:
    """What is compared, and who with whom.

    Attributes
    ----------
    fields
        Columns to compare.
    blocks
        Each a set of prepared columns (`prepare`): records that agree in all of one set are compared.
    expected_share
        Pairs that are one, for each record, as far as known before looking; set: one buyer in ten comes twice.
    """

    fields: tuple[Field, ...]
    blocks: tuple[tuple[str, ...], ...]
    expected_share: float = 0.1


#: The buyer of an order or inquiry, as the ledger holds it.
BUYER = Plan(
    (Field("name", "person"), Field("company", "company"), Field("email", "email"), Field("mark", "mark"), Field("country", "code", against_only=True)),
    (
        ("email",), ("mark",), ("email.local", "country"), ("email.domain", "name.start"), ("name",), ("company",),
        ("name.bones", "country"), ("company.bones", "country"), ("company.start", "name.start"), ("name.last", "country"),
    ),
)  # fmt: skip


def prepare(records: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Return the records' columns in the form in which they are compared, and what blocks are made of.

    A field ``name`` becomes ``name`` (words in plain letters, sorted, first names in one spelling, legal forms
    left out), ``name.start`` (the first letters of its first word), ``name.last`` (its last word in the order
    given) and ``name.bones`` (its consonants); an ``email`` also ``email.local`` and ``email.domain`` (empty for
    providers that anybody may use); any other is in plain small letters.  Empty is null.
    """
    columns: dict[str, pl.Series] = {}
    for field in plan.fields:
        said = records[field.column].cast(pl.String)
        for suffix, values in _prepared(said, field.kind).items():
            columns[field.column + suffix] = values
    return pl.DataFrame(columns)


def _prepared(said: pl.Series, kind: Kind) -> dict[str, pl.Series]:
    distinct = said.unique().drop_nulls()
    make: Mapping[str, Callable[[str], str]]
    if kind in ("person", "company"):
        held = {name: _name(name) for name in distinct}
        parts = ("", ".start", ".last", ".bones")
        return {
            part: _mapped(said, {name: keys[n] for name, keys in held.items()})
            for n, part in enumerate(parts)
        }
    if kind == "email":
        make = {"": _email, ".local": _local, ".domain": _firm_domain}
    elif kind == "text":
        make = {"": lambda text: romanised(text).strip(), ".start": lambda text: romanised(text).strip()[:4]}
    else:
        make = {
            "": lambda text: re.sub(r"[\s.\-/]", "", text).casefold(),
            ".start": lambda text: text.strip()[:4],
        }
    return {
        part: _mapped(said, {text: function(text) for text in distinct}) for part, function in make.items()
    }


def _mapped(said: pl.Series, table: Mapping[str, str]) -> pl.Series:
    old, new = list(table), [value or None for value in table.values()]
    if not old:
        return pl.Series(said.name, [None] * len(said), dtype=pl.String)
    return said.replace_strict(pl.Series(old, dtype=pl.String), pl.Series(new, dtype=pl.String), default=None)


def _name(said: str) -> tuple[str, str, str, str]:
    name = read.__wrapped__(said)  # a million names would only turn the cache over
    words = [word.meaning if word.meaning and word.weight >= 1 else word.text for word in name.words]
    # Particles, and what many firms' names have, tell nobody from anybody.
    own = [word for word, held in zip(words, name.words, strict=True) if held.weight >= 0.5] or words
    if not own:
        return "", "", "", ""
    ordered = sorted(own)
    return " ".join(ordered), own[0][:3], own[-1], "".join(sorted(filter(None, map(bones, own))))[:12]


def _email(said: str) -> str:
    local, domain = parts(said)
    return f"{local}@{domain}" if local else ""


def _local(said: str) -> str:
    local = _email(said).partition("@")[0]
    return "" if local in ROLES or len(local) < 4 else local


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _firm_domain(said: str) -> str:
    domain = _email(said).partition("@")[2]
    return "" if is_free_mail(domain) else domain


def levels_of(
    prepared: pl.DataFrame,
    plan: Plan,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    *,
    chunk: int = 1 << 19,
) -> npt.NDArray[np.int8]:
    """Return the levels of agreement of pairs of rows: shape (pairs, fields), -1 where either is empty."""
    found = np.full((len(left), len(plan.fields)), -1, dtype=np.int8)
    for place, field in enumerate(plan.fields):
        column = _Column(prepared, field)
        for begin in range(0, len(left), chunk):
            part = slice(begin, begin + chunk)
            found[part, place] = column.levels(left[part], right[part])
    return found


class _Column:
    """A prepared column with its values as numbers, so that only what differs is compared letter by letter."""

    def __init__(self, prepared: pl.DataFrame, field: Field) -> None:
        self.kind = field.kind
        self.codes, self.values = coded(prepared[field.column])
        if field.kind == "email":
            self.local, _ = coded(prepared[f"{field.column}.local"])
            self.domain, _ = coded(prepared[f"{field.column}.domain"])
            self.digits = np.array([_digits(value) for value in self.values.tolist()], dtype=object)

    def levels(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        one, other = self.codes[left], self.codes[right]
        known = (one >= 0) & (other >= 0)
        top = len(KINDS[self.kind].says) - 1
        found = np.where(known, 0, -1).astype(np.int8)
        found[known & (one == other)] = top
        differ = np.flatnonzero(known & (one != other))
        if self.kind == "mark" or not len(differ):
            return found
        # Pairs of values come again and again: each is compared once.
        # As one number: rows of two are sorted many times slower.
        ours, theirs = one[differ], other[differ]
        pairs = np.minimum(ours, theirs) * len(self.values) + np.maximum(ours, theirs)
        both, places = distinct(pairs, len(self.values) ** 2)
        first, second = np.divmod(both, len(self.values))
        found[differ] = self._alike(first, second)[places]
        if self.kind == "email":
            self._by_part(found, left, right, differ)
        return found

    def _alike(self, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
        """Return the levels of pairs of values that differ, given by their numbers."""
        ours, theirs = self.values[one].tolist(), self.values[other].tolist()
        if self.kind == "code":
            near = cpdist(ours, theirs, scorer=DamerauLevenshtein.distance, score_cutoff=1) <= 1
            return near.astype(np.int8)
        if self.kind == "email":
            # Two signs off, and no digit: anna.rossi12 and anna.rossi21 are two.
            near = cpdist(ours, theirs, scorer=DamerauLevenshtein.distance, score_cutoff=2) <= 2
            return np.where(near & (self.digits[one] == self.digits[other]), 2, 0).astype(np.int8)
        jaro = cpdist(ours, theirs, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
        if self.kind == "text":
            return (jaro >= 0.88).astype(np.int8)
        return np.where(jaro >= 0.93, 2, np.where(jaro >= 0.84, 1, 0)).astype(np.int8)

    def _by_part(
        self,
        found: npt.NDArray[np.int8],
        left: npt.NDArray[np.int64],
        right: npt.NDArray[np.int64],
        differ: Any,
    ) -> None:
        ours, theirs = left[differ], right[differ]
        held = found[differ]
        domain = (self.domain[ours] == self.domain[theirs]) & (self.domain[ours] >= 0)
        held = np.where((held == 2) & domain & (self.local[ours] != self.local[theirs]), 1, held)
        held = np.where(
            self.local[ours] == self.local[theirs], 2, np.where(domain, np.maximum(held, 1), held)
        )
        found[differ] = held


def distinct(
    numbers: npt.NDArray[np.int64], below: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the distinct numbers in order, and the place of each number among them; all are from 0 to under `below`.

    Where they are many for that range they are ticked off on a list of all of it, many times as fast as sorting them.

    Examples
    --------
    >>> found, places = distinct(np.array([7, 2, 7]), 9)
    >>> found.tolist(), places.tolist()
    ([2, 7], [1, 0, 1])
    """
    if below > 4 * len(numbers):
        return np.unique(numbers, return_inverse=True)
    there = np.zeros(below, dtype=bool)
    there[numbers] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[numbers]


def coded(values: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return values as numbers (-1 for null) and what each number stands for."""
    distinct = values.drop_nulls().unique(maintain_order=True)
    if not len(distinct):
        return np.full(len(values), -1, dtype=np.int64), np.array([], dtype=object)
    numbers = values.replace_strict(distinct, pl.Series(range(len(distinct)), dtype=pl.Int64), default=-1)
    return numbers.fill_null(-1).to_numpy().astype(np.int64), np.array(distinct.to_list(), dtype=object)
