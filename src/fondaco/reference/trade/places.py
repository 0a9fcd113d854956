"""Places as trade statistics name them: a market, or what is none and why.

Trade tables hold more than countries: states that are no more, "Areas, not elsewhere specified",
the world, groups.  `places` tells them apart, so that each can be counted under its own name.
What is a country is understood by `fondaco.reference.countries`; the statistics' own codes and
names are in ``data/trade_places.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from fondaco.reference import countries
from fondaco.reference.spelling import key

Kind = Literal["market", "retired", "nes", "world", "group", "unknown"]

_DATA = Path(__file__).parent.parent / "data" / "trade_places.toml"
_NES = re.compile(r"\b(nes|n\.e\.s\.?|not elsewhere specified|not specified)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """What a spelling stands for.

    Attributes
    ----------
    said
        The spelling, as given.
    kind
        ``market``, ``retired`` (a state that is no more), ``nes`` (not elsewhere specified, bunkers,
        free zones), ``world``, ``group`` or ``unknown``.
    market
        Alpha-3 code where it is a market.
    note
        The convention applied, or why it is none.
    """

    said: str
    kind: Kind
    market: str | None = None
    note: str = ""


@dataclass(frozen=True)
class _Tables:
    codes: dict[str, Place]
    letters: dict[str, Place]


@cache
def _tables() -> _Tables:
    data = tomllib.loads(_DATA.read_text("utf-8"))
    notes = data["notes"]
    codes = {
        code.zfill(3): _entry(kind, said, notes.get(code, ""))
        for kind, some in data["codes"].items()
        for code, said in some.items()
    }
    letters = {
        _letters(name): _entry(kind, said, notes.get(name, ""))
        for kind, some in data["letters"].items()
        for name, said in some.items()
    }
    return _Tables(codes, letters)


def _entry(kind: Kind, said: str, note: str) -> Place:
    return Place("", kind, said, note) if kind == "market" else Place("", kind, None, said)


def _letters(name: str) -> str:
    return re.sub(r"[^0-9a-z_]", "", key(name.replace("Isds", "Islands")).lower()) or name.strip().lower()


def places(said: Collection[str], *, numeric: bool) -> dict[str, Place]:
    """Say what each spelling of a column stands for.

    Parameters
    ----------
    said
        The distinct spellings of one column.
    numeric
        Whether the column holds the United Nations' three-digit codes, with or without leading
        zeros, as BACI's ``i`` and ``j`` do.

    Examples
    --------
    >>> found = places(["842", "490", "4", "891", "899", "0"], numeric=True)
    >>> [(place.kind, place.market) for place in found.values()][:4]
    [('market', 'USA'), ('market', 'TWN'), ('market', 'AFG'), ('retired', None)]
    >>> found["899"].kind, found["0"].kind
    ('nes', 'world')
    >>> places(["EIRE", "W00", "Netherlands Antilles", "Areas, nes"], numeric=False)["W00"].kind
    'world'
    """
    resolved = countries.resolve_all(said)
    return {one: _place(one, numeric, resolved[one]) for one in dict.fromkeys(said)}


def _place(said: str, numeric: bool, found: countries.Resolution) -> Place:
    tables, text = _tables(), said.strip()
    special = (
        tables.codes.get(text.zfill(3)) if numeric and text.isdigit() else tables.letters.get(_letters(text))
    )
    if special is not None:
        return Place(said, special.kind, special.market, special.note)
    if numeric and text.isdigit():
        found = countries.resolve(text.zfill(3), codes=True)
    elif found.market is None:
        # "Cayman Isds" and its like; "Germany, Fed. Rep." reads as it stands.
        again = countries.resolve(text.replace("Isds", "Islands"))
        found = again if again.market else found
    if found.market is not None:
        return Place(said, "market", found.market, found.note)
    kind = _kind_of(text, found.note)
    return Place(said, kind, None, text if kind == "nes" else found.note)


def _kind_of(text: str, note: str) -> Kind:
    if "no longer exists" in note or "names two countries" in note:
        return "retired"
    if _NES.search(text):
        return "nes"
    if "group of countries" in note:
        return "group"
    return "unknown"
