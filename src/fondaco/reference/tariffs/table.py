"""Tariff rows as a table: read from CSV or TOML, checked column by column, kept as Parquet.

A table of a million rows is checked by its distinct values, not row by row.  A row that cannot be used is told
with file, row, column, what was found and what to do; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from fondaco.kernel import InputError, Problem
from fondaco.reference import countries
from fondaco.reference.groups import members
from fondaco.reference.hs import hs_code
from fondaco.reference.tariffs import duty as expressions
from fondaco.reference.tariffs.rows import GROUPS, KINDS, Tariff

if TYPE_CHECKING:
    import polars as pl

#: The columns of a table of rows; the first five must be there.
COLUMNS = (
    "market", "hs", "duty", "valid_from", "source", "origin", "up_to", "kind", "needs", "valid_to", "url",
    "checked", "note",
)  # fmt: skip
NEEDED = COLUMNS[:5]
#: A file with more faults than this is told by its first ones and their number.
TOLD = 20

_DATES = ("valid_from", "valid_to", "checked")
_FOREVER = date(9999, 12, 31)


def read_csv(content: bytes, where: str) -> pl.DataFrame:
    """Return a CSV file's rows as texts, with ``row`` as a spreadsheet numbers them.

    Raises
    ------
    InputError
        Where it is no table, or lacks a column that must be there.
    """
    import polars as pl

    try:
        held = pl.read_csv(
            BytesIO(content.removeprefix(b"\xef\xbb\xbf")),
            infer_schema=False,
            separator=_separator(content),
        )
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise InputError(
            f"{where} cannot be read as CSV ({str(error).splitlines()[0]}); save it as CSV in UTF-8 with a header."
        ) from None
    held = held.rename({name: name.strip().lower() for name in held.columns})
    if missing := [name for name in NEEDED if name not in held.columns]:
        raise InputError(
            f"{where} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}. A table of tariffs has "
            f"{', '.join(NEEDED)}, and may have {', '.join(COLUMNS[5:])}."
        )
    return _whole(held.with_row_index("row", offset=2))


def _separator(content: bytes) -> str:
    first = content.split(b"\n", 1)[0]
    return max((",", ";", "\t"), key=lambda sign: first.count(sign.encode()))


def from_tables(tables: Sequence[Mapping[str, Any]], where: str) -> tuple[pl.DataFrame, list[Problem]]:
    """Return ``[[tariff]]`` tables of a TOML file as rows of texts; keys that are not known are told."""
    import polars as pl

    problems, texts = [], []
    for number, table in enumerate(tables, start=1):
        if strangers := sorted(set(table) - set(COLUMNS)):
            problems.append(
                _problem(
                    where, number, strangers[0], "the key is not known", f"Known are {', '.join(COLUMNS)}."
                )
            )
            continue
        texts.append({"row": number, **{name: _text(table.get(name)) for name in COLUMNS}})
    schema = {"row": pl.UInt32, **dict.fromkeys(COLUMNS, pl.String)}
    return pl.DataFrame(texts, schema=schema), problems


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _whole(held: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    missing = [pl.lit("").alias(name) for name in COLUMNS if name not in held.columns]
    strip = [pl.col(name).fill_null("").str.strip_chars() for name in COLUMNS]
    return held.with_columns(missing).select("row", *strip)


def checked(held: pl.DataFrame, where: str) -> tuple[pl.DataFrame, list[Problem]]:
    """Return the rows that can be used, in their normal form, and what is wrong with the others.

    Parameters
    ----------
    held
        ``row`` and the texts of `COLUMNS`.
    where
        The file's name, for messages.
    """
    import polars as pl

    if held.is_empty():
        return held.with_columns(pl.lit(None, pl.Date).alias(name) for name in _DATES), []
    wrong: list[pl.DataFrame] = []
    for name, read in _READERS.items():
        found = {said: _tried(read, said) for said in held[name].unique().to_list()}
        faults = {said: fault for said, (_, fault) in found.items() if fault}
        if faults:
            at = held.filter(pl.col(name).is_in(list(faults)))
            told = at[name].replace_strict(faults, return_dtype=pl.String)
            wrong.append(at.select("row", column=pl.lit(name), found=pl.col(name)).with_columns(fault=told))
        kind = pl.Date if name in _DATES else pl.String
        values = {said: value for said, (value, _) in found.items()}
        held = held.with_columns(held[name].replace_strict(values, return_dtype=kind).alias(name))
    late = held.filter(pl.col("valid_to") < pl.col("valid_from"))
    if len(late):
        at = late.select("row", column=pl.lit("valid_to"), found=pl.col("valid_to").cast(pl.String))
        wrong.append(
            at.with_columns(fault=pl.lit("it lies before valid_from: exchange them, or correct one."))
        )
    bad = pl.concat(wrong) if wrong else None
    if bad is not None:
        held = held.filter(~pl.col("row").is_in(bad["row"].implode()))
    held, twice = _without_overlaps(held, where)
    return held, [*_told(bad, where), *twice]


def _tried(read: Callable[[str], Any], said: str) -> tuple[Any, str]:
    try:
        return read(said), ""
    except InputError as error:
        return None, str(error)


def _market(said: str) -> str:
    if not said:
        raise InputError("it is empty: write the importing country's code, such as GBR.")
    return countries.from_code(said)


def _goods(said: str) -> str:
    """Read a code; ``all`` stands for every kind of goods and is kept as an empty code."""
    return "" if said.casefold() == "all" else hs_code(said)


def _origins(said: str) -> str:
    return " ".join(sorted(members(said.replace(",", " ").split(), GROUPS)))


def _expression(said: str) -> str:
    if said:
        expressions.parse(said)
    return said


def _kind(said: str) -> str:
    if said and said not in KINDS:
        raise InputError(f"it is not known: write {' or '.join(KINDS)}, or leave it empty.")
    return said or "duty"


def _date(said: str) -> date | None:
    if not said or said.lower() == "false":
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InputError("it is no day: write it as 2026-01-31.") from None


def _first_day(said: str) -> date:
    found = _date(said)
    if found is None:
        raise InputError("it is empty: state from which day the rate is in force, as 2026-01-31.")
    return found


def _source(said: str) -> str:
    if not said:
        raise InputError("it is empty: state whose word the rate is, and which publication.")
    return said


def _as_said(said: str) -> str:
    return said


_READERS: dict[str, Callable[[str], Any]] = {
    "market": _market,
    "hs": _goods,
    "duty": _expression,
    "valid_from": _first_day,
    "source": _source,
    "origin": _origins,
    "up_to": _expression,
    "kind": _kind,
    "needs": _as_said,
    "valid_to": _date,
    "url": _as_said,
    "checked": _date,
    "note": _as_said,
}


def _without_overlaps(held: pl.DataFrame, where: str) -> tuple[pl.DataFrame, list[Problem]]:
    """Set aside rows that speak of the same goods, origins and days as an earlier one."""
    import polars as pl

    key = ["market", "hs", "origin", "kind"]
    also = pl.when(pl.col("kind") == "additional").then(pl.col("source")).otherwise(pl.lit(""))
    held = held.with_columns(also.alias("also")).sort([*key, "also", "valid_from", "row"])
    over = [*key, "also"]
    last = pl.col("valid_to").fill_null(_FOREVER)
    held = held.with_columns(
        earlier=last.cum_max().shift(1).over(over), first=pl.col("row").shift(1).over(over)
    )
    clash = held.filter(pl.col("earlier") >= pl.col("valid_from"))
    problems = [
        _problem(
            where, each["row"], "valid_from",
            f"the row speaks of the same goods, origin and days as row {each['first']} "
            f"({each['market']} {each['hs']} from {each['valid_from']})",
            "Give the earlier its end (valid_to), or take one of them out; the earlier counts.",
        )
        for each in clash.head(TOLD).iter_rows(named=True)
    ]  # fmt: skip
    problems += _more(len(clash), where)
    # fill_null: the first row of a group has nothing before it
    good = held.filter((pl.col("earlier") < pl.col("valid_from")).fill_null(value=True))
    return good.drop("also", "earlier", "first").sort("market", "hs", "valid_from"), problems


def _told(bad: pl.DataFrame | None, where: str) -> list[Problem]:
    if bad is None:
        return []
    first = bad.sort("row").unique("row", keep="first", maintain_order=True)
    problems = []
    for each in first.head(TOLD).iter_rows(named=True):
        fault = each["fault"].rstrip(".")
        reason, _, cure = fault.partition("; ")
        problems.append(
            _problem(where, each["row"], each["column"], f"found {each['found'][:60]!r}: {reason}", cure)
        )
    return problems + _more(len(first), where)


def _more(count: int, where: str) -> list[Problem]:
    if count <= TOLD:
        return []
    return [
        Problem(
            "tariff", count - TOLD, f"{where}: {count - TOLD:,} more rows have faults.", "Correct the first ones; look again."
        )
    ]  # fmt: skip


def _problem(where: str, row: int, column: str, reason: str, cure: str) -> Problem:
    cure = f"{cure[:1].upper()}{cure[1:]}" if cure else "Correct the cell"
    return Problem(
        "tariff", 1, f"{where}, row {row}, {column}: {reason}.", f"{cure.rstrip('.')}. The other rows count."
    )


def tariffs(held: pl.DataFrame, file: str) -> tuple[Tariff, ...]:
    """Return rows of a checked table as records."""
    return tuple(_records(held.iter_rows(named=True), file))


def _records(rows: Iterable[Mapping[str, Any]], file: str) -> Iterable[Tariff]:
    for row in rows:
        yield Tariff(
            market=row["market"], hs=row["hs"], origins=tuple(row["origin"].split()), duty=row["duty"],
            up_to=row["up_to"], kind=row["kind"], needs=row["needs"], valid_from=row["valid_from"],
            valid_to=row["valid_to"], source=row["source"], url=row["url"], checked=row["checked"],
            note=row["note"], file=file, row=row["row"],
        )  # fmt: skip
