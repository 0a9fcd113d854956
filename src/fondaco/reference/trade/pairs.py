"""Tables of pairs of countries with their trade and what may explain it: the data of gravity models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fondaco.kernel.errors import InputError, UnreadableFile
from fondaco.reference.trade.layouts import plain_name, recognise
from fondaco.reference.trade.places import places

#: What a gravity model usually takes in, and the columns that say it; distance enters as its logarithm.
USUAL: Mapping[str, tuple[str, ...]] = {
    "ln_distance": ("dist", "distance", "distancekm", "distkm", "distw", "distcap"),
    "contiguity": ("cntg", "contig", "contiguity", "contiguous", "border"),
    "language": ("lang", "language", "comlang", "comlangoff", "commonlanguage"),
    "colony": ("clny", "colony", "col45", "coldep", "colonialtie"),
}


@dataclass(frozen=True)
class Pairs:
    """Trade by pair of countries and year.

    Attributes
    ----------
    frame
        exporter, importer (alpha-3 where known, else as the file says), year, value, and one column for
        each of `terms`.
    terms
        Names of the columns that may explain trade.
    notes
        What was left out, and how columns were understood.
    """

    frame: pl.DataFrame
    terms: tuple[str, ...]
    notes: tuple[str, ...]


def read_pairs(
    path: Path,
    *,
    terms: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    years: Sequence[int] = (),
) -> Pairs:
    """Read a table of pairs: CSV, plain or gzip.

    Parameters
    ----------
    terms
        Columns that may explain trade; ``ln(dist)`` for the logarithm of one.  Without them those of
        `USUAL` that the file has.
    columns
        Role to column, where the names of exporter, importer, year and value are unusual.
    years
        Which to keep; all without it.

    Raises
    ------
    UnreadableFile
        When it is no such table.
    InputError
        When a term is no column, or not a number.
    """
    try:
        held = pl.read_csv(path, infer_schema=False, null_values=["", ".", "NA", "NaN"])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"{path} cannot be read as a table ({str(error).splitlines()[0]}).") from None
    layout = recognise(held.columns, file=path.name, named=columns)
    missing = [role for role in ("exporter", "importer") if role not in layout.columns]
    if missing:
        raise UnreadableFile(
            f"{path.name} says reporter and partner; a gravity model needs exporter and importer."
        )
    wanted = _terms(terms, held.columns, path.name)
    notes: list[str] = []
    ends = {role: _ends(held[layout.columns[role]], notes) for role in ("exporter", "importer")}
    frame = pl.DataFrame(
        {
            **ends,
            "year": held[layout.columns["year"]].cast(pl.Float64, strict=False).cast(pl.Int32),
            "value": held[layout.columns["value"]].cast(pl.Float64, strict=False),
            **{name: _numbers(held[column], log, path.name) for name, column, log in wanted},
        }
    )
    whole = frame.drop_nulls()
    if len(whole) < len(frame):
        notes.append(
            f"{len(frame) - len(whole):,} rows lack a country, year, value or term and are left out."
        )
    if years:
        whole = whole.filter(pl.col("year").is_in(list(years)))
    if not len(whole):
        raise InputError(f"{path.name} holds no whole row of these years.")
    return Pairs(whole, tuple(name for name, _, _ in wanted), tuple(notes))


def _terms(terms: Sequence[str], columns: Sequence[str], file: str) -> list[tuple[str, str, bool]]:
    """Return name, column and whether its logarithm is meant, for each term."""
    by_name = {plain_name(column): column for column in columns}
    if not terms:
        found = [
            (term, by_name[name], term == "ln_distance")
            for term, names in USUAL.items()
            for name in names
            if name in by_name
        ]
        if not found:
            raise InputError(
                f"{file} has no column for distance, border, language or colony: name some with --terms."
            )
        return found
    wanted = []
    for term in terms:
        log = term.lower().startswith(("ln(", "log(")) and term.endswith(")")
        column = term[term.index("(") + 1 : -1] if log else term
        if plain_name(column) not in by_name:
            raise InputError(f"{file} has no column {column!r}: it has {', '.join(columns[:20])}.")
        wanted.append((f"ln_{column}" if log else column, by_name[plain_name(column)], log))
    return wanted


def _ends(said: pl.Series, notes: list[str]) -> pl.Series:
    distinct = [one for one in said.unique().to_list() if one]
    understood = places(distinct, numeric=all(one.isdigit() for one in distinct))
    unknown = sorted(one for one, place in understood.items() if place.market is None)
    if unknown:
        notes.append(
            f"Not known as countries of today, and kept as they are called: {', '.join(unknown[:8])}."
        )
    return said.replace_strict({one: place.market or one for one, place in understood.items()}, default=None)


def _numbers(said: pl.Series, log: bool, file: str) -> pl.Series:
    numbers = said.cast(pl.Float64, strict=False)
    if numbers.null_count() > said.null_count():
        raise InputError(f"{file}: the column {said.name!r} holds texts that are no numbers.")
    if log and (numbers.drop_nulls() <= 0).any():
        raise InputError(
            f"{file}: the column {said.name!r} holds values of zero or less, which have no logarithm."
        )
    return numbers.log() if log else numbers
